"""For how long: 7/52, "for 5 days", a supply of 90 days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dosenote.reader.dates import MONTHS
from dosenote.reader.makers import ONE, Made, Quantity
from dosenote.regimen import Schedule


def make_part_of_year(quantity: tuple[Decimal, ...], whole: tuple[Decimal, ...]) -> Made:
    """ "for 7/52": for seven weeks; of 7 it is days, of 12 months."""
    units = {7: "day", 52: "week", 12: "month"}
    if len(quantity) > 1 or len(whole) > 1 or whole[0] not in units:
        return None
    return "duration", ((quantity[0], quantity[0], False), units[int(whole[0])])


def make_part_comma(often: Schedule, top: tuple[Decimal, ...], _s: Any, bottom: tuple[Decimal, ...], _c: Any) -> Made:
    """tds 1/52, bd 1/52: for a week each."""
    made = make_part_of_year(top, bottom)
    return [("schedule", often), made, ("comma", ",")] if isinstance(made, tuple) else None


def make_part_after(often: tuple[str, Any], top: tuple[Decimal, ...], _s: Any, bottom: tuple[Decimal, ...]) -> Made:
    """om 5/7: each morning for five days."""
    made = make_part_of_year(top, bottom)
    return [often, made] if isinstance(made, tuple) else None


def make_part_then(top: tuple[Decimal, ...], _s: Any, bottom: tuple[Decimal, ...], then: str) -> Made:
    """5/7, then ...: for five days."""
    made = make_part_of_year(top, bottom)
    return [made, ("then", then)] if isinstance(made, tuple) else None


_LAST_OF_MONTH = 31


def make_date(day: Quantity, month: str) -> Made:
    """3 March: a day; "3 mg, 2 today" is no second of today."""
    whole = day[0] == day[1] == day[0].to_integral_value()
    return ("date", month) if month in MONTHS and not day[2] and whole and 1 <= day[0] <= _LAST_OF_MONTH else None


def make_season(first: str, last: str) -> Made:
    """October to March: a part of the year."""
    return ("season", f"{first} to {last}") if first in MONTHS and last in MONTHS else None


def make_duration(quantity: Quantity, unit: str) -> Made:
    """For 5 days: so many of a unit of time; None where the number is not clear."""
    return None if quantity[2] else ("duration", (quantity, unit))


def make_one_period(word: str, article: str, unit: str) -> Made:
    """For a week; "over a week" may be how often."""
    return make_duration((ONE, ONE, ""), unit) if word == "for" and article in ("a", "an") else None


def make_supply(schedule: Schedule, quantity: Quantity, unit: str) -> Made:
    """Once a day, 90 days: for how long."""
    return [("schedule", schedule), ("duration", (quantity, unit))] if _is_supply(quantity, unit) else None


def make_supply_at(time: str, quantity: Quantity, unit: str) -> Made:
    """At bedtime, 30 days."""
    return [("time", time), ("duration", (quantity, unit))] if _is_supply(quantity, unit) else None


#: A shorter time in days than this after how often may be said of something else.
_SHORTEST_SUPPLY = 5


def _is_supply(quantity: Quantity, unit: str) -> bool:
    return not quantity[2] and unit == "day" and quantity[0] == quantity[1] >= _SHORTEST_SUPPLY


def make_then_for(schedule: Schedule, word: str, quantity: Quantity, unit: str) -> Made:
    """Italian and Spanish say one word for "a day" and "for 3 months": after how often, it is for how long."""
    if word not in ("per", "por") or quantity[2]:
        return None
    return [("schedule", schedule), ("duration", (quantity, unit))]
