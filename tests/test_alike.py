"""Lines that differ in a number only are read once, and each is understood as if it were read by itself."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.batch.csv_rows import header_of, rows_of
from dosenote.batch.lines import Key, Told
from dosenote.batch.rows import Block
from dosenote.batch.stored import Stored
from dosenote.columns import Chunk, facts_of_chunk
from dosenote.effects import not_recognised_in
from dosenote.reader import Reader
from dosenote.reader.alike import AFTER
from dosenote.reader.productions import STAGES
from dosenote.ruleset import RuleSet

AS_OF = date(2026, 11, 22)
TEXTS = tuple(
    line["text"] for line in tomllib.loads((Path(__file__).parent / "data" / "lines.toml").read_text("utf-8"))["line"]
)
UNITS = ("IU", "mcg", "mg", "g", "MG", "units", "ug", "ml", "tablets", "mmol", "mEq")
OFTEN = (
    "daily", "once a day", "twice a day with meals", "every other day", "in the morning", "weekly", "every night", "each",
    "capsule once a day with breakfast", "tablet daily", "by mouth daily", "three times a day", "a week", "daily now",
    "one daily", "as needed", "hundred daily", "every meal", "at noon", "every hours", "on Monday", "total daily", "",
)  # fmt: skip
BEFORE = ("", "", "", "Nature Made ", "rx ", "lot ", "NOW ", "2 ", "no ", "stopped ", "exp ", "Tab ")
#: Years, parts of names and of phrases, groups of figures, and amounts of every size.
NUMBERS = (
    "1", "2", "3", "7", "12", "13", "24", "25", "50", "81", "100", "000", "500", "1000", "1999", "2019", "0.5", "05",
    "1.000", "2.125", "1,000", "123456", "1234567", "12345678", "7.5", "12.25", "2000.50",
)  # fmt: skip


@pytest.fixture
def fresh(ruleset: RuleSet) -> Reader:
    """A reader that has met no line yet."""
    return Reader(ruleset.vocabulary, ruleset.products)


def _number(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(NUMBERS)
    value = 10 ** chance.uniform(-0.5, 7.5)
    return f"{value:.{chance.randrange(3)}f}"


def _differences(fresh: Reader, lines: list[str]) -> tuple[list[str], Counter[str]]:
    """Lines that are not understood as by themselves; how many of each outcome needed no reading."""
    wrong, met = [], Counter[str]()
    for line in lines:
        found = fresh.alike.find(line)
        reading = found and found[0].reading_of(line, found[1])
        if found is not None and reading is None:
            met[f"{fresh.read(line).outcome}, read"] += 1
        if reading is not None:
            met[reading.outcome] += 1
            if reading != fresh.read(line):
                wrong.append(line)
    return wrong, met


def test_a_line_with_another_number_is_understood_as_by_itself(fresh: Reader, ruleset: RuleSet) -> None:
    """Names, units and words of every kind, with numbers that are usual, large, impossible, or part of a name."""
    chance = random.Random(7)
    names = [
        name for entry in ruleset.vocabulary.entries.values() for name in (entry.label, *entry.names, *entry.brands)
    ]
    about = [
        (chance.choice(BEFORE) + chance.choice(names), chance.choice(UNITS), chance.choice(OFTEN)) for _ in range(700)
    ]
    about += [
        (name, unit, often) for name in ("vitamin D3", "zinc", "warfarin") for unit in UNITS[:4] for often in OFTEN
    ]
    lines = []
    for before, unit, often in about:
        lines += [f"{before} {_number(chance)} {unit} {often}".strip() for _ in range(16)]
    wrong, met = _differences(fresh, lines)
    assert wrong == []
    assert min(met["accept"], 10 * met["ask"], 20 * met["refuse, read"]) > 500
    assert met["accept, read"] == met["ask, read"] == 0  # only what nobody takes must be read again


@pytest.mark.parametrize("often", ["twice a day", "weekly"])
def test_a_kind_is_known_where_the_first_of_its_lines_are_refused(fresh: Reader, often: str) -> None:
    """What nobody takes tells nothing of the other lines, and does not keep them from being told."""
    refused, usual = ("zinc 90000.1 mg", "zinc 90000.2 mg"), "zinc 15.5 mg"
    for line in (*refused, usual):
        found = fresh.alike.find(f"{line} {often}")
    assert [fresh.read(f"{line} {often}").outcome for line in (*refused, usual)] == ["refuse", "refuse", "accept"]
    assert found is not None
    assert found[0].reading_of(f"{usual} {often}", found[1]) == fresh.read(f"{usual} {often}")


def test_the_lines_of_the_other_tests_with_other_numbers(fresh: Reader) -> None:
    """Whatever people write: each of its numbers by others, one after the other."""
    chance = random.Random(3)
    lines = []
    for text in TEXTS:
        for match in re.finditer(r"\d+(?:\.\d+)?", text):
            lines += [f"{text[: match.start()]}{_number(chance)}{text[match.end() :]}" for _ in range(9)]
    wrong, met = _differences(fresh, lines)
    assert wrong == []
    assert met["accept"] > 10


@cases(60)
@given(number=st.decimals("0.01", "9999999", places=2), more=st.decimals("0.01", "9999999", places=2))
@pytest.mark.parametrize("about", ["vitamin D3 {} IU daily", "iron {} mg twice a day", "methotrexate {} mg weekly"])
def test_the_number_alone_decides(reader: Reader, about: str, number: Decimal, more: Decimal) -> None:
    """Two numbers in any order: what was met first changes nothing of what is said of the second."""
    lines = [about.format(f"{one:f}".rstrip("0").rstrip(".")) for one in (number, more, number)]
    assert _differences(reader, lines)[0] == []


class _EachRead(Stored):
    """Reads every line by itself."""

    def read_before(self, _key: Key) -> Told | None:
        return None


class _ByNumber(Stored):
    """Keeps one line of each kind, and the number of each."""


def test_what_is_kept_of_such_lines_is_what_each_of_them_does(fresh: Reader, ruleset: RuleSet) -> None:
    """The facts and what a row tells, from lines as text and as JSON: the same as where each is read by itself."""
    chance = random.Random(9)
    about = (
        "vitamin D3 {} IU daily",
        "vitamin K2 MK-7 {} mcg weekly",
        "K2 {} mcg once a day",
        "zinc {} mg with food daily",
        "vitamin D3 {} mcg monthly",
        "vitamin E {} IU every eight hours",
        "calcium {} g twice a week",
        "magnesium {} mg as needed",
        "magnesium {} mmol",
    )
    lines = [chance.choice(about).format(_number(chance)) for _ in range(1500)]
    rules = ruleset.for_jurisdiction("us")
    facts = []
    for kind in (Stored, _EachRead, _ByNumber):
        for key_of in (str, lambda line: json.dumps(line).encode()):
            stored = kind(fresh, AS_OF, rules)
            if kind is _ByNumber:
                pairs = [stored.numbered(key_of(line)) for line in lines]
            else:
                pairs = [(stored.code(key_of(line)), 1) for line in lines]
            codes, numbers = np.array(pairs, np.int32).T
            chunk = Chunk(codes, np.ones(len(codes), np.int32), numbers)
            found, _ = facts_of_chunk(chunk, stored.store)
            columns = {name: (truth.is_true, truth.is_false) for name, truth in found.truths.items()}
            columns |= {name: (amount.low, amount.high) for name, amount in found.intervals.items()}
            pairs = zip(codes.tolist(), numbers.tolist(), strict=True)
            told = [stored.told[code]._replace(not_recognised=stored.not_recognised(code, by)) for code, by in pairs]
            facts.append((told, {name: [column.tolist() for column in pair] for name, pair in columns.items()}))
    assert all(one == facts[0] for one in facts)
    assert len(facts) == 6
    assert sum(one.not_recognised != () for one in facts[0][0]) > 100
    assert len({tuple(pair) for pair in zip(*facts[0][1]["vitamin_d.daily"], strict=True)}) > 50


def test_lines_of_unusual_amounts_are_kept_as_lines_of_one_kind(fresh: Reader, ruleset: RuleSet) -> None:
    """However many numbers there are; what is asked of each is what is asked of it by itself."""
    stored = Stored(fresh, AS_OF, ruleset.for_jurisdiction("us"))
    written = ["30", "31", *(f"{tenths / 10:.{tenths % 3}f}" for tenths in range(10, 9000))]
    lines = [f"iron {number} mg daily" for number in written]
    pairs = [stored.numbered(line) for line in lines]
    assert len(stored.told) < 100
    asked = [stored.not_recognised(code, number) for code, number in pairs]
    assert asked == [not_recognised_in(fresh.read(line)) for line in lines]
    assert 1000 < sum(map(bool, asked)) < len(lines)


def test_items_of_csv_and_of_record_batches_are_kept_so_too(fresh: Reader, ruleset: RuleSet) -> None:
    """Lines that differ in a number only: the numbers stand beside the regimens, and not in what is kept of lines."""
    lines = [f"iron {tenths / 10} mg daily" for tenths in range(100, 2100)]
    header = header_of(b"id,items", {})
    data = "".join(f"{number},{line}\n" for number, line in enumerate(lines)).encode()
    stored = Stored(fresh, AS_OF, ruleset.for_jurisdiction("us"))
    rows = rows_of(Block(2, data), stored, header)
    assert len(stored.told) < 100 < len({*rows.times})
    pa = pytest.importorskip("pyarrow")
    from dosenote.batch.record_batches import regimens_of

    ids = [str(number) for number in range(len(lines))]
    batches = [pa.RecordBatch.from_pydict({"id": ids, "items": items}) for items in (lines, [[line] for line in lines])]
    for batch in batches:
        stored.clear()
        found = regimens_of(batch, stored)
        assert len(stored.told) < 100 < len({*found.times.tolist()})


def test_no_production_asks_how_much_the_amount_is() -> None:
    """Of the productions with a number, only two can apply where a name, a number, a unit and such words stand."""
    inside = {("name", one) for one in ("number", "quantity", "amount")}
    inside |= {("number", "unit"), ("quantity", "unit")}
    inside |= {(one, two) for one in ("unit", "amount", *AFTER) for two in AFTER}
    numbers = {"number", "quantity", "amount"}
    found = set()
    for stage in STAGES:
        for written, _ in stage:
            roles = written.split()
            if numbers & {*roles} and {*pairwise(roles)} <= inside:
                found.add(written)
    assert found == {"number", "quantity unit", "amount every"}  # the last looks at the word for "every" only
