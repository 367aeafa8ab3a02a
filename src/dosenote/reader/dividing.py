"""Which piece belongs to which name of a line, and what the names share."""

from __future__ import annotations

import re
from bisect import bisect_right
from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter

from dosenote.quantity import IU, Amount, convert
from dosenote.reader.guard import judge
from dosenote.reader.listed import in_turn, is_increase, is_of_list, with_exception
from dosenote.reader.makers import ONE, PAIR, RANGE
from dosenote.reader.onset import ONSET, is_ahead, spread
from dosenote.reader.phrases import Piece
from dosenote.reader.segments import HOW_OFTEN, OFTEN, SILENT, TURNING, Segment, add_amount, take
from dosenote.reader.sharing import share
from dosenote.reader.weights import salt_of

#: What may stand between how often and the name behind it, and between the parts of a list of times.
_BEFORE_NAME = OFTEN | {"filler", "neutral", "every", "in", "for", "and", "comma", "plus", "slash"}
_WITH_FOOD = frozenset(("food", "fasting"))
_COUNTS = frozenset(("quantity", "count"))
_MEASURES = _COUNTS | {"amount", "form"}
#: Of one thing alone all else is, whatever stands beside it.
_LOOKED_AT = _COUNTS | {"amount", "element", "per_form", "to", "plus"}
_IN_LIST = frozenset(("and", "comma", "plus", "slash", "semicolon", "to"))
#: Marks that end what was said of one thing, whatever stands on their two sides.
_HARD = re.compile(r"[;|\t]|\.(?!\d)| - |\u2014")
#: Marks that part two things.
_ENDS = re.compile(r"[;:,/+&|\t\u2013\u2014]|\.(?!\d)| - |\b(?:with|mit|avec|con)\b", re.IGNORECASE)
#: Between a heading and what stands below it: "(AM) levothyroxine", "PM - warfarin".
_HEADING_ENDS = re.compile(r"[-\u2013\u2014)\]\s]*")
#: Parts of a piece that people take.
_HALVES = (Decimal("0.5"), Decimal("1.5"))
#: Between an amount and a number: the number may be the upper end, or another dose.
_UP_TO = re.compile(r"[-\u2013\u2014~.:]|\b(?:to|bis|now|then)\b", re.IGNORECASE)
_START = attrgetter("start")


def divide(text: str, pieces: list[Piece], names: list[Piece]) -> tuple[list[Segment], list[Piece]]:
    """A segment for each name, and the pieces that have no place in any. text: the line, for what parts the names."""
    segments = []
    for name in names:
        segments.append(Segment(name.value))
        if name.value.compounds:
            said = text[name.start : name.end]
            segments[-1].is_compound = name.value.is_compound(said)
            if segments[-1].is_compound:
                known = (word for word in said.lower().split() if salt_of(name.value, word))
                segments[-1].salt = next(known, "")  # "ferrous sulfate": a salt of which the share is known
    if not segments:
        return [], [piece for piece in pieces if piece.role not in SILENT and piece.role not in TURNING]
    several = len(names) > 1
    pieces = _with_exceptions(text, _paired(text, pieces, names) if several else pieces, names)
    roles = [piece.role for piece in pieces]
    owners = _owners(text, names, pieces) if several else {}
    unread = []
    near = segments[0]
    roles.append("")  # nothing follows the last
    for number, piece in enumerate(pieces):
        role, follows = roles[number], roles[number + 1]
        if role == "name":
            continue
        if not several and role not in _LOOKED_AT:
            if not take(near, piece, follows):
                unread.append(piece)
            continue
        if role == "to" and roles[number - 1] in _MEASURES and follows in _COUNTS and piece.value.isalpha():
            unread.append(piece)  # "2 mg tablets to 3 daily": a range of which something is missing
            continue
        if role == "plus" and follows == "amount" and is_increase(text, pieces, number):
            unread.append(piece)  # "warfarin +1 mg daily"
            continue
        if several:
            if role == "amount" and piece.start in owners:
                add_amount(segments[owners[piece.start]], text, pieces, number)
                continue
            found = _near(text, pieces, number, names, segments)
            if found is None:
                unread.append(piece)
                continue
            near = found
        elif role == "amount":
            add_amount(near, text, pieces, number)
            continue
        if role == "per_form" and piece.value == "serving" and near.serving is not None:
            continue  # "Serving size: 4 capsules. Per serving: calcium ..."
        if several and role in ("per_count", "per_form") and not _begun(names, piece):
            value = piece.value if role == "per_count" else ((Decimal(1), Decimal(1), ""), piece.value)
            piece = piece._replace(role="serving_count", value=value)  # "Per 4 capsules: calcium 720 mg, ..."
        elif role in _COUNTS and is_of_list(text, piece, names, follows):
            unread.append(piece)  # "item 2: warfarin 5 mg tablet daily"
            continue
        elif role == "quantity" and follows == "name" and ("form" in roles or _is_one(text, piece)):
            piece = piece._replace(role="count", value=(piece.value, ""))  # "one and a half warfarin 2 mg tablets"
        if near.amounts and piece.role in ("quantity", "count"):
            is_more = _is_more(piece, roles[number - 1], near)  # before the first stands what follows the last
            if is_more or (piece.role == "quantity" and _is_apart(text, near.amounts[-1], piece, pieces)):
                unread.append(piece)
                continue
        if not (add_amount(near, text, pieces, number) if role == "element" else take(near, piece, follows)):
            unread.append(piece)
    if "since" in roles:
        unread = [piece for piece in unread if not _is_begin(text, piece)]
    if several:
        unread += _of_all_or_one(segments, pieces)
        segments, names = _once_named(segments, names, text)
        share(text, pieces, names, segments)
        spread(text, pieces, names, segments)
    return segments, unread


