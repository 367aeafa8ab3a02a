"""The report for a person at a terminal: gravest first, words for every level, one closing line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date

from dosenote.errors import printable
from dosenote.facts import LISTS, item_amounts
from dosenote.questions import Question
from dosenote.regimen import Reading
from dosenote.report import Report
from dosenote.report.model import Advisory, Because, Cited, Line, Reference, StatedIn, Traced
from dosenote.report.words import and_list, item_words, noted_words
from dosenote.rule import ACTIONS
from dosenote.vocabulary import Vocabulary

ACTION_WORDS = {
    "call-first": "CALL FIRST",
    "ask-soon": "ASK SOON",
    "mention": "MENTION",
    "good-to-know": "GOOD TO KNOW",
}
DIRECTION_WORDS = {"for": "For", "against": "Against", "differs": "Says something else"}
OUTCOME_WORDS = {"raised": "raised", "not-raised": "not raised", "cannot-tell": "cannot tell"}
#: How much evidence a finding shows on each side; `dosenote rules show` prints all of it.
_SHOWN = 2
#: How many questions are asked in full; the others are named.
_ASKED = 5
_KINDS_OF_QUESTION = {
    "medicines": "Also, do you take any of these medicines",
    "conditions": "Also, do you have any of these",
    "foods": "Also, do you eat any of these",
}
WIDEST = 80
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def render(report: Report, width: int = WIDEST, color: bool = False) -> str:
    """The whole report in lines of at most `width` columns (links are never broken). color: bold headings."""
    page = Page(max(24, min(width, WIDEST)), color)
    cited: list[Cited | StatedIn] = []
    _understood(page, report)
    _findings(page, report, cited)
    _not_recognised(page, report)
    _cannot_tell(page, report)
    _totals(page, report, cited)
    if report.trace is not None:
        _trace(page, report.trace)
    _sources(page, cited)
    _closing(page, report)
    return page.text()


class Page:
    """Lines of one width; nothing that the person typed can move the cursor or change the colours."""

    def __init__(self, width: int, color: bool) -> None:
        self.width = width
        self.color = color
        self.lines: list[str] = []

    def heading(self, text: str) -> None:
        if self.lines:
            self.lines.append("")
        for line in textwrap.wrap(printable(text), self.width):
            self.lines.append(f"{_BOLD}{line}{_PLAIN}" if self.color else line)

    def put(self, text: str, indent: int = 2, hang: int = 0, label: str = "") -> None:
        """One paragraph; `label` stands before it; later lines are indented by `hang` more."""
        self.lines += textwrap.wrap(
            printable(f"{label}{text}"),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def _understood(page: Page, report: Report) -> None:
    page.heading("WHAT YOU ENTERED, AND HOW IT WAS READ")
    absent = [line for line in report.regimen if _is_plain_no(line)]
    for number, line in enumerate((line for line in report.regimen if line not in absent), 1):
        page.put(line.text, hang=3, label=f"{number}. ")
        for words in _line_words(line):
            page.put(words, indent=5, hang=2)
    if not report.regimen:
        page.put("Nothing.")
    said = {line.text for line in absent}
    person = [words for words in report.person if words not in said]
    if person:
        page.put("; ".join(person), hang=2, label="About you: ")
    if absent:
        page.put(", ".join(line.text.removeprefix("no ") for line in absent), hang=2, label="You said no to: ")


def _is_plain_no(line: Line) -> bool:
    """Whether a line says that one thing is not so, in the words in which it is said back."""
    return line.text.startswith("no ") and line.noted == (line.text,) and not line.items


def _line_words(line: Line) -> Iterator[str]:
    for item in line.items:
        stopped = ", no longer taken: not counted" if item.stopped else ""
        yield f"= {item.words}{stopped}"
    for noted in line.noted:
        yield f"= {noted}"
    for words in line.assumed:
        yield f"read as: {words}"
    if line.unread:
        yield "not understood: " + ", ".join(f'"{piece}"' for piece in line.unread)
    if line.reason and not (line.outcome == "ignore" and line.noted):
        yield f"({'refused: ' if line.outcome == 'refuse' else ''}{line.reason})"


def _findings(page: Page, report: Report, cited: list[Cited | StatedIn]) -> None:
    if not report.advisories:
        page.heading("WHAT WAS FOUND")
        page.put(report.nothing_raised)
        return
    for advisory in report.advisories:
        if not advisory.is_folded:
            _finding(page, advisory, cited)
    for advisory in report.advisories:
        if advisory.is_folded and advisory.acknowledged is not None:
            until = day(advisory.acknowledged.until)
            page.heading(f"ACKNOWLEDGED BY YOU until {until}: {ACTION_WORDS[advisory.action]}: {advisory.title}")
            page.put(advisory.summary)
            page.put(advisory.acknowledged.reason, hang=2, label="Your reason: ")
    for unused in report.unused_acknowledgements:
        page.heading(f"NOT FOLDED: {unused.rule}")
        page.put(f"You acknowledged this, but {unused.reason}.")


def _finding(page: Page, advisory: Advisory, cited: list[Cited | StatedIn]) -> None:
    page.heading(f"{ACTION_WORDS[advisory.action]}: {advisory.title}")
    page.put(advisory.summary)
    page.put(advisory.why)
    page.put(advisory.talk, hang=2, label="What to do: ")
    page.put("; ".join(because.words for because in advisory.because), hang=2, label="Why you: ")
    page.put(
        f"{advisory.severity}. How sure: {advisory.certainty.replace('-', ' ')} ({advisory.certainty_because}).",
        hang=2,
        label="How bad it could be: ",
    )
    for direction in ("for", "against", "differs"):
        entries = [evidence for evidence in advisory.evidence if evidence.direction == direction]
        for evidence in entries[:_SHOWN]:
            page.put(
                f"{evidence.says} {_cite(evidence, cited)}",
                hang=2,
                label=f"{DIRECTION_WORDS[direction]}: ",
            )
    changes = [change.words for change in advisory.changes_at]
    changes += [f"it would be silent if {because.words}" for because in advisory.unless]
    if changes:
        page.put(
            "; ".join(changes) + ". That is how the rule works, not a dose to take.",
            hang=2,
            label="What would change it: ",
        )
    for question in advisory.ask:
        page.put(question, hang=2, label="Ask: ")
    if advisory.acknowledged is not None:
        until = day(advisory.acknowledged.until)
        page.put(advisory.acknowledged.reason, hang=2, label=f"Acknowledged by you until {until}: ")
    page.put(f"rule {advisory.rule}, compared with its sources on {day(advisory.reviewed)}", hang=2, label="More: ")


def _cite(source: Cited | StatedIn, cited: list[Cited | StatedIn]) -> str:
    """ "[2: abstract]": the number under which SOURCES names it, and where in it."""
    if not any(source.source == known.source for known in cited):
        cited.append(source)
    number = next(n for n, known in enumerate(cited, 1) if known.source == source.source)
    return f"[{number}: {source.locator}]"


def _not_recognised(page: Page, report: Report) -> None:
    if not report.not_recognised:
        return
    page.heading("NOT RECOGNISED, SO NOT CHECKED")
    for item in report.not_recognised:
        near = f" Did you mean {', '.join(item.suggestions)}?" if item.suggestions else ""
        page.put(f'"{item.text}": {item.reason}.{near}', hang=2, label="- ")
    page.put("It may hold anything, so rules about what it may hold could not be told.")


def _cannot_tell(page: Page, report: Report) -> None:
    if not report.undecided:
        return
    count = len(report.undecided)
    page.heading(f"COULD NOT TELL: {count} {'rule' if count == 1 else 'rules'}")
    grave, rest = _by_gravity(report)
    if grave:
        page.put("Your answers could change the result. The gravest first:")
        for question in grave[:_ASKED]:
            page.put(question.text, hang=2, label="- ")
    later = [*grave[_ASKED:], *rest]
    for kind, words in _KINDS_OF_QUESTION.items():
        labels = [question.label for question in later if question.fact.partition(":")[0] == kind]
        if labels:
            page.put(", ".join(labels), hang=2, label=f"- {words}: ")
    for question in later:
        if question.fact.partition(":")[0] not in _KINDS_OF_QUESTION:
            page.put(question.text, hang=2, label="- ")
    lists = {question.fact.partition(":")[0] for question in report.questions} & set(LISTS)
    if lists:
        said = " and ".join(f'"no other {name}"' for name in LISTS if name in lists)
        page.put(f"If none of them is true of you, add the words {said}.")


def _by_gravity(report: Report) -> tuple[list[Question], list[Question]]:
    """The questions that could change more than a good-to-know note, and the others."""
    actions = {entry.rule: entry.action for entry in report.undecided}
    actions |= {entry.rule: entry.action for entry in report.advisories}
    grave: list[Question] = []
    rest: list[Question] = []
    for question in report.questions:
        worst = min(ACTIONS.index(actions[rule]) for rule in question.could_change if rule in actions)
        (grave if worst < ACTIONS.index("good-to-know") else rest).append(question)
    return grave, rest


def _totals(page: Page, report: Report, cited: list[Cited | StatedIn]) -> None:
    if not report.totals:
        return
    page.heading("TOTALS OVER EVERYTHING LISTED (food not counted)")
    for total in report.totals:
        page.put(f"{total.label}: {total.words}", hang=2)
        for reference in total.references:
            page.put(f"{reference.value}: {_reference_words(reference, cited)}", indent=4, hang=2)
    if any(reference.kind == "recommended" for total in report.totals for reference in total.references):
        page.put(
            "Recommended intakes are for healthy people, over many days, and count food. "
            "These totals do not. They are not doses to take."
        )


def _reference_words(reference: Reference, cited: list[Cited | StatedIn]) -> str:
    """What a documented value is, in the words of whoever states it; never how the total compares with it."""
    if not reference.name:
        return f'above this comes the note "{reference.title}"'
    whose = ", ".join(words for words in (reference.in_full, reference.by) if words)
    parts = [f"{reference.name} for {reference.substance} ({whose})"]
    parts += [reference.only_for] if reference.only_for else []
    parts += [f"depending on {and_list(reference.depends_on)}"] if reference.depends_on else []
    stated = " ".join(_cite(source, cited) for source in reference.sources[:_SHOWN])
    return " ".join(words for words in (f"{', '.join(parts)}.", _COUNTS[reference.counts], stated) if words)


_COUNTS = {
    "food and supplements": "It counts food too.",
    "supplements": "It counts supplements only.",
    "": "",
}


def _trace(page: Page, trace: Iterable[Traced]) -> None:
    page.heading("EVERY RULE, AND WHY")
    for traced in trace:
        page.put(f"{traced.rule}: {OUTCOME_WORDS[traced.outcome]}", hang=2)
        for label, rows in (("when", traced.when), ("unless", traced.unless)):
            for row in rows:
                page.put(_row_words(row), indent=4, hang=2, label=f"{label} ")


def _row_words(row: Because) -> str:
    return f"{row.fact} {row.comparison.replace('_', ' ')} {row.limit}: {row.value}"


def _sources(page: Page, cited: list[Cited | StatedIn]) -> None:
    if not cited:
        return
    page.heading("SOURCES")
    for number, source in enumerate(cited, 1):
        year = f" ({source.year})" if source.year else ""
        by = f"{source.by}{year}. " if source.by or year else ""
        page.put(f"{by}{source.title}.", hang=4, label=f"[{number}] ")
        if source.link:
            page.put(source.link, indent=6)
        if source.problem:
            page.put(source.problem, indent=6, label="Note: ")


def _closing(page: Page, report: Report) -> None:
    page.blank()
    page.put(report.coverage.words, indent=0)
    page.put(
        f"Rules {report.rules.version}, sha256 {report.rules.sha256[:12]}, values for {report.jurisdiction.upper()}. "
        f"{report.counts.raised} raised, {report.counts.superseded} left to a graver rule, "
        f"{report.counts.not_raised} not raised, {report.counts.undecided} could not be "
        f"told, {report.counts.not_applicable} do not apply.",
        indent=0,
    )
    page.put(report.disclaimer, indent=0)
    page.blank()
    page.put(report.next_step, indent=0, label="NEXT: ")


def day(iso: str) -> str:
    """ "20 Nov 2026": no reader takes it for the other order of day and month."""
    when = date.fromisoformat(iso)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{when.day} {months[when.month - 1]} {when.year}"


def render_reading(reading: Reading, vocabulary: Vocabulary, width: int = WIDEST) -> str:
    """How one line was read, in words."""
    page = Page(max(24, min(width, WIDEST)), False)
    noted = [*noted_words(reading, vocabulary)]
    outcome = "NOTED" if noted and reading.outcome == "ignore" else reading.outcome.upper()
    page.put(reading.text.strip(), indent=0, hang=2, label=f"{outcome}: ")
    for item in reading.items:
        entry = vocabulary[item.substance]
        page.put(item_words(item, item_amounts(item, entry)[0], entry), hang=2, label="= ")
    for words in noted:
        page.put(words, hang=2, label="= ")
    for words in reading.assumed:
        page.put(words, hang=2, label="read as: ")
    for label, pieces in (("not understood", reading.unread), ("missing", reading.missing)):
        if pieces:
            page.put(", ".join(pieces), hang=2, label=f"{label}: ")
    if reading.suggestions:
        page.put(f"{', '.join(reading.suggestions)}?", hang=2, label="did you mean: ")
    if reading.reason and not noted:
        page.put(reading.reason, hang=2, label="because: ")
    for question in reading.questions:
        page.put(question, hang=2, label="to ask: ")
    return page.text()
