"""Many regimens: the same answers as one by one, every row accounted for, outputs whole or not there."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dosenote.batch import lines as batch_lines
from dosenote.batch import part as batch_part
from dosenote.batch import processes as batch_processes
from dosenote.batch import run as batch_run
from dosenote.batch import source as batch_source
from dosenote.batch import work as batch_work
from dosenote.batch.csv_rows import header_of
from dosenote.batch.part import Counted
from dosenote.batch.rows import Block, Stretch
from dosenote.batch.run import Batch, Names
from dosenote.batch.source import Place, Source, kind_of
from dosenote.batch.work import Job, Worker, Workers
from dosenote.cli import main
from dosenote.errors import DosenoteError
from dosenote.files import read_regimen
from dosenote.reader import Reader
from dosenote.report import build_report
from dosenote.ruleset import RuleSet
from regimens import json_lines

AS_OF = date(2026, 11, 21)


class Ran:
    """One run over a file: its outputs as bytes, and what it came to."""

    def __init__(self, folder: Path, counted: Counted) -> None:
        self.counted = counted
        self.findings, self.results, self.rejects = (
            next(folder.glob(f"{name}.*")).read_bytes() for name in ("findings", "results", "rejects")
        )

    @property
    def bytes(self) -> tuple[bytes, bytes, bytes]:
        return self.findings, self.results, self.rejects

    def rejected(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.rejects.decode())))

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.results.splitlines()]


@pytest.fixture
def ran(tmp_path: Path) -> Callable[..., Ran]:
    """Runs over a file with these bytes."""

    def go(data: bytes, name: str = "in.jsonl", **options: Any) -> Ran:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / name).write_bytes(data)
        return _run(folder, name, **options)

    return go


def _run(
    folder: Path, name: str, *, kind: str = "jsonl", jobs: int = 1, resume: bool = False, names: Any = None,
    told: Callable[[Counted, int], None] = lambda _counted, _read: None, max_rejects: int | None = None,
) -> Ran:  # fmt: skip
    path = folder / name
    source = Source(path, kind_of(path, None), names or {})
    job = Job(None, "us", AS_OF, source.kind, source.header, kind, kind)
    outputs = Names(folder / f"findings.{kind}", folder / f"results.{kind}", folder / "rejects.csv")
    with Workers(job, jobs) as workers:
        counted = Batch(source, outputs, workers, resume).run(max_rejects, told)
    return Ran(folder, counted)


def _file(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


# --- the same answers


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_by_columns_and_one_by_one_give_the_same_bytes(
    ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Findings, results and rejects, whatever stands in the rows."""
    data = _file(json_lines(700, 5))
    monkeypatch.setattr(batch_work, "_PAYS", 10**9)
    single = ran(data, kind=kind)
    monkeypatch.setattr(batch_work, "_PAYS", 0)
    columns = ran(data, kind=kind)
    assert columns.bytes == single.bytes
    assert columns.counted == single.counted
    assert single.counted.rejected > 10
    assert single.counted.findings > 3000


def test_a_row_has_the_answers_of_a_single_check(ran: Callable[..., Ran], ruleset: RuleSet, reader: Reader) -> None:
    """Raised and cannot tell, gravest first, and what was not recognised."""
    lines = [line for line in json_lines(150, 6) if b'"substance"' not in line]
    found = ran(_file(lines))
    rejected = {int(row["line"]) for row in found.rejected()}
    findings: dict[int, list[tuple[str, str]]] = {}
    for line in found.findings.splitlines():
        row = json.loads(line)
        findings.setdefault(row["line"], []).append((row["rule"], row["answer"]))
    results = {row["line"]: row for row in found.rows()}
    assert len(lines) > 40
    for number, line in enumerate(lines, 1):
        table = json.loads(line)
        del table["id"]
        try:
            regimen = read_regimen(json.dumps(table), "one", reader)._replace(as_of=AS_OF)
            report = build_report(regimen, ruleset, "us")
        except DosenoteError:
            assert number in rejected
            continue
        here = findings.get(number, [])
        assert [rule for rule, answer in here if answer == "raised"] == [one.rule for one in report.advisories]
        assert [rule for rule, answer in here if answer == "cannot-tell"] == [one.rule for one in report.undecided]
        result = results[number]
        assert (result["raised"], result["left_to_graver"], result["cannot_tell"]) == (
            report.counts.raised, report.counts.superseded, report.counts.undecided,
        )  # fmt: skip
        assert result["items"] == report.coverage.items
        assert (result["answer"] == "not-raised") == (not report.advisories and not report.is_open)
        unread = {one.text for one in report.not_recognised} | {one.title for one in report.disagreements}
        assert unread <= {one["text"] for one in result["not_recognised"]}


def test_the_same_facts_in_every_form_of_input(ran: Callable[..., Ran]) -> None:
    """JSON lines, one regimen a row and one item a row: the same findings."""
    jsonl = ran(
        b'{"id": "a", "items": ["Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily"], "medicines": ["warfarin"],'
        b' "no_other_medicines": true, "conditions": [], "person": {"age": 67, "sex": "female", "pregnant": false}}\n'
        b'{"id": "b", "items": [{"substance": "calcium", "amount": 600, "unit": "mg", "times": 2, "period": "day"}]}\n'
    )
    wide = ran(
        b"id;items;medicines;no_other_medicines;conditions;age;sex;pregnant\n".replace(b";", b",")
        + b"a,Vitamin D3 5000 IU daily; K2 MK-7 100 mcg daily,warfarin,yes,none,67,F,0\n"
        + b"b,calcium 600 mg twice a day,,,,,,\n",
        "in.csv",
    )
    long = ran(
        b"\xef\xbb\xbfid,item,substance,amount,unit,frequency,age,sex,pregnant,no_other_medicines,no_conditions\r\n"
        b'a,"Vitamin D3 5,000 IU daily",,,,,67,female,no,yes,yes\r\n'
        b"a,,K2 MK-7,100,mcg,daily,67,female,,,\r\n"
        b"a,warfarin,,,,,,,,,\r\n"
        b"b,,calcium,600,mg,twice a day,,,,,",
        "in.csv",
    )

    def findings(one: Ran) -> list[dict[str, Any]]:
        return [{**json.loads(line), "line": 0} for line in one.findings.splitlines()]

    assert findings(jsonl) == findings(wide) == findings(long)
    assert any(row["rule"] == "mk-7-with-vitamin-k-antagonist" and row["answer"] == "raised" for row in findings(wide))
    assert [row["line"] for row in jsonl.rows()] == [1, 2]
    assert [row["line"] for row in wide.rows()] == [2, 3]
    assert [row["line"] for row in long.rows()] == [2, 5]
    assert [one.counted.rejected for one in (jsonl, wide, long)] == [0, 0, 0]


def test_what_is_not_said_is_unknown_and_never_no(ran: Callable[..., Ran]) -> None:
    """An empty list says that there are none; a missing or empty cell says nothing, nor do "refused" and the like."""
    lines = [
        b'{"id": "said", "items": ["MK-7 100 mcg daily"], "medicines": []}',
        b'{"id": "unsaid", "items": ["MK-7 100 mcg daily"]}',
        b'{"id": "null", "items": ["MK-7 100 mcg daily"], "medicines": null}',
    ]
    by_id = {}
    for line in ran(_file(lines)).findings.splitlines():
        row = json.loads(line)
        by_id.setdefault(row["id"], {})[row["rule"]] = row["answer"]
    rule = "mk-7-with-vitamin-k-antagonist"
    assert [by_id.get(id, {}).get(rule) for id in ("said", "unsaid", "null")] == [None, "cannot-tell", "cannot-tell"]
    cells = ["", "refused", "Don't know", "NA", "unknown"]
    table = "id,items,medicines,pregnant\n" + "".join(
        f"{number},MK-7 100 mcg daily,{cell},{cell}\n" for number, cell in enumerate(cells)
    )
    rows = ran(table.encode(), "in.csv")
    assert rows.counted.rejected == 0
    assert rows.counted.open[rule] == len(cells)


