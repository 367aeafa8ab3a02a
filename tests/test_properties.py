"""What must hold of the real rules, whoever asks: unknown never becomes no, and a dose is a dose however it is written."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import people
from conftest import cases
from dosenote.engine import evaluate
from dosenote.facts import LISTS, UNNAMED, Facts
from dosenote.logic import ANY_AMOUNT, UNKNOWN, Interval, exactly
from dosenote.reader import Reader
from dosenote.regimen import Closed, Item, Reading, Regimen
from dosenote.report import build_report
from dosenote.report.rows import changes_at
from dosenote.report.words import Checked
from dosenote.rule import AMOUNT_WORDS, JURISDICTIONS, Rule
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Entry, words
from lists import EXAMPLES, RAISED, RULESET, VOCABULARY, answers, answers_of, consistent, facts, lists, read

RULES = {rule.id: rule for rule in RULESET.rules}


def _asks_about(rule: Rule, *endings: str) -> bool:
    return any(atom.endswith(endings) for atom in rule.atoms())


# --- unknown is never "no"


@given(st.data())
@cases(200)
def test_forgetting_a_fact_never_gives_an_all_clear(ruleset: RuleSet, data: st.DataObject) -> None:
    """Turning any known fact into unknown never turns raised or cannot tell into not raised."""
    person = data.draw(people.facts(ruleset, ruleset.rules))
    before = evaluate(ruleset.rules, person)
    forgotten = data.draw(st.sampled_from([*person.truths, *person.intervals]))
    if forgotten in person.truths:
        less: Facts = person._replace(truths={**person.truths, forgotten: UNKNOWN})
    else:
        interval = person.intervals[forgotten]
        wider = data.draw(
            st.sampled_from([ANY_AMOUNT, Interval(interval.low, ANY_AMOUNT.high), Interval(0.0, interval.high)])
        )
        less = person._replace(intervals={**person.intervals, forgotten: wider})
    for mine, theirs in zip(before, evaluate(ruleset.rules, less), strict=True):
        assert mine.outcome.is_false or not theirs.outcome.is_false, mine.rule.id


def _less_of_an_item(item: Item) -> Iterator[Item]:
    """The item with one thing about it not said, or not said for certain."""
    if item.amount is not None:
        yield item._replace(amount=None, also=None)
        yield item._replace(amount=item.amount._replace(high=None))
        yield item._replace(amount=item.amount._replace(low=Decimal(0)))
    if item.schedule is not None:
        yield item._replace(schedule=None)
        yield item._replace(schedule=replace(item.schedule, times=(item.schedule.times[0], None)))
        yield item._replace(schedule=replace(item.schedule, as_needed=True))
    for group in VOCABULARY[item.substance].part_of:  # "vitamin K2" for MK-7, "blood thinner" for warfarin
        yield item._replace(substance=group)
    yield item._replace(with_food=None)
    yield item._replace(is_new=None)
    yield item._replace(is_taken=False)


def _without(ids: tuple[str, ...], id: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != id)


def _less(reading: Reading) -> Iterator[Reading]:
    """What a line says with one thing less in it, or not for certain: every way there is, one at a time.

    What is said to be true is not left out but doubted: a list said to be complete would else say that it is absent.
    """
    for name in reading.person._fields:
        yield reading._replace(person=reading.person._replace(**{name: None}))
    for name in Closed._fields:
        yield reading._replace(closed=reading.closed._replace(**{name: False}))
    for place, item in enumerate(reading.items):
        for less in _less_of_an_item(item):
            yield reading._replace(items=(*reading.items[:place], less, *reading.items[place + 1 :]))
    for field in ("conditions", "foods"):
        ids: tuple[str, ...] = getattr(reading, field)
        for id in ids:
            yield reading._replace(**{field: _without(ids, id)}, doubted=(*reading.doubted, id))
            for group in VOCABULARY[id].part_of:
                yield reading._replace(**{field: (*_without(ids, id), group)})
    for id in reading.denied:
        yield reading._replace(denied=_without(reading.denied, id))
        yield reading._replace(denied=_without(reading.denied, id), doubted=(*reading.doubted, id))
    for id in reading.stopped:
        doubtful = (*reading.items, Item(reading.text, id, is_taken=False))
        yield reading._replace(stopped=_without(reading.stopped, id), items=doubtful)
    for lab in reading.labs:
        others = tuple(one for one in reading.labs if one != lab)
        yield reading._replace(labs=others, doubted=(*reading.doubted, lab.id))
    yield reading._replace(unread=(*reading.unread, "xyzzy"))
    yield read("Xyzzyflex forte")


def _hold_less(lines: Iterable[str]) -> None:
    readings = [read(line) for line in lines]
    before = answers_of(readings)
    for place, reading in enumerate(readings):
        for less in _less(reading):
            if less == reading:
                continue
            after = answers_of([*readings[:place], less, *readings[place + 1 :]])
            lost = [id for id, answer in after.items() if answer == "not-raised" != before[id]]
            assert lost == [], (reading, less)


@pytest.mark.parametrize("lines", [pytest.param(lines, id=id) for id, lines in RAISED.items()])
def test_saying_less_never_silences_the_rule_that_is_raised(lines: tuple[str, ...]) -> None:
    """Of each rule a list that raises it: nothing in it, left out or doubted, makes any rule say no."""
    _hold_less(lines)


@given(lists(min_examples=1))
@cases(50)
def test_saying_less_never_gives_an_all_clear(lines: list[str]) -> None:
    """Age, amount, how often, form, "no other medicines", a denial, a value, a line: unknown, it makes no rule say no.

    What is documented otherwise is not tried here. A supplement of which the list says nothing is not taken, and was
    not stopped (rules/README.md): the list of supplements is complete. Of two values of one blood test, one that cannot be read at all leaves the other believed.
    """
    _hold_less(lines)


WHAT = ("vitamin D3", "vitamin D", "MK-7", "vitamin K2", "vitamin K1", "calcium", "magnesium", "vitamin E")
AMOUNTS = (
    "1 mcg",
    "45 mcg",
    "100 mcg",
    "181 mcg",
    "2 mg",
    "45 mg",
    "500 mg",
    "3.2 g",
    "400 IU",
    "4,001 IU",
    "50,000 IU",
)
OFTEN = ("daily", "twice a day", "once a week", "every other day", "in the morning", "as needed", "once a year")


@given(st.sampled_from(WHAT), st.sampled_from(AMOUNTS), st.sampled_from(OFTEN), lists(max_examples=2))
@cases(150)
def test_a_dose_told_in_part_never_gives_an_all_clear(what: str, amount: str, often: str, lines: list[str]) -> None:
    """Typed without its amount, without how often, without the unit, or with the name alone: no rule says no for it."""
    before = answers(f"{what} {amount} {often}", *lines)
    bare = amount.split()[0]
    for part in (
        f"{what} {often}",
        f"{what} {amount}",
        f"{what} {bare} {often}",
        what,
        f"{what}?",
        f"{amount} {often}",
    ):
        after = answers(part, *lines)
        assert [id for id, answer in after.items() if answer == "not-raised" != before[id]] == [], part


# --- the same thing said in another way


@given(lists(), st.randoms(use_true_random=False))
@cases(400)
def test_the_order_of_lines_does_not_matter(lines: list[str], chance: random.Random) -> None:
    """The same lines in another order give the same answers."""
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert answers(*lines) == answers(*shuffled)


#: What is measured in grams and their parts, with amounts in mcg at and around the limits of rules.
WEIGHED = {
    "vitamin D3": (2.5, 10, 25, 50, 50.025, 62.5, 75, 100, 100.025, 125, 250, 250.025, 1250),
    "vitamin D2": (100, 125, 1250), "vitamin D": (25, 100, 100.025),
    "MK-7": (45, 89, 90, 100, 180, 181, 1000, 45000), "MK-4": (45, 1000, 1001, 45000),
    "vitamin K2": (100, 1000, 1001), "vitamin K1": (100, 1000, 1001, 5000),
    "calcium": (10_000, 500_000, 501_000, 1_000_000, 1_500_000, 2_000_000, 2_001_000, 2_500_000, 2_501_000, 3_001_000),
    "magnesium": (50_000, 200_000, 400_000),
}  # fmt: skip
DOSES = st.sampled_from([(what, amount) for what, amounts in WEIGHED.items() for amount in amounts])


def _written(value: float, unit: str) -> str:
    factor = {"g": Decimal(1_000_000), "mg": Decimal(1000), "mcg": Decimal(1), "IU": Decimal("0.025")}[unit]
    number = f"{(Decimal(str(value)) / factor).normalize():f}"
    before, _, after = number.partition(".")
    if len(after) == 3 and before != "0":
        number += "0"  # of "2.501" nobody can tell whether its point parts thousands
    return f"{number} {unit}"


@given(DOSES, st.sampled_from(["daily", "twice a day", "once a week"]), lists(max_examples=2))
@cases(250)
def test_a_dose_is_the_same_in_every_unit(dose: tuple[str, float], often: str, lines: list[str]) -> None:
    """5,000 IU and 125 mcg and 0.125 mg of vitamin D3, 500 mg and 0.5 g of calcium: the same answers of every rule."""
    what, mcg = dose
    units = ["mcg", "mg", *(["g"] if mcg >= 10_000 else []), *(["IU"] if "D" in what else [])]
    ways = [f"{what} {_written(mcg, unit)} {often}" for unit in units]
    if "D" in what:
        ways.append(f"{what} {_written(mcg, 'IU')} ({_written(mcg, 'mcg')}) {often}")
    first, *others = [answers(way, *lines) for way in ways]
    for way, other in zip(ways[1:], others, strict=True):
        assert other == first, way


@given(st.data(), lists(max_examples=2))
@cases(100)
def test_a_blood_value_is_the_same_in_every_unit(data: st.DataObject, lines: list[str]) -> None:
    """25-OH-D in nmol/L and ng/mL, calcium in mmol/L and mg/dL: the same answers."""
    entry = VOCABULARY[data.draw(st.sampled_from(["25-oh-d", "calcium-blood"]))]
    value = Decimal(data.draw(st.integers(5, 420) if entry.id == "25-oh-d" else st.integers(80, 140)))
    value = value if entry.id == "25-oh-d" else value / 10
    in_canonical = {unit: value / factor for unit, factor in entry.units.items() if value % factor == 0}
    lines = [line for line in lines if not read(line).labs]
    found = [answers(f"{entry.label} {amount.normalize():f} {unit}", *lines) for unit, amount in in_canonical.items()]
    assert all(one == found[0] for one in found)


def _said(reading: Reading) -> Reading:
    """What a line says, without the words in which it says it, and without the salt that a name may tell, too."""
    items = tuple(item._replace(text="", salt="") for item in reading.items)
    return reading._replace(text="", items=items, questions=(), assumed=(), suggestions=())


def _label_names(ruleset: RuleSet) -> set[tuple[str, ...]]:
    products = ruleset.products
    return {words(name) for one in products for name in (one.name, *one.names, *one.shared)}


FRAMES = ("{}", "{} 5 mg daily", "I take {} 100 mcg twice a day", "stopped {} in May", "zinc 10 mg daily; {}")


@pytest.mark.parametrize("frame", FRAMES)
def test_every_name_of_a_thing_says_the_same(ruleset: RuleSet, frame: str) -> None:
    """All 4,000 names and brands of the vocabulary, each in the place of the label: the same reading, so the same findings.

    A brand that is a product with a known label says more, and its substance is that of the entry. A salt says less
    where there is an amount: it may be the weight of the salt. A name with a number of its own ("vitamin D 3"), and one
    with a strength that is not the amount ("Klor-Con M10"), is asked about, and never read as anything but its group.
    """
    labels = _label_names(ruleset)
    tried = 0
    for entry in VOCABULARY.entries.values():
        if entry.kind == "lab" or (entry.kind in ("condition", "food") and frame not in (FRAMES[0], FRAMES[-1])):
            continue
        expected = [_said(read(line.strip())) for line in frame.format(entry.label).split(";")]
        for name in (*entry.names, *entry.brands, *entry.narrower, *entry.compounds):
            found = [read(line.strip()) for line in frame.format(name).split(";")]
            if _is_numbered(name) and [_said(one) for one in found] != expected:
                assert found[-1].outcome == "ask", name
                assert all(one.substance in (entry.id, *entry.part_of) for one in found[-1].items), name
            elif words(name) in labels:
                assert {one.substance for one in found[-1].items} | {*found[-1].stopped} == {entry.id}, name
            elif not (entry.is_compound(name) and frame in FRAMES[1:3]):
                assert [_said(one) for one in found] == expected, name
            tried += 1
    assert tried > 2500


def _is_numbered(name: str) -> bool:
    """Whether a name has a number by itself: "vitamin D 3" may be three of vitamin D, q10 every ten, M10 of 10 mEq."""
    return name == "q10" or any(word.isdigit() or re.fullmatch(r"m\d+", word) for word in words(name))


def _names(entry: Entry) -> list[str]:
    return [name for name in (entry.label, *entry.names, *entry.brands, *entry.narrower) if not _is_numbered(name)]


@given(lists(min_examples=1, max_others=1), st.randoms(use_true_random=False))
@cases(250)
def test_a_list_with_other_names_gives_the_same_findings(
    ruleset: RuleSet, lines: list[str], chance: random.Random
) -> None:
    """Warfarin as Coumadin, kidney stones as nephrolithiasis: each line under any name of its thing."""
    labels = _label_names(ruleset)
    renamed = []
    for line in lines:
        entry = None if "?" in line else VOCABULARY.by_name.get(words(line))
        names = [name for name in _names(entry) if words(name) not in labels] if entry else []
        renamed.append(chance.choice(names) if names else line)
    assert answers(*renamed) == answers(*lines)


@given(DOSES, st.integers(2, 4), lists(max_examples=2))
@cases(200)
def test_splitting_a_daily_total_changes_no_limit_a_day(dose: tuple[str, float], parts: int, lines: list[str]) -> None:
    """Four times 250 mg, four tablets of it, or four products: one total a day, and the same answer of every rule.

    Only rules about the amount at one time ask how it is split.
    """
    what, mcg = dose
    of_a_day = [rule for rule in RULESET.rules if not _asks_about(rule, ".each_time", ".spaced_dose")]
    one, together = _written(mcg, "mcg"), f"{what} {_written(mcg * parts, 'mcg')} daily"
    assume(read(together).outcome == "accept")  # so much at one time may be refused, and then says less than its parts
    whole = answers_of(map(read, (together, *lines)), of_a_day)
    for split in (
        [f"{what} {one} {parts} times a day"],
        [f"{what} {one}, {parts} tablets daily"],
        [f"{what} {one} daily"] * parts,
    ):
        assert answers_of(map(read, (*split, *lines)), of_a_day) == whole, split


# --- more of the same, and something else


def _rows(rule: Rule) -> list[tuple[str, str]]:
    """Facts that are amounts of what is taken, with each comparison."""
    return [
        (row.fact, test.word)
        for row in rule.when
        for test in row.comparisons
        if test.word in AMOUNT_WORDS and row.fact.endswith((".daily", ".each_time", ".spaced_dose"))
    ]


def _limits(rule: Rule) -> bool:
    """Whether a rule speaks of too much: of an amount above something."""
    return rule.folder != "pairing" and any(word in ("above", "at_least") for _, word in _rows(rule))


def _takes_over(id: str, raised: set[str], jurisdiction: str) -> bool:
    """Whether a finding that ends where another begins is followed by one about the same fact that is no milder."""
    rule = RULES[id]
    facts_of_rule = {fact for fact, _ in _rows(rule)}
    return any(
        RULES[other].gravity[0] <= rule.gravity[0] and {fact for fact, _ in _rows(RULES[other])} & facts_of_rule
        for other in raised
        if RULES[other].jurisdiction in (None, jurisdiction) and _limits(RULES[other])
    )


@given(DOSES, st.sampled_from([1, 1.001, 1.5, 2, 3, 10]), lists(max_examples=2))
@cases(250)
def test_more_of_the_same_never_loses_a_finding_about_too_much(
    dose: tuple[str, float], times: float, lines: list[str]
) -> None:
    """A larger amount, more often, or one product more: what was above a limit stays above it, and is still shown.

    A range ("more than usual, up to the limit") ends where a graver rule about the same total begins. An amount that
    nobody takes is refused: it cannot be told then, and never "no". A rule that is not shown any more is left to
    one that is no milder.
    """
    what, mcg = dose
    base = f"{what} {_written(mcg, 'mcg')} daily"
    limits = [rule for rule in RULESET.rules if _limits(rule)]
    before = answers_of(map(read, (base, *lines)), limits)
    larger = f"{what} {_written(round(mcg * times, 3), 'mcg')} daily"
    for more in ([larger], [base, larger], [f"{what} {_written(mcg, 'mcg')} three times a day"]):
        after = answers_of(map(read, (*more, *lines)), limits)
        is_read = all(read(line).outcome != "refuse" for line in more)
        raised = {id for id, answer in after.items() if answer == "raised"}
        for id in (id for id, answer in before.items() if answer == "raised" != after[id]):
            if not is_read:
                assert after[id] == "cannot-tell", (more, id)
                continue
            assert any(word in ("at_most", "below") for _, word in _rows(RULES[id])), (more, id)
            assert all(_takes_over(id, raised, one) for one in JURISDICTIONS), (more, id)
        for id in raised:
            for left in RULES[id].supersedes:
                assert RULES[id].gravity[:2] <= RULES[left].gravity[:2]


def _about(rule: Rule) -> set[str]:
    """Ids of everything that a rule asks about."""
    found = set()
    for atom in rule.atoms():
        name, _, id = atom.removesuffix(UNNAMED).partition(":")
        found.add(id if name in LISTS else RULESET.facts[name].entry)
    return found - {""}


def _has_only_yes(rule: Rule) -> bool:
    """Whether more can only speak for a rule: no row asks for something not to be there, or for little of it."""
    return not rule.unless and not any(
        test.word in ("include_none", "below", "at_most") or test.value is False
        for row in rule.when
        if row.fact != "age"
        for test in row.comparisons
    )


TAKEN = [entry for kind in ("supplement", "medicine", "food", "condition") for entry in VOCABULARY.of_kind(kind)]


@given(st.sampled_from(TAKEN), lists(min_examples=1))
@cases(400)
def test_something_unrelated_changes_nothing(entry: Entry, lines: list[str]) -> None:
    """Of what a rule does not ask about, one thing more changes its answer in no way.

    And of what it does ask about, one thing more never takes a finding away, nor makes a rule say no that could not
    tell; but for rules that ask whether something is not there.
    """
    added = consistent((*lines, entry.label))
    before, after = answers(*lines), answers(*added)
    may_be = VOCABULARY.surely(entry.id) | VOCABULARY.perhaps(entry.id)
    for id, rule in RULES.items():
        if not _about(rule) & may_be:
            assert after[id] == before[id], id
        elif _has_only_yes(rule):
            assert before[id] == "not-raised" or after[id] in ("raised", before[id]), id


# --- where it would change


def _crossings(rule: Rule, of: Facts) -> Iterator[tuple[str, str, float, float | None]]:
    checked = Checked(Regimen(), of, dict(RULESET.facts), VOCABULARY)
    for change in changes_at(rule, checked):
        yield change.fact, change.comparison, change.limit.low, change.limit.high


def _hold_crossings(lines: Iterable[str]) -> int:
    """Move each fact that a raised finding names across its value and back; how many there were."""
    of, count = facts(map(read, lines)), 0
    for finding in evaluate(RULESET.rules, of):
        if finding.answer != "raised":
            continue
        for fact, comparison, low, high in _crossings(finding.rule, of):
            assert high is not None
            count += 1
            step = 1 + 1e-6

            def outcome(value: float, fact: str = fact, rule: Rule = finding.rule) -> str:
                moved = of._replace(intervals={**of.intervals, fact: exactly(value)})
                return evaluate((rule,), moved)[0].answer

            here, beyond = {
                "above": (high * step, low),
                "at_least": (high, low / step),
                "below": (low / step, high),
                "at_most": (low, high * step),
            }[comparison]
            assert outcome(here) == "raised", (finding.rule.id, fact, here)
            assert outcome(beyond) == "not-raised", (finding.rule.id, fact, beyond)
    return count


def test_every_rule_with_an_amount_names_where_it_changes() -> None:
    """Of each rule that compares an amount, a finding names its value; beyond it the finding goes, before it it stays."""
    for id, lines in RAISED.items():
        compares = any(
            test.word in AMOUNT_WORDS for row in RULES[id].when if row.fact != "age" for test in row.comparisons
        )
        named = {fact for fact, *_ in _crossings(RULES[id], facts(map(read, lines)))}
        assert bool(named) == compares, id
        _hold_crossings(lines)


@given(lists(min_examples=2, max_examples=4))
@cases(300)
def test_a_finding_changes_where_it_says(lines: list[str]) -> None:
    """Just beyond the value it is not raised, just before it is, whatever else is on the list or not known."""
    _hold_crossings(lines)


# --- the report as a whole


@given(lists())
@cases(20)
def test_the_same_regimen_gives_the_same_report(ruleset: RuleSet, lines: list[str]) -> None:
    """Nothing in a report depends on anything but the regimen and the rules."""
    reports = [build_report(Regimen(Reader(ruleset.vocabulary).read_all(lines)), ruleset, "us", True) for _ in range(2)]
    assert reports[0] == reports[1]


@given(lists())
@cases(150)
def test_answering_a_question_can_change_what_it_says(ruleset: RuleSet, reader: Reader, lines: list[str]) -> None:
    """Every question names rules that are open or raised, and no open rule is left without a question."""
    report = build_report(Regimen(reader.read_all(lines)), ruleset, "us", True)
    outcomes = {traced.rule: traced.outcome for traced in report.trace or ()}
    asked = {rule for question in report.questions for rule in question.could_change}
    assert all(question.could_change for question in report.questions)
    assert {rule.rule for rule in report.undecided} <= asked
    assert all(outcomes[rule] != "not-raised" for rule in asked)


def test_the_lists_hold_every_rule_and_every_answer() -> None:
    """What the properties are tried on raises each rule; each rule can be not raised, too, and open where it may be."""
    assert RAISED.keys() == RULES.keys()
    for id, lines in RAISED.items():
        assert list(lines) == consistent(lines), id
        assert answers(*lines)[id] == "raised"
    assert len(EXAMPLES) > 700
