"""How often: so many times a day, schemes such as 1-0-1, at most, each meal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dosenote.quantity import Amount
from dosenote.reader.hours import make_meal_at
from dosenote.reader.makers import (
    DAILY,
    FEWEST_IN_PACKAGE,
    MOST_IN_SCHEME,
    ONE,
    OR_MORE,
    UNREAD,
    WEEK,
    Made,
    Quantity,
    is_a_day,
    make_fraction,
)
from dosenote.regimen import MOMENTS, Schedule
from dosenote.vocabulary import Entry


def make_schedule(times: tuple[Decimal, Decimal], count: Decimal, unit: str) -> tuple[str, Schedule] | None:
    """Twice in 3 days: so many times in each period of `count` units; None for minutes."""
    return None if unit == "minute" else ("schedule", Schedule(times, count, unit))


def make_repeated(times: tuple[Decimal, Decimal], schedule: Schedule) -> tuple[str, Schedule] | None:
    """3 times, and once a day: three times a day; None where the schedule has a number of its own."""
    if schedule.times != (ONE, ONE):
        return None
    return "schedule", replace(schedule, times=times)


def make_repeated_count(times: tuple[Decimal, Decimal], count: Any, schedule: Schedule) -> Made:
    """3 x 1 tablet daily: one tablet, three times."""
    made = make_repeated(times, schedule)
    return None if made is None else [("count", count), made]


def make_each_of(quantity: Quantity, unit: str, times: tuple[Decimal, Decimal] = (ONE, ONE)) -> Made:
    """Every 8 hours, every 2 days; None where the number is not clear, or a range of other than hours."""
    low, high, unclear = quantity
    if unclear or not low:
        return None
    if low == high:
        return make_schedule(times, low, unit)
    return make_schedule((times[0], times[1] * high / low), high, unit) if unit == "hour" else None


#: A piece or an amount "/4h" may be all of it over that time; from so many hours on it is how often.
_FEWEST_HOURS = 6


def make_dose_each(role: str, dose: Any, quantity: Quantity, unit: str) -> Made:
    """1 comp/24 h, 100 mg/24 h. role: of the dose, a count or an amount."""
    several = role == "count" and unit in ("day", "week", "month") and quantity[0] == quantity[1] > ONE
    if several and unit == "day" and dose[0][1] > ONE:
        return None  # "tablet 5/7 days": five at one time, or on five of seven days?
    if several and not quantity[2]:
        return [(role, dose), ("schedule", Schedule((ONE, ONE), quantity[0], unit))]  # "1 amp/3 mois"
    if unit != "hour" or not quantity[0] == quantity[1] >= _FEWEST_HOURS or quantity[2]:
        return None
    return [(role, dose), ("schedule", DAILY if is_a_day(quantity, unit) else Schedule((ONE, ONE), quantity[0], unit))]


def make_of_each(often: Schedule, every: str, quantity: Quantity) -> Made:
    """German "Mo, Mi, Fr je 1": on each of these days one."""
    is_few = every == "je" and bool(often.days) and quantity[1] <= MOST_IN_SCHEME
    return [("schedule", often), ("count", (quantity, ""))] if is_few else None


def make_hourly(hours: tuple[Decimal, ...], _: str, again: tuple[Decimal, ...], unit: str) -> Made:
    """Portuguese "de 12/12h": every 12 hours."""
    is_said = hours == again and len(hours) == 1 and unit == "hour" and hours[0] > ONE
    return make_schedule((ONE, ONE), hours[0], unit) if is_said else None


def make_once_or(times: tuple[Decimal, Decimal], schedule: Schedule) -> Made:
    """Once or twice daily."""
    low, high = times[0], schedule.times[1]
    if high is None or low > high or schedule.days:
        return None
    return "schedule", replace(schedule, times=(low, high))


def make_every_few(quantity: Quantity, schedule: Schedule) -> Made:
    """3 monthly: three a month, or one every three months? After the day a bare number is how many."""
    if quantity[1] == ONE or schedule.unit == "day" or schedule.days or schedule.count != 1:
        return None
    return UNREAD, "monthly"


def make_times_a(quantity: Quantity, unit: str) -> Made:
    """2/week, 3 a day: how many times, when it is no more than a day has hours."""
    low, high, unclear = quantity
    if unclear or high > 24 or low != low.to_integral_value() or not low:
        return None  # "tablet 1/4 every day"
    return make_schedule((low, high), ONE, unit)


def make_fortnightly(days: tuple[str, ...]) -> Made:
    """Every second Monday: on these days of each two weeks."""
    times = Decimal(len(days))
    return "schedule", Schedule((times, times), Decimal(2), "week", days)


def make_at_most(word: str, schedule: Schedule) -> Made:
    """Up to twice a day: from none to so many times; "up to Monday" says until when."""
    if schedule.days and word == "up to":
        return "until", word
    return "schedule", replace(schedule, times=(Decimal(0), schedule.times[1]))


#: So many days there are.
_DAYS_IN = {"week": len(WEEK), "month": 31}


def make_days_of(quantity: Quantity, unit: str, whole: str) -> Made:
    """5 days a week: five times in each; None where it has not so many."""
    low, high, unclear = quantity
    is_clear = unit == "day" and not unclear and whole in _DAYS_IN and high <= _DAYS_IN[whole]
    return make_schedule((low, high), ONE, whole) if is_clear else None


def make_days_weekly(quantity: Quantity, unit: str, often: Schedule) -> Made:
    """5 days per week, six days weekly; of a month it may be how many days the package lasts."""
    return make_days_of(quantity, unit, "week") if often == Schedule((ONE, ONE), ONE, "week") else None


def make_days_in(_: str, quantity: Quantity, unit: str, _link: str, whole: str) -> Made:
    """x 7 days a week: how often, and not for how long."""
    return make_days_of(quantity, unit, whole) or (UNREAD, "for")


def make_under(amount: tuple[Amount, str]) -> Made:
    """Less than 5,000 IU: from nothing up to that."""
    return "amount", (amount[0]._replace(low=Decimal(0)), amount[1])


def make_up_to(word: str, _: Any) -> Made:
    """Bis 500 mg: from how much, nobody says; a dash says nothing."""
    return (UNREAD, word) if word.isalpha() and word != "to" else None


def make_over(amount: tuple[Amount, str]) -> Made:
    """At least 4,000 IU: that, or any more."""
    return "amount", (amount[0]._replace(high=None), amount[1])


def make_and_more(amount: tuple[Amount, str], plus: str, schedule: Schedule) -> Made:
    """1000 IU+ daily: that, or any more; "5 mg + daily": that, and what else?"""
    return make_more(amount, plus, ("schedule", schedule)) or [
        ("amount", amount),
        (UNREAD, plus),
        ("schedule", schedule),
    ]


def make_and_what(amount: tuple[Amount, str], link: str, often: tuple[str, Any]) -> Made:
    """ "Calcium 500 mg Plus daily", "... Plus twice a day": the name of a product that holds more, and no "and"."""
    return [("amount", amount), (UNREAD, link), often] if link == "plus" else None


def make_and_next(often: tuple[str, Any], one: Entry, amount: Any, plus: str, schedule: Schedule, two: Entry) -> Made:
    """On Sunday alendronate 70 mg + weekly warfarin: of what follows, as what is before has its own."""
    if plus == OR_MORE:
        return None
    return [often, ("name", one), ("amount", amount), ("and", plus), ("schedule", schedule), ("name", two)]


def make_more(amount: tuple[Amount, str], plus: str, *often: tuple[str, Any]) -> Made:
    """1000 IU+ every day, 1000 IU+/day, 1000 IU+ with breakfast."""
    return [("amount", (amount[0]._replace(high=None), amount[1])), *often] if plus == OR_MORE else None


def make_and_at(schedule: Schedule, _: str, time: str) -> Made:
    """Daily and at bedtime: once or twice?"""
    return None if schedule.days or schedule.unit != "day" else [("unclear", "once a day or twice"), ("time", time)]


#: Fewer than this after "#" may be how many are taken: "#2 daily", and not "#30".
_FEWEST_DISPENSED = 10


#: Words for a package that may also stand for what is taken at one time, and how many of them.
_PACKS = frozenset(("pack", "pk"))
_MOST_PACKS = 12


#: Words for pieces: so many as a package holds are no dose, and fewer may be one.
_EACH_PIECES = frozenset(("st\u00fcck", "stk", "stuk", "stuks"))  # as a medication plan says of each time: "1 Stück"
_MOST_EACH = 4
_PIECES = frozenset((*_EACH_PIECES, "ct", "cnt", "count", "pcs", "pieces", "szt", "sztuk", "\u0448\u0442"))


def make_packed(quantity: Quantity, word: str) -> Made:
    """90 count, disp 30: how many are in the package, which is of no weight; "2 ct daily" may be how many are taken."""
    if word in _EACH_PIECES and quantity[0] == quantity[1] <= _MOST_EACH and not quantity[2]:
        return "count", (quantity, "")
    is_few = word in _PIECES and (quantity[0] < FEWEST_IN_PACKAGE or quantity[2])
    return (UNREAD, word) if is_few else []


def make_number_lost(before: Quantity, word: str, after: Quantity) -> Made:
    """15 #90 mg, every 2 #90 weeks: which of the two numbers is the dose nobody can tell."""
    is_before = word.startswith(("#", "disp", "qty", "quantit", "qsp", "mitte"))
    return [("quantity", before), (UNREAD, word), ("quantity", after)] if is_before else None


