"""Values of lab tests: which number after a name is one, and of which test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise, takewhile
from typing import NamedTuple

from dosenote.quantity import show_number
from dosenote.reader.bounds import bound_of, is_mark, unbound
from dosenote.reader.dates import days_of, is_written
from dosenote.reader.often import is_year
from dosenote.reader.phrases import Piece
from dosenote.regimen import Comparator, date_words
from dosenote.vocabulary import Entry, Vocabulary, words

#: What may stand between a lab's name and its value, or be its value.
_VALUES = ("reading", "quantity", "amount", "symbol", "word", "below", "above", "to")

#: Said before a value: "INR was 2.5", "came back at 2.5".
SAID = frozenset(
    ("was", "were", "came", "back", "showed", "shows", "reads", "has", "been", "stable",
     "steady", "running")
)  # fmt: skip
#: A time long past, or of which only the year is known.
_OLD = re.compile(r"(?:^|\s)(?:19|20)\d\d$|\bago$|\blast year$|\byears?\b", re.IGNORECASE)
#: Two units of one value differ by no more than this part of it.
_ROUNDED = Decimal("0.05")


def is_when(piece: Piece) -> bool:
    """Whether a piece is a date, or the number of a year."""
    return piece.role == "date" or (piece.role == "quantity" and is_year(piece.value))


def is_said(piece: Piece) -> bool:
    """Whether a piece is a word that stands before a value: "was", "came", "Vitamin D, 25-OH, Total"."""
    return (piece.role == "word" and piece.value in SAID) or piece.role == "total"


class LabValue(NamedTuple):
    """What follows the name of a lab test: the pieces that belong to it, and its value in the lab's own unit.

    problem: why no value could be told. comparator: where the value is only a bound, which one.
    """

    pieces: list[Piece]
    value: Decimal | None = None
    problem: str = ""
    comparator: Comparator = ""


def measured(substance: Entry, after: Sequence[Piece], vocabulary: Vocabulary) -> Entry | None:
    """The lab of which a number in the unit of a blood level, right after a substance's name, tells the value."""
    after = unbound(after)
    value = next((piece for piece in after if piece.role != "comma" and not is_said(piece)), None)
    if value is None or value.role != "reading":
        return None
    follows = [piece.role for piece in after if piece.start > value.start and piece.role != "comma"][:1]
    if follows == ["schedule"]:
        return None  # "D3 50 nmol/L daily": a slip of the unit
    (low, _, _), unit = value.value
    lab = vocabulary.lab_of.get((substance.id, unit))
    if lab is None or (lab.measures_from is not None and low * lab.units[unit] < lab.measures_from):
        return None
    return lab


def is_level(substance: Entry, after: Sequence[Piece], vocabulary: Vocabulary) -> bool:
    """Whether a blood level follows of which there is no value: in a unit that no test of ours has, or in words."""
    if not after:
        return False
    if after[0].role == "levelled":
        return True
    return after[0].role == "reading" and f"{substance.id}-blood" not in vocabulary.entries


#: After one of these stands what is aimed at: "until INR 2.5", "for INR 2.5", "INR for 2.5".
_AIMS = frozenset(("to", "until", "for", "goal"))
#: Before a bound: it is no value of now.
_TURNED = frozenset(("denied", "not", "max", "goal"))


def value_of(entry: Entry, after: Sequence[Piece], before: Piece | None = None) -> LabValue:
    """The one value or bound that follows the name of a lab test. before: what stands before that name."""
    bound = bound_of(after)
    found = _value_of(entry, unbound(after), before)
    if not bound.comparator or not any(piece.role in ("quantity", "reading") for piece in found.pieces):
        return found
    pieces = [*found.pieces, *bound.pieces]
    beside = [before, *takewhile(lambda piece: piece is not bound.pieces[0], after)]
    is_turned = any(piece is not None and piece.role in _TURNED for piece in beside)
    if is_turned and not found.problem:  # "never above 3", "sufficient > 30"
        return LabValue(pieces, problem=f"which value of {entry.label} is meant is not clear")
    return found._replace(pieces=pieces, comparator=bound.comparator)


