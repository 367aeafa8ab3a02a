"""What is asked: only what can change the answer, the gravest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.quantity import Amount
from dosenote.questions import Question, questions_for
from dosenote.reader import Reader
from dosenote.regimen import Closed, Item, Reading, Regimen, Schedule
from dosenote.report import Report
from dosenote.rule import ACTIONS, Action, Comparison, Limit, Row, Rule
from dosenote.ruleset import RuleSet


def _asked(report: Report) -> list[str]:
    return [question.fact for question in report.questions]


def test_the_blood_thinner_is_asked_first_for_k2(check: Callable[..., Report]) -> None:
    """The gravest outcome that an answer can reach decides the order."""
    first = check("MK-7 100 mcg daily").questions[0]
    # a "no" to the wider class settles the rules about each kind of it
    assert first.fact in ("medicines:vitamin-k-antagonist", "medicines:anticoagulant", "medicines:blood-thinner")
    assert "warfarin" in first.text


def test_questions_come_in_the_order_of_what_they_can_reach(check: Callable[..., Report]) -> None:
    """Never a lesser question before a graver one."""
    report = check("MK-7 100 mcg daily; vitamin D3 3000 IU daily; calcium 600 mg daily")
    actions = {rule.rule: rule.action for rule in (*report.undecided, *report.advisories)}
    worst = [min(ACTIONS.index(actions[rule]) for rule in question.could_change) for question in report.questions]
    assert worst == sorted(worst)


@pytest.mark.parametrize(
    "lines, not_asked",
    [
        ("magnesium 100 mg daily", "medicines:lithium"),  # no rule joins the two
        ("magnesium 100 mg daily", "age"),  # no rule asks for it beside magnesium
        ("MK-7 100 mcg daily; warfarin", "medicines:vitamin-k-antagonist"),  # known already
        ("MK-7 100 mcg daily; no other medicines", "medicines:vitamin-k-antagonist"),
    ],
)
def test_what_cannot_matter_is_not_asked(check: Callable[..., Report], lines: str, not_asked: str) -> None:
    """A fact whose every answer gives the same report is not asked for."""
    assert not_asked not in _asked(check(lines))


def test_foods_are_asked_about_once_their_medicine_is_named(check: Callable[..., Report]) -> None:
    """Leafy greens matter beside warfarin, coffee beside a bone tablet: who has named neither is asked for those first."""
    nothing_named = _asked(check("vitamin D3 1000 IU daily"))
    assert "medicines:bisphosphonate" in nothing_named
    assert "medicines:vitamin-k-antagonist" in nothing_named
    assert not {"foods:leafy-greens", "foods:drink-other-than-water"} & {*nothing_named}
    assert "foods:leafy-greens" in _asked(check("vitamin D3 1000 IU daily; warfarin 5 mg daily"))
    assert "foods:drink-other-than-water" in _asked(check("alendronate 70 mg weekly"))
    assert "foods:drink-other-than-water" in _asked(check("bone medicine"))  # it may be such a tablet


def test_a_medicine_is_not_asked_about_beside_its_class(check: Callable[..., Report]) -> None:
    """Who takes calcitriol says so where the class is asked about; once the class is known, the others are asked."""
    asked = _asked(check("vitamin D3 1000 IU daily"))
    assert "medicines:active-vitamin-d" in asked
    assert "medicines:calcitriol" not in asked
    assert "medicines:alfacalcidol" not in asked
    assert "medicines:alfacalcidol" in _asked(check("calcitriol"))


def test_age_is_asked_where_the_limit_depends_on_it(check: Callable[..., Report]) -> None:
    """2,000 IU is above an infant's limit and not above an adult's."""
    assert "age" in _asked(check("vitamin D3 2000 IU daily"))
    assert "age" not in _asked(check("vitamin D3 2000 IU daily; age 40"))


def test_one_question_for_one_unclear_line(check: Callable[..., Report]) -> None:
    """A line without a frequency leaves several facts open and gives one question, in its own words."""
    report = check("vitamin D3 5000 IU; age 40")
    lines = [question for question in report.questions if question.fact.startswith("line")]
    assert [question.fact for question in lines] == ["line 1"]
    assert "how often" in lines[0].text
    assert "vitamin-d-above-us-upper-limit" in lines[0].could_change


def test_a_form_is_asked_where_it_changes_the_result(check: Callable[..., Report]) -> None:
    """ "Vitamin K2" with warfarin: which kind does the label name?"""
    report = check("vitamin K 100 mcg daily; warfarin")
    assert any("which kind" in question.text for question in report.questions)


def test_what_was_not_recognised_is_asked_about(check: Callable[..., Report]) -> None:
    """An item that may hold anything is a question, not a silence."""
    report = check("OsteoMax 1 daily; warfarin; no other medicines")
    question = next(question for question in report.questions if question.fact == "line 1")
    assert "OsteoMax" in question.text
    assert "mk-7-with-vitamin-k-antagonist" in question.could_change


# --- rules made by hand, and every word of the question


def _rule(
    id: str, *when: Row, unless: tuple[Row, ...] = (), limits: tuple[Limit, ...] = (), action: Action = "mention"
) -> Rule:
    return Rule(id, "dose", "A rule", "minor", action, "low", "", (), date(2026, 1, 1), "", "", "", (), "",
                when, unless, limits, (), ())  # fmt: skip


def _is(fact: str, value: bool | str = True) -> Row:
    return Row(fact, (Comparison("is", value),))


def _any(fact: str, *ids: str, word: str = "include_any") -> Row:
    return Row(fact, (Comparison(word, ids),))


def _above(fact: str, number: float) -> Row:
    return Row(fact, (Comparison("above", str(number), number),))


@pytest.fixture(scope="module")
def ask(ruleset: RuleSet, reader: Reader) -> Callable[..., list[Question]]:
    """What is asked of somebody, by lines parted by semicolons or as readings, where only these rules exist."""

    def run(regimen: str | Regimen, *rules: Rule) -> list[Question]:
        if isinstance(regimen, str):
            regimen = Regimen(reader.read_all(regimen.split(";")))
        facts = facts_of(regimen, ruleset.vocabulary)
        return list(questions_for(iter(evaluate(rules, facts)), facts, regimen, ruleset))

    return run


TAKEN = _is("vitamin_k.taken")


@pytest.mark.parametrize(
    "lines, row, fact, label, text",
    [
        ("MK-7 100 mcg daily", _is("age"), "age", "age", "How old are you?"),
        ("", _is("sex", "female"), "sex", "sex", "Are you female or male?"),
        ("", _is("sex", "male"), "sex", "sex", "Are you female or male?"),
        ("", _is("pregnant"), "pregnant", "pregnancy", "Are you pregnant?"),
        ("", _is("lactating"), "lactating", "breastfeeding", "Are you breastfeeding?"),
        ("", _above("lab.inr", 3.0), "lab.inr", "INR", "What was your last INR, and when?"),
        ("MK-7 100 mcg daily", _is("vitamin_k2.new"), "vitamin_k2.new", "vitamin K2, new or planned, or not",
         "Is your vitamin K2 new (begun within the last month, or planned), or taken for a year or longer? Anything between the two stays open: tell those who treat you since when."),
        ("methotrexate 10 mg", _is("methotrexate.more_often_than_usual"), "methotrexate.more_often_than_usual",
         "methotrexate, taken more often than once a week or not",
         "Do you take methotrexate once a week, or more often? What does the label say?"),
        ("MK-7 100 mcg daily", _is("vitamin_k2.with_food"), "vitamin_k2.with_food", "vitamin K2, with a meal or not",
         "Do you take your vitamin K2 with a meal?"),
        ("calcium 400-600 mg daily", _above("calcium.each_time", 500.0), "calcium.each_time", "calcium at one time",
         "How much calcium do you take at one time, over all your products?"),
        ("calcium 400-600 mg weekly", _above("calcium.spaced_dose", 500.0), "calcium.spaced_dose",
         "calcium at one time, once a week or less often", "How much calcium do you take at one time, over all your products?"),
        ("calcium 400-600 mg daily", _above("calcium.daily", 500.0), "calcium.daily", "calcium a day",
         "How much calcium do you take a day, over all your products?"),
        ("", _any("medicines", "warfarin"), "medicines:warfarin", "warfarin", "Do you take warfarin (Coumadin, Jantoven, Marevan)?"),
        ("", _any("medicines", "enoxaparin"), "medicines:enoxaparin", "enoxaparin", "Do you take enoxaparin?"),
        ("", _any("conditions", "tissue-heart-valve"), "conditions:tissue-heart-valve", "tissue heart valve",
         "Do you have tissue heart valve?"),
        ("", _any("foods", "cheese"), "foods:cheese", "cheese", "Do you eat or drink cheese?"),
        ("", _any("medicines", "blood-thinner", word="include_unnamed"), "", "", ""),
        ("Can I take D3 with blood thinners?", _any("medicines", "blood-thinner", word="include_unnamed"),
         "medicines:blood-thinner:unnamed", "blood thinner",
         "Do you take a blood thinner of any kind (warfarin, apixaban, rivaroxaban, aspirin, clopidogrel, heparin shots)?"),
        ("", _any("medicines", "enoxaparin", word="include_none"), "medicines:enoxaparin", "enoxaparin", "Do you take enoxaparin?"),
        ("", _any("conditions", "kidney-stones"), "conditions:kidney-stones", "kidney stones", "Have you ever had a kidney stone?"),
        ("", _any("foods", "natto"), "foods:natto", "natto", "Do you eat natto (Japanese fermented soybeans)?"),
    ],
)  # fmt: skip
def test_the_words_of_a_question(
    ask: Callable[..., list[Question]], lines: str, row: Row, fact: str, label: str, text: str
) -> None:
    """Each fact is asked for by name, so that the answer settles it: whether it is new is no question of how much."""
    row = _above("age", 50.0) if row.fact == "age" else row
    assert ask(lines, _rule("a", row)) == ([Question(fact, label, text, ("a",))] if fact else [])


def test_graver_questions_come_first_then_those_that_settle_more(ask: Callable[..., list[Question]]) -> None:
    """By what the gravest rule asks for, then by the number of rules, then by name; rules of a question likewise."""
    found = ask(
        "MK-7 100 mcg daily",
        _rule("a", TAKEN, _any("foods", "natto")),
        _rule("b", TAKEN, _any("foods", "natto"), action="ask-soon"),
        _rule("c", TAKEN, _any("foods", "dairy")),
        _rule("d", TAKEN, _any("foods", "dairy", "eggs")),
        _rule("e", TAKEN, _is("pregnant")),
        _rule("f", TAKEN, _any("medicines", "apixaban"), action="call-first"),
        _rule("g", _is("vitamin_d.taken"), _any("foods", "oily-fish"), action="call-first"),
        _rule("h", TAKEN, _above("lab.inr", 3.0)),
    )
    assert [(question.fact, question.could_change) for question in found] == [
        ("medicines:apixaban", ("f",)),
        ("foods:natto", ("b", "a")),
        ("foods:dairy", ("c", "d")),
        ("foods:eggs", ("d",)),
        ("lab.inr", ("h",)),
        ("pregnant", ("e",)),
    ]


def test_what_silences_a_raised_rule_is_asked(ask: Callable[..., list[Question]]) -> None:
    """A rule that speaks asks for the exception that would silence it, and no further once one is known not to hold."""
    rule = _rule("a", TAKEN, unless=(_any("foods", "natto"),))
    assert [question.fact for question in ask("MK-7 100 mcg daily", rule)] == ["foods:natto"]
    assert ask("MK-7 100 mcg daily; no other foods", rule) == []
    assert ask("MK-7 100 mcg daily; natto", rule) == []
    assert ask("calcium 600 mg daily", rule) == []


@pytest.mark.parametrize(
    "lines, row, fact",
    [
        ("MK-7 100 mcg daily", _is("sex", "female"), "sex"),
        ("MK-7 100 mcg daily", _is("sex", "male"), "sex"),
        ("MK-7 100 mcg daily", _is("pregnant"), "pregnant"),
        ("MK-7 100 mcg daily", _is("lactating", False), "lactating"),
        ("MK-7 100 mcg daily", _any("medicines", "apixaban"), "medicines:apixaban"),
        ("MK-7 100 mcg daily", _any("medicines", "warfarin", word="include_none"), "medicines:warfarin"),
        (
            "MK-7 100 mcg daily; Can I take D3 with blood thinners?",
            _any("medicines", "blood-thinner", word="include_unnamed"),
            "medicines:blood-thinner:unnamed",
        ),
        ("MK-7 100 mcg daily; calcium 400-600 mg daily", _above("calcium.daily", 500.0), "calcium.daily"),
    ],
)
def test_either_answer_counts(ask: Callable[..., list[Question]], lines: str, row: Row, fact: str) -> None:
    """A fact is asked for when only yes could change something, and when only no could."""
    when_yes = _rule("yes", TAKEN, unless=(row,))
    when_no = _rule("no", TAKEN, row, _any("foods", "natto"))
    assert {question.fact: question.could_change for question in ask(lines, when_yes, when_no)}[fact] == ("no", "yes")


@pytest.mark.parametrize(
    "low, high, asked",
    [
        (("at_least", 500.0), ("at_most", 500.0), True),  # exactly there
        (("above", 500.0), ("below", 501.0), True),  # just above
        (("above", 599.0), ("at_most", 700.0), True),
        (("at_least", 400.0), ("below", 400.5), True),
        (("at_least", 300.0), ("below", 400.5), True),
        (("above", 600.0), ("at_most", 700.0), False),
        (("above", 300.0), ("below", 400.0), False),
    ],
)
def test_an_amount_is_asked_where_one_within_its_range_matters(
    ask: Callable[..., list[Question]], low: tuple[str, float], high: tuple[str, float], asked: bool
) -> None:
    """Between 400 and 600 mg, what only 500, or only what lies between two numbers, would silence."""
    row = Row("calcium.daily", tuple(Comparison(word, str(number), number) for word, number in (low, high)))
    rule = _rule("a", _is("calcium.taken"), unless=(row,))
    assert [question.fact for question in ask("calcium 400-600 mg daily", rule)] == ["calcium.daily"] * asked


def test_an_amount_above_nothing_is_asked(ask: Callable[..., list[Question]]) -> None:
    """More than none is an answer, too."""
    rule = _rule("a", _is("calcium.taken"), unless=(_above("calcium.daily", 0.0),))
    assert [question.fact for question in ask("calcium as needed", rule)] == ["line 1"]


LIMITS = tuple(
    Limit((Row("age", tuple(Comparison(word, f"{years} years", years) for word, years in tests)),), f"{mcg} mcg", mcg)
    for tests, mcg in (
        ((("below", 1.0),), 25.0),
        ((("at_least", 1.0), ("below", 9.0)), 100.0),
        ((("at_least", 9.0),), 25.0),
    )
)


@pytest.mark.parametrize(
    "lines, more, asked",
    [
        ("vitamin D3 60 mcg daily", (), ["age"]),
        ("vitamin D3 60 mcg daily", (_any("foods", "natto"),), ["age", "foods:natto"]),
        ("vitamin D3 20 mcg daily", (), []),
        ("vitamin D3 110 mcg daily", (), []),
        ("vitamin D3 20-30 mcg daily; age 5", (), []),
        ("vitamin D3 20-30 mcg daily; age 30", (), ["vitamin_d.daily"]),
        ("vitamin D3 20-30 mcg daily; age 30", (_any("foods", "natto"),), ["foods:natto", "vitamin_d.daily"]),
    ],
)
def test_the_age_is_asked_where_some_age_has_another_limit(
    ask: Callable[..., list[Question]], lines: str, more: tuple[Row, ...], asked: list[str]
) -> None:
    """Also where the limit in question is one for the ages in the middle, and the amount where a limit lies within it."""
    rule = _rule("a", Row("vitamin_d.daily", (Comparison("above", "limit"),)), *more, limits=LIMITS)
    assert [question.fact for question in ask(lines, rule)] == asked


def test_an_amount_is_asked_where_one_above_the_limit_silences(ask: Callable[..., list[Question]]) -> None:
    """Between a limit and a number, in an exception: neither end of the range lies there."""
    within = (Comparison("above", "limit"), Comparison("below", "120 mcg", 120.0))
    rule = _rule("a", _is("vitamin_d.taken"), unless=(Row("vitamin_d.daily", within),), limits=LIMITS)
    assert [question.fact for question in ask("vitamin D3 90-130 mcg daily; age 5", rule)] == ["vitamin_d.daily"]
    assert ask("vitamin D3 90-100 mcg daily; age 5", rule) == []


def test_one_answer_speaks_for_the_classes_above_and_below(ask: Callable[..., list[Question]]) -> None:
    """Yes to warfarin is yes to every blood thinner's class; no to the class is no to warfarin."""
    only_yes = [_rule(f"yes-{id}", TAKEN, unless=(_any("medicines", id),)) for id in ("blood-thinner", "warfarin")]
    only_no = [
        _rule(f"no-{id}", TAKEN, _any("medicines", id), _any("foods", "natto")) for id in ("blood-thinner", "warfarin")
    ]
    found = {question.fact: question.could_change for question in ask("MK-7 100 mcg daily", *only_yes, *only_no)}
    assert found["medicines:warfarin"] == ("no-warfarin", "yes-blood-thinner", "yes-warfarin")
    assert found["medicines:blood-thinner"] == ("no-blood-thinner", "no-warfarin", "yes-blood-thinner")


