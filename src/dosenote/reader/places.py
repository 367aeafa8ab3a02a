"""Words of a few letters that mean one thing in one place and another, or nothing, in the next."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

from dosenote.reader.added import comp, follows_name, h, plus
from dosenote.reader.daynames import DAYS, ENGLISH_DAYS, day
from dosenote.reader.lettered import letter
from dosenote.reader.phrases import END, ORDINALS, Piece, match
from dosenote.reader.place import ENDS, Place, means, text_of
from dosenote.reader.schemes import by, dd, portions
from dosenote.reader.tokens import Token
from dosenote.reader.told import SOON, baby, but, i_am, soon, um, when
from dosenote.reader.tomorrow import due, from_day, tomorrow
from dosenote.regimen import Schedule

#: Between "om" and "on"; and how a doctor writes each morning.
_WITH = frozenset("+&/")
_MORNING = frozenset(("om", "mane"))
#: The unit of a value stands within so many tokens of the word before it.
_TO_UNIT = 7
#: After one of these, and no number before it, Mg is magnesium.
_LISTED = frozenset(("/", "+", ",", ";", "&", "-", "–", "•", "*", "and", "plus", "with", "und", "et", "y"))
#: After one of these a D beside something else is vitamin D.
_JOINED = frozenset(("+", "&", "and", "plus", "with", "w"))


def by_place(place: Place) -> Piece | None:
    """What the word means where it stands, or None when the place says nothing."""
    for read in PLACES[place.token.text]:
        piece = read(place)
        if piece is not None:
            return piece
    return None


def _name(place: Place) -> Piece | None:
    entry = place.named.get(place.token.text)
    return None if entry is None else place.piece("name", entry)


def _mg(place: Place) -> Piece | None:
    """ "Mg oxide 400 mg"; "MAGNESIUM OXIDE -MG SUPPLEMENT 400 ..."."""
    before, follows = place.near(-1), place.near(1)
    if text_of(follows) == "supplement":
        return place.filler(follows)
    earlier = place.near(-2)
    if before is None or (before.text in _LISTED and (earlier is None or earlier.kind != "number")):
        return _name(place)
    return None


def _mag(place: Place) -> Piece | None:
    """ "Mag glycinate 120 mg": magnesium, where one of its salts follows."""
    return _name(place) if means(place, place.near(1), "salt") and text_of(place.near(-1)) != "-" else None


def _taper(place: Place) -> Piece | None:
    """ "Prednisone taper: 40 mg daily x 3 days, then ...": what is written behind the colon."""
    mark = place.near(1)
    is_told = text_of(mark) == ":" and any(token.text == "then" for token in place.tokens)
    return place.filler() if is_told else None


def _d(place: Place) -> Piece | None:
    """ "calcium + D", "Ca/D"; in "Ca + D-vitamin" it begins a longer name."""
    before, pieces, follows = text_of(place.near(-1)), place.pieces, text_of(place.near(1))
    after = text_of(place.near(2)) if follows == "-" else follows
    if after and after in place.trie.get("d", {}):
        return None
    named = any(piece.role == "name" for piece in pieces)
    after_name = before == "/" and len(pieces) > 1 and pieces[-2].role == "name"
    return _name(place) if named and (before in _JOINED or after_name) else None


#: Behind one of these, at the end of an order, "x 1" is a single dose.
_ROUTES = frozenset(("iv", "im", "po", "sc", "sq", "subq"))


def _x(place: Place) -> Piece | None:
    """ "IV x 1" is a single dose; "5 mg x 6 od", "5 mg 2x1 od": several times a day, or so many tablets once?"""
    numbers = [one.text for one in (place.near(-1), place.near(1)) if one is not None and one.kind == "number"]
    follows = place.near(1)
    if text_of(follows) in numbers and set(numbers) != {"1"} and text_of(place.near(2)) in ("od", "qd", "once"):
        return place.word()
    if text_of(place.near(-1)) in _ROUTES and text_of(follows) == "1" and text_of(place.near(2)) in ENDS:
        return place.mark("single", follows)  # "10 mg IV x 1"
    return None


def _w(place: Place) -> Piece | None:
    """ "w/ coffee"; "w/ meals" is a phrase of its own; "W/Sa" is Wednesday and Saturday."""
    follows, after = place.near(1), text_of(place.near(2))
    if follows is None or follows.text != "/" or not follows.glued:
        return None
    if after in ENGLISH_DAYS or place.trie.get(after, {}).get(END, ("",))[0] == "weekday":
        return place.piece("weekday", "wed")
    return None if after in place.trie.get("w", {}) else place.filler(follows)


def _with(place: Place) -> Piece | None:
    """ "D3 w K2", "calcium w D", Polish "D3 z K2": with, between two names."""
    named = any(piece.role == "name" for piece in place.pieces)
    is_name = means(place, place.near(1), "name") or text_of(place.near(1)) == "d"
    return place.filler() if named and is_name else None


def _not(place: Place) -> Piece | None:
    """ "Not taking: D3 1000 IU daily", at the beginning: the heading of what is no longer taken."""
    is_heading = place.here == 0 and [text_of(place.near(n)) for n in (1, 2)] == ["taking", ":"]
    return place.piece("stopped", "not taking", place.near(2)) if is_heading else None


#: What a doctor does as somebody who takes things, too.
_DOES = frozenset(("takes", "has", "is", "eats", "uses", "inr"))


def _doctor(place: Place) -> Piece | None:
    """ "Dr Byrne", "Dra. Ruiz"."""
    name = place.near(2 if text_of(place.near(1)) == "." else 1)
    is_name = name is not None and name.kind == "word" and name.text not in place.trie
    if not is_name:
        return None
    follows = text_of(place.near(3 if text_of(place.near(1)) == "." else 2))
    return place.mark("family", name) if follows in _DOES else place.filler(name)


def _c(place: Place) -> Piece | None:
    """Spanish "c/24h": every 24 hours."""
    slash, number = place.near(1), place.near(2)
    is_each = text_of(slash) == "/" and number is not None and number.kind == "number"
    return place.mark("every", slash) if is_each else None


def _t(place: Place) -> Piece | None:
    """ "1 T M W F": a tablet, or Tuesday? "T. Warf 5 mg", in front, is a tablet."""
    before = place.near(-1)
    if before is None and text_of(place.near(1)) == "." and len(place.tokens) > 2:
        return place.piece("form", "tablet", place.near(1))
    return place.word() if before is not None and before.kind == "number" else None


def _ordinal(place: Place) -> Piece | None:
    """4th, and no Thursday."""
    before = place.near(-1)
    if before is None or before.kind != "number" or not place.token.glued or place.pieces[-1].role != "number":
        return None
    return Piece("word", before.text + place.token.text, place.pieces.pop().start, place.token.end)


def _on(place: Place) -> Piece | None:
    """ "om + on": each morning and each night; "1 tab ON"; "except Sun and on Mon 2.5 mg": what of Sunday?"""
    before, follows, pieces = place.near(-1), place.near(1), place.pieces
    if text_of(before) in _WITH and text_of(place.near(-2)) in _MORNING:
        return place.piece("time", "night")
    if any(piece.role == "except" for piece in pieces) and pieces[-1].role in ("and", "comma"):
        return place.word()
    if any(piece.role in ("name", "unit", "form") for piece in pieces) and text_of(follows) in ENDS:
        return place.piece("time", "night")
    return None


#: Behind "both" where it says nothing of what follows.
_ENDS_BOTH = ("", ".", ",", ";", ")", "times")
_OF_DAY = ("time", "meal", "ampm")


def _both(place: Place) -> Piece | None:
    """ "both daily" after two names, and not "both tablets"; "AM: D3, PM: K2, zinc both" is at both times."""
    follows = text_of(place.near(1))
    if follows in _ENDS_BOTH and any(piece.role in _OF_DAY for piece in place.pieces):
        return place.word()
    node = place.trie.get(follows)
    found = None if node is None else match(place.tokens, place.here + 1, node)[0]
    named = sum(piece.role == "name" for piece in place.pieces) > 1 or (found is not None and found[0] == "name")
    return place.filler() if named else place.word()


def _total(place: Place) -> Piece | None:
    """ "Calcium, total: 9.6 mg/dL": a blood value."""
    unit = pairwise(one.text for one in place.tokens[place.here + 1 : place.here + _TO_UNIT])
    is_lab = any(pair in (("/", "dl"), ("/", "l")) for pair in unit)
    return place.filler() if is_lab else None


def _ca(place: Place) -> Piece | None:
    """ "ca. 1000" is about, and Ca is calcium."""
    follows = place.near(1)
    is_about = follows is not None and follows.text == "." and follows.glued
    return place.filler(follows) if is_about else None


def _i(place: Place) -> Piece | None:
    """ "i to iii" is one to three; "i - 3 tabs" is no three; "then i bid" is one."""
    second = place.near(2)
    if text_of(place.near(-1)) == "then" and means(place, place.near(1), "schedule"):
        return place.piece("number_word", (Decimal(1),))
    if second is None or text_of(place.near(1)) not in _UP_TO:
        return None
    if second.text in ("ii", "iii"):
        return place.piece("number_word", (Decimal(1),))
    return place.word() if second.kind == "number" else None


def _iv(place: Place) -> Piece | None:
    """ "iv tabs": four of them, or a slip: nobody takes a tablet into a vein."""
    return place.word() if means(place, place.near(1), "form") else None


def _at(place: Place) -> Piece | None:
    """Italian "ore 8", "h 20": an hour of the clock; "12 ore", "ogni 8 h" are so many hours."""
    before, number = place.near(-1), place.near(2 if text_of(place.near(1)) == "." else 1)
    is_hour = number is not None and number.kind in ("number", "clock") and number.text[:2].isdigit()
    is_span = before is not None and (before.kind == "number" or means(place, before, "every"))
    return None if not is_hour or is_span else place.mark("at")


def _deficiency(place: Place) -> Piece | None:
    """ "Vitamin D deficiency: ergocalciferol 50,000 units": why, where the name of something that is taken follows."""
    named = place.pieces[-1] if place.pieces else None
    if (
        text_of(place.near(1)) != ":"
        or named is None
        or named.role != "name"
        or not means(place, place.near(2), "name")
    ):
        return None
    place.pieces.pop()
    return Piece("filler", "deficiency", named.start, place.tokens[place.here + 1].end)


def _e(place: Place) -> Piece | None:
    """Italian and Portuguese "1 cp ore 8 e 1 cp ore 20": and; "vitamin E 400 IU" is a name of its own."""
    before, follows = place.pieces[-1].role if place.pieces else "", place.near(1)
    counts = follows is not None and (follows.kind == "number" or means(place, follows, "half"))
    return place.mark("and") if counts and before in _BEFORE_AND else None


def _hs(place: Place) -> Piece | None:
    """Spanish "18 hs" is an hour; "1 hs" is one at bedtime."""
    before = place.near(-1)
    is_hour = before is not None and before.kind == "number" and before.text.isdigit() and 12 < int(before.text) < 25
    return place.mark("clock") if is_hour else None


def _a_grave(place: Place) -> Piece | None:
    """ "Tabletten à 1000 IE": of so much each; "1000 à 2000 UI" is a range; "à 19h" an hour; "INR à 3,1" a value."""
    follows, before = place.near(1), place.pieces[-1].role if place.pieces else ""
    if before != "number" and follows is not None and follows.kind == "number" and text_of(place.near(2)) == "h":
        return place.mark("at")
    is_of = before in ("name", "form") and follows is not None and follows.kind == "number"
    is_value = before == "name" and place.pieces[-1].value.kind == "lab"
    return place.filler() if is_of and (is_value or means(place, place.near(2), "unit")) else None


#: What an "e" may join to a number.
_BEFORE_AND = frozenset(("number", "unit", "form", "time", "meal", "clock", "clock_time", "weekday"))
#: Between the two ends of "i-ii".
_UP_TO = frozenset(("-", "–", "to", "/"))


def _soll(place: Place) -> Piece | None:
    """ "soll 2 täglich": how many, and no value that is aimed at."""
    number = place.near(1)
    is_dose = number is not None and number.kind == "number" and means(place, place.near(2), "schedule")
    return place.word() if is_dose else None


def _om(place: Place) -> Piece | None:
    """Dutch "om 20.00 uur" is an hour; else each morning."""
    return place.mark("at") if text_of(place.near(2)) == "uur" else None


def _to(place: Place) -> Piece | None:
    """Danish and Norwegian "to tabletter", "to gange": two; and no English "to"."""
    follows = text_of(place.near(1))
    if follows in _NORDIC_FORMS:
        return place.piece("number_word", (Decimal(2),))
    return place.word() if follows == "og" else None


def _een(place: Place) -> Piece | None:
    """Dutch "een en een halve", "een of twee": a number, and no article."""
    return place.word() if text_of(place.near(1)) in ("en", "of") else None


def _sun(place: Place) -> Piece | None:
    """Sunshine, and no Sunday."""
    return place.word() if text_of(place.near(-1)) in ("in", "with", "the", "of") else None


def _am(place: Place) -> Piece | None:
    """German "am 12.03.", "am Sonntag" is no morning."""
    follows = place.near(1)
    is_day = means(place, follows, "weekday") and text_of(follows) not in ENGLISH_DAYS
    return place.filler() if is_day or (follows is not None and follows.kind == "date") else None


def _as(place: Place) -> Piece | None:
    """ "1000 mg as 2 tablets": in so many."""
    follows = place.near(1)
    is_number = follows is not None and (follows.kind == "number" or means(place, follows, "number_word"))
    after_unit = bool(place.pieces) and place.pieces[-1].role == "unit"
    return place.mark("in") if is_number and after_unit else None


def _from(place: Place) -> Piece | None:
    """ "elemental magnesium 150 mg from glycinate": of which salt, where the weight is said to be the element's."""
    after_unit = bool(place.pieces) and place.pieces[-1].role == "unit"
    is_elemental = any(token.text == "elemental" for token in place.tokens[: place.here])
    names = [piece for piece in place.pieces if piece.role == "name"]
    follows, then = place.near(1), place.near(2)
    ends = text_of(then) in ENDS or means(place, then, "schedule") or means(place, then, "every")
    if follows is None or not (after_unit and is_elemental and ends and len(names) == 1):
        return None
    return place.piece("salt_as", follows.text, follows) if means(place, follows, "salt") else None


