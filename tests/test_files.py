"""Regimen files: what a person can type, and mistakes that point at the line."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dosenote.documents import LARGEST, decode, line_of, read_text
from dosenote.errors import DosenoteError
from dosenote.files import RegimenFile, _file_of, read_regimen
from dosenote.reader import Reader

WHOLE = """
items = [
  "Vitamin D3 5000 IU daily with breakfast",
  { line = "MK-7 100 mcg daily", started = 2026-05-01, stopped = 2026-11-01 },
]
medicines = ["warfarin 5 mg"]
no_other_medicines = true
conditions = ["kidney stones", "dropsy"]
foods = ["natto"]
labs = [{ line = "INR 2.5", date = 2026-11-02 }]

[person]
age = 67
sex = "female"
pregnant = false
"""


def test_a_whole_file(reader: Reader) -> None:
    """Items, medicines, conditions, foods, lab values, dates and the person."""
    regimen = read_regimen(WHOLE, "me.toml", reader)
    assert [item.substance for reading in regimen.readings for item in reading.items] == [
        "vitamin-d3",
        "vitamin-k2-mk7",
        "warfarin",
    ]
    assert regimen.readings[1].items[0].stopped == date(2026, 11, 1)
    assert (regimen.all_conditions, regimen.all_foods) == (("kidney-stones",), ("natto",))
    assert [reading.hidden for reading in regimen.readings if reading.hides_something] == [("dropsy",)]
    assert [(lab.id, lab.value, lab.taken_on) for lab in regimen.all_labs] == [
        ("inr", Decimal("2.5"), date(2026, 11, 2))
    ]
    assert (regimen.person.age, regimen.person.sex, regimen.person.pregnant, regimen.person.lactating) == (
        67,
        "female",
        False,
        None,
    )
    assert (regimen.closed.medicines, regimen.closed.conditions, regimen.closed.foods) == (True, False, False)


def test_an_empty_list_says_there_are_none(reader: Reader) -> None:
    """medicines = [] closes the list; no word about it leaves it open."""
    assert read_regimen("items = []\nmedicines = []\nconditions = []\nfoods = []\n", "x", reader).closed.medicines
    assert not read_regimen('items = []\nmedicines = ["warfarin"]\n', "x", reader).closed.medicines
    assert not read_regimen("items = []\n", "x", reader).closed.conditions


def test_what_has_stopped_does_not_count(reader: Reader) -> None:
    """An item stopped on or before the day of the check is shown and not counted; later, it counts."""
    regimen = read_regimen(WHOLE, "me.toml", reader)
    taken = {
        day: [item.substance for _, item in regimen._replace(as_of=day).items()]
        for day in (date(2026, 10, 31), date(2026, 11, 1))
    }
    assert taken[date(2026, 10, 31)] == ["vitamin-d3", "vitamin-k2-mk7", "warfarin"]
    assert taken[date(2026, 11, 1)] == ["vitamin-d3", "warfarin"]


@pytest.mark.parametrize(
    "started, expected", [("2026-11-15", True), ("2026-12-24", True), ("2026-06-01", None), ("2024-01-01", False)]
)
def test_dates_say_what_is_new(reader: Reader, started: str, expected: bool | None) -> None:
    """Begun within a month or planned: new. A year or longer: not. Between the two nobody can tell."""
    text = f'items = [{{ line = "MK-7 100 mcg daily", started = {started} }}]'
    regimen = read_regimen(text, "f", reader)._replace(as_of=date(2026, 11, 20))
    assert expected is regimen.is_new(next(regimen.items())[1])


@pytest.mark.parametrize(
    "text, message",
    [
        ('items = ["D3"]\nmedecines = []\n', 'f:2: "medecines" is not known. Did you mean medicines?'),
        ("items = 5\n", "f:1: items is a list"),
        ("items = [5]\n", "f:1: items holds lines of text"),
        ('no_other_medicines = "yes"\n', "f:1: no_other_medicines needs true or false"),
        ("[person]\nage = 167\n", "f:2: age is a number of years from 0 to 130"),
        ('[person]\nage = "67"\n', "f:2: age is a number of years from 0 to 130"),
        ('[person]\n\nsex = "f"\n', 'f:3: sex is "female" or "male"'),
        ("[person]\nweight = 70\n", 'f:2: "weight" is not known.'),
        ("conditions = [1]\n", "f:1: conditions needs text in quotes"),
        (
            'items = [\n  "D3 1000 IU daily",\n  { line = "MK-7", started = "May" },\n]\n',
            "f:3: started is not a date",
        ),
        ('items = [{ lin = "D3" }]\n', 'f:1: "lin" is not known. Did you mean line?'),
        ("items = [\n", "f:2: this is not TOML"),
        ('{"items": [1]}', "f:1: items holds lines of text"),
        ('{\n "items": [],\n "medecines": []}', 'f:3: "medecines" is not known. Did you mean medicines?'),
        ('{"items": ["D3"}', "f:1: this is not JSON"),
        ('{"items": [], "items": []}', 'f: "items" is given twice'),
        ("{" * 5000, "f:1: this is not JSON"),
        ('{"items": ' + "[" * 100000, "f: this is nested too deeply"),
        ('{\n"person": {"age": ' + "9" * 5000 + "}}", "f:2: a number has too many figures"),
        ("[person]\nage = " + "9" * 5000, "f:2: a number has too many figures"),
        ("[person]\nage = 1\n[person]\n", "f:3: this is not TOML: Cannot declare person twice"),
        ("[a.'b, c']\n[a.'b, c']\nitems = []\n", "f:2: this is not TOML: Cannot declare a.b, c twice"),
        ('{"items": ["D3\t"]}', "f:1: this is not JSON: Invalid control character"),
        ("\ufeff\ufeffitems = 5\n", "f:1: items is a list"),
        ('{"resourceType": 5}', "f: the file.resourceType: text in quotes is wanted"),
        ('{"person": {"pregnant": "no"}}', "f:1: pregnant needs true or false"),
        ('{"person": []}', "f:1: person needs a table"),
    ],
)
def test_a_mistake_points_at_its_line(text: str, message: str, reader: Reader) -> None:
    """Where, what, and the nearest right word."""
    with pytest.raises(DosenoteError) as error:
        read_regimen(text, "f", reader)
    assert str(error.value).startswith(message)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """Before it is held in memory whole: one regimen is a few lines."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(b" " * LARGEST)
        file.flush()
        assert len(read_text(path)) == LARGEST
        file.truncate(100 * LARGEST)
    with pytest.raises(DosenoteError, match="more than 10 MB"):
        read_text(path)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"D3\ncaf\xe9\n", "f:2: byte 6 is not UTF-8"),
        ("items = []\n".encode("utf-16"), "f:1: byte 0 is not UTF-8"),
        ("D3\nwarfarin\n".encode("utf-16-le"), "f:1: there is a NUL in it"),
        (b"D3\nwar\0farin\n", "f:2: there is a NUL in it"),
    ],
)
def test_what_is_no_text_is_told_with_its_line(content: bytes, message: str) -> None:
    """Also UTF-16 without a mark at its beginning, whose every second byte is a NUL."""
    with pytest.raises(DosenoteError) as error:
        decode(content, "f")
    assert str(error.value).startswith(message)


