"""The formats of a report, and where each of them goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dosenote.cli.common import is_colored, width
from dosenote.cli.completing import complete_file, starting
from dosenote.errors import DosenoteError, nearest, printable

if TYPE_CHECKING:
    from dosenote.report import Report

#: The module that prints each, loaded only when it is asked for: `render(report)` gives the text.
FORMATS = {
    "text": "dosenote.render.text",
    "json": "dosenote.render.json",
    "markdown": "dosenote.render.markdown",
    "csv": "dosenote.render.csv",
    "cds-hooks": "dosenote.render.cds_hooks",
    "fhir-r4": "dosenote.render.fhir_r4",
}
_STDOUT = "-"


class Output(NamedTuple):
    """One format, and the file that it is for; None for standard output."""

    form: str
    path: Path | None


def format_options(command: Callable[..., object]) -> Callable[..., object]:
    """--format, -o and --report; what they say comes as `form`, `output` and `reports`."""
    for option in (
        click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH", help="One more file. Repeatable."),
        click.option(
            "-o", "--output", metavar="FILE", shell_complete=complete_file,
            help="Where the result goes (default: standard output).",
        ),
        click.option(
            "--format", "form", default="text", show_default=True, metavar="FORMAT", help=f"{_names()}.",
            shell_complete=lambda _context, _parameter, typed: starting(FORMATS, typed),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _names() -> str:
    *most, last = FORMATS
    return f"{', '.join(most)} or {last}"


def outputs_of(form: str, output: str | None, reports: Iterable[str], inputs: Iterable[Path]) -> list[Output]:
    """What is to be written where; raises UsageError for a name that is none, or a file that is wanted twice.

    inputs: files that are read, and folders of such files; none of them is written over.
    """
    wanted = [("--format", form, output if output is not None else _STDOUT)]
    for report in reports:
        name, equals, path = report.partition("=")
        if not equals or not path:
            raise click.UsageError(printable(f"--report {report}: write it as --report markdown=notes.md"))
        wanted.append(("--report", name.strip(), path))
    found: list[Output] = []
    for option, name, path in wanted:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            raise click.UsageError(printable(f'{option}: there is no format "{name}".{near} Formats: {_names()}.'))
        found.append(Output(name, None if path == _STDOUT else _place(path)))
    _check_paths([one.path for one in found], [*inputs])
    return found


def _place(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise DosenoteError(f"this is no name of a file: {error}", path) from None


def _check_paths(paths: list[Path | None], inputs: list[Path]) -> None:
    for number, path in enumerate(paths):
        if any(_is_same(path, other) for other in paths[:number]):
            place = "standard output" if path is None else printable(str(path))
            raise click.UsageError(f"{place} is wanted twice: each format needs a place of its own")
        if path is not None:
            refuse_input(path, inputs)


def refuse_input(path: Path, inputs: Iterable[Path]) -> None:
    """Raises UsageError where a file to write is one of those that are read, or is in a folder that is."""
    if any(_is_same(path, one) or _is_within(path, one) for one in inputs):
        raise click.UsageError(f"{printable(str(path))} is read by this check: it is not written over")


def _is_same(one: Path | None, other: Path | None) -> bool:
    """Whether both are one place, also by another name."""
    if one is None or other is None:
        return one is other
    if _resolved(one) == _resolved(other):
        return True
    try:
        return one.exists() and other.exists() and one.samefile(other)
    except OSError as error:  # a folder that is closed to them
        raise DosenoteError(f"this is no name of a file: {error}", str(one)) from None


def _resolved(path: Path) -> Path:
    """Where it really is. Raises DosenoteError that names this one where nobody can tell."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise DosenoteError(f"this is no name of a file: {error}", str(path)) from None


def _is_within(path: Path, folder: Path) -> bool:
    """Whether it is a file of a folder that is read."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def write(report: Report, outputs: Iterable[Output], color: bool | None) -> None:
    """Print or write the report in each format: every file whole or none of them, and standard output last.

    Raises DosenoteError where a file cannot be written; then nothing is printed.
    """
    texts = [(one, _text(report, one, color)) for one in outputs]
    files = [(one.path, text) for one, text in texts if one.path is not None]
    if files:
        from dosenote.cli.keeping import write_all

        write_all(files)
    for one, text in texts:
        if one.path is None:
            # What programs read is UTF-8, with its own ends of lines, wherever it is printed.
            click.echo(text if one.form == "text" else text.encode(), nl=False, color=True)


def _text(report: Report, one: Output, color: bool | None) -> str:
    if one.form == "text":
        from dosenote.render.text import WIDEST, render

        if one.path is None:
            return render(report, width(), is_colored(color))
        return render(report, WIDEST, bool(color))
    printed: str = import_module(FORMATS[one.form]).render(report)
    return printed
