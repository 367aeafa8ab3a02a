"""Many ways of writing: each line of data/lines.toml, lines that are put together by chance, and there and back again."""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from dosenote.reader import Reader
from dosenote.reader.canonical import canonical, schedule_text
from dosenote.regimen import Item, Reading, Schedule
from dosenote.ruleset import RuleSet

DATA = Path(__file__).parent / "data"
READINGS = tomllib.loads((DATA / "readings.toml").read_text("utf-8"))["line"]
LINES = [*tomllib.loads((DATA / "lines.toml").read_text("utf-8"))["line"], *READINGS]


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _span(low: Decimal, high: Decimal | None) -> str:
    return _number(low) if low == high else f"{_number(low)}-{_number(high)}"


def _note(item: Item) -> str:
    """An item as data/lines.toml writes it: "warfarin, 5 mg, 3 per 1 week, mon/wed/fri"."""
    parts = [item.substance]
    if item.amount is not None:
        parts.append(f"{_span(item.amount.low, item.amount.high)} {item.amount.unit}")
    schedule = item.schedule
    if schedule is not None and schedule.once:
        parts.append("once")
    elif schedule is not None:
        parts.append(f"{_span(*schedule.times)} per {_number(schedule.count)} {schedule.unit}")
        parts += ["/".join(schedule.days)] if schedule.days else []
        parts += ["as needed"] if schedule.as_needed else []
        parts += [] if schedule.max_per_day is None else [f"max {_number(schedule.max_per_day)}"]
    parts += [] if item.duration_days is None else [f"for {_number(item.duration_days)} days"]
    parts += [f"step {item.phase}"] if item.phase else []
    parts += [f"season {item.season}"] if item.season else []
    return ", ".join(parts)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"])
def test_lines_are_read_as_they_were_meant(reader: Reader, line: dict[str, Any]) -> None:
    """Accepted, asked about, refused or ignored; what was understood, what is missing and what was not understood."""
    reading = reader.read(line["text"])
    assert reading.outcome == line["outcome"]
    assert [_note(item) for item in reading.items] == line.get("items", [])
    assert list(reading.missing) == line.get("missing", [])
    assert list(reading.unread) == line.get("unread", [])


def _more(item: Item) -> str:
    """What an item says beside its amount and schedule, as data/readings.toml writes it: "with food, morning, new"."""
    parts = [] if item.also is None else [f"also {_span(item.also.low, item.also.high)} {item.also.unit}"]
    parts += [] if item.with_food is None else ["with food" if item.with_food else "without food"]
    parts += [
        f"{name} {value}" for name, value in (("form", item.form), ("salt", item.salt), ("why", item.why)) if value
    ]
    parts += [] if item.is_taken else ["perhaps not taken"]
    parts += [] if item.is_new is None else ["new" if item.is_new else "not new"]
    parts += [f"{name} {day}" for name, day in (("from", item.started), ("to", item.stopped)) if day]
    return ", ".join((*parts, *item.moments))


def _all_of(reading: Reading) -> dict[str, object]:
    """Everything that a reading says, but its text, as data/readings.toml writes it; what says nothing is left out."""
    person, closed = reading.person, reading.closed
    told = {
        **reading._asdict(),
        "items": [_note(item) for item in reading.items],
        "more": [_more(item) for item in reading.items] if any(map(_more, reading.items)) else (),
        "labs": [f"{lab.id} {lab.comparator}{_number(lab.value)}" for lab in reading.labs],
        "person": [f"{name} {value}" for name, value in person._asdict().items() if value is not None],
        "closed": [name for name, value in closed._asdict().items() if value],
    }
    return {name: value if isinstance(value, str) else list(value) for name, value in told.items() if value}


@pytest.mark.parametrize("line", READINGS, ids=lambda line: line["text"])
def test_everything_that_a_reading_says(reader: Reader, line: dict[str, Any]) -> None:
    """Nothing more is said than was meant, and nothing less: questions and reasons, too, and what the line is about."""
    assert _all_of(reader.read(line["text"])) == line


#: Between two things in one line.
BETWEEN = (" - ", ", ", " / ", " + ", "; ", " and ", " plus ", "   ", "\t", " \u2013 ", " | ")


def _taken(reading: Reading) -> Counter[tuple[object, ...]]:
    return Counter((item.substance, item.amount, item.schedule) for item in reading.items)


