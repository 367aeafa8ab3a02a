"""One engine: however a list comes in, and whatever machine it is checked on, the answers are the same."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import audit
from conftest import ROOT, cases
from dosenote.batch import csv_rows
from dosenote.batch.by_columns import by_columns
from dosenote.batch.jsonl import JsonLines
from dosenote.batch.lines import Lines
from dosenote.batch.naming import Naming
from dosenote.batch.outcomes import Checker, Outcomes, Readings, one_by_one
from dosenote.batch.part import Printer
from dosenote.batch.rows import Block, Rows
from dosenote.batch.stored import Stored
from dosenote.cli import main
from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.files import PersonTable, RegimenFile, read_regimen, regimen_of, regimen_toml
from dosenote.interview.session import Session, session_of
from dosenote.reader import Reader
from dosenote.regimen import Closed, Regimen
from dosenote.report import Report, build_report
from dosenote.rule import JURISDICTIONS
from lists import RAISED, RULESET, lists, read

pa = pytest.importorskip("pyarrow")

from dosenote.arrow import INPUT, checker  # noqa: E402


class Told(NamedTuple):
    """What a list comes to: rules that are raised and rules that cannot be told, gravest first, and unread pieces."""

    raised: tuple[str, ...]
    open: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]


def _told(report: Report) -> Told:
    return Told(
        tuple(one.rule for one in report.advisories),
        tuple(one.rule for one in report.undecided),
        tuple((one.text, one.reason) for one in report.not_recognised),
    )


def _answers(regimen: Regimen) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What becomes of every rule, and what was not recognised."""
    found = evaluate(RULESET.rules, facts_of(regimen, RULESET.vocabulary))
    unread = [piece for reading in regimen.readings for piece in reading.not_recognised]
    return {one.rule.id: one.answer for one in found}, sorted(unread)


def _sorted(lines: list[str]) -> RegimenFile:
    """The list as a file with everything in its place: medicines, conditions, foods, values and the person apart."""
    places: dict[str, list[str]] = {name: [] for name in ("items", "medicines", "conditions", "foods", "labs")}
    person, closed = PersonTable(), Closed()
    for line in lines:
        one = read(line)
        bare = one._replace(text="", outcome="ignore", reason="", person=type(one.person)(), closed=Closed())
        nothing = type(one)("", "ignore")
        if bare == nothing and one.outcome == "ignore":
            closed |= one.closed
            said = {name: value for name, value in one.person._asdict().items() if value is not None}
            person = PersonTable(**{**{name: getattr(person, name) for name in one.person._fields}, **said})
        elif one.conditions and bare._replace(conditions=()) == nothing:
            places["conditions"].append(line)
        elif one.foods and bare._replace(foods=()) == nothing:
            places["foods"].append(line)
        elif one.labs and bare._replace(labs=()) == nothing:
            places["labs"].append(line)
        elif one.items and all(RULESET.vocabulary[item.substance].kind == "medicine" for item in one.items):
            places["medicines"].append(line)
        else:
            places["items"].append(line)
    return RegimenFile(
        items=[*places["items"]], medicines=[*places["medicines"]] or None, conditions=places["conditions"] or None,
        foods=places["foods"] or None, labs=[*places["labs"]], person=person,
        no_other_medicines=closed.medicines, no_conditions=closed.conditions, no_other_foods=closed.foods,
    )  # fmt: skip


def _row(id: str, file: RegimenFile) -> dict[str, Any]:
    """A file as a row of a batch; what is not said is not there."""
    row: dict[str, Any] = {"id": id, "items": file.items}
    row |= {name: said for name in ("medicines", "conditions", "foods", "labs") if (said := getattr(file, name))}
    row |= {name: True for name in ("no_other_medicines", "no_conditions", "no_other_foods") if getattr(file, name)}
    person = {name: getattr(file.person, name) for name in ("age", "sex", "pregnant", "lactating")}
    said = {name: float(one) if isinstance(one, Decimal) else one for name, one in person.items() if one is not None}
    return row | ({"person": said} if said else {})


