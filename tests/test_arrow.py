"""Record batches: the answers of the batch for files, whatever shape they come in, and every row accounted for."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")

from dosenote.arrow import DDL, INPUT, OUTPUT, BatchChecker, check_batches, checker  # noqa: E402
from dosenote.arrow import check as arrow_check  # noqa: E402
from dosenote.batch.jsonl import JsonLines  # noqa: E402
from dosenote.batch.outcomes import Checker, Readings, one_by_one  # noqa: E402
from dosenote.batch.part import Printer  # noqa: E402
from dosenote.batch.rows import Block  # noqa: E402
from dosenote.errors import DosenoteError  # noqa: E402
from dosenote.products import Ingredient, Product  # noqa: E402
from dosenote.products.index import write  # noqa: E402
from dosenote.quantity import Amount  # noqa: E402
from dosenote.reader import Reader  # noqa: E402
from dosenote.ruleset import RuleSet  # noqa: E402
from regimens import CONDITIONS, FOODS, LABS, LINES, MEDICINES  # noqa: E402

FINDING = ("rule", "answer", "action", "severity", "certainty", "values", "limit")
RANK = ("rejected", "raised", "cannot-tell", "not-raised")
MK7 = "mk-7-with-vitamin-k-antagonist"


def _rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Random regimens: lines of every kind, lists open, closed and empty; some contradict themselves."""
    chance = random.Random(seed)
    lists = {"medicines": MEDICINES, "conditions": CONDITIONS, "foods": FOODS, "labs": LABS}
    rows = []
    for number in range(count):
        row: dict[str, Any] = {"id": f"P{number}", "items": [chance.choice(LINES) for _ in range(chance.randrange(5))]}
        for name, choices in lists.items():
            row[name] = chance.sample(choices, chance.randrange(3)) if chance.random() < 0.6 else None
        for flag in ("no_other_medicines", "no_conditions", "no_other_foods"):
            row[flag] = chance.choice([True, False, None])
        row["age"] = chance.choice([None, 0.0, 0.5, 3.0, 16.0, 40.0, 59.5, 67.0, 90.0, 40.0, 67.0, 200.0])
        row["sex"] = chance.choice([None, "female", "male"])
        row["pregnant"] = chance.choice([None, None, None, False, True])
        row["lactating"] = chance.choice([None, None, False, True])
        rows.append(row)
    return rows


def _batch(rows: list[dict[str, Any]], schema: Any = INPUT) -> Any:
    return pa.RecordBatch.from_pylist(rows, schema=schema)


def _checked(*batches: Any, check: Any = check_batches) -> list[dict[str, Any]]:
    found = list(check(iter(batches)))
    assert all(one.schema.equals(OUTPUT) for one in found)
    for one in found:
        one.validate(full=True)
    return [row for one in found for row in one.to_pylist()]


def _by_id(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row)
    return found


def _answers(
    *rows: dict[str, Any], check: Any = check_batches, schema: Any = INPUT
) -> dict[str, dict[str | None, str]]:
    """By id and rule, the answer."""
    found = _by_id(_checked(_batch(list(rows), schema), check=check))
    return {id: {row["rule"]: row["answer"] for row in each} for id, each in found.items()}


def _as_json(row: dict[str, Any]) -> bytes:
    """The same regimen as a line of JSON."""
    said = {name: value for name, value in row.items() if value is not None}
    person = {name: said.pop(name) for name in ("age", "sex", "pregnant", "lactating") if name in said}
    return json.dumps(said | ({"person": person} if person else {})).encode()


class Local:
    """What the batch for files says of the same regimens, one by one: its findings, results and rejected ids."""

    def __init__(self, rows: list[dict[str, Any]], ruleset: RuleSet, reader: Reader, jurisdiction: str = "us") -> None:
        lines, checks = Readings(reader, None), Checker(ruleset, jurisdiction)
        block = Block(1, b"".join(_as_json(row) + b"\n" for row in rows))
        read = JsonLines(lines).rows_of(block)
        found = one_by_one(read, lines, checks)
        part = Printer(checks, "jsonl", "jsonl").part(read, lines, found)
        self.findings: dict[str, list[dict[str, Any]]] = {}
        for row in map(json.loads, b"".join(part.findings).splitlines()):
            self.findings.setdefault(row["id"], []).append(row)
        self.results = {row["id"]: row for row in map(json.loads, part.results.splitlines())}
        clashes = [read.id[number] for number in found.clashes]
        self.rejected = {*(one.id for one in read.rejects), *clashes}


