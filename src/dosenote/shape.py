"""What the files of a rule set may contain: pydantic models, and every mistake as "file:line: what"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dosenote.errors import DosenoteError, nearest
from dosenote.files import line_of, load_toml
from dosenote.rule import FOLDERS, Action, Answer, Certainty, Direction, Jurisdiction, Severity
from dosenote.vocabulary import KINDS

Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
DecimalText = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]


class Shape(BaseModel):
    """Nothing that is not named, and nothing made to fit: a misspelt key is a mistake, and so is 5 for "5"."""

    model_config = ConfigDict(extra="forbid", strict=True)


class EvidenceShape(Shape):
    source: Text
    locator: Text
    direction: Direction
    says: Text
    supports: Texts


class ExampleShape(Shape):
    name: Text
    regimen: Text
    expect: Answer


class WithdrawnShape(Shape):
    date: date
    reason: Text


class RuleShape(Shape):
    """One rule file. Rows are read by `rule`."""

    title: Text
    severity: Severity
    action: Action
    certainty: Certainty
    certainty_because: Text
    topics: Texts
    reviewed: date
    jurisdiction: Jurisdiction | None = None
    none_against: date | None = None
    withdrawn: WithdrawnShape | None = None
    summary: Text
    why: Text
    talk: Text
    ask: Texts
    mechanism: Text
    when: Annotated[dict[str, Any], Field(min_length=1)]
    unless: dict[str, Any] = {}
    limit: list[dict[str, Any]] = []
    evidence: Annotated[list[EvidenceShape], Field(min_length=1)]
    example: Annotated[list[ExampleShape], Field(min_length=1)]


#: The closed list of kinds of source.
SOURCE_KINDS = (
    "label", "regulator-opinion", "guideline", "systematic-review", "trial", "observational", "case-report", "review",
    "reference-work", "patient-information", "article",
)  # fmt: skip


class SourceShape(Shape):
    title: Text
    by: Text | None = None
    kind: Annotated[str, Field(pattern=f"^({'|'.join(SOURCE_KINDS)})$")]
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    where: Text | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    read: Text
    problem: Text | None = None


class SaltShape(Shape):
    id: Text
    names: Texts
    elemental: DecimalText | None = None
    elemental_low: DecimalText | None = None
    elemental_high: DecimalText | None = None
    source: Text
    locator: Text
    confidence: Text | None = None
    note: Text | None = None


class EntryShape(Shape):
    """One entry of the vocabulary; which fields make sense depends on the file."""

    label: Text
    names: list[Text] = []
    brands: list[Text] = []
    part_of: list[Text] = []
    may_hold: list[Text] = []
    unit: Text | None = None
    mcg_per_iu: DecimalText | None = None
    mcg_per_iu_source: Text | None = None
    mcg_per_iu_locator: Text | None = None
    salt: list[SaltShape] = []
    units: dict[str, DecimalText] = {}
    source: Text | None = None
    locator: Text | None = None
    ask: Text | None = None
    codes: dict[str, Text] = {}
    note: Text | None = None


class RuleSetShape(Shape):
    version: Text
    not_covered: Texts
    disclaimer: Text
    nothing_raised: Text


def mistakes(texts: Mapping[str, str]) -> list[str]:
    """Every mistake in the shape of a rule set's files (text by path inside the folder), in their order."""
    return [f"{name}:{line}: {what}" for name, text in texts.items() for line, what in _in_file(name, text)]


def _in_file(name: str, text: str) -> Iterator[tuple[int, str]]:
    try:
        table = load_toml(text, name)
    except DosenoteError as error:
        line = error.where.rpartition(":")[2]
        yield int(line) if line.isdigit() else 1, error.what
        return
    folder, _, rest = name.rpartition("/")
    if folder in FOLDERS:
        yield from _against(RuleShape, table, text)
    elif folder == "sources":
        yield from _against(SourceShape, table, text)
    elif folder == "vocabulary" and rest.removesuffix(".toml") in KINDS:
        for id, entry in table.items():
            yield from _against(EntryShape, entry, text, (id,))
    elif name == "ruleset.toml":
        yield from _against(RuleSetShape, table, text)


def _against(
    model: type[Shape], table: Mapping[str, Any], text: str, path: tuple[str, ...] = ()
) -> Iterator[tuple[int, str]]:
    try:
        model.model_validate(table)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            where = (*path, *found["loc"])
            yield line_of(text, where), _say(model, table, found)


def _say(model: type[Shape], table: Mapping[str, Any], found: Any) -> str:
    """What pydantic found, in a rule keeper's words."""
    loc = found["loc"]
    key = next((part for part in reversed(loc) if isinstance(part, str)), "this file")
    if found["type"] == "missing":
        return f'"{key}" is missing'
    if found["type"] == "extra_forbidden":
        known = [*_fields(model, loc[:-1])]
        return f'"{key}" is not known here.{nearest(key, known)}'
    if found["type"] == "literal_error":
        expected = found["ctx"]["expected"].replace("'", "")
        return f'{key} is one of {expected}; found "{found["input"]}"'
    if found["type"] == "string_pattern_mismatch":
        return f'"{found["input"]}" is not a {key}'
    if found["type"] == "too_short" or found["type"] == "string_too_short":
        return f"{key} is empty"
    return f"{key}: {found['msg'][0].lower()}{found['msg'][1:]}"


def _fields(model: type[BaseModel], loc: tuple[Any, ...]) -> Iterator[str]:
    """The keys that are known at a place inside a model."""
    here: Any = model
    for part in loc:
        if isinstance(part, int):
            continue
        annotation = here.model_fields[part].annotation
        inner = [one for one in _models(annotation)]
        if not inner:
            return
        here = inner[0]
    yield from here.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
