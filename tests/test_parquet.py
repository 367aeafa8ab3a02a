"""Parquet in and out of a batch: the same rows as from and in the other formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from dosenote.batch import parquet as batch_parquet  # noqa: E402 - after the check that pyarrow is there
from dosenote.batch.part import Counted  # noqa: E402
from dosenote.batch.run import Batch, Names  # noqa: E402
from dosenote.batch.source import Source  # noqa: E402
from dosenote.batch.work import Job, Workers  # noqa: E402
from dosenote.errors import DosenoteError  # noqa: E402
from regimens import json_lines  # noqa: E402

LISTS = ("items", "medicines", "conditions", "foods", "labs")


def rows() -> list[dict[str, Any]]:
    """Regimens of text items alone, as both JSON lines and Parquet can hold them; one of them contradicts itself."""
    found = []
    for line in json_lines(300, 31):
        row = json.loads(line)
        row["items"] = [item for item in row["items"] if isinstance(item, str)]
        found.append(row)
    return found


def table(rows: list[dict[str, Any]]) -> Any:
    person = ("age", "sex", "pregnant", "lactating")
    names = ("id", *LISTS, "no_other_medicines", "no_conditions", "no_other_foods")
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
    columns |= {name: [row.get("person", {}).get(name) for row in rows] for name in person}
    kinds = dict.fromkeys(LISTS, pa.list_(pa.string())) | {"age": pa.float64(), "lactating": pa.bool_()}
    return pa.table({name: pa.array(values, kinds.get(name)) for name, values in columns.items()})


def run(folder: Path, name: str, kind: str, told: Callable[[Counted, int], None], *, resume: bool = False) -> Counted:
    source = Source(folder / name, Path(name).suffix[1:], {})
    job = Job(None, "us", date(2026, 11, 21), source.kind, source.header, kind, kind)
    names = Names(folder / f"findings.{kind}", folder / f"results.{kind}", folder / "rejects.csv")
    with Workers(job, 1) as workers:
        return Batch(source, names, workers, resume).run(None, told)


def quiet(_counted: Counted, _read: int) -> None:
    """Nobody watches."""


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_the_same_rows_as_from_json_lines(tmp_path: Path) -> None:
    """Findings and results, and the rejects with the number of the row."""
    made = rows()
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))
    pq.write_table(table(made), tmp_path / "in.parquet", row_group_size=70)
    wanted = run(tmp_path, "in.jsonl", "jsonl", quiet)
    findings, results = read(tmp_path / "findings.jsonl"), read(tmp_path / "results.jsonl")
    rejected = [line.split(",")[:2] for line in (tmp_path / "rejects.csv").read_text().splitlines()]
    found = run(tmp_path, "in.parquet", "jsonl", quiet)
    assert read(tmp_path / "findings.jsonl") == findings
    assert read(tmp_path / "results.jsonl") == results
    assert [line.split(",")[:2] for line in (tmp_path / "rejects.csv").read_text().splitlines()] == rejected
    assert (found.read, found.rejected, found.raised, found.open) == (
        wanted.read,
        wanted.rejected,
        wanted.raised,
        wanted.open,
    )
    assert wanted.rejected > 3


def test_parquet_out_holds_what_json_lines_hold(tmp_path: Path) -> None:
    """Row by row; a value that is not there is null, and the amounts are the same JSON."""
    (tmp_path / "in.jsonl").write_bytes(b"".join(line + b"\n" for line in json_lines(200, 32)))
    run(tmp_path, "in.jsonl", "jsonl", quiet)
    run(tmp_path, "in.jsonl", "parquet", quiet)
    assert read(tmp_path / "results.parquet") == read(tmp_path / "results.jsonl")
    findings = [{**row, "values": json.loads(row["values"])} for row in read(tmp_path / "findings.parquet")]
    assert findings == read(tmp_path / "findings.jsonl")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [
        ".csv",
        ".jsonl",
        ".jsonl",
        ".jsonl",
        ".parquet",
        ".parquet",
    ]


def test_a_run_over_parquet_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped between two blocks, it comes to the same."""
    monkeypatch.setattr(batch_parquet, "_ROWS", 40)
    pq.write_table(table(rows()), tmp_path / "in.parquet", row_group_size=100)
    whole = run(tmp_path, "in.parquet", "jsonl", quiet)
    wanted = (tmp_path / "findings.jsonl").read_bytes()
    blocks = 0

    def told(_counted: Counted, _read: int) -> None:
        nonlocal blocks
        blocks += 1
        if blocks == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "in.parquet", "jsonl", told)
    assert run(tmp_path, "in.parquet", "jsonl", quiet, resume=True) == whole
    assert (tmp_path / "findings.jsonl").read_bytes() == wanted