# --- the same answers


@pytest.mark.parametrize("jurisdiction", ["us", "jp"])
def test_the_answers_are_those_of_the_batch_for_files(ruleset: RuleSet, reader: Reader, jurisdiction: str) -> None:
    """Every finding with its values and limit, every piece that was not recognised, every rejected row."""
    rows = _rows(700, 11)
    local = Local(rows, ruleset, reader, jurisdiction)
    found = _by_id(_checked(_batch(rows), check=checker(jurisdiction)))
    assert len(local.rejected) > 40
    assert sum(map(len, local.findings.values())) > 5000
    for row in rows:
        here = found[row["id"]]
        if row["id"] in local.rejected:
            assert [one["answer"] for one in here] == ["rejected"]
            assert here[0]["reason"]
            continue
        findings = [{name: one[name] for name in FINDING} for one in here if one["rule"]]
        wanted = [
            {name: json.dumps(one[name], separators=(",", ":")) if name == "values" else one[name] for name in FINDING}
            for one in local.findings.get(row["id"], [])
        ]
        assert findings == wanted
        result = local.results[row["id"]]
        pieces = [{"text": one["text"], "reason": one["reason"]} for one in here if one["text"]]
        assert pieces == result["not_recognised"]
        assert min((one["answer"] for one in here), key=RANK.index) == result["answer"]
        silent = [one for one in here if one["answer"] == "not-raised"]
        assert silent == [] or len(here) == 1


def test_rows_come_out_in_the_order_in_which_they_went_in() -> None:
    """Rejected ones and those without a finding, too; inside one, rules before what was not recognised."""
    rows = _rows(400, 12)
    found = _checked(_batch(rows))
    assert list(_by_id(found)) == [row["id"] for row in rows]
    for each in _by_id(found).values():
        places = [one["rule"] is None for one in each]
        assert places == sorted(places)
    assert {row["answer"] for row in found} == set(RANK)


def test_a_piece_that_was_not_recognised_has_a_row_of_its_own() -> None:
    """Although every rule is told, the regimen is open; with the piece and the reason."""
    closed = {"medicines": [], "conditions": [], "foods": []}
    row = {"id": "a", "items": ["warfarin 5 mg daily", "xyzzy 3 mg"], **closed}
    pieces = [one for one in _checked(_batch([row])) if one["rule"] is None]
    assert [(one["answer"], one["text"], one["reason"]) for one in pieces] == [
        ("cannot-tell", "xyzzy 3 mg", "not in our lists")
    ]


def test_a_line_that_is_not_plausible_is_no_all_clear() -> None:
    """Although no rule is open: the one row of the regimen says what is wrong with it."""
    closed = {"medicines": [], "conditions": [], "foods": [], "age": 40.0, "sex": "male"}
    (row,) = _checked(_batch([{"id": "a", "items": ["vitamin C 100 mg daily", "digoxin 125 mg daily"], **closed}]))
    assert (row["rule"], row["answer"], row["text"]) == (None, "cannot-tell", "digoxin 125 mg daily")
    assert "not plausible" in row["reason"]


def test_nothing_that_is_taken_is_no_all_clear() -> None:
    """A regimen with no items at all is open, with the reason; one that is quite clear says so in one row."""
    closed = {"medicines": [], "conditions": [], "foods": [], "age": 40.0, "sex": "male"}
    rows = [{"id": "none", "items": [], **closed}, {"id": "clear", "items": ["vitamin C 100 mg daily"], **closed}]
    found = _by_id(_checked(_batch(rows)))
    assert [(one["answer"], one["reason"]) for one in found["none"]] == [
        ("cannot-tell", "nothing is named that is taken")
    ]
    assert [list(one.values()) for one in found["clear"]] == [["clear", None, "not-raised", *[None] * 7]]


