"""What the commands share: options, the clock, the terminal, and reading a file or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import wraps
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dosenote.errors import DosenoteError
from dosenote.rule import JURISDICTIONS

if TYPE_CHECKING:
    from dosenote.reader import Reader
    from dosenote.regimen import Regimen, Sex
    from dosenote.ruleset import RuleSet

F = TypeVar("F", bound=Callable[..., Any])
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 80}


class _Years(click.FloatRange):
    """An age in years, from 0 to 130."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter, in plain words, where it is none."""
        try:
            years = super().convert(value, param, ctx)
        except click.BadParameter:
            years = nan
        if isnan(years):  # also that of somebody who typed it
            self.fail(f'"{value}" is not a number of years from 0 to 130. Write it as in 67, or 0.5.', param, ctx)
        return years


class _Day(click.DateTime):
    """A day."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter, in plain words, where it is none."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f'"{value}" is not a day as it is written here. Write it as in 2027-01-31.', param, ctx)


def rules_option(command: F) -> F:
    """--rules; comes as `folder`."""
    return click.option(
        "--rules",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Another folder of rules; checked before it is used.",
    )(command)


def jurisdiction_option(command: F) -> F:
    """--jurisdiction; comes as `jurisdiction`."""
    return click.option(
        "--jurisdiction", type=click.Choice(JURISDICTIONS), default="us", show_default=True, help="Whose limits."
    )(command)


def as_of_option(command: F) -> F:
    """--as-of; comes as `as_of`, a time of which only the day counts."""
    return click.option(
        "--as-of",
        type=_Day(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help="The day for which to check (default: today).",
    )(command)


def color_option(command: F) -> F:
    """--color and --no-color; comes as `color`, None where neither was said."""
    return click.option("--color/--no-color", default=None, help="Bold headings, or not (default: on a terminal).")(
        command
    )


def person_options(command: F) -> F:
    """What is said about the person apart from the lines."""
    options = (
        click.option("--age", type=_Years(0, 130), metavar="YEARS", help="Age, as in 67 or 0.5."),
        click.option("--sex", type=click.Choice(["female", "male"]), help="Some limits depend on it."),
        click.option("--pregnant/--not-pregnant", default=None, help="Not said: unknown, never no."),
        click.option("--lactating/--not-lactating", default=None, help="Not said: unknown, never no."),
        click.option(
            "--condition",
            "conditions",
            multiple=True,
            metavar="WORDS",
            help='As in "kidney stones". Repeatable.',
        ),
        click.option("--no-conditions", is_flag=True, help="No other health problems."),
        click.option("--no-other-medicines", is_flag=True, help="All medicines are listed."),
        click.option("--no-other-foods", is_flag=True, help="No other foods or drinks that rules ask about."),
        click.option("--lab", "labs", multiple=True, metavar="VALUE", help='As in "INR 2.5". Repeatable.'),
    )

    @wraps(command)
    def wrapped(**values: Any) -> Any:
        names = ("age", "sex", "pregnant", "lactating", "conditions", "no_conditions", "no_other_medicines",
                 "no_other_foods", "labs")  # fmt: skip
        said = {name: values.pop(name) for name in names}
        return command(said=said, **values)

    decorated: Any = wrapped
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def reader_of(ruleset: RuleSet) -> Reader:
    """A reader that knows the products of the rules, and those that were imported on this computer."""
    from dosenote.products.index import Index
    from dosenote.reader import Reader

    return Reader(ruleset.vocabulary, ruleset.products, Index.open())


def echo(text: str) -> None:
    """Print the text as it is, without a further end of line."""
    click.echo(text, nl=False, color=True)


def today() -> date:
    """The day where the person is."""
    return date.today()  # noqa: DTZ011 - the day where the person is, not in Greenwich


def width(is_error: bool = False) -> int:
    """Columns of the terminal; COLUMNS, where it is set, says it for a pipe. is_error: where errors are shown."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return int(said)
    try:
        stream = sys.stderr if is_error else sys.stdout
        return os.get_terminal_size(stream.fileno()).columns or 80  # some terminals do not know theirs
    except (OSError, ValueError):
        return 80


def height() -> int:
    """Lines of the terminal; LINES, where it is set, says it for a pipe."""
    said = os.environ.get("LINES", "")
    if said.isdigit() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines or 24  # some terminals do not know theirs
    except (OSError, ValueError):
        return 24


def is_colored(color: bool | None) -> bool:
    """Whether headings are bold. color: what was said on the command line, None for nothing."""
    if color is not None:
        return color
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def input_text(path: str) -> str:
    """The text of a file, or of standard input for -."""
    from dosenote.documents import LARGEST, decode, read_text

    if path != "-":
        return read_text(Path(path))
    if sys.stdin.isatty():
        click.echo("Type one item a line; end with Ctrl-D.", err=True)
    return decode(sys.stdin.buffer.read(LARGEST + 1), "standard input")


def regimen_said(
    lines: Iterable[str], path: str | None, said: dict[str, Any], ruleset: RuleSet, as_of: date | None
) -> Regimen:
    """The regimen from lines or a file, with what the options say about the person. Raises DosenoteError."""
    from dosenote.regimen import Closed, Person, Regimen

    reader = reader_of(ruleset)
    name = "standard input" if path == "-" else path or ""
    if path is None:
        regimen = Regimen(reader.read_list(part for line in lines for part in reader.items_of(line)))
    else:
        from dosenote.files import read_regimen

        regimen = read_regimen(input_text(path), name, reader, as_of or today())
    sex: Sex | None = said["sex"]
    age = None if said["age"] is None else Decimal(str(said["age"]))
    regimen = regimen._replace(
        readings=(*regimen.readings, *reader.read_all((*said["conditions"], *said["labs"]))),
        person=regimen.person.with_(Person(age, sex, said["pregnant"], said["lactating"])),
        closed=regimen.closed | Closed(said["no_other_medicines"], said["no_conditions"], said["no_other_foods"]),
    )
    if not regimen.readings:
        raise DosenoteError("nothing was entered", name, "Give what you take, one item a line.")
    return on_day(regimen, as_of)


def on_day(regimen: Regimen, as_of: date | None = None) -> Regimen:
    """The regimen for a day: the one that was said, else today where something in it depends on the day."""
    dated = any(item.started or item.stopped for reading in regimen.readings for item in reading.items)
    dated |= any(lab.taken_on and lab.taken_on > today() for lab in regimen.all_labs)  # which has not come yet
    return regimen._replace(as_of=as_of or regimen.as_of or (today() if dated or regimen.acknowledged else None))
