"""The engine beside other rule engines and beside plain NumPy: ratios in one run, on one core.

    pip install zen-engine datalogic-py OpenFisca-Core    (what is missing is left out, and named)
    python tests/benchmarks/peers.py [--rows ROWS] [--memory [ROWS]]

Prints, for rules over ready facts: the engine against NumPy expressions, one for when a rule is surely raised and one for
when it surely is not, as somebody would write them for these rules: 20 real ones of every form, all real ones, and 60
made up over 10 substances; those also against zen-engine, datalogic and OpenFisca. All must give the same answers on
10,000 regimens. Then how the time grows with regimens and with rules; and the whole command against a job around
zen-engine to which its facts are given: decoding, all the real rules, and writing. With --memory only this: peak memory
and time of the whole command for so many regimens and for a tenth of them. Seconds are those of the processor.

An amount that is not known lies between 0 and infinity, and a fact that is not known is neither true nor false. That is
why everybody gets two formulas for a rule.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import batch as files
import msgspec
import numpy as np

from dosenote.batch.by_columns import CHUNK
from dosenote.batch.jsonl import JsonLines
from dosenote.batch.rows import Block
from dosenote.batch.stored import Stored
from dosenote.columns import Chunk, facts_of_chunk
from dosenote.engine import evaluate
from dosenote.facts import LISTS, UNNAMED, Facts
from dosenote.logic import TOLERANCE, Interval, Truth
from dosenote.reader import Reader
from dosenote.rule import LIMIT, Comparison, Limit, Row, Rule
from dosenote.ruleset import load

TURNS, SAME = 5, 10_000
SUBSTANCES = tuple("abcdefghij")
CLASSES, CONDITIONS = tuple(f"class-{n}" for n in range(8)), tuple(f"condition-{n}" for n in range(6))

#: A formula: ("and" or "or", parts), ("is", key), ("above" or "below", key, number), ("true",), ("false",).
Formula = tuple[Any, ...]


# --- the same rules for everybody


def synthetic() -> list[Rule]:
    """60 rules of the usual kinds; their numbers are made up."""
    chance = random.Random(1)
    blank = load().for_jurisdiction("us")[0]._replace(when=(), unless=(), limits=(), supersedes=())

    def amount(name: str, word: str, number: float) -> Row:
        return Row(f"{name}.daily", (Comparison(word, str(number), number),))

    def taken(name: str, is_taken: bool = True) -> Row:
        return Row(f"{name}.taken", (Comparison("is", is_taken),))

    def ages(*tests: tuple[str, float]) -> Row:
        return Row("age", tuple(Comparison(word, str(years), years) for word, years in tests))

    def pregnant(is_so: bool) -> Row:
        return Row("pregnant", (Comparison("is", is_so),))

    def listed(kind: str, id: str) -> Row:
        return Row(kind, (Comparison("include_any", (id,)),))

    rules: list[tuple[tuple[Row, ...], tuple[Limit, ...]]] = []
    for number in range(20):
        rows = (
            (ages(("below", 9)),), (ages(("at_least", 9), ("below", 19)),),
            (ages(("at_least", 19)), pregnant(True)), (ages(("at_least", 19)), pregnant(False)),
        )  # fmt: skip
        limits = tuple(Limit(row, "", float(50 + 10 * number + 20 * place)) for place, row in enumerate(rows))
        rules.append(((Row(f"{SUBSTANCES[number % 10]}.daily", (Comparison("above", LIMIT),)),), limits))
    for number in range(8):
        rules.append(((taken(SUBSTANCES[number]), amount(SUBSTANCES[number], "below", 20.0 + number)), ()))
    for number in range(6):
        name = SUBSTANCES[number + 2]
        rules.append(((amount(name, "at_least", 30.0 + number), amount(name, "at_most", 90.0 + number)), ()))
    for _ in range(8):
        one, other = chance.sample(SUBSTANCES, 2)
        rules.append(((taken(one), taken(other, False)), ()))
    for number in range(10):
        rules.append(((listed("medicines", CLASSES[number % 8]), taken(SUBSTANCES[number])), ()))
    for number in range(5):
        rules.append(((listed("conditions", CONDITIONS[number]), taken(SUBSTANCES[2 * number])), ()))
    for number in range(3):
        rules.append(((amount(SUBSTANCES[number], "above", 900.0),), ()))
    return [blank._replace(id=f"r{n}", when=when, limits=limits) for n, (when, limits) in enumerate(rules)]


def people(count: int, seed: int = 2) -> Facts:
    """Facts of so many people as columns: 2 to 6 of a hundred are not known."""
    chance = np.random.default_rng(seed)
    truths, intervals = {}, {}

    def truth(share: float) -> Truth:
        is_known, is_so = chance.random(count) > 0.04, chance.random(count) < share
        return Truth(is_known & is_so, is_known & ~is_so)

    def interval(values: Any, unknown: float) -> Interval:
        is_known = chance.random(count) > unknown
        return Interval(np.where(is_known, values, 0.0), np.where(is_known, values, np.inf))

    intervals["age"] = interval(chance.integers(1, 95, count).astype(float), 0.02)
    truths["pregnant"] = truth(0.03)
    for name in SUBSTANCES:
        truths[f"{name}.taken"] = truth(0.42)
        given = np.where(truths[f"{name}.taken"].is_true, chance.integers(1, 300, count).astype(float), 0.0)
        intervals[f"{name}.daily"] = interval(given, 0.03)
    for kind, ids in (("medicines", CLASSES), ("conditions", CONDITIONS)):
        for id in ids:
            truths[f"{kind}:{id}"] = truth(0.15)
    return Facts(truths, intervals)


def slices(facts: Facts, size: int) -> list[Facts]:
    """The same facts in chunks."""
    count = len(facts.intervals["age"].low)
    return [
        Facts(
            {key: Truth(*(mask[n : n + size] for mask in truth)) for key, truth in facts.truths.items()},
            {key: Interval(one.low[n : n + size], one.high[n : n + size]) for key, one in facts.intervals.items()},
        )
        for n in range(0, count, size)
    ]


# --- a rule as two formulas of two values


def both(kind: str, parts: Sequence[tuple[Formula, Formula]]) -> tuple[Formula, Formula]:
    """All or any of several statements: when it is surely true, and when it is surely false."""
    other = "or" if kind == "and" else "and"
    if len(parts) == 1:
        return parts[0]
    return (kind, [part[0] for part in parts]), (other, [part[1] for part in parts])


def formulas(rule: Rule) -> tuple[Formula, Formula]:
    """When a rule is surely raised, and when it surely is not."""
    when = both("and", [row_formulas(row, rule.limits) for row in rule.when])
    if not rule.unless:
        return when
    silent = both("or", [row_formulas(row, rule.limits) for row in rule.unless])[0]
    return ("and", [when[0], ("not", silent)]), ("or", [when[1], silent])


def row_formulas(row: Row, limits: Sequence[Limit]) -> tuple[Formula, Formula]:
    return both("and", [test_formulas(row.fact, test, limits) for test in row.comparisons])


def test_formulas(fact: str, test: Comparison, limits: Sequence[Limit]) -> tuple[Formula, Formula]:
    if fact in LISTS:
        suffix = UNNAMED if test.word == "include_unnamed" else ""
        assert isinstance(test.value, tuple)
        found = both("or", [truth_formulas(f"{fact}:{id}{suffix}") for id in test.value])
        return (found[1], found[0]) if test.word == "include_none" else found
    if test.word == "is":
        found = truth_formulas(fact if isinstance(test.value, bool) else f"{fact}:{test.value}")
        return (found[1], found[0]) if test.value is False else found
    if test.value != LIMIT:
        return amount_formulas(fact, test.word, test.number)
    lines = []
    for limit in limits:
        here = both("and", [row_formulas(row, ()) for row in limit.rows])
        lines.append((here, amount_formulas(fact, test.word, limit.number)))
    every = both("and", [both("or", [(here[1], here[0]), holds]) for here, holds in lines])[0]
    some = both("or", [both("and", [here, holds]) for here, holds in lines])[1]
    return every, some


def truth_formulas(key: str) -> tuple[Formula, Formula]:
    return ("is", f"{key} t"), ("is", f"{key} f")


def amount_formulas(fact: str, word: str, number: float) -> tuple[Formula, Formula]:
    """Above: surely where the lowest is above, surely not where the highest is not; below likewise."""
    low, high = f"{fact} l", f"{fact} h"
    above = ("above", low, number * (1 + TOLERANCE)), ("not", ("above", high, number * (1 + TOLERANCE)))
    below = ("below", high, number * (1 - TOLERANCE)), ("not", ("below", low, number * (1 - TOLERANCE)))
    return {"above": above, "at_most": above[::-1], "below": below, "at_least": below[::-1]}[word]


class Keys:
    """A short name for each fact, for peers that want names without dots."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        return self.names.setdefault(key, f"f{len(self.names)}")


