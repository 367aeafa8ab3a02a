"""A word where it stands: what the words before it mean, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dosenote.reader.phrases import Piece, Trie, role_of
from dosenote.reader.tokens import Token
from dosenote.vocabulary import Entry

#: Names that are also something else: vitamin D, magnesium and milligrams, calcium and "circa".
SHORT_NAMES = {"d": "vitamin-d", "mg": "magnesium", "mag": "magnesium", "ca": "calcium"}
#: What may follow a word at the end of a statement.
ENDS = frozenset(("", ",", ";", "."))


class Place(NamedTuple):
    """A word where it stands. pieces: what the words before it mean. named: the entries of SHORT_NAMES."""

    tokens: list[Token]
    here: int
    pieces: list[Piece]
    trie: Trie
    named: Mapping[str, Entry]

    @property
    def token(self) -> Token:
        """The token of the word."""
        return self.tokens[self.here]

    def near(self, steps: int) -> Token | None:
        """The token so many places after this one, or before it."""
        place = self.here + steps
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def piece(self, role: str, value: object, last: Token | None = None) -> Piece:
        """From this word to the end of another, or to its own."""
        return Piece(role, value, self.token.start, (last or self.token).end)

    def mark(self, role: str, last: Token | None = None) -> Piece:
        """As a piece of which only the role is looked at, from this word to the end of another, or to its own."""
        return self.piece(role, self.token.text, last)

    def word(self) -> Piece:
        """As itself: nothing that the line could count."""
        return self.mark("word")

    def filler(self, last: Token | None = None) -> Piece:
        """As what carries nothing, from this word to the end of another, or to its own."""
        return self.mark("filler", last)


def text_of(token: Token | None) -> str:
    """How a token is written, or "" where there is none."""
    return "" if token is None else token.text


def means(place: Place, token: Token | None, role: str) -> bool:
    """Whether a token by itself is a word with this role."""
    return role_of(place.trie, text_of(token)) == role
