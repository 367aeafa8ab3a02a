"""Regimen files: one regimen in TOML, JSON or plain lines; every mistake with its line."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from dosenote.documents import line_of, load_json, load_toml
from dosenote.errors import DosenoteError, nearest
from dosenote.reader import Reader
from dosenote.regimen import Acknowledgement, Closed, Person, Reading, Regimen

#: For the JSON Schema that is made from these classes: a key that is not named is a mistake.
_CLOSED = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class DatedLine:
    """One line of text with the days on which it was started, stopped or, for a lab value, taken.

    new: whether it was begun within the last month or is planned (true), or has been taken for over a year (false).
    product: what it is called, where the line says what its label lists. why: what it is taken for.
    """

    __pydantic_config__: ClassVar = _CLOSED

    line: str
    started: datetime.date | None = None
    stopped: datetime.date | None = None
    date: datetime.date | None = None
    new: bool | None = None
    product: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PersonTable:
    """Age in years."""

    __pydantic_config__: ClassVar = _CLOSED

    age: Decimal | None = None
    sex: Literal["female", "male"] | None = None
    pregnant: bool | None = None
    lactating: bool | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgedTable:
    """A finding that the person knows of: the id of its rule, why it is as it is, and until when that holds.

    given_for: what it was about then, fact by fact; where something else makes it true, it is shown in full again.
    """

    __pydantic_config__: ClassVar = _CLOSED

    rule: str
    reason: str
    until: datetime.date
    given_for: list[str] | None = None


@dataclass(frozen=True, slots=True)
class RegimenFile:
    """One regimen as a person types it. An empty list of medicines, conditions or foods says that there are none."""

    __pydantic_config__: ClassVar = _CLOSED

    items: list[str | DatedLine] = field(default_factory=list)
    medicines: list[str | DatedLine] | None = None
    conditions: list[str] | None = None
    foods: list[str] | None = None
    labs: list[str | DatedLine] = field(default_factory=list)
    no_other_medicines: bool = False
    no_conditions: bool = False
    no_other_foods: bool = False
    person: PersonTable = field(default_factory=PersonTable)
    acknowledged: list[AcknowledgedTable] = field(default_factory=list)


_LINES = ("items", "medicines", "labs")
_WORDS = ("conditions", "foods")
_FLAGS = ("no_other_medicines", "no_conditions", "no_other_foods")
_PERSON = ("age", "sex", "pregnant", "lactating")
_DATES = ("started", "stopped", "date")
_WORDS_OF_LINE = ("product", "why")
_TOML_LINE = re.compile(r"\s*(\[\w|[A-Za-z_]+\s*=)")
#: How a list in JSON begins, be it whole or broken off; "[[" and a word is a table of TOML.
_JSON_LIST = re.compile(r"\[\s*(?:\{|\"|\]\s*$|\[\s*[\[{\"\]])")


def read_regimen(text: str, name: str, reader: Reader, as_of: datetime.date | None = None) -> Regimen:
    """One regimen from TOML, JSON (begins with a brace), FHIR R4 in JSON, or plain lines, one item a line.

    as_of: the day for which a FHIR file is read: ages and periods are those of that day.
    Raises DosenoteError with "name:line" where the text is not what it should be.
    """
    resource = _resource(text, name)
    if resource is not None:
        from dosenote.fhir.reading import regimen_of as regimen_of_fhir

        return regimen_of_fhir(resource, name, reader, as_of)
    file = read_file(text, name)
    return Regimen(reader.read_list(text.lstrip("\ufeff").splitlines())) if file is None else regimen_of(file, reader)


def read_file(text: str, name: str) -> RegimenFile | None:
    """A TOML or JSON file before its lines are read, or None for plain lines. Raises DosenoteError with the line."""
    plain = text.lstrip("\ufeff")
    _check_one_object(plain.strip(), name)
    if plain.lstrip().startswith("{"):
        table = load_json(plain, name)
        if "resourceType" in table:
            raise DosenoteError(
                "this is FHIR, which is read, and not written or edited", name, "Try: dosenote check -f"
            )
        return _file_of(table, plain, name)
    if any(_TOML_LINE.match(line) for line in plain.splitlines() if not line.lstrip().startswith("#")):
        return _file_of(load_toml(plain, name), plain, name)
    if '"resourceType"' in plain:  # a statement that something is not taken must not become lines of what is
        raise DosenoteError("there are pieces of FHIR in it, and it is not JSON", name, "Give one resource or Bundle.")
    return None


def _resource(text: str, name: str) -> dict[str, Any] | None:
    """The FHIR resource that a text holds, or None for anything else. Raises as `read_regimen` does."""
    plain = text.lstrip("\ufeff")
    if plain.lstrip().startswith("<") and "http://hl7.org/fhir" in plain:
        raise DosenoteError("this is FHIR in XML", name, "Give it as JSON.")
    _check_one_object(plain.strip(), name)
    if not plain.lstrip().startswith("{") or '"resourceType"' not in plain:
        return None
    table = load_json(plain, name)
    if "resourceType" not in table and "entry" in table:
        raise DosenoteError('this looks like a Bundle of FHIR, and "resourceType": "Bundle" is missing', name)
    return table if "resourceType" in table else None


def _check_one_object(plain: str, name: str) -> None:
    """Raises DosenoteError for a list in JSON, and for one object of JSON a line."""
    import json

    if _JSON_LIST.match(plain):
        hint = 'Put resources of FHIR into one Bundle, and lines of text into an object with "items".'
        raise DosenoteError("this is a list in JSON, and one object is wanted", name, hint)
    first, _, others = plain.partition("\n")
    if first.startswith("{") and others.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            json.loads(first)
            hint = "Many people: dosenote batch. One person: put the resources into one Bundle."
            raise DosenoteError("there is one object of JSON on each line, and one in the file is wanted", name, hint)


def regimen_of(file: RegimenFile, reader: Reader) -> Regimen:
    """The regimen that a checked file describes."""
    lines = (*file.items, *(file.medicines or ()), *(file.conditions or ()), *(file.foods or ()), *file.labs)
    person = file.person
    return Regimen(
        readings=tuple(_dated(reader, line) for line in lines),
        person=Person(person.age, person.sex, person.pregnant, person.lactating),
        closed=Closed(
            medicines=file.no_other_medicines or file.medicines == [],
            conditions=file.no_conditions or file.conditions == [],
            foods=file.no_other_foods or file.foods == [],
        ),
        acknowledged=tuple(map(_acknowledgement, file.acknowledged)),
    )


def regimen_toml(file: RegimenFile) -> str:
    """The file as text that a person can read and change, and that `read_regimen` reads back."""
    import tomli_w

    lists = {key: getattr(file, key) for key in (*_LINES, *_WORDS)}
    table: dict[str, Any] = {
        key: [_plain_line(line) for line in lines] for key, lines in lists.items() if lines is not None
    }
    table = {key: lines for key, lines in table.items() if lines or key not in ("items", "labs")}
    table |= {key: True for key in _FLAGS if getattr(file, key)}
    person = {key: getattr(file.person, key) for key in _PERSON if getattr(file.person, key) is not None}
    if "age" in person:
        whole = person["age"].to_integral_value()
        person["age"] = int(whole) if person["age"] == whole else float(person["age"])
    text = tomli_w.dumps(table | ({"person": person} if person else {}))
    return "\n".join([text, *(acknowledged_toml(one) for one in file.acknowledged)])


def acknowledged_toml(one: AcknowledgedTable) -> str:
    """One acknowledgement, as it can stand at the end of a regimen file in TOML."""
    import tomli_w

    table: dict[str, Any] = {"rule": one.rule, "reason": one.reason, "until": one.until}
    given_for = {} if one.given_for is None else {"given_for": one.given_for}
    return "[[acknowledged]]\n" + tomli_w.dumps(table | given_for)


def _acknowledgement(one: AcknowledgedTable) -> Acknowledgement:
    given_for = None if one.given_for is None else tuple(one.given_for)
    return Acknowledgement(one.rule, one.reason, one.until, given_for)


def _plain_line(line: str | DatedLine) -> str | dict[str, Any]:
    if isinstance(line, str):
        return line
    said = {name: getattr(line, name) for name in (*_DATES, "new", *_WORDS_OF_LINE) if getattr(line, name) is not None}
    return {"line": line.line, **said}


def _dated(reader: Reader, line: str | DatedLine) -> Reading:
    if isinstance(line, str):
        return reader.read(line)
    reading = _on_day(reader.read(line.line), line.date)
    return reading._replace(
        text=f"{line.product}: {reading.text}" if line.product else reading.text,
        doubted=(*reading.doubted, *_medicines_in(reader, line.product or "", reading)),
        items=tuple(
            item._replace(
                started=line.started,
                stopped=line.stopped,
                is_new=item.is_new if line.new is None else line.new,
                why=line.why or "",
            )
            for item in reading.items
        ),
    )


def _on_day(reading: Reading, day: datetime.date | None) -> Reading:
    """The reading with the day of its blood values; where the line says another, they have none, and it is asked."""
    if day is None:
        return reading
    said = {lab.taken_on for lab in reading.labs} - {None, day}
    labs = tuple(lab._replace(taken_on=None if said else day) for lab in reading.labs)
    if not said:
        return reading._replace(labs=labs)
    why = "the line and its date tell two days, so it is used as a value without a day"
    return reading._replace(labs=labs, outcome="ask", reason="; ".join(filter(None, (reading.reason, why))))


def _medicines_in(reader: Reader, product: str, reading: Reading) -> tuple[str, ...]:
    """The medicines that a product's name names and its line does not: they may be taken."""
    told = {id for item in reading.items for id in reader.vocabulary.surely(item.substance)} | set(reading.stopped)
    named = (item.substance for item in reader.read(product).items) if product else ()
    return tuple(id for id in named if reader.vocabulary[id].kind == "medicine" and id not in told)


