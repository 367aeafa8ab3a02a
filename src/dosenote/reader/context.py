"""What the pieces of a line mean by what stands about them in the whole line."""

from __future__ import annotations

from dosenote.reader.infants import with_baby
from dosenote.reader.panel import with_values
from dosenote.reader.phrases import Piece
from dosenote.reader.ways import with_ways
from dosenote.vocabulary import Vocabulary


def with_context(text: str, pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """The pieces of a line, with blood values, what a medicine is by the words about it, and the age of a baby."""
    pieces = with_values(text, pieces, vocabulary)
    return with_baby(text, with_ways(text, pieces, vocabulary))
