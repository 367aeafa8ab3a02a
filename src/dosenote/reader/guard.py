"""Amounts that nobody takes: a unit or a decimal slipped, or a week's amount was taken for a day's."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from dosenote.quantity import Amount, convert, show_number
from dosenote.regimen import Schedule
from dosenote.vocabulary import Entry

Verdict = Literal["usual", "question", "ask", "refuse"]


class Judgement(NamedTuple):
    """What the table of plausible amounts (rules/vocabulary/amounts.toml) says of one dose, and the words for it."""

    verdict: Verdict
    words: str = ""


USUAL = Judgement("usual")


def judge(entry: Entry, amount: Amount, schedule: Schedule | None) -> Judgement:
    """Whether an amount each time, and what it makes a day, is usual, unusual or impossible for this substance."""
    bounds = entry.bounds
    if bounds is None:
        return USUAL
    low = convert(amount.low, amount.unit, bounds.unit, entry.mcg_per_iu)
    high = low if amount.high is None else convert(amount.high, amount.unit, bounds.unit, entry.mcg_per_iu)
    if low is None or high is None:
        return USUAL
    written = f"{show_number(amount.high if amount.high is not None else amount.low)} {amount.unit}"
    if not bounds.possible_low <= high <= bounds.possible_high:
        return Judgement("refuse", f"{written} of {entry.label} at one time is not plausible: check the unit")
    daily = _daily(high, schedule)
    if daily is not None and bounds.refuse_daily is not None and daily > bounds.refuse_daily:
        return Judgement(
            "refuse", f"{written} of {entry.label} so often is not plausible: check the unit and how often"
        )
    if not bounds.usual_low <= high <= bounds.usual_high:
        return Judgement("ask", f"is {written} at one time what the label says?")
    if daily is not None and bounds.daily is not None and daily > bounds.daily:
        return Judgement("ask", f"is {written} right for each time, or is it the amount for a longer time?")
    if bounds.question_above is not None and high > bounds.question_above:
        return Judgement("question", f"{written} is a large dose: who advised it?")
    return USUAL


def likely(entry: Entry, candidates: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """Those of several ways to read a number that are usual amounts of this substance; all where no table says."""
    if entry.bounds is None:
        return candidates
    return tuple(amount for amount in candidates if judge(entry, amount, None).verdict in ("usual", "question"))


def _daily(amount: Decimal, schedule: Schedule | None) -> Decimal | None:
    """The most a day on average, or None when that is not known."""
    if schedule is None or schedule.once:
        return None
    most = schedule.times_per_day()[1]
    return None if most is None else amount * most
