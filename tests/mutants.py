"""Slips that mutmut makes in the program, one at a time, and how many of them a test notices.

    python tests/mutants.py [--sample N] [--survivors] [MODULE ...]

Prints "module noticed total percent", a line a module, and ends with 1 when fewer than 95 of 100 were noticed somewhere.
With --sample N, of the modules of the reader N slips together are tried, picked at random, the same in every run; the line
then says of what a figure holds for all of them. With --survivors, the slips follow that nobody noticed; which of them are
no gap in the tests is argued in tests/MUTANTS.md. Modules and tests stand in pyproject.toml, [tool.mutmut].

`mutmut run` starts pytest anew for each slip. Here the tests are collected once, and each slip is put in place in a copy of
that process (a fork), which runs the tests that reach the function, and stops at the first that fails.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import gc
import importlib
import json
import math
import os
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from mutmut.configuration import config
from mutmut.mutation.file_mutation import Mutation, create_mutations

SRC = Path("src")
ENOUGH = 0.95
SEED = 8
#: A function that so few tests reach may be one whose result is kept: then all tests are tried.
FEW = 5
#: A test that takes so many times as long as without the slip, and these seconds more, does not end.
SLOWER, SECONDS = 20, 3
#: Bytes that a test may use: a slip may fill the memory.
MEMORY = 6 << 30


class Mutant(NamedTuple):
    """A slip. function: its name in the module, "Line.reading"; number: which of that function, from 1."""

    module: str
    function: str
    number: int
    mutation: Mutation

    @property
    def group(self) -> str:
        """Whose figure it counts for."""
        return self.module.removeprefix("dosenote.")

    def texts(self) -> tuple[str, str]:
        """The function without and with the slip."""
        whole = self.mutation.contained_by_top_level_function
        assert whole is not None
        spoilt = whole.deep_replace(self.mutation.original_node, self.mutation.mutated_node)
        assert isinstance(spoilt, cst.FunctionDef)
        return cst.Module([whole]).code, cst.Module([spoilt]).code

    def shown(self) -> str:
        """Its name and the lines that it changes."""
        diff = difflib.unified_diff(*(text.splitlines() for text in self.texts()), lineterm="", n=0)
        return "\n".join(
            (f"{self.group} {self.function} {self.number}", *(line for line in list(diff)[2:] if line[:2] != "@@"))
        )

    def put_in(self) -> None:
        """Spoil the function, wherever it is used already; for good."""
        module = importlib.import_module(self.module)
        made: dict[str, Any] = {}
        text = "from __future__ import annotations\n" + self.texts()[1]
        exec(compile(text, self.module, "exec"), module.__dict__, made)
        new, old = _plain(made[self.function.rpartition(".")[2]]), function_of(self.module, self.function)
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
        _make_anew(module, self.function)


def _make_anew(module: ModuleType, function: str) -> None:
    """What the module keeps of a call of the function, made while it was imported, from the function as it is now."""
    kept = []
    for node in ast.parse(Path(str(module.__file__)).read_text("utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == function
        ):
            kept.append(node)
    exec(compile(ast.Module(kept, []), str(module.__file__), "exec"), module.__dict__)


def _plain(thing: Any) -> FunctionType:
    found = getattr(thing, "__func__", thing)
    assert isinstance(found, FunctionType)
    return found


def function_of(module: str, name: str) -> FunctionType:
    """A function or method by its name."""
    thing: Any = importlib.import_module(module)
    for part in name.split("."):
        thing = vars(thing)[part]
    return _plain(thing)


def _functions(body: Sequence[cst.CSTNode], within: str = "") -> Iterator[tuple[cst.FunctionDef, str]]:
    for node in body:
        if isinstance(node, cst.FunctionDef):
            yield node, within + node.name.value
        elif isinstance(node, cst.ClassDef):
            yield from _functions(node.body.body, f"{within}{node.name.value}.")


def mutants_of(path: Path) -> Iterator[Mutant]:
    """What mutmut makes of a file, function by function; tables and patterns are not mutated."""
    tree, made, _, _ = create_mutations(str(path), path.read_text("utf-8"))
    names = dict(_functions(tree.body))
    count: Counter[str] = Counter()
    module = ".".join(path.relative_to(SRC).with_suffix("").parts)
    for mutation in made:
        name = names.get(mutation.contained_by_top_level_function)  # type: ignore[arg-type]
        if name is not None:
            count[name] += 1
            yield Mutant(module, name, count[name], mutation)


def in_a_copy(work: Callable[[], object]) -> Any:
    """What a copy of this process finds out, or None where it came to an end before."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = json.dumps(work()).encode()
            with os.fdopen(writes, "wb") as pipe:
                pipe.write(told)
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told) if told else None


