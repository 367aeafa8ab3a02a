"""A file as blocks that can be checked one by one, from any place in it."""

from __future__ import annotations

import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from dosenote.batch.csv_rows import Header, header_of, id_of
from dosenote.batch.lines import LONGEST
from dosenote.batch.rows import Block, Stretch
from dosenote.errors import DosenoteError

#: Bytes of one block.
SIZE = 6_000_000
#: Bytes from which lines are counted as columns; a block of so many is checked so, too.
_COUNTED = 1_000_000
#: Bytes that are looked at together: what is worked out of them stays in the cache.
_CACHED = 1 << 16
_LINE_END = ord("\n")
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_PACKED = (".gz", ".xz", ".zst")


class Place(NamedTuple):
    """A place between two blocks. offset: bytes before it, unpacked (rows, in Parquet); line: lines before it."""

    offset: int = 0
    line: int = 0


class Source:
    """A file of regimens. path: None for standard input. names: what our columns of a CSV are called in it."""

    def __init__(self, path: Path | None, kind: str, names: Mapping[str, str]) -> None:
        self.path, self.kind, self.names = path, kind, names
        if kind == "parquet" and (path is None or path.suffix.lower() in _PACKED):
            raise DosenoteError("Parquet is read from a file that is not packed", str(path or "standard input"))
        self.raw: BinaryIO = sys.stdin.buffer if path is None else _open(path)
        self._stream = _unpacked(self.raw, path)
        self._start = Place()
        self.header: Header | None = None
        self._unused: tuple[str, ...] = ()
        if kind == "parquet" and path is not None:
            from dosenote.batch.parquet import unused_columns

            self._unused = unused_columns(path)
        if kind == "csv":
            try:
                with _readable(path):
                    first = self._stream.readline(LONGEST)
                self.header = _header(first, names, path)
            except DosenoteError:
                self.close()
                raise
            self._start = Place(len(first), 1)

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns of the file that mean nothing here."""
        return self._unused if self.header is None else self.header.unused

    @property
    def bytes_read(self) -> int:
        """How far the file itself has been read, packed as it is; 0 for what is no file."""
        return self.raw.tell() if self.is_file else 0

    @property
    def is_file(self) -> bool:
        """Whether it can be read again; standard input and a pipe with a name cannot."""
        return self.path is not None and self.path.is_file()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self.path is not None:
            self.raw.close()

    def blocks(self, start: Place) -> Iterator[tuple[Block, Place]]:
        """Blocks from a place on, each with the place behind it."""
        if self.kind == "parquet" and self.path is not None:
            from dosenote.batch.parquet import blocks

            for block, rows in blocks(self.path, start.line):
                yield block, Place(block.first - 1 + rows, block.first - 1 + rows)
            return
        with _readable(self.path):
            yield from self._blocks(start)

    def _blocks(self, start: Place) -> Iterator[tuple[Block, Place]]:
        stream, place = self._stream, self._start
        seen: set[str] = set()
        is_long = self.header is not None and self.header.is_long
        if start.offset > place.offset and not is_long:
            _skip(stream, start.offset - place.offset)
            place = start
        rest, skipped = b"", 0
        while True:
            more, left_out = _read(stream, rest)
            skipped += left_out
            if not rest and not more:
                return
            data, rest, ids = self._cut(rest, more, seen)
            if not data:
                continue
            block = Block(place.line + 1, data, stored=None if skipped else self._stretch(place, data))
            lines = _line_ends(data) + (not data.endswith(b"\n"))
            place = Place(place.offset + len(data) + skipped, place.line + lines)
            skipped = 0
            if is_long:
                block = block._replace(seen=frozenset(ids & seen))
                seen |= ids
            if place.offset > start.offset:
                yield block, place

    def _stretch(self, place: Place, data: bytes) -> Stretch | None:
        """Where the data behind a place stand in a file that is not packed."""
        if self.path is None or self._stream is not self.raw or not self.is_file:
            return None
        return Stretch(self.path, place.offset, len(data))

    def _cut(self, rest: bytes, more: bytes, seen: set[str]) -> tuple[bytes, bytes, set[str]]:
        """What of this data makes whole regimens, nothing when more must be read first; what is left; the ids.

        rest: what was left before. more: what follows it; nothing at the end.
        In a file of one item a row a regimen ends where an id begins that was not there before, unless the line before
        it could not be read: that one may be of either.
        """
        if self.header is None or not self.header.is_long:
            end = more.rfind(b"\n") + 1  # there is none in what was left
            if not more or not end:
                return (b"", rest + more, set()) if more else (rest, b"", set())
            return b"".join((rest, memoryview(more)[:end])), more[end:], set()
        data, is_last = rest + more, not more
        ids: set[str] = set()
        before: set[str] = set()
        end = start = 0
        above: str | None = ""
        while start < len(data):
            stop = data.find(b"\n", start)
            if stop < 0 and not is_last:
                break
            stop = len(data) if stop < 0 else stop
            id = id_of(data[start:stop], self.header) or None
            if id is not None and id not in seen and id not in ids and above and start:
                end, before = start, set(ids)
            if id is not None:
                ids.add(id)
            above, start = id, stop + 1
        return (data, b"", ids) if is_last else (data[:end], data[end:], before)


def _header(line: bytes, names: Mapping[str, str], path: Path | None) -> Header:
    """The columns of a file; the error names the file, too."""
    try:
        return header_of(line, names)
    except DosenoteError as error:
        name = "standard input" if path is None else str(path)
        where = f"{name}:1" if error.where == "line 1" else error.where
        raise DosenoteError(error.what, where, error.hint) from None


def kind_of(path: Path | None, said: str | None) -> str:
    """csv, jsonl or parquet, as it is said or by the name of the file. Raises DosenoteError where neither tells."""
    if said is not None:
        return said
    if path is None:
        raise DosenoteError("what is on standard input: CSV or JSON lines?", hint="Say it with --input-format.")
    suffixes = [suffix for suffix in map(str.lower, path.suffixes) if suffix not in _PACKED]
    found = _SUFFIXES.get(suffixes[-1]) if suffixes else None
    if found is None:
        raise DosenoteError(
            "what kind of file is this?", str(path), "Say it with --input-format csv, jsonl or parquet."
        )
    return found


@contextmanager
def _readable(path: Path | None) -> Iterator[None]:
    """Turns what goes wrong while a file is read into an error with its name."""
    name = "standard input" if path is None else str(path)
    try:
        yield
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile, zlib.error) as error:
        raise DosenoteError(f"the packed file is damaged or ends too early: {error}", name) from None
    except OSError as error:
        raise DosenoteError(f"it cannot be read: {error.strerror or error}", name) from None


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise DosenoteError(f"it cannot be read: {error.strerror}", str(path)) from None


def _unpacked(raw: BinaryIO, path: Path | None) -> BinaryIO:
    suffix = path.suffix.lower() if path is not None else ""
    if suffix == ".gz":
        return cast(BinaryIO, gzip.open(raw))
    if suffix == ".xz":
        return cast(BinaryIO, lzma.open(raw))
    if suffix == ".zst":
        try:
            import zstandard
        except ImportError:
            raise DosenoteError("to read .zst, more is needed", str(path), "pip install 'dosenote[batch]'") from None
        return cast(BinaryIO, io.BufferedReader(_Frames(raw, zstandard), SIZE))
    return raw


class _Frames(io.RawIOBase):
    """Unpacks zstd, frame after frame; a last frame that is cut off is an error, which zstandard's own reader hides."""

    def __init__(self, raw: BinaryIO, zstandard: Any) -> None:
        self._raw, self._zstandard = raw, zstandard
        self._frame: Any = None
        self._packed = b""
        self._data = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._data:
            packed = self._packed or self._raw.read(SIZE // 4)
            if not packed:
                if self._frame is not None:
                    raise EOFError("a frame is not complete")
                return 0
            self._packed = b""
            self._frame = self._frame or self._zstandard.ZstdDecompressor().decompressobj()
            try:
                self._data = self._frame.decompress(packed)
            except self._zstandard.ZstdError as error:
                raise EOFError(str(error)) from None
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        count = min(len(buffer), len(self._data))
        buffer[:count], self._data = self._data[:count], self._data[count:]
        return count


def _read(stream: BinaryIO, rest: bytes) -> tuple[bytes, int]:
    """More of the file; of a line that is far too long only the beginning, and how much of it was left out."""
    more = stream.read(SIZE)
    if b"\n" in more or len(rest) - rest.rfind(b"\n") <= LONGEST:
        return more, 0
    skipped = len(more)
    while more and b"\n" not in more:
        more = stream.read(SIZE)
        skipped += len(more)
    kept = more[more.find(b"\n") :] if b"\n" in more else b""
    return kept, skipped - len(kept)


def _line_ends(data: bytes) -> int:
    """How many lines end in this data."""
    if len(data) < _COUNTED or find_spec("numpy") is None:
        return data.count(b"\n")
    import numpy as np

    signs = np.frombuffer(data, np.uint8)
    pieces = (signs[first : first + _CACHED] for first in range(0, len(signs), _CACHED))
    return sum(int(np.count_nonzero(piece == _LINE_END)) for piece in pieces)


def _skip(stream: BinaryIO, count: int) -> None:
    if stream.seekable():
        stream.seek(count, io.SEEK_CUR)
        return
    while count > 0:
        piece = stream.read(min(count, SIZE))
        if not piece:
            return
        count -= len(piece)
