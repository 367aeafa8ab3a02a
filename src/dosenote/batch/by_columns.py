"""The findings of a block of regimens as columns: the same as one by one, for many."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Outcomes
from dosenote.batch.rows import Rows
from dosenote.columns import Chunk, Store, facts_of_chunk
from dosenote.effects import Effect
from dosenote.engine import applies, evaluate
from dosenote.facts import Facts
from dosenote.questions import is_unknown
from dosenote.reader import Reader
from dosenote.regimen import Reading
from dosenote.rule import Rule

#: Regimens of one chunk: its columns stay in the cache.
CHUNK = 8192


class Stored(Lines):
    """Lines as rows of a store."""

    def __init__(self, reader: Reader, as_of: date | None, rules: list[Rule]) -> None:
        self._rules = rules
        super().__init__(reader, as_of)

    def clear(self) -> None:
        """Forget every line, and what their columns hold."""
        super().clear()
        self.store = Store(self._rules, self.reader.vocabulary)

    def add(self, _reading: Reading, effect: Effect) -> None:
        """Keep what one more line does to the facts, as columns."""
        self.store.add(effect)


def by_columns(rows: Rows, lines: Stored, checker: Checker) -> Outcomes:
    """The findings of a block, chunk by chunk."""
    found = Outcomes()
    codes, counts = np.array(rows.codes, np.int32), np.array(rows.counts, np.int32)
    ends = np.concatenate([[0], np.cumsum(counts)])
    for first in range(0, len(counts), CHUNK):
        last = min(first + CHUNK, len(counts))
        chunk = Chunk(codes[ends[first] : ends[last]], counts[first:last])
        Findings(chunk, lines, checker).note(found, first)
    for number in found.clashes:
        found.clashes[number] = lines.clash(rows.codes[ends[number] : ends[number + 1]])
    return found


class Findings:
    """The findings of one chunk, each a row of its rule and a column of its regimen.

    raised, open: what a rule answers, nothing where the regimen contradicts itself (clashes). shown: what is raised
    and not left to a graver rule.
    """

    def __init__(self, chunk: Chunk, lines: Stored, checker: Checker) -> None:
        self.size, self.checker = len(chunk.counts), checker
        self.facts, self.clashes = facts_of_chunk(chunk, lines.store)
        findings = evaluate(checker.rules, self.facts)
        self.raised = np.empty((len(findings), self.size), bool)
        self.open = np.empty((len(findings), self.size), bool)
        for place, finding in enumerate(findings):
            self.raised[place], self.open[place] = finding.outcome.is_true, finding.outcome.is_unknown
        self.raised[:, self.clashes] = self.open[:, self.clashes] = False
        self.shown = self.raised.copy()
        for place, covers in enumerate(checker.covers):
            for other in covers:
                self.shown[other] &= ~self.raised[place]

    def note(self, found: Outcomes, first: int) -> None:
        """Add them to what was found so far. first: the number of the first regimen of the chunk."""
        for number in np.flatnonzero(self.clashes).tolist():
            found.clashes[first + number] = ""
        self._missing(found)
        found.left += (self.raised.sum(0) - self.shown.sum(0)).tolist()
        rows, rules = np.nonzero((self.shown | self.open).T)
        found.row += (rows + first).tolist()
        found.rule += rules.tolist()
        found.raised += self.shown[rules, rows].tolist()
        found.spans += self._spans(rows, rules)

    def bounds(self, place: int, people: Any) -> list[tuple[Any, Any]]:
        """What a rule, by number, compares for these people: its amounts, each lowest and highest, the limit last."""
        one = self.checker.measured[place]
        intervals = (self.facts.intervals[name] for name in one.facts)
        bounds = [(interval.low[people], interval.high[people]) for interval in intervals]
        return [*bounds, _limits(one.rule, self.facts, people)] if one.is_limited else bounds

    def _missing(self, found: Outcomes) -> None:
        missing: dict[str, Any] = {}
        for place, rule in enumerate(self.checker.rules):
            open_ = self.open[place]
            if open_.any():
                for name in rule.atoms():
                    here = open_ & is_unknown(name, self.facts)
                    missing[name] = here | missing[name] if name in missing else here
        found.missing.update({name: count for name, rows in missing.items() if (count := int(rows.sum()))})

    def _spans(self, rows: Any, rules: Any) -> list[Any]:
        """The amounts of every finding, in the order of the findings."""
        spans: list[Any] = [()] * len(rows)
        order = np.argsort(rules, kind="stable")
        cuts = np.searchsorted(rules[order], np.arange(len(self.checker.measured) + 1))
        for place, one in enumerate(self.checker.measured):
            here = order[cuts[place] : cuts[place + 1]]
            if not one.facts or not len(here):
                continue
            columns = [(low.tolist(), high.tolist()) for low, high in self.bounds(place, rows[here])]
            by_person = zip(*(zip(*pair, strict=True) for pair in columns), strict=True)
            for finding, span in zip(here.tolist(), by_person, strict=True):
                spans[finding] = span
        return spans


def _limits(rule: Rule, facts: Facts, people: Any) -> tuple[Any, Any]:
    """The lowest and the highest limit that may apply to each of these people."""
    low, high = np.full(len(people), np.inf), np.full(len(people), -np.inf)
    for limit in rule.limits:
        may = ~np.broadcast_to(applies(limit, facts).is_false, facts.intervals["age"].low.shape)[people]
        low[may], high[may] = np.minimum(low[may], limit.number), np.maximum(high[may], limit.number)
    return low, high
