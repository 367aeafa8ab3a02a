"""The local product index: from published tables to what a name means; never from a broken file, never half written."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import pty
import sqlite3
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dosenote.errors import DosenoteError
from dosenote.products import Ingredient, Product
from dosenote.products.dsld import dsld_products
from dosenote.products.index import FILE, Index, data_folder, write
from dosenote.products.labels import Names
from dosenote.products.nhanes import nhanes_products
from dosenote.quantity import Amount
from dosenote.reader import Reader
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import words
from test_cli import dosenote

#: The first name has a line break in its quotes, the second an apostrophe of Windows Latin-1.
DSPI = (
    b'"DSDPID","DSDPRDT","DSDSUPP","DSDSRCE","DSDSERVQ","DSDSERVU"\r\n'
    b'1,1,"ACME BONE CARE WITH ""K""\r\n",9,2,18\r\n'
    b'2,1,"ACME CHILDREN\x92S D DROPS",NA,0.5,10\r\n'
    b'3,1,"ACME TWIN",9,1,1\r\n'
    b'4,1,"ACME TWIN",9,1,1\r\n'
    b'5,2,"VITAMIN D 1000 IU",NA,1,44\r\n'
    b'6,3,"DEFAULT CALCIUM",NA,1,18\r\n'
    b'7,1,"ACME ANTACID",9,NA,18\r\n'
)
DSII = (
    b'"DSDPID","DSDSUPP","DSDINGR","DSDOPER","DSDQTY","DSDUNIT","DSDCAT","DSDBLFLG"\n'
    b'1,"x","VITAMIN D","=",800,2,1,2\n'
    b'1,"x","VITAMIN K","<",1e+02,4,1,2\n'
    b'1,"x","MAGNESIUM",">",50,1,2,2\n'
    b'1,"x","CALCIUM CARBONATE","=",1250,1,2,2\n'
    b'1,"x","KELP","=",100,1,3,2\n'
    b'1,"x","ALFALFA (LEAF)","=",10,1,3,2\n'
    b'1,"x","ZINC","=",3,21,2,2\n'
    b'1,"x","BETA CAROTENE","=",20,3,4,2\n'
    b'1,"x","CALORIES","=",5,7,4,2\n'
    b'1,"x","ACME VITAMIN K BLEND","=",7,1,NA,1\n'
    b'1,"x","MAGNESIUM STEARATE","=",NA,21,2,2\n'
    b'1,"x","HORNY GOAT WEED","=",7,1,3,2\n'
    b'2,"x","VITAMIN D","=",400,2,1,2\n'
    b'3,"x","CALCIUM","=",500,1,2,2\n'
    b'4,"x","CALCIUM","=",600,1,2,2\n'
    b'4,"x","CALCIUM POLYCARBOPHIL","=",625,1,4,2\n'
    b'4,"x","FISH OIL","=",1000,1,4,2\n'
    b'4,"x","OMEGA-3 FATTY ACIDS","=",0.3,5,4,2\n'
    b'5,"x","VITAMIN D","=",1000,2,1,2\n'
    b'6,"x","CALCIUM","=",600,1,2,2\n'
    b'7,"x","CALCIUM POLYCARBOPHIL","=",625,1,4,2\n'
    b'7,"x","MAGNESIUM","=",30,1,2,2\n'
)


def quiet(done: int, of: int) -> None:
    """No progress."""


def never(name: str) -> bool:
    """No name is a plain line."""
    return False


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    """The two tables as files."""
    paths = tmp_path / "DSPI.csv", tmp_path / "DSII.csv"
    for path, content in zip(paths, (DSPI, DSII), strict=True):
        path.write_bytes(content)
    return paths


@pytest.fixture
def imported(tables: tuple[Path, Path], ruleset: RuleSet) -> dict[str, Product]:
    return {product.id: product for product in nhanes_products(*tables, ruleset.vocabulary, quiet)}


@pytest.fixture
def index(tables: tuple[Path, Path], ruleset: RuleSet, tmp_path: Path) -> Index:
    path = tmp_path / "data" / FILE
    write(nhanes_products(*tables, ruleset.vocabulary, quiet), Names(ruleset.vocabulary).is_plain, path)
    found = Index.open(path)
    assert found
    return found


def held(product: Product) -> dict[str, Amount | None]:
    return {one.substance: one.amount for one in product.ingredients}


def amount(low: str, high: str | None, unit: str) -> Amount:
    return Amount(Decimal(low), None if high is None else Decimal(high), unit)


# --- NHANES


def test_amounts_are_what_the_label_says(imported: dict[str, Product]) -> None:
    """Operators are bounds, a compound counts as its element, and an unknown unit is no amount."""
    first = imported["nhanes-1"]
    assert (first.count, first.form) == (2, "tablet")
    found = held(first)
    assert found["vitamin-d"] == amount("800", "800", "IU")
    assert found["vitamin-k"] == amount("0", "100", "mcg")
    assert found["magnesium"] == amount("50", None, "mg")
    assert found["calcium"] == amount("500", "500", "mg")
    assert found["zinc"] is None
    assert found["beta-carotene"] is None


def test_the_weight_of_a_plant_is_no_amount(imported: dict[str, Product]) -> None:
    """100 mg of kelp are not 100 mg of iodine; a bracket after a name does not hide it."""
    found = held(imported["nhanes-1"])
    assert found["iodine"] is None
    assert "greens-powder" in found


def test_what_the_vocabulary_does_not_know_is_kept_by_name(imported: dict[str, Product]) -> None:
    """A blend or a plant that nobody looked at is told; calories are no ingredient."""
    assert imported["nhanes-1"].note == "Also holds: ACME VITAMIN K BLEND, MAGNESIUM STEARATE, HORNY GOAT WEED."


def test_a_compound_that_nobody_knows_still_holds_its_mineral(imported: dict[str, Product]) -> None:
    """Calcium polycarbophil holds calcium, nobody says how much, unless the label gives the calcium itself."""
    assert held(imported["nhanes-7"])["calcium"] is None
    assert held(imported["nhanes-4"])["calcium"] == amount("600", "600", "mg")


def test_one_substance_under_two_names_may_be_a_part_or_more(imported: dict[str, Product]) -> None:
    """1,000 mg fish oil and 0.3 g of omega-3: between 1,000 and 1,300 mg."""
    assert held(imported["nhanes-4"])["fish-oil"] == amount("1000", "1300.0", "mg")


def test_a_serving_that_nobody_knows_gives_no_amounts(imported: dict[str, Product]) -> None:
    """Without the number of pieces, nobody can say what one holds; an unknown code is an unknown form."""
    assert (imported["nhanes-7"].form, held(imported["nhanes-7"])["magnesium"]) == ("", None)
    assert imported["nhanes-5"].form == ""


def test_names_are_one_line_of_text(imported: dict[str, Product]) -> None:
    """Line breaks in quotes and Latin-1 are read; millilitres are millilitres."""
    assert imported["nhanes-1"].name == 'ACME BONE CARE WITH "K"'
    assert imported["nhanes-2"].name == "ACME CHILDREN’S D DROPS"
    assert (imported["nhanes-2"].count, imported["nhanes-2"].form) == (Decimal("0.5"), "ml")


def test_what_the_survey_assumed_is_not_taken_at_its_word(imported: dict[str, Product]) -> None:
    """A default stands for a product that nobody knew: low confidence, which asks."""
    assert imported["nhanes-6"].confidence == "low"
    assert imported["nhanes-6"].note.startswith("No label")
    assert {imported[f"nhanes-{number}"].confidence for number in range(1, 6)} == {"medium"}


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bytes])
def test_packed_tables_are_read_whatever_they_are_called(tmp_path: Path, ruleset: RuleSet, pack: Any) -> None:
    """gzip and xz are known by their first bytes."""
    paths = tmp_path / "one", tmp_path / "two"
    for path, content in zip(paths, (DSPI, DSII), strict=True):
        path.write_bytes(pack(content))
    assert len(list(nhanes_products(*paths, ruleset.vocabulary, quiet))) == 7


@pytest.mark.parametrize(
    "content, what",
    [
        (DSII, "there is no column DSDPRDT"),
        (b"", "there is no column DSDPID"),
        (DSPI[:-10], "a row of 3 cells"),
        (DSPI[:-4].replace(b'ANTACID"', b"ANTACID"), "not CSV"),
        (lzma.compress(DSPI)[:-20], "cut short"),
        (gzip.compress(DSPI)[:-20], "cut short"),
        (lzma.compress(DSPI)[:-8] + bytes(8), "packed file is broken"),
        (gzip.compress(DSPI)[:-8] + bytes(8), "packed file is broken"),
        (lzma.compress(DSPI)[:40] + bytes(40), "broken"),
    ],
)  # fmt: skip
def test_a_broken_table_is_told(tables: tuple[Path, Path], ruleset: RuleSet, content: bytes, what: str) -> None:
    """Cut short, packed badly or the wrong one: never half an import."""
    tables[0].write_bytes(content)
    with pytest.raises(DosenoteError, match=what) as raised:
        list(nhanes_products(*tables, ruleset.vocabulary, quiet))
    assert str(tables[0]) in raised.value.where


@pytest.mark.parametrize("figure", ["1e400", "1e999999", "1e-400", "1e-999999", "9" * 400, "-5", "nan", "inf", "1e13"])
def test_a_number_that_no_label_has_is_none(tables: tuple[Path, Path], ruleset: RuleSet, figure: str) -> None:
    """As an amount, and as the size of a serving: nobody can say what one piece holds."""
    tables[0].write_bytes(b"DSDPID,DSDPRDT,DSDSUPP,DSDSERVQ,DSDSERVU\n1,1,A,1,18\n2,1,B,%b,18\n" % figure.encode())
    rows = b"1,VITAMIN D,=,%b,2,1,2\n2,VITAMIN D,=,800,2,1,2\n" % figure.encode()
    tables[1].write_bytes(b"DSDPID,DSDINGR,DSDOPER,DSDQTY,DSDUNIT,DSDCAT,DSDBLFLG\n" + rows)
    found = list(nhanes_products(*tables, ruleset.vocabulary, quiet))
    assert [(one.count, held(one)["vitamin-d"]) for one in found] == [(1, None), (1, None)]


def test_a_row_without_a_number_is_told(tables: tuple[Path, Path], ruleset: RuleSet) -> None:
    """What it holds would be nobody's, or everybody's."""
    tables[0].write_bytes(b"DSDPID,DSDPRDT,DSDSUPP,DSDSERVQ,DSDSERVU\n,1,A,1,18\n")
    with pytest.raises(DosenoteError, match="row 1 is of no product"):
        list(nhanes_products(*tables, ruleset.vocabulary, quiet))


# --- SAS transport files


def ibm(value: float) -> bytes:
    """A number of the IBM mainframe."""
    if not value:
        return bytes(8)
    exponent, fraction = 64, abs(value)
    while fraction >= 1:
        fraction, exponent = fraction / 16, exponent + 1
    while fraction < 1 / 16:
        fraction, exponent = fraction * 16, exponent - 1
    return bytes([exponent | (0x80 if value < 0 else 0)]) + int(fraction * 2**56).to_bytes(7, "big")


def record(kind: str, tail: str = "0" * 30) -> bytes:
    return f"HEADER RECORD*******{kind:8}HEADER RECORD!!!!!!!{tail}".encode().ljust(80)


def xpt(columns: dict[str, int], rows: list[list[float | str | None]]) -> bytes:
    """A SAS transport file of version 5; a width of 0 is a number, None a missing cell."""
    variables, start = b"", 0
    for number, (name, width) in enumerate(columns.items(), 1):
        length = width or 8
        variables += struct.pack(">hhhh8s", 1 if width == 0 else 2, 0, length, number, name.encode().ljust(8))
        variables += bytes(68) + start.to_bytes(4, "big") + bytes(52)
        start += length
    body = b""
    for row in rows:
        for cell, width in zip(row, columns.values(), strict=True):
            body += (
                str(cell).encode("cp1252").ljust(width)
                if width
                else b".".ljust(8, b"\0")
                if cell is None
                else ibm(cell)
            )  # type: ignore[arg-type]
    return b"".join(
        [
            record("LIBRARY "), bytes(160),
            record("MEMBER  ", "000000000000000001600000000140  "), record("DSCRPTR "), bytes(160),
            record("NAMESTR ", f"000000{len(columns):04}" + "0" * 20), variables.ljust(-(-len(variables) // 80) * 80),
            record("OBS     "), body.ljust(-(-len(body) // 80) * 80),
        ]
    )  # fmt: skip


def test_sas_files_are_read_as_the_same_tables(tmp_path: Path, ruleset: RuleSet) -> None:
    """Numbers, missing numbers, text and the spaces that fill the last record."""
    paths = tmp_path / "DSPI.xpt", tmp_path / "DSII.xpt"
    columns = {"DSDPID": 0, "DSDPRDT": 0, "DSDSUPP": 30, "DSDSERVQ": 0, "DSDSERVU": 0}
    paths[0].write_bytes(xpt(columns, [[1, 1, "ACME CHILDREN’S", 0.5, 10], [20971, 1, "ACME TWO", None, 18]]))
    columns = {"DSDPID": 0, "DSDINGR": 20, "DSDOPER": 1, "DSDQTY": 0, "DSDUNIT": 0, "DSDCAT": 0, "DSDBLFLG": 0}
    rows: list[list[float | str | None]] = [
        [1, "VITAMIN D", "=", 62.5, 4, 1, 2],
        [1, "CALCIUM", "=", 100000, 1, 2, 2],
        [20971, "VITAMIN K", "=", 0.001, 1, 1, 2],
    ]
    paths[1].write_bytes(xpt(columns, rows))
    one, two = nhanes_products(*paths, ruleset.vocabulary, quiet)
    assert (one.id, one.name, one.count, one.form) == ("nhanes-1", "ACME CHILDREN’S", Decimal("0.5"), "ml")
    assert held(one) == {"vitamin-d": amount("62.5", "62.5", "mcg"), "calcium": amount("100000", "100000", "mg")}
    assert (two.id, held(two)) == ("nhanes-20971", {"vitamin-k": None})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.replace(b"LIBRARY HEADER", b"LIBV8   HEADER").replace(b"MEMBER  ", b"MEMBV8  "),
        lambda content: content.replace(b"NAMESTR HEADER RECORD!!!!!!!0000000005", b"NAMESTR HEADER RECORD!!!!!!!0000009999"),
        lambda content: content[:400],
    ],
)  # fmt: skip
def test_other_sas_files_are_refused(tables: tuple[Path, Path], ruleset: RuleSet, spoil: Any) -> None:
    """Another version, a broken header: told, never guessed at."""
    content = xpt({"DSDPID": 0, "DSDPRDT": 0, "DSDSUPP": 8, "DSDSERVQ": 0, "DSDSERVU": 0}, [[1, 1, "A", 1, 1]])
    tables[0].write_bytes(spoil(content))
    with pytest.raises(DosenoteError, match="SAS"):
        list(nhanes_products(*tables, ruleset.vocabulary, quiet))


# --- DSLD


def row(name: str, quantity: object, unit: str, **more: object) -> dict[str, object]:
    amounts = [
        {
            "servingSizeOrder": 1, "servingSizeQuantity": 2, "servingSizeUnit": "Vegan Softgel(s)",
            "operator": "=", "quantity": quantity, "unit": unit,
        }
    ]  # fmt: skip
    return {"name": name, "category": "vitamin", "quantity": amounts, "nestedRows": [], "forms": [], **more}


LABEL = {
    "id": 10098,
    "fullName": "Bone Care",
    "brandName": "Acme",
    "pdf": "https://example.org/10098.pdf",
    "offMarket": 1,
    "ingredientRows": [
        row("Vitamin D", 62.5, "mcg", forms=[{"prefix": "as", "name": "Cholecalciferol"}]),
        row("Vitamin K", 200, "mcg", nestedRows=[row("Vitamin K1", 50, "mcg"), row("MK-7", 100, "mcg")]),
        row("Calcium", 500, "mg", forms=[{"prefix": "as", "name": "Calcium Carbonate"}]),
        row("Magnesium Oxide", 100, "mg"),
        row("Vitamin A", 0, "NP"),
        row("Acme Greens Blend", 500, "mg", nestedRows=[row("Alfalfa", 0, "NP", category="botanical")]),
    ],
}


def labels(tmp_path: Path, ruleset: RuleSet, content: object) -> list[Product]:
    path = tmp_path / "labels.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return list(dsld_products(path, ruleset.vocabulary, quiet))


def test_a_label_of_the_database_is_read(tmp_path: Path, ruleset: RuleSet) -> None:
    """The form that a row names, the parts of a total and what is left of it, the range of a salt's weight."""
    (found,) = labels(tmp_path, ruleset, LABEL)
    assert (found.id, found.name, found.maker) == ("dsld-10098", "Acme Bone Care", "Acme")
    assert (found.count, found.form) == (2, "softgel")
    assert held(found) == {
        "vitamin-d3": amount("62.5", "62.5", "mcg"),
        "vitamin-k1": amount("50", "50", "mcg"),
        "vitamin-k2-mk7": amount("100", "100", "mcg"),
        "vitamin-k": amount("50", "50", "mcg"),
        "calcium": amount("500", "500", "mg"),
        "magnesium": amount("60.3", "100", "mg"),
        "vitamin-a": None,
        "greens-powder": None,
    }
    assert [one.salt for one in found.ingredients if one.salt] == ["carbonate", "oxide"]
    assert found.note == "No longer sold. Also holds: Acme Greens Blend."


