"""From a regimen to facts: totals, open and closed lists, and what is not known."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import pytest

from dosenote.facts import Facts, catalogue, facts_of, item_amounts
from dosenote.logic import ANY_AMOUNT, FALSE, TRUE, UNKNOWN, Interval
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.ruleset import RuleSet


@pytest.fixture(scope="module")
def facts(ruleset: RuleSet, reader: Reader) -> Callable[[str], Facts]:
    return lambda text: facts_of(Regimen(reader.read_all(text.split(";"))), ruleset.vocabulary)


@pytest.mark.parametrize(
    "text, low, high",
    [
        ("vitamin D3 1000 IU daily", 25, 25),
        ("vitamin D3 1000 IU twice a day", 50, 50),
        ("vitamin D3 7000 IU weekly", 25, 25),
        ("vitamin D3 1000 IU every other day", 12.5, 12.5),
        ("vitamin D3 30437.5 IU once a month", 25, 25),
        ("vitamin D3 1000-2000 IU daily", 25, 50),
        ("vitamin D3 1000 IU 1 to 2 times a day", 25, 50),
        ("vitamin D3 1000 IU as needed, up to 3 times a day", 0, 75),
        ("vitamin D3 1000 IU as needed", 0, inf),
        ("vitamin D3 1000 IU", 0, inf),
        ("vitamin D3 daily", 0, inf),
        ("vitamin D3 1000 IU daily; vitamin D2 400 IU daily; vitamin D 200 IU daily", 40, 40),
        ("vitamin D3 1000 IU daily; multivitamin", 25, inf),
        ("vitamin D3 1000 IU daily; OsteoMax", 25, inf),
        ("vitamin D3 300,000 IU single dose", 0, 7500),
        ("vitamin D3 1000 IU Mon/Wed/Fri", 3 * 25 / 7, 3 * 25 / 7),
        ("calcium 600 mg daily", 0, 0),
        ("calcitriol 0.25 mcg daily", 0, 0),
        ("vitamin D3 1000 IU daily unless sunny", 0, inf),
    ],
)
def test_daily_totals(facts: Callable[[str], Facts], text: str, low: float, high: float) -> None:
    """An average day over all products: exact where the lines are, a range where they are not."""
    found = facts(text).intervals["vitamin_d.daily"]
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    "text, each, spaced",
    [
        ("calcium 600 mg twice a day", (600, 600), (0, 0)),
        ("calcium 600 mg weekly", (600, 600), (600, 600)),
        ("calcium 600 mg", (600, 600), (0, 600)),
        ("calcium 600 mg daily; calcium 300 mg daily", (600, 900), (0, 0)),
        ("calcium 600 mg single dose", (600, 600), (600, 600)),
        ("calcium 600 mg as needed, up to 3 times a day", (600, 600), (0, 600)),
    ],
)
def test_the_largest_amount_at_one_time(
    facts: Callable[[str], Facts], text: str, each: tuple[float, float], spaced: tuple[float, float]
) -> None:
    """Two products may be taken together or apart: at least the larger, at most both."""
    found = facts(text).intervals
    assert each == (found["calcium.each_time"].low, found["calcium.each_time"].high)
    assert spaced == (found["calcium.spaced_dose"].low, found["calcium.spaced_dose"].high)


@pytest.mark.parametrize(
    "text, k1, k2, mk7",
    [
        ("vitamin K1 100 mcg daily", TRUE, FALSE, FALSE),
        ("vitamin K 100 mcg daily", UNKNOWN, UNKNOWN, UNKNOWN),
        ("vitamin K2 100 mcg daily", FALSE, TRUE, UNKNOWN),
        ("MK-7 100 mcg daily", FALSE, TRUE, TRUE),
        ("MK-4 100 mcg daily", FALSE, TRUE, FALSE),
        ("OsteoMax", UNKNOWN, UNKNOWN, UNKNOWN),
        ("vitamin D3 1000 IU daily", FALSE, FALSE, FALSE),
        ("not sure whether MK-7 100 mcg daily", UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_forms_of_vitamin_k_are_different_things(
    facts: Callable[[str], Facts], text: str, k1: object, k2: object, mk7: object
) -> None:
    """A form that is not said may be any of its group, and never one outside it."""
    truths = facts(text).truths
    assert (k1, k2, mk7) == tuple(truths[f"{name}.taken"] for name in ("vitamin_k1", "vitamin_k2", "vitamin_k2_mk7"))


def test_an_amount_of_unsaid_form_bounds_every_form(facts: Callable[[str], Facts]) -> None:
    """100 mcg of "vitamin K2" is at most 100 mcg of MK-7."""
    intervals = facts("vitamin K2 100 mcg daily").intervals
    assert intervals["vitamin_k2.daily"] == Interval(100, 100)
    assert intervals["vitamin_k2_mk7.daily"] == Interval(0, 100)
    assert intervals["vitamin_k1.daily"] == Interval(0, 0)


@pytest.mark.parametrize(
    "text, vka, doac, unnamed",
    [
        ("warfarin", TRUE, UNKNOWN, FALSE),
        ("warfarin; no other medicines", TRUE, FALSE, FALSE),
        ("blood thinner; no other medicines", UNKNOWN, UNKNOWN, TRUE),
        ("blood thinner; aspirin; no other medicines", UNKNOWN, UNKNOWN, TRUE),
        ("Eliquis; no other medicines", FALSE, TRUE, FALSE),
        ("no other medicines", FALSE, FALSE, FALSE),
        ("", UNKNOWN, UNKNOWN, FALSE),
        ("no other medicines; OsteoMax", UNKNOWN, UNKNOWN, UNKNOWN),
        ("not on blood thinners", FALSE, FALSE, FALSE),
        ("not on warfarin", UNKNOWN, UNKNOWN, FALSE),
        ("not on blood thinners; warfarin", TRUE, UNKNOWN, FALSE),
        ("stopped warfarin in May", UNKNOWN, UNKNOWN, FALSE),
    ],
)
def test_medicines_are_an_open_list(
    facts: Callable[[str], Facts], text: str, vka: object, doac: object, unnamed: object
) -> None:
    """What is not said is unknown, until the person says that nothing is missing."""
    truths = facts(text).truths
    names = (
        "medicines:vitamin-k-antagonist",
        "medicines:direct-oral-anticoagulant",
        "medicines:blood-thinner:unnamed",
    )
    assert (vka, doac, unnamed) == tuple(truths[name] for name in names)


def test_nothing_said_about_the_person_is_unknown(facts: Callable[[str], Facts]) -> None:
    """Age, sex, pregnancy and lab values: None is not "no"."""
    found = facts("vitamin D3 1000 IU daily")
    assert found.intervals["age"] == found.intervals["lab.inr"] == ANY_AMOUNT
    assert {found.truths[name] for name in ("pregnant", "sex:female", "sex:male", "lactating")} == {UNKNOWN}
    assert facts("male").truths["pregnant"] == FALSE
    assert facts("female").truths["pregnant"] == UNKNOWN
    ages = {"7": FALSE, "8": UNKNOWN, "59": UNKNOWN, "60": FALSE}
    assert {years: facts(f"age {years}").truths["pregnant"] for years in ages} == ages
    assert facts("pregnant; age 61").truths["pregnant"] == TRUE


@pytest.mark.parametrize(
    "text, new, stopped",
    [
        ("MK-7 100 mcg daily", UNKNOWN, FALSE),
        ("MK-7 100 mcg daily, just bought", TRUE, FALSE),
        ("MK-7 100 mcg daily for years", FALSE, FALSE),
        ("stopped MK-7 in May", FALSE, TRUE),
        ("vitamin D3 1000 IU daily", FALSE, FALSE),
        ("OsteoMax", UNKNOWN, UNKNOWN),
    ],
)
def test_change_is_a_fact_of_its_own(facts: Callable[[str], Facts], text: str, new: object, stopped: object) -> None:
    """With a vitamin K antagonist what is new and what was stopped matter as much as what is taken."""
    truths = facts(text).truths
    assert (new, stopped) == (truths["vitamin_k2_mk7.new"], truths["vitamin_k2_mk7.stopped"])


@pytest.mark.parametrize(
    "text, fact",
    [
        ("Is it fine that I take K2 100 mcg daily?", "vitamin_k2_mk7.taken"),
        ("my wife takes K2", "vitamin_k2.taken"),
        ("allergic to vitamin K2", "vitamin_k2.taken"),
        ("Can I take K2 with blood thinners?", "medicines:blood-thinner:unnamed"),
        ("Can I take K2 with my Jantovn?", "medicines:warfarin"),
        ("my wife has kidney stones", "conditions:kidney-stones"),
        ("blood pressure meds daily", "medicines:thiazide-diuretic"),
        ("meds once daily", "medicines:warfarin"),
        ("sleep meds", "medicines:warfarin"),
        ("vitamins daily", "vitamin_k2.taken"),
        ("supplements", "vitamin_k2.taken"),
        ("new medication", "medicines:warfarin"),
        ("see my medication list", "medicines:warfarin"),
        ("MK-7 100 mcg daily with my meds", "medicines:warfarin"),
        ("stopped K2 because I started warfrin", "medicines:warfarin"),
        ("no statins, warfarin", "medicines:warfarin"),
        ("Ca + D3 1000 IU daily", "calcium.taken"),
    ],
)
def test_what_is_said_in_passing_is_never_ruled_out(facts: Callable[[str], Facts], text: str, fact: str) -> None:
    """Questions, other people, allergies, headings and slips: not noted as taken, and not as absent either."""
    found = facts(f"{text}; no other medicines; no conditions").truths[fact]
    assert found != FALSE


def test_a_lab_value_of_somebody_else_is_not_noted(facts: Callable[[str], Facts]) -> None:
    """The husband's INR says nothing of the person's."""
    assert facts("my husband takes warfarin, INR 2.5").intervals["lab.inr"] == ANY_AMOUNT


@pytest.mark.parametrize(
    "text, fact, low, high",
    [
        ("D3 at least 4000 IU daily", "vitamin_d.daily", 100, inf),
        ("calcium 600 mg #2 daily", "calcium.daily", 0, inf),
    ],
)
def test_a_number_is_never_made_more_certain_than_it_was_written(
    facts: Callable[[str], Facts], text: str, fact: str, low: float, high: float
) -> None:
    """At least so much is a lower bound, and a number that may be a count is not passed over."""
    found = facts(text).intervals[fact]
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "text, condition",
    [
        ("warfarin 5 mg daily for mechanical valve", "mechanical-heart-valve"),
        ("calcium 600 mg daily for osteoporosis", "osteoporosis"),
        ("warfarin 5 mg daily for afib", "atrial-fibrillation"),
    ],
)
def test_what_it_is_taken_for_is_noted(facts: Callable[[str], Facts], text: str, condition: str) -> None:
    """The reason for a medicine is a condition of the person's."""
    assert facts(text).truths[f"conditions:{condition}"] == TRUE


