"""Names of one line that mean the same thing: "Coumadin (warfarin)", "K2 100 mcg (MK-7)"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dosenote.quantity import convert
from dosenote.reader.phrases import Piece
from dosenote.vocabulary import Entry, Vocabulary

#: What stands in brackets that give the weight of a salt again: of what, and of which salt.
_OF_A_SALT = (["amount", "name", "salt"], ["amount", "salt_as"])
#: More than so many is no count of pieces.
_MOST_COUNTED = 4
#: The share of an element in a salt is printed rounded.
_ROUNDED = Decimal("0.03")


def joins(rest: list[Piece], piece: Piece, follows: list[Piece], vocabulary: Vocabulary) -> bool:
    """Whether a name says again what stands before it, and join the two if so: the more specific of them is meant.

    It stands right behind the other, "vitamin D cholecalciferol", or alone in brackets: "D3/K2 25/75 mcg (MK-7)".
    """
    in_brackets = bool(rest) and rest[-1].role == "open"
    place = len(rest) - 1 - in_brackets
    if place >= 0 and rest[place].role == "name":
        return _join(rest, place, piece, vocabulary, end=piece.end)
    if place > 0 and rest[-1].role == "amount" and rest[-2].role == "name" and not _has_amount(follows):
        return _deeper(rest[-2], piece, vocabulary) is piece and _join(rest, place - 1, piece, vocabulary, rest[-2].end)
    if not in_brackets or not follows or follows[0].role != "close":
        return False
    same = [n for n, one in enumerate(rest) if one.role == "name" and _deeper(one, piece, vocabulary)]
    return len(same) == 1 and _join(rest, same[0], piece, vocabulary, end=rest[same[0]].end)


def _has_amount(follows: list[Piece]) -> bool:
    """Whether a name has an amount of its own: "K2 100 mcg MK-7 180 mcg" names two; "MK-7 one daily" is no amount."""
    roles = [piece.role for piece in follows[:1]]
    is_few = roles == ["quantity"] and follows[0].value[1] <= _MOST_COUNTED
    return not is_few and not {"amount", "quantity", "open", "slash", "comma", "plus", "and"}.isdisjoint(roles)


def _join(rest: list[Piece], place: int, piece: Piece, vocabulary: Vocabulary, end: int) -> bool:
    deeper = _deeper(rest[place], piece, vocabulary)
    if deeper is not None:
        rest[place] = Piece("name", deeper.value, rest[place].start, end)
    return deeper is not None


def _deeper(before: Piece, piece: Piece, vocabulary: Vocabulary) -> Piece | None:
    """Whichever of two names is the more specific, or None when they mean different things."""
    if before.value.id in vocabulary.surely(piece.value.id):
        return piece
    return before if piece.value.id in vocabulary.surely(before.value.id) else None


def is_element(before: list[Piece], name: Piece, after: list[Piece]) -> bool:
    """Whether a name only says of what the weight before it is: "calcium carbonate 500 mg (200 mg calcium)".

    before, after: the pieces on its two sides.
    """
    if len(before) < 2 or before[-1].role != "amount" or before[-2].role not in ("open", "equals"):
        return False
    if any(piece.role in ("salt", "salt_as") for piece in after):
        return False
    return any(piece.role == "name" and piece.value is name.value for piece in before[:-2])


def says_element(before: list[Piece], name: Piece, after: list[Piece]) -> bool:
    """Whether brackets say what a salt holds: "calcium carbonate 1.5 g (calcium 600 mg)"."""
    if not before or before[-1].role != "open" or [piece.role for piece in after] != ["amount", "close"]:
        return False
    roles = [piece.role for piece in before]
    named = any(piece.role == "name" and piece.value is name.value for piece in before)
    return named and roles.count("name") == 1 and "salt" in roles and "amount" in roles


def without_salt(pieces: list[Piece]) -> list[Piece]:
    """The pieces without brackets that only say how much of a salt it is: "calcium 600 mg (as carbonate 1500 mg)".

    Where the two weights fit each other the first is marked as the element's; else both stay, to be asked about.
    """
    opens = next((n for n, piece in enumerate(pieces) if piece.role == "open" and n), 0)
    closes = next((n for n, piece in enumerate(pieces) if piece.role == "close" and n > opens), 0)
    inside = [piece for piece in pieces[opens + 1 : closes] if piece[:2] != ("not", "from")]
    if sorted(piece.role for piece in inside) not in _OF_A_SALT:
        return pieces
    names = [piece.value for piece in pieces[:opens] if piece.role == "name"]
    weights = [n for n, piece in enumerate(pieces[:opens]) if piece.role in ("amount", "element")]
    said = {piece.role: piece.value for piece in inside}
    if len(names) != 1 or said.get("name", names[0]) is not names[0] or len(weights) != 1:
        return pieces
    weight = pieces[weights[0]]
    part = weight.value if weight.role == "amount" else (weight.value[0], "")
    if not _is_share(names[0], said.get("salt") or said["salt_as"], part, said["amount"]):
        return pieces
    before = [piece for piece in pieces[:opens] if piece.role not in ("salt", "salt_as", "elemental")]
    place = before.index(weight)
    before[place] = weight._replace(role="element", value=part)
    return [*before, *pieces[closes + 1 :]]


def _is_share(entry: Entry, word: str, part: tuple[Any, str], whole: tuple[Any, str]) -> bool:
    """Whether a weight is as much of the element as a weight of the salt holds."""
    salt = next((salt for salt in entry.salts if word in salt.names), None)
    low = convert(part[0].low, part[0].unit, whole[0].unit, None)
    if salt is None or low is None or part[1] or whole[1] or part[0].low != part[0].high or not whole[0].low:
        return False
    return bool(salt.elemental_low - _ROUNDED <= low / whole[0].low <= salt.elemental_high + _ROUNDED)
