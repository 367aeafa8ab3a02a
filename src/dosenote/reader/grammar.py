"""Pieces → larger pieces: the productions applied, from left to right, until none applies."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any

from dosenote.reader.makers import Made
from dosenote.reader.phrases import Piece
from dosenote.reader.productions import STAGES

#: A production by its first two roles: its stage, the roles after those two, and the maker.
_Begun = tuple[int, tuple[str, ...], Callable[..., Made]]
#: Where a production may apply: the first of its pieces, the one after its last, and the maker.
Site = tuple[int, int, Callable[..., Made]]
#: Orders of roles of which the sites are kept.
_KEPT = 8192
_NONE: list[Site] = []
#: What a production makes may complete one that began this many pieces before.
_BACK = 2
#: Half of the time for a piece went into the call of its class.
_new = tuple.__new__
_role, _value = itemgetter(0), itemgetter(1)  # of a piece: in C, and half as long as by name


def reduce(pieces: list[Piece]) -> list[Piece]:
    """Apply the productions of each stage, from left to right, until none applies."""
    roles = list(map(_role, pieces))
    sites = _sites(tuple(roles))
    done = -1
    while True:
        for stage in sites:
            if stage > done:
                break
        else:
            return pieces
        found, start = sites[stage], 0
        while found:
            for here, end, make in found:
                if here < start:
                    continue
                made = make(*map(_value, pieces[here:end]))
                if made is not None:
                    if isinstance(made, tuple):
                        pieces[here:end] = (_new(Piece, (*made, pieces[here].start, pieces[end - 1].end)),)
                        roles[here:end] = made[:1]
                    else:
                        _put(made, pieces, roles, here, end)
                    start = here - _BACK
                    sites = _sites(tuple(roles))
                    found = sites.get(stage, _NONE)
                    break
            else:
                break
        done = stage


def _begun() -> tuple[dict[tuple[str, str], list[_Begun]], dict[str, list[_Begun]]]:
    """The productions of all stages by their first two roles, and by their only role."""
    pairs: dict[tuple[str, str], list[_Begun]] = {}
    singles: dict[str, list[_Begun]] = {}
    for number, stage in enumerate(STAGES):
        for written, make in stage:
            first, *others = written.split()
            begun = pairs.setdefault((first, others[0]), []) if others else singles.setdefault(first, [])
            begun.append((number, tuple(others[1:]), make))
    for begun in pairs.values():
        begun.sort(key=lambda one: -len(one[1]))  # the longest first
    return pairs, singles


_PAIRS, _SINGLES = _begun()


@lru_cache(maxsize=_KEPT)
def _sites(roles: tuple[str, ...]) -> dict[int, list[Site]]:
    """Stage by stage where which production may apply, from left to right.

    People write much in the same few orders, so these are kept.
    """
    sites: dict[int, list[Site]] = {}
    for here, pair in enumerate(zip_longest(roles, roles[1:], fillvalue="")):
        for number, rest, make in _PAIRS.get(pair, ()):
            end = here + 2 + len(rest)
            if roles[here + 2 : end] == rest:
                sites.setdefault(number, []).append((here, end, make))
        for number, _, make in _SINGLES.get(pair[0], ()):
            sites.setdefault(number, []).append((here, here + 1, make))
    return dict(sorted(sites.items()))


def _put(made: list[tuple[str, Any]], pieces: list[Piece], roles: list[str], here: int, end: int) -> None:
    """Put several pieces that a production makes, or none, in the place of its own, from here to end."""
    matched = pieces[here:end]
    first, last = matched[0].start, matched[-1].end
    if len(made) == len(matched):  # one for one: each stands where it stood
        pieces[here:end] = [Piece(*one, was.start, was.end) for one, was in zip(made, matched, strict=True)]
    else:  # each begins at a place of its own: what belongs to which name is told by the place
        if len(made) > 1 and made[0][1] is matched[0].value and made[0][0] == matched[0].role:
            here, made, first = here + 1, made[1:], matched[1].start  # what stays keeps its place
        pieces[here:end] = [Piece(role, value, min(first + n, last), last) for n, (role, value) in enumerate(made)]
    roles[here:end] = [role for role, _ in made]
