"""One object of a FHIR file: its fields with their types, and the place to name in an error."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from dosenote.errors import DosenoteError

#: What every resource may have; the others of a type are named where it is read.
_COMMON = frozenset(
    ("resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension")
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)?)?")
#: Runs of blanks count as one: patterns that look for blanks take long over ten thousand.
_BLANKS = re.compile(r"\s{2,}")
_REFERENCE = re.compile(r"(?:.*/)?(?P<tail>[A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]+)?")


class NotUsable(Exception):
    """That a resource cannot be used. reason: why, in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Days(NamedTuple):
    """The days that a date of FHIR may mean: "2026" is any day of that year."""

    first: date
    last: date

    @property
    def only(self) -> date | None:
        """The day, where it is only one; else None."""
        return self.first if self.first == self.last else None


class Element:
    """A JSON object. Every getter gives None, "" or () for what is absent, and raises DosenoteError with the place
    where a field has another type than FHIR gives it.
    """

    def __init__(self, table: Mapping[str, Any], path: str, file: str) -> None:
        self.table = table
        self.path = path
        self.file = file

    def wrong(self, field: str, what: str) -> DosenoteError:
        """The error that says what is wrong, and in which field of which file; not raised here."""
        return DosenoteError(what, f"{self.file}: {self.path}{f'.{field}' if field else ''}")

    def has(self, field: str) -> bool:
        """Whether there is such a field, whatever it holds."""
        return field in self.table

    def text(self, field: str) -> str:
        """The text of a field, "" where there is none, with its runs of blanks as one.

        Raises DosenoteError for no text.
        """
        value = self.table.get(field, "")
        if not isinstance(value, str):
            raise self.wrong(field, "text in quotes is wanted")
        return _BLANKS.sub(lambda run: "\n" if "\n" in run[0] else " ", value.strip())

    def flag(self, field: str) -> bool | None:
        """True or false, None where it is not said. Raises DosenoteError for anything else."""
        value = self.table.get(field)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(field, "true or false is wanted")
        return value

    def number(self, field: str) -> Decimal | None:
        """The number of a field, exactly; None where there is none. Raises DosenoteError for what is no number."""
        value = self.table.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not Decimal(str(value)).is_finite():
            raise self.wrong(field, "a number is wanted")
        return Decimal(str(value))

    def whole(self, field: str) -> int | None:
        """The whole number of a field; None where there is none. Raises DosenoteError for anything else."""
        value = self.table.get(field)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.wrong(field, "a whole number is wanted")
        return value

    def one(self, field: str) -> Element | None:
        """The element in a field; None where there is none. Raises DosenoteError for what is no object."""
        value = self.table.get(field)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.wrong(field, "an object is wanted; is this FHIR R4?")
        return Element(value, f"{self.path}.{field}", self.file)

    def all(self, field: str) -> tuple[Element, ...]:
        """The elements of a list; none where there is no such field.

        Raises DosenoteError for what is no list of objects.
        """
        value = self.table.get(field, [])
        if not isinstance(value, list):
            raise self.wrong(field, "a list is wanted; is this FHIR R4?")
        found = []
        for number, one in enumerate(value):
            place = f"{self.path}.{field}[{number}]"
            if not isinstance(one, Mapping):
                raise DosenoteError("an object is wanted; is this FHIR R4?", f"{self.file}: {place}")
            found.append(Element(one, place, self.file))
        return tuple(found)

    def words(self, field: str) -> tuple[str, ...]:
        """The texts of a list, none where there is no such field. Raises DosenoteError for anything else."""
        value = self.table.get(field, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(field, "a list of texts is wanted")
        return tuple(value)

    def days(self, field: str) -> Days | None:
        """A date, of which the day and the month may be missing; None where there is none.

        Raises DosenoteError for anything else.
        """
        text = self.text(field)
        if not text:
            return None
        match = _DATE.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            year, month, day = (None if part is None else int(part) for part in match.groups())
            assert year is not None
            last = month or 12
            return Days(date(year, month or 1, day or 1), date(year, last, day or calendar.monthrange(year, last)[1]))
        except ValueError:
            raise self.wrong(field, f'"{text[:40]}" is not a date') from None

    # --- resources

    @property
    def kind(self) -> str:
        """Which resource it is, as in "Patient"; "" where it does not say. Raises DosenoteError for what is no text."""
        return self.text("resourceType")

    @property
    def label(self) -> str:
        """The type and the id, as in "MedicationStatement/ms1"."""
        return f"{self.kind}/{self.text('id')}" if self.text("id") else self.kind

    def check_known(self, fields: Iterable[str]) -> None:
        """Raises NotUsable for a field that R4 does not have here, and as `check_meaning` does."""
        known = {*fields, *_COMMON}
        for field in self.table:
            if field.removeprefix("_") not in known:
                raise NotUsable(f'it is not FHIR R4: it has "{field[:40]}"')
        self.check_meaning()

    def check_meaning(self) -> None:
        """Raises NotUsable for what may turn the meaning round and must be understood by whoever reads it."""
        for field in ("modifierExtension", "implicitRules"):
            if self.table.get(field):
                raise NotUsable(f"it has {field}, which may change what it means")

    def reference(self, field: str) -> str:
        """What a reference of this field refers to: "Patient/1", an address, "#1", or ""."""
        referred = self.one(field)
        return "" if referred is None else referred.text("reference")


def tail_of(reference: str) -> str:
    """The end of an address that names type and id, without the version; or the reference itself."""
    match = _REFERENCE.fullmatch(reference)
    return match["tail"] if match else reference


def base_of(reference: str) -> str:
    """The server of an address that names type and id; "" of what has none: "Patient/1", "urn:uuid:..."."""
    match = _REFERENCE.fullmatch(reference)
    return reference[: match.start("tail")] if match else ""


def without_version(reference: str) -> str:
    """An address without the version that it may end with."""
    return reference.partition("/_history/")[0]


def is_same(one: str, other: str) -> bool:
    """Whether two references may mean the same: equal, or one is the relative end of the other."""
    if one == other:
        return True
    is_relative = one == tail_of(one) or other == tail_of(other)
    return is_relative and tail_of(one) == tail_of(other)
