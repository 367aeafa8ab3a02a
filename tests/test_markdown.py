"""Markdown: whatever was typed comes out as the text that it is, read back by a kept reader of GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from conftest import cases
from dosenote.errors import printable
from dosenote.render.markdown import escaped, is_address, render
from dosenote.report import Report
from hostile import PIECES, TEXTS
from reports import FULL, KINDS, with_words

GFM = MarkdownIt("gfm-like")
Shape = list[object]


def shape(tokens: Sequence[Token]) -> tuple[Shape, list[str]]:
    """What there is besides text: blocks, bold words, links; and the text between them, piece by piece."""
    found: Shape = []
    texts: list[str] = [""]
    for token in tokens:
        if token.type == "inline":
            inner, words = shape(token.children or ())
            found.append(inner)
            texts += words
        elif token.type == "text" or (token.type == "code_inline" and set(token.content) in ({"@"}, {"#"})):
            texts[-1] += token.content
        else:
            found.append((token.type, token.tag, *token.attrs.items()))
            texts.append("")
    return found, texts


def seen(text: str) -> str:
    """The text as a reader sees it: blanks as one, control characters visible."""
    return " ".join(printable(text).split())


@cases(300)
@given(TEXTS)
@example("1. # <b>")
@example("a\\")
@example("`@`")
@example("12) a")
@example("a ~~b~~ c")
@example("a <b> <!-- c --> d")
def test_text_stays_text_wherever_it_stands(text: str) -> None:
    """At the beginning of a paragraph, in a list, a heading, bold words or a table: the same text, and nothing else."""
    for before, after in (
        ("", ""),
        ("- ", ""),
        ("1. ", ""),
        ("## ", ""),
        ("- **A:** ", ""),
        ("|a|b|\n|-|-|\n| ", " | c |"),
    ):
        found, texts = shape(GFM.parse(f"{before}{escaped(text)}{after}"))
        expected, words = shape(GFM.parse(f"{before}WORD{after}"))
        assert found == expected
        assert texts == [word.replace("WORD", seen(text)) for word in words]


@cases(60)
@given(TEXTS)
def test_a_report_keeps_its_shape_whatever_was_typed(text: str) -> None:
    """The same headings, lists, bold words and links as for a harmless word, and the text in its place."""
    found, texts = shape(GFM.parse(render(with_words(text))))
    expected, words = shape(GFM.parse(render(with_words("WORD"))))
    assert found == expected
    assert texts == [word.replace("WORD", seen(text)) for word in words]


@pytest.mark.parametrize("piece", PIECES)
def test_no_line_of_the_source_is_typed(piece: str) -> None:
    """A break of a line in what was typed begins no line of the Markdown."""
    assert render(with_words(f"a{piece}b")).count("\n") == render(with_words("WORD")).count("\n")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("www.1.example", r"www\.1\.example"),
        ("WWW.1", r"WWW\.1"),
        ("https://a.b", r"https:\/\/a\.b"),
        ("<b>[x](y)", r"\<b\>\[x\](y)"),
        ("$x$", r"\$x\$"),
        ("{{ x }}", r"\{\{ x \}\}"),
    ],
)
def test_what_other_readers_take_for_markup_is_escaped(text: str, expected: str) -> None:
    """Marks that the reader of these tests does not know, and pairs of which one escape would do."""
    assert escaped(text) == expected


def test_what_calls_a_person_stands_as_code() -> None:
    """GitHub looks for @names and #numbers in the finished page, where a backslash is gone."""
    assert escaped("ask @octocat about #12") == "ask `@`octocat about `#`12"


@pytest.mark.parametrize(
    "text",
    ["Vitamin D3, 5,000 IU (125 mcg), once a day", "1.5 mg twice a day", "K2 MK-7: 100 mcg", "5 - 10 %", "2/day"],
)
def test_ordinary_lines_are_readable_as_they_are(text: str) -> None:
    """Who reads the Markdown itself sees no more backslashes than are needed."""
    assert escaped(text) == text


@pytest.mark.parametrize(
    "link, expected",
    [
        ("https://doi.org/10.1000/one", True),
        ("http://books.nap.edu/openbook.php?record_id=13050&page=443", True),
        ("javascript:alert(1)", False),
        ("https://a b", False),
        ("https://x><script>", False),
        ("ftp://x.y", False),
        ("//x.y", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_are_links(link: str, expected: bool) -> None:
    """Another address of a source is printed as text."""
    assert is_address(link) is expected
    cited = FULL.advisories[0].evidence[0]._replace(link=link)
    report = FULL._replace(advisories=(FULL.advisories[0]._replace(evidence=(cited,)),))
    found, _ = shape(GFM.parse(render(report)))
    assert (f"('href', '{link}')" in str(found)) is expected
    assert "javascript" not in str(found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_has_its_heading(kind: str) -> None:
    """One heading of the page, and one for each section below it."""
    tokens = GFM.parse(render(KINDS[kind]))
    headings = [
        (one.tag, "".join(child.content for child in two.children or ()))
        for one, two in pairwise(tokens)
        if one.type == "heading_open"
    ]
    assert [tag for tag, _ in headings].count("h1") == 1
    assert {tag for tag, _ in headings} <= {"h1", "h2"}
    for advisory in KINDS[kind].advisories:
        assert any(advisory.title in words for _, words in headings)


def test_sources_are_numbered_as_they_are_cited(check: Callable[..., Report]) -> None:
    """The list of sources is one list, with its notes beneath, also from the tenth on."""
    text = render(check("Vitamin D3 5000 IU daily; K2 MK-7 100 mcg daily; warfarin; age 67"))
    sources = text[text.index("## SOURCES") :]
    tokens = GFM.parse(sources)
    lists = [token for token in tokens if token.type == "ordered_list_open"]
    top = [token for token in tokens if token.type == "list_item_open" and token.level == 1]
    assert len(lists) == 1
    assert len(top) >= 10
    for number in range(1, len(top) + 1):
        assert f"\\[{number}: " in text
