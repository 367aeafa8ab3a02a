"""What rules/products/*.toml may contain."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dosenote.shape.base import AmountText, Market, Shape, Text, Url


class IngredientShape(Shape):
    """One ingredient of a product's label. amount: with its unit, for a whole serving; of a mineral, the element."""

    substance: Text
    amount: AmountText | None = None
    also: AmountText | None = None
    salt: Text | None = None
    salt_weight: AmountText | None = None

    @model_validator(mode="after")
    def a_weight_has_its_amount(self) -> IngredientShape:
        """Raises ValueError where a second weight stands without the first."""
        if self.also and not self.amount:
            raise ValueError("also is the same amount in a second unit; give amount, too")
        if self.salt_weight and not (self.salt and self.amount):
            raise ValueError("salt_weight needs the salt, and the amount of the element")
        return self


class ProductShape(Shape):
    """One product of products/*.toml, in one strength."""

    name: Text
    names: list[Text] = []
    shared: list[Text] = []
    also_sold: Text | None = None
    maker: Text | None = None
    market: Market
    serving: AmountText
    ingredients: Annotated[list[IngredientShape], Field(min_length=1)]
    url: Url | None = None
    confidence: Literal["high", "medium", "low"]
    note: Text | None = None
