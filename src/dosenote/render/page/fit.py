"""What fits on the first sheet of paper, estimated from the widths of letters; the rest is announced on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from dosenote.render.outline import ACTION_WORDS
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
#: Lines to write on, and the picture of a gauge, also where nothing stands below its line.
_BLANK, _PICTURE, _PICTURE_ABOVE = 4 * 6.0, 10.8, 8.2
#: What stays free, as the estimate is one; and what columns that do not break everywhere leave empty.
_SPARE, _UNEVEN = 2.5, 24.0
#: Shares of the width that the columns of the list have: item, each time, how often, a day, since and what for; times
#: of day stand in the place of the last.
_COLUMNS = (0.33, 0.19, 0.13, 0.19, 0.14)
#: No sheet holds more rows.
_MOST_ROWS = 60
#: The most of a first sheet that a long list may take.
_MOST_OF_LIST = 0.45


#: Heights of what cannot be broken over two columns, one below the other.
Chunks: TypeAlias = list[float]


class Fit(NamedTuple):
    """What stands on the first sheet. What does not stands on the next, and `moved` announces it.

    taken, findings: so many, the findings in full. in_full: the findings in full on both sheets; of the others only the
    titles. names_gaps: whether all that was not said is named, or only counted.
    """

    taken: int
    findings: int
    in_full: int
    names_gaps: bool = True
    has_gauges: bool = True
    has_questions: bool = True
    has_others: bool = True
    has_sources: bool = True
    moved: tuple[str, ...] = ()


def fit(page: Page) -> Fit:
    """The fullest first sheet that holds everything; where none does, the rest goes to the next one."""
    most = min(FIRST, len(page.findings))
    graves = sum(finding.is_grave for finding in page.findings)
    least = 0 if page.is_light else max(graves, min(most, 1))
    if len(page.taken) <= _MOST_ROWS:
        room = _room(page, len(page.taken))
        for shown in range(most, least - 1, -1):
            for names_gaps in (True, False):
                if _height(_parts(page, shown, names_gaps)) <= room - _sources(page, shown):
                    return Fit(len(page.taken), shown, shown, names_gaps)
    weighty = sum(finding.action != ACTION_WORDS["good-to-know"] for finding in page.findings[:FIRST])
    return _split(page, max(weighty, graves, min(most, 1)))


def _split(page: Page, most: int) -> Fit:
    """Parts in the order of their weight, as long as they fit."""
    rows = [_row(page, taken) for taken in page.taken[:_MOST_ROWS]]
    must = sum(_findings(page, min(most, 1))) + sum(_open(page, False))
    taken = _fitting(rows, max(_room(page, 0) - must / 2, _HEIGHT * _MOST_OF_LIST) - _TABLE_TOP)
    left = 2 * (_room(page, taken) - _UNEVEN) - sum(_open(page, False))
    shown = max(
        _fitting([sum(_finding(finding)) for finding in page.findings[: min(most, FIRST)]], left - _HEADING),
        min(most, 1),
    )
    left -= sum(_findings(page, shown))
    has = []
    for height in (
        sum(_totals(page)), sum(_questions(page, shown)), sum(_others(page, most)), 2 * _sources(page, shown)
    ):  # fmt: skip
        has.append(height <= left)
        left -= height if has[-1] else 0
    gauges, questions, others, sources = has
    moved = tuple(_moved(page, taken, shown, most, has))
    return Fit(taken, shown, most, False, gauges, questions, others, sources, moved)


def _moved(page: Page, taken: int, shown: int, most: int, has: Sequence[bool]) -> Iterator[str]:
    gauges, questions, others, sources = has
    if taken < len(page.taken):
        yield f"{len(page.taken) - taken} more of {len(page.taken)} things that I take"
    for finding in page.findings[shown:most]:
        yield f"{finding.action}: {finding.title}"
    if not others and _others(page, most):
        rest = page.findings[most:]
        yield f"{len(rest)} more notes, the gravest {rest[0].action}" if rest else "what I know of"
    if page.more_gaps:
        yield "more that was not said"
    if not gauges and _totals(page):
        yield "totals"
    if not questions or shown < most:
        yield "my questions" if not questions else "more of my questions"
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
    cited = {one.basis.number for finding in page.findings[:shown] for one in finding.behind}
    cited |= {mark.number for gauge in page.gauges for mark in gauge.briefly.marks}
    return tuple(source for source in page.sources if source.number in cited)


def clinician_sources(page: Page) -> tuple[Source, ...]:
    """The sources that the sheet for a clinician cites."""
    cited = {one.number for finding in page.in_order for behind in finding.behind for one in behind.briefly}
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
    """The height of the two columns that a list of so many rows leaves of the first sheet."""
    denied = f"I said no to: {', '.join(page.denied)}" if page.denied else ""
    noted = "I also said: " + "; ".join(page.noted) if page.noted else ""
    labs = "My blood values: " + "; ".join(lab.whole for lab in page.labs) if page.labs else ""
    unknown = "Not recognised, so not checked; it may hold anything: " + "; ".join(page.not_recognised)
    texts = ("About me: " + "; ".join(page.person), denied, noted, labs, unknown if page.not_recognised else "")
    head = sum(lines_of(text, _WIDTH - 4) for text in texts if text) + bool(page.not_recognised)
    head += 1 if page.is_redacted else 0
    rows = sum(_row(page, one) for one in page.taken[:taken])
    foot = sum(_small(f"{page.disclaimer}  ", f"{page.coverage} {page.rules}", width=_WIDTH * 0.95)) + _FOOT
    announced = 0 if taken == len(page.taken) else 2
    return _HEIGHT - _TITLE - (head + announced) * _LINE - _TABLE_TOP - rows - foot - _SPARE


def _parts(page: Page, shown: int, names_gaps: bool) -> Chunks:
    """What stands in the two columns when all of it stands there, in its order."""
    return [
        *_findings(page, shown), *_others(page, shown), *_open(page, names_gaps), *_totals(page),
        *_questions(page, shown),
    ]  # fmt: skip


def _height(chunks: Chunks) -> float:
    """The height of two columns that are as even as what cannot be broken lets them be."""
    whole, left, best = sum(chunks), 0.0, sum(chunks)
    for chunk in chunks:
        left += chunk
        best = min(best, max(left, whole - left))
    return best


def _lines(text: str, width: float, em: float, line: float) -> Chunks:
    """The lines of a paragraph; its first two stay together, and so do its last two."""
    count = lines_of(text, width, em)
    lines = [line * count] if count <= 3 else [2 * line, *[line] * (count - 4), 2 * line]
    lines[0] += _BLOCK
    return lines


def _block(*texts: str) -> Chunks:
    return [chunk for text in texts if text for chunk in _lines(text, _COLUMN, _EM, _LINE)]


def _small(*texts: str, width: float = _COLUMN) -> Chunks:
    return [chunk for text in texts for chunk in _lines(text, width, _SMALL_EM, _SMALL_LINE)]


def _headed(chunks: Chunks) -> Chunks:
    """Below a heading, which stays with what comes first."""
    return [_HEADING + (chunks[0] if chunks else 0.0), *chunks[1:]]


def _row(page: Page, taken: Taken) -> float:
    item, each_time, how_often, daily, since = (share * _WIDTH - 2.5 for share in _COLUMNS)
    right = 0
    for cell in taken.cells:
        words = (
            (f"{cell.label}: {cell.each_time or 'not said'}" if cell.label else cell.each_time, each_time),
            (cell.how_often + " (stopped, not counted)" * (cell.stopped or cell.is_unclear), how_often),
            (cell.daily, daily),
            ("" if page.has_moments else f"{cell.since} {cell.why}", since),
        )
        right += max(lines_of(text, width) for text, width in words)
    below = [*taken.notes, *(cell.since_and_why for cell in taken.cells if page.has_moments and cell.since_and_why)]
    small = sum(lines_of(note, item, _SMALL_EM) for note in below) * _SMALL_LINE
    between = _ROW * max(len(taken.cells), 1)
    return max(_LINE * lines_of(taken.text, item) + small, _LINE * right + between - _ROW) + _ROW


def _finding(finding: Finding) -> Chunks:
    title = f"{finding.action}  {finding.title} {'x' * 6 * finding.is_grave}"
    words = (
        f"{finding.summary} {finding.what_to_do} {finding.talk} Why me: {finding.because}. How bad it could be: "
        f"{finding.severity}. How sure: {finding.certainty}. {_marks(finding)} {finding.acknowledged}"
    )
    if finding.is_grave:
        return [_BOX + sum(_block(title, words))]
    first, *rest = _block(words)
    return [1.5 + sum(_block(title)) + first, *rest]


def _marks(finding: Finding) -> str:
    return " ".join(f"[11: {one.partner}]" if one.partner else "[1]" for one in finding.behind)


def _findings(page: Page, shown: int) -> Chunks:
    none = _block(page.nothing_raised or "x" * 60) if not page.findings else []
    light = _block("x " * 55) if page.is_light else []
    return _headed([*none, *light, *(chunk for finding in page.findings[:shown] for chunk in _finding(finding))])


def _open(page: Page, names_gaps: bool) -> Chunks:
    chunks: Chunks = []
    if page.undecided:
        more = page.more_gaps if names_gaps else ("x" * 60,) * bool(page.more_gaps)
        chunks += _headed([*_block("x " * 65, *page.gaps), *_small(*more)])
    return chunks


def _totals(page: Page) -> Chunks:
    chunks: Chunks = []
    for gauge in page.gauges:
        marks = (f"U {mark.words}; this total {mark.stands} [1] - " for mark in gauge.briefly.marks)
        first, *rest = _small(" ".join(marks))
        below = any(mark.letter != "R" for mark in gauge.briefly.marks)
        chunks += [
            (_PICTURE if below else _PICTURE_ABOVE) + sum(_block(f"{gauge.label}: {gauge.words}")) + first,
            *rest,
        ]
    chunks += _small(page.other_totals) if page.other_totals else []
    chunks += _small(f"{'x ' * 45}{page.recommended}") if page.gauges else []
    return _headed(chunks) if chunks else []


def _questions(page: Page, shown: int) -> Chunks:
    return [*_headed(_block(*first_questions(page, shown))), _BLANK]


def _others(page: Page, shown: int) -> Chunks:
    rest = [
        f"{finding.action}: {finding.title}. {finding.summary if finding.is_weighty else ''}"
        for finding in page.findings[shown:]
    ]
    rest += [f"{one.action}: {one.title}. I know of this {one.acknowledged}" for one in page.folded]
    rest += [f"Acknowledged, but: {words}" for words in page.not_folded]
    return [*_headed(_block(*rest)), *_small("x" * 30)] if rest else []


def _sources(page: Page, shown: int) -> float:
    """The height of the sources, over the whole width."""
    texts = [f"[{one.number}] {one.brief} - " for one in first_sources(page, shown)]
    return sum(_small("Sources: " + "".join(texts), width=_WIDTH * 0.97)) if texts else 0.0
