"""Packed tables of products: what cannot be unpacked is told with its file, and never read in part."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from dosenote.errors import DosenoteError
from dosenote.products.tables import read_bytes

TEXT = bytes(range(256)) * 20


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT), lzma.compress(TEXT)], ids=["plain", "gzip", "xz"])
def test_a_file_is_unpacked_whatever_it_is_called(tmp_path: Path, content: bytes) -> None:
    """By how it begins."""
    path = tmp_path / "products.csv"
    path.write_bytes(content)
    assert read_bytes(path) == TEXT


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (gzip.compress(TEXT)[:-20], "is cut short"),
        (lzma.compress(TEXT)[:-20], "is cut short"),
        (gzip.compress(TEXT)[:-8] + bytes(8), "is broken"),
        (lzma.compress(TEXT)[:-8] + bytes(8), "is broken"),
    ],
    ids=["gzip, short", "xz, short", "gzip, spoilt", "xz, spoilt"],
)
def test_a_packed_file_that_is_damaged_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    """With what to do; nothing of it is used."""
    path = tmp_path / "products.csv.gz"
    path.write_bytes(content)
    with pytest.raises(DosenoteError, match=told) as error:
        read_bytes(path)
    assert error.value.where == str(path)
    assert "Download it again" in error.value.hint


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(DosenoteError, match="cannot be read: No such file"):
        read_bytes(tmp_path / "missing.csv")
