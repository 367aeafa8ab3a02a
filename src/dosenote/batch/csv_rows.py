"""CSV, each physical line by itself: one item a row (long form), or one regimen a row (wide form)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dosenote.batch.lines import FLAGS, LISTS, LONGEST, SHOWN, Key, Lines, closed_key, unread_key, wrong_id
from dosenote.batch.rows import Block, Rows
from dosenote.errors import DosenoteError, nearest
from dosenote.reader import Reader

#: Columns of the long and of the wide form, besides those of the person.
ITEM = ("item", "substance", "amount", "unit", "frequency")
PERSON = ("age", "sex", "pregnant", "lactating")
KNOWN = ("id", *ITEM, "items", *LISTS, *FLAGS, *PERSON)
_BLANKS = " \t"
_AGE = re.compile(r"[0-9]{1,3}(?:\.[0-9]+)?")
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
#: What is written where somebody was asked and the answer is not known; never "no".
UNKNOWN = ("", "unknown", "don't know", "dont know", "not known", "refused", "na", "n/a", "nan", "null", ".")
#: What stands in a cell that holds nothing.
_EMPTY = frozenset("-–—−_/.,;|·*•")
SEXES = {"female": "female", "f": "female", "woman": "female", "male": "male", "m": "male", "man": "male"}
NONE = ("none", "no", "nil", "[]")


class Header(NamedTuple):
    """The columns of a file: which of ours stand where, from 0. unused: those of the file that mean nothing here."""

    delimiter: str
    width: int
    places: Mapping[str, int]
    unused: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether a row is an item, not a regimen."""
        return "items" not in self.places


def header_of(line: bytes, names: Mapping[str, str]) -> Header:
    """The columns of a file from its first line. names: what our columns are called there, where they differ.

    Raises DosenoteError where there is no id, nothing that is taken, or both forms at once.
    """
    delimiter, cells = _first_line(line)
    for ours, theirs in names.items():
        if ours not in KNOWN:
            raise DosenoteError(
                f'"{ours}" is no column.{nearest(ours, KNOWN)}', "--map", f"Columns: {', '.join(KNOWN)}."
            )
        if theirs not in cells:
            raise DosenoteError(f'there is no column "{theirs}".{nearest(theirs, cells)}', "--map")
    taken = set(names.values())
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        ours = next((one for one, theirs in names.items() if theirs == cell), cell.casefold())
        if ours in KNOWN and (cell in taken or ours not in names):
            if ours in places:
                raise DosenoteError(f'two columns are called "{ours}"', "line 1")
            places[ours] = place
    unused = tuple(cell for place, cell in enumerate(cells) if place not in places.values())
    if "id" not in places:
        raise DosenoteError("there is no column id", "line 1", f'Say which it is: --map id="{cells[0][:SHOWN]}"')
    if not any(name in places for name in ("item", "substance", "items")):
        hint = "One item a row: item (or substance, amount, unit, frequency). One regimen a row: items, with ; between."
        raise DosenoteError("there is no column with what is taken", "line 1", hint)
    if "items" in places and any(name in places for name in ITEM):
        raise DosenoteError("items is for one regimen a row, item for one item a row: both are there", "line 1")
    return Header(delimiter, len(cells), places, unused)


def _first_line(line: bytes) -> tuple[str, list[str]]:
    """What parts the cells of a file, and the cells of its first line. Raises DosenoteError where there are none."""
    try:
        text = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise DosenoteError("the first line is not UTF-8", "line 1", "Save the file as UTF-8.") from None
    if not text.strip():
        raise DosenoteError("the first line is empty, where the names of the columns should be", "line 1")
    if "\r" in text:
        hint = "Save the file with the line ends of Windows or Unix."
        raise DosenoteError("the first line has a carriage return in it", "line 1", hint)
    delimiter = max(",\t;", key=text.count)
    try:
        return delimiter, [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True))]
    except csv.Error:
        what = "a quote is not closed in the first line" if '"' in text else "the first line is too long"
        raise DosenoteError(what, "line 1") from None


class _Wrong(Exception):
    """Of which column, what stands there, why it cannot be used, what may have been meant."""


