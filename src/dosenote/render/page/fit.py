"""What fits on the first sheet of paper, estimated from the widths of letters; the rest is announced on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dosenote.render.page.model import FIRST, Finding, Page, Source, Taken

#: Millimetres that A4 and Letter both have inside margins of 9 mm; on a sheet of either the rest stays white.
_WIDTH, _HEIGHT = 192.0, 261.0
_COLUMN = 92.0
#: One line of 11 pt and of the small print of 8.5 pt, and an em of each, in millimetres.
_LINE, _SMALL_LINE = 4.55, 3.55
_EM, _SMALL_EM = 3.88, 3.0
#: Widths of letters in ems, for the sans-serif fonts of every system; letters of other scripts are wider.
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]/- "), frozenset("mwMWQO@%&ABCDEGHKNRUVX")
_WIDTHS = (0.3, 0.55, 0.74, 1.0)
_SCRIPTS = 0x2000
#: Around a row of the list, a block of text and a heading; a heading of a finding is larger, and one to call in a box.
_ROW, _BLOCK, _HEADING, _BOX = 1.3, 0.85, 6.7, 5.0
_TITLE, _TABLE_TOP, _FOOT = 10.7, 6.0, 1.2
#: Lines to write on, the picture of a gauge, and what columns that do not break everywhere leave empty.
_BLANK, _PICTURE, _UNEVEN = 4 * 6.0, 10.8, 6.5
#: Shares of the width that the columns of the list have: item, each time, how often, a day, since and what for.
_COLUMNS = (0.33, 0.19, 0.15, 0.19, 0.14)
#: With times of day their columns stand in the place of the last.
_MOST_OF_LIST = 0.45


class Fit(NamedTuple):
    """What stands on the first sheet. What does not stands on the next, and `moved` announces it.

    taken, findings: so many, the findings in full; of the others the titles. names_gaps: whether all that was not
    said is named, or only counted.
    """

    taken: int
    findings: int
    names_gaps: bool = True
    has_gauges: bool = True
    has_questions: bool = True
    has_others: bool = True
    has_sources: bool = True
    moved: tuple[str, ...] = ()


def fit(page: Page) -> Fit:
    """The fullest first sheet that holds everything; where none does, the rest goes to the next one."""
    grave = sum(finding.is_grave for finding in page.findings[:FIRST])
    most = min(FIRST, len(page.findings))
    for names_gaps in (True, False):
        for shown in range(most, max(grave, 1) - 1, -1):
            if _needed(page, shown, names_gaps) <= _room(page, len(page.taken)):
                return Fit(len(page.taken), shown, names_gaps)
    if not page.findings and _needed(page, 0, False) <= _room(page, len(page.taken)):
        return Fit(len(page.taken), 0, False)
    return _split(page, most)


def _split(page: Page, most: int) -> Fit:
    """Parts in the order of their weight, as long as they fit."""
    rows = [_row(page, taken) for taken in page.taken]
    must = _findings(page, min(most, 1)) + _open(page, False)
    taken = _fitting(rows, max((_room(page, 0) - must) / 2, _HEIGHT * _MOST_OF_LIST) - _TABLE_TOP)
    left = _room(page, taken) - _open(page, False)
    shown = max(_fitting([_finding(finding) for finding in page.findings[:most]], left - _HEADING), min(most, 1))
    left -= _findings(page, shown)
    has = []
    for height in (_totals(page), _questions(page, shown), _others(page, most), _sources(page, shown)):
        has.append(height <= left)
        left -= height if has[-1] else 0
    gauges, questions, others, sources = has
    moved = tuple(_moved(page, taken, shown, has))
    return Fit(taken, shown, False, gauges, questions, others, sources, moved)


def _moved(page: Page, taken: int, shown: int, has: Sequence[bool]) -> Iterator[str]:
    gauges, questions, others, sources = has
    if taken < len(page.taken):
        yield f"{len(page.taken) - taken} more of {len(page.taken)} things that I take"
    for finding in page.findings[shown:FIRST]:
        yield f"{finding.action}: {finding.title}"
    if not others and _others(page, FIRST):
        rest = page.findings[FIRST:]
        yield f"{len(rest)} more notes, the gravest {rest[0].action}" if rest else "what I know of"
    if page.more_gaps:
        yield "more that was not said"
    if not gauges and _totals(page):
        yield "totals" if page.gauges else "blood values"
    if not questions:
        yield "my questions"
    if not sources and page.sources:
        yield "sources"


def _fitting(heights: Iterable[float], room: float) -> int:
    """How many, from the first, fit into a room."""
    count = 0
    for height in heights:
        room -= height
        if room < 0:
            break
        count += 1
    return count


def first_sources(page: Page, shown: int) -> tuple[Source, ...]:
    """The sources that the findings in full, and the totals, cite."""
    cited = {finding.basis.number for finding in page.findings[:shown]}
    cited |= {mark.number for gauge in page.gauges for mark in gauge.briefly.marks}
    return tuple(source for source in page.sources if source.number in cited)


def clinician_sources(page: Page) -> tuple[Source, ...]:
    """The sources that the sheet for a clinician cites."""
    cited = {one.number for finding in (*page.findings, *page.folded) for one in finding.briefly}
    cited |= {mark.number for gauge in page.gauges for mark in gauge.marks}
    return tuple(source for source in page.sources if source.number in cited)


def first_questions(page: Page, shown: int) -> tuple[str, ...]:
    """What to ask about the findings in full."""
    return tuple(dict.fromkeys(question for finding in page.findings[:shown] for question in finding.ask))


# --- heights in millimetres


def width_of(text: str, em: float = _EM) -> float:
    """The width of a text on one line, in millimetres, of a font that is one em high."""
    narrow, plain, wide, other = _WIDTHS
    return em * sum(
        other if ord(char) > _SCRIPTS else narrow if char in _NARROW else wide if char in _WIDE else plain
        for char in text
    )


def lines_of(text: str, width: float, em: float = _EM) -> int:
    """How many lines a text needs in a column of a width in millimetres; a long word is broken."""
    lines, used = 1, 0.0
    for word in text.split():
        long = width_of(word, em)
        if used and used + long > width:
            lines, used = lines + 1, 0.0
        lines += int(long // width)
        used += long % width + em * _WIDTHS[0]
    return lines


def _room(page: Page, taken: int) -> float:
    """What a list of so many rows leaves of the first sheet: the height of its two columns together."""
    denied = f"I said no to: {', '.join(page.denied)}" if page.denied else ""
    head = sum(lines_of(text, _WIDTH) for text in ("about me " + "; ".join(page.person), denied, *page.noted) if text)
    head += 1 if page.is_redacted else 0
    rows = sum(_row(page, one) for one in page.taken[:taken])
    foot = _small(f"{page.disclaimer}  ", f"{page.coverage} {page.rules}", width=_WIDTH * 0.95) + _FOOT
    announced = 0 if taken == len(page.taken) else 2
    return 2 * (_HEIGHT - _TITLE - (head + announced) * _LINE - _TABLE_TOP - rows - foot - _UNEVEN)


def _needed(page: Page, shown: int, names_gaps: bool) -> float:
    """What stands in the two columns when all of it stands there."""
    return (
        _findings(page, shown) + _open(page, names_gaps) + _totals(page) + _questions(page, shown)
        + _others(page, shown) + _sources(page, shown)
    )  # fmt: skip


def _block(*texts: str) -> float:
    return sum(_BLOCK + _LINE * lines_of(text, _COLUMN) for text in texts if text)


def _small(*texts: str, width: float = _COLUMN) -> float:
    return sum(_BLOCK + _SMALL_LINE * lines_of(text, width, _SMALL_EM) for text in texts)


def _row(page: Page, taken: Taken) -> float:
    item, each_time, how_often, daily, since = (share * _WIDTH - 2.5 for share in _COLUMNS)
    right = 0
    for cell in taken.cells:
        words = (
            (f"{cell.label}: {cell.each_time or 'not said'}" if cell.label else cell.each_time, each_time),
            (cell.how_often + " (stopped, not counted)" * cell.stopped, how_often),
            (cell.daily, daily),
            ("" if page.has_moments else f"{cell.since} {cell.why}", since),
        )
        right += max(lines_of(text, width) for text, width in words)
    small = sum(lines_of(note, item, _SMALL_EM) for note in taken.notes) * _SMALL_LINE
    between = _ROW * max(len(taken.cells), 1)
    return max(_LINE * lines_of(taken.text, item) + small, _LINE * right + between - _ROW) + _ROW


def _finding(finding: Finding) -> float:
    texts = (
        f"{finding.action}  {finding.title} {'x' * 6 * finding.is_grave}",
        f"{finding.summary} What to do: {finding.talk} Why me: {finding.because}. How bad it could be: "
        f"{finding.severity}. How sure: {finding.certainty}. [1]" + finding.acknowledged,
    )
    return _block(*texts) + (_BOX if finding.is_grave else 1.5)


def _findings(page: Page, shown: int) -> float:
    none = "" if page.findings else page.nothing_raised
    return _HEADING + _block(none) + sum(_finding(finding) for finding in page.findings[:shown])


def _open(page: Page, names_gaps: bool) -> float:
    height = _HEADING + _block(*page.not_recognised) if page.not_recognised else 0.0
    if page.undecided:
        height += _HEADING + _block("x" * 80, *page.gaps)
        height += _small(*page.more_gaps) if names_gaps else _SMALL_LINE * 2 * bool(page.more_gaps)
    return height


def _totals(page: Page) -> float:
    height = _small(page.other_totals) if page.other_totals else 0.0
    for gauge in page.gauges:
        height += _PICTURE + _block(f"{gauge.label}: {gauge.words}")
        marks = (f"U {mark.words}; this total is {mark.stands} [1] - " for mark in gauge.briefly.marks)
        height += _small(" ".join(marks))
    if page.labs:
        height += _HEADING + _block(*(f"{lab.words}, {lab.when}" for lab in page.labs))
    return height + _HEADING + 3 * _SMALL_LINE + _BLOCK if page.gauges or page.other_totals else height


def _questions(page: Page, shown: int) -> float:
    return _HEADING + _block(*first_questions(page, shown)) + _BLANK


def _others(page: Page, shown: int) -> float:
    rest = [f"{finding.action}: {finding.title}" for finding in (*page.findings[shown:], *page.folded)]
    return _HEADING + _block(*rest, *page.not_folded) + 2 * _SMALL_LINE if rest or page.not_folded else 0.0


def _sources(page: Page, shown: int) -> float:
    texts = [f"[{one.number}] {one.brief}" for one in first_sources(page, shown)]
    return _HEADING + _small(*texts) if texts else 0.0
