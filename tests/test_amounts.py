"""Plausible amounts: what the table may hold, and that it catches slips of the unit without refusing what is real."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from conftest import copy_vocabulary
from dosenote.reader import Reader
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import build
from test_lint import mistakes_in

AMOUNTS = """\
[teff]
unit = "mg"
usual = ["1", "20"]
possible = ["0.1", "50"]
daily = "20"
refuse_daily = "100"
source = "iom-2011"
locator = "page 1"
confidence = "low"
note = "Twice the largest tablet."
"""


@pytest.fixture(scope="module")
def rule_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our vocabulary with a supplement whose amounts are in no file of ours."""
    folder = copy_vocabulary(tmp_path_factory.mktemp("rule_set"))
    with (folder / "vocabulary" / "substances.toml").open("a", encoding="utf-8") as file:
        file.write('\n[teff]\nlabel = "teff"\nunit = "mg"\n')
    return folder


def amounts_linted(rule_set: Path, table: str) -> tuple[list[str], int]:
    """What is wrong with a table at the end of the file, and the line before its first."""
    name = "vocabulary/amounts.toml"
    text = (rule_set / name).read_text("utf-8").rstrip("\n") + "\n"
    return mistakes_in(rule_set, name, text + table), len(text.splitlines())


def test_good_amounts_lint_clean(rule_set: Path) -> None:
    """The entry of which the wrong ones are edits is right."""
    assert amounts_linted(rule_set, AMOUNTS)[0] == []


@pytest.mark.parametrize(
    "before, after, line, message",
    [
        ('unit = "mg"', 'unit = "IU"', 2, 'unit is one of mcg, mg, g or mEq; found "IU"'),
        ('unit = "mg"', "", 1, '"unit" is missing'),
        ('["1", "20"]', '["20", "1"]', 1, "possible holds usual, and each goes from its lowest to its highest"),
        ('["0.1", "50"]', '["2", "50"]', 1, "possible holds usual, and each goes from its lowest to its highest"),
        ('["0.1", "50"]', '["0.1", "19"]', 1, "possible holds usual, and each goes from its lowest to its highest"),
        ('refuse_daily = "100"', 'refuse_daily = "20"', 1, "daily is less than refuse_daily"),
        ('daily = "20"', 'dayly = "20"', 5, '"dayly" is not known here. Did you mean daily?'),
        ('confidence = "low"', 'confidence = "fair"', 9, 'confidence is one of high, medium or low; found "fair"'),
        ('note = "Twice the largest tablet."', "", 1, '"note" is missing'),
        ('"iom-2011"', '"iom-2012"', 7, 'no source is called "iom-2012". Did you mean iom-2011?'),
    ],
)
def test_a_mistake_in_amounts_is_told_with_its_line(
    before: str, after: str, line: int, message: str, rule_set: Path
) -> None:
    """Bounds are in a unit of weight, in order, and from a source."""
    found, start = amounts_linted(rule_set, AMOUNTS.replace(before, after, 1))
    assert [f"vocabulary/amounts.toml:{start + line}: {message}"] == found


@pytest.mark.parametrize("span", ['["1"]', '["1", "5", "20"]', '["1", 20]', '["1", "twenty"]', '["0", "20"]'])
def test_bounds_are_two_numbers_above_nothing(span: str, rule_set: Path) -> None:
    """One number, three numbers, a word, or nothing at all is no range."""
    found, start = amounts_linted(rule_set, AMOUNTS.replace('["1", "20"]', span, 1))
    assert found
    assert all(what.startswith(f"vocabulary/amounts.toml:{start + 3}: ") for what in found)


@pytest.mark.parametrize("id", ["tef", "natto"])
def test_amounts_are_of_something_that_is_taken(id: str, rule_set: Path) -> None:
    """A name that is no entry, or a food, has no amounts."""
    found, start = amounts_linted(rule_set, AMOUNTS.replace("[teff]", f"[{id}]", 1))
    assert len(found) == 1
    assert found[0].startswith(f"vocabulary/amounts.toml:{start + 2}: [{id}] is ")


