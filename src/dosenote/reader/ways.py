"""Words beside a medicine that make another entry of it: "ibandronate 3 mg IV", "risedronate 35 mg EC weekly"."""

from __future__ import annotations

import re
from functools import lru_cache

from dosenote.reader.phrases import Piece
from dosenote.vocabulary import Vocabulary

#: Ends what is said of a thing; and before the next name, what may only part the two.
_ENDS = re.compile(r"[;|\t]|\.(?!\d)(?=\s)")
_PARTS = re.compile(r"[,;:+&|/\t]|\.(?!\d)(?=\s)|\b(?:and|with|plus|und|mit|et|avec|y|con|e)\b", re.IGNORECASE)
#: Beside these nobody can tell whether the words are meant of now.
_OPEN = re.compile(
    r"\b(?:not?|never|instead|rather|previous\w*|former\w*|or|vs|versus|switch\w*|was|were|had|until|before|after"
    r"|statt|nicht|kein\w*|oder|fr\u00fcher|pas|ou|non|sin|sans|ohne|without|refus\w*|declin\w*)\b",
    re.IGNORECASE,
)
#: "Dr Byrne" is a doctor, and no kind of tablet.
_DOCTOR = r"(?!\.?\s+(?-i:[A-Z][a-z]))"
_BY_DOCTOR = r"(?<!\bmy )(?<!\bper )(?<!\bby )(?<!\bfrom )(?<!\bthe )(?<!\bsee )(?<!\bask )"


def with_ways(text: str, pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a line, each name with the entry that the words about it make of it."""
    if not [piece for piece in pieces if piece.role == "name" and piece.value.becomes]:
        return pieces
    names = [piece for piece in pieces if piece.role == "name"]
    for number, name in enumerate(names):
        if not name.value.becomes:
            continue
        start, end = _reach(text, names, number)
        found = re.compile(_pattern(tuple(name.value.becomes.items()))).search(text, start, end)
        if found is None:
            continue
        if _OPEN.search(text, start, end):
            pieces = [*pieces, Piece("word", "", *found.span())]
            pieces.sort(key=lambda piece: piece.start)
            continue
        place = next(n for n, key in enumerate(name.value.becomes) if found[f"w{n}"])
        entry = vocabulary[list(name.value.becomes)[place]]
        pieces = [
            piece._replace(value=entry) if piece is name else piece
            for piece in pieces
            if not (piece.role == "word" and found.start() <= piece.start < found.end())
        ]
    return pieces


def _reach(text: str, names: list[Piece], number: int) -> tuple[int, int]:
    """From where to where the words of a line are about one of its names."""
    name = names[number]
    start = names[number - 1].end if number else 0
    parted = [*_PARTS.finditer(text, start, name.start)]
    if parted:
        start = parted[-1].end()
    if number + 1 == len(names):
        end = len(text)
    else:
        between = [*_PARTS.finditer(text, name.end, names[number + 1].start)]
        end = between[-1].start() if between else names[number + 1].start
    over = _ENDS.search(text, name.end, end)
    return start, over.start() if over else end


@lru_cache(maxsize=32)
def _pattern(becomes: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """What finds the words of an entry; its groups w0, w1, ... tell which other entry they make of it."""
    each = (
        f"(?P<w{n}>{'|'.join(map(_written, sorted(words, key=len, reverse=True)))})"
        for n, (_, words) in enumerate(becomes)
    )
    return rf"(?i)(?<!\w)(?:{'|'.join(each)})(?!\w)"


def _written(word: str) -> str:
    """A pattern for words with whatever spaces or hyphens between them."""
    pattern = r"[\s-]*".join(map(re.escape, re.split(r"[\s-]+", word)))
    return f"{_BY_DOCTOR}{pattern}{_DOCTOR}" if word == "dr" else pattern
