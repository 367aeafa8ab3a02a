"""Amounts, schedules, rows and templates in words for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from math import inf, isinf
from operator import or_
from typing import NamedTuple

from dosenote.engine import applies
from dosenote.facts import LISTS, UNNAMED, Fact, Facts
from dosenote.laboratory import span_of, value_words
from dosenote.logic import Interval, Truth
from dosenote.quantity import show_number
from dosenote.regimen import Closed, Item, Lab, Person, Reading, Regimen, Schedule, age_text, date_words
from dosenote.rule import LIMIT, Comparison, Limit, Row, Rule
from dosenote.vocabulary import Entry, Vocabulary

COMPARISON_WORDS = {"above": "above", "at_least": "at least", "below": "below", "at_most": "at most"}
COMES_ON = {"above": "above", "at_least": "from", "below": "below", "at_most": "up to"}
PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")
_MANY = {1: "once", 2: "twice"}


class Checked(NamedTuple):
    """One person's check: everything that words are made from."""

    regimen: Regimen
    facts: Facts
    catalogue: dict[str, Fact]
    vocabulary: Vocabulary


def and_list(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


# --- amounts


def span(interval: Interval, show: str, entry: Entry | None) -> str:
    """An uncertain amount: "100 mcg", "at least 100 mcg", "between 100 mcg and 200 mcg", "an unknown amount"."""
    low, high = float(interval.low), float(interval.high)
    unit = "" if show == "1" else show  # a ratio, as the INR is

    def one(value: float) -> str:
        return entry.show(value) if entry is not None else f"{show_number(value)} {unit}".strip()

    if low == high:
        return one(low)
    if isinf(high):
        return f"at least {one(low)}" if low else "an unknown amount"
    return f"between {one(low)} and {one(high)}" if low else f"at most {one(high)}"


def fact_amount(name: str, interval: Interval, checked: Checked) -> str:
    """The value of an amount, age or lab fact, with "a day" where it is a daily amount."""
    fact = checked.catalogue[name]
    if fact.kind == "age":
        return age_words(interval)
    entry = checked.vocabulary[fact.entry]
    for lab in checked.regimen.all_labs if fact.kind == "lab" else ():
        if lab.id == entry.id and span_of(lab) == interval:
            return value_words(lab, entry)
    per_day = " a day" if name.endswith(".daily") else ""
    words = span(interval, fact.unit, entry if fact.kind in ("amount", "lab") else None)
    return words if words == "an unknown amount" else words + per_day


def age_words(interval: Interval) -> str:
    """An age as it is said. interval: in years, open where it was not said."""
    if isinf(float(interval.high)):
        return "age not said"
    return age_text(float(interval.low))


# --- schedules


def schedule_words(schedule: Schedule | None) -> str:
    """How often, in words: "once a day", "3 times a week (Monday, Wednesday)", "as needed, up to twice a day"."""
    if schedule is None:
        return ""
    if schedule.once:
        return "a single time"
    low, high = schedule.times
    period = f"a {schedule.unit}" if schedule.count == 1 else f"every {show_number(schedule.count)} {schedule.unit}s"
    if schedule.unit == "hour" and schedule.count == 1:
        period = "an hour"
    if high is None:
        words = "as needed"
    else:
        if low == high == 1 and schedule.count != 1:
            words = period
        elif low == high:
            words = f"{_times(high)} {period}"
        else:
            many = "time" if high == 1 else "times"
            words = (
                f"{show_number(low)} to {show_number(high)} {many} {period}"
                if low
                else f"up to {_times(high)} {period}"
            )
        words = f"as needed, {words}" if schedule.as_needed else words
    if schedule.days:
        words += f" ({', '.join(_DAYS[day] for day in schedule.days)})"
    return words


_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip


def _times(number: Decimal) -> str:
    return (
        _MANY.get(int(number), f"{show_number(number)} times")
        if number == int(number)
        else f"{show_number(number)} times"
    )


def amount_words(item: Item, amount: Interval, entry: Entry) -> str:
    """An amount of an item, in both units where it has two; as written where it has no unit of its own."""
    if item.amount is None:
        return ""
    if entry.unit and not (isinf(float(amount.high)) and not amount.low):
        return span(amount, entry.unit, entry)
    low, high = item.amount.low, item.amount.high
    return span(Interval(float(low), inf if high is None else float(high)), item.amount.unit, None)


def day_words(item: Item, daily: Interval, entry: Entry) -> str:
    """The amount of a day of an item, or its average where it is not taken each day; "" where it is not known.

    A medicine that is not taken each day has none: "2.14 mg a day" of a weekly one is how it is given wrongly.
    """
    schedule = item.schedule
    if item.amount is None or schedule is None or schedule.once:
        return ""
    if entry.kind == "medicine" and not schedule.is_daily:
        return ""
    average = "" if schedule.is_daily else " on average"
    if entry.unit and not (isinf(float(daily.high)) and not daily.low):
        return f"{span(daily, entry.unit, entry)}{average}"
    low, high = schedule.times_per_day()
    most = inf if high is None or item.amount.high is None else float(item.amount.high * high)
    most = most if schedule.max_per_day is None else float(schedule.max_per_day)
    words = span(Interval(float(item.amount.low * low), most), item.amount.unit, None)
    return "" if words == "an unknown amount" else f"{words}{average}"


def course_words(item: Item) -> list[str]:
    """For how long, in which season, and as which step of a line it is taken, as far as it was said."""
    words = []
    if item.duration_days is not None:
        days = show_number(item.duration_days)
        words.append(f"for {days} {'day' if days == '1' else 'days'}")
    if item.season:
        words.append(
            f"in {item.season}" if " to " not in item.season else f"from {item.season.title()}".replace(" To ", " to ")
        )
    elif item.phase:
        words.append("first" if item.phase == 1 else f"then (step {item.phase})")
    return words


def item_words(item: Item, each_time: Interval, entry: Entry) -> str:
    """ "vitamin D3, 5,000 IU (125 mcg), once a day, with food"."""
    parts = [entry.label]
    if item.amount is not None:
        parts.append(amount_words(item, each_time, entry))
    how_often = schedule_words(item.schedule)
    if how_often:
        parts.append(how_often)
    if item.schedule is not None and item.schedule.max_per_day is not None and item.amount is not None:
        parts.append(f"at most {show_number(item.schedule.max_per_day)} {item.amount.unit} a day")
    parts += course_words(item)
    if item.with_food is not None:
        parts.append("with food" if item.with_food else "without food")
    if not item.is_taken:
        parts.append("not clear whether it is taken")
    return ", ".join(parts)


# --- what was said besides


def noted_words(reading: Reading, vocabulary: Vocabulary) -> Iterator[str]:
    """What a line says that is no item: conditions, foods, lab values, what is absent, and the person."""
    for id in (*reading.conditions, *reading.foods):
        yield vocabulary[id].label
    for id in reading.stopped:
        yield f"{vocabulary[id].label}: stopped, so not counted as taken"
    for id in reading.doubted:
        entry = vocabulary[id]
        unclear = "true now" if entry.kind in ("condition", "food", "lab") else "taken"
        yield f"{entry.label}: spoken of, and not clear whether it is {unclear}"
    for id in reading.denied:
        yield f"no {vocabulary[id].label}"
    for lab in reading.labs:
        yield lab_words(lab, vocabulary[lab.id])
    yield from closed_words(reading.closed)
    yield from person_words(reading.person)


def lab_words(lab: Lab, entry: Entry) -> str:
    """ "INR: 2.5, 2 Nov 2026": with the day on which it was taken, where that is known."""
    day = f", {date_words(lab.taken_on)}" if lab.taken_on else ""
    return f"{entry.label}: {value_words(lab, entry)}{day}"


def closed_words(closed: Closed) -> list[str]:
    """Which lists were said to be complete."""
    said = (
        ("medicines", closed.medicines),
        ("conditions", closed.conditions),
        ("foods or drinks that these notes ask about (rich in vitamin K or calcium; juice, coffee, tea)", closed.foods),
    )
    return [f"no other {name}" for name, complete in said if complete]


def person_words(person: Person) -> list[str]:
    """What was said about the person."""
    words = []
    if person.age is not None:
        words.append(age_words(Interval(float(person.age), float(person.age))))
    if person.sex is not None:
        words.append(person.sex)
    for said, word in ((person.pregnant, "pregnant"), (person.lactating, "breastfeeding")):
        if said is not None:
            words.append(word if said else f"not {word}")
    return words


# --- rows of rules


def limit_interval(limits: tuple[Limit, ...], facts: Facts) -> Interval:
    """The limit that applies, or the range of those that may."""
    possible = [limit.number for limit in limits if not applies(limit, facts).is_false]
    return Interval(min(possible, default=0.0), max(possible, default=inf))


def row_interval(test: Comparison, rule: Rule, facts: Facts) -> Interval:
    """The value beside a comparison with a number or with the rule's limit, in the fact's unit."""
    return limit_interval(rule.limits, facts) if test.value == LIMIT else Interval(test.number, test.number)


def age_limit_words(rows: Iterable[Row | None]) -> str:
    """For which ages rows about ages that meet hold together: "for ages from 1 year"; "" for all of them.

    None stands for no row, which holds at any age.
    """
    tests = [() if row is None else row.comparisons for row in rows]
    start = min((_bound(of_one, "at_least") for of_one in tests), key=lambda test: test.number)
    end = max((_bound(of_one, "below") for of_one in tests), key=lambda test: test.number)
    words = [f"from {start.value}"] if start.number else []
    words += [] if isinf(end.number) else [f"below {end.value}"]
    return f"for ages {' and '.join(words)}" if words else ""


def _bound(tests: tuple[Comparison, ...], word: str) -> Comparison:
    anything = Comparison(word, "", 0.0 if word == "at_least" else inf)
    return next((test for test in tests if test.word == word), anything)


def row_limit(row: Row, test: Comparison, rule: Rule, checked: Checked) -> str:
    """The value beside a comparison, in words."""
    if isinstance(test.value, bool):
        return "yes" if test.value else "no"
    if isinstance(test.value, tuple):
        return " or ".join(checked.vocabulary[id].label for id in test.value)
    if test.word == "is":
        return test.value
    if test.value == LIMIT:
        return fact_amount(row.fact, limit_interval(rule.limits, checked.facts), checked)
    fact = checked.catalogue[row.fact]
    if fact.kind == "age":
        return test.value
    return fact_amount(row.fact, Interval(test.number, test.number), checked)


def row_value(row: Row, checked: Checked) -> str:
    """The person's value of the fact that a row asks about, in words; "not said" when it is unknown."""
    facts = checked.facts
    if row.fact in LISTS:
        named = matched(row, checked)
        return and_list(named) if named else "none of these" if _is_denied(row, facts) else "not said"
    if row.fact == "sex":
        return next((sex for sex in ("female", "male") if facts.truths[f"sex:{sex}"].is_true), "not said")
    if row.fact in facts.truths:
        truth = facts.truths[row.fact]
        return "yes" if truth.is_true else "no" if truth.is_false else "not known"
    return fact_amount(row.fact, facts.intervals[row.fact], checked)


def _is_denied(row: Row, facts: Facts) -> bool:
    return all(members_truth(row.fact, test, facts).is_false for test in row.comparisons)


def members_truth(fact: str, test: Comparison, facts: Facts) -> Truth:
    """Whether one of the members of a list that a comparison names is on it."""
    suffix = UNNAMED if test.word == "include_unnamed" else ""
    return reduce(or_, (facts.truths[f"{fact}:{id}{suffix}"] for id in test.ids), Truth(False, True))


def matched(row: Row, checked: Checked) -> tuple[str, ...]:
    """Labels of what the person takes, has or eats that belongs to the classes of a list row."""
    wanted = {id for test in row.comparisons for id in test.ids}
    said = {
        "medicines": _taken(checked),
        "conditions": checked.regimen.all_conditions,
        "foods": checked.regimen.all_foods,
    }[row.fact]
    itself = any(test.word == "include_unnamed" for test in row.comparisons)
    return _labels((id for id in said if (id in wanted if itself else wanted & checked.vocabulary.surely(id))), checked)


def taken_of(id: str, checked: Checked) -> tuple[str, ...]:
    """Labels of what the person takes that surely is, or is of the class or group, that has this id."""
    return _labels((one for one in _taken(checked) if id in checked.vocabulary.surely(one)), checked)


def _taken(checked: Checked) -> tuple[str, ...]:
    return tuple(item.substance for _, item in checked.regimen.items() if item.is_taken)


def _labels(ids: Iterable[str], checked: Checked) -> tuple[str, ...]:
    return tuple(dict.fromkeys(checked.vocabulary[id].label for id in ids))


# --- texts of rules


def fill(text: str, rule: Rule, checked: Checked) -> str:
    """A rule's text with the person's values in place of its {placeholders}."""
    return PLACEHOLDER.sub(lambda match: _placeholder(match[1], rule, checked), text)


def _placeholder(name: str, rule: Rule, checked: Checked) -> str:
    if name == LIMIT:
        row = next(row for row in rule.when for test in row.comparisons if test.value == LIMIT)
        return fact_amount(row.fact, limit_interval(rule.limits, checked.facts), checked)
    for row in rule.when:
        if row.fact == name:
            if name in LISTS:
                return and_list(matched(row, checked)) or next(
                    row_limit(row, test, rule, checked) for test in row.comparisons
                )
            return row_value(row, checked)
        for test in row.comparisons:
            if test.word == name and test.value != LIMIT:
                return row_limit(row, test, rule, checked)
    return f"{{{name}}}"


def both_units(interval: Interval, entry: Entry) -> tuple[float, float | None] | None:
    """The interval in IU, for a substance that converts."""
    if entry.mcg_per_iu is None:
        return None
    factor = 1 / float(entry.mcg_per_iu)
    high = None if isinf(float(interval.high)) else float(interval.high) * factor
    return float(interval.low) * factor, high
