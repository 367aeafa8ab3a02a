"""Lists of what people take, for the properties of the real rules: the rules' own examples, mixed at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from hypothesis import strategies as st

from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import Facts, facts_of, is_fertile
from dosenote.reader import Reader
from dosenote.regimen import Person, Reading, Regimen
from dosenote.rule import Answer, Rule
from dosenote.ruleset import load

RULESET = load()
VOCABULARY = RULESET.vocabulary
_READER = Reader(VOCABULARY, RULESET.products)


@cache
def read(line: str) -> Reading:
    return _READER.read(line)


def facts(readings: Iterable[Reading]) -> Facts:
    return facts_of(Regimen(tuple(readings)), VOCABULARY)


def answers_of(readings: Iterable[Reading], rules: Sequence[Rule] = RULESET.rules) -> dict[str, Answer]:
    """What becomes of every rule of all jurisdictions, by id."""
    return {finding.rule.id: finding.answer for finding in evaluate(rules, facts(readings))}


def answers(*lines: str) -> dict[str, Answer]:
    return answers_of(map(read, lines))


def _is_there(reading: Reading) -> set[str]:
    """Everything that a line says is or may be there, with its classes and groups."""
    named = [*(item.substance for item in reading.items), *reading.conditions, *reading.foods, *reading.doubted]
    return {id for one in (*named, *reading.stopped) for id in VOCABULARY.surely(one)}


def _is_absent(reading: Reading) -> set[str]:
    return {id for one in reading.denied for id in (one, *VOCABULARY.members(one))}


def consistent(lines: Iterable[str]) -> list[str]:
    """The lines without those that cannot all be true: two ages, "warfarin" and "not on warfarin", a pregnant infant.

    Nor are there two values of one blood test: which of them is the newer one would be open.
    """
    kept: list[str] = []
    person, there, absent, labs = Person(), set[str](), set[str](), set[str]()
    for line in lines:
        reading = read(line)
        try:
            together = person.with_(reading.person)
        except DosenoteError:
            continue
        now_there, now_absent = there | _is_there(reading), absent | _is_absent(reading)
        measured = {lab.id for lab in reading.labs}
        if together.pregnant and not is_fertile(together.age):
            continue
        if line not in kept and not now_there & now_absent and not labs & measured:
            kept.append(line)
            person, there, absent, labs = together, now_there, now_absent, labs | measured
    return kept


def _lines(example: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in example.split(";"))


#: Of each rule one list for which it is raised, and all lists that are an example of some rule.
RAISED: dict[str, tuple[str, ...]] = {
    rule.id: next(_lines(example.regimen) for example in rule.examples if example.expect == "raised")
    for rule in RULESET.rules
}
EXAMPLES = sorted({_lines(example.regimen) for rule in RULESET.rules for example in rule.examples})
#: What the examples have little of: beginnings of other lists, and lines that leave something open.
_OTHERS = (
    "vitamin D3 4000 IU daily", "vitamin D 1000 IU twice a day", "50,000 IU D2 once a week", "K2 MK-4 45 mg daily",
    "vitamin K 100 mcg daily", "calcium carbonate 1250 mg daily", "calcium 1000-1200 mg daily", "vitamin D3 2000 IU",
    "Eliquis", "not on warfarin", "no kidney stones", "warfarin?", "sarcoidosis?", "stopped MK-7 in May", "OsteoMax 1 daily",
    "vitamin D3 1000 IU daily with food", "new MK-7 90 mcg daily", "INR 2.5", "25-OH-D 40 ng/mL", "eGFR 25", "age 67",
    "6 months old", "male", "female", "not pregnant", "no other medicines", "no other conditions", "no other foods",
    "vitamin D3 1000-2000 IU daily", "calcium 500 mg as needed, up to 3 a day", "MK-7 100 mcg then 200 mcg", "amlodipine 5 mg daily",
)  # fmt: skip


@st.composite
def lists(draw: st.DrawFn, min_examples: int = 0, max_examples: int = 3, max_others: int = 3) -> list[str]:
    """Lines of a person who does not contradict themselves: examples of some rules together, and others between."""
    examples = draw(st.lists(st.sampled_from(EXAMPLES), min_size=min_examples, max_size=max_examples, unique=True))
    others = draw(st.lists(st.sampled_from(_OTHERS), min_size=0 if examples else 1, max_size=max_others, unique=True))
    return consistent((*(line for lines in examples for line in lines), *others))
