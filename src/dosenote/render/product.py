"""A product as text: what it is, what one serving holds in both units, and how far that is to be trusted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from textwrap import wrap

from dosenote.errors import printable
from dosenote.products import Ingredient, Product
from dosenote.quantity import convert, show_amount, show_number
from dosenote.vocabulary import Entry, Vocabulary

_SURE = {
    "high": "high: read on a page of the maker, a health service, a leaflet or a pharmacy",
    "medium": "medium: from public data, a secondary page, or seen only in part",
    "low": "low: not taken at its word; the label decides",
}


def render_product(product: Product, vocabulary: Vocabulary, width: int) -> str:
    """Everything that is known of a product, ending with a line break."""
    lines = [printable(product.name), *_about(product)]
    lines.append(f"One serving: {_serving(product)}")
    lines += [f"  {show_ingredient(one, vocabulary)}" for one in product.ingredients]
    if not product.ingredients:
        lines.append("  nothing that any rule knows")
    if product.also_sold:
        lines.append(f"Also sold as: {product.also_sold}; the name {', '.join(product.shared)} does not say which")
    lines.append(f"Confidence {_SURE[product.confidence]}")
    lines += [line for line in (printable(product.note), product.url) if line]
    return "".join(f"{line}\n" for line in _wrapped(lines, width))


def render_short(product: Product, asked: Collection[str], vocabulary: Vocabulary, width: int) -> str:
    """A product in a list: its name and id, where it is from, and what one serving holds.

    asked: ids of the substances that rules ask about; of the others only the number is given.
    """
    shown = [one for one in product.ingredients if vocabulary.surely(one.substance) & set(asked)]
    held = [show_ingredient(one, vocabulary) for one in shown]
    if len(product.ingredients) > len(shown):
        held.append(f"{len(product.ingredients) - len(shown)} that no rule asks about")
    lines = [
        f"{printable(product.name)} [{product.id}]",
        f"  {product.source or product.market}, confidence {product.confidence}",
        f"  {_serving(product)}: {'; '.join(held) or 'nothing that any rule knows'}",
    ]
    return "".join(f"{line}\n" for line in _wrapped(lines, width))


def _serving(product: Product) -> str:
    number, form = show_number(product.count), product.form
    plural = "s" if product.count > 1 and form not in ("ml", "g", "oz", "fl oz", "gummy") else ""
    return f"{number} {form}{plural}" if form else f"{number}, nobody knows of what"


def show_ingredient(ingredient: Ingredient, vocabulary: Vocabulary) -> str:
    """ "vitamin D3 400 IU (10 mcg)"; in words where it is not known how much."""
    entry = vocabulary.entries.get(ingredient.substance)
    label = entry.label if entry else ingredient.substance
    if ingredient.salt:
        label += f" ({ingredient.salt})"
    if ingredient.amount is None:
        return f"{label}, amount not known"
    low, high, unit = ingredient.amount
    if high == low:
        return f"{label} {_show(low, unit, entry)}"
    if high is None:
        return f"{label}, at least {_show(low, unit, entry)}"
    if not low:
        return f"{label}, at most {_show(high, unit, entry)}"
    return f"{label}, between {_show(low, unit, entry)} and {_show(high, unit, entry)}"


def _show(value: Decimal, unit: str, entry: Entry | None) -> str:
    """In the unit in which the substance is kept, where it converts: both units of vitamin D."""
    own = convert(value, unit, entry.unit, entry.mcg_per_iu) if entry and entry.unit else None
    return show_amount(value, unit) if own is None or entry is None else entry.show(own)


def _about(product: Product) -> Iterator[str]:
    yield product.id
    where = [one for one in (product.maker, product.market, product.source) if one]
    if where:
        yield printable(", ".join(where))


def _wrapped(lines: list[str], width: int) -> Iterator[str]:
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        yield from wrap(line, max(width, 30), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
