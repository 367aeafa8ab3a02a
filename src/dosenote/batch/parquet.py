"""Parquet in and out: rows of a file as record batches, and finished outputs as Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dosenote.batch.record_batches import regimens_of
from dosenote.batch.record_schema import INPUT, check_schema
from dosenote.batch.rows import Block, Rows
from dosenote.batch.stored import Stored
from dosenote.columns import Chunk
from dosenote.errors import DosenoteError

#: Rows of one block, and at least of one group of rows in an output but the last.
_ROWS, _GROUP = 16_384, 100_000
#: Bytes of output that are turned into columns at once: little memory.
_PIECE = 4_000_000
_WORD = pa.dictionary(pa.int32(), pa.string())
_PIECES = pa.list_(pa.struct([("text", pa.string()), ("reason", pa.string())]))
_KINDS = {"line": pa.int64(), "id": pa.string(), "values": pa.string(), "not_recognised": _PIECES} | dict.fromkeys(
    ("items", "raised", "left_to_graver", "cannot_tell"), pa.int32()
)
#: What reading a broken file raises; names of columns may not be UTF-8.
_BROKEN = (OSError, pa.ArrowException, UnicodeDecodeError)


def unused_columns(path: Path) -> tuple[str, ...]:
    """The columns that mean nothing here; none where the file cannot be read, which is said when its rows are."""
    try:
        with pq.ParquetFile(path) as file:
            return tuple(name for name in file.schema_arrow.names if name not in INPUT.names)
    except _BROKEN:
        return ()


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
    except _BROKEN as error:
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
    for number, wrong in sorted(regimens.rejects.items()):
        rows.reject(block.first + number, wrong.column, wrong.text, wrong.reason, id=ids[number] or "")
    good = [number for number in range(len(ids)) if number not in regimens.rejects]
    rows.line = [block.first + number for number in good]
    rows.id = [ids[number] for number in good]
    rows.rows = [1] * len(good)
    rows.packed = Chunk(regimens.codes, regimens.counts[good], regimens.times)  # a reject has no lines
    return rows


def write(lines: Path, path: Path, names: Sequence[str]) -> None:
    """JSON lines with these columns, the line and the id first, as Parquet. values: the JSON object as text."""
    schema = pa.schema([(name, _KINDS.get(name, _WORD)) for name in names])
    with lines.open("rb") as source, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        group = [schema.empty_table()]
        while data := source.read(_PIECE):
            group.append(_table(data + source.readline(), schema))
            if sum(table.num_rows for table in group) >= _GROUP:
                writer.write_table(pa.concat_tables(group).unify_dictionaries())
                group.clear()
        if group:
            writer.write_table(pa.concat_tables(group).unify_dictionaries())


def _table(data: bytes, schema: Any) -> Any:
    """Complete lines. What stands behind the line and the id is the same in many of them, and decoded once."""
    texts = pc.split_pattern(pa.array([data.removesuffix(b"\n")], pa.large_binary()), b"\n").flatten()
    heads, tails = _cut(texts, f'","{schema.names[2]}":')
    lines, ids = _cut(heads, ',"id":"')
    _, numbers = _cut(lines, '{"line":')
    encoded = tails.dictionary_encode()
    mark = f'{{"{schema.names[2]}":'.encode()
    kinds = [msgspec.json.decode(mark + tail) for tail in encoded.dictionary.to_pylist()]
    columns = [numbers.cast(pa.string()).cast(pa.int64()), _strings(ids)]
    for field in list(schema)[2:]:
        values = [kind[field.name] for kind in kinds]
        if field.name == "values":
            values = [json.dumps(value, separators=(",", ":")) for value in values]
        columns.append(pa.array(values, field.type).take(encoded.indices))
    return pa.Table.from_arrays(columns, schema=schema)


def _cut(texts: Any, mark: str) -> tuple[Any, Any]:
    """What stands before the first of these marks, and behind it; every text has one."""
    pieces = pc.split_pattern(texts, mark.encode(), max_splits=1)
    return pc.list_element(pieces, 0), pc.list_element(pieces, 1)


def _strings(texts: Any) -> Any:
    """Strings of JSON, without their quotes, as what they say."""
    if pc.any(pc.match_substring(texts, "\\")).as_py():
        return pa.array([msgspec.json.decode(b'"%b"' % text) for text in texts.to_pylist()], pa.string())
    return texts.cast(pa.string())