def make_pack(quantity: Quantity, word: str, *after: tuple[str, Any]) -> Made:
    """3 packs a day: how much is in one nobody knows. Else how many are in the package, which is of no weight."""
    return [(UNREAD, word), *after] if word in _PACKS and quantity[1] <= _MOST_PACKS else None


def make_once(word: str, follows: tuple[str, Any]) -> Made:
    """PO once a week, PO once or twice daily, by mouth once at night: no single dose; "IV once with dinner" may be."""
    may_be_single = follows[0] in ("time", "meal") and not word.startswith(("by mouth", "oral"))
    return [("repeat", (ONE, ONE)), follows] if is_once_of_several(word) and not may_be_single else None


def is_once_of_several(word: str) -> bool:
    """Whether words for a single dose go on as "PO once daily", "one time daily"."""
    return word.endswith((" once", "one-time"))


def make_at_sessions(often: Schedule) -> tuple[str, Any]:
    """Daily, or twice a day, on dialysis days: how often is that? Three times a week on dialysis days is clear."""
    is_of_day = often.unit in ("day", "hour") and not often.days
    return ("unclear", "on those days only, or every day") if is_of_day else ("schedule", often)


#: Said of a time, and no purpose; and what is over soon.
_WHILE = frozenset(("during", "während", "durante", "pendant", "gedurende"))
_PASSING = ("ablation", "bleed", "surgery")


