"""The number of a line in a list, which is no count of what is taken."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from dosenote.reader.guard import is_large
from dosenote.reader.makers import ONE
from dosenote.reader.phrases import Piece
from dosenote.vocabulary import Entry

#: Before the number of a line: "item 2 warfarin", "Nr. 2 warfarin".
_NOUN = re.compile(
    r"(?:\b(?:items?|meds?|medications?|medicines?|medicament\w*|rx|nr|no|n|num|number|nummer|num\u00e9ro|n\u00famero"
    r"|numero|drugs?|pills?|tablets?|tabs?|capsules?|caps?|supplements?|supps?|vitamins?|products?|lines?|entry|row"
    r"|position|pos|step|dose|bottle|prescription|[a-z])\b|[#\u2116\u00ba\u00b0])[\s.:#-]*$",
    re.IGNORECASE,
)
#: Between the number of a line and what stands in it: "2.warfarin", "| 2 | warfarin". A bracket may be "2 (two)".
_PARTS = re.compile(r"[^ \u00a0\u2007\u2009\u202f]")
#: A number that something other than a blank parts from what is counted: "2: tab warfarin".
_NUMBER_AND_FORM = re.compile(r"0*[\d.,]*\d\s*(?:[:|\t;\\\]]|\.\s*(?=[^\W\d])).*", re.DOTALL)
#: How many, behind what is counted: "pill 2: calcium 600 mg".
_FORM_FIRST = re.compile(r"(?:pill|tab|cap|softgel|caplet|gumm|chew)[^\W\d]*\W+\w+", re.IGNORECASE)
#: One piece, in full: a number that counts pieces has more of them behind it, "2 tablets of ...".
_ONE = (
    r"(?:tablet|capsule|caplet|softgel|gelcap|pill|gummy|tablette|kapsel|comprim\u00e9|g\u00e9lule|compressa|capsula"
    r"|comprimido|c\u00e1psula|tableta|tabletka|kapsu\u0142ka|tablett)"
)
#: At the end of a line that may begin with its number in a list: "2 calcium 600 mg tab daily".
_ONE_FORM = re.compile(rf"\b(?:{_ONE}|tab|tbl|cap)\b(?!\s?\(s\))", re.IGNORECASE)
#: The number of a line, and what its thing is: "2 Tablet calcium 600 mg daily", or two of them.
_OPENS_LINE = re.compile(rf"\d+\s+{_ONE}\s*", re.IGNORECASE)
#: The first line of several in one: "1 warfarin 5 mg tablet daily, 2 calcium 600 mg tablet daily".
_FIRST_OF_SEVERAL = re.compile(r"\W*0?1\b")
#: No number of pieces is written like this: "02 warfarin", "03.04. warfarin".
_NOUGHT = re.compile(r"0\d")


def is_of_list(text: str, piece: Piece, names: list[Piece], follows: str) -> bool:
    """Whether a number before a name may be that of its line. follows: the role of the piece behind the number."""
    name = next((name.start for name in names if name.start > piece.start), None)
    if name is None:
        return False
    written, before = text[piece.start : piece.end], text[: piece.start]
    if piece.role == "count":
        quantity = piece.value[0]
        is_form_first = bool(_FORM_FIRST.fullmatch(written)) and follows == "name"
        if quantity != (ONE, ONE, "") and follows == "name" and _OPENS_LINE.fullmatch(text[:name]):
            return True
        return quantity != (ONE, ONE, "") and (is_form_first or bool(_NUMBER_AND_FORM.fullmatch(written)))
    if follows != "name" or piece.value == (ONE, ONE, ""):
        return False
    place = 1 + sum(one.start < piece.start for one in names)
    if place > 1 and written == str(place) and _FIRST_OF_SEVERAL.match(text):
        return True
    if not before.strip() and written.isdigit() and _ONE_FORM.search(text, name):
        return True
    return bool(_PARTS.search(text[piece.end : name]) or _NOUGHT.match(written) or _NOUN.search(before))


#: What says how often, outside brackets.
_TOLD = frozenset(("schedule", "time", "meal", "scheme_mark", "scheme", "single", "season", "as_needed", "unclear"))
_MANY = frozenset(("count", "quantity", "many"))


def with_exception(text: str, pieces: list[Piece], entry: Entry) -> list[Piece]:
    """The pieces of one thing with what brackets say of some days as unclear: "5 mg (half on Sun)" is no half alone.

    Of what is not taken on few days anyhow "5 mg half on Sun", "5 mg 2 on Sunday" may tell of one day of seven.
    One piece on some days is how often, and so are brackets with all that a line says: "5 mg (Mon, Wed, Fri)".
    """
    opens = [n for n, piece in enumerate(pieces) if piece.role == "open" or _is_dash(text, piece)]
    opens += [n for n, piece in enumerate(pieces) if n and _is_apart(text, pieces, n, entry)]
    for start in opens:
        end = next((n for n in range(start, len(pieces)) if pieces[n].role == "close"), len(pieces))
        days = [n for n in range(end) if pieces[n].role == "schedule" and pieces[n].value.days]
        many = [n for n in range(start, end) if pieces[n].role in _MANY and _most(pieces[n]) != (ONE, ONE)]
        told = any(piece.role in _TOLD for piece in (*pieces[:start], *pieces[end:]))
        if days and many and not told and any(piece.role == "amount" for piece in pieces[:start]):
            return _left_open(pieces, days, many)
    return pieces


def product_on_days(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces beside a product, with how many on few days as unclear: "Caltrate 2 on Sunday"."""
    for number, piece in enumerate(pieces):
        days = next((n for n in range(number + 1, len(pieces)) if pieces[n].role not in _BEFORE_DAYS), number)
        follows = pieces[days]
        if piece.role in _MANY and _most(piece) != (ONE, ONE) and follows.role == "schedule" and follows.value.days:
            told = any(one.role in _TOLD for one in pieces[:number])
            if not told and len(follows.value.days) <= _FEW_DAYS and not _ONLY.search(text, piece.end):
                return _left_open(pieces, [days], [number])
    return pieces


