"""Names of products that hold some words, and names that are near."""

from __future__ import annotations

from collections.abc import Sequence

from dosenote.vocabulary import words

#: How alike a near name must be, of 100.
ALIKE = 70


def containing(text: str, names: Sequence[tuple[str, str]]) -> list[str]:
    """The ids of the names in which each word begins a word, in order: whole words first, then the shortest name."""
    said = words(text)
    found = []
    for place, (id, name) in enumerate(names):
        key = words(name)
        if said and all(any(one.startswith(word) for one in key) for word in said):
            found.append((not set(said) <= set(key), len(key), place, id))
    return list(dict.fromkeys(id for *_, id in sorted(found)))


def near(text: str, names: Sequence[tuple[str, str]], limit: int) -> list[str]:
    """The ids of the names that look most like the text, the nearest first; to suggest, never to decide."""
    from rapidfuzz import fuzz, process

    keys = [" ".join(words(name)) for _, name in names]
    hits = process.extract(" ".join(words(text)), keys, scorer=fuzz.WRatio, limit=limit, score_cutoff=ALIKE)
    return list(dict.fromkeys(names[place][0] for _, _, place in hits))
