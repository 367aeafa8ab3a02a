"""What every test module shares: the real rule set, and one person's check in one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.report import Report, build_report
from dosenote.ruleset import RuleSet, load

ROOT = Path(__file__).resolve().parents[1]


def copy_vocabulary(folder: Path) -> Path:
    """Our vocabulary and sources in a folder of their own, without a rule or a product; the folder."""
    for part in ("vocabulary", "sources"):
        shutil.copytree(ROOT / "rules" / part, folder / part)
    shutil.copy(ROOT / "rules" / "ruleset.toml", folder)
    return folder


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    return load()


@pytest.fixture(scope="session")
def reader(ruleset: RuleSet) -> Reader:
    return Reader(ruleset.vocabulary, ruleset.products)


@pytest.fixture(scope="session")
def check(ruleset: RuleSet, reader: Reader) -> Callable[..., Report]:
    """check("Vitamin D3 5000 IU daily; age 67", jurisdiction="us") → Report; items are parted by semicolons."""

    def run(text: str, jurisdiction: str = "us", explain: bool = False) -> Report:
        return build_report(Regimen(reader.read_all(text.split(";"))), ruleset, jurisdiction, explain)

    return run


@pytest.fixture(scope="session")
def answers(check: Callable[..., Report]) -> Callable[..., dict[str, str]]:
    """What became of every rule, by id."""

    def run(text: str, jurisdiction: str = "us") -> dict[str, str]:
        return {traced.rule: traced.outcome for traced in check(text, jurisdiction, explain=True).trace or ()}

    return run
