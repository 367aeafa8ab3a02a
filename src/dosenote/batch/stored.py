"""Lines of many regimens as rows of a store; lines that differ in a number only are read once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import inf, lcm

from dosenote.batch.likes import FIGURES, USUAL, Like
from dosenote.batch.lines import Key, Lines, Pieces, Told, told_of
from dosenote.columns import Store
from dosenote.dosing import Dosing, dosing_of
from dosenote.effects import Effect, effect_of
from dosenote.logic import ANY_AMOUNT
from dosenote.reader import Reader
from dosenote.reader.alike import Kind
from dosenote.regimen import UNUSUAL, Reading
from dosenote.rule import Rule

#: Whole numbers up to this one, multiplied by hundredths of any number of a line, are exact as floats.
_LARGEST = 9_000_000
#: So many lines with a number of their own are remembered.
_MOST = 20_000


class Stored(Lines):
    """Lines as rows of a store."""

    def __init__(self, reader: Reader, as_of: date | None, rules: list[Rule]) -> None:
        self._rules = rules
        self._likes: dict[Kind, Like] = {}
        self._by_code: dict[int, Like] = {}
        #: Lines as `numbered` tells them; what was not recognised in those of unusual numbers.
        self._last: dict[Key, tuple[int, int]] = {}
        self._asked: dict[tuple[int, int], Pieces] = {}
        super().__init__(reader, as_of)

    def clear(self) -> None:
        """Forget every line, and what their columns hold."""
        super().clear()
        self._likes.clear()
        self._by_code.clear()
        self._last.clear()
        self._asked.clear()
        self.store = Store(self._rules, self.reader.vocabulary)

    def add(self, _reading: Reading, effect: Effect) -> None:
        """Keep what one more line does to the facts, as columns."""
        self.store.add(effect)

    def read_before(self, key: Key) -> Told | None:
        """What a line tells that differs in a number only from lines that were read; it is kept."""
        line = _text(key)
        found = self.reader.alike.find(line)
        return None if found is None else self._told(line, *found)

    def numbered(self, key: Key) -> tuple[int, int]:
        """A line by number, and 1; or the number of all lines of its kind, and that which it has itself, in hundredths.

        Raises BadValue where it is no line.
        """
        if key in self.codes:
            return self.codes[key], 1
        found = self._last.get(key)
        if found is None:
            found = self._found(key)
            if len(self._last) >= _MOST:
                self._last.clear()
            self._last[key] = found
        return found

    def _found(self, key: Key) -> tuple[int, int]:
        """The same for one that is not remembered."""
        line = _text(key)
        found = self.reader.alike.find(line)
        if found is None:
            return (self._read(key) if line else self.code(key)), 1
        kind, number = found
        like = self._like(line, kind, number)
        if like.code < 0:
            told = self._told(line, kind, number)
            return (self._read(key) if told is None else self.keep(key, told)), 1
        side = like.side(line, number)
        return (self._read(key), 1) if side is None else (like.code_of(side, number), int(number * 100))

    def like(self, code: int) -> Like:
        """What all lines of a kind do, by the number of any of them."""
        return self._by_code[code]

    def not_recognised(self, code: int, times: int) -> Pieces:
        """What was not recognised in a line. times: what the amounts are multiplied by that are kept of it."""
        like = self._by_code.get(code)
        if like is None or code == like.code:
            return super().not_recognised(code, times)
        found = self._asked.get((code, times))
        if found is None:
            if len(self._asked) >= _MOST:
                self._asked.clear()
            found = self._asked[code, times] = like.not_recognised(code, times)
        return found

    def _told(self, line: str, kind: Kind, number: Decimal) -> Told | None:
        """What a line of a kind tells; it is kept by itself. None where it must be read."""
        like = self._like(line, kind, number)
        side = like.side(line, number)
        if side is None:
            return None
        uses = [
            (entry, amounts if dosing is None else (amounts[0], *dosing.amounts(number, number), 1.0))
            for entry, amounts, dosing in like.uses
        ]
        self.store.append(like.stored, uses)
        return like.told if side == USUAL else like.told._replace(not_recognised=like.asked(line, number))

    def _like(self, line: str, kind: Kind, number: Decimal) -> Like:
        """What all lines of a kind do, one of which is this line with this number."""
        known = self._likes.get(kind)
        if known is not None:
            return known
        before, _, behind = line.rpartition(str(number))
        vocabulary = self.reader.vocabulary
        effect = effect_of(kind.reading, vocabulary, self.as_of)
        ids = list(self.store.entries)
        dosings = {
            id: dosing_of(kind.unit, kind.item.schedule, vocabulary[id])
            for id, use in effect.uses
            if use.each_time != ANY_AMOUNT
        }
        uses = [(entry, amounts, dosings.get(ids[entry])) for entry, amounts in self.store.rows_of(effect)]
        told, stored = told_of(kind.reading, effect, self), self.store.kind_of(effect)
        like = self._likes[kind] = Like(kind, told, (before, behind), stored, uses)
        scaled = [(entry, _scaled(amounts, dosing)) for entry, amounts, dosing in uses]
        if all(amounts for _, amounts in scaled):
            like.code = len(self.told)
            self.told += [told, *[told._replace(not_recognised=(("", UNUSUAL),))] * (FIGURES + 1)]
            self._by_code |= {self.store.append(stored, scaled): like for _ in range(FIGURES + 2)}
        return like


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
