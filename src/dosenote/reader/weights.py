"""Whether two amounts are one dose, and how much of a substance the weight of its salt may be."""

from __future__ import annotations

from decimal import Decimal

from dosenote.quantity import MCG_PER, Amount, convert, show_number
from dosenote.reader.notes import Notes
from dosenote.reader.segments import Segment
from dosenote.vocabulary import Entry, Salt

#: Two ways of writing one dose may differ by rounding: 37.5 mcg is printed as 38 mcg.
SAME = Decimal("0.03")


def is_same(entry: Entry, first: Amount, second: Amount) -> bool:
    """Whether two amounts are one dose in two units."""
    if first.high is None or second.high is None:
        return False
    for value, other in ((second.low, first.low), (second.high, first.high)):
        one = convert(value, second.unit, first.unit, entry.mcg_per_iu)
        if one is None or abs(one - other) > SAME * other:
            return False
    return True


def elemental(segment: Segment, amount: Amount, notes: Notes) -> Amount:
    """Beside the name of a salt a weight may be the salt's or the element's: at least the one, at most the other."""
    entry, salt = segment.entry, salt_of(segment.entry, segment.salt)
    if segment.is_elemental or amount.unit not in MCG_PER or (salt is None and not segment.is_compound):
        return amount
    weight = f"{show_number(amount.low)} {amount.unit}"
    if salt is None:
        notes.ask(entry, "elemental", f"is {weight} the weight of the {entry.label}, or of the whole compound?")
        return amount._replace(low=Decimal(0))
    notes.ask(
        entry,
        "elemental",
        f"is {weight} the weight of the {entry.label} or of the {entry.label} {segment.salt}?",
    )
    return Amount(amount.low * salt.elemental_low, amount.high, amount.unit)


def salt_of(entry: Entry, word: str) -> Salt | None:
    """The salt of it that a word names, or None."""
    return next((salt for salt in entry.salts if word in salt.names), None) if word else None


def is_share(salt: Salt, part: Amount, whole: Amount) -> bool:
    """Whether a weight is as much of the element as a weight of the salt holds."""
    low = convert(part.low, part.unit, whole.unit, None)
    if low is None or part.low != part.high or whole.low != whole.high or not whole.low:
        return False
    return salt.elemental_low - SAME <= low / whole.low <= salt.elemental_high + SAME
