"""Lines that are about nothing that the person takes: questions, allergies, somebody else, talk."""

from __future__ import annotations

import re
from itertools import pairwise

from dosenote.reader.phrases import Piece
from dosenote.reader.segments import SILENT

QUESTION = "a question, not something that is taken"
ALLERGY = "an allergy, not something that is taken"

#: Words that bring the person in: "my wife takes warfarin and so do I".
_MINE = re.compile(r"\b(?:i|me|mine|myself|we|us|our|both|too|also|same)\b", re.IGNORECASE)

#: What frames a heading: "--- Supplements ---", "Drug | Strength | Times".
_FRAME = re.compile(r"\||--|==|\*\*|\((?:updated|printed|as of)\b", re.IGNORECASE)

#: At the end of a line about somebody else: "..., I'm not", "... (not me)".
_NOT_ME = re.compile(
    r"[,;.(\s]+(?:but\s+)?(?:i(?:['\u2019]m| am)\s+not|i\s+don['\u2019]?t|not\s+me)\W*$", re.IGNORECASE
)
#: What a shop says.
_PRICE = re.compile(
    r"[\u20ac$\u00a3]\s*\d|\d\s*[\u20ac$\u00a3]|\d\s*%\s*off\b|\bon sale\b|\bper bottle\b", re.IGNORECASE
)

#: Words that say that something goes on: "used to take 5000 IU, now 2000 IU".
_STILL = re.compile(
    r"\b(?:now(?!\s+(?:stopped|off|over|finished|discontinued))|still|currently|instead|but|only|jetzt|maintenant|ahora)\b",
    re.IGNORECASE,
)
#: What may stand between "no" and what is denied.
_BARE = re.compile(r"['\u2019]?\s*(?:(?:any|a|an|the|more|further)\s+)?", re.IGNORECASE)
_QUESTION = re.compile(
    r"\s*[\u00bf]|\s*(?:dois-je|puis-je|devrais-je|est-ce|faut-il|peut-on|combien|soll|sollte|kann|darf|muss|ist|wie"
    r"|puedo|debo|deber\u00eda|es|cu\u00e1nt[oa]|posso|devo|dovrei|quanto|quanta|deveria|kan|mag|moet|f\u00e5r|ska|skal"
    r"|voinko|czy|\u043c\u043e\u0436\u043d\u043e|\u0441\u0442\u043e\u0438\u0442|\u043d\u0443\u0436\u043d\u043e)\b.*\?"
    r"|\s*(?:(?:hey|hi|hello|so|ok|okay|um|well|question)\W+)?(?:is|are|can|could|should|may|must|do|does|did|what|how|when|why|which|who|will|would)\b.*\?",
    re.IGNORECASE,
)
#: Roles that a line of talk may hold: words, times and plain numbers, and no amount.
_TALK = frozenset(
    ("chatter", "time", "meal", "date", "since", "schedule", "quantity", "period", "duration", "season",
     "every", "apart", "repeat", "in", "for", "weekday", "days", "begins", "newness")
)  # fmt: skip
_TAKEN = re.compile(r"\b(?:tak(?:e|es|ing)|on|uses?|using)\b", re.IGNORECASE)
#: With the price of what somebody bought it is not said that nothing is taken.
_BOUGHT = re.compile(r"\b(?:i|me|my|we|our|bought|buy|paid|pay|ordered|refill\w*|tak(?:e|es|ing))\b", re.IGNORECASE)
_OFTEN = frozenset(("schedule", "time", "meal", "as_needed", "single", "stopped"))
_ALLERGY = frozenset(("name", "word", "allergy", "complaint", "date"))


def goes_on(text: str) -> bool:
    """Whether a line that says that something has ended says that something goes on, too."""
    return bool(_STILL.search(text))


