"""A part of one piece behind the name of what it is a part of, before how often: "tablets: take 1-1/2 /day"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dosenote.reader.makers import ONE, UNREAD, Made, make_fraction, make_with_part
from dosenote.reader.often import make_schedule

#: Numbers as they are written: one value, or two where a point may part thousands.
Values = tuple[Decimal, ...]
#: What is cut in parts.
_CUT = frozenset(("tablet",))
#: Written with a slash it is no three or four.
_THREE_QUARTERS = Decimal("0.75")


def make_part_a(form: str, top: Values, _s: Any, bottom: Values, _a: Any, unit: str) -> Made:
    """Tablets: 1/2 /day."""
    return _of_piece(form, (), top, bottom, (ONE,), unit)


def make_part_times_a(
    form: str, top: Values, _s: Any, bottom: Values, _x: Any, times: Values, _a: Any, unit: str
) -> Made:
    """Tablets: 1/2 x1/day."""
    return _of_piece(form, (), top, bottom, times, unit)


def make_dashed_part_a(form: str, whole: Values, _t: Any, top: Values, _s: Any, bottom: Values, *often: Any) -> Made:
    """Tablets: 1-1/2 /day."""
    return _of_piece(form, whole, top, bottom, (ONE,), often[-1])


def make_dashed_part_times_a(
    form: str, whole: Values, _t: Any, top: Values, _s: Any, bottom: Values, _x: Any, times: Values, *often: Any
) -> Made:
    """Tablets: 1-1/2 x1/day."""
    return _of_piece(form, whole, top, bottom, times, often[-1])


def make_unread(form: str, number: Any, mark: str, follows: Any, *_: Any) -> Made:
    """Tablets: 1/2 ..., of which nothing else made anything: one or two, or a half?"""
    return [("form", form), ("quantity", number), (UNREAD, mark), (UNREAD, str(follows))]


def _of_piece(form: str, whole: Values, top: Values, bottom: Values, times: Values, unit: str) -> Made:
    """So many and a part, and how often; what is not clear is left unread, so that it is asked about."""
    part = make_fraction(top, bottom)
    often = make_schedule((times[0], times[0]), ONE, unit) if len(times) == 1 and times[0] >= 1 else None
    if part is None:
        return None if top == bottom else [("form", form), (UNREAD, "/")]
    number = make_with_part(whole, part[1]) if whole else ("number", (part[1],))
    is_clear = form in _CUT and (top == (ONE,) or part[1] == _THREE_QUARTERS)
    if often is None or not is_clear or not isinstance(number, tuple):
        return [("form", form), (UNREAD, "/")]
    return [("count", ((number[1][0], number[1][0], ""), form)), *(often if isinstance(often, list) else (often,))]
