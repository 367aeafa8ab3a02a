"""The number of a line in a list, which is no count of what is taken."""

from __future__ import annotations

import re

from dosenote.reader.makers import ONE
from dosenote.reader.phrases import Piece

#: Before the number of a line: "item 2 warfarin", "Nr. 2 warfarin".
_NOUN = re.compile(
    r"(?:\b(?:items?|meds?|medications?|medicines?|medicament\w*|rx|nr|no|n|num|number|nummer|num\u00e9ro|n\u00famero"
    r"|numero|drugs?|pills?|tablets?|tabs?|capsules?|caps?|supplements?|supps?|vitamins?|products?|lines?|entry|row"
    r"|position|pos|step)\b|[#\u2116\u00ba\u00b0])[\s.:#-]*$",
    re.IGNORECASE,
)
#: Between the number of a line and what stands in it: "2.warfarin", "| 2 | warfarin". A bracket may be "2 (two)".
_PARTS = re.compile(r"[^ \u00a0\u2007\u2009\u202f]")
#: A number that something other than a blank parts from what is counted: "2: tab warfarin".
_NUMBER_AND_FORM = re.compile(r"0*[\d.,]*\d\s*(?:[:|\t;\\\]]|\.\s*(?=[^\W\d])).*", re.DOTALL)
#: How many, behind what is counted: "pill 2: calcium 600 mg".
_FORM_FIRST = re.compile(r"[^\W\d]+[.\s:#-]*\d+", re.IGNORECASE)
#: No number of pieces is written like this: "02 warfarin", "03.04. warfarin".
_NOUGHT = re.compile(r"0\d")


def is_of_list(text: str, piece: Piece, names: list[Piece], follows: str) -> bool:
    """Whether a number before a name may be that of its line. follows: the role of the piece behind the number."""
    name = next((name.start for name in names if name.start > piece.start), None)
    if name is None:
        return False
    written, before = text[piece.start : piece.end], text[: piece.start]
    if piece.role == "count":
        quantity = piece.value[0]
        is_form_first = bool(_FORM_FIRST.fullmatch(written)) and follows == "name"
        return quantity != (ONE, ONE, "") and (is_form_first or bool(_NUMBER_AND_FORM.fullmatch(written)))
    if follows != "name" or piece.value == (ONE, ONE, ""):
        return False
    return bool(_PARTS.search(text[piece.end : name]) or _NOUGHT.match(written) or _NOUN.search(before))
