"""JSON Schemas of what the tool prints and reads, made from the types themselves."""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from dosenote.files import RegimenFile
from dosenote.report import Report


class _Open(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpanSchema(_Open):
    """An amount in its unit. high is null when there is no upper bound."""

    low: float
    high: float | None
    unit: str


class TimesSchema(_Open):
    """How many times in a period. high is null where nothing bounds it."""

    low: float
    high: float | None


class PeriodSchema(_Open):
    """A period: so many of a unit (hour, day, week, month, year)."""

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
    season: str | None = None
    phase: int | None = None
    duration_days: float | None = None
    is_taken: None = None


class NotedSchema(_Open):
    """A condition, a food or a lab value that the line names. taken_on: the day of the value, where it is told."""

    kind: str
    id: str
    value: float | None = None
    unit: str | None = None
    taken_on: str | None = None


class ReadingSchema(_Open):
    """One line of `dosenote read --format json`."""

    text: str
    outcome: str
    items: list[ReadItemSchema]
    noted: list[NotedSchema]
    unread: list[str]
    missing: list[str]
    questions: list[str]
    assumed: list[str]
    suggestions: list[str]
    reason: str


def schema_of(name: str) -> dict[str, Any]:
    """The schema of "report", "reading" or "regimen"."""
    types: dict[str, Any] = {"report": model_of(Report, {}), "reading": ReadingSchema, "regimen": RegimenFile}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(types[name]).json_schema(),
    }


def model_of(kind: Any, made: dict[Any, Any]) -> Any:
    """A pydantic model with the fields of a named tuple, as the JSON of a report prints it: an object."""
    if kind not in made:
        fields: dict[str, Any] = {}
        for name, hint in get_type_hints(kind).items():
            default = kind._field_defaults.get(name, ...)
            taken = hasattr(BaseModel, name)  # "schema" is a name of pydantic's own
            fields[f"{name}_" if taken else name] = (
                _swap(hint, made),
                Field(default, alias=name if taken else None),
            )
        doc = None if (kind.__doc__ or "").startswith(f"{kind.__name__}(") else kind.__doc__
        made[kind] = create_model(kind.__name__, __base__=_Open, __doc__=doc, **fields)
    return made[kind]


def _swap(hint: Any, made: dict[Any, Any]) -> Any:
    """A type with the models in place of the named tuples inside it."""
    if hasattr(hint, "_fields"):
        return model_of(hint, made)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return list.__class_getitem__(_swap(inner[0], made))
    if origin is UnionType:
        parts = [_swap(part, made) for part in inner]
        return reduce(or_, parts)
    return hint
