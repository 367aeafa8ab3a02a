"""Short texts by number: many are looked up at once, without an object for each."""

from __future__ import annotations

from typing import Any

import numpy as np

from dosenote.columns.bits import Whole

#: The most bytes of a text.
WIDTH = 64
#: So many texts are remembered. There are twice as many slots; what finds none of so many free is not remembered.
_MOST, _BITS, _STEPS = 1 << 18, 19, 32
#: Odd factors, one for each word of a text: together they say the slot.
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, WIDTH // 8 + 1)], np.uint64)
#: By the size of a text, the bits of its words that are its own.
MASKS = (np.tri(WIDTH + 1, WIDTH, -1, np.uint8) * np.uint8(255)).view(np.uint64)
#: As many truths as a text has words, as one number.
_ALL = np.ones(WIDTH // 8, bool).view(np.uint64)[0]


def words_of(data: Any, starts: Any, sizes: Any) -> Any:
    """Texts as rows of words. data: bytes as an array, with at least WIDTH more behind the last text."""
    places = len(data) - WIDTH + 1
    texts = np.ndarray((places,), f"V{WIDTH}", data, strides=(1,))[starts]
    words = texts.view(np.uint64).reshape(-1, WIDTH // 8)
    words &= MASKS[sizes]
    return words


class Texts:
    """Texts of at most WIDTH bytes, none of them NUL, each with a number.

    A text is looked for from the slot on that its words say, and found where all of it is the same.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget every text."""
        self._slots = np.zeros(1 << _BITS, np.int32)  # the place of a text, from 1; 0 where none is
        self._words = np.empty((_MOST + 1, WIDTH // 8), np.uint64)
        self._numbers = np.empty(_MOST + 1, np.int32)
        self._size = 0

    def numbers(self, words: Any) -> Whole:
        """The number of each text; -1 where it is not known."""
        found = np.full(len(words), -1, np.int32)
        slots, left = self._slots_of(words), np.arange(len(words))
        for _ in range(_STEPS):
            places = self._slots[slots]
            same = self._words.take(places, axis=0) == words
            same = (same.view(np.uint64)[:, 0] == _ALL) & (places > 0)
            found[left[same]] = self._numbers[places[same]]
            others = np.flatnonzero((places > 0) & ~same)
            if not len(others):
                break
            slots, left, words = (slots[others] + 1) & ((1 << _BITS) - 1), left[others], words[others]
        return found

    def add(self, words: Any, numbers: Whole) -> None:
        """Remember texts that are not known, each other than the rest."""
        if self._size + len(words) > _MOST:
            self.forget()
        first = self._size + 1
        self._size += len(words[:_MOST])
        places = np.arange(first, self._size + 1, dtype=np.int32)
        self._words[places], self._numbers[places] = words[:_MOST], numbers[:_MOST]
        slots = self._slots_of(words[:_MOST])
        for _ in range(_STEPS):
            is_free = self._slots[slots] == 0
            self._slots[slots[is_free]] = places[is_free]
            others = np.flatnonzero(self._slots[slots] != places)  # of several for one slot the last one has it
            slots, places = (slots[others] + 1) & ((1 << _BITS) - 1), places[others]

    def _slots_of(self, words: Any) -> Any:
        mixed = words @ _FACTORS
        mixed ^= mixed >> np.uint64(32)
        mixed *= _FACTORS[0]
        return (mixed >> np.uint64(64 - _BITS)).astype(np.int64)
