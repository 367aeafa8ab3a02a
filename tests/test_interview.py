"""The prompt without a terminal: only what matters is asked, and the answers say the same as a file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.questions import compare
from conftest import cases
from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.files import DatedLine, read_file, read_regimen, regimen_of, regimen_toml
from dosenote.interview.asks import LEAST, MOST, Ask, Choice, asks_for, effects, line_topic, understand
from dosenote.interview.entering import line_ask
from dosenote.interview.parts import first_part
from dosenote.interview.revising import label_lines, revise
from dosenote.interview.session import Answer, Session, session_of
from dosenote.quantity import Amount
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.report import build_report
from dosenote.rule import ACTIONS
from dosenote.ruleset import RuleSet

DATA = Path(__file__).parent / "data"
#: Lines as people write them, of every outcome; those about somebody's age would contradict one another.
LINES = [
    line["text"]
    for line in tomllib.loads((DATA / "lines.toml").read_text("utf-8"))["line"]
    if not any(word in line["text"].lower() for word in ("year", "pregnant", "female", "male", "age", "jahre", "woman"))
]


@pytest.fixture(scope="module")
def asks(reader: Reader, ruleset: RuleSet) -> Callable[[Session], tuple[Ask, ...]]:
    """What is asked at a point of an interview."""

    def asked(session: Session) -> tuple[Ask, ...]:
        return asks_for(session, regimen_of(session.file(reader), reader), ruleset, "us")

    return asked


def _outcomes(session: Session, reader: Reader, ruleset: RuleSet) -> dict[str, str]:
    regimen = regimen_of(session.file(reader), reader)
    found = evaluate(ruleset.for_jurisdiction("us"), facts_of(regimen, ruleset.vocabulary))
    return {finding.rule.id: finding.answer for finding in found}


def _answers(ask: Ask, reader: Reader) -> list[Answer]:
    """Answers that a person may give: none, each line of a list alone, ages and blood values of every size."""
    said = ["none", *(str(number) for number in range(1, len(ask.choices) + 1))]
    if ask.is_yes_no:
        said = ["yes", "no"]
    if ask.topic == "age":
        said = ["0", "1", "3", "6", "10", "15", "40", "67", "75"]
    if ask.topic == "labs":
        values = {
            "25-OH-D": "5 10 15 25 40 60 110 160 ng/mL",
            "calcium": "8 9.5 10.8 13 mg/dL",
            "eGFR": "10 40 58 90",
            "INR": "1 2.5 6",
        }
        said = []
        for name, row in values.items():
            unit = row.split()[-1] if "/" in row else ""
            said += [f"{name} {value} {unit}".strip() for value in row.split() if value != unit]
    found = [understand(ask, one, reader) for one in said]
    return [answer for answer in found if isinstance(answer, Answer)]


@cases(40)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=10, unique=True))
def test_at_most_seven_questions_and_each_can_change_something(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]], lines: list[str]
) -> None:
    """Whatever is entered; and no question of which every answer would give the same findings."""
    session = Session(tuple(lines))
    questions = [ask for ask in asks(session) if not ask.topic.startswith("line ")]
    assert len(questions) <= MOST
    for ask in questions:
        outcomes = [_outcomes(session.with_answer(answer), reader, ruleset) for answer in _answers(ask, reader)]
        assert any(one != outcomes[0] for one in outcomes[1:]), ask.topic


@cases(25)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=6, unique=True), st.data())
def test_an_interview_ends_and_says_what_its_file_says(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]], lines: list[str], data: st.DataObject
) -> None:
    """Any answers, also "not sure": at most seven are asked for, and the saved file is the same."""
    session = Session(tuple(lines))
    asked: list[str] = []
    while questions := [ask for ask in asks(session) if not ask.topic.startswith("line ")]:
        ask = questions[0]
        asked.append(ask.topic)
        unsure = understand(ask, "not sure", reader)
        assert isinstance(unsure, Answer)
        answer = data.draw(st.sampled_from([*_answers(ask, reader), unsure]))
        session = session.with_answer(answer)
    assert len(asked) <= MOST
    regimen = regimen_of(session.file(reader), reader)
    again = read_regimen(regimen_toml(session.file(reader)), "saved", reader)
    assert build_report(again, ruleset, "us") == build_report(regimen, ruleset, "us")
    resumed = session_of(session.file(reader))
    assert _outcomes(resumed, reader, ruleset) == _outcomes(session, reader, ruleset)


def test_when_nothing_more_is_asked_no_finding_of_weight_is_open(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]]
) -> None:
    """With every question answered, each rule worth a question is raised or not raised, but for blood tests not done."""
    session = Session(("Vitamin D3 1000 IU daily", "MK-7 100 mcg daily", "warfarin"))
    said = {"age": "40", "labs": "25-OH-D 40 ng/mL; calcium 9.5 mg/dL; eGFR 90", "new": "3"}
    while questions := asks(session):
        answer = understand(questions[0], said.get(questions[0].topic, "none"), reader)
        assert isinstance(answer, Answer)
        session = session.with_answer(answer)
    weighty = {rule.id for rule in ruleset.for_jurisdiction("us") if ACTIONS.index(rule.action) <= ACTIONS.index(LEAST)}
    outcomes = _outcomes(session, reader, ruleset)
    assert [id for id in sorted(weighty) if outcomes[id] == "cannot-tell"] == []


def test_the_answers_lead_to_what_a_form_of_everything_would(reader: Reader, ruleset: RuleSet) -> None:
    """Random people, answering truthfully what is asked: every finding of weight as if all had been told."""
    counts, different, _ = compare(25, 7)
    assert different == []
    assert max(counts) <= MOST


def test_a_class_stands_behind_those_of_its_members_that_are_asked_about(
    asks: Callable[[Session], tuple[Ask, ...]], ruleset: RuleSet
) -> None:
    """ "Another ..., or not sure which" is said once the others are named, in classes within classes, too."""
    ask = _ask(asks, "medicines", "zinc 25 mg daily", "warfarin", "Osteo Max")
    ids = {entry.label: id for id, entry in ruleset.vocabulary.entries.items()}
    listed = [ids[choice.yes[0]] for choice in ask.choices]
    assert {"doxycycline", "tetracycline-antibiotic", "antibiotic"} <= set(listed)
    for place, id in enumerate(listed):
        assert not ruleset.vocabulary.members(id) & set(listed[place:])


@pytest.mark.parametrize("topic", ["medicines", "conditions"])
@pytest.mark.parametrize("room", [1, 5, 12])
def test_a_list_in_parts_leaves_as_little_open_as_the_whole(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]], topic: str, room: int
) -> None:
    """Part by part everything is asked once, a class beside its members, and "none" to each says what "none" to all does."""

    def of_topic(session: Session) -> Ask | None:
        return next((ask for ask in asks(session) if ask.topic == topic), None)

    start = Session(("Vitamin D3 1000 IU daily", "calcium 500 mg daily", "MK-7 100 mcg daily", "warfarin"))
    whole = of_topic(start)
    assert whole is not None
    none = understand(whole, "none", reader)
    assert isinstance(none, Answer)
    session, shown, ask = start, [], of_topic(start)
    while ask is not None:
        part = first_part(ask, room, lambda *_: 1)
        assert len(part.choices) <= room or all(choice.is_joined for choice in part.choices[1:])
        shown += [choice.label for choice in part.choices]
        answer = understand(part, "none", reader)
        assert isinstance(answer, Answer)
        session = session.with_answer(answer._replace(rounds=0))
        ask = of_topic(session)
    assert sorted(shown) == sorted(choice.label for choice in whole.choices)
    assert _outcomes(session, reader, ruleset) == _outcomes(start.with_answer(none), reader, ruleset)


def test_what_is_left_open_in_one_part_is_not_denied_in_another(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]]
) -> None:
    """ "Not sure" about one part, "none" to the others: no medicine of the first, nor a class of it, is then a no."""
    start = Session(("Vitamin D3 1000 IU daily", "calcium 500 mg daily", "MK-7 100 mcg daily", "warfarin"))
    for room in (1, 5, 12):
        whole = next(ask for ask in asks(start) if ask.topic == "medicines")
        part = first_part(whole, room, lambda *_: 1)
        unsure = understand(part, "not sure", reader)
        rest = whole._replace(choices=whole.choices[len(part.choices) :])
        none = understand(rest, "none", reader)
        assert isinstance(unsure, Answer)
        assert isinstance(none, Answer)
        session = start.with_answer(unsure._replace(rounds=0)).with_answer(none)
        facts = facts_of(regimen_of(session.file(reader), reader), ruleset.vocabulary)
        assert all(facts.truths[fact].is_unknown for choice in part.choices for fact in choice.covers)


def test_the_gravest_question_comes_first(asks: Callable[[Session], tuple[Ask, ...]], ruleset: RuleSet) -> None:
    """Never a lesser question before a graver one, but for the age, which may spare that for a pregnancy."""
    asked = asks(Session(("MK-7 100 mcg daily", "vitamin D3 1000 IU daily", "calcium 600 mg daily")))
    worst = [ACTIONS.index(ruleset.rule(ask.could_change[0]).action) for ask in asked if ask.topic != "age"]
    assert worst == sorted(worst)
    topics = [ask.topic for ask in asked]
    assert topics.index("person") == topics.index("age") + 1


def test_somebody_of_67_is_not_asked_about_a_pregnancy(asks: Callable[[Session], tuple[Ask, ...]]) -> None:
    """Somebody of 40 is."""
    session = Session(("warfarin", "calcium 600 mg daily"))
    facts = {
        years: {
            fact
            for ask in asks(session.with_answer(Answer("age", years, (f"{years} years old",))))
            for fact in ask.covers
        }
        for years in ("40", "67")
    }
    assert "pregnant" in facts["40"]
    assert "pregnant" not in facts["67"]


def _ask(asks: Callable[[Session], tuple[Ask, ...]], topic: str, *items: str) -> Ask:
    return next(ask for ask in asks(Session(items)) if ask.topic == topic)


@pytest.mark.parametrize(
    ("said", "lines"),
    [("67", ("67 years old",)), ("about 67", ("67 years old",)), ("I am 67", ("67 years old",)), ("67 years", ("67 years old",)),
     ("don't know", ()), ("I do not know", ()), ("not sure", ())],
)  # fmt: skip
def test_an_age_in_ordinary_words(
    reader: Reader, asks: Callable[[Session], tuple[Ask, ...]], said: str, lines: tuple[str, ...]
) -> None:
    """As people answer."""
    answer = understand(_ask(asks, "age", "vitamin D3 2000 IU daily"), said, reader)
    assert isinstance(answer, Answer)
    assert answer.lines == lines


@pytest.mark.parametrize("said", ["", "old", "-3", "200", "67 68", "yes", "\x1b[2J", "none"])
def test_nonsense_is_asked_again(reader: Reader, asks: Callable[[Session], tuple[Ask, ...]], said: str) -> None:
    """What is no age is none."""
    assert isinstance(understand(_ask(asks, "age", "vitamin D3 2000 IU daily"), said, reader), str)


def test_a_list_is_answered_by_numbers_names_or_none(
    reader: Reader, asks: Callable[[Session], tuple[Ask, ...]]
) -> None:
    """Numbers say of the others that they are not taken; names leave them open; "not sure" leaves all open."""
    ask = _ask(asks, "medicines", "MK-7 100 mcg daily")
    labels = [choice.yes[0] for choice in ask.choices]
    number = labels.index("lithium") + 1 if "lithium" in labels else 1
    ticked = understand(ask, str(number), reader)
    assert isinstance(ticked, Answer)
    assert ticked.lines[number - 1] == labels[number - 1]
    assert all(line.startswith("no ") for n, line in enumerate(ticked.lines) if n != number - 1)
    none = understand(ask, "none", reader)
    assert isinstance(none, Answer)
    assert len(none.lines) == len(ask.choices)
    named = understand(ask, "Coumadin, metformin", reader)
    assert isinstance(named, Answer)
    assert (named.lines, named.covers) == (("Coumadin, metformin",), ())
    partly = understand(ask, f"{number}, not sure about the rest", reader)
    assert isinstance(partly, Answer)
    assert partly.lines == (labels[number - 1],)
    unsure = understand(ask, "not sure", reader)
    assert isinstance(unsure, Answer)
    assert unsure.lines == ()


@pytest.mark.parametrize(
    "said",
    [
        "99",
        "warfrin",
        "blorb",
        "yes",
        "0, 1",
        "1 -2",
        "",
        "2 not sure",
        "1 and not 2",
        "2-4",
        "none but 4",
        "no warfarin, phenprocoumon",
        "I don't take warfarin, phenprocoumon",
        "none of: warfarin, metformin",
        "stopped taking warfarin, digoxin and lithium",
        "no natto, kale",
        "kidney stones",
    ],
)
def test_what_a_list_does_not_hold_is_asked_again(
    reader: Reader, asks: Callable[[Session], tuple[Ask, ...]], said: str
) -> None:
    """A misspelt medicine is never dropped, and never silently matched."""
    assert isinstance(understand(_ask(asks, "medicines", "MK-7 100 mcg daily"), said, reader), str)


def test_a_blood_value_needs_its_unit(reader: Reader, asks: Callable[[Session], tuple[Ask, ...]]) -> None:
    """ "40" is no value; "about 40 ng/ml" is, with the name of the test."""
    ask = _ask(asks, "labs", "vitamin D3 2000 IU daily")
    assert isinstance(understand(ask, "vitamin D level 40", reader), str)
    answer = understand(ask, "25-OH-D 40 ng/ml; calcium 9.5 mg/dL", reader)
    assert isinstance(answer, Answer)
    assert answer.lines == ("25-OH-D 40 ng/ml", "calcium 9.5 mg/dL")


def test_whether_something_is_new_is_said_of_its_line(
    reader: Reader, asks: Callable[[Session], tuple[Ask, ...]]
) -> None:
    """New, or taken for over a year: beside the line of the item, where a file has it, too."""
    session = Session(("MK-7 100 mcg daily", "warfarin"))
    ask = _ask(asks, "new", *session.texts())
    for said, is_new in (("1", True), ("3", False)):
        answer = understand(ask, said, reader)
        assert isinstance(answer, Answer)
        assert session.with_answer(answer).file(reader).items[0] == DatedLine("MK-7 100 mcg daily", new=is_new)


@pytest.mark.parametrize(("said", "words", "raised"), [("1", "with food", True), ("2", "on an empty stomach", False)])
def test_whether_a_medicine_is_taken_with_food_is_asked_where_a_rule_wants_it(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]], said: str, words: str, raised: bool
) -> None:
    """The answer stands in the line, decides the rule, and is not asked for again."""
    session = Session(("levothyroxine 75 mcg daily", DatedLine("Fosamax 70 mg weekly", new=False), "age 67"))
    ask = _ask(asks, "meals", *session.items)
    assert len(ask.choices) == 4
    answer = understand(ask, said, reader)
    assert isinstance(answer, Answer)
    told = session.with_answer(answer)
    assert told.file(reader).items == [f"levothyroxine 75 mcg daily {words}", *session.items[1:]]
    outcome = _outcomes(told, reader, ruleset)["thyroid-hormone-with-a-meal"]
    assert outcome == ("raised" if raised else "not-raised")
    assert all(again.topic != "meals" for again in asks(told))
    assert understand(ask, "1 2", reader) == "Only one of these can be so of each."
    dated = understand(ask, "3", reader)
    assert isinstance(dated, Answer)
    changed = session.with_answer(dated).file(reader).items[1]
    assert changed == DatedLine("Fosamax 70 mg weekly with food", new=False)
    assert session.with_answer(answer).with_lines(0, ("liothyronine 5 mcg daily",)).answer("meals") is None


def test_a_meal_is_not_asked_for_where_the_line_says_it_or_has_several(
    asks: Callable[[Session], tuple[Ask, ...]],
) -> None:
    """Nor of a medicine that no rule looks at for its meals."""
    for line in ("levothyroxine 75 mcg daily before breakfast", "levothyroxine, Fosamax", "warfarin 5 mg daily"):
        assert all(ask.topic != "meals" for ask in asks(Session((line,)))), line


def test_what_is_neither_new_nor_old_has_an_answer_of_its_own(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]]
) -> None:
    """Between a month and a year nothing is noted of the line, no rule comes or goes, and it is not asked again."""
    session = Session(("MK-7 100 mcg daily", "warfarin"))
    ask = _ask(asks, "new", *session.texts())
    assert ask.choices[1].label == "MK-7 100 mcg daily: between a month and a year"
    answer = understand(ask, "2", reader)
    assert isinstance(answer, Answer)
    told = session.with_answer(answer)
    assert told.file(reader).items == session.file(reader).items
    assert _outcomes(told, reader, ruleset) == _outcomes(session, reader, ruleset)
    assert all(again.topic != "new" for again in asks(told))
    assert understand(ask, "1 3", reader) == "Only one of these can be so of each."


def test_why_tells_what_each_answer_would_change(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]]
) -> None:
    """For each line of a list the gravest rule, and its outcome either way."""
    session = Session(("MK-7 100 mcg daily",))
    ask = _ask(asks, "medicines", *session.texts())
    found = {ask.choices[effect.number - 1].yes[0]: effect for effect in effects(ask, session, reader, ruleset, "us")}
    label = ruleset.vocabulary["vitamin-k-antagonist"].label
    assert (found[label].yes, found[label].no) == ("raised", "not-raised")


# --- lines as they are entered


@pytest.mark.parametrize(
    ("line", "kind", "labels"),
    [("D3 5000 mcg daily", "slip", ["5,000 IU (125 mcg), once a day", "I checked the label"]),
     ("magnesium 400 mcg daily", "slip", ["400 mg", "I checked the label"]),
     ("D3 50000 IU daily", "slip", ["once a week", "once a month", "I checked the label"]),
     ("K2 100 mcg daily", "form", ["MK-4", "MK-7", "only says"]),
     ("warfrin 5 mg", "name", ["it is warfarin"]), ("OsteoMax", "name", []),
     ("k2 100 mcg", "frequency", []), ("blood thinner", "which", []), ("water pill daily", "which", []), ("D3 daily", "amount", []), ("D3 60K weekly", "amount", []),
     ("multivitamin daily", "holds", []), ("Adcal-D3 1 tablet twice daily", "product", ["Caplets", "Chewable"])],
)  # fmt: skip
def test_what_is_asked_about_a_line(reader: Reader, line: str, kind: str, labels: list[str]) -> None:
    """Slips with choices, the form, a name near to it, how much and how often; never a default."""
    ask = line_ask(reader.read(line), reader, matters=True)
    assert ask is not None
    assert ask.kind == kind
    assert len(ask.options) == len(labels)
    for option, label in zip(ask.options, labels, strict=True):
        assert label in option.label
        reading = reader.read(option.line)
        assert reading.outcome == "accept" or kind == "name"


@pytest.mark.parametrize(
    ("line", "what"),
    [("Centrum Silver", '"Centrum Silver"'), ("D3 5000 IU and K2 100 mcg", '"D3 5000 IU and K2 100 mcg"'),
     ("calcium 600 mg, vitamin D3 400 IU", "calcium"), ("D3 5000 IU", "vitamin D3"), ("D3 5000 IU daily and K2 100 mcg", "vitamin K2")],
)  # fmt: skip
def test_how_often_is_asked_of_what_the_answer_is_used_for(reader: Reader, line: str, what: str) -> None:
    """Of a product, not of the first thing in it; of one thing where the answer is of that alone."""
    reading = reader.read(line)
    ask = line_ask(reading, reader, matters=True)
    assert ask is not None
    assert ask.text.startswith(f"How often do you take {what}?")
    revised = revise(reading, "twice a day", reader, ask.kind)
    assert revised is not None
    items = [item for text in revised.lines for item in reader.read(text).items]
    said_of = [item for item, old in zip(items, reading.items, strict=True) if item.schedule and not old.schedule]
    assert len(said_of) == (len(reading.items) if what.startswith('"') else 1)


@pytest.mark.parametrize("line", ["MK-7 100 mcg daily", "warfarin", "no aspirin", "kidney stones", "INR 2.4"])
def test_a_whole_line_is_not_asked_about(reader: Reader, line: str) -> None:
    """Also a medicine without its dose, which no rule needs."""
    assert line_ask(reader.read(line), reader, matters=False) is None


@pytest.mark.parametrize(
    ("line", "said", "lines", "others"),
    [("k2 100 mcg", "every morning", ("k2 100 mcg every morning",), ()), ("D3", "5000 IU", ("D3 5000 IU",), ()),
     ("D3", "D3 2000 IU daily", ("D3 2000 IU daily",), ()), ("D3", "K2 100 mcg daily", ("D3",), ("K2 100 mcg daily",)),
     ("calcium 500 mg", "kidney stones", ("calcium 500 mg",), ("kidney stones",)),
     ("OsteoMax", "calcium 600 mg, D3 400 IU", ("calcium 600 mg, D3 400 IU",), ()),
     ("OsteoMax", "67 years old", ("OsteoMax",), ("67 years old",)), ("calcium, magnesium", "calcium 500 mg, magnesium 200 mg daily", ("calcium 500 mg, magnesium 200 mg daily",), ()),
     ("calcium, magnesium", "500 mg daily", ("calcium 500 mg daily", "magnesium"), ()),
     ("magnesium 200 mg, calcium daily", "500 mg", ("magnesium 200 mg, calcium daily 500 mg",), ()),
     ("calcium 600 mg, vitamin D3 400 IU", "twice a day", ("calcium 600 mg twice a day", "vitamin D3 400 IU"), ()),
     ("D3 5000", "5000 iu", ("D3 5000 iu",), ()), ("D3 5000 daily", "5000 IU", ("D3 5000 IU daily",), ()),
     ("D3 5000 and K2 100 mcg daily", "D3 5000 IU", ("D3 5000 IU", "K2 100 mcg daily"), ()),
     ("D3 and K2", "K2 100 mcg", ("D3", "K2 100 mcg"), ()),
     ("blood thinner", "eliquis", ("eliquis",), ()), ("blood thinner", "Warfarin 5 mg", ("Warfarin 5 mg",), ()),
     ("blood pressure pill", "lisinopril and hctz", ("lisinopril and hctz",), ()),
     ("blood thinner 5 mg daily", "warfarin", ("warfarin blood thinner 5 mg daily",), ()),
     ("blood pressure pill", "Zorbelix", ("blood pressure pill Zorbelix",), ()),
     ("blood pressure pill", "warfarin", ("blood pressure pill",), ("warfarin",)),
     ("5000 IU daily", "vitamin D3", ("vitamin D3 5000 IU daily",), ()), ("D3 60K weekly", "IU", ("D3 60K IU weekly",), ())],
)  # fmt: skip
def test_an_answer_completes_its_line(
    reader: Reader, line: str, said: str, lines: tuple[str, ...], others: tuple[str, ...]
) -> None:
    """Or replaces it, or is a line of its own: a list that is pasted while something is asked loses nothing."""
    reading = reader.read(line)
    ask = line_ask(reading, reader, matters=True)
    assert ask is not None
    revised = revise(reading, said, reader, ask.kind)
    assert revised is not None
    assert (revised.lines, revised.others) == (lines, others)


@pytest.mark.parametrize("between", [" and ", " & ", " + ", "/", ", ", " with ", "; "])
@pytest.mark.parametrize(
    "answers", [("5000 IU", "daily", "100 mcg", "daily"), ("D3 5000 IU daily", "MK7 100 mcg daily")]
)
@pytest.mark.parametrize("number", ["", " 5000"])
def test_two_things_in_one_line_are_asked_for_one_by_one(
    reader: Reader, between: str, answers: tuple[str, ...], number: str
) -> None:
    """What a new bottle of "D3 + K2" is typed as: each answer is used for what was asked, until nothing is open."""
    lines = [f"D3{number}{between}K2 MK-7"]
    for said in answers:
        readings = map(reader.read, lines)
        place, reading, ask = next(
            (place, reading, ask)
            for place, reading in enumerate(readings)
            if (ask := line_ask(reading, reader, matters=True))
        )
        revised = revise(reading, said, reader, ask.kind)
        assert revised is not None, (lines, said)
        lines[place : place + 1] = revised.lines
    readings = [reader.read(line) for line in lines]
    assert {reading.outcome for reading in readings} == {"accept"}
    items = [item for reading in readings for item in reading.items]
    assert [item.substance for item in items] == ["vitamin-d3", "vitamin-k2-mk7"]
    assert [item.amount for item in items] == [Amount(D("5000"), D("5000"), "IU"), Amount(D("100"), D("100"), "mcg")]
    assert all(item.schedule and item.schedule.times_per_day() == (1, 1) for item in items)


@pytest.mark.parametrize(
    ("line", "said"),
    [*(("vitamin D3", said) for said in ("maybe", "5000", "blorb", "???", "<script>")),
     *(("D3 5000 mcg daily", said) for said in ("1", "20", "not daily", "sometimes")),
     ("D3 and K2", "100 mcg daily"), ("D3 5000", "2000 IU"), ("D3 5000", "50000 IU"), ("D3 and K2, kidney stones", "5000 IU"),
     ("D3 and stopped K2", "K2 100 mcg"), ("blood pressure pill", "not a thiazide"), ("water pill", "a water pill"),
     ("calcium daily, D3 1000 IU", "weekly"), ("OsteoMax", "no vitamin K"), ("OsteoMax", "no warfarin"),
     ("OsteoMax", "calcium 600 mg, D3 400 IU, no K2"), ("multivitamin daily", "no vitamin K")],
)  # fmt: skip
def test_an_answer_that_does_not_complete_its_line_changes_nothing(reader: Reader, line: str, said: str) -> None:
    """It is asked again: what is of another item, says nothing, or denies what the label does not list."""
    reading = reader.read(line)
    ask = line_ask(reading, reader, matters=True)
    assert ask is not None
    assert revise(reading, said, reader, ask.kind) is None


@pytest.mark.parametrize(
    ("line", "said", "lines"),
    [("multivitamin daily", "D3 1000 IU, vitamin K 25 mcg", ("D3 1000 IU, vitamin K 25 mcg once a day",)),
     ("multivitamin", "D3 1000 IU", ("D3 1000 IU",)), ("multivitamin daily", "warfarin 5 mg", ()),
     ("multivitamin twice a week", "D3 1000 IU daily", ("D3 1000 IU daily",)), ("OsteoMax", "no vitamin K", ()),
     ("OsteoMax", "calcium 600 mg; D3 400 IU", ("calcium 600 mg; D3 400 IU",)), ("OsteoMax", "blorb 5 mg", ())],
)  # fmt: skip
def test_what_a_label_lists(reader: Reader, line: str, said: str, lines: tuple[str, ...]) -> None:
    """Vitamins and minerals only, each as often as the product, where it is not said otherwise."""
    assert label_lines(said, reader.read(line), reader) == lines


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=5, unique=True))
def test_the_order_of_the_lines_does_not_matter(
    reader: Reader, ruleset: RuleSet, asks: Callable[[Session], tuple[Ask, ...]], lines: list[str]
) -> None:
    """The same findings and the same questions, whichever was entered first."""
    there, back = Session(tuple(lines)), Session(tuple(reversed(lines)))
    assert _outcomes(there, reader, ruleset) == _outcomes(back, reader, ruleset)
    assert {(ask.topic, ask.could_change) for ask in asks(there)} == {
        (ask.topic, ask.could_change) for ask in asks(back)
    }


def test_the_age_in_an_answer_and_in_a_line_are_one(reader: Reader, ruleset: RuleSet) -> None:
    """At the prompt or in a file."""
    one = Session(("vitamin D3 2000 IU daily",), (Answer("age", "67", ("67 years old",)),))
    other = Regimen(reader.read_all(["vitamin D3 2000 IU daily", "67 years old"]))
    assert (
        facts_of(regimen_of(one.file(reader), reader), ruleset.vocabulary).intervals["age"]
        == (facts_of(other, ruleset.vocabulary).intervals["age"])
    )


@pytest.mark.parametrize("said", ["5 months old", "30 months old", "1 month old", "59.5 years old", "2.3330 years old"])
def test_an_age_of_months_is_still_there_when_an_entry_goes_on(reader: Reader, said: str) -> None:
    """Five months are 0.41666... years in a file, which nobody would type: the limits of an infant still hold."""
    kept = regimen_toml(Session(("vitamin D3 2000 IU daily",), (Answer("age", said, (said,)),)).file(reader))
    file = read_file(kept, "kept")
    assert file is not None
    again = session_of(file).file(reader).person.age
    assert again is not None
    assert float(again) == pytest.approx(float(reader.read(said).person.age or 0))


@pytest.mark.parametrize("topic", ["conditions", "foods"])
def test_nothing_else_closes_no_other_list(
    reader: Reader, asks: Callable[[Session], tuple[Ask, ...]], topic: str
) -> None:
    """Said of conditions or foods it says nothing of medicines."""
    ask = _ask(asks, topic, "MK-7 100 mcg daily", "vitamin D3 3000 IU daily", "calcium 600 mg daily")
    for said in ("kidney stones, nothing else", "natto, nothing else", "no medicines"):
        assert isinstance(understand(ask, said, reader), str), said


def test_a_bare_number_is_no_blood_value(reader: Reader, asks: Callable[[Session], tuple[Ask, ...]]) -> None:
    """It may be that of the list, or a year."""
    ask = _ask(asks, "labs", "calcium 600 mg daily", "blood calcium 9.5 mg/dL")
    for said in ("1", "2019", "40"):
        assert isinstance(understand(ask, said, reader), str), said


def test_what_is_added_later_is_asked_about_too(asks: Callable[[Session], tuple[Ask, ...]], reader: Reader) -> None:
    """An answer holds for what it was asked for, and no further."""
    session = Session(("zinc 15 mg daily",))
    while questions := asks(session):
        answer = understand(questions[0], "none" if questions[0].topic != "age" else "40", reader)
        assert isinstance(answer, Answer)
        session = session.with_answer(answer)
    changed = session.with_lines(0, ("vitamin D3 5000 IU daily",))
    fresh = {rule for ask in asks(Session(("vitamin D3 5000 IU daily",))) for rule in ask.could_change}
    again = {rule for ask in asks(changed) for rule in ask.could_change}
    assert "vitamin-d-with-granulomatous-disease" in fresh
    assert "vitamin-d-with-granulomatous-disease" in again


def test_an_unknown_product_keeps_its_name_beside_its_label(reader: Reader, ruleset: RuleSet) -> None:
    """In the file and in the notes, and it is checked by what the label says."""
    session = Session(("OsteoMax",)).with_lines(0, ("calcium 600 mg daily", "D3 400 IU daily"), "OsteoMax")
    again = read_regimen(regimen_toml(session.file(reader)), "saved", reader)
    assert [reading.text for reading in again.readings] == [
        "OsteoMax: calcium 600 mg daily",
        "OsteoMax: D3 400 IU daily",
    ]
    report = build_report(again, ruleset, "us")
    assert report.not_recognised == ()
    assert {total.substance for total in report.totals} == {"calcium", "vitamin-d3"}


def test_a_changed_line_is_not_new_because_the_old_one_was() -> None:
    """What was said of another product does not hold for this one."""
    session = Session((DatedLine("MK-7 100 mcg daily", new=False), "warfarin"))
    assert session.with_lines(0, ("MK-7 200 mcg daily",)).items[0] == "MK-7 200 mcg daily"


def test_a_changed_item_keeps_the_answers_about_the_person() -> None:
    """Only answers that speak of items by number are asked for again."""
    session = Session(
        ("D3 1000 IU daily", "MK-7 daily"),
        (
            Answer("age", "67", ("67 years old",)),
            Answer("new", "1", (), ((1, True),), ()),
            Answer(line_topic("MK-7 daily"), ""),
        ),
    )
    changed = session.with_lines(0, ("D3 2000 IU daily",))
    assert changed.items == ("D3 2000 IU daily", "MK-7 daily")
    assert [answer.topic for answer in changed.answers] == ["age", line_topic("MK-7 daily")]


def test_what_a_tick_and_no_tick_say_is_read_as_just_that(reader: Reader, ruleset: RuleSet) -> None:
    """The label of every medicine, condition and food names it and nothing else, and "no" before it denies just it."""
    for kind in ("medicine", "condition", "food"):
        for entry in ruleset.vocabulary.of_kind(kind):
            there, absent = reader.read(entry.label), reader.read(f"no {entry.label}")
            named = (*(item.substance for item in there.items if item.is_taken), *there.conditions, *there.foods)
            assert named == (entry.id,), entry.label
            assert (absent.outcome, absent.denied) == ("ignore", (entry.id,)), entry.label


def test_who_ticks_only_female_has_not_denied_a_pregnancy(reader: Reader) -> None:
    """Where sex and pregnancy stand in one list."""
    choices = (Choice("female", ("female",)), Choice("male", ("male",)), Choice("pregnant", ("pregnant",)))
    answer = understand(Ask("person", "", "", choices, (), ("sex", "pregnant")), "1", reader)
    assert isinstance(answer, Answer)
    assert answer.lines == ("female",)


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("D3 4000", "amount", "How much vitamin D3 each time? Which unit stands on the label?"),
        ("Centrum 1 daily", "product", "Does the label say the same?"),
        ("K2 100 mcg daily", "form", "Which kind of vitamin K2 does the label name?"),
        ("zzzz blorb 5 mg", "name", '"zzzz blorb 5 mg" is not in my lists.'),
        ("Adcal-D3 2 daily", "product", "Which of these is it?"),
        ("warfarin 5 mg as needed up to 100 mg daily", "other", "Warfarin: so much a day is not plausible"),
        ("calcium carbonate 500 mg daily", "other", "Calcium: is 500 mg the weight of the calcium or of the calcium"),
    ],
)
def test_a_line_is_asked_about_in_words_of_its_own(reader: Reader, line: str, kind: str, text: str) -> None:
    """What is open in it decides which question it is."""
    ask = line_ask(reader.read(line), reader, matters=True)
    assert ask is not None
    assert ask.kind == kind
    assert ask.text.startswith(text)


@pytest.mark.parametrize("line", ["BP 120/80", "warfarin 5 mg daily", "kidney stones", "no warfarin"])
def test_a_line_without_anything_open_is_not_asked_about(reader: Reader, line: str) -> None:
    """Of a medicine the amount is not needed, and of what is noted nothing more."""
    assert line_ask(reader.read(line), reader, matters=True) is None


def test_an_option_of_a_product_is_read_as_that_product(reader: Reader) -> None:
    """Its whole name stands in the place of the one that was typed, and the rest of the line stays."""
    ask = line_ask(reader.read("Adcal-D3 2 daily"), reader, matters=True)
    assert ask is not None
    assert [option.line for option in ask.options] == ["Adcal-D3 Caplets 2 daily", "Adcal-D3 Chewable Tablets 2 daily"]
    amounts = [reader.read(option.line).items[0].amount for option in ask.options]
    assert [amount.low for amount in amounts if amount] == [600, 1200]


@pytest.mark.parametrize(
    ("topic", "said", "told"),
    [
        ("new", "1, 2", "Only one of these can be so of each."),
        ("labs", "yes", "Type each value with its unit, as in INR 2.4."),
        ("medicines", "yes", "Which? Type the numbers, or the names."),
        ("medicines", "99", "The list goes from 1 to "),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_asked_again(
    reader: Reader, asks: Callable[[Session], tuple[Ask, ...]], topic: str, said: str, told: str
) -> None:
    """With what is wanted instead."""
    session = Session().with_item("MK-7 100 mcg daily").with_item("D3 5000 IU daily").with_item("warfarin")
    if topic == "medicines":
        session = Session().with_item("MK-7 100 mcg daily").with_item("D3 5000 IU daily")
    ask = next(one for one in asks(session) if one.topic == topic)
    answer = understand(ask, said, reader)
    assert isinstance(answer, str)
    assert answer.startswith(told)


_NAMES = [
    "D3",
    "vitamin K2",
    "K2 MK-7",
    "calcium",
    "magnesium",
    "warfarin",
    "blood thinner",
    "multivitamin",
    "OsteoMax",
]
_THINGS = st.tuples(
    st.sampled_from(_NAMES), st.sampled_from(["", " 5000", " 5000 IU", " 100 mcg", " 500 mg", " 2"]),
    st.sampled_from(["", " daily", " twice a day", " weekly", " in the morning"]),
).map("".join)  # fmt: skip
_ANSWERS = st.sampled_from([
    "5000 IU", "100 mcg", "500 mg daily", "daily", "twice a day", "IU", "warfarin", "K2 100 mcg daily", "D3 and K2", "no", "half",
    "2 tablets", "both daily", "100 mcg each", "Zorbelix", "stopped", "not D3", "1000", "calcium 200 mg", "every other day",
])  # fmt: skip


@given(
    things=st.lists(_THINGS, min_size=1, max_size=3),
    between=st.sampled_from([" and ", " + ", "/", ", "]),
    said=_ANSWERS,
)
@cases(400)
def test_an_answer_never_changes_what_the_line_said(reader: Reader, things: list[str], between: str, said: str) -> None:
    """Nothing that was entered is lost, and no amount or how often, unless the answer names the thing again."""
    before = reader.read(between.join(things))
    ask = line_ask(before, reader, matters=True)
    revised = revise(before, said, reader, ask.kind) if ask else None
    if revised is None or before.outcome == "refuse":
        return
    after = [item for line in revised.lines for item in reader.read(line).items]
    again = {item.substance for item in reader.read(said).items}
    for item in before.items:
        same = [one for one in after if item.substance in reader.vocabulary.surely(one.substance)]
        assert same, (before.text, said, revised)
        if any(item.substance in reader.vocabulary.surely(id) for id in again):
            continue
        assert item.amount is None or any(one.amount == item.amount for one in same), (before.text, said, revised)
        assert item.schedule is None or any(one.schedule == item.schedule for one in same), (before.text, said, revised)
