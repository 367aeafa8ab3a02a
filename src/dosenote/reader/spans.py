"""Doses that each hold for a part of the year or of the week, where not every one of them names its days."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import chain, pairwise

from dosenote.quantity import Amount
from dosenote.reader.makers import DAILY, WEEK
from dosenote.reader.phrases import Piece

#: How many days a week has.
_WEEK = Decimal(7)


def by_seasons(pieces: list[Piece]) -> list[list[Piece]] | None:
    """ "2000 IU daily in winter, 1000 IU in summer": steps that follow one another, each with its season."""
    parts = [piece for piece in pieces if piece.role not in ("comma", "semicolon", "and")]
    seasons = [n for n, piece in enumerate(parts) if piece.role == "season"]
    if len({parts[n].value for n in seasons}) < len(seasons):
        return None
    if parts[-1].role == "season":
        cuts = [0, *(n + 1 for n in seasons)]
    elif parts[0].role == "season":
        cuts = [*seasons, len(parts)]
    else:
        return None
    groups = [parts[one:two] for one, two in pairwise(cuts)]
    if any([piece.role for piece in group].count("amount") != 1 for group in groups):
        return None
    allowed = {"amount", "count", "schedule", "time", "meal", "food", "fasting", "season", "form"}
    often = [[piece.value for piece in group if piece.role in ("schedule", "time", "meal")] for group in groups]
    if any(piece.role not in allowed for piece in parts) or (any(often) and not all(often) and often[0] != [DAILY]):
        return None  # "weekly in winter, 1000 IU in summer": how often in summer is not said
    if cuts[0] == 0 and parts[-1].role == "season" and any(group[0].role != "amount" for group in groups):
        return None  # "4000 IU Oct-Mar twice daily, 1000 IU Apr-Sep": of which of the two is twice?
    return groups


def by_week(pieces: list[Piece]) -> list[list[Piece]] | None:
    """ "5 mg 5 days/week and 7.5 mg 2 days/week": the pieces of each dose, where that makes a week."""
    if [piece.role for piece in pieces].count("schedule") < 2:
        return None
    parts = [piece for piece in pieces if piece.role not in ("comma", "semicolon", "and", "form")]
    if [piece.role for piece in parts] != ["amount", "schedule"] * (len(parts) // 2) or len(parts) < 4:
        return None
    often = [piece.value for piece in parts[1::2]]
    plain = all(
        one.unit == "week" and one.count == 1 and not one.days and one.times[0] == one.times[1] for one in often
    )
    if not plain or sum(one.times[0] for one in often) != _WEEK or any(piece.value[1] for piece in parts[::2]):
        return None
    return [parts[n : n + 2] for n in range(0, len(parts), 2)]


#: What parts a dose of some days from the dose of the others.
_PARTING = frozenset(("comma", "semicolon", "open", "close"))


def of_other_days(pieces: list[Piece]) -> list[Piece]:
    """ "5 mg daily, 2.5 mg Sundays" of what is taken once a day: daily is on the other days."""
    if [piece.role for piece in pieces[:2]] != ["amount", "schedule"] or pieces[1].value != DAILY:
        return pieces
    behind = [piece for piece in pieces[3:] if piece.role not in _PARTING]
    # The amount first: "Sundays 2.5 mg".
    pairs = [sorted(pair, key=lambda piece: piece.role) for pair in zip(behind[::2], behind[1::2], strict=False)]
    is_of_days = all([one.role for one in pair] == ["amount", "schedule"] and pair[1].value.days for pair in pairs)
    same = any(pair[0].value == pieces[0].value for pair in pairs)  # one more on that day?
    if not pairs or len(behind) % 2 or not is_of_days or same or pieces[2].role not in _PARTING:
        return pieces
    return [pieces[0], pieces[1]._replace(role="rest"), *chain.from_iterable(pairs)]


#: So many pieces, or fewer, people take of one strength: a larger number without a word for a piece is an amount.
_MOST_PIECES = 2
#: Numbers that share a unit are no further apart than this.
_FURTHEST = 3


def with_unit(pieces: list[Piece], text: str) -> list[Piece]:
    """ "Mon 5, Wed 7.5, other days 5 mg": numbers of days that share the unit of one of them, as amounts.

    The unit stands behind the last, or behind another where each day of the week has its own, or in a heading: "(mg)".
    Small numbers may count tablets: beside no larger one they stay as they are.
    """
    numbers = [piece for piece in pieces if piece.role == "quantity"]
    if not numbers:
        return pieces
    told = [piece for piece in pieces if piece.role in ("amount", "unit")]
    if len(told) != 1 or any(piece.role not in _OF_DAYS for piece in pieces):
        return pieces
    days = [day for piece in pieces if piece.role == "schedule" for day in piece.value.days or ("each",)]
    values = [number.value[0] for number in numbers if number.value[0] == number.value[1] and not number.value[2]]
    if "each" in days or not days or len(values) < len(numbers) or max(values) <= _MOST_PIECES:
        return pieces
    one = told[0]
    if one.role == "unit":
        is_shared = one.start < pieces[-1].start and bool(_HEADING.match(text, one.end)) and len(numbers) > 1
        unit, least, most = one.value, min(values), max(values)
    else:
        amount, unclear = one.value
        is_last = one.start > numbers[-1].start
        is_shared = is_last or (len(numbers) + 1 == len(WEEK) and sorted(days) == sorted(WEEK))
        is_shared = is_shared and not unclear and amount.low == amount.high
        unit, least, most = amount.unit, min(*values, amount.low), max(*values, amount.low)
    if not is_shared or least <= 0 or most > least * _FURTHEST:
        return pieces
    return [
        piece._replace(role="amount", value=(Amount(piece.value[0], piece.value[0], unit), ""))
        if piece in numbers
        else piece
        for piece in pieces
        if piece.role != "unit"
    ]


#: All that a list of days holds beside its numbers.
_OF_DAYS = frozenset(
    ("amount", "unit", "quantity", "schedule", "rest", "comma", "semicolon", "and", "slash", "equals", "open", "close")
)
#: Behind the unit of a heading: "warfarin (mg)", "warfarin mg:".
_HEADING = re.compile(r"\s*[):]")
