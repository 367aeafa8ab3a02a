"""Lines as people write them: what is accepted, what is asked, and that nothing is lost or assumed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosenote.facts import facts_of
from dosenote.reader import Reader
from dosenote.reader.lexicon import numbers
from dosenote.reader.makers import WEEK
from dosenote.reader.tokens import INVISIBLE, tokenise
from dosenote.regimen import Item, Person, Reading, Regimen, Schedule
from dosenote.ruleset import RuleSet

DAILY = ("1", "1", "1", "day")


def _schedule(schedule: Schedule | None) -> tuple[str, ...] | None:
    """lowest times, highest times, count and unit of the period."""
    if schedule is None:
        return None
    low, high = schedule.times
    return str(low), str(high), str(schedule.count), schedule.unit


def _item(item: Item) -> tuple[object, ...]:
    amount = item.amount
    written = (
        None
        if amount is None
        else (float(amount.low), None if amount.high is None else float(amount.high), amount.unit)
    )
    return item.substance, written, _schedule(item.schedule)


ACCEPTED = {
    "Vitamin D3 5000 IU daily with breakfast": [("vitamin-d3", (5000, 5000, "IU"), DAILY)],
    "K2 (MK-7) 100 mcg once a day": [("vitamin-k2-mk7", (100, 100, "mcg"), DAILY)],
    "K2 (MK-7) 100mcg 1x/day": [("vitamin-k2-mk7", (100, 100, "mcg"), DAILY)],
    "50,000 IU D2 once a week": [("vitamin-d2", (50000, 50000, "IU"), ("1", "1", "1", "week"))],
    "50,000 IU D2 once a week x 8 weeks": [("vitamin-d2", (50000, 50000, "IU"), ("1", "1", "1", "week"))],
    "warfarin 5 mg qd": [("warfarin", (5, 5, "mg"), DAILY)],
    "Coumadin (warfarin) 5 mg every evening": [("warfarin", (5, 5, "mg"), DAILY)],
    "vitamin D3 (cholecalciferol) 50 mcg (2,000 IU), 1 daily": [("vitamin-d3", (50, 50, "mcg"), DAILY)],
    "Vitamin K1 120 \u03bcg daily": [("vitamin-k1", (120, 120, "mcg"), DAILY)],
    "Vitamin K1 120 \u00b5g daily": [("vitamin-k1", (120, 120, "mcg"), DAILY)],
    "Vitamin\u00a0D3\u00a02000\u00a0IU\u00a0daily": [("vitamin-d3", (2000, 2000, "IU"), DAILY)],
    "\uff36itamin D3 \uff14\uff10\uff10 IU qd": [("vitamin-d3", (400, 400, "IU"), DAILY)],
    "MK-7 100 mcg every other day": [("vitamin-k2-mk7", (100, 100, "mcg"), ("1", "1", "2", "day"))],
    "Vit D 1000 IU q12h": [("vitamin-d", (1000, 1000, "IU"), ("1", "1", "12", "hour"))],
    "vitamin D3 20,000 IU every 2 weeks": [("vitamin-d3", (20000, 20000, "IU"), ("1", "1", "2", "week"))],
    "vitamin D3 60,000 IU once a month": [("vitamin-d3", (60000, 60000, "IU"), ("1", "1", "1", "month"))],
    "vitamin D3 60K IU weekly": [("vitamin-d3", (60000, 60000, "IU"), ("1", "1", "1", "week"))],
    "vitamin D3 1000 IU Mon/Wed/Fri": [("vitamin-d3", (1000, 1000, "IU"), ("3", "3", "1", "week"))],
    "vitamin D3 1,000 IU 1-2 tablets daily": [("vitamin-d3", (1000, 2000, "IU"), DAILY)],
    "vitamin D3 2000-4000 IU daily": [("vitamin-d3", (2000, 4000, "IU"), DAILY)],
    "vitamin D3 1000 IU 2 to 3 times a day": [("vitamin-d3", (1000, 1000, "IU"), ("2", "3", "1", "day"))],
    "1\u00bd tablets vitamin D3 1000 IU daily": [("vitamin-d3", (1500, 1500, "IU"), DAILY)],
    "\u00bd tablet vitamin D3 1000 IU daily": [("vitamin-d3", (500, 500, "IU"), DAILY)],
    "calcium 600 mg as needed, up to 3 times a day": [("calcium", (600, 600, "mg"), ("0", "3", "1", "day"))],
    "calcium carbonate 1250 mg (500 mg elemental) twice a day": [("calcium", (500, 500, "mg"), ("2", "2", "1", "day"))],
    "D3/K2 5000 IU/100 mcg 1 softgel per day": [
        ("vitamin-d3", (5000, 5000, "IU"), DAILY),
        ("vitamin-k2", (100, 100, "mcg"), DAILY),
    ],
    "D3: 2000 IU, K2: 100 mcg daily": [
        ("vitamin-d3", (2000, 2000, "IU"), DAILY),
        ("vitamin-k2", (100, 100, "mcg"), DAILY),
    ],
    "vitamin D3 300,000 IU single dose": [("vitamin-d3", (300000, 300000, "IU"), DAILY)],
    "alfacalcidol 0.25 mcg daily": [("alfacalcidol", (0.25, 0.25, "mcg"), DAILY)],
    "vitamin D3 2,5 mcg daily": [("vitamin-d3", (2.5, 2.5, "mcg"), DAILY)],
    "about 1000 IU vitamin D a day": [("vitamin-d", (1000, 1000, "IU"), DAILY)],
}  # fmt: skip


@pytest.mark.parametrize("line", ACCEPTED)
def test_ordinary_lines_are_read(reader: Reader, line: str) -> None:
    """The ordinary ways of writing a dose are accepted, with the amount each time and how often."""
    reading = reader.read(line)
    assert ACCEPTED[line] == [_item(item) for item in reading.items]
    assert (reading.outcome, reading.unread) == ("accept", ())


#: line: what is missing, what is unread.
ASKED = {
    "Vitamin D3 5000 IU": (("frequency",), ()),
    "D3 4000": (("unit", "frequency"), ("4000",)),
    "Vitamin D3 60K once weekly": (("unit",), ("60K",)),
    "D3 2000 IU biweekly": (("frequency",), ()),
    "D3 5000 IU, not every day": (("frequency",), ()),
    "1 calcium pill at lunch": (("amount", "unit"), ()),
    "calcium carbonate 500 mg twice a day": (("elemental",), ()),
    "Vitamin D3 100.000 IU weekly": (("amount",), ()),
    "OsteoMax 2 daily": ((), ("OsteoMax 2 daily",)),
    "Caltrax 600+D3 1 tab twice a day": (("unit",), ("Caltrax 600",)),
    "Vitamin D3 1OOO IU daily": (("unit",), ("1OOO IU",)),
    "vitamin D3 1000 IU 100 tablets daily": (("amount",), ()),
    "D 5000 IU daily": ((), ("D 5000 IU daily",)),
    "vitamin D3 5000 IU 10\u00b3 daily": ((), ("10\u00b3",)),
    "Warfarin - dose varies with INR": (("amount", "unit", "frequency"), ()),
}


@pytest.mark.parametrize("line", ASKED)
def test_what_a_line_does_not_say_is_asked(reader: Reader, line: str) -> None:
    """No unit, frequency, form or weight is assumed; what was not understood is shown."""
    reading = reader.read(line)
    missing, unread = ASKED[line]
    assert (reading.outcome, reading.missing, reading.unread) == ("ask", missing, unread)


def test_a_unit_in_which_nothing_is_given_is_refused(reader: Reader) -> None:
    """Vitamin K and magnesium have no international unit: the number cannot be used."""
    for line in ("vitamin K2 100 IU daily", "magnesium 400 IU daily"):
        reading = reader.read(line)
        assert (reading.outcome, reading.missing) == ("refuse", ("unit",))
        assert [item.amount for item in reading.items] == [None]


def test_labels_in_iu_without_a_factor_are_read_and_not_converted(reader: Reader) -> None:
    """Vitamin A and beta-carotene are sold in IU, and differ; the number is kept as it stands on the label."""
    for line, amounts in {
        "vitamin A 10,000 IU daily": ["10000 IU"],
        "beta-carotene 25,000 IU daily": ["25000 IU"],
        "vitamin A 10,000 IU and D3 400 IU daily": ["10000 IU", "400 IU"],
        "vitamin E 400 mg, D3 400 IU daily": ["400 mg", "400 IU"],
    }.items():
        reading = reader.read(line)
        assert reading.outcome == "accept"
        assert [f"{item.amount.low} {item.amount.unit}" for item in reading.items] == amounts


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("D3 1000 IU daily, 67 years old", Person(age=Decimal(67))),
        ("67 year old woman, D3 1000 IU daily", Person(age=Decimal(67), sex="female")),
        ("D3 1000 IU daily (67 years old, male)", Person(age=Decimal(67), sex="male")),
        ("I'm 67 years old. D3 1000 IU daily.", Person(age=Decimal(67))),
        ("D3 1000 IU daily, pregnant", Person(pregnant=True)),
    ],
)
def test_a_fact_about_the_person_may_stand_beside_a_dose(reader: Reader, line: str, person: Person) -> None:
    """A clause of its own is of the person, and the dose is read as it would be without it."""
    reading = reader.read(line)
    assert (reading.outcome, reading.person) == ("accept", person)
    assert [(item.amount.low, item.amount.unit) for item in reading.items] == [(1000, "IU")]


@pytest.mark.parametrize(
    "line",
    [
        "D3 400 IU daily for children 4 years old and over",
        "Kids D3 4 years old 400 IU daily",
        "D3 400 IU daily (if pregnant)",
        "D3 400 IU daily, pregnant?",
        "prenatal, pregnant & lactating",
        "my son, 4 years old, vitamin D 400 IU daily",
    ],
)
def test_a_label_or_another_person_says_nothing_about_the_person(reader: Reader, line: str) -> None:
    """For whom a label is meant, and a son's age, are not the reader's; and what was passed over is shown."""
    reading = reader.read(line)
    assert reading.person == Person()
    assert reading.outcome != "accept"
    assert reading.unread or reading.doubted


@pytest.mark.parametrize("often", ["daily", "every day", "every morning", "in the morning"])
@pytest.mark.parametrize(
    ("but", "days"),
    [
        ("Sunday", ("sun",)),
        ("Wednesday and Friday", ("wed", "fri")),
        ("Mon, Wed and Fri", ("mon", "wed", "fri")),
        ("Mon/Fri", ("mon", "fri")),
        ("Sat, Sun", ("sat", "sun")),
        ("Mon to Wed", ("mon", "tue", "wed")),
        ("Sat-Sun", ("sat", "sun")),
    ],
)
def test_every_day_but_some_leaves_out_all_of_these(
    reader: Reader, often: str, but: str, days: tuple[str, ...]
) -> None:
    """All the days after "except" are left out, and not the first alone."""
    reading = reader.read(f"warfarin 5 mg {often} except {but}")
    assert reading.outcome == "accept"
    assert [item.schedule.days for item in reading.items] == [tuple(day for day in WEEK if day not in days)]


def test_another_amount_on_the_days_left_out(reader: Reader) -> None:
    """The amount after the days is theirs."""
    for line in ("warfarin 5 mg daily except Mon and Fri 2.5 mg", "warfarin 5 mg daily except 2.5 mg Mon and Fri"):
        items = reader.read(line).items
        assert [(float(item.amount.low), item.schedule.days) for item in items] == [
            (5, ("tue", "wed", "thu", "sat", "sun")),
            (2.5, ("mon", "fri")),
        ]


@pytest.mark.parametrize(
    "line",
    ["warfarin 3 mg + 1 mg x2 daily", "warfarin 3 mg + 1 mg twice a day",
     "warfarin 5 mg plus 1 mg bid"],
)  # fmt: skip
def test_how_often_after_a_sum_may_be_of_its_last_part(reader: Reader, line: str) -> None:
    """3 mg and twice 1 mg, or twice 4 mg: nobody can tell."""
    assert reader.read(line).outcome == "ask"


def test_a_count_after_a_product_with_slashes_is_of_the_product(reader: Reader) -> None:
    """One capsule holds both; beside "D3 5000 IU, K2 100 mcg" nobody can tell of which a count is."""
    for line in ("D3/K2 5000 IU/100 mcg 2 caps daily", "D3/K2 5000IU/100mcg, 2 caps daily"):
        reading = reader.read(line)
        assert reading.outcome == "accept"
        assert [(item.amount.low, item.amount.high) for item in reading.items] == [(10000, 10000), (200, 200)]
    assert reader.read("D3 5000 IU, K2 100 mcg, 2 caps daily").outcome == "ask"


@pytest.mark.parametrize("day", ["4th", "15th", "1st", "22nd"])
def test_a_day_of_the_month_is_no_thursday_and_no_count(reader: Reader, day: str) -> None:
    """It is shown as not understood: the day of a month says nothing about how often."""
    reading = reader.read(f"warfarin 5 mg on the {day}")
    assert (reading.outcome, reading.missing, reading.unread) == ("ask", ("frequency",), (day,))


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("om + on", Decimal("0.5")),
        ("om & on", Decimal("0.5")),
        ("om and on", Decimal("0.5")),
        ("every 3rd day", 3),
        ("every 2nd day", 2),
        ("once a fortnight", 14),
        ("once in two weeks", 14),
    ],
)
def test_an_interval_in_words(reader: Reader, said: str, days: int) -> None:
    """An ordinal that belongs to how often stays so."""
    (item,) = reader.read(f"vitamin D3 1000 IU {said}").items
    assert item.schedule.period_days / item.schedule.times[0] == days


def test_both_is_of_two_names_and_not_of_tablets(reader: Reader) -> None:
    """How many "both 2 mg tablets" are is not said; "D3 and K2, both daily" is."""
    assert reader.read("warfarin both 2 mg tablets daily").unread == ("both",)
    for line in ("D3 1000 IU and K2 100 mcg, both daily", "both D3 1000 IU and K2 100 mcg daily"):
        assert reader.read(line).outcome == "accept"


def test_a_second_on_after_except_leaves_open_what_is_left_out(reader: Reader) -> None:
    """On Sunday nothing, or 2.5 mg as on Monday."""
    for line in (
        "warfarin 5 mg daily except Sunday and on Monday 2.5 mg",
        "warfarin 5 mg daily except Sun, on Mon 2.5 mg",
    ):
        assert reader.read(line).outcome == "ask"
    assert reader.read("warfarin 5 mg daily, except on Mondays and Fridays").outcome == "accept"


@pytest.mark.parametrize(
    ("line", "substances"),
    [
        ("atorvastatin, calcium", ["atorvastatin", "calcium"]),
        ("losartan, potassium", ["losartan", "potassium"]),
        ("L-methylfolate, calcium", ["folic-acid", "calcium"]),
        ("atorvastatin calcium", ["atorvastatin"]),
        ("vitamin D, cholecalciferol", ["vitamin-d3"]),
    ],
)
def test_a_comma_makes_a_list_of_two_names(reader: Reader, line: str, substances: list[str]) -> None:
    """The calcium after a comma is calcium, and not the salt of the medicine before it."""
    assert [item.substance for item in reader.read(line).items] == substances


def test_a_list_of_two_names_keeps_both_conditions(reader: Reader) -> None:
    """High calcium must not vanish in "high calcium milk"."""
    reading = reader.read("high calcium, milk")
    assert (reading.conditions, reading.foods) == (("high-blood-calcium",), ("dairy",))


def test_a_blood_level_without_a_test_of_ours_leaves_its_name_open(reader: Reader) -> None:
    """It may be a level, and it may be a product with a misprinted unit: it is neither taken nor ruled out."""
    reading = reader.read("iron 12 umol/L, warfarin 5 mg daily")
    assert ([item.substance for item in reading.items], reading.doubted) == (["warfarin"], ("iron",))
    assert reader.read("vitamin K1 10 ng/mL").doubted == ("vitamin-k1",)


def test_what_was_and_is_now_keeps_what_else_is_said(reader: Reader) -> None:
    """The condition for which it is taken stays, whatever becomes of the two amounts."""
    assert reader.read("was on D3 10,000 IU, now 2,000 IU daily").items[0].amount.low == 2000
    reading = reader.read("was on D3 10,000 IU for sarcoidosis, now 2,000 IU daily")
    assert "sarcoidosis" in (*reading.conditions, *reading.doubted)
    assert reading.outcome == "ask"


def test_then_at_the_start_leaves_open_what_came_before(reader: Reader) -> None:
    """The first steps stand on another line; this one alone is not the dose."""
    reading = reader.read("then Tue D3 2000 IU")
    assert (reading.outcome, [item.is_taken for item in reading.items]) == ("ask", [False])


def test_two_amounts_that_disagree_are_refused(reader: Reader) -> None:
    """5,000 IU is 125 mcg; a label that says 100 mcg beside it was misread or misprinted."""
    reading = reader.read("vitamin D3 5000 IU (100 mcg) daily")
    assert reading.outcome == "refuse"
    assert [item.amount for item in reading.items] == [None]


IGNORED = ["kidney stones", "natto", "age 67", "INR 2.5", "no other medicines", "stopped warfarin in May",
           "no kidney stones", "female", "25-OH-D 40 ng/mL"]  # fmt: skip


@pytest.mark.parametrize("line", IGNORED)
def test_what_is_no_dose_gives_no_item(reader: Reader, line: str) -> None:
    """Conditions, foods, lab values and facts about the person are noted, not counted as taken."""
    reading = reader.read(line)
    assert (reading.outcome, reading.items, reading.unread) == ("ignore", (), ())


def test_statements_are_noted(reader: Reader) -> None:
    """What is said about the person is kept."""
    readings = reader.read_all(
        ["67 years old", "kidney stones", "natto", "INR 2.5", "no other medicines", "not on warfarin"]
    )
    assert readings[0].person.age == 67
    assert readings[1].conditions == ("kidney-stones",)
    assert readings[2].foods == ("natto",)
    assert [(lab.id, lab.value) for lab in readings[3].labs] == [("inr", Decimal("2.5"))]
    assert readings[4].closed.medicines
    assert readings[5].denied == ("warfarin",)
    assert reader.read("6 months old").person.age == Decimal("0.5")


def test_lab_values_come_in_both_unit_systems(reader: Reader) -> None:
    """100 nmol/L of 25-OH-D is 40 ng/mL."""
    one, two = reader.read("25-OH-D 40 ng/mL").labs[0], reader.read("25-OH-D 100 nmol/L").labs[0]
    assert one.value == two.value == 40


def test_a_blood_level_is_no_dose(reader: Reader) -> None:
    """A concentration beside the name of a vitamin is a lab value: noted where one test is meant, else asked about."""
    noted = reader.read("vitamin D 40 ng/mL")
    assert (noted.outcome, noted.items, [(lab.id, lab.value) for lab in noted.labs]) == (
        "ignore",
        (),
        [("25-oh-d", 40)],
    )
    for line in ("calcium 9.4 mg/dL", "Calcium, total: 9.4 mg/dL (8.5-10.2)", "total calcium 9.4 mg/dL"):
        assert [(lab.id, float(lab.value)) for lab in reader.read(line).labs] == [("calcium-blood", 9.4)], line
    asked = reader.read("calcium 5.1 mg/dL")  # total or ionised
    assert asked.outcome == "ask"
    assert not asked.labs
    assert all(item.amount is None for item in asked.items)


@pytest.mark.parametrize(
    ("line", "a_day"),
    [("Coumadin 5 mg x1 + 1 mg x2 daily", 7), ("warfarin 3 mg x2 + 0.5 mg x1 daily", 6.5),
     ("warfarin one 3mg tab + one 500 microgram tab OD", 3.5), ("warfarin two 2 mg tablets plus one 1 mg tablet daily", 5)],
)  # fmt: skip
def test_several_strengths_each_with_its_count_are_one_dose(reader: Reader, line: str, a_day: float) -> None:
    """Whether together or apart: the amount a day is the same."""
    reading = reader.read(line)
    (item,) = reading.items
    assert reading.outcome == "accept"
    assert item.amount is not None
    assert item.schedule is not None
    assert float(item.amount.low) == float(item.amount.high or 0) == a_day
    assert item.schedule.times_per_day() == (1, 1)


def test_a_name_in_a_list_before_a_blood_level_is_still_taken(reader: Reader) -> None:
    """Calcium that is taken is not the calcium that was measured."""
    reading = reader.read("K2 100 mcg daily, calcium, blood calcium level 9.4 mg/dL")
    assert [item.substance for item in reading.items] == ["vitamin-k2", "calcium"]
    assert reading.outcome == "ask"


@pytest.mark.parametrize(
    ("line", "stopped"),
    [("Vitamin D3 stopped, K2 too", ("vitamin-d3", "vitamin-k2")),
     ("Vitamine D arrêtée en mars, magnésium aussi", ("vitamin-d", "magnesium")),
     ("stopped warfarin, taking apixaban too", ()), ("stopped warfarin, apixaban 5 mg daily too", ()),
     ("stopped warfarin, on K2 too", ())],
)  # fmt: skip
def test_too_repeats_what_was_said_before(reader: Reader, line: str, stopped: tuple[str, ...]) -> None:
    """And only that: what is taken too has not ended."""
    assert reader.read(line).stopped == stopped


@pytest.mark.parametrize(
    ("line", "is_nothing_taken"),
    [("Vitamin K2: 20 % off this week, 90 capsules per bottle", True), ("K2 drops are 3,95 € for 10 ml", True),
     ("I bought K2 for $12", False), ("warfarin 5 mg daily, costs $4", False), ("my warfarin costs 4 €", False)],
)  # fmt: skip
def test_a_price_is_no_dose(reader: Reader, line: str, is_nothing_taken: bool) -> None:
    """What a shop says is about nobody; what somebody paid may be taken."""
    assert (reader.read(line).outcome == "ignore") is is_nothing_taken


@pytest.mark.parametrize(
    ("line", "counted"),
    [("my husband is on Eliquis 5 mg twice a day, I'm not", False), ("Grandad was on warfarin 5 mg until he died", False),
     ("my husband and I take Eliquis 5 mg twice a day", True), ("my husband takes Eliquis, I take warfarin", True)],
)  # fmt: skip
def test_what_somebody_else_takes(reader: Reader, line: str, counted: bool) -> None:
    """It is counted for nobody; where the person speaks of themselves, they are asked."""
    reading = reader.read(line)
    assert (reading.outcome == "ask") is counted
    assert bool(reading.items) is counted


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("D3 1.000-2.000 IE täglich", 1000, 2000),
        ("calcium 1.000-1.200 mg al giorno", 1000, 1200),
        ("D3 1000 or 2000 IU daily", 1000, 2000),
    ],
)
def test_a_range_with_points_in_both_numbers(reader: Reader, line: str, low: float, high: float) -> None:
    """Both points part thousands, or none does."""
    reading = reader.read(line)
    assert reading.outcome == "accept"
    amount = reading.items[0].amount
    assert amount is not None
    assert (float(amount.low), float(amount.high or 0)) == (low, high)


@pytest.mark.parametrize("line", ["magnesium 1.000-2.000 mg daily", "D3 1.000 or 2.000 IE daily"])
def test_a_range_with_points_is_asked_about_where_both_meanings_are_possible(reader: Reader, line: str) -> None:
    """Nothing is assumed."""
    assert reader.read(line).outcome == "ask"


@pytest.mark.parametrize(
    ("line", "substance", "salt"),
    [("Calciumcarbonat 1250 mg 1-0-1", "calcium", "carbonat"), ("Magnesiumcitrat 400 mg abends", "magnesium", "citrat"),
     ("magnesiumoxide 500 mg daags", "magnesium", "oxide")],
)  # fmt: skip
def test_a_mineral_and_its_salt_in_one_word(reader: Reader, line: str, substance: str, salt: str) -> None:
    """As German and Dutch write them: which weight is meant is asked."""
    reading = reader.read(line)
    assert [(item.substance, item.salt) for item in reading.items] == [(substance, salt)]
    assert (reading.outcome, reading.missing) == ("ask", ("elemental",))


def test_on_at_the_end_is_at_night(reader: Reader) -> None:
    """Omni nocte; before a word it is the English "on"."""
    assert reader.read("vit B6 50 mg on").items[0].schedule is not None
    assert reader.read("Calcichew-D3 Forte 1 tab ON").outcome == "accept"
    assert [item.schedule.days for item in reader.read("warfarin 5 mg on Monday").items if item.schedule] == [("mon",)]


def test_four_figures_after_a_plain_letter(reader: Reader) -> None:
    """No vitamin is called D1: "D 1 000" is a thousand; "D 3 000" may be vitamin D3."""
    assert float(reader.read("Vitamine D 1 000 UI par jour").items[0].amount.low) == 1000
    assert reader.read("vitamin D 3 000 IU daily").outcome == "ask"


@pytest.mark.parametrize("line", ["allergic to warfarin", "allergic to sulfa", "my husband takes warfarin 5 mg daily"])
def test_what_is_not_taken_by_the_person_is_no_dose(reader: Reader, line: str) -> None:
    """An allergy, and what somebody else takes, are noted as such and counted nowhere."""
    reading = reader.read(line)
    assert (reading.outcome, reading.items, reading.denied, reading.unread) == ("ignore", (), (), ())
    assert reading.reason


@pytest.mark.parametrize(
    "line",
    ["my wife takes warfarin and so do I", "allergic to penicillin, taking warfarin", "my son's D3, I take it too"],
)
def test_what_the_person_takes_as_well_is_not_passed_over(reader: Reader, line: str) -> None:
    """Where the line brings the person in, it is asked."""
    assert reader.read(line).outcome == "ask"


@pytest.mark.parametrize(
    "line", ["vitamin D3 5000 IU daily unless I forget", "vitamin D3 5000 IU daily?", "kidney stones, not anymore"]
)
def test_turned_statements_leave_it_open(reader: Reader, line: str) -> None:
    """Unless, if, allergic to: whether it is taken is not certain, and a condition is not noted as present."""
    reading = reader.read(line)
    assert reading.outcome == "ask"
    assert not any(item.is_taken for item in reading.items)
    assert reading.conditions == ()


def test_a_time_alone_is_once_a_day_and_two_times_are_two(reader: Reader) -> None:
    """ "In the morning" is read as once a day and said back; "morning and evening" as twice."""
    assert _schedule(reader.read("vitamin D3 1000 IU in the morning").items[0].schedule) == DAILY
    assert _schedule(reader.read("calcium 500 mg morning and evening").items[0].schedule) == (
        "2",
        "2",
        "1",
        "day",
    )


@pytest.mark.parametrize(
    "text, expected",
    [("5,000", ["5000"]), ("2,5", ["2.5"]), ("20.000", ["20.000", "20000"]), ("0.250", ["0.250"]), ("0,250", ["0.250"]),
     ("1.000.000", ["1000000"]), ("1,234.5", ["1234.5"]), ("1.234,5", ["1234.5"]), ("1'000", ["1000"]), ("1.2.3", []),
     (".5", ["0.5"]), ("12,34", ["12.34"]), ("1,23,456", ["123456"]), ("3,00,000", ["300000"]), ("12,34,5", [])],
)  # fmt: skip
def test_numbers_mean_what_they_may_mean(text: str, expected: list[str]) -> None:
    """A point before three figures may part thousands or decimals; a comma there parts thousands."""
    assert [Decimal(one) for one in expected] == list(numbers(text))


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_none_of_it_is_lost(reader: Reader, text: str) -> None:
    """Whatever is typed: a reading comes out, and every visible character belongs to a token."""
    reading = reader.read(text)
    assert isinstance(reading, Reading)
    covered = {place for token in tokenise(text) for place in range(token.start, token.end)}
    visible = {place for place, char in enumerate(text) if not char.isspace() and char not in INVISIBLE}
    import unicodedata

    vanishing = {place for place in visible if not unicodedata.normalize("NFKC", text[place]).strip()}
    assert visible - covered <= vanishing


WORDS = st.sampled_from(
    [
        "vitamin",
        "d3",
        "d2",
        "k2",
        "mk-7",
        "mcg",
        "mg",
        "iu",
        "5",
        "100",
        "5000",
        "2,5",
        "20.000",
        "daily",
        "weekly",
        "twice",
        "a",
        "day",
        "week",
        "every",
        "other",
        "tablet",
        "1-2",
        "warfarin",
        "with",
        "breakfast",
        "(",
        ")",
        "/",
        "+",
        ",",
        "not",
        "stopped",
        "no",
        "kidney",
        "stones",
        "calcium",
        "carbonate",
        "elemental",
        "age",
        "67",
        "zzz",
        "osteomax",
        "for",
        "8",
        "x",
        "max",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_an_accepted_line_has_everything(reader: Reader, line: str) -> None:
    """Accepted means: nothing unread, nothing missing, and each item has its amount and how often."""
    reading = reader.read(line)
    if reading.outcome == "accept":
        assert not reading.unread
        assert not reading.missing
        assert all(item.amount and item.schedule and item.is_taken for item in reading.items)
    assert all(piece in line for piece in reading.unread)


@given(st.integers(1, 20), st.sampled_from(["daily", "twice a day", "every other day", "weekly"]))
def test_names_of_one_thing_are_read_alike(reader: Reader, thousands: int, often: str) -> None:
    """Aliases, case and bracketed repetitions do not change what is understood."""
    first, *others = [
        [
            (item.substance, item.amount, item.schedule)
            for item in reader.read(f"{name} {thousands},000 IU {often}").items
        ]
        for name in (
            "vitamin D3",
            "VIT D3",
            "cholecalciferol",
            "Vitamin D3 (cholecalciferol)",
            "colecalciferol",
            "D3",
        )
    ]
    assert all(first == other for other in others)


@pytest.mark.parametrize(
    ("said", "times", "with_food"),
    [
        ("after breakfast", 1, True),
        ("before breakfast", 1, False),
        ("after lunch and after dinner", 2, True),
        ("with breakfast + after dinner", 2, True),
        ("after breakfast, at lunch and after dinner", 3, True),
        ("before breakfast and before dinner", 2, False),
        ("before breakfast and with dinner", 2, None),
        ("vor dem Frühstück und nach dem Abendessen", 2, None),
        ("avant le petit déjeuner", 1, False),
    ],
)
def test_each_meal_is_a_time_of_day(reader: Reader, said: str, times: int, with_food: bool | None) -> None:
    """A meal counts before it, with it and after it; food is left open where the line says both."""
    (item,) = reader.read(f"calcium 500 mg {said}").items
    assert (item.schedule, item.with_food) == (Schedule((Decimal(times), Decimal(times))), with_food)


#: Ways to say a time of day, each of them a different one.
TIMES = (("in the morning", "am", "with breakfast", "before breakfast"), ("at noon", "after lunch", "with lunch"),
         ("in the evening", "with dinner", "after dinner"), ("at bedtime", "before bed"))  # fmt: skip


@given(st.data())
def test_a_list_of_times_counts_each_of_them(reader: Reader, data: st.DataObject) -> None:
    """However the times of a day are joined: as many doses as times, or a question."""
    chosen = data.draw(st.lists(st.sampled_from(TIMES), min_size=1, max_size=4, unique=True))
    said = [data.draw(st.sampled_from(ways)) for ways in chosen]
    line = "calcium 500 mg " + data.draw(st.sampled_from([" and ", ", ", " & ", " + ", " / "])).join(said)
    reading = reader.read(line)
    if reading.outcome == "accept":
        assert [item.schedule.times for item in reading.items] == [(len(said), len(said))], line


@pytest.mark.parametrize(
    ("line", "amount"),
    [("vitamin D three five thousand units daily", "5000 IU"), ("fifty thousand units of vitamin D2 once a week", "50000 IU"),
     ("warfarin two point five milligrams daily", "2.5 mg"), ("magnesium one hundred and eighty milligrams daily", "180 mg"),
     ("vitamin K two M K seven one hundred eighty micrograms daily", "180 mcg"), ("calcium fifteen hundred mg daily", "1500 mg"),
     ("take two five hundred milligram calcium tablets daily", "1000 mg"), ("calcium twenty-five milligrams daily", "25 mg"),
     ("calcium one thousand two hundred and fifty mg daily", "1250 mg")],
)  # fmt: skip
def test_numbers_in_words(reader: Reader, line: str, amount: str) -> None:
    """As a dictated line has them."""
    (item,) = reader.read(line).items
    assert item.amount is not None
    assert (item.amount.low, item.amount.unit) == (Decimal(amount.split()[0]), amount.split()[1])


@pytest.mark.parametrize(
    "line",
    ["vitamin D three thousand units daily", "vitamin K two hundred micrograms daily", "calcium two fifty milligrams daily",
     "calcium one twenty five mg daily", "vitamin D two thousand units daily"],
)  # fmt: skip
def test_numbers_in_words_with_two_meanings(reader: Reader, line: str) -> None:
    """Vitamin D3 or three thousand, 250 or twice 50: asked about."""
    assert reader.read(line).outcome == "ask"


@pytest.mark.parametrize(
    "line",
    ["Vitamin D3 2000 IU softgel, take one daily LOT 4F2291 EXP 08/26", "Vitamin D3 2000 IU (250% DV), 1 daily",
     "Rx 6603412 Vitamin D3 2000 IU 1 tablet daily QTY 30 REFILLS 2", "Vitamin D3 2000 IU tablets x 365 (1 year supply) - 1 a day"],
)  # fmt: skip
def test_what_else_a_label_prints_is_no_dose(reader: Reader, line: str) -> None:
    """Lots, dates, article numbers, shares of a daily value and how many a package holds."""
    reading = reader.read(line)
    (item,) = reading.items
    assert reading.outcome == "accept"
    assert item.amount is not None
    assert item.schedule is not None
    assert (item.amount.low, item.schedule.times_per_day()) == (2000, (1, 1))


def test_what_a_food_holds_is_not_counted(reader: Reader) -> None:
    """The calcium of a glass of milk is asked about, where the line gives it."""
    assert reader.read("glass of milk (300 mg calcium) with dinner").outcome == "ask"


def test_tablets_are_no_servings(reader: Reader) -> None:
    """An amount for a serving says nothing of one tablet."""
    assert reader.read("Calcium 1000 mg per serving, 2 tablets a day").outcome == "ask"
    assert reader.read("Calcium 1000 mg per serving, 2 servings a day").outcome == "accept"


def test_a_ceiling_in_another_unit(reader: Reader) -> None:
    """At most 2 g of 500 mg each is 2,000 mg."""
    (item,) = reader.read("Vitamin C 500 mg as needed, no more than 2 g in 24 hours").items
    assert item.schedule is not None
    assert item.schedule.max_per_day == 2000


def test_whose_list_it_is(reader: Reader) -> None:
    """A name of somebody before a colon may say that the list is theirs: asked about, and never passed over."""
    assert reader.read("Grandad: Warfarin 2.5 mg nocte").outcome == "ask"


@pytest.mark.parametrize(
    "line",
    ["recheck INR in 2 weeks", "eGFR in 3 months", "INR May 5", "TSH in 6 weeks", "INR appointment May 3", "INR visit 5",
     "INR 2.5 is my goal", "vitamin D 40 ng/mL target", "eGFR up to 60", "INR over 8 last year", "INR 8 last year", "INR 8 in 2015",
     "his INR is 5", "her vitamin D 18 ng/mL"],
)  # fmt: skip
def test_what_is_no_value_of_today_is_none(reader: Reader, line: str) -> None:
    """When a test is due, what is aimed at, a value of long ago, and somebody else's value."""
    assert reader.read(line).labs == ()


