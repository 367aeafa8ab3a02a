"""Patient, Condition and Observation → readings: what is said of the person, and no more than is sure."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import get_args

from dosenote.fhir.bundle import File
from dosenote.fhir.element import Element, NotUsable
from dosenote.fhir.fields import CONDITION, OBSERVATION
from dosenote.fhir.laboratory import (
    BLOOD,
    FRACTION,
    IONISED,
    MEASURED,
    NOT_BLOOD,
    lab_unit,
    plain_name,
    spelt_names,
    value_words,
)  # fmt: skip
from dosenote.fhir.notes import line_of, noted_of, plain
from dosenote.fhir.systems import CONDITION_CERTAINTY, CONDITION_CLINICAL, UCUM
from dosenote.reader import Reader
from dosenote.reader.canonical import number_text
from dosenote.regimen import Closed, Comparator, Outcome, Person, Reading
from dosenote.vocabulary import words

#: Statuses of an Observation whose value holds.
_HOLDS = ("final", "amended", "corrected", "preliminary")
#: The end of the name of a SNOMED concept: "(disorder)".
_TAG = re.compile(r"\s*\((?:disorder|finding|situation)\)\s*$", re.IGNORECASE)
_PROCEDURE = re.compile(r"\s*\((?:procedure|regime/therapy)\)\s*$", re.IGNORECASE)
#: Resources of which only the name is looked at: it may tell of a health problem, or of a medicine.
TELLING = frozenset(("Device", "DeviceUseStatement", "Flag", "Procedure", "ServiceRequest"))
#: Statuses of one that never was.
_NOT_DONE = ("entered-in-error", "not-done")
_PREGNANT = ("pregnant", "pregnancy", "pregnancy status")
_LACTATING = ("breastfeeding", "lactating", "lactation status")
_AGE = ("age",)
#: A category of what is not the person's, or not now.
_OF_OTHERS = re.compile(r"famil|histor|past", re.IGNORECASE)
_CLINICAL_NOW = ("active", "recurrence", "relapse")
#: Below this age months count.
_IN_MONTHS = 3
_OLDEST = 130
#: Characters of the longest name that is read, and of a note that are shown.
_LONGEST, _SHOWN = 1000, 200


def age_of(born: date, day: date) -> Decimal:
    """Whole years; of small children whole months, as parts of a year; negative before the birth."""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    return Decimal(months) / 12 if months < 12 * _IN_MONTHS else Decimal(months // 12)


class Findings:
    """Reads what is said of the person with one reader. as_of: the day of the check. file: where specimens are."""

    def __init__(self, reader: Reader, as_of: date | None, file: File) -> None:
        self.reader = reader
        self.as_of = as_of
        self.file = file
        self._labs: dict[str, str | None] = {}  # a file may hold one test a thousand times
        self._hints: dict[str, frozenset[str]] = {}
        self._spelt = spelt_names(reader.vocabulary)

    def patient(self, patient: Element) -> Reading:
        """Age on the day of the check, from a whole date of birth, and gender as far as it is female or male.

        Raises DosenoteError where the date of birth gives no age from 0 to 130 years.
        """
        try:
            patient.check_meaning()
        except NotUsable as error:
            return Reading(patient.label, "ignore", reason=f"{error.reason}; not used")
        born, gender = patient.days("birthDate"), patient.text("gender")
        why, age = [], None
        if patient.flag("deceasedBoolean") or patient.has("deceasedDateTime"):
            why.append("it says that the person has died")
        if born is not None and born.only is None:
            why.append("only a part of the date of birth is given, so the age is not known")
        elif born is not None and self.as_of is None:
            why.append("the age is not known without the day of the check")
        elif born is not None and self.as_of is not None:
            age = age_of(born.first, self.as_of)
            if age < 0 or age > _OLDEST:
                raise patient.wrong("birthDate", "the date of birth gives no age from 0 to 130 years")
        if gender not in ("", "female", "male"):
            why.append(f'gender "{gender[:40]}" is not used')
        person = Person(age, "female" if gender == "female" else "male" if gender == "male" else None)
        is_told = why and person != Person()
        assumed = ("the gender on record, taken as the sex",) if person.sex else ()
        outcome: Outcome = "ask" if is_told else "ignore"
        return Reading(patient.label, outcome, person=person, assumed=assumed, reason="; ".join(why))

    def condition(self, resource: Element) -> Reading:
        """A health problem; what is not sure to be there now is in doubt, and one not understood may be any."""
        shown = ""
        try:
            shown = _names(resource.one("code"))[0] if resource.one("code") else ""
            resource.check_known(CONDITION)
            return self._condition(resource, shown)
        except (NotUsable, IndexError) as error:
            reason = error.reason if isinstance(error, NotUsable) else "it has no name"
            text = f"{shown} ({resource.label})" if shown else resource.label
            return Reading(text, "ignore", reason=f"{reason}; not used", hidden_kinds=("condition",))

    def _condition(self, resource: Element, shown: str) -> Reading:
        certainty = _status(resource, "verificationStatus", CONDITION_CERTAINTY)
        clinical = _status(resource, "clinicalStatus", CONDITION_CLINICAL)
        text = f"{shown} ({resource.label})"
        if certainty == "entered-in-error":
            return Reading(text, "ignore", reason="entered in error, so not counted")
        found: tuple[str, ...] = ()
        for name in _names(resource.one("code")):
            reading = self.reader.read(_TAG.sub("", name))
            if not _only(reading, "conditions"):
                raise NotUsable("not in our lists")
            if found and set(found) != set(reading.conditions):
                raise NotUsable("its codes and names do not agree")
            found = reading.conditions
            if reading.unread:  # it may turn round what was understood, or name more
                why = f"not understood: {', '.join(reading.unread)}"
                return Reading(text, "ask", doubted=found, reason=why, hidden_kinds=("condition",))
        doubts = [word for word in (certainty, clinical) if word not in ("", "confirmed", *_CLINICAL_NOW)]
        if any(field.startswith("abatement") for field in resource.table):
            doubts.append("said to be over")
        if any(_OF_OTHERS.search(word) for one in resource.all("category") for word in _words_of(one)):
            doubts.append("its category is the history of the family, or of the past")
        notes = (plain(note.text("text")) for note in resource.all("note"))
        doubts += [f'it has a note, "{_shortened(note)}"' for note in notes if not self._repeats(note, found)]
        if doubts:
            return Reading(text, "ask", doubted=found, reason=" and ".join(doubts))
        return Reading(text, "ignore", conditions=found, reason="no dose")

    def told_aside(self, resource: Element) -> Reading | None:
        """One of TELLING that names a health problem ("dialysis") or a medicine; None for any other."""
        if resource.text("status") in _NOT_DONE:
            return None
        concepts = [one for one in (resource.one("code"), resource.one("type")) if one]
        device = resource.one("device")  # as it is called where it is referred to: "Mechanical heart valve"
        said = [*(name for one in concepts for name in _words_of(one)), *([device.text("display")] if device else [])]
        named = [_PROCEDURE.sub("", name)[:_LONGEST] for name in said if name]
        read = [self.reader.read(name) for name in named]
        text = f"{named[0]} ({resource.label})" if named else ""
        if any(one.items for one in read):
            return Reading(
                text, "refuse", unread=(text,), reason=f"a {resource.kind} is not read, and it names a medicine"
            )
        vocabulary = self.reader.vocabulary
        every = {id for one in read for id in (*one.conditions, *one.doubted) if vocabulary[id].kind == "condition"}
        if not every:
            return None
        reason = f"told by a {resource.kind} only: it is not clear whether it is true now"
        return Reading(text, "ask", doubted=tuple(sorted(every)), reason=reason)

    def _repeats(self, note: str, found: tuple[str, ...]) -> bool:
        """Whether a note of our own only repeats the line that was typed, and that line names the condition."""
        line = line_of(note)
        if line == note:
            return False
        reading = self.reader.read(line)
        return set(found) <= {*reading.conditions} - {*reading.doubted, *reading.denied} and not reading.unread

    def observation(self, resource: Element) -> Reading:
        """A blood value, an age or a pregnancy where it is sure; else what is in doubt by it, and why."""
        shown, ids = "", frozenset[str]()
        try:
            names = _names(resource.one("code")) if resource.one("code") else []
            shown = names[0] if names else ""
            ids = self._told(resource, names)
            resource.check_known(OBSERVATION)
            if not names:
                raise NotUsable("what was measured has no name")
            return self._observation(resource, names)._replace(text=f"{shown} ({resource.label})")
        except NotUsable as error:
            # What was measured may be any test of ours, unless it says itself that it is of another kind.
            is_error = resource.text("status") == "entered-in-error"
            is_other = is_error or _categories(resource) & _NO_LABS
            text = f"{shown} ({resource.label})" if shown else resource.label
            doubted = () if is_error else tuple(sorted(ids))
            outcome: Outcome = "ask" if doubted else "ignore"
            kinds = () if is_other else ("lab",)
            quantity = resource.one("valueQuantity") if doubted else None
            value = None if quantity is None else quantity.number("value")
            told = "" if quantity is None or value is None else f'"{value_words(quantity, value)}": '
            return Reading(text, outcome, doubted=doubted, reason=f"{told}{error.reason}; not used", hidden_kinds=kinds)  # type: ignore[arg-type]

    def _told(self, resource: Element, names: list[str]) -> frozenset[str]:
        """Every test that an observation, or a component of it, may be about."""
        inner = (_names(one.one("code")) for one in resource.all("component"))
        every = (*names, *(name for some in inner for name in some))
        return frozenset[str]().union(*(self._hinted(name) for name in every))

    def _observation(self, resource: Element, names: list[str]) -> Reading:
        status = resource.text("status")
        if status == "entered-in-error":
            raise NotUsable("entered in error")
        if resource.has("focus"):
            raise NotUsable("it is about something else than the person")
        for known_as in (_PREGNANT, _LACTATING, _AGE):
            if names[0].casefold() in known_as:
                return self._state(resource, names, known_as)
        labs = [self._lab(name) for name in names]
        known = {id for id in labs if id}
        if len(known) != 1 or None in labs:
            if resource.has("component"):
                raise NotUsable("the values of its components are not read")
            is_near = any(self._hinted(name) for name in names)
            raise NotUsable(
                "its name does not say which blood value it is" if is_near else "no blood value that the rules know of"
            )
        (id,) = known
        doubted = Reading("", "ask", doubted=tuple(sorted(self._told(resource, names) | known)))
        quantity = resource.one("valueQuantity")
        value = None if quantity is None else quantity.number("value")
        told = "" if quantity is None or value is None else value_words(quantity, value)
        why = [] if status in _HOLDS else [f'its status is "{status[:40]}"']
        if any(FRACTION.search(name) for name in names):
            why.append("it may be only the part from D2 or D3, and not the total")
        day = None
        try:
            self._check_plain(resource)
            day = self._taken_on(resource)
        except NotUsable as error:
            why.append(error.reason)
        note, is_unsure = noted_of(resource)
        why += [note] if is_unsure else []
        unit = None if quantity is None else lab_unit(quantity)
        if quantity is None or value is None or unit is None:
            why.append("there is no value with a unit that can be used")
        elif (comparator := quantity.text("comparator")) not in get_args(Comparator):
            why.append("it is not one value")
        if why or quantity is None or value is None:
            reason = " and ".join(why)
            return doubted._replace(reason=f'"{told}": {reason}' if told else reason)
        reading = self.reader.read(f"{plain_name(names[0])} {comparator}{number_text(value)} {unit}".strip())
        if len(reading.labs) != 1 or reading.labs[0].id != id or reading.unread or not _only(reading, "labs"):
            return doubted._replace(reason=f'"{told}": {reading.reason or "the value could not be used"}')
        lab = reading.labs[0]._replace(taken_on=day, text=f"{names[0]} {comparator}{value} {unit}".strip())
        return Reading("", "ask" if note else "ignore", labs=(lab,), reason=note or "no dose")

    def _check_plain(self, resource: Element) -> None:
        """Raises NotUsable for what contradicts one value of the blood."""
        if resource.has("dataAbsentReason"):
            raise NotUsable("it says that there is no value")
        if resource.has("component"):
            raise NotUsable("it has more values than one")
        if any(field.startswith("value") and field != "valueQuantity" for field in resource.table):
            raise NotUsable("it has more values than one")
        specimen = resource.one("specimen")
        if specimen is None:
            return
        said = [specimen.text("display")]
        found = self.file.find(specimen.text("reference"), resource) if specimen.text("reference") else None
        if found is not None and found.kind == "Specimen":
            said += _names(found.one("type"))
        shown = ", ".join(filter(None, said))
        if shown and (not BLOOD.search(shown) or NOT_BLOOD.search(shown)):
            raise NotUsable(f'its specimen is "{shown[:60]}"')

    def _taken_on(self, resource: Element) -> date | None:
        """The day of a value; None where none is given. Raises NotUsable for a part of a date, or one to come."""
        given = [field for field in resource.table if field.startswith("effective")]
        if len(given) > 1 or "effectiveTiming" in given:
            raise NotUsable("its day is not clear")
        period = resource.one("effectivePeriod")
        if period is not None:
            first, day = period.days("start"), period.days("end")
            if day is None or (first is not None and first.first > day.last):
                raise NotUsable("its day is not clear")
        else:
            day = resource.days(given[0] if given else "issued")
        if day is None:
            return None
        if day.only is None:
            raise NotUsable("only a part of its date is given")
        if self.as_of is not None and day.only > self.as_of:
            raise NotUsable(f"its day, {day.only}, is still to come")
        return day.only

    def _hinted(self, name: str) -> frozenset[str]:
        """The tests that a name may mean: the one that it is, or all whose names are in it."""
        if name not in self._hints:
            id = self._lab(name)
            spelt = f" {' '.join(words(name))} "
            alike = (spelt, FRACTION.sub("d", spelt))
            found = {lab for one, lab in self._spelt[0] if any(one in two for two in alike)}
            found |= {lab for one, lab in self._spelt[1] if spelt == one}  # "Calcium": of the blood, it may be
            if BLOOD.search(name) or MEASURED.search(name):
                found |= {lab for one, lab in self._spelt[1] if one in spelt and not IONISED.search(name)}
            is_elsewhere = NOT_BLOOD.search(name)
            self._hints[name] = frozenset([id] if id else () if is_elsewhere else found)
        return self._hints[name]

    def _lab(self, name: str) -> str | None:
        """The test that a name means, or None."""
        if name not in self._labs:
            self._labs[name] = self._read_lab(name)
        return self._labs[name]

    def _read_lab(self, name: str) -> str | None:
        """With the name of a test alone no value is there, so the reader doubts it."""
        plain = plain_name(name)
        found = self.reader.read(plain)
        ids = [id for id in found.doubted if self.reader.vocabulary[id].kind == "lab"]
        if len(ids) == 1 and not (found.items or found.unread or found.conditions or found.foods):
            return ids[0]
        if plain == name or len(found.items) != 1 or found.items[0].amount is not None or found.unread:
            return None  # the bare name of a substance is a test only where the name says that it was measured
        substance = found.items[0].substance
        measuring = [lab.id for lab in self.reader.vocabulary.of_kind("lab") if substance in lab.measures]
        return measuring[0] if len(measuring) == 1 else None

    def _state(self, resource: Element, names: list[str], known_as: tuple[str, ...]) -> Reading:
        """An age, a pregnancy or breastfeeding, of the day of the check or without a day; a "no" only of the day."""
        if any(name.casefold() not in known_as for name in names):
            raise NotUsable("its names do not agree")
        if any(resource.has(field) for field in _ODD):
            raise NotUsable("it says more than a plain answer")
        day = resource.days("effectiveDateTime") if resource.has("effectiveDateTime") else None
        is_now = day is None or (self.as_of is not None and day.only == self.as_of)
        others = ("effectivePeriod", "effectiveTiming", "effectiveInstant", "issued")
        if not is_now or any(resource.has(field) for field in others) or resource.text("status") not in _HOLDS:
            raise NotUsable("it may hold no longer")
        if known_as == _AGE:
            quantity = resource.one("valueQuantity")
            is_years = quantity is not None and (quantity.text("code"), quantity.text("system")) == ("a", UCUM)
            years = quantity.number("value") if quantity is not None and is_years else None
            if years is None or quantity is None or quantity.has("comparator") or not 0 <= years <= _OLDEST:
                raise NotUsable("it is no age in years")
            return Reading("", "ignore", person=Person(age=years), reason="no dose")
        is_so = resource.flag("valueBoolean")
        if is_so is None:
            raise NotUsable("it is not told as true or false")
        if not is_so and day is None:
            raise NotUsable('a "no" without its day may hold no longer')
        person = Person(pregnant=is_so) if known_as == _PREGNANT else Person(lactating=is_so)
        return Reading("", "ignore", person=person, reason="no dose")


#: What turns a plain answer about the person round, or adds to it.
_ODD = ("dataAbsentReason", "component", "hasMember", "note", "bodySite", "specimen")
#: Categories of observations that are no laboratory values.
_NO_LABS = frozenset(("vital-signs", "social-history", "survey", "imaging", "exam", "procedure", "therapy", "activity"))


def _categories(resource: Element) -> frozenset[str]:
    return frozenset(coding.text("code") for one in resource.all("category") for coding in one.all("coding"))


def _words_of(concept: Element) -> list[str]:
    """Every name and code of a concept."""
    return [*_names(concept), *(one.text("code") for one in concept.all("coding"))]


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _names(concept: Element | None) -> list[str]:
    """The text and every display of a concept, each once."""
    if concept is None:
        return []
    found = (concept.text("text"), *(one.text("display") for one in concept.all("coding")))
    if any(len(name) > _LONGEST for name in found):
        raise NotUsable("its name is too long to be read")
    return list(dict.fromkeys(filter(None, found)))


def _status(resource: Element, field: str, system: str) -> str:
    """The code of a status; "not clear" where it is not one code of its system."""
    concept = resource.one(field)
    if concept is None:
        return ""
    codes = [one.text("code") for one in concept.all("coding") if one.text("system") == system]
    return codes[0] if len(codes) == 1 and codes[0] else "its status is not clear"


def _only(reading: Reading, *fields: str) -> bool:
    """Whether a reading says these things and nothing else."""
    every = ("items", "conditions", "foods", "labs", "denied", "stopped", "doubted")
    is_else = any(getattr(reading, name) for name in every if name not in fields)
    return (
        all(getattr(reading, name) for name in fields)
        and not is_else
        and reading.closed == Closed()
        and reading.person == Person()
    )
