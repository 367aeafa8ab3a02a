"""What is taken once a week, month or half year: more often than the table says is never simply accepted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dosenote.quantity import Amount
from dosenote.reader import Reader
from dosenote.reader.guard import HOW_OFTEN, is_more_often, judge, seldom, too_often_together
from dosenote.regimen import Schedule
from dosenote.ruleset import load
from dosenote.vocabulary import Bounds, DosingInterval, Entry
from test_amounts import AMOUNTS, amounts_linted, rule_set  # noqa: F401

VOCABULARY = load().vocabulary
#: Every row of our table, with what it is of.
ROWS = [(entry, row) for entry in VOCABULARY.entries.values() if entry.bounds for row in entry.bounds.intervals]
#: How often, with the days between two times on average.
OFTEN = {
    "daily": 1, "twice a day": 0.5, "every 12 hours": 0.5, "every morning": 1, "1-0-1": 0.5, "every other day": 2,
    "every 3 days": 3, "on Monday, Wednesday and Friday": 7 / 3, "Mon-Fri": 7 / 5, "twice a week": 3.5,
    "1-2 times a week": 3.5, "once a week": 7, "every Monday": 7, "every 10 days": 10, "every 2 weeks": 14,
    "every 4 weeks": 28, "monthly": 30.4375, "twice a month": 15.2, "every 3 months": 91.3, "every 6 months": 182.6,
    "every 26 weeks": 182, "once a year": 365.25, "every 52 weeks": 364, "as needed": 0, "as needed up to twice a day": 0.5,
}  # fmt: skip
SAID = "is usually taken"


def _amounts(entry: Entry, row: DosingInterval) -> list[Decimal]:
    """Amounts of a row that are usual: the least, and one above it."""
    assert entry.bounds is not None
    least = max(row.at_least or entry.bounds.usual_low, entry.bounds.usual_low)
    most = min(row.below - Decimal("0.1") if row.below else entry.bounds.usual_high, least * Decimal("1.1"))
    return sorted({least, most})


@pytest.mark.parametrize("often", OFTEN)
@pytest.mark.parametrize("entry, row", ROWS, ids=[f"{entry.id}-{row.at_least}" for entry, row in ROWS])
def test_more_often_than_the_table_is_never_accepted(
    entry: Entry, row: DosingInterval, often: str, reader: Reader
) -> None:
    """However it is written, with what is usual and who says so; as often, or more seldom, nothing is said of it."""
    assert entry.bounds is not None
    for amount in _amounts(entry, row):
        reading = reader.read(f"{entry.label} {amount} {entry.bounds.unit} {often}")
        told = " ".join((*reading.questions, reading.reason))
        if OFTEN[often] < row.days:
            assert reading.outcome in ("ask", "refuse")
            assert f"{SAID} {row.usual}, not more often, says {row.by}" in told
        else:
            assert reading.outcome == "accept", told
            assert SAID not in told


@pytest.mark.parametrize(
    "line, outcome",
    [
        ("methotrexate 10 mg Monday, 5 mg Thursday", "ask"),
        ("methotrexate 10 mg Monday and 10 mg Tuesday", "ask"),
        ("methotrexate 15 mg daily for 5 days", "ask"),
        ("methotrexate daily", "ask"),
        ("methotrexate 15 mg daily, label checked", "accept"),
        ("Prolia weekly", "ask"),
        ("2.5 mg methotrexate, 6 tablets every day", "ask"),
    ],
)
def test_methotrexate_each_day_is_never_without_a_question(line: str, outcome: str, reader: Reader) -> None:
    """In two parts, without an amount, or with a label that was looked at: it may be the slip that kills."""
    reading = reader.read(line)
    assert reading.outcome == outcome
    assert any(SAID in question and HOW_OFTEN in question for question in reading.questions)


@pytest.mark.parametrize(
    "line",
    [
        "methotrexate 2.5 mg, 6 tablets once a week",
        "methotrexate 15 mg weekly, folic acid 5 mg daily",
        "methotrexate 7.5 mg weekly for 4 weeks then 10 mg weekly",
        "methotrexate 15 mg once only",
        "alendronate 10 mg daily",
        "alendronate 40 mg daily",
        "semaglutide 7 mg daily",
        "exenatide 10 mcg twice a day",
        "teriparatide 20 mcg daily",
        "denosumab 120 mg every 4 weeks",
        "zoledronic acid 4 mg every 3 weeks",
    ],
)
def test_what_is_usual_is_not_asked_about(line: str, reader: Reader) -> None:
    """Daily tablets of medicines that have weekly ones, too, steps that follow one another, and a single time."""
    assert not any(SAID in question for question in reader.read(line).questions)


ROW = DosingInterval(Decimal(10), Decimal(20), Decimal(7), "once a week", "a label")
MONTHLY = DosingInterval(Decimal(20), None, Decimal(28), "once a month", "another label")
BOUNDS = Bounds("mg", *map(Decimal, ("1", "50", "0.1", "90")))
TEFF = Entry("teff", "medicine", "teff", unit="mg", bounds=BOUNDS._replace(intervals=(ROW, MONTHLY)))
WHOLE = TEFF._replace(bounds=BOUNDS._replace(intervals=(ROW._replace(at_least=None), MONTHLY)))
WEEKLY, DAILY = Schedule((Decimal(1), Decimal(1)), unit="week"), Schedule((Decimal(1), Decimal(1)))


@pytest.mark.parametrize(
    "low, high, unit, row",
    [
        ("9.9", "9.9", "mg", None), ("10", "10", "mg", ROW), ("19.9", "19.9", "mg", ROW), ("20", "20", "mg", MONTHLY),
        ("5", "10", "mg", ROW), ("10", "20", "mg", MONTHLY), ("5", None, "mg", MONTHLY), ("10000", "10000", "mcg", ROW),
        ("10", "10", "IU", None), ("25", None, "mg", MONTHLY),
    ],
)  # fmt: skip
def test_a_row_holds_from_its_least_to_under_its_most(
    low: str, high: str | None, unit: str, row: DosingInterval
) -> None:
    """Of a range any part counts, and the row that is taken most seldom; what does not convert has none."""
    assert seldom(TEFF, Amount(Decimal(low), Decimal(high) if high else None, unit)) == row


def test_of_an_unknown_amount_the_table_speaks_where_its_rows_leave_none_out() -> None:
    """The one that is taken most often holds for whatever it may be."""
    assert seldom(TEFF, None) is None
    assert seldom(WHOLE, None) == WHOLE.bounds.intervals[0]  # type: ignore[union-attr]
    assert seldom(WHOLE._replace(bounds=BOUNDS), None) is None


@pytest.mark.parametrize(
    "schedule, is_so",
    [
        (WEEKLY, False), (DAILY, True), (Schedule((Decimal(1), Decimal(2)), unit="week"), True),
        (Schedule((Decimal(0), None), as_needed=True), True), (Schedule((Decimal(1), Decimal(1)), once=True), False),
        (Schedule((Decimal(1), Decimal(1)), unit="month", max_per_day=Decimal(5)), True),
    ],
)  # fmt: skip
def test_the_most_often_counts(schedule: Schedule, is_so: bool) -> None:
    """No bound, and a ceiling for a day, may be every day; a single time is never too often."""
    assert is_more_often(ROW, schedule) is is_so


def test_parts_of_a_week_are_counted_together() -> None:
    """Two days of one week are twice a week, each with its own amount; a part that may be taken daily says nothing."""
    ten, five = (Amount(Decimal(one), Decimal(one), "mg") for one in ("10", "5"))
    assert too_often_together(TEFF, [(ten, WEEKLY), (ten, WEEKLY)]).startswith(f"it {SAID} once a week")
    assert too_often_together(TEFF, [(ten, WEEKLY), (five, WEEKLY)]) == ""
    assert too_often_together(TEFF, [(ten, WEEKLY), (ten, replace(DAILY, once=True))]) == ""
    assert judge(TEFF, ten, WEEKLY).verdict == "usual"


INTERVAL = """\
[[teff.interval]]
at_least = "10"
below = "20"
days = "7"
usual = "once a week"
by = "the label"
source = "iom-2011"
locator = "page 1"
"""


@pytest.mark.parametrize(
    "before, after, message",
    [
        ("", "", None),
        ('days = "7"\n', "", '"days" is missing'),
        ('"iom-2011"', '"iom-2012"', 'no source is called "iom-2012". Did you mean iom-2011?'),
        ('below = "20"', 'below = "10"', "intervals go from the smallest amounts to the largest"),
        ('usual = "once a week"', 'usual = "take it weekly"', "tells a person what to swallow"),
        ("[[teff.interval]]", '[[teff.interval]]\ndays = "3"\nusual = "a"\nby = "b"\nsource = "iom-2011"\n'
         'locator = "c"\n\n[[teff.interval]]', "none overlaps another"),
        ("usual =", "usuel =", '"usuel" is not known here. Did you mean usual?'),
    ],
)  # fmt: skip
def test_a_mistake_in_an_interval_is_told(before: str, after: str, message: str | None, rule_set: Path) -> None:  # noqa: F811
    """A source that is there, words that order nothing, and rows that do not overlap."""
    found, start = amounts_linted(rule_set, AMOUNTS + "\n" + INTERVAL.replace(before, after, 1))
    assert bool(found) == (message is not None)
    assert all(int(line.split(":")[1]) > start for line in found)
    assert message is None or any(message in line for line in found), found