def _value_of(entry: Entry, after: Sequence[Piece], before: Piece | None) -> LabValue:
    found: list[Piece] = []
    again: list[Piece] = []
    for number, piece in enumerate(after):
        if piece.role == "to" and (number + 1 == len(after) or after[number + 1].role != "quantity"):
            continue
        if piece.role == "name" and piece.value is entry and not found:
            again.append(piece)  # "vitamin D level (25-OH-D) 32 ng/mL"
            continue
        if piece.role == "name" or (found and piece.role == "comma"):
            break
        if is_said(piece) and not found:
            again.append(piece)
        elif piece.role in _VALUES:
            found.append(piece)
    if found and _is_followed(after, found[-1]):
        return LabValue([*again, *found], problem=f"which value of {entry.label} is meant is not clear")
    roles = [piece.role for piece in found]
    if roles and roles[0] == "quantity" and _is_a_time(after, found[0]):
        return LabValue([*again, *found[:1]])  # "INR in 2 weeks": when it is tested
    if roles and roles[0] == "quantity" and _may_be_a_date(after, found[0]):
        return LabValue([*again, *found], problem=f"the number may be a date, and no value of {entry.label}")
    if roles and _may_go_on(after, found[0]):
        return LabValue([*again, *found], problem=f"it may be a bound, and no value of {entry.label}")
    follows = [piece for piece in after if found and piece.start > found[0].start]
    beside = after if found else [*takewhile(lambda piece: piece.role != "name", after)]
    is_aim = before is not None and before.role in _AIMS and any(map(str.isalpha, str(before.value)))
    is_aim = is_aim or (bool(found) and after[0].role in ("for", "until"))
    if is_aim or any(piece.role == "goal" for piece in follows):
        return LabValue([*again, *found[:1]], problem=f"it may be what is aimed at, and no value of {entry.label}")
    if any(piece.role == "date" and (not piece.value or _OLD.search(str(piece.value))) for piece in beside):
        return LabValue([*again, *found[:1]], problem=f"a value of {entry.label} of that time may hold no longer")
    if not found and any(piece.role in ("goal_value", "levelled", "chatter") for piece in after):
        return LabValue(again)
    if roles == ["reading", "reading"] and _agree(entry, *found):
        roles.pop()
        again.append(found.pop())
    is_share = roles == ["quantity", "symbol"] and found[1].value == "%" and "%" in entry.units
    if is_share:
        roles.pop()
        again.append(found.pop())
    if roles not in (["reading"], ["quantity"]):
        return LabValue(again, problem=f"which value of {entry.label} is meant is not clear")
    piece = found[0]
    (low, high, unclear), unit = piece.value if piece.role == "reading" else (piece.value, "")
    factor = entry.units.get(unit or "1")
    if factor is None and unit in entry.unconverted:
        return LabValue([*again, piece])
    if unclear or low != high or factor is None:
        return LabValue([*again, piece], problem=f"the unit of {entry.label} is missing or not known")
    if low == 0:
        return LabValue([*again, piece], problem=f"zero is no value of {entry.label}")
    if entry.believed_to is not None and low * factor > entry.believed_to:
        problem = f"{show_number(low)} is hardly a value of {entry.label}: is a point or the unit wrong?"
        return LabValue([*again, piece], problem=problem)
    return LabValue([*again, piece], low * factor)


#: Before or behind the name of a test these say what its value should be: "keep INR at 2.5", "INR auf 2,5 halten".
_AIMED = (
    r"(?i)\b(?:keep\w*|maintain\w*|hold|holding|aim\w*|should|supposed|wants?|to be|needs? to|bring|halten|soll|sollte"
    r"|maintenir|mantener|mantenere|manter|houden|hålla|holde)\b"
)


def doubt_of(text: str, name: Piece, found: LabValue, vocabulary: Vocabulary) -> str:
    """Why the value beside the name of a test may be none of now, by the words around it; or ""."""
    value = max((piece.end for piece in found.pieces), default=name.end)
    lead, rest = re.split(r"[.;,?!]", text[: name.start])[-1], re.split(r"[;,]|\.\s", text[value:])[0]
    gap = text[name.end : value]
    if re.search(_AIMED, f"{lead} | {gap} | {rest}"):
        return "it may be what is aimed at, and no value of now"
    if found.comparator and is_mark(f"{lead} | {rest}", vocabulary):
        return "it may be a mark to go by, and no value of now"
    return _which_test(text, name, found, f"{gap} {rest}") if name.value.measures_from is not None else ""


#: A range that is printed beside a value: "(2.20-2.60)".
_RANGE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:-|\u2013|to|bis)\s*\d+(?:[.,]\d+)?")