def _pair(fact: str, first: tuple[str, ...], second: str) -> Row:
    return Row(fact, (Comparison("include_any", first), Comparison("include_also", (second,))))


def test_a_medicine_is_left_to_its_class_where_rules_want_it_beside_another(ask: Callable[..., list[Question]]) -> None:
    """Also where both settle the same rules; one that a rule names by itself is asked about beside its class."""
    beside = _rule("a", _pair("medicines", ("active-vitamin-d", "calcitriol"), "cardiac-glycoside"))
    assert [question.fact for question in ask("digoxin", beside)] == ["medicines:active-vitamin-d"]
    by_itself = [_rule(id, _any("medicines", id)) for id in ("active-vitamin-d", "calcitriol")]
    found = {question.fact: question.could_change for question in ask("", *by_itself)}
    assert found["medicines:calcitriol"] == found["medicines:active-vitamin-d"] == ("active-vitamin-d", "calcitriol")


def test_of_each_pair_the_first_is_asked_for(ask: Callable[..., list[Question]]) -> None:
    """Of two medicines or two foods in one rule, of medicines before foods; what a rule wants beside nothing is first."""
    foods = _pair("foods", ("natto",), "cheese")
    both = _rule("a", _pair("medicines", ("warfarin",), "antibiotic"), foods)
    assert [question.fact for question in ask("", both)] == ["medicines:warfarin"]
    assert [question.fact for question in ask("", _rule("a", foods))] == ["foods:natto"]
    alone = _rule("a", _any("medicines", "antibiotic", word="include_also"))
    assert [question.fact for question in ask("", alone)] == ["medicines:antibiotic"]