def test_parts_without_amounts_are_anything_up_to_their_total(tmp_path: Path, ruleset: RuleSet) -> None:
    """K1 and MK-7 in 200 mcg of vitamin K: each is there, up to 200 mcg."""
    nested = [row("Vitamin K1", 0, "NP"), row("MK-7", 0, "NP")]
    label = {**LABEL, "ingredientRows": [row("Vitamin K", 200, "mcg", nestedRows=nested)]}
    (found,) = labels(tmp_path, ruleset, label)
    upto = amount("0", "200", "mcg")
    assert held(found) == {"vitamin-k1": upto, "vitamin-k2-mk7": upto}


def test_what_a_label_does_not_print_is_not_known(tmp_path: Path, ruleset: RuleSet) -> None:
    """Zero stands for no amount; rows that disagree about the serving leave every amount open."""
    rows = [row("Vitamin K", 0, "mcg"), row("Calcium", 500, "mg")]
    (found,) = labels(tmp_path, ruleset, {**LABEL, "ingredientRows": rows})
    assert held(found) == {"vitamin-k": None, "calcium": amount("500", "500", "mg")}
    other = {**rows[1], "quantity": [{**rows[1]["quantity"][0], "servingSizeQuantity": 3}]}  # type: ignore[index]
    (found,) = labels(tmp_path, ruleset, {**LABEL, "ingredientRows": [row("Zinc", 5, "mg"), other]})
    assert set(held(found).values()) == {None}


