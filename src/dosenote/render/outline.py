"""A report as sections of short entries: what is printed, in which order and words; the printers lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from dosenote.facts import LISTS
from dosenote.questions import Question
from dosenote.regimen import date_words
from dosenote.report import Report
from dosenote.report.entered import Line
from dosenote.report.model import (
    Acknowledged,
    Advisory,
    Because,
    Cited,
    Reference,
    StatedIn,
    Traced,
    UnusedAcknowledgement,
)
from dosenote.report.words import and_list
from dosenote.rule import ACTIONS

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
#: Beside an acknowledgement that no amount and no medicine limits.
_FOR_ANY = (
    "Your list does not say for which amount or medicine you gave this reason (given_for), so this stays in short "
    "whatever they become. Look at it again when one of them changes."
)
#: How many questions are asked in full; the others are named.
_ASKED = 5
_KINDS_OF_QUESTION = {
    "medicines": "Also, do you take any of these medicines",
    "conditions": "Also, do you have any of these",
    "foods": "Also, do you eat or drink any of these",
}

RECOMMENDED = (
    "Recommended intakes are for healthy people, over many days, and count food. "
    "These totals do not. They are not doses to take."
)
_COUNTS = {
    "food and supplements": "It counts food too.",
    "supplements": "It counts supplements only.",
    "": "",
}
#: What has a number among the sources.
Stated: TypeAlias = Cited | StatedIn

#: labelled: after its label. beneath-…: belongs to the entry before it. link: an address, never broken.
Kind = Literal[
    "paragraph", "labelled", "numbered", "beneath-number", "bullet", "row", "beneath-row", "source", "beneath-source",
    "link", "closing",
]  # fmt: skip


class Entry(NamedTuple):
    """One paragraph or one line of a list. number: from 1, of what is numbered."""

    kind: Kind
    text: str
    label: str = ""
    number: int = 0


class Section(NamedTuple):
    """heading: "" for what stands by itself at the end."""

    heading: str
    entries: tuple[Entry, ...]


def sections(report: Report) -> Iterator[Section]:
    """The whole report, in the order in which it is read."""
    cited: list[Stated] = []
    yield understood(report)
    yield from _findings(report, cited)
    count = len(report.undecided)
    undecided = Section(f"COULD NOT TELL: {count} {'rule' if count == 1 else 'rules'}", (*asked(*by_gravity(report)),))
    parts = (
        not_recognised(report), disagreeing(report), undecided if count else None, totals(report, cited), traced(report)
    )  # fmt: skip
    yield from (section for section in (*parts, sources(cited)) if section and section.entries)
    closing = (report.coverage.words, counted(report), report.disclaimer)
    yield Section("", tuple(Entry("closing", words) for words in closing))
    yield Section("", (Entry("closing", report.next_step, "NEXT: "),))


# --- what was entered


def understood(report: Report) -> Section:
    """Every line as it was entered and as it was read."""
    return Section("WHAT YOU ENTERED, AND HOW IT WAS READ", (*_understood(report),))


def _understood(report: Report) -> Iterator[Entry]:
    absent = [line for line in report.regimen if _is_plain_no(line)]
    for number, line in enumerate((line for line in report.regimen if line not in absent), 1):
        yield Entry("numbered", line.text, number=number)
        for label, words in line_words(line):
            yield Entry("beneath-number", words, label)
    if not report.regimen:
        yield Entry("paragraph", "Nothing.")
    said = {line.text for line in absent}
    person = [words for words in report.person if words not in said]
    if person:
        yield Entry("labelled", "; ".join(person), "About you: ")
    if absent:
        yield Entry("labelled", ", ".join(line.text.removeprefix("no ") for line in absent), "You said no to: ")


def _is_plain_no(line: Line) -> bool:
    """Whether a line says that one thing is not so, in the words in which it is said back."""
    return line.text.startswith("no ") and line.noted == (line.text,) and not line.items


def line_words(line: Line) -> Iterator[tuple[str, str]]:
    """How a line was read: each with its label, "= " for what was understood."""
    for item in line.items:
        stopped = ", no longer taken: not counted" if item.stopped else ""
        still = f"; it was stopped on {day(item.ended)}, and may still act" if item.may_act and item.ended else ""
        yield "= ", f"{item.words}{stopped}{still}"
    for noted in line.noted:
        yield "= ", noted
    for words in line.assumed:
        yield "read as: ", words
    if line.unread:
        yield "not understood: ", ", ".join(f'"{piece}"' for piece in line.unread)
    if line.reason and not (line.outcome == "ignore" and line.noted):
        yield "", f"({'refused: ' if line.outcome == 'refuse' else ''}{line.reason})"


# --- findings


def _findings(report: Report, cited: list[Stated]) -> Iterator[Section]:
    if not report.advisories:
        yield Section("WHAT WAS FOUND", (Entry("paragraph", report.nothing_raised),))
    for advisory in report.advisories:
        if not advisory.is_folded:
            heading = f"{ACTION_WORDS[advisory.action]}: {advisory.title}"
            yield Section(heading, (*finding(advisory, cited, _SHOWN),))
    for advisory in report.advisories:
        if advisory.is_folded and advisory.acknowledged is not None:
            until = day(advisory.acknowledged.until)
            heading = f"ACKNOWLEDGED BY YOU until {until}: {ACTION_WORDS[advisory.action]}: {advisory.title}"
            yield Section(heading, (*folded(advisory),))
    for unused in report.unused_acknowledgements:
        yield Section(f"NOT FOLDED: {unused.rule}", (Entry("paragraph", not_folded(unused)),))


def finding(advisory: Advisory, cited: list[Stated], most: int | None = None) -> Iterator[Entry]:
    """One finding. cited: the sources so far, to which its own are added. most: of the evidence on each side."""
    yield Entry("paragraph", advisory.summary)
    yield Entry("paragraph", advisory.why)
    yield Entry("labelled", advisory.talk, "What to do: ")
    yield Entry("labelled", "; ".join(because.words for because in advisory.because), "Why you: ")
    yield Entry("labelled", how_bad_how_sure(advisory), "How bad it could be: ")
    for direction, label in DIRECTION_WORDS.items():
        entries = [evidence for evidence in advisory.evidence if evidence.direction == direction]
        for evidence in entries[:most]:
            yield Entry("labelled", f"{evidence.says} {cite(evidence, cited)}", f"{label}: ")
    changes = changed_by(advisory)
    if changes:
        yield Entry("labelled", changes, "What would change it: ")
    for question in advisory.ask:
        yield Entry("labelled", question, "Ask: ")
    if advisory.acknowledged is not None:
        until = day(advisory.acknowledged.until)
        yield Entry("labelled", advisory.acknowledged.reason, f"Acknowledged by you until {until}: ")
    compared = f"rule {advisory.rule}, compared with its sources on {day(advisory.reviewed)}"
    yield Entry("labelled", compared, "More: ")


def changed_by(advisory: Advisory) -> str:
    """At what amount a finding comes on, and with what it is not shown; "" where neither is told."""
    amounts = "; ".join(change.words for change in advisory.changes_at)
    sentences = [f"{amounts}. That is how the rule works, not a dose to take."] if amounts else []
    return " ".join((*sentences, *(f"{words}." for words in hidden_if(advisory))))


def hidden_if(advisory: Advisory) -> tuple[str, ...]:
    """With what a finding is not shown, and what comes then, each as a sentence without its full stop."""
    return tuple(f"This note is not shown if {row.words}" for row in advisory.unless)


def cite(source: Stated, cited: list[Stated]) -> str:
    """ "[2: abstract]": the number under which the sources name it, and where in it. cited: the sources so far."""
    if not any(source.source == known.source for known in cited):
        cited.append(source)
    number = next(n for n, known in enumerate(cited, 1) if known.source == source.source)
    return f"[{number}: {source.locator}]"


def how_bad_how_sure(advisory: Advisory) -> str:
    """Two things that are never made one."""
    sure = advisory.certainty.replace("-", " ")
    return f"{advisory.severity}. How sure: {sure} ({advisory.certainty_because})."


def folded(advisory: Advisory) -> Iterator[Entry]:
    """One finding in short, with what the person said to it."""
    yield Entry("paragraph", advisory.summary)
    if advisory.acknowledged is not None:
        yield Entry("labelled", advisory.acknowledged.reason, "Your reason: ")
        if advisory.acknowledged.for_any:
            yield Entry("paragraph", _FOR_ANY)


def for_any(known: Acknowledged) -> str:
    """That an acknowledgement holds whatever the finding is about, to be set behind its end; "" where it does not."""
    return ", at any amount and with any medicine" if known.for_any else ""


def not_folded(unused: UnusedAcknowledgement) -> str:
    """Why an acknowledgement folds nothing, as a sentence."""
    end = "" if unused.reason.endswith((".", "?")) else "."
    return f"You acknowledged this, but {unused.reason}{end}"


# --- what is open


def not_recognised(report: Report) -> Section:
    """What was not understood, the pieces of a line together, with near names, and what that leaves open.

    No entries where there is nothing.
    """
    entries = []
    for _, group in groupby(report.not_recognised, key=lambda one: (one.line, one.reason)):
        pieces = [*group]
        near = f" Did you mean {', '.join(pieces[0].suggestions)}?" if pieces[0].suggestions else ""
        texts = ", ".join(f'"{one.text}"' for one in pieces)
        entries.append(Entry("bullet", f"{texts}: {pieces[0].reason}.{near}"))
    if entries:
        words = "It may hold anything, so rules about what it may hold could not be told."
        entries.append(Entry("paragraph", words))
    return Section("NOT RECOGNISED, SO NOT CHECKED", tuple(entries))


def disagreeing(report: Report) -> Section:
    """Blood values of which nobody can tell which counts now; no entries where there are none."""
    entries = tuple(Entry("bullet", one.told, f"{one.title}: ") for one in report.disagreements)
    return Section("BLOOD VALUES THAT DO NOT AGREE", entries)


def asked(grave: Sequence[Question], rest: Sequence[Question]) -> Iterator[Entry]:
    """Questions, the gravest in full and first, the others by what they are about."""
    if grave:
        yield Entry("paragraph", "Your answers could change the result. The gravest first:")
        for question in grave[:_ASKED]:
            yield Entry("bullet", question.text)
    later = [*grave[_ASKED:], *rest]
    for kind, words in _KINDS_OF_QUESTION.items():
        labels = [question.label for question in later if _kind(question) == kind]
        if labels:
            yield Entry("bullet", ", ".join(labels), f"{words}: ")
    for question in later:
        if _kind(question) not in _KINDS_OF_QUESTION:
            yield Entry("bullet", question.text)
    lists = {_kind(question) for question in (*grave, *rest)}
    said = " and ".join(f'"no other {name}"' for name in LISTS if name in lists)
    if said:
        yield Entry("paragraph", f"If none of them is true of you, add the words {said}.")


def _kind(question: Question) -> str:
    return question.fact.partition(":")[0]


def by_gravity(report: Report) -> tuple[list[Question], list[Question]]:
    """The questions that could change more than a good-to-know note, and the others."""
    actions = {entry.rule: entry.action for entry in report.undecided}
    actions |= {entry.rule: entry.action for entry in report.advisories}
    grave: list[Question] = []
    rest: list[Question] = []
    for question in report.questions:
        reached = (ACTIONS.index(actions[rule]) for rule in question.could_change if rule in actions)
        worst = min(reached, default=len(ACTIONS))  # it may change only a finding that is left to a graver rule
        (grave if worst < ACTIONS.index("good-to-know") else rest).append(question)
    return grave, rest


# --- the rest


def totals(report: Report, cited: list[Stated]) -> Section:
    """The day's total of each substance, beside its documented values. cited: the sources so far."""
    entries = []
    for total in report.totals:
        entries.append(Entry("row", f"{total.label}: {total.words}"))
        for reference in total.references:
            stated = " ".join(cite(source, cited) for source in reference.sources[:_SHOWN] if reference.name)
            words = f"{reference.value}: {reference_words(reference)}"
            entries.append(Entry("beneath-row", f"{words} {stated}".strip()))
    if any(reference.kind == "recommended" for total in report.totals for reference in total.references):
        entries.append(Entry("paragraph", RECOMMENDED))
    return Section("TOTALS OVER EVERYTHING LISTED (food not counted)", tuple(entries))