# --- however they are cut


def _cut(batch: Any, sizes: list[int]) -> Iterator[Any]:
    first = 0
    while first < batch.num_rows:
        for size in sizes:
            yield batch.slice(first, size)
            first += size


@pytest.mark.parametrize("sizes", [[1], [7, 1, 0, 40], [64], [399]])
def test_uneven_batches_are_one_batch(sizes: list[int]) -> None:
    """Slices of any size, empty ones too, with the same rows out."""
    batch = _batch(_rows(120, 13))
    assert _checked(*_cut(batch, sizes)) == _checked(batch)


def test_a_large_batch_is_checked_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same rows out."""
    batch = _batch(_rows(120, 13))
    whole = _checked(batch)
    monkeypatch.setattr(arrow_check, "CHUNK", 50)
    assert len(list(check_batches([batch]))) == 3
    assert _checked(batch) == whole


def test_what_came_before_changes_nothing() -> None:
    """Batches in another order, each with the same answer; neither do the lines that were forgotten in between."""
    batches = [_batch(_rows(60, seed)) for seed in (14, 15, 16)]
    alone = [_checked(batch, check=checker(as_of=date(2026, 1, 1))) for batch in batches]
    again = checker(as_of=date(2026, 1, 2))
    assert [_checked(batch, check=again) for batch in batches[::-1]] == alone[::-1]


def test_lines_that_are_forgotten_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many of them."""
    batches = [_batch(_rows(60, seed)) for seed in (14, 15, 14, 16)]
    kept = [
        _checked(batch, check=checker(as_of=date(2027, 1, 3))) for batch in batches
    ]  # after every day that is named
    monkeypatch.setattr("dosenote.batch.lines.MOST", 40)
    assert [_checked(batch, check=checker(as_of=date(2027, 1, 4))) for batch in batches] == kept


