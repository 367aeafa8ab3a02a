"""What is fuzzed: each target takes bytes, and raises nothing but an AssertionError where a promise is broken.

Whatever the bytes are, the only other way out is an error of dosenote's own, which the target takes for an answer.
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

from conftest import ROOT, copy_vocabulary
from dosenote import shape
from dosenote.batch import csv_rows
from dosenote.batch.by_columns import by_columns
from dosenote.batch.jsonl import JsonLines
from dosenote.batch.naming import Naming
from dosenote.batch.outcomes import Checker, Readings, one_by_one
from dosenote.batch.part import Part, Printer
from dosenote.batch.rows import Block
from dosenote.batch.stored import Stored
from dosenote.errors import DosenoteError
from dosenote.files import read_file, read_regimen, regimen_toml
from dosenote.lint import lint
from dosenote.products.dsld import dsld_products
from dosenote.products.nhanes import nhanes_products
from dosenote.reader import Reader
from dosenote.reader.canonical import canonical
from dosenote.reader.lexicon import Lexicon
from dosenote.reader.tokens import INVISIBLE, tokenise, without_marker
from dosenote.regimen import Closed, Reading, Regimen
from dosenote.render import cds_hooks, csv, fhir_r4, markdown, text
from dosenote.render import json as as_json
from dosenote.render.page.html import render as as_html
from dosenote.render.page.make import page_of
from dosenote.render.page.words import as_markdown, as_text
from dosenote.render.product import render_product
from dosenote.report import Report, build_report
from dosenote.ruleset import RuleSet

AS_OF = date(2026, 11, 21)
#: In place of these the file of a target stands in a rule set; the first line of its bytes says which, from 0.
RULE_FILES = (
    "interaction/fuzz.toml", "dose/fuzz.toml", "sources/fuzz.toml", "products/fuzz.toml", "intakes/us.toml",
    "vocabulary/foods.toml", "vocabulary/amounts.toml", "vocabulary/writing.toml", "ruleset.toml", "left_out.toml",
)  # fmt: skip
#: One product of NHANES, and what it holds.
DSPI = b"DSDPID,DSDPRDT,DSDSUPP,DSDSERVQ,DSDSERVU\n1,1,ACME D,1,18\n"
DSII = b"DSDPID,DSDINGR,DSDOPER,DSDQTY,DSDUNIT,DSDCAT,DSDBLFLG\n1,VITAMIN D,=,800,2,1,2\n"


class World:
    """What the targets share. folder: an empty one, for the files of those that need one."""

    def __init__(self, ruleset: RuleSet, folder: Path) -> None:
        self.ruleset, self.folder = ruleset, folder
        self.reader = Reader(ruleset.vocabulary, ruleset.products)
        self.lexicon = Lexicon(ruleset.vocabulary)
        self.checker = Checker(ruleset, "us")

    @cached_property
    def rules(self) -> Path:
        """A rule set of our vocabulary and sources, with one good rule."""
        place = self.folder / "rules"
        place.mkdir()
        copy_vocabulary(place)
        (place / "interaction").mkdir()
        shutil.copy(ROOT / "tests" / "broken_rules" / "good-interaction.toml", place / "interaction" / "good.toml")
        return place


def decoded(data: bytes) -> str:
    """Text as a file or an argument brings it: what is not UTF-8 never gets this far."""
    return data.decode("utf-8", "ignore")


# --- lines


def told(reading: Reading) -> tuple[object, ...]:
    """Everything that a reading says, without the words in which it was entered."""
    return (
        reading.outcome,
        [item._replace(text="", also=None) for item in reading.items],
        (reading.conditions, reading.foods, reading.denied, reading.stopped, reading.person, reading.closed),
        [lab._replace(text="") for lab in reading.labs],
    )


def line(world: World, data: bytes) -> None:
    """A line of text: every character is accounted for, and the plain way of writing a reading is that reading."""
    said = decoded(data)
    reading = world.reader.read(said)
    assert world.reader.read(said) == reading, "the same line is read in two ways"
    all_is_accounted_for(world, said, reading)
    plain = canonical(reading, world.ruleset.vocabulary)
    assert plain is not None or reading.outcome != "accept", "an accepted line has no plain way of writing it"
    if plain is not None:
        again = world.reader.read(plain)
        assert told(again) == told(reading), f"there and back again: {plain!r} is read as {told(again)}"
        assert canonical(again, world.ruleset.vocabulary) == plain, "the plain way of writing it has another one"


def all_is_accounted_for(world: World, said: str, reading: Reading) -> None:
    """Each visible character is in a token, each token in a piece with a meaning or in what was not understood."""
    if reading.outcome == "refuse" and reading.reason.startswith("longer than"):
        assert said.startswith(reading.text.removesuffix("..."))
        return
    assert reading.text == said
    tokens = tokenise(said)
    places = {place for token in tokens for place in range(token.start, token.end)}
    visible = {place for place, char in enumerate(said) if not char.isspace() and char not in INVISIBLE}
    vanishing = {place for place in visible if not unicodedata.normalize("NFKC", said[place]).strip()}
    assert visible - places <= vanishing, f"in no token: {[said[place] for place in visible - places - vanishing]}"
    kept = without_marker(said, tokens)
    pieces = world.lexicon.pieces(kept)
    read = {place for piece in pieces for place in range(piece.start, piece.end)}
    loose = [token.text for token in kept if any(place not in read for place in range(token.start, token.end))]
    assert not loose, f"in no piece: {loose}"
    assert all(piece in said for piece in reading.unread), "what was not understood is not shown as it was entered"
    if reading.outcome == "accept":
        assert reading.unread == reading.missing == (), "accepted, with something left over"
        assert all(item.amount and item.schedule and item.is_taken for item in reading.items)
        words = [said[one.start : one.end].casefold() for one in pieces if one.role == "word"]
        names = " ".join(reading.assumed).casefold()
        assert all(word in names for word in words), f"accepted, and nobody knows what this is: {words}"


# --- files of one regimen


def report(world: World, data: bytes) -> None:
    """A regimen of any kind of file in one of the formats: whole, and without a character that steers a terminal."""
    with suppress(DosenoteError):
        regimen = read_regimen(decoded(data), "f", world.reader, AS_OF)._replace(as_of=AS_OF)
        if regimen.readings:
            _can_be_printed(world, regimen, crc32(data))


def _can_be_printed(world: World, regimen: Regimen, chosen: int) -> None:
    found = build_report(regimen, world.ruleset, "us", explain=chosen % 2 == 0)
    name = tuple(FORMATS)[chosen % len(FORMATS)]
    shown = FORMATS[name](found)
    bad = {char for char in shown if not char.isprintable() and char not in "\n\r"}
    assert not bad, f"control characters come out in {name}: {bad}"
    shown.encode("utf-8")
    if name in ("json", "cds-hooks", "fhir-r4"):
        json.loads(shown, parse_constant=_no_constant)


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": as_json.render,
    "markdown": markdown.render,
    "csv": csv.render,
    "cds-hooks": cds_hooks.render,
    "fhir-r4": fhir_r4.render,
    "page": lambda found: as_html(page_of(found, "both", AS_OF, "M. K.")),
    "page-text": lambda found: as_text(page_of(found, "both", AS_OF, "M. K.")),
    "page-markdown": lambda found: as_markdown(page_of(found, "patient", AS_OF, redact=True)),
}


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def toml(world: World, data: bytes) -> None:
    """A file that a person types: what was read of it can be written, and read again as the same."""
    said = decoded(data)
    with suppress(DosenoteError):
        file = read_file(said, "f")
        read_regimen(said, "f", world.reader, AS_OF)
        if file is not None:
            written = regimen_toml(file)
            assert read_file(written, "f") == file, f"written as {written!r}"


def fhir(world: World, data: bytes) -> None:
    """A FHIR file: whatever stands in it, its lists stay open; now and then it is printed."""
    with suppress(DosenoteError):
        regimen = read_regimen(decoded(data), "f.json", world.reader, AS_OF)
        if b'"resourceType"' in data:
            assert regimen.closed == Closed(), "a list is closed that FHIR cannot close"
        if regimen.readings and crc32(data) % 16 == 0:
            _can_be_printed(world, regimen, crc32(data) // 16)


# --- files of many regimens


def _parts(world: World, block: Block, rows_of: Callable[[Any], Any]) -> list[Part]:
    """What a block comes to, one by one and as columns."""
    readings, stored = Readings(world.reader, AS_OF), Stored(world.reader, AS_OF, world.checker.rules)
    one, other = rows_of(readings), rows_of(stored)
    parts = (
        Printer(world.checker, "jsonl", "csv").part(one, readings, one_by_one(one, readings, world.checker)),
        Printer(world.checker, "jsonl", "csv").part(
            other, stored, by_columns(other, stored, Naming(world.checker, stored), world.checker)
        ),
    )
    return [part._replace(findings=[b"".join(part.findings)]) for part in parts]


def _rows_are_kept(data: bytes, parts: list[Part]) -> None:
    """Both ways give the same, and each row of the file is used or rejected."""
    assert parts[0] == parts[1], "one by one and by columns differ"
    counted = parts[0].counted
    assert counted.read == data.count(b"\n") + (not data.endswith(b"\n")), "rows are not counted"
    assert 0 <= counted.rejected <= counted.read
    for row in b"".join(parts[0].findings).splitlines():
        json.loads(row)


def jsonl(world: World, data: bytes) -> None:
    """Lines of JSON: each is a regimen or a reject, whichever way it is read."""
    if not data:
        return  # no file has such a block
    block = Block(1, data)
    parts = _parts(world, block, lambda lines: JsonLines(lines).rows_of(block))
    _rows_are_kept(data, parts)
    counted = parts[0].counted
    assert counted.read == counted.regimens + counted.rejected, "a row was lost"


def table(world: World, data: bytes) -> None:
    """A CSV of either kind: each row is used or rejected, whichever way it is read."""
    first, end, rest = data.partition(b"\n")
    with suppress(DosenoteError):
        header = csv_rows.header_of(first + end, {})
        if rest:
            block = Block(2, rest)
            parts = _parts(world, block, lambda lines: csv_rows.rows_of(block, lines, header))
            _rows_are_kept(rest, parts)
            counted = parts[0].counted
            assert header.is_long or counted.read == counted.regimens + counted.rejected, "a row was lost"


def parquet(world: World, data: bytes) -> None:
    """Rows of a table in Arrow, whose columns are of the types that the JSON lines of the input make."""
    import pyarrow as pa

    from dosenote.batch.parquet import blocks, rows_of

    path = world.folder / "fuzz.parquet"
    if data.startswith(b"PAR1"):
        path.write_bytes(data)
    else:
        try:
            rows = [json.loads(one) for one in data.splitlines()]
            made = pa.Table.from_pylist(rows)
            with pa.OSFile(str(path), "wb") as file:
                import pyarrow.parquet as pq

                pq.write_table(made, file)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, pa.ArrowException):
            return  # no table can be made of it
    with suppress(DosenoteError):
        for block, count in blocks(path, 0):
            stored = Stored(world.reader, AS_OF, world.checker.rules)
            found = rows_of(block, stored)
            part = Printer(world.checker, "jsonl", "csv").part(
                found, stored, by_columns(found, stored, Naming(world.checker, stored), world.checker)
            )
            assert part.counted.read == count == part.counted.regimens + part.counted.rejected, "a row was lost"


# --- rules and products


def rule(world: World, data: bytes) -> None:
    """A file of a rule set: every mistake is told with its file and line, or there is none."""
    first, _, said = data.partition(b"\n")
    if first not in _PLACES:
        return
    name, content = RULE_FILES[_PLACES.index(first)], said.decode("utf-8", "ignore")
    found = [one for one in shape.mistakes({name: content}) if "this file is missing" not in one]
    assert all(one.startswith(f"{name}:") for one in found), f"no place is told: {found}"
    if found:
        return
    path = world.rules / name
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, "utf-8", newline="")
    try:
        with suppress(DosenoteError):
            lint(world.rules, AS_OF)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


_PLACES = [str(place).encode() for place in range(len(RULE_FILES))]


def products(world: World, data: bytes) -> None:
    """A table of NHANES, either of the two, and labels of DSLD: products or an error."""
    path, dspi, dsii = (world.folder / name for name in ("fuzz.bin", "dspi.csv", "dsii.csv"))
    path.write_bytes(data)
    dspi.write_bytes(DSPI)
    dsii.write_bytes(DSII)
    for read in (
        lambda: nhanes_products(path, dsii, world.ruleset.vocabulary, _quiet),
        lambda: nhanes_products(dspi, path, world.ruleset.vocabulary, _quiet),
        lambda: dsld_products(path, world.ruleset.vocabulary, _quiet),
    ):
        with suppress(DosenoteError):
            for product in read():
                assert product.count > 0
                assert all(one.amount is None or one.amount.low >= 0 for one in product.ingredients)
                render_product(product, world.ruleset.vocabulary, 80)


def _quiet(_done: int, _of: int) -> None:
    """Nobody watches."""


#: By the name of the folder of the corpus.
TARGETS: dict[str, Callable[[World, bytes], None]] = {
    "line": line,
    "report": report,
    "toml": toml,
    "fhir": fhir,
    "jsonl": jsonl,
    "csv": table,
    "parquet": parquet,
    "rule": rule,
    "products": products,
}
