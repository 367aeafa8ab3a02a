"""From a regimen to facts: totals, open and closed lists, and what is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import inf
from typing import Any

import pytest

from dosenote.dosing import item_amounts
from dosenote.facts import Facts, catalogue, facts_of
from dosenote.logic import ANY_AMOUNT, FALSE, TRUE, UNKNOWN, Interval
from dosenote.quantity import Amount
from dosenote.reader import Reader
from dosenote.regimen import Closed, Item, Lab, Person, Reading, Regimen, Schedule
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


# --- regimens put together from items: what the words of a line seldom bring about


def _take(substance: str, amount: str = "", times: str = "", **more: Any) -> Item:
    """An item: "100-200 mcg", "2-3" times a day; "100- mcg" has no upper bound."""
    found: dict[str, Any] = {}
    if amount:
        numbers, unit = amount.split()
        found["amount"] = Amount(*_range(numbers), unit)
    if times:
        found["schedule"] = Schedule(_range(times))
    return Item("", substance, **(found | more))


def _range(text: str) -> tuple[Decimal, Decimal | None]:
    low, dash, high = text.partition("-")
    return Decimal(low), Decimal(high) if high else None if dash else Decimal(low)


def _lines(*items: Item | Reading, **more: Any) -> Regimen:
    """A regimen with one line for each item or reading."""
    return Regimen(tuple(Reading("", "accept", (one,)) if isinstance(one, Item) else one for one in items), **more)


HIDDEN = Reading("OsteoMax", "ask", unread=("OsteoMax",))
WEEKLY = Schedule((Decimal(1), Decimal(1)), unit="week")


@pytest.fixture(scope="module")
def known_of(ruleset: RuleSet) -> Callable[[Regimen], Facts]:
    return lambda regimen: facts_of(regimen, ruleset.vocabulary)


def test_the_catalogue_names_every_fact_in_words(ruleset: RuleSet) -> None:
    """Reports and questions print these labels and units; entry is the substance or lab that a fact is about."""
    found = {name: tuple(fact) for name, fact in catalogue(ruleset.vocabulary).items()}
    person = {"age", "sex", "pregnant", "lactating", "medicines", "conditions", "foods"}
    assert {name: fact for name, fact in found.items() if name in person or "mk7" in name or "egfr" in name} == {
        "age": ("age", "age", "age", "years", ""),
        "sex": ("sex", "choice", "sex", "", ""),
        "pregnant": ("pregnant", "yes-no", "pregnancy", "", ""),
        "lactating": ("lactating", "yes-no", "breastfeeding", "", ""),
        **{name: (name, "list", name, "", "") for name in ("medicines", "conditions", "foods")},
        **{
            f"vitamin_k2_mk7.{fact}": (f"vitamin_k2_mk7.{fact}", kind, f"vitamin K2 (MK-7){words}", unit, "vitamin-k2-mk7")
            for fact, kind, words, unit in (
                ("taken", "yes-no", ", taken or not", ""),
                ("stopped", "yes-no", ", stopped or not", ""),
                ("new", "yes-no", ", new or planned, or not", ""),
                ("with_food", "yes-no", ", with a meal or not", ""),
                ("daily", "amount", " a day", "mcg"),
                ("each_time", "amount", " at one time", "mcg"),
                ("spaced_dose", "amount", " at one time, once a week or less often", "mcg"),
            )
        },
        "lab.egfr": ("lab.egfr", "lab", "kidney function (eGFR)", "mL/min/1.73m2", "egfr"),
        "lab.egfr_said": ("lab.egfr_said", "yes-no", "kidney function (eGFR), told or not", "", "egfr"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "values, low, high",
    [
        ((), 0, inf),
        (((60, None),), 60, 60),
        (((60, None), (40, None), (50, None)), 40, 60),
        (((60, 3), (40, 1), (50, 2)), 60, 60),
        (((40, 1), (60, 3), (70, 3)), 60, 70),
        (((40, 1), (60, 3), (30, None)), 30, 60),
    ],
)
def test_the_newest_lab_value_counts(
    known_of: Callable[[Regimen], Facts], values: tuple[tuple[int, int | None], ...], low: float, high: float
) -> None:
    """Of several values the newest, and any that has no date, since it may be the newest."""
    labs = tuple(Lab("egfr", Decimal(v), "", None if day is None else date(2026, 5, day)) for v, day in values)
    found = known_of(_lines(Reading("", "ignore", labs=(*labs, Lab("inr", Decimal(9), "")))))
    assert found.intervals["lab.egfr"] == Interval(low, high)
    assert found.truths["lab.egfr_said"] == (TRUE if values else FALSE)


@pytest.mark.parametrize(
    "reading, egfr, inr",
    [
        (Reading("", "ignore"), FALSE, FALSE),
        (Reading("", "ask", doubted=("egfr",)), UNKNOWN, FALSE),
        (HIDDEN, UNKNOWN, UNKNOWN),
        (Reading("", "ignore", hidden_kinds=("lab",)), UNKNOWN, UNKNOWN),
        (Reading("", "ignore", hidden_kinds=("condition",)), FALSE, FALSE),
    ],
)
def test_whether_a_lab_was_told_may_be_open(
    known_of: Callable[[Regimen], Facts], reading: Reading, egfr: object, inr: object
) -> None:
    """A test spoken of without a value, and what was not understood, leave open whether a value was told."""
    regimen = _lines(Reading("", "ignore"), reading, Reading("", "ignore"))
    truths = known_of(regimen).truths
    assert (truths["lab.egfr_said"], truths["lab.inr_said"]) == (egfr, inr)
    assert known_of(_lines(reading)).intervals["lab.egfr"] == ANY_AMOUNT


def test_a_value_beside_a_test_that_is_in_doubt_is_not_believed(known_of: Callable[[Regimen], Facts]) -> None:
    """ "eGFR 80" and an eGFR that could not be read: the second may be the newer."""
    told = Reading("", "ignore", labs=(Lab("egfr", Decimal(80), ""),))
    assert known_of(_lines(told)).intervals["lab.egfr"] == Interval(80, 80)
    found = known_of(_lines(told, Reading("", "ask", doubted=("egfr",))))
    assert found.intervals["lab.egfr"] == ANY_AMOUNT
    assert found.truths["lab.egfr_said"] == TRUE


STEP = _take("calcium", "600 mg", "1", phase=1, with_food=True, is_new=True)


@pytest.mark.parametrize(
    "second, daily, each, spaced, with_food, new",
    [
        (_take("calcium", "300 mg", "3", phase=2, with_food=True, is_new=True), (600, 900), (300, 600), (0, 0), TRUE, TRUE),
        (_take("calcium", "300 mg", "1", phase=2, with_food=False, is_new=False), (300, 600), (300, 600), (0, 0), UNKNOWN, UNKNOWN),
        (_take("calcium", "700 mg", phase=2, schedule=WEEKLY), (100, 600), (600, 700), (0, 700), UNKNOWN, UNKNOWN),
        (_take("calcium", "300 mg", "1", phase=2, is_taken=False), (0, 600), (0, 600), (0, 0), UNKNOWN, UNKNOWN),
        (_take("calcium", "300 mg", "1"), (900, 900), (600, 900), (0, 0), TRUE, TRUE),
    ],
)  # fmt: skip
def test_steps_are_never_added(
    known_of: Callable[[Regimen], Facts],
    second: Item,
    daily: tuple[float, float],
    each: tuple[float, float],
    spaced: tuple[float, float],
    with_food: object,
    new: object,
) -> None:
    """Of two steps of one line one is taken, nobody knows which: amounts from one to the other, the rest if they agree."""
    for items in ((STEP, second), (second, STEP)):
        found = known_of(_lines(Reading("", "accept", items)))
        amounts = [found.intervals[f"calcium.{fact}"] for fact in ("daily", "each_time", "spaced_dose")]
        assert amounts == [Interval(*daily), Interval(*each), Interval(*spaced)]
        assert (found.truths["calcium.with_food"], found.truths["calcium.new"]) == (with_food, new)


def test_steps_of_two_lines_are_added(known_of: Callable[[Regimen], Facts]) -> None:
    """Only steps of one line follow one another."""
    apart = known_of(_lines(STEP, STEP)).intervals
    assert apart["calcium.daily"] == Interval(1200, 1200)


def test_steps_of_two_kinds_are_never_added(known_of: Callable[[Regimen], Facts]) -> None:
    """ "D2 for 8 weeks, then D3" is one or the other; two that both begin are taken together, each with its steps."""
    d2, d3 = _take("vitamin-d2", "100 mcg", "1", phase=1), _take("vitamin-d3", "25 mcg", "1", phase=2)
    k2, k1 = _take("vitamin-k2-mk7", "90 mcg", "1", phase=1), _take("vitamin-k1", "50 mcg", "1", phase=1)
    found = known_of(_lines(Reading("", "accept", (d2, d3, d3._replace(phase=3), k2, k1)))).intervals
    assert found["vitamin_d.daily"] == Interval(25, 100)
    assert (found["vitamin_d2.daily"], found["vitamin_d3.daily"]) == (Interval(100, 100), Interval(25, 25))
    assert found["vitamin_k.daily"] == Interval(140, 140)


def test_which_lines_speak_for_a_fact(known_of: Callable[[Regimen], Facts]) -> None:
    """The numbers of the lines that name it, or may hide it, in their order; none for what no line names."""
    warfarin, d3 = _take("warfarin"), _take("vitamin-d3", "25 mcg", "1")
    sources = known_of(_lines(warfarin, HIDDEN, d3, Reading("", "ask", doubted=("vitamin-d2",)), d3)).sources
    for fact in ("taken", "stopped", "new", "with_food", "daily", "each_time", "spaced_dose"):
        assert sources[f"vitamin_d3.{fact}"] == (1, 2, 4)
        assert sources[f"vitamin_d.{fact}"] == (1, 2, 3, 4)
        assert sources[f"vitamin_k2.{fact}"] == (1,)
    assert sources["medicines:vitamin-k-antagonist"] == sources["medicines:warfarin"] == (0,)
    assert sources["medicines:digoxin"] == ()


def test_what_is_in_doubt_may_be_taken_in_any_amount(known_of: Callable[[Regimen], Facts]) -> None:
    """A supplement that is spoken of in a doubtful way is neither taken nor not, may be new, and may have been stopped."""
    found = known_of(
        _lines(Reading("", "ask", doubted=("vitamin-d2",)), _take("vitamin-d3", "25 mcg", "1", is_new=False))
    )
    assert [found.truths[f"vitamin_d2.{fact}"] for fact in ("taken", "stopped", "new")] == [UNKNOWN, UNKNOWN, UNKNOWN]
    assert found.intervals["vitamin_d2.daily"] == found.intervals["vitamin_d2.spaced_dose"] == ANY_AMOUNT
    assert found.intervals["vitamin_d.daily"] == Interval(25, inf)
    assert [found.truths[f"vitamin_d3.{fact}"] for fact in ("taken", "new")] == [TRUE, FALSE]


@pytest.mark.parametrize(
    "meals, expected",
    [
        ((True, True), TRUE),
        ((False, False), FALSE),
        ((True, False), TRUE),
        ((True, None), TRUE),
        ((False, None), UNKNOWN),
    ],
)
@pytest.mark.parametrize(("id", "fact"), [("vitamin-d3", "vitamin_d"), ("levothyroxine", "thyroid_hormone")])
def test_with_food_when_any_of_it_is(
    known_of: Callable[[Regimen], Facts], id: str, fact: str, meals: tuple[bool | None, ...], expected: object
) -> None:
    """One product with a meal is enough, whatever else is there; none, only where all are named and without."""
    items = [_take(id, "25 mcg", "1", with_food=meal) for meal in meals]
    assert known_of(_lines(*items)).truths[f"{fact}.with_food"] == expected
    beside = known_of(_lines(*items, HIDDEN)).truths[f"{fact}.with_food"]
    assert beside == (TRUE if expected == TRUE else UNKNOWN)
    doubtful = [_take(id, "25 mcg", "1", with_food=meal, is_taken=False) for meal in meals]
    assert known_of(_lines(*doubtful)).truths[f"{fact}.with_food"] == (FALSE if expected == FALSE else UNKNOWN)


def test_with_food_of_what_nobody_named(known_of: Callable[[Regimen], Facts]) -> None:
    """Neither yes nor no: it may be taken, and then it is asked for."""
    assert known_of(_lines(_take("warfarin"))).truths["thyroid_hormone.with_food"] == UNKNOWN


@pytest.mark.parametrize(
    "text, expected",
    [
        ("methotrexate 10 mg daily", TRUE),
        ("methotrexate 30 mg daily", TRUE),
        ("methotrexate 7.5 mg on Mondays and Thursdays", TRUE),
        ("methotrexate 2.5 mg 2 to 3 times a week", TRUE),
        ("methotrexate 10 mg once a week", FALSE),
        ("methotrexate 10 mg every 2 weeks", FALSE),
        ("methotrexate 10 mg on Mondays", FALSE),
        ("methotrexate 10 mg, one single dose", FALSE),
        ("methotrexate 2.5 mg 1 to 2 times a week", UNKNOWN),
        ("methotrexate 2.5 mg as needed", UNKNOWN),
        ("methotrexate 10 mg", UNKNOWN),
        ("methotrexate", UNKNOWN),
        ("methotrexate 10 mg weekly; methotrexate 2.5 mg weekly", UNKNOWN),
        ("methotrexate 10 mg weekly; methotrexate 2.5 mg daily", TRUE),
        ("methotrexate 10 mg weekly; blorb", UNKNOWN),
        ("methotrexate 10 mg daily; blorb", TRUE),
        ("stopped methotrexate in 2020", FALSE),
        ("methotrexate 10 mg daily?", UNKNOWN),
        ("blorb", UNKNOWN),
        ("folic acid 5 mg daily", FALSE),
    ],
)
def test_what_is_taken_once_a_week_and_is_written_more_often(
    facts: Callable[[str], Facts], text: str, expected: object
) -> None:
    """Of what is on the list, however often: what one line settles no other unsettles, and two lines leave it open."""
    assert facts(text).truths["methotrexate.more_often_than_usual"] == expected


def test_which_medicines_have_an_interval_whatever_the_amount(ruleset: RuleSet) -> None:
    """70 mg of alendronate are taken once a week, 10 mg are not: of alendronate there is no such fact."""
    facts = {
        fact.entry for name, fact in catalogue(ruleset.vocabulary).items() if name.endswith(".more_often_than_usual")
    }
    assert {"methotrexate", "denosumab"} <= facts
    assert not facts & {"alendronic-acid", "ibandronic-acid", "teriparatide", "warfarin"}


def test_what_was_not_recognised_may_add_anything(known_of: Callable[[Regimen], Facts]) -> None:
    """Beside an unknown product every amount is a lower bound, and nothing is known to be old, or not stopped."""
    found = known_of(
        _lines(_take("calcium", "600 mg", "2", is_new=False), _take("vitamin-d3", "700 mcg", schedule=WEEKLY), HIDDEN)
    )
    assert found.intervals["calcium.daily"] == Interval(1200, inf)
    assert found.intervals["calcium.each_time"] == Interval(600, inf)
    assert found.intervals["calcium.spaced_dose"] == Interval(0, inf)
    assert found.intervals["vitamin_d.spaced_dose"] == Interval(700, inf)
    assert found.truths["calcium.taken"] == TRUE
    assert (found.truths["calcium.new"], found.truths["calcium.stopped"]) == (UNKNOWN, UNKNOWN)


def test_of_several_doubtful_things_each_may_have_been_stopped(known_of: Callable[[Regimen], Facts]) -> None:
    """What one line leaves open stays open when the next line leaves something else open."""
    found = known_of(_lines(*(Reading("", "ask", doubted=(id,)) for id in ("vitamin-d2", "vitamin-k1")))).truths
    assert [found[f"{name}.stopped"] for name in ("vitamin_d2", "vitamin_k1", "calcium")] == [UNKNOWN, UNKNOWN, FALSE]


def test_what_has_stopped_is_known_of_its_groups(known_of: Callable[[Regimen], Facts]) -> None:
    """Whoever stopped MK-7 stopped a vitamin K2, even beside something that was not recognised, and may take it again."""
    stopped = Reading("", "ignore", stopped=("vitamin-k2-mk7",))
    found = known_of(_lines(stopped, HIDDEN)).truths
    assert [found[f"{name}.stopped"] for name in ("vitamin_k2_mk7", "vitamin_k2", "vitamin_d")] == [TRUE, TRUE, UNKNOWN]
    dated = _lines(_take("vitamin-k2-mk7", "100 mcg", "1", stopped=date(2026, 5, 1)), as_of=date(2026, 5, 1))
    truths = known_of(dated).truths
    assert [truths[f"vitamin_k2.{fact}"] for fact in ("stopped", "taken")] == [TRUE, FALSE]


@pytest.mark.parametrize(
    "item, each, daily",
    [
        (_take("vitamin-d3", "25-50 mcg", "1-2"), (25, 50), (25, 100)),
        (_take("vitamin-d3", "25- mcg", "1-2"), (25, inf), (25, inf)),
        (_take("vitamin-d3", "25 mcg", "2-"), (25, 25), (50, inf)),
        (_take("vitamin-d3", "25 mcg"), (25, 25), (0, inf)),
        (_take("vitamin-d3", times="1"), (0, inf), (0, inf)),
        (_take("vitamin-d3", "2 drops", "1"), (0, inf), (0, inf)),
        (_take("vitamin-d3", "2 drops", "2", also=Amount(Decimal(1000), Decimal(1000), "IU")), (25, 25), (50, 50)),
        (_take("vitamin-d3", "25 mcg", "2", also=Amount(Decimal(2), Decimal(2), "drops")), (25, 25), (50, 50)),
        (_take("vitamin-d3", "2 drops", "1", also=Amount(Decimal(2), Decimal(2), "mL")), (0, inf), (0, inf)),
        (_take("vitamin-d3", "1000- IU", schedule=Schedule((Decimal(1), None), max_per_day=Decimal(4000))), (25, inf), (25, 100)),
        (_take("vitamin-d3", "1000 IU", schedule=Schedule((Decimal(6), Decimal(6)), max_per_day=Decimal(4000))), (25, 25), (100, 100)),
    ],
)  # fmt: skip
def test_the_amount_each_time_and_a_day(
    ruleset: RuleSet, item: Item, each: tuple[float, float], daily: tuple[float, float]
) -> None:
    """Lowest times lowest to highest times highest, in the canonical unit; what is not said or not convertible is open."""
    assert item_amounts(item, ruleset.vocabulary["vitamin-d3"]) == (Interval(*each), Interval(*daily))


def test_a_group_without_a_unit_has_no_amount(ruleset: RuleSet) -> None:
    """What is not measured has no total: any amount."""
    target = ruleset.vocabulary["warfarin"]._replace(unit="")
    assert item_amounts(_take("warfarin", "5 mg", "1"), target) == (ANY_AMOUNT, ANY_AMOUNT)


@pytest.mark.parametrize(
    "said, kidney, severe, unnamed",
    [
        ({}, UNKNOWN, UNKNOWN, FALSE),
        ({"closed": Closed(conditions=True)}, FALSE, FALSE, FALSE),
        ({"conditions": ("kidney-stones",), "closed": Closed(conditions=True)}, FALSE, FALSE, FALSE),
        ({"closed": Closed(medicines=True, foods=True)}, UNKNOWN, UNKNOWN, FALSE),
        ({"doubted": ("severe-kidney-disease",), "closed": Closed(conditions=True)}, UNKNOWN, UNKNOWN, FALSE),
        ({"doubted": ("kidney-disease",), "closed": Closed(conditions=True)}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({"denied": ("kidney-disease",)}, FALSE, FALSE, FALSE),
        ({"denied": ("severe-kidney-disease",)}, UNKNOWN, FALSE, FALSE),
        ({"conditions": ("kidney-disease",), "closed": Closed(conditions=True)}, TRUE, UNKNOWN, TRUE),
        ({"conditions": ("severe-kidney-disease",), "denied": ("kidney-disease",)}, TRUE, TRUE, FALSE),
        ({"conditions": ("kidney-disease",), "denied": ("severe-kidney-disease",)}, TRUE, FALSE, TRUE),
        ({"doubted": ("severe-kidney-disease",), "denied": ("kidney-disease",)}, UNKNOWN, UNKNOWN, FALSE),
    ],
)
def test_conditions_are_an_open_list(
    known_of: Callable[[Regimen], Facts], said: dict[str, Any], kidney: object, severe: object, unnamed: object
) -> None:
    """What is not said is unknown until the list is complete; what is in doubt stays open; a denied class has no member."""
    truths = known_of(_lines(Reading("", "ignore", **said))).truths
    names = ("kidney-disease", "severe-kidney-disease", "kidney-disease:unnamed")
    assert (kidney, severe, unnamed) == tuple(truths[f"conditions:{name}"] for name in names)


def test_what_a_product_may_hold_is_as_old_as_the_product_and_of_any_amount(
    known_of: Callable[[Regimen], Facts],
) -> None:
    """A multivitamin of 500 mg holds nobody knows how much calcium; one taken for years holds nothing that is new."""
    found = known_of(_lines(_take("multivitamin", "500 mg", "1", is_new=False)))
    assert found.intervals["calcium.daily"] == found.intervals["calcium.each_time"] == ANY_AMOUNT
    assert [found.truths[f"vitamin_k.{fact}"] for fact in ("taken", "new")] == [UNKNOWN, FALSE]
    assert known_of(_lines(_take("multivitamin", is_new=True))).truths["vitamin_k.new"] == UNKNOWN


@pytest.mark.parametrize(
    "person, female, male, pregnant, lactating",
    [
        (Person(), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (Person(sex="female"), TRUE, FALSE, UNKNOWN, UNKNOWN),
        (Person(sex="male"), FALSE, TRUE, FALSE, UNKNOWN),
        (Person(pregnant=True, lactating=False), UNKNOWN, UNKNOWN, TRUE, FALSE),
        (Person(pregnant=False, lactating=True), UNKNOWN, UNKNOWN, FALSE, TRUE),
        (Person(Decimal(70), "female", True), TRUE, FALSE, TRUE, UNKNOWN),
    ],
)
def test_what_is_known_of_the_person(
    known_of: Callable[[Regimen], Facts],
    person: Person,
    female: object,
    male: object,
    pregnant: object,
    lactating: object,
) -> None:
    """What was said and nothing else, by the lines or apart from them; whoever is male is not pregnant."""
    names = ("sex:female", "sex:male", "pregnant", "lactating")
    for regimen in (Regimen(person=person), _lines(Reading("", "ignore", person=person))):
        truths = known_of(regimen).truths
        assert (female, male, pregnant, lactating) == tuple(truths[name] for name in names)