def without_heading(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces without the words of a heading: those before a colon, or in a line with a frame or bars.

    By themselves "meds", "my vitamins" or "see list" stand for things that are taken, and nobody knows which.
    """
    end = len(text) if _FRAME.search(text) else text.find(":")
    kept = []
    for number, piece in enumerate(pieces):
        after = [one.role for one in pieces[number + 1 : number + 3] if one.role not in ("to", "comma")]
        names_it = after[:1] == ["name"]  # "medication warfarin 5 mg", "meds - warfarin"
        if piece.role != "heading" or (piece.end > end and not names_it):
            kept.append(piece)
    return kept


def is_talk(text: str, pieces: list[Piece], has_heading: bool) -> bool:
    """Whether a line without a name is talk or a heading: every word of it is known, and none says how much.

    pieces: without those of a heading that has_heading tells of.
    """
    roles = {piece.role for piece in pieces} - SILENT
    if has_heading and not _FRAME.search(text) and any(piece.start > text.find(":") for piece in pieces):
        return roles <= _TALK - {"chatter"}  # "my meds: blood pressure" names what nobody can look up
    if has_heading and "?" not in text:
        roles -= {"inquiry"}  # "(name, dose, how often)"
    is_vital = "vital" in roles and "quantity" in roles  # "blood pressure 130/80", and not "blood pressure daily"
    return (has_heading or is_vital or "chatter" in roles) and roles - ({"vital"} if is_vital else set()) <= _TALK


def aside_of(text: str, pieces: list[Piece], turning: list[Piece], named: bool) -> str:
    """Why a line with names is about nothing that the person takes, or "": an allergy, somebody else's medicine.

    turning: the pieces that turn the statement round. named: whether something is named in the line.
    """
    if _PRICE.search(text) and named and not _BOUGHT.search(text) and _OFTEN.isdisjoint(one.role for one in pieces):
        return "it says what something costs"
    if not turning:
        return ""
    if "doubt" in {piece.role for piece in turning} and _QUESTION.match(text):
        return QUESTION
    not_me = _NOT_ME.search(text)
    if not_me:
        text = text[: not_me.start()]
        pieces, turning = ([one for one in row if one.start < len(text)] for row in (pieces, turning))
    if _MINE.search(text) or not turning:
        return ""
    kinds = {piece.role for piece in turning}
    first = min(piece.start for piece in pieces)
    if (
        kinds <= {"about", "or", "denied"}
        and turning[0].role == "about"
        and turning[0].start == first
        and not _TAKEN.search(text)
    ):
        return "it says nothing of what is taken"
    others = {piece.role for piece in pieces} - SILENT
    if kinds == {"allergy"} and others <= _ALLERGY and not _TAKEN.search(text):
        return ALLERGY
    alone = [piece.role for piece in turning].count("family") == 1 and turning[0].start == first
    alone = alone and not text[turning[0].end :].lstrip("'\u2019s ").startswith(":")  # "Grandad: warfarin": whose list?
    if kinds <= {"family", "stopped", "until"} and alone and named and "word" not in others:
        return "it is about somebody else"
    return ""


def also_ended(text: str, pieces: list[Piece]) -> list[Piece]:
    """The "too" of each thing that has ended as the one before it: "D3 stopped, K2 too", and not "taking K2 too"."""
    if _TAKEN.search(text):
        return []
    return [
        piece
        for parts, name, piece in zip(pieces, pieces[1:], pieces[2:], strict=False)
        if piece.role == "too" and name.role == "name" and parts.role in ("comma", "semicolon", "and")
    ]


def denied_of(text: str, pieces: list[Piece]) -> tuple[str, ...]:
    """What a line denies that says no more than that: "no kidney stones", "no D3, no K2"; not "No, warfarin".

    Of several names after one "no" the last must follow an "or": "no statins, warfarin" may say that warfarin is taken.
    """
    groups: list[list[Piece]] = []
    for piece in pieces:
        if piece.role == "denied" and piece.value != "none":
            groups.append([piece])
        elif groups and (piece.role == "or" or (piece.role == "name" and piece.value.kind != "lab")):
            groups[-1].append(piece)
        elif groups and piece.role == "heading" and groups[-1][-1].role == "name":
            continue  # "no calcium supplements"
        elif piece.role not in SILENT and piece.role != "date":
            return ()
    names = [[piece for piece in group if piece.role == "name"] for group in groups]
    if not names or not names[0] or not _BARE.fullmatch(text[groups[0][0].end : names[0][0].start]):
        return ()
    if not all(_denies_all(text, group) for group in groups):
        return ()
    return tuple(piece.value.id for group in names for piece in group)


def _denies_all(text: str, group: list[Piece]) -> bool:
    """Whether a "no" holds for all the names after it."""
    names = [piece for piece in group if piece.role == "name"]
    links = {text[one.end : two.start].strip() for one, two in pairwise(names)}
    listed = group[0].value.startswith("denies") or links == {"/"}
    return len(names) < 2 or listed or [piece.role for piece in group[-2:]] == ["or", "name"]
