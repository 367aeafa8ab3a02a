"""The commands; the only module that reads arguments and the clock, prints and exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dosenote import __version__
from dosenote.errors import DosenoteError
from dosenote.rule import ACTIONS, JURISDICTIONS

if TYPE_CHECKING:
    from dosenote.reader import Reader
    from dosenote.regimen import Regimen, Sex
    from dosenote.ruleset import RuleSet

FAILED, INTERRUPTED = 2, 130
#: What a shell reports of any program whose reader went away.
CLOSED_PIPE = 141

F = TypeVar("F", bound=Callable[..., Any])


def run() -> None:
    """The `dosenote` command: every way out has its exit code, and no error is a traceback."""
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
        error.show()
        sys.exit(FAILED)
    except DosenoteError as error:
        click.echo(f"dosenote: {error}", err=True)
        sys.exit(FAILED)
    except OSError as error:
        click.echo(f"dosenote: cannot write the result: {error.strerror}", err=True)
        _forget_output()
        sys.exit(FAILED)
    sys.exit(result if isinstance(result, int) else 0)


def _forget_output() -> None:
    """What is still to be written has nowhere to go; Python must not try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 80}


@click.group(context_settings=CONTEXT, invoke_without_command=True)
@click.version_option(__version__, prog_name="dosenote")
@click.pass_context
def main(context: click.Context) -> None:
    """Sourced notes on vitamin D3, vitamin K2, calcium and the medicines that matter for them.

    To talk over with a doctor or pharmacist. Runs on this computer only; sends nothing anywhere.

    \b
    Start with:
      dosenote check "Vitamin D3 5000 IU daily" "K2 MK-7 100 mcg daily" "warfarin"
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def rules_option(command: F) -> F:
    return click.option(
        "--rules",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Another folder of rules; checked before it is used.",
    )(command)


def color_option(command: F) -> F:
    return click.option("--color/--no-color", default=None, help="Bold headings, or not (default: on a terminal).")(
        command
    )


def person_options(command: F) -> F:
    """What is said about the person apart from the lines."""
    options = (
        click.option("--age", type=click.FloatRange(0, 130), help="Age in years."),
        click.option("--sex", type=click.Choice(["female", "male"])),
        click.option("--pregnant/--not-pregnant", default=None),
        click.option("--lactating/--not-lactating", default=None),
        click.option(
            "--condition",
            "conditions",
            multiple=True,
            metavar="WORDS",
            help='As in "kidney stones". Repeatable.',
        ),
        click.option("--no-conditions", is_flag=True, help="No other health problems."),
        click.option("--no-other-medicines", is_flag=True, help="All medicines are listed."),
        click.option("--no-other-foods", is_flag=True, help="No other foods rich in vitamin K."),
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


@main.command(context_settings=CONTEXT)
@click.argument("lines", nargs=-1, metavar="[LINE]...")
@click.option(
    "-f", "--file", "path", metavar="FILE", help="A regimen file (TOML, JSON or one item a line); - is stdin."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--explain", is_flag=True, help="Show what became of every rule, and why.")
@click.option(
    "--fail-on",
    type=click.Choice(ACTIONS),
    default="ask-soon",
    show_default=True,
    help="Exit 1 from here up.",
)
@click.option("--jurisdiction", type=click.Choice(JURISDICTIONS), default="us", show_default=True, help="Whose limits.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day for which to check (default: today).")
@person_options
@rules_option
@color_option
def check(
    lines: tuple[str, ...], path: str | None, form: str, explain: bool, fail_on: Any,
    jurisdiction: str, as_of: Any, said: dict[str, Any], folder: Path | None, color: bool | None,
) -> int:  # fmt: skip
    """Check one regimen, given as LINEs, as a file, or on standard input.

    \b
    dosenote check "Vitamin D3 5000 IU daily" "K2 MK-7 100 mcg daily" "warfarin" --age 67
    dosenote check -f regimen.toml --format json
    pbpaste | dosenote check -f -

    Several items may stand in one LINE, with ; between them.

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
    ruleset = load(folder)
    regimen = _regimen(lines, path, said, ruleset, as_of.date() if as_of else None)
    report = build_report(regimen, ruleset, jurisdiction, explain)
    if form == "json":
        from dosenote.render.json import render as as_json

        _echo(as_json(report))
    else:
        from dosenote.render.text import render as as_text

        _echo(as_text(report, _width(), _is_colored(color)))
    return report.exit_code(fail_on)


@main.command(context_settings=CONTEXT)
@click.argument("path", metavar="[FILE|-]", default="-")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@rules_option
def read(path: str, form: str, folder: Path | None) -> None:
    """Show how lines are understood, nothing more: one item a line, from FILE or standard input.

    --format json prints one object a line.
    """
    from dosenote.reader import Reader
    from dosenote.render.json import render_reading
    from dosenote.render.text import render_reading as reading_text
    from dosenote.ruleset import load

    ruleset = load(folder)
    reader = Reader(ruleset.vocabulary)
    for line in _input(path).splitlines():
        for reading in reader.read_all([line]):
            if form == "json":
                _echo(render_reading(reading, ruleset.vocabulary))
            else:
                _echo(reading_text(reading, ruleset.vocabulary, _width()))


@main.group(context_settings=CONTEXT)
def rules() -> None:
    """For those who keep the rules."""


