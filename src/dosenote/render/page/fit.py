"""What fits on the first sheet of paper, estimated from the widths of letters; the rest is announced on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from dosenote.render.outline import ACTION_WORDS
from dosenote.render.page.letters import EM, lines_of, width_of
from dosenote.render.page.model import FIRST, Cell, Finding, Page, Source, Taken
from dosenote.render.page.sources import cited

#: Millimetres that A4 and Letter both have inside margins of 9 mm; on a sheet of either the rest stays white.
WIDTH, _HEIGHT = 192.0, 261.0
#: A4 is longer; the part of it that a PDF fills, whose columns may be less even than a browser's.
_A4_HEIGHT = 271.0
_COLUMN, _BULLET = 92.0, 4.5
#: The most questions whose numbers are one digit; longer numbers need so much more.
_ONE_DIGIT, _LONG_NUMBERS = 9, 6.6
#: One line of 11 pt and of the small print of 8.5 pt, and an em of the latter, in millimetres.
_LINE, _SMALL_LINE = 4.55, 3.55
_SMALL_EM = 3.0
#: Around a row of the list, a block of text and a heading; a heading of a finding is larger, and one to call in a box.
_ROW, _BLOCK, _HEADING, _BOX = 1.3, 0.85, 6.7, 5.0
_TITLE, _TABLE_TOP, _FOOT = 6.3, 6.0, 1.2
#: Lines to write on, and the picture of a gauge, also where nothing stands below its line.
_BLANKS, _BLANK, _PICTURE, _PICTURE_ABOVE = 4, 6.0, 10.8, 8.2
#: What stays free, as the estimate is one.
_SPARE = 2.5
#: What announces the next sheet, in lines; those that are bold hold less.
_ANNOUNCED, _BOLD = 4, 0.9
#: The white inside a cell and its line; columns of the list are between these wide, and the item takes what is left.
_CELL = 2.9
_NARROWEST, _WIDEST, _ITEM = 21.0, (44.0, 38.0, 32.0, 27.0), 45.0
#: Four times of day, or since when and what for; the latter also to write in.
_MOMENTS, _SINCE = 29.0, 28.0
#: Letters may be wider than they are taken for.
_CARE = 1.06
#: What stands in the place of all that was not said.
MORE_GAPS = "And more that was not said; dosenote asks for it at its prompt."
_GAPS_MOVED = "more that was not said"
#: No sheet holds more rows.
_MOST_ROWS = 60
#: The most of a first sheet that a long list may take.
_MOST_OF_LIST = 0.45


#: Heights of what cannot be broken over two columns, one below the other.
Chunks: TypeAlias = list[float]


class Columns(NamedTuple):
    """Widths of columns of the list, in millimetres of a sheet; times of day take the rest.

    since: of since when and what for; 0 where there is no such column.
    """

    item: float
    each_time: float
    how_often: float
    daily: float
    since: float


class Fit(NamedTuple):
    """What stands on the first sheet. What does not stands on the next, and `moved` announces it.

    columns: of the list. taken, findings: so many, the findings in full. in_full: the findings in full on both sheets;
    of the others only the titles. names_gaps: whether all that was not said is named, or only counted. blanks: lines to
    write on, on the next sheet; fewer where that saves a third one. next_names_gaps: as names_gaps, of the next sheet.
    """

    columns: Columns
    taken: int
    findings: int
    in_full: int
    names_gaps: bool = True
    has_gauges: bool = True
    has_questions: bool = True
    has_others: bool = True
    has_sources: bool = True
    moved: tuple[str, ...] = ()
    blanks: int = _BLANKS
    next_names_gaps: bool = True


def fit(page: Page, paper: str = "") -> Fit:
    """The fullest first sheet that holds everything; where none does, the rest goes to the next one.

    paper: "A4", which is longer than Letter; else a sheet of either holds it.
    """
    height = _A4_HEIGHT if paper == "A4" else _HEIGHT
    most = min(FIRST, len(page.findings))
    graves = sum(finding.is_grave for finding in page.findings)
    least = 0 if page.is_light else max(graves, min(most, 1))
    columns = _columns(page)
    if len(page.taken) <= _MOST_ROWS:
        room = height - _around(page, len(page.taken), columns)
        for shown in range(most, least - 1, -1):
            for names_gaps in (True, False):
                if _height(_parts(page, shown, names_gaps)) <= room - _sources(page, shown):
                    return Fit(columns, len(page.taken), shown, shown, names_gaps)
    weighty = sum(finding.action != ACTION_WORDS["good-to-know"] for finding in page.findings[:FIRST])
    return _split(page, columns, height, max(weighty, graves, min(most, 1)))


def _split(page: Page, columns: Columns, height: float, most: int) -> Fit:
    """What must stand first, and parts in the order of their weight; what announces the rest takes room, too."""
    for lines in range(1, _ANNOUNCED + 1):
        found = _split_below(page, columns, height - _BOX - lines * _LINE, most)
        if lines_of(f"Goes on, on the next sheet: {'; '.join(found.moved)}.", WIDTH * _BOLD) <= lines:
            break
    return _with_next(page, found, height)


def _with_next(page: Page, split: Fit, height: float) -> Fit:
    """With fewer lines to write on, or only a word of all that was not said, where that saves a third sheet."""
    shown, most = split.findings, split.in_full
    rows = sum(_row(taken, split.columns) for taken in page.taken[split.taken : split.taken + _MOST_ROWS])
    room = height - _TITLE - (rows + _TABLE_TOP if rows else 0.0) - _SPARE
    cited_before = first_sources(page, shown) if split.has_sources else ()
    sources = [f"[{one.number}] {one.brief}" for one in first_sources(page, most) if one not in cited_before]
    parts = [
        [chunk for finding in page.findings[shown:most] for chunk in _finding(finding)],
        [] if split.has_others else _others(page, most), [] if split.has_gauges else _totals(page),
        [] if split.has_questions else _asked(page, most), _small(*sources),
    ]  # fmt: skip
    chunks = [chunk for part in parts if part for chunk in _headed(part)]
    for names_gaps in (True, False):
        gaps = _headed(_small(*page.more_gaps)) if names_gaps else []
        for blanks in range(_BLANKS, -1, -1):
            if _height([*chunks, *gaps, blanks * _BLANK]) <= room:
                moved = tuple(one for one in split.moved if names_gaps or one != _GAPS_MOVED)
                return split._replace(blanks=blanks, next_names_gaps=names_gaps, moved=moved)
    return split


def _split_below(page: Page, columns: Columns, height: float, most: int) -> Fit:
    rows = [_row(taken, columns) for taken in page.taken[:_MOST_ROWS]]
    must = sum(_findings(page, min(most, 1))) + sum(_open(page, False))
    empty = height - _around(page, 0, columns)
    taken = _fitting(rows, max(empty - must / 2, height * _MOST_OF_LIST) - _TABLE_TOP)
    room = height - _around(page, taken, columns)
    all_others, what_is_open, totals = _others(page, most), _open(page, False), _totals(page)

    def holds(shown: int, has: Sequence[bool]) -> bool:
        gauges, questions, others, sources = has
        chunks = [
            *_findings(page, shown), *(all_others if others else ()), *what_is_open, *(totals if gauges else ()),
            *(_questions(page, shown) if questions else ()),
        ]  # fmt: skip
        return _height(chunks) <= room - (_sources(page, shown) if sources else 0.0)

    has = [False] * 4
    shown = next((shown for shown in range(min(most, FIRST), 1, -1) if holds(shown, has)), min(most, 1))
    for part in range(4):
        has[part] = holds(shown, [*has[:part], True, *has[part + 1 :]])
    gauges, questions, others, sources = has
    moved = tuple(_moved(page, taken, shown, most, has))
    return Fit(columns, taken, shown, most, False, gauges, questions, others, sources, moved)


def _moved(page: Page, taken: int, shown: int, most: int, has: Sequence[bool]) -> Iterator[str]:
    gauges, questions, others, sources = has
    if taken < len(page.taken):
        yield f"{len(page.taken) - taken} more of {len(page.taken)} things that I take"
    for finding in page.findings[shown:most]:
        yield f"{finding.action}: {finding.title}"
    if not others and _others(page, most):
        rest = page.findings[most:]
        notes = "1 more note" if len(rest) == 1 else f"{len(rest)} more notes"
        yield f"{notes}, the gravest {rest[0].action}" if rest else "what I know of"
    if page.more_gaps:
        yield _GAPS_MOVED
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
    """The sources that the findings in full, and the totals, cite, with the places that they cite."""
    bases = (behind.basis for finding in page.findings[:shown] for behind in finding.behind)
    return cited(page, (*bases, *(mark for gauge in page.gauges for mark in gauge.briefly.marks)))


def clinician_sources(page: Page) -> tuple[Source, ...]:
    """The sources that the sheet for a clinician cites, with the places that it cites."""
    evidence = (one for finding in page.in_order for behind in finding.behind for one in behind.briefly)
    return cited(page, (*evidence, *(mark for gauge in page.gauges for mark in gauge.marks)))


def first_questions(page: Page, shown: int) -> tuple[str, ...]:
    """What to ask about the findings in full."""
    return tuple(dict.fromkeys(question for finding in page.findings[:shown] for question in finding.ask))


# --- heights in millimetres


def _around(page: Page, taken: int, columns: Columns) -> float:
    """The height of what stands above and below the two columns, with a list of so many rows."""
    denied = f"I said no to: {', '.join(page.denied)}" if page.denied else ""
    noted = "I also said: " + "; ".join(page.noted) if page.noted else ""
    labs = "My blood values: " + "; ".join(lab.whole for lab in page.labs) if page.labs else ""
    unknown = "Not recognised, so not checked; it may hold anything: " + "; ".join(page.not_recognised)
    about = f"{page.name or 'x' * 40}, {page.made_on}. About me: {'; '.join(page.person)}"
    texts = (about, denied, noted, labs, unknown if page.not_recognised else "")
    head = sum(lines_of(text, WIDTH - 4) for text in texts if text) + bool(page.not_recognised)
    head += 1 if page.is_redacted else 0
    rows = sum(_row(one, columns) for one in page.taken[:taken])
    foot = sum(_small(f"{page.disclaimer}  ", f"{page.coverage} {page.rules}", width=WIDTH * 0.95)) + _FOOT
    return _TITLE + head * _LINE + _TABLE_TOP + rows + foot + _SPARE


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


def _lines(text: str, width: float, em: float, line: float, white: float = _BLOCK) -> Chunks:
    """The lines of a paragraph; its first two stay together, and so do its last two."""
    count = lines_of(text, width, em)
    lines = [line * count] if count <= 3 else [2 * line, *[line] * (count - 4), 2 * line]
    lines[0] += white
    return lines


def _block(*texts: str) -> Chunks:
    return [chunk for text in texts if text for chunk in _lines(text, _COLUMN, EM, _LINE)]


def _bullets(texts: Sequence[str]) -> Chunks:
    """A list: narrower, and without white between its points."""
    chunks = [chunk for text in texts for chunk in _lines(text, _COLUMN - _BULLET, EM, _LINE, white=0.0)]
    return [*chunks[:-1], chunks[-1] + _BLOCK] if chunks else []


def _small(*texts: str, width: float = _COLUMN) -> Chunks:
    return [chunk for text in texts for chunk in _lines(text, width, _SMALL_EM, _SMALL_LINE)]


def _headed(chunks: Chunks) -> Chunks:
    """Below a heading, which stays with what comes first."""
    return [_HEADING + (chunks[0] if chunks else 0.0), *chunks[1:]]


def _columns(page: Page) -> Columns:
    """The columns in which the fewest lines are broken; each is as wide as its words, or as some of them are."""
    taken = page.taken[:_MOST_ROWS]
    texts = [_texts(cell) for one in taken for cell in one.cells]
    needed = [max((width_of(row[n]) * _CARE + _CELL for row in texts), default=0.0) for n in range(3)]
    found = []
    for most in _WIDEST:
        each_time, how_often, daily = (max(min(width, most), _NARROWEST) for width in needed)
        since = _SINCE if page.has_since else 0.0
        item = WIDTH - (_MOMENTS if page.has_moments else since) - each_time - how_often - daily
        widths = Columns(item, each_time, how_often, daily, since)
        if item >= _ITEM:
            found.append((sum(_row(one, widths) for one in taken), -item, widths))
    return min(found)[-1]


def _texts(cell: Cell) -> tuple[str, str, str]:
    """The words in the columns of a row: each time, how often, and a day."""
    standing = f" ({cell.standing})" if cell.standing else ""
    return (
        f"{cell.label}: {cell.each_time or 'not said'}" if cell.label else cell.each_time,
        cell.how_often + standing,
        cell.daily,
    )


def _row(taken: Taken, widths: Columns) -> float:
    right = 0
    for cell in taken.cells:
        lines = [lines_of(text, width - _CELL) for text, width in zip(_texts(cell), widths[1:4], strict=True)]
        since = f"{cell.since} {cell.why}" if widths.since else ""
        right += max(*lines, lines_of(since, _SINCE - _CELL))
    item = widths.item - _CELL
    below = [*taken.notes, *(cell.since_and_why for cell in taken.cells if not widths.since and cell.since_and_why)]
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
    if not page.undecided:
        return []
    words = (
        f"{page.undecided} rules could not be told, as something was not said; the gravest is a "
        f"{page.gravest_undecided}. What would help most:"
    )
    more = page.more_gaps if names_gaps else (MORE_GAPS,) * bool(page.more_gaps)
    return _headed([*_block(words), *_bullets(page.gaps), *_small(*more)])


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
    chunks += _small(f"{page.legend(is_brief=True)} {page.recommended}") if page.gauges else []
    return _headed(chunks) if chunks else []


def _questions(page: Page, shown: int) -> Chunks:
    return [*_headed(_asked(page, shown)), _BLANKS * _BLANK]


def _asked(page: Page, shown: int) -> Chunks:
    asked = first_questions(page, shown)
    width = _COLUMN - (_LONG_NUMBERS if len(asked) > _ONE_DIGIT else 0.0)
    return [chunk for words in asked for chunk in _lines(words, width, EM, _LINE)]


def _others(page: Page, shown: int) -> Chunks:
    rest = [f"x {one.action}: {one.words}" for one in page.others(shown)]
    rest += [f"{one.action}: {one.title}. I know of this {one.acknowledged}" for one in page.folded]
    rest += [f"Acknowledged, but: {words}" for words in page.not_folded]
    return [*_headed(_block(*rest)), *_small("x" * 30)] if rest else []


def _sources(page: Page, shown: int) -> float:
    """The height of the sources, over the whole width."""
    texts = [f"[{one.number}] {one.brief} - " for one in first_sources(page, shown)]
    return sum(_small("Sources: " + "".join(texts), width=WIDTH * 0.97)) if texts else 0.0
