"""A long list in parts that a screen holds, each answered by itself."""

from __future__ import annotations

from collections.abc import Callable

from dosenote.interview.asks import Ask, Choice


def first_part(ask: Ask, room: int, height: Callable[[int, Choice], int]) -> Ask:
    """The beginning of a list that fits into so many lines; all of it where that fits.

    A class stays with its members, however long that is: who answers for "another antibiotic, or not sure which" has
    to see which others there are. height: how many lines a choice takes, with its number from 1.
    """
    if not all(choice.covers for choice in ask.choices):
        return ask
    used = end = 0
    for number, choice in enumerate(ask.choices, 1):
        if not choice.is_joined:
            end = number - 1  # everything before it stands by itself
        used += height(number, choice)
        if used > room and end:
            return _beginning(ask, end)
    return ask


def _beginning(ask: Ask, count: int) -> Ask:
    choices = ask.choices[:count]
    return ask._replace(choices=choices, covers=tuple(fact for choice in choices for fact in choice.covers))