def test_of_values_that_do_not_agree_the_right_one_is_asked_for(ask: Callable[..., list[Question]]) -> None:
    """With both, in place of the question for a last value; a test without a value is asked for as ever."""
    found = ask("eGFR 25; eGFR 80", _rule("a", _above("lab.egfr", 50.0)), _rule("b", _above("lab.inr", 3.0)))
    assert [(question.fact, question.text.partition(". ")[0]) for question in found] == [
        ("lab.egfr", "kidney function (eGFR): values that do not agree: "
         '25 mL/min/1.73m2 ("eGFR 25") and 80 mL/min/1.73m2 ("eGFR 80")'),
        ("lab.inr", "What was your last INR, and when?"),
    ]  # fmt: skip


# --- which line is asked about, and how


def _item(substance: str, is_taken: bool = True) -> Item:
    amount = Amount(Decimal(1), Decimal(1), "mg")
    return Item("", substance, amount, schedule=Schedule((Decimal(1), Decimal(2))), is_taken=is_taken)


@pytest.mark.parametrize(
    "reading, row, text",
    [
        (Reading(" Osteo Max ", "ask", unread=("Osteo", "Max")), TAKEN,
         '"Osteo Max": what is it? What does its label say is in it?'),
        (Reading("D3 Osteo 5 Max", "ask", (_item("vitamin-d3"),), unread=("Osteo", "5", "Max")), TAKEN,
         '"D3 Osteo 5 Max": what is "Osteo", "Max"? What does its label say is in it?'),
        (Reading("K2?", "ask", doubted=("vitamin-k2",)), TAKEN, '"K2?": do you take vitamin K2 yourself, now?'),
        (Reading("K2?", "ask", doubted=("vitamin-k2", "kidney-stones", "warfarin")), TAKEN,
         '"K2?": do you take vitamin K2 and warfarin yourself, now?'),
        (Reading("stones?", "ask", doubted=("kidney-stones", "natto")), _any("foods", "natto"),
         '"stones?": is kidney stones and natto true of you now?'),
        (Reading("D3, no more K2", "accept", (_item("vitamin-d3"),), stopped=("vitamin-k2",)), _above("vitamin_d.daily", 1500.0),
         '"D3, no more K2": when was it stopped, and for good?'),
        (Reading("K2", "ask", (_item("vitamin-k2", False),)), TAKEN, '"K2": do you take vitamin K2 now, or did you stop?'),
        (Reading("multi", "accept", (_item("multivitamin"),)), TAKEN,
         '"multi": which vitamins and minerals does the label list, and how much of each?'),
        (Reading("thinner", "accept", (_item("blood-thinner"),)), _any("medicines", "warfarin"),
         '"thinner": what is the name of the medicine?'),
        (Reading("K2", "accept", (_item("vitamin-k2"),)), _is("vitamin_k2_mk7.taken"),
         '"K2": which kind does the label name, vitamin K2 (MK-4) or vitamin K2 (MK-7)?'),
        (Reading("D3, K2", "accept", (_item("vitamin-d3"), _item("vitamin-k2"))), _is("vitamin_k2_mk7.taken"),
         '"D3, K2": which kind does the label name, vitamin K2 (MK-4) or vitamin K2 (MK-7)?'),
        (Reading("K2", "ask", (_item("vitamin-k2"),), questions=("how much?",)), _is("vitamin_k2_mk7.taken"),
         '"K2": how much?'),
        (Reading("D3", "ask", (_item("vitamin-d3"),), questions=("how much?", "how often?")), _above("vitamin_d.daily", 1500.0),
         '"D3": how much?; how often?'),
        (Reading("D3", "accept", (_item("vitamin-d3"),), questions=("how much?",)), _above("vitamin_d.daily", 1500.0), ""),
        (Reading("D3", "ask", (_item("vitamin-d3"),)), _above("vitamin_d.daily", 1500.0), ""),
    ],
)  # fmt: skip
def test_the_line_that_leaves_it_open_is_asked_about(
    ask: Callable[..., list[Question]], reading: Reading, row: Row, text: str
) -> None:
    """In its own words, for what it leaves open; where it leaves nothing open, the fact itself is asked for."""
    regimen = Regimen((Reading("", "ignore"), reading), closed=Closed(medicines=True))
    (found,) = ask(regimen, _rule("a", row))
    if text:
        assert (found.fact, found.label, found.text) == ("line 2", "line 2", text)
    else:
        assert not found.fact.startswith("line")


