"""Random people for the property tests: facts over the whole catalogue, and regimens as lines."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from hypothesis import strategies as st

from dosenote.facts import SEXES, UNNAMED, Facts
from dosenote.logic import ANY_AMOUNT, FALSE, TRUE, UNKNOWN, Interval, Truth
from dosenote.rule import Rule
from dosenote.ruleset import RuleSet

TRUTHS = st.sampled_from([TRUE, FALSE, UNKNOWN])


def thresholds(rules: Sequence[Rule], fact: str) -> list[float]:
    """Every number that the rules compare a fact with."""
    found = {0.0, 1.0, 70.0}
    for rule in rules:
        rows = [*rule.when, *rule.unless, *(row for limit in rule.limits for row in limit.rows)]
        found |= {
            test.number for row in rows if row.fact == fact for test in row.comparisons if test.number == test.number
        }
        if any(row.fact == fact and test.value == "limit" for row in rule.when for test in row.comparisons):
            found |= {limit.number for limit in rule.limits}
    return sorted(found)


def amounts(numbers: list[float]) -> st.SearchStrategy[Interval]:
    """Exact, uncertain and unknown amounts, most of them at or beside a threshold."""
    near = st.sampled_from([x * y for x in numbers for y in (1.0, 0.999, 1.001)])
    ranges = st.tuples(near, near).map(lambda pair: Interval(min(pair), max(pair)))
    return st.one_of(
        near.map(lambda x: Interval(x, x)), ranges, near.map(lambda x: Interval(x, inf)), st.just(ANY_AMOUNT)
    )


@st.composite
def facts(draw: st.DrawFn, ruleset: RuleSet, rules: Sequence[Rule]) -> Facts:
    """One person's facts, as far as the rules can ask about them."""
    truths: dict[str, Truth] = {"pregnant": draw(TRUTHS), "lactating": draw(TRUTHS)}
    intervals: dict[str, Interval] = {}
    for sex in SEXES:
        truths[f"sex:{sex}"] = draw(TRUTHS)
    for rule in rules:
        for row in (*rule.when, *rule.unless, *(row for limit in rule.limits for row in limit.rows)):
            kind = ruleset.facts[row.fact].kind
            if kind == "list":
                for test in row.comparisons:
                    for id in test.ids:
                        suffix = UNNAMED if test.word == "include_unnamed" else ""
                        truths.setdefault(f"{row.fact}:{id}{suffix}", draw(TRUTHS))
            elif kind == "yes-no":
                truths.setdefault(row.fact, draw(TRUTHS))
            elif kind != "choice" and row.fact not in intervals:
                intervals[row.fact] = draw(amounts(thresholds(rules, row.fact)))
    return Facts(truths, intervals)


def columns(people: Sequence[Facts]) -> Facts:
    """Many people's facts as one set of arrays."""
    first = people[0]
    return Facts(
        {
            name: Truth(
                np.array([person.truths[name].is_true for person in people]),
                np.array([person.truths[name].is_false for person in people]),
            )
            for name in first.truths
        },
        {
            name: Interval(
                np.array([person.intervals[name].low for person in people]),
                np.array([person.intervals[name].high for person in people]),
            )
            for name in first.intervals
        },
    )
