"""dosenote batch: many regimens from a file."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from dosenote.cli.common import CONTEXT, as_of_option, echo, jurisdiction_option, rules_option, today, width
from dosenote.cli.completing import complete_file
from dosenote.cli.help import Command
from dosenote.errors import DosenoteError, printable
from dosenote.rule import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dosenote.batch.part import Counted
    from dosenote.batch.run import Names

REJECTED = 4
#: An output, which need not be one that we may read.
_PLACE = click.Path(path_type=Path, readable=False)

_TEMPLATES = {
    "csv": """\
id,item,age,sex,pregnant,no_other_medicines,no_conditions,no_other_foods
1,Vitamin D3 5000 IU daily,67,female,,yes,,
1,K2 MK-7 100 mcg daily,67,female,,yes,,
1,warfarin 5 mg daily,67,female,,yes,,
2,calcium 600 mg twice a day,45,male,,,,
""",
    "csv-wide": """\
id,items,medicines,conditions,foods,labs,age,sex,pregnant
1,Vitamin D3 5000 IU daily; K2 MK-7 100 mcg daily,warfarin 5 mg daily,,,INR 2.5,67,female,
2,calcium 600 mg twice a day,none,kidney stones,none,,45,male,
""",
    "jsonl": """\
{"id": "1", "items": ["Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily"], "medicines": ["warfarin"], \
"no_other_medicines": true, "person": {"age": 67, "sex": "female"}}
{"id": "2", "items": [{"substance": "calcium", "amount": 600, "unit": "mg", "times": 2, "period": "day"}], \
"medicines": [], "conditions": ["kidney stones"], "labs": ["25-OH-D 40 ng/mL"], "person": {"age": 45}}
""",
}


@click.command(
    cls=Command,
    context_settings=CONTEXT,
    short_help="Check many lists from one file.",
    examples=(
        "dosenote batch --template csv > survey.csv",
        "dosenote batch survey.csv -o findings.csv --results results.csv",
        "dosenote batch people.jsonl.gz -o findings.jsonl --jobs 2 --summary summary.html",
        "dosenote batch pills.csv -o findings.csv --map id=respondent --map items=pills",
    ),
)
@click.argument("file", required=False, metavar="FILE", shell_complete=complete_file)
@click.option("-o", "--output", type=_PLACE, help="Findings, one a row: .jsonl, .csv or .parquet.")
@click.option("--results", type=_PLACE, help="One row a regimen: .jsonl, .csv or .parquet.")
@click.option("--rejects", type=_PLACE, help="Rows that were not used (default: OUTPUT.rejects.csv).")
@click.option("--summary", type=_PLACE, help="The summary as a file, too: .txt, .md or .html.")
@click.option("--input-format", type=click.Choice(["csv", "jsonl", "parquet"]), help="Where the name does not say it.")
@click.option("--map", "maps", multiple=True, metavar="OURS=THEIRS", help="A column that has another name. Repeatable.")
@click.option("--max-rejects", type=click.IntRange(0), metavar="ROWS", help="Stop where more rows cannot be used.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", default=1, show_default=True,
              help="Processes at once; no more than this computer has cores.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on where a run was stopped or killed.")
@click.option("--template", type=click.Choice(list(_TEMPLATES)), help="Print an example of an input, and end.")
@click.option(
    "--fail-on", type=click.Choice(ACTIONS), default="ask-soon", show_default=True, help="Exit 1 from here up."
)
@jurisdiction_option
@as_of_option
@rules_option
def batch(
    file: str | None, output: Path | None, results: Path | None, rejects: Path | None, summary: Path | None,
    input_format: str | None, maps: tuple[str, ...], max_rejects: int | None, jobs: int, resume: bool,
    template: str | None, fail_on: Any, jurisdiction: str, as_of: Any, folder: Path | None,
) -> int:  # fmt: skip
    """Check many regimens from FILE (CSV, JSON lines or Parquet, packed with gzip, xz or zstd or not; - is stdin).

    A row that cannot be used is never lost: it goes to the rejects, with its line and the reason. An output
    appears under its name when it is complete. What a regimen does not say is unknown, never "no".

    Exit status: as check; 3 also where no row could be checked at all; 4 rows were rejected, and nothing was
    raised or left open.
    """
    if template is not None:
        echo(_TEMPLATES[template])
        return 0
    if file is None or output is None:
        raise click.UsageError("Give a FILE and -o OUTPUT, as in: dosenote batch survey.csv -o findings.csv")
    from dosenote.batch.run import Batch, Names
    from dosenote.batch.source import Source, kind_of
    from dosenote.batch.work import Job, Workers

    path = None if file == "-" else Path(file)
    kinds = {name: _kind(name, target) for name, target in (("-o", output), ("--results", results)) if target}
    names = Names(output, results, rejects or output.with_name(f"{output.name}.rejects.csv"))
    _all_different(path, names, summary)
    if path is not None:
        _check_input(path)
    if summary is not None:
        _check_summary(summary)
    kind = kind_of(path, input_format)
    if "parquet" in (kind, *kinds.values()) and find_spec("pyarrow") is None:
        raise DosenoteError("to read or write Parquet, more is needed", file, "pip install 'dosenote[arrow]'")
    if maps and kind != "csv":
        raise click.UsageError(f"--map is for CSV: the names in {kind} are always ours")
    source = Source(path, kind, _mapping(maps))
    job = Job(
        folder, jurisdiction, as_of.date() if as_of else today(), source.kind, source.header, kinds["-o"],
        kinds.get("--results", ""),
    )  # fmt: skip
    if source.unused:
        from dosenote.render.summary import unused_words

        click.echo(printable(unused_words(source.unused)), err=True)
    with Workers(job, min(jobs, _cores())) as workers:
        run = Batch(source, names, workers, resume)
        try:
            with _progress(path) as told:
                counted = run.run(max_rejects, told)
        except KeyboardInterrupt:
            if source.is_file:
                click.echo("Stopped. What was checked is kept: the same command with --resume goes on.", err=True)
            raise
    _summarise(counted, workers.own, source.unused, summary)
    if counted.rejected:
        rows = "1 row was" if counted.rejected == 1 else f"{counted.rejected:,} rows were"
        click.echo(printable(f"{rows} not used: {names.rejects}"), err=True)
    return _exit_code(counted, fail_on)


def _cores() -> int:
    """How many processes can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _kind(option: str, path: Path) -> str:
    kind = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}.get(path.suffix.lower())
    if kind is None:
        raise click.UsageError(f"{option} {path}: the name ends with .jsonl, .csv or .parquet")
    return kind


