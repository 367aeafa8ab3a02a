"""The facts of a chunk of regimens, from what its lines do."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dosenote.columns import bits
from dosenote.columns.bits import Mask, Numbers, Whole
from dosenote.columns.store import Chunk, Store
from dosenote.facts import LISTS, UNNAMED, Facts, is_fertile
from dosenote.logic import Interval, Truth


class _Use(NamedTuple):
    """The uses of one entry in a chunk: in which regimen, the flags, and the amounts, in the order of the lines."""

    rows: Whole
    flags: npt.NDArray[np.uint16]
    amounts: Numbers


def facts_of_chunk(chunk: Chunk, store: Store) -> tuple[Facts, Mask]:
    """The facts of every regimen of a chunk, and which regimens contradict themselves: theirs mean nothing."""
    return _Facts(store, chunk).all()


def differing(chunk: Chunk, store: Store) -> Whole:
    """The regimens of a chunk, by number, in which two blood values of one test are not the same number."""
    rows = np.repeat(np.arange(len(chunk.counts), dtype=np.int32), chunk.counts)
    found = np.zeros(len(chunk.counts), bool)
    for _, places, values in store.values.by_entry(chunk.codes):
        is_value = ~np.isnan(values[:, 0])
        told = rows[places[is_value]]
        highest = _extremes(told, values[is_value, 0], len(found))[1]
        found |= highest > _extremes(told, values[is_value, 1], len(found))[0]
    return np.flatnonzero(found).astype(np.int32)


class _Facts:
    """The facts of one chunk."""

    def __init__(self, store: Store, chunk: Chunk) -> None:
        self.of = store
        self.size = size = len(chunk.counts)
        self._times = chunk.times
        self.rows = np.repeat(np.arange(size, dtype=np.int32), chunk.counts)
        kinds = store.kinds.of(chunk.codes)
        said = store.said.of(kinds)
        filled = np.flatnonzero(chunk.counts)
        starts = (np.cumsum(chunk.counts) - chunk.counts)[filled]
        self.said = np.zeros(size, np.int32)
        self._marked: dict[int, dict[int, Mask]] = {}
        if len(said):
            self.said[filled] = np.bitwise_or.reduceat(said, starts)
            self._marked = store.marks.of(kinds, starts, filled, size)
        aged = np.flatnonzero(said & bits.AGED)
        self.aged, self.ages = self.rows[aged], store.ages.of(kinds[aged])
        self.hidden = self.has(bits.HIDES)
        self.nothing = np.zeros(size, bool)
        self._used = {entry: self._use(places, uses) for entry, places, uses in store.uses.by_entry(chunk.codes)}
        self._valued = {
            entry: (self.rows[places], values) for entry, places, values in store.values.by_entry(chunk.codes)
        }
        self._absent = self._denied()

    def has(self, bit: int) -> Mask:
        found: Mask = (self.said & bit) != 0
        return found

    # --- what the lines say, by entry

    def marked(self, entry: int, kind: int) -> Mask | None:
        return self._marked.get(entry, {}).get(kind)

    def _denied(self) -> dict[int, Mask]:
        """Where each entry is absent: denied, by itself or with its class, and nothing of that is there."""
        absent: dict[int, Mask] = {}
        ids = list(self.of.entries)
        for entry in [entry for entry, marks in self._marked.items() if bits.DENIED in marks]:
            holds = self._marked[entry][bits.DENIED]
            for kind in (bits.SURE, bits.USED):  # what is there of a class marks the class, too
                there = self.marked(entry, kind)
                holds = holds if there is None else holds & ~there
            for id in (ids[entry], *self.of.vocabulary.members(ids[entry])):
                member = self.of.entries[id]
                absent[member] = holds | absent[member] if member in absent else holds
        return absent

    # --- facts

    def all(self) -> tuple[Facts, Mask]:
        truths: dict[str, Truth] = {}
        intervals: dict[str, Interval] = {}
        clashes = self._person(truths, intervals)
        for atom in self.of.atoms:
            kind, _, id = atom.removesuffix(UNNAMED).partition(":")
            name, _, fact = atom.partition(".")
            if kind in LISTS:
                truths[atom] = self._unnamed(id) if atom.endswith(UNNAMED) else self._member(kind, id)
            elif name == "lab":
                self._lab(fact, truths, intervals)
            elif fact:
                self._measure(self.of.substances[name], atom, fact, truths, intervals)
        return Facts(truths, intervals), clashes

    def _person(self, truths: dict[str, Truth], intervals: dict[str, Interval]) -> Mask:
        """What is known of each person; where they contradict themselves."""
        low, high = _extremes(self.aged, self.ages, self.size)
        known = self.has(bits.AGED)
        intervals["age"] = Interval(np.where(known, low, 0.0), np.where(known, high, np.inf))
        female, male = self.has(bits.FEMALE), self.has(bits.MALE)
        truths["sex:female"], truths["sex:male"] = Truth(female, male), Truth(male, female)
        barren = np.zeros(self.size, bool)
        for years in np.unique(low[known]).tolist():
            if not is_fertile(years):
                barren |= known & (low == years)
        said, denied = self.has(bits.PREGNANT), self.has(bits.NOT_PREGNANT)
        truths["pregnant"] = Truth(said, ~said & (denied | male | barren))
        truths["lactating"] = Truth(self.has(bits.LACTATING), self.has(bits.NOT_LACTATING))
        clashes: Mask = known & (low != high)
        for one, other in bits.CLASHES:
            clashes |= self.has(one) & self.has(other)
        return clashes

    def _member(self, kind: str, id: str) -> Truth:
        entry = self.of.entries[id]
        complete = self.has(bits.CLOSES[kind]) & ~self.hidden
        marks = self._marked.get(entry, {})
        if not marks and entry not in self._absent:
            return Truth(self.nothing, complete)
        sure = marks.get(bits.SURE, self.nothing)
        open_ = marks.get(bits.USED, self.nothing) | marks.get(bits.PERHAPS, self.nothing) | ~complete
        absent = self._absent.get(entry, self.nothing)
        return Truth(sure, ~sure & ~marks.get(bits.DOUBTED, self.nothing) & (absent | ~open_))

    def _unnamed(self, id: str) -> Truth:
        marks = self._marked.get(self.of.entries[id], {})
        named = marks.get(bits.NAMED, self.nothing)
        return Truth(named, ~(named | self.hidden | marks.get(bits.MAYBE_NAMED, self.nothing)))

    def _lab(self, name: str, truths: dict[str, Truth], intervals: dict[str, Interval]) -> None:
        """The newest value of a test; where several have no date, any of them may be the newest."""
        plain = name.removesuffix("_said")
        if f"lab.{plain}" in intervals:
            return
        found = self._valued.get(self.of.entries[self.of.labs[plain]])
        rows, values = found if found else (np.zeros(0, np.int32), np.zeros((0, 3)))
        doubted = np.zeros(self.size, bool)
        doubted[rows[np.isnan(values[:, 0])]] = True
        is_value = ~np.isnan(values[:, 0])
        rows, values = rows[is_value], values[is_value]
        newest = _extremes(rows, values[:, 2], self.size)[1]
        last = (values[:, 2] == bits.NO_DATE) | (values[:, 2] == newest[rows])
        low = _extremes(rows[last], values[last, 0], self.size)[0]
        high = _extremes(rows[last], values[last, 1], self.size)[1]
        there = np.zeros(self.size, bool)
        there[rows] = True
        known = there & ~doubted
        intervals[f"lab.{plain}"] = Interval(np.where(known, low, 0.0), np.where(known, high, np.inf))
        truths[f"lab.{plain}_said"] = Truth(there, ~(there | self.hidden | doubted))

    def _measure(self, id: str, atom: str, fact: str, truths: dict[str, Truth], intervals: dict[str, Interval]) -> None:
        entry = self.of.entries[id]
        marks = self._marked.get(entry, {})
        sure, maybe = marks.get(bits.SURE, self.nothing), marks.get(bits.USED, self.nothing)
        empty = _Use(np.zeros(0, np.int32), np.zeros(0, np.uint16), np.zeros((0, 4)))
        use = self._used.get(entry, empty)
        if fact == "taken":
            truths[atom] = Truth(sure, ~(sure | maybe | self.hidden))
        elif fact == "stopped":
            stopped = marks.get(bits.STOPPED, self.nothing)
            doubtful = marks.get(bits.MAYBE_STOPPED, self.nothing)
            truths[atom] = Truth(stopped, ~(stopped | doubtful | self.hidden))
        elif fact == "new":
            new = self._any(use, bits.NEW)
            truths[atom] = Truth(new, ~(new | self._any(use, bits.NOT_OLD) | self.hidden))
        elif fact == "with_food":
            said, maybe, without = (
                self._any(use, bit) for bit in (bits.WITH_FOOD, bits.MAYBE_WITH_FOOD, bits.WITHOUT_FOOD)
            )
            truths[atom] = Truth(said, without & ~maybe & ~self.hidden)
        elif fact == "more_often_than_usual":
            in_doubt = np.bincount(use.rows, (use.flags & bits.NOT_TOO_OFTEN) == 0, self.size) > 0
            several = np.bincount(use.rows, minlength=self.size) > 1
            truths[atom] = Truth(self._any(use, bits.TOO_OFTEN), ~(in_doubt | several | self.hidden))
        else:
            intervals[atom] = self._amount(use, fact)

    def _use(self, places: Whole, uses: Any) -> _Use:
        amounts = uses[:, 1:5]
        if self._times is not None:  # first multiplied, which is exact: then the amounts are those of the line itself
            amounts = amounts * self._times[places, None] / uses[:, 5:]
        return _Use(self.rows[places], uses[:, 0].astype(np.uint16), amounts)

    def _any(self, use: _Use, bit: int) -> Mask:
        found = np.zeros(self.size, bool)
        found[use.rows[(use.flags & bit) != 0]] = True
        return found

    def _amount(self, use: _Use, fact: str) -> Interval:
        surely = (use.flags & bits.SURELY) != 0
        each_low, each_high, daily_low, daily_high = use.amounts.T
        if fact == "daily":
            low = np.bincount(use.rows[surely], daily_low[surely], self.size)
            high = np.bincount(use.rows, daily_high, self.size)
        else:
            spaced = np.ones(len(use.rows), bool)
            if fact == "spaced_dose":
                surely, spaced = surely & ((use.flags & bits.SPACED) != 0), (use.flags & bits.MAYBE_SPACED) != 0
            low = np.maximum(_extremes(use.rows[surely], each_low[surely], self.size)[1], 0.0)
            high = np.bincount(use.rows[spaced], each_high[spaced], self.size)
        return Interval(low, np.where(self.hidden, np.inf, high))


def _extremes(rows: Whole, values: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """The lowest and the highest value of each regimen; infinite and minus infinite where it has none. rows: sorted."""
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        low[rows[starts]] = np.minimum.reduceat(values, starts)
        high[rows[starts]] = np.maximum.reduceat(values, starts)
    return low, high
