"""The engine, against a second evaluator written from the words of rules/README.md, and over columns."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import product
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.engine import Finding, Stale, evaluate, reevaluate, row_truth
from dosenote.facts import Facts
from dosenote.logic import FALSE, TRUE, UNKNOWN, Interval, Truth
from dosenote.rule import Comparison, Limit, Row, Rule
from dosenote.ruleset import RuleSet
from people import columns, facts


def _rule(when: tuple[Row, ...], unless: tuple[Row, ...] = (), limits: tuple[Limit, ...] = ()) -> Rule:
    return Rule("a-rule", "dose", "A rule", "minor", "mention", "low", "", (), date(2026, 1, 1), "", "", "", (), "",
                when, unless, limits, (), ())  # fmt: skip


@given(st.data())
@cases(60)
def test_one_by_one_and_in_columns_are_the_same(ruleset: RuleSet, data: st.DataObject) -> None:
    """The same random people give the same findings, row by row, as scalars and as NumPy columns."""
    people = data.draw(st.lists(facts(ruleset, ruleset.rules), min_size=1, max_size=8))
    in_columns = evaluate(ruleset.rules, columns(people))
    for number, person in enumerate(people):
        for alone, column in zip(evaluate(ruleset.rules, person), in_columns, strict=True):
            assert alone.rule.id == column.rule.id
            for mine, theirs in zip(
                (alone.outcome, *alone.when, *alone.unless),
                (column.outcome, *column.when, *column.unless),
                strict=True,
            ):
                assert (mine.is_true, mine.is_false) == (
                    _at(theirs.is_true, number),
                    _at(theirs.is_false, number),
                )


def _at(mask: object, number: int) -> bool:
    return bool(mask[number]) if hasattr(mask, "__len__") else bool(mask)  # type: ignore[index]


# --- the definition, by cases: an unknown is everything that it may be

FACTS = ("calcium.daily", "vitamin_d.daily")
VALUES = st.sampled_from([1.0, 2.0, 3.0])
RANGES = st.tuples(VALUES, VALUES).map(lambda pair: Interval(min(pair), max(pair)))
TESTS = st.builds(
    lambda word, number: Comparison(word, str(number), number),
    st.sampled_from(["above", "at_least", "below", "at_most"]),
    VALUES,
)
AMOUNT_ROWS = st.builds(
    lambda fact, tests: Row(fact, tuple(tests)),
    st.sampled_from(FACTS),
    st.lists(TESTS, min_size=1, max_size=2),
)
YES_ROWS = st.builds(lambda value: Row("pregnant", (Comparison("is", value),)), st.booleans())
ROWS = st.lists(st.one_of(AMOUNT_ROWS, YES_ROWS), max_size=3).map(tuple)
WORLDS = {"above": float.__gt__, "at_least": float.__ge__, "below": float.__lt__, "at_most": float.__le__}


def _holds(row: Row, world: dict[str, float | bool]) -> bool:
    value = world[row.fact]
    if isinstance(value, bool):
        return all(value == test.value for test in row.comparisons)
    return all(WORLDS[test.word](value, test.number) for test in row.comparisons)


@given(ROWS.filter(bool), ROWS, RANGES, RANGES, st.sampled_from([TRUE, FALSE, UNKNOWN]))
def test_an_answer_is_never_wrong_in_any_possible_world(
    when: tuple[Row, ...], unless: tuple[Row, ...], calcium: Interval, vitamin_d: Interval, pregnant: Truth
) -> None:
    """Raised, whatever the unknown facts turn out to be (known exceptions apart); not raised, likewise."""
    people = Facts({"pregnant": pregnant}, {"calcium.daily": calcium, "vitamin_d.daily": vitamin_d})
    outcome = evaluate((_rule(when, unless),), people)[0].outcome
    grid = [1.0, 1.5, 2.0, 2.5, 3.0]
    worlds = [
        {"calcium.daily": c, "vitamin_d.daily": d, "pregnant": p}
        for c, d, p in product(
            [x for x in grid if calcium.low <= x <= calcium.high],
            [x for x in grid if vitamin_d.low <= x <= vitamin_d.high],
            [p for p in (True, False) if (p and pregnant != FALSE) or (not p and pregnant != TRUE)],
        )
    ]
    silenced_everywhere = all(any(_holds(row, world) for row in unless) for world in worlds)
    holds = [all(_holds(row, world) for row in when) for world in worlds]
    if outcome.is_true:
        assert all(holds)
    if outcome.is_false:
        assert not any(holds) or silenced_everywhere


TABLE = (
    Limit((Row("age", (Comparison("below", "1 year", 1.0),)),), "25 mcg", 25.0),
    Limit(
        (Row("age", (Comparison("at_least", "1 year", 1.0), Comparison("below", "9 years", 9.0))),),
        "50 mcg",
        50.0,
    ),
    Limit((Row("age", (Comparison("at_least", "9 years", 9.0),)),), "100 mcg", 100.0),
)
LIMITED = _rule((Row("vitamin_d.daily", (Comparison("above", "limit"),)),), limits=TABLE)


@pytest.mark.parametrize(
    "age, dose, expected",
    [
        ((30, 30), (100, 100), FALSE),
        ((30, 30), (101, 101), TRUE),
        ((8, 8), (51, 51), TRUE),
        ((9, 9), (51, 51), FALSE),
        ((0, 0), (26, 26), TRUE),
        ((0, inf), (101, inf), TRUE),  # above the limit of every age
        ((0, inf), (20, 25), FALSE),  # not above that of any age
        ((0, inf), (60, 60), UNKNOWN),
        ((5, 20), (60, 60), UNKNOWN),
        ((5, 20), (40, 50), FALSE),
        ((9, 20), (60, 60), FALSE),
        ((30, 30), (90, 110), UNKNOWN),
    ],
)
def test_the_limit_is_that_of_the_person(age: tuple[float, float], dose: tuple[float, float], expected: Truth) -> None:
    """An unknown age makes the limit uncertain, not absent: above every limit is above, below every limit is not."""
    person = Facts({}, {"age": Interval(*age), "vitamin_d.daily": Interval(*dose)})
    assert expected == evaluate((LIMITED,), person)[0].outcome


def test_a_row_by_itself_is_as_in_its_rule() -> None:
    """Whether it holds may depend on the limits that it is given."""
    person = Facts({}, {"age": Interval(30, 30), "vitamin_d.daily": Interval(101, 101)})
    assert row_truth(LIMITED.when[0], TABLE, person) == TRUE
    assert row_truth(LIMITED.when[0], (Limit((), "200 mcg", 200.0),), person) == FALSE


def test_one_row_with_the_limits_of_two_rules() -> None:
    """Each rule has its own table, whichever comes first, also where their rows are the same."""
    rules = [_rule(LIMITED.when, limits=(Limit((), f"{mcg} mcg", mcg),)) for mcg in (50.0, 150.0)]
    person = Facts({}, {"vitamin_d.daily": Interval(101, 101)})
    assert [finding.outcome for finding in evaluate(rules, person)] == [TRUE, FALSE]
    assert [finding.outcome for finding in evaluate(rules[::-1], person)] == [FALSE, TRUE]


class Counted(dict[str, Any]):
    """Facts that count how often each is looked at."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(facts)
        self.looks: Counter[str] = Counter()

    def __getitem__(self, name: str) -> Any:
        self.looks[name] += 1
        return super().__getitem__(name)


