"""The day of a blood value: as people write it, and never one that it may not be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosenote.files import read_regimen
from dosenote.reader import Reader
from dosenote.reader.canonical import canonical
from dosenote.reader.dates import MONTHS, days_of, with_dates
from dosenote.reader.tokens import tokenise

NOV = date(2026, 11, 3)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    "line",
    ["eGFR 25 (3 Nov 2026)", "eGFR 25, 3 November 2026", "eGFR 25 Nov 3, 2026", "eGFR 25 on Nov. 3rd, 2026",
     "eGFR 25 on 2026-11-03", "eGFR 25 2026/11/03", "eGFR 25 (03.11.2026)", "eGFR 25 vom 3. November 2026",
     "eGFR 25, le 3 novembre 2026", "eGFR 25, 3 de noviembre de 2026", "eGFR 25, 03-Nov-2026", "eGFR 25 dated 3 Nov 2026",
     "eGFR (3 Nov 2026): 25", "3 Nov 2026: eGFR 25", "2026-11-03 eGFR 25", "warfarin 5 mg daily, eGFR 25 on 3 Nov 2026",
     "EGFR 25 (3 NOV 2026)", "eGFR 25, recheck was due, 3 Nov 2026: eGFR 25"],
)  # fmt: skip
def test_a_value_has_the_day_that_is_written_beside_it(reader: Reader, line: str) -> None:
    """In words, in figures, before the value or behind it."""
    lab = reader.read(line).labs[-1]
    assert (lab.id, float(lab.value), lab.taken_on) == ("egfr", 25, NOV)


@pytest.mark.parametrize(
    "line, days",
    [
        ("INR 2.1 2026-10-01, INR 2.5 3 Nov 2026", [date(2026, 10, 1), NOV]),
        ("2026-10-01 INR 2.1, 2026-11-03 INR 2.5", [date(2026, 10, 1), NOV]),
        ("3 Nov 2026: INR 2.5, eGFR 60", [NOV, NOV]),
        ("INR 2.5, eGFR 60 (3 Nov 2026)", [None, NOV]),
        ("INR 2.1, 2026-11-03: INR 2.5", [None, NOV]),
        ("INR 2.5, recheck 3 Dec 2026", [None]),
        ("warfarin 5 mg daily since 3 Nov 2026, INR 2.5", [None]),
        ("INR 2.5 25/11/2026", [date(2026, 11, 25)]),
        ("INR 2.5 11/25/2026", [date(2026, 11, 25)]),
        ("INR 2.5 11.25.2026", [date(2026, 11, 25)]),
        ("INR 2.5 03/03/2026", [date(2026, 3, 3)]),
    ],
)
def test_each_value_has_its_own_day(reader: Reader, line: str, days: list[date | None]) -> None:
    """A day at the beginning is of all, any other of what it stands beside; what it is not said of has none."""
    assert [lab.taken_on for lab in reader.read(line).labs] == days


@pytest.mark.parametrize("written", ["03/11/2026", "25/11/26", "2026-02-31", "31/02/2026"])
def test_what_may_be_two_days_or_none_is_asked_about(reader: Reader, written: str) -> None:
    """The value is kept, without a day, and the line says why."""
    reading = reader.read(f"INR 2.5 {written}")
    assert (reading.outcome, [(float(lab.value), lab.taken_on) for lab in reading.labs]) == ("ask", [(2.5, None)])
    assert f'"{written}"' in reading.reason


def test_two_days_beside_one_value_are_none(reader: Reader) -> None:
    """Nobody knows which is meant."""
    reading = reader.read("INR 2.5 (2026-11-03) (2026-11-04)")
    assert (reading.outcome, reading.labs[0].taken_on) == ("ask", None)


@pytest.mark.parametrize(
    "line", ["INR 2.5 31 Feb 2026", "eGFR 25 Nov 2026", "INR 2.5 03.11.26", "INR 2.5 3 Novem 2026"]
)
def test_what_is_no_day_stays_as_it_was(reader: Reader, line: str) -> None:
    """It is shown as not understood, and nothing is made of it."""
    reading = reader.read(line)
    assert reading.outcome == "ask"
    assert reading.unread


def test_the_number_of_a_name_is_no_day(reader: Reader) -> None:
    """ "Vitamin D 3 Nov 2026" is no third of November."""
    for line in ("vitamin D 3 Nov 2026", "D3 Nov 2026", "INR 2.5.3 Nov 2026"):
        assert all(token.kind != "date" for token in with_dates(tokenise(line))), line


@given(DAYS, st.sampled_from(sorted(MONTHS)))
def test_a_day_in_words_is_that_day(day: date, month: str) -> None:
    """Whatever the language of its month, and whichever comes first."""
    day = date(day.year, MONTHS[month], min(day.day, 28))
    for text in (f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", f"{day.day:02}-{month}-{day.year}"):
        tokens = with_dates(tokenise(f"x {text} y"))
        assert [(one.text, one.start, one.end) for one in tokens[1:-1]] == [(day.isoformat(), 2, 2 + len(text))]


@given(DAYS)
def test_a_day_in_figures_is_that_day_or_two(day: date) -> None:
    """Year first, or with points, it is one day; with slashes it is one where only one can be meant."""
    for text in (f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%d.%m.%Y}"):
        assert days_of(text) == (day,)
    assert day in days_of(f"{day:%d/%m/%Y}")
    assert len(days_of(f"{day:%d/%m/%Y}")) == (2 if day.day <= 12 and day.day != day.month else 1)


@given(st.text(alphabet="0123456789-/. abc", max_size=12))
def test_nothing_is_added_to_what_is_written(text: str) -> None:
    """No text raises, and the year of a day that is found stands in it."""
    for day in days_of(text):
        assert str(day.year) in text


def test_a_day_goes_with_the_value_into_the_plain_way_of_writing(reader: Reader) -> None:
    """And is read back from it."""
    reading = reader.read("eGFR 25 (3 Nov 2026)")
    again = reader.read(canonical(reading, reader.vocabulary) or "")
    assert [lab.taken_on for lab in again.labs] == [NOV]


def test_a_line_and_its_date_that_tell_two_days_tell_none(reader: Reader) -> None:
    """The table of a file may say the day again; another day is asked about."""
    for said, day, outcome in (("2026-11-03", NOV, "ignore"), ("2026-11-04", None, "ask")):
        text = f'labs = [{{ line = "INR 2.5 (3 Nov 2026)", date = {said} }}]'
        reading = read_regimen(text, "me.toml", reader).readings[0]
        assert (reading.outcome, reading.labs[0].taken_on) == (outcome, day)
    reading = read_regimen('labs = [{ line = "INR 2.5 (3 Nov 2026)" }]', "me.toml", reader).readings[0]
    assert reading.labs[0].taken_on == NOV
