"""Checking blocks, each by itself or as columns, whichever pays, in as many processes as are wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, Self

from dosenote.batch import csv_rows
from dosenote.batch.jsonl import JsonLines
from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Outcomes, Readings, one_by_one
from dosenote.batch.part import Counted, Part, Printer
from dosenote.batch.rows import Block, Rows
from dosenote.batch.source import Place
from dosenote.products.index import Index
from dosenote.reader import Reader
from dosenote.ruleset import RuleSet, load

if TYPE_CHECKING:
    from dosenote.batch.processes import Other

#: Bytes of a block from which columns pay, and the import of what they need.
_PAYS = 25_000
#: Parts that wait to be written, for each of the other processes.
_BEHIND = 8


class Job(NamedTuple):
    """What is to be done with each block. rules: another folder of rules, or None.

    kind: csv, jsonl or parquet. findings, results: the formats of the outputs; "" for no results.
    """

    rules: Path | None
    jurisdiction: str
    as_of: date
    kind: str
    header: csv_rows.Header | None
    findings: str
    results: str


class Worker:
    """Checks blocks one after the other, and remembers the lines that it has read."""

    def __init__(self, job: Job) -> None:
        ruleset = load(job.rules)
        self.job, self.checker = job, Checker(ruleset, job.jurisdiction)
        self._reader = Reader(ruleset.vocabulary, ruleset.products, Index.open())
        self._ways: dict[bool, _Way] = {}

    @property
    def ruleset(self) -> RuleSet:
        """The rule set that this process has loaded."""
        return self.checker.ruleset

    def part(self, block: Block) -> Part:
        """What a block comes to; the same whichever way it is checked."""
        is_large = len(block.data) >= _PAYS and find_spec("numpy") is not None
        is_large |= self.job.kind == "parquet"
        if is_large not in self._ways:
            self._ways[is_large] = self._columns() if is_large else self._rows()
        way = self._ways[is_large]
        rows = way.read(block)
        part = way.printer.part(rows, way.lines, way.check(rows))
        if way.lines.is_full:
            way.forget()
        return part

    def _rows(self) -> _Way:
        lines = Readings(self._reader, self.job.as_of)
        return self._way(lines, lambda rows: one_by_one(rows, lines, self.checker))

    def _columns(self) -> _Way:
        from dosenote.batch.by_columns import by_columns
        from dosenote.batch.naming import Naming
        from dosenote.batch.pieces import Pieces
        from dosenote.batch.stored import Stored

        lines = Stored(self._reader, self.job.as_of, self.checker.rules)
        naming = Naming(self.checker, lines)
        way = self._way(lines, lambda rows: by_columns(rows, lines, naming, self.checker))
        way.known.append(naming.forget)
        if self.job.kind == "jsonl":
            pieces = Pieces(way.json, lines)
            way.known.append(pieces.forget)
            return way._replace(read=pieces.rows_of)
        if self.job.kind == "parquet":
            from dosenote.batch.parquet import rows_of

            return way._replace(read=lambda block: rows_of(block, lines))
        return way

    def _way(self, lines: Lines, check: Callable[[Rows], Outcomes]) -> _Way:
        json, header = JsonLines(lines), self.job.header
        findings, results = (kind.replace("parquet", "jsonl") for kind in (self.job.findings, self.job.results))
        read = json.rows_of if header is None else lambda block: csv_rows.rows_of(block, lines, header)
        known = [lines.clear, json.forget]
        return _Way(lines, json, Printer(self.checker, findings, results), read, check, known)


class _Way(NamedTuple):
    """One way to check regimens: the lines that were read, the two steps, and how to forget lines by number."""

    lines: Lines
    json: JsonLines
    printer: Printer
    read: Callable[[Block], Rows]
    check: Callable[[Rows], Outcomes]
    known: list[Callable[[], None]]

    def forget(self) -> None:
        """Forget every line: there are too many of them."""
        for forget in self.known:
            forget()


class Checked(Protocol):
    """What a block came to, in this process or in another one."""

    @property
    def counted(self) -> Counted:
        """What is counted of it."""

    def write(self, files: Sequence[BinaryIO]) -> None:
        """Have it written into the outputs, where they stand, and go on behind it."""


class Workers:
    """The processes of a run: this one, and others that check blocks at the same time."""

    def __init__(self, job: Job, jobs: int) -> None:
        """jobs: how many processes, with this one. Raises DosenoteError where the rules cannot be loaded."""
        self.job = job
        self._own = Worker(job)
        self._others: list[Other] = []
        if jobs > 1:
            from dosenote.batch.processes import Other  # what it imports takes long, and one process needs none of it

            self._others = [Other(self._own) for _ in range(jobs - 1)]

    @property
    def own(self) -> Worker:
        """The worker of this process."""
        return self._own

    @property
    def ruleset(self) -> RuleSet:
        """The rule set that is checked against."""
        return self._own.ruleset

    def parts(self, blocks: Iterable[tuple[Block, Place]]) -> Iterator[tuple[Checked, Place]]:
        """The part of each block with the place behind it, in the order of the blocks.

        This process checks blocks, too: those for which no other one is free.
        """
        waiting: deque[tuple[Other | Part, Place]] = deque()
        for block, place in blocks:
            other = next((other for other in self._others if other.is_free()), None)
            if other is not None:
                other.give(block)
            waiting.append((self._own.part(block) if other is None else other, place))
            while waiting and (len(waiting) > _BEHIND * len(self._others) or _is_there(waiting[0][0])):
                yield _taken(*waiting.popleft())
        while waiting:
            yield _taken(*waiting.popleft())

    def settle(self) -> None:
        """Wait until the others have written what they were to write. Raises OSError where there is no room."""
        for other in self._others:
            other.settle()

    def close(self) -> None:
        """End the other processes, whatever they are doing."""
        for other in self._others:
            other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_there(part: Other | Part) -> bool:
    return isinstance(part, Part) or part.has_part()


def _taken(part: Other | Part, place: Place) -> tuple[Checked, Place]:
    return part if isinstance(part, Part) else part.take(), place
