"""What nobody takes is refused, what is unusual is asked about, each in words that name what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dosenote.quantity import Amount
from dosenote.reader.guard import Judgement, judge, likely
from dosenote.regimen import Schedule
from dosenote.vocabulary import Bounds, Entry

BOUNDS = Bounds("mg", *map(Decimal, ("1", "20", "0.1", "50")), Decimal(40), Decimal(100), Decimal(10))
TEFF = Entry("teff", "supplement", "teff", unit="mg", mcg_per_iu=Decimal(500), bounds=BOUNDS)
#: The same without amounts a day, and with nothing but the range.
NO_DAY, BARE = (
    TEFF._replace(bounds=BOUNDS._replace(**dict.fromkeys(names)))
    for names in (("daily", "refuse_daily"), ("daily", "refuse_daily", "question_above"))
)
ONCE = Schedule((Decimal(1), Decimal(1)), once=True)


def _times(high: str | None) -> Schedule:
    return Schedule((Decimal(1), None if high is None else Decimal(high)))


def _amount(text: str) -> Amount:
    """ "1 mg", "1-5 mg", or "1- mg" without an upper bound."""
    numbers, unit = text.split()
    low, dash, high = numbers.partition("-")
    return Amount(Decimal(low), Decimal(high) if high else None if dash else Decimal(low), unit)


IMPOSSIBLE = "refuse", "{} of teff at one time is not plausible: check the unit"
TOO_OFTEN = "refuse", "{} of teff so often is not plausible: check the unit and how often"
RIGHT = "ask", "is {} at one time what the label says?"
LONGER = "ask", "is {} right for each time, or is it the amount for a longer time?"
LARGE = "question", "{} is a large dose: who advised it?"
FINE = "usual", ""


@pytest.mark.parametrize(
    "amount, schedule, judgement",
    [
        ("0.09 mg", None, IMPOSSIBLE), ("0.1 mg", None, RIGHT), ("0.99 mg", None, RIGHT), ("1 mg", None, FINE),
        ("10 mg", None, FINE), ("10.1 mg", None, LARGE), ("20 mg", None, LARGE), ("20.1 mg", None, RIGHT),
        ("50 mg", None, RIGHT), ("50.1 mg", None, IMPOSSIBLE), ("10 mg", _times("4"), FINE), ("10.1 mg", _times("4"), LONGER),
        ("20 mg", _times("2"), LARGE), ("20 mg", _times("2.1"), LONGER), ("10 mg", _times("10"), LONGER), ("1 mg", _times("41"), LONGER),
        ("10 mg", _times("10.1"), TOO_OFTEN), ("25 mg", _times("5"), TOO_OFTEN), ("60 mg", _times("5"), IMPOSSIBLE),
        ("10 mg", _times(None), FINE), ("10 mg", ONCE, FINE), ("50 mg", ONCE, RIGHT), ("25 mg", _times("1"), RIGHT),
        ("1-30 mg", None, RIGHT), ("1-5 mg", None, FINE), ("5- mg", None, FINE), ("30- mg", None, RIGHT),
        ("10000 mcg", None, FINE), ("30000 mcg", None, RIGHT), ("20 IU", None, FINE), ("60 IU", None, RIGHT),
        ("3 drops", None, FINE), ("0.00001 mL", None, FINE),
    ],
)  # fmt: skip
def test_an_amount_is_judged_each_time_and_a_day(
    amount: str, schedule: Schedule | None, judgement: tuple[str, str]
) -> None:
    """The bounds themselves are still within; the highest of a range counts; what does not convert is not judged."""
    verdict, words = judgement
    numbers, unit = amount.split()
    written = f"{Decimal(numbers.strip('-').rpartition('-')[2]):,} {unit}"
    assert judge(TEFF, _amount(amount), schedule) == Judgement(verdict, words.format(written))


@pytest.mark.parametrize(
    "entry, amount, schedule, verdict",
    [
        (NO_DAY, "20 mg", _times("50"), "question"),
        (BARE, "20 mg", _times("50"), "usual"),
        (BARE, "51 mg", _times("50"), "refuse"),
        (TEFF._replace(bounds=None), "5000 mg", _times("50"), "usual"),
    ],
)
def test_what_the_table_does_not_say_is_not_judged(entry: Entry, amount: str, schedule: Schedule, verdict: str) -> None:
    """Without an amount a day nothing is too often, without a table nothing is too much."""
    assert judge(entry, _amount(amount), schedule).verdict == verdict


def test_of_several_ways_to_read_a_number_the_usual_ones_are_likely() -> None:
    """1.250 is a thousand and more or one and a quarter: those that are usual, large doses among them; all without a table."""
    both = tuple(_amount(text) for text in ("0.5 mg", "5 mg", "15 mg", "30 mg", "5000 mg"))
    assert likely(TEFF, both) == both[1:3]
    assert likely(TEFF._replace(bounds=None), both) == both
    assert judge(TEFF, both[1], None) == Judgement("usual")
