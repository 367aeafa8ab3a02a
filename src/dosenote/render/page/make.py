"""Report → Page: what the page says of each part of a report, and which of it is left out when it is redacted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from dosenote.logic import Interval
from dosenote.questions import Question
from dosenote.render.outline import ACTION_WORDS, by_gravity, changed_by, day, for_any
from dosenote.render.page import joining
from dosenote.render.page.model import (
    GAPS,
    Audience,
    Behind,
    Cell,
    Evidence,
    Finding,
    Gauge,
    Lab,
    Mark,
    Page,
    Taken,
)
from dosenote.render.page.sources import Sources, in_order
from dosenote.report import Report
from dosenote.report.entered import Line, Measured, Span, TakenItem
from dosenote.report.model import Acknowledged, Advisory, Because, Reference, Total
from dosenote.report.words import and_list
from dosenote.rule import ACTIONS

_KINDS = {"medicines": "Medicines", "conditions": "Health problems", "foods": "Foods"}
_LETTERS = {"recommended": "R", "upper-limit": "U", "other": "N"}
LEFT_OUT = "[left out]"
_WITH_FOOD = "food and supplements"
#: From this age on a redacted page does not tell it (US Safe Harbor: ages over 89).
_OLDEST = 90


def page_of(report: Report, audience: Audience, made_on: date, name: str = "", redact: bool = False) -> Page:
    """The page of a report. made_on: the day that stands on it.

    redact: without the name, the words that were typed, the days (their years stay) and an age of 90 or over.
    """
    questions = [question for group in by_gravity(report) for question in group]
    shown = [advisory for advisory in report.advisories if not advisory.is_folded]
    person = [words for words in report.person if words.startswith("no other ") or not words.startswith("no ")]
    denied = [words.removeprefix("no ") for words in report.person if words not in person]
    together = joining.groups(shown)
    folded = [(advisory,) for advisory in report.advisories if advisory.is_folded]
    drawn = [total for total in report.totals if _is_drawn(total)]
    undrawn = [total for total in report.totals if not _is_drawn(total)]
    sources = Sources(in_order(together, drawn, folded))
    maker = _Maker(redact, made_on, {one.fact: one.title for one in report.disagreements}, sources)
    findings = tuple(maker.finding(group) for group in together)
    near = {one.text: one.suggestions for one in report.not_recognised}
    worst = min((ACTIONS.index(entry.action) for entry in report.undecided), default=None)
    return Page(
        title="What I take: notes for my visit",
        audience=audience,
        name="" if redact else name,
        made_on=maker.day(made_on.isoformat()),
        person=tuple(maker.person(words) for words in person),
        denied=tuple(denied),
        noted=tuple(_noted(report, maker)),
        taken=tuple(maker.taken(line, near.get(line.text, ())) for line in report.regimen if _is_taken(line)),
        gauges=tuple(maker.gauge(total, report) for total in drawn),
        other_totals="; ".join(f"{one.label}: {_total_words(one, report)}" for one in undrawn),
        findings=findings,
        folded=tuple(maker.finding(group) for group in folded),
        in_order=tuple(maker.finding(group) for group in joining.groups(report.advisories)),
        nothing_raised=report.nothing_raised,
        gaps=tuple(maker.question(question) for question in questions[:GAPS]),
        more_gaps=(*_unasked(report, maker), *_grouped(questions[GAPS:], maker)),
        undecided=len(report.undecided),
        gravest_undecided="" if worst is None else ACTION_WORDS[ACTIONS[worst]],
        not_recognised=tuple(maker.typed(words) for words in _not_recognised(report)),
        labs=tuple(maker.lab(lab, report, made_on) for lab in report.labs),
        is_light=bool(findings) and all(finding.action == ACTION_WORDS["good-to-know"] for finding in findings),
        sources=sources.numbered(),
        not_folded=tuple(maker.typed(f"{one.rule}: {one.reason}") for one in report.unused_acknowledgements),
        coverage=report.coverage.words,
        rules=(
            f"{report.tool.name} {report.tool.version}, rules {report.rules.version}, sha256 "
            f"{report.rules.sha256[:12]}, values for {report.jurisdiction.upper()}"
        ),
        disclaimer=report.disclaimer,
        is_redacted=redact,
    )


def _grouped(questions: Iterable[Question], maker: _Maker) -> Iterator[str]:
    """Questions in short: those of a kind as one list of what they are about."""
    questions = tuple(questions)
    for kind, words in _KINDS.items():
        labels = [question.label for question in questions if question.fact.partition(":")[0] == kind]
        if labels:
            yield f"{words} not said: {', '.join(labels)}."
    yield from (maker.question(one) for one in questions if one.fact.partition(":")[0] not in _KINDS)


def _unasked(report: Report, maker: _Maker) -> Iterator[str]:
    """Blood values that do not agree, where no rule asks about them."""
    asked = {question.fact for question in report.questions}
    for one in report.disagreements:
        if one.fact not in asked:
            yield one.title if maker.redact else f"{one.title}: {one.told}"


def _is_taken(line: Line) -> bool:
    """Whether a line speaks of something that is taken, or nobody knows of what."""
    return bool(line.items) or not (line.noted or line.outcome == "ignore")


def _lines_with(substance: str, report: Report) -> int:
    """In how many lines a substance is taken by its own name."""
    return sum(any(item.substance == substance and not item.stopped for item in line.items) for line in report.regimen)


def _total_words(total: Total, report: Report) -> str:
    """A total; that it comes from more than one line is said, since a product is easily taken twice."""
    lines = _lines_with(total.substance, report)
    return f"{total.words}, from {lines} of these" if lines > 1 else total.words


def _is_drawn(total: Total) -> bool:
    """Whether a picture says something: there is a value, and something is known of the total."""
    return bool(total.references) and (total.daily.low > 0 or total.daily.high is not None)


def _not_recognised(report: Report) -> Iterator[str]:
    """What was not recognised: a line of which nothing was, as a whole; of others the pieces, together."""
    for (number, reason), group in groupby(report.not_recognised, key=lambda one: (one.line, one.reason)):
        pieces, line = [*group], report.regimen[number - 1]
        near = f" (did you mean {', '.join(pieces[0].suggestions)}?)" if pieces[0].suggestions else ""
        if line.items or line.noted or line.outcome == "refuse":
            texts = ", ".join(f'"{one.text}"' for one in pieces)
            yield f"{texts}: {reason}{near}"
        else:
            yield f'"{line.text}"{near}'


def _noted(report: Report, maker: _Maker) -> Iterator[str]:
    """What lines say besides: what was stopped, and what is spoken of and not clear."""
    days = ((lab, f", {day(lab.taken_on)}" if lab.taken_on else "") for lab in report.labs)
    known = {*report.person, *(f"{lab.label}: {lab.words}{when}{_in_brackets(lab.note)}" for lab, when in days)}
    for line in report.regimen:
        if line.noted and line.unread and not line.items:
            yield maker.typed(f"{line.text} (not understood: {', '.join(line.unread)})")
        elif not line.noted and not _is_taken(line):
            yield maker.typed(f"{line.text} ({line.reason})")
        else:
            yield from (words for words in line.noted if words not in known)


class _Maker:
    """Makes the parts of one page."""

    def __init__(self, redact: bool, made_on: date, disagreeing: Mapping[str, str], sources: Sources) -> None:
        self.redact = redact
        self.disagreeing = disagreeing  # blood values, by fact, with what may be told of them
        self.today = made_on.isoformat()
        self.sources = sources

    # --- what is left out

    def typed(self, words: str) -> str:
        return LEFT_OUT if self.redact else words

    def day(self, iso: str | None) -> str:
        if not iso:
            return ""
        return iso[:4] if self.redact else day(iso)

    def person(self, words: str) -> str:
        years = words.partition(" years old")[0]
        if self.redact and words.endswith("years old") and float(years) >= _OLDEST:
            return f"{_OLDEST} years old or over"
        return words

    def question(self, question: Question) -> str:
        if self.redact and question.fact in self.disagreeing:
            return self.disagreeing[question.fact]
        hidden = self.redact and question.fact.startswith("line ")
        return f"What a line holds that is left out here ({question.fact})" if hidden else question.text

    # --- the list

    def taken(self, line: Line, suggestions: tuple[str, ...]) -> Taken:
        """One line; what it holds in unknown amounts, and as often, stands together."""
        notes = [f"= {item.label}" for item in line.items[:1] if item.label.casefold() not in line.text.casefold()]
        notes = notes if len(line.items) == 1 else []
        notes += [f"{item.label} may still act" for item in line.items if item.may_act]
        notes += [f"read as: {words}" for words in line.assumed]
        if line.unread and (line.items or line.noted):  # else the whole line stands among what was not recognised
            notes.append("not understood: " + ", ".join(f'"{piece}"' for piece in line.unread))
        if line.reason and not (line.outcome == "ignore" and line.noted):
            notes.append(f"{'refused: ' if line.outcome == 'refuse' else ''}{line.reason}")
        text = line.text
        if self.redact:
            text = " + ".join(item.label for item in line.items) or LEFT_OUT
            notes = [LEFT_OUT] if notes else []
        cells = [self.cell(item) for item in line.items]
        if len(cells) == 1:
            cells = [cells[0]._replace(label="")]
        return Taken(text, tuple(_together(cells)), tuple(notes), suggestions)

    def cell(self, item: TakenItem) -> Cell:
        return Cell(
            label=item.label,
            each_time=item.each_time,
            how_often=", ".join(filter(None, (_short_days(item.schedule), *item.course))),
            daily="" if item.stopped else item.daily,
            since=self.day(item.since),
            why=LEFT_OUT if item.why and self.redact else item.why,
            moments=() if item.stopped or not item.is_taken else item.moments,
            stopped=item.stopped,
            is_unclear=not item.is_taken,
            is_daily=item.is_daily,
            is_planned=item.since is not None and item.since > self.today,
        )

    def lab(self, lab: Measured, report: Report, made_on: date) -> Lab:
        """A blood value with what somebody who reads it must know: how old it is, and what was begun since then."""
        notes = [lab.note] if lab.note else []
        if lab.entered and not self.redact and not {*_digits(lab.words)[:1]} <= {*_digits(lab.entered)}:
            notes.append(f"entered as {lab.entered}")
        if lab.taken_on is not None:
            taken = date.fromisoformat(lab.taken_on)
            years = (made_on - taken).days // 365
            notes += [f"more than {years} {'year' if years == 1 else 'years'} old"] if years > 0 else []
            items = (item for line in report.regimen for item in line.items if not item.stopped)
            since = [item.label for item in items if item.since and lab.taken_on < item.since <= self.today]
            notes += [f"begun since then: {', '.join(dict.fromkeys(since))}"] if since else []
        notes += [] if lab.label not in report.coverage.no_rule_for else ["no rule here looks at it"]
        return Lab(f"{lab.label}: {lab.words}", self.day(lab.taken_on), tuple(notes))

    # --- totals

    def gauge(self, total: Total, report: Report) -> Gauge:
        marks = tuple(self.mark(total, one) for one in total.references)
        return Gauge(total.label, _total_words(total, report), total.daily, marks)

    def mark(self, total: Total, reference: Reference) -> Mark:
        stated = reference.sources[0] if reference.sources else None
        value = reference.amount
        return Mark(
            letter=_LETTERS[reference.kind],
            words=f"{reference.value}: {_short(reference, total)}",
            low=value.low,
            high=value.high,
            stands=_stands(total, reference),
            number=self.sources.number(stated, stated.locator) if stated else 0,
            locator=stated.locator if stated else "",
        )

    # --- findings

    def known(self, known: Acknowledged) -> str:
        """Until when, at which amounts and why the person knows of a finding."""
        return f"until {self.day(known.until)}{for_any(known)}: {self.typed(known.reason)}"

    def finding(self, group: joining.Group) -> Finding:
        """One finding, or several that are joined."""
        first = group[0]
        known = first.acknowledged
        partners = joining.partners(group)
        return Finding(
            title=joining.title(group),
            action=ACTION_WORDS[first.action],
            severity=first.severity,
            certainty=first.certainty.replace("-", " "),
            summary=joining.told([advisory.summary for advisory in group], group),
            talk=joining.told([advisory.talk for advisory in group], group),
            because=_sentence("; ".join(self.because(row) for row in joining.rows(group))),
            acknowledged=self.known(known) if known else "",
            is_grave=first.action == "call-first",
            ask=joining.joined([advisory.ask for advisory in group], partners),
            behind=tuple(self.behind(*pair) for pair in zip(group, partners or ("",), strict=True)),
        )

    def behind(self, advisory: Advisory, partner: str) -> Behind:
        return Behind(
            rule=advisory.rule,
            partner=partner,
            certainty_because=advisory.certainty_because,
            changes=changed_by(advisory),
            mechanism=advisory.mechanism,
            evidence=tuple(
                Evidence(one.direction, one.says, self.sources.number(one, one.locator), one.locator)
                for one in advisory.evidence
            ),
            reviewed=day(advisory.reviewed),
        )

    def because(self, row: Because) -> str:
        return self.person(row.value) if self.redact and row.fact == "age" else row.words


def _short(reference: Reference, total: Total) -> str:
    """What a value is, in short: "RDA for vitamin D"; of what, where it is not the total's own.

    That food counts, too, is not repeated: the words on recommended intakes and on where a total stands say so.
    """
    if not reference.name:
        return ", ".join(part for part in (f'the line of the note "{reference.title}"', reference.only_for) if part)
    own = "" if reference.substance == total.label else f" for {reference.substance}"
    parts = [f"{reference.name}{own}", reference.only_for]
    parts += [f"depending on {and_list(reference.depends_on)}"] if reference.depends_on else []
    parts += [reference.counts] if reference.counts != _WITH_FOOD else []
    return ", ".join(part for part in parts if part)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _in_brackets(note: str) -> str:
    return f" ({note})" if note else ""


def _digits(words: str) -> list[str]:
    """The numbers in a text, as they are written."""
    return re.findall(r"\d+(?:\.\d+)?", words.replace(",", ""))


def _short_days(words: str) -> str:
    """Days of the week in three letters: a column is narrow."""
    return re.sub(r"\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b", lambda day: day[0][:3], words)


def _together(cells: list[Cell]) -> Iterator[Cell]:
    """Cells that differ only in what they are of as one."""
    unknown: dict[Cell, list[str]] = {}
    for cell in cells:
        if cell.each_time:
            yield cell
        else:
            unknown.setdefault(cell._replace(label=""), []).append(cell.label)
    yield from (cell._replace(label=", ".join(labels)) for cell, labels in unknown.items())


def _stands(total: Total, reference: Reference) -> str:
    """Where a total stands to a value, in words; of what is recommended nothing is said, as food is not counted."""
    if reference.kind == "recommended":
        return ""
    above = _interval(total.daily).above(_interval(reference.amount))
    without = " without food" if reference.counts == _WITH_FOOD else ""
    return f"{'is above it' if above.is_true else 'is not above it' if above.is_false else 'may be above it'}{without}"


def _interval(span: Span) -> Interval:
    return Interval(span.low, float("inf") if span.high is None else span.high)
