"""What was understood of each line and of the person, as a report tells it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import isinf
from typing import Any

from dosenote.dosing import item_amounts
from dosenote.facts import fact_name
from dosenote.laboratory import disagreements, newest, value_words
from dosenote.logic import Interval
from dosenote.regimen import Item, Lab, Person, Reading
from dosenote.report.entered import Code, Disagreement, Line, Measured, Patient, Said, Span, TakenItem, Times, Timing
from dosenote.report.words import (
    Checked,
    amount_words,
    closed_words,
    course_words,
    day_words,
    item_words,
    lab_words,
    noted_words,
    person_words,
    schedule_words,
)
from dosenote.vocabulary import Entry


def line_of(reading: Reading, checked: Checked) -> Line:
    """One line as entered and as understood."""
    measured = tuple(_measured(lab, checked) for lab in reading.labs)
    noted = [*noted_words(reading, checked.vocabulary)]
    for lab, shown in zip(reading.labs, measured, strict=True):
        if shown.note:
            noted[noted.index(lab_words(lab, checked.vocabulary[lab.id]))] += f" ({shown.note})"
    return Line(
        text=reading.text.strip(),
        outcome=reading.outcome,
        items=tuple(_item(item, checked) for item in reading.items),
        noted=tuple(noted),
        assumed=reading.assumed,
        unread=reading.unread,
        reason=reading.why_unclear,
        said=tuple(_said(reading, checked)),
        measured=measured,
    )


def _measured(lab: Lab, checked: Checked) -> Measured:
    entry = checked.vocabulary[lab.id]
    return Measured(
        lab.id,
        entry.label,
        float(lab.value),
        entry.unit,
        lab.taken_on.isoformat() if lab.taken_on else None,
        value_words(lab, entry),
        lab.text,
        "; ".join(_notes(lab, checked)),
        lab.comparator,
    )


def _notes(lab: Lab, checked: Checked) -> Iterator[str]:
    """Why a blood value is not used, or not by itself."""
    regimen = checked.regimen
    counted = lab._replace(taken_on=None) if regimen.is_to_come(lab) else lab
    if counted is not lab:
        yield "this day has not come yet, so it is used as a value without a day"
    if counted not in newest(other for other in regimen.all_labs if other.id == lab.id):
        yield "not used: there is a newer value"
    if any(counted in one.values for one in disagreements(regimen.all_labs, checked.vocabulary)):
        yield "does not agree with another value"


def disagreements_of(checked: Checked) -> Iterator[Disagreement]:
    """The blood values that do not agree, with what has to be told about them."""
    for one in disagreements(checked.regimen.all_labs, checked.vocabulary):
        values = tuple(_measured(lab, checked) for lab in one.values)
        yield Disagreement(f"lab.{fact_name(one.test.id)}", one.title, values, one.told)


def _item(item: Item, checked: Checked) -> TakenItem:
    entry = checked.vocabulary[item.substance]
    each_time, daily = item_amounts(item, entry)
    return TakenItem(
        substance=entry.id,
        label=entry.label,
        words=item_words(item, each_time, entry),
        amount=_span(each_time, entry.unit),
        a_day=_span(daily, entry.unit),
        schedule=schedule_words(item.schedule),
        stopped=checked.regimen.has_stopped(item),
        each_time=amount_words(item, each_time, entry),
        daily=day_words(item, daily, entry),
        since=item.started.isoformat() if item.started else None,
        moments=item.moments,
        why=item.why,
        is_daily=item.schedule is None or item.schedule.is_daily,
        timing=_timing(item),
        codes=_codes(entry),
        written=None if item.amount is None else Span(*_bounds(*item.amount[:2]), item.amount.unit),
        is_taken=item.is_taken,
        phase=item.phase,
        duration_days=None if item.duration_days is None else float(item.duration_days),
        season=item.season,
        course=tuple(course_words(item)),
        may_act=entry.kind == "medicine" and checked.regimen.has_just_stopped(item),
        ended=item.stopped.isoformat() if item.stopped else None,
    )


def _timing(item: Item) -> Timing | None:
    schedule = item.schedule
    if schedule is None:
        return None
    most = schedule.max_per_day
    unit: Any = schedule.unit  # a word of DAYS_PER
    return Timing(
        times=Times(*_bounds(*schedule.times)),
        every=float(schedule.count),
        period=unit,
        days=schedule.days,
        as_needed=schedule.as_needed,
        once=schedule.once,
        max_per_day=None if most is None or item.amount is None else Span(float(most), float(most), item.amount.unit),
    )


def _bounds(low: Decimal, high: Decimal | None) -> tuple[float, float | None]:
    return float(low), None if high is None else float(high)


def _codes(entry: Entry) -> tuple[Code, ...]:
    return tuple(Code(system, code) for system, code in entry.codes.items())


def _said(reading: Reading, checked: Checked) -> Iterator[Said]:
    stances: tuple[tuple[tuple[str, ...], Any], ...] = (
        ((*reading.conditions, *reading.foods), "present"),
        (reading.stopped, "stopped"),
        (reading.doubted, "unclear"),
        (reading.denied, "absent"),
    )
    for ids, stance in stances:
        for id in ids:
            entry = checked.vocabulary[id]
            kind: Any = entry.kind
            yield Said(id, entry.label, kind, stance, _codes(entry))


def _span(interval: Interval, unit: str) -> Span | None:
    if isinf(float(interval.high)) and not interval.low:
        return None
    return Span(float(interval.low), None if isinf(float(interval.high)) else float(interval.high), unit)


def person_of(checked: Checked) -> tuple[str, ...]:
    """Everything known about the person, in words, in one place."""
    regimen = checked.regimen
    closed = regimen.all_closed
    words = person_words(regimen.whole_person)
    words += [checked.vocabulary[id].label for id in regimen.all_conditions]
    words += [f"no {checked.vocabulary[id].label}" for id in regimen.all_denied]
    words += closed_words(closed)
    return tuple(words)


def patient_of(person: Person) -> Patient:
    """What was said about the person, as values."""
    return Patient(None if person.age is None else float(person.age), person.sex, person.pregnant, person.lactating)
