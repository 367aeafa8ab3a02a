"""JSON lines: one regimen a line, in the shape of a regimen file with an id."""

from __future__ import annotations

import json
import re

import msgspec

from dosenote.batch.lines import MOST, BadValue, Lines, closed_key, no_doubles
from dosenote.batch.rows import Block, Rows
from dosenote.errors import nearest

#: A line that is longer is not one regimen.
LONGEST = 1_000_000
_SHOWN = 80
_AT = re.compile(r" - at `\$\.?([a-z_]*).*")
_FIELD = re.compile("(unknown|required) field `(.*?)`")


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """One line. What is in it stays as it was written: most of it has been read before."""

    id: str | int
    items: list[msgspec.Raw] = []
    medicines: msgspec.Raw = msgspec.Raw()
    conditions: msgspec.Raw = msgspec.Raw()
    foods: msgspec.Raw = msgspec.Raw()
    labs: msgspec.Raw = msgspec.Raw()
    person: msgspec.Raw = msgspec.Raw()
    no_other_medicines: bool = False
    no_conditions: bool = False
    no_other_foods: bool = False


_decode = msgspec.json.Decoder(_Row).decode
_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_NAMES = tuple(_Row.__struct_fields__)
_LISTS = ("medicines", "conditions", "foods", "labs")


class JsonLines:
    """Reads blocks of JSON lines. A whole list of medicines, conditions, foods or blood values is remembered, too."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._lists: dict[tuple[str, bytes], list[int]] = {}

    def rows_of(self, block: Block) -> Rows:
        """The regimens of a block."""
        rows = Rows()
        known, lists = self._lines.codes, self._lists
        for number, text in enumerate(block.data.removesuffix(b"\n").split(b"\n"), block.first):
            rows.read += 1
            try:
                row = _decode(text)
                if text.count(b'"items"') > 1 or text.count(b'"medicines"') > 1 or len(text) > LONGEST:
                    _look_closer(text)
            except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
                _reject(rows, number, text, error)
                continue
            codes: list[int] = []
            try:
                for item in map(bytes, row.items):
                    codes.append(known[item] if item in known else self._lines.code(item))
                for name, more in (
                    ("medicines", row.medicines), ("conditions", row.conditions), ("foods", row.foods),
                    ("labs", row.labs), ("person", row.person),
                ):  # fmt: skip
                    if more:
                        key = name, bytes(more)
                        codes += lists[key] if key in lists else self._list(key)
                if row.no_other_medicines or row.no_conditions or row.no_other_foods:
                    flags = row.no_other_medicines, row.no_conditions, row.no_other_foods
                    codes.append(self._lines.code(closed_key(*flags)))
            except BadValue as wrong:
                rows.reject(
                    number, wrong.column or "items", wrong.value, wrong.reason, wrong.suggestion, id=str(row.id)
                )
                continue
            id = str(row.id)
            if id.strip():
                rows.add_codes(number, id, codes)
            else:
                rows.reject(number, "id", id, "a regimen needs an id")
        return rows

    def forget(self) -> None:
        """Forget what was remembered of lists by the numbers of their lines."""
        self._lists.clear()

    def _list(self, key: tuple[str, bytes]) -> list[int]:
        """The numbers of the lines of a list; an empty one says that there are none. Raises BadValue."""
        name, text = key
        try:
            if name == "person":
                codes = [self._lines.code(key)]
            elif text == b"null":
                codes = []
            else:
                parts = [bytes(one) for one in _list(text)]
                codes = [self._lines.code(part) for part in parts]
                if not parts and name != "labs":
                    codes = [self._lines.code(closed_key(*(name == one for one in _LISTS[:3])))]
        except BadValue as wrong:
            wrong.column = wrong.column or name
            raise
        except ValueError:
            raise BadValue(text.decode("utf-8", "replace"), f"{name} is a list", column=name) from None
        if len(self._lists) >= MOST:
            self._lists.clear()
        self._lists[key] = codes
        return codes


def _look_closer(text: bytes) -> None:
    """Raises ValueError for a key that is given twice, of which one would be lost, and for what is too long."""
    if len(text) > LONGEST:
        raise ValueError
    json.loads(text, object_pairs_hook=no_doubles)


def _reject(rows: Rows, number: int, text: bytes, error: Exception) -> None:
    """Say what is wrong with a line, and with which of its columns."""
    shown = text[:_SHOWN].decode("utf-8", "replace")
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
