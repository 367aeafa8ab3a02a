"""What each item counts for one substance, and steps that follow one another as one of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from dosenote.logic import FALSE, TRUE, UNKNOWN, Interval, Truth
from dosenote.regimen import Item
from dosenote.vocabulary import Vocabulary


class Use(NamedTuple):
    """One item as it counts for one substance; `surely` False where it may be something else, or not taken.

    step: for steps that follow one another, the line and the substance that they are steps of; else None.
    each_time, daily: in the unit of the substance's entry. too_often: whether it is taken more often than is usual of
    any amount of this.
    """

    number: int
    step: tuple[int, str] | None
    surely: bool
    each_time: Interval
    daily: Interval
    spaced: bool | None
    with_food: bool | None
    is_new: bool | None
    too_often: bool | None


def steps_of(item: Item, begun: list[str], vocabulary: Vocabulary) -> str:
    """Of what the steps are that an item is one of: of its substance, or of the one before: "D2 for 8 weeks, then D3".

    begun: the substances with which steps of the same line began so far; this one is added where it begins some.
    """
    if item.phase == 1 and item.substance not in begun:
        begun.append(item.substance)
    if item.substance in begun:
        return item.substance
    groups = vocabulary.surely(item.substance)
    return next((id for id in begun if not groups.isdisjoint(vocabulary.surely(id))), item.substance)


def one_step_at_a_time(uses: list[Use]) -> list[Use]:
    """The uses, with steps that follow one another as one use whose amounts lie between those of its steps.

    Which step somebody is at is not known; two of them are never taken at the same time.
    """
    if not any(use.step for use in uses):
        return uses
    steps: dict[tuple[int, str], Use] = {}
    others = []
    for use in uses:
        before = None if use.step is None else steps.get(use.step)
        if use.step is None:
            others.append(use)
        elif before is None:
            steps[use.step] = use
        else:
            steps[use.step] = before._replace(
                surely=before.surely and use.surely,
                each_time=before.each_time.hull(use.each_time),
                daily=before.daily.hull(use.daily),
                spaced=before.spaced if before.spaced == use.spaced else None,
                with_food=before.with_food if before.with_food == use.with_food else None,
                is_new=before.is_new if before.is_new == use.is_new else None,
                too_often=before.too_often if before.too_often == use.too_often else None,
            )
    return [*others, *steps.values()]


def is_any_new(uses: Sequence[Use], anything: bool) -> Truth:
    """Whether one of the products is new; no, when none is taken or all have been taken for long."""
    if any(use.surely and use.is_new for use in uses):
        return TRUE
    return FALSE if not anything and all(use.is_new is False for use in uses) else UNKNOWN


def at_one_time(uses: Sequence[Use], anything: bool) -> Interval:
    """The largest amount at one time: at least the largest single one, at most all of them together."""
    low = max((use.each_time.low for use in uses if use.surely), default=0.0)
    high = inf if anything else sum(use.each_time.high for use in uses)
    return Interval(low, high)