@pytest.mark.parametrize("turn", range(4))
def test_what_stands_beside_a_thing_changes_nothing_of_it(reader: Reader, turn: int) -> None:
    """Lines that are clear alone, two in one line: each of them says the same there, or the line is asked about."""

    def chance(text: str) -> bytes:
        return sha256(f"{turn} {text}".encode()).digest()  # a line more changes two pairs, and not all of them

    alone = [line["text"] for line in LINES if line["outcome"] == "accept" and len(line["text"]) < 60]
    alone = sorted({text for text in alone if not {*";|\n"} & {*text}}, key=chance)
    joined = [(one, BETWEEN[chance(one)[0] % len(BETWEEN)], two) for one, two in pairwise(alone)]
    readings = reader.read_many(one + between + two for one, between, two in joined)
    clear = [(pair, reading) for pair, reading in zip(joined, readings, strict=True) if reading.outcome == "accept"]
    said = {text: _taken(reader.read(text)) for pair, _ in clear for text in (pair[0], pair[2])}
    wrong = [pair for pair, reading in clear if _taken(reading) != said[pair[0]] + said[pair[2]]]
    assert wrong == []
    assert len(clear) > 500


@pytest.mark.parametrize("line", [line for line in LINES if line["outcome"] == "refuse"], ids=lambda line: line["text"])
def test_what_is_refused_says_why_and_counts_nothing(reader: Reader, line: dict[str, Any]) -> None:
    """A refused amount is not used, and the person is asked for the label."""
    reading = reader.read(line["text"])
    assert reading.reason
    assert reading.questions
    assert any(item.amount is None for item in reading.items)


def _told(reading: Reading) -> tuple[object, ...]:
    """Everything that a reading says, without the words in which it was entered."""
    return (
        reading.outcome,
        [item._replace(text="", also=None) for item in reading.items],
        (reading.conditions, reading.foods, reading.denied, reading.stopped, reading.person, reading.closed),
        [lab._replace(text="") for lab in reading.labs],
    )


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"])
def test_there_and_back_again(reader: Reader, ruleset: RuleSet, line: dict[str, Any]) -> None:
    """The plain way of writing a reading is read as that reading; what leaves something open has none."""
    reading = reader.read(line["text"])
    plain = canonical(reading, ruleset.vocabulary)
    if reading.outcome == "accept":
        assert plain is not None
    if plain is not None:
        assert _told(reader.read(plain)) == _told(reading)


@pytest.mark.parametrize(
    ("times", "hours", "text"),
    [
        ((1, Decimal(8) / 6), 8, "every 6 to 8 hours"),
        ((1, 2), 12, "every 6 to 12 hours"),
        ((1, 10), 2, "1 to 10 times every 2 hours"),
        ((1, Decimal("1.6")), 8, "every 5 to 8 hours"),
        ((1, Decimal("1.5")), 8, "1 to 1.5 times every 8 hours"),
        ((2, 3), 8, "2 to 3 times every 8 hours"),
        ((1, 1), 8, "1 times every 8 hours"),
        ((1, None), 8, ""),
    ],
)
def test_hours_between_two_doses_are_written_as_such(times: tuple[int, Decimal | None], hours: int, text: str) -> None:
    """Every 6 to 8 hours is up to 1.333… times in 8 hours, a number without an end."""
    low, high = times
    schedule = Schedule((Decimal(low), None if high is None else Decimal(high)), Decimal(hours), "hour")
    assert schedule_text(schedule, None) == text


# --- lines that chance puts together: what is accepted has the amount a day that the parts make

SUBSTANCES = {
    "vitamin-d3": (["Vitamin D3", "D3", "vit d3", "Cholecalciferol", "VITAMIN D-3"], ["1000 IU", "2,000 IU", "400 iu", "25 mcg", "12.5 µg"]),
    "vitamin-k2-mk7": (["K2 MK-7", "MK-7", "vitamin K2 (MK-7)", "menaquinone-7"], ["100 mcg", "180 ug", "45mcg"]),
    "warfarin": (["warfarin", "Coumadin", "Warfarin sodium"], ["5 mg", "2.5 mg", "2,5 mg", "1mg", "7.5 MG"]),
    "calcium": (["calcium", "Calcium"], ["500 mg", "600mg", "250 milligrams"]),
}  # fmt: skip
AMOUNTS = {"1000 IU": 1000, "2,000 IU": 2000, "400 iu": 400, "25 mcg": 25, "12.5 µg": 12.5, "100 mcg": 100, "180 ug": 180,
           "45mcg": 45, "5 mg": 5, "2.5 mg": 2.5, "2,5 mg": 2.5, "1mg": 1, "7.5 MG": 7.5, "500 mg": 500, "600mg": 600,
           "250 milligrams": 250}  # fmt: skip