@pytest.mark.parametrize(
    "line", ["INR test: 5.8", "INR blood test 5.8", "INR 5.8, goal 2-3", "INR 5.8 recheck in 1 week"]
)
def test_a_value_is_kept_whatever_stands_around_it(reader: Reader, line: str) -> None:
    """What calls it a test, what is aimed at, when it is due next."""
    assert [lab.value for lab in reader.read(line).labs] == [Decimal("5.8")]


@pytest.mark.parametrize("line", ["eGFR test 25", "eGFR up to 60", "INR 2.5 is my goal"])
def test_a_test_that_is_spoken_of_leaves_open_what_its_value_is(ruleset: RuleSet, reader: Reader, line: str) -> None:
    """Never as if there were none: a rule about it cannot be told."""
    reading = reader.read(line)
    assert reading.outcome == "ask"
    name = "lab.egfr_said" if "eGFR" in line else "lab.inr_said"
    assert facts_of(Regimen((reading,)), ruleset.vocabulary).truths[name].is_unknown


@pytest.mark.parametrize(
    "line",
    ["no kale; spinach", "no dialysis; CKD stage 4", "no angina; heart attack", "not on dialysis", "no milk", "no TIA"],
)
def test_denying_a_part_does_not_deny_the_whole(reader: Reader, line: str) -> None:
    """Who eats no kale may eat spinach."""
    assert reader.read(line).denied == ()


