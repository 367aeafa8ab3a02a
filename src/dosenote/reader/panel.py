"""A list of lab values: a bare number behind a mineral there is a value, and nothing that is taken."""

from __future__ import annotations

import re

from dosenote.reader.bounds import unbound
from dosenote.reader.labs import is_said
from dosenote.reader.phrases import Piece
from dosenote.vocabulary import Vocabulary

#: What such a list is headed with: "U&E: Na 138, Ca 1.78", "recent bloods: Ca 2.78".
_HEADED = re.compile(
    r"\s*(?:(?:my|recent|latest|last|today'?s?|new)\s+)*"
    r"(?:u\s*(?:&|\+|and)\s*e'?s?|bloods|blood\s+(?:results?|tests?|work)|labs?|lab\s+(?:results?|values?)|bmp|cmp"
    r"|electrolytes|bone\s+profile|renal\s+profile|laborwerte|blutwerte)\b[\s:;,=-]*",
    re.IGNORECASE,
)
#: Letters for which there is a value of such a size in no list but of lab tests.
_SODIUM, _POTASSIUM = range(100, 181), range(1, 10)
#: What may follow a bare value.
_BEHIND = frozenset(("comma", "semicolon", "open", "close", "name", "salt", "word", "thousand", "date", "slash"))
#: A bare number this large may be a dose in mg, or in IU: it is asked about as one.
_LEAST_DOSE = {"25-oh-d": 200}
_LEAST_OF_OTHERS = 20
#: A whole number below this may be how many tablets.
_FEW = 5
#: A level is written as that of vitamin D: "INR 2.3, D3 50" may be a dose.
_D3 = "vitamin-d3"
_MG, _PHOSPHATE, _K = "magnesium-blood", "phosphate-blood", "potassium-blood"


def with_values(text: str, pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a line, with the names of lab tests for those of minerals beside other lab values or a low one."""
    roles = {piece.role for piece in pieces}
    if "reading" in roles:
        pieces = [_low(pieces, number, vocabulary) for number in range(len(pieces))]
    if "quantity" not in roles:
        return pieces
    headed = _HEADED.match(text)
    is_panel = headed is not None or any(_is_other(pieces, n) for n in range(len(pieces) - 1))
    if not is_panel:
        return pieces
    end = headed.end() if headed else 0
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        before = found[-1] if found else None
        if piece.start < end or (piece.role == "quantity" and before is not None and before.value == "na"):
            if piece.start >= end:
                found.pop()  # sodium: no rule asks for it
            continue
        test = _test_of(pieces, number, vocabulary)
        found.append(piece if test is None else piece._replace(role="name", value=vocabulary[test]))
    return found if any(one.role == "name" for one in found) else pieces


def _low(pieces: list[Piece], number: int, vocabulary: Vocabulary) -> Piece:
    """A piece of a line; the name of a test for that of a mineral with a value that is low for that test."""
    piece = pieces[number]
    follows = unbound(pieces[number + 1 :]) if piece.role == "name" else []
    after = [one for one in follows if not is_said(one)][:2]
    roles = [one.role for one in after]
    if roles[:1] != ["reading"] or roles[1:] == ["schedule"]:
        return piece
    (_, high, unclear), unit = after[0].value
    test = vocabulary.lab_of.get((piece.value.id, unit))
    if test is None or test.measures_from is None or unclear or high * test.units[unit] >= test.measures_from:
        return piece
    return piece._replace(value=test)


def _is_other(pieces: list[Piece], number: int) -> bool:
    """Whether the name of a lab test, or a letter that is none of a dose, stands here with its number."""
    piece, follows = pieces[number], pieces[number + 1]
    if piece.role == "name" and (follows.role == "reading" or piece.value.kind == "lab"):
        return follows.role in ("quantity", "reading", "above", "below")
    if follows.role != "quantity" or not _is_bare(pieces, number + 1):
        return False
    value = int(follows.value[0])
    if piece.role == "thousand":
        return value in _POTASSIUM and _is_first(pieces, number)
    return piece.value == "na" and value in _SODIUM


def _is_first(pieces: list[Piece], number: int) -> bool:
    """Whether a piece begins the line, or stands behind a comma."""
    return number == 0 or pieces[number - 1].role in ("comma", "semicolon")


def _is_bare(pieces: list[Piece], number: int) -> bool:
    """Whether nothing follows a number that says what it is of."""
    low, high, unclear = pieces[number].value
    is_one = low == high and not unclear
    return is_one and (number + 1 == len(pieces) or pieces[number + 1].role in _BEHIND)


def _test_of(pieces: list[Piece], number: int, vocabulary: Vocabulary) -> str | None:
    """The id of the test whose value stands behind a piece of such a list; None where it may be a dose."""
    piece = pieces[number]
    place = number + 1 + (number + 1 < len(pieces) and pieces[number + 1].role == "equals")
    if place >= len(pieces) or pieces[place].role != "quantity" or not _is_bare(pieces, place):
        return None
    if piece.role == "name":
        tests = (lab.id for (id, _), lab in vocabulary.lab_of.items() if id == piece.value.id != _D3)
        test = next(tests, None)
    else:
        mg = _MG if _is_first(pieces, number) and piece[:2] == ("unit", "mg") else None  # "K 3.1, Mg 0.7"
        test = {"unit": mg, "thousand": _K, "salt": _PHOSPHATE if piece.value == "phosphate" else None}.get(piece.role)
    value = pieces[place].value[0]
    is_count = value == value.to_integral_value() and value < _FEW
    if test is None or is_count or value >= _LEAST_DOSE.get(test, _LEAST_OF_OTHERS):
        return None
    return test