def dated_line(table: Any, key: str, reader: Reader) -> Reading:
    """One entry of a list as it stands in a file: { line = "...", started = ... }. key: the list, for the error."""
    return _dated(reader, _Check("", key).line(table, (key,)))


def person_of(table: Any) -> Person:
    """The table of a person as it stands in a file."""
    person = _Check("", "person").person(table)
    return Person(person.age, person.sex, person.pregnant, person.lactating)


# --- checking a file


def _file_of(table: Mapping[str, Any], text: str, name: str) -> RegimenFile:
    check = _Check(text, name)
    check.keys(table, (*_LINES, *_WORDS, *_FLAGS, "person", "acknowledged"), ())
    values: dict[str, Any] = {}
    for key in _LINES:
        if key in table:
            values[key] = [check.line(entry, (key, number)) for number, entry in enumerate(check.list(table, key))]
    for key in _WORDS:
        if key in table:
            values[key] = [check.of(str, entry, (key,), "text in quotes") for entry in check.list(table, key)]
    for key in _FLAGS:
        if key in table:
            values[key] = check.of(bool, table[key], (key,), "true or false")
    for key, flag in (
        ("medicines", "no_other_medicines"),
        ("conditions", "no_conditions"),
        ("foods", "no_other_foods"),
    ):
        if table.get(key) == [] and table.get(flag) is False:
            raise check.wrong(
                (flag,), f"{key} = [] says that there are none, and {flag} = false that there may be more"
            )
    if "person" in table:
        values["person"] = check.person(table["person"])
    if "acknowledged" in table:
        known = enumerate(check.list(table, "acknowledged"))
        values["acknowledged"] = [check.acknowledged(entry, number) for number, entry in known]
    return RegimenFile(**values)


