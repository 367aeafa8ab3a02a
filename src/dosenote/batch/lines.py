"""Lines of many regimens by number: each distinct one is read once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from dosenote.effects import Effect, effect_of
from dosenote.errors import DosenoteError, nearest
from dosenote.files import dated_line, person_of
from dosenote.laboratory import disagreements
from dosenote.quantity import DAYS_PER
from dosenote.reader import Reader
from dosenote.regimen import Closed, Lab, Person, Reading, Regimen, Schedule
from dosenote.report.words import schedule_words
from dosenote.vocabulary import NOTHING

#: How a line is told apart: text, JSON of a line, or what else a row says together with its JSON.
Key: TypeAlias = str | bytes | tuple[str, bytes]
#: Pieces of a line that were not recognised, each with the reason.
Pieces: TypeAlias = tuple[tuple[str, str], ...]

#: More lines than this are not remembered; then all of them are forgotten, and read again where they come back.
MOST = 100_000

#: Lists of a regimen besides its items; the first three are open, and these flags say that they are complete.
LISTS = ("medicines", "conditions", "foods", "labs")
FLAGS = ("no_other_medicines", "no_conditions", "no_other_foods")
#: A line of a file that is longer, in bytes, is not one regimen.
LONGEST = 1_000_000
#: So much of a value is repeated where it is rejected.
SHOWN = 80

_STRUCTURED = ("substance", "amount", "unit", "times", "every", "period", "with_food")


#: Most lines say nothing of the person: all of them say it with this one.
_NOBODY = Person()


class BadValue(Exception):
    """A value that says nothing that can be used: why, what may have been meant, and the column, where not its own."""

    def __init__(self, value: str, reason: str, suggestion: str = "", column: str = "") -> None:
        super().__init__(reason)
        self.value, self.reason, self.suggestion, self.column = value[:SHOWN], reason, suggestion, column


class Told(NamedTuple):
    """What a row tells of a line besides the facts. named: ids of what is surely taken, had or eaten, by list.

    not_recognised: pieces, each with the reason. is_item: whether it names something that is taken. is_told: whether it
    says anything about what is taken, also that something is not. is_empty: whether nothing was read in it.
    person: what it says of the person. labs: the blood values, as a regimen of this day has them.
    """

    named: Mapping[str, tuple[str, ...]]
    not_recognised: Pieces
    is_item: bool
    is_told: bool
    is_empty: bool
    person: Person
    labs: tuple[Lab, ...]


class Lines:
    """Every distinct line of a batch by number, from 0. as_of: the day of the check, for lines with dates."""

    def __init__(self, reader: Reader, as_of: date | None) -> None:
        self.reader, self.as_of = reader, as_of
        self.codes: dict[Key, int] = {}
        self.told: list[Told] = []
        self._wrong: dict[Key, tuple[str, str, str, str]] = {}
        self.clear()

    def clear(self) -> None:
        """Forget every line."""
        self.codes.clear()
        self._wrong.clear()
        self.told.clear()

    @property
    def is_full(self) -> bool:
        """Whether so many lines are remembered that it is time to forget them."""
        return len(self.told) + len(self._wrong) > MOST

    def code(self, key: Key) -> int:
        """The number of a line. Raises BadValue where it is not one."""
        found = self.codes.get(key)
        if found is not None:
            return found
        if key in self._wrong:
            raise BadValue(*self._wrong[key])
        told = self.read_before(key)
        return self._read(key) if told is None else self.keep(key, told)

    def numbered(self, key: Key) -> tuple[int, int]:
        """The number of a line, and by what the amounts are to be multiplied that are kept of it. Raises BadValue."""
        return self.code(key), 1

    def not_recognised(self, code: int, _times: int) -> Pieces:
        """What was not recognised in a line. times: what the amounts are multiplied by that are kept of it."""
        return self.told[code].not_recognised

    def keep(self, key: Key, told: Told) -> int:
        """The number of one more line, of which this is told."""
        self.told.append(told)
        number = self.codes[key] = len(self.told) - 1
        return number

    def _read(self, key: Key) -> int:
        try:
            reading = _reading(key, self.reader)
        except BadValue as wrong:
            self._wrong[key] = wrong.value, wrong.reason, wrong.suggestion, wrong.column
            raise
        effect = effect_of(reading, self.reader.vocabulary, self.as_of)
        if isinstance(key, tuple) and key[0] == "unread":
            effect = effect._replace(not_recognised=((reading.text, "it was not used, or does not tell of an item"),))
        self.add(reading, effect)
        return self.keep(key, told_of(reading, effect, self))

    def clash(self, codes: Iterable[int]) -> str:
        """What contradicts itself in what these lines say of the person, or ""."""
        person = Person()
        try:
            for code in codes:
                person = person.with_(self.told[code].person)
        except DosenoteError as error:
            return error.what
        return ""

    def differing(self, codes: Iterable[int]) -> tuple[tuple[str, str], ...]:
        """The blood values of these lines that do not agree, each test with what is told of it."""
        labs = (lab for code in codes for lab in self.told[code].labs)
        return tuple((one.title, one.told) for one in disagreements(labs, self.reader.vocabulary))

    def add(self, reading: Reading, effect: Effect) -> None:
        """Keep what the facts need of one more line."""
        raise NotImplementedError

    def read_before(self, _key: Key) -> Told | None:
        """What a line tells that need not be read, because others like it were; what the facts need of it is kept."""
        return None


def told_of(reading: Reading, effect: Effect, lines: Lines) -> Told:
    """What a row tells of a line, besides the facts."""
    vocabulary = lines.reader.vocabulary
    medicines = tuple(id for id in effect.named if vocabulary[id].kind == "medicine")
    named = {"medicines": medicines, "conditions": effect.conditions, "foods": effect.foods}
    told = {name: ids for name, ids in named.items() if ids}
    return Told(
        told or NOTHING,
        effect.not_recognised,
        effect.is_item,
        bool(effect.is_item or effect.stopped or effect.ended or effect.denied),
        reading.is_empty and not effect.not_recognised,
        _NOBODY if effect.person == _NOBODY else effect.person,
        Regimen((reading,), as_of=lines.as_of).all_labs,
    )


def _reading(key: Key, reader: Reader) -> Reading:
    if isinstance(key, str):
        return reader.read(key)
    kind, text = ("", key) if isinstance(key, bytes) else key
    try:
        value = json.loads(text, object_pairs_hook=no_doubles, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadValue(text.decode("utf-8", "replace"), f"not JSON: {error}") from None
    if kind == "unread":
        return Reading(f"line {value}", "ask", unread=(f"line {value}",))
    if kind == "person":
        return Reading("", "ignore", person=_person(value))
    if kind == "closed":
        return Reading("", "ignore", closed=Closed(*(name in value for name in LISTS[: len(FLAGS)])))
    if isinstance(value, str):
        return reader.read(value)
    if not isinstance(value, dict):
        raise BadValue(text.decode("utf-8", "replace"), "a line is text, or an object")
    return _structured(value, reader) if "substance" in value else _dated(value, reader)


@cache
def closed_key(medicines: bool, conditions: bool, foods: bool) -> Key:
    """The key that says which open lists are complete."""
    said = zip(LISTS, (medicines, conditions, foods), strict=False)
    return "closed", json.dumps([name for name, is_complete in said if is_complete]).encode()


def wrong_id(id: str) -> str:
    """What is wrong with an id, or ""."""
    if not id.strip():
        return "a regimen needs an id"
    return "" if id.isprintable() else "it holds characters that cannot be shown"


def unread_key(number: int) -> Key:
    """The key of a line of the file that could not be read: it may say anything."""
    return "unread", str(number).encode()


def no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; raises ValueError for a key that is given twice."""
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key is given twice")
    return table


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _person(value: Any) -> Person:
    if not isinstance(value, dict):
        raise BadValue(str(value), "the person is an object")
    try:
        return person_of({name: float(one) if isinstance(one, Decimal) else one for name, one in value.items()})
    except DosenoteError as error:
        named = [name for name in value if name in error.what]
        column = named[0] if named else ""
        raise BadValue(str(value.get(column, value)), error.what, error.hint, column) from None


