"""What the person said: lines as understood, items, schedules and the person; frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from dosenote.errors import DosenoteError
from dosenote.quantity import DAYS_PER, Amount, show_number

#: An item begun less than this many days ago is new; after OLD_DAYS it is not; between the two nobody can tell.
#: One that was stopped less than NEW_DAYS ago may still act.
NEW_DAYS, OLD_DAYS = 30, 365

#: Why a line is asked about whose amount is understood, and used, but more or less than people take.
UNUSUAL = "an unusual amount"

Outcome = Literal["accept", "ask", "refuse", "ignore"]
Sex = Literal["female", "male"]
Moment = Literal["morning", "noon", "evening", "night"]
#: The times of a day, in their order; night is bedtime.
MOMENTS: tuple[Moment, ...] = ("morning", "noon", "evening", "night")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often: `times` (lowest, highest or None for no upper bound) in each period of `count` units.

    once: taken a single time. as_needed: anything from never to `times`. max_per_day: a written ceiling for
    the amount of one day, in the unit of the item's amount. with_food: None when the line does not say.
    """

    times: tuple[Decimal, Decimal | None]
    count: Decimal = Decimal(1)
    unit: str = "day"
    days: tuple[str, ...] = ()
    once: bool = False
    as_needed: bool = False
    max_per_day: Decimal | None = None

    @property
    def period_days(self) -> Decimal:
        """How long its period is, in days."""
        return self.count * DAYS_PER[self.unit]

    def times_per_day(self) -> tuple[Decimal, Decimal | None]:
        """Lowest and highest average number of times a day."""
        low, high = self.times
        if self.as_needed or self.once:
            low = Decimal(0)
        if self.unit == "day" and self.count == 1:
            return low, high
        days = self.period_days
        return low / days, None if high is None else high / days

    @property
    def is_daily(self) -> bool:
        """Whether it is taken on each day; "as needed" counts as such."""
        return not self.days and not self.once and self.period_days <= 1

    def is_more_often_than(self, days: Decimal) -> bool | None:
        """Whether it is taken, on average, more often than once in so many days; None when that is not certain."""
        if self.once:
            return False
        low, high = self.times
        if low * days > self.period_days and not self.as_needed:
            return True
        is_bounded = high is not None and high * days <= self.period_days and self.max_per_day is None
        return False if is_bounded else None

    def is_spaced(self) -> bool | None:
        """Whether it is taken once a week or less often; None when that is not certain."""
        if self.once:
            return True
        low, high = self.times
        week = DAYS_PER["week"]
        if high is not None and high * week <= self.period_days:
            return True
        if self.as_needed or low * week <= self.period_days:
            return None
        return False


class Item(NamedTuple):
    """One thing that is taken, as understood from a line.

    substance: id of a vocabulary entry.
    amount: each time it is taken; elemental weight for minerals; None when not known.
    also: the same amount in a second unit, as written; never added.
    is_taken: False where the line leaves open whether this is taken at all.
    is_new: whether the line says that it is new or planned (True), or taken for long (False).
    phase: 1, 2, … for steps of one line that follow one another and are never added; else 0.
    duration_days: for how long it, or this step of it, is taken; None when the line does not say.
    season: the part of the year in which it is taken ("winter", "oct to mar"), or "".
    moments: the times of day at which it is taken, where the line says them. why: what for, as the person put it.
    """

    text: str
    substance: str
    amount: Amount | None = None
    also: Amount | None = None
    schedule: Schedule | None = None
    with_food: bool | None = None
    form: str = ""
    salt: str = ""
    is_taken: bool = True
    is_new: bool | None = None
    started: date | None = None
    stopped: date | None = None
    phase: int = 0
    duration_days: Decimal | None = None
    season: str = ""
    moments: tuple[Moment, ...] = ()
    why: str = ""


#: A bound of a value, as FHIR writes it: below, at most, at least, above; "" for the value itself.
Comparator = Literal["", "<", "<=", ">=", ">"]


class Lab(NamedTuple):
    """A lab value, or a bound of one, in the canonical unit of its vocabulary entry."""

    id: str
    value: Decimal
    text: str
    taken_on: date | None = None
    comparator: Comparator = ""


