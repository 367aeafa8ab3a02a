"""What vocabulary/amounts.toml may contain: plausible amounts, so that a slip of a unit or a decimal is caught."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dosenote.shape.base import DecimalText, Shape, Text

Two = Annotated[list[DecimalText], Field(min_length=2, max_length=2)]


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

    @model_validator(mode="after")
    def in_order(self) -> AmountsShape:
        """Raises ValueError where bounds are not in order."""
        low, high = (Decimal(one) for one in self.usual)
        lowest, highest = (Decimal(one) for one in self.possible)
        if not lowest <= low < high <= highest:
            raise ValueError("possible holds usual, and each goes from its lowest to its highest")
        if self.daily and self.refuse_daily and Decimal(self.daily) >= Decimal(self.refuse_daily):
            raise ValueError("daily is less than refuse_daily")
        return self