@pytest.mark.parametrize("cell", ["refused", "unknown", "n/a", "?", "\N{PILL}", "warfarin?"])
def test_a_list_of_which_something_is_not_known_is_never_closed(ran: Callable[..., Ran], cell: str) -> None:
    """Also where a flag of the row says that there are no others."""
    rule = "mk-7-with-vitamin-k-antagonist"
    table = (
        f"id,items,medicines,no_other_medicines\n1,MK-7 100 mcg daily,{cell},yes\n2,MK-7 100 mcg daily; {cell},,yes\n"
    )
    rows = ran(table.encode(), "in.csv")
    assert rows.counted.rejected == 0
    assert rows.counted.open[rule] == 2


@pytest.mark.parametrize("cell", ["", "refused", "don't know", "NA", " ; ;", "-", "."])
def test_items_that_are_not_told_may_be_anything(ran: Callable[..., Ran], cell: str) -> None:
    """Beside medicines that are: the warfarin stays open for what was not said; "none" says that there is nothing."""
    rule = "mk-7-with-vitamin-k-antagonist"
    for table in ("id,items,medicines\n1,{},warfarin\n", "id,item,medicines\n1,{},\n1,warfarin,\n"):
        told = ran(table.format(cell).encode(), "in.csv")
        assert told.counted.open[rule] == 1
        assert ran(table.format("none").encode(), "in.csv").counted.open[rule] == 0


# --- nothing is lost


FAULTS: list[tuple[bytes, str]] = [
    (b'{"id": "x", "items": ["D3 1000 IU daily"]', ""),
    (b'{"id": "x", "items": "D3 1000 IU daily"}', "items"),
    (b'{"id": "x", "items": ["D3 \xff 1000 IU daily"]}', "items"),
    (b"", ""),
    (b'["D3 1000 IU daily"]', ""),
    (b'{"id": "x", "items": [{"substance": "vitamin D3", "amount": -5, "unit": "IU"}]}', "items"),
    (b'{"id": "x", "items": [{"substance": "vitamin D3", "amount": "5", "unit": "IU"}]}', "items"),
    (b'{"id": "x", "items": [], "person": {"age": 200}}', "age"),
    (b'{"id": "x", "items": [], "person": {"sex": "femal"}}', "sex"),
    (b'{"id": "x", "items": [], "persn": {}}', "persn"),
    (b'{"items": ["D3 1000 IU daily"]}', "id"),
    (b'{"id": "x", "items": ["age 40"], "person": {"age": 67}}', ""),
    (b'{"id": "x", "items": ["D3"], "items": []}', ""),
    (b'{"id": "x", "items": [], "medicines": "warfarin"}', "medicines"), (b'{"id": "x", "medicines": []}', "items"),
    (b'{"id": "x", "items": null}', "items"),
    (b'{"id": "x", "items": [{"line": "D3", "started": "yesterday"}]}', "items"),
    (b'{"id": "x", "items": [{"substance": "vitamin D3", "amount": NaN, "unit": "IU"}]}', ""),
    (b'{"id": "x", "items": [' + b"[" * 5000, ""),
    (b'{"id": "", "items": ["D3"]}', "id"),
]  # fmt: skip


@pytest.mark.parametrize("pays", [0, 10**9])
def test_planted_faults_are_found_and_cost_nothing_else(
    ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, pays: int
) -> None:
    """Each kind of bad line of JSON, at known places: rejected with its line and column, every other row checked."""
    monkeypatch.setattr(batch_work, "_PAYS", pays)
    monkeypatch.setattr(batch_source, "SIZE", 5000)
    good = json_lines(1200, 7)
    clean = ran(_file(good))
    bad_before = {int(row["line"]) for row in clean.rejected()}
    good = [line for number, line in enumerate(good, 1) if number not in bad_before]
    chance = random.Random(8)
    lines: list[bytes] = list(good)
    planted: dict[int, str] = {}
    places = sorted(chance.sample(range(len(good)), 90))
    for shift, place in enumerate(places):
        text, column = FAULTS[shift % len(FAULTS)]
        lines.insert(place + shift, text)
        planted[place + shift + 1] = column
    found = ran(_file(lines))
    assert {int(row["line"]): row["column"] for row in found.rejected()} == planted
    assert all(row["reason"] for row in found.rejected())
    assert found.counted.read == len(lines)
    assert found.counted.rejected == len(planted)
    wanted = [{**row, "line": 0} for row in clean.rows() if row["line"] not in bad_before]
    assert [{**row, "line": 0} for row in found.rows()] == wanted
    assert [row["line"] for row in found.rows()] == [n for n in range(1, len(lines) + 1) if n not in planted]


CSV_FAULTS = [
    (b'7,"D3 1000 IU daily,67', "quote"), (b"7,D3 1000 IU daily", "cells"), (b"7,D3,67,8", "cells"), (b"", "empty"),
    (b"7,D3 \xff,67", "UTF-8"), (b",D3 1000 IU daily,67", "id"), (b"7,D3 1000 IU daily,200", "age"),
    (b"7,D3 1000 IU daily,old", "age"), (b"7,D3 \x00,67", "NUL"), (b"7,D3,-3", "age"),
    (b'7,"D3" x,67', "quote"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "word"), CSV_FAULTS)
def test_a_bad_line_of_csv_costs_that_line_alone(ran: Callable[..., Ran], text: bytes, word: str) -> None:
    """Also an unclosed quote, which swallows the rest of the file elsewhere."""
    rows = [f"{number},vitamin D3 1000 IU daily,67".encode() for number in range(40)]
    rows[20:20] = [text]
    found = ran(_file([b"id,items,age", *rows]), "in.csv")
    assert [int(row["line"]) for row in found.rejected()] == [22]
    assert all(word in f"{row['reason']} {row['column']}" for row in found.rejected())
    assert len(found.rows()) == 40
    assert found.counted.read == 41


def test_an_unreadable_row_of_an_item_leaves_its_neighbours_open(ran: Callable[..., Ran]) -> None:
    """It may have been the warfarin of the regimen before it, or of the one after it."""
    rows = [
        b"id,item,no_other_medicines", b"1,MK-7 100 mcg daily,yes", b'2,"MK-7 100 mcg daily",yes', b'2,"warf', b"3,MK-7 100 mcg daily,yes",
        b"4,MK-7 100 mcg daily,yes",
    ]  # fmt: skip
    found = ran(_file(rows), "in.csv")
    unread = {row["id"]: [one["text"] for one in row["not_recognised"]] for row in found.rows()}
    assert unread == {"1": [], "2": ["line 4"], "3": ["line 4"], "4": []}
    rule = "mk-7-with-vitamin-k-antagonist"
    told = {json.loads(line)["id"] for line in found.findings.splitlines() if json.loads(line)["rule"] == rule}
    assert told == {"2", "3"}


