"""JSON lines by pieces that were read before: most of what stands in a line stood in other lines, and is looked up.

A line that begins with its id and its items is cut at marks, and not decoded:

    {"id": "P7", "items": [{…}, {…}], "medicines": […], …, "person": {"age": 67, …}}
            id  first item^  next^  ^what lies between        the person^

A piece is known when a line with it was read as any other line is, and was found to be made of complete values in these
places. Whatever other complete values stand there, such a line says just what its pieces do. A line with anything else
in it is read by `JsonLines`, which also says what is wrong with it. Of items in fields there are few, and each line is
cut by itself; of items as text there are many, and those of a whole block are looked up together.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import compress
from typing import Any, TypeVar

import numpy as np

from dosenote.batch.cut import Cut, Marks
from dosenote.batch.jsonl import JsonLines, parts_of, values_of_line
from dosenote.batch.known import WIDTH
from dosenote.batch.lines import LONGEST, MOST
from dosenote.batch.rows import Block, Rows
from dosenote.batch.stored import Stored
from dosenote.batch.texts import TextItems
from dosenote.columns import Chunk
from dosenote.columns.bits import Mask

_T = TypeVar("_T")
#: How a line begins that can be cut: the way to the id, the id, the way to the first item, and how that begins.
_BEGIN = re.compile(rb'^(\{"id": ?"?)([^"\\,\n]+)("?, ?"items": ?\[)([{"])', re.MULTILINE)
#: Ids that are what they look like: text without escapes, blanks at its beginning or signs beyond ASCII; a number.
_is_text = re.compile(rb"[!#-\[\]-~][ !#-\[\]-~]*").fullmatch
_is_number = re.compile(rb"0|[1-9][0-9]{0,17}").fullmatch
#: More pieces of a kind than this are not remembered; items are, as long as their lines are.
_MOST = 30_000


class Pieces:
    """Reads blocks of JSON lines. What is known of a piece: the numbers of its lines, four bytes each."""

    def __init__(self, json: JsonLines, lines: Stored) -> None:
        self.json, self.texts = json, TextItems(lines)
        self.forget()

    def forget(self) -> None:
        """Forget every piece, as the numbers of the lines are forgotten."""
        self._begin = self._mark = self._way = b""
        #: Items in fields, the first with the way to it, the others with what stands before them.
        self._firsts: dict[bytes, bytes] = {}
        self._nexts: dict[bytes, bytes] = {}
        #: What lies between the items and the person, the person; what is behind the items where there is no person.
        self._middles: dict[bytes, bytes] = {}
        self._people: dict[bytes, bytes] = {}
        self._ends: dict[bytes, bytes] = {}
        self.texts.forget()

    def rows_of(self, block: Block) -> Rows:
        """The regimens of a block, cut as its first line asks that can be cut."""
        begun = _BEGIN.search(block.data)
        if begun is not None and begun[4] == b'"' and begun[1].endswith(b'"') == begun[3].startswith(b'"'):
            return _InTexts(self, block, begun[1], begun[3]).rows()
        return self._in_fields(block)

    # --- items in fields

    def _in_fields(self, block: Block) -> Rows:
        texts = block.data.split(b"\n")
        if not texts[-1]:
            texts.pop()  # what is behind the last line
        is_long = max(map(len, texts)) > LONGEST
        rows, others = Rows(read=len(texts)), Rows(rejects=[])
        ids: list[bytes] = []
        made: list[bytes] = []
        place = 0
        while place < len(texts):
            if not is_long and self._begin:
                known = self._known_fields(texts, place, ids, made)
                rows.line += range(block.first + place, block.first + known)
                place = known
            if place < len(texts):
                many = len(others.codes)
                values = self.json.add(block.first + place, texts[place], others)
                if values:
                    codes = others.codes[many:]
                    rows.line.append(others.line[-1])
                    ids.append(others.id[-1].encode())
                    made.append(_bytes(codes))
                    self.learn(texts[place], values, codes)
                place += 1
        rows.id = _texts_of(ids)
        rows.rejects = others.rejects
        rows.rows = [1] * len(rows.line)
        counts = np.fromiter(map(len, made), np.int32, len(made)) // 4
        rows.packed = Chunk(np.frombuffer(b"".join(made), np.int32), counts)
        return rows

    def _known_fields(self, texts: Sequence[bytes], start: int, ids: list[bytes], made: list[bytes]) -> int:
        """The first place, from this one on, of a line that is not known; add the ids and the codes of those that are.

        The items are in fields: there is no other } than behind each of them, the person, and the line.
        """
        begin, mark, size = self._begin, self._mark, len(self._begin)
        firsts, next_, middles, people, ends = (
            self._firsts, self._nexts.__getitem__, self._middles, self._people, self._ends,
        )  # fmt: skip
        is_simple, is_plain = (bytes.isalnum, _is_text) if mark == b'"' else (_is_number, _is_number)
        place = start
        try:
            for place in range(start, len(texts)):
                parts = texts[place].split(b"}")
                head = parts.pop(0)
                stop = head.index(mark, size)
                id = head[size:stop]
                if parts.pop() or head[:size] != begin or not (is_simple(id) or is_plain(id)):
                    return place
                end = parts.pop()
                if end:
                    codes = b"".join((firsts[head[stop:]], *map(next_, parts), ends[end]))
                else:
                    middle, _, person = parts.pop().rpartition(b"{")
                    codes = b"".join((firsts[head[stop:]], *map(next_, parts), middles[middle], people[person]))
                made.append(codes)
                ids.append(id)
        except (LookupError, ValueError):
            return place
        return len(texts)

    # --- items as text

    def rests(self, data: bytes, places: Sequence[tuple[int, int, int]]) -> list[bytes | None]:
        """What is told behind the items of lines; None where that is not known.

        places: where the list of items ends, where the person begins, or 0, and where the line ends.
        """
        middles, people, ends = self._middles.get, self._people.get, self._ends.get
        before = [middles(data[rest:brace]) if brace else ends(data[rest : end - 1]) for rest, brace, end in places]
        behind = [people(data[brace + 1 : end - 2]) if brace else b"" for _, brace, end in places]
        return [
            None if one is None or other is None else one + other for one, other in zip(before, behind, strict=True)
        ]

    # --- learning

    def learn(self, text: bytes, values: tuple[Any, ...], codes: list[int]) -> None:
        """Remember the pieces of a line, when it is made of them."""
        begun = _BEGIN.match(text)
        if begun is None:
            return
        begin, way = begun[1], begun[3]
        listed, said = bytes(values[1]), bytes(values[6])
        first = begun.end(3) - 1
        end = text[first + len(listed) - 1 :]  # from the bracket behind the items
        middle = end.removesuffix(said + b"}")
        if text[first:] != listed + end[1:] or end != middle + said + b"}" or (said and not said.endswith(b"}")):
            return
        # Where the line with other values in these places says them, and all else as before, it is made of its pieces.
        id, mark = (b'"7"', b'"') if begin.endswith(b'"') else (b"7", b",")
        try:
            other = values_of_line(begin + b"7" + way + b"8" + middle + (b"9}" if said else b"}"))
        except ValueError:
            return
        same = (id, b"[8]", *values[2:6], b"9" if said else b"", *values[7:])
        if not way.startswith(mark) or tuple(map(bytes, other)) != tuple(map(bytes, same)):
            return
        self._learn_fields(way, listed, codes)
        self._begin, self._mark, self._way = begin, mark, way
        lists = self._codes((b"", b"[]", *values[2:6], b"", *values[7:]))
        if said:
            _keep(self._middles, middle, lists)
            _keep(self._people, said[1:-1], self._codes((b"", b"[]", *[b""] * 4, said, *[b""] * 3)))
        else:
            _keep(self._ends, middle, lists)

    def _codes(self, values: tuple[Any, ...]) -> bytes:
        return _bytes(self.json.codes(values))

    def _learn_fields(self, way: bytes, listed: bytes, codes: list[int]) -> None:
        """Remember the items of a line that are in fields, where they are what they look like."""
        items = parts_of(listed)
        parts = listed[1:-1].split(b"}")
        if parts.pop() or [part.lstrip(b", ") + b"}" for part in parts] != items:
            return
        _keep(self._firsts, way + parts[0], _bytes(codes[:1]), MOST)
        for part, item, code in zip(parts[1:], items[1:], codes[1:], strict=False):
            if part[: 1 - len(item)].strip(b" ") == b",":
                _keep(self._nexts, part, _bytes([code]), MOST)


class _InTexts:
    """One block whose items are texts, as it is read. ids: of each line that is read.

    told: of lines that are made of pieces, the numbers of our lines that they tell: which of the block, how many each,
    the numbers, and by how much the amounts of each are to be multiplied. What stands further behind in a line comes
    later. others: lines that were read by themselves.
    """

    def __init__(self, pieces: Pieces, block: Block, begin: bytes, way: bytes) -> None:
        self._pieces, self._block, self._begin, self._way = pieces, block, begin, way
        self._array = np.frombuffer(block.data + bytes(WIDTH), np.uint8)
        self._marks = Marks(self._array, len(block.data))
        self._ids = np.empty(len(self._marks), object)
        self._is_left = np.ones(len(self._marks), bool)
        self._is_rejected = np.zeros(len(self._marks), bool)
        self._told: list[tuple[Any, Any, Any, Any]] = []
        self._others = Rows()

    def rows(self) -> Rows:
        """What stands in the block."""
        self._look_up(self._marks.cut(self._begin, self._way))
        for number in np.flatnonzero(self._is_left).tolist():
            self._read(number)
        return self._rows()

    def _look_up(self, cut: Cut) -> None:
        """Put lines together from what is known of their pieces; one of which something cannot be used stays left."""
        data, is_number = self._block.data, not self._begin.endswith(b'"')
        ids = [data[start:stop] for start, stop in zip(cut.ids.tolist(), cut.stops.tolist(), strict=True)]
        good = np.ones(len(ids), bool)
        if is_number or not b"".join(ids).isalnum():
            is_id = _is_number if is_number else _is_text
            good = np.fromiter((is_id(id) is not None for id in ids), bool, len(ids))
        places = [*zip(cut.rests.tolist(), cut.braces.tolist(), cut.ends.tolist(), strict=True)]
        rests = self._pieces.rests(data, places)
        if None in rests:
            for place in [place for place, rest in enumerate(rests) if rest is None and good[place]]:
                (rests[place],) = self._pieces.rests(data, [places[place]])  # what was read meanwhile is known
                if rests[place] is None:
                    self._read(int(cut.lines[place]))
                    good[place] = False
        if not good.all():
            cut, ids, rests = cut.only(good), _chosen(ids, good), _chosen(rests, good)
        codes, numbers = self._pieces.texts.find(data, self._array, cut.starts, cut.sizes)
        if codes.min(initial=0) < 0:
            good = np.ones(len(ids), bool)
            good[np.repeat(np.arange(len(ids)), cut.many)[codes < 0]] = False
            kept = np.repeat(good, cut.many)
            codes, numbers = codes[kept], numbers[kept]
            cut, ids, rests = cut.only(good), _chosen(ids, good), _chosen(rests, good)
        known = [rest for rest in rests if rest is not None]  # that is all of them
        told = np.frombuffer(b"".join(known), np.int32)
        many = np.fromiter(map(len, known), np.int64, len(known)) // told.itemsize
        self._told += [(cut.lines, cut.many, codes, numbers), (cut.lines, many, told, 1)]
        self._is_left[cut.lines] = False
        self._ids[cut.lines] = ids

    def _read(self, number: int) -> None:
        """Read a line by itself, and learn its pieces."""
        text, many = self._marks.line(number), len(self._others.codes)
        values = self._pieces.json.add(self._block.first + number, text, self._others)
        self._is_left[number] = False
        self._is_rejected[number] = not values
        if values:
            self._ids[number] = self._others.id[-1].encode()
            self._pieces.learn(text, values, self._others.codes[many:])

    def _rows(self) -> Rows:
        others, first = self._others, self._block.first
        lines, many = np.array(others.line, np.int64) - first, np.array(others.counts, np.int64)
        parts = [*self._told, (lines, many, np.array(others.codes, np.int32), 1)]
        counts = np.zeros(len(self._ids), np.int64)
        for lines, many, *_ in parts:
            counts[lines] += many
        places = np.cumsum(counts) - counts
        codes, times = np.empty(int(counts.sum()), np.int32), np.empty(int(counts.sum()))
        for lines, many, told, by in parts:
            here = np.repeat(places[lines] - (np.cumsum(many) - many), many) + np.arange(len(told))
            codes[here], times[here] = told, by
            places[lines] += many
        is_read = ~self._is_rejected
        ids = self._ids[is_read].tolist()
        return Rows(
            line=(np.flatnonzero(is_read) + first).tolist(),
            id=_texts_of(ids),
            rows=[1] * len(ids),
            rejects=sorted(others.rejects),
            read=len(is_read),
            packed=Chunk(codes, counts[is_read].astype(np.int32), times),
        )


def _chosen(values: list[_T], mask: Mask) -> list[_T]:
    return list(compress(values, mask.tolist()))


def _texts_of(ids: list[bytes]) -> list[str]:
    return b"\n".join(ids).decode().split("\n") if ids else []  # no id has a line end in it


def _bytes(codes: list[int]) -> bytes:
    return array("i", codes).tobytes()


def _keep(known: dict[bytes, bytes], piece: bytes, codes: bytes, most: int = _MOST) -> None:
    if len(known) >= most:
        known.clear()
    known[piece] = codes