def _mehr(place: Place) -> Piece | None:
    """ "kein K2 mehr": not any more; "1000 IE mehr" is more."""
    is_denied = any(piece.role == "denied" for piece in place.pieces) and follows_name(place)
    return place.piece("date", "any more") if is_denied else None


def _jeden(place: Place) -> Piece | None:
    """ "jeden 2. Tag": every second day."""
    number, unit = place.near(1), place.near(3)
    if number is None or number.text not in _OFTEN or text_of(place.near(2)) != "." or text_of(unit) != "tag":
        return None
    return place.piece("schedule", Schedule((Decimal(1), Decimal(1)), Decimal(number.text)), unit)


def _po(place: Place) -> Piece | None:
    """Russian: between two days it is "to", before a number "each"."""
    is_range = bool(place.pieces) and place.pieces[-1].role == "weekday"
    return place.mark("to") if is_range else None


_NORDIC_FORMS = frozenset(
    ("tabletter", "tabl", "kapsler", "kapslar", "dr\u00e5ber", "dr\u00e5per", "gange", "ganger", "tyggetabletter")
)
#: Every so many days.
_OFTEN = frozenset("234567")

#: How to read each such word: the first that says something.
PLACES: dict[str, list[Callable[[Place], Piece | None]]] = {
    "mg": [_mg], "d": [_d], "x": [_x, by], "\u00d7": [by], "w": [_with, _w], "dr": [_doctor], "dra": [_doctor],
    "on": [_on], "not": [_not], "both": [_both], "total": [_total], "по": [_po], "ca": [_ca], "jeden": [_jeden],
    "am": [_am], "as": [from_day, _as], "um": [um], "but": [but], "when": [when], "c": [_c], "ore": [_at],
    "h": [h, _at], "hs": [_hs], "e": [_e],
    "deficiency": [_deficiency], "insufficiency": [_deficiency], "\u5206": [portions],
    "to": [_to], "een": [_een], "sun": [_sun], "om": [_om], "t": [_t], "i": [i_am, tomorrow, _i], "iv": [_iv],
    "soll": [_soll], "da": [from_day], "due": [due], "morgen": [tomorrow], "mañana": [tomorrow], "manana": [tomorrow],
    "mehr": [_mehr], "z": [_with],
    "plus": [plus], "comp": [comp], "\u00e0": [_a_grave], "mag": [_mag], "taper": [_taper], "from": [_from],
    "a": [letter], "baby": [baby], "dd": [dd], "dd1": [dd], "dd2": [dd], "dd3": [dd], "dd4": [dd],
}  # fmt: skip
for _word in (*ORDINALS, "a", "b"):
    PLACES.setdefault(_word, []).append(_ordinal)
for _word in SOON:
    PLACES.setdefault(_word, []).append(soon)
for _week in DAYS:
    for _word in _week:
        if day not in PLACES.setdefault(_word, []):
            PLACES[_word].append(day)
#: Words that only mean something else where nothing stands between them and the number before: 4th, 2b.
_GLUED = frozenset(word for word, read in PLACES.items() if read == [_ordinal])
#: Right behind a number these mean what they always mean.
_UNITS = frozenset(word for word, read in PLACES.items() if read == [_mg])


def is_as_ever(tokens: list[Token], here: int) -> bool:
    """Whether such a word means what it always means, by what stands right before it: "5 mg", "vitamin A"."""
    _, text, _, _, glued = tokens[here]
    if text in _UNITS:
        return here > 0 and tokens[here - 1].kind == "number"
    return not glued and text in _GLUED
