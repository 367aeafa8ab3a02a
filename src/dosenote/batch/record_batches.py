"""Columns of a record batch → regimens as numbers of lines. Python runs once a distinct line, never once a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from math import isnan
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from dosenote.batch.csv_rows import NONE, SEXES, UNKNOWN, says_something
from dosenote.batch.lines import FLAGS, LISTS, BadValue, Key, closed_key, wrong_id
from dosenote.batch.record_schema import is_list
from dosenote.batch.stored import Stored
from dosenote.columns.bits import Mask, Numbers, Whole
from dosenote.reader import Reader

Integers: TypeAlias = npt.NDArray[np.integer[Any]]

#: What a piece of a text with ; between lines is: a line, nothing at all, or a word for "none" or "not known".
_LINE, _NOTHING, _NONE, _UNKNOWN = range(4)


class Reject(NamedTuple):
    """Why a row cannot be used. text: what stands in the column, as far as it helps."""

    column: str
    text: str
    reason: str


class Regimens(NamedTuple):
    """The rows of a record batch. ids: text. codes: the numbers of all lines; counts: how many each row has.

    times: what the amounts of each line are multiplied by. rejects: the rows that cannot be used, by number, from 0;
    they have no lines.
    """

    ids: Any
    codes: Whole
    counts: Whole
    times: Numbers
    rejects: dict[int, Reject]


class _Column(NamedTuple):
    """What a column says, row by row. codes, counts, times: as in Regimens; a negative code is that of a wrong value.

    is_none: the rows that say that there are none. is_unsaid: those that say nothing. is_refused: those with a word for
    "not known", which closes no list.
    """

    codes: Integers
    counts: Integers
    is_none: Mask
    is_unsaid: Mask
    is_refused: Mask | None = None
    times: Integers | None = None


def regimens_of(batch: Any, lines: Stored) -> Regimens:
    """The regimens of a record batch whose schema is right."""
    return _Rows(batch, lines).regimens()


class _Rows:
    """The rows of one record batch. wrong: the values that cannot be used; that of code -1 is the first."""

    def __init__(self, batch: Any, lines: Stored) -> None:
        self.batch, self.lines, self.size = batch, lines, batch.num_rows
        self.wrong: list[BadValue] = []
        self.rejects: dict[int, Reject] = {}

    def regimens(self) -> Regimens:
        items = self._lines_of("items")
        reason = "null or unknown: it is not known what is taken; where nothing is, the list is empty"
        for row in np.flatnonzero(items.is_unsaid).tolist():
            self.rejects[row] = Reject("items", "", reason)
        lists = {name: self._lines_of(name) for name in LISTS}
        columns = {"items": items, **lists, "person": self._people(), "closed": self._closed(lists)}
        for name, column in columns.items():
            self._reject(name, column)
        ids = self._ids()
        codes, counts, times = _woven(list(columns.values()))
        if self.rejects:
            good = np.ones(self.size, bool)
            good[list(self.rejects)] = False
            kept = np.repeat(good, counts)
            codes, counts, times = codes[kept], np.where(good, counts, 0), times[kept]
        return Regimens(ids, codes.astype(np.int32), counts.astype(np.int32), times, self.rejects)

    def _column(self, name: str) -> Any:
        """A column without dictionaries, or None where it says nothing at all."""
        place = self.batch.schema.get_field_index(name)
        column = None if place < 0 else self.batch.column(place)
        return None if column is None or types.is_null(column.type) else _plain(column)

    def _numbered(self, key_of: Callable[[Any], Key], said: Any) -> tuple[int, int]:
        """A line as `Stored.numbered` tells it; a negative number, of a wrong value, where it is none."""
        try:
            return self.lines.numbered(key_of(said))
        except BadValue as wrong:
            self.wrong.append(wrong)
            return -len(self.wrong), 1

    def _reject(self, name: str, column: _Column) -> None:
        places = np.flatnonzero(column.codes < 0)
        rows = np.searchsorted(np.cumsum(column.counts), places, "right")
        for row, code in zip(rows.tolist(), column.codes[places].tolist(), strict=True):
            wrong = self.wrong[-code - 1]
            reason = f"{wrong.reason}. {wrong.suggestion}".removesuffix(". ")
            self.rejects.setdefault(row, Reject(wrong.column or name, wrong.value, reason))

    # --- ids

    def _ids(self) -> Any:
        """The ids as text; rows without one are rejected."""
        column = self._column("id")
        ids = pa.nulls(self.size, pa.string()) if column is None else column.cast(pa.string())
        try:
            ids.validate(full=True)
        except pa.ArrowInvalid:
            ids = self._decoded(ids)
        is_plain = pc.and_(pc.utf8_is_printable(ids), pc.not_equal(pc.utf8_trim_whitespace(ids), ""))
        for row in np.flatnonzero(~_truths(is_plain)).tolist():
            id = (ids[row].as_py() or "").strip()
            self.rejects.setdefault(row, Reject("id", id, wrong_id(id) or "it holds characters that cannot be shown"))
        return ids

    def _decoded(self, ids: Any) -> Any:
        """Ids of which some are not UTF-8: those are shown as far as they are, and rejected."""
        texts: list[str | None] = []
        for row, data in enumerate(ids.cast(pa.binary()).to_pylist()):
            texts.append(None if data is None else data.decode("utf-8", "replace"))
            if data is not None and not _is_utf8(data):
                self.rejects.setdefault(row, Reject("id", "", "not UTF-8"))
        return pa.array(texts, pa.string())

    # --- lines

    def _lines_of(self, name: str) -> _Column:
        column = self._column(name)
        if column is None:
            nothing = np.zeros(self.size, bool)
            return _Column(np.zeros(0, np.int64), np.zeros(self.size, np.int64), nothing, ~nothing)
        unsaid = column.is_null().to_numpy(zero_copy_only=False)
        if not is_list(column.type):
            return self._cells(column, unsaid)
        counts = _integers(pc.list_value_length(column), 0)
        values = _plain(column.flatten())  # leaves out what lies behind a null
        codes, times = self._structs(values) if types.is_struct(values.type) else self._texts(values)
        return _Column(codes, counts, ~unsaid & (counts == 0), unsaid, None, times)

    def _texts(self, values: Any) -> tuple[Integers, Integers]:
        """The codes and the times of lines of text."""
        places, distinct = _encoded(values.cast(pa.string()) if types.is_null(values.type) else values)
        return _taken([self._numbered(_text, data) for data in distinct], places)

    def _cells(self, column: Any, unsaid: Mask) -> _Column:
        """Text with ; between lines; a cell that is but a word for "none" or "not known" says that."""
        pieces = _items(column, self.lines.reader)
        counts = _integers(pc.list_value_length(pieces), 0)
        places, distinct = _encoded(pieces.flatten())
        texts = [data.strip() for data in distinct]
        kinds = np.array([_kind(data) for data in texts], np.int8)[places]
        rows = np.repeat(np.arange(self.size), counts)
        alone = counts[rows] == 1
        is_none = np.zeros(self.size, bool)
        is_none[rows[alone & (kinds == _NONE)]] = True
        kept = np.where(alone, kinds == _LINE, kinds != _NOTHING)
        is_used = np.zeros(len(texts), bool)
        is_used[places[kept]] = True
        said = zip(texts, is_used.tolist(), strict=True)
        pairs = [self._numbered(_stripped, data) if used else (0, 1) for data, used in said]
        codes, times = _taken(pairs, places[kept])
        left = np.bincount(rows[kept], minlength=self.size)
        is_unknown = unsaid | ((left == 0) & ~is_none)
        is_refused = np.zeros(self.size, bool)
        is_refused[rows[alone & (kinds == _UNKNOWN)]] = True
        return _Column(codes, left, is_none, is_unknown, is_refused, times)

    def _structs(self, values: Any) -> tuple[Integers, Integers]:
        """The codes and the times of lines in fields, each read as the object of JSON lines that says the same."""
        names = [values.type.field(place).name for place in range(values.type.num_fields)]
        fields = [_exact(_plain(field)) for field in values.flatten()]
        places, first = _distinct(fields)
        said = zip(*(field.take(first).to_pylist() for field in fields), strict=True)
        return _taken([self._numbered(_object, dict(zip(names, cells, strict=True))) for cells in said], places)

    # --- the person

    def _people(self) -> _Column:
        names = [name for name in ("age", "sex", "pregnant", "lactating") if self._column(name) is not None]
        nothing = np.zeros(self.size, bool)
        if not names:
            return _Column(np.zeros(0, np.int64), np.zeros(self.size, np.int64), nothing, ~nothing)
        fields = [_exact(self._column(name)) for name in names]
        places, first = _distinct(fields)
        codes = []
        for cells in zip(*(field.take(first).to_pylist() for field in fields), strict=True):
            said = _said(dict(zip(names, cells, strict=True)))
            codes.append(self._numbered(_person, said)[0] if said else None)
        is_said = np.array([code is not None for code in codes], bool)[places]
        each = np.array([code or 0 for code in codes], np.int64)[places]
        return _Column(each[is_said], is_said.astype(np.int64), nothing, ~is_said)

    def _closed(self, lists: dict[str, _Column]) -> _Column:
        """Which open lists are complete."""
        kinds = np.zeros(self.size, np.int64)
        for bit, (flag, name) in enumerate(zip(FLAGS, LISTS, strict=False)):
            column = self._column(flag)
            said = np.zeros(self.size, bool) if column is None else _truths(column)
            denied = np.zeros(self.size, bool) if column is None else _truths(pc.invert(column))
            for row in np.flatnonzero(lists[name].is_none & denied).tolist():
                reason = f"{name} says that there are none, and {flag} that there may be more"
                self.rejects.setdefault(row, Reject(flag, "false", reason))
            refused = lists[name].is_refused
            said = said if refused is None else said & ~refused
            kinds |= (said | lists[name].is_none).astype(np.int64) << bit
        codes = np.zeros(8, np.int64)
        for kind in np.unique(kinds).tolist():
            codes[kind] = self.lines.code(closed_key(bool(kind & 1), bool(kind & 2), bool(kind & 4)))
        is_said = kinds > 0
        return _Column(codes[kinds[is_said]], is_said.astype(np.int64), ~is_said, ~is_said)


def _taken(pairs: Sequence[tuple[int, int]], places: Integers) -> tuple[Integers, Integers]:
    """Codes and times, by the places of their pairs."""
    codes, times = np.array(pairs, np.int64).reshape(-1, 2).T
    return codes[places], times[places]


def _woven(columns: Sequence[_Column]) -> tuple[Integers, Integers, Numbers]:
    """The codes of several columns, row by row, how many each row has, and the times."""
    counts = np.sum([column.counts for column in columns], axis=0)
    codes, times = np.empty(int(counts.sum()), np.int64), np.ones(int(counts.sum()))
    at = np.cumsum(counts) - counts
    for column in columns:
        before = np.cumsum(column.counts) - column.counts
        places = np.repeat(at - before, column.counts) + np.arange(len(column.codes))
        codes[places] = column.codes
        if column.times is not None:
            times[places] = column.times
        at = at + column.counts
    return codes, counts, times


# --- arrays


def _plain(array: Any) -> Any:
    """Without a dictionary, and text as string or large_string."""
    if types.is_dictionary(array.type):
        return _plain(array.dictionary_decode())
    return array.cast(pa.large_string()) if types.is_string_view(array.type) else array


def _exact(array: Any) -> Any:
    """Numbers as they were written, not as the double that is nearest to a float32; text as bytes: it may be broken."""
    kind = array.type
    if types.is_decimal(kind):
        return array.cast(pa.float64())
    if types.is_float16(kind) or types.is_float32(kind):
        return array.cast(pa.string()).cast(pa.float64())
    return array.cast(pa.large_binary()) if types.is_string(kind) or types.is_large_string(kind) else array


def _items(column: Any, reader: Reader) -> Any:
    """The items of each cell, as the reader parts them."""
    data = column.cast(pa.large_binary())
    if not pc.any(pc.match_substring_regex(data, _MAY_BE_CELLS)).as_py():
        return pc.split_pattern(column, ";")
    texts = (None if one is None else one.decode("utf-8", "surrogateescape") for one in data.to_pylist())
    items = [
        None if text is None else [one.encode("utf-8", "surrogateescape") for one in reader.items_of(text)]
        for text in texts
    ]
    return pa.array(items, pa.list_(pa.large_binary()))


#: Some that the reader keeps together, and all of them: a piece that is a number, or a number and a short word.
_MAY_BE_CELLS = r';[ \t]*"?[0-9][0-9.,]*"?[ \t]*;?[ \t]*"?[^ ;]{1,6}[ \t]*(?:;|$)'


def _encoded(texts: Any) -> tuple[Integers, list[Any]]:
    """Texts as numbers of distinct ones, and those as bytes."""
    encoded = texts.dictionary_encode("encode")
    return _integers(encoded.indices, 0), encoded.dictionary.cast(pa.large_binary()).to_pylist()


def _distinct(arrays: Sequence[Any]) -> tuple[Integers, Any]:
    """The number of the combination that every row is, from 0, and the first row of each."""
    places: Integers = np.zeros(len(arrays[0]), np.int64)
    for array in arrays:
        encoded = array.dictionary_encode("encode")
        pairs = places * (len(encoded.dictionary) + 1) + _integers(encoded.indices, 0)
        places = _integers(pa.array(pairs).dictionary_encode().indices, 0)
    first = np.empty(int(places.max(initial=-1)) + 1, np.int64)
    first[places[::-1]] = np.arange(len(places))[::-1]
    return places, pa.array(first)


def _integers(array: Any, null: int) -> Integers:
    numbers: Integers = pc.fill_null(array, null).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _truths(array: Any) -> Mask:
    truths: Mask = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return truths


# --- values


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(data: bytes | None) -> str:
    """A line. Raises BadValue where it is none."""
    if data is None:
        raise BadValue("", "a line is null")
    if not _is_utf8(data):
        raise BadValue(data.decode("utf-8", "replace"), "not UTF-8")
    return data.decode()


def _stripped(data: bytes) -> str:
    return _text(data).strip()


def _kind(data: bytes) -> int:
    word = data.decode("utf-8", "replace").strip().casefold()
    kind = _NONE if word in NONE else _UNKNOWN if word in UNKNOWN else _LINE
    return kind if word and (kind != _LINE or says_something(word)) else _NOTHING


def _values(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is said in fields: null and NaN say nothing; a whole number is written as one. Raises BadValue."""
    for name, value in table.items():
        if value is None or (isinstance(value, float) and isnan(value)):
            continue
        if isinstance(value, bytes):
            yield name, _text(value)
        elif isinstance(value, float) and value.is_integer():
            yield name, int(value)
        else:
            yield name, value


def _object(table: dict[str, Any]) -> Key:
    """A line in fields as JSON. Raises BadValue where it is none."""
    said = dict(_values(table))
    if not said:
        raise BadValue("", "a line is null")
    return _json(said)


def _said(table: dict[str, Any]) -> dict[str, Any]:
    """What is said of a person, as in JSON lines; words for the sex as in CSV."""
    sex = table.pop("sex", None)
    said = dict(_values(table))
    if sex is not None:
        word = sex.decode("utf-8", "replace").strip()
        if word.casefold() not in UNKNOWN:
            said["sex"] = SEXES.get(word.casefold(), word)
    return said


def _person(said: dict[str, Any]) -> Key:
    return "person", _json(said)


def _json(table: dict[str, Any]) -> bytes:
    return json.dumps(table, default=str).encode()
