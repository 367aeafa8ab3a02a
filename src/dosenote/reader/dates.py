"""Whole days as people write them: which tokens are one, and which day it is."""

from __future__ import annotations

import re
from datetime import date

from dosenote.reader.tokens import NUMBERED, Token

_NAMES = (
    "january jan januar janvier enero gennaio janeiro januari",
    "february feb februar février fevrier febrero febbraio fevereiro februari",
    "march mar märz maerz mars marzo março maart",
    "april apr avril abril aprile",
    "may mai mayo maggio maio mei maj",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug août aout agosto augustus augusti",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre diciembre dicembre dezembro",
)
#: The number of each month, by its names.
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_ORDINALS = frozenset(("st", "nd", "rd", "th", ".", "er", "º", "°"))
#: What may stand between the parts of a day.
_BETWEEN = frozenset((".", ",", "-", "–", "/", "of", "de", "del", "di"))
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"\d\d?")
_WRITTEN = re.compile(r"(\d+)([-/.])(\d+)\2(\d+)")
_MONTHS_OF_YEAR = 12


def with_dates(tokens: list[Token]) -> list[Token]:
    """The tokens with each day that is written with the name of its month, and with its year, as one token of its own.

    "3 Nov 2026", "Nov 3rd, 2026", "3. November 2026" and "03-Nov-2026" become "2026-11-03". What is no day stays as it
    is, and so does the number of a name: "vitamin D 3 Nov 2026".
    """
    found: list[Token] = []
    here = 0
    while here < len(tokens):
        day, end = _day(tokens, here)
        if day is None:
            found.append(tokens[here])
            here += 1
        else:
            found.append(Token("date", day.isoformat(), tokens[here].start, tokens[end - 1].end, tokens[here].glued))
            here = end
    return found


def _day(tokens: list[Token], here: int) -> tuple[date | None, int]:
    """The day that begins here, and the place after it; None where none begins."""
    first = tokens[here]
    if here and first.kind == "number" and _belongs_before(tokens[here - 1], first):
        return None, here
    parts: dict[str, int] = {}
    place = here
    while place < len(tokens) and len(parts) < len(("day", "month", "year")):
        text = tokens[place].text
        if parts and (text in _BETWEEN or text in _ORDINALS):
            place += 1
            continue
        kind = "month" if text in MONTHS else "year" if _YEAR.fullmatch(text) else "day" if _DAY.fullmatch(text) else ""
        if not kind or kind in parts or (kind == "year" and len(parts) < len(("day", "month"))):
            return None, here
        parts[kind] = MONTHS[text] if kind == "month" else int(text)
        place += 1
    if len(parts) < len(("day", "month", "year")) or (place < len(tokens) and _goes_on(tokens, place)):
        return None, here
    return _real(parts["year"], parts["month"], parts["day"]), place


def _belongs_before(before: Token, number: Token) -> bool:
    """Whether a number may be a part of what stands before it: "D3", "vitamin D 3", "2.5"."""
    is_joined = number.glued and (before.kind in ("word", "number") or before.text in ".,/-–")
    return is_joined or number.text in NUMBERED.get(before.text, ())


def _goes_on(tokens: list[Token], place: int) -> bool:
    """Whether the year is part of something longer: "2026-2027", "2026x"."""
    token = tokens[place]
    is_joined = token.glued and token.text in ("-", "–", "/") and place + 1 < len(tokens) and tokens[place + 1].glued
    return is_joined or (token.glued and token.kind in ("number", "word"))


def days_of(text: str) -> tuple[date, ...]:
    """The days that a written date may be: two for "03/11/2026", none for one without the whole year, or no day.

    Year first is as ISO 8601 has it; with points the day comes first, unless there is no such day.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return ()
    first, mark, second, last = int(match[1]), match[2], int(match[3]), int(match[4])
    if _YEAR.fullmatch(match[1]):
        found = [_real(first, second, last)]
    elif not _YEAR.fullmatch(match[4]):
        return ()
    elif mark == "." and second <= _MONTHS_OF_YEAR:
        found = [_real(last, second, first)]
    else:
        found = [_real(last, second, first), _real(last, first, second)]
    return tuple(dict.fromkeys(day for day in found if day is not None))


def is_written(text: str) -> bool:
    """Whether a date is written in figures, with a day, a month and a year."""
    return _WRITTEN.fullmatch(text) is not None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
