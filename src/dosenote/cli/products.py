"""The commands about products: what labels say, ours and those of a public database that the person brings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from dosenote.cli.common import CONTEXT, echo, rules_option, width
from dosenote.cli.completing import complete_product
from dosenote.cli.help import Group
from dosenote.errors import DosenoteError, nearest, printable

if TYPE_CHECKING:
    from dosenote.products import Product

#: Reads a source, and says how far it has come: done, of.
Read: TypeAlias = "Callable[[Callable[[int, int], None]], Iterator[Product]]"
NOT_RECOGNISED = 3
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    cls=Group,
    context_settings=CONTEXT,
    short_help="What the labels of real products say.",
    examples=("dosenote products search adcal",),
)
def products() -> None:
    """What the labels of real products say."""


@products.command(
    "import",
    context_settings=CONTEXT,
    short_help="Add the products of a public database that you bring.",
    examples=("dosenote products import --nhanes DSPI.csv DSII.csv", "dosenote products import --dsld labels.json"),
)
@click.option("--nhanes", nargs=2, type=_FILE, metavar="DSPI DSII", help="The two tables, CSV or XPT, packed or not.")
@click.option("--dsld", "labels", multiple=True, type=_FILE, metavar="FILE", help="Labels in JSON, or a zip of them.")
@rules_option
def import_products(nhanes: tuple[Path, Path] | None, labels: tuple[Path, ...], folder: Path | None) -> None:
    """Build the local product index from a public database, in place of the one that is there.

    --nhanes takes the supplement database of the US survey (products and
    ingredients), --dsld an export of the label database of the US National
    Institutes of Health. Both together make one index. Nothing is downloaded
    and nothing is sent: you bring the files.
    """
    from dosenote.products.dsld import dsld_products
    from dosenote.products.index import FILE, data_folder, write
    from dosenote.products.labels import Names
    from dosenote.products.nhanes import nhanes_products
    from dosenote.ruleset import load

    if not nhanes and not labels:
        raise click.UsageError("Say which files: --nhanes DSPI DSII, or --dsld FILE.")
    vocabulary = load(folder).vocabulary
    sources: list[tuple[str, Read]] = []
    if nhanes:
        sources.append(("NHANES", partial(nhanes_products, *nhanes, vocabulary)))
    sources += [(path.name, partial(dsld_products, path, vocabulary)) for path in labels]
    found = chain.from_iterable(_watched(name, read) for name, read in sources)
    count = write(found, Names(vocabulary).is_plain)
    echo(printable(f"{count:,} products in {data_folder() / FILE}") + "\n")


def _watched(name: str, read: Read) -> Iterator[Product]:
    """The products of a source; on a terminal, standard error says how far it has come."""
    is_seen, shown = sys.stderr.isatty(), -1

    def progress(done: int, of: int) -> None:
        nonlocal shown
        percent = min(100, 100 * done // max(of, 1))
        if is_seen and percent > shown:
            shown = percent
            click.echo(f"\r{name}: {percent} %", err=True, nl=False)

    try:
        yield from read(progress)
        progress(1, 1)  # how many rows there are is an estimate until they are read
    finally:
        if is_seen:
            click.echo(err=True)


@products.command(
    context_settings=CONTEXT,
    short_help="Products by the words of their names.",
    examples=("dosenote products search adcal", "dosenote products search vitamin d3 --limit 3"),
)
@click.argument("name", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 1000), metavar="N", default=10, show_default=True, help="The most that are shown."
)
@rules_option
def search(name: tuple[str, ...], limit: int, folder: Path | None) -> int:
    """Products whose name holds these words, ours first.

    Exit status: 0 something found; 3 nothing is called that, and near names
    are shown instead.
    """
    from dosenote.products.index import Index
    from dosenote.products.search import containing, near
    from dosenote.render.product import render_short
    from dosenote.ruleset import load

    ruleset, text = load(folder), " ".join(name)
    ours = {product.id: product for product in ruleset.products}
    own = [(product.id, each) for product in ruleset.products for each in (product.name, *product.names)]
    index = Index.open()
    theirs = index.names() if index else []
    found = [*containing(text, own), *containing(text, theirs)]
    ids = found or near(text, [*own, *theirs], limit)
    imported = {product.id: product for product in index.get(ids[:limit])} if index else {}
    if not found:
        echo(f'Nothing is called "{text}".{" These names are near:" if ids else ""}\n')
    asked = {ruleset.facts[row.fact].entry for rule in ruleset.rules for row in (*rule.when, *rule.unless)}
    for id in ids[:limit]:
        echo(render_short(ours.get(id) or imported[id], asked, ruleset.vocabulary, width()))
    if len(found) > limit:
        echo(f"... and {len(found) - limit:,} more; --limit shows them, another word narrows it down.\n")
    if index is None:
        hint = '"dosenote products import --help" says how to add many more.'
        click.echo(f"Only our own {len(ours)} products were searched; {hint}", err=True)
    return 0 if found else NOT_RECOGNISED


@products.command(
    context_settings=CONTEXT,
    short_help="Everything that is known of one product.",
    examples=("dosenote products show adcal-d3-caplets",),
)
@click.argument("product_id", metavar="ID", shell_complete=complete_product)
@rules_option
def show(product_id: str, folder: Path | None) -> None:
    """Everything that is known of one product: its label, how sure that is, and under which names it is sold."""
    from dosenote.products.index import Index
    from dosenote.render.product import render_product
    from dosenote.ruleset import load

    ruleset = load(folder)
    found = [product for product in ruleset.products if product.id == product_id]
    index = None if found else Index.open()
    found += index.get([product_id]) if index else ()
    if not found:
        near = nearest(product_id, [product.id for product in ruleset.products])
        raise DosenoteError(f'no product is called "{product_id}".{near}', hint='"dosenote products search" finds ids.')
    echo(render_product(found[0], ruleset.vocabulary, width()))
