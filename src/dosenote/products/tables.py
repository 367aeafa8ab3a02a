"""Published tables as rows: CSV and SAS transport files, as they are or packed with gzip or xz."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dosenote.errors import DosenoteError
from dosenote.products.xpt import XPT_START, as_text, columns_of, xpt_rows

#: Bytes of the largest table, unpacked, that is read.
LARGEST = 1_000_000_000
#: What stands in a cell of which nothing is known.
MISSING = ("", "NA", ".")
#: How packed files begin, whatever they are called.
_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ\x00": lzma.open}


def read_bytes(path: Path) -> bytes:
    """A file's content, unpacked where it is packed; raises DosenoteError where it cannot be read or is cut short."""
    try:
        with path.open("rb") as raw:
            start = raw.read(6)
        unpack = next((unpack for mark, unpack in _PACKED.items() if start.startswith(mark)), Path.open)
        with unpack(path, "rb") as file:
            content: bytes = file.read(LARGEST + 1)
    except EOFError:
        raise DosenoteError("the packed file is cut short", str(path), "Download it again.") from None
    except (lzma.LZMAError, gzip.BadGzipFile, zlib.error) as error:
        raise DosenoteError(f"the packed file is broken: {error}", str(path), "Download it again.") from None
    except OSError as error:
        raise DosenoteError(f"cannot be read: {error.strerror}", str(path)) from None
    if len(content) > LARGEST:
        raise DosenoteError(f"more than {LARGEST // 1_000_000:,} MB unpacked", str(path))
    return content


def table_rows(path: Path, columns: tuple[str, ...]) -> tuple[int, Iterator[dict[str, str]]]:
    """About how many rows a table has, and its rows: these columns as text, "" where nothing is known.

    Raises DosenoteError, also while the rows are read, where a column is missing or a row is cut short.
    """
    content = read_bytes(path)
    if content.startswith(XPT_START):
        return xpt_rows(content, columns, str(path))
    return content.count(b"\n"), _csv_rows(content, columns, str(path))


def _csv_rows(content: bytes, columns: tuple[str, ...], name: str) -> Iterator[dict[str, str]]:
    """Cells may hold line breaks in quotes."""
    reader = csv.reader(io.StringIO(as_text(content), newline=""), strict=True)
    try:
        header = next(reader, [])
        places = columns_of(header, columns, name)
        for row in reader:
            if len(row) != len(header):
                what = f"a row of {len(row)} cells where there are {len(header)} columns"
                raise DosenoteError(what, f"{name}:{reader.line_num}", "The file may be cut short; download it again.")
            yield {
                column: "" if row[place] in MISSING else row[place]
                for column, place in zip(columns, places, strict=True)
            }
    except csv.Error as error:
        raise DosenoteError(f"this is not CSV: {error}", f"{name}:{reader.line_num}") from None
