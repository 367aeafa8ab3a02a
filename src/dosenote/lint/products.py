"""What a model cannot check about products: substances, units, salts, names that several have, and slips of a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from dosenote.documents import load_toml
from dosenote.errors import nearest
from dosenote.lint.texts import orders
from dosenote.products import by_name, product_of
from dosenote.products.labels import is_made_of, plain_names
from dosenote.quantity import IU, MCG_PER, convert, parse_amount
from dosenote.rule import Mistake
from dosenote.rulefiles import Files
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Entry, Vocabulary, words

#: How far a label may round what its salt holds.
ROUNDING = Decimal("0.02")


def product_mistakes(files: Files, ruleset: RuleSet) -> Iterator[tuple[str, Mistake]]:
    """Each with the name of its file, as a path inside the folder."""
    plain = plain_names(ruleset.vocabulary)
    owners = by_name(ruleset.products)
    homes: dict[str, str] = {}
    for name in (name for name in files.contents if name.startswith("products/")):
        for id, table in load_toml(files.text(name), name).items():
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
                yield name, Mistake((id, "name"), f'"{id}" is no id: small letters and figures, with - between words')
            if homes.setdefault(id, name) != name:
                yield name, Mistake((id, "name"), f"a product in {homes[id]} has the same id")
            others = {key: [other.id for other in found if other.id != id] for key, found in owners.items()}
            for path, what in _mistakes(id, table, ruleset.vocabulary, plain, others):
                yield name, Mistake((id, *path), what)


def _mistakes(
    id: str,
    table: Mapping[str, Any],
    vocabulary: Vocabulary,
    plain: frozenset[tuple[str, ...]],
    others: Mapping[tuple[str, ...], list[str]],
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    count, form = parse_amount(table["serving"])
    forms = tuple(vocabulary.writing["form"])
    if not count:
        yield ("serving",), "a serving of nothing"
    if form not in forms:
        yield ("serving",), f'"{form}" is no form; the forms are {", ".join(forms)}.{nearest(form, forms)}'
    if table["confidence"] == "high" and "url" not in table:
        yield ("confidence",), "high confidence needs the url of the page that was read"
    if ("shared" in table) != ("also_sold" in table):
        yield ("name",), "shared names and also_sold go together: the names, and which other strengths they stand for"
    for key in ("also_sold", "note"):
        yield from (((key,), what) for what in orders(table.get(key, "")))
    yield from _name_mistakes(id, table, vocabulary, plain, others)
    for number, row in enumerate(table["ingredients"]):
        for key, what in _ingredient_mistakes(row, vocabulary):
            yield ("ingredients", number, key), what


# --- names


def _name_mistakes(
    id: str,
    table: Mapping[str, Any],
    vocabulary: Vocabulary,
    plain: frozenset[tuple[str, ...]],
    others: Mapping[tuple[str, ...], list[str]],
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    product = product_of(id, table)
    shared = {words(name) for name in product.shared}
    held = {ingredient.substance for ingredient in product.ingredients} & vocabulary.entries.keys()
    own = [("name", table["name"]), *(("names", name) for name in table.get("names", ()))]
    seen: set[tuple[str, ...]] = set()
    for place, name in (*own, *(("shared", name) for name in product.shared)):
        key = words(name)
        if is_made_of(key, plain):
            yield (place,), f'"{name}" could be anybody\'s: a plain line may say just that; add the maker or the brand'
        if place != "shared" and key in seen:
            yield (place,), f'"{name}" is written twice; case, hyphens and brackets do not matter'
        seen.add(key)
        if others.get(key) and key not in shared:
            yield (place,), f'"{name}" is a name of {others[key][0]}, too; it must be shared in both'
        entry = vocabulary.by_name.get(key)
        if entry and not any(entry.id in vocabulary.surely(substance) for substance in held):
            yield (place,), f'"{name}" is a name of [{entry.id}], which this product does not hold'


# --- what it holds


def _ingredient_mistakes(row: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    id = row["substance"]
    entry = vocabulary.entries.get(id)
    if entry is None or entry.kind not in ("supplement", "medicine"):
        known = [entry.id for kind in ("supplement", "medicine") for entry in vocabulary.of_kind(kind)]
        yield "substance", f'"{id}" is no substance of the vocabulary.{nearest(id, known)}'
        return
    wrong = [(key, what) for key in ("amount", "also") if key in row for what in _amount_mistakes(row[key], entry)]
    yield from wrong
    if wrong:
        return
    if "also" in row and not _is_same(row["amount"], row["also"], entry):
        yield "also", f"{row['also']} is not {row['amount']}"
    salts = {salt.id: salt for salt in entry.salts}
    if "salt" in row and row["salt"] not in salts:
        yield "salt", f'"{row["salt"]}" is no salt of [{id}].{nearest(row["salt"], salts)}'
    elif "salt_weight" in row:
        salt = salts[row["salt"]]
        weight, held = _in(row["salt_weight"], entry.unit), _in(row["amount"], entry.unit)
        if weight is None or held is None:
            yield "salt_weight", "the salt and the element need units of mass"
        elif not salt.elemental_low * weight * (1 - ROUNDING) <= held <= salt.elemental_high * weight * (1 + ROUNDING):
            yield "salt_weight", f"{row['salt_weight']} of {entry.label} {salt.id} does not hold {row['amount']}"


def _amount_mistakes(text: str, entry: Entry) -> Iterator[str]:
    number, unit = parse_amount(text)
    if not number:
        yield "an amount of nothing; leave the amount out when it is not known"
    elif unit not in (*MCG_PER, IU):
        yield f'"{unit}" is no unit; the units are {", ".join((*MCG_PER, IU))}'
    elif unit == IU and not entry.has_iu:
        yield f"{entry.label} has no international unit here"
    elif entry.bounds is not None:
        found = _in(text, entry.bounds.unit, entry.mcg_per_iu)
        if found is not None and not entry.bounds.possible_low <= found <= entry.bounds.possible_high:
            yield f"{text} of {entry.label} in one serving is not plausible: is the unit right?"


def _is_same(one: str, other: str, entry: Entry) -> bool:
    return _in(one, "mcg", entry.mcg_per_iu) == _in(other, "mcg", entry.mcg_per_iu)


def _in(text: str, unit: str, mcg_per_iu: Decimal | None = None) -> Decimal | None:
    number, own = parse_amount(text)
    return convert(number, own, unit, mcg_per_iu)
