"""Amounts that nobody takes: a unit or a decimal slipped, or a week's amount was taken for a day's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from dosenote.quantity import Amount, convert, show_number
from dosenote.regimen import Schedule
from dosenote.vocabulary import Bounds, DosingInterval, Entry

Verdict = Literal["usual", "question", "ask", "refuse"]


class Judgement(NamedTuple):
    """What the table of plausible amounts (rules/vocabulary/amounts.toml) says of one dose, and the words for it.

    too_often: how often it is usual, and who says so, where the dose is taken more often.
    """

    verdict: Verdict
    words: str = ""
    too_often: str = ""


USUAL = Judgement("usual")
#: Asked where something is taken more often than usual.
HOW_OFTEN = "how often does your label say?"


def judge(entry: Entry, amount: Amount, schedule: Schedule | None) -> Judgement:
    """Whether an amount each time, and what it makes a day, is usual, unusual or impossible for this substance."""
    bounds = entry.bounds
    if bounds is None:
        return USUAL
    most = amount.low if amount.high is None else amount.high
    high = convert(most, amount.unit, bounds.unit, entry.mcg_per_iu)
    if high is None:
        return USUAL
    daily = _daily(high, schedule)
    verdict = _verdict(bounds, high, daily)
    too_often = _too_often(entry, amount, schedule) if bounds.intervals else ""
    if verdict in ("usual", "question") and too_often:
        verdict = "ask"
    if verdict == "usual":
        return USUAL
    written = f"{show_number(most)} {amount.unit}"
    if not bounds.possible_low <= high <= bounds.possible_high:
        words = f"{written} of {entry.label} at one time is not plausible: check the unit"
    elif verdict == "refuse":
        words = f"{written} of {entry.label} so often is not plausible: check the unit and how often"
        words += f" ({too_often})" if too_often else ""
    elif not bounds.usual_low <= high <= bounds.usual_high:
        words = f"is {written} at one time what the label says?"
        words += f" {too_often}; {HOW_OFTEN}" if too_often else ""
    elif too_often:
        words = f"{too_often}; {HOW_OFTEN}"
    elif verdict == "ask":
        words = f"is {written} right for each time, or is it the amount for a longer time?"
    else:
        words = f"{written} is a large dose: who advised it?"
    return Judgement(verdict, words, too_often)


def seldom(entry: Entry, amount: Amount | None) -> DosingInterval | None:
    """How seldom an amount at one time is taken, by the table; of an unknown one, if that is known of any amount."""
    bounds = entry.bounds
    if bounds is None or not bounds.intervals:
        return None
    rows = bounds.intervals
    if amount is None:
        return bounds.interval
    low, high = (
        None if value is None else convert(value, amount.unit, bounds.unit, entry.mcg_per_iu)
        for value in (amount.low, amount.high)
    )
    if low is None:
        return None
    held = [
        row for row in rows
        if (row.below is None or low < row.below)
        and (row.at_least is None or high is None or high >= row.at_least)
    ]  # fmt: skip
    return max(held, key=lambda row: row.days, default=None)


def is_more_often(row: DosingInterval, schedule: Schedule) -> bool:
    """Whether something may be taken, on average, more often than a row of the table says that it is."""
    return schedule.is_more_often_than(row.days) is not False


def told(amount: Amount | None, row: DosingInterval) -> str:
    """How seldom it is taken, and who says so."""
    what = "it" if amount is None else _shown(amount)
    return f"{what} is usually taken {row.usual}, not more often, says {row.by}"


def too_often_together(entry: Entry, parts: Sequence[tuple[Amount | None, Schedule]]) -> str:
    """The question about parts of one thing that are together taken more often than any is: "Monday, Thursday"."""
    rows = [row for amount, _ in parts if (row := seldom(entry, amount)) is not None]
    often = [schedule.times_per_day()[1] for _, schedule in parts if not schedule.once]
    if len(rows) < len(parts) or None in often:
        return ""
    row = min(rows, key=lambda one: one.days)
    return f"{told(None, row)}; {HOW_OFTEN}" if sum(filter(None, often)) * row.days > 1 else ""


def _shown(amount: Amount) -> str:
    low, high = show_number(amount.low), show_number(amount.low if amount.high is None else amount.high)
    return f"{low} {amount.unit}" if low == high else f"{low} to {high} {amount.unit}"


def _too_often(entry: Entry, amount: Amount, schedule: Schedule | None) -> str:
    row = None if schedule is None else seldom(entry, amount)
    return told(amount, row) if row and schedule and is_more_often(row, schedule) else ""


def _verdict(bounds: Bounds, high: Decimal, daily: Decimal | None) -> Verdict:
    """high: the most at one time; daily: the most a day on average, or None."""
    if not bounds.possible_low <= high <= bounds.possible_high:
        return "refuse"
    if daily is not None and bounds.refuse_daily is not None and daily > bounds.refuse_daily:
        return "refuse"
    if not bounds.usual_low <= high <= bounds.usual_high:
        return "ask"
    if daily is not None and bounds.daily is not None and daily > bounds.daily:
        return "ask"
    return "question" if bounds.question_above is not None and high > bounds.question_above else "usual"


def likely(entry: Entry, candidates: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """Those of several ways to read a number that are usual amounts of this substance; all where no table says."""
    if entry.bounds is None:
        return candidates
    return tuple(amount for amount in candidates if judge(entry, amount, None).verdict in ("usual", "question"))


def is_large(entry: Entry, amount: Amount) -> bool:
    """Whether so much in one piece is more than a day's: such a piece is taken once a week or less often."""
    return judge(entry, amount, None).verdict == "question"


def _daily(amount: Decimal, schedule: Schedule | None) -> Decimal | None:
    """The most a day on average, or None when that is not known."""
    if schedule is None or schedule.once:
        return None
    most = schedule.times_per_day()[1]
    return None if most is None else amount * most
