"""Amounts with units: exact decimals at the border, one canonical unit per substance inside."""

from __future__ import annotations

import re
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from dosenote.errors import DosenoteError

#: Micrograms in one unit of mass (SI prefixes).
MCG_PER: dict[str, Decimal] = {
    "ng": Decimal("0.001"),
    "mcg": Decimal(1),
    "mg": Decimal(1000),
    "g": Decimal(1_000_000),
}
#: International units measure an effect, not a mass: only a substance that declares its factor converts them.
IU = "IU"

#: Days in one unit of time; a month is a twelfth of a year of 365.25 days.
DAYS_PER: dict[str, Decimal] = {
    "hour": Decimal(1) / Decimal(24),
    "day": Decimal(1),
    "week": Decimal(7),
    "month": Decimal("30.4375"),
    "year": Decimal("365.25"),
}

_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)? ?([^\W\d]\S*)?")


class Amount(NamedTuple):
    """At least `low` and at most `high` (None: no upper bound) of one unit, as written."""

    low: Decimal
    high: Decimal | None
    unit: str

    def times(self, low: Decimal, high: Decimal | None) -> Amount:
        """The amount so many times, low to high; in the same unit. high: None where nothing bounds it."""
        top = None if self.high is None or high is None else self.high * high
        return Amount(self.low * low, top, self.unit)


def convert(value: Decimal, unit: str, to: str, mcg_per_iu: Decimal | None = None) -> Decimal | None:
    """`value` in the unit `to`, or None where the two do not convert: IU without a factor, or an unknown unit."""
    if unit == to:
        return value
    one = mcg_per_iu if unit == IU else MCG_PER.get(unit)
    other = mcg_per_iu if to == IU else MCG_PER.get(to)
    return None if one is None or other is None else value * one / other


def parse_amount(text: str) -> tuple[Decimal, str]:
    """Number and unit of an amount written plainly, as in a rule file: "4,000 IU", "2.5 mg", "9 years", "7".

    Raises DosenoteError when the text is not a number followed by at most one unit.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise DosenoteError(f'"{text}" is not an amount', hint='Write a number and a unit, as in "100 mcg".')
    whole, fraction, unit = match.groups()
    return Decimal(whole.replace(",", "") + (fraction or "")), unit or ""


def age_in_years(text: str) -> Decimal:
    """Years in "9 years", "1 year", "6 months"; raises DosenoteError for anything else."""
    number, unit = parse_amount(text)
    word = unit.removesuffix("s")
    if word == "year":
        return number
    if word == "month":
        return number / 12
    raise DosenoteError(f'"{text}" is not an age', hint='Write "9 years" or "6 months".')


#: The most decimals that the strength of a tablet has.
_STRENGTH = 4
#: How a number is rounded to be shown; the 28 figures that are usual cannot hold one that is larger.
_SHOWN = Context(prec=MAX_PREC, rounding=ROUND_HALF_UP)


def show_number(value: Decimal | float) -> str:
    """At most two decimals, no trailing zeros, thousands separated: 5000 → "5,000", 0.25 → "0.25".

    Small values keep two significant digits, so that nothing above zero is ever shown as 0. A value below 1 that has
    four decimals or fewer is shown as it is: 0.125 mg, 0.1125 mg and 0.0125 mg are strengths of tablets.
    """
    number = Decimal(str(value))
    places = 2
    if abs(number) < 1:
        places = _STRENGTH if number == round(number, _STRENGTH) else 1 - number.adjusted()
    rounded = number.quantize(Decimal(1).scaleb(-places), context=_SHOWN)
    return f"{rounded:,f}".rstrip("0").rstrip(".")


def show_amount(value: Decimal | float, unit: str, mcg_per_iu: Decimal | None = None) -> str:
    """An amount of `unit`, in two units where it has them: "5,000 IU (125 mcg)", "45 mg (45,000 mcg)"; "1" is none."""
    number = Decimal(str(value))
    own = f"{show_number(number)} {unit if unit != '1' else ''}".strip()
    if mcg_per_iu is not None and unit in MCG_PER:
        return f"{show_number(number * MCG_PER[unit] / mcg_per_iu)} {IU} ({own})"
    if unit == "mcg" and number >= 1000:
        return f"{show_number(number / 1000)} mg ({own})"
    return own