class Tests:
    """The tests, as pytest collected them, and which functions each of them reaches."""

    def __init__(self, items: list[pytest.Item], mutants: Sequence[Mutant], run: Run) -> None:
        self.items = items
        self.run = run
        self.codes = {}
        for module, name in sorted({(one.module, one.function) for one in mutants}):
            self.codes[id(function_of(module, name).__code__)] = f"{module}:{name}"
        measured = in_a_copy(self._measure)
        if measured is None or isinstance(measured, str):
            sys.exit(f"A test fails without any slip: {measured}")
        measured, kept = measured
        self.kept = frozenset(kept)
        self.seconds: list[float] = [seconds for seconds, _ in measured]
        self.random = [number for number, (_, reached) in enumerate(measured) if reached is None]
        self.reaching: dict[str, list[int]] = defaultdict(list)
        for number, (_, reached) in enumerate(measured):
            for name in reached or ():
                self.reaching[name].append(number)
        self.noticed: dict[str, Counter[int]] = defaultdict(Counter)  # by function: how many slips each test noticed
        control = self._first_to_fail(list(range(len(items))), "", lambda: None)
        if control != -1:
            sys.exit(f"In another order a test fails without any slip: {control}")

    def _measure(self) -> object:
        """Of each test: seconds of the processor, and the functions that it reaches. Runs in a copy.

        A test of random cases would take minutes while it is watched; of it this is not known. And the functions that make
        what all tests share, such as the reader: each test bears on them.
        """
        measured = []
        kept: set[str] = set()
        for number, item in enumerate(self.items):
            reached: set[str] = set()

            def called(frame: FrameType, event: str, _: object, reached: set[str] = reached) -> None:
                code: CodeType = frame.f_code
                if event == "call" and id(code) in self.codes:
                    (kept if self.run.making else reached).add(self.codes[id(code)])

            is_random = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
            start = time.process_time()
            sys.setprofile(None if is_random else called)
            failed = self._fails(number, self.items[number + 1] if number + 1 < len(self.items) else None)
            sys.setprofile(None)
            if failed:
                return item.nodeid
            measured.append((time.process_time() - start, None if is_random else sorted(reached)))
        return measured, sorted(kept)

    def _fails(self, number: int, following: pytest.Item | None) -> bool:
        return any(report.failed for report in runtestprotocol(self.items[number], log=False, nextitem=following))

    def _first_to_fail(self, those: list[int], name: str, put_in: Callable[[], None]) -> int | None:
        """Which of these tests fails first in a copy with a slip in a function: -1 for none, None if one does not end."""
        order = sorted(those, key=lambda number: (-self.noticed[name][number], self.seconds[number]))

        def run() -> int:
            put_in()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            for number, following in zip(order, [*order[1:], -1], strict=True):
                limit = math.ceil(time.process_time() + SECONDS + SLOWER * self.seconds[number])
                resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
                if self._fails(number, self.items[following] if following >= 0 else None):
                    return number
            return -1

        return in_a_copy(run)

    def notice(self, mutant: Mutant) -> bool:
        """Whether a test fails, or does not end, once the slip is in place."""
        name = f"{mutant.module}:{mutant.function}"
        reaching = self.reaching[name]
        is_known = len(reaching) >= FEW and name not in self.kept
        those = [*reaching, *self.random] if is_known else list(range(len(self.items)))
        found = self._first_to_fail(those, name, mutant.put_in)
        if found is not None and found >= 0:
            self.noticed[name][found] += 1
        return found != -1


class Run:
    """A plugin of pytest: instead of the tests, the slips."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants = mutants
        self.missed: list[Mutant] = []
        self.making = 0  # things that all tests share

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """See what is made while something is made that all tests share."""
        is_shared = fixturedef.scope == "session"
        self.making += is_shared
        try:
            return (yield)
        finally:
            self.making -= is_shared

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try each slip in turn."""
        tests = Tests(session.items, self.mutants, self)
        gc.collect()
        gc.freeze()
        self.missed = [mutant for mutant in self.mutants if not tests.notice(mutant)]
        return True


def interval(noticed: int, total: int) -> tuple[float, float]:
    """Wilson's interval for a share, with a confidence of 95 %."""
    z, share = 1.959964, noticed / total
    middle, half = share + z * z / (2 * total), z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def _figures(mutants: Sequence[Mutant], missed: Sequence[Mutant], reader: int) -> Iterator[tuple[str, float]]:
    """A line for each group, and the share of it. reader: of how many slips the sample of the reader is, or 0."""
    lost = {id(mutant) for mutant in missed}
    groups: dict[str, list[bool]] = defaultdict(list)
    for mutant in mutants:
        groups["reader" if reader and mutant.group.startswith("reader.") else mutant.group].append(
            id(mutant) not in lost
        )
    for group, each in groups.items():
        share = sum(each) / len(each)
        low, high = interval(sum(each), len(each))
        sample = (
            f" of {reader}, seed {SEED}: {low:.1%} to {high:.1%} of all, with 95 % confidence"
            if group == "reader"
            else ""
        )
        yield f"{group} {sum(each)} {len(each)} {share:.1%}{sample}", share


def main() -> int:
    """Try what was asked for, print the figures, and say whether they are what they must be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="so many slips of the reader, not all")
    parser.add_argument("--survivors", action="store_true", help="show what no test notices")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as facts or reader.labs (default: all)")
    asked = parser.parse_args()
    found = [
        mutant for path in sorted(SRC.rglob("*.py")) if config().should_mutate(path) for mutant in mutants_of(path)
    ]
    found = [mutant for mutant in found if not asked.modules or mutant.group in asked.modules]
    reader = [mutant for mutant in found if mutant.group.startswith("reader.")]
    is_sample = 0 < asked.sample < len(reader)
    if is_sample:
        kept = set(map(id, random.Random(SEED).sample(reader, asked.sample)))
        found = [mutant for mutant in found if mutant not in reader or id(mutant) in kept]
    run = Run(found)
    selection = (*config().pytest_add_cli_args, *config().pytest_add_cli_args_test_selection)
    status = pytest.main(["-qq", "-p", "no:cacheprovider", "--assert=plain", "--tb=no", *selection], plugins=[run])
    if status != pytest.ExitCode.OK:
        return int(status)
    worst = 1.0
    for line, share in _figures(found, run.missed, len(reader) if is_sample else 0):
        sys.stdout.write(f"{line}\n")
        worst = min(worst, share)
    for mutant in run.missed if asked.survivors else ():
        sys.stdout.write(f"\n{mutant.shown()}\n")
    return 0 if worst >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
