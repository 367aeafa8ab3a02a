"""JSON lines by pieces that were read before: each line says what it says when it is read by itself."""

from __future__ import annotations

import json
import random
from datetime import date
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.batch.jsonl import JsonLines
from dosenote.batch.rows import Block, Rows
from dosenote.reader import Reader
from dosenote.ruleset import RuleSet
from regimens import CONDITIONS, FOODS, LABS, MEDICINES, STRUCTURED

pytest.importorskip("numpy")

import numpy as np

from dosenote.batch.pieces import Pieces
from dosenote.batch.stored import Stored
from dosenote.columns import Chunk

TEXTS = (
    "D3 1000 IU daily",
    "MK-7 100 mcg daily",
    'calcium "500 mg"',
    "zinc 10 mg, a day]",
    "warfarin",
    *(f"zinc {number} mg daily" for number in ("7", "7.5", "12.25", "5000", "07", "600", "7.125", "70000")),
    "zinc da7ily",
    "}, {",
    "é 5 mg",
    "tab\t5 mg",
    "",
    *(f"zinc 5 mg daily{' ' * blanks}" for blanks in (48, 49, 50, 200)),
)
MARKS = (
    b"}",
    b"{",
    b'"',
    b"]",
    b"[",
    b",",
    b" ",
    b"\\",
    b":",
    b"0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\0",
    b"\r",
    b'", "',
    b"}, {",
    b', "person": ',
    b'"items": [',
)


@pytest.fixture(scope="module")
def lines(reader: Reader, ruleset: RuleSet) -> Stored:
    return Stored(reader, date(2026, 11, 21), ruleset.for_jurisdiction("us"))


def regimen(chance: random.Random, id: str | int) -> bytes:
    """One line in one of many ways to write it, with few different values."""
    row: dict[str, object] = {"id": id}
    kinds = chance.choice((STRUCTURED[:3], TEXTS, STRUCTURED[:3], (*STRUCTURED, *TEXTS)))
    row["items"] = [chance.choice(kinds) for _ in range(chance.randrange(4))]
    for name, choices in (("medicines", MEDICINES), ("conditions", CONDITIONS), ("foods", FOODS), ("labs", LABS)):
        if chance.random() < 0.5:
            row[name] = chance.sample(choices, chance.randrange(2))
    for flag in ("no_other_medicines", "no_conditions"):
        if chance.random() < 0.3:
            row[flag] = chance.random() < 0.7
    if chance.random() < 0.7:
        row["person"] = {"age": chance.choice((25, 67)), "sex": chance.choice(("female", "male"))}
    if chance.random() < 0.1:
        row = dict(chance.sample(list(row.items()), len(row)))
    compact = (",", ":") if chance.random() < 0.3 else None
    return json.dumps(row, separators=compact, ensure_ascii=chance.random() < 0.5).encode()


def told(rows: Rows, lines: Stored) -> object:
    """What was read, whatever order the lines of a regimen are in."""
    does = [sorted(regimen) for regimen in does_of(rows, lines)]
    return rows.line, rows.id, does, rows.rows, rows.rejects, rows.read


def does_of(rows: Rows, lines: Stored) -> list[list[str]]:
    """What the lines of each regimen do, and tell, whatever numbers they have."""
    codes, counts, times = rows.packed or Chunk(np.array(rows.codes, np.int32), np.array(rows.counts, np.int32))
    uses: list[list[object]] = [[] for _ in codes]
    for entry, places, values in lines.store.uses.by_entry(codes):
        by = 1 if times is None else times[places, None]
        for place, flags, amounts in zip(places, values[:, 0], values[:, 1:5] * by / values[:, 5:], strict=True):
            uses[place].append((entry, flags, amounts.tolist()))
    parts = zip(codes.tolist(), lines.store.kinds.of(codes).tolist(), uses, strict=True)
    does = [f"{lines.told[code]} {kind} {used}" for code, kind, used in parts]
    return [does[start:end] for start, end in pairwise(accumulate(counts.tolist(), initial=0))]


def agree(texts: list[bytes], lines: Stored) -> Rows:
    """Read a file by pieces, in blocks of a hundred lines, and line by line."""
    json = JsonLines(lines)
    pieces = Pieces(json, lines)
    found = Rows()
    for first in range(0, len(texts), 100):
        block = Block(first + 1, b"".join(text + b"\n" for text in texts[first : first + 100]))
        found = pieces.rows_of(block)
        assert told(found, lines) == told(json.rows_of(block), lines)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_lines_say_what_they_say_by_themselves(lines: Stored, seed: int) -> None:
    """However they are written, and whatever is wrong in some of them; ids of every kind."""
    chance = random.Random(seed)
    ids = ("P%d", "p %d", "é%d", '"%d', "\\%d", " %d", "%d", "[%d", "{%d}", "%d, ")
    texts = []
    for number in range(1500):
        id = number if seed % 2 else chance.choice(ids if chance.random() < 0.1 else ids[:1]) % number
        text = regimen(chance, id)
        if chance.random() < 0.15:
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice(MARKS) + text[place + chance.randrange(3) :]
        texts.append(text)
    agree(texts, lines)


