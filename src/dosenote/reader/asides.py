"""Lines that are about nothing that the person takes: questions, allergies, somebody else, talk."""

from __future__ import annotations

import re

from dosenote.reader.phrases import Piece
from dosenote.reader.segments import SILENT, TURNING

# Patterns that few lines need are text here: all of them made at the start would take longer than reading a regimen.

QUESTION = "a question, not something that is taken"
ALLERGY = "an allergy, not something that is taken"

NOTHING = "it says no"
#: All of a line: an answer to a question that is not there.
_NONE = r"(?i)\W*none(?:\s+(?:at\s+(?:the\s+moment|present)|currently|right\s+now))?\W*"
#: Words that bring the person in: "my wife takes warfarin and so do I".
_MINE = (
    r"(?i)\b(?:i|me|mine|myself|we|us|our|both|too|also|same|ich|mir|mich|wir|auch|je|moi|nous|aussi|yo|nosotros|también|io"
    r"|noi|anche|eu|nós|também|ik|wij|ook|jag|vi|också|jeg|også|minä|ja|też|я|мне|мы)\b"
)

#: After "nothing else" or "no meds": only then, or only for that.
_LIMITED = r"(?i)\s*,?\s*(?:for|against|at|in|on|before|after|with|during|since|until|when|except|besides)\b"
#: What may stand behind it.
_NEXT = r"(?i)\s*(?:[,;.)]|$|(?:and|or)?\s*no\b)"
#: What frames a heading: "--- Supplements ---", "Drug | Strength | Times".
_FRAME = r"(?i)\||--|==|\*\*|\((?:updated|printed|as of)\b"

#: At the end of a line about somebody else: "..., I'm not", "... (not me)".
_NOT_ME = r"(?i)[,;.(\s]+(?:but\s+)?(?:i(?:['\u2019]m| am)\s+not|i\s+don['\u2019]?t|not\s+me)\W*$"
#: What a shop says of what it sells.
_OFFER = r"(?i)\d\s*%\s*off\b|\bon sale\b|\bper bottle\b|[€$£]\s*\d|\d\s*[€$£]"
#: What is left of a line of somebody else's: the verb that follows the person.
_TAKES = (
    r"(?i)\s*(?:['\u2019]s\s+(?!milk)|(?:who\s+)?(?:takes?|took|taking|(?:is|was|has been) (?:on|taking)|on|uses?|gets"
    r"|used to take|nimmt|bekommt|prend|toma|prende|slikt|gebruikt|tar|tager|bierze|принимает)\b)"
)
#: The heading of what is somebody else's: "wife's pills: warfarin 5 mg daily".
_THEIRS = r"(?i)\s*(?:pills?|tablets?|meds?|medicines?|medications?|vitamins?|supplements?)\s*:"
#: Words in a line about an allergy that begin something else: what is taken, and since when.
_BEGINS = (
    r"(?i)[;]|\.\s|\b(?:since|seit|depuis|desde|currently|current|now|home|meds?|medications?|medicines?|takes?|taking|on|uses?"
    r"|using|for|nkda|nka|none|nil|nein|no)\b(?!\s+(?:other|known|drug))"
)
#: Where a clause ends; the comma of "1,000" ends none.
_CLAUSE_END = r"[;()]|[.,](?=\s|$)| [-–—] "
#: A clause in which facts about the person (masked) are all that is said.
_ONLY_FACTS = r"(?i)(?:[\s\0]|\bI(?:['’]m| am)\b|\ban?\b|\band\b|\bmy age\b|\bis\b)*"
#: How a person begins to tell an age.
_I_AM = r"(?i)i(?:['’]m| am)\s"
#: Behind what is said of somebody (masked) where a line begins: what that person takes or has.
_WHO_TAKES = (
    r"(?i)(?:i\sam\s|patient\b|pt\b)?[:,\s]*(?:is\s)?(?:\ban?\s)?\0[\s\0,/]*\s"
    r"(?:who\s)?(?:(?:is|am)\s)?(?:currently\s)?(?:on|takes|taking|with)\s"
)
#: Where one statement about somebody ends and the next may be about the person.
_PARTED = r"[;:]|\.\s+\w"
_QUESTION = (
    r"(?i)\s*[¿][^?]*\?\W*$|\s*(?:dois-je|puis-je|devrais-je|est-ce|faut-il|peut-on|combien|soll|sollte|kann|darf|muss|ist|wie"
    r"|puedo|debo|debería|es|cuánt[oa]|posso|devo|dovrei|quanto|quanta|deveria|kan|mag|moet|får|ska|skal"
    r"|voinko|czy|можно|стоит|нужно)\b.*\?\W*$"
    r"|\s*(?:(?:hey|hi|hello|so|ok|okay|um|well|question)\W+)?(?:is|are|can|could|should|may|must|do|does|did|what|how|when|why|which|who|will|would)\b.*\?\W*$"
)
#: Roles that a line of talk may hold: words, times and plain numbers, and no amount.
_TALK = frozenset(
    ("chatter", "time", "meal", "date", "since", "schedule", "quantity", "period", "duration", "season",
     "every", "apart", "repeat", "in", "for", "weekday", "days", "begins", "newness")
)  # fmt: skip
_TAKEN = r"(?i)\b(?:tak(?:e|es|ing)|on|uses?|using)\b"
#: Say how often something is taken.
_OFTEN = frozenset(("schedule", "every", "period", "repeat", "time", "meal"))
#: What may stand beside an offer: nothing that says how often, how, or since when.
_BOUGHT = (
    r"(?i)\b(?:i|me|my|we|our|bought|buy|paid|pays?|ordered|refill\w*|tak(?:e|es|ing|en)|us(?:e|es|ing)|on(?!\s+sale)|new|still"
    r"|currently|current|meds?|prescribed|started|since|ich|nehme|nimmt|je|prends|prend|tomo|toma|prendo|prende|gebruik|slik"
    r"|tar|tager|biorę|copay|принимаю|пью)\b"
)
_SOLD = frozenset(
    ("name", "amount", "form", "count", "quantity", "date", "word", "not", "symbol", "dispense", "chatter", "every",
     "inquiry")
)  # fmt: skip
#: What may stand in a line about an allergy.
_ALLERGY = frozenset(("name", "salt", "word", "allergy", "complaint"))


