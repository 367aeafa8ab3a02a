"""Lines of a list that stand below "Stopped:", "Allergies:" or "Husband:": whether those are taken stays open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dosenote.reader.phrases import any_of
from dosenote.regimen import Reading
from dosenote.vocabulary import Vocabulary

#: The words of [word] in vocabulary/writing.toml with which such a heading begins.
_KINDS = ("stopped", "denied", "allergy", "family")


class Headings:
    """Finds the headings of a list. Build it once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        written = vocabulary.writing["word"]
        kinds, heading = any_of(word for kind in _KINDS for word in written[kind]), any_of(written["heading"])
        of_list = rf"(?:\s+(?:taking\s+)?(?:(?:the|these|all|my|following|history|of)\s+)*{heading}|\s+history)"
        allergy, none = any_of(written["allergy"]), any_of(vocabulary.writing["answer"]["no"])
        self._opens = _compiled(rf"{kinds}\b[^:]{{0,60}}:|{kinds}{of_list}|{allergy}")
        self._has_no_doses = _compiled(rf"{allergy}\b.*|.*\bhistory\b.*")
        self._ends = _compiled(rf"[^:]{{1,80}}:|{heading}|{none}")

    def below(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """The readings of a list; what stands below such a heading is asked about, up to the next one, or a "none".

        A dose ends what stands below "Allergies:" or "Family history:".
        """
        heading = ""
        for reading in readings:
            line = reading.text.strip()
            if not _names(reading):
                is_heading = self._opens.fullmatch(line)
                heading = line if is_heading else "" if self._ends.fullmatch(line) else heading
            elif self._has_no_doses.fullmatch(heading) and any(item.amount or item.schedule for item in reading.items):
                heading = ""
            yield _open(reading, heading) if heading and _names(reading) else reading


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
