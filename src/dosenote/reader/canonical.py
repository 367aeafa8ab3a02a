"""A Reading → one plain way of writing it, which is read as the same Reading again."""

from __future__ import annotations

from decimal import Decimal

from dosenote.quantity import Amount
from dosenote.reader.notes import CHECKED
from dosenote.regimen import Item, Lab, Reading, Schedule
from dosenote.vocabulary import Vocabulary

_PERIODS = {"hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years"}
_DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}


def canonical(reading: Reading, vocabulary: Vocabulary) -> str | None:
    """One line for an accepted reading, or one that notes something; None where it leaves something open.

    "Vit. D3 5000 i.u. qd" → "vitamin D3 5000 IU 1 times every 1 days".
    """
    if reading.outcome not in ("accept", "ignore") or reading.is_empty or reading.doubted:
        return None
    parts: list[str] = []
    for item in reading.items:
        words = item_text(item, vocabulary)
        if item.phase > 1:
            words = words.removeprefix(f"{vocabulary[item.substance].label} ") if item.season else f"then {words}"
        parts.append(f"{words}, label checked" if CHECKED in reading.assumed else words)
    if any(item.phase for item in reading.items):
        parts = [", ".join(parts)]
    parts += [vocabulary[id].label for id in (*reading.conditions, *reading.foods)]
    parts += [f"no {vocabulary[id].label}" for id in reading.denied]
    parts += [f"stopped {vocabulary[id].label}" for id in reading.stopped]
    parts += [_lab(lab, vocabulary) for lab in reading.labs]
    parts += [f"no other {kind}" for kind, closed in reading.closed._asdict().items() if closed]
    person = reading.person
    parts += [] if person.age is None else [_age(person.age)]
    parts += [] if person.sex is None else [person.sex]
    for name, said in (("pregnant", person.pregnant), ("breastfeeding", person.lactating)):
        parts += [] if said is None else [name if said else f"not {name}"]
    return "; ".join(parts)


def item_text(item: Item, vocabulary: Vocabulary) -> str:
    """One item: "calcium carbonate 500 mg elemental 2 times every 1 days with food"."""
    words = [vocabulary[item.substance].label]
    if item.amount is not None:
        if item.salt:
            words += [item.salt, amount_text(item.amount), "elemental"]
        else:
            words.append(amount_text(item.amount))
        if item.form and item.amount.low != item.amount.high:
            words[-1] += ","  # "2 to 5 mg tablets" may be two of 5 mg
    if item.form:
        words.append(item.form)
    if item.schedule is not None:
        words.append(schedule_text(item.schedule, item.amount))
    words.append(" and ".join(item.moments))
    if item.with_food is not None:
        words.append("with food" if item.with_food else "without food")
    if item.is_new is not None:
        words.append("new" if item.is_new else "for years")
    if item.season:
        words.append(item.season if " to " in item.season else f"in {item.season}")
    if item.duration_days is not None:
        words.append(f"for {number_text(item.duration_days)} days")
    return " ".join(word for word in words if word)


def amount_text(amount: Amount) -> str:
    """ "100 mcg", "500 to 1250 mg", "at least 100 mcg"."""
    if amount.high is None:
        return f"at least {number_text(amount.low)} {amount.unit}"
    low, high = number_text(amount.low), number_text(amount.high)
    return f"{low} {amount.unit}" if low == high else f"{low} to {high} {amount.unit}"


def schedule_text(schedule: Schedule, amount: Amount | None) -> str:
    """How often, with the most a day in the unit of the amount: "as needed max 3 times every 1 days"."""
    low, high = schedule.times
    words = []
    if schedule.as_needed:
        words.append("as needed")
    if schedule.once:
        words.append("single dose")
    elif schedule.days:
        days = ", ".join(_DAYS[day] for day in schedule.days)
        often = f"every other {days}" if schedule.count == 2 else f"on {days}"
        each = low / len(schedule.days)
        words += [f"{number_text(each)} times every 1 days"] if each > 1 and schedule.count == 1 else []
        words.append(often if low else f"max {often}")
    elif between := _hours_between(schedule):
        words.append(between)
    elif high is not None:
        times = number_text(high) if low == high else f"{number_text(low)} to {number_text(high)}"
        often = f"{times} times every {number_text(schedule.count)} {_PERIODS[schedule.unit]}"
        words.append(f"max {often}" if not low else often)
    if schedule.max_per_day is not None and amount is not None:
        words.append(f", max {number_text(schedule.max_per_day)} {amount.unit} a day")
    return " ".join(words)


def _hours_between(schedule: Schedule) -> str:
    """ "every 6 to 8 hours", whose number of times has no end in figures; "" for any other schedule."""
    low, high = schedule.times
    if schedule.unit != "hour" or low != 1 or high is None or high <= 1:
        return ""
    shortest = (schedule.count / high).to_integral_value()
    if not shortest or schedule.count / shortest != high:
        return ""
    return f"every {shortest} to {number_text(schedule.count)} hours"


def _lab(lab: Lab, vocabulary: Vocabulary) -> str:
    entry = vocabulary[lab.id]
    value = f"{entry.label} {lab.comparator}{number_text(lab.value)} {'' if entry.unit == '1' else entry.unit}".strip()
    return value if lab.taken_on is None else f"{value} ({lab.taken_on.isoformat()})"


def _age(years: Decimal) -> str:
    """In the largest unit in which it is a whole number."""
    for unit, parts in (("years", 1), ("months", 12), ("weeks", 52), ("days", 365)):
        whole = (years * parts).quantize(Decimal(1))
        if whole / parts == years:
            return f"age {whole} {unit}"
    return f"age {number_text(years)} years"


def number_text(value: Decimal) -> str:
    """A number without an exponent, and without a point before three figures, which may part thousands."""
    text = f"{value:f}"
    if "." not in text:
        return text
    text = text.rstrip("0").rstrip(".")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
