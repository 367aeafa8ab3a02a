"""Two things in one line of which the one may have taken the other's place: then nobody can tell what is taken."""

from __future__ import annotations

import re
from itertools import pairwise

from dosenote.reader.phrases import Piece

#: Right before the second of two things: "warfarin 5 mg daily, now Eliquis", "..., switched to Eliquis".
_BEFORE_SECOND = (
    r"(?i)(?:(?:\b(?:now|jetzt|nun|maintenant|ahora|adesso|ora|agora|nu|nå|nyt|teraz|сейчас|теперь|to|till|til|until"
    r"|bis|hasta|fino a|jusqu'à|até|tot|war|vorher|früher|avant|antes|prima|instead|stattdessen"
    r"|(?:switched|changed|moved|transitioned|converted|umgestellt|gewechselt)(?: to| auf| zu)?)\b"
    r"|\+\s*/\s*-|\+-|±|→|->|=>)"
    r"[\s:,]*(?:(?:on|taking|my|the|auf|zu|nehme|ich|i|am)\b[\s:,]*)*)$"
)
#: A maker writes its name so; "now" in small letters is the time.
_MAKER = re.compile(r"\bNOW\b(?!\s*(?:on|taking)\b)|\bNow Foods\b")
#: Where two statements that hold side by side cannot both be of what is taken now: "A daily, now B daily".
_TURNS = re.compile(
    r"\b(?:now|jetzt|maintenant|ahora|adesso|agora|but|(?:switched|changed)\s+to)\b",
    re.IGNORECASE,
)


def is_past(text: str) -> bool:
    """Whether a line with a dose says of it that it was: "Vitamin D3 war 5000 IE"."""
    return " war " in text or " lag bei " in text


def follows_another(text: str, names: list[Piece]) -> bool:
    """Whether between two different things of a line stands a word that may say that the one followed the other."""
    for one, two in pairwise(sorted(names, key=lambda piece: piece.start)):
        gap = text[one.end : two.start]
        if one.value is not two.value and re.search(_BEFORE_SECOND, gap):
            if _MAKER.search(gap) and not text.isupper():
                continue
            return True
    return False


def turns(between: str) -> bool:
    """Whether what stands between two statements of a line leaves open if the first still holds."""
    return bool(_TURNS.search(between))


#: How an order to stop is written; any other such word says that it is over.
_ORDERS = frozenset(("stop", "discontinue", "d/c", "dc", "stop taking", "arrêt", "hold"))


def is_order(piece: Piece) -> bool:
    """Whether a word that something ends is an order: "then stop", and not "then stopped"."""
    return piece.role == "stopped" and piece.value in _ORDERS


def unsettled(turning: list[Piece], pieces: list[Piece]) -> list[Piece]:
    """Of what turns a statement round, what the steps leave open: not "then", "except", or an order to stop at last.

    pieces: those of the line. "5 mg daily for years then stopped" is no order: nothing of it is taken.
    """
    then = [piece.start for piece in turning if piece.role == "then"]
    timed = bool(then) and any(piece.role == "duration" for piece in pieces)
    return [
        piece
        for piece in turning
        if piece.role not in ("then", "except") and not (timed and is_order(piece) and piece.start > max(then))
    ]
