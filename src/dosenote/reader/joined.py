"""A line of text → the tokens that it is read by: days, nights and numbers of several words are one token each."""

from __future__ import annotations

from operator import itemgetter

from dosenote.reader.dates import MONTHS, with_dates
from dosenote.reader.spoken import NIGHTS, TELLING, with_nights, with_numbers
from dosenote.reader.tokens import Token, tokenise, without_marker

_TEXT = itemgetter(1)  # of a token
#: In a line without any of these each token stands for itself.
_JOINING = frozenset((*NIGHTS, *MONTHS, *TELLING))


def tokens_of(line: str) -> list[Token]:
    """The tokens of a line, without the mark of a list before it."""
    tokens = without_marker(line, tokenise(line))
    if _JOINING.isdisjoint(map(_TEXT, tokens)):
        return tokens
    tokens = with_nights(tokens)
    if not MONTHS.keys().isdisjoint(map(_TEXT, tokens)):
        tokens = with_dates(tokens)
    return tokens if TELLING.isdisjoint(map(_TEXT, tokens)) else with_numbers(tokens)
