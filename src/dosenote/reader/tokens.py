"""A line of text → tokens, each of which knows which characters of the line it stands for."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from dosenote.vocabulary import SEAM

#: Characters that are not seen and mean nothing: zero-width, direction marks, soft hyphen, byte order mark, and what
#: makes a picture of the sign before it.
#: Direction overrides are not among them: they show the figures of a number in another order than they stand.
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff")
#: Spaces at which no line breaks. People and printers use them inside a number.
NO_BREAK = frozenset("\u00a0\u2007\u2009\u202f")
#: How the Arabic script writes the marks in a number, a mark of East Asia, and hyphens that look like a hyphen.
_MARKS = {"\u066b": ".", "\u066c": "'", "\u3001": ",", "\u2010": "-", "\u2011": "-", "\u2012": "-"}
#: After these such a number may be part of a name: vitamin D 3, MK 7.
NUMBERED = {
    "d": ("2", "3"),
    "k": ("1", "2", "3"),
    "mk": tuple(str(number) for number in range(4, 14)),
    "b": tuple(str(number) for number in range(1, 13)),
    "q": ("10",),
}

_DATE = r"""
    (?<![\w/.-])(?:(?:19|20)\d\d(?:-\d\d?-|/\d\d?/)\d\d?|\d\d?/\d\d?/(?:\d\d){1,2}|\d\d?\.\d\d?\.(?:19|20)\d\d
        |\d\d?/(?:19|20)\d\d|(?:(?<=\son\s)|(?<=\sam\s)|(?<=\sle\s)|(?<=\svom\s))\d\d?\.\d\d?\.|(?<=\()\d\d?\.\d\d?\.(?=\)))(?![\w/-]|\.\d)
    """
_CLOCK = r"(?<![\w:.])(?:[01]?\d|2[0-3]):[0-5]\d(?![\w:])"
_PRINT = r"""
    (?<![\w.-])(?:(?:(?<!a\s)lot|batch)(?:\s?(?:no\.?|number))?[\s:\#]{1,2}(?=[a-z-]*\d)[a-z0-9-]{4,}
        |exp(?:iry|ires)?[.:\s]{1,2}\d\d/\d\d(?:\d\d)?|best\sb(?:y|efore)\s\d\d/(?:\d\d){1,2}
        |(?:upc|ndc|din|ean|rx)[\s:\#]{1,2}\d(?:[\d-]|\s(?=\d)){5,}
        |(?:disp(?:ensed?)?|qty|quantity)[\s:.\#=-]{1,4}\d{2,3}(?:\s?\([a-z-]+\))?
            (?:\s?(?:tab(?:let)?s?|cap(?:sule)?s?|pills?))?(?!\s?(?:m?c?g|[\u00b5\u03bc]g|iu|ie|ui|units?|ml|meq|x|k|times)\b)
        |r(?:(?<!\d\sr)(?:efills?|fs?|epeats)[\s:x=-]{0,4}|(?<=[,;]\sr)-)\d{1,2}(?!\s?[^\W\d]|[.,]\d))(?![\w/])
    """
#: Words, numbers and symbols come first, as nearly every token is one: of them only words that begin as a print does,
#: and numbers with the marks of a date or a clock, are tried as such. At a space nothing is tried at all.
_TOKEN = re.compile(
    rf"""
    (?=\S)(?:
    (?P<word>[^\W\d_lbeundrxq][^\W_]*|(?!{_PRINT})(?:x(?=\d)|q(?=\d+(?![^\W_]))|[^\W\d_][^\W_]*))
    |(?P<number>\d+(?:[.,]\d+)?(?![\d.,'\u2019/:-])|(?!{_DATE}|{_CLOCK})\d+(?:[.,'\u2019]\d+)*|(?<!q)\.\d+)
    |(?P<symbol>\.{{2,3}}(?!\.)|~~|(?<=\d)-{{2,3}}(?=\d)|\[\s?\]|\(\s?\)|[\W_])
    |(?P<date>{_DATE})
    |(?P<clock>{_CLOCK})
    |(?P<print>{_PRINT})
    )
    """,
    re.VERBOSE,
)
_GAP = re.compile(r"\d\s\d{3}(?!\d)")

#: A bullet, a small number with a point or bracket, or both, and a space after it.
_MARKER = re.compile(
    r"\s*([-*\u2022\u2013\u00b7>\u2611\u2713\u2714](?:\s*\d{1,2}[.)])?|\d{1,2}[.)]|\[[xX\u2713]\])\s+(?=[^\W\d]|\d/\d|[\u00bc-\u00be])"
)


class Token(NamedTuple):
    """One token. kind: number, word, date, clock, symbol, or print: lot, expiry, article number.

    text: normalised and case-folded. start, end: in the line as entered.
    glued: nothing stands between it and the token before.
    """

    kind: str
    text: str
    start: int
    end: int
    glued: bool


#: Half of the time for a token went into the call of its class.
_new = tuple.__new__


def tokenise(line: str) -> list[Token]:
    """Every visible character of the line, in tokens, in order.

    Compatibility forms (full-width letters, the micro sign, "½", no-break spaces) and the digits of every script are
    read as what they stand for; "20 000" and "5 000" are one number each.
    """
    tokens = []
    end = -1
    is_plain = line.isascii()
    if is_plain:
        normal = line.lower()
        for match in _TOKEN.finditer(normal):
            start, stop = match.span()
            tokens.append(_new(Token, (match.lastgroup, match[0], start, stop, start == end)))
            end = stop
    else:
        normal, places = _normalise(line)
        for match in _TOKEN.finditer(normal):
            start, stop = match.span()
            tokens.append(Token(match.lastgroup or "", match[0], places[start], places[stop - 1] + 1, start == end))
            end = stop
    if "(s)" in normal:
        tokens = _without_plural(tokens)
    if is_plain and "000" not in normal:
        return tokens  # of other groups only a no-break space says that they belong to the number before
    return _joined(line, tokens) if _GAP.search(normal) else tokens


def _without_plural(tokens: list[Token]) -> list[Token]:
    """ "tablet(s)" is one word."""
    kept: list[Token] = []
    here = 0
    while here < len(tokens):
        mark = tokens[here : here + 3]
        if kept and kept[-1].kind == "word" and "".join(one.text for one in mark) == "(s)" and mark[0].glued:
            kept[-1] = kept[-1]._replace(end=mark[-1].end)
            here += 3
        else:
            kept.append(tokens[here])
            here += 1
    return kept


def without_marker(line: str, tokens: list[Token]) -> list[Token]:
    """The tokens without the mark of a list at the beginning of the line: "- ", "* ", "3. ", "3) "."""
    marker = None if line[:1].isalpha() else _MARKER.match(line)
    return [token for token in tokens if token.start >= marker.end()] if marker else tokens


def _joined(line: str, tokens: list[Token]) -> list[Token]:
    """Groups of three figures that only a space parts, as one number: where nothing else can be meant.

    "000" is no number by itself; after a no-break space any group belongs to the number before. "1 500 mg" may be one
    piece of 500 mg, and "vitamin D 3 000" may be vitamin D3: both stay as they are.
    """
    joined: list[Token] = []
    for token in tokens:
        before = joined[-1] if joined else None
        named = len(joined) > 1 and joined[-1].text in NUMBERED.get(joined[-2].text, ())
        if (
            before is not None
            and before.kind == token.kind == "number"
            and token.end - token.start == 3 == len(token.text)
            and token.start - before.end == 1
            and not before.glued
            and not named
            and 0 < len(before.text.lstrip("0")) == len(before.text)
            and (token.text == "000" or line[before.end] in NO_BREAK)
            and before.text.isdigit()
            and (len(before.text) <= 3 or before.end - before.start > len(before.text))
        ):
            joined[-1] = Token("number", before.text + token.text, before.start, token.end, before.glued)
        else:
            joined.append(token)
    return joined


def _normalise(line: str) -> tuple[str, list[int]]:
    """The line as it is compared, and for each of its characters the place in the line as entered."""
    text: list[str] = []
    places: list[int] = []
    for place, character in enumerate(line):
        if character in INVISIBLE:
            continue
        for part in character.lower() if character.isascii() else _plain(character):
            text.append("2" if character == "\u00b2" and text[-1:] == ["m"] else part)  # m\u00b2, and not 10\u00b2
            places.append(place)
    normal = "".join(text)
    for seam in reversed([match.start() for match in SEAM.finditer(normal)]):
        normal = f"{normal[:seam]} {normal[seam:]}"
        places.insert(seam, places[seam])
    return normal, places


def _plain(character: str) -> str:
    """One character as it is compared. Raised and circled digits stay: 10³ is not 103, D₃ is D3. "1½" is not 11/2."""
    if character in _MARKS:
        return _MARKS[character]
    form = unicodedata.decomposition(character).partition(">")[0]
    if form in ("<super", "<circle"):
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character).casefold()
    return f" {plain}" if form == "<fraction" else plain
