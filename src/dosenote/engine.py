"""RuleSet × Facts → Findings: no text, no files, no clock.

Facts hold one person's values or columns of many people's; the same lines serve both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dosenote.facts import LISTS, UNNAMED, Facts
from dosenote.logic import Interval, Truth, all_of, any_of, exactly
from dosenote.rule import LIMIT, Answer, Comparison, Limit, Row, Rule


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
    return tuple(_finding(rule, facts) for rule in rules)


def _finding(rule: Rule, facts: Facts) -> Finding:
    when = tuple(row_truth(row, rule.limits, facts) for row in rule.when)
    unless = tuple(row_truth(row, rule.limits, facts) for row in rule.unless)
    return Finding(rule, all_of(when).unless(any_of(unless)), when, unless)


def row_truth(row: Row, limits: tuple[Limit, ...], facts: Facts) -> Truth:
    """Whether all comparisons of one row hold."""
    if len(row.comparisons) == 1:  # most rows, and there are many of them
        return _test_truth(row.fact, row.comparisons[0], limits, facts)
    return all_of(_test_truth(row.fact, test, limits, facts) for test in row.comparisons)


def _test_truth(fact: str, test: Comparison, limits: tuple[Limit, ...], facts: Facts) -> Truth:
    if fact in LISTS:
        suffix = UNNAMED if test.word == "include_unnamed" else ""
        included = any_of(facts.truths[f"{fact}:{id}{suffix}"] for id in _ids(test))
        return ~included if test.word == "include_none" else included
    if isinstance(test.value, bool):
        return facts.truths[fact] if test.value else ~facts.truths[fact]
    if test.word == "is":
        return facts.truths[f"{fact}:{test.value}"]
    value = facts.intervals[fact]
    if test.value == LIMIT:
        return _against_limits(value, test.word, limits, facts)
    return compare(value, test.word, exactly(test.number))


def _ids(test: Comparison) -> tuple[str, ...]:
    return test.value if isinstance(test.value, tuple) else ()


def compare(value: Interval, comparison: str, limit: Interval) -> Truth:
    """Whether an uncertain amount is above, at_most, below or at_least an uncertain limit."""
    if comparison == "above":
        return value.above(limit)
    if comparison == "at_most":
        return ~value.above(limit)
    if comparison == "below":
        return value.below(limit)
    return ~value.below(limit)


def _against_limits(value: Interval, comparison: str, limits: tuple[Limit, ...], facts: Facts) -> Truth:
    """The comparison with whichever limit of the table applies.

    The table's lines exclude one another and leave nobody out (lint sees to it). So the comparison is true when it
    is true for every line that may apply, and false when it is false for every such line.
    """
    lines = [(applies(limit, facts), compare(value, comparison, exactly(limit.number))) for limit in limits]
    for_every_line = all_of(~here | holds for here, holds in lines)
    for_some_line = any_of(here & holds for here, holds in lines)
    return Truth(for_every_line.is_true, for_some_line.is_false)


def applies(limit: Limit, facts: Facts) -> Truth:
    """Whether a line of the limit table is the one for this person."""
    return all_of(row_truth(row, (), facts) for row in limit.rows)
