"""Names, synonyms, classes, groups, factors and codes: everything that a word can mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from dosenote.quantity import IU, show_amount, show_number

#: What an entry may be called, besides its label.
NAMES = ("names", "narrower", "compounds", "brands")
#: The files of rules/vocabulary, and what kind of thing each holds.
KINDS: dict[str, str] = {
    "substances": "supplement",
    "medicines": "medicine",
    "conditions": "condition",
    "foods": "food",
    "labs": "lab",
}

#: Names that agree by this many percent look alike. Shorter words than this are like too many.
_ALIKE, _LONG_ENOUGH = 78, 4
#: A piece of two letters looks like any name of three, "dL" like LDL, "IV" like HIV: only names that begin with it do.
_SHORT = 2
#: Of a long stretch of text only the first words are compared; what was compared is remembered, up to a bound.
_MOST_WORDS, _REMEMBERED = 6, 20_000
#: Of more entries than this the words of their compounds are not kept.
_SPELT = 512

#: Where Japanese, which has no spaces, goes from one script to another: the name and the tablet, the tablet and "1mg".
SEAM = re.compile(
    "(?<=[\u30a1-\u30fa\u30fc])(?=[\u3041-\u3096\u4e00-\u9fff])|(?<=[\u3041-\u3096\u4e00-\u9fff])(?=[\u30a1-\u30fa])"
    "|(?<=[\u30a1-\u30fc])(?=\u30ab\u30d7\u30bb\u30eb)|(?<=[\u3041-\u30fc\u4e00-\u9fff])(?=[0-9a-z])|(?<=[0-9a-z])(?=[\u3041-\u30fc\u4e00-\u9fff])"
)
#: The scripts with a seam come after all that are written with spaces.
_LATIN_AND_MORE = "\u3040"
_WORD = re.compile(r"\d+(?:[.,']\d+)*|[^\W\d_][^\W_]*")


def words(text: str) -> tuple[str, ...]:
    """A name as it is compared: case, accents' encoding, hyphens and brackets do not matter. "MK-7" → mk, 7."""
    if text.isascii():  # most names, and nothing to normalise
        return tuple(_WORD.findall(text.lower()))
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple(_WORD.findall(SEAM.sub(" ", plain) if max(plain, default="") > _LATIN_AND_MORE else plain))


