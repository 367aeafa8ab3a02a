"""Parts of a report, one finding at a time: why, for and against, sources, what would change it."""

from __future__ import annotations

from dosenote.render.outline import ACTION_WORDS, DIRECTION_WORDS, day, for_any, hidden_if
from dosenote.render.text import Page
from dosenote.report import Report
from dosenote.report.model import Advisory


def summary(page: Page, report: Report) -> None:
    """A line for each finding, by its number, and what is open."""
    found = len(report.advisories)
    page.put(
        f"{found} {'finding' if found == 1 else 'findings'}, {len(report.undecided)} could not be told, "
        f"{len(report.not_recognised)} not recognised.",
        0,
    )
    for number, advisory in enumerate(report.advisories, 1):
        one = advisory.acknowledged
        known = f" (acknowledged until {day(one.until)}{for_any(one)})" if one else ""
        page.put(f"{advisory.title}{known}", hang=4, label=f"{number:>2}. {ACTION_WORDS[advisory.action]}: ")
    for item in report.not_recognised:
        page.put(f'"{item.text}"', label="not recognised: ")
    for unused in report.unused_acknowledgements:
        page.put(f"{unused.rule}: {unused.reason}", hang=4, label="acknowledged, but not folded: ")
    if not report.advisories:
        page.put(report.nothing_raised)


def why(page: Page, advisory: Advisory) -> None:
    """The rows of the rule as they stood, what it means and whom to talk to."""
    page.put(advisory.summary)
    page.put(" AND ".join(because.words for because in advisory.because), hang=2, label="Raised because ")
    page.put("Would not be raised if any one of these were different.")
    for words in hidden_if(advisory):
        page.put(f"{words}.", hang=2)
    page.put(advisory.why)
    page.put(advisory.talk, hang=2, label="What to do: ")
    for question in advisory.ask:
        page.put(question, hang=2, label="Ask: ")


def both_sides(page: Page, advisory: Advisory) -> None:
    """All of the evidence, on every side, and how sure it makes us."""
    for direction, label in DIRECTION_WORDS.items():
        told = [evidence for evidence in advisory.evidence if evidence.direction == direction]
        for evidence in told:
            page.put(f"{evidence.says} ({evidence.source}, {evidence.locator})", hang=2, label=f"{label}: ")
        if not told:
            page.put("nothing in the rule set", label=f"{label}: ")
    sure = advisory.certainty.replace("-", " ")
    page.put(f"{sure} ({advisory.certainty_because}).", hang=2, label="How sure: ")
    page.put(f"{advisory.severity}.", label="How bad it could be: ")


def sources(page: Page, advisory: Advisory) -> None:
    """Who says it, where, and what is wrong with the source."""
    seen: set[str] = set()
    for evidence in advisory.evidence:
        if evidence.source in seen:
            continue
        seen.add(evidence.source)
        year = f" ({evidence.year})" if evidence.year else ""
        by = f"{evidence.by}{year}. " if evidence.by or year else ""
        page.put(f"{by}{evidence.title}. {evidence.locator}.", hang=4, label="- ")
        if evidence.link:
            page.put(evidence.link, indent=6)
        if evidence.problem:
            page.put(evidence.problem, indent=6, label="Note: ")
    page.put(f"The rule was compared with its sources on {day(advisory.reviewed)}.")


def changes(page: Page, advisory: Advisory) -> None:
    """At what amount, and with what answer, the finding would come or go."""
    for change in advisory.changes_at:
        page.put(f"{change.words}. That is how the rule works, not a dose to take.", hang=2)
    for words in hidden_if(advisory):
        page.put(f"{words}.", hang=2)
    if not advisory.changes_at and not advisory.unless:
        page.put("No amount changes it: it holds for as long as what it was raised by is so.")
