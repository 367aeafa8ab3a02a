"""The table of `make trust`: what becomes of its tests is not told better than it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import trust

REPORT = """<testsuites><testsuite>
<testcase file="tests/test_a.py" name="test_one[1]"><skipped message="no browser"/></testcase>
<testcase file="tests/test_a.py" name="test_one[2]"><properties/><failure message="no"/></testcase>
<testcase file="tests/test_a.py" name="test_one[3]"/>
<testcase file="tests/test_a.py" name="test_two"><system-out/></testcase>
<testcase file="tests/test_b.py" name="test_two"><skipped/></testcase>
<testcase file="tests/test_b.py" name="test_three"><failure/><error/></testcase>
</testsuite></testsuites>"""


def test_a_failure_hides_behind_no_other_case(tmp_path: Path) -> None:
    """Not behind one that was skipped before it, nor behind one that passed after it."""
    path = tmp_path / "report.xml"
    path.write_text(REPORT, "utf-8")
    assert trust.worst_of(trust.cases_of(path)) == {
        "tests/test_a.py::test_one": "failure",
        "tests/test_a.py::test_two": "passed",
        "tests/test_b.py::test_two": "skipped",
        "tests/test_b.py::test_three": "error",
    }


@pytest.mark.parametrize(
    ("is_good", "became", "wanted"),
    [
        (True, {"tests/test_a.py::test_one": "passed"}, True),
        (False, {"tests/test_a.py::test_one": "passed"}, False),
        (True, {"tests/test_a.py::test_one": "failure"}, False),
        (True, {"tests/test_a.py::test_one": "error"}, False),
    ],
)
def test_the_tests_are_good_where_pytest_and_each_of_them_say_so(
    is_good: bool, became: dict[str, str], wanted: bool
) -> None:
    """A worker that crashed, or an error outside of every test, is seen in pytest's exit status alone."""
    suite = trust.Suite.__new__(trust.Suite)
    suite.is_good, suite.became, suite.each, suite.cases, suite.branches = is_good, became, list(became), [], 97.0
    figure = next(suite.figures())
    assert figure.is_so is wanted
    assert ("none failed" in figure.measured) is wanted


def test_random_cases_are_counted_whatever_hypothesis_calls_them() -> None:
    """And those that failed are not among them."""
    told = "    - 100 passing examples, 2 failing examples, 5 invalid examples\n    - 40 passing, 1 failing, and 0 invalid test cases\n"
    assert trust.tried(f"tests/test_x.py::test_y:\n\n  - during generate phase (0.58 seconds):\n{told}") == [100, 40]


def test_the_shares_of_slips_are_found_between_other_lines() -> None:
    """pytest prints an empty line first; the share of a sample says what it is a sample of."""
    told = "\nlogic 86 88 97.7%\nreader 456 500 91.2% of 14075, seed 8: 88.4% to 93.4% of all, with 95 % confidence\n\n"
    assert trust.shares(told) == [
        trust.Figure("mutants of logic", "86 of 88 killed, 97.7 %", "at least 95.0 %", True),
        trust.Figure(
            "mutants of reader",
            "456 of 500 killed, 91.2 % of 14075, seed 8: 88.4% to 93.4% of all, with 95 % confidence",
            "at least 95.0 %",
            False,
        ),
    ]


def test_no_shares_at_all_is_a_figure_that_does_not_hold() -> None:
    """Where a test fails without any slip, nothing is measured."""
    (figure,) = trust.shares("A test fails without any slip: tests/test_a.py::test_one\n")
    assert not figure.is_so
    assert "test_one" in figure.measured