def test_food_is_known_only_when_said(facts: Callable[[str], Facts]) -> None:
    """With breakfast, on an empty stomach, or not said."""
    said = {"with breakfast": TRUE, "on an empty stomach": FALSE, "": UNKNOWN}
    for words, truth in said.items():
        assert truth == facts(f"vitamin D3 1000 IU daily {words}").truths["vitamin_d.with_food"]


def test_every_fact_of_the_catalogue_has_a_value(ruleset: RuleSet, facts: Callable[[str], Facts]) -> None:
    """A rule can ask for anything that the catalogue names."""
    found = facts("")
    for fact in catalogue(ruleset.vocabulary).values():
        if fact.kind in ("amount", "age", "lab"):
            assert fact.name in found.intervals
        elif fact.kind == "yes-no":
            assert fact.name in found.truths


@pytest.mark.parametrize(
    ("line", "daily"),
    [
        ("vitamin D3 1000 IU at bedtime, max 6 a day", (25.0, 150.0)),
        ("vitamin D3 1000 IU as needed, max 4 a day", (0.0, 100.0)),
        ("vitamin D3 1000 IU 3 times a day, max 2 a day", (50.0, 50.0)),
    ],
)
def test_a_written_maximum_is_how_much_a_day_may_be(
    ruleset: RuleSet, reader: Reader, line: str, daily: tuple[float, float]
) -> None:
    """Whoever may take six a day is not below the limit because one is usual."""
    (item,) = reader.read(line).items
    _, found = item_amounts(item, ruleset.vocabulary["vitamin-d3"])
    assert (found.low, found.high) == daily