def _mapping(maps: tuple[str, ...]) -> dict[str, str]:
    """What our columns are called in the file."""
    found: dict[str, str] = {}
    for text in maps:
        ours, equals, theirs = (part.strip() for part in text.partition("="))
        if not equals:
            raise click.UsageError(f"--map {text}: write it as --map id=respondent")
        if ours in found or theirs in found.values():
            raise click.UsageError(f"--map {text}: that column is mapped already")
        found[ours] = theirs
    return found


def _all_different(source: Path | None, names: Names, summary: Path | None) -> None:
    """No output, nor what is written on the way to it, may be the input, or another output."""
    outputs = [*names.all(), *([summary] if summary else [])]
    own = [Path(f"{path}{end}") for path in outputs for end in ("", ".partial", ".new")]
    own += [Path(f"{names.findings}.checkpoint{end}") for end in ("", ".new")]
    try:
        places = [path.resolve() for path in ([source] if source else []) + own]
        doubles = [path for number, path in enumerate(places) if path in places[:number]]
        if source is not None and source.exists():
            doubles += [path for path in own if path.exists() and path.samefile(source)]
        if source is None:
            doubles += [path for path in own if _is_standard_input(path)]
    except RuntimeError as error:  # a link that leads to itself
        raise DosenoteError(f"this is no name of a file: {error}") from None
    if doubles:
        raise click.UsageError(f"{doubles[0]} is given twice: the input and every output need names of their own")


def _is_standard_input(path: Path) -> bool:
    """Whether this is the file that the shell gives us with "<"."""
    try:
        return os.path.samestat(path.stat(), os.fstat(0))
    except OSError:  # it is not there yet, or standard input is closed
        return False


@contextmanager
def _progress(path: Path | None) -> Iterator[Callable[[Counted, int], None]]:
    """A bar over the bytes of the file with the rows checked; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _counted, _read: None
        return
    if path is None or not path.is_file():
        yield lambda counted, _read: click.echo(f"\r{counted.read:,} rows", nl=False, err=True)
        click.echo(err=True)
        return
    length = path.stat().st_size
    room = width(is_error=True)
    bar_width = max(4, min(36, room - 54))
    began = monotonic()
    with click.progressbar(
        length=length, file=sys.stderr, width=bar_width, item_show_func=lambda text: text or ""
    ) as bar:

        def told(counted: Counted, read: int) -> None:
            bytes_a_second = read / max(monotonic() - began, 0.001)
            rows_a_second = counted.read / max(read, 1) * bytes_a_second
            rows = f"{counted.read:,} rows"
            bar.update(read - bar.pos, rows if room < 60 else f"{rows}, {rows_a_second:,.0f}/s")

        yield told


def _summarise(counted: Counted, worker: Any, unused: tuple[str, ...], path: Path | None) -> None:
    from dosenote.render import summary as render

    summary = render.summary_of(counted, worker.ruleset, worker.job.jurisdiction, unused)
    echo(render.text(summary, width()))
    if path is None:
        return
    from dosenote.cli.keeping import write_whole

    formats = {".md": render.markdown, ".html": render.html, ".htm": render.html}
    form = formats.get(path.suffix.lower())
    write_whole(path, form(summary) if form else render.text(summary, 100))


def _check_input(path: Path) -> None:
    """Raises DosenoteError where there is no file of that name, before its name is asked for its format."""
    from dosenote.documents import unreadable

    try:
        if path.is_dir():
            raise IsADirectoryError
        path.stat()
    except OSError as error:
        raise unreadable(error, str(path)) from None


def _check_summary(path: Path) -> None:
    """Raises DosenoteError, before a long run, where there can be no summary after it."""
    if path.is_dir():
        raise DosenoteError("it is a folder", str(path))
    if not path.parent.is_dir():
        raise DosenoteError("there is no such folder", str(path.parent))


def _exit_code(counted: Counted, fail_on: str) -> int:
    if any(counted.answers[action] for action in ACTIONS[: ACTIONS.index(fail_on) + 1]):
        return 1
    if counted.answers["cannot-tell"] or any(counted.open.values()) or not counted.regimens:
        return 3
    return REJECTED if counted.rejected else 0
