"""Report → Page: what stands on the page for the visit, for whom, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, NamedTuple

from dosenote.logic import Interval
from dosenote.questions import Question
from dosenote.regimen import Moment
from dosenote.render.outline import ACTION_WORDS, by_gravity, day
from dosenote.report import Report
from dosenote.report.model import Advisory, Because, Cited, Line, Reference, Span, TakenItem, Total
from dosenote.rule import ACTIONS

Audience = Literal["patient", "clinician", "both"]
AUDIENCES: tuple[Audience, ...] = ("patient", "clinician", "both")
#: So many findings are to be looked at first; the others are named.
FIRST = 3
#: Of what is not known, so many questions are asked in full; the others are named.
GAPS = 3
_KINDS = {"medicines": "Medicines", "conditions": "Health problems", "foods": "Foods"}
LEFT_OUT = "[left out]"
#: From this age on a redacted page does not tell it (US Safe Harbor: ages over 89).
_OLDEST = 90


class Cell(NamedTuple):
    """One thing of a line, each column in words; "" where it is not known or was not said.

    label: what it is, where the line holds more than one thing.
    """

    label: str
    each_time: str
    how_often: str
    daily: str
    since: str
    why: str
    moments: tuple[Moment, ...]
    stopped: bool


class Taken(NamedTuple):
    """One line of what is taken: as entered, what it holds, and what was not understood or was assumed."""

    text: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


class Mark(NamedTuple):
    """A documented value beside a total. letter: its name in the picture. stands: where the total stands to it."""

    letter: str
    words: str
    low: float
    high: float | None
    stands: str
    number: int


class Gauge(NamedTuple):
    """One total with its documented values, in words and as numbers of one unit."""

    label: str
    words: str
    daily: Span
    marks: tuple[Mark, ...]


class Source(NamedTuple):
    """One source under its number, with every place of it that is cited."""

    number: int
    words: str
    link: str
    locators: tuple[str, ...]
    problem: str
    brief: str


class Evidence(NamedTuple):
    direction: str
    says: str
    number: int
    locator: str


class Finding(NamedTuple):
    """One finding as a page shows it; its three scales stand apart."""

    rule: str
    title: str
    action: str
    severity: str
    certainty: str
    certainty_because: str
    summary: str
    why: str
    talk: str
    because: str
    changes: str
    mechanism: str
    evidence: tuple[Evidence, ...]
    reviewed: str
    acknowledged: str
    is_grave: bool
    ask: tuple[str, ...]

    @property
    def basis(self) -> Evidence:
        """The piece of evidence that it rests on first."""
        return self.evidence[0]

    @property
    def briefly(self) -> tuple[Evidence, ...]:
        """The first piece of evidence of each direction."""
        return tuple({one.direction: one for one in reversed(self.evidence)}.values())[::-1]


class Lab(NamedTuple):
    words: str
    when: str


class Page(NamedTuple):
    """Everything on the page, in the order in which it is read."""

    title: str
    audience: Audience
    name: str
    made_on: str
    person: tuple[str, ...]
    denied: tuple[str, ...]
    noted: tuple[str, ...]
    taken: tuple[Taken, ...]
    gauges: tuple[Gauge, ...]
    other_totals: str
    findings: tuple[Finding, ...]
    folded: tuple[Finding, ...]
    nothing_raised: str
    gaps: tuple[str, ...]
    more_gaps: tuple[str, ...]
    undecided: int
    gravest_undecided: str
    not_recognised: tuple[str, ...]
    labs: tuple[Lab, ...]
    sources: tuple[Source, ...]
    not_folded: tuple[str, ...]
    coverage: str
    rules: str
    disclaimer: str
    next_step: str
    is_redacted: bool

    @property
    def has_moments(self) -> bool:
        return any(cell.moments for taken in self.taken for cell in taken.cells)

    @property
    def has_since(self) -> bool:
        """Whether there is a column for since when and what for: where something stands in it, or to write in."""
        return not self.has_moments or any(cell.since or cell.why for taken in self.taken for cell in taken.cells)

    @property
    def sheets(self) -> tuple[Audience, ...]:
        """For whom a sheet is made, in their order."""
        return ("patient", "clinician") if self.audience == "both" else (self.audience,)


def page_of(report: Report, audience: Audience, made_on: date | None, name: str = "", redact: bool = False) -> Page:
    """The page of a report. made_on: the day that stands on it.

    redact: without the name, the words that were typed, the days (their years stay) and an age of 90 or over.
    """
    maker = _Maker(redact)
    questions = [question for group in by_gravity(report) for question in group]
    shown = [advisory for advisory in report.advisories if not advisory.is_folded]
    person = [words for words in report.person if words.startswith("no other ") or not words.startswith("no ")]
    denied = [words.removeprefix("no ") for words in report.person if words not in person]
    findings = tuple(maker.finding(advisory) for advisory in shown)
    folded = tuple(maker.finding(advisory) for advisory in report.advisories if advisory.is_folded)
    gauges = tuple(maker.gauge(total) for total in report.totals)
    worst = min((ACTIONS.index(entry.action) for entry in report.undecided), default=None)
    return Page(
        title="What I take: notes for my visit",
        audience=audience,
        name="" if redact else name,
        made_on=maker.day(made_on.isoformat()) if made_on else "",
        person=tuple(maker.person(words) for words in person),
        denied=tuple(denied),
        noted=tuple(_noted(report)),
        taken=tuple(maker.taken(line) for line in report.regimen if _is_taken(line)),
        gauges=tuple(gauge for gauge in gauges if gauge.marks),
        other_totals="; ".join(f"{gauge.label}: {gauge.words}" for gauge in gauges if not gauge.marks),
        findings=findings,
        folded=folded,
        nothing_raised=report.nothing_raised,
        gaps=tuple(maker.question(question) for question in questions[:GAPS]),
        more_gaps=tuple(_grouped(questions[GAPS:], maker)),
        undecided=len(report.undecided),
        gravest_undecided="" if worst is None else ACTION_WORDS[ACTIONS[worst]],
        not_recognised=tuple(maker.typed(f'"{one.text}": {one.reason}') for one in report.not_recognised),
        labs=tuple(Lab(f"{lab.label}: {lab.words}", maker.day(lab.taken_on)) for lab in report.labs),
        sources=maker.numbered(),
        not_folded=tuple(f"{unused.rule}: {unused.reason}" for unused in report.unused_acknowledgements),
        coverage=report.coverage.words,
        rules=(
            f"{report.tool.name} {report.tool.version}, rules {report.rules.version}, sha256 "
            f"{report.rules.sha256[:12]}, values for {report.jurisdiction.upper()}"
        ),
        disclaimer=report.disclaimer,
        next_step=report.next_step,
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


def _is_taken(line: Line) -> bool:
    """Whether a line speaks of something that is taken, or nobody knows of what."""
    return bool(line.items or line.unread or not line.noted)


def _noted(report: Report) -> Iterator[str]:
    """What lines say besides: what was stopped, and what is spoken of and not clear."""
    known = {*report.person, *(f"{lab.label}: {lab.words}" for lab in report.labs)}
    for line in report.regimen:
        yield from (words for words in line.noted if words not in known)


class _Maker:
    """Makes the parts of one page, and numbers the sources in the order in which they are cited."""

    def __init__(self, redact: bool) -> None:
        self.redact = redact
        self.cited: dict[str, tuple[Cited, dict[str, None]]] = {}

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
        hidden = self.redact and question.fact.startswith("line ")
        return f"What a line holds that is left out here ({question.fact})" if hidden else question.text

    # --- the list

    def taken(self, line: Line) -> Taken:
        """One line; what it holds in unknown amounts, and as often, stands together."""
        notes = [f"= {item.label}" for item in line.items[:1] if item.label.casefold() not in line.text.casefold()]
        notes = notes if len(line.items) == 1 else []
        notes += [f"read as: {words}" for words in line.assumed]
        if line.unread:
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
        return Taken(text, tuple(_together(cells)), tuple(notes))

    def cell(self, item: TakenItem) -> Cell:
        return Cell(
            label=item.label,
            each_time=item.each_time,
            how_often=item.schedule,
            daily=item.daily,
            since=self.day(item.since),
            why=LEFT_OUT if item.why and self.redact else item.why,
            moments=item.moments,
            stopped=item.stopped,
        )

    # --- totals

    def gauge(self, total: Total) -> Gauge:
        letters = {"recommended": "R", "upper-limit": "U", "other": "N"}
        marks = []
        for reference in total.references:
            number = self.number(reference.source, reference.locator) if reference.source is not None else 0
            value = reference.span
            marks.append(
                Mark(letters[reference.kind], reference.words, value.low, value.high, _stands(total, reference), number)
            )
        return Gauge(total.label, total.words, total.daily, tuple(marks))

    # --- findings

    def finding(self, advisory: Advisory) -> Finding:
        known = advisory.acknowledged
        changes = [change.words for change in advisory.changes_at]
        changes += [f"it would be silent if {row.words}" for row in advisory.unless]
        return Finding(
            rule=advisory.rule,
            title=advisory.title,
            action=ACTION_WORDS[advisory.action],
            severity=advisory.severity,
            certainty=advisory.certainty.replace("-", " "),
            certainty_because=advisory.certainty_because,
            summary=advisory.summary,
            why=advisory.why,
            talk=advisory.talk,
            because="; ".join(self.because(row) for row in advisory.because),
            changes="; ".join(changes),
            mechanism=advisory.mechanism,
            evidence=tuple(
                Evidence(one.direction, one.says, self.number(one, one.locator), one.locator)
                for one in advisory.evidence
            ),
            reviewed=day(advisory.reviewed),
            acknowledged=f"until {self.day(known.until)}: {self.typed(known.reason)}" if known else "",
            is_grave=advisory.action == "call-first",
            ask=advisory.ask,
        )

    def because(self, row: Because) -> str:
        return self.person(row.value) if self.redact and row.fact == "age" else row.words

    # --- sources

    def number(self, source: Cited, locator: str) -> int:
        """The number of a source, from 1."""
        self.cited.setdefault(source.source, (source, {}))[1][locator] = None
        return list(self.cited).index(source.source) + 1

    def numbered(self) -> tuple[Source, ...]:
        return tuple(
            Source(number, _words(source), source.link, tuple(locators), source.problem, _brief(source, locators))
            for number, (source, locators) in enumerate(self.cited.values(), 1)
        )


def _by(source: Cited) -> str:
    year = f" ({source.year})" if source.year else ""
    return f"{source.by}{year}".strip()


def _words(source: Cited) -> str:
    return ". ".join(part for part in (_by(source), source.title) if part)


def _brief(source: Cited, locators: Iterable[str]) -> str:
    """A source in a line: who, when, where to find it (a DOI says so without its title), and which places of it."""
    doi = source.link.removeprefix("https://doi.org/")
    name = f"doi {doi}" if doi != source.link else source.title
    return f"{', '.join(part for part in (_by(source), name) if part)}: {'; '.join(locators)}"


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
    above = _interval(total.daily).above(_interval(reference.span))
    return "above it" if above.is_true else "not above it" if above.is_false else "may be above it"


def _interval(span: Span) -> Interval:
    return Interval(span.low, float("inf") if span.high is None else span.high)


def moment_words(moments: Iterable[Moment]) -> Iterator[str]:
    """The times of day in words: "morning", "bedtime"."""
    for moment in moments:
        yield "bedtime" if moment == "night" else moment
