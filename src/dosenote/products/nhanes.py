"""The US survey's public supplement database (NHANES-DSD): every product that somebody reported, with its label.

Two tables: DSPI, the products, and DSII, what one serving of each holds. The codes below are those of the published
codebook of DSPI ("Proc Format"); a code that is not in it is an unknown form or an unknown amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from dosenote.errors import DosenoteError
from dosenote.products import Ingredient, Product
from dosenote.products.labels import Known, Names, also_holds, amount_of, merged, number, tidy
from dosenote.products.tables import table_rows
from dosenote.quantity import Amount
from dosenote.vocabulary import Vocabulary, words

SOURCE = "NHANES supplement database"
#: DSDSERVU: what a serving is counted in, in the words of vocabulary/writing.toml where it has one.
FORMS = {
    "1": "caplet", "2": "capsule", "3": "dropper", "4": "drop", "5": "fl oz", "6": "capsule", "9": "lozenge",
    "10": "ml", "12": "sachet", "13": "tablet", "14": "tablespoon", "16": "softgel", "17": "tablespoon",
    "18": "tablet", "19": "spoon", "20": "wafer", "21": "oz", "22": "spray", "24": "scoop", "25": "cup",
    "27": "chewable", "29": "capsule", "30": "can", "31": "capful", "32": "gumball", "33": "g", "34": "spoon",
    "35": "can", "36": "scoop", "37": "cup", "38": "g", "39": "lozenge", "42": "strip", "43": "bottle",
}  # fmt: skip
#: DSDUNIT, as far as it is a unit of mass or the international unit.
UNITS = {"1": "mg", "2": "IU", "4": "mcg", "5": "g", "31": "ng"}
#: DSDCAT: the weight of a plant is not the weight of a substance that it is a source of.
BOTANICAL = "3"
#: DSDUNIT of what is no ingredient, and DSDBLFLG of a blend, whose name says nothing of what is in it.
CALORIES, BLEND = "7", "1"
#: DSDPRDT: a product without a brand, of known strength; one of which nobody knew even that.
GENERIC, DEFAULT = "2", "3"

_PRODUCTS = ("DSDPID", "DSDPRDT", "DSDSUPP", "DSDSERVQ", "DSDSERVU")
_INGREDIENTS = ("DSDPID", "DSDINGR", "DSDOPER", "DSDQTY", "DSDUNIT", "DSDCAT", "DSDBLFLG")


def nhanes_products(
    products: Path, ingredients: Path, vocabulary: Vocabulary, progress: Callable[[int, int], None]
) -> Iterator[Product]:
    """Every product of the two tables, in the order of the first.

    progress(done, of): rows read, about. Raises DosenoteError where a file is not one of these tables.
    """
    count, rows = table_rows(products, _PRODUCTS)
    more, held = table_rows(ingredients, _INGREDIENTS)
    names = Names(vocabulary)
    known: dict[str, list[Ingredient]] = {}
    others: dict[str, list[str]] = {}
    hidden: dict[str, list[Ingredient]] = {}
    for done, row in enumerate(held, 1):
        id, name = row["DSDPID"], tidy(row["DSDINGR"])
        ingredient = _ingredient(row, names[name], name)
        if ingredient is not None:
            known.setdefault(id, []).append(ingredient)
        elif row["DSDUNIT"] != CALORIES:
            others.setdefault(id, []).append(name)
            if row["DSDBLFLG"] != BLEND:
                hidden.setdefault(id, []).extend(Ingredient(one, None) for one in names.minerals_in(name))
        progress(done, count + more)
    for done, row in enumerate(rows, 1):
        id = row["DSDPID"]
        if not id:
            raise DosenoteError(f"row {done} is of no product: its DSDPID is empty", str(products))
        own = known.get(id, [])
        own += [one for one in hidden.get(id, ()) if all(one.substance != other.substance for other in own)]
        yield _product(row, merged(own, vocabulary), also_holds(others.get(id, ())))
        progress(more + done, count + more)


def _product(row: dict[str, str], ingredients: tuple[Ingredient, ...], note: str) -> Product:
    count = number(row["DSDSERVQ"])
    if not count:  # nobody can say what one piece holds
        ingredients = tuple(one._replace(amount=None) for one in ingredients)
    kind = row["DSDPRDT"]
    if kind == GENERIC:
        note = f"No brand: a strength that somebody reported. {note}"
    elif kind == DEFAULT:
        note = f"No label: what the survey assumes where nobody knew the product. {note}"
    return Product(
        id=f"nhanes-{row['DSDPID']}",
        name=tidy(row["DSDSUPP"]),
        names=(),
        maker="",
        market="US",
        count=count or Decimal(1),
        form=FORMS.get(row["DSDSERVU"], "") if count else "",
        ingredients=ingredients,
        confidence="low" if kind == DEFAULT else "medium",
        note=note.strip(),
        source=SOURCE,
    )


def _ingredient(row: dict[str, str], known: Known | None, name: str) -> Ingredient | None:
    """The ingredient, or None where the vocabulary does not know it."""
    if known is None:
        return None
    entry, salt = known
    amount = amount_of(row["DSDQTY"], row["DSDOPER"], UNITS.get(row["DSDUNIT"]))
    if not entry.unit or (row["DSDCAT"] == BOTANICAL and words(name) != words(entry.label)):
        amount = None
    if salt and amount:  # the codebook: the amount of a compound is to be converted to that of its element
        high = None if amount.high is None else amount.high * salt.elemental_high
        amount = Amount(amount.low * salt.elemental_low, high, amount.unit)
    return Ingredient(entry.id, amount, salt.id if salt else "")
