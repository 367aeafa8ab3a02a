"""What comes out of one block: findings, results of regimens and rejects as bytes, and what they add to the summary."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Measured, Outcomes, Span
from dosenote.batch.rows import Reject, Rows
from dosenote.rule import ACTIONS, LIMIT, Answer
from dosenote.ruleset import RuleSet

FINDING = ("line", "id", "rule", "answer", "action", "severity", "certainty", "values", "limit")
RESULT = ("line", "id", "answer", "worst", "items", "raised", "left_to_graver", "cannot_tell", "not_recognised")
REJECT = ("line", "id", "column", "value", "reason", "suggestion")
#: So many different texts are counted in a summary, and so many rows of findings remembered as text.
_MOST_TEXTS, _MOST_REMEMBERED = 20_000, 200_000
_IS_ITEM, _IS_NAMED, _IS_UNREAD = 1, 2, 4


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
    _named: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    _flags: list[int] = field(default_factory=list)

    def part(self, rows: Rows, lines: Lines, found: Outcomes) -> Part:
        rejects = [*rows.rejects, *_clashes(rows, found)]
        rejects.sort(key=lambda one: one.line)
        self._flags += [_flags_of(lines, code) for code in range(len(self._flags), len(lines.told))]
        findings, results, counted = self._rows(rows, lines, found)
        counted = counted._replace(
            read=rows.read, rejected=sum(one.rows for one in rejects), findings=len(found.row), missing=found.missing
        )
        return Part(findings.encode(), results.encode(), "".join(map(_reject_row, rejects)).encode(), counted)

    def forget(self) -> None:
        """Forget what was remembered of lines by their numbers."""
        self._named.clear()
        self._flags.clear()

    def _rows(self, rows: Rows, lines: Lines, found: Outcomes) -> tuple[str, str, Counted]:
        head = _csv_head if self.findings_kind == "csv" else _json_head
        printed: list[str] = []
        results: list[str] = []
        answers: Counter[str] = Counter()
        unread: Counter[str] = Counter()
        raised_rules, open_rules = [0] * len(self.checker.measured), [0] * len(self.checker.measured)
        place, end, flags = 0, 0, self._flags
        count_found = len(found.row)
        listed = [bool(one.listed) for one in self.checker.measured]
        for number, count in enumerate(rows.counts):
            codes, end = rows.codes[end : end + count], end + count
            if number in found.clashes:
                continue
            named = [code for code in codes if flags[code] & _IS_NAMED]
            start, raised, worst = place, 0, len(ACTIONS)
            beginning = head(rows.line[number], rows.id[number])
            while place < count_found and found.row[place] == number:
                rule, is_raised = found.rule[place], found.raised[place]
                names = self._names(rule, named, lines) if named and listed[rule] else ()
                key = (rule, is_raised, found.spans[place], names)
                tail = self._tails.get(key)
                if tail is None:
                    tail = self._tail(key)
                printed.append(beginning + tail)
                if is_raised:
                    raised += 1
                    raised_rules[rule] += 1
                    worst = min(worst, ACTIONS.index(self.checker.measured[rule].rule.action))
                else:
                    open_rules[rule] += 1
                place += 1
            told = [piece for code in codes if flags[code] & _IS_UNREAD for piece in lines.told[code].not_recognised]
            unread.update(piece for piece, _ in told)
            items = sum(flags[code] & _IS_ITEM for code in codes)
            is_open = place - start > raised or bool(told) or not items
            answer: Answer = "raised" if raised else "cannot-tell" if is_open else "not-raised"
            action = ACTIONS[worst] if raised else ""
            answers[action or answer] += 1
            if self.results_kind:
                numbers = (items, raised, found.left[number], place - start - raised)
                cells = (rows.line[number], rows.id[number], answer, action, *numbers)
                results.append(self._result(cells, told))
        ids = [one.rule.id for one in self.checker.measured]
        counted = Counted(
            regimens=len(rows.counts) - len(found.clashes),
            left=sum(found.left),
            answers=answers,
            raised=Counter({id: count for id, count in zip(ids, raised_rules, strict=True) if count}),
            open=Counter({id: count for id, count in zip(ids, open_rules, strict=True) if count}),
            unread=unread,
        )
        return "".join(printed), "".join(results), counted

    def _names(self, rule: int, codes: Sequence[int], lines: Lines) -> tuple[str, ...]:
        """What is named in these lines that belongs to the classes a rule asks for."""
        found: tuple[str, ...] = ()
        for code in codes:
            names = self._named.get((rule, code))
            if names is None:
                surely = lines.reader.vocabulary.surely
                told = lines.told[code].named
                names = tuple(
                    f"{name}:{id}"
                    for name, classes in self.checker.measured[rule].listed
                    for id in told.get(name, ())
                    if classes & surely(id)
                )
                self._named[rule, code] = names
            found += names
        return found

    def _tail(self, key: tuple[int, bool, tuple[Span, ...], tuple[str, ...]]) -> str:
        """What a row of findings says of the finding, behind the line and the id."""
        place, is_raised, spans, names = key
        one = self.checker.measured[place]
        answer: Answer = "raised" if is_raised else "cannot-tell"
        rule, limit = one.rule, _limit_words(one, spans, self.checker.ruleset)
        fixed = (rule.id, answer, rule.action, rule.severity, rule.certainty)
        if self.findings_kind == "csv":
            text = _csv_row((*fixed, _values_words(one, spans, names, self.checker.ruleset), limit))
        else:
            values = json.dumps(_values(one, spans, names), separators=(",", ":"))
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
        return json.dumps(row | {"worst": row["worst"] or None}, ensure_ascii=False, separators=(",", ":")) + "\n"


def header(kind: str, names: tuple[str, ...]) -> bytes:
    """What stands at the beginning of a file."""
    return _csv_row(names).encode() if kind == "csv" else b""


def _clashes(rows: Rows, found: Outcomes) -> Iterator[Reject]:
    for number, what in found.clashes.items():
        yield Reject(rows.line[number], rows.id[number], "", "", what, "Give one of them.", rows.rows[number])


def _flags_of(lines: Lines, code: int) -> int:
    told = lines.told[code]
    return told.is_item * _IS_ITEM | bool(told.named) * _IS_NAMED | bool(told.not_recognised) * _IS_UNREAD


# --- cells


def _json_head(line: int, id: str) -> str:
    return f'{{"line":{line},"id":{json.dumps(id, ensure_ascii=False)}'


def _csv_head(line: int, id: str) -> str:
    return _csv_row((line, id))[:-1] + ","


def _csv_row(cells: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not cell[1:2].isdigit():
        return f"'{cell}"
    return cell


def _reject_row(one: Reject) -> str:
    return _csv_row(tuple(_printable(cell) if isinstance(cell, str) else cell for cell in one[: len(REJECT)]))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _number(value: float) -> float | int | None:
    """A number as it is written: 12 figures, and none for no upper bound."""
    if value in (float("inf"), float("-inf")):
        return None
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded


def _values(one: Measured, spans: Sequence[Span], names: tuple[str, ...]) -> dict[str, list[object]]:
    values: dict[str, list[object]] = {
        fact: [_number(bound) for bound in span] for fact, span in zip(one.facts, spans, strict=False)
    }
    for name in names:
        kind, _, id = name.partition(":")
        values.setdefault(kind, []).append(id)
    return {kind: list(dict.fromkeys(ids)) if kind not in one.facts else ids for kind, ids in values.items()}


def _values_words(one: Measured, spans: Sequence[Span], names: tuple[str, ...], ruleset: RuleSet) -> str:
    parts = []
    for name, values in _values(one, spans, names).items():
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


def _limit_words(one: Measured, spans: Sequence[Span], ruleset: RuleSet) -> str:
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
