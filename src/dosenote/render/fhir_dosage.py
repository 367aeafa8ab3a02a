"""How much and how often as FHIR R4: Dosage, Timing and Quantity; and what every text and number of it needs."""

from __future__ import annotations

from typing import Any

from dosenote.errors import printable
from dosenote.fhir.systems import PERIODS, UCUM, UCUM_UNITS
from dosenote.quantity import show_number
from dosenote.report.entered import Span, TakenItem, Timing

Table = dict[str, Any]


def dosage_of(item: TakenItem) -> Table:
    """What the line says of how much and how often, and nothing that it does not say."""
    timing = item.timing
    quantities = [_dose(span) for span in (item.amount, item.written) if span is not None]
    dose = next((one for one in quantities if "doseQuantity" in one or "doseRange" in one), {})
    most = timing.max_per_day if timing else None
    fields = {
        "sequence": item.phase,
        "text": text_of(_dose_words(item)) if _dose_words(item) else None,
        "timing": _timing(timing, item) if timing else None,
        "asNeededBoolean": True if timing and timing.as_needed else None,
        "doseAndRate": [dose] if dose else [],
        "maxDosePerPeriod": _a_day(most) if most else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, 0, [], {})}


def _dose_words(item: TakenItem) -> str:
    """The words of an item without its name and what stands elsewhere in the statement, as instructions are written."""
    words = item.words.removeprefix(item.label).removeprefix(", ")
    elsewhere = ("not clear whether it is taken", "first", f"then (step {item.phase})")
    parts = [part for part in words.split(", ") if part not in elsewhere]
    span = item.amount or item.written
    if parts and span and parts[0].startswith(("between ", "at most ", "at least ")):
        low, high = show_number(span.low), "" if span.high is None else show_number(span.high)
        parts[0] = f"{low} to {high} {span.unit}" if high else f"at least {low} {span.unit}"
    return ", ".join("single dose" if part == "a single time" else part for part in parts).strip()


def _dose(span: Span) -> Table:
    if span.low == span.high:
        return {"doseQuantity": _quantity(span.low, span.unit)}
    bounds = {"low": span.low or None, "high": span.high}
    held = {name: _quantity(value, span.unit) for name, value in bounds.items() if value is not None}
    return {"doseRange": held} if held else {}


def _a_day(most: Span) -> Table:
    a_day = {"value": 1, "unit": "day", "system": UCUM, "code": "d"}
    return {"numerator": _quantity(most.low, most.unit), "denominator": a_day}


def _timing(timing: Timing, item: TakenItem) -> Table | None:
    """How often as far as Timing can say it; a part of the year stays in the words, since "daily" would say more."""
    if item.season:
        return None
    if timing.once:
        return {"repeat": {"count": 1}}
    low, high = timing.times
    if high is None or not (low.is_integer() and high.is_integer()):
        return None
    repeat: Table = {}
    if item.duration_days:
        days = {"value": number_of(item.duration_days), "unit": "days", "system": UCUM, "code": "d"}
        repeat["boundsDuration"] = days
    if low:
        repeat["frequency"] = int(low)
    elif not timing.as_needed:
        return None  # "up to 3 times a day": without a lowest frequency it would mean at least once
    if high != low:
        repeat["frequencyMax"] = int(high)
    repeat |= {"period": number_of(timing.every), "periodUnit": PERIODS[timing.period]}
    if timing.days:
        repeat["dayOfWeek"] = list(timing.days)
    return {"repeat": repeat}


def _quantity(value: float, unit: str) -> Table:
    return {"value": number_of(value), **unit_of(unit)}


def unit_of(unit: str) -> Table:
    """The unit, with its code where UCUM can convert it."""
    code = UCUM_UNITS.get(unit)
    return {"unit": text_of(unit)} if code is None else {"unit": unit, "system": UCUM, "code": code}


def text_of(text: str) -> str:
    """A FHIR string: what cannot be seen is made visible, and it is never empty or blank."""
    shown = printable(text)
    return shown if shown.strip() else "(nothing)"


def number_of(value: float) -> float | int:
    """A whole number without its ".0"."""
    return int(value) if value.is_integer() else value
