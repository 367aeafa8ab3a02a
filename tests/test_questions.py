"""What is asked: only what can change the answer, the gravest first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dosenote.report import Report
from dosenote.rule import ACTIONS


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
