"""Every phrase that the vocabulary and writing.toml hold, with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from dosenote.quantity import parse_amount
from dosenote.regimen import Schedule
from dosenote.vocabulary import Vocabulary, words

#: Days that a hyphen joins to a range: "Mo-Fr" is five days, and "Mo, Fr" two.
HYPHENED = "hyphened"
#: The tables of writing.toml whose name is the role of their words, and whose keys are the values.
_BY_NAME = (
    "unit", "level", "form", "period", "unclear", "time", "meal", "weekday", "ampm", "season", "person", "closed",
)  # fmt: skip


def phrases(vocabulary: Vocabulary) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """The words of each phrase, its role, and its value: which entry, how many, how often."""
    writing = vocabulary.writing
    for name, entry in vocabulary.by_name.items():
        yield name, "name", entry
        for salt in entry.salts:
            for word in salt.names:
                yield words(word), "salt", word
                yield ("as", *words(word)), "salt_as", word  # "magnesium (as citrate) 100 mg" is the element's weight
                yield ("as", *words(entry.label), *words(word)), "salt_as", word
    for table in _BY_NAME:
        for value, names in writing.get(table, {}).items():
            for name in names:
                yield words(name), table, value
    for value, names in writing.get("weekdays", {}).items():
        for name in names:
            yield words(name), HYPHENED if "-" in name else "days", tuple(value.split())
    for value, names in writing.get("number", {}).items():
        for name in names:
            yield words(name), "number_word", (Decimal(value),)
    for value, names in writing.get("times", {}).items():
        for name in names:
            yield words(name), "repeat", (Decimal(value), Decimal(value))
    for role, names in writing.get("word", {}).items():
        for name in names:
            yield words(name), role, name
    for value, names in writing.get("food", {}).items():
        for name in names:
            yield words(name), "food", value == "with"
    for value, names in writing.get("newness", {}).items():
        for name in names:
            yield words(name), "newness", value == "new"
    for table in ("filler", "maker"):
        for name in writing.get(table, {}).get("words", ()):
            yield words(name), "filler", name
            if table == "maker":
                yield ("from", *words(name)), "filler", name  # where it was bought
    for schedule in writing.get("schedule", ()):
        count, unit = parse_amount(schedule["per"])
        times = Decimal(schedule["times"])
        value = Schedule((times, times), count, unit.removesuffix("s"))
        for name in schedule["names"]:
            yield words(name), "schedule", value