#: When something was begun: "started apixaban 5 mg bid last month".
_LATELY = frozenset(("last week", "last month", "last year", "this week", "this month", "this year"))


def _is_begin(text: str, piece: Piece) -> bool:
    """Whether a date may be that on which what is taken was begun: in May, last month."""
    return piece.role == "date" and (text[: piece.start].endswith(" in ") or piece.value in _LATELY)


def _begun(names: list[Piece], piece: Piece) -> int:
    """How many of the names begin before a piece, or with it."""
    return bisect_right(names, piece.start, key=_START)


def _with_exceptions(text: str, pieces: list[Piece], names: list[Piece]) -> list[Piece]:
    """The pieces of each name, from it to the next, with what is said of some days only as unclear."""
    if not [piece for piece in pieces if piece.role == "schedule" and piece.value.days]:
        return pieces
    found: list[Piece] = []
    for begun, own in groupby(pieces, lambda piece: _begun(names, piece) or 1):  # what stands before all is the first's
        found += with_exception(text, list(own), names[begun - 1].value)
    return found


def _paired(text: str, pieces: list[Piece], names: list[Piece]) -> list[Piece]:
    """ "Lisinopril-HCTZ 20-25 mg": two medicines in one tablet have two strengths, and no range."""
    amounts = [n for n, piece in enumerate(pieces) if piece.role == "amount"]
    if [text[one.end : two.start] for one, two in pairwise(names)] not in (["-"], ["/"]):
        return pieces
    if len(amounts) != 1 or any(name.value.kind != "medicine" for name in names):
        return pieces
    (amount, unclear), place = pieces[amounts[0]].value, amounts[0]
    written = text[pieces[place].start : pieces[place].end]
    if "-" not in written or unclear not in ("", RANGE) or amount.high is None or amount.low >= amount.high:
        return pieces
    dash = pieces[place].start + written.index("-")
    one, two = (("amount", (Amount(value, value, amount.unit), PAIR)) for value in (amount.low, amount.high))
    pair = [Piece(*one, pieces[place].start, dash), Piece(*two, dash + 1, pieces[place].end)]
    return [*pieces[:place], *pair, *pieces[place + 1 :]]


def _near(text: str, pieces: list[Piece], number: int, names: list[Piece], segments: list[Segment]) -> Segment | None:
    """Of several names the one that a piece is of; None where nobody can tell."""
    piece, begun = pieces[number], _begun(names, pieces[number])
    near = segments[max(0, begun - 1)]
    if piece.role == "form" and near.form and [one.role for one in pieces[number + 1 : number + 2]] == ["name"]:
        near = segments[begun]  # "Tab calcium 500 mg daily, Cap vit D3 ..."
    elif piece.role in _HEADS and _heads_next(text, pieces, number, near):
        if _may_end(text, pieces, number, near):
            return None
        near = segments[begun]
        near.count_heads = True
    elif piece.role in ONSET:
        opens = is_ahead(text, pieces, number, names)
        if opens is None:
            return None
        near = segments[begun] if opens else near
    elif piece.role in OFTEN | _WITH_FOOD and near is not segments[-1]:
        opens = _opens_next(text, pieces, number)
        if opens is None:
            return None
        if opens:
            near = segments[begun]
            near.often_heads = True
    return near


