"""SAS transport files, version 5, as US agencies publish them.

The format is one page long (a header, a record of 140 bytes a variable, rows of fixed width), and the libraries that
read it bring pandas with them; so it is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dosenote.errors import DosenoteError, nearest

#: How these files begin, of whatever version.
XPT_START = b"HEADER RECORD*******LIB"
_RECORD = 80
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_VARIABLES = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_ROWS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_HINT = "Only SAS transport files of version 5, with one table, are read."


class _Variable(NamedTuple):
    name: str
    is_number: bool
    start: int
    length: int


def xpt_rows(content: bytes, columns: tuple[str, ...], name: str) -> tuple[int, Iterator[dict[str, str]]]:
    """How many rows there are, and the rows: these columns as text, "" where a cell is missing.

    Raises DosenoteError where it is another kind of file, or a column is not there.
    """
    variables, start = _header(content, name)
    wanted = [variables[place] for place in columns_of([one.name for one in variables], columns, name)]
    width = sum(one.length for one in variables)
    count = (len(content) - start) // width
    padding = b" " * width

    def rows() -> Iterator[dict[str, str]]:
        for number in range(count):
            row = content[start + number * width : start + (number + 1) * width]
            if row != padding:  # the last record of 80 bytes is filled with spaces
                yield {one.name: _cell(row[one.start : one.start + one.length], one.is_number) for one in wanted}

    return count, rows()


def _header(content: bytes, name: str) -> tuple[list[_Variable], int]:
    """The variables, and where the rows begin."""
    member, variables, rows = (content.find(mark) for mark in (_MEMBER, _VARIABLES, _ROWS))
    if min(member, variables, rows) < 0 or content.find(_MEMBER, member + 1) >= 0:
        raise DosenoteError("this SAS file cannot be read", name, _HINT)
    size = content[member + 74 : member + 78]
    count = content[variables + 54 : variables + 58]
    if not (size.isdigit() and count.isdigit()) or variables + _RECORD + int(size) * int(count) > rows:
        raise DosenoteError("the header of this SAS file is broken", name, _HINT)
    found = []
    for number in range(int(count)):
        one = content[variables + _RECORD + number * int(size) :][: int(size)]
        found.append(
            _Variable(
                name=one[8:16].decode("ascii", "replace").strip(),
                is_number=int.from_bytes(one[0:2], "big") == 1,
                start=int.from_bytes(one[84:88], "big"),
                length=int.from_bytes(one[4:6], "big"),
            )
        )
    ends = [one.start + one.length for one in found]
    if not found or any(one.length == 0 for one in found) or max(ends) != sum(one.length for one in found):
        raise DosenoteError("the header of this SAS file is broken", name, _HINT)
    return found, rows + _RECORD


def _cell(cell: bytes, is_number: bool) -> str:
    if not is_number:
        return as_text(cell).rstrip()
    value = _ibm_number(cell)
    return "" if value is None else repr(value).removesuffix(".0")


def _ibm_number(cell: bytes) -> float | None:
    """A number of the IBM mainframe: sign, exponent of 16, fraction; None where it is one of SAS's missing values."""
    padded = cell.ljust(8, b"\0")
    first, fraction = padded[0], int.from_bytes(padded[1:], "big")
    if not fraction:
        return 0.0 if first == 0 else None
    value = fraction / 2.0**56 * 16.0 ** ((first & 0x7F) - 64)
    return -value if first & 0x80 else value


def as_text(content: bytes) -> str:
    """Text that is not UTF-8 is read as Windows Latin-1, as it is published."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def columns_of(header: list[str], columns: tuple[str, ...], name: str) -> list[int]:
    """Where the columns stand; raises DosenoteError where one is missing."""
    for column in columns:
        if column not in header:
            raise DosenoteError(
                f"there is no column {column}.{nearest(column, header)}",
                name,
                "Give the tables as they are published, the products (DSPI) before their ingredients (DSII).",
            )
    return [header.index(column) for column in columns]
