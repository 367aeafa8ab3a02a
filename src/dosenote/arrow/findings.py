"""Findings of a record batch → rows that go out, column by column; texts are made once for all rows that have them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from dosenote.batch.by_columns import Findings
from dosenote.batch.outcomes import Checker, Span, names_of
from dosenote.batch.record_batches import Integers, Regimens
from dosenote.batch.record_schema import OUTPUT
from dosenote.batch.sayings import limit_words, values_of
from dosenote.batch.stored import Stored
from dosenote.columns.bits import Mask

_ANSWERS = ("raised", "cannot-tell", "not-raised", "rejected")
_RAISED, _CANNOT_TELL, _NOT_RAISED, _REJECTED = range(4)
#: More texts than this are not remembered.
_MOST = 200_000
#: Combinations of so many numbers are found by a list of them all, which is faster than looking each of them up.
_MOST_LISTED = 1 << 17
#: So much of a piece that was not recognised is repeated: a longer line is refused anyway.
_SHOWN = 2000


class _Extra(NamedTuple):
    """A row about a regimen, by number, and not about a rule."""

    row: int
    answer: int
    text: str | None = None
    reason: str | None = None


class Writer:
    """Makes the rows of record batches, and remembers the texts. It knows lines by their numbers."""

    def __init__(self, checker: Checker, lines: Stored) -> None:
        self.checker, self.lines = checker, lines
        rules = checker.rules
        #: What stands in the columns of a rule; null behind the last, for rows about no rule.
        self._of_rules = [
            pa.array([*column, None], pa.string())
            for column in (
                [rule.id for rule in rules],
                [rule.action for rule in rules],
                [rule.severity for rule in rules],
                [rule.certainty for rule in rules],
            )
        ]
        self._facts = sorted({name for one in checker.measured for name in one.facts})
        self._answers = pa.array(_ANSWERS, pa.string())
        self.forget()

    def forget(self) -> None:
        """Forget what was remembered, of lines and of texts."""
        self._known: dict[tuple[int, tuple[Span, ...], int], tuple[str, str | None]] = {}
        self._is_item = np.zeros(0, bool)
        self._is_unread = np.zeros(0, bool)
        #: What each line names, as a number, 0 for nothing; the numbers; what they are; which rules ask for any of it.
        self.named_by = np.zeros(0, np.int32)
        self._numbers: dict[tuple[tuple[str, tuple[str, ...]], ...], int] = {(): 0}
        self._named: list[dict[str, tuple[str, ...]]] = [{}]
        self.asked = np.zeros((len(self.checker.measured), 1), bool)
        self._forget_sequences()

    def _forget_sequences(self) -> None:
        """Forget sequences of such numbers, each kept as one shorter by its last; and the texts made of them."""
        self._known.clear()
        self._longer: dict[tuple[int, int], int] = {}
        self._sequences: list[tuple[int, ...]] = [()]

    def batch(self, regimens: Regimens, found: Findings) -> Any:
        """The rows of a record batch."""
        self._learn()
        if len(self._sequences) > _MOST:
            self._forget_sequences()
        shown, open_ = found.shown, found.open
        if regimens.rejects:
            shown[:, list(regimens.rejects)] = open_[:, list(regimens.rejects)] = False
        mask = shown | open_
        tails, texts = self._tails(regimens, found, mask)
        has_finding: Mask = np.any(mask, axis=0)
        places = np.flatnonzero(mask.T)  # row by row, and the rules of a row gravest first
        rows, rules = np.divmod(places.astype(np.int32), len(mask))
        extras = sorted(self._extras(regimens, found, has_finding), key=lambda one: one.row)
        behind = np.searchsorted(rows, [one.row for one in extras], "right")
        rows, rules, answers, tails, pieces = (
            np.insert(column, behind, more)
            for column, more in (
                (rows, [one.row for one in extras]),
                (rules, len(mask)),
                (np.where(shown.T.ravel()[places], _RAISED, _CANNOT_TELL), [one.answer for one in extras]),
                (tails.T.ravel()[places], 0),
                (np.zeros(len(rows), np.int32), np.arange(1, len(extras) + 1)),
            )
        )
        values, limits = zip(*texts, strict=True)
        rule, *graded = (_taken(column, rules) for column in self._of_rules)
        columns = [
            _taken(regimens.ids, rows),
            rule,
            _taken(self._answers, answers),
            *graded,
            _taken(values, tails),
            _taken(limits, tails),
            _taken([None, *(one.text for one in extras)], pieces),
            _taken([None, *(one.reason for one in extras)], pieces),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=OUTPUT)

    # --- lines

    def _learn(self) -> None:
        """What the lines read since the last time are."""
        told = self.lines.told[len(self._is_item) :]
        if not told:
            return
        self._is_item = np.append(self._is_item, [one.is_item for one in told])
        self._is_unread = np.append(self._is_unread, [bool(one.not_recognised) for one in told])
        numbers = [self._numbers.setdefault(tuple(one.named.items()), len(self._numbers)) for one in told]
        self.named_by = np.append(self.named_by, np.array(numbers, np.int32))
        new = [dict(named) for named in list(self._numbers)[len(self._named) :]]
        if new:
            self._named += new
            vocabulary = self.lines.reader.vocabulary
            more = [[bool(names_of(one, [named], vocabulary)) for named in new] for one in self.checker.measured]
            self.asked = np.concatenate([self.asked, more], axis=1)

    # --- what findings tell

    def _tails(self, regimens: Regimens, found: Findings, mask: Mask) -> tuple[Integers, list[tuple[str | None, ...]]]:
        """The number of the values and the limit of every finding, each a rule and a row, and what those are.

        The first is for rows about no rule, the second for rules that compare no amount and where nothing is named.
        """
        texts: list[tuple[str | None, ...]] = [(None, None), ("{}", None)]
        tails = np.ones(mask.shape, np.int32)
        named = _Named(self, regimens)
        intervals = found.facts.intervals
        facts = {name: _distinct((intervals[name].low, intervals[name].high))[0] for name in self._facts}
        for place, one in enumerate(self.checker.measured):
            people = np.flatnonzero(mask[place]) if one.facts or one.listed else ()
            if not len(people):
                continue
            sequences = named.sequences(place)
            here = [facts[name][people] for name in one.facts]
            here += [sequences[people]] if sequences is not None else []
            here += found.bounds(place, people)[-1] if one.is_limited else ()
            if not here:
                continue
            numbers, first = _distinct(here)
            tails[place, people] = numbers + len(texts)
            people = people[first]
            bounds = (zip(low.tolist(), high.tolist(), strict=True) for low, high in found.bounds(place, people))
            spans = list(zip(*bounds, strict=True)) or [()] * len(people)
            last = [0] * len(people) if sequences is None else sequences[people].tolist()
            texts += [self._text(place, *key) for key in zip(spans, last, strict=True)]
        return tails, texts

    def sequence(self, before: int, last: int) -> int:
        """The number of a sequence of what lines name, from that of one without its last."""
        number = self._longer.get((before, last))
        if number is None:
            number = self._longer[before, last] = len(self._sequences)
            self._sequences.append((*self._sequences[before], last))
        return number

    def _text(self, place: int, spans: tuple[Span, ...], sequence: int) -> tuple[str, str | None]:
        """The values and the limit of a finding."""
        text = self._known.get((place, spans, sequence))
        if text is None:
            one = self.checker.measured[place]
            vocabulary, lines = (
                self.lines.reader.vocabulary,
                [self._named[number] for number in self._sequences[sequence]],
            )
            names = names_of(one, lines, vocabulary)
            values = json.dumps(values_of(one, spans, names), separators=(",", ":"))
            text = values, limit_words(one, spans, self.checker.ruleset) or None
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[place, spans, sequence] = text
        return text

    # --- rows about no rule

    def _extras(self, regimens: Regimens, found: Findings, has_finding: Mask) -> list[_Extra]:
        """What was not recognised, where nothing is named, where there is nothing else to say, and what is rejected."""
        size = len(regimens.counts)
        rows = np.repeat(np.arange(size), regimens.counts)
        unread = np.flatnonzero(self._is_unread[regimens.codes])
        has_item = np.bincount(rows[self._is_item[regimens.codes]], minlength=size) > 0
        unclear = (column[unread].tolist() for column in (rows, regimens.codes, regimens.times))
        is_bad = found.clashes.copy()
        is_bad[list(regimens.rejects)] = True
        is_silent = has_item & ~has_finding
        is_silent[rows[unread]] = False
        extras = [
            _Extra(row, _CANNOT_TELL, piece[:_SHOWN], reason)
            for row, code, times in zip(*unclear, strict=True)
            if not is_bad[row]
            for piece, reason in self.lines.not_recognised(code, int(times))
        ]
        ends = np.cumsum(regimens.counts)
        for row in found.differing[~is_bad[found.differing]].tolist():
            codes = regimens.codes[ends[row] - regimens.counts[row] : ends[row]].tolist()
            more = [_Extra(row, _CANNOT_TELL, *piece) for piece in self.lines.differing(codes)]
            is_silent[row] &= not more
            extras += more
        for row in np.flatnonzero(~has_item & ~is_bad).tolist():
            extras.append(_Extra(row, _CANNOT_TELL, None, "nothing is named that is taken"))
        extras += [_Extra(row, _NOT_RAISED) for row in np.flatnonzero(is_silent & ~is_bad).tolist()]
        extras += [
            _Extra(row, _REJECTED, one.text or None, f"{one.column}: {one.reason}")
            for row, one in regimens.rejects.items()
        ]
        for row in np.flatnonzero(found.clashes).tolist():
            codes = regimens.codes[ends[row] - regimens.counts[row] : ends[row]].tolist()
            extras.append(_Extra(row, _REJECTED, None, f"{self.lines.clash(codes)}. Give one of them."))
        return extras


class _Named:
    """What the lines of a batch name that rules ask for: in which row, and the number of it."""

    def __init__(self, writer: Writer, regimens: Regimens) -> None:
        self._writer, self._size = writer, len(regimens.counts)
        named = writer.named_by[regimens.codes]
        some = np.flatnonzero(np.any(writer.asked, axis=0)[named])
        self._rows = np.repeat(np.arange(self._size), regimens.counts)[some]
        self._named = named[some]
        self._known: dict[bytes, Integers | None] = {}

    def sequences(self, place: int) -> Integers | None:
        """By row, the number of the sequence of what its lines name that this rule asks for; None where none does."""
        asked = self._writer.asked[place]
        key = asked.tobytes()  # many rules ask for the same
        if key not in self._known:
            here = asked[self._named]
            self._known[key] = self._sequences(self._rows[here], self._named[here]) if here.any() else None
        return self._known[key]

    def _sequences(self, rows: Integers, named: Integers) -> Integers:
        found = np.zeros(self._size, np.int32)
        while len(rows):
            is_next = np.ones(len(rows), bool)  # the next of each row
            np.not_equal(rows[1:], rows[:-1], out=is_next[1:])
            at, last = rows[is_next], named[is_next]
            numbers, first = _distinct([found[at], last])
            pairs = zip(found[at[first]].tolist(), last[first].tolist(), strict=True)
            found[at] = np.array([self._writer.sequence(*pair) for pair in pairs], np.int32)[numbers]
            rows, named = rows[~is_next], named[~is_next]
        return found


def _distinct(arrays: Iterable[Any]) -> tuple[Integers, Integers]:
    """The number of the combination that stands at every place of these arrays, from 0, and one place of each.

    Arrays of whole numbers hold small ones, from 0.
    """
    numbers, many = None, 1
    for array in arrays:
        places, more = (array, int(array.max(initial=0)) + 1) if array.dtype.kind == "i" else _hashed(array)
        pairs = places if numbers is None else numbers * more + places
        numbers, many = _renumbered(pairs, many * more)
    assert numbers is not None
    first = np.empty(many, np.int64)
    first[numbers] = np.arange(len(numbers))
    return numbers, first


def _renumbered(numbers: Any, most: int) -> tuple[Any, int]:
    """Numbers below `most` by smaller ones, from 0 and without gaps, and how many there are."""
    if most > _MOST_LISTED:
        return _hashed(numbers)
    places = np.zeros(most, np.int64)
    places[numbers] = 1
    there = np.flatnonzero(places)
    places[there] = np.arange(len(there))
    return places[numbers], len(there)


def _hashed(array: Any) -> tuple[Any, int]:
    encoded = pa.array(array).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)


def _taken(texts: Any, places: Integers) -> Any:
    return pa.array(texts, pa.string()).take(pa.array(places))