@cases(60)
@given(st.data())
def test_no_line_is_taken_for_another(lines: Stored, data: st.DataObject) -> None:
    """Pieces of known lines in any order, with anything in between, are what JSON says that they are."""
    chance = random.Random(4)
    known = [regimen(chance, f"P{number}") for number in range(60)]
    parts = [part for text in known for mark in (b"}", b'"', b"]") for part in text.split(mark)]
    drawn = data.draw(
        st.lists(st.sampled_from([*known, *parts, *MARKS, b'{"id": "P1', b'{"id": 5']), min_size=1, max_size=12)
    )
    texts = [mark.join(drawn) for mark in (b"", b"}", b'"', b'{"', b"]")]
    agree([*known, *(text.replace(b"\n", b"") for text in texts)], lines)


@pytest.mark.parametrize(
    "text",
    [
        b'{"id": 5, {"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}}',
        b'{"id": 5x, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}}',
        b'{"id": 05, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}}',
        b'{"id": 5, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}"age": 25}',
        b'{"id": 5, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}',
        b'{"id": 5, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {}}',
        b'{"id": 5, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}}}',
        b'{"id": 5, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}, ], "person": {"age": 25}}',
        b'{"id": 5, "items": [, {"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}}',
    ],
)
def test_a_line_that_is_nearly_known(lines: Stored, text: bytes) -> None:
    """Made of pieces that stand elsewhere in other lines: rejected, or read for what it is."""
    good = b'{"id": 4, "items": [{"substance": "calcium", "amount": 1, "unit": "mg"}], "person": {"age": 25}}'
    two = good.replace(b"}]", b'}, {"substance": "calcium", "amount": 1, "unit": "mg"}]')
    none = good.replace(b', "person": {"age": 25}', b"")
    found = agree([good, two, none, good, text, good], lines)
    assert len(found.line) + len(found.rejects) == 6


@pytest.mark.parametrize("end", [b"}", b', "person": {"age": 25}}'])
@pytest.mark.parametrize(
    "items",
    [
        b'"D3", "D3"', b'"D3","D3"', b'"D3" , "D3"', b'"D3",  "D3"', b'"D3" "D3"', b'"D3", "D3', b'"D3", D3"', b'"D3", ',
        b'"D3"]', b'"D3"}', b'"D3", 5', b'"D3", {"line": "D3"}', b'"D3", null', b'"D3\\", "D3"', b'"\\ud800"', b'"\xed\xa0\x80"',
        b'"D3\t"', b'"D3\0"', b'"D3", "', b'"D\\u0033"', b'"]", "D3"', b'"D3", "]"', b'"', b'""', b'"D3"' + b', "D3"' * 300,
    ],
)  # fmt: skip
def test_items_as_text_that_are_nearly_right(lines: Stored, items: bytes, end: bytes) -> None:
    """Between lines that are read together: rejected, or read for what they are."""
    good = b'{"id": "4", "items": ["D3"], "person": {"age": 25}}'
    none = b'{"id": "4", "items": ["D3"]}'
    texts = [good, none, b'{"id": "5", "items": [' + items + b"]" + end, good, b'{"id": "5", "items": [' + items + end]
    found = agree([*texts, good, b'{"id": "6", "items": ["D3"]', b'"D3"], "person": {"age": 25}}', none], lines)
    assert len(found.line) + len(found.rejects) == 9
    assert set(found.line) >= {1, 2, 4, 6, 9}


@pytest.mark.parametrize(
    "text",
    [
        b'{"id": "5", "items": ["D3"], "person": }', b'{"id": "5", "items": ["D3"]}{"age": 25}}',
        b'{"id": "5", "items": ["D3"], "person": {}}', b'{"id": "5", "items": ["D3"], "person": {"age": 25}',
        b'{"id": "5", "items": ["D3"], "person": {"age": 25}}}', b'{"id": "5", "items": ["D3"], "person": {{"age": 25}}',
        b'{"id": "5, "items": ["D3"], "person": {"age": 25}}', b'{"id": 5", "items": ["D3"], "person": {"age": 25}}',
        b'{"id": "5", "items": ["D3"], "person": {"age": 25}} ', b'{"id": "", "items": ["D3"], "person": {"age": 25}}',
        b'{"id": 5, "items": ["D3"], "person": {"age": 25}}', b'{"id": "5", "items": ["D3"], "items": ["D3"]}', b"",
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_first", [False, True])
def test_a_line_with_items_as_text_that_is_nearly_known(lines: Stored, text: bytes, is_first: bool) -> None:
    """Made of pieces that stand elsewhere in other lines, also where it is the first of its block."""
    known = [b'{"id": "4", "items": ["D3"], "person": {"age": 25}}', b'{"id": "4", "items": ["D3"]}']
    texts = [*known * 50, text, *known] if is_first else [*known, text, *known]
    found = agree(texts, lines)
    assert len(found.line) + len(found.rejects) == len(texts) - 100 * is_first


def test_a_list_beside_another_person(lines: Stored) -> None:
    """The pieces of different lines come together: nothing of either is lost."""
    line = b'{"id": "%b", "items": ["D3 1000 IU daily"], "medicines": ["%b"], "person": {"age": %d}}'
    wanted = [(b"a", b"warfarin", 40), (b"b", b"digoxin", 67), (b"c", b"warfarin", 67), (b"d", b"digoxin", 40)]
    rows = does_of(agree([line % one for one in wanted], lines), lines)
    assert rows[2] == [rows[0][0], rows[0][1], rows[1][2]]
    assert rows[3] == [rows[1][0], rows[1][1], rows[0][2]]
