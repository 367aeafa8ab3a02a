"""Pieces → larger pieces: amounts, counts and schedules, by a table of productions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dosenote.quantity import IU, Amount
from dosenote.reader.lexicon import Piece
from dosenote.regimen import Person, Schedule

ONE = Decimal(1)

#: What a production makes of the pieces it matched: a role and a value, or None when it does not apply after all.
Made = tuple[str, Any] | None
Production = tuple[str, Callable[..., Made]]


def reduce(pieces: list[Piece], stages: tuple[tuple[Production, ...], ...]) -> list[Piece]:
    """Apply the productions of each stage, from left to right, until none applies."""
    for stage in stages:
        patterns = [(tuple(roles.split()), make) for roles, make in stage]
        patterns.sort(key=lambda pattern: -len(pattern[0]))
        here = 0
        while here < len(pieces):
            for roles, make in patterns:
                matched = pieces[here : here + len(roles)]
                if tuple(piece.role for piece in matched) != roles:
                    continue
                made = make(*(piece.value for piece in matched))
                if made is not None:
                    pieces[here : here + len(roles)] = [Piece(*made, matched[0].start, matched[-1].end)]
                    here = max(-1, here - 3)
                    break
            here += 1
    return pieces


# --- numbers: a quantity is (lowest, highest, whether the writing leaves open which number is meant)


def _quantity(values: tuple[Decimal, ...]) -> Made:
    return "quantity", (min(values), max(values), len(values) > 1)


def _range(low: tuple[Decimal, ...], _to: Any, high: tuple[Decimal, ...]) -> Made:
    if min(low) > min(high):
        return None
    return "quantity", (min(low), max(high), len(low) > 1 or len(high) > 1)


def _fraction(top: tuple[Decimal, ...], bottom: tuple[Decimal, ...]) -> Made:
    if len(top) > 1 or len(bottom) > 1 or not 0 < top[0] < bottom[0] <= 4:
        return None
    return "part", top[0] / bottom[0]


def _with_part(whole: tuple[Decimal, ...], part: Decimal) -> Made:
    """1½ is one and a half; "one half" is half of one."""
    if len(whole) > 1 or whole[0] != whole[0].to_integral_value():
        return None
    return "number", (whole[0] + part,)


# --- amounts


def _amount(quantity: tuple[Decimal, Decimal, bool], unit: str) -> Made:
    low, high, unclear = quantity
    return "amount", (Amount(low, high, unit), unclear)


def _thousands(quantity: tuple[Decimal, Decimal, bool], _k: Any, unit: str) -> Made:
    """60K IU is 60,000 IU. K beside any other unit is not an abbreviation anybody uses for thousand."""
    if unit != IU:
        return None
    low, high, unclear = quantity
    return _amount((low * 1000, high * 1000, unclear), unit)


def _amount_range(low: tuple[Amount, bool], _to: Any, high: tuple[Amount, bool]) -> Made:
    (first, one), (second, two) = low, high
    if first.unit != second.unit or second.high is None or first.low > second.high:
        return None
    return "amount", (Amount(first.low, second.high, first.unit), one or two)


def _count(quantity: tuple[Decimal, Decimal, bool], form: str) -> Made:
    return "count", (quantity, form)


# --- schedules


def _schedule(times: tuple[Decimal, Decimal], count: Decimal, unit: str) -> Made:
    return "schedule", Schedule(times, count, unit)


def _repeated(times: tuple[Decimal, Decimal], schedule: Schedule) -> Made:
    if schedule.times != (ONE, ONE):
        return None
    return "schedule", replace(schedule, times=times)


def _each_of(quantity: tuple[Decimal, Decimal, bool], unit: str, times: tuple[Decimal, Decimal] = (ONE, ONE)) -> Made:
    low, high, unclear = quantity
    return None if unclear or low != high or not low else _schedule(times, low, unit)


def _once_or(times: tuple[Decimal, Decimal], schedule: Schedule) -> Made:
    """Once or twice daily."""
    low, high = times[0], schedule.times[1]
    if high is None or low > high or schedule.days:
        return None
    return "schedule", replace(schedule, times=(low, high))


def _times_a(quantity: tuple[Decimal, Decimal, bool], unit: str) -> Made:
    """2/week, 3 a day: how many times, when it is no more than a day has hours."""
    low, high, unclear = quantity
    return None if unclear or high > 24 else _schedule((low, high), ONE, unit)


def _fortnightly(days: tuple[str, ...]) -> Made:
    times = Decimal(len(days))
    return "schedule", Schedule((times, times), Decimal(2), "week", days)


def _at_most(schedule: Schedule) -> Made:
    return "schedule", replace(schedule, times=(Decimal(0), schedule.times[1]))


def _days_of(quantity: tuple[Decimal, Decimal, bool], unit: str, whole: str) -> Made:
    """5 days a week: five times in each."""
    low, high, unclear = quantity
    return _schedule((low, high), ONE, whole) if unit == "day" and whole in ("week", "month") and not unclear else None


def _under(amount: tuple[Amount, bool]) -> Made:
    """Less than 5,000 IU: from nothing up to that."""
    return "amount", (amount[0]._replace(low=Decimal(0)), amount[1])


def _cap(quantity: tuple[Decimal, Decimal, bool], schedule: Schedule) -> Made:
    if schedule != Schedule((ONE, ONE)):
        return None
    return "cap", quantity[1]


def _on_days(days: tuple[str, ...]) -> Made:
    return "schedule", Schedule((Decimal(len(days)), Decimal(len(days))), ONE, "week", days)


def _more_days(days: tuple[str, ...], more: tuple[str, ...]) -> Made:
    return "days", (*days, *(day for day in more if day not in days))


# --- facts about the person


def _age(quantity: tuple[Decimal, Decimal, bool], unit: str = "year") -> Made:
    low, high, unclear = quantity
    parts = {"year": 1, "month": 12, "week": 52, "day": 365}
    if unclear or low != high or unit not in parts or low > 130:
        return None
    return "person_fact", Person(age=low / parts[unit])


_PERSON = {
    "female": Person(sex="female"),
    "male": Person(sex="male"),
    "pregnant": Person(pregnant=True),
    "not_pregnant": Person(pregnant=False),
    "lactating": Person(lactating=True),
    "not_lactating": Person(lactating=False),
}

STAGES: tuple[tuple[Production, ...], ...] = (
    (
        ("number fraction number", lambda top, _, bottom: _fraction(top, bottom)),
        ("number slash number form", lambda top, _, bottom, form: (part := _fraction(top, bottom))
            and _count((part[1], part[1], False), form)),
        ("number number slash number", lambda whole, top, _, bottom: (part := _fraction(top, bottom))
            and _with_part(whole, part[1])),
        ("number half", lambda number, _: ("number", (Decimal("0.5"),)) if number == (ONE,) else None),
        ("number and half", lambda number, _a, _h: _with_part(number, Decimal("0.5"))),
    ),
    (
        ("number part", _with_part),
        ("half", lambda _: ("number", (Decimal("0.5"),))),
    ),
    (("part", lambda part: ("number", (part,))),),
    (("number to number", _range), ("number or number", _range)),
    (("number", _quantity),),
    (
        ("quantity unit", _amount),
        ("quantity thousand unit", _thousands),
        ("quantity level", lambda quantity, unit: ("reading", (quantity, unit))),
        ("quantity form", _count),
        ("quantity times", lambda quantity, _: None if quantity[2] else ("repeat", quantity[:2])),
        ("quantity clock", lambda quantity, _: ("time", f"{quantity[0]} o'clock") if quantity[0] <= 12 else None),
        ("quantity time", lambda quantity, time: ("time", time) if time == "noon" and quantity[0] == 12 else None),
        ("for quantity period", lambda _, quantity, unit: ("duration", (quantity, unit))),
        ("times quantity period", lambda _, quantity, unit: ("duration", (quantity, unit))),
        ("age quantity", lambda _, quantity: _age(quantity)),
        ("age quantity period", lambda _, quantity, unit: _age(quantity, unit)),
        ("age quantity period old", lambda _a, quantity, unit, _o: _age(quantity, unit)),
        ("quantity period old", lambda quantity, unit, _: _age(quantity, unit)),
        ("quantity old", lambda quantity, _: _age(quantity)),
        ("person", lambda name: ("person_fact", _PERSON[name])),
        ("weekday", lambda day: ("days", (day,))),
    ),
    (
        ("amount to amount", _amount_range),
        ("amount or amount", _amount_range),
        ("repeat to repeat", lambda low, _, high: ("repeat", (low[0], high[1]))),
        ("repeat or schedule", lambda low, _, schedule: _once_or(low, schedule)),
        ("time or time", lambda time, *_: ("time", time)),
        ("meal or meal", lambda meal, *_: ("meal", meal)),
        ("repeat or repeat", lambda low, _, high: ("repeat", (low[0], high[1]))),
        ("every count", lambda _, count: ("per_count", count)),
        ("slash count", lambda _, count: ("per_count", count)),
        ("in count", lambda _, count: ("per_count", count)),
        ("equals count", lambda _, count: ("per_count", count)),
        ("reading open quantity close", lambda reading, *_: ("reading", reading)),
        ("below amount", lambda _, amount: _under(amount)),
        ("elemental amount", lambda _, amount: ("element", amount)),
        ("amount elemental", lambda amount, _: ("element", amount)),
        ("every form", lambda *_: ("filler", "")),
        ("slash form", lambda *_: ("filler", "")),
        ("days days", _more_days),
        ("days slash days", lambda days, _, more: _more_days(days, more)),
        ("days comma days", lambda days, _, more: _more_days(days, more)),
        ("days and days", lambda days, _, more: _more_days(days, more)),
    ),
    (
        ("quantity period every period", lambda quantity, unit, _, whole: _days_of(quantity, unit, whole)),
        ("quantity period slash period", lambda quantity, unit, _, whole: _days_of(quantity, unit, whole)),
        ("repeat every other period", lambda times, _e, _o, unit: _schedule(times, Decimal(2), unit)),
        ("repeat every quantity period", lambda times, _, quantity, unit: _each_of(quantity, unit, times)),
        ("repeat every period", lambda times, _, unit: _schedule(times, ONE, unit)),
        ("repeat slash period", lambda times, _, unit: _schedule(times, ONE, unit)),
        ("repeat schedule", _repeated),
        ("every other period", lambda _e, _o, unit: _schedule((ONE, ONE), Decimal(2), unit)),
        ("every quantity period", lambda _, quantity, unit: _each_of(quantity, unit)),
        ("every period", lambda _, unit: _schedule((ONE, ONE), ONE, unit)),
        ("slash period", lambda _, unit: _schedule((ONE, ONE), ONE, unit)),
        ("every time", lambda _, time: ("time", time)),
        ("every meal", lambda _, meal: ("meal", meal)),
        ("every other days", lambda _e, _o, days: _fortnightly(days)),
        ("every days", lambda _, days: ("days", days)),
        ("quantity slash period", lambda quantity, _, unit: _times_a(quantity, unit)),
        ("quantity every period", lambda quantity, _, unit: _times_a(quantity, unit)),
    ),
    (
        ("days", _on_days),
        ("max schedule", lambda _, schedule: _at_most(schedule)),
        ("max quantity schedule", lambda _, quantity, schedule: _cap(quantity, schedule)),
        ("max count schedule", lambda _, count, schedule: _cap(count[0], schedule)),
        ("max amount schedule", lambda _, amount, schedule: ("ceiling", amount[0])
            if schedule == Schedule((ONE, ONE)) else None),
    ),
)  # fmt: skip
