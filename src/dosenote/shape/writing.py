"""What vocabulary/writing.toml may contain: words by what they mean."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dosenote.shape.base import DecimalText, Shape, Texts


class ScheduleShape(Shape):
    """How often a word means: so many times in a period."""

    times: int
    per: Annotated[str, Field(pattern=r"^\d+ (hour|day|week|month|year)s?$")]
    names: Texts


class UnitsShape(Shape):
    """Words for each unit of weight or activity."""

    mcg: Texts
    mg: Texts
    g: Texts
    ng: Texts
    IU: Texts
    mEq: Texts


class PeriodsShape(Shape):
    """Words for each length of time."""

    minute: Texts
    hour: Texts
    day: Texts
    week: Texts
    month: Texts
    year: Texts


class FoodShape(Shape):
    """Words for "with a meal" and "without food"."""

    with_: Annotated[Texts, Field(alias="with")]
    without: Texts


class NewnessShape(Shape):
    """Words for what was just begun or is planned, and for what is taken since long."""

    new: Texts
    old: Texts


class WeekdaysShape(Shape):
    """Words for each day of the week."""

    mon: Texts
    tue: Texts
    wed: Texts
    thu: Texts
    fri: Texts
    sat: Texts
    sun: Texts


class RolesShape(Shape):
    """The words around a dose; each is a role that the reader's grammar knows."""

    every: Texts
    other: Texts
    times: Texts
    to: Texts
    or_: Annotated[Texts, Field(alias="or")]
    and_: Annotated[Texts, Field(alias="and")]
    half: Texts
    half_hour: Texts
    in_: Annotated[Texts, Field(alias="in")]
    clock: Texts
    for_: Annotated[Texts, Field(alias="for")]
    max: Texts
    as_needed: Texts
    single: Texts
    thousand: Texts
    elemental: Texts
    stopped: Texts
    denied: Texts
    not_: Annotated[Texts, Field(alias="not")]
    above: Texts
    below: Texts
    or_more: Texts
    or_less: Texts
    date: Texts
    age: Texts
    old: Texts
    then: Texts
    about: Texts
    chatter: Texts
    too: Texts
    share: Texts
    levelled: Texts
    because: Texts
    until: Texts
    had: Texts
    since: Texts
    rest: Texts
    except_: Annotated[Texts, Field(alias="except")]
    alternate: Texts
    portions: Texts
    of_week: Texts
    total: Texts
    serving: Texts
    between: Texts
    long: Texts
    apart: Texts
    at: Texts
    goal: Texts
    dispense: Texts
    allergy: Texts
    family: Texts
    pronoun: Texts
    heading: Texts
    vital: Texts
    least: Texts
    equals: Texts
    complaint: Texts
    event: Texts
    load: Texts
    weight: Texts
    inquiry: Texts
    checked: Texts


class SeasonShape(Shape):
    """Words for the seasons in which something is taken."""

    winter: Texts
    summer: Texts


class AmPmShape(Shape):
    """Words for the two halves of the day."""

    morning: Texts
    evening: Texts


class PersonShape(Shape):
    """Words that say something about the person."""

    female: Texts
    male: Texts
    pregnant: Texts
    not_pregnant: Texts
    lactating: Texts
    not_lactating: Texts


class ClosedShape(Shape):
    """Words that say that a list is complete."""

    medicines: Texts
    supplements: Texts = []
    conditions: Texts
    foods: Texts


class ImpliedShape(Shape):
    """Words from which a condition follows. days: those that say on which days something is taken."""

    days: Texts = []
    beside: Texts


class FillerShape(Shape):
    """Words that mean nothing here. told: how people say that they take or have something."""

    words: Texts
    told: Texts = []


#: Words around a name, which "..." stands for.
Around = Annotated[list[Annotated[str, Field(pattern=r"^\S(.*\S)? \.\.\. \S(.*\S)?$")]], Field(min_length=1)]


class ResultShape(Shape):
    """Words beside a blood value: such as change nothing of it, and such as make a mark of a bound."""

    flags: Texts
    today: Texts
    lately: Texts
    marks: Texts


class AnswerShape(Shape):
    """Words of a form: those that ask, before what is asked about, and its answers."""

    asking: Texts
    denying: Texts
    sex: Texts
    no: Texts
    yes: Texts


class StandingShape(Shape):
    """Words by which a clause tells how a thing stands: it goes on, it has ended, it is on hold or declined."""

    patient: Texts
    article: Texts
    i: Texts
    abbreviation: Texts
    and_: Annotated[Texts, Field(alias="and")]
    while_: Annotated[Texts, Field(alias="while")]
    both: Texts
    being: Texts
    please: Texts
    my: Texts
    still: Texts
    goes_on: Texts
    goes_on_with: Texts
    goes_on_alone: Texts
    goes_on_not: Texts
    goes_on_behind: Texts
    goes_on_behind_dot: Texts
    not_: Annotated[Texts, Field(alias="not")]
    now: Texts
    begins: Texts
    ended: Texts
    ended_before: Texts
    ended_first: Texts
    order: Texts
    order_or_discharge: Texts
    discharge: Texts
    order_of: Texts
    order_behind: Texts
    order_after_mark: Texts
    order_around: Around
    off: Texts
    held: Texts
    held_behind: Texts
    being_held: Texts
    declined: Around
    no_more: Around
    when: Texts
    last: Texts
    ago: Texts
    shared: Texts


class WritingShape(Shape):
    """vocabulary/writing.toml: words by what they mean; numbers and "times" by the number that they stand for."""

    unit: UnitsShape
    level: dict[str, Texts]
    number: dict[DecimalText, Texts]
    form: dict[str, Texts]
    times: dict[DecimalText, Texts]
    period: PeriodsShape
    schedule: list[ScheduleShape]
    unclear: dict[str, Texts]
    time: dict[str, Texts]
    meal: dict[str, Texts]
    food: FoodShape
    newness: NewnessShape
    weekday: WeekdaysShape
    weekdays: dict[str, Texts]
    ampm: AmPmShape
    season: SeasonShape
    word: RolesShape
    person: PersonShape
    closed: ClosedShape
    picture: dict[str, Texts]
    standing: StandingShape
    result: ResultShape
    answer: AnswerShape
    misspelt: dict[str, Texts]
    implied: dict[str, ImpliedShape]
    filler: FillerShape
    maker: FillerShape
