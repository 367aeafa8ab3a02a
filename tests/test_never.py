"""What this tool must never do: each line of the list is a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from dosenote.lint.texts import BANNED
from dosenote.render.text import render
from dosenote.report import Report
from dosenote.rule import Rule
from dosenote.ruleset import RuleSet, load

RULES = load().rules
REGIMENS = (
    "Vitamin D3 5000 IU daily; MK-7 100 mcg daily; warfarin; age 67",
    "vitamin D3 12000 IU daily; calcium 2600 mg daily; digoxin; hydrochlorothiazide; kidney stones; age 71",
    "vitamin K2 45 mg daily; blood thinner; natto; pregnant; age 30",
    "calcitriol 0.25 mcg daily; vitamin D3 1000 IU daily; calcium 600 mg daily; kidney disease; eGFR 20; blood calcium 11 mg/dL",
    "vitamin D3 1000 IU daily; MK-7 100 mcg daily; age 40; no other medicines; no other conditions; no other foods",
    "OsteoMax; warfrin",
)


def _patient_texts(rule: Rule) -> Iterator[str]:
    yield from (rule.title, rule.summary, rule.why, rule.talk, *rule.ask)


@pytest.mark.parametrize("lines", REGIMENS)
def test_nothing_is_ever_called_safe(check: Callable[..., Report], lines: str) -> None:
    """The word stands only where it is denied: "that does not mean that this mix is safe for you"."""
    printed = render(check(lines, explain=True), 10_000).lower()
    denied = "that does not mean that this mix is safe for you"
    evidence = re.sub(r"\n  (for|against|says something else): .*", "", printed)  # a source's own verdict may be told
    assert not re.search(r"\bsafe(ly|r|st)?\b", evidence.replace(denied, ""))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_tells_a_person_what_to_swallow(rule: Rule) -> None:
    """Talk verbs only: no order to take, stop, raise or lower anything, and no dose."""
    for text in _patient_texts(rule):
        assert not any(re.search(rf"\b{phrase}\b", text, re.IGNORECASE) for phrase in BANNED)
        assert not re.search(r"(?:^|[.!?]\s+)(?:Take|Stop|Increase|Reduce|Lower|Raise|Double|Halve)\b", text)
        assert not re.search(r"\b\d[\d,.]*\s*(?:IU|mcg|mg|tablets?|capsules?)\b", text)


def test_severity_and_certainty_are_never_one_number(check: Callable[..., Report]) -> None:
    """Three words beside one another, and no score anywhere in a finding."""
    for advisory in check(REGIMENS[0]).advisories:
        assert all(isinstance(word, str) for word in (advisory.severity, advisory.action, advisory.certainty))
        assert not any(isinstance(value, (int, float)) for value in advisory)


def test_no_two_authorities_are_averaged(ruleset: RuleSet) -> None:
    """A rule that repeats one authority's limit says whose; one jurisdiction never sees another's."""
    limits = [rule for rule in ruleset.rules if rule.jurisdiction]
    assert {rule.jurisdiction for rule in limits} == {"us", "eu", "uk", "jp"}
    for jurisdiction in ("us", "eu", "uk", "jp"):
        assert {rule.jurisdiction for rule in ruleset.for_jurisdiction(jurisdiction)} == {None, jurisdiction}


@pytest.mark.parametrize("line", ["calcitriol 0.25 mcg daily", "alfacalcidol 1 mcg daily", "calcifediol 30 mcg daily"])
def test_prescription_forms_are_never_converted(check: Callable[..., Report], line: str) -> None:
    """No IU appears for them anywhere."""
    assert " IU" not in render(check(line, explain=False)).split("SOURCES")[0].split("COULD NOT TELL")[0]


@pytest.mark.parametrize("milligrams, micrograms", [("45 mg", "45 mcg"), ("1 mg", "1 mcg")])
def test_mg_is_never_read_as_mcg(check: Callable[..., Report], milligrams: str, micrograms: str) -> None:
    """A thousand apart."""
    high, low = (check(f"MK-7 {amount} daily").totals[0].daily.low for amount in (milligrams, micrograms))
    assert high == 1000 * low


def test_unknown_is_shown(check: Callable[..., Report]) -> None:
    """Unrecognised, unread and undecided are on the page, with numbers that add up."""
    printed = render(check("OsteoMax; vitamin D3 5000 IU"))
    for heading in ("NOT RECOGNISED, SO NOT CHECKED", "COULD NOT TELL", "not understood"):
        assert heading in printed
