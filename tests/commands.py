"""The command line in this process: as a person runs it, with what it printed and how it ended."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from dosenote.batch import work
from dosenote.cli import run
from dosenote.ruleset import RuleSet, load


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str


class Commands:
    """Runs `dosenote` in a folder, where it finds its data folder, too. Our own rules are loaded once."""

    def __init__(self, folder: Path, ruleset: RuleSet, patch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, patch
        self._streams = folder.with_name(f"{folder.name}-streams")
        self._streams.mkdir()
        patch.chdir(folder)
        patch.setenv("DOSENOTE_DATA", str(folder.with_name(f"{folder.name}-data")))
        patch.setenv("COLUMNS", "200")
        for module in ("dosenote.ruleset", work.__name__):
            patch.setattr(f"{module}.load", lambda place=None: ruleset if place is None else load(place))

    def __call__(self, words: Sequence[str], stdin: bytes = b"", before: Callable[[], None] = lambda: None) -> Ran:
        """Through the real entry, with files for its streams: it may close or redirect them.

        before: called when these are open, right before the command.
        """
        files = [(self._streams / name).open("w+", encoding="utf-8") for name in ("out", "err")]
        printed = [(self._streams / name).open(encoding="utf-8") for name in ("out", "err")]
        with self._patch.context() as patch:
            patch.setattr(sys, "argv", ["dosenote", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.setattr(sys, "stdout", files[0])
            patch.setattr(sys, "stderr", files[1])
            try:
                before()
                with pytest.raises(SystemExit) as ended:
                    run()
            finally:
                gc.enable()
                for file in files:
                    file.close()
        out, err = (file.read() for file in printed)
        for file in printed:
            file.close()
        return Ran(int(ended.value.code or 0), out, err)
