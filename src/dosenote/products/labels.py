"""From the rows of a published label table to ingredients: what both importers share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NamedTuple

from dosenote.products import Ingredient
from dosenote.quantity import Amount, convert
from dosenote.vocabulary import Entry, Salt, Vocabulary, words

#: No label holds less or more of anything, in whatever unit.
_LEAST, _MOST = Decimal("1e-9"), Decimal("1e12")


class Known(NamedTuple):
    """What a name on a label stands for: an entry, and the salt where the name is that of a salt."""

    entry: Entry
    salt: Salt | None = None


class Names:
    """Ingredients by the names that labels use, from a vocabulary. Only what can be taken: no foods, no conditions."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._found: dict[str, Known | None] = {}

    def __getitem__(self, name: str) -> Known | None:
        """What the name stands for, or the name before its bracket ("alfalfa (leaf)"); None where neither is known."""
        if name not in self._found:
            self._found[name] = self._known(words(name)) or self._known(words(name.partition("(")[0]))
        return self._found[name]

    def _known(self, key: tuple[str, ...]) -> Known | None:
        entry = self.vocabulary.by_name.get(key)
        if entry is not None and entry.kind in ("supplement", "medicine"):
            return Known(entry)
        return self._salts.get(key)

    @cached_property
    def _salts(self) -> dict[tuple[str, ...], Known]:
        return {
            words(f"{name} {word}"): Known(entry, salt)
            for entry in self.vocabulary.of_kind("supplement")
            for salt in entry.salts
            for name in (entry.label, *entry.names)
            for word in salt.names
        }

    def minerals_in(self, name: str) -> tuple[str, ...]:
        """The ids of the minerals that an unknown compound is named after: "calcium polycarbophil" holds calcium."""
        entries = (self.vocabulary.by_name.get((word,)) for word in words(name))
        return tuple(dict.fromkeys(entry.id for entry in entries if entry is not None and entry.salts))

    def is_plain(self, name: str) -> bool:
        """Whether a name is nothing but substances, salts, units, forms and figures: a line, and no product."""
        return is_made_of(words(name), self._plain)

    @cached_property
    def _plain(self) -> frozenset[tuple[str, ...]]:
        return plain_names(self.vocabulary)


def plain_names(vocabulary: Vocabulary) -> frozenset[tuple[str, ...]]:
    """What a line is made of that names no brand: substances, salts, units and forms, as words."""
    writing = vocabulary.writing
    names = [name for entry in vocabulary.of_kind("supplement") for name in (entry.label, *entry.names)]
    names += [name for entry in vocabulary.entries.values() for salt in entry.salts for name in salt.names]
    names += [name for part in ("unit", "form") for listed in writing.get(part, {}).values() for name in listed]
    return frozenset(words(name) for name in names)


def is_made_of(key: tuple[str, ...], names: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words are nothing but these names and figures, one after the other."""
    reached = {0}
    for start in range(len(key)):
        if start in reached:
            reached |= {end for end in range(start + 1, len(key) + 1) if key[start:end] in names}
            reached |= {start + 1} if key[start][0].isdigit() else set()
    return len(key) in reached


def number(text: object) -> Decimal | None:
    """A number as a table writes it ("1e+05", "0.5", 25): zero, or one that can be on a label; else None."""
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and (value == 0 or _LEAST <= value <= _MOST) else None


def amount_of(quantity: object, operator: object, unit: str | None) -> Amount | None:
    """At most, at least or exactly so much; None where the number, the operator or the unit is not known."""
    value = number(quantity)
    if value is None or unit is None:
        return None
    if operator == "=":
        return Amount(value, value, unit)
    if operator == "<":
        return Amount(Decimal(0), value, unit)
    return Amount(value, None, unit) if operator == ">" else None


def merged(ingredients: Iterable[Ingredient], vocabulary: Vocabulary) -> tuple[Ingredient, ...]:
    """One ingredient a substance. Where a label names one twice, it may be a part or more: anything between is open."""
    found: dict[str, Ingredient] = {}
    for one in ingredients:
        other = found.get(one.substance)
        if other is None:
            found[one.substance] = one
            continue
        amount = _together(other.amount, one.amount, vocabulary[one.substance])
        found[one.substance] = Ingredient(one.substance, amount, one.salt if one.salt == other.salt else "")
    return tuple(found.values())


def _together(one: Amount | None, other: Amount | None, entry: Entry) -> Amount | None:
    if one is None or other is None:
        known = one or other
        return None if known is None else known._replace(high=None)
    lows = one.low, convert(other.low, other.unit, one.unit, entry.mcg_per_iu)
    if lows[1] is None:
        return None
    top = None if other.high is None else convert(other.high, other.unit, one.unit, entry.mcg_per_iu)
    high = None if one.high is None or top is None else one.high + top
    return Amount(max(lows[0], lows[1]), high, one.unit)


def also_holds(names: Iterable[str]) -> str:
    """A sentence that names what else is in it, or ""."""
    listed = ", ".join(dict.fromkeys(names))
    return f"Also holds: {listed}." if listed else ""


def tidy(text: object) -> str:
    """One line without control characters."""
    return "".join(char for char in " ".join(str(text or "").split()) if char.isprintable())
