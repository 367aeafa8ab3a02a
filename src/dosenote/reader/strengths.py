"""Two amounts of one thing, of which the first is how strong a piece is and the second what is taken."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from dosenote.quantity import Amount, convert
from dosenote.reader.makers import RANGE
from dosenote.reader.phrases import Piece

#: Between two amounts: the first is how strong a piece is, the second what is taken.
_TAKE = re.compile(r"\b(?:take|takes|taking|sig|inject|nehmen|prendre|tomar)\b", re.IGNORECASE)
#: A syringe is given as a whole: "30 mg/0.3 ml SubQ".
_SYRINGE = re.compile(r"\b(?:syringe|pre-?filled|sub-?q|subcut\w*|s\.?c\.?|sq)(?!\w)", re.IGNORECASE)
#: How strong a piece is has no range: "300-1,000 mg capsule" may be two strengths.
_DASHED = re.compile(r"\d[-\u2013]\d")
_PIECE = re.compile(r"\s*(?:tab|cap|softgel|pill)", re.IGNORECASE)
#: No more are taken at one time.
_MOST_PARTED = 8


def is_strength(text: str, piece: Piece) -> bool:
    """Whether a range is written as how strong a piece is: "300-1,000 mg capsule", "2 to 5 mg tablets"."""
    low = piece.value[0].low
    may_count = low <= _MOST_PARTED and low == low.to_integral_value()
    is_joined = may_count or _DASHED.search(text, piece.start, piece.end) is not None
    return is_joined and _PIECE.match(text, piece.end) is not None


#: A dash may part how many from how strong each is: "take 2 - 5 mg tablets".
_PARTED = re.compile(r"\S\s*[-\u2013\u2014\u2212]\s*\d")
_SPACED = re.compile(r"\s[-\u2013\u2014\u2212]\s*\d|[-\u2013\u2014\u2212]\s")
#: Without a blank only where a range would be wider than this: "take 1-5 mg warfarin", and not "take 1-2 mg".
_WIDE = Decimal("2.5")
_CLAUSE = re.compile(r"[,;|(]")
_NAMED_PIECE = re.compile(r"\b(?:tab(?:let)?|cap(?:sule|let)?|softgel|pill|gumm(?:y|ie))s?\b", re.IGNORECASE)


def may_be_count(text: str, piece: Piece) -> Amount | None:
    """All that an amount may be of which the first number may be how many: "take 2 - 5 mg tablets" is 2 to 10 mg."""
    amount, unclear = piece.value
    low, high = amount.low, amount.high
    if high is None or low == high or low > _MOST_PARTED or low * 2 != (low * 2).to_integral_value():
        return None
    is_spaced = _SPACED.search(text, piece.start, piece.end) is not None
    if unclear not in ("", RANGE if is_spaced else "") or not _PARTED.search(text, piece.start, piece.end):
        return None
    behind = text[piece.end :] if is_spaced else _CLAUSE.split(text[piece.end :])[0]
    has_form = _NAMED_PIECE.search(behind) is not None and (is_spaced or not _PIECE.match(behind))
    is_wide = high >= low * _WIDE and low == low.to_integral_value() and amount.unit != "g"
    is_taken = (is_spaced or is_wide) and _TAKE_FIRST.search(text[: piece.start]) is not None
    return Amount(min(low, high), max(high, high * low), amount.unit) if is_taken or has_form else None


#: Before how many, or at the beginning of the line.
_TAKE_FIRST = re.compile(r"(?:\b(?:takes?|taking|took|sig|nehmen?|prendre|tomar|on)\b\W*|^\W*)$", re.IGNORECASE)
#: Between how strong a piece is and the dose of an order: "5 mg tablet, 7.5 mg, oral, daily", "... (0.125 mg) tablet".
_OF_A_PIECE = re.compile(
    r"\)?\s*(?:[a-z]+\s)?(?:tab|cap|softgel)[a-z]*\.?(?:\s\([a-z]+\))?(?:\s[a-z]+)?\s*,\s*", re.IGNORECASE
)
#: A dose is so many halves of a piece at most; where the way it is given stands behind it, more.
_MOST_HALVES, _MOST_ORDERED = 6, 20
_ORDERED = re.compile(r"\s*,\s*(?:oral|po|by mouth)\b", re.IGNORECASE)


def _is_dose_of_pieces(text: str, pieces: list[Piece]) -> bool:
    """Whether the second of two amounts is taken, and the first is that of one piece: it is so many halves of it."""
    one, two = (piece.value[0] for piece in pieces[:2])
    if not _OF_A_PIECE.fullmatch(text, pieces[0].end, pieces[1].start) or _PIECE.match(text, pieces[1].end):
        return False
    dose = convert(two.low, two.unit, one.unit, None)
    halves = None if dose is None or not one.low or two.low != two.high else 2 * dose / one.low
    most = _MOST_ORDERED if _ORDERED.match(text, pieces[1].end) else _MOST_HALVES
    return halves is not None and halves == halves.to_integral_value() and halves <= most


def is_of_piece(text: str, pieces: list[Piece]) -> bool:
    """Whether the first of two amounts is that of one piece: "10 mg tablet, take 5 mg", "5 mg tablet, 7.5 mg, oral"."""
    start, end = pieces[0].end, pieces[1].start
    is_taken = _TAKE.search(text, start, end) is not None and _OFTEN.search(text, start, end) is None
    return is_taken or _is_dose_of_pieces(text, pieces)


#: Between them, this makes of the first a dose, too: "5000 IU daily, I take 2000 IU".
_OFTEN = re.compile(
    r"\b(?:daily|a day|per day|weekly|monthly|every|each|once|twice|bid|qd)\b|/\s?(?:d|day|wk|week)\b", re.IGNORECASE
)


def is_syringe(text: str) -> bool:
    """Whether a line is about a syringe, of which all is given."""
    return bool(_SYRINGE.search(text))


def of_brackets(text: str, pieces: list[Piece], count: tuple[Decimal, Decimal] | None) -> Amount | None:
    """The amount of all pieces where the one amount makes the other: "6 mg (two 3 mg tablets)", "2 x 3 mg (6 mg)"."""
    if count is None or len(pieces) != 2 or pieces[0].value[1] or pieces[1].value[1]:
        return None
    between = text[pieces[0].end : pieces[1].start]
    one, two = pieces[0].value[0], pieces[1].value[0]
    if ("(" not in between and "=" not in between) or ")" in between or one.unit != two.unit or one.low != one.high:
        return None
    return one if two.times(*count) == one else two if one.times(*count) == two else None


def of_sum(text: str, pieces: list[Piece]) -> Amount | None:
    """The amount taken where brackets say of which strengths it is made: "6 mg (5 mg + 1 mg tablets)"; else None."""
    whole, *parts = (piece.value[0] for piece in pieces)
    gaps = [text[one.end : two.start].strip() for one, two in pairwise(pieces)]
    if len(parts) < 2 or not gaps[0].endswith(("(", "=")) or set(gaps[1:]) != {"+"}:
        return None
    is_sum = all(one.unit == whole.unit and one.low == one.high for one in parts)
    is_whole = whole.low == whole.high == sum(one.low for one in parts)
    return whole if is_sum and is_whole and not any(piece.value[1] for piece in pieces) else None
