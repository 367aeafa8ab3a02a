"""A total beside its documented values as places on a line, for a picture of it; the words stand beside the picture."""

from __future__ import annotations

from typing import NamedTuple

from dosenote.render.page.model import Gauge

#: The picture, in its own units, and its height where nothing stands below the line; the ends of the line, and the
#: least distance between two letters.
WIDTH, HEIGHT, HEIGHT_ABOVE = 300, 34, 25
_LEFT, _RIGHT = 6.0, 294.0
_APART = 10.0
#: The line goes on behind the highest value.
_BEYOND = 1.12


class Tick(NamedTuple):
    """A documented value: from and to are the same place but where it is not known which value applies.

    is_up: above the line (what is recommended), or below it. letter_at: where its letter stands. Places are in units of
    the picture, from its left.
    """

    letter: str
    start: float
    end: float
    is_up: bool
    letter_at: float


class Drawing(NamedTuple):
    """The total from start to end, in units of the picture; is_open: with no upper bound."""

    start: float
    end: float
    is_open: bool
    ticks: tuple[Tick, ...]

    @property
    def height(self) -> int:
        """How high the drawing is, in its own units: less where nothing stands below the bar."""
        return HEIGHT_ABOVE if all(tick.is_up for tick in self.ticks) else HEIGHT


def draw(gauge: Gauge, whole: Gauge) -> Drawing:
    """The places of one total and its values. whole: the same with all its values, which give the scale."""
    daily = gauge.daily
    ends = [daily.low, daily.high, *(end for mark in whole.marks for end in (mark.low, mark.high))]
    top = max((end for end in ends if end), default=1.0) * _BEYOND

    def place(value: float | None) -> float:
        return round(_RIGHT if value is None else _LEFT + (_RIGHT - _LEFT) * value / top, 1)

    ticks: list[Tick] = []
    letters: dict[bool, float] = {}
    for mark in sorted(gauge.marks, key=lambda mark: mark.low):
        is_up = mark.letter == "R"
        at = max(place(mark.low), letters.get(is_up, -_APART) + _APART)
        letters[is_up] = at
        ticks.append(Tick(mark.letter, place(mark.low), place(mark.high), is_up, at))
    return Drawing(place(daily.low), place(daily.high), daily.high is None, tuple(ticks))
