"""Dask: a task for each record batch, in two processes. Exit status 1 where the answer is not the local one."""

from __future__ import annotations

import sys
import time
from typing import Any

import dask
import pyarrow as pa
from made import local_rows, sorted_rows, table

from dosenote.arrow import OUTPUT, check_batches

ROWS, BATCH = 5000, 700


@dask.delayed
def checked(batch: Any) -> Any:
    """What a task does: one batch in, a table of findings out."""
    return pa.Table.from_batches(check_batches([batch]), OUTPUT)


def main() -> int:
    regimens = table(ROWS)
    start = time.perf_counter()
    tasks = [checked(batch) for batch in regimens.to_batches(max_chunksize=BATCH)]
    parts = dask.compute(*tasks, scheduler="processes", num_workers=2)
    took = time.perf_counter() - start
    found = sorted_rows(row for part in parts for row in part.to_pylist())
    is_same = found == local_rows(regimens)
    answer = "the local answer" if is_same else "DIFFERENT"
    sys.stdout.write(f"Dask: {ROWS:,} regimens, {len(found):,} rows, {took:.1f} s: {answer}\n")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