def test_plain_lines_need_no_format(reader: Reader) -> None:
    """One item a line; a line that begins with # is shown and not read; a byte order mark does no harm."""
    regimen = read_regimen("\ufeffvitamin D3 1000 IU daily\n\n# mine\nwarfarin\nage 67\n", "f", reader)
    assert [reading.text for reading in regimen.readings] == [
        "vitamin D3 1000 IU daily",
        "# mine",
        "warfarin",
        "age 67",
    ]
    assert [reading.outcome for reading in regimen.readings] == ["accept", "ignore", "ask", "ignore"]
    assert regimen.whole_person.age == 67


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 200), st.sampled_from(["D3", "female", "2026-05-01", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["line", "age", "sex", "started", "x"]), inner, max_size=2),
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "items",
        "medicines",
        "conditions",
        "foods",
        "labs",
        "no_other_medicines",
        "no_conditions",
        "person",
        "extra",
    ]
)


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_the_quick_check_agrees_with_the_schema(table: dict[str, object]) -> None:
    """What `dosenote schema regimen` describes is what is accepted, and nothing more."""
    try:
        _file_of(table, "", "f")
        accepted = True
    except DosenoteError:
        accepted = False
    strict = TypeAdapter(RegimenFile)
    try:
        strict.validate_json(json.dumps(table), strict=True)
        valid = True
    except ValidationError:
        valid = False
    assert not accepted or valid


@pytest.mark.parametrize(
    "path, line",
    [(("when", "a.b"), 4), (("evidence", 0, "says"), 7), (("evidence", 1, "says"), 9), (("evidence", 1, "locator"), 8), (("title",), 1), (("gone",), 1)],
)  # fmt: skip
def test_keys_are_found_in_toml(path: tuple[str | int, ...], line: int) -> None:
    """The line of a key, or of the nearest thing above it that is there."""
    text = 'title = "says = x"\n# [when]\n[when]\na.b = { above = 1 }\n\n[[evidence]]\nsays = "one"\n[[evidence]]\nsays = "two"\n'
    assert line == line_of(text, path)


def test_what_something_is_taken_for_is_kept_as_it_was_put(reader: Reader) -> None:
    """For the page; it changes nothing of what is read."""
    plain, said = (
        read_regimen(f'items = [{{ line = "D3 1000 IU daily"{more} }}]', "mine.toml", reader)
        for more in ("", ', why = "my bones"')
    )
    (item,) = said.readings[0].items
    assert item.why == "my bones"
    assert item._replace(why="") == plain.readings[0].items[0]
    with pytest.raises(DosenoteError, match="why needs text in quotes"):
        read_regimen('items = [{ line = "D3 1000 IU daily", why = 5 }]', "mine.toml", reader)


@pytest.mark.parametrize(
    ("line", "product", "doubted"),
    [
        ("zinc 10 mg daily", "Marevan", ("warfarin",)),
        ("warfarin 5 mg daily", "Marevan", ()),
        ("vitamin D3 1000 IU daily", "multivitamin", ()),
        ("vitamin D3 1000 IU daily", "Sunny Days", ()),
    ],
)
def test_a_medicine_that_only_the_product_names_is_left_open(
    reader: Reader, line: str, product: str, doubted: tuple[str, ...]
) -> None:
    """A product called Marevan whose line says zinc may be warfarin; what a label lists stands in its place."""
    (reading,) = read_regimen(f'items = [{{ line = "{line}", product = "{product}" }}]', "me.toml", reader).readings
    assert reading.doubted == doubted
