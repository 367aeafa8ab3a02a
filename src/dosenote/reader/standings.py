"""Lines of which each clause tells how another thing stands: stopped, on hold, declined, or taken further."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from dosenote.regimen import Reading
from dosenote.vocabulary import Vocabulary

# Text patterns here are compiled when the first line needs them: most lines do not.

#: Who is spoken of, where that is the person.
_WHO = (
    r"(?:(?:the\s+|der\s+|die\s+|le\s+|la\s+|el\s+|il\s+)?(?:patient(?:in|e)?|pacient[ea]|paziente|pt|pat)\b\.?:?\s+"
    r"|(?:i|ich|je|yo|io)\s+)"
)
#: Says before a dose that it goes on, or is what is taken.
_GOES_ON = (
    r"(?:(?:and|but|while|und|aber|et|mais|y|pero|e|ma)\s+)?"
    rf"{_WHO}?(?:(?:is|am|are|['\u2019]m|bin|ist)\s+)?"
    r"(?:"
    r"(?:(?:still|currently|now|jetzt|maintenant|ahora|ora|adesso)\s+)*"
    r"(?:continu(?:es?|ed|ing|er|ez|ar|are|a|o)|continúa|cont\b\.?|remains|stays|keeps?|takes?|taking|uses?|using|on"
    r"|nehme|nimmt|prends?|sous|tom[oa]|sigo|sigue|mantener|prend[oe]|assum[oe]|poursuivre|poursuite|proseguire)"
    r"(?:\s+(?:to\s+take|with|on|taking|using|still|weiter(?:hin)?|toujours|encore|ancora|con|tomando|avec|de\s+la|de|du"
    r"|a\s+prendere|à\s+prendre|now|jetzt|maintenant|ahora|ora|adesso))?"
    r"|still|only|nur(?:\s+noch)?|seulement|sólo|solo|solamente|weiter(?:hin)?(?:\s+mit)?|toujours|ancora"
    r")(?:\s*:)?\s+(?!to\b|be\b|not\b|no\b|when|if\b|as\b)"
)
#: Says the same behind a dose.
_GOES_ON_BEHIND = (
    r"(?i)(?<!not)(?<!nicht)(?<!non)(?:\s+[-\u2013]\s+|:\s*|[\s,]+)(?:continues|continue|continued|continuing|to\s+continue|ongoing|unchanged|weiter(?:hin)?"
    r"|fortführen|weiterführen|unverändert|inchangé|à\s+poursuivre)[\s.]*$"
)
#: Before the only thing of a clause, after what has ended: "no longer on warfarin, now Eliquis 5 mg bid".
_NOW = r"(?:now|jetzt|maintenant|ahora|ora|adesso)\s+"
#: Begins to be taken; the reader knows these words.
_BEGINS = r"(?:start(?:ed|s|ing)?|begin|began|begun)\b"
#: An order to stop something, and its name behind it. "D/C" before none of these: it says what somebody left with.
_ORDER = (
    r"(?i)\s*(?:please\s+|bitte\s+)?"
    r"(?:(?:stopp?|discontinue|cease|arrêt(?:er|ez)?|arreter|stopper|suspender|dejar|interrumpir|interrompere"
    r"|sospendere)\b\s*:?|(?:d/c|dc)\b(?!\s*(?::|on\b|home|from\b|with\b|to\b|meds?\b|medic|list|instr|orders?\b|rx\b|plan"
    r"|summary|date|prescri|today)))\s*"
    r"(?:(?:taking|the|my|le|la|les|du|de|di|el|los|il|lo|tomar|prendre|prendere)\s+)*(?P<what>[^\W\d].*)"
)
#: The same with the name before it.
_ORDER_BEHIND = (
    r"(?i)(?:(?P<what>.+?)(?:\s+(?:absetzen|stoppen)|(?:\s+[-\u2013]\s+|:\s*)(?:stop|discontinue))[\s.]*"
    r"|setze?\s+(?P<apart>[^,;]+?)\s+ab[\s.]*)"
)
#: No longer: "off warfarin since May".
_OFF = r"(?i)\s*off\s+(?:the\s+|my\s+)?(?P<what>[^\W\d].*)"
#: A break: as with what was stopped, the question is since when, and for good.
_HELD = r"(?i)\s*(?:please\s+)?(?:on\s+hold|hold|held|paused)\b\s*:?\s*(?:the\s+|my\s+)?(?P<what>[^\W\d].*)"
_ON_HOLD = r"(?:on\s+hold|held|paused|pausiert|pausieren|en\s+pause|in\s+pausa|en\s+pausa)"
_HELD_BEHIND = rf"(?i)(?P<what>.+?)[\s:,(\[-]+(?:is\s+|was\s+|est\s+|wird\s+|ist\s+)?{_ON_HOLD}[\s.)\]]*"
#: Declined, with the name in the middle.
_DECLINED = rf"(?i)\s*{_WHO}?lehnt\s+(?P<what>[^,;]+?)\s+ab[\s.]*"
#: No longer taken, with the name in the middle.
_NO_MORE = r"(?i)\s*(?:(?:ich\s+)?(?:nehme|nimmt)\s+)?keine?n?\s+(?P<what>[^,;]+?)\s+mehr[\s.]*"
#: How a clause of what has ended begins once it is put so that the reader knows it.
_ENDED_WORD = r"(?i)stop(?:ped)?\b|no longer\b|quit\b|declines?\b|declined\b|refuses?\b|refused\b"
#: Two things that have ended together: "stopped calcium and magnesium".
_BOTH = r"(?i)(?P<one>[^\d,;]+?)\s+(?:and|&|und|et|y|e)\s+(?P<two>[^\d,;]+)"
#: Where a clause ends whatever follows, and where it may end.
_HARD = r"\s*;\s*|(?<!\bpt)(?<!\bpat)\.\s+(?=\D)(?!weiter|fortführen)"
_SOFT = r",\s*(?!\d)|\s+(?=(?:and|but|und|aber|et|mais|pero|ma|y|e)\s)"
_AND = r"(?:(?:and|but|und|aber|et|mais|pero|ma|y|e)\s+)?"
#: When something ended, behind the word that it did.
_WHEN = (
    r"(?:\s+(?:in|im|since|seit|en|depuis|desde|dal|a)\s+[\w]+(?:\s+\d{4})?|\s+(?:last|letzten?)\s+\w+|\s+\d{4}"
    r"|\s+\w+\s+ago)?[\s.)\]]*$"
)
#: Says that what was said of the one holds of the other, or that somebody asks.
_SHARED = (
    r"(?i)\?|\b(?:too|also|as\s+well|likewise|same|both|either|neither|nor|auch|ebenso|ebenfalls|beides?|aussi|également"
    r"|pareil|también|tampoco|igual|anche|neanche|pure|unless|until|if|then)\b"
)

#: So many characters on each side of a mark tell whether a clause ends there.
_FAR = 80


class Clause(NamedTuple):
    """One clause of a line. said: what is to be read for it. is_taken: whether its words say that it is.

    gap: what parts it from the clause before, with the words that were taken off its beginning.
    is_order: whether it is an order to stop or a break, believed only where the line tells what goes on, too.
    """

    text: str
    said: str
    is_taken: bool = False
    gap: str = ""
    is_order: bool = False


class Standings:
    """Parts lines into clauses that each tell how a thing stands. Build it once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        written = vocabulary.writing["word"]
        ended = _any_of(written["stopped"])
        opening = (
            rf"{_AND}(?:{_WHO}?(?:{ended}|{_any_of(written['denied'])}|hold|arrêter|suspender|sospendere)\b(?!\s*$))"
        )
        self._who = re.compile(rf"\s*{_WHO}(?={opening}|{_GOES_ON}|{_BEGINS})", re.IGNORECASE)
        self._ended = re.compile(rf"\s*{opening}", re.IGNORECASE)
        self._goes_on = re.compile(rf"\s*(?:{_GOES_ON})", re.IGNORECASE)
        self._now = re.compile(rf"\s*{_NOW}", re.IGNORECASE)
        self._opens = re.compile(rf"\s*(?:{opening}|{_GOES_ON}|{_AND}{_NOW}|{_AND}{_BEGINS})", re.IGNORECASE)
        self._ends = re.compile(rf"\b(?:{ended}|absetzen|stoppen|{_ON_HOLD}){_WHEN}", re.IGNORECASE)
        self._separator = re.compile(rf"(?P<hard>{_HARD})|{_SOFT}", re.IGNORECASE)

    def clauses(self, line: str) -> list[Clause] | None:
        """The clauses of a line, in their order, or None where no word says how anything stands."""
        if re.search(_SHARED, line):
            return None
        parted = self._parted(line)
        clauses = [self._clause(text, gap, several=len(parted) > 1) for text, gap in parted]
        clauses = [part for one, two in zip(clauses, [*clauses[1:], None], strict=True) for part in _apart(one, two)]
        if len(clauses) == 1:
            return clauses if clauses[0].said != line.strip() else None
        is_told = any(clause.is_taken for clause in clauses)
        if any(clause.is_order for clause in clauses) and not is_told:
            return None  # "D3 2000 IU daily; stop calcium" may be an order for later
        return clauses

    def _parted(self, line: str) -> list[tuple[str, str]]:
        """The text of each clause, and what parts it from the one before."""
        parted, start, gap = [], 0, ""
        for mark in self._separator.finditer(line):
            before, after = line[start : mark.start()], line[mark.end() : mark.end() + _FAR]
            if not before.strip():
                continue
            has_ended = mark[0].startswith(",") and self._ends.search(before[-_FAR:]) and not self._ended.match(before)
            if mark["hard"] or has_ended or self._opens.match(after):
                parted.append((before, gap))
                gap, start = mark[0], mark.end()
        return [*parted, (line[start:], gap)]

    def _clause(self, text: str, gap: str, several: bool) -> Clause:
        """How one clause is to be read. several: whether the line has others, so that a bare word tells of this one."""
        body = text.strip()
        if several and (joined := re.match(_AND, body, re.IGNORECASE)):
            body, gap = body[joined.end() :], gap + joined[0]
        if who := self._who.match(body):
            body = body[who.end() :]
        if declined := re.fullmatch(_DECLINED, body):
            return Clause(text, f"declines {declined['what']}", gap=gap)
        if no_more := re.fullmatch(_NO_MORE, body):
            return Clause(text, f"no longer {no_more['what']}", gap=gap)
        if several and (held := re.fullmatch(_HELD, body) or re.fullmatch(_HELD_BEHIND, body)):
            return Clause(text, f"stopped {held['what']}", gap=gap, is_order=True)
        if several and (order := re.fullmatch(_ORDER, body) or re.fullmatch(_ORDER_BEHIND, body)):
            is_plain = body.startswith(("STOP ", "DISCONTINUE "))  # as a discharge list has it
            what = next(filter(None, order.groups()))
            return Clause(text, body if is_plain else f"STOP {what}", gap=gap, is_order=not is_plain)
        if several and (off := re.fullmatch(_OFF, body)):
            return Clause(text, f"stopped {off['what']}", gap=gap)
        return self._taken(text, body, gap, several)

    def _taken(self, text: str, body: str, gap: str, several: bool) -> Clause:
        """A clause of what is taken, without the words that only say that it goes on."""
        said = re.sub(_GOES_ON_BEHIND, "", body)
        goes_on = self._goes_on.match(said) or (self._now.match(said) if several else None)
        if goes_on and goes_on[0].strip().lower() != "on":
            said = said[goes_on.end() :]
        if self._goes_on.match(said) and not said.lower().startswith("on "):
            return Clause(text, body, gap=gap)  # the same twice: left as it is
        is_taken = bool(goes_on or said != body or re.match(_BEGINS, body, re.IGNORECASE))
        return Clause(text, said, is_taken, gap + (goes_on[0] if goes_on else ""))


def _apart(clause: Clause, follows: Clause | None) -> list[Clause]:
    """What has ended, each by itself: "stopped calcium and magnesium", before what goes on."""
    both = re.fullmatch(_BOTH, clause.said)
    word = re.match(_ENDED_WORD, clause.said)
    if both is None or word is None or follows is None or not follows.is_taken:
        return [clause]
    return [clause._replace(said=both["one"]), clause._replace(said=f"{word[0]} {both['two']}", gap=" and ")]


def reading_of(clause: Clause, reading: Reading) -> Reading | None:
    """The reading of a clause as part of its line, or None where it does not say by itself how its thing stands."""
    has_ended = reading.outcome == "ignore" and bool(reading.stopped or reading.denied)
    is_taken = reading.outcome == "accept" and bool(reading.items)
    if clause.is_taken:
        is_clear = is_taken
    elif clause.is_order:
        is_clear = has_ended
    else:
        is_clear = has_ended or (is_taken and all(item.schedule is not None for item in reading.items))
    items = tuple(item._replace(text=clause.text.strip()) for item in reading.items)
    return reading._replace(items=items) if is_clear else None


def _any_of(written: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first."""
    longest = sorted(written, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(one).replace("\\ ", r"\s+") for one in longest) + ")"