def test_many_labels_come_as_a_list_or_in_a_zip(tmp_path: Path, ruleset: RuleSet) -> None:
    """A search result is a list, the full download a zip of files."""
    other = {**LABEL, "id": 7, "fullName": "Acme Other", "brandName": None}
    assert [one.name for one in labels(tmp_path, ruleset, [LABEL, other])] == ["Acme Bone Care", "Acme Other"]
    path = tmp_path / "full.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/10098.json", json.dumps(LABEL))
        archive.writestr("a/7.json", json.dumps(other))
        archive.writestr("readme.txt", "no label")
    assert [one.id for one in dsld_products(path, ruleset.vocabulary, quiet)] == ["dsld-10098", "dsld-7"]


@pytest.mark.parametrize(
    "content, what",
    [
        ("[", "not JSON"),
        ({"hits": []}, "no label"),
        ([LABEL, 3], "no label"),
        ({**LABEL, "ingredientRows": [{"name": "Vitamin D", "quantity": [{"quantity": 5}]}]}, "another shape"),
        ({**LABEL, "ingredientRows": ["Vitamin D"]}, "another shape"),
        ({**LABEL, "id": 1.5}, "no label"),
        ({**LABEL, "id": "x"}, "no label"),
        ({**LABEL, "fullName": ["Acme"]}, "no label"),
        ({**LABEL, "fullName": "\u200b"}, "no label"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id": ' + "9" * 5000 + "}", "too many figures"),
    ],
)  # fmt: skip
def test_another_shape_is_refused(tmp_path: Path, ruleset: RuleSet, content: object, what: str) -> None:
    """Fields that nobody confirmed are not guessed at."""
    with pytest.raises(DosenoteError, match=what):
        labels(tmp_path, ruleset, content)


