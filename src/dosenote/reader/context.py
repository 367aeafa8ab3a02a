"""What the pieces of a line mean by what stands about them in the whole line."""

from __future__ import annotations

from dosenote.reader.counts import without_pack
from dosenote.reader.durations import with_course
from dosenote.reader.flags import without_flags
from dosenote.reader.infants import with_baby
from dosenote.reader.panel import with_values
from dosenote.reader.persons import make_age, with_age_and_sex
from dosenote.reader.phrases import Piece
from dosenote.reader.ways import with_ways
from dosenote.vocabulary import Vocabulary

#: Without one of these a line has no blood value; and without one of those it speaks of no baby.
_MEASURED = frozenset(("quantity", "reading"))
_AGED = frozenset(("word", "old"))
#: So many years in a line of their own are an age; fewer may be for how long.
_YEARS = range(50, 111)


def with_context(text: str, pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a line, with blood values, what a medicine is by the words about it, and the age of a baby."""
    roles = {piece.role for piece in pieces}
    if "period" in roles and "quantity" in roles:
        pieces = with_course(pieces)
    if "close" in roles and "count" in roles:
        pieces = without_pack(pieces)
    if not roles.isdisjoint(_MEASURED):
        pieces = with_values(text, without_flags(text, pieces, vocabulary), vocabulary)
    if not roles.isdisjoint(_AGED):
        pieces = with_age_and_sex(text, with_baby(text, pieces))
    if len(pieces) == 2 and [piece.role for piece in pieces] == ["quantity", "period"] and pieces[1].value == "year":
        pieces = _as_age(*pieces)
    return with_ways(text, pieces, vocabulary)


def _as_age(years: Piece, unit: Piece) -> list[Piece]:
    """ "67 years", "67 Jahre": an age, where nothing else stands in the line."""
    made = make_age(years.value, unit.value) if years.value[0] in _YEARS else None
    return [Piece(*made, years.start, unit.end)] if isinstance(made, tuple) else [years, unit]
