"""What comes out of one block: findings, results of regimens and rejects as bytes, and what they add to the summary."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Measured, Outcomes, Span
from dosenote.batch.rows import Reject, Rows
from dosenote.cells import inert
from dosenote.rule import LIMIT, Answer
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Vocabulary

FINDING = ("line", "id", "rule", "answer", "action", "severity", "certainty", "values", "limit")
RESULT = ("line", "id", "answer", "worst", "items", "raised", "left_to_graver", "cannot_tell", "not_recognised")
REJECT = ("line", "id", "column", "value", "reason", "suggestion")
#: A number with its sign: no formula.
_PLAIN = re.compile(r"[+-]\d+(?:[.,]\d+)?")
#: So many different texts are counted in a summary, and so many rows of findings remembered as text.
_MOST_TEXTS, _MOST_REMEMBERED = 20_000, 100_000


class Counted(NamedTuple):
    """Counts that add up over blocks. Each by what it counts.

    answers: regimens, by answer and, where one is raised, by the gravest action. raised, open: regimens, by rule.
    missing: regimens in which a fact would be needed. unread: pieces that were not recognised. others: pieces that
    are not counted one by one.
    """

    read: int = 0
    rejected: int = 0
    regimens: int = 0
    findings: int = 0
    left: int = 0
    answers: Counter[str] = Counter()  # noqa: RUF012 - never written to
    raised: Counter[str] = Counter()  # noqa: RUF012
    open: Counter[str] = Counter()  # noqa: RUF012
    missing: Counter[str] = Counter()  # noqa: RUF012
    unread: Counter[str] = Counter()  # noqa: RUF012
    others: int = 0

    def plus(self, other: Counted) -> Counted:
        """Both together; texts beyond the first many are only counted."""
        unread, others = Counter(self.unread), self.others + other.others
        for text, count in other.unread.items():
            if text in unread or len(unread) < _MOST_TEXTS:
                unread[text] += count
            else:
                others += count
        return Counted(
            self.read + other.read,
            self.rejected + other.rejected,
            self.regimens + other.regimens,
            self.findings + other.findings,
            self.left + other.left,
            self.answers + other.answers,
            self.raised + other.raised,
            self.open + other.open,
            self.missing + other.missing,
            unread,
            others,
        )


class Part(NamedTuple):
    """What one block comes to."""

    findings: bytes
    results: bytes
    rejects: bytes
    counted: Counted


@dataclass
class Printer:
    """Turns outcomes into rows of one format. kinds: of the findings and of the results, "jsonl" or "csv"."""

    checker: Checker
    findings_kind: str
    results_kind: str
    _tails: dict[tuple[int, bool, tuple[Span, ...], tuple[str, ...]], str] = field(default_factory=dict)
    _names: dict[tuple[int, tuple[int, ...]], tuple[str, ...]] = field(default_factory=dict)
    _known: int = 0
    _naming: set[int] = field(default_factory=set)
    _unread: set[int] = field(default_factory=set)
    _items: set[int] = field(default_factory=set)

    def part(self, rows: Rows, lines: Lines, found: Outcomes) -> Part:
        """The bytes for each output, in the order of the rows, with what is counted of them."""
        rejects = [*rows.rejects, *_clashes(rows, found)]
        rejects.sort(key=lambda one: one.line)
        self._sort(lines)
        findings, results, counted = self._rows(rows, lines, found)
        counted = counted._replace(
            read=rows.read, rejected=sum(one.rows for one in rejects), findings=len(found.row), missing=found.missing
        )
        return Part(findings.encode(), results.encode(), "".join(map(_reject_row, rejects)).encode(), counted)

    def forget(self) -> None:
        """Forget what was remembered of lines by their numbers."""
        self._known = 0
        for one in (self._names, self._naming, self._unread, self._items):
            one.clear()

    def _sort(self, lines: Lines) -> None:
        """Which of the lines read since name something, hold something that was not recognised, are items."""
        for code in range(self._known, len(lines.told)):
            told = lines.told[code]
            if told.named:
                self._naming.add(code)
            if told.not_recognised:
                self._unread.add(code)
            if told.is_item:
                self._items.add(code)
        self._known = len(lines.told)

    def _rows(self, rows: Rows, lines: Lines, found: Outcomes) -> tuple[str, str, Counted]:
        ends = list(accumulate(rows.counts, initial=0))
        codes = [rows.codes[start:end] for start, end in pairwise(ends)]
        raised, open_, worst = [0] * len(codes), [0] * len(codes), [""] * len(codes)
        rules = [one.rule for one in self.checker.measured]
        by_rule: list[list[int]] = [[] for _ in rules]
        for place, (number, rule, is_raised) in enumerate(zip(found.row, found.rule, found.raised, strict=True)):
            by_rule[rule].append(place)
            if is_raised:
                worst[number] = worst[number] or rules[rule].action  # they are in order, gravest first
                raised[number] += 1
            else:
                open_[number] += 1
        head = _csv_head if self.findings_kind == "csv" else _json_head
        heads = list(map(head, rows.line, rows.id))
        printed = [""] * (2 * len(found.row))
        printed[::2] = [heads[number] for number in found.row]
        printed[1::2] = self._findings(by_rule, codes, lines, found)
        answers: Counter[str] = Counter()
        unread: Counter[str] = Counter()
        results: list[str] = []
        for number, here in enumerate(codes):
            if number in found.clashes:
                continue
            told: list[tuple[str, str]] = []
            if self._unread and not self._unread.isdisjoint(here):
                told = [piece for code in here for piece in lines.told[code].not_recognised]
                unread.update(list(dict.fromkeys(piece for piece, _ in told)))
            is_open = open_[number] or told or self._items.isdisjoint(here)
            answer: Answer = "raised" if raised[number] else "cannot-tell" if is_open else "not-raised"
            answers[worst[number] or answer] += 1
            if self.results_kind:
                items = sum(code in self._items for code in here)
                numbers = (items, raised[number], found.left[number], open_[number])
                results.append(
                    self._result((rows.line[number], rows.id[number], answer, worst[number], *numbers), told)
                )
        counts = [sum([found.raised[place] for place in places]) for places in by_rule]
        ids = [rule.id for rule in rules]
        counted = Counted(
            regimens=len(codes) - len(found.clashes),
            left=sum(found.left),
            answers=answers,
            raised=Counter({id: count for id, count in zip(ids, counts, strict=True) if count}),
            open=Counter(
                {
                    id: len(places) - count
                    for id, places, count in zip(ids, by_rule, counts, strict=True)
                    if len(places) > count
                }
            ),
            unread=unread,
        )
        return "".join(printed), "".join(results), counted

    def _findings(self, by_rule: list[list[int]], codes: list[list[int]], lines: Lines, found: Outcomes) -> list[str]:
        """What stands behind the line and the id of every finding, in their order."""
        tails = [""] * len(found.row)
        naming: dict[int, tuple[int, ...]] = {}
        raised, spans, known = found.raised, found.spans, self._tails
        for rule, places in enumerate(by_rule):
            is_listed = bool(self.checker.measured[rule].listed)
            names: tuple[str, ...] | None = ()
            for place in places:
                if is_listed:
                    number = found.row[place]
                    here = naming.get(number)
                    if here is None:
                        here = naming[number] = tuple([code for code in codes[number] if code in self._naming])
                    names = self._names.get((rule, here))
                    if names is None:
                        names = self._named(rule, here, lines)
                key = rule, raised[place], spans[place], names or ()
                tails[place] = known[key] if key in known else self._tail(key)
        return tails

    def _named(self, rule: int, codes: tuple[int, ...], lines: Lines) -> tuple[str, ...]:
        """What is named in these lines that belongs to the classes a rule asks for."""
        one, vocabulary = self.checker.measured[rule], lines.reader.vocabulary
        names = tuple(name for code in codes for name in names_of(one, lines.told[code].named, vocabulary))
        if len(self._names) >= _MOST_REMEMBERED:
            self._names.clear()
        self._names[rule, codes] = names
        return names

    def _tail(self, key: tuple[int, bool, tuple[Span, ...], tuple[str, ...]]) -> str:
        """What a row of findings says of the finding, behind the line and the id."""
        place, is_raised, spans, names = key
        one = self.checker.measured[place]
        answer: Answer = "raised" if is_raised else "cannot-tell"
        rule, limit = one.rule, limit_words(one, spans, self.checker.ruleset)
        fixed = (rule.id, answer, rule.action, rule.severity, rule.certainty)
        if self.findings_kind == "csv":
            text = _csv_row((*fixed, _values_words(one, spans, names, self.checker.ruleset), limit))
        else:
            values = json.dumps(values_of(one, spans, names), separators=(",", ":"))
            parts = zip(FINDING[2:7], fixed, strict=True)
            text = "".join(f',"{name}":{json.dumps(value)}' for name, value in parts)
            text += f',"values":{values},"limit":{json.dumps(limit or None)}}}\n'
        if len(self._tails) >= _MOST_REMEMBERED:
            self._tails.clear()
        self._tails[key] = text
        return text

    def _result(self, cells: tuple[object, ...], told: list[tuple[str, str]]) -> str:
        if self.results_kind == "csv":
            return _csv_row((*cells, "; ".join(f"{piece}: {reason}" for piece, reason in told)))
        row = dict(zip(RESULT, cells, strict=False)) | {
            "not_recognised": [{"text": piece, "reason": reason} for piece, reason in told]
        }
        return json.dumps(row | {"worst": row["worst"] or None}, separators=(",", ":")) + "\n"


def header(kind: str, names: tuple[str, ...]) -> bytes:
    """What stands at the beginning of a file."""
    return _csv_row(names).encode() if kind == "csv" else b""


def _clashes(rows: Rows, found: Outcomes) -> Iterator[Reject]:
    for number, what in found.clashes.items():
        yield Reject(rows.line[number], rows.id[number], "", "", what, "Give one of them.", rows.rows[number])


# --- cells


def _json_head(line: int, id: str) -> str:
    quoted = f'"{id}"' if id.isalnum() else json.dumps(id)
    return f'{{"line":{line},"id":{quoted}'


def _csv_head(line: int, id: str) -> str:
    return f"{line},{id}," if id.isalnum() else _csv_row((line, id))[:-1] + ","


def _csv_row(cells: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; a number with its sign is none."""
    return cell if not isinstance(cell, str) or _PLAIN.fullmatch(cell) else inert(cell)


