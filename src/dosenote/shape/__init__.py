"""What the files of a rule set may contain: pydantic models, and every mistake as "file:line: what"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from dosenote.documents import line_of, load_toml
from dosenote.errors import DosenoteError, nearest
from dosenote.rule import JURISDICTIONS, Action, Answer, Certainty, Counts, Direction, Jurisdiction, Severity
from dosenote.rulefiles import FOLDERS
from dosenote.shape.amounts import AmountsShape
from dosenote.shape.base import DecimalText, LimitShape, Shape, Text, Texts, Url, WithdrawnShape
from dosenote.shape.intake import IntakeShape
from dosenote.shape.product import ProductShape
from dosenote.shape.writing import WritingShape
from dosenote.vocabulary import KINDS


class EvidenceShape(Shape):
    """One [[evidence]] of a rule."""

    source: Text
    locator: Text
    direction: Direction
    says: Text
    supports: Texts


class ExampleShape(Shape):
    """One [[example]] of a rule."""

    name: Text
    regimen: Text
    expect: Answer


class StatesShape(Shape):
    """The documented value that a rule's limit repeats; what an authority recommends is no rule but an intake."""

    kind: Literal["upper-limit", "other"]
    name: Text
    by: Text
    in_full: Text | None = None
    counts: Counts | None = None


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
    states: StatesShape | None = None
    none_against: date | None = None
    withdrawn: WithdrawnShape | None = None
    supersedes: list[Text] = []
    serves: list[Text] = []
    summary: Text
    why: Text
    talk: Text
    ask: Texts
    mechanism: Text
    when: Annotated[dict[str, Any], Field(min_length=1)]
    unless: dict[str, Any] = {}
    limit: list[LimitShape] = []
    evidence: Annotated[list[EvidenceShape], Field(min_length=1)]
    example: Annotated[list[ExampleShape], Field(min_length=1)]


#: The closed list of kinds of source.
SOURCE_KINDS = (
    "label", "regulator-opinion", "guideline", "systematic-review", "trial", "observational", "case-report", "review",
    "reference-work", "patient-information", "article",
)  # fmt: skip


class SourceShape(Shape):
    """A file in sources/."""

    title: Text
    by: Text | None = None
    kind: Annotated[str, Field(pattern=f"^({'|'.join(SOURCE_KINDS)})$")]
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    where: Text | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    url: Url | None = None
    read: Text
    problem: Text | None = None


class SaltShape(Shape):
    """A salt of a mineral. elemental: the share of its weight that is the mineral, from 0 to 1."""

    id: Text
    names: Texts
    elemental: DecimalText | None = None
    elemental_low: DecimalText | None = None
    elemental_high: DecimalText | None = None
    source: Text
    locator: Text
    confidence: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def one_share_or_a_range(self) -> SaltShape:
        """Raises ValueError unless there is one share, or a lowest and a highest, each at most 1."""
        if (self.elemental is None) == (self.elemental_low is None or self.elemental_high is None):
            raise ValueError("give elemental, or both elemental_low and elemental_high")
        low, high = (Decimal(one or self.elemental or "") for one in (self.elemental_low, self.elemental_high))
        if not low <= high <= 1:
            raise ValueError("a share of the element is at most 1, and elemental_low at most elemental_high")
        return self


class EntryShape(Shape):
    """One entry of the vocabulary; which fields make sense depends on the file. units: factors from each to `unit`."""

    label: Text
    names: list[Text] = []
    narrower: list[Text] = []
    compounds: list[Text] = []
    brands: list[Text] = []
    part_of: list[Text] = []
    may_hold: list[Text] = []
    unit: Text | None = None
    mcg_per_iu: DecimalText | None = None
    mcg_per_iu_source: Text | None = None
    mcg_per_iu_locator: Text | None = None
    iu_on_labels: bool = False
    salt: list[SaltShape] = []
    units: dict[str, DecimalText] = {}
    spaced: bool = False
    unconverted: Texts = []
    measures: Texts = []
    measures_from: DecimalText | None = None
    believed_to: DecimalText | None = None
    source: Text | None = None
    locator: Text | None = None
    ask: Text | None = None
    serves: list[Text] = []
    codes: dict[str, Text] = {}
    note: Text | None = None


class RuleSetShape(Shape):
    """The file ruleset.toml."""

    version: Text
    not_covered: Texts
    disclaimer: Text
    nothing_raised: Text


