"""Plain lines to and from a terminal: no redrawing, nothing that a screen reader could miss."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING

import click

from dosenote.cli.common import width
from dosenote.render.text import Page

if TYPE_CHECKING:
    from dosenote.ruleset import RuleSet

#: How many completions are offered, and how long a paste may pause, in seconds.
_OFFERED, _PAUSE = 50, 0.05
_NARROWEST, _WIDEST = 24, 80


class Terminal:
    """Where the person reads and types. names: what Tab completes."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names
        self._is_shown = sys.stdout.isatty()
        self._readline: ModuleType | None = None
        self._pasted: list[str] = []  # lines that came with the last one
        if self._is_shown and os.environ.get("TERM") != "dumb":  # which does not show a text that stands there already
            try:
                import readline
            except ImportError:  # Windows has none: lines are typed without it
                return
            self._readline = readline
            readline.set_completer(self._complete)
            readline.set_completer_delims("\n")
            is_libedit = "libedit" in (readline.__doc__ or "")
            readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
            readline.set_auto_history(False)

    def say(self, text: str = "", indent: int = 2, hang: int = 0, label: str = "") -> None:
        """A paragraph, wrapped; beside the results, where those go to a file."""
        page = _page(text, indent, hang, label)
        click.echo(page.text() if page.lines else "\n", nl=False, err=not self._is_shown)

    def lines(self, text: str, indent: int = 2, hang: int = 0, label: str = "") -> int:
        """How many lines of the screen such a paragraph takes."""
        return len(_page(text, indent, hang, label).lines)

    def say_error(self, error: Exception) -> None:
        """What is wrong, and what to do, each in a line of its own."""
        for line in str(error).splitlines():
            self.say(line, hang=2)

    def read(self, prompt: str, text: str = "") -> str:
        """What the person types. text: stands there already, to be changed.

        Raises EOFError at the end of the input.
        """
        while True:
            if self._pasted:
                typed = self._pasted.pop(0)
                self.say(typed, 0, label=prompt)
                return typed
            try:
                typed = self._typed(prompt, text)
                typed.encode("utf-8")
            except UnicodeError:
                self.say("That line could not be read: it is not UTF-8.")
            else:
                first, *self._pasted = typed.splitlines() or [""]
                return first

    def _typed(self, prompt: str, text: str) -> str:
        readline = self._readline
        if readline is not None:
            readline.set_startup_hook((lambda: readline.insert_text(text)) if text else None)
            try:
                return input(prompt)
            finally:
                readline.set_startup_hook(None)
        if text:
            self.say(f"Now it is: {text}", hang=2)
            self.say("Enter keeps it.")
        click.echo(prompt, nl=False, err=not self._is_shown)
        typed = sys.stdin.readline()
        if not typed:
            raise EOFError
        return typed.rstrip("\r\n") or text

    def is_waiting(self) -> bool:
        """Whether more has been typed or pasted than was read."""
        if self._pasted:
            return True
        try:
            return bool(select.select([sys.stdin], [], [], _PAUSE)[0])
        except (OSError, ValueError):  # Windows can only wait for sockets
            return False

    @cached_property
    def _known(self) -> list[tuple[str, str]]:
        """Every name as it is compared, in order of length: the plain ones first."""
        return sorted(((name.casefold(), name) for name in set(self._names())), key=lambda pair: (len(pair[0]), pair))

    def _complete(self, typed: str, number: int) -> str | None:
        """The completion of that number for the last thing of a line."""
        start = max(typed.rfind(mark) for mark in ",;+") + 1
        word = typed[start:].lstrip()
        before = typed[: len(typed) - len(word)]
        known = self._known if word else []
        # in the person's own case, so that what several have in common can be filled in
        found = (before + word + name[len(word) :] for plain, name in known if plain.startswith(word.casefold()))
        return next(islice(dict.fromkeys(islice(found, _OFFERED)), number, None), None)


def _page(text: str, indent: int, hang: int, label: str) -> Page:
    page = Page(max(_NARROWEST, min(width(), _WIDEST)), False)
    page.put(text, indent, hang, label)
    return page


def names_of(ruleset: RuleSet) -> Iterable[str]:
    """What may be typed: the names of supplements, medicines, conditions and foods, and of products."""
    for entry in ruleset.vocabulary.entries.values():
        yield from (entry.label, *entry.names, *entry.brands)
    for product in ruleset.products:
        yield product.name