@pytest.mark.parametrize(
    "line",
    ["osteoporosis, no meds", "warfarin 5 mg daily, nothing else for my heart", "no meds for blood pressure",
     "levothyroxine 100 mcg in the morning, nothing else before breakfast", "no meds since Monday"],
)  # fmt: skip
def test_a_list_is_complete_only_as_a_whole(reader: Reader, line: str) -> None:
    """ "Nothing else before breakfast" says nothing of the evening."""
    assert not any(reader.read(line).closed)


def test_names_that_mean_only_a_part_are_recognised(reader: Reader) -> None:
    """Only their denial is not that of the whole."""
    assert reader.read("CKD stage 4").conditions == ("severe-kidney-disease",)
    assert reader.read("kale").foods == ("leafy-greens",)
    assert reader.read("no kidney stones").denied == ("kidney-stones",)


@pytest.mark.parametrize(
    ("line", "moments"),
    [
        ("D3 5000 IU daily with breakfast", [("morning",)]),
        ("warfarin 5 mg 1-0-1", [("morning", "evening")]),
        ("warfarin 5 mg 1-0-2 tablets", [("morning",), ("evening",)]),
        ("warfarin 5 mg 0-0-0-1", [("night",)]),
        ("warfarin 5 mg morning, 2.5 mg evening", [("morning",), ("evening",)]),
        ("calcium 500 mg twice a day with lunch and dinner", [("noon", "evening")]),
        ("D3 1000 IU at 8 am and 8 pm", [("morning", "evening")]),
        ("D3 1000 IU at 22:00", [("night",)]),
        ("K2 MK-7 100 mcg hs", [("night",)]),
        ("D3 50000 IU once a week on Sunday morning", [("morning",)]),
        ("D3 1000 IU at 8", [()]),
        ("D3 1000 IU twice a day", [()]),
    ],
)
def test_times_of_day_are_kept_where_they_are_said(reader: Reader, line: str, moments: list[tuple[str, ...]]) -> None:
    """For a page with a column for each; an hour that may be of the morning or of the evening is none."""
    assert [item.moments for item in reader.read(line).items] == moments


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("chronic kidney disease stage 4", "severe-kidney-disease"),
        ("stage 5 chronic kidney disease", "severe-kidney-disease"),
        ("kidney disease stage 3b", "kidney-disease"),
        ("chronic kidney disease stage 2", "kidney-disease"),
    ],
)
def test_a_stage_of_kidney_disease_is_understood(reader: Reader, line: str, condition: str) -> None:
    """Stage 4 and 5 are severe, however they are written; nothing of the line is left over."""
    reading = reader.read(line)
    assert (reading.conditions, reading.unread) == ((condition,), ())


