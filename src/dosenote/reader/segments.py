"""Pieces → segments: which amount, which count and which schedule stand beside which name."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from dosenote.quantity import DAYS_PER, Amount, convert
from dosenote.reader.lexicon import Piece
from dosenote.regimen import Schedule
from dosenote.vocabulary import Entry

#: Roles of pieces that carry nothing by themselves once the line has been put together.
SILENT = frozenset({"neutral", "filler", "open", "close", "comma", "slash", "and", "equals", "to", "for", "in"})
#: Words that turn a statement round; the line as a whole deals with them.
TURNING = ("denied", "not", "stopped", "or")


@dataclass(slots=True)
class Segment:
    """One name with all that stands beside it. amounts: pieces, so that what lies between two can be seen."""

    entry: Entry
    amounts: list[Piece] = field(default_factory=list)
    element: Amount | None = None
    salt: str = ""
    is_elemental: bool = False
    count: tuple[Decimal, Decimal] | None = None
    per: Decimal | None = None
    duration: Decimal | None = None
    form: str = ""
    schedules: list[Schedule] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    cap: Decimal | None = None
    ceiling: Amount | None = None
    with_food: bool | None = None
    as_needed: bool = False
    single: bool = False
    unclear: list[str] = field(default_factory=list)
    is_new: bool | None = None

    def says_how_often(self) -> bool:
        return bool(self.schedules or self.times or self.unclear or self.as_needed or self.single)


def divide(text: str, pieces: list[Piece], names: list[Piece]) -> tuple[list[Segment], list[Piece]]:
    """A segment for each name, and the pieces that have no place in any. text: the line, for what parts the names."""
    segments = [Segment(piece.value) for piece in names]
    if not segments:
        return [], [piece for piece in pieces if piece.role not in SILENT and piece.role not in TURNING]
    owners = _owners(names, [piece for piece in pieces if piece.role == "amount"])
    unread = []
    for number, piece in enumerate(pieces):
        if piece.role == "name":
            continue
        before = [place for place, name in enumerate(names) if name.start < piece.start]
        near = segments[before[-1] if before else 0]
        follows = pieces[number + 1].role if number + 1 < len(pieces) else ""
        if piece.role == "amount" and piece.start in owners:
            segments[owners[piece.start]].amounts.append(piece)
        elif not _take(near, piece, follows):
            unread.append(piece)
    gaps = [text[one.end : two.start] for one, two in pairwise(names)]
    _share(segments, gaps)
    return segments, unread


def _owners(names: list[Piece], amounts: list[Piece]) -> dict[int, int]:
    """Which name each amount belongs to, by the place of the amount; left out where that is not clear."""
    if not amounts:
        return {}
    if len(names) == 1:
        return {amount.start: 0 for amount in amounts}
    in_order = {amount.start: number for number, amount in enumerate(amounts)}
    pairs = list(zip(amounts, names, strict=False))
    if len(amounts) == len(names):
        alternate = all(names[n].start < amounts[n + 1].start for n in range(len(names) - 1))
        if alternate and all(amount.start < name.start for amount, name in pairs):
            return in_order  # 5000 IU D3 and 100 mcg K2
        if names[-1].start < amounts[0].start:  # D3/K2 5000 IU/100 mcg
            return in_order if all(_fits(amount.value[0], name.value) for amount, name in pairs) else {}
    if amounts[0].start < names[0].start or (len(amounts) > len(names) and names[-1].start < amounts[0].start):
        return {}
    return {amount.start: max(n for n, name in enumerate(names) if name.start < amount.start) for amount in amounts}


def _fits(amount: Amount, entry: Entry) -> bool:
    """Whether a substance can be given in this unit at all."""
    return not entry.unit or convert(amount.low, amount.unit, entry.unit, entry.mcg_per_iu) is not None


def _take(segment: Segment, piece: Piece, follows: str) -> bool:
    """Give a piece to a segment; False when it has no place there. follows: the role of the piece after it."""
    role, value = piece.role, piece.value
    if role in SILENT or role in TURNING:
        return True
    if role == "schedule":
        segment.schedules.append(value)
    elif role in ("time", "meal"):
        segment.times.append(value)
        segment.with_food = True if role == "meal" else segment.with_food
    elif role == "food":
        segment.with_food = value
    elif role == "newness" and segment.is_new is None:
        segment.is_new = value
    elif role == "unclear":
        segment.unclear.append(value)
    elif role == "as_needed":
        segment.as_needed = True
    elif role == "single":
        segment.single = True
    elif role == "form" and not segment.form:
        segment.form = value
    elif role == "count" and segment.count is None and not value[0][2]:
        segment.count, segment.form = value[0][:2], value[1]
    elif role == "per_count" and segment.per is None and not value[0][2] and value[0][0] == value[0][1]:
        segment.per = value[0][0]
    elif role == "duration" and segment.duration is None:
        segment.duration = value[0][1] * DAYS_PER[value[1]]
    elif role == "elemental":
        segment.is_elemental = True
    elif role == "quantity" and _is_count(segment, value, follows):
        segment.count = value[:2]
    elif role == "cap" and segment.cap is None:
        segment.cap = value
    elif role == "ceiling" and segment.ceiling is None:
        segment.ceiling = value
    elif role == "element" and segment.element is None and not value[1]:
        segment.element = value[0]
    elif role == "salt" and not segment.salt and any(value in salt.names for salt in segment.entry.salts):
        segment.salt = value
    else:
        return False
    return True


def _is_count(segment: Segment, quantity: tuple[Decimal, Decimal, bool], follows: str) -> bool:
    """A bare number is a count only right before how often, beside an amount: "50 mcg (2,000 IU), 1 daily"."""
    nearby = bool(segment.amounts) and follows in ("schedule", "time", "meal")
    return nearby and segment.count is None and not quantity[2]


def _share(segments: list[Segment], gaps: list[str]) -> None:
    """How often, at the end of a line, speaks for the names before it that have nothing of their own.

    gaps: what stands between each name and the next. Across a comma only "once a day" is shared, across the end of a
    sentence nothing: "D3 10,000 IU, magnesium 400 mg weekly" does not say how often D3 is taken.
    """
    for mine, later, gap in zip(segments[-2::-1], segments[:0:-1], reversed(gaps), strict=True):
        daily = later.schedules == [Schedule((Decimal(1), Decimal(1)))]
        if mine.says_how_often() or ". " in gap or ";" in gap or ("," in gap and not daily):
            continue
        mine.schedules, mine.times, mine.unclear = later.schedules, later.times, later.unclear
        mine.as_needed, mine.single, mine.duration = later.as_needed, later.single, later.duration
        mine.with_food = later.with_food if mine.with_food is None else mine.with_food
