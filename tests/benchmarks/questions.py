"""How many questions the prompt asks, against a form that asks for everything, over random people.

Each person has supplements, medicines, conditions, foods, an age and a sex. The form is told all of it and that the
lists are complete; the prompt is answered truthfully as far as it asks. Prints the mean number of questions, and how
often a finding worth a question comes out differently (it must be never). Results are counts, not times.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from typing import NamedTuple

from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.files import regimen_of
from dosenote.interview.asks import LEAST, Ask, asks_for, understand
from dosenote.interview.session import Answer, Session
from dosenote.reader import Reader
from dosenote.regimen import Closed, Person, Regimen
from dosenote.rule import ACTIONS
from dosenote.ruleset import RuleSet, load
from dosenote.vocabulary import words

ITEMS = (
    "vitamin D3 1000 IU daily", "vitamin D3 5000 IU daily", "vitamin D3 50000 IU weekly", "MK-7 100 mcg daily",
    "MK-7 180 mcg daily", "MK-4 45 mg daily", "vitamin K1 100 mcg daily", "calcium 600 mg daily",
    "calcium 500 mg twice daily", "magnesium 200 mg daily", "zinc 15 mg daily", "vitamin E 400 IU daily",
    "vitamin A 3000 mcg daily", "iron 18 mg daily",
)  # fmt: skip
#: Fixed fields of the form besides the three lists: age, sex, pregnancy, breastfeeding, four blood tests, what is new.
_FIELDS = 9
PEOPLE = 200


class Someone(NamedTuple):
    """One person: lines of what is taken, and what is true of them besides, as ids."""

    items: tuple[str, ...]
    true: dict[str, tuple[str, ...]]
    age: int
    sex: str
    pregnant: bool


def someone(chance: random.Random, ruleset: RuleSet) -> Someone:
    """A random person; of each list a few things that rules know."""
    vocabulary = ruleset.vocabulary

    def some(kind: str, most: int) -> tuple[str, ...]:
        ids = [entry.id for entry in vocabulary.of_kind(kind) if not vocabulary.members(entry.id)]
        return tuple(sorted(chance.sample(ids, chance.randint(0, most))))

    sex = chance.choice(("female", "male"))
    age = chance.randint(18, 90)
    true = {"medicines": some("medicine", 4), "conditions": some("condition", 3), "foods": some("food", 2)}
    return Someone(
        tuple(chance.sample(ITEMS, chance.randint(1, 4))), true, age, sex,
        sex == "female" and age < 50 and chance.random() < 0.2,
    )  # fmt: skip


def form_of(who: Someone, reader: Reader, ruleset: RuleSet) -> Regimen:
    """Everything about the person, with every list complete."""
    labels = [ruleset.vocabulary[id].label for ids in who.true.values() for id in ids]
    readings = reader.read_all((*who.items, *labels))
    old = tuple(
        reading._replace(items=tuple(item._replace(is_new=False) for item in reading.items)) for reading in readings
    )
    return Regimen(old, Person(who.age, who.sex, who.pregnant, False), Closed(True, True, True))  # type: ignore[arg-type]


def truthful(ask: Ask, who: Someone, reader: Reader, ruleset: RuleSet) -> Answer:
    """What the person answers: numbers of what is true, names of what only a class of the list covers."""
    vocabulary = ruleset.vocabulary
    if ask.topic == "age":
        said = str(who.age)
    elif ask.topic in ("labs", "meals"):
        said = "not sure"
    elif ask.topic == "person":
        facts = {who.sex, "pregnant" if who.pregnant else ""}
        said = ", ".join(str(n) for n, choice in enumerate(ask.choices, 1) if choice.label in facts) or "none"
    elif ask.topic == "new":  # everything is taken for long
        said = ", ".join(str(n) for n, choice in enumerate(ask.choices, 1) if choice.is_new is False)
    else:
        ids = [vocabulary.by_name[words(choice.yes[0])].id for choice in ask.choices]
        held = {id for one in who.true[ask.topic] for id in vocabulary.surely(one)}
        numbers = [n for n, id in enumerate(ids, 1) if id in held]
        named = [one for one in who.true[ask.topic] if one not in ids and vocabulary.surely(one) & set(ids)]
        if named:
            text = "; ".join(vocabulary[id].label for id in named)
            answer = understand(ask, text, reader)
            if isinstance(answer, Answer):
                return answer
        said = ", ".join(map(str, numbers)) or "none"
    if ask.is_yes_no and said == "1":
        said = "yes"
    answer = understand(ask, said, reader)
    if not isinstance(answer, Answer):
        raise TypeError(f"{ask.topic}: {said}: {answer}")
    return answer


def outcomes(regimen: Regimen, ruleset: RuleSet) -> dict[str, str]:
    """The answer of every rule that is worth a question."""
    worth = [rule for rule in ruleset.for_jurisdiction("us") if ACTIONS.index(rule.action) <= ACTIONS.index(LEAST)]
    return {finding.rule.id: finding.answer for finding in evaluate(worth, facts_of(regimen, ruleset.vocabulary))}


def interview(who: Someone, reader: Reader, ruleset: RuleSet) -> tuple[Session, int, list[float]]:
    """The session when nothing more is asked, how many questions that took, and the seconds before each."""
    session, asked, waits = Session(who.items), set(), []
    while True:
        start = time.perf_counter()
        asks = asks_for(session, regimen_of(session.file(reader), reader), ruleset, "us")
        waits.append(time.perf_counter() - start)
        asks = tuple(ask for ask in asks if not ask.topic.startswith("line "))
        if not asks:
            return session, len(asked), waits
        asked.add(asks[0].topic)
        session = session.with_answer(truthful(asks[0], who, reader, ruleset))


def compare(people: int, seed: int) -> tuple[list[int], list[str], list[float]]:
    """Questions asked of each person, every finding that came out differently, and the waits."""
    ruleset = load()
    reader = Reader(ruleset.vocabulary, ruleset.products)
    chance = random.Random(seed)
    counts, different, waits = [], [], []
    for _ in range(people):
        who = someone(chance, ruleset)
        session, count, waited = interview(who, reader, ruleset)
        counts.append(count)
        waits += waited
        told = outcomes(form_of(who, reader, ruleset), ruleset)
        mine = outcomes(regimen_of(session.file(reader), reader), ruleset)
        different += [f"{id}: {mine[id]}, the form {told[id]}, {who}" for id in told if mine[id] != told[id]]
    return counts, different, waits


def main() -> None:
    counts, different, waits = compare(PEOPLE, 1)
    vocabulary = load().vocabulary
    fields = _FIELDS + sum(len(vocabulary.of_kind(kind)) for kind in ("medicine", "condition", "food"))
    sys.stdout.write(
        f"{PEOPLE} people: {statistics.mean(counts):.1f} questions each (at most {max(counts)}); a form has {fields} "
        f"fields, {fields / statistics.mean(counts):.0f} times as many\n"
        f"findings that came out differently: {len(different)}\n"
        f"before a question: median {statistics.median(waits) * 1000:.0f} ms, longest {max(waits) * 1000:.0f} ms\n"
    )
    for line in different[:20]:
        sys.stdout.write(f"  {line}\n")


if __name__ == "__main__":
    main()