def test_a_blood_value_in_doubt_is_asked_for_with_the_reason(ask: Callable[..., list[Question]]) -> None:
    """In which unit it is, or which test: in the words of the line that leaves it open."""
    reading = Reading("Ca 2.7", "ask", doubted=("calcium-blood",), reason="the unit is missing")
    (found,) = ask(Regimen((reading,)), _rule("a", _above("lab.calcium_blood", 10.4)))
    assert found.fact == "lab.calcium_blood"
    assert found.text == '"Ca 2.7": what was your last blood calcium, with its unit, and when? (the unit is missing)'


UNREAD = Reading("OsteoMax", "ask", unread=("OsteoMax",))


@pytest.mark.parametrize(
    "row, closed, fact",
    [
        (TAKEN, Closed(), "line 1"),
        (_is("vitamin_k.new"), Closed(), "line 1"),
        (_is("vitamin_d.new"), Closed(), "vitamin_d.new"),  # it is known to be taken
        (_above("age", 50.0), Closed(), "age"),
        (_is("sex", "female"), Closed(), "sex"),
        (_is("lactating"), Closed(), "lactating"),
        (_above("lab.inr", 3.0), Closed(), "lab.inr"),
        (_is("lab.inr_said"), Closed(), "line 1"),
        (_any("medicines", "warfarin"), Closed(), "medicines:warfarin"),
        (_any("medicines", "warfarin"), Closed(medicines=True), "line 1"),
        (_any("medicines", "warfarin"), Closed(conditions=True, foods=True), "medicines:warfarin"),
        (_any("medicines", "blood-thinner", word="include_unnamed"), Closed(), "line 1"),
        (_any("conditions", "kidney-stones"), Closed(), "conditions:kidney-stones"),
        (_any("foods", "natto"), Closed(foods=True), "line 1"),
    ],
)
def test_what_a_line_cannot_tell_better_is_asked_of_the_person(
    ask: Callable[..., list[Question]], row: Row, closed: Closed, fact: str
) -> None:
    """Beside an unknown product: the person's own facts, lab values and open lists are asked for, the rest is the line's."""
    new = Reading("D3", "accept", (_item("vitamin-d3"),))
    (found,) = ask(Regimen((UNREAD, new), closed=closed), _rule("a", row))
    assert found.fact == fact


