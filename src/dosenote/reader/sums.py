"""Several strengths of one thing that are taken together: one amount."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from dosenote.quantity import Amount, convert
from dosenote.reader.makers import ONE
from dosenote.reader.notes import Notes
from dosenote.reader.phrases import Piece
from dosenote.regimen import Item, Schedule
from dosenote.vocabulary import Entry

#: What says how much.
DOSE = ("amount", "count", "many", "total")


def summed(pieces: list[Piece], name: Piece, text: str) -> list[Piece] | None:
    """ "3 mg + 0.5 mg daily": two strengths taken together are one amount, unless they may be two different things."""
    places = [
        n
        for n, piece in enumerate(pieces)
        if piece.role == "plus" or (piece.role == "and" and text[piece.start : piece.end].lower() == "plus")
    ]
    inside = [n for n, piece in enumerate(pieces) if piece.role in DOSE] if places else []
    if len(inside) < 2:
        return None
    places = [n for n in places if inside[0] < n < inside[-1]]
    if not places or any(text[pieces[n].end : pieces[n + 1].start].strip() for n in places):
        return None  # a word that was passed over may be the name of something else
    groups: list[list[Piece]] = [[]]
    said: list[Piece] = []  # after "=" the sum, said again
    for number in range(inside[0], inside[-1] + 1):
        if number in places:
            groups.append([])
        elif said or pieces[number].role in ("equals", "open"):
            said.append(pieces[number])
        elif pieces[number].role != "form":
            groups[-1].append(pieces[number])
    total: Amount | None = None
    for group in groups:
        amounts = [piece for piece in group if piece.role == "amount"]
        counts = [piece for piece in group if piece.role in ("count", "many")]
        if len(amounts) != 1 or len(counts) > 1 or len(amounts) + len(counts) != len(group) or amounts[0].value[1]:
            return None
        amount: Amount = amounts[0].value[0]
        if counts:
            low, high = counts[0].value[:2] if counts[0].role == "many" else counts[0].value[0][:2]
            amount = amount.times(low, high)
        if total is None:
            total = amount
        elif total.unit == amount.unit and total.high is not None and amount.high is not None:
            total = Amount(total.low + amount.low, total.high + amount.high, total.unit)
        else:
            return None
    if name.start > pieces[inside[0]].start:
        return None
    if any(piece.role == "quantity" and piece.value[:2] != (ONE, ONE) for piece in pieces):
        return None  # "3 mg + 1 mg 2 daily": of both or of the last alone
    if any(piece.role == "schedule" and piece.value.times > (ONE, ONE) and not piece.value.days for piece in pieces):
        return None  # "3 mg + 1 mg twice a day", "5 mg x1 + 1 mg x2 daily": twice may be of the last alone
    often = [piece for piece in pieces if piece.role in _TELLS]
    is_behind = len(often) == 1 and often[0].start > pieces[inside[0]].start
    if is_behind and often[0].role == "schedule" and (often[0].value.days or often[0].value.period_days > 1):
        return None  # "5 mg plus 1 mg Sunday", "1000 IU plus 5000 IU weekly": the first every day?
    is_worded = any(text[pieces[n].start : pieces[n].end].lower() == "plus" for n in places)
    has_form = any(piece.role == "form" for piece in pieces)
    if is_behind and is_worded and not has_form and not _of_each_day(often[0], text):
        return None  # "5 mg plus 1 mg at night": both then, or the second alone?
    if said and ([piece.role for piece in said[1:]] != ["amount"] or said[1].value[0] != total):
        return None
    one = Piece("amount", (total, ""), pieces[inside[0]].start, pieces[inside[-1]].end)
    return [*pieces[: inside[0]], one, *pieces[inside[-1] + 1 :]]


def _of_each_day(often: Piece, text: str) -> bool:
    """Whether it says how often, and not only at what time: "daily", "every morning"; and not "at night"."""
    return often.role not in ("time", "meal") or bool(_EACH.match(text, often.start))


#: Before a time of day: each day at that time.
_EACH = re.compile(r"(?:every|each|nightly|q)\b", re.IGNORECASE)


class Stated(NamedTuple):
    """What a line says that its doses make in a time: 35 mg in each week."""

    amount: Amount
    often: Schedule


#: What says how often something is taken; a sum stands behind it.
_TELLS = frozenset(("schedule", "time", "meal", "rest"))
#: May stand before a sum.
_ABOUT = frozenset(("", "about", "approx", "approximately", "ca", "circa", "i.e", "=", "~", "\u2248"))
#: Two sums in one unit differ by no more than a slip of the last figure, in two units by rounding.
_NEAR, _SAME = Decimal("0.005"), Decimal("0.03")
#: A month may be 30 days, or four weeks and a half.
_A_MONTH = Decimal("0.04")


def stated(pieces: list[Piece], text: str) -> tuple[list[Piece], list[Stated]]:
    """The pieces without what only says again how much that is: "5 mg daily (35 mg/week)", "= 35 mg/week".

    What names days, or any other time than each day, week or month, may be another dose and stays.
    """
    rest: list[Piece] = []
    sums: list[Stated] = []
    here = 0
    while here < len(pieces):
        found = _stated(pieces, here, text) if any(piece.role in _TELLS for piece in rest) else None
        if found is None:
            rest.append(pieces[here])
            here += 1
        else:
            sums.append(found[0])
            here = found[1]
    return rest, sums


def _stated(pieces: list[Piece], here: int, text: str) -> tuple[Stated, int] | None:
    """The sum that begins at a piece, and the number of the piece behind it."""
    opens = pieces[here].role in ("open", "equals", "comma")
    inside = pieces[here + 1 : here + 3] if opens else pieces[here : here + 2]
    roles = [piece.role for piece in inside]
    end = here + len(inside) + opens
    if pieces[here].role == "open" and (end >= len(pieces) or pieces[end].role != "close"):
        return None
    if pieces[here].role not in ("open", "equals") and "total" not in roles:
        return None  # without a bracket only that word says that it is no other dose
    if sorted(roles) not in (["amount", "schedule"], ["schedule", "total"]) or (roles[0] == "schedule" and not opens):
        return None
    between = text[pieces[here].end : inside[0].start].strip().lower().rstrip(".")
    if roles[1] == "amount" or (roles[0] == "amount" and between not in _ABOUT):
        return None  # "(was 35 mg/week)"
    amount, often = sorted(inside, key=lambda piece: piece.role == "schedule")
    plain = often.value.times == (ONE, ONE) and often.value.count == 1 and not often.value.days
    if not plain or often.value.unit not in ("day", "week", "month") or amount.value[1]:
        return None
    return Stated(amount.value[0], often.value), end + (pieces[here].role == "open")


def check(sums: list[Stated], items: tuple[Item, ...], entry: Entry, notes: Notes) -> tuple[Item, ...]:
    """The items, where what they make is what the line says that they make; else the line contradicts itself."""
    if any(item.amount is None or item.schedule is None for item in items):
        return items  # the line is asked about for that
    verdicts = {_fits(told, items, entry) for told in sums}
    if verdicts == {True}:
        return items
    question = f"{entry.label}: which is right, the doses or their sum?"
    if None in verdicts or any(item.salt for item in items):  # the sum may be of the salt
        notes.ask(entry, "amount", "how much is it each time, and how much together?")
    else:
        notes.refuse("the sum is not what the doses make", question)
    return tuple(item._replace(amount=None) for item in items)


def _fits(told: Stated, items: tuple[Item, ...], entry: Entry) -> bool | None:
    """Whether the doses make the sum; None where that cannot be told: steps, when needed, another kind of unit."""
    low = high = Decimal(0)
    near = _A_MONTH if told.often.unit == "month" else _NEAR
    for item in items:
        amount, often = item.amount, item.schedule
        if amount is None or often is None or amount.high is None or told.amount.high is None:
            return None
        fewest, most = often.times_per_day()
        if item.phase or item.season or often.as_needed or often.once or most is None:
            return None
        days = told.often.period_days
        one = convert(amount.low * fewest * days, amount.unit, told.amount.unit, entry.mcg_per_iu)
        two = convert(amount.high * most * days, amount.unit, told.amount.unit, entry.mcg_per_iu)
        if one is None or two is None:
            return None
        is_rounded = amount.unit != told.amount.unit or (told.often.unit == "day" and often.unit != "day")
        near = max(near, _SAME) if is_rounded else near
        low, high = low + one, high + two
    assert told.amount.high is not None
    return abs(low - told.amount.low) <= near * low and abs(high - told.amount.high) <= near * high
