"""The label database of the US National Institutes of Health (DSLD): labels as JSON, one or many, plain or in a zip.

The fields are those of the database's `Label` record: id, fullName, brandName, pdf, offMarket, and ingredientRows with
name, category, forms, nestedRows and quantity (servingSizeOrder, servingSizeQuantity, servingSizeUnit, operator,
quantity, unit). A label of any other shape is refused.
"""

from __future__ import annotations

import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from dosenote.errors import DosenoteError
from dosenote.products import Ingredient, Product
from dosenote.products.labels import Names, also_holds, amount_of, merged, number, tidy
from dosenote.products.tables import LARGEST, read_bytes
from dosenote.quantity import Amount, convert
from dosenote.vocabulary import Vocabulary, words

SOURCE = "DSLD (NIH)"
#: Units of mass and the international unit, as labels of the database write them. "NP" is "not printed".
UNITS = {
    "mg": "mg", "milligram": "mg", "mcg": "mcg", "microgram": "mcg", "g": "g", "gram": "g", "ng": "ng", "iu": "IU",
}  # fmt: skip
_HINT = 'Export labels as JSON from the database, or give the zip of its "full database" download in JSON.'


def dsld_products(path: Path, vocabulary: Vocabulary, progress: Callable[[int, int], None]) -> Iterator[Product]:
    """Every label of an export.

    progress(done, of) counts labels, or the files of a zip. Raises DosenoteError where a file is no such export.
    """
    names = Names(vocabulary)
    forms = {
        words(word): form for form, listed in vocabulary.writing.get("form", {}).items() for word in (form, *listed)
    }
    count, labels = _labels(path)
    for done, (where, label) in enumerate(labels, 1):
        yield _product(label, where, names, forms)
        progress(done, count)


def _labels(path: Path) -> tuple[int, Iterator[tuple[str, dict[str, Any]]]]:
    """How many files there are, or labels in the only one; and each label with the file that it stands in."""
    if not path.exists() or not zipfile.is_zipfile(path):
        labels = _parsed(read_bytes(path), str(path))
        return len(labels), ((str(path), label) for label in labels)
    try:
        archive = zipfile.ZipFile(path)
        members = [member for member in archive.infolist() if member.filename.lower().endswith(".json")]
    except zipfile.BadZipFile as error:
        raise DosenoteError(f"the zip is broken: {error}", str(path), "Download it again.") from None
    return len(members), _unzipped(archive, members, path)


#: What unpacking a member of a zip raises where it is damaged, encrypted, or packed in a way that is not known.
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, OSError, EOFError)


def _unzipped(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], path: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    with archive:
        for member in members:
            where = f"{path}/{member.filename}"
            if member.file_size > LARGEST:
                raise DosenoteError(f"more than {LARGEST // 1_000_000:,} MB unpacked", where)
            try:
                content = archive.read(member)
            except _BROKEN as error:
                raise DosenoteError(f"the zip is broken: {error}", str(path), "Download it again.") from None
            yield from ((where, label) for label in _parsed(content, where))


