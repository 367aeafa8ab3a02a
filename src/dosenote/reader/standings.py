"""Lines of which each clause tells how another thing stands: stopped, on hold, declined, or taken further."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from dosenote.reader.phrases import any_of
from dosenote.regimen import Reading
from dosenote.vocabulary import Vocabulary

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


#: Parts clauses, whatever words they have.
_MARK = re.compile(r"[;.,]")
_WORD = re.compile(r"\w+")


def words_of(vocabulary: Vocabulary) -> frozenset[str]:
    """The words without one of which, or a mark, a line has no clause that tells how a thing stands."""
    writing = vocabulary.writing
    written = chain(*writing["standing"].values(), writing["word"]["stopped"], writing["word"]["denied"])
    return frozenset(word for one in written for word in _WORD.findall(one.lower()))


def may_tell(line: str, words: frozenset[str]) -> bool:
    """Whether a line may have clauses that tell how things stand; most lines have no such word."""
    return _MARK.search(line) is not None or not words.isdisjoint(_WORD.findall(line.lower()))


class Standings:
    """Parts lines into clauses that each tell how a thing stands. Build it once for a vocabulary.

    The words are those of [standing] in vocabulary/writing.toml.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        written = vocabulary.writing["word"]
        said = {key: any_of(words) for key, words in vocabulary.writing["standing"].items()}
        who = rf"(?:(?:{said['article']}\s+)?{said['patient']}\b\.?:?\s+|{said['i']}\s+)"
        and_ = rf"(?:{said['and']}\s+)?"
        please, of, my = (rf"(?:{said[key]}\s+)" for key in ("please", "order_of", "my"))
        ended, denied = any_of(written["stopped"]), any_of(written["denied"])
        opening = rf"{and_}(?:{who}?(?:{ended}|{denied}|{said['ended']})\b(?!\s*$))"
        goes_on = (
            rf"(?:(?:{said['and']}|{said['while']})\s+)?{who}?(?:{said['being']}\s+)?"
            rf"(?:(?:{said['still']}\s+)*{said['goes_on']}(?:\s+{said['goes_on_with']})?|{said['goes_on_alone']})"
            rf"(?:\s*:)?\s+(?!{said['goes_on_not']}\b)"
        )
        nows, begins = rf"{said['now']}\s+", rf"{said['begins']}\b"
        never = "".join(rf"(?<!{re.escape(word)})" for word in vocabulary.writing["standing"]["not"])
        short = "".join(rf"(?<!\b{re.escape(word)})" for word in vocabulary.writing["standing"]["abbreviation"])
        when = (
            rf"(?:\s+{said['when']}\s+[\w]+(?:\s+\d{{4}})?|\s+{said['last']}\s+\w+|\s+\d{{4}}|\s+\w+\s+{said['ago']})?"
            r"[\s.)\]]*$"
        )
        name = r"(?P<what>[^\W\d].*)"
        self._and = _compiled(and_)
        self._shared = _compiled(rf"\?|\b{said['shared']}\b")
        self._who = _compiled(rf"\s*{who}(?={opening}|{goes_on}|{begins})")
        self._ended = _compiled(rf"\s*{opening}")
        self._goes_on, self._now, self._begins = (_compiled(rf"\s*{one}") for one in (goes_on, nows, begins))
        self._goes_on_behind = _compiled(rf"{never}(?:\s+[-\u2013]\s+|:\s*|[\s,]+){said['goes_on_behind']}[\s.]*$")
        self._opens = _compiled(rf"\s*(?:{opening}|{goes_on}|{and_}{nows}|{and_}{begins})")
        self._ends = _compiled(rf"\b(?:{ended}|{said['ended_before']}|{said['held_behind']}){when}")
        self._separator = _compiled(
            rf"(?P<hard>\s*;\s*|{short}\.\s+(?=\D)(?!{said['goes_on_behind_dot']}))|,\s*(?!\d)|\s+(?={said['and']}\s)"
        )
        around = {key: _around(vocabulary.writing["standing"][key]) for key in ("order_around", "declined", "no_more")}
        self._declined = _compiled(rf"\s*{who}?(?:{around['declined']})[\s.]*")
        self._no_more = _compiled(rf"\s*(?:{around['no_more']})[\s.]*")
        self._held = _compiled(rf"\s*{please}?{said['held']}\b\s*:?\s*{my}?{name}")
        self._held_behind = _compiled(
            rf"(?P<what>.+?)[\s:,(\[-]+(?:{said['being_held']}\s+)?{said['held_behind']}[\s.)\]]*"
        )
        discharged = rf"{said['order_or_discharge']}\b(?!\s*(?::|{said['discharge']}\b))"
        self._order = _compiled(rf"\s*{please}?(?:{said['order']}\b\s*:?|{discharged})\s*{of}*{name}")
        self._order_behind = _compiled(
            rf"(.+?)(?:\s+{said['order_behind']}|(?:\s+[-\u2013]\s+|:\s*){said['order_after_mark']})[\s.]*"
            rf"|(?:{around['order_around']})[\s.]*"
        )
        self._off = _compiled(rf"\s*{said['off']}\s+{my}?{name}")
        self._ended_first = _compiled(rf"{said['ended_first']}\b")
        self._both = _compiled(rf"(?P<one>[^\d,;]+?)\s+{said['both']}\s+(?P<two>[^\d,;]+)")

    def clauses(self, line: str) -> list[Clause] | None:
        """The clauses of a line, in their order, or None where no word says how anything stands."""
        if self._shared.search(line):
            return None
        parted = self._parted(line)
        clauses = [self._clause(text, gap, several=len(parted) > 1) for text, gap in parted]
        clauses = [
            part for one, two in zip(clauses, [*clauses[1:], None], strict=True) for part in self._apart(one, two)
        ]
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
        if several and (joined := self._and.match(body)):
            body, gap = body[joined.end() :], gap + joined[0]
        if who := self._who.match(body):
            body = body[who.end() :]
        if declined := self._declined.fullmatch(body):
            return Clause(text, f"declines {_what(declined)}", gap=gap)
        if no_more := self._no_more.fullmatch(body):
            return Clause(text, f"no longer {_what(no_more)}", gap=gap)
        if several and (held := self._held.fullmatch(body) or self._held_behind.fullmatch(body)):
            return Clause(text, f"stopped {held['what']}", gap=gap, is_order=True)
        if several and (order := self._order.fullmatch(body) or self._order_behind.fullmatch(body)):
            is_plain = body.startswith(("STOP ", "DISCONTINUE "))  # as a discharge list has it
            return Clause(text, body if is_plain else f"STOP {_what(order)}", gap=gap, is_order=not is_plain)
        if several and (off := self._off.fullmatch(body)):
            return Clause(text, f"stopped {off['what']}", gap=gap)
        return self._taken(text, body, gap, several)

    def _taken(self, text: str, body: str, gap: str, several: bool) -> Clause:
        """A clause of what is taken, without the words that only say that it goes on."""
        said = self._goes_on_behind.sub("", body)
        goes_on = self._goes_on.match(said) or (self._now.match(said) if several else None)
        if goes_on and goes_on[0].strip().lower() != "on":
            said = said[goes_on.end() :]
        if self._goes_on.match(said) and not said.lower().startswith("on "):
            return Clause(text, body, gap=gap)  # the same twice: left as it is
        is_taken = bool(goes_on or said != body or self._begins.match(body))
        return Clause(text, said, is_taken, gap + (goes_on[0] if goes_on else ""))

    def _apart(self, clause: Clause, follows: Clause | None) -> list[Clause]:
        """What has ended, each by itself: "stopped calcium and magnesium", before what goes on."""
        both = self._both.fullmatch(clause.said)
        word = self._ended_first.match(clause.said)
        if both is None or word is None or follows is None or not follows.is_taken:
            return [clause]
        return [clause._replace(said=both["one"]), clause._replace(said=f"{word[0]} {both['two']}", gap=" and ")]


def _what(found: re.Match[str]) -> str:
    """The name that words stand around, or before, or behind."""
    return str(next(filter(None, found.groups())))


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


def _around(written: Iterable[str]) -> str:
    """A pattern of any of some words around a name: "lehnt ... ab"."""
    parts = (one.partition(" ... ") for one in sorted(written, key=len, reverse=True))
    return "|".join(rf"{any_of([first])}\s+([^,;]+?)\s+{any_of([last])}" for first, _, last in parts)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
