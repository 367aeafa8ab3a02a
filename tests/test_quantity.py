"""Amounts: exact conversion, plain parsing, and numbers as a person reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosenote.errors import DosenoteError
from dosenote.quantity import Amount, age_in_years, convert, parse_amount, show_amount, show_number

D3 = Decimal("0.025")


@pytest.mark.parametrize(
    "value, unit, to, factor, expected",
    [
        ("4000", "IU", "mcg", D3, "100"),
        ("100", "mcg", "IU", D3, "4000"),
        ("1.25", "mg", "IU", D3, "50000"),
        ("45", "mg", "mcg", None, "45000"),
        ("250", "ng", "mcg", None, "0.25"),
        ("1.5", "g", "mg", None, "1500"),
    ],
)
def test_units_convert_exactly(value: str, unit: str, to: str, factor: Decimal | None, expected: str) -> None:
    """One microgram of vitamin D is 40 IU; the masses differ by thousands."""
    assert Decimal(expected) == convert(Decimal(value), unit, to, factor)


@pytest.mark.parametrize(
    "unit, to, factor", [("IU", "mcg", None), ("mcg", "IU", None), ("drop", "mcg", D3), ("mg", "mL", None)]
)
def test_what_does_not_convert_is_not_converted(unit: str, to: str, factor: Decimal | None) -> None:
    """International units without a factor, and units that nobody knows, give nothing rather than a guess."""
    assert convert(Decimal(100), unit, to, factor) is None


@given(
    st.decimals("0.001", "1000000", places=3),
    st.sampled_from(["ng", "mcg", "mg", "g", "IU"]),
    st.sampled_from(["mcg", "mg", "IU"]),
)
def test_there_and_back_is_the_same(value: Decimal, unit: str, to: str) -> None:
    """Converting loses nothing."""
    there = convert(value, unit, to, D3)
    assert there is not None
    assert value == convert(there, to, unit, D3)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("4,000 IU", (Decimal(4000), "IU")),
        ("2.5 mg", (Decimal("2.5"), "mg")),
        ("100mcg", (Decimal(100), "mcg")),
        ("7", (Decimal(7), "")),
        ("1,000,000 ng", (Decimal(1000000), "ng")),
    ],
)
def test_plain_amounts_are_parsed(text: str, expected: tuple[Decimal, str]) -> None:
    """Rule files write amounts plainly."""
    assert expected == parse_amount(text)


@pytest.mark.parametrize("text", ["", "mcg", "4,00 IU", "1.2.3 mg", "-5 mg", "ten mg", "1e3 mg", "NaN mg"])
def test_anything_else_is_refused(text: str) -> None:
    """A number that could be read two ways does not enter a rule."""
    with pytest.raises(DosenoteError, match="not an amount") as refused:
        parse_amount(text)
    assert refused.value.hint == 'Write a number and a unit, as in "100 mcg".'


def test_ages_are_years_or_months() -> None:
    """Six months are half a year; a day is no unit of age."""
    assert Decimal("0.5") == age_in_years("6 months")
    assert Decimal(9) == age_in_years("9 years")
    assert Decimal(1) == age_in_years("1 year")
    with pytest.raises(DosenoteError, match="not an age") as refused:
        age_in_years("9 days")
    assert refused.value.hint == 'Write "9 years" or "6 months".'


@pytest.mark.parametrize(
    "high, most, top",
    [("200", "3", "600"), (None, "3", None), ("200", None, None), (None, None, None)],
)
def test_so_many_times_an_amount(high: str | None, most: str | None, top: str | None) -> None:
    """Two to three tablets of 100 to 200 mcg are 200 to 600 mcg; without a bound on either there is none on both."""
    one = Amount(Decimal(100), None if high is None else Decimal(high), "mcg")
    all_of_them = one.times(Decimal(2), None if most is None else Decimal(most))
    assert all_of_them == Amount(Decimal(200), None if top is None else Decimal(top), "mcg")


@pytest.mark.parametrize(
    "value, expected",
    [(5000, "5,000"), ("0.25", "0.25"), ("1.50", "1.5"), ("7142.857142", "7,142.86"), ("0.004", "0.004"), (0, "0"),
     ("0.0123", "0.0123"), ("0.01234", "0.012"), ("0.125", "0.125"), ("0.33333", "0.33"), ("1000000", "1,000,000"), (100.025, "100.03"), ("99.999", "100"),
     ("1.125", "1.13"), ("0.99999", "1"), (1, "1")],
)  # fmt: skip
def test_numbers_read_well(value: object, expected: str) -> None:
    """Thousands are separated, no trailing zero, no missing leading zero, and nothing above zero is shown as 0.

    What is 1 or more has at most two decimals, below it the strength of a tablet as many as it has.
    """
    assert expected == show_number(value if isinstance(value, float) else Decimal(str(value)))


def test_amounts_show_both_units() -> None:
    """Labels differ in their unit, so both are printed; milligrams of vitamin K stand out."""
    assert show_amount(125, "mcg", D3) == "5,000 IU (125 mcg)"
    assert show_amount(Decimal("1.25"), "mg", D3) == "50,000 IU (1.25 mg)"
    assert show_amount(45000, "mcg") == "45 mg (45,000 mcg)"
    assert show_amount(1000, "mcg") == "1 mg (1,000 mcg)"
    assert show_amount(999, "mcg") == "999 mcg"
    assert show_amount(600, "mg") == "600 mg"
    assert show_amount(Decimal("2.5"), "1") == "2.5"


@pytest.mark.parametrize("power", [27, 28, 40, 308])
def test_a_number_of_any_size_is_shown(power: int) -> None:
    """Also one with more figures than a decimal usually keeps."""
    assert show_number(Decimal(10) ** power) == f"{10**power:,}"
