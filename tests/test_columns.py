"""Many regimens as columns: the facts of each are those of `facts_of`."""

from __future__ import annotations

import datetime
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.columns import Chunk, Store, facts_of_chunk
from dosenote.effects import effect_of
from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import Facts, facts_of
from dosenote.files import DatedLine, RegimenFile, regimen_of
from dosenote.reader import Reader
from dosenote.regimen import Reading, Regimen
from dosenote.rule import JURISDICTIONS
from dosenote.ruleset import RuleSet

AS_OF = datetime.date(2026, 11, 21)
LINES = [
    line["text"]
    for line in tomllib.loads((Path(__file__).parent / "data" / "lines.toml").read_text("utf-8"))["line"]
] + [
    "warfarin", "phenprocoumon 3 mg", "blood thinner", "no blood thinner", "no warfarin", "no vitamin K", "multivitamin daily",
    "no other medicines", "no other conditions", "no other foods", "kidney stones", "no kidney stones", "kidney disease",
    "natto", "no leafy greens", "kale", "stopped vitamin K2 in May", "stopped MK-7", "OsteoMax", "blorb 5 mg",
    "INR 2.5", "25-OH-D 40 ng/mL", "25-OH-D 160 ng/mL", "calcium 13 mg/dL", "eGFR up to 60", "eGFR over 60", "eGFR <30", "eGFR <= 90 (3 Nov 2026)", "INR >8", "25-OH-D < 20 ng/mL", "eGFR 25", "eGFR 80 (3 Nov 2026)", "eGFR 70 (3 Nov 2062)", "age 67", "age 40", "male",
    "female", "pregnant", "not pregnant", "breastfeeding", "vitamin D3 1000 IU daily with food", "vitamin D3 50000 IU weekly",
    "vitamin D3 1000 IU daily without food", "MK-7 100 mcg daily", "new MK-7 100 mcg daily", "K2 100 mcg daily",
    "calcium 500 mg twice a day", "calcium 1000 mg for 2 weeks, then 500 mg daily", "mother takes warfarin",
    "D3 1000 IU in winter, 2000 IU in summer", "vitamin D3", "D3 1000 IU or 2000 IU daily", "sarcoidosis?", "blood thinner?",
    "alendronate 70 mg weekly with breakfast", "risedronate 35 mg weekly before breakfast", "Atelvia 35 mg weekly with breakfast",
    "Atelvia 35 mg weekly before breakfast", "ibandronate 150 mg monthly with breakfast", "ibandronate 150 mg monthly before breakfast",
    "methotrexate 10 mg weekly", "methotrexate 2.5 mg daily", "methotrexate", "methotrexate?",
    "levothyroxine 50 mcg daily with breakfast", "levothyroxine 50 mcg daily on an empty stomach", "thyroid hormone with food",
]  # fmt: skip


@pytest.fixture(scope="module", params=JURISDICTIONS)
def store(request: pytest.FixtureRequest, ruleset: RuleSet) -> Store:
    return Store(ruleset.for_jurisdiction(request.param), ruleset.vocabulary)


def _dated(reader: Reader) -> list[Reading]:
    """Lines with their days, as a file tells them."""
    days = [None, datetime.date(2026, 11, 1), datetime.date(2020, 1, 1), datetime.date(2026, 6, 1)]
    lines = [
        DatedLine(line, started=started, stopped=stopped)
        for line in ("MK-7 100 mcg daily", "warfarin 5 mg daily", "vitamin D3 1000 IU daily")
        for started, stopped in ((days[1], None), (days[2], None), (days[2], days[3]), (days[3], None))
    ]
    labs = [DatedLine("25-OH-D 20 ng/mL", date=days[1]), DatedLine("25-OH-D 170 ng/mL", date=days[3])]
    return list(regimen_of(RegimenFile(items=[*lines], labs=[*labs]), reader).readings)


