"""The corpus of the fuzzer, through every target, without the fuzzer: what was found once stays found."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import dosenote
from dosenote.reader.readings import LONGEST_LINE
from dosenote.ruleset import RuleSet
from fuzz.targets import TARGETS, World

CORPUS = Path(__file__).parent / "fuzz" / "corpus"
SEEDS = sorted(path for path in CORPUS.rglob("*") if path.is_file())
#: How many lines of dosenote may run for each byte, and beside that: to evaluate all rules, or to lint all of a folder.
EACH = 1_000
FLOOR = {
    "line": 20_000, "toml": 20_000, "products": 20_000, "parquet": 50_000, "jsonl": 250_000, "csv": 250_000,
    "report": 1_000_000, "fhir": 1_000_000, "rule": 1_500_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def world(ruleset: RuleSet, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(ruleset, tmp_path_factory.mktemp("fuzz"))


def lines_run(call: Callable[[], None]) -> int:
    """How many lines of dosenote run in a call: the same on every machine, as no time is."""
    source, count, before = str(Path(dosenote.__file__).parent), 0, sys.gettrace()

    def inside(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return inside

    def entered(frame: FrameType, _event: str, _argument: Any) -> Any:
        return inside if frame.f_code.co_filename.startswith(source) else None

    sys.settrace(entered)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def test_every_target_has_a_corpus() -> None:
    """Small files of our own words, for each target and for nothing else."""
    assert {path.parent.name for path in SEEDS} == {*TARGETS}
    assert all(path.stat().st_size < 10_000 for path in SEEDS)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.relative_to(CORPUS).as_posix())
def test_a_seed_breaks_no_promise(world: World, path: Path) -> None:
    """No error but our own, nothing lost, and no more work than its length calls for."""
    name, data = path.parent.name, path.read_bytes()
    TARGETS[name](world, data)  # what is made once, and kept, does not count
    assert lines_run(lambda: TARGETS[name](world, data)) <= FLOOR[name] + EACH * len(data)


@pytest.mark.parametrize("path", sorted((CORPUS / "line").iterdir()), ids=lambda path: path.name)
def test_a_line_of_the_greatest_length_takes_no_longer_than_it_is_long(world: World, path: Path) -> None:
    """The same again and again, as long as a line may be: no step looks at each pair of its words."""
    data = path.read_bytes()[:LONGEST_LINE] + b" "
    data *= LONGEST_LINE // len(data)
    TARGETS["line"](world, data)
    assert lines_run(lambda: TARGETS["line"](world, data)) <= FLOOR["line"] + EACH * len(data)


@pytest.mark.parametrize("line", ["daily: {}", "every morning I take {}", "{} all daily"])
def test_a_long_list_with_one_frequency_takes_no_longer_than_it_is_long(world: World, line: str) -> None:
    """Parts of it are not clear by themselves, so that it cannot be halved and halved again."""
    taken = (
        "warfarin 5 mg, atorvastatin 20 mg, amlodipine 5 mg, ramipril 5 mg, bisoprolol 2.5 mg, omeprazole 20 mg, "
        "vitamin D3 1000 IU, calcium 500 mg, magnesium 200 mg, zinc 10 mg, iron 18 mg, vitamin C 500 mg, folic acid 1 mg, "
        "sertraline 50 mg, allopurinol 100 mg, prednisone 5 mg, digoxin 125 mcg, amiodarone 200 mg, furosemide 40 mg, "
        "spironolactone 25 mg, losartan 50 mg, levothyroxine 75 mcg, vitamin K2 100 mcg, vitamin E 200 IU"
    )
    assert len(reading := world.reader.read(line.format(taken)).items) == 24, reading
    assert lines_run(lambda: world.reader.read(line.format(taken))) <= FLOOR["line"] + EACH * len(taken)
