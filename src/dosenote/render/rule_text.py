"""One rule as a page for a reader: what it watches for, what it says, and why."""

from __future__ import annotations

from dosenote.render.outline import DIRECTION_WORDS, day
from dosenote.render.rule_words import (
    condition_words,
    limit_words,
    none_against_words,
    row_words,
    source_of,
    states_words,
    text_words,
    who_and_when,
)
from dosenote.render.text import Page
from dosenote.rule import Row, Rule
from dosenote.ruleset import RuleSet


def render_rule(rule: Rule, ruleset: RuleSet, width: int) -> str:
    """The whole rule, evidence and examples included, in lines of at most `width` columns."""
    page = Page(width, False)
    page.heading(rule.title)
    page.put(f"{rule.folder}/{rule.id}")
    if rule.withdrawn:
        page.put(f"WITHDRAWN on {rule.withdrawn['date']}: {rule.withdrawn['reason']}")
    where = f"; values of {rule.jurisdiction.upper()}" if rule.jurisdiction else ""
    page.put(f"{rule.severity}; {rule.action}; certainty {rule.certainty} ({rule.certainty_because}){where}")
    if rule.states is not None:
        page.put(f"states a value: {states_words(rule)}")
    page.put(f"compared with its sources on {day(rule.reviewed.isoformat())}")
    page.heading("RAISED WHEN ALL OF THIS HOLDS")
    for row in rule.when:
        _put_row(page, row, ruleset)
    if rule.limits:
        page.heading("THE LIMIT")
        for limit in rule.limits:
            page.put(": ".join(limit_words(limit, rule, ruleset)), hang=2, label="- ")
    if rule.unless:
        page.heading("UNLESS ANY OF THIS IS KNOWN TO HOLD")
        for row in rule.unless:
            _put_row(page, row, ruleset)
    page.heading("WHAT IT SAYS")
    page.put(text_words(rule.summary, rule, ruleset))
    page.put(text_words(rule.why, rule, ruleset))
    page.put(text_words(rule.talk, rule, ruleset), hang=2, label="What to do: ")
    for question in rule.ask:
        page.put(text_words(question, rule, ruleset), hang=2, label="Ask: ")
    page.put(rule.mechanism, hang=2, label="Mechanism: ")
    page.heading("EVIDENCE")
    for evidence in rule.evidence:
        source = source_of(evidence, rule, ruleset)
        page.put(evidence.says, hang=2, label=f"{DIRECTION_WORDS[evidence.direction]}: ")
        page.put(f"{who_and_when(source)}; {evidence.locator} [{source.id}]", indent=4, hang=2)
        page.put(source.link, indent=4)
        if source.problem:
            page.put(source.problem, indent=4, hang=2, label="Note: ")
    page.put(none_against_words(rule))
    page.heading("EXAMPLES")
    for example in rule.examples:
        page.put(f"{example.expect}: {example.regimen} ({example.name})", hang=2, label="- ")
    return page.text()


def _put_row(page: Page, row: Row, ruleset: RuleSet) -> None:
    page.put(condition_words(row, ruleset), hang=2, label="- ")
    page.put(row_words(row), indent=4, hang=2, label="in the file: ")
