"""The letter A where it is a vitamin and no article: "vitamin D and A 400 IU", "D3 1000 IU, A daily"."""

from __future__ import annotations

import re

from dosenote.reader.phrases import Piece, match
from dosenote.reader.place import Place, means, text_of
from dosenote.reader.tokens import Token

#: A day, or vitamin D.
_SLASH_D = re.compile(r"/\s*D\b")
#: What a list of vitamins has between two of them.
_MARKS = frozenset((",", ";", "/", "+", "&", "|", ".", "-", "\u2013", "\u2014"))
_JOINING = frozenset(
    ("and", "plus", "with", "und", "mit", "et", "avec", "y", "e", "con", "com", "og", "och", "en", "i")
)
#: Behind the first of a list.
_OPENING = frozenset((",", "/", "+", "&", "and", "plus", "und", "et", "y"))
#: Behind a vitamin; an article has something behind it that is named, counted or measured.
_ENDS = _MARKS | {"", ":", "(", ")", "=", "@"}
_BEHIND = (
    "schedule", "time", "meal", "repeat", "in", "at", "for", "food", "ampm", "as_needed", "and", "or", "every", "days",
    "weekday", "then", "stopped", "since", "max", "filler", "times",
)  # fmt: skip


def letter(place: Place) -> Piece | None:
    """A lone A in a list of vitamins, or in front of one, is left unread, so that it is asked about."""
    here = place.here
    if here and not (_is_joined(place) and any(map(_is_taken, place.pieces))):
        return None
    if not here and text_of(place.near(1)) not in _OPENING:
        return None
    return None if _is_article(place) else place.word()


def with_letters(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces, where a capital D behind a slash is no day: "calcium 600 mg/D in the morning" may be with D."""
    if _SLASH_D.search(text) is None or text.isupper():
        return pieces
    return [
        piece._replace(role="word") if piece.role == "period" and text[piece.start : piece.end] == "D" else piece
        for piece in pieces
    ]


def _is_joined(place: Place) -> bool:
    is_beside = bool(place.pieces) and place.pieces[-1].role in ("name", "unit", "close")
    return is_beside or text_of(place.near(-1)) in _MARKS | _JOINING


def _is_taken(piece: Piece) -> bool:
    return piece.role == "name" and piece.value.kind in ("supplement", "medicine")


def _is_article(place: Place) -> bool:
    """Whether something stands behind the letter that a person takes, or a time: "a calcium tablet", "a day"."""
    follows = place.near(1)
    if follows is None or follows.text in _ENDS:
        return text_of(place.near(2)) == "z"  # "A-Z multivitamin"
    found, _ = match(place.tokens, place.here, place.trie.get(place.token.text, {}))
    if found is not None and found[0] != "every":
        return True  # "a las 8", "a half"
    if follows.kind in ("number", "clock"):
        return _is_before_name(place)
    if means(place, follows, "form"):
        is_list = text_of(place.near(-1)) in (_MARKS | _JOINING) - {","} and text_of(place.near(2)) != "of"
        is_plural = follows.text.endswith("s") and not follows.text.endswith("ss")
        return not (is_plural or (is_list and not _is_name(place, place.near(2))))
    return not any(means(place, follows, role) for role in _BEHIND)


def _is_before_name(place: Place) -> bool:
    """Whether a number behind the letter is of a thing that is named behind it: "a 600 mg calcium tablet"."""
    steps = 2
    while means(place, place.near(steps), "unit") or means(place, place.near(steps), "form"):
        steps += 1
    return text_of(place.near(steps)) == "of" or _is_name(place, place.near(steps))


def _is_name(place: Place, token: Token | None) -> bool:
    """Whether a name begins at a token."""
    if token is None:
        return False
    found, _ = match(place.tokens, place.tokens.index(token), place.trie.get(token.text, {}))
    return found is not None and found[0] == "name"
