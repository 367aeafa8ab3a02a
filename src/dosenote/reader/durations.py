"""For how long: 7/52, "for 5 days", a supply of 90 days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dosenote.quantity import DAYS_PER
from dosenote.reader.dates import MONTHS
from dosenote.reader.makers import ONE, Made, Quantity
from dosenote.reader.phrases import Piece
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


#: These words stand before how long it has been so; behind "started" a number is none of it: "started 3 days a week".
_EVER_SINCE = ("since", "seit", "depuis", "desde", "dal", "sinds", "for the last", "for the past", "over the")


def make_begun(word: str, quantity: Quantity, unit: str) -> Made:
    """Since 3 weeks, desde hace 2 años: of more than a year it is not new; of less it may be."""
    if quantity[2] or not word.startswith(_EVER_SINCE) or unit in ("minute", "hour"):
        return None
    return ("newness", False) if unit == "year" and quantity[0] > 1 else []


def make_one_period(word: str, article: str, unit: str) -> Made:
    """For a week; "over a week" may be how often."""
    return make_duration((ONE, ONE, ""), unit) if word == "for" and article in ("a", "an") else None


def make_supply(schedule: Schedule, quantity: Quantity, unit: str) -> Made:
    """Once a day, 90 days: for how long."""
    return [("schedule", schedule), ("duration", (quantity, unit))] if _is_supply(quantity, unit) else None


def make_step(schedule: Schedule, quantity: Quantity, unit: str, *marks: str) -> Made:
    """Weekly 8 weeks, then ...: for how long the first step lasts."""
    if quantity[2] or unit not in ("day", "week", "month"):
        return None
    return [("schedule", schedule), ("duration", (quantity, unit)), ("then", marks[-1])]


def make_supply_at(time: str, quantity: Quantity, unit: str) -> Made:
    """At bedtime, 30 days."""
    return [("time", time), ("duration", (quantity, unit))] if _is_supply(quantity, unit) else None


def make_end(date: str, word: str, _quantity: Quantity, unit: str) -> Made:
    """In 2019 after 5 years: when it ended, and how long it was taken until then."""
    return ("date", date) if word == "after" and unit in ("week", "month", "year") else None


#: A shorter time in days than this after how often may be said of something else.
_SHORTEST_SUPPLY = 5


def _is_supply(quantity: Quantity, unit: str) -> bool:
    return not quantity[2] and unit == "day" and quantity[0] == quantity[1] >= _SHORTEST_SUPPLY


#: Before how long, at the end of a line, and what must stand in front: "twice daily, 10 days", "(8 weeks)".
_APART = ("comma", "open")
_OFTEN = frozenset(("schedule", "time", "meal", "dosed"))
#: Of more weeks doses are hardly written so. "In the morning, 5 days" may be of each week.
_MOST_WEEKS = 26


def with_course(pieces: list[Piece]) -> list[Piece]:
    """The pieces with how long, where that ends the line behind how often and a comma, or alone in brackets."""
    tail = 4 if pieces[-1].role == "close" else 3
    parts = pieces[-tail:]
    roles = [piece.role for piece in parts]
    if roles[:3] not in ([mark, "quantity", "period"] for mark in _APART) or (roles[0] == "open") != (tail == 4):
        return pieces
    (low, high, unclear), unit = parts[1].value, parts[2].value
    before = [piece.role for piece in pieces[:-tail]]
    fewest = _SHORTEST_SUPPLY if "schedule" in before else DAYS_PER["week"]
    is_course = low >= fewest if unit == "day" else unit == "week" and low <= _MOST_WEEKS
    if unclear or low != high or not is_course or before.count("name") != 1 or _OFTEN.isdisjoint(before):
        return pieces
    return [*pieces[:-tail], Piece("duration", (parts[1].value, unit), parts[0].start, parts[-1].end)]


def make_then_for(schedule: Schedule, word: str, quantity: Quantity, unit: str) -> Made:
    """Italian and Spanish say one word for "a day" and "for 3 months": after how often, it is for how long."""
    if word not in ("per", "por") or quantity[2]:
        return None
    return [("schedule", schedule), ("duration", (quantity, unit))]


#: From so many times on nobody takes as many pieces at once instead: weekly x 8.
_FEWEST_TIMES = {"day": 5, "week": 4, "month": 3}
#: A course has no more doses than this.
_MOST_DOSES = 100
#: What may stand behind how many times: the next step, or nothing.
_STEP_ENDS = frozenset(("comma", "semicolon", "then", "stopped", ""))


def with_counted_doses(pieces: list[Piece]) -> list[Piece]:
    """Pieces of steps in which how many doses there are is for how long: weekly x 8, bid for 14 doses.

    Not daily x 2 doses, which may be how it is divided, and not "5 mg tablets daily x 8", which may be eight tablets.
    """
    found: list[Piece] = []
    place = 0
    while place < len(pieces):
        many = _doses_at(pieces, place) if found and found[-1].role == "schedule" else None
        if many is None:
            found.append(pieces[place])
            place += 1
            continue
        number, size = many
        often: Schedule = found[-1].value
        length = number * often.count / often.times[0]
        last = pieces[place + size - 1]
        found.append(Piece("duration", ((length, length, ""), often.unit), pieces[place].start, last.end))
        place += size
    return found


def _doses_at(pieces: list[Piece], place: int) -> tuple[Decimal, int] | None:
    """How many doses a course has that stands here, and in how many pieces; None where none does."""
    often: Schedule = pieces[place - 1].value
    roles = [piece.role for piece in pieces[place : place + 4]] + [""] * 4
    if roles[0] == "many":
        low, high = pieces[place].value
        size = 1
    elif roles[0] in ("times", "for") and roles[1] == "quantity" and not pieces[place + 1].value[2]:
        low, high = pieces[place + 1].value[:2]
        size = 2
    else:
        return None
    says_doses = roles[size] == "portions" and pieces[place + size].value.startswith("dos")
    size += says_doses
    if low != high or low != low.to_integral_value() or low > _MOST_DOSES or roles[size] not in _STEP_ENDS:
        return None
    if often.times[0] != often.times[1] or often.days or often.once or low < _FEWEST_TIMES.get(often.unit, _MOST_DOSES):
        return None
    start = max((n for n in range(place) if pieces[n].role in ("comma", "then")), default=-1)
    mine = {piece.role for piece in pieces[start + 1 : place]}
    may_be_pieces = often.unit == "day" and "form" in mine and "count" not in mine
    is_course = roles[0] != "for" and often.times[0] == 1 and not may_be_pieces
    return (low, size) if says_doses or is_course else None