#: Ends what was said of one thing: "1/2 tab. digoxin 250 mcg".
_APART = re.compile(r"[.](?!\d)|[|\u00b7\u2022*:;\t]|\bwith\b", re.IGNORECASE)
#: Before how many of the next thing: "aspirin 81 mg with 1/2 tab digoxin 250 mcg".
_WITH = re.compile(r"\b(?:with|mit|avec|con)\b", re.IGNORECASE)
#: How many, before the thing itself: "half a tablet of warfarin 5 mg", "x2 calcium 500 mg".
_HEADS = frozenset(("count", "many", "quantity"))
#: What may stand between how many and the name, and what parts it from the name before.
_TO_NAME = frozenset(("form", "open", "amount", "salt", "elemental", "every"))
_PARTING = frozenset(("comma", "semicolon", "and", "plus", "open", "slash", "to", "schedule", "time", "meal"))


def _is_one(text: str, number: Piece) -> bool:
    """Whether one is said in a word, or first of all: "one aspirin 81 mg daily"."""
    return number.value == (ONE, ONE, "") and (text[number.start].isalpha() or not text[: number.start].strip())


def _is_more(piece: Piece, before: str, segment: Segment) -> bool:
    """Whether a number may be a second amount, or part the first: "5 mg, 2.5 daily", "5 mg plus 1", "5 mg in 2"."""
    if before in ("plus", "and", "in"):
        return True
    if piece.role == "count" or segment.form or segment.serving is not None or segment.per is not None:
        return False
    return before in ("comma", "semicolon") and piece.value[:2] != (1, 1)


def _is_apart(text: str, amount: Piece, number: Piece, pieces: list[Piece]) -> bool:
    """Whether a bare number is no count of what was given before it: "5 mg morning 2 evening", "2 mg - 3 daily"."""
    _, high, _ = number.value
    between = {piece.role for piece in pieces if amount.start < piece.start < number.start}
    if not between.isdisjoint(HOW_OFTEN | {"slash"}) or (high != high.to_integral_value() and high not in _HALVES):
        return True
    like = amount.value[0].low / 4 <= high <= amount.value[0].low * 4 and "form" not in between
    return like and bool(_UP_TO.search(text[amount.end : number.start]))


