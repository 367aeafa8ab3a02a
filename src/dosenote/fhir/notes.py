"""What somebody wrote beside a statement, a request or a value: shown, and never thought to change nothing."""

from __future__ import annotations

import re

from dosenote.fhir.element import Element
from dosenote.reader import Reader
from dosenote.regimen import UNUSUAL, Reading

#: Words that may say that it is not taken, or something else instead.
_ROUND = re.compile(
    r"n't\b|\b(?:stop|quit|ceas|discontinu|paus|hold|held|not\b|no\b|never|without|refus|declin|avoid|instead|switch"
    r"|chang|replac|ended|finish|off\b|skip|miss|forg[eo]t|another|other\b|brand|until|allerg)",
    re.IGNORECASE,
)
#: Words that may say how much, or how often.
_AMOUNT = re.compile(
    r"\d|\b(?:tak|took|dos(?:e|ing)|half|halv|doubl|twice|once|one\b|two\b|three\b|four\b|five\b|six\b|extra|more\b|less\b"
    r"|increas|decreas|reduc|rais|lower|dail|week|month|day|tablet|capsule|pill|drop|if\b|when|need)",
    re.IGNORECASE,
)
#: Words that may say that a value is not that of the person, or not right.
_UNSURE = re.compile(
    r"\b(?:wrong|err(?:or|oneous|eur)|mis-?label|mix(?:ed|-)? ?up|repeat|re-?draw|re-?collect|contaminat|ha?emoly[sz]"
    r"|invalid|reject|cancel|unreliab|doubt|suspect|interfer|clotted|lipa?emi|(?:an)?other patient|falsch|fehler)",
    re.IGNORECASE,
)
#: How notes begin in which our own reading of a line is written into FHIR: their numbers are those of the statement.
_ENTERED = "As entered: "
_READ_AS = "Read as: "
_OWN = (_ENTERED, _READ_AS, "Understood as: ", f"{UNUSUAL}; ")
_MARKED = re.compile(r"\\([^\w\s])|`([@#]+)`")
#: So many characters of a note are shown.
_SHOWN = 200


def plain(note: str) -> str:
    """What a note says, without the marks of Markdown that keep its words from meaning more than they say."""
    return _MARKED.sub(r"\1\2", note)


def line_of(note: str) -> str:
    """The line that a note of ours repeats as it was typed; any other note as it is."""
    return note.removeprefix(_ENTERED)[1:-1] if note.startswith(_ENTERED) else note


def noted_of(resource: Element) -> tuple[str, bool]:
    """The notes of a value, as a reason; and whether one of them may say that the value is not right."""
    told = [text for text in _told(resource) if not text.startswith(_OWN)]
    reason = "; ".join(f'it has a note, "{_shown(text)}"' for text in told)
    return reason, any(_UNSURE.search(text) for text in told)


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def with_notes(resource: Element, reading: Reading, reader: Reader) -> Reading:
    """The reading with the notes and the reasons of a resource: as much of it is unknown as they may change."""
    told = [text for text in _told(resource) if not text.startswith(_OWN) or _ROUND.search(text)]
    if told:
        ours = _ours(resource, reading, reader)
        told = [text for text in told if text not in ours]
    if not told or not reading.items:
        return reading
    why = [f'it has a note, "{_shown(text)}"' for text in told]
    items, missing = reading.items, reading.missing
    if any(_ROUND.search(text) for text in told):
        items = tuple(item._replace(is_taken=False) for item in items)
        why.append("so it is not clear whether it is taken")
    if any(_AMOUNT.search(text) for text in told):
        items = tuple(item._replace(amount=None, also=None, schedule=None) for item in items)
        missing = tuple(dict.fromkeys((*missing, "amount", "frequency")))
        why.append("so it is not known how much is taken")
    outcome = "ask" if reading.outcome == "accept" else reading.outcome
    reason = "; ".join(filter(None, (reading.reason, *why)))
    return reading._replace(outcome=outcome, items=items, missing=missing, reason=reason)


def _ours(resource: Element, reading: Reading, reader: Reader) -> set[str]:
    """The notes that repeat what our reader says of the line that was entered: of it the statement has what follows."""
    found: set[str] = set()
    for text in _told(resource):
        if text.startswith(_ENTERED):
            entered = reader.read(line_of(text))
            found |= {entered.reason, *(f"{_READ_AS}{words}" for words in entered.assumed)}
            if {item.substance for item in reading.items} <= {one.substance for one in entered.items if one.is_taken}:
                found.add(text)
    return found


def _told(resource: Element) -> list[str]:
    """The texts of the notes, and of the reasons for the status."""
    found = [note.text("text") for note in resource.all("note")]
    is_list = isinstance(resource.table.get("statusReason"), list)
    one = None if is_list else resource.one("statusReason")
    for reason in resource.all("statusReason") if is_list else (one,) if one else ():
        found += [reason.text("text"), *(coding.text("display") for coding in reason.all("coding"))]
    return list(dict.fromkeys(plain(text) for text in found if text))