@pytest.mark.parametrize("data", [b"", b"PAR1", b"id,item\n1,D3\n"])
def test_what_is_no_parquet(tmp_path: Path, data: bytes) -> None:
    """Is said with the name of the file, and no output appears."""
    (tmp_path / "in.parquet").write_bytes(data)
    with pytest.raises(DosenoteError, match="Parquet"):
        run(tmp_path, "in.parquet", "jsonl", quiet)
    assert not (tmp_path / "findings.jsonl").exists()


def test_a_table_without_an_id(tmp_path: Path) -> None:
    """Is refused with the column that it lacks."""
    pq.write_table(pa.table({"items": [["D3"]]}), tmp_path / "in.parquet")
    with pytest.raises(DosenoteError, match="id"):
        run(tmp_path, "in.parquet", "jsonl", quiet)


def test_an_id_that_cannot_be_shown_is_rejected(tmp_path: Path) -> None:
    """As in the other formats; its neighbour is checked."""
    pq.write_table(
        pa.table({"id": ["a\x1b[31m", " ", "b"], "items": [["D3"], ["D3"], ["D3"]]}), tmp_path / "in.parquet"
    )
    run(tmp_path, "in.parquet", "jsonl", quiet)
    assert [row["id"] for row in read(tmp_path / "results.jsonl")] == ["b"]
    rejected = (tmp_path / "rejects.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in rejected] == ["1", "2"]
    assert "\x1b" not in "".join(rejected)


@pytest.mark.parametrize("group", [1, 7, 100])
def test_where_an_output_is_grouped_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    """The rows are the same and in the same order; also where nothing is left for the last group."""
    monkeypatch.setattr(batch_parquet, "_GROUP", group)
    (tmp_path / "in.jsonl").write_bytes(b"".join(line + b"\n" for line in json_lines(25, 32)))
    run(tmp_path, "in.jsonl", "jsonl", quiet)
    run(tmp_path, "in.jsonl", "parquet", quiet)
    assert read(tmp_path / "results.parquet") == read(tmp_path / "results.jsonl")
    findings = [{**row, "values": json.loads(row["values"])} for row in read(tmp_path / "findings.parquet")]
    assert findings == read(tmp_path / "findings.jsonl") != []


def test_an_output_without_rows(tmp_path: Path) -> None:
    """Is a file with the columns."""
    (tmp_path / "in.jsonl").write_bytes(b"{}\n")
    run(tmp_path, "in.jsonl", "parquet", quiet)
    assert pq.read_table(tmp_path / "findings.parquet").num_rows == 0
    assert "values" in pq.read_schema(tmp_path / "findings.parquet").names


def test_a_column_that_is_not_used_is_known(tmp_path: Path) -> None:
    """Also one that differs from ours by a capital letter; nothing of it is checked."""
    pq.write_table(pa.table({"id": ["1"], "items": ["MK-7"], "Medicines": ["warfarin"]}), tmp_path / "in.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    for name, unused in (("in.parquet", ("Medicines",)), ("bad.parquet", ())):
        source = Source(tmp_path / name, "parquet", {})
        source.close()
        assert source.unused == unused