def test_three_in_the_morning_or_at_three(reader: Reader) -> None:
    """ "3 am 3 pm" are hours, or how many: it is asked about. "1 am, 2 pm" can only be how many."""
    assert reader.read("copper 2 mg 3 am 3 pm").outcome == "ask"
    assert reader.read("calcium 500 mg 1 am, 2 pm").outcome == "accept"


@pytest.mark.parametrize(
    "line",
    [
        "iron 65 mg 4 hours after breakfast",
        "vitamin E 200 IU morning or evening",
        "D3 5000 IU in the morning, not at night",
    ],
)
def test_a_time_of_day_that_is_not_certain_is_none(reader: Reader, line: str) -> None:
    """A page must not show breakfast for what is taken four hours after it."""
    assert all(item.moments == () for item in reader.read(line).items)


@pytest.mark.parametrize("line", ["0 times a day", "x0 daily", "0x/day", "max 0 times a day", "as needed, max 0 a day", "daily, max 0 mg a day", "daily, max 0 IU a day", "0-0 times a day"])  # fmt: skip
def test_a_dose_of_zero_times_is_asked_about(reader: Reader, line: str) -> None:
    """It would weigh nothing, and 50,000 IU of it would be below every limit."""
    reading = reader.read(f"vitamin D3 50000 IU {line}")
    assert reading.outcome == "ask"
    assert all(item.schedule is None or item.schedule.times[1] != 0 for item in reading.items)
    assert all(item.schedule is None or item.schedule.max_per_day != 0 for item in reading.items)


