"""How far the program can be trusted, in one table, each figure measured now: python tests/trust.py [--fuzz SECONDS].

Runs every test under branch coverage, the slips of mutmut, and each fuzzing target. Ends with 1 where a figure is not
what it must be. It takes an hour or more on two cores.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
PYTHON = sys.executable
#: What each figure must reach.
MUTANTS, BRANCHES, HAZARDS, HOSTILE, LINES = 95.0, 97.0, 25, 150, 400
#: How many slips of the reader are tried: all of them take hours.
SAMPLE = 500


class Figure(NamedTuple):
    """One line of the table. wanted: in words; is_so: whether it holds."""

    what: str
    measured: str
    wanted: str
    is_so: bool


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """A command in the folder of the project; both outputs as one."""
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )


#: What may become of a test, the worst last: of several cases of one test the worst counts.
STATES = ("passed", "skipped", "failure", "error")


def cases_of(report: Path) -> list[tuple[str, str]]:
    """Each case that pytest tells of, in its JUnit format: the name of its test, and what became of it."""
    found = []
    for case in ET.parse(report).getroot().iter("testcase"):
        name = f"{case.get('file')}::{(case.get('name') or '').partition('[')[0]}"
        found.append((name, max(("passed", *(child.tag for child in case if child.tag in STATES)), key=STATES.index)))
    return found


def worst_of(cases: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The worst of what became of the cases of each test."""
    found: dict[str, str] = {}
    for name, state in cases:
        found[name] = max(found.get(name, state), state, key=STATES.index)
    return found


def tried(told: str) -> list[int]:
    """How many cases each property passed, as hypothesis prints it; its versions call them examples, or test cases."""
    return [int(number) for number in re.findall(r"^\s*- (\d+) passing\b", told, re.MULTILINE)]


class Suite:
    """The tests, run once, under coverage; what became of each. is_good: whether pytest itself says that none failed."""

    def __init__(self) -> None:
        BUILD.mkdir(exist_ok=True)
        report = BUILD / "trust.xml"
        report.unlink(missing_ok=True)  # of an earlier run
        data = BUILD / "coverage"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        os.environ["COVERAGE_FILE"] = str(data / "data")
        told = run(
            PYTHON, "-m", "coverage", "run", "-m", "pytest", "-n", "auto", "--dist", "loadfile", f"--junitxml={report}",
            "-o", "junit_family=xunit1", "--hypothesis-show-statistics",
        )  # fmt: skip
        self.cases = tried(told.stdout)
        if not report.exists():
            sys.exit(f"The tests did not run to their end:\n{told.stdout[-2000:]}")
        self.is_good = told.returncode == 0
        cases = cases_of(report)
        self.became = worst_of(cases)
        self.each = [name.partition("::")[0] for name, _ in cases]
        run(PYTHON, "-m", "coverage", "combine", "--quiet")
        total = run(PYTHON, "-m", "coverage", "report", "--format=total", "--precision=2", "--fail-under=0")
        self.branches = float(total.stdout.split()[-1])

    def figures(self) -> Iterator[Figure]:
        """What the tests say."""
        failed = sorted(name for name, state in self.became.items() if state in ("failure", "error"))
        skipped = sum(state == "skipped" for state in self.became.values())
        wrong = f", {len(failed)} failed: {', '.join(failed[:3])}" if failed else ", none failed"
        wrong = wrong if failed or self.is_good else ", and pytest says that something is wrong"
        yield Figure("tests", f"{len(self.each)}{wrong}, {skipped} skipped", "none fails",
                     self.is_good and not failed)  # fmt: skip
        yield Figure("random cases in properties", f"{sum(self.cases)} in {len(self.cases)}", "thousands",
                     sum(self.cases) >= 5000)  # fmt: skip
        yield Figure("branch coverage of src", f"{self.branches:.2f} %", f"at least {BRANCHES} %",
                     self.branches >= BRANCHES)  # fmt: skip
        rows = sum(file.endswith("test_hostile.py") for file in self.each)
        yield Figure("hostile and broken inputs", f"{rows} rows", f"at least {HOSTILE}", rows >= HOSTILE)
        table = [line for line in (ROOT / "rules" / "HAZARDS.md").read_text("utf-8").splitlines() if "::test_" in line]
        named = {name for line in table for name in re.findall(r"tests/\w+\.py::\w+", line)}
        unproved = sorted(name for name in named if self.became.get(name) != "passed")
        proved = f"{len(named)} tests passed" if not unproved else f"not proved: {', '.join(unproved[:3])}"
        yield Figure("hazards with a control", f"{len(table)}; {proved}", f"at least {HAZARDS}, each proved",
                     len(table) >= HAZARDS and not unproved)  # fmt: skip
        for what, module in (
            ("nothing written, nothing sent", "test_privacy.py"),
            ("the audit catches what it must", "test_audit.py"),
            ("transcripts and examples in the documents", "test_readme.py"),
            ("examples in --help", "test_help.py"),
            ("what is public is described", "test_docstrings.py"),
            ("order of modules, no circle", "test_layers.py"),
        ):
            mine = {name: state for name, state in self.became.items() if name.startswith(f"tests/{module}::")}
            good = "passed" in mine.values() and all(state in ("passed", "skipped") for state in mine.values())
            yield Figure(what, f"{sum(state == 'passed' for state in mine.values())} of {len(mine)} tests", "all", good)