@pytest.fixture(scope="module")
def readings(reader: Reader) -> list[Reading]:
    return [*(reader.read(line) for line in LINES), *_dated(reader)]


def _chunk(store: Store, regimens: Sequence[Sequence[Reading]], ruleset: RuleSet) -> Chunk:
    codes = [[store.add(effect_of(one, ruleset.vocabulary, AS_OF)) for one in regimen] for regimen in regimens]
    return Chunk(
        np.array([code for row in codes for code in row], np.int32), np.array([len(row) for row in codes], np.int32)
    )


def _one(facts: Facts, row: int) -> dict[str, object]:
    def value(column: object) -> object:
        return column[row].item() if isinstance(column, np.ndarray) else column

    truths = {name: (value(truth.is_true), value(truth.is_false)) for name, truth in facts.truths.items()}
    return truths | {name: (value(amount.low), value(amount.high)) for name, amount in facts.intervals.items()}


def _agree(store: Store, regimens: Sequence[Sequence[Reading]], ruleset: RuleSet) -> tuple[int, dict[str, set[object]]]:
    """Hold every fact of a chunk against that of each regimen; how many contradict themselves, and the values met."""
    found, clashes = facts_of_chunk(_chunk(store, regimens, ruleset), store)
    met: dict[str, set[object]] = {}
    for row, lines in enumerate(regimens):
        try:
            wanted = facts_of(Regimen(tuple(lines), as_of=AS_OF), ruleset.vocabulary)
        except DosenoteError:
            assert clashes[row]
            continue
        assert not clashes[row]
        for name, value in _one(found, row).items():
            one = wanted.truths.get(name) or wanted.intervals[name]
            pair = (one.low, one.high) if name in wanted.intervals else (one.is_true, one.is_false)
            assert value == pytest.approx(pair), (name, [line.text for line in lines])
            met.setdefault(name, set()).add(pair)
    return int(clashes.sum()), met


def test_the_facts_of_a_large_chunk_are_those_of_each_regimen(
    store: Store, readings: list[Reading], ruleset: RuleSet
) -> None:
    """Lines of every kind in any order; each fact is met in more than one state, and some contradict themselves."""
    chance = random.Random(1)
    special = readings[-73:]
    regimens = [
        [chance.choice(special if chance.random() < 0.8 else readings) for _ in range(chance.randrange(9))]
        for _ in range(1500)
    ]
    kinds = {reading.text: reading for reading in readings}
    regimens += [[kinds["pregnant"], kinds["age 67"]], [kinds["blood thinner?"]], [kinds["male"], kinds["pregnant"]]]
    clashes, met = _agree(store, regimens, ruleset)
    assert clashes > 10
    assert [name for name, values in met.items() if len(values) == 1] == []


@cases(40)
@given(st.data())
def test_the_facts_of_a_chunk_are_those_of_each_regimen(
    store: Store, readings: list[Reading], ruleset: RuleSet, data: st.DataObject
) -> None:
    """Whatever stands together; who contradicts themselves is found, and nobody else."""
    regimen = st.lists(st.sampled_from(range(len(readings))), max_size=6)
    regimens = [[readings[number] for number in one] for one in data.draw(st.lists(regimen, min_size=1, max_size=6))]
    _agree(store, regimens, ruleset)


def test_every_fact_of_the_rules_is_there(ruleset: RuleSet) -> None:
    """Nothing that a rule asks about is left out; an empty regimen is one, too."""
    rules = ruleset.for_jurisdiction("us")
    empty = Chunk(np.zeros(0, np.int32), np.zeros(1, np.int32))
    facts, clashes = facts_of_chunk(empty, Store(rules, ruleset.vocabulary))
    assert {name for rule in rules for name in rule.atoms() if name != "sex"} <= {*facts.truths, *facts.intervals}
    assert [finding.outcome.is_true.tolist() for finding in evaluate(rules, facts)] == [[False]] * len(rules)
    assert clashes.tolist() == [False]