def _parsed(content: bytes, where: str) -> list[dict[str, Any]]:
    """The label of a file, or its list of labels; figures stay as they are written."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except RecursionError:
        raise DosenoteError("this is nested too deeply", where, _HINT) from None
    except ValueError as error:
        what = (
            str(error) if isinstance(error, (json.JSONDecodeError, UnicodeError)) else "a number has too many figures"
        )
        raise DosenoteError(f"this is not JSON: {what}", where, _HINT) from None
    labels = found if isinstance(found, list) else [found]
    for label in labels:
        rows = label.get("ingredientRows") if isinstance(label, dict) else None
        if not isinstance(rows, list) or not re.fullmatch(r"\d{1,18}", str(label.get("id"))) or not _is_name(label):
            raise DosenoteError("this is no label: its id, fullName or ingredientRows is missing or odd", where, _HINT)
    return labels


def _is_name(label: dict[str, Any]) -> bool:
    name = label.get("fullName")
    return isinstance(name, str) and bool(tidy(name))


def _product(label: dict[str, Any], where: str, names: Names, forms: dict[tuple[str, ...], str]) -> Product:
    try:
        count, unit, order = _serving(label["ingredientRows"])
        known: list[Ingredient] = []
        others: list[str] = []
        for row in label["ingredientRows"]:
            _read_row(row, order, names, known, others)
        name, brand = tidy(label["fullName"]), tidy(label.get("brandName"))
        if words(name)[: len(words(brand))] != words(brand):
            name = f"{brand} {name}"
        if not count:
            known = [one._replace(amount=None) for one in known]
        gone = "No longer sold. " if label.get("offMarket") == 1 else ""
        pdf = str(label.get("pdf") or "")
        return Product(
            id=f"dsld-{int(label['id'])}",
            name=name,
            names=(),
            maker=brand,
            market="US",
            count=count or Decimal(1),
            form=_form(unit, forms),
            ingredients=merged(known, names.vocabulary),
            url=pdf if pdf.startswith("https://") else "",
            confidence="medium",
            note=f"{gone}{also_holds(others)}".strip(),
            source=SOURCE,
        )
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise DosenoteError(f"label {label['id']} has another shape: {error}", where, _HINT) from None


def _serving(rows: list[dict[str, Any]]) -> tuple[Decimal | None, str, int]:
    """How many of what the first serving is, and its order; no number where the rows that say it do not agree."""
    quantities = [quantity for row in rows for quantity in row.get("quantity") or ()]
    order = min((int(quantity["servingSizeOrder"]) for quantity in quantities), default=1)
    first = [quantity for quantity in quantities if quantity["servingSizeOrder"] == order]
    counts = {number(quantity.get("servingSizeQuantity")) for quantity in first} - {None}
    units = {str(quantity.get("servingSizeUnit") or "") for quantity in first} - {""}
    if len(counts) != 1 or len(units) > 1:
        return None, "", order
    return counts.pop(), units.pop() if units else "", order


def _form(unit: str, forms: dict[tuple[str, ...], str]) -> str:
    """ "Vegan Softgel(s)" → softgel; what no form of ours is called stays as it is written."""
    plain = unit.casefold().replace("(s)", "").replace("(ies)", "y").strip()
    return forms.get(words(plain)) or forms.get(words(plain)[-1:]) or plain


def _read_row(row: dict[str, Any], order: int, names: Names, known: list[Ingredient], others: list[str]) -> None:
    """Adds what a row and the rows inside it stand for; a row whose parts are listed counts once."""
    inside: list[Ingredient] = []
    for nested in row.get("nestedRows") or ():
        _read_row(nested, order, names, inside, others)
    one = _ingredient(row, order, names)
    if one is None:
        others.append(tidy(row.get("name")))
        known += inside
        return
    parts = [part for part in inside if one.substance in names.vocabulary.surely(part.substance)]
    known += [part for part in inside if part not in parts]
    known += _divided(one, parts, names) if parts else [one]


def _divided(whole: Ingredient, parts: list[Ingredient], names: Names) -> list[Ingredient]:
    """The parts of a total that the label lists beneath it, and what is left of the total.

    A part without an amount is anything up to the total, and so the parts together do not say what is left.
    """
    if whole.amount is None or whole.amount.high is None:
        return parts
    left: Decimal | None = whole.amount.high
    found = []
    for part in parts:
        if part.amount is None:
            part = part._replace(amount=Amount(Decimal(0), whole.amount.high, whole.amount.unit))
            left = None
        elif left is not None:
            factor = names.vocabulary[part.substance].mcg_per_iu
            own = convert(part.amount.low, part.amount.unit, whole.amount.unit, factor)
            left = left - own if own is not None and part.amount.low == part.amount.high else None
        found.append(part)
    if left is not None and left > 0:
        found.append(whole._replace(amount=Amount(left, left, whole.amount.unit), salt=""))
    return found


def _ingredient(row: dict[str, Any], order: int, names: Names) -> Ingredient | None:
    """The ingredient of a row, in the form that the label names; None where the vocabulary does not know it."""
    name = tidy(row.get("name"))
    known = names[name]
    if known is None:
        return None
    entry, salt = known
    amount = _amount(row, order)
    if salt and amount:  # the label may print the weight of the salt or of its element
        amount = Amount(amount.low * salt.elemental_low, amount.high, amount.unit)
    forms = [names[tidy(form.get("name"))] for form in row.get("forms") or ()]
    form = forms[0] if len(forms) == 1 else None
    if form and form.salt and form.entry == entry:
        salt = form.salt
    elif form and form.entry != entry and entry.id in names.vocabulary.surely(form.entry.id):
        entry = form.entry
    if not entry.unit or (row.get("category") == "botanical" and words(name) != words(entry.label)):
        amount = None
    return Ingredient(entry.id, amount, salt.id if salt else "")


def _amount(row: dict[str, Any], order: int) -> Amount | None:
    """None, too, for a zero: the database writes it where a label prints no amount."""
    found = [quantity for quantity in row.get("quantity") or () if quantity["servingSizeOrder"] == order]
    if len(found) != 1 or not number(found[0].get("quantity")):
        return None
    unit = str(found[0].get("unit") or "").casefold().removesuffix("(s)")
    return amount_of(found[0].get("quantity"), found[0].get("operator") or "=", UNITS.get(unit))
