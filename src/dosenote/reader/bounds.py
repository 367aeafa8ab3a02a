"""A blood value of which only a bound is written: which pieces say so, and in which direction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from dosenote.reader.phrases import Piece, any_of
from dosenote.regimen import Comparator
from dosenote.vocabulary import Vocabulary

_NUMBERS = ("quantity", "reading")
#: Before a number, and with an equals sign beside it: "over 8", "> 8", ">= 8".
_BEFORE: dict[str, tuple[Comparator, Comparator]] = {
    "above": (">", ">="), "least": (">=", ">="), "below": ("<", "<="),
}  # fmt: skip
#: Behind a number: "8 or more".
_BEHIND: dict[str, Comparator] = {"or_more": ">=", "or_less": "<="}
#: Signs that hold their equals sign themselves.
_WITH_EQUALS = frozenset("≥≤≧≦")


class Bound(NamedTuple):
    """The pieces that make a number a bound, and which bound; none for a number that is the value itself."""

    pieces: Sequence[Piece] = ()
    comparator: Comparator = ""


def bound_of(after: Sequence[Piece]) -> Bound:
    """What makes the first number behind the name of a test a bound. after: the pieces behind that name."""
    for place, piece in enumerate(after):
        if piece.role in _NUMBERS:
            return _behind(piece, after[place + 1 :])
        if _sign(piece):
            return _before(place, after)
    return Bound()


def unbound(after: Sequence[Piece]) -> list[Piece]:
    """The pieces behind the name of a test without those that make the number a bound."""
    bound = bound_of(after).pieces
    return [piece for piece in after if piece not in bound]


def is_mark(beside: str, vocabulary: Vocabulary) -> bool:
    """Whether the words beside a bound may make a mark of it, to go by or to call about: "needs eGFR > 30".

    The words are those of [result] in vocabulary/writing.toml.
    """
    return _marks(tuple(vocabulary.writing["result"]["marks"])).search(beside) is not None


@lru_cache(maxsize=4)
def _marks(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(words)}\b", re.IGNORECASE)


def _sign(piece: Piece) -> str:
    """ "above", "least" or "below"; "" for what is no sign of a bound."""
    if piece.role == "for" and piece.value == "over":
        return "above"
    return piece.role if piece.role in _BEFORE else ""


def _before(place: int, after: Sequence[Piece]) -> Bound:
    sign = after[place]
    equals = [piece for piece in after[: place + 2] if piece.value == "="]
    behind = [piece for piece in after[place + 1 :] if piece not in equals]
    if not behind or behind[0].role not in _NUMBERS:
        return Bound()
    with_equals = bool(equals) or sign.value in _WITH_EQUALS
    return Bound((sign, *equals), _BEFORE[_sign(sign)][with_equals])


def _behind(number: Piece, rest: Sequence[Piece]) -> Bound:
    if not rest:
        return Bound()
    sign = rest[0]
    if sign.role == "plus" and sign.start == number.end and (len(rest) == 1 or rest[1].role in ("comma", "close")):
        return Bound((sign,), ">=")  # "90+", but not "2.5 + D3"
    return Bound((sign,), _BEHIND[sign.role]) if sign.role in _BEHIND else Bound()
