"""The age of a baby for whom a line is written: "baby 4 months", "6-week-old infant"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from dosenote.reader.makers import make_age
from dosenote.reader.phrases import Piece
from dosenote.regimen import Reading
from dosenote.vocabulary import Vocabulary

_WHO = r"(?:baby|infant|newborn|neonate)"
_AGE = r"(?P<n{0}>\d{{1,2}})[\s-]*(?P<u{0}>day|week|wk|month|mth|mo)s?"
#: In a clause of its own: in "my baby is 4 months" somebody else may speak, and of what she takes herself.
_BABY = re.compile(
    rf"(?:^|[;,.]\s*)(?P<said>{_WHO}[\s,:-]*(?:(?:is|aged?|of)\s+)?{_AGE.format(1)}(?:[\s-]+old)?"
    rf"|{_AGE.format(2)}[\s-]*(?:old)?[\s-]+{_WHO})\s*(?=[;,.]|$)",
    re.IGNORECASE,
)
_UNITS = {"day": "day", "week": "week", "wk": "week", "month": "month", "mth": "month", "mo": "month"}


def with_baby(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces of a line, with the age of a baby as a fact; beside a medicine it may be somebody else's baby."""
    found = _BABY.search(text)
    if found is None or any(map(_is_of_mother, pieces)):
        return pieces
    number, unit = (found[f"{one}1"] or found[f"{one}2"] for one in "nu")
    low = Decimal(number)
    made = make_age((low, low, ""), _UNITS[unit.lower()])
    if not isinstance(made, tuple):
        return pieces
    start, end = found.span("said")
    before = [piece for piece in pieces if piece.end <= start]
    return [*before, Piece(*made, start, end), *(piece for piece in pieces if piece.start >= end)]


def _is_of_mother(piece: Piece) -> bool:
    if piece.role == "name":
        return bool(piece.value.kind == "medicine")
    return piece.role == "person_fact" and bool(piece.value.pregnant or piece.value.lactating)


def may_be_of_another(parts: Sequence[Reading], vocabulary: Vocabulary) -> bool:
    """Whether of the statements of a line one tells the age of a baby, and others are of somebody grown up."""
    if not any(_BABY.search(part.text) for part in parts):
        return False
    taken = [vocabulary[item.substance].kind for part in parts for item in part.items]
    return "medicine" in taken or any(part.person.pregnant or part.person.lactating for part in parts)
