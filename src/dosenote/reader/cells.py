"""Cells of a table that were pasted as a line: a number and its unit that a mark parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dosenote.reader.makers import make_fraction
from dosenote.reader.phrases import Piece
from dosenote.reader.tokens import NUMBERED

#: A letter behind a mark between cells, and a number in the cell before it: few lines have that.
_LETTER_CELL = re.compile(r"[,;]\s*[\"\u201c]?[^\W\d]")
_ROW = re.compile(r"\d[\"\u201d]?\s*([,;])\s*[\"\u201c]?[^\W\d]")
#: What stands about a mark between two cells.
_ABOUT = ' \t\u00a0"\u201c\u201d'
#: What a cell holds, in front of it: "Dose: 2000; Unit: IU".
_LABEL = re.compile(r"(?:dose|amount|strength|units?)\s*[:=]", re.IGNORECASE)
_GAP = re.compile(rf"[{_ABOUT}]*(?:{_LABEL.pattern}[{_ABOUT}]*)?", re.IGNORECASE)
_QUOTES = '"\u201c\u201d'
#: What a number may stand beside that is no cell of its own: "Vitamin D3 2000;IU;daily".
_BEFORE = frozenset(("name", "salt", "form"))
#: A unit before its number, "2, IU 1000", is of that number.
_NUMBERS = frozenset(("number", "number_word"))
#: A cell that holds nothing but an amount, or its number before one that holds the unit.
_AMOUNT_CELL = re.compile(
    r';[ \t]*"?[0-9][0-9.,]*"?[ \t]*;?[ \t]*"?'
    r'(?:mc?g|[u\u00b5\u03bc]g|g|iu|i\.u\.|ie|i\.e\.|ui|u\.i\.|units?|j\.?m\.?|meq|ml)"?[ \t]*(?:;|$)',
    re.IGNORECASE,
)
#: A cell that is the unit of a number in the cell before it ("mg" alone is a name of magnesium, too).
_UNIT_CELL = re.compile(r'"?mg"?', re.IGNORECASE)
#: What the cells behind the first hold: no name, no word that is not known, and nothing about somebody.
_DETAILS = frozenset(
    (
        *("number", "number_word", "unit", "form", "schedule", "dosed", "every", "period", "weekday", "time", "times"),
        *("ampm", "at", "for", "to", "max", "as_needed", "food", "fasting", "meal", "heading", "filler", "neutral"),
    )
)


def has_amount_cell(text: str) -> bool:
    """Whether something between semicolons is no more than an amount: "D3;2000;IU;daily"."""
    return _AMOUNT_CELL.search(text) is not None


def with_rows(parts: Sequence[str], cells: Sequence[Sequence[Piece]]) -> list[str]:
    """The parts of a text, each with its pieces, where cells that tell of one thing are one part.

    The first cell of a row names the thing and no amount, the others hold its dose, one of them nothing but an amount.
    """
    roles = [{piece.role for piece in cell} for cell in cells]
    found: list[str] = []
    start = 0
    while start < len(parts):
        end = start + 1
        if "unit" not in roles[start] and not roles[start].isdisjoint(("name", "word")):
            while end < len(parts) and (roles[end] <= _DETAILS or _UNIT_CELL.fullmatch(parts[end].strip())):
                end += 1
        row = ";".join(parts[start:end])
        found.extend([row] if has_amount_cell(row) else parts[start:end])
        start = end
    return found


#: A row of three or four numbers in cells of their own, and no other number in the cell before it or behind it.
_DOSE_CELL = r"(?:[1-3]/[24]|[0-4](?:[.,][05])?|[\u00bc-\u00be])"
_PLAN = re.compile(
    rf"(?<=[|\t])[ ]*{_DOSE_CELL}(?:[ ]*[|\t][ ]*{_DOSE_CELL}){{2,3}}[ ]*(?=[|\t](?![ ]*[\d\u00bc-\u00be])|$)"
)
_NUMBER_CELL = re.compile(r"(?:^|[|\s])[\d.,\u00bc-\u00be]+[ ]*[|\t]$")
#: The same without lines between the cells, as a medication plan is pasted: before the word for pieces.
_PASTED = re.compile(r"(?<=[^\d.,] )[0-4](?:[.,]5)? [0-4](?:[.,]5)? [0-4](?:[.,]5)? [0-4](?:[.,]5)?(?= St(?:ück|k)\b)")
#: The same with dashes and a part of a piece, before which nothing is taken: "1-1/2-0" may be one and a half.
_PART = r"(?:[1-3]/[24]|[\u00bc-\u00be])"
_PARTS = re.compile(
    rf"(?<![\w.,/-])(?=[\d\u00bc-\u00be/-]*0)(?:{_PART}|[0-4])(?:-0|(?<=0)-{_PART}|-[0-4](?!/)){{2,3}}(?![\w.,/\u00bc-\u00be-])"
)
_PIECES = re.compile(r"[|\t\s]*st(?:ück|k)(?=[ ]*(?:[.|\t]|$|\s\w))", re.IGNORECASE)


#: Five times of a day, or more: of which the last may be how many pieces, "1-0-1-0-1 Tabl".
_LONGER = re.compile(r"(?<![\w.,/-])[0-4](?:-[0-4]){4,}(?![\w.,/-])")
#: Few lines have a row at all. Each way begins with one letter, so that a line without any of them is passed over.
_HAS_PLAN = re.compile(r"\||\t|-(?:[\u00bc-\u00be]|\d/\d|(?<=\d-)\d-\d-\d-\d|(?<=[\u00bc-\u00be/]-))|S(?<=\d S)t")
#: Between the two numbers of a fraction, and the second of them.
_FRACTIONS = (["fraction", "number"], ["slash", "number"])


def with_plan(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces with a dash between the cells of a medication plan: "| 1 | 0 | 0 | 0 | Stück" is 1-0-0-0.

    Its column for the unit, which says "pieces", is passed over. A scheme of five numbers or more stays unread.
    """
    longer = _LONGER.search(text)
    if longer is not None:
        before = [piece for piece in pieces if piece.start < longer.start()]
        mark = Piece("word", longer[0], longer.start(), longer.end())
        return [*before, mark, *(piece for piece in pieces if piece.start >= longer.end())]
    row = _PLAN.search(text) or _PASTED.search(text) or _PARTS.search(text)
    if row is None or _NUMBER_CELL.search(text[: row.start()]) or "0" not in re.split(r"[\s|-]+", row[0].strip()):
        return pieces  # without a nought the numbers may be anything
    inside = [n for n, piece in enumerate(pieces) if row.start() <= piece.start and piece.end <= row.end()]
    cells = _as_cells(pieces[inside[0] : inside[-1] + 1]) if inside else None
    if cells is None:
        return pieces
    unit = _PIECES.match(text, row.end())
    behind = [
        piece
        for piece in pieces[inside[-1] + 1 :]
        if unit is None or piece.role != "dispense" or not unit.start() <= piece.start < unit.end()
    ]
    return [*pieces[: inside[0]], *cells, *behind]


