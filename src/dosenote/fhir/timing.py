"""Dosage of FHIR → amount each time and how often, as far as they are told in numbers; never a default."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from dosenote.fhir.element import Days, Element
from dosenote.fhir.fields import DOSAGE, DOSE_AND_RATE, REPEAT, TIMING
from dosenote.fhir.systems import PERIODS, TIMING_CODE, UCUM
from dosenote.quantity import Amount
from dosenote.reader.canonical import number_text
from dosenote.regimen import Schedule

#: UCUM codes of amounts. IU is understood here and converted nowhere but by the factor of a substance.
_UNITS = {"ng": "ng", "ug": "mcg", "mg": "mg", "g": "g", "[IU]": "IU", "[iU]": "IU"}
#: Units in words, where there is no code.
_SPELT = {
    "ng": "ng", "mcg": "mcg", "ug": "mcg", "µg": "mcg", "μg": "mcg", "microgram": "mcg", "micrograms": "mcg",
    "mg": "mg",
    "milligram": "mg", "milligrams": "mg", "g": "g", "gram": "g", "grams": "g", "iu": "IU", "[iu]": "IU", "unt": "IU",
    "international unit": "IU", "international units": "IU", "units": "IU", "ui": "IU", "ie": "IU",
}  # fmt: skip
_UNIT_OF = {code: unit for unit, code in PERIODS.items()}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ONE = Decimal(1)
#: The type of a dose that tells how many pieces are handed out, beside the same dose as an amount.
_IN_PIECES = "admin-amount"
#: A dose that flows, and a second way of giving the dose.
_RATES = ("rateRatio", "rateRange", "rateQuantity")
#: The most days of each unit of a course.
_LONGEST = {"min": 1, "h": 1, "d": 1, "wk": 7, "mo": 31, "a": 366}
#: Codes of how often: times in each period. They mean times that an institution sets, and how many they are is fixed.
_CODES: dict[str, tuple[int, int, str]] = {
    "AM": (1, 1, "day"), "PM": (1, 1, "day"), "BED": (1, 1, "day"), "QD": (1, 1, "day"), "BID": (2, 1, "day"),
    "TID": (3, 1, "day"), "QID": (4, 1, "day"), "QOD": (1, 2, "day"), "WK": (1, 1, "week"), "MO": (1, 1, "month"),
    "Q1H": (1, 1, "hour"), "Q2H": (1, 2, "hour"), "Q3H": (1, 3, "hour"), "Q4H": (1, 4, "hour"), "Q6H": (1, 6, "hour"),
    "Q8H": (1, 8, "hour"),
}  # fmt: skip


class Told(NamedTuple):
    """What the numbers of one Dosage say.

    has_dose, has_timing: whether there is anything about it, be it understood or not. problems: what was not
    understood, in words. texts: instructions in words. begins, ends: the days between which it holds. longest: the
    most days that it holds, from its beginning. at: the times of day and the weekdays at which it is taken.
    pieces: where the dose is counted in something else than a unit of an amount, in words: "2 tablet".
    """

    sequence: int | None
    texts: tuple[str, ...]
    amount: Amount | None
    schedule: Schedule | None
    has_dose: bool
    has_timing: bool
    as_needed: bool
    duration: Decimal | None
    problems: tuple[str, ...]
    begins: Days | None = None
    ends: Days | None = None
    longest: Decimal | None = None
    at: frozenset[str] = frozenset()
    pieces: str = ""


def told_of(dosage: Element) -> Told:
    """One Dosage. Raises NotUsable where it is not of R4."""
    dosage.check_known(DOSAGE)
    problems: list[str] = []
    timing = dosage.one("timing")
    as_needed = dosage.flag("asNeededBoolean") is True or dosage.has("asNeededCodeableConcept")
    doses = dosage.all("doseAndRate")
    pieces = _pieces(doses)
    amount = None if pieces else _amount(doses, problems)
    schedule, duration, words = (None, None, "") if timing is None else _schedule(timing, as_needed, problems)
    if schedule is None and as_needed and timing is None:
        schedule = Schedule((Decimal(0), None), as_needed=True)
    most = dosage.one("maxDosePerPeriod")
    if most is not None and schedule is not None and amount is not None:
        cap = _most_a_day(most, amount)
        if cap is None:
            problems.append("the most in a period is not understood, and was not used")
        else:
            schedule = replace(schedule, max_per_day=cap)
    for field in ("maxDosePerAdministration", "maxDosePerLifetime", "site", "method", "route", "additionalInstruction"):
        if dosage.has(field) and not (field == "route" and _is_by_mouth(dosage)):
            problems.append(f"not used: {field}")
    repeat = timing.one("repeat") if timing else None
    bounds = repeat.one("boundsPeriod") if repeat else None
    texts = [dosage.text("text"), dosage.text("patientInstruction"), words]
    return Told(
        sequence=dosage.whole("sequence"),
        texts=tuple(dict.fromkeys(filter(None, texts))),
        amount=amount,
        schedule=schedule,
        has_dose=bool(doses),
        has_timing=timing is not None or as_needed,
        as_needed=as_needed,
        duration=duration,
        problems=tuple(problems),
        begins=bounds.days("start") if bounds else None,
        ends=bounds.days("end") if bounds else None,
        longest=_longest(repeat) if repeat else None,
        at=_at(timing) if timing else frozenset(),
        pieces=pieces,
    )


def _is_by_mouth(dosage: Element) -> bool:
    route = dosage.one("route")
    said = [route.text("text"), *(one.text("display") for one in route.all("coding"))] if route else []
    return any("oral" in one.casefold() or "by mouth" in one.casefold() for one in said)


# --- how much


def _amount(doses: tuple[Element, ...], problems: list[str]) -> Amount | None:
    """The amount of one dose, or of several that say of which type they are and give the same amount."""
    for dose in doses:
        dose.check_known(DOSE_AND_RATE)
    if len(doses) <= 1:
        return _one_amount(doses[0], problems) if doses else None
    types = [_type_of(dose) for dose in doses]
    told = {_one_amount(dose, []) for dose, type_ in zip(doses, types, strict=True) if type_ != _IN_PIECES}
    if "" in types or len(set(types)) < len(types) or len(told) != 1 or None in told:
        problems.append("more than one dose is given")
        return None
    return told.pop()


def _pieces(doses: tuple[Element, ...]) -> str:
    """How many of what a dose is where that is no unit of an amount: "2 tablet"; "" where it is one, or not told so."""
    quantity = doses[0].one("doseQuantity") if len(doses) == 1 else None
    if quantity is None or quantity.has("comparator") or any(doses[0].has(field) for field in _RATES):
        return ""
    doses[0].check_known(DOSE_AND_RATE)
    value, word = quantity.number("value"), quantity.text("unit") or quantity.text("code").strip("{}")
    is_counted = value is not None and value > 0 and word.isalpha() and unit_of(quantity) is None
    is_unit = word.casefold() in _SPELT or word in _UNITS or quantity.text("code") in _UNITS
    return f"{number_text(value)} {word}" if value is not None and is_counted and not is_unit else ""


def _type_of(dose: Element) -> str:
    concept = dose.one("type")
    codes = {one.text("code") for one in concept.all("coding")} - {""} if concept else set()
    return codes.pop() if len(codes) == 1 else concept.text("text") if concept and not codes else ""


def _one_amount(dose: Element, problems: list[str]) -> Amount | None:
    quantity, bounds = dose.one("doseQuantity"), dose.one("doseRange")
    if any(dose.has(field) for field in _RATES) or (quantity and bounds):
        problems.append("the dose is a rate, or is given twice")
        return None
    if quantity is not None:
        return _same_bounds(_quantity(quantity, problems))
    if bounds is None:
        problems.append("the dose is not given as an amount")
        return None
    low, high = bounds.one("low"), bounds.one("high")
    ends = [None if one is None else _quantity(one, problems) for one in (low, high)]
    if (low and not ends[0]) or (high and not ends[1]) or not any(ends):
        return None
    units = {end[1] for end in ends if end}
    if len(units) > 1:
        problems.append("the two ends of the dose have different units")
        return None
    bottom, top = ends[0][0] if ends[0] else Decimal(0), ends[1][0] if ends[1] else None
    if top is not None and top < bottom:
        problems.append("the dose's lowest amount is above its highest")
        return None
    return Amount(bottom, top, units.pop())


def _same_bounds(found: tuple[Decimal, str] | None) -> Amount | None:
    return None if found is None else Amount(found[0], found[0], found[1])


def _quantity(quantity: Element, problems: list[str]) -> tuple[Decimal, str] | None:
    """A number and a unit that an amount can have; what is counted in tablets has no amount."""
    value = quantity.number("value")
    unit = unit_of(quantity)
    if value is None or value < 0 or quantity.has("comparator"):
        problems.append("the dose has no number that can be used")
        return None
    if unit is None:
        shown = quantity.text("unit") or quantity.text("code")
        problems.append(no_amount(shown) if shown else "the dose has no unit")
        return None
    return value, unit


def no_amount(unit: str) -> str:
    """Why a dose in such a unit is not used."""
    return f'the unit of the dose, "{unit[:40]}", is no amount that can be used'


def unit_of(quantity: Element) -> str | None:
    """The unit of an amount; None where it is not known, or where its code and its word do not agree."""
    code, word, system = quantity.text("code"), quantity.text("unit"), quantity.text("system")
    spelt = _SPELT.get(word.casefold(), _UNITS.get(word))
    if code:
        known = _UNITS.get(code) if system == UCUM else None
        return known if known is not None and (not word or spelt == known) else None
    return spelt if not system or system == UCUM else None


def _most_a_day(ratio: Element, amount: Amount) -> Decimal | None:
    top, bottom = ratio.one("numerator"), ratio.one("denominator")
    if top is None or bottom is None:
        return None
    most, period = _quantity(top, []), bottom.number("value")
    is_day = bottom.text("code") == "d" and bottom.text("system") == UCUM and period == 1
    return most[0] if most is not None and is_day and most[1] == amount.unit else None


# --- how often


def _schedule(timing: Element, as_needed: bool, problems: list[str]) -> tuple[Schedule | None, Decimal | None, str]:
    """How often, for how many days, and how often in words."""
    timing.check_known(TIMING)
    code, repeat = timing.one("code"), timing.one("repeat")
    words = "" if code is None else code.text("text")
    by_code = None if code is None else _coded(code, as_needed)
    if code is not None and by_code is None and code.all("coding"):
        problems.append("the code of how often it is taken is not known")
    found = duration = None
    if repeat is not None:
        repeat.check_known(REPEAT)
        found, duration = _repeat(repeat, as_needed), _duration(repeat)
        is_told = any(repeat.has(field) for field in ("frequency", "period", "count", "when", "timeOfDay", "dayOfWeek"))
        if found is None and is_told:
            problems.append("how often it is taken is told in a way that is not used")
            return None, duration, words
    if timing.has("event"):
        problems.append("single days are given, and were not used")
        return None, duration, words
    if found is not None and by_code is not None and found.times_per_day() != by_code.times_per_day():
        problems.append("the code of how often and its numbers do not agree")
        return None, duration, words
    if found is None and by_code is None and not words:
        problems.append("how often it is taken is not told in a way that is used")
    if by_code is None and code is not None and code.all("coding"):
        return None, duration, words
    return found or by_code, duration, words


def _coded(code: Element, as_needed: bool) -> Schedule | None:
    found = [_CODES.get(one.text("code")) for one in code.all("coding") if one.text("system") == TIMING_CODE]
    if len(found) != len(code.all("coding")) or len(set(found)) != 1 or found[0] is None:
        return None
    times, count, unit = found[0]
    return Schedule((Decimal(times), Decimal(times)), Decimal(count), unit, as_needed=as_needed)


def _duration(repeat: Element) -> Decimal | None:
    bounds = repeat.one("boundsDuration")
    if bounds is None or bounds.text("code") != "d" or bounds.text("system") != UCUM:
        return None
    return bounds.number("value")


def _at(timing: Element) -> frozenset[str]:
    """The times of day and the weekdays, as codes."""
    repeat, code = timing.one("repeat"), timing.one("code")
    fields = ("when", "timeOfDay", "dayOfWeek")
    found = [word for field in fields for word in repeat.words(field)] if repeat else []
    codes = [one.text("code") for one in code.all("coding")] if code else []
    return frozenset((*found, *(one for one in codes if one in ("AM", "PM", "BED"))))


def _longest(repeat: Element) -> Decimal | None:
    """The most days of a course; None where none is told in a way that is understood."""
    span = repeat.one("boundsRange")
    bounds = repeat.one("boundsDuration") if span is None else span.one("high")
    days = _LONGEST.get(bounds.text("code")) if bounds is not None and bounds.text("system") == UCUM else None
    value = bounds.number("value") if bounds is not None else None
    return None if days is None or value is None or value < 0 else value * days


def _repeat(repeat: Element, as_needed: bool) -> Schedule | None:
    """Timing.repeat; None wherever one of its fields leaves open how often. Without a frequency nothing is assumed."""
    low, high = repeat.whole("frequency"), repeat.whole("frequencyMax")
    period, unit = repeat.number("period"), _UNIT_OF.get(repeat.text("periodUnit"))
    days = repeat.words("dayOfWeek")
    if any(repeat.has(field) for field in ("countMax", "duration", "durationMax", "boundsRange")):
        return None
    if repeat.has("count"):
        others = ("frequency", "frequencyMax", "period", "periodUnit", "dayOfWeek", "timeOfDay", "when")
        is_single = repeat.whole("count") == 1 and not any(repeat.has(field) for field in others)
        return Schedule((_ONE, _ONE), once=True, as_needed=as_needed) if is_single else None
    if low is None and high is not None and as_needed:
        low = 0  # from never, up to so many times
    if low is None or period is None or unit is None or period <= 0 or low < 0 or (low == 0 and not as_needed):
        return None
    most = low if high is None else high
    if most < low or most < 1 or len(set(days)) != len(days) or not set(days) <= set(_DAYS):
        return None
    at_times = max(len(repeat.words("timeOfDay")), len(repeat.words("when")))
    if at_times > 1 and (at_times != low or at_times != most):
        return None
    if days and (repeat.has("periodMax") or len(repeat.words("timeOfDay")) + len(repeat.words("when")) > 1):
        return None
    if days:
        return _on_days(low, most, period, unit, tuple(day for day in _DAYS if day in days), as_needed)
    longest = repeat.number("periodMax") or period
    if longest < period:
        return None
    times = (Decimal(low), Decimal(most) * longest / period)
    return Schedule(times, longest, unit, as_needed=as_needed)


def _on_days(
    low: int, most: int, period: Decimal, unit: str, days: tuple[str, ...], as_needed: bool
) -> Schedule | None:
    """So often on each such day ("1 a day, on Monday and Thursday"), or so often a week, once on each of the days."""
    if unit == "day" and period == 1:
        times = (Decimal(low * len(days)), Decimal(most * len(days)))
        return Schedule(times, _ONE, "week", days, as_needed=as_needed)
    if unit == "week" and low == most == len(days):
        return Schedule((Decimal(low), Decimal(most)), period, unit, days, as_needed=as_needed)
    return None