@pytest.mark.parametrize("size", [60, 4_000_000])
def test_an_id_that_comes_back_is_an_error(ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Not a second regimen of the same name, wherever the file is cut; the regimen around it goes on."""
    monkeypatch.setattr(batch_source, "SIZE", size)
    rows = [b"1,MK-7 100 mcg daily", b"2,MK-7 100 mcg daily", b"1,warfarin", b"2,warfarin", b"3,calcium 500 mg daily"]
    found = ran(_file([b"id,item", *rows]), "in.csv")
    assert [(row["line"], row["column"]) for row in found.rejected()] == [("4", "id")]
    unread = {row["id"]: [one["text"] for one in row["not_recognised"]] for row in found.rows()}
    assert unread == {"1": ["line 4"] if size > 60 else [], "2": [], "3": []}  # in small blocks 1 has gone out
    assert (found.counted.read, found.counted.rejected) == (5, 1)


@pytest.mark.parametrize("size", [100, 1000, 4_000_000])
def test_where_the_file_is_cut_does_not_matter(
    ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Regimens of one item a row are never torn; a file without a last line end is whole."""
    chance = random.Random(3)
    rows = [b"id,item,age"]
    for number in range(60):
        rows += [
            f"{number},{chance.choice(['warfarin', 'MK-7 100 mcg daily', 'D3 5000 IU daily', 'blorb'])},{age}".encode()
            for age in [chance.choice(["", "67"])]
            for _ in range(chance.randrange(1, 6))
        ]
    whole = ran(b"\n".join(rows), "in.csv")
    monkeypatch.setattr(batch_source, "SIZE", size)
    assert ran(b"\n".join(rows), "in.csv").bytes == whole.bytes
    data = _file(json_lines(80, 9))
    monkeypatch.undo()
    one = ran(data)
    monkeypatch.setattr(batch_source, "SIZE", size)
    assert ran(data).bytes == one.bytes


def test_a_line_without_an_end_is_not_kept_in_memory(ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that is far too long is rejected, and the next one is checked."""
    monkeypatch.setattr(batch_source, "SIZE", 100_000)
    good = b'{"id": "a", "items": ["D3 1000 IU daily"]}\n'
    found = ran(good + b'{"id": "b", "items": ["' + b"x" * 5_000_000 + b'"]}\n' + good)
    assert [row["line"] for row in found.rejected()] == ["2"]
    assert "longer" in found.rejected()[0]["reason"]
    assert [row["line"] for row in found.rows()] == [1, 3]


def test_more_distinct_lines_than_are_remembered(ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are forgotten and read again: the same answers."""
    data = _file(json_lines(200, 10))
    wanted = ran(data)
    monkeypatch.setattr(batch_lines, "MOST", 10)
    monkeypatch.setattr(batch_source, "SIZE", 2000)
    for pays in (10**9, 0):
        monkeypatch.setattr(batch_work, "_PAYS", pays)
        assert ran(data).bytes == wanted.bytes


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_packed_files(ran: Callable[..., Ran], suffix: str) -> None:
    """The same as unpacked; one that ends too early is an error, and no output appears."""
    data = _file(json_lines(60, 11))
    if suffix == ".zst":
        packed = pytest.importorskip("zstandard").ZstdCompressor().compress(data)
    else:
        packed = gzip.compress(data) if suffix == ".gz" else lzma.compress(data)
    assert ran(packed, f"in.jsonl{suffix}").bytes == ran(data).bytes
    if suffix != ".zst":
        with pytest.raises(DosenoteError, match="ends too early"):
            ran(packed[:-20], f"in.jsonl{suffix}")


def test_two_processes_give_the_same_bytes(ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the input."""
    monkeypatch.setattr(batch_source, "SIZE", 20_000)
    data = _file(json_lines(600, 12))
    assert ran(data, jobs=2).bytes == ran(data).bytes


def test_what_an_earlier_run_left_is_not_counted(ran: Callable[..., Ran], tmp_path: Path) -> None:
    """A run that begins anew writes over the longer outputs of one that was killed."""
    folder, data = tmp_path / "left", _file(json_lines(20, 12))
    folder.mkdir()
    (folder / "in.jsonl").write_bytes(data)
    (folder / "findings.jsonl.partial").write_bytes(b"x" * 1_000_000)
    assert _run(folder, "in.jsonl").bytes == ran(data).bytes


class _Begun(batch_processes.Other):
    """A process that has begun before it is given anything."""

    def __init__(self, own: Worker) -> None:
        super().__init__(own)
        while not self.is_free():
            assert self._process.is_alive()
            time.sleep(0.05)


@pytest.fixture(params=["copied", "begun anew"])
def other_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes are copies of this one, or begin anew, as where the system cannot copy one."""
    monkeypatch.setattr(batch_processes, "_is_alone", lambda: request.param == "copied")
    monkeypatch.setattr(batch_processes, "Other", _Begun)


JOB = Job(None, "us", AS_OF, "jsonl", None, "jsonl", "jsonl")


@pytest.mark.usefixtures("other_kind")
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_another_process_checks_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Callable[..., Ran], suffix: str
) -> None:
    """Those that it reads where they stand, or is sent; the outputs and counts are those of one process."""
    monkeypatch.setattr(batch_source, "SIZE", 3_000)
    data = _file(json_lines(200, 15))
    packed = gzip.compress(data) if suffix else data
    alone = ran(packed, f"in.jsonl{suffix}")
    real, mine = Worker.part, []
    monkeypatch.setattr(Worker, "part", lambda self, block: mine.append(block) or real(self, block))
    two = ran(packed, f"in.jsonl{suffix}", jobs=2)
    assert (two.bytes, two.counted) == (alone.bytes, alone.counted)
    source = Source(tmp_path / "run0" / f"in.jsonl{suffix}", "jsonl", {})
    assert 0 < len(mine) < len(list(source.blocks(Place())))
    source.close()


def test_a_process_with_threads_is_not_copied() -> None:
    """What another thread holds would be held for ever in the copy."""
    child = "import threading, time\nfrom dosenote.batch.processes import _is_alone\nprint(_is_alone())\n"
    child += "threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\nprint(_is_alone())"
    told = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout
    assert told.split() == [str(sys.platform == "linux"), "False"]


@pytest.mark.usefixtures("other_kind")
def test_a_process_that_fails_is_told(tmp_path: Path) -> None:
    """A block that it cannot read, and an end from outside: nothing is taken for checked, and nobody waits for ever."""
    other = batch_processes.Other(Worker(JOB))
    with closing(other):
        other.give(Block(1, b"", stored=Stretch(tmp_path / "gone.jsonl", 0, 10)))
        with pytest.raises(DosenoteError, match="cannot be read"):
            other.take()
        os.kill(other._process.pid, signal.SIGKILL)
        with pytest.raises(DosenoteError, match="ended from outside"):
            other.take()


@pytest.mark.usefixtures("other_kind")
def test_a_process_that_ends_is_told() -> None:
    """Of what it was to check, or to write, nothing is taken for done; and nothing more can be given to it."""
    other = batch_processes.Other(Worker(JOB))
    block = Block(1, _file(json_lines(2000, 15)))
    with closing(other):
        other.give(block)
        os.kill(other._process.pid, signal.SIGKILL)
        other._process.join(60)
        with pytest.raises(DosenoteError, match="ended from outside"):
            other.take()
        with pytest.raises(DosenoteError, match="ended from outside"):
            other.give(block)


@pytest.mark.usefixtures("other_kind")
def test_what_another_process_cannot_write_is_told(tmp_path: Path) -> None:
    """As where there is no room: nobody takes it for written."""
    paths = [tmp_path / name for name in ("findings", "results", "rejects")]
    with ExitStack() as stack:
        other = stack.enter_context(closing(batch_processes.Other(Worker(JOB))))
        files = [stack.enter_context(path.open("w+b")) for path in paths]
        other.give(Block(1, _file(json_lines(20, 15))))
        part = other.take()
        paths[1].unlink()
        part.write(files)
        with pytest.raises(OSError, match="results"):
            other.settle()


@pytest.mark.usefixtures("other_kind")
def test_a_process_that_nobody_needs_ends() -> None:
    """Whatever it is doing."""
    other = batch_processes.Other(Worker(JOB))
    other.give(Block(1, _file(json_lines(2000, 15))))
    other.close()
    other._process.join(60)
    assert other._process.exitcode is not None


@pytest.mark.usefixtures("other_kind")
def test_processes_end_with_the_one_that_began_them(tmp_path: Path) -> None:
    """However it ends: each of several, also those that were copied after the first."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        others = [batch_processes.Other(Worker(JOB)) for _ in range(3)]
        os.write(writing, b" ".join(b"%d" % other._process.pid for other in others) + b"\n")
        time.sleep(60)
        os._exit(0)
    pids = [int(pid) for pid in os.read(reading, 1000).split()]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    ends = time.monotonic() + 30
    while any(Path(f"/proc/{pid}/cmdline").exists() and _runs(pid) for pid in pids):
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert len(pids) == 3


def _runs(pid: int) -> bool:
    """Whether a process runs; one that ended, and that nobody asked after yet, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.usefixtures("other_kind")
@pytest.mark.parametrize("after", [1, 4])
def test_two_processes_stopped_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Ctrl-C between any two blocks: what the other process was told to write is written, or not noted as done."""
    monkeypatch.setattr(batch_source, "SIZE", 3_000)
    (tmp_path / "in.jsonl").write_bytes(_file(json_lines(300, 21)))
    whole, blocks = _run(tmp_path, "in.jsonl"), 0

    def told(_counted: Counted, _read: int) -> None:
        nonlocal blocks
        blocks += 1
        if blocks == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path, "in.jsonl", jobs=2, told=told)
    note = json.loads((tmp_path / "findings.jsonl.checkpoint").read_text("utf-8"))
    partial = (tmp_path / "findings.jsonl.partial").read_bytes()
    assert whole.findings.startswith(partial[: note["sizes"][0]])
    assert note["sizes"][0] > 0
    again = _run(tmp_path, "in.jsonl", jobs=2, resume=True)
    assert (again.bytes, again.counted) == (whole.bytes, whole.counted)


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv"])
def test_a_block_is_read_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A process that gets no data reads the same ones, wherever the file is cut; in a shorter file that is an error."""
    monkeypatch.setattr(batch_source, "SIZE", 5_000)
    path = tmp_path / name
    rows = [b"id,items", *(b"%d,D3 1000 IU daily" % number for number in range(900))]
    long = [*json_lines(60, 13), b"x" * 2_000_000, *json_lines(60, 14)]
    path.write_bytes(_file(rows if name == "in.csv" else long))
    source = Source(path, kind_of(path, None), {})
    blocks = [block for block, _ in source.blocks(Place())]
    source.close()
    stored = [(block.stored, block.data) for block in blocks if block.stored is not None]
    assert [stretch.read() for stretch, _ in stored] == [data for _, data in stored]
    assert len(blocks) - 2 <= len(stored) > 2
    path.write_bytes(b"id,items\n")
    with pytest.raises(DosenoteError, match="changed"):
        stored[-1][0].read()


# --- what an attack found

ALL = b'"no_other_medicines": true, "no_conditions": true, "no_other_foods": true'


@pytest.mark.parametrize(
    "text",
    [b'{"id":"1","items":["K2 MK-7 100 mcg daily"],"medicines":["warfarin"],"medicine\\u0073":[]}',
     b'{"id":"1","items":["warfarin"],"it\\u0065ms":["D3"]}', b'{"id":"1","items":["D3"],"labs":["INR 9"],"labs":[]}',
     b'{"id": "1", "items": ["D3"], "foods": ["natto"], "foods": []}', b'{"id":"1","id":"2","items":["D3"]}',
     b'{"id":"1","items":["D3"],"person":{"age":40},"person":{}}',
     b'{"id": "1", "items": ["D3"], "no_conditions": false, "no_conditions": true}',
     b'{"id":1, "items":["D3"] ,"id":1}', b'{ "id":"1","items":[],"labs":[],"labs":[] }'],
)  # fmt: skip
def test_a_key_that_is_given_twice(ran: Callable[..., Ran], text: bytes) -> None:
    """Is never taken for its last value, however it is written."""
    found = ran(_file([text, text.replace(b",", b" , ")]))
    assert [row["line"] for row in found.rejected()] == ["1", "2"]
    assert all("given twice" in row["reason"] for row in found.rejected())


@pytest.mark.parametrize(
    "text",
    [
        b'{"id":"1","items":["D3"]}',
        b' { "id" : 1 ,\t"items" : [ "D3" ] } ',
        b'\xef\xbb\xbf{"id": "\xc3\xa9", "items": ["D3"]}',
    ],
)
def test_blanks_and_a_byte_order_mark_do_not_matter(ran: Callable[..., Ran], text: bytes) -> None:
    """A line is one regimen however it is spaced."""
    assert ran(text + b"\n").counted.rejected == 0


def test_a_zst_that_is_cut_off_is_not_complete(ran: Callable[..., Ran]) -> None:
    """In the middle of a frame, or with something else behind it; frames one after the other are whole."""
    pack = pytest.importorskip("zstandard").ZstdCompressor().compress
    lines = json_lines(400, 23)
    data = _file(lines)
    two = pack(_file(lines[:200])) + pack(_file(lines[200:]))
    assert ran(two, "in.jsonl.zst").bytes == ran(data).bytes
    for packed in (two[:-5], two[: len(two) // 2 + 20], two + b"x" * 30):
        with pytest.raises(DosenoteError, match="ends too early"):
            ran(packed, "in.jsonl.zst")


def test_an_item_in_two_forms_at_once_is_refused(ran: Callable[..., Ran]) -> None:
    """And leaves its regimen open: neither of the two is dropped in silence."""
    rows = [
        b"id,item,substance,amount,unit,frequency,no_other_medicines",
        b"1,K2 MK-7 100 mcg daily,warfarin,5,mg,daily,yes",
    ]
    found = ran(_file([*rows, b"1,D3 400 IU daily,,,,,", b"2,D3 400 IU daily,,,,,"]), "in.csv")
    assert [row["line"] for row in found.rejected()] == ["2"]
    assert {row["id"]: row["answer"] != "not-raised" for row in found.rows()}["1"]
    assert found.rows()[0]["not_recognised"][0]["text"] == "line 2"


def test_an_item_that_is_far_too_long_is_not_used_in_part(
    ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the file is cut in the middle of it, behind many rows of one regimen."""
    monkeypatch.setattr(batch_source, "SIZE", 2_000_000)
    head = b"id,item\n" + b"A,D3 400 IU daily\n" * 111_000
    start = b"A,K2 MK-7 100 mcg daily"
    fill = 2_000_000 - len(head) % 2_000_000 - len(start) + len(b"id,item\n")
    data = head + b"A,D3 " + b" " * (fill - 6) + b"\n" + start + b" and warfarin" + b" " * 3_000_000 + b"\n"
    found = ran(data, "in.csv")
    assert "longer" in found.rejected()[-1]["reason"]
    assert found.rows()[0]["not_recognised"]


@pytest.mark.parametrize(
    ("data", "name"),
    [(b'{"id": 1, "items": ["K2"], "medicines": [], "no_other_medicines": false}\n', "in.jsonl"),
     (b"id,items,medicines,no_other_medicines\n1,K2,none,no\n", "in.csv"),
     (b"id,item,no_other_medicines\n1,K2,yes\n1,D3,no\n", "in.csv")],
)  # fmt: skip
def test_a_list_that_is_complete_and_is_not(ran: Callable[..., Ran], data: bytes, name: str) -> None:
    """Both said of one regimen: the row is rejected, as a contradiction about the age is."""
    found = ran(data, name)
    assert [row["column"] for row in found.rejected()] == ["no_other_medicines"]


@pytest.mark.parametrize("cell", ["?", "not sure", "unsure", "maybe", "-", "...", "***", "y", "without", "age 45"])
def test_items_of_which_nothing_was_read_may_be_anything(ran: Callable[..., Ran], cell: str) -> None:
    """A cell that is filled in but tells of nothing taken."""
    table = f"id,items,medicines,no_other_medicines\n1,{cell},warfarin 5 mg once a day,yes\n"
    assert ran(table.encode(), "in.csv").counted.open["mk-7-with-vitamin-k-antagonist"] == 1


@pytest.mark.parametrize(
    "item",
    [{"substance": "calcium", "amount": 500, "unit": "mg", "period": ["day"]}, {"substance": ["calcium"]},
     {"substance": "calcium", "amount": [True, 500, 1000], "unit": "mg"}, {"substance": "calcium", "times": "1"},
     {"substance": "calcium", "amount": [500], "unit": "mg"}, {"substance": "calcium", "with_food": 0},
     {"substance": "calcium", "amount": [[0, [5], 2], [0, [6], 2]], "unit": "mg"}, {"substance": "calcium", "every": 0},
     {"substance": "calcium", "unit": 5}, {"substance": "calcium", "dose": 5}, {"line": 5}, 5, None, [], True],
    ids=json.dumps,
)  # fmt: skip
def test_an_item_of_a_wrong_shape_is_a_reject(ran: Callable[..., Ran], item: Any) -> None:
    """Never an error that stops the run, and never read as something else."""
    good = b'{"id": "good", "items": ["D3 1000 IU daily"]}'
    found = ran(_file([json.dumps({"id": "x", "items": [item]}).encode(), good]))
    assert [(row["line"], row["column"]) for row in found.rejected()] == [("1", "items")]
    assert [row["id"] for row in found.rows()] == ["good"]


def test_the_limit_of_rejects_holds_when_a_run_goes_on(tmp_path: Path) -> None:
    """Also where nothing is left but to give the outputs their names."""
    (tmp_path / "in.jsonl").write_bytes(_file([b"{", b"{", b'{"id": 1, "items": ["D3"]}']))
    for resume in (False, True):
        with pytest.raises(DosenoteError, match="more than 1"):
            _run(tmp_path, "in.jsonl", max_rejects=1, resume=resume)
    assert _run(tmp_path, "in.jsonl", max_rejects=2, resume=True).counted.rejected == 2


@pytest.mark.parametrize("note", ["", "{}", "[]", "5", '{"key": 1}', "{"])
def test_a_note_that_is_damaged(tmp_path: Path, note: str) -> None:
    """Is answered with what to do."""
    (tmp_path / "in.jsonl").write_bytes(b'{"id": 1, "items": ["D3"]}\n')
    (tmp_path / "findings.jsonl.checkpoint").write_text(note)
    with pytest.raises(DosenoteError, match=r"Leave out --resume|cannot be read"):
        _run(tmp_path, "in.jsonl", resume=True)


def test_no_file_on_the_way_is_somebody_elses(tmp_path: Path) -> None:
    """Neither the input nor what a link leads to is overwritten by what is written on the way."""
    data = b'{"id": 1, "items": ["D3"]}\n'
    for name in ("o.csv.partial", "o.csv.checkpoint", "o.csv.rejects.csv.partial", "s.txt.partial"):
        (tmp_path / name).write_bytes(data)
        arguments = ("batch", tmp_path / name, "--input-format", "jsonl", "-o", tmp_path / "o.csv")
        with pytest.raises(Exception, match="given twice"):
            _invoke(*arguments, "--summary", tmp_path / "s.txt")
        assert (tmp_path / name).read_bytes() == data
        (tmp_path / name).unlink()
    (tmp_path / "mine.jsonl").write_bytes(data)
    (tmp_path / "o.csv.partial").symlink_to(tmp_path / "mine.jsonl")
    (tmp_path / "in.jsonl").write_bytes(data)
    with pytest.raises(DosenoteError, match="it is a link"):
        _invoke("batch", tmp_path / "in.jsonl", "-o", tmp_path / "o.csv")
    assert (tmp_path / "mine.jsonl").read_bytes() == data


@pytest.mark.parametrize(
    "link", ["o.csv.partial", "o.csv.rejects.csv.partial", "o.csv.checkpoint.new", "r.parquet.new"]
)
def test_no_link_on_the_way_is_followed(tmp_path: Path, link: str) -> None:
    """Whoever may write into the folder could otherwise have somebody else's file overwritten."""
    (tmp_path / "in.jsonl").write_bytes(b'{"id": 1, "items": ["D3"]}\n')
    (tmp_path / "mine").write_text("mine")
    (tmp_path / link).symlink_to("mine")
    with pytest.raises(DosenoteError, match="it is a link") as error:
        _invoke("batch", tmp_path / "in.jsonl", "-o", tmp_path / "o.csv", "--results", tmp_path / "r.parquet")
    assert error.value.where == str(tmp_path / link)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "o.csv").exists() or link == "r.parquet.new"


def test_the_summary_goes_through_no_link_on_its_way(tmp_path: Path) -> None:
    """It is written beside its place under a name that nobody can guess."""
    (tmp_path / "in.jsonl").write_bytes(b'{"id": 1, "items": ["D3"]}\n')
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "s.txt.partial").symlink_to("mine")
    _invoke("batch", tmp_path / "in.jsonl", "-o", tmp_path / "o.csv", "--summary", tmp_path / "s.txt")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "s.txt").read_text().startswith("1 rows read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
@pytest.mark.parametrize("option", ["-o", "--results", "--rejects"])
def test_a_pipe_or_a_device_is_not_replaced(tmp_path: Path, option: str) -> None:
    """Somebody who may write in /dev would have lost /dev/null."""
    (tmp_path / "in.jsonl").write_bytes(b'{"id": 1, "items": ["D3"]}\n')
    os.mkfifo(tmp_path / "pipe.csv")
    places = {"-o": tmp_path / "o.csv", option: tmp_path / "pipe.csv"}
    with pytest.raises(DosenoteError, match="it is no file"):
        _invoke("batch", tmp_path / "in.jsonl", *(word for pair in places.items() for word in pair))
    assert (tmp_path / "pipe.csv").is_fifo()


@pytest.mark.parametrize(("summary", "message"), [("no/s.txt", "no such folder"), ("", "it is a folder")])
def test_there_is_a_place_for_the_summary_before_a_long_run(tmp_path: Path, summary: str, message: str) -> None:
    """Nothing is checked and written first."""
    (tmp_path / "in.jsonl").write_bytes(b'{"id": 1, "items": ["D3"]}\n')
    with pytest.raises(DosenoteError, match=message):
        _invoke("batch", tmp_path / "in.jsonl", "-o", tmp_path / "o.csv", "--summary", tmp_path / summary)
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("words", ["loop.csv -o o.csv", "in.csv -o loop.csv", "in.csv -o o.csv --rejects loop.csv"])
def test_a_link_that_leads_to_itself_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """As an input and as an output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "in.csv").write_text("id,items\n1,D3\n")
    with pytest.raises(DosenoteError, match="Symlink loop"):
        _invoke("batch", *words.split())


def test_a_file_with_other_line_ends_is_said_to_be_one(tmp_path: Path) -> None:
    """A carriage return alone ends no line; it is no internal error either."""
    (tmp_path / "a.csv").write_bytes(b"id,item\r1,calcium\r")
    with pytest.raises(DosenoteError, match="first line"):
        _invoke("batch", tmp_path / "a.csv", "-o", tmp_path / "o.csv")


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_nothing_that_steers_a_terminal_comes_out(ran: Callable[..., Ran], kind: str) -> None:
    """Ids that cannot be shown are rejected; in texts such characters are replaced, or escaped as JSON does."""
    evil = "\x1b[31m\x9b\u202e\x07"
    rows = [json.dumps({"id": evil, "items": []}), json.dumps({"id": "a", "items": [f"blorb {evil} x"]})]
    found = ran("\n".join(rows).encode(), kind=kind)
    assert [row["column"] for row in found.rejected()] == ["id"]
    for data in found.bytes:
        assert all(char.isprintable() or char == "\n" for char in data.decode())


@pytest.mark.parametrize("cell", ["\uff1d1+1", "\ufeff=1", "\n=1+1", " =1+1", "\t@x", "-5+1"])
def test_a_formula_behind_something_else(ran: Callable[..., Ran], cell: str) -> None:
    """Full-width, or behind blanks: written as text."""
    found = ran(json.dumps({"id": "a", "items": [cell + " blorb"]}).encode(), kind="csv")
    text = next(csv.DictReader(io.StringIO(found.results.decode())))["not_recognised"]
    assert not text.strip("\ufeff \t\n").startswith(("=", "\uff1d", "@", "+", "-"))


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n"])
def test_nothing_to_check_is_no_clearance(tmp_path: Path, data: bytes) -> None:
    """The exit status says that something is open."""
    (tmp_path / "a.jsonl").write_bytes(data)
    assert _invoke("batch", tmp_path / "a.jsonl", "-o", tmp_path / "o.jsonl")[0] == 3


def test_an_empty_line_at_the_end_is_of_no_regimen(ran: Callable[..., Ran]) -> None:
    """It is rejected as empty, and leaves nothing open."""
    found = ran(b"id,item,no_other_medicines\n1,MK-7 100 mcg daily,yes\n\r\n", "in.csv")
    assert [row["reason"] for row in found.rejected()] == ["the line is empty"]
    assert found.rows()[0]["not_recognised"] == []


@pytest.mark.parametrize("age", ["4_5", "1e1", "\u0664\u0665", "inf", "45 years"])
def test_an_age_is_a_plain_number(ran: Callable[..., Ran], age: str) -> None:
    """What Python would also take for one is rejected."""
    found = ran(f"id,items,age\n1,D3,{age}\n".encode(), "in.csv")
    assert [row["column"] for row in found.rejected()] == ["age"]


@pytest.mark.parametrize("maps", [("item=a", "item=b"), ("id=a", "age=a"), ("id",)])
def test_a_mapping_that_says_two_things(tmp_path: Path, maps: tuple[str, ...]) -> None:
    """Is refused: one of them would be lost."""
    (tmp_path / "a.csv").write_text("a,b\n1,D3\n")
    with pytest.raises(Exception, match="--map"):
        _invoke("batch", tmp_path / "a.csv", "-o", tmp_path / "o.csv", *(f"--map={one}" for one in maps))


# --- whole or not there


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_any_moment_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """The same bytes as a run that nobody disturbed; until then no output has its name."""
    monkeypatch.setattr(batch_source, "SIZE", 3000)
    monkeypatch.setattr(batch_run, "_EVERY", 0.0)
    folder = tmp_path / "killed"
    folder.mkdir()
    data = _file(json_lines(400, 13))
    (folder / "in.jsonl").write_bytes(data)
    began = time.monotonic()
    wanted = _run(folder, "in.jsonl")
    took = time.monotonic() - began
    for name in ("findings.jsonl", "results.jsonl", "rejects.csv"):
        (folder / name).unlink()
    chance, killed = random.Random(14), 0
    for _ in range(60):
        child = os.fork()
        if child == 0:
            threading.Timer(chance.random() * took / 3, os.kill, (os.getpid(), signal.SIGKILL)).start()
            try:
                _run(folder, "in.jsonl", resume=True, jobs=jobs)
            finally:
                os._exit(0)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            break
        killed += 1
        assert not (folder / "findings.jsonl").exists() or not (folder / "findings.jsonl.partial").exists()
    assert killed >= 3
    again = Ran(folder, wanted.counted) if (folder / "rejects.csv").exists() else _run(folder, "in.jsonl", resume=True)
    assert again.bytes == wanted.bytes
    assert sorted(path.name for path in folder.iterdir()) == [
        "findings.jsonl",
        "in.jsonl",
        "rejects.csv",
        "results.jsonl",
    ]


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv"])
@pytest.mark.parametrize("after", [1, 3])
def test_stopped_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, after: int) -> None:
    """Ctrl-C between any two blocks: the rest is checked, the counts are those of the whole."""
    monkeypatch.setattr(batch_source, "SIZE", 2000)
    data = _file(json_lines(200, 15))
    if name == "in.csv":
        rows = [f"{number // 3},vitamin D3 {1000 + number} IU daily".encode() for number in range(600)]
        data = _file([b"id,item", *rows])
    (tmp_path / name).write_bytes(data)
    whole = _run(tmp_path, name)
    blocks = 0

    def told(_counted: Counted, _read: int) -> None:
        nonlocal blocks
        blocks += 1
        if blocks == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path, name, told=told)
    again = _run(tmp_path, name, resume=True)
    assert (again.bytes, again.counted) == (whole.bytes, whole.counted)


def _stopped(folder: Path) -> None:
    def told(_counted: Counted, _read: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(folder, "in.jsonl", told=told)


def test_a_run_goes_on_only_with_the_same_input_and_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file or another jurisdiction is refused: half of each would be nobody's result."""
    monkeypatch.setattr(batch_source, "SIZE", 2000)
    (tmp_path / "in.jsonl").write_bytes(_file(json_lines(100, 16)))
    _stopped(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(_file(json_lines(101, 16)))
    with pytest.raises(DosenoteError, match="input changed"):
        _run(tmp_path, "in.jsonl", resume=True)
    _run(tmp_path, "in.jsonl")
    assert (tmp_path / "findings.jsonl").exists()


def test_an_input_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """Is an error; no output appears."""
    (tmp_path / "in.jsonl").write_bytes(_file(json_lines(20, 17)))

    def told(_counted: Counted, _read: int) -> None:
        with (tmp_path / "in.jsonl").open("ab") as file:
            file.write(b"{}\n")

    with pytest.raises(DosenoteError, match="changed while it was read"):
        _run(tmp_path, "in.jsonl", told=told)
    assert not (tmp_path / "findings.jsonl").exists()


def test_a_full_disk_stops_cleanly_and_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was surely written stays, and the run goes on when there is room."""
    monkeypatch.setattr(batch_source, "SIZE", 2000)
    monkeypatch.setattr(batch_run, "_EVERY", 0.0)
    (tmp_path / "in.jsonl").write_bytes(_file(json_lines(200, 18)))
    whole = _run(tmp_path, "in.jsonl")
    real, left = os.fsync, 20

    def fsync(number: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(DosenoteError, match=r"No space left on device\nMake room"):
        _run(tmp_path, "in.jsonl")
    left = 10**6
    assert _run(tmp_path, "in.jsonl", resume=True).bytes == whole.bytes


def test_too_many_rejects_stop_the_run(ran: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are allowed do not."""
    data = _file([b"{", b"{", b'{"id": 1, "items": []}'])
    assert ran(data, max_rejects=2).counted.rejected == 2
    with pytest.raises(DosenoteError, match="more than 1"):
        ran(data, max_rejects=1)


def test_two_runs_on_the_same_output(tmp_path: Path) -> None:
    """The second one is told so, and spoils nothing."""
    (tmp_path / "in.jsonl").write_bytes(_file(json_lines(20, 19)))

    def told(_counted: Counted, _read: int) -> None:
        with pytest.raises(DosenoteError, match="another run"):
            _run(tmp_path, "in.jsonl")

    wanted = _run(tmp_path, "in.jsonl")
    assert _run(tmp_path, "in.jsonl", told=told).bytes == wanted.bytes


# --- columns of a table


@pytest.mark.parametrize(
    ("line", "names", "words"),
    [(b"a,b", {}, "no column id"), (b"id,b", {}, "what is taken"), (b"id,item,items", {}, "both are there"),
     (b"id,item,ID", {}, "two columns"), (b"id,item", {"itm": "b"}, "Did you mean item"),
     (b"id,item", {"age": "years"}, 'no column "years"'), (b"\xff,item", {}, "not UTF-8"), (b"", {}, "is empty"),
     (b" \n", {}, "is empty"), (b"id,item\r1,D3\r", {}, "carriage return"), (b'"id,item\n', {}, "quote is not closed"),
     (b"i" * 200_000, {}, "too long"), (b'"id" x,item', {}, "quote is not closed")],
)  # fmt: skip
def test_a_header_that_cannot_be_used(line: bytes, names: dict[str, str], words: str) -> None:
    """Is answered before anything is checked."""
    with pytest.raises(DosenoteError, match=words):
        header_of(line, names)


def test_a_header_that_cannot_be_used_is_told_with_its_file(tmp_path: Path) -> None:
    """Of several files somebody must know which one it is."""
    (tmp_path / "mine.csv").write_bytes(b"a,b\n")
    with pytest.raises(DosenoteError) as error:
        Source(tmp_path / "mine.csv", "csv", {})
    assert error.value.where == f"{tmp_path / 'mine.csv'}:1"


def test_columns_by_other_names(ran: Callable[..., Ran]) -> None:
    """A mapping says what is what; what else is in the file is named as not used."""
    table = b"respondent\tpills\tyears\tid\n1\tD3 5000 IU daily; warfarin\t67\tx\n"
    names = {"id": "respondent", "items": "pills", "age": "years"}
    assert header_of(table.split(b"\n")[0], names).unused == ("id",)
    found = ran(table, "in.csv", names=names)
    assert [(row["id"], row["items"]) for row in found.rows()] == [("1", 2)]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_a_column_that_is_not_used_stands_in_the_summary(tmp_path: Path, suffix: str) -> None:
    """What it holds was not checked, and a summary without it would look like everything; a near name is told."""
    (tmp_path / "a.csv").write_text("id,item,medication,<b>\n1,MK-7 100 mcg daily,warfarin,x\n")
    status, told = _invoke("batch", tmp_path / "a.csv", "-o", tmp_path / "o.csv", "--summary", tmp_path / f"s{suffix}")
    for text in (told, (tmp_path / f"s{suffix}").read_text("utf-8")):
        plain = " ".join(unescape(text).replace("\\", "").split())
        assert 'so nothing in them was checked: "medication" (Did you mean medicines?), "<b>".' in plain
    assert status == 3
    assert "<b>" not in (tmp_path / "s.html").read_text("utf-8") if suffix == ".html" else True


def test_names_of_columns_are_mapped_in_csv_only(tmp_path: Path) -> None:
    """Elsewhere it would be ignored."""
    (tmp_path / "a.jsonl").write_text('{"id": "1", "items": ["D3"]}\n')
    with pytest.raises(Exception, match="--map is for CSV"):
        _invoke("batch", tmp_path / "a.jsonl", "-o", tmp_path / "o.csv", "--map", "id=respondent")
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(("said", "cores", "used"), [("5000", 2, 2), ("2", 4, 2), ("3", 1, 1)])
def test_no_more_processes_than_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, cores: int, used: int
) -> None:
    """5000 of them would only wait for each other."""
    (tmp_path / "a.csv").write_text("id,items\n1,D3\n")
    seen = []

    class Seen(Workers):
        def __init__(self, job: Job, jobs: int) -> None:
            seen.append(jobs)
            super().__init__(job, 1)

    monkeypatch.setattr("dosenote.batch.work.Workers", Seen)
    monkeypatch.setattr("dosenote.cli.batch._cores", lambda: cores)
    _invoke("batch", tmp_path / "a.csv", "-o", tmp_path / "o.csv", "--jobs", said)
    assert seen == [used]


def test_no_cell_is_a_formula(ran: Callable[..., Ran]) -> None:
    """An id or a text that a spreadsheet would run is written as text; a negative number stays one."""
    found = ran(
        _file(
            [
                b'{"id": "=1+1", "items": ["@cmd blorb"]}',
                b'{"id": "-5", "items": ["D3"]}',
                b'{"id": "-5+1", "items": ["D3"]}',
                b'{"id": "+x"}x',
            ]
        ),
        kind="csv",
    )
    cells = [cell for data in found.bytes for row in csv.reader(io.StringIO(data.decode())) for cell in row]
    assert "'=1+1" in cells
    assert {"-5", "'-5+1"} <= {*cells}
    assert not any(cell[:1] in ("=", "@", "+") for cell in cells)


# --- the command


def _invoke(*arguments: str | Path, data: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(one) for one in arguments], input=data, standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return int(result.return_value or 0), result.output


@pytest.mark.parametrize(("template", "name"), [("csv", "a.csv"), ("csv-wide", "a.csv"), ("jsonl", "a.jsonl")])
def test_the_templates_work(tmp_path: Path, template: str, name: str) -> None:
    """Each example is checked without a reject, and raises what it should."""
    status, text = _invoke("batch", "--template", template)
    assert status == 0
    (tmp_path / name).write_text(text)
    status, told = _invoke("batch", tmp_path / name, "-o", tmp_path / "out.csv", "--results", tmp_path / "r.jsonl")
    assert status == 1
    assert "0 rejected" in told
    assert "mk-7-with-vitamin-k-antagonist,raised,call-first" in (tmp_path / "out.csv").read_text()
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("rows", "status"),
    [(b'{"id": 1, "items": ["warfarin", "MK-7 100 mcg daily"]}', 1), (b'{"id": 1, "items": ["blorb"]}', 3),
     (b'{"id": 1, "items": []}', 3)],
)  # fmt: skip
def test_the_exit_status(tmp_path: Path, rows: bytes, status: int) -> None:
    """What is raised counts before what is open, and that before rejects."""
    (tmp_path / "a.jsonl").write_bytes(rows + b"\n{\n")
    assert _invoke("batch", tmp_path / "a.jsonl", "-o", tmp_path / "o.jsonl")[0] == status


def test_standard_input(tmp_path: Path) -> None:
    """Is read when the kind is said."""
    data = _file(json_lines(20, 20))
    _invoke("batch", "-", "--input-format", "jsonl", "-o", tmp_path / "o.jsonl", data=data)
    (tmp_path / "a.jsonl").write_bytes(data)
    _invoke("batch", tmp_path / "a.jsonl", "-o", tmp_path / "p.jsonl")
    assert (tmp_path / "o.jsonl").read_bytes() == (tmp_path / "p.jsonl").read_bytes()
    with pytest.raises(DosenoteError, match="--input-format"):
        _invoke("batch", "-", "-o", tmp_path / "o.jsonl", data=data)


def test_an_output_is_never_the_input(tmp_path: Path) -> None:
    """Nor another output."""
    (tmp_path / "a.csv").write_text("id,items\n1,D3\n")
    for arguments in (["-o", tmp_path / "a.csv"], ["-o", tmp_path / "o.csv", "--results", tmp_path / "o.csv"]):
        with pytest.raises(Exception, match="given twice"):
            _invoke("batch", tmp_path / "a.csv", *arguments)
    assert (tmp_path / "a.csv").read_text() == "id,items\n1,D3\n"


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_the_summary(tmp_path: Path, suffix: str) -> None:
    """Counts that reconcile, undecided apart, and nothing typed that could act on the page."""
    lines = [b'{"id": 1, "items": ["<script>alert(1)</script> |x|", "MK-7 100 mcg daily", "warfarin"]}', b"{"]
    (tmp_path / "a.jsonl").write_bytes(_file(lines))
    _invoke("batch", tmp_path / "a.jsonl", "-o", tmp_path / "o.jsonl", "--summary", tmp_path / f"s{suffix}")
    text = (tmp_path / f"s{suffix}").read_text("utf-8")
    assert "2 rows read: 1 used, 1 rejected" in text
    assert "could not be told" in text.casefold()
    assert "MK-7 (vitamin K2) with a" in text.replace("\\", "")
    if suffix != ".txt":
        assert "<script>" not in text


def test_a_small_file_needs_no_heavy_import(tmp_path: Path) -> None:
    """Ten rows are checked without numpy."""
    (tmp_path / "a.jsonl").write_bytes(_file(json_lines(10, 21)))
    code = (
        "import sys; from dosenote.cli import main; "
        f"main(['batch', {str(tmp_path / 'a.jsonl')!r}, '-o', {str(tmp_path / 'o.jsonl')!r}], standalone_mode=False); "
        "assert 'numpy' not in sys.modules and 'pyarrow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_the_bytes_do_not_depend_on_the_process(tmp_path: Path) -> None:
    """Another hash seed, the same findings and the same summary."""
    (tmp_path / "a.jsonl").write_bytes(_file(json_lines(60, 22)))
    found = set()
    for seed in ("1", "2", "3"):
        out = tmp_path / f"{seed}.jsonl"
        command = [sys.executable, "-m", "dosenote", "batch", str(tmp_path / "a.jsonl"), "-o", str(out)]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run([*command, "--as-of", "2026-11-21"], env=env, stdout=subprocess.PIPE, check=False)
        found.add((out.read_bytes(), ran.stdout))
    assert len(found) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_with_a_name_is_read_as_standard_input_is(tmp_path: Path) -> None:
    """As a shell makes one of <(...): it is no file that could be measured, or read again."""
    data = _file(json_lines(300, 24))
    os.mkfifo(tmp_path / "pipe.jsonl")
    feeder = threading.Thread(target=(tmp_path / "pipe.jsonl").write_bytes, args=(data,))
    feeder.start()
    _invoke("batch", tmp_path / "pipe.jsonl", "-o", tmp_path / "o.jsonl", "--as-of", "2026-11-21")
    feeder.join()
    (tmp_path / "a.jsonl").write_bytes(data)
    _invoke("batch", tmp_path / "a.jsonl", "-o", tmp_path / "p.jsonl", "--as-of", "2026-11-21")
    assert (tmp_path / "o.jsonl").read_bytes() == (tmp_path / "p.jsonl").read_bytes()


# --- where somebody watches


@pytest.mark.parametrize("columns", [50, 100])
@pytest.mark.parametrize("name", ["in.jsonl", "-"])
def test_the_rows_are_counted_where_somebody_watches(tmp_path: Path, name: str, columns: int) -> None:
    """A bar for a file, a number for a stream of which nobody knows the end; the output is the same."""
    pexpect = pytest.importorskip("pexpect")
    (tmp_path / "in.jsonl").write_bytes(_file([b'{"id": "%d", "items": ["warfarin"]}' % number for number in range(3)]))
    words = f"{sys.executable} -m dosenote batch {name} -o out.csv --input-format jsonl"
    child = pexpect.spawn(
        "sh", ["-c", words + (" < in.jsonl" if name == "-" else "")], cwd=str(tmp_path), encoding="utf-8", timeout=60,
        dimensions=(50, columns), env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.close()
    shown, _, _ = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", str(child.before)).rpartition(" rows read:")
    *_, last, _ = re.split(r"[\r\n]+", shown)
    assert "3 rows" in last
    assert ("%" in last) is (name != "-")
    assert ("rows, " in last) is (name != "-" and columns == 100)
    assert len(last) <= columns
    found = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8")))
    assert {row["id"] for row in found} == {"0", "1", "2"}


def test_columns_that_are_not_used_are_told(tmp_path: Path) -> None:
    """A column with a slip in its name must not be passed over in silence."""
    (tmp_path / "in.csv").write_text("id,item,hieght\n1,warfarin,170\n", "utf-8")
    words = [sys.executable, "-m", "dosenote", "batch", "in.csv", "-o", "out.csv"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
    assert re.search(rb"Columns that are not used.*hieght", done.stderr)


@pytest.mark.parametrize(
    ("words", "told"),
    [(["in.csv"], b"Give a FILE and -o OUTPUT"), (["in.csv", "-o", "out.txt"], b"the name ends with .jsonl, .csv or .parquet")],
)  # fmt: skip
def test_without_a_place_for_the_findings_nothing_is_read(tmp_path: Path, words: list[str], told: bytes) -> None:
    """It is said how the command is written."""
    done = subprocess.run(
        [sys.executable, "-m", "dosenote", "batch", *words], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_stretch_of_a_file_that_is_there_no_more_is_told(tmp_path: Path) -> None:
    """A file that was removed, or became shorter, while others read it."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"0123456789")
    assert Stretch(path, 2, 3).read() == b"234"
    with pytest.raises(DosenoteError, match="it changed while it was read"):
        Stretch(path, 8, 3).read()
    path.unlink()
    with pytest.raises(DosenoteError, match="it cannot be read: No such file"):
        Stretch(path, 0, 1).read()


def test_many_findings_are_made_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is known of anybody, the findings of a block are many times as large as the block."""
    job = Job(None, "us", AS_OF, "jsonl", None, "jsonl", "jsonl")
    for many in (3, 400):  # line by line, and as columns
        block = Block(
            1,
            _file(b'{"id": "P%d", "items": ["qxzv 5 mg daily, and whatever else there is"]}' % n for n in range(many)),
        )
        whole = b"".join(Worker(job).part(block).findings)
        monkeypatch.setattr(batch_part, "_PIECE", 7)
        pieces = [*Worker(job).part(block).findings]
        assert b"".join(pieces) == whole
        assert {piece.count(b"\n") for piece in pieces[:-1]} == {7}
        assert whole.count(b"\n") > 50 * many
        monkeypatch.undo()


@pytest.mark.parametrize("most", [3, 50_000])
def test_unusual_amounts_are_counted_however_few_are_remembered(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Each line by itself, in how many regimens it is, in the order of the first ones, block after block."""
    monkeypatch.setattr("dosenote.batch.naming._MOST", most)
    chance, worker = random.Random(4), Worker(Job(None, "us", AS_OF, "jsonl", None, "jsonl", ""))
    for _ in range(3):
        items = [[f"zinc {chance.randint(400, 600)} mg once a day" for _ in range(3)] for _ in range(400)]
        block = Block(1, _file(b'{"id": "P", "items": %b}' % json.dumps(texts).encode() for texts in items))
        counted = worker.part(block).counted.unread
        assert [*counted.items()] == [*Counter(text for texts in items for text in dict.fromkeys(texts)).items()]


@pytest.mark.parametrize("names", [("in.jsonl", "o.parquet"), ("in.parquet", "o.csv")])
def test_parquet_without_what_it_needs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    """What is missing, and how to get it; before anything is written."""
    monkeypatch.setattr("dosenote.cli.batch.find_spec", lambda _: None)
    (tmp_path / names[0]).write_bytes(_file(json_lines(2, 1)))
    with pytest.raises(DosenoteError, match="to read or write Parquet, more is needed"):
        _invoke("batch", tmp_path / names[0], "-o", tmp_path / names[1])
    assert [path.name for path in tmp_path.iterdir()] == [names[0]]


@pytest.mark.parametrize(
    ("rows", "status", "is_empty"),
    [(b"", 3, True), (b"1,\xff\n2,\xff\n", 3, False), (b"1,zinc 15 mg daily\n", 3, False)],
)
def test_where_no_row_could_be_checked_is_no_clearance(
    tmp_path: Path, rows: bytes, status: int, is_empty: bool
) -> None:
    """And a table of zeros says why it is one."""
    (tmp_path / "a.csv").write_bytes(b"id,item\n" + rows)
    found, _ = _invoke("batch", tmp_path / "a.csv", "-o", tmp_path / "o.csv", "--summary", tmp_path / "s.txt")
    assert found == status
    assert ("There was no row in it." in (tmp_path / "s.txt").read_text("utf-8")) == is_empty
