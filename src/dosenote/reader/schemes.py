"""Schemes of figures, without a word for the day: 2x1, 1dd3; and 4-3-2-1, which may be no scheme of a day."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from dosenote.reader.makers import ONE
from dosenote.reader.phrases import END, Piece, match
from dosenote.reader.place import ENDS, Place, means, text_of
from dosenote.reader.tokens import Token
from dosenote.regimen import MOMENTS, Schedule

#: So many each time, and at most so many times a day, in a scheme of two numbers.
_EACH = frozenset("1234")
_MOST_TIMES = 6
#: May stand behind such a scheme.
_AFTER = frozenset(("at", "time", "meal", "food", "as_needed", "duration", "for", "season"))


def _times(place: Place) -> Decimal | None:
    """The whole number right before the word, where it may be how many times a day."""
    before, number = place.near(-1), place.pieces[-1] if place.pieces else None
    if before is None or before.kind != "number" or number is None or number.role != "number":
        return None
    values = number.value
    is_whole = len(values) == 1 and values[0] == values[0].to_integral_value()
    return values[0] if is_whole and 0 < values[0] <= _MOST_TIMES else None


def _dosed(place: Place, times: Decimal, each: Decimal, last: Token, form: str = "") -> Piece:
    """So many times a day so many, in the place of the number before the word, the word and what is behind it.

    "2x1" says one each time, as 1-0-1 does; "2dd" says only how often.
    """
    often = Schedule((times, times))
    first = place.pieces.pop()
    if each == 1 and not form:
        mark = [("scheme_mark", ()), ("schedule", often)]
        return (
            Piece("schedule", often, first.start, last.end)
            if last.text == "dd"
            else Piece("dosed", mark, first.start, last.end)
        )
    return Piece("dosed", [("count", ((each, each, ""), form)), ("schedule", often)], first.start, last.end)


def dd(place: Place) -> Piece | None:
    """Dutch "1dd3", "2 dd 1", "3dd": so many times a day, and so many each time where that stands behind it."""
    times, number, last = _times(place), place.near(1), place.token
    if times is None:
        return None
    each = last.text[2:]
    if not each and number is not None and number.text in _EACH and text_of(place.near(2)) in ENDS:
        each, last = number.text, number
    return _dosed(place, times, Decimal(each or 1), last)


def by(place: Place) -> Piece | None:
    """ "2x1", "1 x 2", "2x1 Tbl.": a scheme for each day, without a word for the day.

    Which of two bare numbers is how many times, the country says: where one of them is 1, a day has as many in each.
    """
    times, number = _times(place), place.near(1)
    if times is None or number is None or number.text not in _EACH:
        return None
    form, each = place.near(2), Decimal(number.text)
    if form is not None and means(place, form, "form"):
        closes = _closes(place, 4 if text_of(place.near(3)) == "." else 3)
        return _dosed(place, times, each, form, place.trie[form.text][END][1]) if closes else None
    if not _closes(place, 2) or (times != each and ONE not in (times, each)):
        return None
    return _dosed(place, max(times, each), ONE if ONE in (times, each) else each, number)


def _closes(place: Place, step: int) -> bool:
    """Whether nothing stands there that could change how often: the end, a mark, a time of day, a meal."""
    follows = text_of(place.near(step))
    node = place.trie.get(follows)
    found = match(place.tokens, place.here + step, node)[0] if node else None
    return follows in (*ENDS, ")") or (found is not None and found[0] in _AFTER)


def portions(place: Place) -> Piece | None:
    """Japanese "3錠 分3": what is taken on a day, in so many doses."""
    number = place.near(1)
    if number is None or number.text not in _EACH:
        return None
    return place.piece("dosed", [("divided", Decimal(number.text)), ("schedule", Schedule((ONE, ONE)))], number)


def may_be_taper(counts: tuple[Decimal, ...]) -> bool:
    """Whether four figures may be those of four days or weeks in turn: 4-3-2-1, and not 1-0-1-0 or 2-1-1-0."""
    is_falling = all(one >= two for one, two in pairwise(counts)) and counts[0] > counts[-1]
    return len(counts) == len(MOMENTS) and is_falling and (all(counts) or len(set(counts)) == len(counts))
