"""Two things in one line of which the one may have taken the other's place: then nobody can tell what is taken."""

from __future__ import annotations

import re
from itertools import pairwise

from dosenote.reader.durations import with_counted_doses
from dosenote.reader.phrases import Piece

#: Right before the second of two things: "warfarin 5 mg daily, now Eliquis", "..., switched to Eliquis".
_BEFORE_SECOND = (
    r"(?i)(?:(?:\b(?:now|jetzt|nun|maintenant|ahora|adesso|ora|agora|nu|nå|nyt|teraz|сейчас|теперь|to|till|til|until"
    r"|bis|hasta|fino a|jusqu'à|até|tot|war|vorher|früher|avant|antes|prima|instead|stattdessen"
    r"|(?:switched|changed|moved|transitioned|converted|umgestellt|gewechselt)(?: to| auf| zu)?)\b"
    r"|\+\s*/\s*-|\+-|±|→|->|=>)"
    r"[\s:,]*(?:(?:on|taking|my|the|auf|zu|nehme|ich|i|am)\b[\s:,]*)*)$"
)
#: Between two doses these say so, too, and of one thing: "D3 50000 IU weekly to D3 2000 IU daily".
_IN_PLACE = r"(?i)\b(?:to|for|instead of|für|statt|auf|zu|pour|à|por|per|a)\s+(?:the|my)?\s*$"
_TO_DOSE = r"(?i)^\D*\b(?:to|for|auf)\s+[\d.,]+\s*\w+\s+(?:of\s+)?$"  # "50000 IU D3 weekly to 2000 IU D3 daily"
#: A maker writes its name so; "now" in small letters is the time.
_MAKER = re.compile(r"\bNOW\b(?!\s*(?:on|taking)\b)|\bNow Foods\b")
#: Where two statements that hold side by side cannot both be of what is taken now: "A daily, now B daily".
_TURNS = re.compile(
    r"\b(?:now|jetzt|maintenant|ahora|adesso|agora|but|(?:switched|changed)\s+to)\b",
    re.IGNORECASE,
)


def is_past(text: str) -> bool:
    """Whether a line with a dose says of it that it was: "Vitamin D3 war 5000 IE", "Marcumar 3 mg täglich war"."""
    return ("war" in text or "lag bei" in text) and bool(re.search(r"\s(?:war|lag bei)(?!\w)", text))


def follows_another(text: str, names: list[Piece]) -> bool:
    """Whether between two things of a line stands a word that may say that the one followed the other."""
    for one, two in pairwise(sorted(names, key=lambda piece: piece.start)):
        gap = text[one.end : two.start]
        dosed = bool(re.search(r"\d", gap) and re.search(r"\d", text[two.end :]))
        if (dosed or one.value is not two.value) and re.search(_BEFORE_SECOND, gap):
            if _MAKER.search(gap) and not text.isupper():
                continue
            return True
        if dosed and re.search(_IN_PLACE, gap):
            return True
        if re.search(_TO_DOSE, gap) and re.search(r"\d", text[: one.start]):
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
    timed = bool(then) and any(piece.role == "duration" for piece in with_counted_doses(pieces))
    return [
        piece
        for piece in turning
        if piece.role not in ("then", "except") and not (timed and is_order(piece) and piece.start > max(then))
    ]
