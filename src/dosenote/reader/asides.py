"""Lines that are about nothing that the person takes: questions, allergies, somebody else, talk."""

from __future__ import annotations

import re

from dosenote.reader.lexicon import Piece
from dosenote.reader.segments import SILENT

#: Words that bring the person in: "my wife takes warfarin and so do I".
_MINE = re.compile(r"\b(?:i|me|mine|myself|we|us|our|both|too|also|same)\b", re.IGNORECASE)

#: Words that say that something goes on: "used to take 5000 IU, now 2000 IU".
_STILL = re.compile(r"\b(?:now|still|currently|instead|but|only|jetzt|maintenant|ahora)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\s*[\u00bf]|\s*(?:is|are|can|could|should|may|must|do|does|did|what|how|when|why|which|who|will|would)\b.*\?",
    re.IGNORECASE,
)
#: Roles that a line of talk or a heading may hold: words, times and plain numbers, and no amount.
_TALK = frozenset(
    ("chatter", "heading", "time", "meal", "date", "since", "schedule", "quantity", "period", "duration", "season",
     "every", "apart", "repeat", "in", "for", "weekday", "days", "begins", "newness")
)  # fmt: skip
_TAKEN = re.compile(r"\b(?:tak(?:e|es|ing)|on|uses?|using)\b", re.IGNORECASE)


def goes_on(text: str) -> bool:
    """Whether a line that says that something has ended says that something goes on, too."""
    return bool(_STILL.search(text))


def is_talk(roles: set[str]) -> bool:
    """Whether a line without a name is talk or a heading: every word of it is known, and none says how much."""
    return bool(roles & {"chatter", "heading"}) and roles - SILENT <= _TALK


def aside_of(text: str, pieces: list[Piece], turning: list[Piece], named: bool) -> str:
    """Why a line with names is about nothing that the person takes, or "": an allergy, somebody else's medicine.

    turning: the pieces that turn the statement round, at least one. named: whether something is named in the line.
    """
    kinds = {piece.role for piece in turning}
    if "doubt" in kinds and _QUESTION.match(text):
        return "a question, not something that is taken"
    if _MINE.search(text):
        return ""
    first = min(piece.start for piece in pieces)
    if (
        kinds <= {"about", "or", "denied"}
        and turning[0].role == "about"
        and turning[0].start == first
        and not _TAKEN.search(text)
    ):
        return "it says nothing of what is taken"
    others = {piece.role for piece in pieces} - SILENT
    if len(kinds) != 1:
        return ""
    if kinds == {"allergy"} and others <= {"name", "word", "allergy"} and not _TAKEN.search(text):
        return "an allergy, not something that is taken"
    if kinds == {"family"} and named and turning[0].start == first and len(turning) == 1 and "word" not in others:
        return "it is about somebody else"
    return ""
