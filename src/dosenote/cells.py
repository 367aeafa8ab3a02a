"""Cells of a CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import unicodedata

from dosenote.errors import printable

#: What a formula begins with.
_SIGNS = ("=", "+", "-", "\u2212", "@")
#: What may stand before it and be passed over: blanks, quotes, and a mark that says in which order bytes stand.
_BEFORE = "\ufeff \t\r\n\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"


def inert(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet could take for a formula; control characters are visible.

    A formula begins with = + - or @, also as a full-width character, and also behind blanks or quotes; or with a tab
    or a return.
    """
    first = unicodedata.normalize("NFKC", text).lstrip(_BEFORE)[:1]
    shown = printable(text)
    return f"'{shown}" if first in _SIGNS or text[:1] in ("\t", "\r") else shown
