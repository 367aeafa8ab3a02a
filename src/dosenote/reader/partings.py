"""A line as it was dictated or listed → its statements: marks said in words, headings, strengths of one thing."""

from __future__ import annotations

import re
from itertools import pairwise

from dosenote.reader.phrases import Piece
from dosenote.reader.segments import OFTEN

#: Numbers in English words. Before "comma" they may be a number with decimals: "two comma five".
_NUMBER = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|point|half)"
)
_IN_WORDS = re.compile(rf"\b{_NUMBER}\b", re.IGNORECASE)
#: A number in figures that is no part of a name: not D3, K2, MK-7.
_IN_FIGURES = re.compile(r"(?<![^\W\d])(?<![^\W\d]-)\d")
_COMMA = re.compile(r"(\S+)\s+comma(?=\s+\S)", re.IGNORECASE)
#: The mark behind how often or how, and not a time: "during my period", "daily period of two weeks".
_FULL_STOP = re.compile(
    r"\b(daily|days?|nights?|nightly|mornings?|evenings?|noon|bed|bedtime|weekly|week|monthly|month|breakfast|lunch|dinner"
    r"|supper|mouth|food|meals?|needed|fib)\s+(?:period|full\s+stop)(?:\s*$|(?=\s+(?!of\b|for\b|pains?\b|cramps?\b)\S))",
    re.IGNORECASE,
)


def with_marks(line: str) -> str:
    """A dictated line with its "comma" and "period" as marks; as it was where its numbers are not in words.

    A comma behind a number may be of that number, and stays: "two comma five milligrams".
    """
    if _IN_FIGURES.search(line) or not _IN_WORDS.search(line):
        return line
    marked = _FULL_STOP.sub(r"\1.", line)
    return _COMMA.sub(lambda found: found[0] if _IN_WORDS.fullmatch(found[1]) else f"{found[1]},", marked)


#: What a heading says: how often, or when.
_HEADS = OFTEN | {"ampm"}
#: Behind what the next heading may begin: an amount, a thing, or its salt or form; and what may stand between the two.
_ENDS = frozenset(("unit", "name", "salt", "form", "close"))
_BETWEEN = frozenset(("comma", "semicolon", "slash", "to"))
_MARKS = " ,;/|-\u2013\u2014"


def under_headings(line: str, pieces: list[Piece]) -> list[str]:
    """The parts of a line that begins with a heading, each with its own: "AM: warfarin 5 mg PM: calcium 600 mg, D3".

    Empty where it has no second one, or what stands before one may belong to it: "AM: ... noon and PM: ...".
    """
    heads = [n for n, one in enumerate(pieces) if one.role in _HEADS and line[one.end :].lstrip()[:1] == ":"]
    if len(heads) < 2 or heads[0] != 0:
        return []
    for head in heads[1:]:
        before = pieces[head - 1]
        if before.role in _BETWEEN:
            before = pieces[head - 2]
        if before.role not in _ENDS:
            return []
    starts = [pieces[head].start for head in heads]
    return [line[start:end].rstrip(_MARKS) for start, end in pairwise([*starts, len(line)])]


_PARTS = re.compile(r",\s+(?=[^\W\d])")
#: So many of each strength, every day.
_OF_A_STRENGTH = re.compile(
    r"\s*(?P<name>[^\W\d]+)\s+(?P<strength>[\d.]+)\s*(?:mg|mcg|\u00b5g|\u03bcg)\s*(?:tab(?:let)?s?)?\s*[:-]?\s*(?:take\s+)?"
    r"(?:[1-4]|one|two|three|half(?:\s+an?)?)(?:\s*tab(?:let)?s?)?\s+(?:once\s+)?(?:daily|a day|od|qd)\s*\.?\s*",
    re.IGNORECASE,
)


def by_strength(line: str) -> list[str]:
    """The parts of a line with strengths of one thing: "Warfarin 5mg 1 daily, Warfarin 1mg 2 daily"; or none."""
    parts = _PARTS.split(line)
    found = [_OF_A_STRENGTH.fullmatch(part) for part in parts]
    each = [one for one in found if one is not None]
    is_one_thing = len({one["name"].lower() for one in each}) == 1
    has_strengths = len({float(one["strength"]) for one in each if one["strength"].count(".") < 2}) == len(parts)
    return parts if len(parts) == len(each) > 1 and is_one_thing and has_strengths else []


#: Before what somebody takes from now on, or no more: "Discharge: STOP warfarin".
_DISCHARGE = re.compile(
    r"(?i)\s*(?:(?:on|at)\s+)?discharge(?:\s+(?:plan|summary|advice|instructions|letter))?\s*[:\u2013-]\s*(?=\w)"
)


def below_heading(line: str) -> str:
    """What stands behind such a heading, or "" where a line has none."""
    headed = _DISCHARGE.match(line)
    return line[headed.end() :] if headed else ""
