"""Facts about the person from words beside each other: an age, a sex, how long somebody has been pregnant."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dosenote.reader.makers import Made, Quantity
from dosenote.reader.phrases import Piece
from dosenote.regimen import Person

PERSON = {
    "female": Person(sex="female"),
    "male": Person(sex="male"),
    "pregnant": Person(pregnant=True),
    "not_pregnant": Person(pregnant=False),
    "lactating": Person(lactating=True),
    "not_lactating": Person(lactating=False),
}
#: An age that nobody calls an age is that of somebody grown up.
_GROWN_UP = 18
#: Behind an age.
_SEXES = {"f": "female", "m": "male"}
#: How long a pregnancy lasts at the most, as it is counted; and for how long children are breastfed, or nearly.
_LONGEST = {"pregnant": {"week": 43, "month": 10}, "lactating": {"week": 99, "month": 48}}


def make_age(quantity: Quantity, unit: str = "year") -> Made:
    """67 years, 6 months: an age in years; None where it is a range, not clear, or above 130."""
    low, high, unclear = quantity
    parts = {"year": 1, "month": 12, "week": 52, "day": 365}
    if unclear or low != high or unit not in parts or low > 130:
        return None
    return "person_fact", Person(age=low / parts[unit])


def make_age_of(fact: Person, _comma: Any, years: Quantity) -> Made:
    """Female, 71: an age beside the sex."""
    made = make_age(years)
    if fact != Person(sex=fact.sex) or made is None or years[0] < _GROWN_UP:
        return None
    return [("person_fact", fact), ("comma", ","), made] if isinstance(made, tuple) else None


def make_age_and_sex(fact: Person, letter: str) -> Made:
    """67 yo F."""
    sex = PERSON.get(_SEXES.get(letter, ""))
    return [("person_fact", fact), ("person_fact", sex)] if sex and fact == Person(age=fact.age) else None


#: At the beginning of a note, as it is written on wards; before a unit or a piece "M" is none.
_NOTED = re.compile(r"\s*(?P<age>[2-9]\d)\s?(?P<sex>[MF])(?![\w/.-])")
_COUNTED = frozenset(("unit", "form", "amount", "count"))


def with_age_and_sex(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces of a line, with "72M" at its beginning as an age and a sex."""
    noted = _NOTED.match(text)
    if noted is None or [piece.role for piece in pieces[:2]] != ["quantity", "word"]:
        return pieces
    if len(pieces) > 2 and pieces[2].role in _COUNTED:
        return pieces
    person = Person(age=pieces[0].value[0], sex=PERSON[_SEXES[noted["sex"].lower()]].sex)
    return [Piece("person_fact", person, pieces[0].start, pieces[1].end), *pieces[2:]]


def make_for_so_long(name: str, quantity: Quantity, unit: str) -> Made:
    """14 weeks pregnant, breastfeeding for 3 months: how long is of no weight; None where nobody is for so long."""
    low, high, unclear = quantity
    most = _LONGEST.get(name, {}).get(unit, 0)
    return ("person_fact", PERSON[name]) if not unclear and high is not None and 0 < low <= high <= most else None


#: Of words, and of numbers that count days, weeks, months or years, in the order in which they are tried.
PRODUCTIONS: tuple[tuple[str, Callable[..., Made]], ...] = (
    ("age quantity", lambda _, quantity: make_age(quantity)),
    ("age quantity period", lambda _, quantity, unit: make_age(quantity, unit)),
    ("age quantity period old", lambda _a, quantity, unit, _o: make_age(quantity, unit)),
    ("quantity period old", lambda quantity, unit, _: make_age(quantity, unit)),
    ("quantity old", lambda quantity, _: make_age(quantity)),
    ("person quantity period", make_for_so_long),
    ("person for quantity period", lambda name, _, *long: make_for_so_long(name, *long)),
    ("person comma quantity period", lambda name, _, *long: make_for_so_long(name, *long)),
    ("person open quantity period close", lambda name, _o, quantity, unit, _c: make_for_so_long(name, quantity, unit)),
    ("quantity period person", lambda quantity, unit, name: make_for_so_long(name, quantity, unit)),
    ("person", lambda name: ("person_fact", PERSON[name])),
)
