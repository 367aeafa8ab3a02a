"""One rule as a page for a reader: what it watches for, what it says, and why."""

from __future__ import annotations

from dosenote.render.text import DIRECTION_WORDS, Page, day
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
        words = ", ".join(word for word in (rule.states.in_full, rule.states.by) if word)
        counts = f"; counts {rule.states.counts}" if rule.states.counts else ""
        page.put(f"states a value: {rule.states.kind}, {rule.states.name} ({words}){counts}")
    page.put(f"compared with its sources on {day(rule.reviewed.isoformat())}")
    page.heading("RAISED WHEN ALL OF THIS HOLDS")
    for row in rule.when:
        page.put(row_words(row), hang=2, label="- ")
    if rule.limits:
        page.heading("THE LIMIT")
        for limit in rule.limits:
            page.put(
                f"{'; '.join(row_words(row) for row in limit.rows) or 'everybody'}: {limit.value}",
                hang=2,
                label="- ",
            )
    if rule.unless:
        page.heading("UNLESS ANY OF THIS IS KNOWN TO HOLD")
        for row in rule.unless:
            page.put(row_words(row), hang=2, label="- ")
    page.heading("WHAT IT SAYS")
    page.put(rule.summary)
    page.put(rule.why)
    page.put(rule.talk, hang=2, label="What to do: ")
    for question in rule.ask:
        page.put(question, hang=2, label="Ask: ")
    page.put(rule.mechanism, hang=2, label="Mechanism: ")
    page.heading("EVIDENCE")
    for evidence in rule.evidence:
        source = ruleset.sources[evidence.source]
        page.put(evidence.says, hang=2, label=f"{DIRECTION_WORDS[evidence.direction]}: ")
        year = f", {source.year}" if source.year else ""
        page.put(f"{source.by or source.title}{year}; {evidence.locator} [{source.id}]", indent=4, hang=2)
        page.put(source.link, indent=4)
        if source.problem:
            page.put(source.problem, indent=4, hang=2, label="Note: ")
    if rule.none_against:
        page.put(f"Evidence against was looked for on {day(rule.none_against.isoformat())}; none was found.")
    page.heading("EXAMPLES")
    for example in rule.examples:
        page.put(f"{example.expect}: {example.regimen} ({example.name})", hang=2, label="- ")
    return page.text()


def row_words(row: Row) -> str:
    """A row as it would be read aloud: "vitamin_d.daily above limit"."""
    parts = []
    for test in row.comparisons:
        value = ", ".join(test.value) if isinstance(test.value, tuple) else str(test.value).lower()
        parts.append(f"{test.word.replace('_', ' ')} {value}")
    return f"{row.fact} {' and '.join(parts)}"
