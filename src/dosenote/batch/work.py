"""Checking blocks: each by itself or as columns, whichever pays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from dosenote.batch import csv_rows
from dosenote.batch.jsonl import JsonLines
from dosenote.batch.lines import Lines
from dosenote.batch.outcomes import Checker, Outcomes, Readings, one_by_one
from dosenote.batch.part import Part, Printer
from dosenote.batch.rows import Block, Rows
from dosenote.batch.source import Place
from dosenote.products.index import Index
from dosenote.reader import Reader
from dosenote.ruleset import RuleSet, load

#: Bytes of a block from which columns pay, and the import of what they need.
_PAYS = 25_000


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


def parts(job: Job, blocks: Iterable[tuple[Block, Place]], jobs: int, own: Worker) -> Iterator[tuple[Part, Place]]:
    """The part of each block with the place behind it, in the order of the blocks. own: the worker of this process."""
    if jobs > 1:
        from dosenote.batch.processes import parts_of  # what it imports takes long, and a small file needs none of it

        yield from parts_of(job, blocks, jobs, own)
        return
    for block, place in blocks:
        yield own.part(block), place
