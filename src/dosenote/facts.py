"""The catalogue of facts, and Regimen → Facts: what rules may ask about, each known, uncertain or unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, reduce
from math import inf
from typing import Literal, NamedTuple

from dosenote.dosing import item_amounts
from dosenote.laboratory import newest, span_of
from dosenote.logic import ANY_AMOUNT, FALSE, TRUE, UNKNOWN, ZERO, Interval, Truth, exactly, known
from dosenote.regimen import Item, Lab, Regimen
from dosenote.uses import Use, at_one_time, is_any_new, one_step_at_a_time, steps_of
from dosenote.vocabulary import NOTHING, DosingInterval, Entry, Vocabulary

Kind = Literal["list", "amount", "age", "lab", "choice", "yes-no"]

#: The open lists: what is not in them is unknown, unless the person said that nothing is missing.
LISTS: dict[str, str] = {"medicines": "medicine", "conditions": "condition", "foods": "food"}
#: Ends the fact that a class was named by itself, "blood thinner", and not which member of it is meant.
UNNAMED = ":unnamed"
SEXES = ("female", "male")
#: Ages in years at which somebody may be pregnant who does not say so: those at which the US survey NHANES tests
#: for it (urine pregnancy test 2021-2023, "Eligible Sample": 12 to 59 years, and from 8 where menstruating).
_FERTILE = (8, 60)


class Fact(NamedTuple):
    """Something a row of a rule may ask about. entry: id of the substance or lab it is about, or ""."""

    name: str
    kind: Kind
    label: str
    unit: str = ""
    entry: str = ""


class Facts(NamedTuple):
    """One person's facts (scalars) or a column of people's (arrays).

    truths: "vitamin_k2.taken", "medicines:warfarin", "medicines:blood-thinner:unnamed", "sex:female", "pregnant" …
    intervals: "vitamin_d.daily" in the substance's canonical unit, "age" in years, "lab.inr" …
    sources: for one person, which lines (by number, from 0) speak for a fact.
    """

    truths: Mapping[str, Truth]
    intervals: Mapping[str, Interval]
    sources: Mapping[str, tuple[int, ...]] = NOTHING


def fact_name(id: str) -> str:
    """The id of a substance or lab as it stands in rule files: vitamin-k2-mk7 → vitamin_k2_mk7."""
    return id.replace("-", "_")


def catalogue(vocabulary: Vocabulary) -> dict[str, Fact]:
    """Every fact, by the name that rules use."""
    facts = [
        Fact("age", "age", "age", "years"),
        Fact("sex", "choice", "sex"),
        Fact("pregnant", "yes-no", "pregnancy"),
        Fact("lactating", "yes-no", "breastfeeding"),
        *(Fact(name, "list", name) for name in LISTS),
    ]
    for entry in vocabulary.of_kind("supplement"):
        name, about = fact_name(entry.id), {"unit": entry.unit, "entry": entry.id}
        facts += [
            Fact(f"{name}.taken", "yes-no", f"{entry.label}, taken or not", entry=entry.id),
            Fact(f"{name}.stopped", "yes-no", f"{entry.label}, stopped or not", entry=entry.id),
            Fact(f"{name}.new", "yes-no", f"{entry.label}, new or planned, or not", entry=entry.id),
            Fact(f"{name}.with_food", "yes-no", f"{entry.label}, with a meal or not", entry=entry.id),
            Fact(f"{name}.daily", "amount", f"{entry.label} a day", **about),
            Fact(f"{name}.each_time", "amount", f"{entry.label} at one time", **about),
            Fact(
                f"{name}.spaced_dose",
                "amount",
                f"{entry.label} at one time, once a week or less often",
                **about,
            ),
        ]
    for entry in medicine_classes(vocabulary):
        meal = f"{entry.label}, with a meal or not"
        facts.append(Fact(f"{fact_name(entry.id)}.with_food", "yes-no", meal, entry=entry.id))
    for entry, interval in seldom_taken(vocabulary):
        often = f"{entry.label}, taken more often than {interval.usual} or not"
        facts.append(Fact(f"{fact_name(entry.id)}.more_often_than_usual", "yes-no", often, entry=entry.id))
    for entry in vocabulary.of_kind("lab"):
        name = f"lab.{fact_name(entry.id)}"
        facts.append(Fact(name, "lab", entry.label, entry.unit, entry.id))
        facts.append(Fact(f"{name}_said", "yes-no", f"{entry.label}, told or not", entry=entry.id))
    return {fact.name: fact for fact in facts}


def medicine_classes(vocabulary: Vocabulary) -> Iterator[Entry]:
    """The classes of medicines, of which it is a fact whether they are taken with a meal."""
    return (entry for entry in vocabulary.of_kind("medicine") if vocabulary.members(entry.id))


def seldom_taken(vocabulary: Vocabulary) -> Iterator[tuple[Entry, DosingInterval]]:
    """The medicines of which any amount is taken once a week or less often, with how seldom."""
    for entry in vocabulary.of_kind("medicine"):
        if entry.interval is not None:
            yield entry, entry.interval


def facts_of(regimen: Regimen, vocabulary: Vocabulary) -> Facts:
    """What is known of one person.

    Supplements are a closed list: what is not in it is not taken, unless something in it was not recognised.
    Medicines, conditions and foods are open lists: what is not said is unknown.
    Raises DosenoteError when the person contradicts themselves ("age 67", "age 40").
    """
    person, closed = regimen.whole_person, regimen.all_closed
    hidden = [number for number, reading in enumerate(regimen.readings) if reading.hides_something]
    stopped = frozenset[str]().union(*(vocabulary.surely(id) for id in regimen.all_stopped))
    doubted = frozenset[str]().union(*(vocabulary.surely(id) for id in regimen.all_doubted))
    spoken_of = regimen.all_doubted
    hides_lab = bool(hidden) or any("lab" in reading.hidden_kinds for reading in regimen.readings)
    gathered = Gathered(hidden, stopped, doubted, regimen.all_denied)
    gathered.add_all(regimen, vocabulary)
    truths: dict[str, Truth] = {"pregnant": known(person.pregnant), "lactating": known(person.lactating)}
    if person.sex == "male" or (person.pregnant is None and not is_fertile(person.age)):
        truths["pregnant"] = FALSE
    for sex in SEXES:
        truths[f"sex:{sex}"] = UNKNOWN if person.sex is None else known(person.sex == sex)
    intervals: dict[str, Interval] = {"age": ANY_AMOUNT if person.age is None else exactly(float(person.age))}
    for entry in vocabulary.of_kind("lab"):
        name, values = f"lab.{fact_name(entry.id)}", [lab for lab in regimen.all_labs if lab.id == entry.id]
        # One that is spoken of without a value that can be used may be the newest, and anything: "eGFR <15", "eGFR 80".
        intervals[name] = ANY_AMOUNT if entry.id in spoken_of else _last_value(values)
        truths[f"{name}_said"] = TRUE if values else UNKNOWN if hides_lab or entry.id in spoken_of else FALSE
    untold = _untold(vocabulary, bool(hidden), (closed.medicines, closed.conditions, closed.foods))
    truths |= untold.truths
    intervals |= untold.intervals
    gathered.sources |= untold.sources
    if hidden:
        of_anything = tuple(hidden)
        gathered.sources |= {name: of_anything for name, lines in untold.sources.items() if lines}
    gathered.tell(vocabulary, truths, intervals)
    for name, said, complete in (
        ("medicines", (), closed.medicines),
        ("conditions", regimen.all_conditions, closed.conditions),
        ("foods", regimen.all_foods, closed.foods),
    ):
        gathered.belong(name, said, complete, vocabulary, truths)
    return Facts(truths, intervals, gathered.sources)


@lru_cache(maxsize=16)  # of as many vocabularies, or ways of closing the lists
def _untold(vocabulary: Vocabulary, anything: bool, complete: tuple[bool, bool, bool]) -> Facts:
    """The facts of somebody who tells of nothing: what of most things holds for everybody, and is told once.

    anything: whether a line, number 0, may hide anything; complete: whether nothing is missing in each of LISTS.
    """
    truths: dict[str, Truth] = {}
    intervals: dict[str, Interval] = {}
    gathered = Gathered(unrecognised=[0] if anything else [])
    for entry in vocabulary.of_kind("supplement"):
        gathered.measure(entry, truths, intervals)
    for entry in medicine_classes(vocabulary):
        gathered.tell_meals(entry, truths)
    for entry, _ in seldom_taken(vocabulary):
        gathered.tell_frequency(entry, truths)
    for (name, kind), is_complete in zip(LISTS.items(), complete, strict=True):
        for entry in vocabulary.of_kind(kind):
            truths[f"{name}:{entry.id}"] = FALSE if is_complete and not anything else UNKNOWN
            gathered.sources[f"{name}:{entry.id}"] = ()
            if vocabulary.members(entry.id):
                truths[f"{name}:{entry.id}{UNNAMED}"] = UNKNOWN if anything else FALSE
    return Facts(truths, intervals, gathered.sources)


def is_fertile(age: Decimal | float | None) -> bool:
    """Whether somebody of this age, in years, may be pregnant who does not say so."""
    first, end = _FERTILE
    return age is None or first <= age < end


def _last_value(labs: list[Lab]) -> Interval:
    """The newest value; where several may be the newest, the span of them."""
    return reduce(Interval.hull, map(span_of, newest(labs))) if labs else ANY_AMOUNT


@dataclass(slots=True)
class Gathered:
    """The uses of every substance, group and class over all items.

    unrecognised: lines that may hide anything. stopped, doubted: ids, and the groups above them, of what was stopped
    and of what may be there or not. maybe_stopped: ids, and the groups above them, of items of which it is not clear
    whether they are taken: they may have been stopped. denied: ids of what is not taken, had or eaten. begun: of each
    line, the substances with which steps begin.
    """

    unrecognised: list[int] = field(default_factory=list)
    stopped: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    denied: tuple[str, ...] = ()
    named: set[str] = field(default_factory=set)
    doubtfully_named: set[str] = field(default_factory=set)
    maybe_stopped: set[str] = field(default_factory=set)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    begun: dict[int, list[str]] = field(default_factory=dict)
    sources: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def add_all(self, regimen: Regimen, vocabulary: Vocabulary) -> None:
        """Every item, and what is doubted as something that may be taken."""
        for number, item in regimen.items():
            self._add(number, item, regimen.is_new(item), vocabulary)
        for number, reading in enumerate(regimen.readings):
            for id in reading.doubted:
                self._add(number, Item(reading.text, id, is_taken=False), None, vocabulary)

    def _add(self, number: int, item: Item, is_new: bool | None, vocabulary: Vocabulary) -> None:
        entry = vocabulary[item.substance]
        (self.named if item.is_taken else self.doubtfully_named).add(entry.id)
        if not item.is_taken:
            self.maybe_stopped |= vocabulary.surely(entry.id)
        begun = self.begun.setdefault(number, []) if item.phase else []
        step = (number, steps_of(item, begun, vocabulary)) if item.phase else None
        for id in vocabulary.surely(entry.id):
            self._use(number, step, item, is_new, vocabulary[id], item.is_taken)
        for id in vocabulary.perhaps(entry.id):
            self._use(number, step, item, is_new, vocabulary[id], False, amount_known=not entry.may_hold)

    def _use(
        self,
        number: int,
        step: tuple[int, str] | None,
        item: Item,
        is_new: bool | None,
        target: Entry,
        surely: bool,
        amount_known: bool = True,
    ) -> None:
        each, daily = item_amounts(item, target) if amount_known else (ANY_AMOUNT, ANY_AMOUNT)
        schedule, usual = item.schedule, target.interval
        spaced = schedule.is_spaced() if schedule else None
        too_often = schedule.is_more_often_than(usual.days) if schedule and usual else None
        use = Use(number, step, surely, each, daily, spaced, item.with_food, is_new, too_often)
        self.uses.setdefault(target.id, []).append(use)

    def tell(self, vocabulary: Vocabulary, truths: dict[str, Truth], intervals: dict[str, Interval]) -> None:
        """The facts about how much, how often and with what, of everything that a line speaks of."""
        for id in {*self.uses, *self.stopped, *self.maybe_stopped}:
            entry = vocabulary[id]
            if entry.kind == "supplement":
                self.measure(entry, truths, intervals)
            elif entry.kind == "medicine" and vocabulary.members(id):
                self.tell_meals(entry, truths)
            if entry.kind == "medicine" and entry.interval is not None:
                self.tell_frequency(entry, truths)

    def measure(self, entry: Entry, truths: dict[str, Truth], intervals: dict[str, Interval]) -> None:
        """The five facts about one substance or group."""
        name = fact_name(entry.id)
        uses = one_step_at_a_time(self.uses.get(entry.id, []))
        anything = bool(self.unrecognised)
        surely = any(use.surely for use in uses)
        truths[f"{name}.taken"] = TRUE if surely else UNKNOWN if uses or anything else FALSE
        maybe_stopped = anything or entry.id in self.maybe_stopped
        truths[f"{name}.stopped"] = TRUE if entry.id in self.stopped else UNKNOWN if maybe_stopped else FALSE
        truths[f"{name}.new"] = is_any_new(uses, anything)
        self.tell_meals(entry, truths)
        total = ZERO
        for use in uses:
            total += use.daily if use.surely else Interval(0.0, use.daily.high)
        intervals[f"{name}.daily"] = Interval(total.low, inf) if anything else total
        intervals[f"{name}.each_time"] = at_one_time(uses, anything)
        spaced = [use for use in uses if use.spaced is not False]
        certain = [use for use in spaced if use.spaced and use.surely]
        intervals[f"{name}.spaced_dose"] = Interval(
            at_one_time(certain, anything).low, at_one_time(spaced, anything).high
        )
        numbers = (*(use.number for use in uses), *self.unrecognised)
        for fact in ("taken", "stopped", "new", "daily", "each_time", "spaced_dose"):
            self.sources[f"{name}.{fact}"] = tuple(sorted(numbers))

    def tell_meals(self, entry: Entry, truths: dict[str, Truth]) -> None:
        """Whether something of a substance, a group or a class is taken with a meal; no, where all of it is without."""
        name = f"{fact_name(entry.id)}.with_food"
        uses = one_step_at_a_time(self.uses.get(entry.id, []))
        said = any(use.surely and use.with_food for use in uses)
        never = bool(uses) and not self.unrecognised and all(use.with_food is False for use in uses)
        truths[name] = Truth(said, never)
        self.sources[name] = tuple(sorted((*(use.number for use in uses), *self.unrecognised)))

    def tell_frequency(self, entry: Entry, truths: dict[str, Truth]) -> None:
        """Whether something on the list is a medicine that is taken seldom, and is taken more often than is usual.

        Of several, each of which is not, it is not known: tablets of two strengths on one day, or two days.
        """
        uses = one_step_at_a_time(self.uses.get(entry.id, []))
        often = any(use.surely and use.too_often for use in uses)
        never = not self.unrecognised and len(uses) < 2 and all(use.too_often is False for use in uses)
        name = f"{fact_name(entry.id)}.more_often_than_usual"
        truths[name] = Truth(often, never)
        self.sources[name] = tuple(sorted((*(use.number for use in uses), *self.unrecognised)))

    def belong(
        self,
        name: str,
        said: tuple[str, ...],
        complete: bool,
        vocabulary: Vocabulary,
        truths: dict[str, Truth],
    ) -> None:
        """Membership in every class of one open list, from the items and from what was said apart from them.

        An item that was not recognised may be any of them: it leaves no list complete. What was said to be absent is
        absent with all its members, unless another line says that something of it is there.
        """
        complete = complete and not self.unrecognised
        sure = frozenset[str]().union(*(vocabulary.surely(id) for id in said))
        maybe = frozenset[str]().union(*(vocabulary.perhaps(id) for id in said))
        absent = frozenset[str]().union(
            *(
                {id, *vocabulary.members(id)}
                for id in self.denied
                if not any(one in sure or one in self.uses for one in (id, *vocabulary.members(id)))
            )
        )
        named = {*said, *self.named, *self.doubtfully_named}
        for id in sure.union(maybe, absent, named, self.uses, self.doubted):
            entry = vocabulary[id]
            if entry.kind != LISTS[name]:
                continue
            uses = self.uses.get(entry.id, ())
            if entry.id in sure or any(use.surely for use in uses):
                truth = TRUE
            elif entry.id in self.doubted:
                truth = UNKNOWN
            elif entry.id in absent:
                truth = FALSE
            elif entry.id in maybe or uses or not complete:
                truth = UNKNOWN
            else:
                truth = FALSE
            truths[f"{name}:{entry.id}"] = truth
            self.sources[f"{name}:{entry.id}"] = tuple(use.number for use in uses)
            if vocabulary.members(entry.id):
                is_named = entry.id in said or entry.id in self.named
                maybe_named = bool(self.unrecognised) or entry.id in self.doubtfully_named
                truths[f"{name}:{entry.id}{UNNAMED}"] = TRUE if is_named else UNKNOWN if maybe_named else FALSE
