"""A list with headings: what stands below "Stopped:" or "Allergies:" stays open; below "Morning:" it is known when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from dosenote.reader.phrases import Piece, any_of
from dosenote.regimen import Reading
from dosenote.vocabulary import Vocabulary

#: The words of [word] in vocabulary/writing.toml with which a heading begins of what may not be taken.
_KINDS = ("stopped", "denied", "allergy", "family")
#: What a heading says that tells how often, or when; one of the first must be there.
_WHEN = frozenset(("time", "ampm", "schedule", "meal", "period"))
_AROUND = frozenset(("repeat", "times", "every", "in", "filler", "neutral", "heading", "open", "close", "number"))


class Headings:
    """Finds the headings of a list. Build it once for a vocabulary. read: a line; pieces_of: the pieces of one."""

    def __init__(
        self, read: Callable[[str], Reading], pieces_of: Callable[[str], Iterable[Piece]], vocabulary: Vocabulary
    ) -> None:
        self._read, self._pieces_of = read, pieces_of
        written = vocabulary.writing["word"]
        self._kinds, self._heading = (
            any_of(word for kind in _KINDS for word in written[kind]),
            any_of(written["heading"]),
        )
        self._allergy, self._none = any_of(written["allergy"]), any_of(vocabulary.writing["answer"]["no"])

    # Each is made when a line first needs it: most lists have no heading.
    @cached_property
    def _opens(self) -> re.Pattern[str]:
        of_list = rf"(?:\s+(?:taking\s+)?(?:(?:the|these|all|my|following|history|of)\s+)*{self._heading}|\s+history)"
        return _compiled(rf"{self._kinds}\b[^:]{{0,60}}:|{self._kinds}{of_list}|{self._allergy}")

    @cached_property
    def _has_no_doses(self) -> re.Pattern[str]:
        return _compiled(rf"{self._allergy}\b.*|.*\bhistory\b.*")

    @cached_property
    def _ends(self) -> re.Pattern[str]:
        return _compiled(rf"[^:]{{1,80}}:|{self._heading}|{self._none}")

    def below(self, lines: Iterable[str], readings: Iterable[Reading]) -> Iterator[Reading]:
        """The readings of a list with what its headings say of the lines below them, up to the next one, or a "none".

        lines: the list, with its blank lines, which end what stands below "Morning:"; readings: of the others. A dose
        ends what stands below "Allergies:" or "Family history:".
        """
        told, heading, when = iter(readings), "", ""
        for line in map(str.strip, lines):
            if not line:
                when = ""
                continue
            reading = next(told)
            if not _names(reading):
                if self._ends.fullmatch(line) or self._opens.fullmatch(line):
                    heading = line if self._opens.fullmatch(line) else ""
                    when = line if self._tells_when(line) else ""
                    reading = reading._replace(outcome="ignore", unread=(), reason="a heading") if when else reading
            elif heading:
                is_dose = any(item.amount or item.schedule for item in reading.items)
                if is_dose and self._has_no_doses.fullmatch(heading):
                    heading = ""
                else:
                    reading = _open(reading, heading)
            elif when:
                reading = self._at(when, reading)
            yield reading

    def _tells_when(self, line: str) -> bool:
        roles = {piece.role for piece in self._pieces_of(line)}
        return line.endswith(":") and not roles.isdisjoint(_WHEN) and roles <= _WHEN | _AROUND

    def _at(self, when: str, reading: Reading) -> Reading:
        """A reading that lacks nothing but how often, with what the heading says of that; else as it was."""
        if reading.outcome != "ask" or {*reading.missing} != {"frequency"}:
            return reading
        again = self._read(f"{when} {reading.text.lstrip(_BULLETS)}")
        if again.outcome != "accept" or _amounts(again) != _amounts(reading):
            return reading
        return again._replace(text=reading.text, assumed=(*again.assumed, f'how often, from "{when}" above'))


#: Before a line of a list.
_BULLETS = " -*\u2022\u2013\u2014\u00b7\t"


def _amounts(reading: Reading) -> list[object]:
    return [(item.substance, item.amount) for item in reading.items]


def _names(reading: Reading) -> bool:
    """Whether a line tells of something that is taken or had, or no longer."""
    said = (reading.items, reading.conditions, reading.foods, reading.doubted, reading.stopped, reading.denied)
    return any(said)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{pattern})\W*", re.IGNORECASE)


def _open(reading: Reading, heading: str) -> Reading:
    """A reading of which nothing is used as taken, or as true of the person, until that was asked."""
    return reading._replace(
        outcome="refuse" if reading.outcome == "refuse" else "ask",
        items=tuple(item._replace(is_taken=False) for item in reading.items),
        conditions=(),
        foods=(),
        doubted=tuple(dict.fromkeys((*reading.doubted, *reading.conditions, *reading.foods))),
        reason="; ".join(filter(None, (reading.reason, f'it stands below "{heading}"'))),
    )
