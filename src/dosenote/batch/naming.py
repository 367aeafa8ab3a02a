"""What the lines of regimens name that rules ask for: many regimens at once, each combination looked up once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from dosenote.batch.outcomes import Checker, names_of
from dosenote.batch.stored import Stored
from dosenote.columns.bits import Mask, Whole

#: More sequences, or lines of unusual amounts, than this are not remembered.
_MOST = 50_000


class Naming:
    """Names by number. What the lines of a regimen name, one after the other, is a sequence; that has a number, too."""

    def __init__(self, checker: Checker, lines: Stored) -> None:
        self._measured, self._lines = checker.measured, lines
        self._vocabulary = checker.ruleset.vocabulary
        self.forget()

    def forget(self) -> None:
        """Forget lines, sequences and names."""
        #: By line, the number of what it names, 0 for nothing that a rule asks for; what that is; bits of `kinds`.
        self._by_line, self._is = np.zeros(0, np.int32), np.zeros(0, np.int8)
        self._kinds: dict[tuple[tuple[str, tuple[str, ...]], ...], int] = {(): 0}
        self._named: list[dict[str, tuple[str, ...]]] = [{}]
        #: Of all lines, one after the other, the pieces that were not recognised; how many there are up to each line.
        self._pieces, self._ends = np.zeros(0, np.int64), np.zeros(1, np.int64)
        self._text_numbers: dict[str, int] = {}
        self._texts: list[str] = []
        #: Lines of unusual amounts, by their number and by what its amounts are multiplied, rising; each as a piece.
        self._own, self._own_pieces = np.array([np.iinfo(np.int64).max]), np.zeros(1, np.int64)
        self._forget_sequences()

    def _forget_sequences(self) -> None:
        #: Each sequence by one shorter by its last; the sequences; by rule, the number of the names in each of them.
        self._longer: dict[int, int] = {}
        self._sequences: list[tuple[int, ...]] = [()]
        self._by_rule: dict[int, Whole] = {}
        self._numbers: dict[tuple[str, ...], int] = {}
        self._names: list[tuple[str, ...]] = []

    def kinds(self, codes: Whole) -> tuple[Mask, Mask]:
        """Which of these lines name something taken, and in which something was not recognised."""
        self._learn()
        kinds = self._is[codes]
        return kinds & 1 > 0, kinds & 2 > 0

    def unread(self, codes: Whole, times: Any, rows: Whole, others: dict[int, tuple[str, ...]]) -> Counter[str]:
        """Of how many regimens each piece was not recognised in these lines, in the order of the first ones.

        times: by what the amounts of each line are multiplied. rows: of which regimen each line is, by number, rising.
        others: more pieces, by regimen, behind those of lines.
        """
        self._learn()
        many = self._ends[codes + 1] - self._ends[codes]
        places = np.repeat(self._ends[codes] - (np.cumsum(many) - many), many) + np.arange(int(many.sum()))
        added = [(row, self._piece(text)) for row, texts in others.items() for text in texts]
        whose = np.concatenate([np.repeat(rows, many), [row for row, _ in added]]).astype(np.int64)
        pieces = self._pieces[places]
        own = np.flatnonzero(times > 1)
        pieces[(np.cumsum(many) - many)[own]] = self._lines_by_number(codes[own], times[own])
        pieces = np.concatenate([pieces, [piece for _, piece in added]]).astype(np.int64)
        order = np.argsort(whose, kind="stable")
        _, first = np.unique(whose[order] << 32 | pieces[order], return_index=True)  # a piece counts once a regimen
        told = pieces[order][np.sort(first)]
        begin, every = np.zeros(len(self._texts), np.int64), np.arange(len(told))
        begin[told[::-1]] = every[::-1]
        numbers = told[begin[told] == every]
        pairs = zip(numbers.tolist(), np.bincount(told)[numbers].tolist(), strict=True)
        return Counter({self._texts[number]: count for number, count in pairs})

    def _lines_by_number(self, codes: Whole, times: Any) -> Any:
        """Lines of unusual amounts, each the only piece of itself, by number."""
        pairs, places = np.unique(codes.astype(np.int64) << 32 | times, return_inverse=True)
        at = np.searchsorted(self._own, pairs)
        is_new = self._own[at] != pairs
        if is_new.any():
            new = [(self._lines.like(pair >> 32), pair >> 32, pair & 0xFFFFFFFF) for pair in pairs[is_new].tolist()]
            pieces = [self._piece(like.line(code, hundredths)) for like, code, hundredths in new]
            self._own_pieces = np.insert(self._own_pieces, at[is_new], pieces)
            self._own = np.insert(self._own, at[is_new], pairs[is_new])
            at = np.searchsorted(self._own, pairs)
        return self._own_pieces[at][places]

    def words(self, numbers: Whole) -> list[tuple[str, ...]]:
        """The names of these numbers."""
        return [self._names[number] for number in numbers.tolist()]

    def sequences(self, codes: Whole, rows: Whole, size: int) -> Whole:
        """By regimen, the number of its sequence. rows: of which regimen each line is, by number, rising."""
        if len(self._own) > _MOST:
            self.forget()
        self._learn()
        if len(self._sequences) > _MOST:
            self._forget_sequences()
        named = self._by_line[codes]
        some = np.flatnonzero(named)
        rows, named = rows[some], named[some]
        found = np.zeros(size, np.int32)
        while len(rows):
            is_next = np.ones(len(rows), bool)  # the next line of each regimen
            np.not_equal(rows[1:], rows[:-1], out=is_next[1:])
            here = rows[is_next]
            pairs, places = np.unique(found[here].astype(np.int64) << 32 | named[is_next], return_inverse=True)
            found[here] = np.array([self._sequence(pair) for pair in pairs.tolist()], np.int32)[places]
            rows, named = rows[~is_next], named[~is_next]
        return found

    def numbers(self, rule: int, sequences: Whole) -> Whole:
        """By regimen with one of these sequences, the number of what this rule, by number, asks for in it."""
        known = self._by_rule.get(rule, np.zeros(0, np.int32))
        if len(known) < len(self._sequences):
            more = np.full(2 * len(self._sequences) - len(known), -1, np.int32)
            known = self._by_rule[rule] = np.concatenate([known, more])
        found: Whole = known[sequences]
        if (found < 0).any():
            for sequence in np.unique(sequences[found < 0]).tolist():
                named = [self._named[kind] for kind in self._sequences[sequence]]
                names = names_of(self._measured[rule], named, self._vocabulary)
                if names not in self._numbers:
                    self._numbers[names] = len(self._names)
                    self._names.append(names)
                known[sequence] = self._numbers[names]
            found = known[sequences]
        return found

    def _sequence(self, pair: int) -> int:
        number = self._longer.get(pair)
        if number is None:
            number = self._longer[pair] = len(self._sequences)
            self._sequences.append((*self._sequences[pair >> 32], pair & 0xFFFFFFFF))
        return number

    def _learn(self) -> None:
        """What the lines name that were read since the last time."""
        told = self._lines.told[len(self._by_line) :]
        if told:
            numbers: list[Any] = [self._kind(tuple(one.named.items())) for one in told]
            self._by_line = np.append(self._by_line, np.array(numbers, np.int32))
            bits = [one.is_item + 2 * bool(one.not_recognised) for one in told]
            self._is = np.append(self._is, np.array(bits, np.int8))
            ends = np.cumsum([len(one.not_recognised) for one in told])
            pieces = [self._piece(piece) for one in told for piece, _ in one.not_recognised]
            self._ends = np.append(self._ends, self._ends[-1] + ends)
            self._pieces = np.append(self._pieces, np.array(pieces, np.int64))

    def _piece(self, text: str) -> int:
        number = self._text_numbers.setdefault(text, len(self._texts))
        if number == len(self._texts):
            self._texts.append(text)
        return number

    def _kind(self, named: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
        number = self._kinds.get(named)
        if number is None:
            is_asked = any(names_of(one, [dict(named)], self._vocabulary) for one in self._measured)
            number = self._kinds[named] = len(self._named) if is_asked else 0
            if is_asked:
                self._named.append(dict(named))
        return number
