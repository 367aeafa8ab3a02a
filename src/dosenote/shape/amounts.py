"""What vocabulary/amounts.toml may contain: plausible amounts, so that a slip of a unit or a decimal is caught."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dosenote.shape.base import DecimalText, Shape, Text

Two = Annotated[list[DecimalText], Field(min_length=2, max_length=2)]


class IntervalShape(Shape):
    """One [[….interval]]: how seldom single amounts from at_least to under below are taken, and who says so."""

    at_least: DecimalText | None = None
    below: DecimalText | None = None
    days: DecimalText
    usual: Text
    by: Text
    source: Text
    locator: Text
    note: Text | None = None


class AmountsShape(Shape):
    """The bounds of one substance. usual, possible: the lowest and the highest single amount."""

    unit: Literal["mcg", "mg", "g", "mEq"]
    usual: Two
    possible: Two
    daily: DecimalText | None = None
    refuse_daily: DecimalText | None = None
    question_above: DecimalText | None = None
    source: Text
    locator: Text
    confidence: Literal["high", "medium", "low"]
    note: Text
    interval: list[IntervalShape] = []

    @model_validator(mode="after")
    def in_order(self) -> AmountsShape:
        """Raises ValueError where bounds are not in order."""
        low, high = (Decimal(one) for one in self.usual)
        lowest, highest = (Decimal(one) for one in self.possible)
        if not lowest <= low < high <= highest:
            raise ValueError("possible holds usual, and each goes from its lowest to its highest")
        if self.daily and self.refuse_daily and Decimal(self.daily) >= Decimal(self.refuse_daily):
            raise ValueError("daily is less than refuse_daily")
        ends = [Decimal(end) for one in self.interval for end in (one.at_least or "0", one.below or "Infinity")]
        if ends != sorted(ends) or any(low == high for low, high in zip(ends[::2], ends[1::2], strict=True)):
            raise ValueError("intervals go from the smallest amounts to the largest, and none overlaps another")
        return self