def cells_of(text: bytes, header: Header) -> list[str]:
    """The cells of one line. Raises ValueError with the reason where it is not a row of the file."""
    if len(text) > LONGEST:
        raise ValueError(f"the line is longer than {LONGEST:,} bytes")
    try:
        line = text.decode()
    except UnicodeDecodeError as wrong:
        raise ValueError(f"not UTF-8: byte {wrong.start + 1} of the line") from None
    line = line.removesuffix("\r")
    if not line.strip():
        raise ValueError("the line is empty")
    if "\0" in line:
        raise ValueError("there is a NUL in the line")
    if '"' in line:
        try:
            cells = next(csv.reader([line], delimiter=header.delimiter, strict=True))
        except csv.Error:
            raise ValueError("a quote is not closed in its line") from None
    else:
        cells = line.split(header.delimiter)
    if len(cells) != header.width:
        raise ValueError(f"{len(cells)} cells where the first line has {header.width}")
    return cells


def id_of(text: bytes, header: Header) -> str | None:
    """The id in a line, or None where the line is not a row of the file."""
    try:
        return cells_of(text, header)[header.places["id"]].strip(_BLANKS)
    except ValueError:
        return None


def rows_of(block: Block, lines: Lines, header: Header) -> Rows:
    """The regimens of a block of lines."""
    return _Long(block, lines, header).rows() if header.is_long else _wide(block, lines, header)


def _numbered(block: Block) -> Iterator[tuple[int, bytes]]:
    return enumerate(block.data.removesuffix(b"\n").split(b"\n"), block.first)


def _wide(block: Block, lines: Lines, header: Header) -> Rows:
    rows = Rows()
    for number, text in _numbered(block):
        rows.read += 1
        try:
            cells = cells_of(text, header)
        except ValueError as wrong:
            rows.reject(number, "", text[:SHOWN].decode("utf-8", "replace"), str(wrong))
            continue
        row = {name: cells[place].strip(_BLANKS) for name, place in header.places.items()}
        try:
            _check_id(row["id"])
            keys = [*_regimen(number, row, lines), *_person(row), *_closing(_closed(row))]
        except _Wrong as wrong:
            rows.reject(number, *wrong.args, id=row["id"])
            continue
        rows.add(number, row["id"], keys, lines)
    return rows


def _check_id(id: str) -> None:
    if wrong_id(id):
        raise _Wrong("id", id, wrong_id(id))


def _regimen(number: int, row: Mapping[str, str], lines: Lines) -> Iterator[tuple[str, Key]]:
    """The lines of a row that is a regimen. Items that are not told may be anything; "none": there are none."""
    keys = list(_items(row, lines.reader))
    is_told = any(name == "items" and lines.told[lines.numbered(key)[0]].is_told for name, key in keys)
    if row["items"].casefold() not in NONE and not is_told:
        yield "items", unread_key(number)
    yield from keys


def says_something(text: str) -> bool:
    """Whether there is more in a cell than blanks and dashes: "?" says that something is not known."""
    return not all(character.isspace() or character in _EMPTY for character in text)


def _items(row: Mapping[str, str], reader: Reader) -> Iterator[tuple[str, Key]]:
    for name in ("items", *LISTS):
        if row.get(name, "").casefold() not in (*NONE, *UNKNOWN):
            for part in reader.items_of(row[name]):
                if says_something(part):
                    yield name, part.strip()


def _item(number: int, row: Mapping[str, str], lines: Lines) -> Iterator[tuple[str, Key]]:
    """The lines of a row that is an item; one that is not told may be anything."""
    fields = " ".join(row[name] for name in ITEM[1:] if row.get(name))
    if row.get("item") and fields:
        raise _Wrong("item", row["item"], "both item and substance, amount, unit or frequency are given")
    text = row.get("item") or fields
    if text.casefold() not in NONE:
        is_said = says_something(text) and text.casefold() not in UNKNOWN
        is_told = is_said and not lines.told[lines.numbered(text)[0]].is_empty
        yield "item", text if is_told else unread_key(number)
    yield from _items(row, lines.reader)


def _person(row: Mapping[str, str]) -> Iterator[tuple[str, Key]]:
    """What a row says of the person."""
    said: dict[str, object] = {}
    if row.get("age", "").casefold() not in UNKNOWN:
        if not _AGE.fullmatch(row["age"]) or float(row["age"]) > 130:
            raise _Wrong("age", row["age"], "age is a number of years from 0 to 130")
        said["age"] = float(row["age"])
    sex = row.get("sex", "").casefold()
    if sex not in UNKNOWN:
        if sex not in SEXES:
            raise _Wrong("sex", row["sex"], "sex is female or male", nearest(sex, SEXES).strip())
        said["sex"] = SEXES[sex]
    for name in ("pregnant", "lactating"):
        value = _flag(row, name)
        if value is not None:
            said[name] = value
    if said:
        yield "person", ("person", json.dumps(said).encode())