def make_purpose(word: str, complaint: str) -> Made:
    """For pain: of no weight. During the bleed, for my ablation: then, and perhaps not now."""
    return ("event", "") if word in _WHILE or any(one in complaint for one in _PASSING) else []


def make_dispensed(word: str, quantity: Quantity) -> Made:
    """Disp #30: what was handed out, and no dose; None where so few may be a dose."""
    return None if quantity[0] < _FEWEST_DISPENSED and not word.startswith(("refill", "rf")) else []


#: As many times in a row nothing is taken.
_MOST_TIMES = 24


def make_many(_times: str, quantity: Quantity) -> Made:
    """x 2: so many pieces."""
    return None if quantity[2] or quantity[1] > _MOST_TIMES else ("many", quantity[:2])


def make_package(form: str, _times: str, quantity: Quantity) -> Made:
    """tablets x 90: how many the package holds."""
    return ("form", form) if not quantity[2] and quantity[1] > _MOST_TIMES else None


def make_cap(quantity: Quantity, schedule: Schedule, role: str = "cap") -> Made:
    """Max 6 a day: the most in a day; None for any other period."""
    return (role, quantity[1]) if schedule == DAILY else None


def make_in_so_many(schedule: Schedule) -> Made:
    """In two a day: what stands before may be all of it, or each of them."""
    times = schedule.times[0]
    is_known = schedule == Schedule((times, times)) and times > ONE and times == times.to_integral_value()
    return [("divided", times), ("schedule", schedule)] if is_known else None


