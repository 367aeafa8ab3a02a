"""What comes out of one block: findings, results of regimens and rejects as bytes, and what they add to the summary."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Measured, Outcomes, Result, Saying, Span
from dosenote.batch.rows import Reject, Rows
from dosenote.cells import inert
from dosenote.rule import LIMIT, Answer
from dosenote.ruleset import RuleSet

FINDING = ("line", "id", "rule", "answer", "action", "severity", "certainty", "values", "limit")
RESULT = ("line", "id", "answer", "worst", "items", "raised", "left_to_graver", "cannot_tell", "not_recognised")
#: So many of them, and the first, come before what was not recognised.
_COUNTED = len(RESULT) - 1
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
    """Turns outcomes into rows of one format. kinds: of the findings and of the results, "jsonl" or "csv", or ""."""

    checker: Checker
    findings_kind: str
    results_kind: str
    _texts: dict[Saying, str] = field(default_factory=dict)

    def part(self, rows: Rows, lines: Lines, found: Outcomes) -> Part:
        """The bytes for each output, in the order of the rows, with what is counted of them."""
        rejects = [*rows.rejects, *_clashes(rows, found)]
        rejects.sort(key=lambda one: one.line)
        good = [number for number in range(len(rows.id)) if number not in found.clashes]
        came_to = [found.result[number] for number in good] if found.clashes else found.result
        results, answers, left, unread = b"", Counter[str](), 0, Counter[str]()
        for number, count in Counter(came_to).items():
            one = found.results[number]
            answers[one.worst or one.answer] += count
            left += one.left * count
            for piece in dict.fromkeys(piece for piece, _ in _not_recognised(one, lines)):
                unread[piece] += count
        if self.results_kind:
            heads, texts = (
                _heads(self.results_kind, rows, is_escaped=True),
                [self._result(one, lines) for one in found.results],
            )
            results = _woven(heads, good, texts, came_to)
        heads, texts = _heads(self.findings_kind, rows), list(map(self._saying, found.sayings))
        findings = _woven(heads, found.row, texts, found.said)
        ids = [rule.id for rule in self.checker.rules]
        counted = Counted(
            read=rows.read,
            rejected=sum(one.rows for one in rejects),
            regimens=len(came_to),
            findings=len(found.row),
            left=left,
            answers=answers,
            raised=Counter({ids[rule]: count for rule, count in sorted(found.raised.items())}),
            open=Counter({ids[rule]: count for rule, count in sorted(found.open.items())}),
            missing=found.missing,
            unread=unread,
        )
        return Part(findings, results, "".join(map(_reject_row, rejects)).encode(), counted)

    def _saying(self, said: Saying) -> str:
        """What a row of findings says of the finding, behind the line and the id."""
        known = self._texts.get(said)
        if known is not None:
            return known
        one = self.checker.measured[said.rule]
        answer: Answer = "raised" if said.is_raised else "cannot-tell"
        rule, limit = one.rule, limit_words(one, said.spans, self.checker.ruleset)
        fixed = (rule.id, answer, rule.action, rule.severity, rule.certainty)
        if self.findings_kind == "csv":
            text = _csv_row((*fixed, _values_words(one, said.spans, said.names, self.checker.ruleset), limit))
        else:
            values = json.dumps(values_of(one, said.spans, said.names), separators=(",", ":"))
            parts = zip(FINDING[2:7], fixed, strict=True)
            text = "".join(f',"{name}":{json.dumps(value)}' for name, value in parts)
            text += f',"values":{values},"limit":{json.dumps(limit or None)}}}\n'
        if len(self._texts) >= _MOST_REMEMBERED:
            self._texts.clear()
        self._texts[said] = text
        return text

    def _result(self, one: Result, lines: Lines) -> str:
        """What a row of results says of the regimen, behind the line and the id."""
        pieces = _not_recognised(one, lines)
        if self.results_kind == "csv":
            return _csv_row((*one[: _COUNTED - 2], "; ".join(f"{piece}: {reason}" for piece, reason in pieces)))
        row = dict(zip(RESULT[2:_COUNTED], one, strict=False)) | {
            "worst": one.worst or None,
            "not_recognised": [{"text": piece, "reason": reason} for piece, reason in pieces],
        }
        return f",{json.dumps(row, separators=(',', ':'))[1:]}\n"


def _not_recognised(one: Result, lines: Lines) -> list[tuple[str, str]]:
    """What was not recognised, and the blood values that do not agree, each with the reason."""
    return [*(piece for code in one.unread for piece in lines.told[code].not_recognised), *one.differing]


def _woven(heads: list[str], places: Iterable[int], texts: list[str], others: Iterable[int]) -> bytes:
    """Heads by their places, each with a text by its place behind it."""
    begun = "\n".join(heads).encode().split(b"\n")  # no head has a line end in it
    ended = [text.encode() for text in texts]
    pairs = zip(map(begun.__getitem__, places), map(ended.__getitem__, others), strict=True)
    return b"".join(chain.from_iterable(pairs))


def header(kind: str, names: tuple[str, ...]) -> bytes:
    """What stands at the beginning of a file."""
    return _csv_row(names).encode() if kind == "csv" else b""


def _clashes(rows: Rows, found: Outcomes) -> Iterator[Reject]:
    for number, what in found.clashes.items():
        yield Reject(rows.line[number], rows.id[number], "", "", what, "Give one of them.", rows.rows[number])


# --- cells


def _heads(kind: str, rows: Rows, is_escaped: bool = False) -> list[str]:
    """How the rows of each regimen begin. is_escaped: whether letters beyond ASCII are written as JSON escapes."""
    if kind == "csv":
        return list(map(_csv_head, rows.line, rows.id))
    if not is_escaped and "".join(rows.id).isalnum():
        return [f'{{"line":{line},"id":"{id}"' for line, id in zip(rows.line, rows.id, strict=True)]
    if not is_escaped or all(map(str.isascii, rows.id)):
        return list(map(_json_head, rows.line, rows.id))
    return [f'{{"line":{line},"id":{json.dumps(id)}' for line, id in zip(rows.line, rows.id, strict=True)]


def _json_head(line: int, id: str) -> str:
    return f'{{"line":{line},"id":"{id}"' if id.isalnum() else f'{{"line":{line},"id":{json.dumps(id)}'


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