def test_every_unclear_line_is_asked_about_once(ask: Callable[..., list[Question]]) -> None:
    """Two lines that leave the same facts open are two questions, each with every rule that it could settle."""
    rules = [_rule(fact, _above(f"calcium.{fact}", 500.0)) for fact in ("daily", "each_time")]
    found = ask("calcium; calcium carbonate daily", *rules)
    assert [(question.fact, question.could_change) for question in found] == [
        ("line 1", ("daily", "each_time")),
        ("line 2", ("daily", "each_time")),
    ]


@pytest.mark.parametrize("second", ["cardiac-glycoside", "thiazide-diuretic", "antibiotic", "rifamycin"])
def test_the_second_medicine_of_a_pair_is_not_asked_for_before_the_first(
    check: Callable[..., Report], second: str
) -> None:
    """Who takes neither a prescription vitamin D form nor warfarin need not say whether they take digoxin."""
    asked = _asked(check("zinc 10 mg daily"))
    assert {"medicines:active-vitamin-d", "medicines:vitamin-k-antagonist"} <= {*asked}
    assert f"medicines:{second}" not in asked


@pytest.mark.parametrize(
    "first, second",
    [("calcitriol", "cardiac-glycoside"), ("calcitriol", "thiazide-diuretic"), ("warfarin", "antibiotic"),
     ("blood thinner", "antibiotic"), ("warfarin?", "antibiotic")],
)  # fmt: skip
def test_the_second_medicine_of_a_pair_is_asked_for_where_the_first_may_be_there(
    check: Callable[..., Report], first: str, second: str
) -> None:
    """Then an answer decides, or settles what the line leaves open."""
    assert f"medicines:{second}" in _asked(check(f"zinc 10 mg daily; {first}"))


