"""From a day on, and tomorrow: words that begin or end something, and are no day of the week and no morning."""

from __future__ import annotations

from dosenote.reader.daynames import ENGLISH_DAYS
from dosenote.reader.phrases import Piece
from dosenote.reader.place import Place, means, text_of

#: Before "morgen" or "mañana", these say until when: "bis morgen", "hasta mañana".
_UNTIL = frozenset(("bis", "hasta", "til", "till", "tot", "inntil", "indtil", "fram"))
#: And these since when: "ab morgen", "desde mañana", "från i morgon".
_FROM = frozenset(("ab", "desde", "fra", "från", "partir", "vanaf", "dès", "seit", "start", "von"))
#: Behind it, a part of that one day: "morgen Abend", "mañana por la noche".
_PARTS = frozenset(("abend", "mittag", "nachmittag", "vormittag", "nacht", "aften", "kveld", "avond", "middag"))
#: With one of these it is the morning of that one day: "seit gestern Morgen".
_OF_ONE_DAY = frozenset(("gestern", "heute", "ayer", "hoy"))
#: Between two days: "da lunedì a venerdì" is a range.
_RANGE = frozenset(("a", "al", "to", "fino", "-", "\u2013", "through", "thru", "till", "until"))
_HOW_OFTEN = "how often is not said"


def from_day(place: Place) -> Piece | None:
    """ "As of Monday", Italian "da lunedì": since when, and not on which days."""
    steps = 2 if text_of(place.near(1)) == "of" else 1
    if (place.token.text == "as") != (steps == 2):
        return None
    day, after = place.near(steps), text_of(place.near(steps + 1))
    is_day = text_of(day) in ENGLISH_DAYS or means(place, day, "weekday")
    return place.mark("not", place.near(steps - 1)) if is_day and after not in _RANGE else None


def tomorrow(place: Place) -> Piece | None:
    """ "bis morgen", "desde mañana", "i morgen", "morgen Abend": of one day, and not each morning."""
    token, follows = place.token, place.near(1)
    before, last = text_of(place.near(-1)), token
    if token.text == "i":  # Danish and Norwegian "i morgen", Swedish "i morgon"
        if text_of(follows) not in ("morgen", "morgon"):
            return None
        last = follows or token
    if before in _UNTIL:
        return place.mark("until", last)
    if token.text == "i" or before in _FROM or before in _OF_ONE_DAY:
        return place.piece("unclear", _HOW_OFTEN, last)
    if token.text == "morgen" and text_of(follows) in _PARTS:
        return place.piece("unclear", _HOW_OFTEN, follows)
    days = [one for one in place.tokens[place.here :] if means(place, one, "weekday")]
    if (
        len(days) == 1
        and days[0] is follows
        and not any(means(place, one, "weekday") for one in place.tokens[: place.here])
    ):
        return place.piece("unclear", _HOW_OFTEN, follows)  # "morgen Montag"
    of_day = [text_of(place.near(n)) for n in (1, 2, 3)]
    if token.text in ("mañana", "manana") and of_day[:2] in (["por", "la"], ["en", "la"], ["a", "la"]):
        return place.piece("unclear", _HOW_OFTEN, place.near(3) or token)
    return None


#: What follows the English word "due".
_DUE = frozenset(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
     "today", "tonight", "next", "now", "on", "by")
)  # fmt: skip


def due(place: Place) -> Piece | None:
    """ "Due Monday": when, and no Italian two."""
    return place.word() if text_of(place.near(1)) in _DUE else None