def test_a_table_that_is_not_there_is_told(tmp_path: Path, ruleset: RuleSet) -> None:
    """With its name."""
    with pytest.raises(DosenoteError, match="cannot be read: No such file") as error:
        list(nhanes_products(tmp_path / "a.csv", tmp_path / "b.csv", ruleset.vocabulary, quiet))
    assert error.value.where == str(tmp_path / "a.csv")


def _encrypted(zipped: bytes) -> bytes:
    """The same zip with the mark of a password on its member."""
    at = zipped.index(b"PK\x01\x02")
    return zipped[:6] + b"\x01\x00" + zipped[8 : at + 8] + b"\x01\x00" + zipped[at + 10 :]


@pytest.mark.parametrize(
    "spoil",
    [lambda zipped: zipped[:60] + bytes(20) + zipped[80:], lambda zipped: zipped[:-60] + bytes(30) + zipped[-30:], _encrypted],
    ids=["in a label", "in the list of labels", "with a password"],
)  # fmt: skip
def test_a_zip_that_cannot_be_unpacked_is_told(
    tmp_path: Path, ruleset: RuleSet, spoil: Callable[[bytes], bytes]
) -> None:
    """With its name; nothing of it is used."""
    path = tmp_path / "full.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("7.json", json.dumps(LABEL))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DosenoteError, match="the zip is broken") as error:
        list(dsld_products(path, ruleset.vocabulary, quiet))
    assert str(path) in str(error.value.where)