@pytest.mark.parametrize("pregnant", [TRUE, FALSE, UNKNOWN])
def test_what_many_rules_ask_is_judged_once(pregnant: Truth) -> None:
    """A row and the lines of a limit table, whatever comes out: over a million people each look is a pass over a column."""
    truths = Counted({"pregnant": pregnant})
    intervals = Counted({"age": Interval(30, 30), "vitamin_d.daily": Interval(101, 101)})
    rule = LIMITED._replace(when=(*LIMITED.when, Row("pregnant", (Comparison("is", True),))))
    evaluate([rule] * 5, Facts(truths, intervals))
    assert truths.looks["pregnant"] == 1
    assert intervals.looks["age"] == sum(len(row.comparisons) for limit in TABLE for row in limit.rows)
    assert intervals.looks["vitamin_d.daily"] == 5


def test_above_and_at_least_differ_exactly_at_the_limit() -> None:
    """4,000 IU is at least 4,000 IU and not above it; it is at most 4,000 IU and not below it."""
    person = Facts({}, {"vitamin_d.daily": Interval(100.0, 100.0)})
    answers = {
        word: evaluate((_rule((Row("vitamin_d.daily", (Comparison(word, "100 mcg", 100.0),)),)),), person)[0].outcome
        for word in WORLDS
    }
    assert answers == {"above": FALSE, "at_least": TRUE, "below": FALSE, "at_most": TRUE}


@pytest.mark.parametrize(
    "word, known, outcome",
    [
        ("include_any", (TRUE, FALSE), TRUE),
        ("include_any", (FALSE, FALSE), FALSE),
        ("include_any", (FALSE, UNKNOWN), UNKNOWN),
        ("include_none", (TRUE, FALSE), FALSE),
        ("include_none", (FALSE, FALSE), TRUE),
        ("include_none", (FALSE, UNKNOWN), UNKNOWN),
        ("include_unnamed", (TRUE, TRUE), FALSE),
    ],
)
def test_a_list_includes_one_of_several_or_none(word: str, known: tuple[Truth, Truth], outcome: Truth) -> None:
    """One that is there is enough for any, none is known when each is; a class that was named by itself is its own fact."""
    names = ("medicines:warfarin", "medicines:apixaban")
    truths = dict(zip(names, known, strict=True)) | {f"{name}:unnamed": FALSE for name in names}
    rule = _rule((Row("medicines", (Comparison(word, ("warfarin", "apixaban")),)),))
    assert evaluate((rule,), Facts(truths, {}))[0].outcome == outcome