@rules.command("list", context_settings=CONTEXT)
@rules_option
def list_rules(folder: Path | None) -> None:
    """Every rule: its id, what to do, how bad, how sure, and its title."""
    from dosenote.ruleset import load

    for rule in sorted(load(folder).rules, key=lambda rule: rule.gravity):
        where = f" [{rule.jurisdiction}]" if rule.jurisdiction else ""
        gone = " (withdrawn)" if rule.withdrawn else ""
        _echo(f"{rule.action:12} {rule.severity:8} {rule.certainty:8} {rule.id}{where}{gone}\n")


@rules.command(context_settings=CONTEXT)
@click.argument("rule_id", metavar="ID")
@rules_option
def show(rule_id: str, folder: Path | None) -> None:
    """One rule, whole: conditions, words, evidence on both sides, examples."""
    from dosenote.render.rule_text import render_rule
    from dosenote.ruleset import load

    ruleset = load(folder)
    _echo(render_rule(ruleset.rule(rule_id), ruleset, _width()))


@rules.command("facts", context_settings=CONTEXT)
@rules_option
def list_facts(folder: Path | None) -> None:
    """Every fact that a row of a rule may ask about."""
    from dosenote.ruleset import load

    for fact in load(folder).facts.values():
        unit = f" in {fact.unit}" if fact.unit and fact.kind != "list" else ""
        _echo(f"{fact.name:34} {fact.kind}{unit}: {fact.label}\n")


@rules.command("lint", context_settings=CONTEXT)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seal", is_flag=True, help="When nothing is wrong, note the digest: sealed rules load faster.")
def lint_rules(folder: Path | None, seal: bool) -> int:
    """Check every file of a rule set: shape, words, sources, limits, and examples that prove each row."""
    from dosenote.lint import lint
    from dosenote.ruleset import SEAL, rules_folder

    where = folder or rules_folder()
    ruleset, wrong = lint(where, _today())
    for mistake in wrong:
        _echo(f"{mistake}\n")
    if wrong:
        click.echo(f"{len(wrong)} {'mistake' if len(wrong) == 1 else 'mistakes'}.", err=True)
        return FAILED
    if seal:
        (where / SEAL).write_text(f"{ruleset.digest}\n", "utf-8")
    _echo(f"{len(ruleset.rules)} rules, {len(ruleset.sources)} sources: nothing wrong.\n")
    return 0


@rules.command("test", context_settings=CONTEXT)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@rules_option
def test_rules(ids: tuple[str, ...], folder: Path | None) -> int:
    """Try the examples of the rules named, or of all."""
    from dosenote.facts import facts_of
    from dosenote.lint import answer, example_regimen
    from dosenote.reader import Reader
    from dosenote.ruleset import load

    ruleset = load(folder)
    reader = Reader(ruleset.vocabulary)
    tried = failed = 0
    for rule in [ruleset.rule(id) for id in ids] or ruleset.rules:
        for example in rule.examples:
            tried += 1
            found = answer(rule, facts_of(example_regimen(example, reader), ruleset.vocabulary))
            if found != example.expect:
                failed += 1
                _echo(f"{rule.id}: {example.name}: expected {example.expect}, found {found}\n")
    _echo(f"{tried - failed} passed, {failed} failed\n")
    return FAILED if failed else 0


@main.command(context_settings=CONTEXT)
@click.argument("name", type=click.Choice(["report", "reading", "regimen"]))
def schema(name: str) -> None:
    """The JSON Schema of what this tool prints (report, reading) and reads (regimen)."""
    import json

    from dosenote.schema import schema_of

    _echo(json.dumps(schema_of(name), indent=2) + "\n")


# --- helpers


def _echo(text: str) -> None:
    click.echo(text, nl=False, color=True)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day where the person is, not in Greenwich


def _width() -> int:
    """Columns of the terminal; COLUMNS, where it is set, says it for a pipe."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return 80


def _is_colored(color: bool | None) -> bool:
    if color is not None:
        return color
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _input(path: str) -> str:
    """The text of a file, or of standard input for -."""
    from dosenote.documents import read_text

    if path != "-":
        return read_text(Path(path))
    if sys.stdin.isatty():
        click.echo("Type one item a line; end with Ctrl-D.", err=True)
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DosenoteError(f"byte {error.start} is not UTF-8", "standard input", "Save it as UTF-8 text.") from None


def _regimen(
    lines: Iterable[str], path: str | None, said: dict[str, Any], ruleset: RuleSet, as_of: date | None
) -> Regimen:
    """The regimen from lines or a file, with what the options say about the person."""
    from dosenote.reader import Reader
    from dosenote.regimen import Closed, Person, Regimen

    reader: Reader = Reader(ruleset.vocabulary)
    if path is None:
        regimen = Regimen(reader.read_all(part for line in lines for part in line.split(";")))
    else:
        from dosenote.files import read_regimen

        regimen = read_regimen(_input(path), "standard input" if path == "-" else path, reader)
    sex: Sex | None = said["sex"]
    age = None if said["age"] is None else Decimal(str(said["age"]))
    regimen = regimen._replace(
        readings=(*regimen.readings, *reader.read_all((*said["conditions"], *said["labs"]))),
        person=regimen.person.with_(Person(age, sex, said["pregnant"], said["lactating"])),
        closed=regimen.closed | Closed(said["no_other_medicines"], said["no_conditions"], said["no_other_foods"]),
    )
    if not regimen.readings:
        raise DosenoteError("nothing was entered", hint="Give what you take, one item a line.")
    dated = any(item.started or item.stopped for reading in regimen.readings for item in reading.items)
    return regimen._replace(as_of=as_of or (_today() if dated else None))