@pytest.mark.parametrize("line", ["INR 0", "INR 0.0", "eGFR 0", "25-OH-D 0 ng/mL", "25-OH-D 0 nmol/L"])
def test_a_blood_value_of_zero_is_none(reader: Reader, line: str) -> None:
    """No test gives it of somebody who lives: it stands for a value that is not there, and is open."""
    reading = reader.read(line)
    assert (reading.outcome, reading.labs) == ("ask", ())
    assert reading.doubted


@pytest.mark.parametrize("line", ["age 1e3", "age 67x", "age 45kg", "age 5ft", "I am 150", "I'm 999"])
def test_a_number_with_something_behind_it_is_no_age(reader: Reader, line: str) -> None:
    """Rules for a child of one year are not for somebody whose age was written in another way."""
    reading = reader.read(line)
    assert reading.outcome == "ask"
    assert reading.person.age is None


@pytest.mark.parametrize("line", ["age 67", "67yo", "age: 67y", "I am 67", "I'm 67.", "67 years old"])
def test_an_age_is_one(reader: Reader, line: str) -> None:
    """However it is written."""
    assert reader.read(line).person.age == 67


@pytest.mark.parametrize(
    ("line", "outcome", "doubted"),
    [
        ("#1 warfarin 5 mg daily", "accept", ()),
        ("#2) MK-7 100 mcg daily", "accept", ()),
        ("# warfarin", "ask", ("warfarin",)),
        ("#warfarin 5 mg daily", "ask", ("warfarin",)),
        ("# stopped warfarin in May", "ask", ("warfarin",)),
        ("# Xyzol 5 mg daily", "ask", ()),
        ("# my list, May", "ignore", ()),
    ],
)
def test_a_number_sign_never_hides_what_is_taken(
    reader: Reader, line: str, outcome: str, doubted: tuple[str, ...]
) -> None:
    """A number in a list is no comment; what a comment names may be taken. The line is kept as it was entered."""
    (reading,) = reader.read_all([line])
    assert (reading.text, reading.outcome, reading.doubted) == (line, outcome, doubted)


