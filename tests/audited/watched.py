"""A pytest plugin: a test that uses the network, or writes outside its own folders, fails; also in what it starts."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import audit

ROOT = Path(__file__).resolve().parents[2]
#: What tools keep between runs.
CACHES = tuple(str(ROOT / name) for name in (".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"))
WATCH = pytest.StashKey[audit.Watch]()
CHANGED = pytest.StashKey[pytest.MonkeyPatch]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """From here on, temporary files lie below the folder of this run, and what is started is watched."""
    own = sys.modules.get("sitecustomize")
    if hasattr(own, "WATCH"):
        own.WATCH.is_on = False  # this process was started by a test, and watches itself now
    base = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    (base / "tmp").mkdir()
    changed = session.config.stash[CHANGED] = pytest.MonkeyPatch()
    changed.setenv("TMPDIR", str(base / "tmp"))
    changed.setattr(tempfile, "tempdir", str(base / "tmp"))
    roots = [str(base), *CACHES]
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        roots.append(str(ROOT))  # golden texts, the documents, the manual page
    if os.environ.get("COVERAGE_FILE"):  # make coverage: every process that is measured writes beside it
        roots.append(str(Path(os.environ["COVERAGE_FILE"]).parent))
    changed.setenv(audit.WRITES, os.pathsep.join(roots))
    changed.setenv(audit.REPORT, str(base / "audit.txt"))
    changed.setenv("PYTHONPATH", audit.HERE, prepend=os.pathsep)
    watch = session.config.stash[WATCH] = audit.Watch(roots, str(base / "audit.txt"), os.getpid())
    sys.addaudithook(watch)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A second run in this process begins as the first did."""
    if CHANGED in session.config.stash:
        session.config.stash[CHANGED].undo()


@pytest.fixture(scope="session")
def watch(pytestconfig: pytest.Config) -> audit.Watch:
    """What watches this process."""
    return pytestconfig.stash[WATCH]


def _watched(item: pytest.Item) -> Iterator[None]:
    """One phase of a test. Only the browser's tests may connect, and only to this computer."""
    watch = item.config.stash[WATCH]
    watch.is_on = True
    try:
        with watch.loopback("browser" in getattr(item, "fixturenames", ())):
            return (yield)
    finally:
        watch.is_on = False
        told = watch.found + _told(Path(watch.report))
        watch.found = []
        if told:
            raise audit.Violation("\n".join(told))


def _told(report: Path) -> list[str]:
    """What processes that the test started did, and nobody need have noticed."""
    if not report.exists():
        return []
    lines = report.read_text("utf-8", "replace").splitlines()
    report.unlink()
    return lines


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    return (yield from _watched(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    return (yield from _watched(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    return (yield from _watched(item))