TIMES_A_DAY = {
    "daily": 1, "once a day": 1, "QD": 1, "every morning": 1, "at bedtime": 1, "with breakfast": 1, "täglich": 1, "al día": 1,
    "twice a day": 2, "bid": 2, "2x/day": 2, "morning and evening": 2, "q12h": 2, "two times daily": 2, "1-0-1": 2,
    "tid": 3, "every 8 hours": 3, "1-1-1": 3, "every other day": 0.5, "qod": 0.5, "every 2 days": 0.5, "on alternate days": 0.5,
    "weekly": 1 / 7, "once a week": 1 / 7, "on Sundays": 1 / 7, "q7d": 1 / 7, "Mon and Thu": 2 / 7, "2x/week": 2 / 7,
    "MWF": 3 / 7, "Mon, Wed and Fri": 3 / 7, "3x per week": 3 / 7, "every 2 weeks": 1 / 14, "monthly": 1 / 30.4375,
    "5 days a week": 5 / 7, "Mon-Fri": 5 / 7, "every third day": 1 / 3,
}  # fmt: skip
COUNTS = {"": 1, "1 tablet": 1, "one capsule": 1, "2 tablets": 2, "two capsules": 2, "½ tablet": 0.5, "1/2 tab": 0.5,
          "1.5 tablets": 1.5, "1½ tabs": 1.5}  # fmt: skip
HARMLESS = [
    "",
    "by mouth",
    "with food",
    "as directed",
    "for 60 days",
    "since 2019",
    "3 refills",
    "#30",
    "starting Monday",
]
DOUBTFUL = [
    "zzqx",
    "OsteoMax",
    "unless sick",
    "if tired",
    "or",
    "not",
    "10 mg",
    "200",
    "except Sunday",
    "half of",
    "maybe",
    "?",
]
ORDERS = ["{name} {amount} {count} {often} {more}", "{name} {amount} {often} {count} {more}", "{count} {name} {amount} {often} {more}",
          "{amount} {name} {count} {often} {more}", "{name} {more} {amount} {count} {often}", "take {count} of {name} {amount} {often} {more}",
          "{name}: {amount}, {count} {often} {more}", "{name} ({amount}) {count} {often} {more}"]  # fmt: skip


@st.composite
def _line(draw: st.DrawFn, more: list[str]) -> tuple[str, str, float]:
    """A line, its substance, and how much of it that makes a day, in the unit of the line."""
    substance = draw(st.sampled_from(sorted(SUBSTANCES)))
    names, amounts = SUBSTANCES[substance]
    parts = {
        "name": draw(st.sampled_from(names)),
        "amount": draw(st.sampled_from(amounts)),
        "count": draw(st.sampled_from(sorted(COUNTS))),
        "often": draw(st.sampled_from(sorted(TIMES_A_DAY))),
        "more": draw(st.sampled_from(more)),
    }
    text = " ".join(draw(st.sampled_from(ORDERS)).format(**parts).replace(" ,", ",").split())
    return text, substance, AMOUNTS[parts["amount"]] * COUNTS[parts["count"]] * TIMES_A_DAY[parts["often"]]


def _daily(reading: Reading) -> tuple[float, float]:
    low = high = 0.0
    for item in reading.items:
        assert item.schedule is not None
        assert item.amount is not None
        assert item.amount.high is not None
        fewest, most = item.schedule.times_per_day()
        assert most is not None
        low += float(item.amount.low * fewest)
        high += float(item.amount.high * most)
    return low, high


@cases(1500)
@given(_line(HARMLESS))
def test_an_accepted_line_has_the_amount_that_its_parts_make(reader: Reader, line: tuple[str, str, float]) -> None:
    """In every order of the parts: accepted with this amount a day, or asked about; never accepted with another."""
    text, substance, daily = line
    reading = reader.read(text)
    assert reading.outcome in ("accept", "ask", "refuse")
    if reading.outcome == "accept":
        assert {item.substance for item in reading.items} == {substance}
        assert _daily(reading) == pytest.approx((daily, daily), rel=0.001)


@cases(1500)
@given(_line(DOUBTFUL))
def test_a_line_with_something_doubtful_is_not_accepted_as_if_it_were_not_there(
    reader: Reader, line: tuple[str, str, float]
) -> None:
    """A word that may be a substance, a second amount, a condition: asked; or understood, and then it counts."""
    text, substance, daily = line
    reading = reader.read(text)
    if reading.outcome == "accept":
        assert any(word in text for word in ("except Sunday", "half of"))
        assert {item.substance for item in reading.items} == {substance}
        assert _daily(reading)[1] <= daily * 1.001


