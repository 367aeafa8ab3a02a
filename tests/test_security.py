"""SECURITY.md promises only what a test holds, and names no test that is not there."""

from __future__ import annotations

import re

import pytest

from conftest import ROOT
from named_tests import Named, named_tests

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
#: The rows of the table of attackers, without its head.
ROWS = [line for line in PAGE.splitlines() if line.startswith("| **")]


def test_every_test_that_is_named_exists() -> None:
    """A test that was renamed takes its promise with it."""
    assert [each.name for each in named_tests(PAGE) if not each.exists] == []


@pytest.mark.parametrize("row", ROWS, ids=[row.split("**")[1] for row in ROWS])
def test_every_defence_names_what_holds_it(row: str) -> None:
    """Each row ends with its tests."""
    assert named_tests(row.split("|")[3])


def test_every_attacker_has_a_row() -> None:
    """Text, survey, rules, another user, a look over the shoulder, the supply chain, and the network."""
    who = " ".join(row.split("|")[1].lower() for row in ROWS)
    for word in ("network", "another user", "shoulder", "text in a list", "survey", "rules", "supply chain"):
        assert word in who


def test_it_says_what_is_not_defended_and_how_to_report() -> None:
    """Without an address that nobody reads."""
    assert "## What is not defended" in PAGE
    assert "no health data" in PAGE.partition("## Reporting")[2]
    assert re.search(r"[\w.]+@[\w.]+", PAGE) is None


def test_it_stays_a_page() -> None:
    """Who wants to know must be able to read it whole."""
    prose = re.sub(r"`tests/\S+`", "", PAGE)
    assert len(prose.split()) < 1000


def test_the_names_are_found_and_looked_up() -> None:
    """A module, a test in it, a class and its test; each is there or not."""
    here = "tests/test_security.py"
    text = f"See `{here}`, {here}::test_it_stays_a_page, {here}::test_gone; tests/audited/audit.py::Watch::loopback."
    text += f" {here}::test_it_stays_a_page::inner tests/test_gone.py::test_it ({here}::PAGE)"
    assert named_tests(text) == [
        Named(here, True),
        Named(f"{here}::test_it_stays_a_page", True),
        Named(f"{here}::test_gone", False),
        Named("tests/audited/audit.py::Watch::loopback", True),
        Named(f"{here}::test_it_stays_a_page::inner", False),
        Named("tests/test_gone.py::test_it", False),
        Named(f"{here}::PAGE", False),
    ]
