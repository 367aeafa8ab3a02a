"""The page as Markdown and as plain text: the same things in the same order, without a picture or a second sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dosenote.render.markdown import escaped, section_text
from dosenote.render.outline import DIRECTION_WORDS, Entry, Section
from dosenote.render.page.model import Behind, Cell, Finding, Page, Source, moment_words
from dosenote.render.page.sources import cited
from dosenote.render.text import WIDEST, render_sections

_LINE = "." * 40


def as_markdown(page: Page) -> str:
    """The page in Markdown; what was typed is text."""
    parts = [f"# {escaped(page.title)}", *(section_text(section, "##") for section in _sections(page))]
    return "\n\n".join(parts) + "\n"


def as_text(page: Page, width: int = WIDEST, color: bool = False) -> str:
    """The page in lines of at most `width` columns."""
    return render_sections([Section(page.title.upper(), ()), *_sections(page)], width, color)


def _sections(page: Page) -> Iterator[Section]:
    for audience in page.sheets:
        is_clinical = audience == "clinician"
        if page.audience != "patient":
            whom = "For the doctor or pharmacist" if is_clinical else "For me"
            yield Section(whom, ())
        parts = (
            Section("", (*_head(page),)),
            Section("What I take", (*_taken(page),)),
            *_findings(page, is_clinical),
            Section("Not recognised, so not checked", _bullets(page.not_recognised)),
            Section("Not decided", (*_open(page),)),
            Section("Totals of this list (food not counted)", (*_totals(page),)),
            Section("My blood values", _bullets(lab.whole for lab in page.labs)),
            Section("" if is_clinical else "My questions", () if is_clinical else (*_questions(page),)),
            Section("Sources", (*_sources(_cited(page, is_clinical)),)),
        )
        yield from (section for section in parts if section.entries)
    closing = (page.disclaimer, f"{page.coverage} {page.rules}.")
    yield Section("", tuple(Entry("closing", words) for words in closing))


def _bullets(words: Iterable[str]) -> tuple[Entry, ...]:
    return tuple(Entry("bullet", one) for one in words)


def _head(page: Page) -> Iterator[Entry]:
    made = ", ".join(words for words in (page.name, page.made_on) if words)
    yield Entry("paragraph", f"{made}. Made with dosenote by the person who takes this.")
    if page.person:
        yield Entry("labelled", "; ".join(page.person), "About me: ")
    if page.denied:
        yield Entry("labelled", ", ".join(page.denied), "I said no to: ")
    for words in page.noted:
        yield Entry("paragraph", words)
    if page.is_redacted:
        yield Entry("paragraph", "Without the name, exact days and the words as they were typed.")


def _taken(page: Page) -> Iterator[Entry]:
    for number, taken in enumerate(page.taken, 1):
        yield Entry("numbered", taken.text, number=number)
        for note in taken.notes:
            yield Entry("beneath-number", note)
        for cell in taken.cells:
            yield Entry("beneath-number", _cell(cell))
        if not taken.cells:
            near = f" Did you mean {', '.join(taken.suggestions)}?" if taken.suggestions else ""
            yield Entry("beneath-number", f"Not checked.{near}")
    if not page.taken:
        yield Entry("paragraph", "Nothing is listed.")


def _cell(cell: Cell) -> str:
    when = f" ({', '.join(moment_words(cell.moments))})" if cell.moments else ""
    each_time = cell.each_time or "not known"
    parts = [
        f"{cell.label}: each time {each_time}" if cell.label else f"each time {each_time}",
        f"{cell.how_often or 'how often not known'}{when}",
    ]  # fmt: skip
    parts += [f"a day {cell.daily or 'not known'}"] if cell.daily or cell.is_daily else ["NOT EVERY DAY"]
    parts += [cell.since_and_why] if cell.since_and_why else []
    parts += [cell.standing] if cell.standing else []
    return "; ".join(parts)


def _findings(page: Page, is_clinical: bool) -> Iterator[Section]:
    if not page.findings:
        words = page.nothing_raised or "What was found is acknowledged, see below."
        yield Section("To look at first", (Entry("paragraph", words),))
    for finding in page.in_order if is_clinical else (*page.findings, *page.folded):
        yield Section(f"{finding.action}: {finding.title}", (*_finding(finding, is_clinical),))
    if page.not_folded:
        yield Section("Acknowledged, but still shown", _bullets(page.not_folded))


def _finding(finding: Finding, is_clinical: bool) -> Iterator[Entry]:
    yield Entry("paragraph", finding.summary)
    if finding.acknowledged:
        yield Entry("labelled", finding.acknowledged, "I know of this: ")
    if not is_clinical:
        yield Entry("labelled", finding.talk, f"{finding.what_to_do} ")
    yield Entry("labelled", f"{finding.because}.", "Why me: ")
    yield Entry("labelled", f"{finding.severity}.", "How bad it could be: ")
    if not is_clinical:
        bases = " ".join(_basis(behind) for behind in finding.behind)
        yield Entry("labelled", f"{finding.certainty}. {bases}", "How sure: ")
        for question in finding.ask:
            yield Entry("labelled", question, "Ask: ")
        return
    for behind in finding.behind:
        if behind.partner:
            yield Entry("paragraph", f"With {behind.partner}:")
        yield Entry("labelled", f"{finding.certainty}: {behind.certainty_because}.", "How sure: ")
        yield from _behind(behind)


def _basis(behind: Behind) -> str:
    partner = f"{behind.partner}, " if behind.partner else ""
    return f"[{behind.basis.number}: {partner}{behind.basis.locator}]"


def _behind(behind: Behind) -> Iterator[Entry]:
    yield Entry("labelled", behind.mechanism, "Mechanism: ")
    for one in behind.evidence:
        yield Entry("labelled", f"{one.says} [{one.number}: {one.locator}]", f"{DIRECTION_WORDS[one.direction]}: ")
    if behind.changes:
        yield Entry("labelled", behind.changes, "What would change it: ")
    yield Entry("labelled", f"{behind.rule}, compared with its sources on {behind.reviewed}", "Rule: ")


def _open(page: Page) -> Iterator[Entry]:
    if not page.undecided:
        return
    rules = "rule" if page.undecided == 1 else "rules"
    gravest = f"The gravest is a {page.gravest_undecided}."
    yield Entry("paragraph", f"{page.undecided} {rules} could not be told, as something was not said. {gravest}")
    yield from _bullets((*page.gaps, *page.more_gaps))


def _totals(page: Page) -> Iterator[Entry]:
    for gauge in page.gauges:
        yield Entry("row", f"{gauge.label}: {gauge.words}")
        for mark in gauge.marks:
            stands = f"; this total {mark.stands}" if mark.stands else ""
            number = f" [{mark.number}]" if mark.number else ""
            yield Entry("beneath-row", f"{mark.words}{stands}{number}")
    if page.other_totals:
        yield Entry("row", page.other_totals)
    if page.recommended:
        yield Entry("paragraph", page.recommended)


def _questions(page: Page) -> Iterator[Entry]:
    yield from _bullets(dict.fromkeys(question for finding in page.findings for question in finding.ask))
    yield from (Entry("bullet", _LINE) for _ in range(4))


def _cited(page: Page, is_clinical: bool) -> tuple[Source, ...]:
    """What the parts above cite: for a clinician all of the evidence, else what each finding rests on first."""
    behind = [behind for finding in (*page.findings, *page.folded) for behind in finding.behind]
    evidence = [one for each in behind for one in (each.evidence if is_clinical else (each.basis,))]
    return cited(page, (*evidence, *(mark for gauge in page.gauges for mark in gauge.marks)))


def _sources(sources: Iterable[Source]) -> Iterator[Entry]:
    for one in sources:
        yield Entry("source", f"{one.words}. {'; '.join(one.locators)}.", number=one.number)
        if one.link:
            yield Entry("link", one.link)
        if one.problem:
            yield Entry("beneath-source", one.problem, "Note: ")
