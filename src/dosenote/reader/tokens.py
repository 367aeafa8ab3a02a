"""A line of text → tokens, each of which knows which characters of the line it stands for."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

#: Characters that are not seen and mean nothing: zero-width, direction marks, soft hyphen, byte order mark.
#: Direction overrides are not among them: they show the figures of a number in another order than they stand.
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")

_TOKEN = re.compile(
    r"""
    (?P<number>\d+(?:[.,'\u2019]\d+)*|\.\d+)
    |(?P<word>[^\W\d_][^\W_]*)
    |(?P<symbol>[^\s])
    """,
    re.VERBOSE,
)

#: A bullet or a small number with a point or bracket, and a space after it.
_MARKER = re.compile(r"\s*([-*\u2022\u2013]|\d{1,2}[.)])\s+(?=[^\W\d])")


class Token(NamedTuple):
    """kind: number, word or symbol. text: normalised and case-folded. start, end: in the line as entered.

    glued: nothing stands between it and the token before.
    """

    kind: str
    text: str
    start: int
    end: int
    glued: bool


def tokenise(line: str) -> list[Token]:
    """Every visible character of the line, in tokens, in order.

    Compatibility forms (full-width letters, the micro sign, "½", no-break spaces) are read as what they stand for.
    """
    normal, places = _normalise(line)
    tokens = []
    end = -1
    for match in _TOKEN.finditer(normal):
        kind = match.lastgroup or ""
        start = match.start()
        tokens.append(Token(kind, match[0], places[start], places[match.end() - 1] + 1, start == end))
        end = match.end()
    return tokens


def without_marker(line: str, tokens: list[Token]) -> list[Token]:
    """The tokens without the mark of a list at the beginning of the line: "- ", "* ", "3. ", "3) "."""
    marker = _MARKER.match(line)
    return [token for token in tokens if token.start >= marker.end()] if marker else tokens


def _normalise(line: str) -> tuple[str, list[int]]:
    """The line as it is compared, and for each of its characters the place in the line as entered."""
    text: list[str] = []
    places: list[int] = []
    for place, character in enumerate(line):
        if character in INVISIBLE:
            continue
        for part in _plain(character):
            text.append(part)
            places.append(place)
    return "".join(text), places


def _plain(character: str) -> str:
    """One character as it is compared. Raised and circled digits stay: 10³ is not 103. "1½" is not 11/2."""
    form = unicodedata.decomposition(character).partition(">")[0]
    if form in ("<super", "<sub", "<circle"):
        return character
    plain = unicodedata.normalize("NFKC", character).casefold()
    return f" {plain}" if form == "<fraction" else plain
