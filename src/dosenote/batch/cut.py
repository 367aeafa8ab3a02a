"""JSON lines with items as text, cut at marks, all lines of a block at once: where what stands in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dosenote.batch.lines import LONGEST

#: A line with more items is not cut.
_MOST = 250
_QUOTE, _COMMA, _LIST, _ESCAPE, _LIST_END, _OBJECT, _OBJECT_END = b'",[\\]{}'
_LINE_END, _BLANK = b"\n "


class Cut(NamedTuple):
    """Lines that could be cut. lines: which of the block, from 0, rising. All else are places in its bytes, and sizes.

    ids, stops: where each id begins and ends. starts, sizes: of all items, line after line, without their quotes; many:
    how many each line has. rests: where the list of items ends. braces: where the person begins, 0 where there is
    none. ends: where the line ends.
    """

    lines: Any
    ids: Any
    stops: Any
    starts: Any
    sizes: Any
    many: Any
    rests: Any
    braces: Any
    ends: Any

    def only(self, chosen: Any) -> Cut:
        """Those of its lines that a mask chooses."""
        items = np.repeat(chosen, self.many)
        return Cut(
            self.lines[chosen], self.ids[chosen], self.stops[chosen], self.starts[items], self.sizes[items],
            *(column[chosen] for column in self[5:]),
        )  # fmt: skip


class Marks:
    """The lines of a block. data: its bytes as an array, with some more behind them; size: how many there are."""

    def __init__(self, data: Any, size: int) -> None:
        self.data, self._own, self._size = data, data[:size], size
        controls = np.flatnonzero(self._own < _BLANK)
        is_end = data[controls] == _LINE_END
        ends = controls[is_end]
        if data[size - 1] != _LINE_END:
            ends = np.append(ends, size)
        self._starts, self._ends = np.concatenate([[0], ends[:-1] + 1]), ends
        self._is_plain = ends - self._starts <= LONGEST  # whether marks are what they look like
        self._is_plain[np.searchsorted(ends, controls[~is_end])] = False
        if (self._own == _ESCAPE).any():
            escapes = self._all(_ESCAPE)
            escaped = data[escapes + 1]
            odd = escapes[(escaped == _QUOTE) | (escaped == _ESCAPE)]
            self._is_plain[np.searchsorted(ends, odd)] = False

    def __len__(self) -> int:
        return len(self._ends)

    def line(self, number: int) -> bytes:
        """One line, without its end."""
        found: bytes = self.data[self._starts[number] : self._ends[number]].tobytes()
        return found

    def cut(self, begin: bytes, way: bytes) -> Cut:
        """The lines, cut. begin: what stands before each id; way: what stands between it and the first item."""
        data = self.data
        lines = np.flatnonzero(self._is_plain)
        starts, ends = self._starts[lines], self._ends[lines]
        items = _next(self._all(_LIST), starts) + 1
        ids, stops = starts + len(begin), items - len(way)
        good = (ids < stops) & (items < ends)
        good[good] = data[items[good]] == _QUOTE
        good &= data[ends - 1] == _OBJECT_END
        lines, starts, ends, items, ids, stops = (one[good] for one in (lines, starts, ends, items, ids, stops))
        good = self._stands(begin, starts) & self._stands(way, stops)
        lines, ends, items, ids, stops = (one[good] for one in (lines, ends, items, ids, stops))
        starts, sizes, many, rests = self._items(items, ends)
        objects = self._all(_OBJECT)
        last = objects[np.searchsorted(objects, ends) - 1] if len(lines) else rests
        braces = np.where(last > rests, last, 0)
        whole = Cut(lines, ids, stops, starts, sizes, many, rests, braces, ends)
        chosen = (many > 0) & ((braces == 0) | (data[ends - 2] == _OBJECT_END))
        return whole if chosen.all() else whole.only(chosen)

    def _all(self, mark: int) -> Any:
        return np.flatnonzero(self._own == mark)

    def _stands(self, piece: bytes, places: Any) -> Any:
        """Whether these bytes stand at each of these places."""
        texts = np.ndarray((len(self.data) - len(piece) + 1,), f"S{len(piece)}", self.data, strides=(1,))
        return texts[places] == piece

    def _items(self, opens: Any, ends: Any) -> tuple[Any, Any, Any, Any]:
        """The items of lines whose first ones begin here: where each begins, its size, how many; where their list ends.

        None of a line in which anything else stands between them.
        """
        data = self.data
        quotes = np.append(self._all(_QUOTE), [self._size] * 3)  # behind the last line nothing is opened
        number = np.searchsorted(quotes, opens) + 1
        many, rests = np.zeros(len(opens), np.int64), np.zeros(len(opens), np.int64)
        rows = np.arange(len(opens))
        found = []
        for count in range(1, _MOST + 1):
            closes = quotes[number]
            found.append((rows, opens, closes))
            behind = data[closes + 1]
            is_last = (behind == _LIST_END) & (closes < ends)
            many[rows[is_last]], rests[rows[is_last]] = count, closes[is_last] + 1
            opens = closes + 2
            opens += data[opens] == _BLANK
            more = np.flatnonzero((behind == _COMMA) & (data[opens] == _QUOTE) & (opens < ends))
            if not len(more):
                break
            rows, opens, ends, number = rows[more], opens[more], ends[more], number[more] + 2
        places = np.cumsum(many) - many
        starts, sizes = np.empty(int(many.sum()), np.int64), np.empty(int(many.sum()), np.int64)
        for rows, opens, closes in found:
            whole = many[rows] > 0
            here = places[rows[whole]]
            places[rows[whole]] += 1
            starts[here], sizes[here] = opens[whole] + 1, (closes - opens)[whole] - 1
        return starts, sizes, many, rests


def _next(places: Any, starts: Any) -> Any:
    """The first of these places, which rise, at or behind each start; the last one where there is none."""
    return places[np.minimum(np.searchsorted(places, starts), len(places) - 1)] if len(places) else starts