def _dated(value: dict[str, Any], reader: Reader) -> Reading:
    try:
        return dated_line(value, "line", reader)
    except DosenoteError as error:
        raise BadValue(json.dumps(value, default=str), error.what, error.hint) from None


def _structured(value: dict[str, Any], reader: Reader) -> Reading:
    """A substance, an amount and how often, each in a field of its own: read as the line that says the same."""
    shown = json.dumps(value, default=str)
    dates: dict[str, Any] = {name: value.pop(name) for name in ("started", "stopped", "new") if name in value}
    unknown = next((name for name in value if name not in _STRUCTURED), "")
    if unknown:
        raise BadValue(shown, f'"{unknown}" is not known.{nearest(unknown, _STRUCTURED)}')
    substance, unit = value["substance"], value.get("unit", "")
    if not isinstance(substance, str) or not isinstance(unit, str) or not substance.strip():
        raise BadValue(shown, "substance and unit are text")
    low, high = _amount(value.get("amount"), shown)
    schedule = _schedule(value, shown)
    food = value.get("with_food")
    if food is not None and not isinstance(food, bool):
        raise BadValue(shown, "with_food is true or false")
    amount = "" if low is None else f"{low:f}" if low == high else f"{low:f}-{high:f}"
    meal = "" if food is None else "with food" if food else "without food"
    line = " ".join(part for part in (substance.strip(), amount, unit, schedule_words(schedule), meal) if part)
    reading = reader.read(line)
    if reading.outcome != "refuse" and not reading.hides_something:
        for item in reading.items:
            is_read = item.amount is not None and (item.amount.low, item.amount.high) == (low, high)
            is_amount = is_read or low is None or item.salt or reading.missing
            if not is_amount or item.schedule != schedule or len(reading.items) != 1:
                raise BadValue(shown, f'"{line}" is not read as it is given', "Give the item as a line of text.")
    return _dated({"line": line, **dates}, reader) if dates else reading


def _amount(value: Any, shown: str) -> tuple[Decimal | None, Decimal | None]:
    bounds = value if isinstance(value, list) else [value, value]
    if value is None:
        return None, None
    numbers = [Decimal(one).normalize() for one in bounds if _is_number(one)]
    if len(bounds) != 2 or len(numbers) != 2:
        raise BadValue(shown, "an amount is a number, or two")
    low, high = numbers
    if not 0 < low <= high < Decimal(10) ** 9:
        raise BadValue(shown, "an amount is above 0, the lower one first")
    return low, high


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _schedule(value: dict[str, Any], shown: str) -> Schedule | None:
    if "times" not in value and "period" not in value and "every" not in value:
        return None
    period, times, every = value.get("period", "day"), value.get("times", 1), value.get("every", 1)
    if not isinstance(period, str) or period not in DAYS_PER:
        raise BadValue(shown, f"period is one of {', '.join(DAYS_PER)}", nearest(str(period), DAYS_PER).strip())
    numbers = [one for one in (times, every) if _is_number(one)]
    if len(numbers) != 2 or not all(0 < one <= 1000 for one in numbers):
        raise BadValue(shown, "times and every are numbers above 0")
    return Schedule((Decimal(times), Decimal(times)), Decimal(every), period)
