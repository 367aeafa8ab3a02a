"""What stands in one block of a file: regimens as numbers of lines, and the rows that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dosenote.batch.lines import BadValue, Key, Lines
from dosenote.errors import DosenoteError

if TYPE_CHECKING:
    from dosenote.columns import Chunk


class Stretch(NamedTuple):
    """Where some bytes stand in a file."""

    path: Path
    offset: int
    size: int

    def read(self) -> bytes:
        """The bytes. Raises DosenoteError where they cannot be read, or are there no more."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read(self.size)
        except OSError as error:
            raise DosenoteError(f"it cannot be read: {error.strerror}", str(self.path)) from None
        if len(data) != self.size:
            raise DosenoteError("it changed while it was read", str(self.path), "Start again.")
        return data


class Block(NamedTuple):
    """A stretch of a file that can be checked by itself. first: the number of its first line, from 1.

    seen: ids that came before this stretch and come back in it, in a file of one item a row. stored: where the data
    stand as they are, so that another process need not be sent them; None where they stand nowhere so.
    """

    first: int
    data: bytes
    seen: frozenset[str] = frozenset()
    stored: Stretch | None = None


class Reject(NamedTuple):
    """A row, or a regimen, that could not be used. line: its number, from 1. rows: how many rows of the file it is."""

    line: int
    id: str
    column: str
    value: str
    reason: str
    suggestion: str = ""
    rows: int = 1


@dataclass
class Rows:
    """The regimens of a block.

    line: where each begins. codes: the numbers of all lines; counts: how many each regimen has. times: what the amounts
    of each line are multiplied by. rows: how many rows of the file each is. read: the rows of the block. packed: codes,
    counts and times as a Chunk, where they were read so, and not as lists.
    """

    line: list[int] = field(default_factory=list)
    id: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0
    packed: Chunk | None = None

    def add(self, line: int, id: str, keys: Iterable[tuple[str, Key]], lines: Lines, rows: int = 1) -> None:
        """One regimen, from its columns and what stands in them; a reject where one of them cannot be used."""
        found = []
        for column, key in keys:
            try:
                found.append(lines.numbered(key))
            except BadValue as wrong:
                self.reject(line, wrong.column or column, wrong.value, wrong.reason, wrong.suggestion, id=id, rows=rows)
                return
        self.add_codes(line, id, [code for code, _ in found], rows, [times for _, times in found])

    def add_codes(self, line: int, id: str, codes: list[int], rows: int = 1, times: list[int] | None = None) -> None:
        """Keep a regimen by the codes of its lines, each for itself unless it is `times` the amounts of its kind.

        line: where it begins in the file; rows: how many it took.
        """
        self.line.append(line)
        self.id.append(id)
        self.codes += codes
        self.times += times or [1] * len(codes)
        self.counts.append(len(codes))
        self.rows.append(rows)

    def reject(
        self, line: int, column: str, value: str, reason: str, suggestion: str = "", *, id: str = "", rows: int = 1
    ) -> None:
        """Keep a row, or several, that cannot be used, with the reason and what would help."""
        self.rejects.append(Reject(line, id, column, value, reason, suggestion, rows))
