"""An amount behind how many pieces: whether it is that of one of them or of all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dosenote.reader.phrases import Piece

#: Of whom an amount is: of all pieces, or of one or all.
ALL, MAY_BE_ALL = "all", "one or all"
#: What may stand between how many pieces and an amount of one of them, or of all.
_MARKS = frozenset(("open", "comma", "semicolon", "slash", "to", "for", "equals", "schedule", "time", "meal"))
_TO_AMOUNT = _MARKS | {"name", "salt", "salt_as", "elemental", "form"}
#: And between how many and the name.
_TO_NAME = frozenset(("form", "comma", "open"))
#: Of drops and millilitres it is asked how much is in one; in "2 x 500 mg" the amount is of one.
_NOT_COUNTED = ("", "drop", "ml")
_OFTEN = frozenset(("schedule", "time", "meal"))
#: Behind an amount: it is that of one piece.
_EACH = re.compile(r"\b(?:each|ea|je|chacun|cada)\W*$", re.IGNORECASE)
#: The same, though "each daily" was read as how often.
_EACH_DAILY = re.compile(r"\W*each\s+(?:daily|every|once|twice)\b", re.IGNORECASE)
#: Right before an amount: a mark that parts it from what stands before.
_PARTED = re.compile(r"(?:[(\[,:;|/=\u2013\u2014-]|\.\s)\W*$")


def whose(text: str, pieces: Sequence[Piece], number: int) -> str:
    """Whether an amount is ALL or MAY_BE_ALL of so many pieces; else "", as in "2 tablets of warfarin 5 mg".

    "2 tablets warfarin = 10 mg" is of all; "2 tablets 10 mg", "2 tablets daily (10 mg warfarin)" and "2 tablets
    warfarin (10 mg)" may be.
    """
    count = _count_before(pieces, number)
    if count is None:
        return ""
    behind = text[pieces[number].end :]
    if _EACH.search(text[: pieces[number].end]) or _EACH_DAILY.match(behind):
        return ""
    end = next((n for n in range(number, len(pieces)) if pieces[n].role == "close"), number + 2)
    follows = [piece.role for piece in pieces[number + 1 : end]]
    if not {"every", "per_form", "slash"}.isdisjoint(follows):
        return ""
    follows_it = pieces[number + 1].role if number + 1 < len(pieces) else ""
    run = pieces[count : number + 1]
    between = {piece.role for piece in run[1:-1]}
    if "equals" in between or run[-2].role == "for":  # "1/2 tablet for AF, 200 mg magnesium" says what it is for
        words = {text[piece.start : piece.end] for piece in run if piece.role == "equals"}
        is_clear = between.isdisjoint(_OFTEN) and follows[:1] != ["form"] and _is_several(run[0])
        return ALL if is_clear and words <= {"="} else MAY_BE_ALL  # "2 softgels D3 containing 2000 IU"
    gap = "".join(text[one.end : two.start] for one, two in pairwise(run))
    if _MARKS.issuperset(between) and not gap.strip(" :"):
        return MAY_BE_ALL
    name = next((n for n, piece in enumerate(run) if piece.role == "name"), 0)
    behind_name = {piece.role for piece in run[name + 1 :]} if name else set()
    mark = _PARTED.search(text[: pieces[number].start])
    is_parted = mark is not None and (name > 0 or mark[0][0] != ".")  # "2 tablets daily. 600 mg calcium"
    is_parted |= not behind_name.isdisjoint(_OFTEN) or follows_it == "close"  # "2 tablets Coumadin (warfarin 5 mg)"
    return MAY_BE_ALL if is_parted and follows[:1] != ["form"] else ""


def _count_before(pieces: Sequence[Piece], number: int) -> int | None:
    """The place of how many pieces, before an amount; at most one name stands between them."""
    between: list[str] = []
    for place in range(number - 1, -1, -1):
        role, value = pieces[place].role, pieces[place].value
        is_named = "name" in between
        if (role == "quantity" and is_named) or (role == "count" and value[1] not in _NOT_COUNTED):
            return place
        if not is_named and role not in _TO_AMOUNT:
            return None
        if is_named and role not in _TO_NAME and not (role in _OFTEN and not _of_another(pieces[:place], between)):
            return None
        between.append(role)
    return None


def _of_another(before: Sequence[Piece], between: Sequence[str]) -> bool:
    """Whether how often is said of a thing before it: "Eliquis 2 tablets daily, warfarin (10 mg)"."""
    return "comma" in between[between.index("name") :] and any(piece.role == "name" for piece in before)


def _is_several(count: Piece) -> bool:
    """Whether it is one number of pieces, and not one piece."""
    low, high, unclear = count.value[0] if count.role == "count" else count.value
    return bool(low == high != 1 and not unclear)
