"""How wide words are on paper, estimated from the widths of letters."""

from __future__ import annotations

#: An em of 11 pt, in millimetres.
EM = 3.88
#: Widths of letters in ems, for the sans-serif fonts of every system; letters of other scripts are wider.
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]/- "), frozenset("mwMWQO@%&ABCDEGHKNRUVX")
_WIDTHS = (0.3, 0.55, 0.74, 1.0)
_SCRIPTS = 0x2000


def _letter(char: str) -> float:
    narrow, plain, wide, other = _WIDTHS
    return other if ord(char) > _SCRIPTS else narrow if char in _NARROW else wide if char in _WIDE else plain


#: The widths of most letters; a page is measured many times over.
_ASCII = {chr(code): _letter(chr(code)) for code in range(128)}


def width_of(text: str, em: float = EM) -> float:
    """The width of a text on one line, in millimetres, of a font that is one em high."""
    if text.isascii():
        return em * sum(map(_ASCII.__getitem__, text))
    return em * sum(map(_letter, text))


def lines_of(text: str, width: float, em: float = EM) -> int:
    """How many lines a text needs in a column of a width in millimetres; a long word is broken."""
    lines, used = 1, 0.0
    for word in text.split():
        long = width_of(word, em)
        if used and used + long > width:
            lines, used = lines + 1, 0.0
        lines += int(long // width)
        used += long % width + em * _WIDTHS[0]
    return lines