def suite() -> Iterator[Figure]:
    """What the tests say, once they have run."""
    yield from Suite().figures()


#: What tests/mutants.py prints of a module; pytest prints lines of its own before.
_SHARE = re.compile(r"^(\S+) (\d+) (\d+) ([\d.]+)%(?: (.*))?$", re.MULTILINE)


def shares(told: str) -> list[Figure]:
    """The figures in what tests/mutants.py printed; one that does not hold where it printed none."""
    found = []
    for module, killed, total, share, of_all in _SHARE.findall(told):
        percent = float(share)
        measured = f"{killed} of {total} killed, {percent} % {of_all}".rstrip()
        found.append(Figure(f"mutants of {module}", measured, f"at least {MUTANTS} %", percent >= MUTANTS))
    return found or [Figure("mutants", f"none: {told[-200:]}", f"at least {MUTANTS} %", False)]


def mutants() -> Iterator[Figure]:
    """The share of slips that the tests notice, by module; of the reader for a sample."""
    yield from shares(run(PYTHON, "tests/mutants.py", "--sample", str(SAMPLE)).stdout)


def fuzzed(seconds: int) -> Iterator[Figure]:
    """Each target for so long: how many inputs, and whether one of them broke it."""
    for target in sorted(path.name for path in (ROOT / "tests" / "fuzz" / "corpus").iterdir()):
        told = run(PYTHON, "tests/fuzz/run.py", target, "--seconds", str(seconds))
        tried = re.findall(r"^Done (\d+) runs|stat::number_of_executed_units: (\d+)", told.stdout, re.MULTILINE)
        count = next((one or other for one, other in tried), "?")
        yield Figure(f"fuzzing of {target}", f"{count} inputs in {seconds} s, {'none' if not told.returncode else 'one'} broke it",
                     "none", told.returncode == 0)  # fmt: skip


def house() -> Iterator[Figure]:
    """The rules and the house."""
    lint = run(PYTHON, "-m", "dosenote", "rules", "lint")
    said = " ".join(lint.stdout.split())
    yield Figure("rules", said.removesuffix("."), "nothing wrong", lint.returncode == 0)
    verify = run(PYTHON, "-m", "dosenote", "rules", "verify")
    yield Figure("rules verify", verify.stdout.strip()[:70], "as sealed", verify.returncode == 0)
    files = sorted((ROOT / "src").rglob("*.py"))
    longest = max(files, key=lambda path: path.read_text("utf-8").count("\n"))
    length = longest.read_text("utf-8").count("\n")
    yield Figure("longest file", f"{length} lines, {longest.name}", f"at most {LINES}", length <= LINES)
    silent = [path.name for path in files if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    yield Figure("modules in a sentence", f"{len(files) - len(silent)} of {len(files)}", "all", not silent)
    types = run(PYTHON, "-m", "mypy")
    yield Figure("types", types.stdout.strip().splitlines()[-1], "no mistake", types.returncode == 0)


def main() -> int:
    """Measure, print as it comes, and say at the end whether all is as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fuzz", type=int, default=60, metavar="SECONDS", help="how long each target (default: 60)")
    seconds = parser.parse_args().fuzz
    good = True
    sys.stdout.write(f"{'':3}{'what':42} {'measured':62} wanted\n")
    for figure in chain(house(), fuzzed(seconds), mutants(), suite()):
        good &= figure.is_so
        sys.stdout.write(f"{'' if figure.is_so else 'NO':3}{figure.what:42} {figure.measured:62} {figure.wanted}\n")
        sys.stdout.flush()
    sys.stdout.write("All is as it must be.\n" if good else "Not all is as it must be: see the lines with NO.\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