#: How zen-engine and NumPy write "and", "or" and "not".
ZEN = {"and": "and", "or": "or", "not": "not "}
NUMPY = {"and": "&", "or": "|", "not": "~"}


def as_text(formula: Formula, keys: Keys, words: Mapping[str, str]) -> str:
    """A formula as it is written with these words, by hand or by zen-engine."""
    kind, *rest = formula
    if kind in ("and", "or"):
        return "(" + f" {words[kind]} ".join(as_text(part, keys, words) for part in rest[0]) + ")"
    if kind == "not":
        return f"{words[kind]}({as_text(rest[0], keys, words)})"
    if kind == "is":
        return keys[rest[0]]
    return f"({keys[rest[0]]} {'>' if kind == 'above' else '<'} {rest[1]!r})"


def as_json(formula: Formula, keys: Keys) -> Any:
    """A formula as JSON logic."""
    kind, *rest = formula
    if kind in ("and", "or"):
        return {kind: [as_json(part, keys) for part in rest[0]]}
    if kind == "not":
        return {"!": [as_json(rest[0], keys)]}
    if kind == "is":
        return {"var": keys[rest[0]]}
    return {">" if kind == "above" else "<": [{"var": keys[rest[0]]}, rest[1]]}


def columns(facts: Facts, keys: Keys) -> dict[str, Any]:
    """Every fact that a formula asks for, by its short name."""
    found = {}
    for key, name in keys.names.items():
        fact, part = key.rsplit(" ", 1)
        if part in "tf":
            found[name] = facts.truths[fact].is_true if part == "t" else facts.truths[fact].is_false
        else:
            found[name] = facts.intervals[fact].low if part == "l" else facts.intervals[fact].high
    return found


