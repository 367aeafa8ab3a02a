"""Names of one line that mean the same thing: "Coumadin (warfarin)", "K2 100 mcg (MK-7)"."""

from __future__ import annotations

from typing import Any

from dosenote.reader.phrases import Piece
from dosenote.reader.weights import is_same, is_share
from dosenote.vocabulary import Entry, Vocabulary

#: What stands in brackets that give the weight of a salt again: of what, and of which salt.
_OF_A_SALT = (["amount", "name", "salt"], ["amount", "salt_as"])
#: Where brackets tell a second brand of what is named before them: "levothyroxine (SYNTHROID, LEVOTHROID)".
_MORE_BRANDS = (["name", "open", "comma"], ["name", "open", "slash"])
#: More than so many is no count of pieces.
_MOST_COUNTED = 4


def joins(rest: list[Piece], piece: Piece, follows: list[Piece], vocabulary: Vocabulary) -> bool:
    """Whether a name says again what stands before it, and join the two if so: the more specific of them is meant.

    It stands right behind the other, "vitamin D cholecalciferol", or alone in brackets: "D3/K2 25/75 mcg (MK-7)".
    """
    if [one.role for one in rest[-3:]] in _MORE_BRANDS and rest[-3].value is piece.value:
        rest.pop()
        return True
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


def without_again(text: str, pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a line without brackets that only say a weight again: of the salt, in another unit, of the whole.

    text: the line.
    """
    if any(piece.role in ("salt", "salt_as") for piece in pieces):
        pieces = with_salt(without_salt(without_whole(pieces)))
    return without_same(without_sodium(text, pieces), vocabulary)


def without_whole(pieces: list[Piece]) -> list[Piece]:
    """The pieces without the weight of the salt behind that of the element: "600 mg calcium (1,500 mg) tablet"."""
    for place in range(1, len(pieces) - 4):
        weight, name, *brackets = pieces[place : place + 5]
        if [one.role for one in (weight, name, *brackets)] != ["amount", "name", "open", "amount", "close"]:
            continue
        before = pieces[:place]
        salts = [one.value for one in before if one.role == "salt"]
        named = [one.value for one in pieces if one.role == "name"]
        is_one = len(named) == 2 and named[0] is named[1] and len(salts) == 1
        weights = [one.value for one in pieces if one.role == "amount"]
        if is_one and len(weights) == 2 and _is_share(name.value, salts[0], *weights):
            kept = [one for one in before if one.role != "salt"]
            return [*kept, weight._replace(role="element", end=name.end), *pieces[place + 5 :]]
    return pieces


#: What names sodium behind the name of a medicine in brackets, in capitals: "WARFARIN (COUMADIN) NA 5MG TAB".
_SODIUM = ("NA",)


def without_sodium(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces without the sodium of a medicine, between the name in brackets and the amount."""
    for place in range(1, len(pieces) - 1):
        piece = pieces[place]
        is_between = pieces[place - 1].role == "close" and pieces[place + 1].role == "amount"
        if is_between and piece.role == "word" and text[piece.start : piece.end] in _SODIUM:
            names = [one.value for one in pieces[:place] if one.role == "name"]
            if len({entry.id for entry in names}) == 1 and names[0].kind == "medicine":
                return [*pieces[:place], *pieces[place + 1 :]]
    return pieces


#: A strength and the same strength in brackets: with what it is per, or with the name before it.
_PER = ["amount", "per_form", "open", "amount", "per_form", "close"]
_NAMED = ["amount", "open", "name", "amount", "close"]


def without_same(pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces without a strength that brackets give again: "10 mcg/mL (400 unit/mL)", "25MCG (D3-1,000UNIT)"."""
    names = [piece for piece in pieces if piece.role == "name"]
    first = next((n for n, piece in enumerate(pieces) if piece.role == "amount"), len(pieces))
    part = [piece for piece in pieces[first : first + 6] if piece.value != "-"]
    roles = [piece.role for piece in part]
    if roles[:6] == _PER and len(names) == 1:
        same = part[1].value == part[4].value and _is_same(names[0], part[0], part[3])
        return [*pieces[: first + 2], *pieces[first + 6 :]] if same else pieces
    has_salt = any(piece.role in ("salt", "salt_as") for piece in pieces)  # whose weight is it?
    if roles[:5] == _NAMED and not has_salt and len(names) == 2 and pieces.index(names[0]) < first:
        in_two_units = part[0].value[0].unit != part[3].value[0].unit
        deeper = _deeper(names[0], names[1], vocabulary) if in_two_units else None
        if deeper is not None and _is_same(deeper, part[0], part[3]):
            before = [one._replace(value=deeper.value) if one is names[0] else one for one in pieces[: first + 1]]
            return [*before, *pieces[pieces.index(part[4]) + 1 :]]
    return pieces


def _is_same(name: Piece, one: Piece, two: Piece) -> bool:
    """Whether two amounts, each with one meaning only, are one amount of what is named."""
    return not one.value[1] and not two.value[1] and is_same(name.value, one.value[0], two.value[0])


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


def with_salt(pieces: list[Piece]) -> list[Piece]:
    """The pieces, with the only weight marked as the salt's or the element's where both stand alone in brackets.

    "Calcium (as citrate 950 mg)"; outside of them, "calcium (as citrate) 200 mg", it is the element's.
    """
    opens = next((n for n, piece in enumerate(pieces) if piece.role == "open"), 0)
    closes = next((n for n, piece in enumerate(pieces) if piece.role == "close" and n > opens), 0)
    inside = [piece.role for piece in pieces[opens + 1 : closes] if piece.role != "comma"]
    if inside != ["salt_as", "amount"] or [piece.role for piece in pieces].count("amount") > 1:
        return pieces
    return [piece._replace(role="salt") if piece.role == "salt_as" else piece for piece in pieces]


def _is_share(entry: Entry, word: str, part: tuple[Any, str], whole: tuple[Any, str]) -> bool:
    """Whether a weight is as much of the element as a weight of the salt holds."""
    salt = next((salt for salt in entry.salts if word in salt.names), None)
    return salt is not None and not part[1] and not whole[1] and is_share(salt, part[0], whole[0])
