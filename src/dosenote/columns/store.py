"""What each distinct line does, as rows of numbers: the store that a chunk of regimens refers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from dosenote.columns import bits
from dosenote.columns.bits import Whole
from dosenote.effects import Effect
from dosenote.facts import UNNAMED, fact_name
from dosenote.rule import Rule
from dosenote.vocabulary import Vocabulary


class Chunk(NamedTuple):
    """Regimens as columns. codes: the effects of all lines, by number, one regimen after the other.

    counts: how many lines each regimen has.
    """

    codes: Whole
    counts: Whole


class Table:
    """Ragged rows of numbers, one for each line, that grow at the end."""

    def __init__(self, width: int, kind: Any) -> None:
        self._values = np.empty((64, width), kind)
        self._ends = np.zeros(64, np.int64)  # the first is 0
        self._lines = 0

    def append(self, rows: Sequence[Any]) -> int:
        """The number of one more line, with its rows."""
        end = int(self._ends[self._lines]) + len(rows)
        self._lines += 1
        while end > len(self._values):
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
        while self._lines >= len(self._ends):
            self._ends = np.concatenate([self._ends, np.empty_like(self._ends)])
        if rows:
            self._values[end - len(rows) : end] = rows
        self._ends[self._lines] = end
        return self._lines - 1

    def each(self, codes: Whole) -> Any:
        """The only row of each of these lines, where every line has one."""
        return self._values[codes]

    def of(self, codes: Whole, rows: Whole) -> tuple[Whole, Any]:
        """The rows of these lines, each with the regimen to which it belongs, in the order of the lines."""
        starts = self._ends[codes]
        many = self._ends[codes + 1] - starts
        some = many > 0
        starts, rows, many = starts[some], rows[some], many[some]
        if not len(many):
            return np.zeros(0, np.int32), self._values[:0]
        ends = np.cumsum(many)
        index = np.arange(ends[-1]) + np.repeat(starts - (ends - many), many)
        return np.repeat(rows, many), self._values[index]


class Store:
    """Lines by number, each with what it does. rules: whose facts are wanted; what no rule asks for is not kept."""

    def __init__(self, rules: Sequence[Rule], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.entries = {entry.id: number for number, entry in enumerate(vocabulary.entries.values())}
        self.atoms = sorted({name for rule in rules for name in rule.atoms()})
        self.labs = {fact_name(entry.id): entry.id for entry in vocabulary.of_kind("lab")}
        self.supplements = {fact_name(entry.id): entry.id for entry in vocabulary.of_kind("supplement")}
        about = {atom: atom.partition(".")[0] for atom in self.atoms if atom.partition(".")[0] in self.supplements}
        taken = {self.entries[self.supplements[name]] for name in about.values()}
        self._measured = {
            self.entries[self.supplements[name]]
            for atom, name in about.items()
            if atom.rpartition(".")[2] in bits.MEASURES
        }
        named = {self.entries[atom.removesuffix(UNNAMED).partition(":")[2]] for atom in self.atoms if ":" in atom}
        classes = {self.entries[id] for id in self.entries if vocabulary.members(id)}  # any may be denied as a whole
        self._wanted = taken | named | classes
        self.people = Table(2, np.float64)  # bits, age; one row a line
        self.marks = Table(2, np.int32)
        self.uses = Table(6, np.float64)  # entry, flags, each time (low, high), a day (low, high)
        self.values = Table(3, np.float64)  # entry, value, day

    def add(self, effect: Effect) -> int:
        """The number of one more line."""
        surely, perhaps, entries = self.vocabulary.surely, self.vocabulary.perhaps, self.entries
        marks: dict[tuple[int, int], None] = {}
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
            marks |= {(entries[id], kind): None for id in ids if entries[id] in self._wanted}
        self.marks.append(list(marks))
        uses = [(entries[id], use) for id, use in effect.uses if entries[id] in self._measured]
        self.uses.append(
            [
                (entry, _use_flags(use), use.each_time.low, use.each_time.high, use.daily.low, use.daily.high)
                for entry, use in uses
            ]
        )
        self.values.append(
            [(entries[lab.id], float(lab.value), _day(lab.taken_on)) for lab in effect.labs]
            + [
                (entries[id], np.nan, bits.NO_DATE)
                for id in (*effect.doubted, *effect.stopped)
                if id in self.labs.values()
            ]
        )
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
        return self.people.append([(bit, np.nan if person.age is None else float(person.age))])


def _use_flags(use: Any) -> int:
    flags = (
        (use.surely, bits.SURELY), (use.spaced is True, bits.SPACED), (use.spaced is not False, bits.MAYBE_SPACED),
        (use.surely and use.is_new is True, bits.NEW), (use.is_new is not False, bits.NOT_OLD),
        (use.with_food is True, bits.WITH_FOOD), (use.with_food is False, bits.WITHOUT_FOOD),
        (use.with_food is None, bits.FOOD_UNSAID),
    )  # fmt: skip
    return sum(bit for is_said, bit in flags if is_said)


def _day(day: date | None) -> int:
    return bits.NO_DATE if day is None else day.toordinal()
