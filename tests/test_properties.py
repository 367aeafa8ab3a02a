"""What must hold of the real rules, whoever asks: unknown never becomes no, and a dose is a dose however it is written."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dosenote.engine import evaluate
from dosenote.facts import Facts
from dosenote.logic import ANY_AMOUNT, UNKNOWN, Interval
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.report import build_report
from dosenote.ruleset import RuleSet
from people import facts

SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

LINES = (
    "Vitamin D3 5000 IU daily", "vitamin D3 4000 IU daily", "vitamin D 1000 IU twice a day", "50,000 IU D2 once a week",
    "MK-7 100 mcg once a day", "vitamin K2 200 mcg daily", "K2 MK-4 45 mg daily", "vitamin K1 120 mcg daily",
    "vitamin K 100 mcg daily", "calcium 600 mg twice a day", "calcium carbonate 1250 mg daily", "calcium 1200 mg daily",
    "multivitamin", "warfarin 5 mg", "Eliquis", "blood thinner", "hydrochlorothiazide", "digoxin", "alfacalcidol 0.25 mcg daily",
    "natto", "kidney stones", "sarcoidosis", "OsteoMax 1 daily", "vitamin D3 2000 IU", "magnesium 200 mg daily",
    "no other medicines", "no other conditions", "no other foods", "no kidney stones", "not on warfarin",
)  # fmt: skip
#: What nobody says of themselves in one breath.
CONTRADICTIONS = (
    {"kidney stones", "no kidney stones"},
    {"warfarin 5 mg", "not on warfarin"},
    {"blood thinner", "not on warfarin"},
)
AGES = st.sampled_from(["age 67", "age 8", "6 months old", "age 9", ""])
REGIMENS = (
    st.lists(st.sampled_from(LINES), unique=True, max_size=7)
    .filter(lambda lines: not any(pair <= set(lines) for pair in CONTRADICTIONS))
    .flatmap(lambda lines: AGES.map(lambda age: [*lines, age]))
)
#: How grave an answer is: what must not be lost when less is known.
GRAVITY = {"not-raised": 0, "cannot-tell": 1, "raised": 1}


@given(st.data())
@SLOW
def test_forgetting_a_fact_never_gives_an_all_clear(ruleset: RuleSet, data: st.DataObject) -> None:
    """Turning any known fact into unknown never turns raised or cannot tell into not raised."""
    person = data.draw(facts(ruleset, ruleset.rules))
    before = evaluate(ruleset.rules, person)
    forgotten = data.draw(st.sampled_from([*person.truths, *person.intervals]))
    if forgotten in person.truths:
        less: Facts = person._replace(truths={**person.truths, forgotten: UNKNOWN})
    else:
        interval = person.intervals[forgotten]
        wider = data.draw(
            st.sampled_from([ANY_AMOUNT, Interval(interval.low, ANY_AMOUNT.high), Interval(0.0, interval.high)])
        )
        less = person._replace(intervals={**person.intervals, forgotten: wider})
    for mine, theirs in zip(before, evaluate(ruleset.rules, less), strict=True):
        assert mine.outcome.is_false or not theirs.outcome.is_false, mine.rule.id


@given(REGIMENS, st.data())
@SLOW
def test_a_line_that_is_not_understood_never_gives_an_all_clear(
    answers: Callable[[str], dict[str, str]], lines: list[str], data: st.DataObject
) -> None:
    """Replacing a line by one that nobody can read never turns raised or cannot tell into not raised."""
    before = answers(";".join(lines))
    place = data.draw(st.integers(0, len(lines) - 1))
    after = answers(";".join([*lines[:place], "Xyzzyflex forte", *lines[place + 1 :]]))
    lost = {rule for rule, answer in after.items() if GRAVITY[answer] < GRAVITY[before[rule]]}
    assert lost == set()


@given(REGIMENS, st.randoms(use_true_random=False))
@SLOW
def test_the_order_of_lines_does_not_matter(
    answers: Callable[[str], dict[str, str]], lines: list[str], random: object
) -> None:
    """The same lines in another order give the same answers."""
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert answers(";".join(lines)) == answers(";".join(shuffled))


@given(st.integers(1, 400).map(lambda n: n * 40), REGIMENS)
@SLOW
def test_a_dose_is_the_same_in_both_units(
    answers: Callable[[str], dict[str, str]], units: int, lines: list[str]
) -> None:
    """4,000 IU and 100 mcg and 0.1 mg of vitamin D3 are one dose."""
    mcg = units // 40
    written = (
        f"vitamin D3 {units} IU daily",
        f"vitamin D3 {mcg} mcg daily",
        f"vitamin D3 {units:,} IU ({mcg} mcg) daily",
    )
    first, *others = [answers(";".join([line, *lines])) for line in written]
    assert all(first == other for other in others)


@given(st.integers(1, 300).map(lambda n: n * 40), st.integers(2, 4))
@SLOW
def test_splitting_a_daily_total_keeps_the_limits(
    answers: Callable[[str], dict[str, str]], units: int, parts: int
) -> None:
    """One pill of 4,000 IU, two of 2,000 IU, and two products: the daily total is the same."""
    whole = answers(f"vitamin D3 {units * parts} IU daily; age 40; no other medicines; no other conditions")
    for lines in (
        f"vitamin D3 {units} IU {parts} times a day",
        f"vitamin D3 {units} IU, {parts} tablets daily",
        ";".join([f"vitamin D3 {units} IU daily"] * parts),
    ):
        split = answers(f"{lines}; age 40; no other medicines; no other conditions")
        daily = {rule for rule in whole if rule.startswith("vitamin-d-") and ("limit" in rule or "customary" in rule)}
        assert {rule: whole[rule] for rule in daily} == {rule: split[rule] for rule in daily}


@given(REGIMENS)
@SLOW
def test_the_same_regimen_gives_the_same_report(ruleset: RuleSet, lines: list[str]) -> None:
    """Nothing in a report depends on anything but the regimen and the rules."""
    reports = [build_report(Regimen(Reader(ruleset.vocabulary).read_all(lines)), ruleset, "us", True) for _ in range(2)]
    assert reports[0] == reports[1]


@given(REGIMENS)
@SLOW
def test_answering_a_question_can_change_what_it_says(ruleset: RuleSet, reader: Reader, lines: list[str]) -> None:
    """Every question names rules that are open or raised, and no open rule is left without a question."""
    report = build_report(Regimen(reader.read_all(lines)), ruleset, "us", True)
    outcomes = {traced.rule: traced.outcome for traced in report.trace or ()}
    asked = {rule for question in report.questions for rule in question.could_change}
    assert all(question.could_change for question in report.questions)
    assert {rule.rule for rule in report.undecided} <= asked
    assert all(outcomes[rule] != "not-raised" for rule in asked)
