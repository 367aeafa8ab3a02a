"""Pieces → larger pieces: the productions applied, from left to right, until none applies."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from dosenote.reader.makers import Made
from dosenote.reader.phrases import Piece
from dosenote.reader.productions import STAGES, Stage

#: What a production makes may complete one that began this many pieces before.
_BACK = 2
#: Half of the time for a piece went into the call of its class.
_new = tuple.__new__


def reduce(pieces: list[Piece]) -> list[Piece]:
    """Apply the productions of each stage, from left to right, until none applies."""
    roles = [piece.role for piece in pieces]
    open_stages = _stages_of(roles)
    for number, stage in enumerate(STAGES):
        if not open_stages >> number & 1:
            continue
        start = _step(stage, pieces, roles, 0)
        if start < 0:
            continue
        while start >= 0:
            start = _step(stage, pieces, roles, start)
        open_stages = _stages_of(roles)
    return pieces


def _masks() -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """The stages that a role alone can begin, and those that two roles can, each stage a bit."""
    ones: dict[str, int] = {}
    twos: dict[str, dict[str, int]] = {}
    for number, stage in enumerate(STAGES):
        for role in stage.singles:
            ones[role] = ones.get(role, 0) | 1 << number
        for role, by_second in stage.pairs.items():
            after = twos.setdefault(role, {})
            for second in by_second:
                after[second] = after.get(second, 0) | 1 << number
    return ones, twos


_ONES, _TWOS = _masks()


def _stages_of(roles: list[str]) -> int:
    """The stages of which some production may apply, each a bit."""
    found = 0
    for role in roles:
        if role in _ONES:
            found |= _ONES[role]
    for role, second in pairwise(roles):
        if role in _TWOS:
            found |= _TWOS[role].get(second, 0)
    return found


def _step(stage: Stage, pieces: list[Piece], roles: list[str], start: int) -> int:
    """Apply the first production that applies at or after a place; where to go on, or -1 where none applied."""
    pairs, singles = stage
    last = len(roles) - 1
    for here in range(start, last + 1):
        role = roles[here]
        if role in pairs and here < last:
            for rest, make in pairs[role].get(roles[here + 1], ()):
                end = here + 2 + len(rest)
                if (not rest or roles[here + 2 : end] == rest) and _apply(make, pieces, roles, here, end):
                    return max(0, here - _BACK)
        if role in singles and _apply(singles[role], pieces, roles, here, here + 1):
            return max(0, here - _BACK)
    return -1


def _apply(make: Callable[..., Made], pieces: list[Piece], roles: list[str], here: int, end: int) -> bool:
    """Put what a production makes in the place of its pieces, from here to end; False when it does not apply."""
    matched = pieces[here:end]
    made = make(*[piece.value for piece in matched])
    if made is None:
        return False
    first, last = matched[0].start, matched[-1].end
    if isinstance(made, list):  # each begins at a place of its own: what belongs to which name is told by the place
        pieces[here:end] = [Piece(role, value, min(first + n, last), last) for n, (role, value) in enumerate(made)]
        roles[here:end] = [role for role, _ in made]
    else:
        pieces[here:end] = (_new(Piece, (made[0], made[1], first, last)),)
        roles[here:end] = (made[0],)
    return True
