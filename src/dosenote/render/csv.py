"""The report as CSV: a row for each thing that it says, findings first; each row can be read without the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from dosenote.cells import inert
from dosenote.render.outline import Stated, citation, counted, hidden_if, line_words, reference_words, row_words
from dosenote.report import Report
from dosenote.report.entered import Line
from dosenote.report.model import Advisory

#: Of every row: what it is.
_KIND = ("kind", "rule", "title")
#: Of a finding, and of a rule that could not be told.
_FINDING = (
    "action", "severity", "certainty", "certainty_because", "summary", "why", "what_to_do", "because", "changes_at",
    "missing", "ask", "evidence", "sources", "reviewed", "acknowledged", "acknowledged_until",
)  # fmt: skip
#: Of what is no finding: what it says, and why or how it was read.
_WORDS = ("text", "reason")
#: Of every row: with what it was checked.
_CHECKED = ("rules_version", "rules_sha256", "jurisdiction", "as_of")
COLUMNS = (*_KIND, *_FINDING, *_WORDS, *_CHECKED)
#: Between the parts of one cell.
_AND = " | "


def render(report: Report) -> str:
    """CSV by RFC 4180, with the columns of COLUMNS. No cell is a formula: `dosenote.cells.inert` says how.

    kind: raised, nothing-raised, cannot-tell, question, not-recognised, refused, disagreeing, total, entered,
    about-you, not-folded, explained, coverage, counts, disclaimer, next-step.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    checked = {
        "rules_version": report.rules.version,
        "rules_sha256": report.rules.sha256,
        "jurisdiction": report.jurisdiction,
        "as_of": report.as_of or "",
    }
    for row in _rows(report):
        cells = {**row, **checked}
        writer.writerow([inert(cells.get(name, "")) for name in COLUMNS])
    return out.getvalue()


def _rows(report: Report) -> Iterator[Mapping[str, str]]:
    for advisory in report.advisories:
        yield _raised(advisory)
    if report.nothing_raised:
        yield {"kind": "nothing-raised", "text": report.nothing_raised}
    for piece in report.not_recognised:
        near = f"did you mean {', '.join(piece.suggestions)}?" if piece.suggestions else ""
        yield {"kind": "not-recognised", "text": piece.text, "reason": piece.reason, "ask": near}
    for line in report.regimen:
        if line.outcome == "refuse":
            yield {"kind": "refused", "text": line.text, "reason": line.reason}
    for one in report.disagreements:
        yield {"kind": "disagreeing", "title": one.title, "text": one.told}
    for rule in report.undecided:
        yield {
            "kind": "cannot-tell", "rule": rule.rule, "title": rule.title, "action": rule.action,
            "severity": rule.severity, "missing": _AND.join(rule.missing_words), "ask": _asked(report, rule.rule),
        }  # fmt: skip
    for question in report.questions:
        rules = _AND.join(question.could_change)
        yield {"kind": "question", "title": question.label, "rule": rules, "ask": question.text}
    for total in report.totals:
        values = (f"{one.value}: {reference_words(one)}" for one in total.references)
        stated = [source for one in total.references for source in one.sources]
        yield {
            "kind": "total", "title": total.label, "text": total.words, "because": _AND.join(values),
            "sources": _AND.join(dict.fromkeys(f"{_source(source)} [{source.locator}]" for source in stated)),
        }  # fmt: skip
    for line in report.regimen:
        yield {"kind": "entered", "text": line.text, "reason": _AND.join(_as_read(line))}
    if report.person:
        yield {"kind": "about-you", "text": _AND.join(report.person)}
    for unused in report.unused_acknowledgements:
        yield {"kind": "not-folded", "rule": unused.rule, "reason": unused.reason}
    for traced in report.trace or ():
        rows = [*(("when", row) for row in traced.when), *(("unless", row) for row in traced.unless)]
        words = _AND.join(f"{label} {row_words(row)}" for label, row in rows)
        yield {
            "kind": "explained", "rule": traced.rule, "title": traced.title, "text": traced.outcome, "because": words
        }  # fmt: skip
    yield {"kind": "coverage", "text": report.coverage.words}
    yield {"kind": "counts", "text": counted(report)}
    yield {"kind": "disclaimer", "text": report.disclaimer}
    yield {"kind": "next-step", "text": report.next_step}


def _raised(advisory: Advisory) -> Mapping[str, str]:
    changes = (*(change.words for change in advisory.changes_at), *hidden_if(advisory))
    known = advisory.acknowledged
    return {
        "kind": "raised",
        "rule": advisory.rule,
        "title": advisory.title,
        "action": advisory.action,
        "severity": advisory.severity,
        "certainty": advisory.certainty,
        "certainty_because": advisory.certainty_because,
        "summary": advisory.summary,
        "why": advisory.why,
        "what_to_do": advisory.talk,
        "because": _AND.join(because.words for because in advisory.because),
        "changes_at": _AND.join(changes),
        "ask": _AND.join(advisory.ask),
        "evidence": _AND.join(
            f"{one.direction}: {one.says} [{one.source}: {one.locator}]" for one in advisory.evidence
        ),
        "sources": _AND.join(dict.fromkeys(map(_source, advisory.evidence))),
        "reviewed": advisory.reviewed,
        "acknowledged": known.reason if known else "",
        "acknowledged_until": known.until if known else "",
    }


def _source(source: Stated) -> str:
    """Who says it, by the name by which the evidence speaks of it."""
    problem = f" Note: {source.problem}" if source.problem else ""
    link = f" {source.link}" if source.link else ""
    return f"{source.source}: {citation(source)}.{link}{problem}"


def _asked(report: Report, rule: str) -> str:
    return _AND.join(question.text for question in report.questions if rule in question.could_change)


def _as_read(line: Line) -> Iterable[str]:
    """How a line was read, in the words of the other formats."""
    return (f"{label}{words}".removeprefix("= ") for label, words in line_words(line))
