"""What items count for one substance: steps that follow one another, and whether something is new."""

from __future__ import annotations

from typing import Any

import pytest

from dosenote.logic import FALSE, TRUE, UNKNOWN, Interval, Truth
from dosenote.regimen import Item
from dosenote.ruleset import RuleSet
from dosenote.uses import Use, at_one_time, is_any_new, one_step_at_a_time, steps_of


def _use(amount: float, **more: Any) -> Use:
    """So much each time, and twice that a day, with a meal and new, once a week or less often and too often."""
    use = Use(
        0, (0, "calcium"), True, Interval(amount, amount), Interval(2 * amount, 2 * amount), True, True, True, True
    )
    return use._replace(**more)


@pytest.mark.parametrize("field", ["spaced", "with_food", "is_new", "too_often"])
@pytest.mark.parametrize("one, two, both", [(True, True, True), (False, False, False), (True, False, None), (False, None, None), (None, True, None)])  # fmt: skip
def test_what_two_steps_say_alike_holds_for_both(field: str, one: bool, two: bool, both: bool | None) -> None:
    """Else it is not known, as nobody knows which step it is."""
    (found,) = one_step_at_a_time([_use(1, **{field: one}), _use(1, **{field: two})])
    assert getattr(found, field) is both


def test_amounts_of_steps_lie_between_those_of_each() -> None:
    """Steps that follow one another are one use, beside those that are none and those of another line."""
    other, apart = _use(50, step=None), _use(7, step=(1, "calcium"))
    found = one_step_at_a_time([_use(3), other, _use(5), apart, _use(4, surely=False)])
    assert found[0] == other
    assert found[1:] == [_use(0, each_time=Interval(3, 5), daily=Interval(6, 10), surely=False), apart]
    alone = [other, other._replace(number=1)]
    assert one_step_at_a_time(alone) is alone


def _step(id: str, phase: int) -> Item:
    return Item("", id, phase=phase)


def test_of_what_an_item_is_a_step(ruleset: RuleSet) -> None:
    """Of its substance where that begins steps, else of the first of its kin; of itself where nothing before is kin."""
    begun: list[str] = []
    items = [("calcium", 1), ("vitamin-d2", 1), ("vitamin-d3", 2), ("vitamin-d2", 2), ("calcium", 1), ("warfarin", 2)]
    found = [steps_of(_step(*item), begun, ruleset.vocabulary) for item in items]
    assert found == ["calcium", "vitamin-d2", "vitamin-d2", "vitamin-d2", "calcium", "warfarin"]
    assert begun == ["calcium", "vitamin-d2"]
    assert steps_of(_step("vitamin-d3", 1), begun, ruleset.vocabulary) == "vitamin-d3"
    assert begun == ["calcium", "vitamin-d2", "vitamin-d3"]


@pytest.mark.parametrize(
    "uses, anything, expected",
    [
        ([], False, FALSE),
        ([], True, UNKNOWN),
        ([_use(1)], False, TRUE),
        ([_use(1)], True, TRUE),
        ([_use(1, surely=False)], False, UNKNOWN),
        ([_use(1, is_new=False)], False, FALSE),
        ([_use(1, is_new=False)], True, UNKNOWN),
        ([_use(1, is_new=False), _use(1, is_new=None)], False, UNKNOWN),
        ([_use(1, is_new=False), _use(1)], False, TRUE),
    ],
)
def test_whether_one_of_the_products_is_new(uses: list[Use], anything: bool, expected: Truth) -> None:
    """Yes where one surely is, no where all have been taken for long and nothing is hidden."""
    assert is_any_new(uses, anything) == expected


def test_the_largest_amount_at_one_time() -> None:
    """At least the largest that is surely taken, at most all together; open where something was not understood."""
    uses = [_use(3), _use(5), _use(9, surely=False)]
    assert at_one_time(uses, False) == Interval(5, 17)
    assert at_one_time(uses, True) == Interval(5, float("inf"))
    assert at_one_time((), False) == Interval(0, 0)
