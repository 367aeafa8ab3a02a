"""JSON lines: one regimen a line, in the shape of a regimen file with an id."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import astuple

from dosenote.batch.lines import FLAGS, LISTS, LONGEST, MOST, SHOWN, BadValue, Lines, closed_key, no_doubles, wrong_id
from dosenote.batch.rows import Block, Rows
from dosenote.errors import nearest

_AT = re.compile(r" - at `\$\.?([a-z_]*).*")
_FIELD = re.compile("(unknown|required) field `(.*?)`")


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """One line. What is in it stays as it was written: most of it has been read before."""

    id: msgspec.Raw
    items: msgspec.Raw
    medicines: msgspec.Raw = msgspec.Raw()
    conditions: msgspec.Raw = msgspec.Raw()
    foods: msgspec.Raw = msgspec.Raw()
    labs: msgspec.Raw = msgspec.Raw()
    person: msgspec.Raw = msgspec.Raw()
    no_other_medicines: msgspec.Raw = msgspec.Raw()
    no_conditions: msgspec.Raw = msgspec.Raw()
    no_other_foods: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(_Row).decode
_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_id = msgspec.json.Decoder(str | int).decode
_NAMES = tuple(_Row.__struct_fields__)
_MORE = (*LISTS, "person")
#: What a name adds to a line: itself, its quotes, the colon, and a comma or brace behind the value.
_AROUND = tuple(len(name) + 4 for name in _NAMES)
_TRUTH = {b"": None, b"true": True, b"false": False}
_BOM = b"\xef\xbb\xbf"


def values_of_line(text: bytes) -> tuple[Any, ...]:
    """What stands in a line, as it is written, in the order of _Row. Raises ValueError where it is not of that form."""
    return astuple(_decode(text))


def parts_of(text: Any) -> list[bytes]:
    """What stands in a list, as it is written. Raises ValueError where it is none."""
    return list(map(bytes, _list(text)))


class JsonLines:
    """Reads blocks of JSON lines. A whole list of medicines, conditions, foods or blood values is remembered, too."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._lists: dict[tuple[str, bytes], list[int]] = {}
        self._flags: dict[tuple[bytes, ...], list[int]] = {}

    def rows_of(self, block: Block) -> Rows:
        """The regimens of a block."""
        rows = Rows()
        for number, text in enumerate(block.data.removesuffix(b"\n").split(b"\n"), block.first):
            rows.read += 1
            self.add(number, text, rows)
        return rows

    def add(self, number: int, text: bytes, rows: Rows) -> tuple[Any, ...]:
        """One line, as a regimen or a reject; the values that stand in it, as they are written, none in a reject."""
        if number == 1:
            text = text.removeprefix(_BOM)
        id = ""
        try:
            values = values_of_line(text)
            kept = b"".join(values)
            blanks = len(text) - len(kept) - _around(tuple(map(bool, values)))
            if (blanks and blanks != text.count(b" ") - kept.count(b" ")) or len(text) > LONGEST:
                _look_closer(text)
            id = _id_of(bytes(values[0]))
            rows.add_codes(number, id, self.codes(values))
            return values
        except BadValue as wrong:
            rows.reject(number, wrong.column, wrong.value, wrong.reason, wrong.suggestion, id=id)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            _reject(rows, number, text, error)
        return ()

    def code(self, item: bytes) -> int:
        """The number of an item, as it is written. Raises BadValue."""
        return self._lines.code(item)

    def codes(self, values: tuple[Any, ...]) -> list[int]:
        """The numbers of the lines of a regimen. Raises BadValue."""
        known, lists = self._lines.codes, self._lists
        try:
            items = parts_of(values[1])
        except ValueError:
            raise BadValue(_shown(values[1]), "items is a list", column="items") from None
        try:
            codes = [known[item] if item in known else self._lines.code(item) for item in items]
        except BadValue as wrong:
            wrong.column = wrong.column or "items"
            raise
        for key in zip(_MORE, map(bytes, values[2:7])):  # noqa: B905 - both are five
            if key[1]:
                more = lists.get(key)
                codes += self._list(key) if more is None else more
        flags = values[7:]
        if any(flags):
            said = tuple(map(bytes, flags))
            codes += self._flags[said] if said in self._flags else self._closing(said, values[2:5])
        return codes

    def _closing(self, said: tuple[bytes, ...], lists: tuple[Any, ...]) -> list[int]:
        """The number of what the flags say, beside these lists. Raises BadValue."""
        truths = []
        for flag, value, name, listed in zip(FLAGS, said, LISTS, lists, strict=False):
            if value not in _TRUTH:
                raise BadValue(_shown(value), f"{flag} is true or false", column=flag)
            if _TRUTH[value] is False and bytes(listed).split() in ([b"[]"], [b"[", b"]"]):
                what = f"{name} = [] says that there are none, and {flag} = false that there may be more"
                raise BadValue("false", what, column=flag)
            truths.append(bool(_TRUTH[value]))
        codes = [self._lines.code(closed_key(*truths))] if any(truths) else []
        if b"false" not in said:  # that depends on the lists
            self._flags[said] = codes
        return codes

    def forget(self) -> None:
        """Forget what was remembered of lists by the numbers of their lines."""
        self._lists.clear()
        self._flags.clear()

    def _list(self, key: tuple[str, bytes]) -> list[int]:
        """The numbers of the lines of a list; an empty one says that there are none. Raises BadValue."""
        name, text = key
        try:
            if name == "person":
                codes = [self._lines.code(key)]
            elif text == b"null":
                codes = []  # nothing is said of it
            else:
                parts = parts_of(text)
                codes = [self._lines.code(part) for part in parts]
                if not parts and name != "labs":
                    codes = [self._lines.code(closed_key(*(name == one for one in LISTS[: len(FLAGS)])))]
        except BadValue as wrong:
            wrong.column = wrong.column or name
            raise
        except ValueError:
            raise BadValue(text.decode("utf-8", "replace"), f"{name} is a list", column=name) from None
        if len(self._lists) >= MOST:
            self._lists.clear()
        self._lists[key] = codes
        return codes