def _reject_row(one: Reject) -> str:
    return _csv_row(one[: len(REJECT)])


def _number(value: float) -> float | int | None:
    """A number as it is written: 12 figures, and none for no upper bound."""
    if value in (float("inf"), float("-inf")):
        return None
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded


def names_of(one: Measured, named: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary) -> tuple[str, ...]:
    """What a line names that belongs to the classes a rule asks for, as "medicines:warfarin"."""
    return tuple(
        f"{name}:{id}" for name, classes in one.listed for id in named.get(name, ()) if classes & vocabulary.surely(id)
    )


def values_of(one: Measured, spans: Sequence[Span], names: tuple[str, ...]) -> dict[str, list[object]]:
    """The amounts of a finding, each lowest and highest, and what is named of the classes that its rule asks for."""
    values: dict[str, list[object]] = {
        fact: [_number(bound) for bound in span] for fact, span in zip(one.facts, spans, strict=False)
    }
    for name in names:
        kind, _, id = name.partition(":")
        values.setdefault(kind, []).append(id)
    return {kind: list(dict.fromkeys(ids)) if kind not in one.facts else ids for kind, ids in values.items()}


def _values_words(one: Measured, spans: Sequence[Span], names: tuple[str, ...], ruleset: RuleSet) -> str:
    parts = []
    for name, values in values_of(one, spans, names).items():
        if name in one.facts:
            parts.append(f"{name}={_span_words(values, ruleset.facts[name].unit)}")
        else:
            parts.append(f"{name}={', '.join(map(str, values))}")
    return "; ".join(parts)


def _span_words(values: Sequence[object], unit: str) -> str:
    low, high = values
    if low == high:
        return f"{low} {unit}".strip()
    return f"at least {low} {unit}".strip() if high is None else f"{low} to {high} {unit}".strip()


def limit_words(one: Measured, spans: Sequence[Span], ruleset: RuleSet) -> str:
    """With what the amounts were compared, as in "vitamin_d.daily above 100 mcg"."""
    parts = []
    for row in one.rule.when:
        if row.fact not in one.facts:
            continue
        unit = ruleset.facts[row.fact].unit
        limits = [
            _span_words([_number(bound) for bound in spans[-1]], unit)
            if test.value == LIMIT
            else f"{_number(test.number)} {unit}".strip()
            for test in row.comparisons
        ]
        words = (f"{test.word.replace('_', ' ')} {limit}" for test, limit in zip(row.comparisons, limits, strict=True))
        parts.append(f"{row.fact} {' and '.join(words)}")
    return "; ".join(parts)
