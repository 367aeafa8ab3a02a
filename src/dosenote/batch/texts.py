"""Items of JSON lines that are text: those of a whole block are looked up together, and read where they are new."""

from __future__ import annotations

from typing import Any

import numpy as np

from dosenote.batch.jsonl import parts_of
from dosenote.batch.known import WIDTH, Texts, words_of
from dosenote.batch.lines import BadValue
from dosenote.batch.numbered import Numbered, around_numbers
from dosenote.batch.stored import Stored
from dosenote.columns.bits import Whole

#: So many texts are looked up together: what is worked out of them fits the cache, and what is read is soon known.
_MANY = 4096


class TextItems:
    """Items as text by number. Of lines that differ in one number only there is one, and the number of each is told."""

    def __init__(self, lines: Stored) -> None:
        self._lines, self._texts = lines, Texts()
        self._numbered = Numbered(lines.reader.alike.named_numbers)
        #: Of the kinds that are remembered, by the number of their lines, the spans of their numbers.
        self._learnt: dict[int, list[tuple[int, int]]] = {}

    def forget(self) -> None:
        """Forget every text, as the numbers of the lines are forgotten."""
        self._texts.forget()
        self._numbered.forget()
        self._learnt.clear()

    def find(self, data: bytes, array: Any, starts: Any, sizes: Any) -> tuple[Any, Any]:
        """The line that each item is, -1 where it cannot be used; as `Stored.numbered` says it, for all of them.

        array: the data, and at least WIDTH more. starts, sizes: of the texts, without their quotes.
        """
        parts = [(np.zeros(0, np.int32), np.zeros(0, np.int64))]
        for first in range(0, len(starts), _MANY):
            here = slice(first, first + _MANY)
            parts.append(self._find(data, array, starts[here], sizes[here]))
        codes, numbers = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return codes, numbers

    def _find(self, data: bytes, array: Any, starts: Any, sizes: Any) -> tuple[Any, Any]:
        """The same for some of them."""
        is_short = sizes <= WIDTH
        codes, numbers = np.full(len(starts), -1, np.int32), np.ones(len(starts), np.int64)
        left = np.flatnonzero(is_short)
        codes[left], numbers[left] = self._numbered.find(array, starts[left], sizes[left])
        left = np.flatnonzero((codes < 0) & is_short)
        codes[left] = self._texts.numbers(words_of(array, starts[left], sizes[left]))
        left = np.flatnonzero(codes < 0)
        if len(left):
            stops = starts[left] + sizes[left]
            texts = [data[start:stop] for start, stop in zip(starts[left].tolist(), stops.tolist(), strict=True)]
            places = dict(zip(texts, left.tolist(), strict=True))  # one of each text
            found = {text: self._read(text) for text in places}
            pairs = np.array([found[text] for text in texts], np.int64)
            codes[left], numbers[left] = pairs.T
            new = np.fromiter(places.values(), np.int64, len(places))
            new = new[is_short[new] & (codes[new] >= 0)]
            by_itself = new[numbers[new] == 1]
            self._texts.add(words_of(array, starts[by_itself], sizes[by_itself]), codes[by_itself])
            self._learn(array, starts, sizes, codes, new[numbers[new] > 1])
        return codes, numbers

    def _read(self, text: bytes) -> tuple[int, int]:
        """One text, as it is written between its quotes."""
        item = b'"%b"' % text
        try:
            if (text.isascii() and b"\\" not in text) or parts_of(b"[%b]" % item) == [item]:
                return self._lines.numbered(item)
        except (ValueError, BadValue):
            pass
        return -1, 1

    def _learn(self, array: Any, starts: Any, sizes: Any, codes: Whole, items: Whole) -> None:
        """Remember the kinds of these items, where more is known of them than before."""
        likes = [self._lines.like(code) for code in codes[items].tolist()]
        first = {like.code: place for place, like in enumerate(likes) if self._learnt.get(like.code) != like.spans}
        if first:
            items = items[[*first.values()]]
            around = around_numbers(array, starts[items], sizes[items])
            assert around.good.all()
            self._numbered.learn(around.texts, [likes[place] for place in first.values()])
            self._learnt |= {code: [*likes[place].spans] for code, place in first.items()}