def records(facts: Facts, keys: Keys, count: int) -> list[dict[str, Any]]:
    """The same, person by person; infinity, which JSON has not, is a number that is larger than any."""
    there = columns(facts, keys)
    lists = [
        np.minimum(column[:count], 1e15).tolist() if column.dtype != bool else column[:count].tolist()
        for column in there.values()
    ]
    return [dict(zip(there, row, strict=True)) for row in zip(*lists, strict=True)]


# --- measuring


def seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor, so that other work on the machine counts little."""
    gc.collect()  # what another peer left is not ours to clear away
    began = time.process_time()
    work()
    return time.process_time() - began


def in_turn(*works: Callable[[], object]) -> list[float]:
    """The median seconds of the processor of each, all of them measured in turn."""
    for work in works:
        work()
    taken = [[seconds(work) for work in works] for _ in range(TURNS)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def found(name: str) -> Any:
    """A module, or None where it is not installed, which is said."""
    try:
        return importlib.import_module(name)
    except ImportError:
        say(f"{name}: not installed, left out")
        return None


def answers(rules: Sequence[Rule], facts: Facts) -> Any:
    """By regimen and rule: surely raised, surely not."""
    outcomes = [finding.outcome for finding in evaluate(rules, facts)]
    size = len(facts.intervals["age"].low)
    pairs = [(np.broadcast_to(one.is_true, size), np.broadcast_to(one.is_false, size)) for one in outcomes]
    return np.array(pairs).transpose(2, 0, 1)


def packed(rules: Sequence[Rule]) -> list[Formula]:
    return [formula for rule in rules for formula in formulas(rule)]


def zen_of(rules: Sequence[Rule], keys: Keys) -> Callable[[dict[str, Any]], Any] | None:
    zen = found("zen")
    if zen is None:
        return None
    return zen.compile_expression("[" + ", ".join(as_text(one, keys, ZEN) for one in packed(rules)) + "]").evaluate


def against_rows(
    name: str, evaluate_one: Callable[[dict[str, Any]], Any] | None, rules: Sequence[Rule], facts: Facts, keys: Keys
) -> None:
    """How many times as fast the engine is as a peer that takes one person after the other."""
    if evaluate_one is None:
        return
    rows = records(facts, keys, SAME)
    got = np.array([evaluate_one(row) for row in rows], bool).reshape(SAME, len(rules), 2)
    first = slices(facts, SAME)[0]
    assert (got == answers(rules, first)).all(), f"{name} answers otherwise"
    parts = slices(facts, CHUNK)
    theirs, ours = in_turn(
        lambda: [evaluate_one(row) for row in rows], lambda: [evaluate(rules, part) for part in parts]
    )
    ratio = (theirs / SAME) / (ours / len(facts.intervals["age"].low))
    say(f"  {name}: {SAME / theirs:,.0f} regimens a second, the engine {ratio:,.0f} times as fast")


# --- what is measured


def against_numpy(rules: Sequence[Rule], facts: Facts, title: str) -> None:
    """The engine against one function of NumPy expressions, both chunk by chunk."""
    keys = Keys()
    lines = [
        f"  ({as_text(true, keys, NUMPY)}, {as_text(false, keys, NUMPY)})," for true, false in map(formulas, rules)
    ]
    source = f"def run({', '.join(keys.names.values())}):\n return [\n" + "\n".join(lines) + "\n ]"
    scope: dict[str, Any] = {}
    exec(source, scope)
    run, parts = scope["run"], slices(facts, CHUNK)
    theirs = [columns(part, keys) for part in parts]
    got = np.array(run(**columns(facts, keys))).transpose(2, 0, 1)
    assert (got == answers(rules, facts)).all(), "NumPy answers otherwise"
    hand, ours = in_turn(lambda: [run(**part) for part in theirs], lambda: [evaluate(rules, part) for part in parts])
    count = len(facts.intervals["age"].low)
    say(f"{title}: the engine {count / ours:,.0f} regimens a second, {hand / ours:.2f} times as fast as plain NumPy")


def by_openfisca(rules: Sequence[Rule], facts: Facts) -> None:
    core = found("openfisca_core")
    if core is None:
        return
    from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

    keys = Keys()
    pairs = [(rule.id, *formulas(rule)) for rule in rules]
    body = {f"{id}_{n}": as_text(pair[n], keys, NUMPY) for id, *pair in pairs for n in (0, 1)}
    person = entities.SingleEntity("person", "persons", "A person", "")
    system = taxbenefitsystems.TaxBenefitSystem([person])
    there = columns(facts, keys)

    def variable(name: str, kind: Any, formula: Any = None) -> None:
        fields = {"value_type": kind, "entity": person, "definition_period": periods.MONTH, "label": name}
        if formula is not None:
            fields["formula"] = formula
        system.add_variable(type(name, (variables.Variable,), fields))

    for name, column in there.items():
        variable(name, bool if column.dtype == bool else float)
    for name, text in body.items():
        used = [one for one in there if f"{one}" in text.replace("(", " ").replace(")", " ").replace("~", " ").split()]
        scope: dict[str, Any] = {}
        given = "\n".join(f" {one} = person({one!r}, period)" for one in used)
        exec(f"def formula(person, period, parameters):\n{given}\n return {text}", scope)
        variable(name, bool, scope["formula"])
    count, month = len(facts.intervals["age"].low), "2026-11"

    def run() -> list[Any]:
        simulation = simulations.SimulationBuilder().build_default_simulation(system, count)
        for name, column in there.items():
            simulation.set_input(name, month, column)
        return [simulation.calculate(name, month) for name in body]

    got = np.array(run()).reshape(len(rules), 2, count).transpose(2, 0, 1)
    assert (got == answers(rules, facts)).all(), "OpenFisca answers otherwise"
    parts = slices(facts, CHUNK)
    theirs, ours = in_turn(run, lambda: [evaluate(rules, part) for part in parts])
    say(f"  OpenFisca: {count / theirs:,.0f} regimens a second, the engine {theirs / ours:.1f} times as fast")


def growth(rules: Sequence[Rule], facts: Facts) -> None:
    """How the time grows with the regimens, and with the rules."""
    parts = slices(facts, CHUNK)
    tenth, many = parts[: max(1, len(parts) // 10)], [rule for _ in range(5) for rule in rules]
    few, all_, more = in_turn(
        lambda: [evaluate(rules, part) for part in tenth], lambda: [evaluate(rules, part) for part in parts],
        lambda: [evaluate(many, part) for part in parts],
    )  # fmt: skip
    rows = len(parts) / len(tenth)
    say(
        f"  {rows:.0f} times the regimens take {all_ / few:.1f} times as long, 5 times the rules {more / all_:.1f} times"
    )


def real_facts(count: int) -> tuple[list[Rule], Facts]:
    """All rules for the US, and the facts of regimens as in batch.py."""
    ruleset = load()
    rules = ruleset.for_jurisdiction("us")
    stored = Stored(Reader(ruleset.vocabulary, ruleset.products), date(2026, 11, 22), rules)
    rows = JsonLines(stored).rows_of(Block(1, b"".join(files.rows(count, False))))
    facts, _ = facts_of_chunk(Chunk(np.array(rows.codes, np.int32), np.array(rows.counts, np.int32)), stored.store)
    return rules, facts


def command_against_zen(rules: Sequence[Rule], facts: Facts, count: int) -> None:
    """The whole command against decoding, all rules by zen-engine on facts that cost nothing, and writing."""
    keys = Keys()
    evaluate_one = zen_of(rules, keys)
    if evaluate_one is None:
        return
    rows = records(facts, keys, SAME)
    got = np.array([evaluate_one(row) for row in rows], bool).reshape(SAME, len(rules), 2)
    assert (got == answers(rules, slices(facts, SAME)[0])).all(), "zen-engine answers otherwise"
    with tempfile.TemporaryDirectory() as name:
        path, out = Path(name) / "in.jsonl", Path(name) / "out.jsonl"
        with path.open("wb") as file:
            file.writelines(files.rows(count, False))
        files.launched(files.command(path, out))

        def job() -> None:
            files.floor(path, out, Path(name) / "copy.jsonl")

        def zen() -> None:
            for row in rows:
                evaluate_one(row)

        turns = [(files.launched(files.command(path, out)).processor, seconds(job), seconds(zen)) for _ in range(3)]
        ours, floor, theirs = (statistics.median(column) for column in zip(*turns, strict=True))
    whole = floor + theirs / SAME * count
    say(f"the whole command, {count:,} regimens: {whole / ours:.1f} times as fast as one around zen-engine")
    say(
        f"  ({ours:.1f} s; decoding and writing {floor:.1f} s, zen-engine {whole - floor:.1f} s, its facts not counted)"
    )


#: Runs a command from a process so small that what the command uses at most is its own.
def memory(count: int) -> None:
    """Time and memory of the whole command for so many regimens, and for a tenth of them."""
    found = []
    for rows in (count // 10, count):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "in.jsonl"
            with path.open("wb") as file:
                file.writelines(files.rows(rows, False))
            found.append(files.launched(files.command(path, Path(name) / "out.jsonl")))
    (_, few_s, few_mb), (_, all_s, all_mb) = found
    say(f"{count // 10:,} regimens: {few_s:.1f} s, {few_mb:.0f} MB; {count:,}: {all_s:.1f} s, {all_mb:.0f} MB")
    say(f"  ten times the regimens: {all_s / few_s:.1f} times the time, {all_mb / few_mb:.2f} times the memory")


#: Rules of every form: amounts, limits by age, pairs of things taken, medicines, conditions and values.
SAMPLE = (
    "calcium-far-above-any-limit", "vitamin-d-above-us-upper-limit", "vitamin-d-above-customary-amount",
    "calcium-above-us-upper-limit", "mk-7-with-vitamin-k-antagonist", "vitamin-d-with-cardiac-glycoside",
    "calcium-with-thiazide", "calcium-with-levothyroxine", "calcium-with-iron", "vitamin-d3-without-vitamin-k2",
    "calcium-with-kidney-stones", "vitamin-d-with-high-blood-calcium", "high-25-oh-d-with-vitamin-d",
    "low-egfr-with-calcium", "vitamin-e-with-vitamin-k-antagonist", "calcium-large-single-dose",
    "vitamin-k-with-kidney-disease", "infant-vitamin-d-above-fda-amount", "iron-with-levothyroxine", "calcium-with-zinc",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000, help="regimens of the whole command")
    parser.add_argument("--memory", type=int, nargs="?", const=10_000_000, metavar="ROWS", help="only this")
    given = parser.parse_args()
    if given.memory:
        memory(given.memory)
        return
    rules, facts = real_facts(50_000)
    against_numpy([rule for rule in rules if rule.id in SAMPLE], facts, "20 real rules")
    against_numpy(rules, facts, f"all {len(rules)} rules")
    made, many = synthetic(), people(100_000)
    against_numpy(made, many, "60 synthetic rules")
    growth(made, many)
    keys = Keys()
    against_rows("zen-engine", zen_of(made, keys), made, many, keys)
    datalogic = found("datalogic_py")
    if datalogic is not None:
        keys = Keys()
        logic = [as_json(one, keys) for one in packed(made)]
        against_rows(
            "datalogic", datalogic.Engine().compile(msgspec.json.encode(logic).decode()).evaluate, made, many, keys
        )
    by_openfisca(made, many)
    command_against_zen(rules, facts, given.rows)


if __name__ == "__main__":
    main()
