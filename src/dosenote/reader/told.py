"""Words with which people tell what they take: "I'm 67 and ...", "every day but Friday, when ..."."""

from __future__ import annotations

from dosenote.reader.phrases import Piece
from dosenote.reader.place import Place, means, text_of


def i_am(place: Place) -> Piece | None:
    """ "I'm 67 and have ...": an age, where the line begins with it and something else follows."""
    verb = 2 if text_of(place.near(1)) in _APOSTROPHES else 1
    number, follows = text_of(place.near(verb + 1)), text_of(place.near(verb + 2))
    is_whole = follows in ("", ".") and place.near(verb + 3) is None
    is_age = number.isdigit() and (is_whole or (follows in _AFTER_AGE and _YOUNGEST <= int(number) <= _OLDEST))
    is_said = place.here == 0 and text_of(place.near(verb)) in ("m", "am") and is_age
    return place.mark("age", place.near(verb)) if is_said else None


#: After an hour of the clock.
_AFTER_HOUR = frozenset(("", "uhr", "h", ",", ".", ")"))
#: Nobody younger or older writes so, and what follows then.
_YOUNGEST, _OLDEST = 10, 110
_AFTER_AGE = frozenset((",", "and", "with", "on", ".", "-"))
#: How people write the mark in "I'm".
_APOSTROPHES = frozenset("'\u2019")


def um(place: Place) -> Piece | None:
    """German "um 18 Uhr" is an hour, Portuguese "um comprimido" a number."""
    number = place.near(1)
    is_hour = number is not None and number.kind in ("number", "clock") and text_of(place.near(2)) in _AFTER_HOUR
    if place.here == 0 and text_of(number) in ("i", ","):
        return place.filler()  # "um, I take ...", as a dictated line has it
    return place.mark("at") if is_hour else None


def but(place: Place) -> Piece | None:
    """ "Every day but Friday": except on that day."""
    here = 1
    for role in ("number", "unit", "on"):  # "but 2.5 mg on Fridays"
        token = place.near(here)
        here += role in (text_of(token), "" if token is None else token.kind) or means(place, token, role)
    often = bool(place.pieces) and place.pieces[-1].role in ("schedule", "period")
    return place.mark("except") if often and means(place, place.near(here), "weekday") else None


def when(place: Place) -> Piece | None:
    """ "But Fridays, when I take 7.5 mg": on that day."""
    is_day = any(piece.role == "weekday" for piece in place.pieces[-1:])
    taken = place.near(2)
    is_taken = is_day and text_of(place.near(1)) in ("i", "it") and text_of(taken) in ("take", "is", "have")
    return place.filler(taken) if is_taken else None


#: Before "after": at once, and no more than that.
SOON = (
    "right", "immediately", "straight", "directly", "just", "direkt", "unmittelbar", "gleich", "juste", "directement",
    "imm\u00e9diatement", "justo", "inmediatamente", "subito", "immediatamente", "imediatamente", "logo", "direct",
    "meteen", "onmiddellijk", "strax", "genast", "lige", "rett", "zaraz", "bezpo\u015brednio",
    "\u0441\u0440\u0430\u0437\u0443",
)  # fmt: skip
_AFTER = frozenset(
    ("after", "following", "nach", "apr\u00e8s", "apres", "despu\u00e9s", "dopo", "ap\u00f3s", "depois", "na", "efter",
     "etter", "po", "\u043f\u043e\u0441\u043b\u0435")
)  # fmt: skip


def soon(place: Place) -> Piece | None:
    """ "Right after breakfast", "direkt nach dem Fr\u00fchst\u00fcck": after it."""
    return place.filler() if text_of(place.near(1)) in _AFTER else None


def baby(place: Place) -> Piece | None:
    """ "My baby takes vitamin D": somebody else."""
    return place.mark("family") if text_of(place.near(1)) == "takes" else None
