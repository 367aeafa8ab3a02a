"""The commands; the only module that reads arguments and the clock, prints and exits."""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from dosenote import __version__
from dosenote.cli.common import (
    CONTEXT,
    as_of_option,
    color_option,
    echo,
    jurisdiction_option,
    person_options,
    reader_of,
    regimen_said,
    rules_option,
)
from dosenote.cli.completing import complete_file
from dosenote.cli.formats import format_options, outputs_of, write
from dosenote.cli.help import Group
from dosenote.cli.read import read
from dosenote.cli.rules import rules
from dosenote.errors import DosenoteError, printable
from dosenote.rule import ACTIONS, JURISDICTIONS

FAILED, INTERRUPTED = 2, 130
#: What a shell reports of any program whose reader went away.
CLOSED_PIPE = 141


def run() -> None:
    """The `dosenote` command: every way out has its exit code, and no error is a traceback."""
    gc.disable()  # a command ends before its garbage could matter, and collecting takes a tenth of its time
    if sys.stdin is None:  # closed by who called; an empty one says that there is nothing
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - until the end
    if sys.stdout is None:
        click.echo("dosenote: standard output is closed: there is nowhere to show the result", err=True)
        sys.exit(FAILED)
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.RawIOBase):  # PYTHONUNBUFFERED: it may write a part of what it is given, and not tell
        is_seen = sys.stdout.isatty()
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), sys.stdout.encoding, line_buffering=is_seen)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot print a name must not stop the check
    try:
        result = main(standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        click.echo(err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _forget_output()
        sys.exit(CLOSED_PIPE)
    except click.ClickException as error:
        vars(error)["message"] = printable(error.message)  # a name in it must not begin a line of its own
        error.show()
        sys.exit(FAILED)
    except DosenoteError as error:
        _fail(str(error))
    except OSError as error:
        _fail(printable(f"{error.strerror or error}: {error.filename or 'the result could not be written'}"))
    except Exception as error:
        if os.environ.get("_DOSENOTE_COMPLETE"):
            _fail("_DOSENOTE_COMPLETE is for a shell, which says COMP_WORDS and COMP_CWORD with it. Unset it.")
        _fail(f"internal error: {type(error).__name__}: {error}\nThe result is not to be trusted. Please report this.")
    sys.exit(result if isinstance(result, int) else 0)


def _fail(message: str) -> NoReturn:
    """An error on standard error; nothing that was typed can steer the terminal from there."""
    for line in message.splitlines():
        click.echo(printable(f"dosenote: {line}"), err=True)
    _forget_output()
    sys.exit(FAILED)


def _forget_output() -> None:
    """What is still to be written has nowhere to go; Python must not try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Commands(Group):
    """The commands; those that few need are loaded only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "batch", "diff", "page", "products", "review"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "products":
            from dosenote.cli.products import products

            return products
        if cmd_name == "batch":
            from dosenote.cli.batch import batch

            return batch
        if cmd_name == "page":
            from dosenote.cli.page import page

            return page
        if cmd_name in ("review", "diff"):
            from dosenote.cli.review import diff, review

            return review if cmd_name == "review" else diff
        return super().get_command(ctx, cmd_name)


def _version(context: click.Context, _option: click.Parameter, is_wanted: bool) -> None:
    """Which tool, and which rules: of the files as they are now, not of what was kept of them."""
    if not is_wanted or context.resilient_parsing:
        return
    from dosenote.rulefiles import Files, rules_folder

    echo(f"dosenote, version {__version__}\n")
    files = Files.read(rules_folder())
    is_sealed = "" if files.is_sealed() else '; not as they were sealed, see "dosenote rules verify"'
    echo(printable(f"rules {files.table('ruleset.toml').get('version')}, sha256 {files.digest}{is_sealed}") + "\n")
    context.exit()


@click.group(
    cls=_Commands,
    context_settings=CONTEXT,
    invoke_without_command=True,
    examples=(
        'dosenote check "Vitamin D3 5000 IU daily" "K2 MK-7 100 mcg daily" warfarin --age 67',
        "dosenote page mine.toml -o page.html",
        "dosenote batch survey.csv -o findings.csv",
        "dosenote rules show mk-7-with-vitamin-k-antagonist",
    ),
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
              help="Show the version of the tool and that of its rules, with their digest, and exit.")  # fmt: skip
@click.option("--no-save", is_flag=True, help="At the prompt: keep nothing of what is entered.")
@click.option("--jurisdiction", type=click.Choice(JURISDICTIONS), default="us", help="At the prompt: whose limits.")
@click.pass_context
def main(context: click.Context, no_save: bool, jurisdiction: str) -> int:
    """Sourced notes on vitamin D3, vitamin K2, calcium and the medicines that matter for them.

    To talk over with a doctor or pharmacist. Runs on this computer only; sends nothing anywhere.

    Alone, at a terminal, it asks what you take and then what matters for it.
    "dosenote COMMAND --help" says more of each command.
    """
    if context.invoked_subcommand is not None:
        return 0
    if not sys.stdin.isatty():
        raise click.UsageError(
            "Without a command this asks questions, at a terminal. For a file: dosenote check -f FILE"
        )
    from dosenote.cli.prompt import Prompt
    from dosenote.ruleset import load

    ruleset = load()
    return Prompt(ruleset, reader_of(ruleset), jurisdiction, not no_save).run("ask-soon")


@main.command(
    context_settings=CONTEXT,
    short_help="Check one list of what somebody takes.",
    examples=(
        'dosenote check "Vitamin D3 5000 IU daily" "K2 MK-7 100 mcg daily" warfarin --age 67',
        'dosenote check "calcium 600 mg daily; levothyroxine 75 mcg daily" --no-conditions',
        "dosenote check mine.toml --format json",
        "dosenote check -f mine.toml --report markdown=notes.md --report csv=notes.csv",
        "dosenote check -f - < list.txt",
    ),
)
@click.argument("lines", nargs=-1, metavar="[LINE]... | FILE")
@click.option(
    "-f", "--file", "path", metavar="FILE", shell_complete=complete_file,
    help="A regimen file (TOML, JSON, FHIR R4 or one item a line); - is stdin.",
)  # fmt: skip
@format_options
@click.option("--explain", is_flag=True, help="Show what became of every rule, and why.")
@click.option(
    "--fail-on",
    type=click.Choice(ACTIONS),
    default="ask-soon",
    show_default=True,
    help="Exit 1 from here up.",
)
@jurisdiction_option
@as_of_option
@person_options
@rules_option
@color_option
def check(
    lines: tuple[str, ...], path: str | None, form: str, output: str | None, reports: tuple[str, ...],
    explain: bool, fail_on: Any, jurisdiction: str, as_of: Any, said: dict[str, Any], folder: Path | None,
    color: bool | None,
) -> int:  # fmt: skip
    """Check one regimen, given as LINEs, as a FILE, or on standard input.

    Several items may stand in one LINE, with ; between them. A LINE alone that
    names a file is that file.

    Exit status: 0 nothing at or above --fail-on, and everything decided and
    recognised; 1 something raised; 2 an error; 3 nothing raised, but something
    could not be told or was not recognised.
    """
    from dosenote.report import build_report
    from dosenote.ruleset import load

    if bool(lines) == bool(path):
        raise click.UsageError(
            'Give the items as LINEs ("Vitamin D3 5000 IU daily") or a file with -f, one of the two.'
        )
    if len(lines) == 1 and _is_file(line := lines[0]):
        lines, path = (), line
    for line in lines:
        if _is_file(line):
            raise click.UsageError(f'"{line}" is a file, and no item: give it alone, or with -f.')
    inputs = [Path(path)] if path not in (None, "-") else []
    outputs = outputs_of(form, output, reports, [*inputs, *([folder] if folder else [])])
    ruleset = load(folder)
    regimen = regimen_said(lines, path, said, ruleset, as_of.date() if as_of else None)
    report = build_report(regimen, ruleset, jurisdiction, explain)
    write(report, outputs, color)
    return report.exit_code(fail_on)


main.add_command(read)
main.add_command(rules)


@main.command(
    context_settings=CONTEXT,
    short_help="The JSON Schema of what is read and printed.",
    examples=("dosenote schema report > report.schema.json",),
)
@click.argument("name", type=click.Choice(["report", "reading", "regimen"]))
def schema(name: str) -> None:
    """The JSON Schema of what this tool prints (report, reading) and reads (regimen)."""
    import json

    from dosenote.schema import schema_of

    echo(json.dumps(schema_of(name), indent=2) + "\n")


# --- helpers


#: How the names of regimen files end; no item does.
_ENDINGS = (".json", ".toml", ".txt")


def _is_file(line: str) -> bool:
    """Whether an item is rather the name of a file, there or not, or "-": what is too long for a name is none."""
    if line == "-" or (line.lower().endswith(_ENDINGS) and len(line.split()) == 1):
        return True
    try:
        return bool(Path(line).suffix) and Path(line).is_file()
    except OSError:
        return False
