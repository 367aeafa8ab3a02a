"""What comes out of one block: findings, results of regimens and rejects as bytes, and what they add to the summary."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from operator import itemgetter
from typing import BinaryIO, NamedTuple

from dosenote.batch import outputs
from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Group, Outcomes, Places, Result, Span
from dosenote.batch.rows import Reject, Rows
from dosenote.batch.sayings import Sayings, limit_words, values_words
from dosenote.cells import inert
from dosenote.rule import Answer, Rule

FINDING = ("line", "id", "rule", "answer", "action", "severity", "certainty", "values", "limit")
RESULT = ("line", "id", "answer", "worst", "items", "raised", "left_to_graver", "cannot_tell", "not_recognised")
REJECT = ("line", "id", "column", "value", "reason", "suggestion")
#: A number with its sign: no formula.
_PLAIN = re.compile(r"[+-]\d+(?:[.,]\d+)?")
#: So many different texts are counted in a summary, and so many rows of findings remembered as text.
_MOST_TEXTS, _MOST_REMEMBERED = 20_000, 100_000
#: So many findings are put together and written at once: what they take stays in the cache.
_PIECE = 1_000


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
    """What one block comes to. findings: one piece after the other, made when it is asked for: they may be many.

    results: None where none are wanted.
    """

    findings: Iterable[bytes]
    results: bytes | None
    rejects: bytes
    counted: Counted

    def texts(self) -> list[Iterable[bytes]]:
        """What is to be written, for each output."""
        return [self.findings, *([] if self.results is None else [[self.results]]), [self.rejects]]

    def write(self, files: Sequence[BinaryIO]) -> None:
        """Write it into the outputs, where they stand. Raises OSError."""
        for file, pieces in zip(files, self.texts(), strict=True):
            outputs.write(file, pieces)


class _Saying(NamedTuple):
    """What one finding says: as in Group."""

    rule: int
    is_raised: bool
    spans: tuple[Span, ...]
    names: tuple[str, ...]


@dataclass
class Printer:
    """Turns outcomes into rows of one format. kinds: of the findings and of the results, "jsonl" or "csv", or ""."""

    checker: Checker
    findings_kind: str
    results_kind: str
    _texts: dict[_Saying, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sayings = Sayings(self.checker)

    def part(self, rows: Rows, lines: Lines, found: Outcomes) -> Part:
        """The bytes for each output, in the order of the rows, with what is counted of them."""
        rejects = [*rows.rejects, *_clashes(rows, found)]
        rejects.sort(key=lambda one: one.line)
        good = [number for number in range(len(rows.id)) if number not in found.clashes]
        came_to = [found.result[number] for number in good] if found.clashes else found.result
        answers, left = Counter[str](), 0
        for number, count in Counter(came_to).items():
            one = found.results[number]
            answers[one.worst or one.answer] += count
            left += one.left * count
        results = None
        if self.results_kind:
            unclear = _not_recognised(lines, found)
            heads = _heads(self.results_kind, rows, is_escaped=True)
            texts, said = [self._result(one, ()) for one in found.results], list(came_to)
            for place, number in enumerate(good):
                if number in unclear:
                    said[place] = len(texts)
                    texts.append(self._result(found.results[came_to[place]], unclear[number]))
            results = b"".join(_in_pieces(heads, good, texts, said))
        heads, texts = _heads(self.findings_kind, rows), self._findings(found.sayings)
        findings = _in_pieces(heads, found.row, texts, found.said)
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
            unread=found.pieces,
        )
        return Part(findings, results, "".join(map(_reject_row, rejects)).encode(), counted)

    def _findings(self, groups: Sequence[Group]) -> list[str]:
        """What the rows of findings say of each, behind the line and the id."""
        if self.findings_kind == "csv":
            return [text for group in groups for text in self._csv_findings(group)]
        found: list[str] = []
        for group in groups:
            pairs = zip(FINDING[2:7], _graded(self.checker.rules[group.rule], group.is_raised), strict=True)
            found += self._sayings.told("".join(f',"{name}":{json.dumps(value)}' for name, value in pairs), group)
        return found

    def _csv_findings(self, group: Group) -> Iterator[str]:
        """The same as rows of CSV."""
        one, ruleset = self.checker.measured[group.rule], self.checker.ruleset
        spans = zip(*(zip(*bounds, strict=True) for bounds in group.spans), strict=True)
        named = zip(spans if group.spans else repeat(()), group.names or repeat(()))  # noqa: B905 - one may be endless
        for here, names in islice(named, group.size):
            said = _Saying(group.rule, group.is_raised, here, names)
            known = self._texts.get(said)
            if known is None:
                if len(self._texts) >= _MOST_REMEMBERED:
                    self._texts.clear()
                words = values_words(one, here, names, ruleset), limit_words(one, here, ruleset)
                known = self._texts[said] = _csv_row((*_graded(one.rule, group.is_raised), *words))
            yield known

    def _result(self, one: Result, pieces: Sequence[tuple[str, str]]) -> str:
        """What a row of results says of the regimen, behind the line and the id. pieces: what was not recognised."""
        if self.results_kind == "csv":
            return _csv_row((*one, "; ".join(f"{piece}: {reason}" for piece, reason in pieces)))
        row = dict(zip(RESULT[2:], one, strict=False)) | {
            "worst": one.worst or None,
            "not_recognised": [{"text": piece, "reason": reason} for piece, reason in pieces],
        }
        return f",{json.dumps(row, separators=(',', ':'))[1:]}\n"


def _graded(rule: Rule, is_raised: bool) -> tuple[str, ...]:
    """What stands in the columns of the rule: which it is, what it answers, and how grave that is."""
    answer: Answer = "raised" if is_raised else "cannot-tell"
    return rule.id, answer, rule.action, rule.severity, rule.certainty


def _not_recognised(lines: Lines, found: Outcomes) -> dict[int, Sequence[tuple[str, str]]]:
    """By regimen, what was not recognised in it, and blood values that do not agree, each with the reason."""
    unclear: dict[int, Sequence[tuple[str, str]]] = {}
    for number, code, times in found.unread:
        here, before = lines.not_recognised(code, times), unclear.get(number)
        unclear[number] = here if before is None else (*before, *here)
    if not found.differing:
        return unclear
    every = sorted(unclear.keys() | found.differing.keys())
    return {number: (*unclear.get(number, ()), *found.differing.get(number, ())) for number in every}


def _in_pieces(heads: list[str], places: Places, texts: list[str], others: Places) -> Iterator[bytes]:
    """Heads by their places, each with a text by its place behind it, piece by piece."""
    begun = "\n".join(heads).encode().split(b"\n")  # no head has a line end in it
    ended = [text.encode() for text in texts]
    for first in range(0, len(places), _PIECE):
        here = slice(first, first + _PIECE)
        pieces = [b""] * (2 * len(places[here]))
        pieces[::2], pieces[1::2] = _chosen(begun, places[here]), _chosen(ended, others[here])
        yield b"".join(pieces)


def _chosen(texts: list[bytes], places: Places) -> Sequence[bytes]:
    listed = places if isinstance(places, list) else places.tolist()
    return itemgetter(*listed)(texts) if len(listed) > 1 else [texts[place] for place in listed]


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