# --- the index


def test_a_name_leads_to_every_product_that_has_it(index: Index) -> None:
    """Two products of one name and other amounts both stay; a name that none has is not in the answer."""
    found = index.find([words("Acme Twin"), words("acme children's D drops"), words("nothing")])
    assert [held(one)["calcium"] for one in found[words("acme twin")]] == [
        amount("500", "500", "mg"),
        amount("600", "600", "mg"),
    ]
    assert set(found) == {words("acme twin"), words("acme children's d drops")}


def test_a_product_comes_back_as_it_went_in(index: Index, imported: dict[str, Product]) -> None:
    """Every field, exact to the last figure."""
    assert {one.id: one for one in index.get(imported)} == imported
    product = Product(
        "x-1", "Acme", ("acme one",), "M", "US", Decimal("0.1"), "ml",
        (Ingredient("calcium", amount("0.10", None, "mg"), "citrate", amount("1", "1", "g")),),
        "https://example.org", "high", "n", ("acme one",), "another", "s",
    )  # fmt: skip
    write([product], never, index.path)
    assert index.get(["x-1"]) == (product,)
    assert index.find([words("Acme one")]) == {words("acme one"): (product,)}


def test_a_product_of_which_nothing_is_known_stays_unread(index: Index, ruleset: RuleSet) -> None:
    """A label on which nothing is listed that the vocabulary knows says nothing: it is asked what is in it."""
    empty = Product("x-2", "Acme Mystery", (), "", "US", Decimal(1), "tablet", (), note="Also holds: SAW PALMETTO.")
    write([empty], never, index.path)
    reading = Reader(ruleset.vocabulary, (), index).read("Acme Mystery 1 tablet daily")
    assert reading.outcome == "ask"
    assert any("Mystery" in piece for piece in reading.unread)