def _as_cells(pieces: list[Piece]) -> list[Piece] | None:
    """The numbers of a row with a dash between each two, a half or a quarter as one number; None for anything else."""
    found: list[Piece] = []
    rest = [piece for piece in pieces if piece.role != "to"]
    while rest:
        first, *others = rest
        if first.role != "number":
            return None
        part = others[:2] if [piece.role for piece in others[:2]] in _FRACTIONS else []
        rest = others[len(part) :]
        if part:
            made = make_fraction(first.value, part[1].value)
            if made is None:
                return None
            first = Piece("number", (made[1],), first.start, part[1].end)
        found += [Piece("to", "-", found[-1].end, first.start), first] if found else [first]
    return found


def with_cells(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces without the mark between a number and its unit: "D3;2000;IU;qd", "Calcium,600,mg,1,tablet,daily".

    A comma inside a number beside such commas may part two cells: "warfarin,2,5,mg" stays as it is.
    """
    if _HAS_PLAN.search(text) is not None:
        pieces = with_plan(text, pieces)
    if _LETTER_CELL.search(text) is None or _ROW.search(text) is None:
        return pieces
    pieces = [piece for piece in pieces if not (piece.role == "unit" and _LABEL.match(text, piece.start))]
    found: list[Piece] = []
    for n, piece in enumerate(pieces):
        if not (1 < n < len(pieces) - 1 and piece.role in ("comma", "semicolon") and _is_between(text, pieces, n)):
            found.append(piece)
    return found


def _is_between(text: str, pieces: list[Piece], n: int) -> bool:
    """Whether a mark parts a number from its unit or its form, which is the next cell or begins it."""
    number, mark, unit = pieces[n - 1 : n + 2]
    follows = {piece.role for piece in pieces[n + 2 : n + 3]}
    if number.role != "number" or unit.role not in ("unit", "form") or follows & _NUMBERS:
        return False
    if text[number.end : mark.start].strip(_ABOUT) or not _GAP.fullmatch(text, mark.end, unit.start):
        return False
    before, written = pieces[n - 2], text[number.start : number.end]
    is_cell = before.role == mark.role and bool(_GAP.fullmatch(text, before.end, number.start))
    if not is_cell and (before.role not in _BEFORE or unit.role != "unit"):
        return False
    if mark.role == "comma" and "," in written and text[number.end : number.end + 1] not in _QUOTES:
        return False
    if written in NUMBERED.get(text[: before.start if is_cell else number.start].rstrip(_ABOUT)[-1:].lower(), ()):
        return False  # "Vitamin D,3,mcg": vitamin D3, or 3 mcg of vitamin D?
    is_nought = written[0] == "0" and written.isdigit()  # "05;mg": 0.5, or 5?
    return not is_nought and not (written.endswith("01") and text[unit.start : unit.end] in ("u", "U"))