def test_an_entry_has_its_bounds_exactly() -> None:
    """Figures are exact, what is left out is None, and an entry without a table has none."""
    entries = {"medicines": {"warfarin": {"label": "warfarin"}, "digoxin": {"label": "digoxin"}}}
    table = {"unit": "mg", "usual": ["0.25", "20"], "possible": ["0.05", "50"], "refuse_daily": "100"}
    vocabulary = build({**entries, "amounts": {"warfarin": table}})
    bounds = vocabulary["warfarin"].bounds
    assert bounds is not None
    assert (bounds.usual_low, bounds.possible_low, bounds.refuse_daily) == (Decimal("0.25"), Decimal("0.05"), 100)
    assert (bounds.daily, bounds.question_above) == (None, None)
    assert vocabulary["digoxin"].bounds is None


@pytest.mark.parametrize(
    "id, unit, strengths",
    [
        ("vitamin-k2-mk7", "mcg", ("90", "180")), ("calcium", "mg", ("500", "1000")), ("magnesium", "mg", ("100", "400")),
        ("iron", "mg", ("18", "65")), ("selenium", "mcg", ("55", "200")), ("calcitriol", "mcg", ("0.25", "0.5")),
        ("alfacalcidol", "mcg", ("0.25", "1")), ("calcifediol", "mcg", ("30", "266")), ("paricalcitol", "mcg", ("1", "4")),
        ("warfarin", "mg", ("0.5", "10")), ("acenocoumarol", "mg", ("1", "4")), ("phenprocoumon", "mg", ("3",)),
        ("apixaban", "mg", ("2.5", "5")), ("rivaroxaban", "mg", ("2.5", "20")), ("enoxaparin", "mg", ("20", "150")),
        ("digoxin", "mcg", ("62.5", "250")), ("levothyroxine", "mcg", ("25", "300")), ("liothyronine", "mcg", ("5", "50")),
        ("alendronic-acid", "mg", ("5", "70")), ("methotrexate", "mg", ("2.5", "25")), ("lithium", "mg", ("150", "600")),
        ("prednisone", "mg", ("5", "50")), ("colestyramine", "g", ("4",)), ("bisoprolol", "mg", ("1.25", "10")),
    ],
)  # fmt: skip
def test_strengths_are_usual_and_a_thousandfold_slip_is_not_possible(
    ruleset: RuleSet, id: str, unit: str, strengths: tuple[str, ...]
) -> None:
    """mg for mcg, or mcg for mg, is outside of what anybody takes."""
    bounds = ruleset.vocabulary[id].bounds
    assert bounds is not None
    assert unit == bounds.unit
    for strength in map(Decimal, strengths):
        assert bounds.usual_low <= strength <= bounds.usual_high
        assert strength * 1000 > bounds.possible_high
        assert strength / 1000 < bounds.possible_low


@pytest.mark.parametrize(
    "id, weekly, daily",
    [("alendronic-acid", 70, 10), ("risedronic-acid", 35, 5), ("methotrexate", 15, 2), ("warfarin", 35, 5)],
)
def test_a_weekly_amount_taken_for_a_daily_one_is_noticed(ruleset: RuleSet, id: str, weekly: int, daily: int) -> None:
    """A week's amount, and the daily dose of the same medicine, are told apart by the average."""
    bounds = ruleset.vocabulary[id].bounds
    assert bounds is not None
    assert bounds.daily is not None
    assert daily <= bounds.daily < weekly


@pytest.mark.parametrize(
    "line, outcome",
    [
        ("vitamin D3 50,000 IU weekly", "accept"),
        ("vitamin D3 300,000 IU single dose", "accept"),
        ("vitamin D3 50,000 IU daily", "ask"),
        ("vitamin D3 1000 mg daily", "refuse"),
        ("MK-7 100 mg daily", "refuse"),
        ("alendronic acid 70 mg weekly", "accept"),
        ("alendronic acid 70 mg daily", "refuse"),
        ("methotrexate 15 mg weekly", "accept"),
        ("methotrexate 15 mg daily", "ask"),
        ("warfarin 5 mcg daily", "refuse"),
        ("levothyroxine 50 mg daily", "refuse"),
        ("ibandronic acid 150 mg monthly", "accept"),
        ("ibandronic acid 150 mg daily", "refuse"),
    ],
)
def test_slips_of_the_unit_are_told_from_large_real_doses(reader: Reader, line: str, outcome: str) -> None:
    """A large dose that people do take is accepted with a question; what nobody takes is refused."""
    reading = reader.read(line)
    assert reading.outcome == outcome
    if outcome != "accept" or "50,000" in line:
        assert reading.questions