def mistakes(texts: Mapping[str, str]) -> list[str]:
    """Every mistake in the shape of a rule set's files (text by path inside the folder), in their order."""
    wanted = [f"vocabulary/{stem}.toml" for stem in (*KINDS, "amounts", "writing")]
    gone = [f"{name}:1: this file is missing" for name in wanted if name not in texts]
    return gone + [f"{name}:{line}: {what}" for name, text in texts.items() for line, what in _in_file(name, text)]


def _in_file(name: str, text: str) -> Iterator[tuple[int, str]]:
    try:
        table = load_toml(text, name)
    except DosenoteError as error:
        line = error.where.rpartition(":")[2]
        yield int(line) if line.isdigit() else 1, error.what
        return
    yield from _unseen(table, text)
    folder, _, rest = name.rpartition("/")
    if folder in FOLDERS:
        yield from _against(RuleShape, table, text)
    elif folder == "sources":
        yield from _against(SourceShape, table, text)
    elif name == "vocabulary/amounts.toml":
        for id, entry in table.items():
            yield from _against(AmountsShape, entry, text, (id,))
    elif name == "vocabulary/writing.toml":
        yield from _against(WritingShape, table, text)
    elif folder == "vocabulary" and rest.removesuffix(".toml") in KINDS:
        for id, entry in table.items():
            yield from _against(EntryShape, entry, text, (id,))
    elif folder == "products":
        for id, product in table.items():
            yield from _against(ProductShape, product, text, (id,))
    elif folder == "intakes" and rest.removesuffix(".toml") in JURISDICTIONS:
        for id, intake in table.items():
            yield from _against(IntakeShape, intake, text, (id,))
    elif folder == "intakes":
        near = nearest(rest.removesuffix(".toml"), JURISDICTIONS)
        yield 1, f"no file of intakes is called {rest}; there is one for each of {', '.join(JURISDICTIONS)}.{near}"
    elif folder == "vocabulary":
        yield 1, f"no file of the vocabulary is called {rest}; there are {', '.join(KINDS)}, amounts and writing"
    elif name == "left_out.toml":
        for id, why in table.items():
            if not isinstance(why, str) or not why.strip():
                yield line_of(text, (id,)), f"{id} needs a reason, as text in quotes"
    elif name == "ruleset.toml":
        yield from _against(RuleSetShape, table, text)


def _unseen(table: Mapping[str, Any], text: str) -> Iterator[tuple[int, str]]:
    """Characters that nobody sees, as they stand or as an escape: what a reviewer reads must be what is printed."""
    told = set()
    for number, line in enumerate(text.split("\n"), 1):
        found = _first_unseen(line.removesuffix("\r"))
        if found:
            told.add(found)
            yield number, f"a character that nobody sees: U+{ord(found):04X}"
    for path, value in _texts(table, ()):
        found = _first_unseen(value)
        if found and found not in told:
            yield line_of(text, path), f"a character that nobody sees: U+{ord(found):04X}"


def _first_unseen(text: str) -> str:
    if text.isprintable():
        return ""
    return next((char for char in text if not char.isprintable() and char not in "\t\n"), "")


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in a table, its keys among them, with the place where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))


def _against(
    model: type[Shape], table: Mapping[str, Any], text: str, path: tuple[str, ...] = ()
) -> Iterator[tuple[int, str]]:
    try:
        model.model_validate(table)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            where = (*path, *found["loc"])
            yield line_of(text, where), _say(model, found)


_NEEDS = {
    "string_type": "text in quotes",
    "list_type": "a list, in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "date_type": "a date without quotes, as in 2026-11-20",
    "int_type": "a whole number",
}


def _say(model: type[Shape], found: Any) -> str:
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
    if found["type"] == "string_pattern_mismatch" and not str(found["input"]).strip():
        return f"{key} is empty" + ('; say "not known" if it is not known' if key == "mechanism" else "")
    if found["type"] == "string_pattern_mismatch":
        kinds = f"; the kinds are {', '.join(SOURCE_KINDS)}" if key == "kind" else ""
        article = "an" if key[0] in "aeiou" else "a"
        return f'"{found["input"]}" is not {article} {key}{kinds}'
    if found["type"] in _NEEDS:
        return f"{key} needs {_NEEDS[found['type']]}"
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
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
        inner = list(_models(annotation))
        if not inner:
            return
        here = inner[0]
    yield from here.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
