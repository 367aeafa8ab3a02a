"""Which piece belongs to which name of a line, and what the names share."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from dosenote.quantity import IU, Amount, convert, show_number
from dosenote.reader.guard import judge
from dosenote.reader.makers import DAILY, ONE
from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import HOW_OFTEN, SILENT, TURNING, Segment, take
from dosenote.vocabulary import Entry

#: What says how often or when.
_OFTEN = frozenset(("schedule", "time", "meal", "scheme_mark"))
#: What may stand between how often and the name behind it, and between the parts of a list of times.
_BEFORE_NAME = _OFTEN | {"filler", "neutral", "every", "in", "for", "and", "comma", "plus", "slash"}
_IN_LIST = frozenset(("and", "comma", "plus", "slash", "semicolon", "to"))
#: Marks that end what was said of one thing, whatever stands on their two sides.
_HARD = re.compile(r"[;|\t]|\.(?!\d)| - |\u2014")
#: Marks that part two things.
_ENDS = re.compile(r"[;:,/+&|\t\u2013\u2014]|\.(?!\d)| - |\b(?:with|mit|avec|con)\b", re.IGNORECASE)
#: Parts of a piece that people take.
_HALVES = (Decimal("0.5"), Decimal("1.5"))
#: Between an amount and a number: the number may be the upper end, or another dose.
_UP_TO = re.compile(r"[-\u2013\u2014~.:]|\b(?:to|bis|now|then)\b", re.IGNORECASE)


def divide(text: str, pieces: list[Piece], names: list[Piece]) -> tuple[list[Segment], list[Piece]]:
    """A segment for each name, and the pieces that have no place in any. text: the line, for what parts the names."""
    segments = [Segment(piece.value) for piece in names]
    for segment, name in zip(segments, names, strict=True):
        if segment.entry.compounds:
            segment.is_compound = segment.entry.is_compound(text[name.start : name.end])
    if not segments:
        return [], [piece for piece in pieces if piece.role not in SILENT and piece.role not in TURNING]
    several = len(names) > 1
    roles = [piece.role for piece in pieces]
    owners = _owners(text, names, [piece for piece in pieces if piece.role == "amount"]) if several else {}
    unread = []
    near = segments[0]
    roles.append("")  # nothing follows the last
    for number, piece in enumerate(pieces):
        role, follows = roles[number], roles[number + 1]
        if role == "name":
            continue
        if several:
            if role == "amount" and piece.start in owners:
                segments[owners[piece.start]].amounts.append(piece)
                continue
            found = _near(text, pieces, number, names, segments)
            if found is None:
                unread.append(piece)
                continue
            near = found
        elif role == "amount":
            near.amounts.append(piece)
            continue
        if role == "per_form" and piece.value == "serving" and near.serving is not None:
            continue  # "Serving size: 4 capsules. Per serving: calcium ..."
        if several and role in ("per_count", "per_form") and piece.start < names[0].start:
            value = piece.value if role == "per_count" else ((Decimal(1), Decimal(1), ""), piece.value)
            piece = piece._replace(role="serving_count", value=value)  # "Per 4 capsules: calcium 720 mg, ..."
        elif role == "quantity" and follows == "name" and "form" in roles:
            piece = piece._replace(role="count", value=(piece.value, ""))  # "one and a half warfarin 2 mg tablets"
        if near.amounts and piece.role in ("quantity", "count"):
            is_more = _is_more(piece, roles[number - 1], near)  # before the first stands what follows the last
            if is_more or (piece.role == "quantity" and _is_apart(text, near.amounts[-1], piece, pieces)):
                unread.append(piece)
                continue
        if not take(near, piece, follows):
            unread.append(piece)
    if several:
        unread += _of_all_or_one(segments, pieces)
        segments, names = _once_named(segments, names)
        _share_ahead(text, pieces, names, segments)
        _share_serving(segments)
        _share(segments, [text[one.end : two.start] for one, two in pairwise(names)])
    return segments, unread


def _near(text: str, pieces: list[Piece], number: int, names: list[Piece], segments: list[Segment]) -> Segment | None:
    """Of several names the one that a piece is of; None where nobody can tell."""
    piece = pieces[number]
    near = segments[max(0, sum(name.start < piece.start for name in names) - 1)]
    if piece.role == "form" and near.form and number + 1 < len(pieces) and pieces[number + 1].role == "name":
        near = segments[names.index(pieces[number + 1])]  # "Tab calcium 500 mg daily, Cap vit D3 ..."
    elif piece.role in _HEADS and _heads_next(text, pieces, number, near):
        near = segments[min(place for place, name in enumerate(names) if name.start > piece.start)]
        near.count_heads = True
    elif piece.role in _OFTEN and near is not segments[-1]:
        opens = _opens_next(text, pieces, number)
        if opens is None:
            return None
        if opens:
            near = segments[min(place for place, name in enumerate(names) if name.start > piece.start)]
    return near


#: Ends what was said of one thing: "1/2 tab. digoxin 250 mcg".
_APART = re.compile(r"[.](?!\d)|[|\u00b7;\t]|\bwith\b", re.IGNORECASE)
#: Before how many of the next thing: "aspirin 81 mg with 1/2 tab digoxin 250 mcg".
_WITH = re.compile(r"\b(?:with|mit|avec|con)\b", re.IGNORECASE)
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


def _is_apart(text: str, amount: Piece, number: Piece, pieces: list[Piece]) -> bool:
    """Whether a bare number is no count of what was given before it: "5 mg morning 2 evening", "2 mg - 3 daily"."""
    _, high, _ = number.value
    between = {piece.role for piece in pieces if amount.start < piece.start < number.start}
    if not between.isdisjoint(HOW_OFTEN | {"slash"}) or (high != high.to_integral_value() and high not in _HALVES):
        return True
    like = amount.value[0].low / 4 <= high <= amount.value[0].low * 4 and "form" not in between
    return like and bool(_UP_TO.search(text[amount.end : number.start]))


def _heads_next(text: str, pieces: list[Piece], number: int, near: Segment) -> bool:
    """Whether how many belongs to the name that follows: nothing parts it from that, and something from the other."""
    before = pieces[number - 1]
    is_joined = number > 0 and before.role not in _PARTING and not near.says_how_often()
    parted = not is_joined or bool(_WITH.search(text[before.end : pieces[number].start]))
    for piece in pieces[number + 1 :]:
        if piece.role == "name":
            return parted and not _APART.search(text[pieces[number].end : piece.start])
        if piece.role not in _TO_NAME:
            return False
    return False


def _opens_next(text: str, pieces: list[Piece], number: int) -> bool | None:
    """Whether how often stands before the thing it is of: "5 mg at night, in the morning levothyroxine 100 mcg".

    None where nobody can tell: "5 mg AM and PM aspirin 81 mg", "5 mg at night and in the morning levothyroxine".
    """
    end = next((n for n in range(number + 1, len(pieces)) if pieces[n].role not in _BEFORE_NAME), len(pieces))
    last = max(n for n in range(number, end) if pieces[n].role in _OFTEN or n == number)
    if end == len(pieces) or pieces[end].role != "name":
        return False
    if any(piece.role in _IN_LIST for piece in pieces[last + 1 : end]):
        return False
    if _ENDS.search(text[pieces[last].end : pieces[end].start].removeprefix(":")):
        return False
    first = last
    while first and pieces[first - 1].role in _OFTEN | _IN_LIST:
        first -= 1
    run = [n for n in range(first, last + 1) if pieces[n].role in _OFTEN]
    parted = [m for n, m in pairwise(run) if _HARD.search(text[pieces[n].end : pieces[m].start])]
    if parted:
        return number >= parted[-1]
    before = pieces[run[0] - 1] if run[0] else None
    if before is None or before.role == "name":
        return False
    opens = before.role in _PARTING or bool(_ENDS.search(text[before.end : pieces[run[0]].start]))
    if opens:
        return True
    is_list = any(pieces[n].role in _IN_LIST for n in range(run[0], last))
    return None if is_list else False


def _owners(text: str, names: list[Piece], amounts: list[Piece]) -> dict[int, int]:
    """Which of several names each amount belongs to, by the place of the amount; left out where that is not clear."""
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


def _of_all_or_one(segments: list[Segment], pieces: list[Piece]) -> list[Piece]:
    """What may hold for each name or for one: "A and B per 2 capsules", "per serving (2 caps): A, B", "A and B x 2"."""
    per = {segment.per for segment in segments}
    many = {segment.many for segment in segments}
    doubtful = set()
    if len(per) > 1 and any(one is not None and one > 1 for one in per):
        doubtful |= {"per_count", "slash_count", "count_in_brackets"}
    bracketed = {segment.count_in_brackets for segment in segments}
    if len(bracketed) > 1 and any(one is not None and one > 1 for one in bracketed):
        doubtful |= {"count_in_brackets"}
    told = any(segment.says_how_often() for segment in segments[:-1])
    if len(many) > 1 and segments[-1].many and segments[-1].many[1] > 1 and not told:
        doubtful |= {"many"}
    serving = any(
        (piece.role == "per_form" and piece.value == "serving")
        or (piece.role == "per_count" and piece.value[1] == "serving")
        for piece in pieces
    )
    unsaid = all(segment.serving in (None, 1) for segment in segments)
    if serving and unsaid and any(segment.count and segment.count[1] > 1 for segment in segments):
        doubtful |= {"count"}  # how many a serving is
    return [piece for piece in pieces if piece.role in doubtful]


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
    sizes = {segment.serving for segment in segments if segment.serving is not None}
    serving = max(sizes, default=None)  # "per serving" is of one, whatever its size
    last = segments[-1]
    if serving is None or len(sizes - {ONE}) > 1:
        return
    if any(segment.count or segment.says_how_often() for segment in segments[:-1]):
        return
    for segment in segments:
        segment.serving = serving
        segment.count, segment.form = last.count, last.form
        segment.schedules, segment.times, segment.unclear = last.schedules, last.times, last.unclear
        segment.as_needed, segment.cap = last.as_needed, last.cap


def _share_ahead(text: str, pieces: list[Piece], names: list[Piece], segments: list[Segment]) -> None:
    """ "1 capsule daily: D3 2000 IU, K2 100 mcg": what stands before the colon speaks for all of them."""
    before = [piece for piece in pieces if piece.start < names[0].start and piece.role in _OFTEN]
    first = segments[0]
    if not before or text[before[-1].end : names[0].start].strip() != ":" or any(map(_has_own, segments[1:])):
        return
    for segment in segments[1:]:
        segment.schedules, segment.times, segment.unclear = first.schedules, first.times, first.unclear
        segment.as_needed, segment.fed = first.as_needed, first.fed


def _has_own(segment: Segment) -> bool:
    return segment.says_how_often() or segment.count is not None


#: A slash with nothing about it parts what is in one tablet.
_TIGHT = re.compile(r"(?<=[^\W_])/$")


def _share(segments: list[Segment], gaps: list[str]) -> None:
    """How often, at the end of a line, speaks for the names before it that have nothing of their own.

    A medicine takes part only in "once a day", and in "once a week" where it is one that is taken so.
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
        once_a_day = later.schedules in ([], [DAILY]) and len(later.times) <= 1 and later.duration is None
        is_one_tablet = bool(_TIGHT.search(gap)) and later.count is not None  # "800 mg/trimethoprim 160 mg 1 tab BID"
        if mine.entry.kind == "medicine" and not mine.entry.spaced and not once_a_day and not is_one_tablet:
            continue  # "warfarin 5 mg and calcium 600 mg twice daily", "levothyroxine and D3 for 8 weeks"
        is_other = later.entry.kind == "medicine" or _is_large(later)
        if mine.entry.kind == "supplement" and mine.amounts and is_other and not each_day:
            continue  # "calcium 500 mg and alendronate 70 mg weekly"
        mine.schedules, mine.times, mine.unclear = later.schedules, later.times, later.unclear
        mine.as_needed, mine.single, mine.duration = later.as_needed, later.single, later.duration
        mine.season = mine.season or later.season
        mine.fed = mine.fed or later.fed


