"""Of which names of a line it says that they are new, or taken for years."""

from __future__ import annotations

import re
from itertools import pairwise

from dosenote.reader.phrases import Piece
from dosenote.reader.segments import TURNING, Segment

#: The roles of what says it: "new", "for years"; "since Monday".
ONSET = frozenset(("newness", "begins"))
#: Before a word that opens a statement: "warfarin 5 mg daily, new D3 + K2".
_PARTED = re.compile(r"(?:[;:,.|(+&/\t\u2013\u2014]|\s-|\b(?:and|plus|und|et|y|e|en|och|og))\s*$", re.IGNORECASE)
#: Ends what is said of a thing, behind such a word: "D3 1000 IU, new, warfarin 5 mg".
_CLOSED = re.compile(
    r"[;,.|)+&/\t\u2013\u2014]|\s-\s|\b(?:and|plus|und|et|y|e|en|och|og|with|mit|avec|con)\b", re.IGNORECASE
)
#: Ends a statement, and with it a heading: "new: D3 1000 IU. Warfarin 5 mg daily".
_ENDS = re.compile(r"[;|\t]|\.(?!\d)")
#: Nothing but this between two names, or between one with its amount and the next, makes one thing of the two.
_JOINS = re.compile(
    r"[\s+&/()-]*(?:\b(?:and|with|plus|und|mit|et|avec|y|con|e|en|och|og)\b)?[\s+&/()-]*", re.IGNORECASE
)


def is_ahead(text: str, pieces: list[Piece], number: int, names: list[Piece]) -> bool | None:
    """Whether it says so of the name that follows, and not of the one before; None where nobody can tell."""
    piece = pieces[number]
    before = [name for name in names if name.start < piece.start]
    after = [name for name in names if name.start > piece.start]
    if not before or not after:
        return not before
    gap = text[piece.end : after[0].start]
    if _CLOSED.search(gap):
        return False
    if gap.strip().endswith(":") or _PARTED.search(text[: piece.start]):
        return True
    return None if piece.value else False


def spread(text: str, pieces: list[Piece], names: list[Piece], segments: list[Segment]) -> None:
    """Give what is said of one name to all that it is said of: "new: D3 + K2", "D3/K2 started last week"."""
    for piece in pieces:
        if piece.role not in ONSET:
            continue
        after = next((n for n, name in enumerate(names) if name.start > piece.start), len(names))
        is_heading = after < len(names) and text[piece.end : names[after].start].rstrip().endswith(":")
        if after < len(names) and segments[after].is_new is piece.value:
            _forward(text, pieces, names, segments, after, is_heading)
        elif after and segments[after - 1].is_new is piece.value:
            _backward(text, names, segments, after - 1)


def _forward(
    text: str, pieces: list[Piece], names: list[Piece], segments: list[Segment], first: int, is_heading: bool
) -> None:
    """From the name that it stands before on to those that are joined to it; below a heading to the statement's end."""
    for n, m in pairwise(range(first, len(names))):
        gap = text[names[n].end : names[m].start]
        between = [one.role for one in pieces if names[n].end <= one.start < names[m].start]
        is_over = _ENDS.search(gap) or not TURNING.isdisjoint(between) or not ONSET.isdisjoint(between)
        is_alike = segments[m].entry.kind == segments[n].entry.kind
        is_joined = is_heading or (is_alike and ("," not in gap or not segments[n].says_how_often()))
        if is_over or segments[m].is_new is not None or not is_joined:
            return
        segments[m].is_new = segments[first].is_new


def _backward(text: str, names: list[Piece], segments: list[Segment], last: int) -> None:
    """From the name that it stands behind back to those that are one thing with it: "D3 + K2 started last week"."""
    for n, m in pairwise(range(last, -1, -1)):
        is_one = _JOINS.fullmatch(text[names[m].end : names[n].start])
        if not is_one or segments[m].is_new is not None or segments[m].entry.kind != segments[n].entry.kind:
            return
        segments[m].is_new = segments[last].is_new
