"""RuleSet × Facts → Findings: no text, no files, no clock.

Facts hold one person's values or columns of many people's; the same lines serve both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_
from typing import NamedTuple, TypeAlias

from dosenote.facts import LISTS, UNNAMED, Facts
from dosenote.logic import UNKNOWN, Interval, Truth, all_of, any_of, exactly
from dosenote.rule import LIMIT, Answer, Comparison, Limit, Row, Rule

#: Truths of rows that rules share.
_Known: TypeAlias = dict[Row, Truth]


class Finding(NamedTuple):
    """What became of one rule: `outcome` is raised where true, not raised where false, else it cannot be told.

    when, unless: the truth of each row, in the order of the rule.
    """

    rule: Rule
    outcome: Truth
    when: tuple[Truth, ...]
    unless: tuple[Truth, ...]

    @property
    def answer(self) -> Answer:
        """The outcome in a word, for one person."""
        return "raised" if self.outcome.is_true else "not-raised" if self.outcome.is_false else "cannot-tell"


def evaluate(rules: Iterable[Rule], facts: Facts) -> tuple[Finding, ...]:
    """One finding for each rule, in the order of the rules."""
    known: _Known = {}
    return tuple(_finding(rule, facts, known) for rule in rules)


def _finding(rule: Rule, facts: Facts, known: _Known) -> Finding:
    when = tuple(_row_truth(row, rule.limits, facts, known) for row in rule.when)
    unless = tuple(_row_truth(row, rule.limits, facts, known) for row in rule.unless)
    return _found(rule, when, unless)


def _found(rule: Rule, when: tuple[Truth, ...], unless: tuple[Truth, ...]) -> Finding:
    outcome = all_of(when)
    return Finding(rule, outcome.unless(any_of(unless)) if unless else outcome, when, unless)


class Stale(NamedTuple):
    """A finding of which facts have changed. when, unless: the truths of rows that ask about none of them, or None."""

    finding: Finding
    when: tuple[Truth | None, ...]
    unless: tuple[Truth | None, ...]


def reevaluate(stale: Iterable[Stale], facts: Facts) -> Iterator[Finding]:
    """The findings for facts of which some have changed, each with the truths that it keeps."""
    known: _Known = {}
    for (rule, *_), when, unless in stale:
        yield _found(
            rule, _renewed(rule.when, when, rule, facts, known), _renewed(rule.unless, unless, rule, facts, known)
        )


def _renewed(
    rows: tuple[Row, ...], kept: tuple[Truth | None, ...], rule: Rule, facts: Facts, known: _Known
) -> tuple[Truth, ...]:
    """The truth of each row: that which is kept, else the one of the facts."""
    return tuple(
        _row_truth(row, rule.limits, facts, known) if truth is None else truth
        for row, truth in zip(rows, kept, strict=True)
    )


def row_truth(row: Row, limits: tuple[Limit, ...], facts: Facts) -> Truth:
    """Whether all comparisons of one row hold."""
    return _row_truth(row, limits, facts, {})


def _row_truth(row: Row, limits: tuple[Limit, ...], facts: Facts, known: _Known) -> Truth:
    """The same; what does not depend on a limit table is looked up where another rule has the same row."""
    truth = known.get(row)
    if truth is None:
        truth = all_of(_test_truth(row.fact, test, limits, facts, known) for test in row.comparisons)
        if all(test.value != LIMIT for test in row.comparisons):
            known[row] = truth
    return truth


def _test_truth(fact: str, test: Comparison, limits: tuple[Limit, ...], facts: Facts, known: _Known) -> Truth:
    if fact in LISTS:
        suffix = UNNAMED if test.word == "include_unnamed" else ""
        included = any_of(facts.truths[f"{fact}:{id}{suffix}"] for id in test.ids)
        return ~included if test.word == "include_none" else included
    if isinstance(test.value, bool):
        return facts.truths[fact] if test.value else ~facts.truths[fact]
    if test.word == "is":
        return facts.truths[f"{fact}:{test.value}"]
    value = facts.intervals[fact]
    if test.value == LIMIT:
        # Without its table, which lint tells of, nobody knows the limit.
        return _against_limits(value, test.word, limits, facts, known) if limits else UNKNOWN
    return compare(value, test.word, exactly(test.number))


def compare(value: Interval, comparison: str, limit: Interval) -> Truth:
    """Whether an uncertain amount is above, at_most, below or at_least an uncertain limit."""
    if comparison == "above":
        return value.above(limit)
    if comparison == "at_most":
        return ~value.above(limit)
    if comparison == "below":
        return value.below(limit)
    return ~value.below(limit)


def _against_limits(value: Interval, comparison: str, limits: tuple[Limit, ...], facts: Facts, known: _Known) -> Truth:
    """The comparison with whichever limit of the table applies.

    The table's lines exclude one another and leave nobody out (lint sees to it). So the comparison is true when it
    is true for every line that may apply, and false when it is false for every such line.
    """
    lines = []
    for limit in limits:
        not_here = _applies(limit, facts, known).is_false
        holds = compare(value, comparison, exactly(limit.number))
        lines.append((not_here | holds.is_true, not_here | holds.is_false))
    # No "True" to begin with: "True and a column" takes NumPy longer than all the rest of a line.
    is_true, is_false = (reduce(and_, masks) for masks in zip(*lines, strict=True))
    return Truth(is_true, is_false)


def applies(limit: Limit, facts: Facts) -> Truth:
    """Whether a line of the limit table is the one for this person."""
    return _applies(limit, facts, {})


def _applies(limit: Limit, facts: Facts, known: _Known) -> Truth:
    return all_of(_row_truth(row, (), facts, known) for row in limit.rows)
