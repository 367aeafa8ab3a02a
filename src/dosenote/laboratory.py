"""Several values of one blood test: which of them counts now, and which do not agree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import inf
from typing import NamedTuple

from dosenote.logic import TOLERANCE, Interval
from dosenote.regimen import Lab, date_words
from dosenote.vocabulary import Entry, Vocabulary

#: Values that differ by no more than this part of the larger one are one value, rounded in two units.
_ROUNDED = 0.01
#: So far beyond a bound begins what is above or below it: the next amount that a comparison tells from the bound.
_BEYOND = 2 * TOLERANCE
_BOUNDS = {"<": "below {}", "<=": "{} or less", ">=": "{} or more", ">": "above {}"}


class Disagreement(NamedTuple):
    """Values of one test of which each may be the newest, and which are not the same.

    values: as they were entered, in the order of the lines. which: what has to be told, as a question.
    """

    test: Entry
    values: tuple[Lab, ...]
    which: str

    @property
    def title(self) -> str:
        """What they are, without a value."""
        return f"{self.test.label}: values that do not agree"

    @property
    def told(self) -> str:
        """The values as they were read and as they were entered, and what has to be told."""
        *most, last = (self._one(lab) for lab in self.values)
        return f"{', '.join(most)} and {last}. {self.which}"

    def _one(self, lab: Lab) -> str:
        day = f", {date_words(lab.taken_on)}" if lab.taken_on else ""
        return f'{value_words(lab, self.test)}{day} ("{lab.text}")'


def value_words(lab: Lab, test: Entry) -> str:
    """ "2.5", "above 8", "60 mL/min/1.73 m2 or more": a value or a bound, in both units where there are two."""
    return _BOUNDS.get(lab.comparator, "{}").format(test.show(lab.value))


def span_of(lab: Lab) -> Interval:
    """The values that a value or a bound leaves open, in the unit of its test; "below 30" ends just before 30."""
    value = float(lab.value)
    low = {"": value, ">=": value, ">": value * (1 + _BEYOND)}.get(lab.comparator, 0.0)
    high = {"": value, "<=": value, "<": value * (1 - _BEYOND)}.get(lab.comparator, inf)
    return Interval(low, high)


def newest(labs: Iterable[Lab]) -> tuple[Lab, ...]:
    """Of the values of one test those that may be the newest: of the last day, and without a day."""
    labs = tuple(labs)
    last = max((lab.taken_on for lab in labs if lab.taken_on), default=None)
    return tuple(lab for lab in labs if lab.taken_on in (None, last))


def disagreements(labs: Iterable[Lab], vocabulary: Vocabulary) -> tuple[Disagreement, ...]:
    """For each test whose values do not agree those of which nobody can tell which counts, in the order of the lines.

    A value that a newer one has taken the place of is none of them.
    """
    by_test: dict[str, list[Lab]] = {}
    for lab in labs:
        by_test.setdefault(lab.id, []).append(lab)
    found = ((vocabulary[id], newest(values)) for id, values in by_test.items())
    return tuple(Disagreement(test, values, _which(values)) for test, values in found if _differ(values))


def _differ(labs: tuple[Lab, ...]) -> bool:
    spans = [span_of(lab) for lab in labs]
    highest = max(span.low for span in spans)
    return bool(highest - min(span.high for span in spans) > _ROUNDED * highest)


def _which(labs: tuple[Lab, ...]) -> str:
    days: set[date | None] = {lab.taken_on for lab in labs}
    if len(days) == 1 and None not in days:
        return "They are of the same day: which of them is right?"
    return "Which of them is the newest, and of which day? Until that is told, each of them may be."
