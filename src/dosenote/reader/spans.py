"""Doses that each hold for a part of the year or of the week, where not every one of them names its days."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, pairwise

from dosenote.reader.makers import DAILY
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
    behind = [piece for piece in pieces[2:] if piece.role not in _PARTING]
    # The amount first: "Sundays 2.5 mg".
    pairs = [sorted(pair, key=lambda piece: piece.role) for pair in zip(behind[::2], behind[1::2], strict=False)]
    is_of_days = all([one.role for one in pair] == ["amount", "schedule"] and pair[1].value.days for pair in pairs)
    same = any(pair[0].value == pieces[0].value for pair in pairs)  # one more on that day?
    if not pairs or len(behind) % 2 or not is_of_days or same or pieces[2].role not in _PARTING:
        return pieces
    return [pieces[0], pieces[1]._replace(role="rest"), *chain.from_iterable(pairs)]
