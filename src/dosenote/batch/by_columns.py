"""The findings of a block of regimens as columns: the same as one by one, for many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dosenote.batch.naming import Naming
from dosenote.batch.outcomes import Checker, Group, Outcomes, result_of
from dosenote.batch.rows import Rows
from dosenote.batch.stored import Stored
from dosenote.columns import Chunk, differing, facts_of_chunk
from dosenote.engine import applies, evaluate
from dosenote.facts import Facts
from dosenote.questions import is_unknown
from dosenote.rule import ACTIONS, Rule

#: Regimens of one chunk at most: the work for a rule is then mostly that of its columns, and their numbers fit 16 bits.
CHUNK = 1 << 15


def by_columns(rows: Rows, lines: Stored, naming: Naming, checker: Checker) -> Outcomes:
    """The findings of a block, chunk by chunk."""
    found = Outcomes()
    codes, counts, times = rows.packed or Chunk(
        np.array(rows.codes, np.int32), np.array(rows.counts, np.int32), np.array(rows.times, np.float64)
    )
    ends = np.concatenate([[0], np.cumsum(counts)])
    parts = [(np.zeros(0, np.int32), np.zeros(0, np.int32))]
    for first in range(0, len(counts), CHUNK):
        last = min(first + CHUNK, len(counts))
        here = slice(ends[first], ends[last])
        chunk = Chunk(codes[here], counts[first:last], None if times is None else times[here])
        parts.append(_Noting(chunk, lines, naming, checker).note(found, first))
    found.row, found.said = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    for number in found.clashes:
        found.clashes[number] = lines.clash(codes[ends[number] : ends[number + 1]].tolist())
    return found


class Findings:
    """The findings of one chunk, each a row of its rule and a column of its regimen.

    raised, open: what a rule answers, nothing where the regimen contradicts itself (clashes). shown: what is raised
    and not left to a graver rule. differing: the regimens in which blood values of one test differ, by number.
    """

    def __init__(self, chunk: Chunk, lines: Stored, checker: Checker) -> None:
        self.size, self.checker = len(chunk.counts), checker
        self.facts, self.clashes = facts_of_chunk(chunk, lines.store)
        self.differing = differing(chunk, lines.store)
        findings = evaluate(checker.rules, self.facts)
        self.raised = np.empty((len(findings), self.size), bool)
        self.open = np.empty((len(findings), self.size), bool)
        for place, finding in enumerate(findings):
            self.raised[place], self.open[place] = finding.outcome.is_true, finding.outcome.is_unknown
        if self.clashes.any():
            self.raised[:, self.clashes] = self.open[:, self.clashes] = False
        self.shown = self.raised.copy()
        for place, covers in enumerate(checker.covers):
            for other in covers:
                self.shown[other] &= ~self.raised[place]

    def bounds(self, place: int, people: Any) -> list[tuple[Any, Any]]:
        """What a rule, by number, compares for these people: its amounts, each lowest and highest, the limit last."""
        one = self.checker.measured[place]
        intervals = (self.facts.intervals[name] for name in one.facts)
        bounds = [(interval.low[people], interval.high[people]) for interval in intervals]
        return [*bounds, _limits(one.rule, self.facts, people)] if one.is_limited else bounds


class _Noting(Findings):
    """The findings of one chunk, and what they say."""

    def __init__(self, chunk: Chunk, lines: Stored, naming: Naming, checker: Checker) -> None:
        super().__init__(chunk, lines, checker)
        self._codes, self._naming, self._lines = chunk.codes, naming, lines
        self._times = np.ones(len(chunk.codes)) if chunk.times is None else chunk.times
        self._rows = np.repeat(np.arange(self.size, dtype=np.int32), chunk.counts)
        self._sequences = naming.sequences(self._codes, self._rows, self.size)
        self._sayings = 0

    def note(self, found: Outcomes, first: int) -> tuple[Any, Any]:
        """Add them to what was found so far, and return the number of the regimen and of what is said, of each.

        first: the number of the first regimen of the chunk.
        """
        self._sayings = sum(group.size for group in found.sayings)
        for number in np.flatnonzero(self.clashes).tolist():
            found.clashes[first + number] = ""
        self._missing(found)
        rows, said = [np.zeros(0, np.uint16)], [np.zeros(0, np.int32)]
        worst, raised, open_ = (np.full(self.size, value, np.int64) for value in (len(ACTIONS), 0, 0))
        for place in np.flatnonzero(self.shown.any(axis=1) | self.open.any(axis=1)).tolist():
            action = ACTIONS.index(self.checker.rules[place].action)
            for is_raised, mask in ((True, self.shown[place]), (False, self.open[place])):
                people = np.flatnonzero(mask)
                if not len(people):
                    continue
                rows.append(people.astype(np.uint16))
                said.append(self._said(place, is_raised, people, found).astype(np.int32))
                if is_raised:
                    found.raised[place] += len(people)
                    raised[people] += 1
                    worst[people] = np.minimum(worst[people], action)
                else:
                    found.open[place] += len(people)
                    open_[people] += 1
        every = np.concatenate(rows)
        order = np.argsort(every, kind="stable")  # of numbers so small, sorting is counting
        self._results(worst, raised, open_, found, first)
        return every[order].astype(np.int32) + np.int32(first), np.concatenate(said)[order]

    def _said(self, place: int, is_raised: bool, people: Any, found: Outcomes) -> Any:
        """By regimen of these, what a rule says of it, by number; add what is said to what was found."""
        one, begin = self.checker.measured[place], self._sayings
        bounds = self.bounds(place, people) if one.facts else []
        columns = [column for low, high in bounds for column in ([low] if np.array_equal(low, high) else [low, high])]
        if one.listed:
            columns.append(self._naming.numbers(place, self._sequences[people]))
        numbers, first = _distinct(columns, len(people))
        names = self._naming.words(columns[-1][first]) if one.listed else ()
        spans = [(low[first].tolist(), high[first].tolist()) for low, high in bounds]
        found.sayings.append(Group(place, is_raised, len(first), spans, names))
        self._sayings += len(first)
        return numbers + begin

    def _results(self, worst: Any, raised: Any, open_: Any, found: Outcomes, first: int) -> None:
        """What each regimen comes to. first: the number of the first of them."""
        is_item, is_unread = self._naming.kinds(self._codes)
        left = np.zeros(self.size, np.int64)
        for place in {other for covers in self.checker.covers for other in covers}:
            left += self.raised[place] & ~self.shown[place]
        is_told = is_unread & ~self.clashes[self._rows]
        whose, unread, times = self._rows[is_told], self._codes[is_told], self._times[is_told].astype(np.int64)
        found.unread += zip((whose + first).tolist(), unread.tolist(), times.tolist(), strict=True)
        unclear = np.bincount(self._rows[is_unread], minlength=self.size) > 0
        others: dict[int, tuple[str, ...]] = {}
        rows = self.differing[~self.clashes[self.differing]]
        places = np.searchsorted(self._rows, [rows, rows + 1])
        for row, begin, end in zip(rows.tolist(), *places.tolist(), strict=True):
            told = self._lines.differing(self._codes[begin:end].tolist())
            if told:
                found.differing[first + row] = told
                others[row] = tuple(piece for piece, _ in told)
                unclear[row] = True
        found.pieces.update(self._naming.unread(unread, times, whose, others))
        columns = worst, np.bincount(self._rows[is_item], minlength=self.size), raised, left, open_, unclear
        numbers, places = _distinct([_packed(columns)], self.size)
        found.result += (numbers + len(found.results)).tolist()
        kinds = zip(*(column[places].tolist() for column in columns), strict=True)
        found.results += [result_of((*ACTIONS, "")[action], many, is_unclear) for action, *many, is_unclear in kinds]

    def _missing(self, found: Outcomes) -> None:
        missing: dict[str, Any] = {}
        for place, rule in enumerate(self.checker.rules):
            open_ = self.open[place]
            if open_.any():
                for name in rule.atoms():
                    here = open_ & is_unknown(name, self.facts)
                    missing[name] = here | missing[name] if name in missing else here
        found.missing.update({name: count for name, rows in missing.items() if (count := int(rows.sum()))})


def _distinct(columns: Sequence[Any], size: int) -> tuple[Any, Any]:
    """The number of the combination that stands in every row of these columns, from 0, and one row of each."""
    numbers, many = np.zeros(size, np.int64), 1
    for column in columns:
        kinds, places = np.unique(column, return_inverse=True)
        pairs = numbers * len(kinds) + places
        if many == 1:
            numbers, many = pairs, len(kinds)
        else:
            found, numbers = np.unique(pairs, return_inverse=True)
            many = len(found)
    first = np.zeros(many, np.int64)
    first[numbers] = np.arange(size)
    return numbers, first


def _packed(columns: Sequence[Any]) -> Any:
    """Columns of whole numbers from 0, all of them small, as one."""
    packed = columns[0]
    for column in columns[1:]:
        packed = packed * (int(column.max(initial=0)) + 1) + column
    return packed


def _limits(rule: Rule, facts: Facts, people: Any) -> tuple[Any, Any]:
    """The lowest and the highest limit that may apply to each of these people."""
    low, high = np.full(len(people), np.inf), np.full(len(people), -np.inf)
    for limit in rule.limits:
        may = ~np.broadcast_to(applies(limit, facts).is_false, facts.intervals["age"].low.shape)[people]
        low[may], high[may] = np.minimum(low[may], limit.number), np.maximum(high[may], limit.number)
    return low, high
