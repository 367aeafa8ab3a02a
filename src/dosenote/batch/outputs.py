"""Texts written into an output where it stands, so that the system brings them to the disk meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO


def write(file: BinaryIO, pieces: Iterable[bytes]) -> None:
    """Write pieces one behind the other. Raises OSError where there is no room."""
    begin = file.tell()
    file.writelines(pieces)
    if hasattr(os, "posix_fadvise"):  # what is not on the disk yet cannot be given up, and is first sent there
        os.posix_fadvise(file.fileno(), begin, file.tell() - begin, os.POSIX_FADV_DONTNEED)


def write_at(paths: Sequence[Path], offsets: Sequence[int], texts: Sequence[Iterable[bytes]]) -> None:
    """Write into files that are there, into each from a place on, which may be behind its end. Raises OSError."""
    for path, offset, pieces in zip(paths, offsets, texts, strict=True):
        number = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "r+b") as file:
            file.seek(offset)
            write(file, pieces)
