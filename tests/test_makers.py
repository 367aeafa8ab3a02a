"""Days of the week, and for how long: what a production makes of the values that it matched."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dosenote.quantity import Amount
from dosenote.reader import durations, weekdays
from dosenote.reader.makers import DAILY, ONE, RANGE, TWO_DAYS, WEEK, Made, Quantity
from dosenote.regimen import Schedule


def _days(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _number(text: str) -> Quantity:
    """ "6", or "6-8" for one of the two, or "6~8" for the range that may be another number."""
    low, dash, high = text.replace("~", "-").partition("-")
    return Decimal(low), Decimal(high if dash else low), RANGE if "~" in text else ""


# --- days of the week

DOSE = (Amount(ONE, ONE, "mg"), "1 mg")
SIX_DAYS = Schedule((Decimal(6), Decimal(6)), ONE, "week")


def test_so_many_days_of_the_week() -> None:
    """Once on each of them."""
    days = _days("mon wed fri")
    assert weekdays.make_on_days(days) == ("schedule", Schedule((Decimal(3), Decimal(3)), ONE, "week", days))


@pytest.mark.parametrize(
    "schedule, but, rest",
    [
        (DAILY, "sun", "mon tue wed thu fri sat"),
        (DAILY, "sun wed", "mon tue thu fri sat"),
        (SIX_DAYS, "sun", "mon tue wed thu fri sat"),
        (SIX_DAYS, "sat sun", ""),  # six of five days
        (TWO_DAYS, "sun", ""),
        (DAILY, " ".join(WEEK), ""),
        (Schedule((Decimal(2), Decimal(2))), "sun", ""),
    ],
)
def test_every_day_but_some(schedule: Schedule, but: str, rest: str) -> None:
    """The other days, where it is daily, or as often as there are other days; else it is not known which."""
    made = ("days", _days(rest)) if rest else None
    assert weekdays.make_but_days(schedule, _days(but)) == made
    if schedule == DAILY:
        assert weekdays.make_each_but("each", "day", "but", _days(but)) == made
        assert weekdays.make_each_but("each", "week", "but", _days(but)) is None
        assert weekdays.make_time_but_days("morning", _days(but)) == ([("time", "morning"), made] if made else None)


def test_another_amount_on_some_days() -> None:
    """Every day except Wednesday 7.5 mg: the two amounts before their days; not where it is not daily."""
    days = _days("wed")
    made = [("rest", "except"), ("amount", DOSE), ("days", days)]
    assert weekdays.make_but_days_amount(DAILY, None, days, DOSE) == made
    assert weekdays.make_but_days_amount(TWO_DAYS, None, days, DOSE) is None
    assert weekdays.make_each_but_days(None, "day", None, days, DOSE) == made
    assert weekdays.make_each_but_days(None, "week", None, days, DOSE) is None


def test_a_day_of_beginning() -> None:
    """Started Monday; several days are when it is taken."""
    assert weekdays.make_begun(True, ("mon",)) == ("begins", True)
    assert weekdays.make_begun(False, ("mon",)) == ("begins", False)
    assert weekdays.make_begun(True, ("mon", "wed")) is None


@pytest.mark.parametrize(
    "days, more, made",
    [
        ("mon", "wed", ("days", ("mon", "wed"))),
        ("mon wed", "fri", ("days", ("mon", "wed", "fri"))),
        ("mon tue wed", "tue", ("word", "tue")),  # M T W T
        ("mon tue", "tue wed", ("days", ("mon", "tue", "wed"))),
    ],
)
def test_one_day_more(days: str, more: str, made: Made) -> None:
    """A list grows day by day; a day that it has already may be another."""
    assert weekdays.make_more_days(_days(days), _days(more)) == made


@pytest.mark.parametrize(
    "first, last, days",
    [
        ("mon", "fri", "mon tue wed thu fri"),
        ("fri", "mon", "fri sat sun mon"),
        ("sat", "sun", "sat sun"),
        ("sun", "mon", "sun mon"),
        ("mon", "mon", ""),
        ("mon wed", "fri", "mon wed thu fri"),
        ("mon", "wed fri", "mon tue wed fri"),
        ("tue fri", "wed", ""),  # Tuesday twice
        ("mon", "wed tue", ""),
    ],
)
def test_from_one_day_to_another(first: str, last: str, days: str) -> None:
    """Over the end of the week as well; from a day to itself, or twice over a day, nobody knows."""
    made = ("days", _days(days)) if days else ("word", "to")
    assert weekdays.make_day_range(_days(first), _days(last)) == made
    assert weekdays.make_day_range_by(_days(first), "a", _days(last)) == made
    assert weekdays.make_day_range_by(_days(first), "per", _days(last)) is None


def test_days_parted_by_hyphens_are_a_list() -> None:
    """Mon-Wed-Fri: three days; none of them twice."""
    assert weekdays.make_day_list(("mon",), "-", ("wed",), "-", ("fri",)) == ("days", ("mon", "wed", "fri"))
    assert weekdays.make_day_list(("mon",), "-", ("wed",), "-", ("mon",)) is None


# --- for how long


def _part(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(number) for number in text.split())


@pytest.mark.parametrize(
    "top, bottom, unit",
    [("5", "7", "day"), ("7", "52", "week"), ("3", "12", "month"), ("1", "4", ""), ("1 2", "7", ""), ("1", "7 52", "")],
)
def test_a_part_of_a_week_or_a_year(top: str, bottom: str, unit: str) -> None:
    """7/52 is seven weeks, 5/7 five days, 3/12 three months; alone, behind how often, behind a time, before "then"."""
    made = ("duration", ((Decimal(top[0]), Decimal(top[0]), False), unit)) if unit else None
    assert durations.make_part_of_year(_part(top), _part(bottom)) == made
    assert durations.make_part_comma(DAILY, _part(top), "/", _part(bottom), ",") == (
        [("schedule", DAILY), made, ("comma", ",")] if made else None
    )
    behind = durations.make_part_after(("time", "morning"), _part(top), "/", _part(bottom))
    assert behind == ([("time", "morning"), made] if made else None)
    before = durations.make_part_then(_part(top), "/", _part(bottom), "then")
    assert before == ([made, ("then", "then")] if made else None)


@pytest.mark.parametrize(
    "day, month, is_date",
    [
        ("3", "march", True),
        ("1", "may", True),
        ("31", "dezember", True),
        ("0", "march", False),
        ("32", "march", False),
        ("3", "today", False),
        ("3-4", "march", False),
        ("3~4", "march", False),
        ("2.5", "march", False),
        ("2.6-3", "march", False),
    ],
)
def test_a_day_of_a_month(day: str, month: str, is_date: bool) -> None:
    """3 March; "2 today" is a count."""
    assert durations.make_date(_number(day), month) == (("date", month) if is_date else None)


def test_a_part_of_the_year() -> None:
    """October to March; not until a day."""
    assert durations.make_season("october", "march") == ("season", "october to march")
    assert durations.make_season("october", "today") is None
    assert durations.make_season("today", "march") is None


def test_for_how_long() -> None:
    """For 5 days, or 5 to 7; a range that may be another number is none."""
    assert durations.make_duration(_number("5-7"), "day") == ("duration", (_number("5-7"), "day"))
    assert durations.make_duration(_number("5~7"), "day") is None


@pytest.mark.parametrize(
    "number, unit, is_supply",
    [("90", "day", True), ("5", "day", True), ("4", "day", False), ("3", "week", False), ("90-100", "day", False),
     ("90~100", "day", False)],
)  # fmt: skip
def test_a_supply(number: str, unit: str, is_supply: bool) -> None:
    """Once a day, 90 days: for how long; a shorter time may be how often."""
    more = ("duration", (_number(number), unit))
    assert durations.make_supply(DAILY, _number(number), unit) == ([("schedule", DAILY), more] if is_supply else None)
    at = durations.make_supply_at("night", _number(number), unit)
    assert at == ([("time", "night"), more] if is_supply else None)


def test_per_and_por_behind_how_often() -> None:
    """Italian and Spanish: una volta al giorno per 3 mesi; in English "per" is how often."""
    made = [("schedule", DAILY), ("duration", (_number("3"), "month"))]
    for word in ("per", "por"):
        assert durations.make_then_for(DAILY, word, _number("3"), "month") == made
        assert durations.make_then_for(DAILY, word, _number("3~4"), "month") is None
    assert durations.make_then_for(DAILY, "every", _number("3"), "month") is None
