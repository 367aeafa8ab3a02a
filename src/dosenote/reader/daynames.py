"""Short names of days, most of which are other words by themselves: "Mo 1, Di 1/2", "Di und Fr", "M/W"."""

from __future__ import annotations

from collections.abc import Mapping

from dosenote.reader.phrases import END, Piece, match
from dosenote.reader.place import Place, text_of

#: As English lists write them.
ENGLISH_DAYS = {"m": "mon", "t": "tue", "tu": "tue", "w": "wed", "th": "thu", "f": "fri", "sa": "sat", "su": "sun",
                "mo": "mon", "we": "wed", "fr": "fri"}  # fmt: skip
#: How schemes in nine languages write the days. By themselves most of them are other words.
DAYS = (
    {"mo": "mon", "di": "tue", "mi": "wed", "do": "thu", "fr": "fri", "sa": "sat", "so": "sun"},
    {"lun": "mon", "mar": "tue", "mer": "wed", "gio": "thu", "ven": "fri", "sab": "sat", "dom": "sun"},
    {"lun": "mon", "mar": "tue", "mié": "wed", "mie": "wed", "jue": "thu", "vie": "fri", "sáb": "sat", "dom": "sun"},
    {"pon": "mon", "wt": "tue", "śr": "wed", "czw": "thu", "pt": "fri", "sob": "sat", "niedz": "sun"},
    {"pn": "mon", "wt": "tue", "śr": "wed", "cz": "thu", "pt": "fri", "sb": "sat", "nd": "sun"},
    {"lun": "mon", "mar": "tue", "mer": "wed", "jeu": "thu", "ven": "fri", "sam": "sat", "dim": "sun"},
    {"ma": "mon", "di": "tue", "wo": "wed", "do": "thu", "vr": "fri", "za": "sat", "zo": "sun"},
    {"seg": "mon", "ter": "tue", "qua": "wed", "qui": "thu", "sex": "fri", "sáb": "sat", "dom": "sun"},
    {"man": "mon", "tir": "tue", "ons": "wed", "tors": "thu", "fre": "fri", "lør": "sat", "søn": "sun"},
    {"må": "mon", "ti": "tue", "on": "wed", "to": "thu", "fr": "fri", "lö": "sat", "sö": "sun", "mån": "mon",
     "tis": "tue", "ons": "wed", "tors": "thu", "fre": "fri", "lör": "sat", "sön": "sun"},
    ENGLISH_DAYS,
    {"ma": "mon", "ti": "tue", "ke": "wed", "to": "thu", "pe": "fri", "la": "sat", "su": "sun"},
)  # fmt: skip
#: So many different ones in a line are days.
_SURELY_DAYS = 3
#: What joins two days.
_DAY_LINKS = frozenset(
    (",", "/", "+", "&", "-", "\u2013", "und", "u", "bis", "och", "og", "ja", "en", "e", "y", "et", "to", "til", "till",
     "a", "al")
)  # fmt: skip


def day(place: Place) -> Piece | None:
    """ "Mo 1, Di 1/2, Mi 1"; "Di und Fr"."""
    node = place.trie.get(place.token.text)
    if node is not None and match(place.tokens, place.here, node)[1] > place.here + 1:
        return None  # "M/W/F" is a phrase
    there = {one.text for one in place.tokens}
    for days in DAYS:
        if place.token.text in days and (len(there & days.keys()) >= _SURELY_DAYS or _beside(place, days)):
            return place.piece("weekday", days[place.token.text])
    if any(place.token.text in days and _touches(place, days) for days in DAYS):
        return place.word()  # "la su": two days, or none
    return None


def _beside(place: Place, days: Mapping[str, str]) -> bool:
    """Whether another day of the same language is joined to this one: by "and", a comma, a slash or "to"."""
    if len(place.token.text) == 1:
        return False  # "M, F" may be anything
    return any(text_of(place.near(step)) in _DAY_LINKS and text_of(place.near(2 * step)) in days for step in (-1, 1))


def _touches(place: Place, days: Mapping[str, str]) -> bool:
    """Whether a word that is surely a day stands right beside this one."""
    return any(
        text_of(near) in days and place.trie.get(text_of(near), {}).get(END, ("",))[0] == "weekday"
        for near in (place.near(-1), place.near(1))
    )
