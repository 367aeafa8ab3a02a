"""Names, synonyms, classes, groups, factors and codes: everything that a word can mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from dosenote.errors import DosenoteError, nearest
from dosenote.quantity import show_amount

#: The files of rules/vocabulary, and what kind of thing each holds.
KINDS: dict[str, str] = {
    "substances": "supplement",
    "medicines": "medicine",
    "conditions": "condition",
    "foods": "food",
    "labs": "lab",
}

_WORD = re.compile(r"\d+(?:[.,']\d+)*|[^\W\d_][^\W_]*")


def words(text: str) -> tuple[str, ...]:
    """A name as it is compared: case, accents' encoding, hyphens and brackets do not matter. "MK-7" → mk, 7."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True, slots=True)
class Salt:
    """A salt of a mineral: its words and the share of the element in its weight (lowest, highest)."""

    id: str
    names: tuple[str, ...]
    elemental_low: Decimal
    elemental_high: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that has a name. See rules/README.md for the fields."""

    id: str
    kind: str
    label: str
    names: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    may_hold: tuple[str, ...] = ()
    unit: str = ""
    mcg_per_iu: Decimal | None = None
    salts: tuple[Salt, ...] = ()
    units: Mapping[str, Decimal] = field(default_factory=dict)
    ask: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)

    def show(self, value: float | Decimal) -> str:
        """An amount in this entry's canonical unit, in words, in both units where it has two."""
        return show_amount(value, self.unit, self.mcg_per_iu)


@dataclass(frozen=True)
class Vocabulary:
    """Every entry by id, with the questions that the rest of the program asks of them."""

    entries: Mapping[str, Entry]
    #: How people write amounts and times: vocabulary/writing.toml, for the reader.
    writing: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, id: str) -> Entry:
        return self.entries[id]

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries.values() if entry.kind == kind)

    @cached_property
    def by_name(self) -> dict[tuple[str, ...], Entry]:
        """Every label, name and brand, as words, with its entry."""
        return {
            words(name): entry
            for entry in self.entries.values()
            for name in (entry.label, *entry.names, *entry.brands)
        }

    @cached_property
    def _surely(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}

        def climb(id: str) -> frozenset[str]:
            if id not in found:
                found[id] = frozenset({id}).union(*(climb(group) for group in self.entries[id].part_of))
            return found[id]

        for id in self.entries:
            climb(id)
        return found

    @cached_property
    def _members(self) -> dict[str, frozenset[str]]:
        below: dict[str, set[str]] = {id: set() for id in self.entries}
        for id, groups in self._surely.items():
            for group in groups - {id}:
                below[group].add(id)
        return {id: frozenset(ids) for id, ids in below.items()}

    def surely(self, id: str) -> frozenset[str]:
        """What a thing certainly is: itself and every class and group above it."""
        return self._surely[id]

    def perhaps(self, id: str) -> frozenset[str]:
        """What a thing may turn out to be, but is not for certain.

        Somebody who says only "vitamin K2" may take MK-7; a multivitamin may hold vitamin K.
        """
        return self._perhaps[id]

    @cached_property
    def _perhaps(self) -> dict[str, frozenset[str]]:
        found = {}
        for id, entry in self.entries.items():
            candidates = set(self._members[id])
            for held in entry.may_hold:
                candidates |= {held, *self._members[held]}
            reached = frozenset[str]().union(*(self._surely[candidate] for candidate in candidates))
            found[id] = reached - self._surely[id]
        return found

    def members(self, id: str) -> frozenset[str]:
        """Everything below a class or group; empty for a thing that has no members."""
        return self._members[id]

    def suggestions(self, text: str) -> tuple[str, ...]:
        """Labels of the entries whose names look like the text: to suggest, never to decide."""
        import difflib

        known = {" ".join(name): entry.label for name, entry in self.by_name.items()}
        near = difflib.get_close_matches(" ".join(words(text)), known, n=3, cutoff=0.75)
        return tuple(dict.fromkeys(known[name] for name in near))


def build(tables: Mapping[str, Mapping[str, Any]]) -> Vocabulary:
    """The vocabulary from its TOML files, by file stem: {"substances": {"vitamin-d3": {...}}, ...}.

    The tables have the shape that `shape` checks; raises DosenoteError where two entries clash.
    """
    entries: dict[str, Entry] = {}
    for stem, kind in KINDS.items():
        for id, table in tables.get(stem, {}).items():
            if id in entries:
                raise DosenoteError(f'two entries are called "{id}"', f"vocabulary/{stem}.toml")
            entries[id] = _entry(id, kind, table)
    for entry in entries.values():
        for word in (*entry.part_of, *entry.may_hold):
            if word not in entries:
                raise DosenoteError(
                    f'[{entry.id}] names "{word}", which is no entry.{nearest(word, entries)}',
                    f"vocabulary/{_file_of(entry.kind)}.toml",
                )
    _refuse_clashes(entries.values())
    _refuse_circles(entries)
    return Vocabulary(entries, tables.get("writing", {}))


def _file_of(kind: str) -> str:
    return next(stem for stem, found in KINDS.items() if found == kind)


def _refuse_clashes(entries: Iterable[Entry]) -> None:
    owner: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        for name in (entry.label, *entry.names, *entry.brands):
            other = owner.setdefault(words(name), entry)
            if other is not entry:
                raise DosenoteError(
                    f'"{name}" is a name of both [{other.id}] and [{entry.id}]',
                    f"vocabulary/{_file_of(entry.kind)}.toml",
                )


def _refuse_circles(entries: Mapping[str, Entry]) -> None:
    for start in entries.values():
        level, seen = set(start.part_of), set[str]()
        while level:
            seen |= level
            level = {group for id in level for group in entries[id].part_of} - seen
        if start.id in seen:
            raise DosenoteError(f"[{start.id}] is part of itself", f"vocabulary/{_file_of(start.kind)}.toml")


def _entry(id: str, kind: str, table: Mapping[str, Any]) -> Entry:
    factor = table.get("mcg_per_iu")
    return Entry(
        id=id,
        kind=kind,
        label=table["label"],
        names=tuple(table.get("names", ())),
        brands=tuple(table.get("brands", ())),
        part_of=tuple(table.get("part_of", ())),
        may_hold=tuple(table.get("may_hold", ())),
        unit=table.get("unit", ""),
        mcg_per_iu=None if factor is None else Decimal(factor),
        salts=tuple(_salt(salt) for salt in table.get("salt", ())),
        units={unit: Decimal(value) for unit, value in table.get("units", {}).items()},
        ask=table.get("ask", ""),
        codes=dict(table.get("codes", {})),
    )


def _salt(table: Mapping[str, Any]) -> Salt:
    return Salt(
        id=table["id"],
        names=tuple(table["names"]),
        elemental_low=Decimal(table.get("elemental") or table["elemental_low"]),
        elemental_high=Decimal(table.get("elemental") or table["elemental_high"]),
    )
