"""Foods beside what is taken: how much of a food, what goes with one, and what one may hold."""

from __future__ import annotations

import re

from dosenote.reader.phrases import Piece

#: What goes with a food, in front of it.
_WITH_FOOD = re.compile(
    r"\b(?:with|in|mit|avec|con|com|met|med)\s+(?:(?:a|an|my|some|the|full|big|small|glass|cup|mug|of|meinem|mon|du)\s+)*$",
    re.IGNORECASE,
)
#: An amount in brackets, as in "a glass of milk (300 mg calcium)".
_IN_BRACKETS = re.compile(r"\([^)]*\d[^)]*\)")
#: Before the first name: "milk with calcium 300 mg".
_WITH = (" with", " mit", " avec", " con")


def may_be_of_food(text: str, names: list[Piece], is_beside_food: bool) -> bool:
    """Whether an amount of a line may be what a food holds: "milk (300 mg calcium)", "milk with calcium 300 mg"."""
    if names and names[0].start and text[: names[0].start].rstrip().lower().endswith(_WITH):
        return True
    return is_beside_food and _IN_BRACKETS.search(text) is not None


def is_of_food(piece: Piece) -> bool:
    """Whether a piece right before a food says how much of it: "2 eggs", "3 glasses of milk"."""
    is_glass = (piece.role == "count" and piece.value[1] == "glass") or piece[:2] == ("per_form", "glass")
    return piece.role == "quantity" or is_glass


def is_with_food(text: str, food: Piece) -> bool:
    """Whether the words of a food or right before it say that something goes with it: "with a glass of milk"."""
    return text[food.start : food.end].startswith("with ") or bool(_WITH_FOOD.search(text[: food.start]))