def reference_words(reference: Reference) -> str:
    """What a documented value is, in the words of whoever states it; never how the total compares with it."""
    if not reference.name:
        return ", ".join(words for words in (f'the line of the note "{reference.title}"', reference.only_for) if words)
    whose = ", ".join(words for words in (reference.in_full, reference.by) if words)
    parts = [f"{reference.name} for {reference.substance} ({whose})"]
    parts += [reference.only_for] if reference.only_for else []
    parts += [f"depending on {and_list(reference.depends_on)}"] if reference.depends_on else []
    return " ".join(words for words in (f"{', '.join(parts)}.", _COUNTS[reference.counts]) if words)


def traced(report: Report) -> Section:
    """What became of every rule, row by row, where that was asked for."""
    return Section("EVERY RULE, AND WHY", (*_traced(report.trace or ()),))


def _traced(trace: Iterable[Traced]) -> Iterator[Entry]:
    for one in trace:
        yield Entry("row", f"{one.rule}: {OUTCOME_WORDS[one.outcome]}")
        for label, rows in (("when ", one.when), ("unless ", one.unless)):
            for row in rows:
                yield Entry("beneath-row", row_words(row), label)


def row_words(row: Because) -> str:
    """A row of a rule as it stood: "vitamin_d.daily above 4,000 IU (100 mcg) a day: not known"."""
    return f"{row.fact} {row.comparison.replace('_', ' ')} {row.limit}: {row.value}"