def _which_test(text: str, name: Piece, found: LabValue, beside: str) -> str:
    """Why a value beside the bare name of a mineral may be of another test: "calcium 1.8 mmol/L" may be ionised.

    beside: the words about the value; a range that begins where the test's own values do says that it is this test.
    """
    entry, written = name.value, words(text[name.start : name.end])
    if found.value is None or found.value >= entry.measures_from:
        return ""
    if any(words(one) == written for one in (entry.label, *entry.names)):
        return ""
    factors = [entry.units[piece.value[1]] for piece in found.pieces if piece.role == "reading"]
    least = _RANGE.search(beside)
    if least and factors and Decimal(least[1].replace(",", ".")) * factors[0] >= entry.measures_from:
        return ""
    return "it may be the total value or the ionised one: which test is it, and which range is printed beside it?"


def _is_followed(after: Sequence[Piece], value: Piece) -> bool:
    """Whether another number follows: "INR 1.6 last week, 5.2 yesterday"."""
    behind = takewhile(lambda piece: piece.role != "name", after[after.index(value) + 1 :])
    return any(
        piece.role == "reading" or (piece.role == "quantity" and not is_when(piece) and next_.role != "period")
        for piece, next_ in pairwise([*behind, value])
    )


def _is_a_time(after: Sequence[Piece], number: Piece) -> bool:
    """Whether a number says when the test is due: "INR in 2 weeks"."""
    place = next(n for n, piece in enumerate(after) if piece is number)
    return place + 1 < len(after) and after[place + 1].role == "period"


def _may_be_a_date(after: Sequence[Piece], number: Piece) -> bool:
    """ "INR May 5", "INR visit 5"; "INR blood test 5.8" is a value."""
    place = next(n for n, piece in enumerate(after) if piece is number)
    before = {piece.role for piece in after[:place] if not _is_day(piece)}  # "INR (3 Nov 2026): 2.5" is a value
    is_whole = number.value[0] == number.value[0].to_integral_value()
    return "date" in before or (is_whole and not before.isdisjoint(("chatter", "period")))


def _may_go_on(after: Sequence[Piece], number: Piece) -> bool:
    """Whether a number may be a bound, or be followed by more: "eGFR 90 +", "eGFR 90 and", "eGFR up to 90"."""
    place = next(n for n, piece in enumerate(after) if piece is number)
    follows = [piece.role for piece in after[place + 1 :]]
    return follows[:1] == ["plus"] or follows == ["and"] or any(piece.role == "max" for piece in after[:place])


def _agree(entry: Entry, one: Piece, two: Piece) -> bool:
    """Whether two readings in two units are the same value, but for rounding."""
    values = [piece.value[0][0] * entry.units.get(piece.value[1], Decimal(0)) for piece in (one, two)]
    return all(values) and abs(values[0] - values[1]) <= _ROUNDED * max(values)


#: What may stand between a value and its day.
_LIGHT = frozenset(("neutral", "filler", "open", "close", "comma", "at", "in"))


class Day(NamedTuple):
    """The day of a blood value, and the piece that tells it. problem: why what stands there tells none."""

    day: date | None = None
    piece: Piece | None = None
    problem: str = ""


def day_of(text: str, pieces: Sequence[Piece], name: int, value: Sequence[Piece]) -> Day:
    """The day that is written beside a blood value: behind it, or before it where the line begins with a day.

    name: the place of the test's name among the pieces of the line. value: the pieces of its value.
    """
    said = [piece for piece in pieces if piece.role not in _LIGHT]
    before = [piece for piece in pieces[:name] if _is_day(piece)]
    if before and before[0] is said[0]:
        return _told(before[-1])
    after: list[Piece] = []
    for piece in pieces[name + 1 :]:
        if _is_day(piece) and not _is_heading(text, piece):
            after.append(piece)
        elif piece not in value and piece.role not in _LIGHT:
            break
    if len(after) == 1:
        return _told(after[0])
    if after:
        return Day(problem="more than one day stands beside it, so it is used as a value without a day")
    last = next((piece for piece in reversed(pieces[:name]) if piece.role not in _LIGHT), None)
    return _told(last) if last is not None and _is_day(last) and _is_heading(text, last) else Day()


def _is_day(piece: Piece) -> bool:
    return piece.role == "date" and is_written(str(piece.value))


def _is_heading(text: str, day: Piece) -> bool:
    return text[day.end :].lstrip().startswith(":")


def _told(piece: Piece) -> Day:
    days = days_of(piece.value)
    if len(days) == 1:
        return Day(days[0], piece)
    meant = f"may be {' or '.join(map(date_words, days))}" if days else "is not a day in full, as 2026-11-03 is"
    return Day(None, piece, f'"{piece.value}" {meant}, so it is used as a value without a day')
