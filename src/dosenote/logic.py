"""Three answers and uncertain amounts: the whole algebra of the engine.

Elements are Python scalars (one person) or NumPy arrays (a column of people); nothing here asks which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple, TypeAlias

Mask: TypeAlias = Any  # bool, or a NumPy array of bool
Number: TypeAlias = Any  # float, or a NumPy array of float64

#: Amounts closer than this, relatively, are the same amount: 4,000 IU and 100 mcg, whatever the rounding.
TOLERANCE = 1e-9


class Truth(NamedTuple):
    """True, false or unknown (neither), after Kleene. Never both."""

    is_true: Mask
    is_false: Mask

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.is_true & other.is_true, self.is_false | other.is_false)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.is_true | other.is_true, self.is_false & other.is_false)

    def __invert__(self) -> Truth:
        return Truth(self.is_false, self.is_true)

    def unless(self, exception: Truth) -> Truth:
        """This, silenced where the exception is known to hold; an exception that is unknown silences nothing."""
        holds = Truth(exception.is_true, exception.is_true ^ True)
        return self & ~holds

    @property
    def is_unknown(self) -> Mask:
        """Neither known to be true nor to be false."""
        return (self.is_true | self.is_false) ^ True


TRUE, FALSE, UNKNOWN = Truth(True, False), Truth(False, True), Truth(False, False)


def known(value: bool | None) -> Truth:
    """True, false, or unknown for None."""
    return UNKNOWN if value is None else TRUE if value else FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's "and" over any number; true for none."""
    found = TRUE
    for truth in truths:
        found = truth if found is TRUE else found & truth
    return found


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's "or" over any number; false for none."""
    found = FALSE
    for truth in truths:
        found = truth if found is FALSE else found | truth
    return found


@dataclass(frozen=True, slots=True)
class Interval:
    """An amount that is at least `low` and at most `high`, both at least 0 and included; `high` may be infinite."""

    low: Number
    high: Number

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def hull(self, other: Interval) -> Interval:
        """The least interval that holds both; for scalars."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def above(self, limit: Interval) -> Truth:
        """True when the lowest is above the highest limit; false when the highest is not above the lowest."""
        return Truth(self.low > limit.high * (1 + TOLERANCE), self.high <= limit.low * (1 + TOLERANCE))

    def below(self, limit: Interval) -> Truth:
        """Surely below, surely not below, or unknown; both are in one unit."""
        return Truth(self.high < limit.low * (1 - TOLERANCE), self.low >= limit.high * (1 - TOLERANCE))


ZERO = Interval(0.0, 0.0)
ANY_AMOUNT = Interval(0.0, inf)


def exactly(value: float) -> Interval:
    """The interval of one known number."""
    return Interval(value, value)
