"""Lines of many regimens as rows of a store; lines that differ in a number only are read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dosenote.batch.lines import Key, Lines, Told, told_of
from dosenote.columns import Store
from dosenote.effects import Effect, effect_of, not_recognised_in
from dosenote.facts import Dosing, dosing_of
from dosenote.logic import ANY_AMOUNT
from dosenote.reader import Reader
from dosenote.reader.alike import Kind
from dosenote.regimen import Reading
from dosenote.rule import Rule


class Stored(Lines):
    """Lines as rows of a store."""

    def __init__(self, reader: Reader, as_of: date | None, rules: list[Rule]) -> None:
        self._rules = rules
        self._likes: dict[Kind, _Like] = {}
        super().__init__(reader, as_of)

    def clear(self) -> None:
        """Forget every line, and what their columns hold."""
        super().clear()
        self._likes.clear()
        self.store = Store(self._rules, self.reader.vocabulary)

    def add(self, _reading: Reading, effect: Effect) -> None:
        """Keep what one more line does to the facts, as columns."""
        self.store.add(effect)

    def read_before(self, key: Key) -> Told | None:
        """What a line tells that differs in a number only from lines that were read; it is kept."""
        line = _text(key)
        found = self.reader.alike.find(line)
        told = None if found is None else self._told(line, *found)
        if found is not None and told is not None:
            self._add(found[0], found[1:])
        return told

    def codes_of(self, keys: Sequence[Key]) -> list[int]:
        """The numbers of lines that are text, each other than the rest. Those of a kind are kept together."""
        found = [self.codes.get(key, -1) for key in keys]
        kinds: dict[Kind, list[tuple[int, str, Decimal]]] = {}
        for place, key in enumerate(keys):
            if found[place] < 0:
                line = _text(key)
                alike = self.reader.alike.find(line)
                if alike is None:
                    found[place] = self._read(key)
                else:
                    kinds.setdefault(alike[0], []).append((place, line, alike[1]))
        for kind, lines in kinds.items():
            told = [self._told(line, kind, number) for _, line, number in lines]
            self._add(kind, [number for (_, _, number), one in zip(lines, told, strict=True) if one is not None])
            for (place, _, _), one in zip(lines, told, strict=True):
                if one is not None:
                    found[place] = self.keep(keys[place], one)
            for (place, _, _), one in zip(lines, told, strict=True):
                if one is None:
                    found[place] = self._read(keys[place])
        return found

    def _told(self, line: str, kind: Kind, number: Decimal) -> Told | None:
        """What a line of a kind tells; None where it must be read."""
        like = self._likes.get(kind)
        if like is None:
            like = self._likes[kind] = self._like(kind)
        if like.low <= number <= like.high:
            return like.told
        reading = kind.reading_of(line, number)
        if reading is None:
            return None
        if reading.outcome == "ask":
            return like.told._replace(not_recognised=not_recognised_in(reading))
        like.low, like.high = min(like.low, number), max(like.high, number)
        return like.told

    def _add(self, kind: Kind, numbers: Sequence[Decimal]) -> None:
        """Keep what lines of a kind do, each with its number."""
        like = self._likes[kind]
        uses = [
            [(entry, amounts)] * len(numbers)
            if dosing is None
            else [(entry, (amounts[0], *dosing.amounts(number, number))) for number in numbers]
            for entry, amounts, dosing in like.uses
        ]
        self.store.extend(like.kind, [*zip(*uses, strict=True)] if uses else [()] * len(numbers))

    def _like(self, kind: Kind) -> _Like:
        vocabulary = self.reader.vocabulary
        effect = effect_of(kind.reading, vocabulary, self.as_of)
        ids = list(self.store.entries)
        dosings = {
            id: dosing_of(kind.unit, kind.item.schedule, vocabulary[id])
            for id, use in effect.uses
            if use.each_time != ANY_AMOUNT
        }
        uses = [(entry, amounts, dosings.get(ids[entry])) for entry, amounts in self.store.rows_of(effect)]
        return _Like(told_of(kind.reading, effect, self), self.store.kind_of(effect), uses)


@dataclass
class _Like:
    """What every line of a kind does. kind: in the store. low, high: numbers between which nothing is asked about it.

    uses: as in the store, each with how the amount of the line counts for it; None where the amount is not known.
    """

    told: Told
    kind: int
    uses: list[tuple[int, tuple[float, ...], Dosing | None]]
    low: Decimal = Decimal("Infinity")
    high: Decimal = Decimal("-Infinity")


def _text(key: Key) -> str:
    """A line as text; "" where it may not be what it looks like."""
    if isinstance(key, str):
        return key
    if isinstance(key, bytes) and key[:1] == key[-1:] == b'"' and b"\\" not in key:
        return key[1:-1].decode("ascii", "replace")  # no line that is alike has other signs
    return ""