def test_a_line_that_no_person_wrote_is_refused_at_once(reader: Reader) -> None:
    """A megabyte is not read."""
    reading = reader.read("vitamin D3 1000 IU daily " * 40_000)
    assert (reading.outcome, reading.items) == ("refuse", ())


def test_a_near_name_is_suggested_and_never_taken(reader: Reader) -> None:
    """A misspelt medicine is not read as the medicine, nor passed over."""
    for wrong, meant in (
        ("warfrin", "warfarin"),
        ("coumaden", "warfarin"),
        ("elequis", "apixaban"),
        ("magnezeum", "magnesium"),
    ):
        reading = reader.read(f"{wrong} 5 mg daily")
        assert (reading.outcome, reading.items) == ("ask", ())
        assert meant in reading.suggestions


def test_what_was_assumed_is_said_back(reader: Reader) -> None:
    """A number that may mean two things is read as the one that is an amount, and that is said."""
    assert reader.read("Vitamin D3 20.000 IE weekly").assumed == ("20,000 IU",)
    assert reader.read("D3 2000 IU in winter").assumed == ("daily in that season",)


def test_a_large_but_real_dose_is_accepted_with_a_question(reader: Reader) -> None:
    """50,000 IU a week is on prescription often enough; every day it is not."""
    weekly, daily = reader.read("vitamin D3 50,000 IU weekly"), reader.read("vitamin D3 50,000 IU daily")
    assert (weekly.outcome, len(weekly.questions)) == ("accept", 1)
    assert daily.outcome == "ask"


# --- what must never be concluded