def _left_open(pieces: list[Piece], days: list[int], many: list[int]) -> list[Piece]:
    """The pieces without how many on some days; days, many: the places of both."""
    return [
        piece._replace(role="unclear", value=_ON_OTHERS)
        if n in days
        else piece._replace(role="open_count")
        if n in many
        else piece
        for n, piece in enumerate(pieces)
    ]


#: What brackets about some days leave open.
_ON_OTHERS = "how much on those days, and how much on the others"


def _is_dash(text: str, piece: Piece) -> bool:
    """Whether a dash between blanks parts what follows from the rest: "50 mcg - two on Sunday"."""
    return piece.role == "to" and not text[piece.start - 1 : piece.end + 1].strip(" -\u2013\u2014")


def _is_apart(text: str, pieces: list[Piece], number: int, entry: Entry) -> bool:
    """Whether a count stands apart from what is before it: "5 mg. Half on Sunday", "warfarin 5 mg 2 on Sunday"."""
    piece = pieces[number]
    if piece.role not in _MANY or _most(piece) == (ONE, ONE):
        return False
    is_part = _most(piece)[1] < ONE
    follows = next((one for one in pieces[number + 1 :] if one.role not in _BEFORE_DAYS), None)
    if follows is not None and follows.role == "schedule" and follows.value.days:
        if not _EACH_DAY.isdisjoint(entry.part_of) or (is_part and not entry.spaced):
            return True
        strength = next((one.value[0] for one in reversed(pieces[:number]) if one.role == "amount"), None)
        is_few = len(follows.value.days) <= _FEW_DAYS and not _ONLY.search(text[piece.end : follows.end + _NEAR])
        if is_few and strength is not None and not (entry.spaced or is_large(entry, strength)):
            return True
    return is_part and any(mark in text[pieces[number - 1].end : piece.start] for mark in ".:*\u2022")


#: May stand between how many and the days.
_BEFORE_DAYS = frozenset(("at", "in", "for", "filler", "neutral", "form", "open", "comma"))
#: Taken each day: what is said of some days leaves open the others.
_EACH_DAY = frozenset(("vitamin-k-antagonist", "thyroid-hormone"))
#: On more days than this a dose of anything else is the only one: "calcium 600 mg 2 on Mon, Wed, Fri".
_FEW_DAYS = 2
#: Beside the days: there are no others. So far behind them it may stand.
_ONLY = re.compile(
    r"\b(?:only|nur|seulement|uniquement|s[oó]lo|solamente|solo|soltanto|só|somente|alleen|weekly|once a week)\b",
    re.IGNORECASE,
)
_NEAR = 20


def _most(piece: Piece) -> tuple[Decimal, Decimal]:
    """How many at least, and at most."""
    low, high = (piece.value[0] if piece.role == "count" else piece.value)[:2]
    return low, high


def is_increase(text: str, pieces: list[Piece], number: int) -> bool:
    """Whether a plus before an amount says by how much the dose grows: "warfarin +1 mg daily", not "D3+ 1000 IU"."""
    before = [piece.role for piece in pieces[:number]]
    stands_apart = not text[max(0, pieces[number].start - 1) : pieces[number].start].strip()
    is_sign = text[pieces[number].start : pieces[number].end] == "+" and stands_apart
    return is_sign and before[-1:] == ["name"] and before.count("name") == 1 and "amount" not in before


def in_turn(text: str, pieces: list[Piece]) -> bool:
    """Whether each name has its amount right behind it, and nothing parts them: "D3 125 mcg K2 75 mcg daily".

    Not where one name is a part of another, "K2 100 mcg MK-7 45 mcg", or what is said is not of each day.
    """
    roles = [piece.role for piece in pieces if piece.role != "salt"]
    entries = [piece.value for piece in pieces if piece.role == "name"]
    ids = {entry.id for entry in entries}
    count = len(entries)
    often = [piece.value for piece in pieces if piece.role == "schedule"]
    gaps = [text[one.end : two.start] for one, two in pairwise(pieces) if (one.role, two.role) == ("amount", "name")]
    return (
        roles.count("amount") == count == len(ids)
        and roles[: 2 * count] == ["name", "amount"] * count
        and not any(gap.strip() for gap in gaps)  # "250 mg elemental calcium 500 mg": which of the two is elemental?
        and all(ids.isdisjoint(entry.part_of) for entry in entries)
        and all(one.unit == "day" and one.count == 1 and not one.days for one in often)
    )
