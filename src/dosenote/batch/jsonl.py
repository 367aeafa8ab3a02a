"""JSON lines: one regimen a line, in the shape of a regimen file with an id."""

from __future__ import annotations

import json
import re
from itertools import product

import msgspec

from dosenote.batch.lines import Key, Lines, closed_key, no_doubles
from dosenote.batch.rows import Block, Rows
from dosenote.errors import nearest

#: A line that is longer is not one regimen.
LONGEST = 1_000_000
_SHOWN = 80
_AT = re.compile(r" - at `\$\.?([a-z_]*).*")
_UNKNOWN = re.compile("unknown field `(.*?)`")
_CLOSED: dict[tuple[bool, bool, bool], Key] = {
    (medicines, conditions, foods): closed_key(medicines, conditions, foods)
    for medicines, conditions, foods in product((False, True), repeat=3)
    if medicines or conditions or foods
}


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """One line. What is in the lists stays as it was written: most of it has been read before."""

    id: str | int
    items: list[msgspec.Raw] = []
    medicines: list[msgspec.Raw] | None = None
    conditions: list[msgspec.Raw] | None = None
    foods: list[msgspec.Raw] | None = None
    labs: list[msgspec.Raw] = []
    no_other_medicines: bool = False
    no_conditions: bool = False
    no_other_foods: bool = False
    person: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(_Row).decode
_NAMES = tuple(_Row.__struct_fields__)
_LISTS = ("items", "medicines", "conditions", "foods", "labs")


def rows_of(block: Block, lines: Lines) -> Rows:
    """The regimens of a block of JSON lines."""
    rows = Rows()
    known = lines.codes
    for number, text in enumerate(block.data.removesuffix(b"\n").split(b"\n"), block.first):
        rows.read += 1
        try:
            row = _decode(text)
            if text.count(b'"items"') > 1 or text.count(b'"medicines"') > 1 or len(text) > LONGEST:
                _look_closer(text)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            _reject(rows, number, text, error)
            continue
        keys: list[Key] = [bytes(item) for item in row.items]
        for more in (row.medicines, row.conditions, row.foods, row.labs):
            if more:
                keys += [bytes(item) for item in more]
        person = bytes(row.person)
        if person:
            keys.append(("person", person))
        closed = _CLOSED.get(
            (
                row.no_other_medicines or row.medicines == [],
                row.no_conditions or row.conditions == [],
                row.no_other_foods or row.foods == [],
            )
        )
        if closed is not None:
            keys.append(closed)
        codes = [known.get(key) for key in keys]
        id = str(row.id)
        if not id.strip():
            rows.reject(number, "id", id, "a regimen needs an id")
        elif None in codes:
            rows.add(number, id, zip(_columns(row, len(keys)), keys, strict=True), lines)
        else:
            rows.add_codes(number, id, codes)  # type: ignore[arg-type]
    return rows


def _columns(row: _Row, count: int) -> list[str]:
    """The column of each key of a row, in their order."""
    names = [name for name in _LISTS for _ in getattr(row, name) or ()]
    return [*names, *["person"] * (count - len(names))]


def _look_closer(text: bytes) -> None:
    """Raises ValueError for a key that is given twice, of which one would be lost, and for what is too long."""
    if len(text) > LONGEST:
        raise ValueError(f"the line is longer than {LONGEST:,} bytes")
    json.loads(text, object_pairs_hook=no_doubles)


def _reject(rows: Rows, number: int, text: bytes, error: Exception) -> None:
    """Say what is wrong with a line, and with which of its columns."""
    shown = text[:_SHOWN].decode("utf-8", "replace")
    if not text.strip():
        rows.reject(number, "", "", "the line is empty")
        return
    what = str(error)
    at = _AT.search(what)
    column = at[1] if at else ""
    unknown = _UNKNOWN.search(what)
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        what = f"not UTF-8: byte {wrong.start + 1} of the line"
    suggestion = nearest(unknown[1], _NAMES).strip() if unknown else ""
    rows.reject(number, unknown[1] if unknown else column, shown, _AT.sub("", what), suggestion)