def without_heading(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces without the words of a heading: those before a colon, or in a line with a frame or bars.

    By themselves "meds", "my vitamins" or "see list" stand for things that are taken, and nobody knows which.
    """
    end = len(text) if re.search(_FRAME, text) else text.find(":")
    kept = []
    for number, piece in enumerate(pieces):
        after = [one.role for one in pieces[number + 1 : number + 3] if one.role not in ("to", "comma")]
        names_it = after[:1] == ["name"]  # "medication warfarin 5 mg", "meds - warfarin"
        names_it |= piece.value == "frequency" and after[:1] in (["schedule"], ["time"])  # "D3; frequency: daily"
        if piece.role != "heading" or (piece.end > end and not names_it):
            kept.append(piece)
    return kept


def is_talk(text: str, pieces: list[Piece], has_heading: bool) -> bool:
    """Whether a line without a name is talk or a heading: every word of it is known, and none says how much.

    pieces: without those of a heading that has_heading tells of.
    """
    roles = {piece.role for piece in pieces} - SILENT
    if has_heading and not re.search(_FRAME, text) and any(piece.start > text.find(":") for piece in pieces):
        return roles <= _TALK - {"chatter"}  # "my meds: blood pressure" names what nobody can look up
    if has_heading and "?" not in text:
        roles -= {"inquiry"}  # "(name, dose, how often)"
    if {"quantity", "schedule"} <= roles:
        return False  # "number 2 daily"
    is_vital = "vital" in roles and "quantity" in roles  # "blood pressure 130/80", and not "blood pressure daily"
    return (has_heading or is_vital or "chatter" in roles) and roles - (
        {"vital", "weight"} if is_vital else set()
    ) <= _TALK


def aside_of(text: str, pieces: list[Piece], turning: list[Piece], named: bool, has_condition: bool = False) -> str:
    """Why a line with names is about nothing that the person takes, or "": an allergy, somebody else's medicine.

    turning: the pieces that turn the statement round. named: whether something is named in the line that is taken.
    has_condition: whether a condition is.
    """
    if _is_offer(text, pieces):
        return "it says what something costs"
    if not turning:
        return ""
    if re.fullmatch(_NONE, text):
        return NOTHING
    if "doubt" in {piece.role for piece in turning} and re.match(_QUESTION, text):
        return QUESTION
    not_me = re.search(_NOT_ME, text)
    if not_me:
        text = text[: not_me.start()]
        pieces, turning = ([one for one in row if one.start < len(text)] for row in (pieces, turning))
    if re.search(_MINE, text) or not turning:
        return ""
    kinds = {piece.role for piece in turning}
    first = min(piece.start for piece in pieces)
    names = [piece for piece in pieces if piece.role == "name"]
    if kinds <= {"about", "or", "denied"} and turning[0].role == "about" and turning[0].start == first:
        is_known = not re.search(_TAKEN, text) and all(piece.value.kind == "supplement" for piece in names)
        if "word" in (roles := {piece.role for piece in pieces}) and not roles.isdisjoint(_OFTEN):
            is_known = False  # "contains no iron - Centrum 1 daily": a thing that is not known, and how often
        return "it says nothing of what is taken" if is_known else ""
    if kinds == {"allergy"} and turning[0].start == first and _is_allergy(text, pieces, turning[0]):
        return ALLERGY
    others = {piece.role for piece in pieces} - SILENT
    alone = [piece.role for piece in turning].count("family") == 1 and turning[0].start == first
    after = text[turning[0].end :]
    heading = re.match(_THEIRS, after)
    told = after[heading.end() :] if heading else text
    is_theirs = alone and bool(heading or re.match(_TAKES, after)) and not re.search(_PARTED, told)
    if kinds == {"family"} and alone and has_condition and not named and _only_have(text, pieces, turning[0]):
        return "it is about somebody else"
    if kinds <= {"family", "stopped", "until"} and is_theirs and named and "word" not in others:
        return "it is about somebody else"
    return ""


#: Somebody who is not the person, and what that person has; "he" and "my patient" may be the person.
_RELATIVE_HAS = (
    r"(?i)\W*(?:my\s+)?(?:maternal\s+|paternal\s+)?(?:family\s+history\s+of\b"
    r"|(?:grand)?(?:mother|father|mum|mom|dad|parents?|brothers?|sisters?|aunts?|uncles?|sons?|daughters?|wife|husband)\s+"
    r"(?:has|had|have)\b)"
)


def _only_have(text: str, pieces: list[Piece], family: Piece) -> bool:
    """Whether all that a line says of a relative is what that one has: "mother had osteoporosis"."""
    others = [piece for piece in pieces if piece is not family and piece.role not in SILENT]
    said = re.match(_RELATIVE_HAS, text)
    return said is not None and all(piece.end <= said.end() for piece in others)


def _is_offer(text: str, pieces: list[Piece]) -> bool:
    """Whether a line is what a shop writes of one supplement: no medicine, no list, no word of taking it."""
    names = [piece for piece in pieces if piece.role == "name"]
    return (
        bool(re.search(_OFFER, text))
        and len(names) == 1
        and names[0].value.kind == "supplement"
        and not re.search(_BOUGHT, text)
        and {piece.role for piece in pieces} - SILENT <= _SOLD
    )


def _is_allergy(text: str, pieces: list[Piece], allergy: Piece) -> bool:
    """Whether all of a line is what somebody is allergic to, each with its reaction, and nothing that is taken."""
    after = text[allergy.end :]
    told = text[allergy.start : allergy.end].lower().endswith((" to", " of", " gegen", " a", " à", " voor", " mot"))
    is_heading = bool(re.match(r"\s*:|\s+[-\u2013]\s", after))
    if not (told or is_heading) or re.search(_BEGINS, after):
        return False
    roles = [piece.role for piece in pieces if piece.role not in SILENT]
    last = 0 if is_heading else max((n for n, role in enumerate(roles) if role == "name"), default=0)
    return set(roles) <= _ALLERGY and "complaint" not in roles[:last]  # "allergic to penicillin (rash), warfarin"


def says_more(text: str, pieces: list[Piece]) -> bool:
    """Whether a line that says something about the person says something else with it, so that it may be of that."""
    roles = {piece.role for piece in pieces}
    if not roles.isdisjoint(TURNING):
        return True
    facts = [piece for piece in pieces if piece.role == "person_fact"]
    return ("name" in roles and not _stand_apart(text, facts)) or _is_age_then(pieces)


def _stand_apart(text: str, facts: list[Piece]) -> bool:
    """Whether each fact shares its clause with nothing else: not "for adults 18 years old and over".

    "I'm 67 and take warfarin", "67 yo on warfarin" begin with one, and whatever follows is of the same person.
    """
    facts = [fact for fact in facts if not (re.match(_I_AM, text[fact.start :]) and not text[: fact.start].strip())]
    for fact in facts:
        text = text[: fact.start] + "\0" * (fact.end - fact.start) + text[fact.end :]
    if begins := re.match(_WHO_TAKES, text):
        text = text[begins.end() :]
    return all("\0" not in clause or re.fullmatch(_ONLY_FACTS, clause) for clause in re.split(_CLAUSE_END, text))


def goes_on(text: str, pieces: list[Piece], fact: Piece) -> bool:
    """Whether letters or figures that mean something else are glued to it: "age 1e3"; not 67y (years)."""
    is_glued = text[fact.end : fact.end + 1].isalnum()
    return is_glued and any(other.start == fact.end and other.role != "and" for other in pieces)


def is_whole(text: str, pieces: list[Piece], number: int) -> bool:
    """Whether "no other medicines" holds for all of them: not "no meds for blood pressure", "osteoporosis, no meds"."""
    after = pieces[number + 1] if number + 1 < len(pieces) else None
    rest = text[pieces[number].end :]
    limited = re.match(_LIMITED, rest) or (
        after is not None and not re.match(r"\s*(?:[,;.)]|$|(?:and|or)?\s*no\b)", rest)
    )
    others = [piece for piece in pieces if piece.role == "name" and piece.value.kind == "condition"]
    return not limited and (not others or "other" in text[pieces[number].start : pieces[number].end].lower())


def _is_age_then(pieces: list[Piece]) -> bool:
    """Whether an age may be that at which something was found or begun: "kidney stones (age 20)", "started age 50"."""
    for number, piece in enumerate(pieces):
        if piece.role == "person_fact" and piece.value.age is not None:
            before = [one for one in pieces[:number] if one.role not in ("open", "comma")]
            if before and (before[-1].role in ("since", "begins", "newness") or _is_condition(before[-1])):
                return True
    return False


def _is_condition(piece: Piece) -> bool:
    return piece.role == "name" and piece.value.kind == "condition"