def sources(cited: Iterable[Stated]) -> Section:
    """Who says it, where, and what is wrong with the source, if something is."""
    return Section("SOURCES", (*_sources(cited),))


def _sources(cited: Iterable[Stated]) -> Iterator[Entry]:
    for number, source in enumerate(cited, 1):
        yield Entry("source", f"{citation(source)}.", number=number)
        if source.link:
            yield Entry("link", source.link)
        if source.problem:
            yield Entry("beneath-source", source.problem, "Note: ")


def citation(source: Stated) -> str:
    """ "An institute (2011). A report", without the full stop at the end."""
    year = f" ({source.year})" if source.year else ""
    by = f"{source.by}{year}. " if source.by or year else ""
    return f"{by}{source.title}"


def counted(report: Report) -> str:
    """The rules that were used, and how many of them ended how."""
    counts = report.counts
    return (
        f"Rules {report.rules.version}, sha256 {report.rules.sha256[:12]}, values for {report.jurisdiction.upper()}. "
        f"{counts.raised} raised, {counts.superseded} left to a graver rule, {counts.not_raised} not raised, "
        f"{counts.undecided} could not be told, {counts.not_applicable} do not apply."
    )


def day(iso: str) -> str:
    """ "20 Nov 2026", of "2026-11-20"."""
    return date_words(date.fromisoformat(iso))
