"""What was entered, as a report tells it: lines, what is taken, blood values and the person.

Named tuples, for the reason that `report.model` gives.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from dosenote.regimen import UNUSUAL, Comparator, Moment


class Span(NamedTuple):
    """An amount of one unit: at least `low`, at most `high` (null: no upper bound)."""

    low: float
    high: float | None
    unit: str


class Code(NamedTuple):
    """A code of a thing that is taken, in a public system: rxnorm, unii, atc or cas."""

    system: str
    code: str


class Times(NamedTuple):
    """How many times in a period. high: null for no upper bound."""

    low: float
    high: float | None


class Timing(NamedTuple):
    """How often: `times` in each stretch of `every` periods. once: a single time. max_per_day: the most in a day."""

    times: Times
    every: float
    period: Literal["hour", "day", "week", "month", "year"]
    days: tuple[str, ...]
    as_needed: bool
    once: bool
    max_per_day: Span | None


class TakenItem(NamedTuple):
    """One thing taken, as understood. words: the same for a person, in both units.

    each_time, daily: its amounts in words, in both units; "" where it is not known. since: the day on which it was
    begun. moments: the times of day, where they were said. why: what for, as the person put it. is_daily: false
    where it is known that it is not taken on each day.
    timing: `schedule` as numbers; null when the line does not say how often. written: the amount in the unit in which
    it was told. is_taken: false where it is not clear whether it is taken at all. phase: 1, 2, … for steps of one line
    that follow one another and are never added; else 0. season: the part of the year. ended: the day on which it ends.
    course: for how long, when in the year, and as which step, in words. may_act: a medicine that was stopped so lately
    that it may still act: it is not counted, and rules about it cannot be told.
    """

    substance: str
    label: str
    words: str
    amount: Span | None
    a_day: Span | None
    schedule: str
    stopped: bool
    each_time: str = ""
    daily: str = ""
    since: str | None = None
    moments: tuple[Moment, ...] = ()
    why: str = ""
    is_daily: bool = True
    timing: Timing | None = None
    codes: tuple[Code, ...] = ()
    written: Span | None = None
    is_taken: bool = True
    phase: int = 0
    duration_days: float | None = None
    season: str = ""
    ended: str | None = None
    course: tuple[str, ...] = ()
    may_act: bool = False


class Said(NamedTuple):
    """Something that a line names without a dose. stance: whether it is there, not there, over, or not clear."""

    id: str
    label: str
    kind: Literal["supplement", "medicine", "condition", "food", "lab"]
    stance: Literal["present", "absent", "stopped", "unclear"]
    codes: tuple[Code, ...]


class Measured(NamedTuple):
    """A blood value in the unit in which it is kept ("1" for none). taken_on: a day, or null.

    words: the value with its unit. entered: as it was entered. note: why it is not used, or not by itself, or "".
    comparator: "<", "<=", ">=" or ">" where only this bound of it is known, else "".
    """

    id: str
    label: str
    value: float
    unit: str
    taken_on: str | None
    words: str
    entered: str
    note: str = ""
    comparator: Comparator = ""


class Disagreement(NamedTuple):
    """Values of one blood test of which nobody can tell which counts. told: in words, with what is to be found out."""

    fact: str
    title: str
    values: tuple[Measured, ...]
    told: str


class Line(NamedTuple):
    """One line as entered and as understood. assumed: what it does not say in so many words, as it was read.

    said, measured: what `noted` says, piece by piece.
    """

    text: str
    outcome: Literal["accept", "ask", "refuse", "ignore"]
    items: tuple[TakenItem, ...]
    noted: tuple[str, ...]
    assumed: tuple[str, ...]
    unread: tuple[str, ...]
    reason: str
    said: tuple[Said, ...] = ()
    measured: tuple[Measured, ...] = ()

    @property
    def is_unusual(self) -> bool:
        """Whether an amount is used of which it is asked whether it is meant."""
        return self.outcome == "ask" and UNUSUAL in self.reason


class Patient(NamedTuple):
    """What was said about the person; null is "not said". age: in years."""

    age: float | None
    sex: Literal["female", "male"] | None
    pregnant: bool | None
    lactating: bool | None
