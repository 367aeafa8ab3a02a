"""Several strengths of one thing that are taken together: one amount."""

from __future__ import annotations

from dosenote.quantity import Amount
from dosenote.reader.makers import ONE
from dosenote.reader.phrases import Piece

#: What says how much.
DOSE = ("amount", "count", "many", "total")


def summed(pieces: list[Piece], name: Piece, text: str) -> list[Piece] | None:
    """ "3 mg + 0.5 mg daily": two strengths taken together are one amount, unless they may be two different things."""
    places = [
        n
        for n, piece in enumerate(pieces)
        if piece.role == "plus" or (piece.role == "and" and text[piece.start : piece.end].lower() == "plus")
    ]
    inside = [n for n, piece in enumerate(pieces) if piece.role in DOSE]
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
    if said and ([piece.role for piece in said[1:]] != ["amount"] or said[1].value[0] != total):
        return None
    one = Piece("amount", (total, ""), pieces[inside[0]].start, pieces[inside[-1]].end)
    return [*pieces[: inside[0]], one, *pieces[inside[-1] + 1 :]]