def date_words(day: date) -> str:
    """ "20 Nov 2026": no reader takes it for the other order of day and month."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day} {months[day.month - 1]} {day.year}"


def age_text(years: float | Decimal) -> str:
    """An age in years as it is said: "67 years old", below a year "5 months old", below a month "3 days old"."""
    months = round(float(years) * 12, 2)
    if years >= 1:
        count, unit = show_number(years), "year"
    elif months >= 1:
        count, unit = show_number(Decimal(str(months))), "month"
    else:
        count, unit = str(round(float(years) * 365)), "day"
    return f"{count} {unit}{'' if count == '1' else 's'} old"


class Person(NamedTuple):
    """Age in years. None is "not said", never "no"."""

    age: Decimal | None = None
    sex: Sex | None = None
    pregnant: bool | None = None
    lactating: bool | None = None

    def with_(self, other: Person) -> Person:
        """Both statements together; raises DosenoteError where they contradict each other."""
        merged = {}
        for name in ("age", "sex", "pregnant", "lactating"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine is not None and theirs is not None and mine != theirs:
                said = [age_text(one).removesuffix(" years old") if name == "age" else one for one in (mine, theirs)]
                raise DosenoteError(f"two answers for {name}: {said[0]} and {said[1]}", hint="Give one of them.")
            merged[name] = theirs if mine is None else mine
        if merged["sex"] == "male" and merged["pregnant"]:
            raise DosenoteError("male and pregnant contradict each other", hint="Give one of them.")
        return Person(**merged)


class Closed(NamedTuple):
    """Which open lists the person declared complete: "no other medicines", "no other conditions", "no other foods"."""

    medicines: bool = False
    conditions: bool = False
    foods: bool = False

    def __or__(self, other: Closed) -> Closed:
        return Closed(
            self.medicines or other.medicines,
            self.conditions or other.conditions,
            self.foods or other.foods,
        )


class Reading(NamedTuple):
    """One line and how it was understood. Every character is in an item, a statement or `unread`.

    outcome: accept (all needed is in the line), ask (something is missing or unclear), refuse (not plausible or
    contradictory), ignore (not a dose: a condition, a food, a lab value, a fact about the person, or stopped).
    denied: what the line says is not taken, had or eaten: a thing, or a class with all its members.
    stopped: what the line says is no longer taken. doubted: conditions and foods of which it is not clear whether they
    are meant to be there.
    missing: amount, unit, frequency, form. reason: why it was not accepted, in words, or "".
    assumed: how something was read that the line does not say in so many words ("20.000" as 20,000), to be said back.
    hidden_kinds: what a piece of a FHIR file may be about that was not understood, where that is nothing taken.
    """

    text: str
    outcome: Outcome
    items: tuple[Item, ...] = ()
    conditions: tuple[str, ...] = ()
    foods: tuple[str, ...] = ()
    labs: tuple[Lab, ...] = ()
    denied: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    person: Person = Person()
    closed: Closed = Closed()
    unread: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    reason: str = ""
    hidden_kinds: tuple[Literal["condition", "lab"], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was understood in the line."""
        return not (
            self.items or self.conditions or self.foods or self.labs or self.denied or self.stopped
            or self.doubted or self.closed != Closed() or self.person != Person()
        )  # fmt: skip

    @property
    def hides_something(self) -> bool:
        """Whether something was not understood that could be taken: a word, or a whole line that names nothing."""
        return bool(self.hidden)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The unread pieces that could be the name of something; a bare number beside an item is none.

        Of a line that leaves open what is meant, and of which nothing was understood, the whole: "not sure".
        """
        if not self.items:
            is_open = self.outcome == "ask" and self.is_empty
            return self.unread or ((self.text.strip(),) if is_open else ())
        return tuple(piece for piece in self.unread if any(character.isalpha() for character in piece))

    @property
    def is_unusual(self) -> bool:
        """Whether an amount is used of which it is asked whether it is meant: a week's methotrexate each day."""
        return self.outcome == "ask" and UNUSUAL in self.reason

    @property
    def why_unclear(self) -> str:
        """Why it was not accepted, in words; of an unusual amount with what is asked about it."""
        return "; ".join((self.reason, *self.questions)) if self.is_unusual else self.reason

    @property
    def not_recognised(self) -> tuple[tuple[str, str], ...]:
        """The hidden pieces, each with the reason in words."""
        text = self.text.strip()
        if self.outcome == "refuse" and self.reason and not self.items:
            return tuple((piece, self.reason) for piece in self.hidden)
        within = f'not understood in "{text}"'
        return tuple((piece, "not in our lists" if piece == text else within) for piece in self.hidden)


#: For so long a finding may be known; then it is looked at again.
LONGEST_ACKNOWLEDGED = timedelta(days=366)


