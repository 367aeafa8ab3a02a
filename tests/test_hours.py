"""Hours of the clock, and the times of day that they mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dosenote.reader.hours import (
    make_clock,
    make_hour,
    make_hour_at,
    make_o_clock,
    make_same_meal,
    make_same_time,
    moments_of,
)
from dosenote.reader.makers import RANGE, Quantity


def _number(text: str) -> Quantity:
    """ "6", or "6-8" for either of the two."""
    low, dash, high = text.partition("-")
    return Decimal(low), Decimal(high if dash else low), RANGE if dash else ""


@pytest.mark.parametrize(
    "number, hour",
    [("6", "6:00"), ("0", "0:00"), ("24", "24:00"), ("25", ""), ("99", ""), ("100", "1:00"), ("630", "6:30"), ("1805", "18:05"),
     ("1860", ""), ("1859", "18:59"), ("2400", "24:00"), ("2500", ""), ("6-8", ""), ("6.5", ""), ("5.6-6", "")],
)  # fmt: skip
def test_an_hour_by_itself(number: str, hour: str) -> None:
    """At 6, at 1800: an hour of the clock, or no hour at all."""
    assert make_o_clock(_number(number)) == (("time", f"{hour} o'clock") if hour else None)


@pytest.mark.parametrize(
    "written, half, hour",
    [("18:00", "", "18:00"), ("6:30", "evening", "18:30"), ("6:30", "morning", "6:30"), ("12:15", "evening", "12:15"),
     ("12:15", "morning", "0:15"), ("1:05", "evening", "13:05"), ("0:30", "morning", ""), ("13:00", "evening", ""), ("0:30", "", "0:30")],
)  # fmt: skip
def test_an_hour_and_minutes(written: str, half: str, hour: str) -> None:
    """6:30 pm is 18:30; an hour above twelve has no half of the day."""
    assert make_clock(written, half) == (("time", f"{hour} o'clock") if hour else None)


@pytest.mark.parametrize(
    "number, half, alone, behind_at",
    [("8", "evening", ("time", "20:00 o'clock"), ("time", "20:00 o'clock")),
     ("8", "morning", ("time", "8:00 o'clock"), ("time", "8:00 o'clock")),
     ("12", "evening", ("time", "12:00 o'clock"), ("time", "12:00 o'clock")),
     ("12", "morning", ("time", "0:00 o'clock"), ("time", "0:00 o'clock")),
     ("5", "evening", ("time", "17:00 o'clock"), ("time", "17:00 o'clock")),
     ("4", "evening", ("hour_or_count", (_number("4"), "evening")), ("time", "16:00 o'clock")),
     ("1", "morning", ("hour_or_count", (_number("1"), "morning")), ("time", "1:00 o'clock")),
     ("13", "evening", ("word", "evening"), None), ("1000", "morning", ("word", "morning"), None),
     ("0", "evening", None, None), ("8-9", "evening", None, None), ("8.5", "evening", None, None)],
)  # fmt: skip
def test_a_number_beside_a_half_of_the_day(
    number: str, half: str, alone: tuple[str, object] | None, behind_at: tuple[str, object] | None
) -> None:
    """8 pm is an hour, "2 pm" an hour or two tablets, unless "at" stands before it; 1000 pm is no hour."""
    assert make_hour(_number(number), half) == alone
    assert make_hour_at(None, _number(number), half) == behind_at


@pytest.mark.parametrize(
    "one, two, same",
    [("evening", "6:00 o'clock", "evening"), ("6:00 o'clock", "evening", "evening"), ("evening", "18:00 o'clock", "evening"),
     ("morning", "6:00 o'clock", "morning"), ("morning", "18:00 o'clock", ""), ("night", "1:00 o'clock", "night"),
     ("noon", "1:00 o'clock", "noon"), ("noon", "12:00 o'clock", "noon"), ("night", "12:00 o'clock", "night"),
     ("morning", "12:00 o'clock", ""), ("morning", "evening", ""), ("6:00 o'clock", "18:00 o'clock", ""),
     ("breakfast", "8:00 o'clock", ""), ("noon", "20:00 o'clock", "")],
)  # fmt: skip
def test_one_time_of_day_said_twice(one: str, two: str, same: str) -> None:
    """Every evening at 6 is once; 6 in the morning and in the evening are two."""
    assert make_same_time(one, two) == (("time", same) if same else None)
    assert make_same_meal(one, two) == (("meal", one) if same else None)


@pytest.mark.parametrize(
    "times, text, moments",
    [(("morning",), "", ("morning",)), (("evening", "morning"), "", ("morning", "evening")), ((), "", ()),
     (("8:00 o'clock",), "", ()), (("8:00 o'clock", "12:00 o'clock"), "", ()),  # may be in the evening
     (("8:00 o'clock", "20:00 o'clock"), "", ("morning", "evening")), (("13:00 o'clock",), "", ("noon",)),
     (("17:00 o'clock",), "", ("evening",)), (("16:59 o'clock",), "", ("noon",)), (("21:30 o'clock",), "", ("night",)),
     (("24:00 o'clock",), "", ("night",)), (("3:00 o'clock", "13:00 o'clock"), "", ("noon", "night")),
     (("4:00 o'clock", "13:00 o'clock"), "", ("morning", "noon")), (("10:00 o'clock", "11:00 o'clock", "17:00 o'clock"), "",
      ("morning", "noon", "evening")), (("evening", "18:00 o'clock"), "", ()), (("bedtime",), "", ()),
     (("morning",), "morning or evening", ()), (("morning",), "NOT in the morning", ()), (("morning",), "2 hours after breakfast", ()),
     (("morning",), "before breakfast in the morning", ("morning",)), (("morning",), "ordinary", ("morning",))],
)  # fmt: skip
def test_the_times_of_a_day(times: tuple[str, ...], text: str, moments: tuple[str, ...]) -> None:
    """In their order, each once; none where one of them is not certain, or the words leave it open."""
    assert moments_of(times, text) == moments
