"""The report as the response of a CDS Hooks service: a card a finding, and what is open never an empty list.

What could not be told comes as at most two cards, the grave rules apart from the others: one card a rule would be
forty for a person of whom little is known, and nobody reads forty. Every rule of them is named in its card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

from dosenote.errors import printable
from dosenote.render.json import dumps, table_of
from dosenote.render.markdown import blocks, is_address, section_text
from dosenote.render.outline import (
    ACTION_WORDS,
    Entry,
    Section,
    Stated,
    asked,
    citation,
    counted,
    day,
    disagreeing,
    finding,
    folded,
    how_bad_how_sure,
    not_folded,
    not_recognised,
    sources,
    totals,
    traced,
    understood,
)
from dosenote.report import Report
from dosenote.report.model import Advisory, Undecided
from dosenote.rule import ACTIONS, Severity

#: Makes our uuids and our names unique in the world, as a domain of our own would.
NAMESPACE = UUID("fdb5bf9e-797a-4565-915e-2008f169130b")
EXTENSION = f"dosenote.card.{NAMESPACE}"
#: A summary is shorter than this.
LIMIT = 140

_Indicator = Literal["info", "warning", "critical"]
#: How bad it could be, of a rule that is raised. What to do and how sure stand in the card by themselves.
_RAISED: dict[Severity, _Indicator] = {"serious": "critical", "moderate": "warning", "minor": "info"}
_REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
_OVERRIDE = (
    (_REASONS, "cds-not-applicable", "PC CDS does not apply to patient"),
    (_REASONS, "cds-suboptimal-context", "PC CDS delivered in suboptimal context"),
    (
        _REASONS,
        "recipient-disagrees-evidence",
        "Recipient disagrees with recommendation because of issues with the evidence",
    ),
    (_REASONS, "recipient-concerns-outcomes", "Recipient has concerns about the outcomes"),
    (_REASONS, "does-not-align-preferences", "Does not align with preferences"),
    (_REASONS, "not-convenient-feasible", "Not convenient or feasible"),
    (f"urn:uuid:{NAMESPACE}", "clinician-already-knows", "My clinician already knows"),
)
_SENTENCE_END = re.compile(r"[.!?]\s+\S")


class _Card(NamedTuple):
    """A card and its place: the index of its action, and within that what is raised before what is open."""

    place: tuple[int, int]
    table: dict[str, Any]


def render(report: Report) -> str:
    """One JSON object with the cards, gravest first; the same report gives the same bytes."""
    cards = [*_cards(report)]
    return dumps({"cards": [card.table for card in sorted(cards, key=lambda card: card.place)]}, indent=2) + "\n"


def _cards(report: Report) -> Iterator[_Card]:
    after_all = len(ACTIONS)
    for advisory in report.advisories:
        if advisory.is_folded:
            yield _Card((after_all, 0), _folded(report, advisory))
        else:
            yield _Card((ACTIONS.index(advisory.action), 0), _raised(report, advisory))
    if report.not_recognised or _refused(report):
        yield _Card((0, 1), _not_checked(report))
    if report.disagreements:
        yield _Card((0, 1), _disagreeing(report))
    for are_grave in (True, False):
        rules = [rule for rule in report.undecided if (rule.severity == "serious") == are_grave]
        if rules:
            place = min(ACTIONS.index(rule.action) for rule in rules)
            yield _Card((place, 2), _undecided(report, rules, are_grave))
    yield _Card((after_all, 1), _checked(report))


# --- findings


def _raised(report: Report, advisory: Advisory) -> dict[str, Any]:
    cited: list[Stated] = []
    detail = [blocks([_headline(advisory), *finding(advisory, cited)])]
    if cited:
        detail.append(section_text(sources(cited), "###"))
    return _card(
        report, advisory.rule, summary_of(advisory), _RAISED[advisory.severity], "\n\n".join(detail),
        source=_source(report, advisory), links=_links(cited), told=_axes(advisory), overrideReasons=_override(),
    )  # fmt: skip


def _folded(report: Report, advisory: Advisory) -> dict[str, Any]:
    """In short: the person knows of it. How bad it could be stays in the detail and in the extension."""
    known = advisory.acknowledged
    words = [Entry("labelled", how_bad_how_sure(advisory), "How bad it could be: ")]
    if known:
        words.append(Entry("labelled", day(known.until), "Acknowledged by the person until: "))
    detail = blocks([_headline(advisory), *folded(advisory), *words])
    return _card(
        report, advisory.rule, summary_of(advisory), "info", detail,
        source=_source(report, advisory), links=[], told=_axes(advisory), overrideReasons=_override(),
    )  # fmt: skip


def _headline(advisory: Advisory) -> Entry:
    return Entry("paragraph", advisory.title, f"{ACTION_WORDS[advisory.action]}: ")


def summary_of(advisory: Advisory) -> str:
    """One sentence shorter than 140 characters: the summary, else the title; it is never cut."""
    for text in (advisory.summary, advisory.title):
        words = _one_line(text)
        if words and len(words) < LIMIT and not _SENTENCE_END.search(words):
            return words
    return "A finding whose words are too long for this line: its details say which."


def _axes(advisory: Advisory) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rule": advisory.rule,
        "answer": "raised",
        "severity": advisory.severity,
        "action": advisory.action,
        "certainty": advisory.certainty,
        "certaintyBecause": advisory.certainty_because,
        "topics": list(advisory.topics),
        "reviewed": advisory.reviewed,
    }
    return told | ({"acknowledged": table_of(advisory.acknowledged)} if advisory.acknowledged else {})


def _source(report: Report, advisory: Advisory) -> dict[str, Any]:
    """The primary source: the first that speaks for the finding."""
    first = sorted(advisory.evidence, key=lambda evidence: evidence.direction != "for")[:1]
    if not first:
        return _our_rules(report)
    source: dict[str, Any] = {"label": _one_line(citation(first[0]))}
    if first[0].link.startswith("https://doi.org/") and is_address(first[0].link):
        source["url"] = first[0].link  # a DOI is the source itself; any other address may be a place within it
    if advisory.topics:
        source["topic"] = {"system": f"urn:uuid:{NAMESPACE}", "code": advisory.topics[0]}
    return source


def _links(cited: Iterable[Stated]) -> list[dict[str, str]]:
    return [
        {"label": _one_line(citation(source)), "url": source.link, "type": "absolute"}
        for source in cited
        if is_address(source.link)
    ]


def _override() -> list[dict[str, str]]:
    return [{"system": system, "code": code, "display": display} for system, code, display in _OVERRIDE]


# --- what is open, and what was looked at


def _refused(report: Report) -> list[Entry]:
    return [Entry("bullet", f'"{line.text}": {line.reason}.') for line in report.regimen if line.outcome == "refuse"]


def _not_checked(report: Report) -> dict[str, Any]:
    refused, unread = _refused(report), report.not_recognised
    count = len(unread) + len(refused)
    what = "not recognised" if not refused else "refused" if not unread else "not recognised or refused"
    summary = f"{count} {'entry was' if count == 1 else 'entries were'} {what}, so not checked: that is no clearance."
    detail = [blocks(not_recognised(report).entries)] if unread else []
    detail += ["Refused:", blocks(refused)] if refused else []
    told = {"answer": "not-recognised", "notRecognised": table_of(unread)}
    return _card(report, "check:not-recognised", summary, "warning", "\n\n".join(detail), told=told)


def _disagreeing(report: Report) -> dict[str, Any]:
    count = len(report.disagreements)
    tests = "blood test has" if count == 1 else "blood tests have"
    summary = f"{count} {tests} values that do not agree: which of them counts has to be told."
    told = {"answer": "disagreeing", "disagreements": table_of(report.disagreements)}
    return _card(report, "check:values", summary, "warning", blocks(disagreeing(report).entries), told=told)


def _undecided(report: Report, rules: Sequence[Undecided], are_grave: bool) -> dict[str, Any]:
    count = len(rules)
    which = "about serious harm" if are_grave else "about less serious harm"
    summary = f"{count} {'rule' if count == 1 else 'rules'} {which} could not be told: answers are missing."
    grave = {rule.rule for rule in report.undecided if rule.severity == "serious"}
    is_only_card = count == len(report.undecided)
    questions = [one for one in report.questions if is_only_card or bool(grave & {*one.could_change}) == are_grave]
    named = [
        Entry(
            "bullet",
            f"{rule.title} ({rule.severity}; rule {rule.rule}). Missing: {'; '.join(rule.missing_words)}.",
            f"{ACTION_WORDS[rule.action]}: ",
        )
        for rule in rules
    ]
    detail = [
        "Whether these apply is not known. Do not read this as clear.",
        blocks(asked(questions if are_grave else [], [] if are_grave else questions)),
        section_text(Section("RULES THAT COULD NOT BE TOLD", tuple(named)), "###"),
    ]
    told = {"answer": "cannot-tell", "undecided": table_of(tuple(rules))}
    key = "check:cannot-tell:serious" if are_grave else "check:cannot-tell"
    return _card(
        report,
        key,
        summary,
        "warning" if are_grave else "info",
        "\n\n".join(part for part in detail if part),
        told=told,
    )


def _checked(report: Report) -> dict[str, Any]:
    """How much was looked at: the card that is always there, so that nothing raised is never an empty list."""
    found, counts = report.coverage, report.counts
    raised = "no rule raised a flag" if report.nothing_raised else f"{counts.raised} raised"
    items = "item" if found.items == 1 else "items"
    summary = (
        f"Checked {found.recognised} of {found.items} {items}: {raised}, {counts.undecided} could not be told; "
        "this is no clearance."
    )
    first = (words for words in (report.nothing_raised, found.words) if words)
    unused = (Entry("bullet", f"{unused.rule}: {not_folded(unused)}") for unused in report.unused_acknowledgements)
    cited: list[Stated] = []
    last = [Entry("paragraph", words) for words in (counted(report), report.disclaimer)]
    parts = (
        Section("", tuple(Entry("paragraph", words) for words in first)),
        understood(report),
        totals(report, cited),
        sources(cited),
        Section("NOT FOLDED", tuple(unused)),
        traced(report),
        Section("THE RULES", (*last, Entry("labelled", report.next_step, "NEXT: "))),
    )
    detail = "\n\n".join(section_text(section, "###") for section in parts if section.entries)
    told = {"answer": "checked", "counts": table_of(counts), "coverage": table_of(found)}
    return _card(report, "check:coverage", summary, "info", detail, told=told)


# --- cards


def _card(
    report: Report, key: str, summary: str, indicator: _Indicator, detail: str, *, told: dict[str, Any],
    source: dict[str, Any] | None = None, links: list[dict[str, str]] | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    card = {
        "uuid": str(uuid5(NAMESPACE, f"{report.rules.sha256} {key} {_entered(report)}")),
        "summary": summary,
        "indicator": indicator,
        "detail": detail,
        "source": source or _our_rules(report),
        **more,
        "extension": {
            EXTENSION: {
                "rules": table_of(report.rules),
                "jurisdiction": report.jurisdiction,
                "asOf": report.as_of,
                **told,
            }
        },
    }
    return card | ({"links": links} if links else {})


def _entered(report: Report) -> str:
    """A digest of what was entered, without the day: a card keeps its uuid for as long as its rule and the lines do."""
    entered = table_of((report.jurisdiction, report.regimen, report.person))
    return sha256(dumps(entered).encode()).hexdigest()


def _our_rules(report: Report) -> dict[str, Any]:
    """Behind a card that is about the check itself stands the rule set."""
    return {"label": f"dosenote rule set {_one_line(report.rules.version)}; each rule names its own sources"}


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
