"""How laboratories name tests and units, as far as one of ours can be meant."""

from __future__ import annotations

import re
from decimal import Decimal

from dosenote.fhir.element import Element
from dosenote.fhir.systems import UCUM, UCUM_UNITS
from dosenote.reader.canonical import number_text
from dosenote.vocabulary import Entry, Vocabulary, words

#: What stands in a LOINC name behind what is measured.
MEASURED = re.compile(
    r"/1\.73 sq m\.predicted|\s*\[(?:mass/volume|moles/volume|volume rate/area)\]"
    r"|\s+in\s+(?:serum or plasma|serum, plasma or blood|serum|plasma|blood|platelet poor plasma)"
    r"(?:\s+by\s+(?:coagulation assay|creatinine-based formula \([\w\- ]+\)))?$",
    re.IGNORECASE,
)
#: Units of labs with a code of UCUM, beside those that are the same as ours.
_LAB_UNITS = {code: unit for unit, code in UCUM_UNITS.items()} | {
    "mL/min/{1.73_m2}": "mL/min/1.73m2", "mL/min": "mL/min", "1": "", "{INR}": "", "{ratio}": "", "pg/mL": "pg/mL",
}  # fmt: skip
#: Words for a ratio, in the place of a unit.
_RATIO = ("inr", "{inr}", "ratio", "{ratio}", "1")
#: A total of 25-OH-D as laboratories write it; and that only the part from D2 or D3 may be meant.
_TOTAL = re.compile(
    r"vitamin d,? 25[- ]?\(?(?:oh|hydroxy)\)?(?:,? total)?|25[- ]?\(?(?:oh|hydroxy)\)?[- ]?(?:vitamin )?d,? total",
    re.IGNORECASE,
)
FRACTION = re.compile(r"d[23\u2082\u2083](?!\w)", re.IGNORECASE)
#: What was tested, as the words of a specimen or of a test have it.
BLOOD = re.compile(r"\b(?:blood|serum|plasma)\b", re.IGNORECASE)
NOT_BLOOD = re.compile(
    r"\b(?:urine|urinary|stool|fa?eces|saliva|sweat|hair|csf|cerebral|fluid|semen|milk|tissue|cord|ur)\b",
    re.IGNORECASE,
)
IONISED = re.compile(r"\bioni[sz]ed|\bfree\b", re.IGNORECASE)


def plain_name(name: str) -> str:
    """The name of a test without what LOINC puts behind what is measured."""
    return "25-OH-D" if _TOTAL.fullmatch(name) else MEASURED.sub("", name)


def spelt_names(vocabulary: Vocabulary) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The names of the tests, and those of what they measure, as words between blanks, each with the test."""

    def of(entry: Entry, lab: str) -> list[tuple[str, str]]:
        return [(f" {' '.join(words(name))} ", lab) for name in (entry.label, *entry.names)]

    labs = vocabulary.of_kind("lab")
    named = tuple(one for lab in labs for one in of(lab, lab.id))
    return named, tuple(one for lab in labs for id in lab.measures for one in of(vocabulary[id], lab.id))


def value_words(quantity: Element, value: Decimal) -> str:
    """The value as it is told, to be shown: ">150 ng/mL"."""
    unit = quantity.text("unit") or quantity.text("code")
    return f"{quantity.text('comparator')[:4]}{number_text(value)} {unit[:40]}".strip()


def _unit_word(word: str) -> str:
    """A unit as it is compared: case, blanks and how a square is written do not matter."""
    return "".join(word.split()).casefold().replace("^2", "2").replace("\u00b2", "2").replace("\u00b5", "u")


def lab_unit(quantity: Element) -> str | None:
    """The unit as the reader knows it; None where its code is not known, or contradicts its word."""
    code, word = quantity.text("code"), quantity.text("unit")
    if not code:
        word = "" if _unit_word(word) in _RATIO else word
        return word if not quantity.text("system") or quantity.text("system") == UCUM else None
    unit = _LAB_UNITS.get(code) if quantity.text("system") == UCUM else None
    if unit is None:
        return None
    spelt = {_unit_word(unit), _unit_word(code), *(_RATIO if unit == "" else ())}
    return unit if not word or _unit_word(word) in spelt else None
