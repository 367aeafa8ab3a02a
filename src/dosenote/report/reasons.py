"""What became of every rule for one person, and why, in a plain sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dosenote.engine import Finding, evaluate
from dosenote.facts import LISTS, facts_of
from dosenote.regimen import Regimen
from dosenote.report.rows import because
from dosenote.report.words import Checked, members_truth, row_limit
from dosenote.rule import Action, Answer, Row, Rule
from dosenote.ruleset import RuleSet

_VERBS = {"medicines": "take", "conditions": "have", "foods": "eat or drink"}
_ARE = {"pregnant": "pregnant", "lactating": "breastfeeding"}
#: What is not known, by the last part of a fact; {} is what the fact is of.
_WHETHER = {
    "taken": "whether you take {}", "stopped": "whether you stopped {}", "new": "since when you take {}",
    "with_food": "whether you take {} with a meal", "more_often_than_usual": "how often you take {}",
    "daily": "how much {} you take a day", "each_time": "how much {} you take at one time",
    "spaced_dose": "how much {} you take at one time",
}  # fmt: skip
_NOT_SO = {
    "taken": "{} is not on your list",
    "more_often_than_usual": "no {} on your list is taken too often",
    "stopped": "no {} that was stopped is on your list",
}


class Reason(NamedTuple):
    """One rule, what became of it, and why: what speaks for it, what is not known, or what keeps it away."""

    title: str
    action: Action
    outcome: Answer
    words: str


def reasons(regimen: Regimen, ruleset: RuleSet, jurisdiction: str) -> tuple[Reason, ...]:
    """Every rule of a jurisdiction, the gravest first. Raises DosenoteError where the person contradicts themselves."""
    facts = facts_of(regimen, ruleset.vocabulary)
    checked = Checked(regimen, facts, dict(ruleset.facts), ruleset.vocabulary)
    findings = sorted(evaluate(ruleset.for_jurisdiction(jurisdiction), facts), key=lambda one: one.rule.gravity)
    return tuple(Reason(one.rule.title, one.rule.action, one.answer, _words(one, checked)) for one in findings)


def _words(finding: Finding, checked: Checked) -> str:
    rule = finding.rule
    when, unless = list(zip(rule.when, finding.when, strict=True)), list(zip(rule.unless, finding.unless, strict=True))
    if finding.outcome.is_true:
        return _sentence(because(row, rule, checked).words for row in rule.when)
    if finding.outcome.is_unknown:
        rows = [row for row, truth in (*when, *unless) if truth.is_unknown]
        return f"Not known: {'; '.join(dict.fromkeys(_unknown(row, rule, checked) for row in rows))}."
    missing = next((row for row, truth in when if truth.is_false), None)
    if missing is not None:
        return _sentence([_not_so(missing, rule, checked)])
    return _sentence(because(row, rule, checked).words for row, truth in unless if truth.is_true)


def _sentence(parts: Iterable[str]) -> str:
    words = "; ".join(dict.fromkeys(parts))
    return f"{words[:1].upper()}{words[1:]}."


def _label(row: Row, checked: Checked) -> str:
    fact = checked.catalogue[row.fact]
    return checked.vocabulary[fact.entry].label if fact.entry else fact.label


def _members(row: Row, rule: Rule, checked: Checked) -> str:
    """What a row about a list still wants: of warfarin with an antibiotic, where there is warfarin, the antibiotic."""
    found = [
        (row_limit(row, test, rule, checked), members_truth(row.fact, test, checked.facts)) for test in row.comparisons
    ]
    absent = [limit for limit, truth in found if truth.is_false]
    return absent[0] if absent else ", and ".join(limit for limit, truth in found if not truth.is_true)


def _unknown(row: Row, rule: Rule, checked: Checked) -> str:
    if row.fact in LISTS:
        return f"whether you {_VERBS[row.fact]} {_members(row, rule, checked)}"
    if row.fact in _ARE:
        return f"whether you are {_ARE[row.fact]}"
    if row.fact.startswith("lab.") or not checked.catalogue[row.fact].entry:
        return f"your {_label(row, checked)}"
    return _WHETHER[row.fact.rpartition(".")[2]].format(_label(row, checked))


def _not_so(row: Row, rule: Rule, checked: Checked) -> str:
    label, measure = _label(row, checked), row.fact.rpartition(".")[2]
    if row.fact in LISTS:
        return f"you do not {_VERBS[row.fact]} {_members(row, rule, checked)}"
    if row.fact.startswith("lab.") and row.fact.endswith("_said"):
        return f"no value of your {label} was told"
    is_no = checked.facts.truths[row.fact].is_false if row.fact in checked.facts.truths else False
    if is_no and measure in _NOT_SO:
        return _NOT_SO[measure].format(label)
    if is_no and row.fact in _ARE:
        return f"you are not {_ARE[row.fact]}"
    return because(row, rule, checked).words