def test_what_else_a_product_holds_is_said_back(index: Index, ruleset: RuleSet) -> None:
    """Ingredients without an entry in the vocabulary are shown beside the ones that count."""
    zinc = Ingredient("zinc", Amount(Decimal(15), Decimal(15), "mg"))
    product = Product(
        "x-3", "Acme Mixed", (), "", "US", Decimal(1), "tablet", (zinc,), confidence="medium", note="Also holds: GINKGO.",
        source="somewhere",
    )  # fmt: skip
    write([product], never, index.path)
    reading = Reader(ruleset.vocabulary, (), index).read("Acme Mixed 1 tablet daily")
    assert reading.outcome == "accept"
    assert any("GINKGO" in words for words in reading.assumed)


def test_many_names_are_asked_at_once(index: Index) -> None:
    """More than one question of SQLite can hold."""
    keys = [("acme", "twin"), *(("no", str(number)) for number in range(3000))]
    assert set(index.find(keys)) == {("acme", "twin")}


def test_a_plain_line_is_no_product(index: Index) -> None:
    """ "Vitamin D 1000 IU" can be searched for, and is never read as what somebody else reported."""
    assert index.find([words("vitamin d 1000 iu")]) == {}
    assert next(one.id for one in index.search("vitamin d 1000", 5)) == "nhanes-5"


