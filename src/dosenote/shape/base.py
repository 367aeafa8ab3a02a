"""What every shape is made of: texts, exact numbers, and a model that forgives nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(pattern=r"\S")]
Texts = Annotated[list[Text], Field(min_length=1)]
#: A number above zero in quotes, so that it stays exact.
DecimalText = Annotated[str, Field(pattern=r"^(\d*[1-9]\d*(\.\d+)?|\d+\.\d*[1-9]\d*)$")]
#: A number and a unit or a form, as in "1,000 IU" or "2 tablet".
AmountText = Annotated[str, Field(pattern=r"^(\d{1,3}(,\d{3})+|\d+)(\.\d+)? [^\W\d]+$")]
#: Country codes, as in "UK/IE", or "global".
Market = Annotated[str, Field(pattern=r"^([A-Z]{2}|global)(/[A-Z]{2})*$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Shape(BaseModel):
    """Nothing that is not named, and nothing made to fit: a misspelt key is a mistake, and so is 5 for "5"."""

    model_config = ConfigDict(extra="forbid", strict=True)


class LimitShape(Shape):
    """For whom, and how much; its other keys are rows."""

    model_config = ConfigDict(extra="allow", strict=True)

    value: Text


class WithdrawnShape(Shape):
    """When something was withdrawn, and why."""

    date: date
    reason: Text
