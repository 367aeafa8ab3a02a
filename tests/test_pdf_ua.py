"""What of PDF/UA-1 a program can tell of the page's PDF: no validator can be had from PyPI, npm or Debian."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from dosenote.errors import DosenoteError
from dosenote.files import read_regimen
from dosenote.reader import Reader
from dosenote.render.page.html import render
from dosenote.render.page.make import page_of
from dosenote.report import build_report
from dosenote.ruleset import RuleSet

DAY = date(2026, 11, 21)
LIST = """
Vitamin D3 5000 IU daily with breakfast
K2 MK-7 100 mcg daily
calcium carbonate 600 mg twice a day
warfarin 5 mg daily
magic drops
INR 2.5
67 years old
"""
#: Operators that put something on a page.
PAINTS = {b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do", b"sh"}


@pytest.fixture(scope="module")
def pdf(reader: Reader, ruleset: RuleSet) -> PdfReader:
    """The page for both, as a PDF."""
    from dosenote.render.page import pdf

    regimen = read_regimen(LIST, "mine.txt", reader)._replace(as_of=DAY)
    made = page_of(build_report(regimen, ruleset, "us"), "both", DAY, "Marta K.")
    try:
        return PdfReader(io.BytesIO(pdf.render(render(made), "letter")))
    except DosenoteError as error:
        pytest.skip(str(error))


def elements(pdf: PdfReader) -> Iterator[tuple[str, DictionaryObject]]:
    """Every element of the structure in its order, by the name of its type."""
    waiting: list[Any] = [pdf.root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if not isinstance(node, DictionaryObject):
            continue
        if "/S" in node:
            yield str(node["/S"]), node
        children = node.get("/K", []).get_object() if "/K" in node else []
        waiting += reversed(children if isinstance(children, list) else [children])


def attributes(node: DictionaryObject) -> DictionaryObject:
    found = node.get("/A", DictionaryObject()).get_object()
    return found[0].get_object() if isinstance(found, list) else found


def test_the_document_says_what_it_is(pdf: PdfReader) -> None:
    """It is marked, in a language, with a title that a window shows, and claims PDF/UA-1 in its metadata (06, 07, 11)."""
    root = pdf.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in metadata
    assert "What I take: notes for my visit" in metadata
    assert not pdf.is_encrypted


def test_headings_skip_no_level(pdf: PdfReader) -> None:
    """The first is of level 1, and none is deeper by more than one than the one before it (14)."""
    levels = [int(kind[2:]) for kind, _ in elements(pdf) if kind[:2] == "/H" and kind[2:].isdigit()]
    assert levels[0] == 1
    assert len(levels) > 8
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_cells_know_their_headers(pdf: PdfReader) -> None:
    """Each header of a table says its scope, or each cell names its headers, which are there (15)."""
    headers = [node for kind, node in elements(pdf) if kind == "/TH"]
    cells = [node for kind, node in elements(pdf) if kind == "/TD"]
    assert headers
    assert cells
    known = {node.get("/ID") for node in headers} - {None}
    for cell in cells:
        named = attributes(cell).get("/Headers", [])
        assert named or all("/Scope" in attributes(header) for header in headers)
        assert set(named) <= known


def test_pictures_have_words(pdf: PdfReader) -> None:
    """Each gauge is a figure with the total in words, and says where it stands (13)."""
    figures = [node for kind, node in elements(pdf) if kind == "/Figure"]
    assert len(figures) >= 4
    assert all(" a day" in str(figure["/Alt"]) for figure in figures)
    assert all(len(attributes(figure)["/BBox"]) == 4 for figure in figures)


def test_links_are_in_the_structure_and_described(pdf: PdfReader) -> None:
    """Each annotation belongs to a link of the structure, has words of its own, and pages are read in its order (28)."""
    annotations = [one.get_object() for page in pdf.pages for one in page.get("/Annots", [])]
    assert annotations
    assert any(kind == "/Link" for kind, _ in elements(pdf))
    for one in annotations:
        assert one["/Subtype"] == "/Link"
        assert "/StructParent" in one
        assert one.get("/Contents")
    assert all(page["/Tabs"] == "/S" for page in pdf.pages)


def test_fonts_are_inside_and_can_be_read(pdf: PdfReader) -> None:
    """Every font is embedded, with what its signs mean as characters (10, 31)."""
    for page in pdf.pages:
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values()):
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            described = below["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)
            assert "/ToUnicode" in font


def test_what_is_painted_is_content_or_an_artifact(pdf: PdfReader) -> None:
    """Nothing stands on a page outside the structure that is not marked as of no meaning (01)."""
    for page in pdf.pages:
        contents = page.get_contents()
        assert contents is not None
        depth, marked = 0, 0
        for operands, operator in ContentStream(contents, pdf).operations:
            if operator in (b"BDC", b"BMC"):
                assert operands[0] == "/Artifact" or (operator == b"BDC" and "/MCID" in operands[1])
                assert depth == 0 or operands[0] != "/Artifact"
                depth, marked = depth + 1, marked + 1
            elif operator == b"EMC":
                depth -= 1
            elif operator in PAINTS:
                assert depth > 0
        assert depth == 0
        assert marked > 10
