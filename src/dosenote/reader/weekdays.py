"""Days of the week: lists, ranges, and all but some."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

from dosenote.quantity import Amount
from dosenote.reader.makers import DAILY, ONE, WEEK, Made, Quantity
from dosenote.reader.often import make_days_of
from dosenote.regimen import Schedule


def make_on_days(days: tuple[str, ...]) -> Made:
    """Mon, Wed: once on each of these days of the week."""
    return "schedule", Schedule((Decimal(len(days)), Decimal(len(days))), ONE, "week", days)


#: Beside so many days "daily" says "on each of them"; beside fewer it may be another statement.
_FEWEST_DAILY = 5
_WEEKEND = {"sat", "sun"}
#: Before days these say on which nothing is taken.
_SKIPPED = ("skip", "skip on", "skipping", "skips", "none", "none on", "nothing on", "except", "not on", "but not on")


def make_times_on(schedule: Schedule, days: tuple[str, ...]) -> Made:
    """Twice daily on weekends: twice on each of these days. "Daily Mon" may be two things."""
    low, high = schedule.times
    is_each_day = schedule.unit == "day" and schedule.count == 1 and not schedule.days and low == high
    if not is_each_day or high is None or (low == 1 and len(days) < _FEWEST_DAILY and set(days) != _WEEKEND):
        return None
    return "schedule", Schedule((low * len(days), high * len(days)), ONE, "week", days)


def make_but_days(schedule: Schedule, days: tuple[str, ...]) -> Made:
    """Every day but Sunday."""
    rest = tuple(day for day in WEEK if day not in days)
    as_many = Schedule((Decimal(len(rest)), Decimal(len(rest))), ONE, "week")  # six days a week, not on Sunday
    return ("days", rest) if schedule in (DAILY, as_many) and rest else None


def make_time_but_days(time: str, days: tuple[str, ...]) -> Made:
    """Every morning but Sunday."""
    made = make_but_days(DAILY, days)
    return [("time", time), made] if isinstance(made, tuple) else None


def make_but_days_amount(schedule: Schedule, _: Any, days: tuple[str, ...], amount: tuple[Amount, str]) -> Made:
    """5 mg every day except Wednesday 7.5 mg: each of the two amounts before its days."""
    return [("rest", "except"), ("amount", amount), ("days", days)] if schedule == DAILY else None


def make_but_amount_on(amount: Any, word: str, other: Any, days: tuple[str, ...]) -> Made:
    """2.5 mg except 5 mg on Tuesdays: the first on every other day."""
    return [("amount", amount), ("schedule", DAILY), ("except", word), ("amount", other), ("days", days)]


def make_each_but_days(_e: Any, unit: str, _x: Any, days: tuple[str, ...], amount: tuple[Amount, str]) -> Made:
    """Every day except Wednesday 7.5 mg, as `make_but_days_amount`; None for any unit but a day."""
    return make_but_days_amount(DAILY, None, days, amount) if unit == "day" else None


def make_begun(newness: bool, days: tuple[str, ...]) -> Made:
    """Started Monday; and not: new Mon Wed Fri."""
    return ("begins", newness) if len(days) == 1 else None


def make_more_days(days: tuple[str, ...], more: tuple[str, ...]) -> Made:
    """Two runs of days as one; a word to ask about where one day would stand twice."""
    if len(more) == 1 and more[0] in days:
        return "word", more[0]  # "M T W T F": is the second T Thursday?
    return "days", (*days, *(day for day in more if day not in days))


def make_day_range(first: tuple[str, ...], last: tuple[str, ...]) -> Made:
    """Monday to Friday."""
    one, two = WEEK.index(first[-1]), WEEK.index(last[0])
    if one == two:
        return "word", "to"
    between = WEEK[one : two + 1] if one < two else (*WEEK[one:], *WEEK[: two + 1])  # Friday to Monday
    days = (*first[:-1], *between, *last[1:])
    return ("days", days) if len(set(days)) == len(days) else ("word", "to")


#: "To" between two days, where elsewhere it is "every": lunes a viernes, seg a sex, lun al ven.
_DAY_TO = frozenset(("a", "al", "alla", "\u00e0", "ao", "a la"))


def make_day_range_by(first: tuple[str, ...], word: str, last: tuple[str, ...]) -> Made:
    """Lunes a viernes; None where the word between the days does not mean "to"."""
    return make_day_range(first, last) if word in _DAY_TO else None


def make_day_list(*values: Any) -> Made:
    """Mon-Wed-Fri: three days and no range, though hyphens part them."""
    days = [day for value in values[::2] for day in value]
    return ("days", tuple(days)) if len(set(days)) == len(days) else None


def make_each_but(_e: Any, unit: str, _x: Any, days: tuple[str, ...]) -> Made:
    """Each day except Sunday."""
    return make_but_days(DAILY, days) if unit == "day" else None


def make_amount_but_days(amount: Any, _: Any, days: tuple[str, ...]) -> Made:
    """5000 IU, skip Sundays: on each other day."""
    made = make_but_days(DAILY, days)
    return [("amount", amount), made] if isinstance(made, tuple) else None


def make_range_but_days(days: tuple[str, ...], *marks_and_days: Any) -> Made:
    """Mon-Sat, skip Sun: the same twice. By itself "skip Monday" may be of one Monday."""
    *_, word, skipped = marks_and_days
    is_same = len(days) > 1 and {*days, *skipped} == {*WEEK} and not {*days} & {*skipped}
    return ("days", days) if is_same and word in _SKIPPED else None


def make_but_either(schedule: Schedule, _x: str, one: tuple[str, ...], _o: str, two: tuple[str, ...]) -> Made:
    """Every day but Saturday or Sunday: on neither."""
    return make_but_days(schedule, (*one, *two))


#: Before days on which nothing is taken; "no Sunday" may be the name of something.
_NOT_ON = ("not", "not on")


def make_not_on(schedule: Schedule, word: str, days: tuple[str, ...], *either: Any) -> Made:
    """Daily, not on Sunday; daily, not on Saturday or Sunday."""
    return make_but_days(schedule, (*days, *either[-1]) if either else days) if word in _NOT_ON else None


#: All days but some, and what is taken on those.
BUT_DAYS: tuple[tuple[str, Callable[..., Made]], ...] = (
    ("amount except amount days", make_but_amount_on),
    ("schedule except days amount", make_but_days_amount),
    ("schedule except days", lambda schedule, _, days: make_but_days(schedule, days)),
    ("schedule comma except days", lambda schedule, _c, _x, days: make_but_days(schedule, days)),
    ("schedule except days or days", make_but_either),
    ("schedule comma except days or days", lambda schedule, _, *but: make_but_either(schedule, *but)),
    *((f"schedule {role} days{either}", make_not_on) for role, either in product(("not", "denied"), ("", " or days"))),
    *(
        (f"schedule comma {role} days{either}", lambda schedule, _, *but: make_not_on(schedule, *but))
        for role, either in product(("not", "denied"), ("", " or days"))
    ),
    ("schedule open except days close", lambda schedule, _o, _x, days, _c: make_but_days(schedule, days)),
    ("every time except days", lambda _e, time, _x, days: make_time_but_days(time, days)),
    ("time except days", lambda time, _, days: make_time_but_days(time, days)),
    ("every period except days amount", make_each_but_days),
    ("every period except days", make_each_but),
    ("amount except days", make_amount_but_days),
    ("amount comma except days", lambda amount, _, *but: make_amount_but_days(amount, *but)),
    *(
        (f"days{mark} {role} days", make_range_but_days)
        for mark, role in product(("", " comma"), ("not", "denied", "except"))
    ),
)


def make_some_days(every: str, quantity: Quantity, unit: str, _: str, whole: str) -> Made:
    """German "an 5 Tagen pro Woche": on five days of each; "every 5 days per week" may be anything."""
    return make_days_of(quantity, unit, whole) if every == "an" else None


#: On so many days of the seven.
SOME_DAYS: tuple[tuple[str, Callable[..., Made]], ...] = (
    ("every quantity period every period", make_some_days),
    ("every quantity of_week", lambda _e, quantity, _w: make_days_of(quantity, "day", "week")),
    ("quantity period of_week", lambda quantity, unit, _: make_days_of(quantity, unit, "week")),
    ("quantity of_week", lambda quantity, _: make_days_of(quantity, "day", "week")),
)
