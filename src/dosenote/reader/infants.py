"""The age of a baby for whom a line is written: "baby 4 months", "6-week-old infant"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from dosenote.reader.persons import make_age
from dosenote.reader.phrases import Piece
from dosenote.regimen import Person, Reading
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


#: What babies are given drops of: a list of nothing else may be a baby's.
_GIVEN = frozenset(("vitamin-d", "vitamin-k"))


def with_baby(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces of a line, with the age of a baby as a fact.

    Beside a medicine, and in a line of its own, it may be somebody else's baby: then it leaves open what is meant.
    """
    found = _BABY.search(text)
    if found is None or any(map(_is_of_mother, pieces)):
        return pieces
    start, end = found.span("said")
    made = _age(found)
    if made is None:
        return pieces
    if _is_alone(found):
        made = "family", Person()
    before = [piece for piece in pieces if piece.end <= start]
    return [*before, Piece(*made, start, end), *(piece for piece in pieces if piece.start >= end)]


def _is_alone(found: re.Match[str]) -> bool:
    return not f"{found.string[: found.start()]}{found.string[found.end() :]}".strip(" \t.,;")


def _age(found: re.Match[str]) -> tuple[str, Person] | None:
    number, unit = (found[f"{one}1"] or found[f"{one}2"] for one in "nu")
    low = Decimal(number)
    made = make_age((low, low, ""), _UNITS[unit.lower()])
    return (made[0], made[1]) if isinstance(made, tuple) else None


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


def with_age_of_baby(readings: Sequence[Reading], vocabulary: Vocabulary) -> list[Reading]:
    """The lines of a list, of which one tells the age of a baby: it is whose list it is if it holds nothing but drops.

    Else it stays open whose age that is: a list of a mother's medicines may tell the age of her baby.
    """
    found = [(place, match) for place, one in enumerate(readings) if (match := _BABY.search(one.text))]
    told = list(readings)
    if len(found) != 1 or not _is_alone(found[0][1]):
        return told
    place, match = found[0]
    others = [one for number, one in enumerate(readings) if number != place]
    items = [item for one in others for item in one.items]
    is_drops = all(not _GIVEN.isdisjoint(vocabulary.surely(item.substance)) for item in items)
    says_more = any(one.person != Person() or one.conditions or one.doubted or one.hidden for one in others)
    made = _age(match)
    if items and is_drops and not says_more and made is not None:
        told[place] = Reading(readings[place].text, "ignore", person=made[1], reason="no dose")
    elif readings[place].is_empty:
        told[place] = readings[place]._replace(reason="whose age is that? It may not be that of who takes all this")
    return told
