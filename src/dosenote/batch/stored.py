"""Lines of many regimens as rows of a store; lines that differ in a number only are read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import inf, lcm

from dosenote.batch.lines import Key, Lines, Told, told_of
from dosenote.columns import Store
from dosenote.effects import Effect, effect_of, not_recognised_in
from dosenote.facts import Dosing, dosing_of
from dosenote.logic import ANY_AMOUNT
from dosenote.reader import Reader
from dosenote.reader.alike import Kind
from dosenote.regimen import Reading
from dosenote.rule import Rule

#: Whole numbers up to this one, multiplied by hundredths of any number of a line, are exact as floats.
_LARGEST = 9_000_000


class Stored(Lines):
    """Lines as rows of a store."""

    def __init__(self, reader: Reader, as_of: date | None, rules: list[Rule]) -> None:
        self._rules = rules
        self._likes: dict[Kind, _Like] = {}
        self._by_code: dict[int, _Like] = {}
        super().__init__(reader, as_of)

    def clear(self) -> None:
        """Forget every line, and what their columns hold."""
        super().clear()
        self._likes.clear()
        self._by_code.clear()
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
            self._add(*found)
        return told

    def numbered(self, key: Key) -> tuple[int, int]:
        """A line by number, and 0; or the number of all lines of its kind, and that which it has itself, in hundredths.

        Raises BadValue where it is no line.
        """
        if key in self.codes:
            return self.codes[key], 0
        line = _text(key)
        found = self.reader.alike.find(line)
        if found is None:
            return (self.code(key) if not line else self._read(key)), 0
        told = self._told(line, *found)
        like = self._likes[found[0]]
        if told is like.told and like.code is not None:
            return like.code, int(found[1] * 100)
        if told is None:
            return self._read(key), 0
        self._add(*found)
        return self.keep(key, told), 0

    def span(self, code: int) -> tuple[int, int]:
        """Of all lines of a kind, the lowest and the highest number that is known to be usual, in hundredths."""
        like = self._by_code[code]
        return int(like.low * 100), int(like.high * 100)

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

    def _add(self, kind: Kind, number: Decimal) -> None:
        """Keep what a line of a kind does, with its number."""
        like = self._likes[kind]
        uses = [
            (entry, amounts if dosing is None else (amounts[0], *dosing.amounts(number, number), 1.0))
            for entry, amounts, dosing in like.uses
        ]
        self.store.append(like.kind, uses)

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
        like = _Like(told_of(kind.reading, effect, self), self.store.kind_of(effect), uses)
        scaled = [(entry, _scaled(amounts, dosing)) for entry, amounts, dosing in uses]
        if all(amounts for _, amounts in scaled):
            self.told.append(like.told)
            like.code = self.store.append(like.kind, scaled)
            self._by_code[like.code] = like
        return like


@dataclass
class _Like:
    """What every line of a kind does. kind: in the store. low, high: numbers between which nothing is asked about it.

    uses: as in the store, each with how the amount of the line counts for it; None where the amount is not known. code:
    of a line in the store whose amounts are those of each line once they are multiplied by its number, in hundredths;
    None where there can be none.
    """

    told: Told
    kind: int
    uses: list[tuple[int, tuple[float, ...], Dosing | None]]
    low: Decimal = Decimal("Infinity")
    high: Decimal = Decimal("-Infinity")
    code: int | None = None


def _scaled(amounts: tuple[float, ...], dosing: Dosing | None) -> tuple[float, ...]:
    """Amounts as in the store, each to be multiplied by hundredths; none where what comes out would not be exact."""
    if dosing is None:  # nothing, or no bound: the same, whatever they are multiplied by
        return amounts if {*amounts[1:5]} <= {0.0, inf} else ()
    times = (Decimal(1), dosing.fewest or Decimal(0), dosing.most or Decimal(0))
    counts = [Fraction(dosing.converted(Decimal(1)) * count) for count in times]
    meant = [count.limit_denominator(1_000_000) for count in counts]  # a seventh has as many figures as a Decimal keeps
    is_exact = all(abs(one - other) * 10**24 <= one for one, other in zip(counts, meant, strict=True))
    divisor = lcm(*((count / 100).denominator for count in meant))
    each, fewest, most = (float(count / 100 * divisor) for count in meant)
    if not is_exact or dosing.ceiling is not None or max(each, most) > _LARGEST:
        return ()
    return amounts[0], each, each, fewest, inf if dosing.fewest is None or dosing.most is None else most, float(divisor)


def _text(key: Key) -> str:
    """A line as text; "" where it may not be what it looks like."""
    if isinstance(key, str):
        return key
    if isinstance(key, bytes) and key[:1] == key[-1:] == b'"' and b"\\" not in key:
        return key[1:-1].decode("ascii", "replace")  # no line that is alike has other signs
    return ""
