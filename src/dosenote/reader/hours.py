"""Hours of the clock: 6 pm, 18:00, at 1800; and an hour beside the word for its time of day."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from dosenote.reader.makers import MOST_IN_SCHEME, Made, Quantity
from dosenote.regimen import MOMENTS, Moment

#: How every hour of the clock ends, as a time of day.
CLOCK = "o'clock"
_NOON, _DAY = 12, 24
#: The hours that each time of day may be.
_HOURS = {
    "morning": range(4, 12),
    "noon": range(11, 16),
    "evening": range(15, 24),
    "night": (*range(18, 25), 0, 1, 2, 3),
}


#: From which hour on each time of day is meant, where an hour says it; the first belongs to the night before.
_FROM = ((0, "night"), (4, "morning"), (11, "noon"), (17, "evening"), (21, "night"))
#: Words that leave open whether a time of day is when it is taken.
_OPEN = re.compile(
    r"\b(?:or|oder|ou|oppure|not|nicht|pas|no|non|never|nie|jamais|nunca|mai|(?:hours?|hrs?|h|stunden|heures|horas|ore)\s+"
    r"(?:after|before|apart|from|nach|vor|après|avant|después|antes|dopo|prima))\b"
)  # fmt: skip


def moments_of(times: Collection[str], text: str) -> tuple[Moment, ...]:
    """The times of day, in their order; none where one is not certain: "at 8", "morning or evening". text: the line."""
    if not times or _OPEN.search(text.lower()):
        return ()
    hours = [int(time.partition(":")[0]) for time in times if is_clock(time)]
    if hours and max(hours) <= _NOON:
        return ()
    said = {time for time in times if not is_clock(time)}
    said |= {[moment for first, moment in _FROM if first <= hour % _DAY][-1] for hour in hours}
    found = tuple(moment for moment in MOMENTS if moment in said)
    return found if len(found) == len(set(times)) else ()


def is_clock(time: str) -> bool:
    """Whether this is an hour of the clock, and no word such as morning."""
    return time.endswith(CLOCK)


def _whole(quantity: Quantity) -> int | None:
    """The one whole number that it is, or None."""
    low, high, _ = quantity
    return int(low) if low == high == low.to_integral_value() else None


def make_o_clock(quantity: Quantity) -> Made:
    """At 6, at 1800."""
    number = _whole(quantity)
    if number is None:
        return None
    hour, minute = divmod(number, 100)
    if hour:
        return ("time", f"{hour}:{minute:02} {CLOCK}") if hour <= _DAY and minute < 60 else None
    return ("time", f"{minute}:00 {CLOCK}") if minute <= _DAY else None


def make_at(word: str, quantity: Quantity) -> Made:
    """At 6, @ 1800; "@ 2" may be how many."""
    return ("word", word) if word == "@" and quantity[0] < _WRITTEN_OUT else make_o_clock(quantity)


#: Hours without a mark have so many figures at least.
_WRITTEN_OUT = 100


def make_hours(written: str, *others: Quantity) -> Made:
    """0900 2100."""
    hours = [make_clock(written, ""), *map(make_hour_each, others)]
    return None if None in hours else [hour for hour in hours if hour]


def make_hour_each(quantity: Quantity) -> tuple[str, str] | None:
    """q1800; None for q6, which is every so many hours."""
    made = make_o_clock(quantity)
    return made if isinstance(made, tuple) and quantity[0] >= _WRITTEN_OUT else None


def make_clock(written: str, half: str) -> tuple[str, str] | None:
    """18:00, 6:30 pm."""
    hour, _, minute = written.partition(":")
    if half and not 0 < int(hour) <= _NOON:
        return None
    after = _NOON if half == "evening" else 0
    return "time", f"{int(hour) % _NOON + after if half else int(hour)}:{minute} {CLOCK}"


def make_hour(quantity: Quantity, half: str) -> Made:
    """8 pm. Up to four it may also be how many are taken, and from a hundred on how much: "1 am, 2 pm", "1000 pm"."""
    hour = _whole(quantity)
    if not hour:
        return None
    if hour > _NOON:
        return "word", half
    return ("hour_or_count", (quantity, half)) if hour <= MOST_IN_SCHEME else _hour(hour, half)


def _hour(hour: int, half: str) -> tuple[str, str]:
    return "time", f"{hour % _NOON + (_NOON if half == 'evening' else 0)}:00 {CLOCK}"


def make_hour_at(_at: Any, quantity: Quantity, half: str) -> Made:
    """At 2 pm: after "at" it is an hour."""
    hour = _whole(quantity)
    return _hour(hour, half) if hour and hour <= _NOON else None


def make_same_time(one: str, two: str) -> Made:
    """Every evening at 6: one time of day, said twice; None where they are two."""
    label, clock = (two, one) if is_clock(one) else (one, two)
    if is_clock(label) or not is_clock(clock):
        return None
    hour = int(clock.partition(":")[0])
    hours = _HOURS.get(label, ())
    return ("time", label) if hour in hours or (hour <= _NOON and hour + _NOON in hours) else None


def make_meal_at(time: str, meal: str) -> Made:
    """At night with dinner: once, in the evening; at 6 pm with dinner."""
    return ("meal", meal) if (time, meal) == _NIGHTLY or make_same_time(meal, time) else None


#: "Nightly with dinner" is once a day; "with dinner, bedtime" may be twice.
_NIGHTLY = ("night", "evening")


def make_same_meal(meal: str, clock: str) -> Made:
    """With dinner (6 pm)."""
    return ("meal", meal) if make_same_time(meal, clock) else None