def test_a_number_sign_inside_a_line_stays(reader: Reader) -> None:
    """How many were dispensed is no number of a list."""
    line = "D3 2000 IU QD #30 refills 3"
    assert reader.read_all([line]) == (reader.read(line),)


@pytest.mark.parametrize(
    "line",
    ["I don't take K2 anymore", "no K2 any more", "not on K2 any longer", "kein K2 mehr", "ich nehme kein Vitamin K2 mehr",
     "Vitamin K2 letzte Woche abgesetzt", "ich habe K2 gestern abgesetzt", "je ne prends plus de vitamine K2",
     "J'ai arrêté la vitamine K2 la semaine dernière"],
)  # fmt: skip
def test_what_is_taken_no_more_was_stopped(ruleset: RuleSet, reader: Reader, line: str) -> None:
    """It was taken before: the rule about a vitamin K that was dropped beside warfarin must hear of it."""
    reading = reader.read(line)
    assert (reading.stopped, reading.denied) == (("vitamin-k2",), ())
    assert facts_of(Regimen((reading,)), ruleset.vocabulary).truths["vitamin_k.stopped"].is_true


def test_a_plain_no_is_no_end(ruleset: RuleSet, reader: Reader) -> None:
    """Who does not take K2 has not stopped it."""
    reading = reader.read("I don't take K2")
    assert (reading.stopped, reading.denied) == ((), ("vitamin-k2",))
    assert facts_of(Regimen((reading,)), ruleset.vocabulary).truths["vitamin_k.stopped"].is_false


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("D3 1000 IU daily; K2 100 mcg daily", ["D3 1000 IU daily", " K2 100 mcg daily"]),
        ("D3;2000;IU;qd", ["D3;2000;IU;qd"]),
        ("D3;2000 IU;qd", ["D3;2000 IU;qd"]),
        ('"Calcium";"600";"mg";"bid"', ['"Calcium";"600";"mg";"bid"']),
        ("D3;25;µg", ["D3;25;µg"]),
        ("warfarin; 2 tablets; 5 mg daily", ["warfarin", " 2 tablets", " 5 mg daily"]),
        ("INR; 2.5; daily", ["INR", " 2.5", " daily"]),
        ("25-OH-D; 30 ng/mL; D3 1000 IU daily", ["25-OH-D", " 30 ng/mL", " D3 1000 IU daily"]),
        ("warfarin 5 mg; D3;2000 IU;daily", ["warfarin 5 mg", " D3;2000 IU;daily"]),
        ("D3;2000 IU;daily;allergic to nuts", ["D3;2000 IU;daily", "allergic to nuts"]),
        ("D3;2000 IU;daily;is K2 okay?", ["D3;2000 IU;daily", "is K2 okay?"]),
        ("D3;2000 IU;daily;age 67", ["D3;2000 IU;daily", "age 67"]),
        ("D3;2000 IU;daily;zorblax", ["D3;2000 IU;daily", "zorblax"]),
        ("K2;100;mcg;daily; D3;2000;IU;qd;", ["K2;100;mcg;daily", " D3;2000;IU;qd;"]),
        ("warfarin; D3; 2000 IU; daily", ["warfarin", " D3; 2000 IU; daily"]),
        ("zorblax;5;mg;daily", ["zorblax;5;mg;daily"]),
    ],
)
def test_a_row_of_cells_is_one_item(reader: Reader, text: str, items: list[str]) -> None:
    """Only where the other cells tell nothing but the dose of the first; all else that semicolons part is apart."""
    assert reader.items_of(text) == items


