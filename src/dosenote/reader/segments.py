"""Pieces → segments: which amount, which count and which schedule stand beside which name."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from dosenote.quantity import DAYS_PER, IU, Amount, convert
from dosenote.reader.guard import judge
from dosenote.reader.makers import DAILY, Quantity
from dosenote.reader.phrases import Piece
from dosenote.regimen import Schedule
from dosenote.vocabulary import Entry

#: Roles of pieces that carry nothing by themselves once the line has been put together.
SILENT = frozenset(
    (
        "neutral",
        "filler",
        "open",
        "close",
        "comma",
        "semicolon",
        "slash",
        "and",
        "plus",
        "equals",
        "to",
        "for",
        "in",
        "goal_value",
        "since",
    )
)
#: Words that turn a statement round; the line as a whole deals with them.
TURNING = frozenset(
    ("denied", "not", "stopped", "or", "then", "except", "allergy", "doubt", "family", "until", "about")
)


class Segment:
    """One name with all that stands beside it. amounts: pieces, so that what lies between two can be seen.

    total: the amount of all pieces together, as written. in_brackets: an amount that may be of one piece or of all.
    bare_count: the count is a number without a form.
    serving: how many pieces the label's serving has. divided: into how many a daily amount is divided.
    phase: 1, 2, … for steps that follow one another, else 0.
    """

    element: Amount | None = None
    total: Amount | None = None
    in_brackets: Amount | None = None
    salt = ""
    is_elemental = False
    count: tuple[Decimal, Decimal] | None = None
    count_in_brackets: Decimal | None = None
    many: tuple[Decimal, Decimal] | None = None
    per: Decimal | None = None
    per_form = ""
    serving: Decimal | None = None
    bare_count = False
    divided: Decimal | None = None
    duration: Decimal | None = None
    form = ""
    cap: Decimal | None = None
    ceiling: Amount | None = None
    as_needed = False
    single = False
    has_scheme = False
    count_comes_last = False
    many_comes_last = False
    season = ""
    is_new: bool | None = None

    def __init__(self, entry: Entry, phase: int = 0) -> None:
        self.entry = entry
        self.phase = phase
        self.amounts: list[Piece] = []
        self.schedules: list[Schedule] = []
        self.times: list[str] = []
        self.unclear: list[str] = []
        self.fed: set[bool] = set()

    @property
    def with_food(self) -> bool | None:
        """Whether with food; None where it is not said, or where the line says both."""
        return next(iter(self.fed)) if len(self.fed) == 1 else None

    def says_how_often(self) -> bool:
        return bool(self.schedules or self.times or self.unclear or self.as_needed or self.single or self.season)


def divide(text: str, pieces: list[Piece], names: list[Piece]) -> tuple[list[Segment], list[Piece]]:
    """A segment for each name, and the pieces that have no place in any. text: the line, for what parts the names."""
    segments = [Segment(piece.value) for piece in names]
    if not segments:
        return [], [piece for piece in pieces if piece.role not in SILENT and piece.role not in TURNING]
    owners = _owners(text, names, [piece for piece in pieces if piece.role == "amount"])
    unread = []
    has_form = any(piece.role == "form" for piece in pieces)
    for number, piece in enumerate(pieces):
        if piece.role == "name":
            continue
        near = segments[0]
        for place, name in enumerate(names):
            if name.start < piece.start:
                near = segments[place]
        follows = pieces[number + 1].role if number + 1 < len(pieces) else ""
        if piece.role == "form" and follows == "name" and near.form:
            near = segments[names.index(pieces[number + 1])]  # "Tab calcium 500 mg daily, Cap vit D3 ..."
        if piece.role == "per_form" and piece.value == "serving" and near.serving is not None:
            continue  # "Serving size: 4 capsules. Per serving: calcium ..."
        if piece.role in _HEADS and len(names) > 1 and _heads_next(text, pieces, number, near):
            near = segments[min(place for place, name in enumerate(names) if name.start > piece.start)]
        if piece.role in ("per_count", "per_form") and len(names) > 1 and piece.start < names[0].start:
            value = piece.value if piece.role == "per_count" else ((Decimal(1), Decimal(1), ""), piece.value)
            piece = piece._replace(role="serving_count", value=value)  # "Per 4 capsules: calcium 720 mg, ..."
        elif piece.role == "quantity" and follows == "name" and has_form:
            piece = piece._replace(role="count", value=(piece.value, ""))  # "one and a half warfarin 2 mg tablets"
        before = pieces[number - 1].role if number else ""
        if piece.role in ("quantity", "count") and near.amounts and _is_more(piece, before, near):
            unread.append(piece)
            continue
        if piece.role == "amount" and piece.start in owners:
            segments[owners[piece.start]].amounts.append(piece)
        elif not take(near, piece, follows):
            unread.append(piece)
    if len(segments) > 1:
        segments, names = _once_named(segments, names)
        _share_serving(segments)
        _share(segments, [text[one.end : two.start] for one, two in pairwise(names)])
    return segments, unread


#: Ends what was said of one thing: "1/2 tab. digoxin 250 mcg".
_APART = re.compile(r"[.](?!\d)|[|\u00b7;\t]|\bwith\b", re.IGNORECASE)
#: How many, before the thing itself: "half a tablet of warfarin 5 mg", "x2 calcium 500 mg".
_HEADS = frozenset(("count", "many", "quantity"))
#: What may stand between how many and the name, and what parts it from the name before.
_TO_NAME = frozenset(("form", "amount", "salt", "elemental", "every"))
_PARTING = frozenset(("comma", "semicolon", "and", "plus", "open", "slash", "to", "schedule", "time", "meal"))


def _is_more(piece: Piece, before: str, segment: Segment) -> bool:
    """Whether a number may be a second amount: "5 mg, 2.5 daily", "3 mg plus 1 tablet"."""
    if before in ("plus", "and"):
        return True
    if piece.role == "count" or segment.form or segment.serving is not None or segment.per is not None:
        return False
    return before in ("comma", "semicolon", "slash") and piece.value[:2] != (1, 1)


def _heads_next(text: str, pieces: list[Piece], number: int, near: Segment) -> bool:
    """Whether how many belongs to the name that follows: nothing parts it from that, and something from the other."""
    parted = number == 0 or pieces[number - 1].role in _PARTING or near.says_how_often()
    for piece in pieces[number + 1 :]:
        if piece.role == "name":
            return parted and not _APART.search(text[pieces[number].end : piece.start])
        if piece.role not in _TO_NAME:
            return False
    return False


def _owners(text: str, names: list[Piece], amounts: list[Piece]) -> dict[int, int]:
    """Which name each amount belongs to, by the place of the amount; left out where that is not clear."""
    if len(names) == 1:
        return {amount.start: 0 for amount in amounts}
    if len(amounts) == len(names) and names[-1].start < amounts[0].start:  # D3/K2 5000 IU/100 mcg
        pairs = list(zip(amounts, names, strict=True))
        fits = all(_fits(amount.value[0], name.value) for amount, name in pairs)
        return {amount.start: number for number, amount in enumerate(amounts)} if fits else {}
    sides = [_sides(text, names, amount) for amount in amounts]
    certain = {next(iter(side))[0] for side in sides if len(side) == 1}
    found = {}
    for amount, side in zip(amounts, sides, strict=True):
        if len(side) == 2 and len(certain) == 1:  # as the other amounts of the line: all before or all after the name
            side = {one for one in side if one[0] in certain}
        if len(side) == 1:
            found[amount.start] = next(iter(side))[1]
    return found


def _sides(text: str, names: list[Piece], amount: Piece) -> set[tuple[str, int]]:
    """The name before and the name after an amount, of those that it may belong to, each with its number."""
    before = max((n for n, name in enumerate(names) if name.start < amount.start), default=None)
    after = min((n for n, name in enumerate(names) if name.start > amount.start), default=None)
    near: set[tuple[str, int]] = set()
    far: set[tuple[str, int]] = set()
    for side, number in (("before", before), ("after", after)):
        if number is None or not _fits(amount.value[0], names[number].value):
            continue
        name = names[number]
        gap = text[name.end : amount.start] if side == "before" else text[amount.end : name.start]
        (far if _PARTS.search(gap) else near).add((side, number))
        if side == "after" and _OF.fullmatch(gap):
            return {(side, number)}
    return near or {one for one in far if one[0] == "before"}


#: What parts an amount from a name that it does not belong to, and what joins the two.
_PARTS = re.compile(r"[,;+&/]|\b(?:and|with|plus|und|mit|et|avec|con|y|e|med|och)\b", re.IGNORECASE)
_OF = re.compile(r"\s*(?:of|elemental|as|de|di|\s)+\s*", re.IGNORECASE)


def _fits(amount: Amount, entry: Entry) -> bool:
    """Whether a substance can be given in this unit, and in such an amount, at all."""
    if entry.may_hold and not entry.unit:
        return False
    if amount.unit == IU:
        is_given = entry.has_iu
    else:
        is_given = entry.unit in ("", IU) or convert(amount.low, amount.unit, entry.unit, entry.mcg_per_iu) is not None
    return is_given and judge(entry, amount, None).verdict != "refuse"


def take(segment: Segment, piece: Piece, follows: str) -> bool:
    """Give a piece to a segment; False when it has no place there. follows: the role of the piece after it."""
    role, value = piece.role, piece.value
    if role in SILENT or role in TURNING or (role == "every" and value in ("a", "an")):
        return True
    if role == "schedule":
        segment.schedules.append(value)
    elif role in ("time", "meal"):
        segment.times.append(value)
        segment.fed |= {True} if role == "meal" else set()
    elif role in ("food", "fasting"):
        segment.fed.add(value)
    elif role in ("newness", "begins") and segment.is_new is None:
        segment.is_new = value
    elif role == "unclear":
        segment.unclear.append(value)
    elif role == "portions":
        segment.unclear.append("into how many doses a day is it divided")
    elif role == "as_needed":
        segment.as_needed = True
    elif role == "single":
        segment.single = True
    elif role == "scheme_mark" and not segment.has_scheme:
        segment.has_scheme = True  # of two schemes it is not clear which holds
    elif role == "season" and segment.season in ("", value):
        segment.season = value
    elif role == "elemental":
        segment.is_elemental = True
    elif role == "form" and (not segment.form or segment.form == value):
        segment.form = value
    elif role == "duration" and segment.duration is None:
        segment.duration = value[0][1] * DAYS_PER[value[1]] if value[1] in DAYS_PER else None
    elif role == "element" and segment.element is None and not value[1]:
        segment.element = value[0]
    elif role == "salt_as" and not segment.salt and any(value in salt.names for salt in segment.entry.salts):
        segment.salt, segment.is_elemental = value, True
    elif role == "salt" and not segment.salt and any(value in salt.names for salt in segment.entry.salts):
        segment.salt = value
    elif role in ("total", "in_brackets") and getattr(segment, role) is None and not value[1]:
        setattr(segment, role, value[0])
    elif role in ("cap", "ceiling", "many", "divided") and getattr(segment, role) is None:
        segment.many_comes_last = segment.many_comes_last or (role == "many" and bool(segment.schedules))
        setattr(segment, role, value)
    else:
        return _take_count(segment, role, value, follows)
    return True


def _take_count(segment: Segment, role: str, value: Any, follows: str) -> bool:
    """How many pieces: taken at one time, in a serving, or those that an amount stands for."""
    if role == "count" and value[1] == "glass":
        return False  # "with 2 glasses of water"
    if role == "count" and segment.count is None and not value[0][2]:
        segment.count, segment.form = value[0][:2], value[1] or segment.form
        segment.count_comes_last = bool(segment.amounts and segment.schedules) and follows not in _HOW_OFTEN
    elif role == "slash_count" and (segment.count is not None or segment.schedules or follows in ("amount", "name")):
        return False  # "15 mg 1 tablet / 2 tablets 180 mcg MK-7"
    elif role in ("per_count", "slash_count") and segment.per is None and _is_one_number(value[0]):
        segment.per, segment.per_form = value[0][0], value[1]
    elif role == "serving_count" and segment.serving is None and _is_one_number(value[0]):
        segment.serving = value[0][0]
    elif role == "count_in_brackets" and segment.count_in_brackets is None and _is_one_number(value[0]):
        segment.count_in_brackets = value[0][0]
    elif role == "per_form" and segment.per is None:
        segment.per, segment.per_form = Decimal(1), value
    elif role == "quantity" and _is_count(segment, value, follows):
        segment.count = value[:2]
        segment.bare_count = True
    else:
        return False
    return True


def _is_one_number(quantity: Quantity) -> bool:
    return not quantity[2] and quantity[0] == quantity[1] > 0


#: After how many comes how often: "5 mg twice a day, 2 tablets in the morning".
_HOW_OFTEN = frozenset(("schedule", "time", "meal", "every", "single"))
#: "take 5 daily" may be 5 mg as well as 5 tablets.
_MOST_BARE = 4


def _is_count(segment: Segment, quantity: Quantity, follows: str) -> bool:
    """A bare number is a count only right before how often, beside an amount: "50 mcg (2,000 IU), 1 daily"."""
    nearby = bool(segment.amounts) and follows in ("schedule", "time", "meal", "single")
    return nearby and segment.count is None and not quantity[2] and quantity[1] <= _MOST_BARE


def _once_named(segments: list[Segment], names: list[Piece]) -> tuple[list[Segment], list[Piece]]:
    """Without the names that only say again what another place of the line gives the dose of."""
    told = {segment.entry.id for segment in segments if segment.amounts or segment.element}
    kept = [
        number
        for number, segment in enumerate(segments)
        if segment.amounts
        or segment.element
        or segment.entry.id not in told
        or segment.says_how_often()
        or segment.count
    ]
    return [segments[number] for number in kept], [names[number] for number in kept]


def _share_serving(segments: list[Segment]) -> None:
    """A line that says how large the serving is tells the label of one product: the count is of the whole product."""
    serving = next((segment.serving for segment in segments if segment.serving is not None), None)
    last = segments[-1]
    if serving is None or any(segment.count or segment.says_how_often() for segment in segments[:-1]):
        return
    for segment in segments:
        segment.serving = serving
        segment.count, segment.form = last.count, last.form
        segment.schedules, segment.times, segment.unclear = last.schedules, last.times, last.unclear
        segment.as_needed, segment.cap = last.as_needed, last.cap


def _share(segments: list[Segment], gaps: list[str]) -> None:
    """How often, at the end of a line, speaks for the names before it that have nothing of their own.

    A medicine takes part in "once a week" only where it is one that is taken so.
    gaps: what stands between each name and the next. Across a comma only "once a day" is shared, across the end of a
    sentence nothing: "D3 10,000 IU, magnesium 400 mg weekly" does not say how often D3 is taken.
    """
    for mine, later, gap in zip(segments[-2::-1], segments[:0:-1], reversed(gaps), strict=True):
        daily = later.schedules == [DAILY]
        if mine.says_how_often() or ". " in gap or ";" in gap or ("," in gap and not daily):
            continue
        each_day = all(one.unit == "day" and one.count == 1 and not one.days for one in later.schedules)
        if mine.entry.kind == "medicine" and not mine.entry.spaced and (later.season or not each_day):
            continue  # "warfarin 5 mg and D3 2000 IU weekly"
        mine.schedules, mine.times, mine.unclear = later.schedules, later.times, later.unclear
        mine.as_needed, mine.single, mine.duration = later.as_needed, later.single, later.duration
        mine.season = mine.season or later.season
        mine.fed = mine.fed or later.fed


def is_product(text: str, names: list[Piece], segments: list[Segment]) -> bool:
    """Whether the names stand with slashes between them, and behind them one amount each, likewise."""
    amounts = [piece for segment in segments for piece in segment.amounts]
    gaps = [text[one.end : two.start].strip() for row in (names, amounts) for one, two in pairwise(row)]
    return len(amounts) == len(names) and names[-1].end <= amounts[0].start and set(gaps) == {"/"}


def is_element(before: list[Piece], name: Piece, after: list[Piece]) -> bool:
    """Whether a name only says of what the weight before it is: "calcium carbonate 500 mg (200 mg calcium)".

    before, after: the pieces on its two sides.
    """
    if len(before) < 2 or before[-1].role != "amount" or before[-2].role != "open":
        return False
    if any(piece.role in ("salt", "salt_as") for piece in after):
        return False
    return any(piece.role == "name" and piece.value is name.value for piece in before[:-2])


def says_element(before: list[Piece], name: Piece, after: list[Piece]) -> bool:
    """Whether brackets say what a salt holds: "calcium carbonate 1.5 g (calcium 600 mg)"."""
    if [piece.role for piece in after] != ["amount", "close"] or not before or before[-1].role != "open":
        return False
    roles = [piece.role for piece in before]
    named = any(piece.role == "name" and piece.value is name.value for piece in before)
    return named and roles.count("name") == 1 and "salt" in roles and "amount" in roles


def is_of_food(piece: Piece) -> bool:
    """Whether a piece right before a food says how much of it: "2 eggs", "3 glasses of milk"."""
    return piece.role == "quantity" or (piece.role == "count" and piece.value[1] == "glass")