def test_what_was_named_is_forgotten_when_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same rows out."""
    batches = [_batch(_rows(60, seed)) for seed in (14, 15, 14)]
    kept = [_checked(batch, check=checker(as_of=date(2027, 1, 5))) for batch in batches]
    monkeypatch.setattr("dosenote.arrow.findings._MOST", 3)
    assert [_checked(batch, check=checker(as_of=date(2027, 1, 6))) for batch in batches] == kept


def test_threads_do_not_get_in_each_others_way() -> None:
    """Each has lines of its own."""
    batches = [_batch(_rows(60, seed)) for seed in range(20, 28)]
    check = checker(as_of=date(2026, 1, 4))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda batch: _checked(batch, check=check), batches))
    assert found == [_checked(batch) for batch in batches]


def test_an_empty_batch_gives_an_empty_one() -> None:
    """Of the same schema; no batch gives none."""
    (found,) = check_batches([_batch([])])
    assert found.num_rows == 0
    assert found.schema.equals(OUTPUT)
    assert list(check_batches([])) == []


def test_a_stream_of_batches_goes_in_and_out() -> None:
    """As bytes, as Spark sends them."""
    batch = _batch(_rows(60, 17))

    def sent(batches: Iterator[Any], schema: Any) -> Any:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema) as stream:
            for one in batches:
                stream.write_batch(one)
        return pa.ipc.open_stream(sink.getvalue())

    came = sent(check_batches(sent(_cut(batch, [25]), INPUT)), OUTPUT)
    assert [row for one in came for row in one.to_pylist()] == _checked(batch)


def test_the_functions_can_be_pickled() -> None:
    """By name, and with options; what comes back gives the same."""
    batch = _batch(_rows(30, 18))
    assert b"check_batches" in pickle.dumps(check_batches)
    assert pickle.loads(pickle.dumps(check_batches)) is check_batches
    options = checker("eu", as_of=date(2026, 11, 21))
    _checked(batch, check=options)  # what it keeps does not travel
    assert len(pickle.dumps(options)) < 500
    assert _checked(batch, check=pickle.loads(pickle.dumps(options))) == _checked(batch, check=options)
    assert _checked(batch, check=options) != _checked(batch)


# --- whatever types they are of


def _converted(batch: Any, **kinds: Any) -> Any:
    fields = [
        (field.name, kinds.get(field.name, kinds.get("all", lambda kind: kind)(field.type))) for field in batch.schema
    ]
    table = pa.Table.from_batches([batch])
    columns = [table.column(name).combine_chunks().cast(kind) for name, kind in fields]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _large(kind: Any) -> Any:
    if pa.types.is_list(kind):
        return pa.large_list(_large(kind.value_type))
    return pa.large_string() if pa.types.is_string(kind) else kind


def test_large_and_dictionary_columns_say_the_same() -> None:
    """large_list, large_string, string_view, text in dictionaries, ages as whole numbers and decimals."""
    rows = [row | {"age": row["age"] and float(int(row["age"]))} for row in _rows(80, 19)]
    batch = _batch(rows)
    wanted = _checked(batch)
    word = pa.dictionary(pa.int8(), pa.string())
    assert _checked(_converted(batch, all=_large)) == wanted
    assert _checked(_converted(batch, id=pa.dictionary(pa.int32(), pa.string()), sex=word)) == wanted
    assert _checked(_converted(batch, id=pa.string_view(), age=pa.uint8())) == wanted
    assert _checked(_converted(batch, age=pa.decimal128(6, 2))) == wanted
    assert _checked(_converted(batch, age=pa.float32())) == wanted
    assert _checked(*_cut(_converted(batch, all=_large), [9])) == wanted
    place = batch.schema.get_field_index("items")
    items = batch.column(place)
    coded = pa.ListArray.from_arrays(items.offsets, items.values.dictionary_encode())
    assert _checked(batch.set_column(place, "items", coded)) == wanted


def test_columns_of_other_names_are_not_looked_at() -> None:
    """And those that may be missing may be missing, or hold nothing but null."""
    rows = [{"id": 7, "items": ["MK-7 100 mcg daily"]}]
    least = pa.schema([("items", pa.list_(pa.string())), ("id", pa.int64())])
    wanted = _checked(_batch(rows, least))
    assert {row["id"] for row in wanted} == {"7"}
    more = [pa.field(name, pa.null()) for name in INPUT.names[2:]]
    assert _checked(_batch(rows, pa.schema([*least, *more, pa.field("ward", pa.int8())]))) == wanted
    text = pa.schema([("id", pa.string()), ("items", pa.list_(pa.string(), 1))])
    assert _checked(_batch([{"id": "7", "items": ["MK-7 100 mcg daily"]}], text)) == wanted


def test_what_lies_behind_a_null_is_not_read() -> None:
    """A list that is null may have values behind it, and a slice others before and after."""
    items = pa.ListArray.from_arrays(
        pa.array([0, 1, 2, 3]), ["MK-7 100 mcg daily"] * 3, mask=pa.array([False, True, False])
    )
    medicines = pa.ListArray.from_arrays(
        pa.array([0, 1, 2, 3]), ["digoxin", "digoxin", "warfarin"], mask=pa.array([True, False, False])
    )
    batch = pa.RecordBatch.from_pydict({"id": ["a", "b", "c"], "items": items, "medicines": medicines})
    found = _by_id(_checked(batch))
    assert {row["rule"]: row["answer"] for row in found["a"]}[MK7] == "cannot-tell"
    assert [row["answer"] for row in found["b"]] == ["rejected"]
    assert {row["rule"]: row["answer"] for row in found["c"]}[MK7] == "raised"
    assert _checked(batch.slice(2)) == found["c"]


# --- what is said, and what is not


def test_what_is_not_said_never_becomes_no() -> None:
    """A null list, a missing person and NaN are unknown; an empty list, or a word for it, says that there are none."""
    mk7 = {"items": ["MK-7 100 mcg daily"]}
    found = _answers(
        {"id": "null", **mk7}, {"id": "empty", **mk7, "medicines": []}, {"id": "one", **mk7, "medicines": ["digoxin"]},
        {"id": "flag", **mk7, "no_other_medicines": True}, {"id": "false", **mk7, "no_other_medicines": False},
        {"id": "labs", **mk7, "labs": []}, {"id": "said", **mk7, "medicines": ["warfarin"]},
    )  # fmt: skip
    told = {id: rules.get(MK7) for id, rules in found.items()}
    unknown = "cannot-tell"
    assert told == {
        "null": unknown, "empty": None, "one": unknown, "flag": None, "false": unknown, "labs": unknown, "said": "raised",
    }  # fmt: skip
    ages = _checked(_batch([{"id": "a", **mk7, "age": float("nan")}, {"id": "a", **mk7}]))
    assert ages[: len(ages) // 2] == ages[len(ages) // 2 :]


def test_every_list_is_closed_by_itself() -> None:
    """Each by an empty list, and each by its flag, as in JSON lines."""
    lists = ("medicines", "conditions", "foods")
    flags = ("no_other_medicines", "no_conditions", "no_other_foods")
    item = {"id": "a", "items": ["MK-7 100 mcg daily", "vitamin D3 1000 IU daily", "warfarin 5 mg daily"]}
    seen = []
    for name, flag in zip(lists, flags, strict=True):
        by_list, by_flag = _checked(_batch([item | {name: []}])), _checked(_batch([item | {flag: True}]))
        assert by_list == by_flag
        seen.append(by_list)
    assert _checked(_batch([item])) not in seen
    assert seen[0] != seen[1] != seen[2] != seen[0]


WIDE = pa.schema(
    [(name, pa.string()) for name in ("id", "items", "medicines", "conditions", "foods", "labs")]
    + [("age", pa.int32()), ("sex", pa.string())]
)


def test_text_with_semicolons_says_what_lists_say() -> None:
    """As in CSV: words for "none" and for "not known", blanks and empty pieces."""
    wide = [
        {"id": "a", "items": " MK-7 100 mcg daily ;; vitamin D3 5000 IU daily;", "medicines": "warfarin", "sex": "F"},
        {"id": "b", "items": "MK-7 100 mcg daily", "medicines": "None", "conditions": "kidney stones; osteoporosis"},
        {"id": "c", "items": "MK-7 100 mcg daily", "medicines": "unknown", "conditions": "", "labs": "INR 2.5"},
        {
            "id": "d",
            "items": "nil",
            "medicines": "warfarin",
            "conditions": "no",
            "foods": "[]",
            "age": 40,
            "sex": " Male ",
        },
        {"id": "e", "items": "none", "medicines": "warfarin; none", "sex": "unknown"},
        {"id": "f", "items": "MK-7 100 mcg daily; unknown", "medicines": "none"},
    ]
    lists = [
        {"id": "a", "items": ["MK-7 100 mcg daily", "vitamin D3 5000 IU daily"], "medicines": ["warfarin"], "sex": "female"},
        {"id": "b", "items": ["MK-7 100 mcg daily"], "medicines": [], "conditions": ["kidney stones", "osteoporosis"]},
        {"id": "c", "items": ["MK-7 100 mcg daily"], "labs": ["INR 2.5"]},
        {"id": "d", "items": [], "medicines": ["warfarin"], "conditions": [], "foods": [], "age": 40.0, "sex": "male"},
        {"id": "e", "items": [], "medicines": ["warfarin", "none"]},
        {"id": "f", "items": ["MK-7 100 mcg daily", "unknown"], "medicines": []},
    ]  # fmt: skip
    found = _checked(_batch(wide, WIDE))
    assert found == _checked(_batch(lists))
    assert found == _checked(*_cut(_batch(wide, WIDE), [1]))


def test_a_row_of_cells_is_one_item_in_text_with_semicolons() -> None:
    """As `dosenote check` reads it; the rows around it are parted as ever, and one that says nothing says nothing."""
    schema = pa.schema([("id", pa.string()), ("items", pa.string())])
    said = ["D3;2000;IU;qd", "D3 2000 IU daily; K2 100 mcg daily", None, "K2;100 \u00b5g;daily; D3;2000;IU;qd"]
    rows = [{"id": str(number), "items": text} for number, text in enumerate(said)]
    lists = [
        ["D3 2000 IU daily"],
        ["D3 2000 IU daily", "K2 100 mcg daily"],
        None,
        ["D3 2000 IU daily", "K2 100 mcg daily"],
    ]
    told = [{"id": str(number), "items": items} for number, items in enumerate(lists)]
    assert _checked(_batch(rows, schema)) == _checked(_batch(told))


def test_items_that_are_not_known_are_no_empty_list() -> None:
    """Nothing is known of what is taken: the row is rejected, and no all-clear."""
    wide = [{"id": "a", "items": "refused"}, {"id": "b", "items": None}, {"id": "c", "items": "MK-7 100 mcg daily"}]
    found = _by_id(_checked(_batch(wide, WIDE)))
    for id in "ab":
        assert [(row["answer"], row["reason"][:6]) for row in found[id]] == [("rejected", "items:")]
    assert "rejected" not in {row["answer"] for row in found["c"]}


FIELDS = pa.struct(
    [
        ("substance", pa.string()), ("amount", pa.float64()), ("unit", pa.string()), ("times", pa.float64()),
        ("every", pa.int32()), ("period", pa.string()), ("with_food", pa.bool_()), ("line", pa.string()),
        ("started", pa.date32()), ("stopped", pa.string()), ("new", pa.bool_()),
    ]
)  # fmt: skip
STRUCTS = pa.schema([("id", pa.string()), ("items", pa.list_(FIELDS)), ("medicines", pa.list_(pa.string()))])


def test_fields_say_what_text_says() -> None:
    """A substance, an amount and how often; a fraction of a gram is not its nearest float32."""
    fields = [
        {"id": "a", "items": [{"substance": "vitamin D3", "amount": 5000, "unit": "IU", "times": 1, "period": "day"}]},
        {"id": "b", "items": [{"substance": "calcium", "amount": 0.6, "unit": "g", "times": 2, "period": "day"},
                              {"substance": "MK-7", "amount": 100, "unit": "mcg", "period": "day", "with_food": True}]},
        {"id": "c", "items": [{"substance": "vitamin D3", "amount": 50000, "unit": "IU", "every": 2, "period": "week"}]},
        {"id": "d", "items": [{"substance": "vitamin D3", "amount": float("nan")}], "medicines": []},
        {"id": "e", "items": [], "medicines": ["warfarin"]},
        {"id": "f", "items": [{"line": "MK-7 100 mcg daily"}, {"line": "vitamin D3 5000 IU daily"}]},
    ]  # fmt: skip
    texts = [
        {"id": "a", "items": ["vitamin D3 5000 IU daily"]},
        {"id": "b", "items": ["calcium 0.6 g twice a day", "MK-7 100 mcg daily with food"]},
        {"id": "c", "items": ["vitamin D3 50000 IU every 2 weeks"]},
        {"id": "d", "items": ["vitamin D3"], "medicines": []},
        {"id": "e", "items": [], "medicines": ["warfarin"]},
        {"id": "f", "items": ["MK-7 100 mcg daily", "vitamin D3 5000 IU daily"]},
    ]
    batch = _batch(fields, STRUCTS)
    wanted = _checked(_batch(texts))
    assert _checked(batch) == wanted
    assert _checked(*_cut(batch, [1])) == wanted
    narrow = [FIELDS.field(place) for place in range(FIELDS.num_fields)]
    narrow[1] = pa.field("amount", pa.float32())
    narrow[0] = pa.field("substance", pa.dictionary(pa.int8(), pa.string()))
    schema = STRUCTS.set(1, pa.field("items", pa.list_(pa.struct(narrow))))
    assert _checked(_batch(fields, schema)) == wanted
    narrow[1] = pa.field("amount", pa.decimal128(12, 3))
    schema = STRUCTS.set(1, pa.field("items", pa.large_list(pa.struct(narrow))))
    exact = [
        row
        | {
            "items": [
                one | ({"amount": Decimal(str(one["amount"]))} if "amount" in one else {}) for one in row["items"]
            ]
        }
        for row in fields
        if row["id"] != "d"  # a decimal has no NaN
    ]
    assert _checked(_batch(exact, schema)) == [row for row in wanted if row["id"] != "d"]


def test_dates_count_on_the_day_of_the_check() -> None:
    """What was stopped is taken until then, and may act for a month; without a day nothing has stopped."""
    items = [{"line": "warfarin 5 mg daily", "stopped": "2026-06-01"}, {"line": "MK-7 100 mcg daily"}]
    row = {"id": "a", "items": items, "medicines": []}
    assert _answers(row, check=checker(as_of=date(2026, 5, 1)), schema=STRUCTS)["a"][MK7] == "raised"
    assert _answers(row, schema=STRUCTS)["a"][MK7] == "raised"
    assert _answers(row, check=checker(as_of=date(2026, 6, 1)), schema=STRUCTS)["a"][MK7] == "cannot-tell"
    assert MK7 not in _answers(row, check=checker(as_of=date(2026, 7, 1)), schema=STRUCTS)["a"]


# --- what cannot be used


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"age": 200.0}, "200", "age: age is a number of years from 0 to 130"),
    ({"age": -1.0}, "-1", "age: age is a number of years from 0 to 130"),
    ({"sex": "femal"}, "femal", "sex: "),
    ({"sex": "male", "pregnant": True}, "", "male and pregnant contradict each other"),
    ({"items": ["age 40"], "age": 67.0}, "", "two answers for age: "),
    ({"id": None}, "", "id: "),
    ({"id": "  "}, "", "id: "),
    ({"items": None}, "", "items: "),
    ({"items": ["MK-7 100 mcg daily", None]}, "", "items: a line is null"),
    ({"medicines": [None]}, "", "medicines: a line is null"),
]


@pytest.mark.parametrize("wrong, text, reason", BAD)
def test_a_row_that_cannot_be_used_is_not_lost(wrong: dict[str, Any], text: str, reason: str) -> None:
    """It comes out in its place as one row with the reason, and every other row as if it were not there."""
    good = _rows(12, 30)
    row = {"id": "bad", "items": ["MK-7 100 mcg daily"]} | wrong
    found = _checked(_batch([*good[:5], row, *good[5:]]))
    before = len(_checked(_batch(good[:5])))
    bad = found.pop(before)
    assert found == _checked(_batch(good))
    assert (bad["id"], bad["answer"], bad["text"] or "") == (row["id"], "rejected", text)
    assert bad["reason"].startswith(reason)
    assert [bad[name] for name in ("rule", "action", "severity", "certainty", "values", "limit")] == [None] * 6


def test_fields_that_say_nothing_are_rejected() -> None:
    """An amount below 0, a period that is none, no substance at all, null: each costs its own row only."""
    good = {"substance": "vitamin D3", "amount": 1000, "unit": "IU", "times": 1, "period": "day"}
    wrong = [
        good | {"amount": -5},
        good | {"period": "fortnight"},
        {"amount": 5},
        None,
        good | {"amount": float("inf")},
    ]
    rows = [{"id": str(number), "items": [good, one]} for number, one in enumerate(wrong)]
    found = _by_id(_checked(_batch([{"id": "good", "items": [good]}, *rows], STRUCTS)))
    assert "rejected" not in {row["answer"] for row in found.pop("good")}
    assert len(found) == len(wrong)
    for each in found.values():
        assert [row["answer"] for row in each] == ["rejected"]
        assert each[0]["reason"].startswith("items: ")


def test_text_that_is_not_utf_8_costs_its_own_row_only() -> None:
    """In an id, in a line of a list, and in a line of a cell."""
    broken = pa.array([b"MK-7 100 mcg daily", b"MK-7 \xff daily"]).cast(pa.binary())
    broken = pa.StringArray.from_buffers(2, broken.buffers()[1], broken.buffers()[2])
    listed = pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), broken)
    for items in (broken, listed):
        batch = pa.RecordBatch.from_pydict({"id": pa.array(["a", "b"]), "items": items})
        found = _by_id(_checked(batch))
        assert [(row["answer"], row["reason"]) for row in found["b"]] == [("rejected", "items: not UTF-8")]
        assert "rejected" not in {row["answer"] for row in found["a"]}
    batch = pa.RecordBatch.from_pydict({"id": broken, "items": pa.array([["MK-7 100 mcg daily"]] * 2)})
    found = _by_id(_checked(batch))
    assert [row["reason"] for row in found["MK-7 \ufffd daily"]] == ["id: not UTF-8"]


WRONG: list[tuple[list[tuple[str, Any]], str]] = [
    ([("items", pa.string())], 'column id: there is no column "id": text or a whole number'),
    ([("id", pa.string()), ("item", pa.string())], 'column items: there is no column "items": a list of text'),
    ([("id", pa.string()), ("item", pa.string())], "Did you mean item?"),
    ([("id", pa.float64()), ("items", pa.string())], "column id: it is double; wanted is text or a whole number"),
    ([("id", pa.string()), ("items", pa.list_(pa.int8()))], "column items: it is list"),
    ([("id", pa.string()), ("items", pa.string()), ("age", pa.string())], "column age: it is string"),
    ([("id", pa.string()), ("items", pa.string()), ("pregnant", pa.string())], "column pregnant: it is string"),
    ([("id", pa.string()), ("items", pa.string()), ("sex", pa.int8())], "column sex: it is int8"),
    ([("id", pa.string()), ("items", pa.string()), ("id", pa.string())], 'column id: two columns are called "id"'),
    ([("id", pa.string()), ("items", pa.list_(pa.struct([("dose", pa.string())])))], '"dose" is not known'),
    ([("id", pa.string()), ("items", pa.list_(pa.struct([("unit", pa.string())])))], "has a field substance"),
    (
        [("id", pa.string()), ("items", pa.list_(pa.struct([("line", pa.string()), ("amount", pa.string())])))],
        "column items, field amount: it is string; wanted is a number",
    ),
]


@pytest.mark.parametrize("fields, what", WRONG)
def test_a_wrong_schema_says_which_column_and_what_is_wanted(fields: list[tuple[str, Any]], what: str) -> None:
    """For an empty batch, too: nothing is checked against columns that are not there."""
    arrays = [pa.nulls(0, kind) for _, kind in fields]
    with pytest.raises(DosenoteError) as error:
        list(check_batches([pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))]))
    assert what in str(error.value)


# --- options


def test_another_jurisdiction_is_an_error_at_once() -> None:
    """Not only where the first batch is checked."""
    with pytest.raises(DosenoteError, match="no jurisdiction"):
        checker("usa")


def test_products_are_those_of_the_index_that_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never those of the home folder, which is another one on every machine; one that is not there is an error."""
    monkeypatch.setenv("DOSENOTE_DATA", str(tmp_path))
    holds = (Ingredient("vitamin-k2-mk7", Amount(Decimal(100), Decimal(100), "mcg")),)
    write([Product("x", "Zorbolux", (), "", "us", Decimal(1), "tablet", holds, confidence="high")], lambda _name: False)
    row = {"id": "a", "items": ["Zorbolux 1 tablet daily"], "medicines": ["warfarin"]}
    assert _answers(row, check=checker(as_of=date(2026, 1, 5)))["a"][MK7] == "cannot-tell"
    index = tmp_path / "products.sqlite"
    assert _answers(row, check=checker(products=index))["a"][MK7] == "raised"
    with pytest.raises(DosenoteError, match="no product index"):
        _answers(row, check=BatchChecker(products=tmp_path / "none"))


def test_the_schema_in_the_words_of_spark() -> None:
    """One column of text each."""
    assert DDL.startswith("`id` string, `rule` string, ")
    assert DDL.count(" string") == len(OUTPUT) == 10


# --- an engine


def test_dask_gives_the_local_answer() -> None:
    """A task for each batch, in threads."""
    dask = pytest.importorskip("dask")
    rows = _rows(90, 31)
    batches = [_batch(rows[first : first + 20]) for first in range(0, 90, 20)]
    tasks = [dask.delayed(list)(dask.delayed(check_batches)([batch])) for batch in batches]
    found = [row for part in dask.compute(*tasks, scheduler="threads") for one in part for row in one.to_pylist()]
    assert found == _checked(_batch(rows))
