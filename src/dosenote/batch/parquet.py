"""Parquet in and out: rows of a file as record batches, and finished outputs as Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dosenote.batch.by_columns import Stored
from dosenote.batch.record_batches import regimens_of
from dosenote.batch.record_schema import check_schema
from dosenote.batch.rows import Block, Rows
from dosenote.errors import DosenoteError

#: Rows of one block, and of one group of rows in an output.
_ROWS, _GROUP = 8192, 100_000
_WORD = pa.dictionary(pa.int32(), pa.string())
_PIECES = pa.list_(pa.struct([("text", pa.string()), ("reason", pa.string())]))
_KINDS = {"line": pa.int64(), "id": pa.string(), "values": pa.string(), "not_recognised": _PIECES} | dict.fromkeys(
    ("items", "raised", "left_to_graver", "cannot_tell"), pa.int32()
)


def blocks(path: Path, first: int) -> Iterator[tuple[Block, int]]:
    """Record batches from a row on, each packed so that it can go to another process, with how many rows it has.

    Raises DosenoteError where the file cannot be read, or its columns are others.
    """
    row = 0
    try:
        with pq.ParquetFile(path) as file:
            check_schema(file.schema_arrow)
            for batch in file.iter_batches(_ROWS):
                if row >= first:
                    yield Block(row + 1, _packed(batch)), batch.num_rows
                row += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise DosenoteError(f"it cannot be read as Parquet: {error}", str(path)) from None


def _packed(batch: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def rows_of(block: Block, lines: Stored) -> Rows:
    """The regimens of a block; a row is one regimen."""
    with pa.ipc.open_stream(block.data) as reader:
        batch = reader.read_next_batch()
    regimens = regimens_of(batch, lines)
    rows = Rows(read=batch.num_rows)
    ids = regimens.ids.to_pylist()
    ends = np.concatenate([[0], np.cumsum(regimens.counts)]).tolist()
    codes = regimens.codes.tolist()
    for number, id in enumerate(ids):
        if number in regimens.rejects:
            wrong = regimens.rejects[number]
            rows.reject(block.first + number, wrong.column, wrong.text, wrong.reason, id=id or "")
        else:
            rows.add_codes(block.first + number, id, codes[ends[number] : ends[number + 1]])
    return rows


def write(lines: Path, path: Path, names: Sequence[str]) -> None:
    """JSON lines with these columns as Parquet, a group of rows at a time. values: the JSON object as text."""
    schema = pa.schema([(name, _KINDS.get(name, _WORD)) for name in names])
    with lines.open("rb") as source, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(source):
            if "values" in schema.names:
                for row in group:
                    row["values"] = json.dumps(row["values"], separators=(",", ":"))
            writer.write_table(pa.Table.from_pylist(group, schema))


def _groups(source: Any) -> Iterator[list[dict[str, Any]]]:
    import msgspec

    group = []
    for line in source:
        group.append(msgspec.json.decode(line))
        if len(group) == _GROUP:
            yield group
            group = []
    yield group
