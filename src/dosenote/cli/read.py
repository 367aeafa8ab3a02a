"""`dosenote read`: how lines are understood, one at a time, however many there are."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from dosenote.cli.common import CONTEXT, echo, reader_of, rules_option, width
from dosenote.cli.completing import complete_file
from dosenote.cli.help import Command
from dosenote.documents import unreadable
from dosenote.errors import DosenoteError

if TYPE_CHECKING:
    from dosenote.regimen import Reading

#: More bytes than this before the end of a line are no line; the rest of it is passed over and said so.
_LONGEST = 65_536
#: How many different lines are remembered, so that what is repeated is read once.
_REMEMBERED = 50_000
#: So many lines are read, printed and counted together, where they are not typed.
_AT_ONCE = 500


@click.command(
    cls=Command,
    context_settings=CONTEXT,
    short_help="Show how lines are understood, nothing more.",
    examples=("dosenote read list.txt", "echo 'calcium carbonate 1250 mg twice a day' | dosenote read --format json"),
)
@click.argument("path", metavar="[FILE|-]", default="-", shell_complete=complete_file)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@rules_option
def read(path: str, form: str, folder: Path | None) -> None:
    """Show how lines are understood, nothing more: one item a line, from FILE or standard input.

    --format json prints one object a line. Blank lines are passed over. A file
    may have any number of lines; how far it has come is shown on a terminal.
    """
    from dosenote.render.json import render_reading
    from dosenote.render.text import render_reading as reading_text
    from dosenote.ruleset import load

    ruleset = load(folder)
    reader = reader_of(ruleset)
    columns = width()

    def shown(reading: Reading) -> str:
        if form == "json":
            return render_reading(reading, ruleset.vocabulary)
        return reading_text(reading, ruleset.vocabulary, columns)

    remembered: dict[str, str] = {}
    with ExitStack() as stack:
        file, size = _opened(path, stack)
        state = _state(file)
        is_seen = size > 0 and sys.stderr.isatty() and not sys.stdout.isatty()
        bar = stack.enter_context(click.progressbar(length=size, label="Reading", file=sys.stderr)) if is_seen else None
        lines = _lines(file)
        at_once = 1 if file.isatty() else _AT_ONCE
        for block in iter(lambda: list(islice(lines, at_once)), []):
            if len(remembered) > _REMEMBERED:
                remembered.clear()
            new = [line for line in dict.fromkeys(line for line, _ in block) if line.strip() and line not in remembered]
            remembered |= zip(new, map(shown, reader.read_all(new)), strict=True)
            echo("".join(remembered[line] for line, _ in block if line.strip()))
            if bar is not None:
                bar.update(block[-1][1] - bar.pos)
        if _state(file) != state:
            raise DosenoteError("it changed while it was read", path, "Start again.")


def _opened(path: str, stack: ExitStack) -> tuple[IO[bytes], int]:
    """A file or standard input, as bytes, and how long it is (0: not known)."""
    if path != "-":
        try:
            return stack.enter_context(click.open_file(path, "rb")), Path(path).stat().st_size
        except OSError as error:
            as_line = f"If it is a line to be read: echo {shlex.quote(path)} | dosenote read"
            raise unreadable(error, path, as_line) from None
    if sys.stdin.isatty():
        click.echo("Type one item a line; end with Ctrl-D.", err=True)
    return sys.stdin.buffer, 0


def _state(file: IO[bytes]) -> tuple[int, int] | None:
    """How long a file is, and when it was last written; None for a pipe or a terminal."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, ValueError):  # no file of the system
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _lines(file: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Each line, with the number of bytes up to its end; bytes that are not UTF-8 are shown as \ufffd, and not read."""
    taken = 0
    start = True
    for line in iter(lambda: file.readline(_LONGEST), b""):
        taken += len(line)
        rest = line
        while len(rest) == _LONGEST and not rest.endswith(b"\n"):  # no part of a line is a line of its own
            rest = file.readline(_LONGEST)
            taken += len(rest)
        text = line.decode("utf-8", errors="replace")
        yield text.removeprefix("\ufeff").rstrip("\r\n") if start else text.rstrip("\r\n"), taken
        start = False