class _Check:
    """Checks values against what a regimen file may hold; raises DosenoteError at the first mistake, with its line."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name

    def wrong(self, path: tuple[str | int, ...], what: str, hint: str = "") -> DosenoteError:
        return DosenoteError(what, f"{self.name}:{line_of(self.text, path)}", hint)

    def keys(self, table: Mapping[str, Any], known: tuple[str, ...], path: tuple[str | int, ...]) -> None:
        for key in table:
            if key not in known:
                hint = f"Known here: {', '.join(known)}."
                raise self.wrong((*path, key), f'"{key}" is not known.{nearest(key, known)}', hint)

    def list(self, table: Mapping[str, Any], key: str) -> list[Any]:
        value = table[key]
        if not isinstance(value, list):
            raise self.wrong((key,), f"{key} is a list", f'Write it as {key} = ["..."].')
        return value

    def of(self, kind: type, value: Any, path: tuple[str | int, ...], what: str) -> Any:
        if not isinstance(value, kind):
            raise self.wrong(path, f"{path[-1] if isinstance(path[-1], str) else path[0]} needs {what}")
        return value

    def line(self, entry: Any, path: tuple[str | int, ...]) -> str | DatedLine:
        key = str(path[0])
        if isinstance(entry, str):
            return entry
        if not isinstance(entry, Mapping):
            raise self.wrong(
                (key,),
                f"{key} holds lines of text",
                'Or tables, as in { line = "...", started = 2026-05-01 }.',
            )
        self.keys(entry, ("line", *_DATES, "new", *_WORDS_OF_LINE), (key,))
        line = self.of(str, entry.get("line"), (key, "line"), "text in quotes")
        dates = {name: self.date(entry[name], (key, name)) for name in _DATES if name in entry}
        if dates.get("stopped", datetime.date.max) < dates.get("started", datetime.date.min):
            raise self.wrong(
                (key, "stopped"), "stopped is before started", "Give the line twice if it was begun again."
            )
        new = self.of(bool, entry["new"], (key, "new"), "true or false") if "new" in entry else None
        for name in _WORDS_OF_LINE:
            if name in entry:
                self.of(str, entry[name], (key, name), "text in quotes")
        return DatedLine(line, **dates, new=new, product=entry.get("product"), why=entry.get("why"))

    def date(self, value: Any, path: tuple[str | int, ...]) -> datetime.date:
        if isinstance(value, str):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                pass
        elif type(value) is datetime.date:
            return value
        raise self.wrong(path, f"{path[-1]} is not a date", "Write year, month and day, as in 2026-05-01.")

    def acknowledged(self, entry: Any, number: int) -> AcknowledgedTable:
        path = ("acknowledged", number)
        self.of(Mapping, entry, path, "a table for each finding")
        self.keys(entry, ("rule", "reason", "until", "given_for"), path)
        words = {key: self.of(str, entry.get(key), (*path, key), "text in quotes") for key in ("rule", "reason")}
        if not words["reason"].strip():
            raise self.wrong((*path, "reason"), "the reason is empty", "Write why the finding is as it is.")
        until = self.date(entry.get("until"), (*path, "until"))
        given_for = None
        if "given_for" in entry:
            texts = enumerate(self.of(list, entry["given_for"], (*path, "given_for"), "a list"))
            given_for = [self.of(str, one, (*path, "given_for", number), "text in quotes") for number, one in texts]
        return AcknowledgedTable(words["rule"], words["reason"], until, given_for)

    def person(self, table: Any) -> PersonTable:
        self.of(Mapping, table, ("person",), "a table")
        self.keys(table, _PERSON, ("person",))
        values = dict(table)
        if "age" in table:
            values["age"] = self.age(table["age"])
        if "sex" in table and table["sex"] not in ("female", "male"):
            raise self.wrong(("person", "sex"), 'sex is "female" or "male"')
        for key in ("pregnant", "lactating"):
            if key in table:
                self.of(bool, table[key], ("person", key), "true or false")
        return PersonTable(**values)

    def age(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 130:
            raise self.wrong(("person", "age"), "age is a number of years from 0 to 130")
        return Decimal(str(value))
