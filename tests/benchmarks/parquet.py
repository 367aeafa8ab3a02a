"""Parquet in and out: the whole command beside a Polars pipeline of the same 20 rules, written by hand.

    pip install polars
    python tests/benchmarks/parquet.py [ROWS]

Prints, for ROWS (1,000,000) regimens as in batch.py, the time of the processor and the peak memory of both, each in a
process of its own, one after the other three times. Both must raise the same rules for the same regimens. The pipeline
does less: it has two values, which is right only where everything is known, as it is here; it knows the eight products
and the lists of these regimens by their names; and it writes neither the amounts of a finding nor its limit.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import batch as files
import peers
import pyarrow as pa
import pyarrow.parquet as pq

#: Where the rules of the sample stand.
FOLDERS = ("dose", "interaction", "pairing", "condition", "timing", "form")
ITEM = pa.struct(
    [("substance", pa.string()), ("amount", pa.float64()), ("unit", pa.string()), ("times", pa.int64()), ("period", pa.string())]
)  # fmt: skip
LINES = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        ("id", pa.string()), ("items", pa.list_(ITEM)), ("medicines", LINES), ("conditions", LINES), ("foods", LINES),
        ("labs", LINES), ("age", pa.float64()), ("sex", pa.string()), ("no_other_medicines", pa.bool_()),
        ("no_conditions", pa.bool_()),
    ]
)  # fmt: skip


def write(path: Path, count: int) -> None:
    """The regimens of batch.py as Parquet."""
    with pq.ParquetWriter(path, SCHEMA) as writer:
        rows: list[dict[str, Any]] = []
        for line in files.rows(count, False):
            row = json.loads(line)
            rows.append({**row, **row["person"]})
            if len(rows) == 50_000:
                writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
                rows.clear()
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def by_polars(source: str, target: str, graded: str) -> None:
    """The pipeline. graded: action, severity and certainty of each rule, as JSON."""
    import polars as pl

    people = pl.read_parquet(source).with_row_index("row")
    items = people.select("row", "items").explode("items").unnest("items")
    daily = pl.col("amount") * pl.col("times") / pl.when(pl.col("period") == "day").then(1.0).otherwise(7.0)
    names = {
        "d": "vitamin D3", "mk7": "vitamin K2 MK-7", "calcium": "calcium", "k1": "vitamin K1", "iron": "iron",
        "zinc": "zinc", "e": "vitamin E",
    }  # fmt: skip
    totals = items.group_by("row").agg(
        *(daily.filter(pl.col("substance") == name).sum().alias(short) for short, name in names.items()),
        pl.col("amount").filter(pl.col("substance") == "calcium").max().alias("calcium_once"),
    )
    facts = people.join(totals, on="row", how="left", maintain_order="left").with_columns(
        pl.col("d") * 0.025,
        *(pl.col("medicines").list.contains(name).alias(name) for name in files.MEDICINES),
        *(pl.col("conditions").list.contains(name).alias(name) for name in files.CONDITIONS),
        pl.col("labs").list.get(0).str.extract(r"([\d.]+)$").cast(float).alias("egfr"),
        pl.col("labs").list.get(2).str.extract(r" ([\d.]+) ").cast(float).alias("25-oh-d"),
    )
    age, calcium, d, mk7 = (pl.col(name) for name in ("age", "calcium", "d", "mk7"))
    warfarin, digoxin, thyroid = pl.col("warfarin"), pl.col("digoxin"), pl.col("levothyroxine")
    most_d = (
        pl.when(age < 0.5)
        .then(25.0)
        .when(age < 1)
        .then(37.5)
        .when(age < 4)
        .then(62.5)
        .when(age < 9)
        .then(75.0)
        .otherwise(100.0)
    )
    most_calcium = (
        pl.when(age < 0.5).then(1000.0).when(age < 1).then(1500.0).when(age < 9).then(2500.0).when(age < 19).then(3000.0)
        .when(age < 51).then(2500.0).otherwise(2000.0)
    )  # fmt: skip
    kidneys, stones, exact = pl.col("kidney disease"), pl.col("kidney stones"), 1 + 1e-9
    raised = {
        "calcium-far-above-any-limit": calcium > 3000 * exact,
        "vitamin-d-above-us-upper-limit": d > most_d * exact,
        "vitamin-d-above-customary-amount": (d > 50 * exact) & (d <= 100 * exact) & (age >= 18),
        "calcium-above-us-upper-limit": (calcium > most_calcium * exact) & ~(calcium > 3000 * exact),
        "mk-7-with-vitamin-k-antagonist": warfarin & (mk7 > 0),
        "vitamin-d-with-cardiac-glycoside": digoxin & (d > 0),
        "calcium-with-thiazide": pl.col("hydrochlorothiazide") & (calcium > 0),
        "calcium-with-levothyroxine": thyroid & (calcium > 0),
        "calcium-with-iron": (pl.col("iron") > 0) & (calcium > 0),
        "vitamin-d3-without-vitamin-k2": (d > 0) & ~(mk7 > 0) & ~warfarin & ~(kidneys | (age < 18)),
        "calcium-with-kidney-stones": stones & (calcium > 0),
        "vitamin-d-with-high-blood-calcium": pl.col("conditions").list.contains("high blood calcium") & (d > 0),
        "high-25-oh-d-with-vitamin-d": (pl.col("25-oh-d") > 50 * exact) & (d > 0),
        "low-egfr-with-calcium": (pl.col("egfr") < 60 / exact) & (calcium > 0) & ~kidneys,
        "vitamin-e-with-vitamin-k-antagonist": warfarin & (pl.col("e") >= 400 / exact),
        "calcium-large-single-dose": pl.col("calcium_once").fill_null(0) > 500 * exact,
        "vitamin-k-with-kidney-disease": kidneys & ((mk7 > 0) | (pl.col("k1") > 0)) & ~warfarin,
        "infant-vitamin-d-above-fda-amount": (d > 10 * exact) & (age < 1),
        "iron-with-levothyroxine": thyroid & (pl.col("iron") > 0),
        "calcium-with-zinc": (pl.col("zinc") > 0) & (calcium > 0),
    }
    rules = pl.DataFrame(json.loads(graded), orient="row", schema=["rule", "action", "severity", "certainty"])
    found = (
        facts.select("row", "id", *(test.alias(id) for id, test in raised.items()))
        .unpivot(on=list(raised), index=["row", "id"], variable_name="rule")
        .filter(pl.col("value"))
        .join(rules.with_row_index("place"), on="rule")
        .sort("row", "place")
        .select(
            (pl.col("row") + 1).alias("line"),
            "id",
            "rule",
            pl.lit("raised").alias("answer"),
            "action",
            "severity",
            "certainty",
        )
    )
    found.write_parquet(target)


def main(count: int) -> None:
    if peers.found("polars") is None:
        return
    os.environ["POLARS_MAX_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, ours, theirs, rules = (folder / one for one in ("in.parquet", "ours.parquet", "theirs.parquet", "rules"))
        shutil.copytree(Path(__file__).parents[2] / "rules", rules)
        for file in [
            file for one in FOLDERS for file in (rules / one).rglob("*.toml") if file.stem not in peers.SAMPLE
        ]:
            file.unlink()
        kept = sorted(
            (rule for rule in peers.load(rules).rules if rule.id in peers.SAMPLE), key=lambda rule: rule.gravity
        )
        graded = json.dumps([(rule.id, rule.action, rule.severity, rule.certainty) for rule in kept])
        write(path, count)
        command = files.command(path, ours, "--rules", str(rules))
        pipeline = [sys.executable, __file__, "--polars", str(path), str(theirs), graded]
        turns = [(files.launched(command), files.launched(pipeline)) for _ in range(3)]
        columns = ["line", "id", "rule", "action", "severity", "certainty"]
        same = pq.read_table(ours, columns=columns).to_pylist() == pq.read_table(theirs, columns=columns).to_pylist()
    (_, our_s, our_mb), (_, their_s, their_mb) = (
        [statistics.median(column) for column in zip(*(turn[place] for turn in turns), strict=True)] for place in (0, 1)
    )
    peers.say(f"{count:,} regimens, Parquet in and out, 20 rules: {our_s:.1f} s and {our_mb:.0f} MB;")
    peers.say(f"  Polars by hand {their_s:.1f} s and {their_mb:.0f} MB: {our_s / their_s:.2f} times its time,")
    peers.say(f"  {our_mb / their_mb:.2f} of its memory; the same findings: {same}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--polars"]:
        by_polars(*sys.argv[2:5])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
