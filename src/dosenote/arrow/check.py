"""The function over record batches, and what a process keeps for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from dosenote.arrow.findings import Writer
from dosenote.batch.by_columns import CHUNK, Findings
from dosenote.batch.outcomes import Checker
from dosenote.batch.record_batches import regimens_of
from dosenote.batch.record_schema import OUTPUT, check_schema
from dosenote.batch.stored import Stored
from dosenote.columns import Chunk
from dosenote.errors import DosenoteError, nearest
from dosenote.products.index import Index
from dosenote.reader import Reader
from dosenote.rule import JURISDICTIONS
from dosenote.ruleset import load


@dataclass(frozen=True)
class BatchChecker:
    """Checks record batches with these options; can be pickled. See `checker`."""

    jurisdiction: str = "us"
    as_of: date | None = None
    rules: Path | None = None
    products: Path | None = None

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Findings of record batches, as record batches of the schema OUTPUT: at least one for each that comes in.

        Raises DosenoteError where a column is missing or of a wrong type.
        """
        for batch in batches:
            check_schema(batch.schema)
            for first in range(0, max(batch.num_rows, 1), CHUNK):
                yield self._checked(batch.slice(first, CHUNK))

    def _checked(self, batch: Any) -> Any:
        free = _free(self)
        try:
            engine = free.pop()
        except IndexError:  # the first of this process, or another thread has the last one
            engine = _Engine(self)
        found = engine.check(batch)
        free.append(engine)  # not reached after an error: what it knows may be half
        return found


def checker(
    jurisdiction: str = "us", *, as_of: date | None = None, rules: Path | str | None = None,
    products: Path | str | None = None,
) -> BatchChecker:  # fmt: skip
    """`check_batches` with options.

    jurisdiction: us, eu, uk or jp. as_of: the day of the check, for lines with dates; without one, what was stopped
    counts as taken, and what was begun as neither new nor old. rules: another folder of rules. products: an index of
    products made by `dosenote products import`; the one in the home folder is never used, as it is not the same
    everywhere. Both paths are read where the check runs, by every process once.

    Raises DosenoteError for another jurisdiction.
    """
    if jurisdiction not in JURISDICTIONS:
        raise DosenoteError(
            f'"{jurisdiction}" is no jurisdiction.{nearest(jurisdiction, JURISDICTIONS)}',
            "jurisdiction",
            f"Known: {', '.join(JURISDICTIONS)}.",
        )
    return BatchChecker(jurisdiction, as_of, Path(rules) if rules else None, Path(products) if products else None)


def check_batches(batches: Iterable[Any]) -> Iterator[Any]:
    """Findings of record batches, as record batches, with our rules for the US and no day of the check.

    Raises DosenoteError where a column is missing or of a wrong type. What goes in and comes out: `dosenote.arrow`.
    """
    return checker()(batches)


class _Engine:
    """The rules, and every line that was read so far: kept by a process, and never part of an answer."""

    def __init__(self, options: BatchChecker) -> None:
        ruleset = load(options.rules)
        index = Index.open(options.products) if options.products else None
        if options.products and index is None:
            raise DosenoteError("there is no product index", str(options.products))
        self.checker = Checker(ruleset, options.jurisdiction)
        reader = Reader(ruleset.vocabulary, ruleset.products, index)
        self.lines = Stored(reader, options.as_of, self.checker.rules)
        self.writer = Writer(self.checker, self.lines)

    def check(self, batch: Any) -> Any:
        """The findings of a record batch of at most CHUNK rows."""
        if not batch.num_rows:
            return pa.RecordBatch.from_pylist([], schema=OUTPUT)
        regimens = regimens_of(batch, self.lines)
        found = Findings(Chunk(regimens.codes, regimens.counts, regimens.times), self.lines, self.checker)
        written = self.writer.batch(regimens, found)
        if self.lines.is_full:
            self.lines.clear()
            self.writer.forget()
        return written


@cache
def _free(_options: BatchChecker) -> deque[_Engine]:
    """The engines of this process for these options that no thread is using now."""
    return deque()
