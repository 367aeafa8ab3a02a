"""What is asked: only what can change the answer, the gravest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.questions import Question, questions_for
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.report import Report
from dosenote.rule import ACTIONS, Action, Comparison, Limit, Row, Rule
from dosenote.ruleset import RuleSet


def _asked(report: Report) -> list[str]:
    return [question.fact for question in report.questions]


def test_the_blood_thinner_is_asked_first_for_k2(check: Callable[..., Report]) -> None:
    """The gravest outcome that an answer can reach decides the order."""
    first = check("MK-7 100 mcg daily").questions[0]
    assert first.fact in ("medicines:vitamin-k-antagonist", "medicines:blood-thinner")
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
        ("magnesium 100 mg daily", "medicines:cardiac-glycoside"),  # no rule joins the two
        ("magnesium 100 mg daily", "age"),  # no rule asks for it beside magnesium
        ("MK-7 100 mcg daily; warfarin", "medicines:vitamin-k-antagonist"),  # known already
        ("MK-7 100 mcg daily; no other medicines", "medicines:vitamin-k-antagonist"),
    ],
)
def test_what_cannot_matter_is_not_asked(check: Callable[..., Report], lines: str, not_asked: str) -> None:
    """A fact whose every answer gives the same report is not asked for."""
    assert not_asked not in _asked(check(lines))


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
         "Is your vitamin K2 new (begun within the last month, or planned), or taken for a year or longer?"),
        ("MK-7 100 mcg daily", _is("vitamin_k2.with_food"), "vitamin_k2.with_food", "vitamin K2, with a meal or not",
         "Do you take your vitamin K2 with a meal?"),
        ("calcium 400-600 mg daily", _above("calcium.each_time", 500.0), "calcium.each_time", "calcium at one time",
         "How much calcium do you take at one time, over all your products?"),
        ("calcium 400-600 mg weekly", _above("calcium.spaced_dose", 500.0), "calcium.spaced_dose",
         "calcium at one time, once a week or less often", "How much calcium do you take at one time, over all your products?"),
        ("calcium 400-600 mg daily", _above("calcium.daily", 500.0), "calcium.daily", "calcium a day",
         "How much calcium do you take a day, over all your products?"),
        ("", _any("medicines", "warfarin"), "medicines:warfarin", "warfarin", "Do you take warfarin (Coumadin, Jantoven, Marevan)?"),
        ("", _any("medicines", "apixaban"), "medicines:apixaban", "apixaban", "Do you take apixaban?"),
        ("", _any("conditions", "tissue-heart-valve"), "conditions:tissue-heart-valve", "tissue heart valve",
         "Do you have tissue heart valve?"),
        ("", _any("foods", "cheese"), "foods:cheese", "cheese", "Do you eat cheese?"),
        ("", _any("medicines", "blood-thinner", word="include_unnamed"), "", "", ""),
        ("", _any("medicines", "apixaban", word="include_none"), "medicines:apixaban", "apixaban", "Do you take apixaban?"),
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
