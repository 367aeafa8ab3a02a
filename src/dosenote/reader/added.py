"""Words behind a name that say that the tablet holds more: Plus, comp, H."""

from __future__ import annotations

from dosenote.reader.phrases import Piece, match
from dosenote.reader.place import SHORT_NAMES, Place, means, text_of

_MARKS = frozenset(("comma", "semicolon", "neutral", "to", "open"))


def plus(place: Place) -> Piece | None:
    """ "Micardis Plus" is another product than Micardis; "D3 plus K2" are two things."""
    is_joined = _is_named(place, 1) or _opens_dose(place)
    return place.word() if follows_name(place) and not is_joined else None


def _opens_dose(place: Place) -> bool:
    """Whether a supplement stands before the word, and after it how much of what: "1000 IU D3 plus 90 mcg K2"."""
    before = next((piece for piece in reversed(place.pieces) if piece.role == "name"), None)
    number = place.near(1)
    is_dose = number is not None and number.kind == "number" and means(place, place.near(2), "unit")
    is_named = is_dose and _is_named(place, 4 if text_of(place.near(3)) == "of" else 3)
    return is_named and before is not None and before.value.kind == "supplement"


def _is_named(place: Place, steps: int) -> bool:
    """Whether a name, or a salt, begins so many places after the word."""
    token = place.near(steps)
    found, _ = match(place.tokens, place.here + steps, place.trie.get(text_of(token), {}))
    return (found is not None and found[0] in ("name", "salt")) or text_of(token) in SHORT_NAMES


def follows_name(place: Place) -> bool:
    """Whether a name stands before the word, if anything does; marks between the two count nothing."""
    before = next((piece.role for piece in reversed(place.pieces) if piece.role not in _MARKS), "name")
    return before == "name"


#: Medicines that are also sold with a thiazide in one tablet, as "comp", "H" and "HCT".
_WITH_THIAZIDE = frozenset(
    ("ace-inhibitor", "angiotensin-receptor-blocker", "beta-blocker", "blood-pressure-medicine", "diuretic")
)


#: What may stand between the name and such a word: a maker, "retard", a hyphen.
_NOTHING = frozenset(("to", "slash", "filler", "neutral"))
_NEAR = 4


def _may_hold_thiazide(place: Place) -> bool:
    """Whether the word stands right behind the name of a medicine that is also sold with a thiazide."""
    before = [piece for piece in place.pieces[-_NEAR:] if piece.role not in _NOTHING]
    is_named = bool(before) and before[-1].role == "name"
    return is_named and not _WITH_THIAZIDE.isdisjoint(before[-1].value.part_of)


def h(place: Place) -> Piece | None:
    """ "Losartan H 50 mg", "losartan-H": with hydrochlorothiazide, and no hour."""
    return place.word() if _may_hold_thiazide(place) else None


def comp(place: Place) -> Piece | None:
    """ "Ramipril comp" and "levodopa comp 5/25" hold a second medicine; "1 comp", "comp 100 mg" are tablets."""
    if _may_hold_thiazide(place):
        return place.word()
    follows = place.near(1)
    is_tablet = (
        follows is not None and (follows.text == "." or follows.kind == "number") and text_of(place.near(2)) != "/"
    )
    return place.word() if follows_name(place) and not is_tablet else None
