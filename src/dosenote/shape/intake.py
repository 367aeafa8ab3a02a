"""What rules/intakes/*.toml may contain."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from dosenote.rule import Counts
from dosenote.shape.base import LimitShape, Shape, Text, WithdrawnShape


class IntakeShape(Shape):
    """One table of intakes/*.toml. The rows of its amounts are read by `intake`."""

    substance: Text
    name: Text
    in_full: Text
    by: Text
    counts: Counts
    source: Text
    locator: Text
    reviewed: date
    withdrawn: WithdrawnShape | None = None
    note: Text | None = None
    serves: list[Text] = []
    amounts: Annotated[list[LimitShape], Field(min_length=1)]