def test_search_goes_from_words_to_near_names(index: Index) -> None:
    """Whole words before beginnings of words, short names before long ones, then what looks alike."""
    assert [one.id for one in index.search("acme", 2)] == ["nhanes-3", "nhanes-4"]
    assert next(one.id for one in index.search("acm child", 5)) == "nhanes-2"
    assert "nhanes-7" in [one.id for one in index.search("acme antacyd", 5)]
    assert index.search("qqqq zzzz", 5) == ()


def test_no_index_is_no_error(tmp_path: Path) -> None:
    """Most people have none."""
    assert Index.open(tmp_path / FILE) is None


def broken_files(index: Index) -> Iterator[bytes]:
    content = index.path.read_bytes()
    yield b"no database at all, but long enough to be taken for one" * 10
    yield b""
    yield content[:100]
    yield content[: len(content) // 2]
    yield content.replace(b'"600"', b'"900"')
    yield content.replace(b"ACME TWIN", b"ACME TWIX")


def everything(path: Path) -> tuple[Product, ...]:
    """What an index holds."""
    index = Index.open(path)
    assert index
    return index.get(f"nhanes-{number}" for number in range(1, 8))


def test_a_broken_index_is_never_trusted(index: Index) -> None:
    """Cut short, overwritten, or with one figure changed: told, with what to do."""
    for content in list(broken_files(index)):
        index.path.write_bytes(content)
        with pytest.raises(DosenoteError, match="products import") as raised:
            everything(index.path)
        assert raised.value.where == str(index.path)


@pytest.mark.parametrize(
    "pragma, what", [("user_version = 99", "another version"), ("application_id = 1", "no product")]
)
def test_an_index_of_another_kind_is_told(index: Index, pragma: str, what: str) -> None:
    """Another version of the format, or another program's database."""
    connection = sqlite3.connect(index.path)
    connection.execute(f"PRAGMA {pragma}")
    connection.close()
    with pytest.raises(DosenoteError, match=what):
        Index.open(index.path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, DosenoteError("cut short")])
def test_an_import_that_ends_early_leaves_the_old_index(index: Index, imported: dict[str, Product], error: Any) -> None:
    """Ctrl-C or a bad row: the old file is whole, and nothing else lies there."""

    def products() -> Iterator[Product]:
        yield imported["nhanes-1"]
        raise error

    before = index.path.read_bytes()
    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        write(products(), never, index.path)
    assert index.path.read_bytes() == before
    assert [path.name for path in index.path.parent.iterdir()] == [FILE]


def test_an_import_replaces_the_old_index(index: Index, imported: dict[str, Product]) -> None:
    """What is not in the new files is gone; one id twice is refused."""
    assert write([imported["nhanes-3"]], never, index.path) == 1
    assert [id for id, _ in index.names()] == ["nhanes-3"]
    with pytest.raises(DosenoteError, match="one id"):
        write([imported["nhanes-3"]] * 2, never, index.path)


