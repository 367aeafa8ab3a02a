"""What every test module shares: the real rule set, and one person's check in one line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.vendor.pretty import for_type_by_name

import browser as chromium
from audit import Watch
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.report import Report, build_report
from dosenote.ruleset import RuleSet, load

ROOT = Path(__file__).resolve().parents[1]

# "ci" tries the same cases in every run; "nightly" tries others each time, and many times more of them.
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("nightly", max_examples=2500, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("DOSENOTE_HYPOTHESIS", "ci"))

# A failing property prints its arguments: 1.3 MB of rules would be refused instead of showing the failure.
for_type_by_name("dosenote.ruleset", "RuleSet", lambda _, printer, __: printer.text("RuleSet(...)"))


def cases(count: int) -> settings:
    """Settings of a property that is tried this many times in a run of the profile ci, and more in a nightly one."""
    many = count * settings.default.max_examples // settings.get_profile("ci").max_examples
    return settings(max_examples=many, suppress_health_check=list(HealthCheck))


#: What became of the tests that need a browser, for the last lines of a run.
BROWSER_TESTS = pytest.StashKey[str]()


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
        return build_report(Regimen(reader.read_all(reader.items_of(text))), ruleset, jurisdiction, explain)

    return run


@pytest.fixture(scope="session")
def answers(check: Callable[..., Report]) -> Callable[..., dict[str, str]]:
    """What became of every rule, by id."""

    def run(text: str, jurisdiction: str = "us") -> dict[str, str]:
        return {traced.rule: traced.outcome for traced in check(text, jurisdiction, explain=True).trace or ()}

    return run


@pytest.fixture(scope="session")
def browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, watch: Watch
) -> Iterator[chromium.Browser]:
    """One Chromium for the whole run; without one, the tests that need it are skipped, and the run's end says so."""
    why_not = chromium.missing()
    if why_not:
        request.config.stash[BROWSER_TESTS] = f"skipped: {why_not}"
        pytest.skip(why_not)
    with ExitStack() as running:
        started = running.enter_context(chromium.started(tmp_path_factory.mktemp("chromium")))
        request.config.stash[BROWSER_TESTS] = f"ran in Chromium {started.version}"
        yield started
        with watch.loopback():  # it is ended after the last test, which need not be one of its own
            running.close()


def pytest_configure(config: pytest.Config) -> None:
    """No test uses the network or writes outside its own folders."""
    config.pluginmanager.import_plugin("watched")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the tests are shared among processes, each tells the first what became of the browser."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["browser"] = session.config.stash.get(BROWSER_TESTS, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """One of these processes has ended."""
    told = getattr(node, "workeroutput", {}).get("browser")
    if told:
        node.config.stash[BROWSER_TESTS] = told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Whether pages were seen by a browser must not be a guess."""
    outcome = config.stash.get(BROWSER_TESTS, "")
    if outcome:
        terminalreporter.write_line(f"Browser tests: {outcome}.")
