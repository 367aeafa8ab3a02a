"""Lines without their number, many at once: cut as one of them would be by itself."""

from __future__ import annotations

import re
from typing import NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases

pytest.importorskip("numpy")

import numpy as np

from dosenote.batch.known import WIDTH
from dosenote.batch.likes import Like
from dosenote.batch.numbered import Numbered, around_numbers

LINE = re.compile(rb"(.+ )([1-9][0-9]{0,6}(?:\.[0-9][0-9]?)?)( [^0-9]*)", re.DOTALL)
PIECES = (
    b" ",
    b" ",
    b".",
    b"D3",
    b"zinc",
    b" mg",
    b" mg daily",
    b"1",
    b"0",
    b"25",
    b"7.5",
    b"600",
    b"9999999.99",
    b"-",
    b"\xc3\xa9",
)
lines = st.lists(st.sampled_from(PIECES), max_size=16).map(b"".join).filter(lambda line: len(line) <= WIDTH)


def placed(texts: list[bytes]) -> tuple[object, object, object]:
    """The texts in one array, with figures between them: the array, where each begins, and its size."""
    data, starts = b"", []
    for text in texts:
        starts.append(len(data) + 2)
        data += b"7 " + text
    return np.frombuffer(data + b" 7" * WIDTH, np.uint8), np.array(starts), np.array([len(text) for text in texts])


NONE = (1, 0)


class _Kind(NamedTuple):
    """As much of a kind of lines as is remembered."""

    code: int
    spans: list[tuple[int, int]]


def _like(code: int, *spans: tuple[int, int]) -> Like:
    return cast(Like, _Kind(code, [*spans]))


@cases(300)
@given(st.lists(lines, min_size=1, max_size=30))
def test_a_line_is_cut_where_its_last_number_stands(texts: list[bytes]) -> None:
    """The number of each, in hundredths; two lines are the same around it where what is before and behind it is."""
    matches = [LINE.fullmatch(text) for text in texts]
    around = around_numbers(*placed(texts))
    assert around.good.tolist() == [match is not None for match in matches]
    cut = [match.groups() for match in matches if match]
    assert around.numbers.tolist() == [round(float(number) * 100) for _, number, _ in cut]
    rows = [row.tobytes() for row in around.texts]
    both = [(before, behind) for before, _, behind in cut]
    assert [[one == other for other in rows] for one in rows] == [[one == other for other in both] for one in both]


def test_a_number_that_is_not_usual_or_may_be_part_of_a_name_is_not_found() -> None:
    """Only what was learnt, between the lowest and the highest number that is known as usual there."""
    table = Numbered({60000})
    around = around_numbers(*placed([b"zinc 15 mg daily", b"D3 25 mcg daily"]))
    table.learn(around.texts, [_like(4, NONE, (500, 90000), NONE), _like(9, NONE, (2500, 2500), NONE)])
    texts = [
        b"zinc 5 mg daily",
        b"zinc 4.99 mg daily",
        b"zinc 900.0 mg daily",
        b"zinc 900.01 mg daily",
        b"zinc 600 mg daily",
    ]
    texts += [
        b"D3 25 mcg daily",
        b"D3 26 mcg daily",
        b"D3  mcg d25aily",
        b"D3 25 mcg daily ",
        b"zinc 7 mg",
        b"",
        b"D3 25",
    ]
    codes, numbers = table.find(*placed(texts))
    assert codes.tolist() == [4, -1, 4, -1, -1, 9, -1, -1, -1, -1, -1, -1]
    assert numbers.tolist() == [500, 1, 90000, 1, 1, 2500, 1, 1, 1, 1, 1, 1]
    table.learn(around.texts[1:], [_like(9, NONE, (2500, 2600), NONE)])
    assert table.find(*placed([b"D3 26 mcg daily"]))[0].tolist() == [9]
    table.forget()
    assert set(table.find(*placed(texts))[0].tolist()) == {-1}


def test_a_number_that_is_not_usual_is_told_by_how_it_is_written() -> None:
    """Of those below the usual numbers and above them, only what was learnt; each figure behind the point counts."""
    table = Numbered(())
    around = around_numbers(*placed([b"zinc 15 mg daily"]))
    table.learn(around.texts, [_like(4, (300, 450), (500, 900), (2000, 2500))])
    written = ("2.99", "3", "4.50", "4.6", "5", "9.0", "9.5", "20", "20.0", "25.00", "25.01")
    codes, numbers = table.find(*placed([f"zinc {one} mg daily".encode() for one in written]))
    assert codes.tolist() == [-1, 5, 7, -1, 4, 4, -1, 5, 6, 7, -1]
    assert numbers.tolist() == [1, 300, 450, 1, 500, 900, 1, 2000, 2000, 2500, 1]
