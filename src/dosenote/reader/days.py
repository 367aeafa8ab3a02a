"""The day of a blood value without its year, which changes nothing of it: "INR 2.2 (10/15)", "INR 2.2 on Oct 15"."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from dosenote.reader.dates import MONTHS
from dosenote.reader.labs import SAID
from dosenote.reader.makers import Made, Quantity
from dosenote.vocabulary import Entry

_LAST_MONTH, _LAST_DAY = 12, 31
#: Below a stroke these may make a part of a tablet: "INR 2.2 1/2 tablet".
_PARTS = (2, 3, 4, 8)


def _is_number_of_day(quantity: Quantity) -> bool:
    low, high, unclear = quantity
    return not unclear and low == high == low.to_integral_value() and 1 <= low <= _LAST_DAY


def _is_day(first: Any, last: Quantity | None = None) -> bool:
    """Whether 10 and 15, "oct" and 15, or a day with the name of its month that is one piece, are a day."""
    if isinstance(first, str):
        return first in MONTHS and (last is None or _is_number_of_day(last))
    if last is None or not _is_number_of_day(last):
        return False
    may_be_part = first[0] < last[0] and last[0] in _PARTS
    return _is_number_of_day(first) and min(first[0], last[0]) <= _LAST_MONTH and not may_be_part


def _maker(before: str, value: str, day: tuple[str, ...]) -> Callable[..., Made]:
    """Makes the value behind a test, with its day as a part of it. before, value, day: the roles of each."""
    words_end = len(before.split()) - 1

    def make(test: Entry, *rest: Any) -> Made:
        words, number = rest[:words_end], rest[words_end]
        parts = [part for part, role in zip(rest[words_end + 1 :], day, strict=True) if role in ("quantity", "date")]
        is_test = test.kind == "lab" or (value == "reading" and test.kind == "supplement")
        if not is_test or not _is_day(*parts) or any(word not in SAID for word in words):
            return None
        return [("name", test), *(("word", word) for word in words), (value, number)]

    return make


#: The name of a test, and its value.
_VALUES = tuple(product(("name", "name word"), ("quantity", "reading")))
#: "On 10/15", before "on 10" is an hour; and what is no amount, once those are known: "INR 2.2 10/20 mg".
ON, BESIDE = (
    tuple(
        (f"{before} {value} {day}", _maker(before, value, tuple(day.split())))
        for before, value in _VALUES
        for day in days
    )
    for days in (
        ("at quantity slash quantity", "at date quantity"),
        (
            "quantity slash quantity",
            "date quantity",
            "open quantity slash quantity close",
            "open date quantity close",
            "open date close",
        ),
    )
)
