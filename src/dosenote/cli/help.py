"""The help of every command: with examples, and within the terminal down to 40 columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click

from dosenote.cli.common import width

_NARROWEST, _WIDEST = 24, 80
#: Below it a name and what it means stand in lines of their own.
_TWO_COLUMNS = 60
_QUOTED = r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'])+"
#: What stays in one line of a shell's command: a word, or an option, < > or | and the word behind it.
_PIECE = rf"[-<>|]\S*[ ](?!-\w|[<>|]){_QUOTED}|{_QUOTED}"  # compiled when a help is printed


class Help(click.HelpFormatter):
    """The text of a help. width: in columns; the terminal's own, 80 at most, where it is not given."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width or _columns(), max_width)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names and what they mean: beside one another where there is room, else one under the other."""
        if self.width >= _TWO_COLUMNS:
            super().write_dl(rows, col_max, col_spacing)
            return
        start, deeper = " " * self.current_indent, " " * (self.current_indent + 4)
        for name, meaning in rows:
            is_short = len(start) + len(name) <= self.width
            breakable = name if is_short else name.replace("|", "| ")  # a line may end there
            self.write(click.wrap_text(breakable, self.width, start, deeper) + "\n")
            if meaning:
                self.write(click.wrap_text(meaning, self.width, deeper, deeper, preserve_paragraphs=True) + "\n")


class Context(click.Context):
    """A run of a command, whose help is a `Help`."""

    formatter_class = Help


class Command(click.Command):
    """A command whose help ends with examples. examples: command lines for a shell, which a test runs."""

    context_class = Context

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """The examples, as they can be pasted into a shell."""
        write_examples(self.examples, formatter)


class Group(click.Group):
    """A group of commands with examples, as `Command`."""

    context_class = Context
    command_class = Command

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a command its help is shown as it is, and the exit status is 2 as for any other mistake."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """The examples, as they can be pasted into a shell."""
        write_examples(self.examples, formatter)


def write_examples(examples: Iterable[str], formatter: click.HelpFormatter) -> None:
    """A section of examples; a long line goes on behind a backslash."""
    lines = [folded(example, formatter.width - 2) for example in examples]
    if lines:
        with formatter.section("Examples"):
            for line in "\n".join(lines).splitlines():
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def folded(line: str, columns: int) -> str:
    """A command line for a shell in lines of so many columns, where its words allow it."""
    lines = [""]
    for piece in re.findall(_PIECE, line):
        if lines[-1].strip() and len(lines[-1]) + len(piece) + 3 > columns:
            lines.append("   ")
        lines[-1] += f" {piece}" if lines[-1] else piece
    return " \\\n".join(lines)


def _columns() -> int:
    return max(_NARROWEST, min(width(), _WIDEST)) - 1