@cache
def _around(has_value: tuple[bool, ...]) -> int:
    """How long a line without blanks is, besides its values: what is longer holds a key twice, or written otherwise."""
    return 1 + sum(around for around, is_there in zip(_AROUND, has_value, strict=True) if is_there)


def _look_closer(text: bytes) -> None:
    """Raises ValueError for a key that is given twice, of which one would be lost, and for what is too long."""
    if len(text) > LONGEST:
        raise ValueError
    json.loads(text, object_pairs_hook=no_doubles)


def _shown(value: Any) -> str:
    return bytes(value)[:SHOWN].decode("utf-8", "replace")


def _id_of(text: bytes) -> str:
    """The id. Raises BadValue."""
    try:
        id = str(_id(text))
    except ValueError:
        raise BadValue(text.decode("utf-8", "replace"), "an id is text, or a whole number", column="id") from None
    if wrong_id(id):
        raise BadValue(id, wrong_id(id), column="id")
    return id


def _reject(rows: Rows, number: int, text: bytes, error: Exception) -> None:
    """Say what is wrong with a line, and with which of its columns."""
    shown = text[:SHOWN].decode("utf-8", "replace")
    if not text.strip():
        rows.reject(number, "", "", "the line is empty")
        return
    what = str(error) if len(text) <= LONGEST else f"the line is longer than {LONGEST:,} bytes"
    at = _AT.search(what)
    column = at[1] if at else ""
    field = _FIELD.search(what)
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        what = f"not UTF-8: byte {wrong.start + 1} of the line"
    suggestion = nearest(field[2], _NAMES).strip() if field and field[1] == "unknown" else ""
    rows.reject(number, field[2] if field else column, shown, _AT.sub("", what), suggestion)