_ALL_DAYS = "warfarin: on those days, is it taken in place of the daily dose, or as well?"
_D3 = "vitamin D3: on those days, is it taken in place of the daily dose, or as well?"


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        (["Warfarin 5mg daily", "Warfarin 2.5mg Sunday"], {1: _ALL_DAYS}),
        (["warfarin 2.5 mg sonntags", "D3 1000 IU daily", "Coumadin 5 mg daily"], {0: _ALL_DAYS}),
        (["D3 1000 IU daily", "D3 2000 IU Sundays"], {1: _D3}),
        (["D3 1000 IU daily", "D3 50000 IU Sundays"], {}),
        (["calcium 600 mg + D3 400 IU daily", "D3 5000 IU Sundays"], {}),
        (["warfarin 5 mg Mon-Sat", "warfarin 2.5 mg Sunday"], {}),
        (["stopped warfarin in May", "warfarin 2.5 mg Sunday"], {}),
        (["alendronate 70 mg daily", "alendronate 70 mg Sunday"], {}),
    ],
)
def test_a_dose_of_some_days_below_one_of_each_day_is_asked_about(
    reader: Reader, lines: list[str], asked: dict[int, str]
) -> None:
    """It may be taken in place of the daily dose, or as well; nothing is added without that question."""
    readings = reader.read_list(lines)
    assert {place: one.questions[-1] for place, one in enumerate(readings) if "place of" in one.reason} == asked
    assert all(readings[place].outcome == "ask" and readings[place].items for place in asked)
    assert [one.items for one in readings] == [one.items for one in reader.read_all(lines)]


