"""JSON Schemas of what the tool prints and reads, made from the types themselves."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from dosenote.files import RegimenFile
from dosenote.report import Report


class _Open(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpanSchema(_Open):
    """high is null when there is no upper bound."""

    low: float
    high: float | None
    unit: str


class TimesSchema(_Open):
    low: float
    high: float | None


class PeriodSchema(_Open):
    count: float
    unit: str


class ScheduleSchema(_Open):
    """max_per_day is in the unit of the item's amount."""

    times: TimesSchema
    period: PeriodSchema
    days: list[str]
    once: bool
    as_needed: bool
    max_per_day: float | None


class ReadItemSchema(_Open):
    """An absent schedule means that the line does not say; is_taken is null where the line leaves it open."""

    substance: str
    amount: SpanSchema | None = None
    also: SpanSchema | None = None
    schedule: ScheduleSchema | None = None
    with_food: bool | None = None
    form: str | None = None
    salt: str | None = None
    is_taken: None = None


class NotedSchema(_Open):
    """A condition, a food or a lab value that the line names."""

    kind: str
    id: str
    value: float | None = None
    unit: str | None = None


class ReadingSchema(_Open):
    """One line of `dosenote read --format json`."""

    text: str
    outcome: str
    items: list[ReadItemSchema]
    noted: list[NotedSchema]
    unread: list[str]
    missing: list[str]
    questions: list[str]
    suggestions: list[str]
    reason: str


def schema_of(name: str) -> dict[str, Any]:
    """The schema of "report", "reading" or "regimen"."""
    types: dict[str, Any] = {"report": Report, "reading": ReadingSchema, "regimen": RegimenFile}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(types[name]).json_schema(mode="serialization" if name == "report" else "validation"),
    }