def test_a_stopped_medicine_is_asked_about_as_such(check: Callable[..., Report]) -> None:
    """Not whether it is taken: that it was stopped has been said, and when leaves the rule open."""
    closed = "no other medicines; no other conditions; no other foods"
    (first, *others) = check(f"MK-7 100 mcg daily; stopped warfarin; {closed}").questions
    assert (first.fact, first.text) == ("line 2", '"stopped warfarin": when was it stopped, and for good?')
    assert all(not question.fact.startswith("medicines:") for question in others)
    asked = _asked(check("MK-7 100 mcg daily; stopped apixaban"))
    assert {"line 2", "medicines:vitamin-k-antagonist"} <= {*asked}


def test_a_medicine_that_was_just_stopped_is_asked_about_by_its_day(ask: Callable[..., list[Question]]) -> None:
    """In the line that says so, for a rule about its class; not one that was stopped long ago, or is none of the class."""
    days = {"calcitriol": date(2026, 11, 20), "warfarin": date(2026, 11, 20), "apixaban": date(2026, 1, 20)}
    readings = tuple(Reading(id, "accept", (_item(id)._replace(stopped=day),)) for id, day in days.items())
    regimen = Regimen(readings, closed=Closed(medicines=True), as_of=date(2026, 11, 21))
    rule = _rule("a", _any("medicines", "blood-thinner"))
    text = '"warfarin": it was stopped on 20 Nov 2026. Could it still act?'
    assert ask(regimen, rule) == [Question("line 2", "line 2", text, ("a",))]
    asked = [question.fact for question in ask(regimen._replace(closed=Closed()), rule)]
    assert asked == ["line 2", "medicines:blood-thinner"]
