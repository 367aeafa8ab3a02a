"""Pieces → larger pieces: the productions applied, from left to right, until none applies."""

from __future__ import annotations

from dosenote.reader.lexicon import Piece
from dosenote.reader.productions import STAGES


def reduce(pieces: list[Piece]) -> list[Piece]:
    """Apply the productions of each stage, from left to right, until none applies."""
    roles = [piece.role for piece in pieces]
    for stage in STAGES:
        if stage.keys().isdisjoint(roles):
            continue
        here = 0
        while here < len(roles):
            productions = stage.get(roles[here])
            if productions is not None:
                for rest, make in productions:
                    end = here + 1 + len(rest)
                    if rest and roles[here + 1 : end] != rest:
                        continue
                    matched = pieces[here:end]
                    made = make(*[piece.value for piece in matched])
                    if made is None:
                        continue
                    start, stop = matched[0].start, matched[-1].end
                    several = made if isinstance(made, list) else [made]
                    pieces[here:end] = [Piece(role, value, start, stop) for role, value in several]
                    roles[here:end] = [role for role, _ in several]
                    here = max(-1, here - 3)
                    break
            here += 1
    return pieces
