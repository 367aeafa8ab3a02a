"""The one family of errors: where, what, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DosenoteError(Exception):
    """Something that the person can put right.

    what: one sentence. where: a file, "file:line" or an item, or "". hint: what to do, or "".
    """

    def __init__(self, what: str, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """What, and what to do, each in one line whatever a name in it holds."""
        first = printable(f"{self.where}: {self.what}" if self.where else self.what)
        return f"{first}\n{printable(self.hint)}" if self.hint else first


class RuleError(DosenoteError):
    """A rule set that cannot be used: holds every mistake found, each as "file:line: what"."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))

    def __str__(self) -> str:
        """A line for each mistake."""
        return "\n".join(map(printable, self.mistakes))


def nearest(word: str, known: Iterable[str]) -> str:
    """' Did you mean X?' for the nearest known word, or '' when none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def printable(text: str) -> str:
    """The text with control characters made visible, so that a pasted one cannot steer the terminal."""
    return "".join(char if char.isprintable() else " " if char in "\t\n" else "?" for char in text)
