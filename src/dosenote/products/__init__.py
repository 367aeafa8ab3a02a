"""What a real product holds, as its label says: the model, and the products of rules/products/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from dosenote.quantity import Amount, parse_amount
from dosenote.vocabulary import words


class Ingredient(NamedTuple):
    """One thing that a product holds.

    substance: id of a vocabulary entry.
    amount: in one serving; elemental weight for minerals; None when it is not known how much.
    salt: id of one of the entry's salts, or "". also: the same amount in a second unit; never added.
    """

    substance: str
    amount: Amount | None
    salt: str = ""
    also: Amount | None = None


class Product(NamedTuple):
    """One product in one strength. A serving is `count` pieces of `form`, or `count` ml; amounts are for a serving.

    form: as in vocabulary/writing.toml where it has one, else in the label's words, or "" when it is not known.
    names: other ways of writing it, the shared ones included.
    shared: names under which other strengths are sold, too; also_sold: which, in words, or "".
    confidence: high, medium or low. source: where an imported one comes from; "" for those of the rules.
    """

    id: str
    name: str
    names: tuple[str, ...]
    maker: str
    market: str
    count: Decimal  # type: ignore[assignment]  # hides tuple.count, which nobody asks of a product
    form: str
    ingredients: tuple[Ingredient, ...]
    url: str = ""
    confidence: str = "low"
    note: str = ""
    shared: tuple[str, ...] = ()
    also_sold: str = ""
    source: str = ""

    @property
    def keys(self) -> frozenset[tuple[str, ...]]:
        """Every name, as words."""
        return frozenset(words(name) for name in (self.name, *self.names))

    def must_ask(self, key: tuple[str, ...]) -> bool:
        """Whether the person must confirm the label: little is known of it, or this name has several strengths."""
        return self.confidence == "low" or key in {words(name) for name in self.shared}


def by_name(products: Iterable[Product]) -> dict[tuple[str, ...], tuple[Product, ...]]:
    """Products by each of their names, as words; a name that several have leads to all of them."""
    found: dict[tuple[str, ...], tuple[Product, ...]] = {}
    for product in products:
        for key in product.keys:
            found[key] = (*found.get(key, ()), product)
    return found


def product_of(id: str, table: Mapping[str, Any]) -> Product:
    """A product from its table in rules/products/, which has the shape that `shape` checks."""
    count, form = parse_amount(table["serving"])
    shared = tuple(table.get("shared", ()))
    return Product(
        id=id,
        name=table["name"],
        names=tuple(dict.fromkeys((*table.get("names", ()), *shared))),
        maker=table.get("maker", ""),
        market=table["market"],
        count=count,
        form=form,
        ingredients=tuple(_ingredient(row) for row in table["ingredients"]),
        url=table.get("url", ""),
        confidence=table["confidence"],
        note=table.get("note", ""),
        shared=shared,
        also_sold=table.get("also_sold", ""),
    )


def _ingredient(row: Mapping[str, str]) -> Ingredient:
    return Ingredient(row["substance"], _amount(row.get("amount")), row.get("salt", ""), _amount(row.get("also")))


def _amount(text: str | None) -> Amount | None:
    if text is None:
        return None
    number, unit = parse_amount(text)
    return Amount(number, number, unit)