def _as_json(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """A row as CSV and Arrow have it: the person in columns of the row."""
    return {**{name: value for name, value in row.items() if name != "person"}, **row.get("person", {})}


COLUMNS = ("id", "items", "medicines", "conditions", "foods", "labs", "no_other_medicines", "no_conditions", "no_other_foods",
           "age", "sex", "pregnant", "lactating")  # fmt: skip


def _as_csv(rows: list[dict[str, Any]]) -> bytes:
    """An empty cell would say that nobody told what is taken; that nothing is has a word."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in rows:
        cells = _cells(row)
        joined = {name: "; ".join(value) or "none" for name, value in cells.items() if isinstance(value, list)}
        yes_no = {name: "yes" if value else "no" for name, value in cells.items() if isinstance(value, bool)}
        table.writerow({**cells, **joined, **yes_no})
    return out.getvalue().encode()


CHECKERS = {jurisdiction: Checker(RULESET, jurisdiction) for jurisdiction in JURISDICTIONS}


def _in_a_batch(data: bytes, kind: str, ways: str, reader: Reader, jurisdiction: str) -> dict[str, Told]:
    """What the batch says of a file, by id: as rows or as columns, by the same steps as the command."""
    checks = CHECKERS[jurisdiction]
    lines: Lines
    check: Callable[[Rows], Outcomes]
    if ways == "rows":
        lines = readings = Readings(reader, None)
        check = lambda rows: one_by_one(rows, readings, checks)  # noqa: E731
    else:
        lines = stored = Stored(reader, None, checks.rules)
        naming = Naming(checks, stored)
        check = lambda rows: by_columns(rows, stored, naming, checks)  # noqa: E731
    if kind == "jsonl":
        rows = JsonLines(lines).rows_of(Block(1, data))
    else:
        first, _, rest = data.partition(b"\n")
        rows = csv_rows.rows_of(Block(2, rest), lines, csv_rows.header_of(first, {}))
    assert rows.rejects == []
    part = Printer(checks, "jsonl", "jsonl").part(rows, lines, check(rows))
    results = {row["id"]: row for row in map(json.loads, part.results.splitlines())}
    raised: dict[str, list[str]] = {id: [] for id in results}
    cannot: dict[str, list[str]] = {id: [] for id in results}
    for row in map(json.loads, b"".join(part.findings).splitlines()):
        {"raised": raised, "cannot-tell": cannot}[row["answer"]][row["id"]].append(row["rule"])
    return {
        id: Told(
            tuple(raised[id]),
            tuple(cannot[id]),
            tuple((one["text"], one["reason"]) for one in row["not_recognised"]),
        )
        for id, row in results.items()
    }


def _in_arrow(rows: list[dict[str, Any]], jurisdiction: str) -> dict[str, Told]:
    batch = pa.RecordBatch.from_pylist([_cells(row) for row in rows], schema=INPUT)
    found: dict[str, list[dict[str, Any]]] = {}
    for one in checker(jurisdiction)(iter([batch])):
        for row in one.to_pylist():
            found.setdefault(row["id"], []).append(row)
    return {
        id: Told(
            tuple(row["rule"] for row in each if row["rule"] and row["answer"] == "raised"),
            tuple(row["rule"] for row in each if row["rule"] and row["answer"] == "cannot-tell"),
            tuple((row["text"], row["reason"]) for row in each if row["text"]),
        )
        for id, each in found.items()
    }


def _hold_same(reader: Reader, many: Sequence[Sequence[str]], jurisdiction: str) -> None:
    """Each list in every way in: as one list of lines, and with everything in its place."""
    plain = [RegimenFile(items=[*lines]) for lines in many]
    placed = [_sorted(lines) for lines in many]
    expected = {}
    for number, lines in enumerate(many):
        told = _told(build_report(Regimen(reader.read_all(lines)), RULESET, jurisdiction))
        expected[f"P{number}"] = Told(told.raised, told.open, ())
        typed = [
            read_regimen("\n".join(lines), "-", reader),
            regimen_of(Session(tuple(lines)).file(reader), reader),
        ]
        for file in (plain[number], placed[number]):
            table = _row("", file)
            del table["id"]
            typed += [
                regimen_of(file, reader),
                read_regimen(regimen_toml(file), "one.toml", reader),
                read_regimen(json.dumps(table), "one.json", reader),
                regimen_of(session_of(file).file(reader), reader),
            ]
        first, *others = [_answers(regimen) for regimen in typed]
        assert all(other == first for other in others)
        outcomes = first[0]
        shown = {*told.raised, *told.open}
        assert {id: outcomes[id] for id in told.raised} == dict.fromkeys(told.raised, "raised")
        assert {id: outcomes[id] for id in told.open} == dict.fromkeys(told.open, "cannot-tell")
        left = {id for id, answer in outcomes.items() if answer != "not-raised"} - shown
        superseded = {id for rule in RULESET.rules if outcomes[rule.id] == "raised" for id in rule.supersedes}
        elsewhere = {rule.id for rule in RULESET.rules} - {rule.id for rule in RULESET.for_jurisdiction(jurisdiction)}
        assert left <= superseded | elsewhere
    for files in (plain, placed):
        rows = [_row(f"P{number}", file) for number, file in enumerate(files)]
        batches = [
            _in_a_batch(_as_json(rows), "jsonl", "rows", reader, jurisdiction),
            _in_a_batch(_as_json(rows), "jsonl", "columns", reader, jurisdiction),
            _in_a_batch(_as_csv(rows), "csv", "rows", reader, jurisdiction),
            _in_a_batch(_as_csv(rows), "csv", "columns", reader, jurisdiction),
            _in_arrow(rows, jurisdiction),
        ]
        assert all(batch == batches[0] for batch in batches)
        assert {id: one._replace(unread=()) for id, one in batches[0].items()} == expected


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_what_raises_a_rule_raises_it_in_every_way(reader: Reader, jurisdiction: str) -> None:
    """A list for each rule: as lines, in a TOML file, as JSON, at the prompt and saved there, and in a batch."""
    _hold_same(reader, [*RAISED.values()][JURISDICTIONS.index(jurisdiction) :: len(JURISDICTIONS)], jurisdiction)


@given(st.lists(lists(min_examples=1), min_size=1, max_size=4), st.sampled_from(JURISDICTIONS))
@cases(25)
def test_one_list_has_the_same_answers_in_every_way(reader: Reader, many: list[list[str]], jurisdiction: str) -> None:
    """Lines, a TOML file, JSON, the prompt and what it saves; and a batch in rows, columns, CSV and Arrow.

    With everything in one list of lines, and with medicines, conditions, foods, values and the person in their places.
    """
    _hold_same(reader, many, jurisdiction)


@given(lists(min_examples=1))
@cases(20)
def test_the_command_prints_the_answers_of_the_engine(reader: Reader, lines: list[str]) -> None:
    """`check` in its JSON: the same rules raised and open, and the same pieces that were not recognised."""
    ran = CliRunner().invoke(main, ["check", *lines, "--format", "json"])
    report = json.loads(ran.stdout)
    told = _told(build_report(Regimen(reader.read_all(lines)), RULESET, "us"))
    assert tuple(one["rule"] for one in report["advisories"]) == told.raised
    assert tuple(one["rule"] for one in report["undecided"]) == told.open
    assert tuple((one["text"], one["reason"]) for one in report["not_recognised"]) == told.unread


# --- the same bytes

#: Another place on earth, another language, another order of every set.
MACHINES = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "America/Lima", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
)
OUTPUTS = {
    "text": ["check", "-f", "list.toml", "--explain"],
    "json": ["check", "-f", "list.toml", "--format", "json", "--explain"],
    "html": ["page", "list.toml", "--format", "html", "--audience", "both", "--name", "Ğülşen İ."],
}
LIST = """\
items = ["Vitamin D3 5,000 IU daily", { line = "MK-7 100 mcg daily", started = 2026-11-20 }, "calcium 600 mg twice a day",
         "OsteoMax İ ß ﬁ", "multivitamin", "magnesium 2.500 mg", "stopped vitamin K1 in May"]
medicines = ["Marcoumar", "digoxin 125 mcg", "hydrochlorothiazide", "levothyroxine 50 mcg", "warfrin"]
conditions = ["kidney stones", "sarcoidosis", "osteoporosis"]
foods = ["natto", "kale"]
labs = [{ line = "25-OH-D 160 ng/mL", date = 2026-11-01 }, "blood calcium 2.7 mmol/L", "eGFR 25"]

[person]
age = 67
sex = "female"
"""


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_same_list_gives_the_same_bytes_on_every_machine(output: str, tmp_path: Path) -> None:
    """Another time zone, another locale and another hash seed change no byte of text, JSON or the page."""
    (tmp_path / "list.toml").write_text(LIST, "utf-8")
    found = set()
    for number, machine in enumerate(MACHINES):
        out = tmp_path / f"out{number}"
        words = [*OUTPUTS[output], "--as-of", "2026-11-21", "-o", str(out)]
        env = {**os.environ, **machine, "COLUMNS": "80", "HOME": str(tmp_path), **audit.variables(ROOT / "src")}
        ran = subprocess.run(
            [sys.executable, "-m", "dosenote", *words], cwd=tmp_path, env=env, capture_output=True, check=False
        )
        assert ran.returncode in (0, 1), ran.stderr
        found.add(out.read_bytes())
    assert len(found) == 1
    assert b"" not in found