def make_same_reading(one: tuple[Quantity, str], _o: str, two: tuple[Quantity, str], _c: str) -> Made:
    """32 ng/mL (30-100 ng/mL) has its range behind it; 32 ng/mL (80 nmol/L) says the value again."""
    (low, high, _), _unit = two
    return ("reading", one) if low != high else [("reading", one), ("reading", two)]


def make_scheme(*values: tuple[Decimal, ...]) -> Made:
    """1-0-1: how many in the morning, at noon, in the evening and at night."""
    counts = [value[0] for value in values if len(value) == 1]
    if len(counts) != len(values) or not any(counts) or max(counts) > MOST_IN_SCHEME:
        return None
    taken = [count for count in counts if count]
    if len(set(taken)) > 1:
        return "scheme", tuple(counts)
    moments = tuple(moment for moment, count in zip(MOMENTS, counts, strict=False) if count)
    often = [("scheme_mark", moments), ("schedule", Schedule((Decimal(len(taken)), Decimal(len(taken)))))]
    return [("count", ((taken[0], taken[0], ""), "")), *often] if taken[0] != 1 else often


def is_year(quantity: Quantity) -> bool:
    """Whether a number is a year, from 1900 to 2100."""
    return 1900 <= quantity[0] == quantity[1] <= 2100


def make_scheme_end(one: tuple[Decimal, ...], two: tuple[Decimal, ...], top: Any, _: Any, bottom: Any) -> Made:
    """0-0-½."""
    part = make_fraction(top, bottom)
    return None if part is None else make_scheme(one, two, (part[1],))


#: "Before" in the languages of writing.toml.
_BEFORE = frozenset(
    ("before", "vor", "vor dem", "avant", "avant le", "antes de", "antes del", "prima di", "voor", "voor het",
     "före", "ennen", "przed", "до")
)  # fmt: skip


def make_by_meal(word: str, meal: str) -> Made:
    """Before lunch, after lunch: a time of day, and with food or without."""
    return [("time", meal), ("fasting", False)] if word in _BEFORE else ("meal", meal)


def make_time_by_meal(time: str, word: str, meal: str) -> Made:
    """At night after dinner, at 8 am before breakfast: once; in the morning after dinner: who knows?"""
    said = make_meal_at(time, meal) or (time == meal and ("meal", meal))
    if not said:
        return [("unclear", "at that time, or by that meal"), ("time", time)]
    return make_by_meal(word, meal)


#: From so many hours on "every 12 hours after breakfast" is how often, and not so long after the meal.
_FEWEST_HOURS_APART = 8


def make_each_by_meal(_every: str, quantity: Quantity, unit: str, word: str, meal: str) -> Made:
    """Every 12 hours after breakfast: how often, and no 12 hours after it; of less it is not clear."""
    if unit != "hour" or quantity[1] < ONE:
        return None
    often = make_each_of(quantity, unit)
    if quantity[0] < _FEWEST_HOURS_APART or not isinstance(often, tuple):
        return "unclear", "every so many hours, or so long from the meal"
    by_meal = make_by_meal(word, meal)
    return [often, *(by_meal if isinstance(by_meal, list) else [by_meal])]


def make_each_with_food(_every: str, quantity: Quantity, unit: str, food: bool) -> Made:
    """Every 8 hours after food."""
    often = make_each_of(quantity, unit) if unit == "hour" else None
    return [often, ("food", food)] if isinstance(often, tuple) else None


#: Says that something has ended, and not that it is to end.
_ENDED = frozenset(("stopped", "was stopped", "has been stopped", "discontinued", "ceased", "finished", "completed"))


def make_end(word: str, *rest: Any) -> Made:
    """Stopped at 6 weeks: when it ended; "stop at 6 weeks" is to come."""
    if word not in _ENDED or rest[-1] in ("hour", "minute"):
        return None
    named = [("name", rest[0])] if len(rest) > 3 else []
    return [("stopped", word), *named, ("date", "")]


def make_long_before(unit: str, word: str, meal: str) -> Made:
    """30 minutes before breakfast: a time of day, without food; so long after a meal may be with food or without."""
    if unit not in ("minute", "hour"):
        return None
    return make_by_meal(word, meal) if word in _BEFORE else ("time", meal)
