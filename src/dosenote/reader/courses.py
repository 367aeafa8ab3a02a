"""Doses that each last so long → steps that follow one another: "40 mg daily x3 days, 30 mg x3 days"."""

from __future__ import annotations

from dosenote.quantity import DAYS_PER
from dosenote.reader.makers import DAILY, ONE, WEEK, Quantity
from dosenote.reader.phrases import Piece

#: Between two steps: "x3 days, then 30 mg".
_FOLLOWING = ("comma", "then")
#: What may stand between the strength of the pieces and how many: "10 mg tablets: 4 tabs daily".
_BESIDE_STRENGTH = ("form", "comma", "neutral")

_Step = dict[str, Piece]


def as_course(pieces: list[Piece]) -> list[Piece]:
    """The pieces of one name with each step in full, and "then" between them; as they were, where they are none.

    How often may stand at one step only, where that is daily: "50 mcg for 6 weeks, then 75 mcg daily". A strength may
    stand before all of them: "10 mg tablets: 4 tabs daily x 3 days, 3 tabs x 3 days".
    """
    begins = _after_strength(pieces)
    groups: list[list[Piece]] = [[]]
    marks: list[Piece] = []
    for piece in pieces[begins:]:
        if piece.role not in _FOLLOWING:
            groups[-1].append(piece)
        elif groups[-1]:
            groups.append([])
            marks.append(piece._replace(role="then"))
    end: list[Piece] = []
    if [piece.role for piece in groups[-1]] == ["stopped"] and marks:  # "..., then stop"
        end = [marks.pop(), *groups.pop()]
    dose = "count" if begins else "amount"
    steps: list[_Step] = [{piece.role: piece for piece in group} for group in groups]
    is_each_a_dose = all(
        dose in step
        and [piece.role for piece in group] == [role for role in (dose, "schedule", "duration") if role in step]
        for group, step in zip(groups, steps, strict=True)
    )
    often = [step["schedule"] for step in steps if "schedule" in step]
    if len(steps) < 2 or not often or not is_each_a_dose or not all("duration" in step for step in steps[:-1]):
        return pieces
    if steps[-1].keys() == {dose} or (len(often) < len(steps) and any(one.value != DAILY for one in often)):
        return pieces
    if all(piece.role != "then" for piece in pieces) and not _is_sequence(steps):
        return pieces
    return [
        *pieces[:begins],
        *(
            piece
            for mark, step in zip([None, *marks], steps, strict=True)
            for piece in (mark, step[dose], step.get("schedule", often[0]), step.get("duration"))
            if piece is not None
        ),
        *end,
    ]


def _after_strength(pieces: list[Piece]) -> int:
    """The place of the first count behind a strength that leads; 0 where none does."""
    roles = [piece.role for piece in pieces]
    place = 1
    while place < len(roles) and roles[place] in _BESIDE_STRENGTH:
        place += 1
    return place if roles[:1] == ["amount"] and roles[place : place + 1] == ["count"] else 0


def _is_sequence(steps: list[_Step]) -> bool:
    """Whether doses with a comma between them follow one another, and are not each for some days of a week."""
    often = [step["schedule"].value for step in steps if "schedule" in step]
    if "schedule" not in steps[0] or any((one.count, one.unit) != (ONE, "day") or one.days for one in often):
        return False
    lasting: list[tuple[Quantity, str]] = [step["duration"].value for step in steps if "duration" in step]
    days = [number[0] * DAYS_PER[unit] for number, unit in lasting]
    return sum(days) != len(WEEK) if len(lasting) == len(steps) else min(days) >= len(WEEK)
