"""Lines that differ in one number only, many at once: of which kind each is, and its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dosenote.batch.known import MASKS, WIDTH, Texts, words_of
from dosenote.batch.likes import FIGURES, USUAL, Like
from dosenote.columns.bits import Mask, Whole

_BLANK, _POINT, _ZERO, _NINE = b" .09"
#: The most figures before the point, and behind it.
_WHOLE, _PART = 7, FIGURES
#: The most signs of a number.
_LONGEST = _WHOLE + 1 + _PART
_ONE = np.uint64(1)


def _weights(part: int, size: int) -> list[int]:
    """What each sign of a number counts for, in hundredths."""
    before = size - part - (part > 0)
    whole = [100 * 10**power for power in reversed(range(before))]
    behind = [10 ** (_PART - figure) for figure in range(1, part + 1)]
    return [*whole, *([0] if part else []), *behind, *[0] * _LONGEST][:_LONGEST]


#: By how many figures are behind the point, and how many signs there are.
_WEIGHTS = np.array([[_weights(part, size) for size in range(_LONGEST + 1)] for part in range(_PART + 1)])


class Around(NamedTuple):
    """Lines without their numbers. good: which lines have one number that can be taken out; the rest is of these.

    texts: what stands around each, as rows of words, and where the number stood. numbers: in hundredths. figures: how
    many of them are written behind the point.
    """

    good: Mask
    texts: Any
    numbers: Any
    figures: Any


class Numbered:
    """Kinds of lines by what stands around the number, each with the numbers that are usual there, and that are not.

    others: numbers, in hundredths, that may be part of a name or of a phrase: a line with one of them is not found.
    """

    def __init__(self, others: Iterable[int]) -> None:
        self._others = np.array([-1, *sorted(others)], np.int64)
        self.forget()

    def forget(self) -> None:
        """Forget every kind."""
        self._texts = Texts()
        self._codes, self._spans = np.zeros(0, np.int32), np.zeros((3, 2, 0), np.int64)

    def find(self, data: Any, starts: Any, sizes: Any) -> tuple[Whole, Any]:
        """The line by number, -1 where none is known, and the number of each, in hundredths, else 1; as in `Like`."""
        codes, numbers = np.full(len(starts), -1, np.int32), np.ones(len(starts), np.int64)
        if not len(self._codes):
            return codes, numbers
        around = around_numbers(data, starts, sizes)
        places, value = self._texts.numbers(around.texts), around.numbers
        is_known = (places >= 0) & (self._others[np.searchsorted(self._others, value, "right") - 1] != value)
        lines = np.flatnonzero(around.good)
        for side, (low, high) in enumerate(self._spans):
            chosen = np.flatnonzero(is_known & (low[places] <= value) & (value <= high[places]))
            codes[lines[chosen]] = self._codes[places[chosen]]
            if side != USUAL:
                codes[lines[chosen]] += 1 + around.figures[chosen]
            numbers[lines[chosen]] = value[chosen]
        return codes, numbers

    def learn(self, texts: Any, likes: Sequence[Like]) -> None:
        """Remember kinds, each other than the rest, by what stands around the number of a line."""
        places = self._texts.numbers(texts)
        new = np.flatnonzero(places < 0)
        places[new] = np.arange(len(new)) + len(self._codes)
        self._texts.add(texts[new], places[new])
        self._codes = np.append(self._codes, np.zeros(len(new), np.int32))
        self._spans = np.append(self._spans, np.zeros((3, 2, len(new)), np.int64), axis=2)
        self._codes[places] = [like.code for like in likes]
        self._spans[:, :, places] = np.array([like.spans for like in likes]).transpose(1, 2, 0)


def around_numbers(data: Any, starts: Any, sizes: Any) -> Around:
    """Lines of at most WIDTH bytes without their last number, where that is written in one way only.

    That is: 1 to 7 figures, the first of them no 0, and at most two behind a point, between two blanks, with no other
    figure behind it. data: bytes as an array, with at least WIDTH more behind the last line.
    """
    words = words_of(data, starts, sizes)
    signs = words.view(np.uint8).reshape(-1, WIDTH)
    figures, points = _bits(signs - _ZERO <= _NINE - _ZERO), _bits(signs == _POINT)
    last = _highest(figures)
    up_to = (_ONE << np.maximum(last, 0).astype(np.uint64)) - _ONE
    before = _highest(~(figures | points) & up_to)  # the sign before the number
    start, rows = before + 1, np.arange(len(signs))
    point = points & up_to & ~((_ONE << np.maximum(start, 0).astype(np.uint64)) - _ONE)
    part = np.where(point == 0, 0, last - _highest(point))  # how many figures are behind the point
    whole = last + 1 - start - part - (part > 0)
    good = (last >= 0) & (last < WIDTH - 1) & (before > 0) & (point & (point - _ONE) == 0)
    good &= (part <= _PART) & (whole >= 1) & (whole <= _WHOLE)
    good &= (signs[rows, before] == _BLANK) & (signs[rows, np.minimum(last + 1, WIDTH - 1)] == _BLANK)
    first = signs[rows, np.minimum(start, WIDTH - 1)]
    good &= (first > _ZERO) & (first <= _NINE)
    chosen = np.flatnonzero(good)
    starts, start, part, size = starts[chosen], start[chosen], part[chosen], (last + 1 - start)[chosen]
    numbers = _numbers(data, starts + start, part, size)
    # What is behind the number is moved to where that began, so that all of it stands in one row again.
    ahead = MASKS[start]
    texts = words_of(data, starts + size, sizes[chosen] - size)
    texts &= ~ahead
    texts |= words[chosen] & ahead
    texts.view(np.uint8).reshape(-1, WIDTH)[:, -1] = start
    return Around(good, texts, numbers, part)


def _numbers(data: Any, starts: Any, part: Any, size: Any) -> Any:
    """Numbers in hundredths. part: the figures of each that are behind the point. size: all its signs."""
    signs = np.ndarray((len(data) - _LONGEST + 1,), f"V{_LONGEST}", data, strides=(1,))[starts]
    figures = signs.view(np.uint8).reshape(-1, _LONGEST) - _ZERO
    return np.einsum("ij,ij->i", figures, _WEIGHTS[part, size], dtype=np.int64)


def _bits(truths: Any) -> Any:
    """Rows of WIDTH truths, each row as the bits of one number, the first as the lowest."""
    return np.packbits(truths, axis=1, bitorder="little").view(np.uint64)[:, 0]


def _highest(numbers: Any) -> Any:
    """The place of the highest bit of each number; -1 where there is none."""
    # Without the bit below the highest one no rounding reaches the next power of two.
    return np.frexp((numbers & ~(numbers >> _ONE)).astype(np.float64))[1] - 1