@pytest.mark.parametrize(
    ("key", "word", "line"),
    [
        ("goes_on", "fortsätter", "stopped calcium, fortsätter D3 1000 IU daily"),
        ("order", "sluta", "sluta calcium, continue D3 1000 IU daily"),
        ("held_behind", "uppehåll", "calcium uppehåll, continue D3 1000 IU daily"),
        ("declined", "avböjer ... helt", "avböjer calcium helt, continue D3 1000 IU daily"),
    ],
)
def test_the_words_of_how_a_thing_stands_are_those_of_the_vocabulary(
    ruleset: RuleSet, reader: Reader, key: str, word: str, line: str
) -> None:
    """A word of another language is added in writing.toml, and a line with it is understood."""
    writing = ruleset.vocabulary.writing
    standing = {**writing["standing"], key: [*writing["standing"][key], word]}
    taught = Reader(replace(ruleset.vocabulary, writing={**writing, "standing": standing})).read(line)
    assert reader.read(line).outcome == "ask"
    assert taught.outcome == "accept"
    assert [_item(item) for item in taught.items] == [("vitamin-d3", (1000.0, 1000.0, "IU"), DAILY)]
    assert {*taught.stopped, *taught.denied} == {"calcium"}


@pytest.mark.parametrize(
    "lines, age",
    [
        (["vitamin D3 400 IU daily", "baby 4 months"], "4"),
        (["baby 4 months", "vitamin K1 drops 25 mcg daily", "D3 400 IU daily"], "4"),
        (["6-week-old infant.", "no other medicines", "vitamin D 400 IU daily"], "1.3846"),
        (["warfarin 5 mg daily", "baby 4 months"], None),
        (["baby 4 months", "calcium 500 mg daily", "D3 4000 IU daily"], None),
        (["breastfeeding", "baby 4 months", "D3 4000 IU daily"], None),
        (["osteoporosis", "baby 4 months", "D3 4000 IU daily"], None),
        (["baby 4 months", "D3 400 IU daily", "wurzelsaft daily"], None),
        (["baby 4 months", "baby 6 weeks", "D3 400 IU daily"], None),
        (["baby 4 months"], None),
    ],
)
def test_the_age_of_a_baby_is_that_of_a_list_of_its_drops_alone(
    reader: Reader, lines: list[str], age: str | None
) -> None:
    """A mother's list may tell the age of her baby, too: then it is asked whose it is, and no age is taken from it."""
    readings = reader.read_list(lines)
    told = [reading.person.age for reading in readings if reading.person.age is not None]
    assert [round(one * 12, 4) for one in told] == ([Decimal(age)] if age else [])
    babies = [reading for reading in readings if "baby" in reading.text or "infant" in reading.text]
    assert all((reading.outcome == "ask") == (age is None) for reading in babies)
    assert all(reading.reason for reading in babies)
    assert [reading.text for reading in readings] == lines


_DOSE, _OTHER = "warfarin 5 mg daily", "calcium 600 mg daily"


@pytest.mark.parametrize(
    "lines, left_open",
    [
        (["STOP taking these medications:", _DOSE, "CONTINUE taking:", _OTHER], {1}),
        (["Stopped:", _DOSE, "aspirin", _OTHER], {1, 2, 3}),
        (["Discontinued medications", _DOSE, "Current medications", _OTHER], {1}),
        (["Not taking:", "none", _DOSE], set()),
        (["## Abgesetzt:", _DOSE], {1}),
        (["Allergies:", "penicillin", "Medications:", _DOSE], {1}),
        (["Allergies", "penicillin", _DOSE, _OTHER], {1}),
        (["Family history:", "kidney stones", _DOSE, "osteoporosis"], {1}),
        (["Husband:", _DOSE, "Me:", _OTHER], {1}),
        (["stopped aspirin:", _DOSE], set()),
        (["stopped", _DOSE], set()),
    ],
)
def test_below_a_heading_of_what_is_not_taken_nothing_is_believed(
    reader: Reader, lines: list[str], left_open: set[int]
) -> None:
    """A discharge letter has "STOP taking:" above what has ended: neither taken nor stopped until that was asked."""
    alone, below = reader.read_all(lines), reader.read_list(lines)
    assert [reading.text for reading in below] == lines
    for place, (one, reading) in enumerate(zip(alone, below, strict=True)):
        if place not in left_open:
            assert reading == one
            continue
        assert reading.outcome == "ask"
        assert "it stands below" in reading.reason
        assert not reading.conditions
        assert {*one.conditions} <= {*reading.doubted}
        assert [item._replace(is_taken=True) for item in reading.items] == [*one.items]
        assert not any(item.is_taken for item in reading.items)


def test_below_a_heading_that_says_when_a_line_needs_no_how_often(reader: Reader) -> None:
    """What a line says of that itself counts more; a blank line or another heading ends it; it is said back."""
    below = ["- warfarin 5 mg", "calcium 600 mg, magnesium 200 mg", "D3 1000 IU twice a day", "zinc"]
    lines = ["Morning:", *below, "", "iron 18 mg", "Weekly:", "D3 50000 IU", "Other:", "K2 MK-7 100 mcg"]
    said = reader.read_list(lines)
    alone = dict(zip([line for line in lines if line], reader.read_all(lines), strict=True))
    found = {reading.text: reading for reading in said}
    assert [*found] == [*alone]
    for heading, line in [("Morning:", below[0]), ("Morning:", below[1]), ("Weekly:", "D3 50000 IU")]:
        reading, whole = found[line], reader.read(f"{heading} {line.lstrip('- ')}")
        assert reading.outcome == "accept"
        assert [item.schedule for item in reading.items] == [item.schedule for item in whole.items]
        assert reading.assumed == (f'how often, from "{heading}" above',)
    for line in (below[2], "zinc", "iron 18 mg", "K2 MK-7 100 mcg"):
        assert found[line] == alone[line]
    assert found["Morning:"].outcome == "ignore"
    assert found["Other:"].outcome == "ask"


@pytest.mark.parametrize("heading", ["Other", "Morning", "Husband in the morning:", "Morning walk:", "K2 morning:"])
def test_a_heading_that_says_more_than_when_says_nothing_of_how_often(reader: Reader, heading: str) -> None:
    """Nothing is concluded from what is not understood whole."""
    below = reader.read_list([heading, "warfarin 5 mg"])[1]
    assert below.outcome == "ask"
    assert below.items[0].schedule is None
