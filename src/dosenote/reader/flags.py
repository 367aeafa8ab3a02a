"""Words beside a blood value that change nothing of it: the marks of a laboratory, as in "8.2 HH", and "today"."""

from __future__ import annotations

import re
from functools import lru_cache

from dosenote.reader.phrases import Piece, any_of
from dosenote.vocabulary import Vocabulary

#: Behind a mark stands nothing that it could belong to: "8.2 high", and no "8.2 high dose vitamin K".
_END = r"(?=\s*(?:$|[,;.()\[\]*!]|on\s+\d|\d{4}-|\d{1,2}[-/.]\d{1,2}[-/.]\d))"


def without_flags(text: str, pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a line without those of such words: between the name of a test and its value, or behind that.

    The words are those of [result] in vocabulary/writing.toml.
    """
    names = [place for place, piece in enumerate(pieces) if piece.role == "name"]
    if not names:
        return pieces
    between, behind = _patterns(*(tuple(vocabulary.writing["result"][key]) for key in ("flags", "today", "lately")))
    flags: list[Piece] = []
    for place, end in zip(names, [*names[1:], len(pieces)], strict=True):
        name, after = pieces[place], pieces[place + 1 : end]
        wanted = ("quantity", "reading") if name.value.kind == "lab" else ("reading",)
        value = next((piece for piece in after if piece.role in wanted), None)
        if value is None:
            continue
        found = [between.match(text, name.end), behind.match(text, value.end)]
        flags += [
            piece
            for match in found
            if match is not None
            for piece in pieces[place + 1 :]  # a mark may be a name, too: "28 (CKD-EPI)"
            if match.start() <= piece.start and piece.end <= match.end()
        ]
    return [piece for piece in pieces if piece not in flags]


@lru_cache(maxsize=4)
def _patterns(
    flags: tuple[str, ...], today: tuple[str, ...], lately: tuple[str, ...]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands between a name and its value, and what stands behind that."""
    flag, day = rf"{any_of(flags)}(?!\w)", rf"{any_of(today)}(?!\w)"
    between = rf"[\s:(]*{any_of((*today, *lately))}(?!\w)\)?(?=\s*[:,=]|\s+(?:\w+\s+)?[\d<>\u2264\u2265])"
    behind = rf"(?:[\s,(\[*!-]*(?:{flag}(?:[\s/-]*{flag})*|{day}){_END}[\s)\]*!]*)+"
    return re.compile(between, re.IGNORECASE), re.compile(behind, re.IGNORECASE)