def _may_end(text: str, pieces: list[Piece], number: int, near: Segment) -> bool:
    """Whether how many may be of what stands before it, too: "5 mg bid 2 tabs digoxin", "bid: D3 5 mcg 2 tabs K2"."""
    before = pieces[number - 1]
    is_close = (before.role in OFTEN or before.role == "amount") and not text[before.end : pieces[number].start].strip()
    return is_close and bool(near.amounts) and near.count is None and near.many is None


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

    None where nobody can tell: "5 mg AM and PM aspirin 81 mg", "5 mg at night and in the morning levothyroxine", and
    without a colon where the line begins so: "morning D3 1000 IU noon calcium 600 mg daily".
    """
    told = [piece.role for piece in pieces[:number] if piece.role in OFTEN or piece.role == "name"]
    leads = "name" in told and told[0] != "name"
    between = _BEFORE_NAME | _WITH_FOOD | {"open", "close", "to"} if leads else _BEFORE_NAME
    end = next(n for n in range(number + 1, len(pieces)) if pieces[n].role not in between)  # a name follows
    last = max(n for n in range(end) if pieces[n].role in OFTEN | _WITH_FOOD or n == number)
    if pieces[end].role != "name":
        return False
    gap = text[pieces[last].end : pieces[end].start].strip()
    if gap.lstrip(")] ") == ":":  # "evening:", "evening (with food):"
        following = {piece.role for piece in pieces[number + 1 : last + 1]}
        is_one = following <= _WITH_FOOD | {"open"} or not following.isdisjoint(_IN_LIST)
        return True if is_one or "name" not in told else None
    if pieces[last].role in _WITH_FOOD:  # "evening with food calcium 600 mg"
        return False if pieces[number].role in _WITH_FOOD or _ENDS.search(gap) else None
    is_heading = leads and bool(_HEADING_ENDS.fullmatch(gap))
    if not is_heading and any(piece.role in _IN_LIST for piece in pieces[last + 1 : end]):
        return False
    if not is_heading and _ENDS.search(gap):
        return False
    first = last
    while first and pieces[first - 1].role in OFTEN | _IN_LIST:
        first -= 1
    run = [n for n in range(first, end) if pieces[n].role in OFTEN]
    parted = [m for n, m in pairwise(run) if _HARD.search(text[pieces[n].end : pieces[m].start])]
    if parted:
        return number >= parted[-1]
    before = pieces[run[0] - 1] if run[0] else None
    if before is None or (before.role == "name" and not leads):
        return False
    parting = text[before.end : pieces[run[0]].start]  # "with breakfast" parts nothing
    if before.role in _PARTING or _ENDS.search(_WITH.sub("", parting)):
        return True
    if is_heading:
        return None
    is_list = any(pieces[n].role in _IN_LIST for n in range(run[0], last))
    return None if is_list else False


def _owners(text: str, names: list[Piece], pieces: list[Piece]) -> dict[int, int]:
    """Which of several names each amount belongs to, by the place of the amount; left out where that is not clear."""
    amounts = [piece for piece in pieces if piece.role == "amount"]
    if in_turn(text, pieces) and all(map(_fits, amounts, names)):
        return {amount.start: n for n, amount in enumerate(amounts)}
    places = [0] * len(amounts)  # "500 mg-5 mcg (200 IU)": what brackets say again is of the same name
    for n, (one, two) in enumerate(pairwise(amounts), 1):
        places[n] = places[n - 1] + (text[one.end : two.start].strip() != "(")
    if amounts and places[-1] + 1 == len(names) and _begun(names, amounts[0]) == len(names):  # D3/K2 5000 IU/100 mcg
        fits = all(map(_fits, amounts, (names[place] for place in places)))
        return {amount.start: places[n] for n, amount in enumerate(amounts)} if fits else {}
    sides = {amount.start: _sides(text, names, amount) for amount in amounts}
    certain = {next(iter(side))[0] for side in sides.values() if len(side) == 1}
    found = {}
    for start, side in sides.items():
        side = {one for one in side if one[0] in certain}  # as the other amounts: all before or all after the name
        if len(side) == 1:
            found[start] = next(iter(side))[1]
    return found


def _sides(text: str, names: list[Piece], amount: Piece) -> set[tuple[str, int]]:
    """The name before and the name after an amount, of those that it may belong to, each with its number."""
    begun = _begun(names, amount)
    near: set[tuple[str, int]] = set()
    far: set[tuple[str, int]] = set()
    for side, number in (("before", begun - 1), ("after", begun)):
        if number not in range(len(names)) or not _fits(amount, names[number]):
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


def _fits(piece: Piece, name: Piece) -> bool:
    """Whether what is named can be given in this unit, and in such an amount, at all."""
    (amount, _), entry = piece.value, name.value
    if entry.may_hold and not entry.unit:
        return False
    if amount.unit == IU:
        is_given = entry.has_iu
    else:
        is_given = entry.unit in ("", IU) or convert(amount.low, amount.unit, entry.unit) is not None
    return is_given and judge(entry, amount, None).verdict != "refuse"


def _of_all_or_one(segments: list[Segment], pieces: list[Piece]) -> list[Piece]:
    """What may hold for each name or for one: "A and B per 2 capsules", "per serving (2 caps): A, B", "A and B x 2"."""
    per = {segment.per for segment in segments}
    many = {segment.many for segment in segments}
    doubtful = set()
    if len(per) > 1 and any(one is not None and one > 1 for one in per):
        doubtful = {"per_count", "slash_count", "count_in_brackets"}
    bracketed = {segment.count_in_brackets for segment in segments}
    if len(bracketed) > 1 and any(one is not None and one[0] > 1 for one in bracketed):
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


#: Before a name that comes to what was named: "D3 50,000 IU weekly plus D3" is more than that.
_ADDED = r"(?i)(?:[,;+&/]|\b(?:plus|and|also|und|auch|et|aussi|y|e|och|og|en|with)\b)\s*"
_ADDED += r"(?:(?:also|my|a|an|some|the|otc|regular|daily|extra|more|plain)\s+)*$"
#: Between two names of one thing, the first with its salt or its form: they are two.
_JOINED = r"(?i)(?:\s+[^\W\d]+)?\s*(?:[+&]|\b(?:plus|and|und|et|y|e|och|og|en)\b)\s*"


def _once_named(segments: list[Segment], names: list[Piece], text: str) -> tuple[list[Segment], list[Piece]]:
    """Without the names that only say again what another place of the line gives the dose of.

    Before a colon a name may be wider: "D3 K2 combo: D3 4000 IU, MK-7 100 mcg".
    """
    told = {segment.entry.id for segment in segments if segment.amounts or segment.element}
    titles = {names[n].value.id for n in range(len(names)) if ":" in text[names[n].end : names[-1].start]}
    behind = [one for one in segments if one.entry.id in told and one.entry.id not in titles]
    told |= titles & {id for one in behind for id in one.entry.part_of}
    kept = [
        number
        for number, segment in enumerate(segments)
        if segment.amounts
        or segment.element
        or segment.entry.id not in told
        or segment.says_how_often()
        or segment.count
        or (
            re.search(_ADDED, text[: names[number].start])
            and any(one.entry is segment.entry for one in segments[:number])
        )
        or any(  # "calcium carbonate and calcium 600 mg"
            two.entry is segment.entry and re.fullmatch(_JOINED, text[names[number].end : names[number + 1].start])
            for two in segments[number + 1 : number + 2]
        )
    ]
    return [segments[number] for number in kept], [names[number] for number in kept]
