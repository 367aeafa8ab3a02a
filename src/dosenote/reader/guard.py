"""Amounts that nobody takes: a unit or a decimal slipped, or a week's amount was taken for a day's."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from dosenote.quantity import Amount, convert, show_number
from dosenote.regimen import Schedule
from dosenote.vocabulary import Bounds, Entry

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
    most = amount.low if amount.high is None else amount.high
    high = convert(most, amount.unit, bounds.unit, entry.mcg_per_iu)
    if high is None:
        return USUAL
    daily = _daily(high, schedule)
    verdict = _verdict(bounds, high, daily)
    if verdict == "usual":
        return USUAL
    written = f"{show_number(most)} {amount.unit}"
    if not bounds.possible_low <= high <= bounds.possible_high:
        words = f"{written} of {entry.label} at one time is not plausible: check the unit"
    elif verdict == "refuse":
        words = f"{written} of {entry.label} so often is not plausible: check the unit and how often"
    elif not bounds.usual_low <= high <= bounds.usual_high:
        words = f"is {written} at one time what the label says?"
    elif verdict == "ask":
        words = f"is {written} right for each time, or is it the amount for a longer time?"
    else:
        words = f"{written} is a large dose: who advised it?"
    return Judgement(verdict, words)


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
