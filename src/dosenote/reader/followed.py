"""One kind of a thing, and after it another: "D2 50,000 IU weekly for 8 weeks, then D3 2000 IU daily"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dosenote.reader.phrases import Piece
from dosenote.regimen import Item, Reading
from dosenote.vocabulary import Vocabulary

#: May stand beside the word between two steps.
_MARKS = " ,;.-\u2013\u2014"


def parts_in_turn(line: str, pieces: Sequence[Piece]) -> list[str]:
    """What stands between the words "then" of a line, in their order; none where it has no such word."""
    thens = [piece for piece in pieces if piece.role == "then"]
    starts, ends = [0, *(piece.end for piece in thens)], [*(piece.start for piece in thens), len(line)]
    return [line[start:end].strip(_MARKS) for start, end in zip(starts, ends, strict=True)] if thens else []


def in_turn(steps: Sequence[Reading], vocabulary: Vocabulary) -> list[Reading] | None:
    """The readings of steps that follow one another, each item in its place; None where that is not clear.

    Clear are kinds of one supplement. Of two medicines the first may go on: "warfarin for 7 days, then enoxaparin".
    """
    items = [step.items[0] for step in steps if step.outcome == "accept" and len(step.items) == 1]
    if len(items) < len(steps) or any(step.stopped or step.denied or step.doubted for step in steps):
        return None
    if len({item.substance for item in items}) < 2:
        return None  # of one thing why it is not clear is told
    if not all(_is_over(one) and _is_kin(one, two, vocabulary) for one, two in pairwise(items)):
        return None
    if any(item.phase or item.season or item.schedule is None or item.schedule.as_needed for item in items):
        return None
    return [
        step._replace(items=(item._replace(phase=number),))
        for number, (step, item) in enumerate(zip(steps, items, strict=True), 1)
    ]


def _is_over(item: Item) -> bool:
    """Whether it is said for how long; else the next may be another time of the same day: "D2 at noon, then D3"."""
    return item.duration_days is not None or bool(item.schedule and item.schedule.once)


def _is_kin(one: Item, two: Item, vocabulary: Vocabulary) -> bool:
    """Whether two are kinds of one supplement, so that a total of both is told."""
    return any(vocabulary[id].unit for id in vocabulary.surely(one.substance) & vocabulary.surely(two.substance))