@pytest.mark.parametrize(
    "platform, env, expected",
    [
        ("linux", {"DOSENOTE_DATA": "/d"}, Path("/d")),
        ("linux", {"XDG_DATA_HOME": "/x"}, Path("/x/dosenote")),
        ("linux", {"HOME": "/h"}, Path("/h/.local/share/dosenote")),
        ("darwin", {"HOME": "/h"}, Path("/h/Library/Application Support/dosenote")),
        ("win32", {"LOCALAPPDATA": "/l"}, Path("/l/dosenote")),
    ],
)
def test_the_index_lies_where_the_system_keeps_data(
    monkeypatch: pytest.MonkeyPatch, platform: str, env: dict[str, str], expected: Path
) -> None:
    """The user's own folder, or the one that DOSENOTE_DATA says."""
    for name in ("DOSENOTE_DATA", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert data_folder() == expected


# --- the commands


def test_import_search_and_show(tables: tuple[Path, Path], tmp_path: Path) -> None:
    """From two files to a product by its name; what is not there is told with near names and exit status 3."""
    env = {"DOSENOTE_DATA": str(tmp_path / "data")}
    before = dosenote("products", "search", "adcal", env=env)
    assert (before.returncode, "[adcal-d3-caplets]" in before.stdout) == (0, True)
    assert "products import" in before.stderr
    made = dosenote("products", "import", "--nhanes", *map(str, tables), env=env)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == f"7 products in {tmp_path / 'data' / FILE}\n"
    found = dosenote("products", "search", "acme", "bone", env=env)
    assert (found.returncode, found.stderr) == (0, "")
    for part in ("[nhanes-1]", "NHANES", "confidence medium", "2 tablets", "vitamin D 800 IU (20 mcg)"):
        assert part in found.stdout
    near = dosenote("products", "search", "acmee bone caer", env=env)
    assert near.returncode == 3
    assert 'Nothing is called "acmee bone caer". These names are near:' in near.stdout
    assert "[nhanes-1]" in near.stdout
    shown = dosenote("products", "show", "nhanes-1", env=env)
    assert "Also holds" in shown.stdout
    assert dosenote("products", "search", "qqqq", env=env).returncode == 3
    many = dosenote("products", "search", "acme", "--limit", "1", env=env)
    assert "and 4 more" in many.stdout


def test_mistakes_on_the_command_line_are_told(tables: tuple[Path, Path], tmp_path: Path) -> None:
    """Exit status 2, what is wrong, and what to do; no index is left behind."""
    env = {"DOSENOTE_DATA": str(tmp_path / "data")}
    assert dosenote("products", "import", env=env).returncode == 2
    swapped = dosenote("products", "import", "--nhanes", str(tables[1]), str(tables[0]), env=env)
    assert (swapped.returncode, "DSPI" in swapped.stderr) == (2, True)
    unknown = dosenote("products", "show", "adcal-d3-caplet", env=env)
    assert (unknown.returncode, "Did you mean adcal-d3-caplets?" in unknown.stderr) == (2, True)
    assert list((tmp_path / "data").iterdir()) == []
    (tmp_path / "data" / FILE).write_bytes(b"no database" * 100)
    broken = dosenote("products", "search", "acme", env=env)
    assert (broken.returncode, "Make it again" in broken.stderr) == (2, True)


def test_a_terminal_sees_how_far_it_is(tables: tuple[Path, Path], tmp_path: Path) -> None:
    """On standard error, and only there."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "dosenote", "products", "import", "--nhanes", *map(str, tables)]
    env = {**os.environ, "DOSENOTE_DATA": str(tmp_path / "data")}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=follower, env=env, timeout=60, check=True)
    os.close(follower)
    seen = os.read(leader, 10_000)
    os.close(leader)
    assert b"NHANES: 100 %" in seen
    assert b"%" not in done.stdout


@pytest.mark.skipif("DOSENOTE_NHANES" not in os.environ, reason="DOSENOTE_NHANES is no folder with DSPI and DSII")
def test_the_whole_database_is_read(ruleset: RuleSet, tmp_path: Path) -> None:
    """Every product of the published tables, most of them with something that the vocabulary knows."""
    folder = Path(os.environ["DOSENOTE_NHANES"])
    tables = (next(folder.glob(f"{name}.*")) for name in ("DSPI", "DSII"))
    products = nhanes_products(*tables, ruleset.vocabulary, quiet)
    count = write(products, Names(ruleset.vocabulary).is_plain, tmp_path / FILE)
    index = Index.open(tmp_path / FILE)
    assert index
    found = index.get(id for id, _ in index.names())
    assert len(found) == count > 10_000
    assert sum(bool(one.ingredients) for one in found) > count * 0.7
    assert sum(not one.form for one in found) < count * 0.01