ASKED = [line for line in (DATA / "asked.txt").read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("line", ASKED)
def test_what_may_be_taken_is_asked_about(reader: Reader, line: str) -> None:
    """Something else is stopped, denied, sold or somebody else's: none of these lines is clear."""
    assert reader.read(line).outcome in ("ask", "refuse")


def test_every_word_for_stopping_leaves_another_dose_open(reader: Reader, ruleset: RuleSet) -> None:
    """An earlier dose beside the one of today, a part of the day, a course that runs on."""
    frames = ("warfarin 3 mg daily, {} 5 mg", "warfarin 3 mg daily ({} 5 mg)", "{} 5 mg, warfarin 3 mg daily",
              "warfarin 3 mg in the morning, evening dose {}", "warfarin 3 mg daily until {}",
              "warfarin 3 mg daily, 5 mg {}", "D3 {}, warfarin 3 mg daily too", "D3 {}, taking warfarin too")  # fmt: skip
    for word in ruleset.vocabulary.writing["word"]["stopped"]:
        for frame in frames:
            reading = reader.read(frame.format(word))
            assert "warfarin" not in reading.stopped, frame.format(word)


def test_every_word_for_too_needs_the_end_of_the_line(reader: Reader, ruleset: RuleSet) -> None:
    """What follows it may say that the thing is taken."""
    for word in ruleset.vocabulary.writing["word"]["too"]:
        for frame in ("D3 stopped, K2 {} 100 mcg daily", "stopped D3, K2 taken {}", "D3 stopped, K2 {}, just started"):
            assert "vitamin-k2" not in reader.read(frame.format(word)).stopped, frame.format(word)


def test_every_word_that_denies_denies_only_its_own(reader: Reader, ruleset: RuleSet) -> None:
    """A sentence, a verb or a "with" after it may bring in what is taken."""
    frames = ("{} calcium, takes warfarin", "{} calcium. warfarin", "{} calcium; on warfarin", "{} calcium or D3, warfarin",
              "{} calcium without warfarin", "{} calcium with warfarin", "{} warfarin today")  # fmt: skip
    for word in ruleset.vocabulary.writing["word"]["denied"]:
        for frame in frames:
            assert "warfarin" not in reader.read(frame.format(word)).denied, frame.format(word)


@pytest.mark.parametrize("price", ["€12", "$5", "£9.90", "20% off", "on sale", "12 €", "per bottle"])
@pytest.mark.parametrize(
    "line",
    ["on warfarin 5 mg, {}", "warfarin 5 mg {}", "nehme Calcium {}", "calcium 500 mg 1 tab daily {}", "K2 with food {}",
     "K2 and warfarin {}", "started K2 {}", "K2 since 2010 {}"],
)  # fmt: skip
def test_no_price_makes_a_medicine_or_a_dose_vanish(reader: Reader, line: str, price: str) -> None:
    """Only what a shop alone would write is about nothing that is taken."""
    assert reader.read(line.format(price)).outcome != "ignore"


@pytest.mark.parametrize(
    ("line", "days"),
    [("Marcumar 3 mg Di und Fr", "tue fri"), ("Marcumar 3 mg Di, Fr", "tue fri"), ("Marcumar 3 mg Di/Mo", "tue mon"),
     ("Marcumar 3 mg Di-Fr", "tue wed thu fri"), ("Marcumar 3 mg Sa bis Di", "sat sun mon tue"),
     ("Marevan 5 mg la ja su", "sat sun"), ("Marevan 5 mg to, su", "thu sun"), ("Waran 5 mg on och fre", "wed fri"),
     ("warfarin 5 mg W/Th", "wed thu"), ("варфарин 5 мг пн по ср", "mon tue wed"), ("warfarin 5 mg Mon .. Wed", "mon tue wed"),
     ("Sintrom 4 mg lunes a viernes, 2 mg sábado y domingo", "mon tue wed thu fri"),
     ("varfarina 5 mg seg a sex, 2,5 mg sáb dom", "mon tue wed thu fri"),
     ("warfarin 4 mg lunedì al venerdì, 2 mg sabato", "mon tue wed thu fri"),
     ("Waran 5 mg måndag till och med onsdag, 2 mg torsdag", "mon tue wed"),
     ("warfarin 5 mg Fri-Mon, 2.5 mg Tue-Thu", "fri sat sun mon"),
     ("Marcumar 3 mg Donnerstag bis Montag, 1 mg Dienstag", "thu fri sat sun mon")],
)  # fmt: skip
def test_days_in_many_languages(reader: Reader, line: str, days: str) -> None:
    """A range is a range, over the weekend too; a day that is also a little word is a day beside another."""
    reading = reader.read(line)
    assert reading.outcome == "accept"
    schedule = reading.items[0].schedule
    assert schedule is not None
    assert set(schedule.days) == set(days.split())


@pytest.mark.parametrize("line", ["calcium 500 mg OM ON", "calcium 500 mg OM, ON", "calcium 500 mg lunch, ON"])
def test_on_after_another_time_is_a_second_time(reader: Reader, line: str) -> None:
    """Each morning and each night."""
    (item,) = reader.read(line).items
    assert item.schedule is not None
    assert item.schedule.times_per_day() == (2, 2)


@pytest.mark.parametrize(
    "line",
    [
        "D3 2000 IU daily with 2 eggs",
        "D3 2000 IU daily with 2 glasses of water",
        "D3 2000 IU daily plus 3 glasses milk",
    ],
)
def test_how_many_of_a_food_is_not_how_many_are_taken(reader: Reader, line: str) -> None:
    """Two eggs do not double the dose."""
    (item,) = reader.read(line).items
    assert item.amount is None or item.amount.low == 2000


@pytest.mark.parametrize(
    ("line", "amounts"),
    [("Lisinopril/HCTZ 20/12.5 mg 1 tab qam", [20, 12.5]), ("Warfarin 3 mg tab x 1 + 1 mg tab x 2 at 18:00 daily", [5]),
     ("Levothyroxine 100 mcg + 25 mcg (= 125 mcg) od", [125]), ("D3 100.000 UI dosis única", [100_000]),
     ("Coumadin 4mg M W F Su, 6mg T Th Sa", [4, 6]), ("warfarin 5mg tabs ¼ tab M/W/F, ½ tab Tu/Th/Sa/Su", [1.25, 2.5]),
     ("Calcium carbonate 1.5 g tabs (calcium 600 mg) 1 bd", [600]), ("Acenocoumarol 1 mg 2 tabletten om 20.00 uur", [2])],
)  # fmt: skip
def test_amounts_each_time(reader: Reader, line: str, amounts: list[float]) -> None:
    """Pairs of strengths, sums that are said again, days in single letters, hours of the clock."""
    reading = reader.read(line)
    assert reading.outcome == "accept"
    assert [float(item.amount.low) for item in reading.items if item.amount is not None] == amounts


def test_what_is_denied_twice_is_denied_once(reader: Reader, ruleset: RuleSet) -> None:
    """Found by fuzzing: the plain way of writing it was read as another reading."""
    reading = reader.read("not Ca not Ca")
    assert reading.denied == ("calcium",)
    assert reader.read(canonical(reading, ruleset.vocabulary) or "").denied == reading.denied
