"""The architecture: the modules in the order in which data flows; each imports only modules above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dosenote

#: A module may be a file or a folder; the modules of one folder may import one another.
LAYERS = (
    "errors",
    "cells",
    "documents",
    "rulefiles",
    "quantity",
    "logic",
    "vocabulary",
    "clashes",
    "regimen",
    "products",
    "reader",
    "fhir",
    "files",
    "laboratory",
    "dosing",
    "uses",
    "facts",
    "rule",
    "intake",
    "shape",
    "ruleset",
    "engine",
    "effects",
    "columns",
    "questions",
    "report",
    "batch",
    "arrow",
    "difference",
    "render",
    "coverage",
    "site",
    "compare",
    "interview",
    "lint",
    "schema",
    "cli",
)
SOURCE = Path(dosenote.__file__).parent


def _layer(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("dosenote.")}
    return found


MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE or not path.name.startswith("__"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_imports_only_modules_above_it(path: Path) -> None:
    """Data flows one way: nothing imports what comes after it, not even inside a function."""
    layer = _layer(path)
    below = {name for name in _imported(path) if LAYERS.index(name) > LAYERS.index(layer)}
    assert below == set()


def test_every_module_has_its_place() -> None:
    """The list above is complete, and names nothing that is gone."""
    assert {_layer(path) for path in MODULES} == set(LAYERS)


def test_only_the_command_line_reads_the_clock_prints_or_exits() -> None:
    """Everything else gets the day as an argument and returns text."""
    for path in MODULES:
        text = path.read_text("utf-8")
        if _layer(path) != "cli":
            assert not any(word in text for word in ("date.today(", "datetime.now(", "print(", "sys.exit(")), path


def test_nothing_reaches_the_network() -> None:
    """No module that could send anything anywhere is imported."""
    for path in MODULES:
        assert not _network_modules(path), path


def _network_modules(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
    return names & {"socket", "http", "urllib", "ssl", "requests", "httpx", "ftplib", "smtplib", "asyncio"}


def test_the_heart_stays_small() -> None:
    """The engine and its algebra can be read in one sitting."""
    assert len((SOURCE / "engine.py").read_text("utf-8").splitlines()) < 150
    assert len((SOURCE / "logic.py").read_text("utf-8").splitlines()) < 100


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_file_is_long(path: Path) -> None:
    """A module that needs more than 400 lines does more than one job."""
    assert len(path.read_text("utf-8").splitlines()) <= 400