def _is_large(segment: Segment) -> bool:
    """Whether a dose is so large that it is taken less often than what stands beside it."""
    return any(judge(segment.entry, piece.value[0], None).verdict == "question" for piece in segment.amounts)


def _is_product(text: str, names: list[Piece], segments: list[Segment]) -> bool:
    """Whether the names stand with slashes between them, and behind them one amount each, likewise."""
    amounts = [piece for segment in segments for piece in segment.amounts]
    gaps = [text[one.end : two.start].strip() for row in (names, amounts) for one, two in pairwise(row)]
    return len(amounts) == len(names) and names[-1].end <= amounts[0].start and set(gaps) == {"/"}


def count_together(text: str, segments: list[Segment], names: list[Piece], notes: Notes) -> None:
    """ "D3 + K2, 3 capsules": the count holds for the whole product, or for the last name; nobody can tell.

    "D3/K2 5000 IU/100 mcg, 2 capsules" is one product.
    """
    counts = {segment.count for segment in segments}
    if counts == {None, segments[-1].count} and _is_product(text, names, segments):
        for segment in segments:
            segment.count, segment.form = segments[-1].count, segments[-1].form
        return
    if len(counts) == 1 or None not in counts:
        return
    doubtful: dict[int, tuple[Decimal, Decimal]] = {}
    for counted in segments:
        if counted.count in (None, (ONE, ONE)):
            continue
        place = segments.index(counted)
        others = range(place + 1 if counted.count_heads else 0, len(segments))
        ends = counted.count_ends and counted is segments[-1]
        with_it = [n for n in others if n != place and (ends or _shares_count(segments[n], counted))]
        with_it = [n for n in with_it if segments[n].count is None]
        if with_it:
            doubtful |= dict.fromkeys((place, *with_it), counted.count)
    for number, (low, high) in sorted(doubtful.items()):
        segments[number].count = (min(low, ONE), max(high, ONE))
        question = f"does it hold for each that there are {show_number(high)} of them?"
        notes.ask(segments[number].entry, "amount", question)


def _shares_count(segment: Segment, counted: Segment) -> bool:
    """Whether how many there are of one may hold for another: that has no how often of its own."""
    return segment.schedules is counted.schedules or not segment.says_how_often()


def ask_which(segments: list[Segment], notes: Notes) -> None:
    """The same thing twice in one line, without a schedule for each: which amount is which is not clear."""
    named = [segment.entry.id for segment in segments]
    for segment in segments:
        twins = [other for other in segments if other.entry is segment.entry]
        if named.count(segment.entry.id) > 1 and not segment.phase:
            marked = any(other.is_elemental or other.element for other in twins)
            often = [(tuple(other.schedules), tuple(other.times)) for other in twins]
            if marked or len(set(often)) < len(often) or not all(other.says_how_often() for other in twins):
                segment.amounts, segment.element = [], None
                notes.reasons.append("more amounts than one line can hold")