@lru_cache(maxsize=_SPELT)
def _spelt(names: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Each of some names as it is compared."""
    return frozenset(map(words, names))


#: An empty table that nobody writes to.
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Salt(NamedTuple):
    """A salt of a mineral: its words and the share of the element in its weight (lowest, highest)."""

    id: str
    names: tuple[str, ...]
    elemental_low: Decimal
    elemental_high: Decimal


class DosingInterval(NamedTuple):
    """Single amounts, from at_least to under below, that are taken no more often than once in so many days.

    None: no bound. usual, by: how often that is and who says so, in words.
    """

    at_least: Decimal | None
    below: Decimal | None
    days: Decimal
    usual: str
    by: str


class Bounds(NamedTuple):
    """Plausible amounts in `unit`: each time (usual, possible), and a day on average; None where nothing is known.

    question_above: a large amount that is real, and about which the person is asked. intervals: how seldom single
    amounts are taken, from the smallest on.
    """

    unit: str
    usual_low: Decimal
    usual_high: Decimal
    possible_low: Decimal
    possible_high: Decimal
    daily: Decimal | None = None
    refuse_daily: Decimal | None = None
    question_above: Decimal | None = None
    intervals: tuple[DosingInterval, ...] = ()

    @property
    def interval(self) -> DosingInterval | None:
        """How seldom it is taken at the most often, where that is known of any amount."""
        rows = self.intervals
        if not rows or rows[0].at_least is not None or rows[-1].below is not None:
            return None
        bordered = all(before.below == after.at_least for before, after in pairwise(rows))
        return min(rows, key=lambda row: row.days) if bordered else None


class Entry(NamedTuple):
    """One thing that has a name. See rules/README.md for the fields.

    unit: of every amount and value that is kept of it. units: factors from each other unit of a lab value to that;
    measures_from, believed_to: in it, too. becomes: by the id of another entry the words beside a name of this one
    that mean that.
    """

    id: str
    kind: str
    label: str
    names: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    may_hold: tuple[str, ...] = ()
    becomes: Mapping[str, tuple[str, ...]] = NOTHING
    unit: str = ""
    mcg_per_iu: Decimal | None = None
    iu_on_labels: bool = False
    salts: tuple[Salt, ...] = ()
    units: Mapping[str, Decimal] = NOTHING
    spaced: bool = False
    unconverted: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    measures_from: Decimal | None = None
    believed_to: Decimal | None = None
    bounds: Bounds | None = None
    ask: str = ""
    codes: Mapping[str, str] = NOTHING

    @property
    def interval(self) -> DosingInterval | None:
        """How seldom any amount of it is taken at the most often; None where that is not known."""
        return self.bounds.interval if self.bounds else None

    @property
    def unit_words(self) -> str:
        """Its unit as it is said: "no unit" where it has none."""
        return "no unit" if self.unit in ("", "1") else self.unit

    @property
    def has_iu(self) -> bool:
        """Whether labels give it in IU, be it with a factor to mcg or without."""
        return self.unit in ("", IU) or self.mcg_per_iu is not None or self.iu_on_labels

    def is_narrower(self, said: str) -> bool:
        """Whether these words name only a part of it: "no kale" does not say that no leafy greens are eaten."""
        return bool(self.narrower) and words(said) in _spelt(self.narrower)

    def is_compound(self, said: str) -> bool:
        """Whether these words name a compound, whose weight may be that of the whole or of what is counted in it."""
        return bool(self.compounds) and words(said) in _spelt(self.compounds)

    def names_a_compound(self, text: str) -> bool:
        """Whether a text names a salt or a compound of it: "ferrous sulfate 325 mg twice a day"."""
        named = {name for salt in self.salts for name in salt.names} | set(self.compounds)
        return any(name.lower() in text.lower() for name in named)

    def show(self, value: float | Decimal) -> str:
        """An amount in this entry's canonical unit, in words, in both units where it has two."""
        own = show_amount(value, self.unit, self.mcg_per_iu)
        others = (f"{show_number(Decimal(str(value)) / by)} {unit}" for unit, by in self.units.items() if by != 1)
        other = next(others, "")
        return f"{own} ({other})" if other else own


@dataclass(frozen=True, eq=False)  # by its identity, so that what is told of one can be kept
class Vocabulary:
    """Every entry by id, with the questions that the rest of the program asks of them."""

    entries: Mapping[str, Entry]
    #: How people write amounts and times: vocabulary/writing.toml, for the reader.
    writing: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, id: str) -> Entry:
        return self.entries[id]

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """The entries of a kind: "supplement", "medicine", "condition", "food", "lab"; none for any other word."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Entry, ...]]:
        kinds: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            kinds.setdefault(entry.kind, []).append(entry)
        return {kind: tuple(entries) for kind, entries in kinds.items()}

    @cached_property
    def by_name(self) -> dict[tuple[str, ...], Entry]:
        """Every label, name and brand, as words, with its entry."""
        return {
            words(name): entry
            for entry in self.entries.values()
            for name in (entry.label, *entry.names, *entry.narrower, *entry.compounds, *entry.brands)
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

    @cached_property
    def lab_of(self) -> dict[tuple[str, str], Entry]:
        """The lab that a number in one of its units beside a substance's name tells: ("vitamin-d", "ng/mL")."""
        return {
            (substance, unit): lab for lab in self.of_kind("lab") for substance in lab.measures for unit in lab.units
        }

    def members(self, id: str) -> frozenset[str]:
        """Everything below a class or group; empty for a thing that has no members."""
        return self._members[id]

    def suggestions(self, text: str) -> tuple[str, ...]:
        """Labels of the entries whose names look like the text or a word of it: to suggest, never to decide."""
        said = words(text)
        long = [word for word in said if len(word) >= _LONG_ENOUGH]
        parts = dict.fromkeys((" ".join(said[:_MOST_WORDS]), *long[:_MOST_WORDS]))
        return tuple(dict.fromkeys(label for part in parts for label in self._near(part)))[:3]

    def _near(self, part: str) -> tuple[str, ...]:
        """The labels of the two names that look most like one piece of text, of those that look much like it."""
        if part not in self._looked_up:
            from rapidfuzz import fuzz, process

            if len(self._looked_up) >= _REMEMBERED:
                self._looked_up.clear()
            names, labels = self._plain_names
            found = process.extract(part, names, scorer=fuzz.ratio, limit=2, score_cutoff=_ALIKE)
            self._looked_up[part] = tuple(
                labels[place]
                for name, _, place in found
                if len(part) > _SHORT or part.isdigit() or name.startswith(part)
            )
        return self._looked_up[part]

    @cached_property
    def _looked_up(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _plain_names(self) -> tuple[list[str], list[str]]:
        """Every name as plain text, and the label that each stands for."""
        return [" ".join(name) for name in self.by_name], [entry.label for entry in self.by_name.values()]


def build(tables: Mapping[str, Mapping[str, Any]]) -> Vocabulary:
    """The vocabulary from its TOML files, by file stem: {"substances": {"vitamin-d3": {...}}, ...}.

    The tables have the shape that `shape` checks.
    """
    amounts = {id: _bounds(table) for id, table in tables.get("amounts", {}).items()}
    parents = {id: table.get("part_of", ()) for stem in KINDS for id, table in tables.get(stem, {}).items()}
    entries = {
        id: _entry(id, kind, table, _inherited(id, amounts, parents))
        for stem, kind in KINDS.items()
        for id, table in tables.get(stem, {}).items()
    }
    return Vocabulary(entries, tables.get("writing", {}))


def _bounds(table: Mapping[str, Any]) -> Bounds:
    (low, high), (lowest, highest) = (map(Decimal, table[name]) for name in ("usual", "possible"))
    daily, refuse_daily, question_above = (_figure(table, name) for name in ("daily", "refuse_daily", "question_above"))
    intervals = tuple(_interval(one) for one in table.get("interval", ()))
    return Bounds(table["unit"], low, high, lowest, highest, daily, refuse_daily, question_above, intervals)


def _figure(table: Mapping[str, Any], name: str) -> Decimal | None:
    return None if table.get(name) is None else Decimal(table[name])


def _interval(table: Mapping[str, Any]) -> DosingInterval:
    return DosingInterval(
        _figure(table, "at_least"), _figure(table, "below"), Decimal(table["days"]), table["usual"], table["by"]
    )


def _inherited(id: str, amounts: Mapping[str, Bounds], parents: Mapping[str, tuple[str, ...]]) -> Bounds | None:
    """The bounds of an entry, or those of the group that it is part of."""
    if id in amounts or not amounts:
        return amounts.get(id)
    found = (_inherited(parent, amounts, parents) for parent in parents.get(id, ()) if parent != id)
    return next((bounds for bounds in found if bounds is not None), None)


def _entry(id: str, kind: str, table: Mapping[str, Any], bounds: Bounds | None) -> Entry:
    factor, bare, most = (table.get(name) for name in ("mcg_per_iu", "measures_from", "believed_to"))
    return Entry(
        id=id,
        kind=kind,
        label=table["label"],
        names=tuple(table.get("names", ())),
        narrower=tuple(table.get("narrower", ())),
        compounds=tuple(table.get("compounds", ())),
        brands=tuple(table.get("brands", ())),
        part_of=tuple(table.get("part_of", ())),
        may_hold=tuple(table.get("may_hold", ())),
        becomes={id: tuple(said) for id, said in table.get("becomes", {}).items()},
        unit=table.get("unit", ""),
        mcg_per_iu=None if factor is None else Decimal(factor),
        iu_on_labels=table.get("iu_on_labels", False),
        salts=tuple(_salt(salt) for salt in table.get("salt", ())),
        units={unit: Decimal(value) for unit, value in table.get("units", {}).items()},
        spaced=table.get("spaced", False),
        unconverted=tuple(table.get("unconverted", ())),
        measures=tuple(table.get("measures", ())),
        measures_from=None if bare is None else Decimal(bare),
        believed_to=None if most is None else Decimal(most),
        bounds=bounds,
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