def test_a_finding_keeps_the_truth_of_each_row() -> None:
    """In the order of the rule, so that a report can say which row holds and which is not known."""
    rows = tuple(Row(fact, (Comparison("is", True),)) for fact in ("pregnant", "lactating", "calcium.taken"))
    person = Facts({"pregnant": TRUE, "lactating": UNKNOWN, "calcium.taken": FALSE}, {})
    rule = _rule(rows[:2], unless=rows[2:])
    assert evaluate(iter((rule,)), person) == (Finding(rule, UNKNOWN, (TRUE, UNKNOWN), (FALSE,)),)


@pytest.mark.parametrize(
    "age, dose, expected", [(30, 90, FALSE), (30, 110, TRUE), (30, 130, FALSE), (5, 60, TRUE), (5, 50, FALSE)]
)
def test_the_limit_may_stand_beside_a_number_and_in_an_exception(age: float, dose: float, expected: Truth) -> None:
    """Above the person's limit and below 120 mcg, in one row; and silenced where the amount is at most the limit."""
    person = Facts({}, {"age": Interval(age, age), "vitamin_d.daily": Interval(dose, dose)})
    below = Comparison("below", "120 mcg", 120.0)
    within = _rule((Row("vitamin_d.daily", (Comparison("above", "limit"), below)),), limits=TABLE)
    silenced = _rule(
        (Row("vitamin_d.daily", (below,)),),
        unless=(Row("vitamin_d.daily", (Comparison("at_most", "limit"),)),),
        limits=TABLE,
    )
    assert [finding.outcome for finding in evaluate((within, silenced), person)] == [expected, expected]


def test_the_outcome_in_a_word() -> None:
    """Raised, not raised, or cannot tell."""
    rule = _rule((Row("pregnant", (Comparison("is", True),)),))
    answers = {truth: evaluate((rule,), Facts({"pregnant": truth}, {}))[0].answer for truth in (TRUE, FALSE, UNKNOWN)}
    assert answers == {TRUE: "raised", FALSE: "not-raised", UNKNOWN: "cannot-tell"}


@given(st.data())
@cases(60)
def test_a_stale_finding_is_made_anew_as_the_first_time(ruleset: RuleSet, data: st.DataObject) -> None:
    """With the truths of rows that ask about nothing that has changed, whichever of them are kept."""
    rules = data.draw(st.lists(st.sampled_from(tuple(ruleset.rules)), min_size=1, max_size=20))
    before, after = (data.draw(facts(ruleset, rules)) for _ in range(2))
    stale = []
    for old, new in zip(evaluate(rules, before), evaluate(rules, after), strict=True):
        # a row that is the same for both stands for one that asks about nothing that has changed
        kept = [
            tuple(two if one == two and data.draw(st.booleans()) else None for one, two in zip(*truths, strict=True))
            for truths in ((old.when, new.when), (old.unless, new.unless))
        ]
        stale.append(Stale(old, *kept))
    assert tuple(reevaluate(iter(stale), after)) == evaluate(rules, after)


def test_what_is_kept_of_a_stale_finding_is_not_asked_again() -> None:
    """A row that is known stays as it is, in the conditions and in the exceptions; the others are judged anew, once."""
    rows = tuple(Row(fact, (Comparison("is", True),)) for fact in ("pregnant", "lactating", "calcium.taken"))
    rule = _rule(rows[:2], unless=rows[2:])
    (old,) = evaluate((rule,), Facts({"pregnant": TRUE, "lactating": UNKNOWN, "calcium.taken": UNKNOWN}, {}))
    truths = Counted({"lactating": TRUE, "calcium.taken": FALSE})
    found, again = reevaluate([Stale(old, (TRUE, None), (None,))] * 2, Facts(truths, {}))
    assert found == again == Finding(rule, TRUE, (TRUE, TRUE), (FALSE,))
    assert truths.looks == {"lactating": 1, "calcium.taken": 1}
    (silent,) = reevaluate([Stale(old, (TRUE, None), (TRUE,))], Facts({"lactating": TRUE}, {}))
    assert silent == Finding(rule, FALSE, (TRUE, TRUE), (TRUE,))
    for few in (Stale(old, (TRUE,), (TRUE,)), Stale(old, (TRUE, TRUE), ())):
        with pytest.raises(ValueError, match="shorter"):
            list(reevaluate([few], Facts({}, {})))
