"""JSON lines by pieces that were read before: most of what stands in a line stood in other lines, and is looked up.

A line that begins with its id and its items is cut at marks, and not decoded:

    {"id": "P7", "items": [{…}, {…}], "medicines": […], …, "person": {"age": 67, …}}
            id  first item^  next^  ^what lies between        the person^

A piece is known when a line with it was read as any other line is, and was found to be made of complete values in these
places. Whatever other complete values stand there, such a line says just what its pieces do. A line with anything else
in it is read by `JsonLines`, which also says what is wrong with it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from dosenote.batch.jsonl import JsonLines, parts_of, values_of_line
from dosenote.batch.lines import LONGEST, MOST, BadValue
from dosenote.batch.rows import Block, Rows

_T = TypeVar("_T")
#: How a line begins that can be cut: the way to the id, the id, and the way from there to the first item.
_BEGIN = re.compile(rb'(\{"id": ?"?)([^"\\,]+)("?, ?"items": ?\[)[{"]')
#: Ids that are what they look like: text without escapes, blanks at its beginning or signs beyond ASCII; a number.
_is_text = re.compile(rb"[!#-\[\]-~][ !#-\[\]-~]*").fullmatch
_is_number = re.compile(rb"0|[1-9][0-9]{0,17}").fullmatch
#: What stands between two quotes is one text, and what it looks like.
_is_whole = re.compile(rb"[^\"\\\x00-\x1f]*").fullmatch
#: More pieces of a kind than this are not remembered; items are, as long as their lines are.
_MOST = 30_000


class Pieces:
    """Reads blocks of JSON lines. What is known of a piece: the numbers of its lines, four bytes each."""

    def __init__(self, json: JsonLines) -> None:
        self._json = json
        self.forget()

    def forget(self) -> None:
        """Forget every piece, as the numbers of the lines are forgotten."""
        self._begin = self._mark = self._way = b""
        self._are_texts = False
        #: Items in fields, the first with the way to it, the others with what stands before them; items as text.
        self._firsts: dict[bytes, bytes] = {}
        self._nexts: dict[bytes, bytes] = {}
        self._texts: dict[bytes, bytes] = {}
        #: What lies between the items and the person, the person; what is behind the items where there is no person.
        self._middles: dict[bytes, bytes] = {}
        self._people: dict[bytes, bytes] = {}
        self._ends: dict[bytes, bytes] = {}

    def rows_of(self, block: Block) -> Rows:
        """The regimens of a block."""
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
                known = (self._known_texts if self._are_texts else self._known_fields)(texts, place, ids, made)
                rows.line += range(block.first + place, block.first + known)
                place = known
            if place < len(texts):
                many = len(others.codes)
                values = self._json.add(block.first + place, texts[place], others)
                if values:
                    codes = others.codes[many:]
                    rows.line.append(others.line[-1])
                    ids.append(others.id[-1].encode())
                    made.append(_bytes(codes))
                    self._learn(texts[place], values, codes)
                place += 1
        rows.id = b"\n".join(ids).decode().split("\n") if ids else []  # no id has a line end in it
        rows.rejects = others.rejects
        rows.rows = [1] * len(rows.line)
        counts = np.fromiter(map(len, made), np.int32, len(made)) // 4
        rows.packed = np.frombuffer(b"".join(made), np.int32), counts
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

    def _known_texts(self, texts: Sequence[bytes], start: int, ids: list[bytes], made: list[bytes]) -> int:
        """The same, where the items are text."""
        begin, mark, size, way = self._begin, self._mark, len(self._begin), self._way
        between = b'", "' if b', "items"' in way else b'","'
        item, middles, people, ends = self._texts.__getitem__, self._middles, self._people, self._ends
        is_simple, is_plain = (bytes.isalnum, _is_text) if mark == b'"' else (_is_number, _is_number)
        place = start
        try:
            for place in range(start, len(texts)):
                text = texts[place]
                stop = text.index(mark, size)
                id = text[size:stop]
                if not text.startswith(begin) or not text.startswith(way, stop) or not (is_simple(id) or is_plain(id)):
                    return place
                first = stop + len(way) + 1
                last = text.index(b'"]', first)
                items = text[first:last].split(between)
                middle, brace, person = text[last + 1 : -1].rpartition(b"{")
                if text[first - 1] != 34 or text[-1] != 125 or (brace and person[-1:] != b"}"):
                    return place
                rest = middles[middle] + people[person[:-1]] if brace else ends[person]
                try:
                    codes = b"".join((*map(item, items), rest))
                except KeyError:
                    codes = b"".join((*map(self._text, items), rest))
                made.append(codes)
                ids.append(id)
        except (LookupError, ValueError, BadValue):
            return place
        return len(texts)

    # --- learning

    def _text(self, item: bytes) -> bytes:
        """The number of an item, from between its quotes. Raises ValueError or BadValue where it is no text."""
        code = self._texts.get(item)
        if code is None:
            if _is_whole(item) is None:
                raise ValueError
            code = _bytes([self._json.code(b'"%b"' % item)])
            _keep(self._texts, item, code, MOST)
        return code

    def _learn(self, text: bytes, values: tuple[Any, ...], codes: list[int]) -> None:
        """Remember the pieces of a line, when it is made of them."""
        begun = _BEGIN.match(text)
        if begun is None:
            return
        begin, _, way = begun.groups()
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
        if not self._learn_items(way, listed, codes):
            return
        self._begin, self._mark, self._way = begin, mark, way
        lists = self._codes((b"", b"[]", *values[2:6], b"", *values[7:]))
        if said:
            _keep(self._middles, middle, lists)
            _keep(self._people, said[1:-1], self._codes((b"", b"[]", *[b""] * 4, said, *[b""] * 3)))
        else:
            _keep(self._ends, middle, lists)

    def _codes(self, values: tuple[Any, ...]) -> bytes:
        return _bytes(self._json.codes(values))

    def _learn_items(self, way: bytes, listed: bytes, codes: list[int]) -> bool:
        """Remember the items of a line; whether they are all in fields, or all text."""
        items = parts_of(listed)
        self._are_texts = items[0].startswith(b'"')
        if self._are_texts:
            for item, code in zip(items, codes, strict=False):
                _keep(self._texts, item[1:-1], _bytes([code]), MOST)
            return all(item.startswith(b'"') for item in items)
        parts = listed[1:-1].split(b"}")
        if parts.pop() or [part.lstrip(b", ") + b"}" for part in parts] != items:
            return False
        _keep(self._firsts, way + parts[0], _bytes(codes[:1]), MOST)
        for part, item, code in zip(parts[1:], items[1:], codes[1:], strict=False):
            if part[: 1 - len(item)].strip(b" ") == b",":
                _keep(self._nexts, part, _bytes([code]), MOST)
        return True


def _bytes(codes: list[int]) -> bytes:
    return array("i", codes).tobytes()


def _keep(known: dict[bytes, _T], piece: bytes, codes: _T, most: int = _MOST) -> None:
    if len(known) >= most:
        known.clear()
    known[piece] = codes
