"""The browser that looks at our pages sees what is wrong with one: each check fires on a spoilt page."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser import Browser, page_count, pdf_text

GOOD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<style>@media print { .screen { display: none } } .dye { background: #f00; height: 100px }</style></head>
<body><main><h1>A page</h1><div class="dye"></div><h2>A part</h2><p class="screen">Plain words.</p>
<p>More words.</p></main></body></html>
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(GOOD, "utf-8")
    return path


def _spoil(page: Path, old: str, new: str) -> Path:
    assert old in GOOD
    page.write_text(GOOD.replace(old, new), "utf-8")
    return page


def test_a_good_page_breaks_nothing(browser: Browser, page: Path) -> None:
    """No false alarm, on a screen and in print."""
    assert browser.violations(page) == []
    assert browser.violations(page, media="print") == []


@pytest.mark.parametrize(
    "old, new, rule",
    [
        (' lang="en"', "", "html-has-lang"),
        ("<p>More", '<p style="color: #aaa">More', "color-contrast"),
        ("<p>More", '<img src="data:,"><p>More', "image-alt"),
        ("h2>", "h4>", "heading-order"),
        ("<main>", "<div>", "region"),
        ("<p>More", "<table><tr><th></th></tr></table><p>More", "empty-table-header"),
    ],
    ids=["language", "contrast", "image", "heading", "landmark", "table"],
)
def test_a_spoilt_page_is_caught(browser: Browser, page: Path, old: str, new: str, rule: str) -> None:
    """A missing language, low contrast, an image without words, a skipped heading: each is named."""
    found = {each.rule: each.nodes for each in browser.violations(_spoil(page, old, new))}
    assert found[rule]


def test_low_contrast_is_caught_in_print_alone(browser: Browser, page: Path) -> None:
    """What only the printed page shows is judged with the styles of print."""
    _spoil(page, "@media print {", "@media print { p { color: #bbb }")
    assert browser.violations(page) == []
    assert [each.rule for each in browser.violations(page, media="print")] == ["color-contrast"]


def test_a_page_wider_than_its_window_is_caught(browser: Browser, page: Path) -> None:
    """A line that does not break widens the page at 320 pixels."""
    assert browser.scroll_width(page, 320) == 320
    assert browser.scroll_width(_spoil(page, "Plain words", "word" * 100), 320) > 320


def test_print_is_print(browser: Browser, page: Path) -> None:
    """A PDF has the styles of print, and as many pages as its words need."""
    once = browser.print_pdf(page)
    assert page_count(once) == 1
    assert "More words" in pdf_text(once)
    assert "Plain words" not in pdf_text(once)
    assert page_count(browser.print_pdf(_spoil(page, "<p>More", "<p>More</p><p>" * 200), "letter")) > 1


def test_a_screenshot_is_as_wide_as_asked_and_grey_when_asked(browser: Browser, page: Path, tmp_path: Path) -> None:
    """The window has the width that was asked for; the same page twice is the same picture, and grey is another."""
    shots = []
    for grey in (False, False, True):
        browser.screenshot(page, tmp_path / "shot.png", width=320, grey=grey)
        shots.append((tmp_path / "shot.png").read_bytes())
    assert int.from_bytes(shots[0][16:20], "big") == 320
    assert shots[0] == shots[1] != shots[2]
