"""Ages that rows speak of, and the months since a file was compared with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from dosenote.rule import Row

#: Months after which a person has to compare a file with its sources again.
REVIEW_MONTHS = 24


def ages_of(rows: Iterable[Row]) -> tuple[float, float]:
    """From which age, and to below which, a set of rows holds."""
    tests = [test for row in rows if row.fact == "age" for test in row.comparisons]
    low = max((test.number for test in tests if test.word == "at_least"), default=0.0)
    return low, min((test.number for test in tests if test.word == "below"), default=float("inf"))


def age_words(years: float) -> str:
    """An age as a rule file writes it."""
    if years == float("inf"):
        return "any age on"
    if 0 < years < 1:
        return f"{years * 12:g} months"
    return "1 year" if years == 1 else f"{years:g} years"


def review_mistakes(reviewed: date, today: date, is_withdrawn: bool) -> Iterator[str]:
    """What is wrong with the day of the last review; what is withdrawn needs no new one."""
    if reviewed > today:
        yield f"{reviewed} has not come yet"
    months = (today.year - reviewed.year) * 12 + today.month - reviewed.month
    if months > REVIEW_MONTHS and not is_withdrawn:
        yield f"last compared with its sources {months} months ago; the most is {REVIEW_MONTHS}"