def _closed(row: Mapping[str, str]) -> dict[str, bool]:
    """Which of the open lists a row declares complete, or open, by its flag."""
    closed = {}
    for flag, name in zip(FLAGS, LISTS, strict=False):
        text = row.get(name, "").casefold()
        is_complete, is_none = _flag(row, flag), text in NONE
        if is_complete and text and text in UNKNOWN:
            is_complete = False  # "refused" beside "no others": what is taken is not known
        if is_none and is_complete is False:
            raise _Wrong(flag, row[flag], f"{name} says that there are none, and {flag} that there may be more")
        if is_none or is_complete is not None:
            closed[flag] = is_none or bool(is_complete)
    return closed


def _closing(closed: Mapping[str, bool]) -> Iterator[tuple[str, Key]]:
    if any(closed.values()):
        yield "person", closed_key(*(closed.get(flag, False) for flag in FLAGS))


def _flag(row: Mapping[str, str], name: str) -> bool | None:
    value = row.get(name, "").casefold()
    if value not in (*_YES, *_NO, *UNKNOWN):
        raise _Wrong(name, row[name], f"{name} is yes or no", nearest(value, (*_YES, *_NO)).strip())
    return None if value in UNKNOWN else value in _YES


class _Regimen:
    """What the rows of one regimen say so far."""

    def __init__(self, id: str, line: int) -> None:
        self.id, self.line, self.rows = id, line, 0
        self.items: list[tuple[str, Key]] = []
        self.people: dict[tuple[str, Key], None] = {}
        self.closed: dict[str, bool] = {}

    def add(self, number: int, row: Mapping[str, str], lines: Lines) -> None:
        """One more row. Raises _Wrong where it cannot be used; then nothing of it is."""
        people, closed, items = list(_person(row)), _closed(row), list(_item(number, row, lines))
        for flag, is_complete in closed.items():
            if self.closed.get(flag, is_complete) != is_complete:
                raise _Wrong(flag, row.get(flag, ""), "another row of the regimen says the opposite")
        self.people |= dict.fromkeys(people)
        self.closed |= closed
        self.items += items
        self.rows += 1

    def leave_open(self, number: int) -> None:
        """A line of the file that could not be used may be of this regimen, and say anything."""
        self.items.append(("item", unread_key(number)))


class _Long:
    """One item a row: the rows of a regimen stand together. An unreadable row leaves open what it says."""

    def __init__(self, block: Block, lines: Lines, header: Header) -> None:
        self.block, self.lines, self.header = block, lines, header
        self.found = Rows()
        self.regimens: dict[str, _Regimen] = {}
        self.last: _Regimen | None = None
        self.torn = 0  # the line before, where it could not be read: it may be of either neighbour

    def rows(self) -> Rows:
        for number, text in _numbered(self.block):
            self.found.read += 1
            try:
                self._row(number, text)
            except _Wrong as wrong:
                self.found.reject(number, *wrong.args)
                self._tear(number)
            except ValueError as wrong:
                self.found.reject(number, "", text[:SHOWN].decode("utf-8", "replace"), str(wrong))
                if text.strip():  # an empty line holds nothing
                    self._tear(number)
        for one in self.regimens.values():
            keys = [*one.items, *one.people, *_closing(one.closed)]
            self.found.add(one.line, one.id, keys, self.lines, one.rows)
        return self.found

    def _row(self, number: int, text: bytes) -> None:
        cells = cells_of(text, self.header)
        row = {name: cells[place].strip(_BLANKS) for name, place in self.header.places.items()}
        id = row["id"]
        _check_id(id)
        known = self.regimens.get(id)
        if id in self.block.seen or (known is not None and known is not self.last):
            begun = f" in line {known.line}" if known else ""
            reason = f"the rows of a regimen stand together: this one began{begun} and is checked without this row"
            self.found.reject(number, "id", id, reason, "Sort the file by id.", id=id)
            if known is not None:
                known.leave_open(number)
            return
        if known is None:
            self.last = known = self.regimens[id] = _Regimen(id, number)
            if self.torn:
                known.leave_open(self.torn)
        self.torn = 0
        try:
            known.add(number, row, self.lines)
        except _Wrong as wrong:
            self.found.reject(number, *wrong.args, id=id)
            known.leave_open(number)

    def _tear(self, number: int) -> None:
        if self.last is not None:
            self.last.leave_open(number)
        self.torn = number