class Acknowledgement(NamedTuple):
    """That the person knows of a finding, why it is as it is, and until which day that holds. rule: its id.

    given_for: what the finding was about when it was acknowledged, as `Advisory.about`; None where that was not noted.
    """

    rule: str
    reason: str
    until: date
    given_for: tuple[str, ...] | None = None

    def holds_on(self, day: date | None) -> bool:
        """Whether it holds on a day: up to its last, which is a year ahead at most; always where there is no day."""
        return day is None or timedelta() <= self.until - day <= LONGEST_ACKNOWLEDGED


class Regimen(NamedTuple):
    """Everything that the person said, line by line, with what was said apart from the lines.

    as_of: the day for which the regimen is checked, or None; an item stopped on or before it is not taken now.
    """

    readings: tuple[Reading, ...] = ()
    person: Person = Person()
    closed: Closed = Closed()
    as_of: date | None = None
    acknowledged: tuple[Acknowledgement, ...] = ()

    def items(self) -> Iterator[tuple[int, Item]]:
        """What is taken now or planned, each with the number of its line, from 0."""
        for number, reading in enumerate(self.readings):
            for item in reading.items:
                if not self.has_stopped(item):
                    yield number, item

    def has_stopped(self, item: Item) -> bool:
        """Whether the item is no longer taken on the day of the check."""
        return item.stopped is not None and self.as_of is not None and item.stopped <= self.as_of

    def has_just_stopped(self, item: Item) -> bool:
        """Whether the item was stopped so lately that it may still act."""
        return item.stopped is not None and self.has_stopped(item) and self._days_since(item.stopped) < NEW_DAYS

    def _days_since(self, day: date) -> int:
        return 0 if self.as_of is None else (self.as_of - day).days

    @property
    def all_conditions(self) -> tuple[str, ...]:
        """The ids of the conditions that any line names, each once."""
        return tuple(dict.fromkeys(id for reading in self.readings for id in reading.conditions))

    @property
    def all_foods(self) -> tuple[str, ...]:
        """The ids of the foods that any line names, each once."""
        return tuple(dict.fromkeys(id for reading in self.readings for id in reading.foods))

    @property
    def all_doubted(self) -> tuple[str, ...]:
        """What may be there or not: named in a doubtful way, or said to have stopped, nobody knows when, or lately."""
        said = (id for reading in self.readings for id in (*reading.doubted, *reading.stopped))
        lately = (item.substance for reading in self.readings for item in reading.items if self.has_just_stopped(item))
        return tuple(dict.fromkeys((*said, *lately)))

    @property
    def all_stopped(self) -> tuple[str, ...]:
        """What was taken and is no longer, by a line's words or by its date."""
        said = (id for reading in self.readings for id in reading.stopped)
        dated = (item.substance for reading in self.readings for item in reading.items if self.has_stopped(item))
        return tuple(dict.fromkeys((*said, *dated)))

    def is_new(self, item: Item) -> bool | None:
        """Whether an item is new: planned or begun within a month of the day of the check; not after a year."""
        if item.started is None or self.as_of is None:
            return item.is_new
        days = (self.as_of - item.started).days
        return True if days < NEW_DAYS else False if days >= OLD_DAYS else None

    @property
    def all_denied(self) -> tuple[str, ...]:
        """The ids of what any line says is not taken, not had or not eaten, each once."""
        return tuple(dict.fromkeys(id for reading in self.readings for id in reading.denied))

    @property
    def all_labs(self) -> tuple[Lab, ...]:
        """Every blood value, in the order of the lines; a day that has not come yet is a slip, and is none."""
        return tuple(
            lab._replace(taken_on=None) if self.is_to_come(lab) else lab
            for reading in self.readings
            for lab in reading.labs
        )

    def is_to_come(self, lab: Lab) -> bool:
        """Whether a blood value has a day after that of the check."""
        return lab.taken_on is not None and self.as_of is not None and lab.taken_on > self.as_of

    @property
    def whole_person(self) -> Person:
        """The person from every line and option; raises DosenoteError for contradictions."""
        person = self.person
        for reading in self.readings:
            person = person.with_(reading.person)
        return person

    @property
    def all_closed(self) -> Closed:
        """Which lists are complete, as the options or any line say; not where a condition was not understood."""
        closed = self.closed
        for reading in self.readings:
            closed = closed | reading.closed
        if any("condition" in reading.hidden_kinds for reading in self.readings):
            return closed._replace(conditions=False)  # one was told that was not understood
        return closed
