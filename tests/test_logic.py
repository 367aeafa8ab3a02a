"""Three answers and uncertain amounts, against their definition by cases."""

from __future__ import annotations

from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosenote.logic import FALSE, TRUE, UNKNOWN, Interval, Truth, all_of, any_of, exactly, known

TRUTHS = (TRUE, FALSE, UNKNOWN)
#: What an answer may turn out to be.
MEANS = {TRUE: {True}, FALSE: {False}, UNKNOWN: {True, False}}


def _from(values: set[bool]) -> Truth:
    return UNKNOWN if len(values) == 2 else known(next(iter(values)))


@pytest.mark.parametrize("one, two", list(product(TRUTHS, TRUTHS)))
def test_and_or_follow_every_possible_answer(one: Truth, two: Truth) -> None:
    """Unknown means "may be either": the result is known only when both ways give the same."""
    pairs = list(product(MEANS[one], MEANS[two]))
    assert _from({a and b for a, b in pairs}) == one & two
    assert _from({a or b for a, b in pairs}) == one | two


@pytest.mark.parametrize("one, two", list(product(TRUTHS, TRUTHS)))
def test_only_a_known_exception_silences(one: Truth, two: Truth) -> None:
    """An exception that is unknown silences nothing; one that holds silences even the unknown."""
    assert (FALSE if two == TRUE else one) == one.unless(two)


def test_not_keeps_the_unknown_unknown() -> None:
    """Not knowing whether is not knowing whether not."""
    assert [~truth for truth in TRUTHS] == [FALSE, TRUE, UNKNOWN]


def test_nothing_is_all_and_nothing_is_not_any() -> None:
    """A rule whose [unless] is empty is silenced by nothing."""
    assert all_of(()) == TRUE
    assert any_of(()) == FALSE


whole = st.integers(0, 60)
intervals = st.tuples(whole, whole).map(lambda pair: Interval(float(min(pair)), float(max(pair))))


def _points(interval: Interval) -> list[int]:
    return list(range(int(interval.low), int(interval.high) + 1))


@given(intervals, intervals)
def test_comparisons_follow_every_possible_amount(value: Interval, limit: Interval) -> None:
    """An uncertain amount is above an uncertain limit when it is so whatever the two turn out to be."""
    pairs = list(product(_points(value), _points(limit)))
    assert _from({v > x for v, x in pairs}) == value.above(limit)
    assert _from({v < x for v, x in pairs}) == value.below(limit)


@given(intervals, intervals)
def test_the_hull_is_the_least_interval_that_holds_both(one: Interval, two: Interval) -> None:
    """It reaches from the lowest to the highest amount of the two, and no further."""
    points = {*_points(one), *_points(two)}
    assert Interval(min(points), max(points)) == one.hull(two)


@given(st.floats(1e-6, 1e9))
def test_exactly_at_a_limit_is_not_above_it(value: float) -> None:
    """4,000 IU is not above 4,000 IU, however it was computed."""
    third = value / 3
    assert exactly(third + third + third).above(exactly(value)) == FALSE
    assert exactly(third + third + third).below(exactly(value)) == FALSE


def test_no_upper_bound_is_never_known_to_be_below() -> None:
    """An amount of which only the lowest is known can be above a limit, never known to be under it."""
    assert Interval(5.0, inf).above(exactly(4.0)) == TRUE
    assert Interval(0.0, inf).above(exactly(4.0)) == UNKNOWN
    assert Interval(3.0, inf).below(exactly(4.0)) == UNKNOWN


@given(st.lists(st.tuples(st.sampled_from(TRUTHS), st.sampled_from(TRUTHS), intervals, intervals), min_size=1))
def test_columns_give_what_scalars_give(rows: list[tuple[Truth, Truth, Interval, Interval]]) -> None:
    """Every operation does to a column what it does to each of its elements."""
    one, two = _column(row[0] for row in rows), _column(row[1] for row in rows)
    value = Interval(np.array([row[2].low for row in rows]), np.array([row[2].high for row in rows]))
    limit = Interval(np.array([row[3].low for row in rows]), np.array([row[3].high for row in rows]))
    for scalar, column in (
        ([a & b for a, b, _, _ in rows], one & two),
        ([a | b for a, b, _, _ in rows], one | two),
        ([~a for a, _, _, _ in rows], ~one),
        ([a.unless(b) for a, b, _, _ in rows], one.unless(two)),
        ([v.above(x) for _, _, v, x in rows], value.above(limit)),
        ([v.below(x) for _, _, v, x in rows], value.below(limit)),
        ([(v + x).above(x) for _, _, v, x in rows], (value + limit).above(limit)),
    ):
        assert [truth.is_true for truth in scalar] == column.is_true.tolist()
        assert [truth.is_false for truth in scalar] == column.is_false.tolist()
        assert [truth.is_unknown for truth in scalar] == column.is_unknown.tolist()


def _column(truths: object) -> Truth:
    listed = list(truths)  # type: ignore[call-overload]
    return Truth(np.array([t.is_true for t in listed]), np.array([t.is_false for t in listed]))
