"""`dosenote page`: the page for the visit, as HTML, PDF, Markdown or text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dosenote.cli.common import (
    CONTEXT,
    as_of_option,
    is_colored,
    jurisdiction_option,
    person_options,
    regimen_said,
    rules_option,
    today,
    width,
)
from dosenote.cli.completing import complete_file
from dosenote.cli.help import Command
from dosenote.errors import DosenoteError, printable

if TYPE_CHECKING:
    from datetime import date

    from dosenote.render.page.model import Audience, Page
    from dosenote.report import Report

#: The formats, by the ending of a file's name.
_ENDINGS = {".html": "html", ".htm": "html", ".pdf": "pdf", ".md": "markdown", ".txt": "text"}
_FORMATS = ("html", "pdf", "markdown", "text")
_AUDIENCES = ("patient", "clinician", "both")


@click.command(
    cls=Command,
    context_settings=CONTEXT,
    short_help="A page to print and take to the doctor or pharmacist.",
    examples=(
        "dosenote page mine.toml -o page.html",
        'dosenote page mine.toml -o page.pdf --audience both --name "M. K."',
        "dosenote page - < list.txt > page.html",
    ),
)
@click.argument("path", metavar="FILE", shell_complete=complete_file)
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=complete_file,
    help="Where the page goes (default: standard output).",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Default: by the ending of -o, else html.")
@click.option("--pdf", is_flag=True, help="The same as --format pdf; needs pip install 'dosenote[pdf]'.")
@click.option("--audience", type=click.Choice(_AUDIENCES), default="patient", show_default=True, help="For whom.")
@click.option("--name", default="", help="A name or initials for the head of the page.")
@click.option(
    "--redact", is_flag=True, help="Without the name, the words as typed, exact days, and an age of 90 or over."
)
@jurisdiction_option
@as_of_option
@person_options
@rules_option
def page(
    path: str, output: str | None, form: str | None, pdf: bool, audience: Audience, name: str, redact: bool,
    jurisdiction: str, as_of: Any, said: dict[str, Any], folder: Path | None,
) -> int:  # fmt: skip
    """A page to take to a doctor or pharmacist: what you take, what to look at first, your questions.

    Print the HTML from any browser: up to about eight things fit on one sheet of
    A4 or Letter. What does not moves to a second sheet, which the first announces.
    A PDF is on Letter for the US, and on A4 otherwise.

    Exit status: 0 when the page is made, 2 for an error.
    """
    from dosenote.cli.formats import refuse_input
    from dosenote.render.page.make import page_of
    from dosenote.report import build_report
    from dosenote.ruleset import load

    wanted = _format(output, form, pdf)
    if output is not None and output != "-":
        refuse_input(Path(output), [Path(one) for one in (path, folder) if one not in (None, "-")])
    elif wanted == "pdf" and sys.stdout.isatty():
        raise click.UsageError("A PDF is nothing for a terminal: give it a file with -o page.pdf.")
    ruleset = load(folder)
    day = as_of.date() if as_of else None
    regimen = regimen_said((), path, said, ruleset, day)
    made = page_of(build_report(regimen, ruleset, jurisdiction), audience, day or today(), name, redact)
    content = _content(made, wanted, jurisdiction, is_shown=output is None)
    if output is None or output == "-":
        # What a browser reads is UTF-8, wherever it is printed; text is for this screen.
        click.echo(content if wanted == "text" or isinstance(content, bytes) else content.encode(), nl=False)
    else:
        from dosenote.cli.keeping import write_whole

        write_whole(Path(output), content)
        click.echo(printable(f"Wrote {output}"), err=True)
    return 0


def _format(output: str | None, form: str | None, pdf: bool) -> str:
    """What is wanted, from the options and the ending of the file's name; raises UsageError where they disagree."""
    ending = _ENDINGS.get(Path(output).suffix.lower()) if output else None
    said = [one for one in (form, "pdf" if pdf else None) if one]
    if len(set(said)) > 1:
        raise click.UsageError(f"--format {form} and --pdf say two things.")
    if said and ending not in (None, said[0]):
        raise click.UsageError(f"{output} is a name for {ending}, and {said[0]} is wanted.")
    if output and output != "-" and not said and ending is None and Path(output).suffix:
        known = ", ".join(_ENDINGS)
        raise click.UsageError(f"{output}: say which format with --format, or end the name with one of {known}.")
    return said[0] if said else ending or "html"


def write_new_page(report: Report, jurisdiction: str, day: date, name: str) -> None:
    """A page for the person in a file that was not there, in the format that its name says.

    Raises DosenoteError.
    """
    from dosenote.cli.keeping import write_whole
    from dosenote.render.page.make import page_of

    path = Path(name)
    form = _ENDINGS.get(path.suffix.lower(), "")
    if not form:
        raise DosenoteError(f"end the name with one of {', '.join(_ENDINGS)}", name)
    try:
        if path.expanduser().exists():
            raise DosenoteError("it is there already; choose another name", name)
    except (OSError, RuntimeError, ValueError) as error:
        raise DosenoteError(f"this is no name of a file: {error}", name) from None
    write_whole(path, _content(page_of(report, "patient", day), form, jurisdiction, is_shown=False))


def _content(made: Page, form: str, jurisdiction: str, is_shown: bool) -> str | bytes:
    """The page in a format. is_shown: on the screen, whatever its width."""
    if form in ("html", "pdf"):
        from dosenote.render.page.html import render

        if form == "html":
            return render(made)
        from dosenote.render.page.pdf import render as as_pdf

        paper = "letter" if jurisdiction == "us" else "A4"
        return as_pdf(render(made, paper), paper)
    from dosenote.render.page.words import as_markdown, as_text

    if form == "markdown":
        return as_markdown(made)
    return as_text(made, width(), is_colored(None)) if is_shown else as_text(made)
