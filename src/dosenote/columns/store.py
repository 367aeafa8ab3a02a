"""What each distinct line does, as rows of numbers: the store that a chunk of regimens refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from dosenote.columns import bits
from dosenote.columns.bits import Mask, Numbers, Whole
from dosenote.effects import Effect
from dosenote.facts import UNNAMED, fact_name, medicine_classes, seldom_taken
from dosenote.laboratory import span_of
from dosenote.rule import Rule
from dosenote.vocabulary import Vocabulary

#: What a line tells of an entry, by the number of the entry.
Row: TypeAlias = tuple[int, tuple[float, ...]]


class Chunk(NamedTuple):
    """Regimens as columns. codes: the effects of all lines, by number, one regimen after the other.

    counts: how many lines each regimen has. times: what the amounts of each line are multiplied by; None for 1.
    """

    codes: Whole
    counts: Whole
    times: Numbers | None = None


class Column:
    """One number a line, by the number of the line; grows at the end."""

    def __init__(self, kind: Any) -> None:
        self._values = np.zeros(64, kind)
        self._size = 0
        self._new: list[Any] = []

    def append(self, value: Any) -> int:
        """The number of one more line."""
        self._new.append(value)
        return self._size + len(self._new) - 1

    def of(self, codes: Whole) -> Any:
        """The numbers of these lines."""
        if self._new:
            self._values = _grown(self._values, self._size, self._new)
            self._size += len(self._new)
            self._new.clear()
        return self._values.take(codes)


class Table:
    """Ragged rows of numbers, each about an entry: any number of rows a line. Grows at the end."""

    def __init__(self, width: int) -> None:
        self._entries = np.empty(64, np.int16)
        self._values = np.empty((64, width))
        self._first, self._many = Column(np.int32), Column(np.int16)
        self._size = 0
        self._new: list[Row] = []

    def append(self, rows: Sequence[Row]) -> None:
        """One more line, with its rows: each the number of an entry, and what is said of it."""
        self._first.append(self._size + len(self._new))
        self._many.append(len(rows))
        self._new += rows

    def by_entry(self, codes: Whole) -> Iterator[tuple[int, Whole, Any]]:
        """What these lines say of each entry: which of the lines, by place, rising, and the rows."""
        if self._new:
            entries, values = zip(*self._new, strict=True)
            self._entries = _grown(self._entries, self._size, entries)
            self._values = _grown(self._values, self._size, values)
            self._size += len(self._new)
            self._new.clear()
        many = self._many.of(codes)
        some = np.flatnonzero(many)
        many, places, index = many[some], some.astype(np.int32), self._first.of(codes[some])
        if not len(many):
            return
        if many.max() > 1:
            ends = np.cumsum(many)
            index = np.arange(ends[-1]) + np.repeat(index - (ends - many), many)
            places = np.repeat(places, many)
        entries = self._entries[index]
        order = np.argsort(entries, kind="stable")  # numbers so small that sorting is counting
        entries, places, values = entries[order], places[order], self._values.take(index[order], axis=0)
        cuts = [0, *(np.flatnonzero(np.diff(entries)) + 1).tolist(), len(entries)]
        for start, end in pairwise(cuts):
            yield int(entries[start]), places[start:end], values[start:end]


def _grown(values: Any, size: int, more: Sequence[Any]) -> Any:
    """An array of which this much is used, with more behind that; twice as large where there is no room for it."""
    end = size + len(more)
    while end > len(values):
        values = np.concatenate([values, np.zeros_like(values)])
    values[size:end] = more
    return values


class Marks:
    """Marks of kinds of lines, each a bit of one of several words; a new mark gets the next bit."""

    def __init__(self) -> None:
        self._words: list[Column] = []
        self._bits: dict[tuple[int, int], int] = {}
        self._kinds = 0

    def append(self, marks: Iterable[tuple[int, int]]) -> None:
        """One more kind of line, with what it marks: entries, and what is said of each."""
        words = [0] * len(self._words)
        for mark in marks:
            word, bit = divmod(self._bits.setdefault(mark, len(self._bits)), 64)
            if word == len(self._words):
                self._words.append(Column(np.uint64))
                words.append(0)
                for _ in range(self._kinds):
                    self._words[-1].append(0)
            words[word] |= 1 << bit
        for column, value in zip(self._words, words, strict=True):
            column.append(value)
        self._kinds += 1

    def of(self, kinds: Whole, starts: Any, rows: Any, size: int) -> dict[int, dict[int, Mask]]:
        """By entry and what is said of it, which regimens have a line that says so; what none says is left out.

        kinds: of the lines. starts: where the lines of the regimens begin that have any. rows: which regimens these
        are, of how many.
        """
        found: dict[int, dict[int, Mask]] = {}
        marks = list(self._bits)
        for number, word in enumerate(self._words):
            every = np.zeros(size, np.uint64)
            every[rows] = np.bitwise_or.reduceat(word.of(kinds), starts)
            there = int(np.bitwise_or.reduce(every))
            for bit, (entry, kind) in enumerate(marks[64 * number : 64 * number + 64]):
                if there >> bit & 1:
                    found.setdefault(entry, {})[kind] = (every & np.uint64(1 << bit)) != 0
        return found


class Store:
    """Lines by number, each with what it does. rules: whose facts are wanted; what no rule asks for is not kept.

    kinds: lines are of one kind that mark the same, and say the same of the person and of the lists. uses, values: what
    else they tell, line by line.
    """

    def __init__(self, rules: Sequence[Rule], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.entries = {entry.id: number for number, entry in enumerate(vocabulary.entries.values())}
        self.atoms = sorted({name for rule in rules for name in rule.atoms()})
        self.labs = {fact_name(entry.id): entry.id for entry in vocabulary.of_kind("lab")}
        seldom = (entry for entry, _ in seldom_taken(vocabulary))
        taken_or_not = (*vocabulary.of_kind("supplement"), *medicine_classes(vocabulary), *seldom)
        self.substances = {fact_name(entry.id): entry.id for entry in taken_or_not}
        about = {atom: atom.partition(".")[0] for atom in self.atoms if atom.partition(".")[0] in self.substances}
        taken = {self.entries[self.substances[name]] for name in about.values()}
        self._measured = {
            self.entries[self.substances[name]]
            for atom, name in about.items()
            if atom.rpartition(".")[2] in bits.MEASURES
        }
        named = {self.entries[atom.removesuffix(UNNAMED).partition(":")[2]] for atom in self.atoms if ":" in atom}
        classes = {self.entries[id] for id in self.entries if vocabulary.members(id)}  # any may be denied as a whole
        self._wanted = taken | named | classes
        self.kinds = Column(np.int32)
        self._numbers: dict[tuple[tuple[tuple[int, int], ...], int, float], int] = {}
        self.said, self.ages, self.marks = Column(np.int32), Column(np.float64), Marks()  # by kind
        self.uses = Table(6)  # flags, each time (low, high), a day (low, high), what these are divided by
        self.values = Table(3)  # value (low, high), day

    def add(self, effect: Effect) -> int:
        """The number of one more line."""
        spans = ((lab, span_of(lab)) for lab in effect.labs)
        values = [(self.entries[lab.id], (span.low, span.high, _day(lab.taken_on))) for lab, span in spans]
        values += [
            (self.entries[id], (np.nan, np.nan, bits.NO_DATE))
            for id in (*effect.doubted, *effect.stopped)
            if id in self.labs.values()
        ]
        return self.append(self.kind_of(effect), self.rows_of(effect), values)

    def append(self, kind: int, uses: Sequence[Row], values: Sequence[Row] = ()) -> int:
        """The number of one more line, of a kind that is known. uses: as `rows_of` gives them."""
        self.uses.append(uses)
        self.values.append(values)
        return self.kinds.append(kind)

    def rows_of(self, effect: Effect) -> list[Row]:
        """The uses of which anything is measured, as in `uses`; their amounts are divided by 1."""
        return [
            (self.entries[id], (_use_flags(use), each.low, each.high, daily.low, daily.high, 1.0))
            for id, use in effect.uses
            for each, daily in ((use.each_time, use.daily),)
            if self.entries[id] in self._measured
        ]

    def kind_of(self, effect: Effect) -> int:
        """The number of what a line does besides the amounts of its uses and the values that it tells."""
        person, closed = effect.person, effect.closed
        said = (
            (person.sex == "female", bits.FEMALE), (person.sex == "male", bits.MALE),
            (person.pregnant is True, bits.PREGNANT),
            (person.pregnant is False, bits.NOT_PREGNANT), (person.lactating is True, bits.LACTATING),
            (person.lactating is False, bits.NOT_LACTATING), (closed.medicines, bits.MEDICINES),
            (closed.conditions, bits.CONDITIONS), (closed.foods, bits.FOODS), (effect.hides, bits.HIDES),
            (person.age is not None, bits.AGED),
        )  # fmt: skip
        bit = sum(bit for is_said, bit in said if is_said)
        what = marks, _, age = self._marks_of(effect), bit, 0.0 if person.age is None else float(person.age)
        number = self._numbers.get(what)
        if number is None:
            number = self._numbers[what] = self.said.append(bit)
            self.ages.append(age)
            self.marks.append(marks)
        return number

    def _marks_of(self, effect: Effect) -> tuple[tuple[int, int], ...]:
        surely, perhaps, entries = self.vocabulary.surely, self.vocabulary.perhaps, self.entries
        marks: set[tuple[int, int]] = set()
        for kind, ids in (
            (bits.SURE, [up for id in (*effect.conditions, *effect.foods) for up in surely(id)]),
            (bits.PERHAPS, [up for id in (*effect.conditions, *effect.foods) for up in perhaps(id)]),
            (bits.SURE, [id for id, use in effect.uses if use.surely]),
            (bits.USED, [id for id, use in effect.uses if not use.surely]),
            (bits.DOUBTED, [up for id in (*effect.doubted, *effect.stopped) for up in surely(id)]),
            (bits.STOPPED, [up for id in (*effect.stopped, *effect.ended) for up in surely(id)]),
            (bits.MAYBE_STOPPED, [up for id in effect.doubtfully_named for up in surely(id)]),
            (bits.NAMED, [*effect.named, *effect.conditions, *effect.foods]),
            (bits.MAYBE_NAMED, effect.doubtfully_named),
            (bits.DENIED, effect.denied),
        ):
            marks |= {(entries[id], kind) for id in ids if entries[id] in self._wanted}
        return tuple(sorted(marks))


def _use_flags(use: Any) -> int:
    flags = (
        (use.surely, bits.SURELY), (use.spaced is True, bits.SPACED), (use.spaced is not False, bits.MAYBE_SPACED),
        (use.surely and use.is_new is True, bits.NEW), (use.is_new is not False, bits.NOT_OLD),
        (use.surely and use.with_food is True, bits.WITH_FOOD), (use.with_food is not False, bits.MAYBE_WITH_FOOD),
        (use.with_food is False, bits.WITHOUT_FOOD), (use.surely and use.too_often is True, bits.TOO_OFTEN),
        (use.too_often is False, bits.NOT_TOO_OFTEN),
    )  # fmt: skip
    return sum(bit for is_said, bit in flags if is_said)


def _day(day: date | None) -> int:
    return bits.NO_DATE if day is None else day.toordinal()
