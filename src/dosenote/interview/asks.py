"""Which questions to put, at most seven besides those about one line, and what an answer to each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from dosenote.engine import evaluate
from dosenote.facts import LISTS, UNNAMED, fact_name, facts_of
from dosenote.files import regimen_of
from dosenote.interview.session import Answer, Session
from dosenote.laboratory import disagreements
from dosenote.questions import Question, questions_for
from dosenote.reader import Reader
from dosenote.regimen import Reading, Regimen
from dosenote.rule import ACTIONS, Action
from dosenote.rule import Answer as OutcomeWord
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Vocabulary

#: No more than these are put about one list, besides those about one line of it, of which each can need its own; what
#: is left open stays open, and the report says so.
MOST = 7
#: A finding below this is not worth a question.
LEAST: Action = "mention"
_PERSON = ("sex", "pregnant", "lactating")
_TITLES = {
    "medicines": "Do you take any of these?",
    "conditions": "Which of these would you answer with yes?",
    "foods": "Which of these would you answer with yes?",
    "labs": "Do you have results of these blood tests?",
    "age": "How old are you?",
    "person": "Which of these is true of you?",
    "new": "For how long have you taken this?",
    "meals": "Do you take this with food?",
}
_HINTS = {
    "labs": "Type them as they stand on the report, with the unit, or none.",
    "age": "In years.",
    "new": "Type the numbers, or not sure.",
    "meals": "Type the numbers, or not sure.",
}
#: Questions about items, by the facts that they tell.
_OF_FACTS = {"new": "new", "with_food": "meals"}
_OF_ITEMS = tuple(_OF_FACTS.values())
_DONT_KNOW = re.compile(
    r"(?:i )?(?:do not|don'?t|dont) (?:really )?know|no idea|not sure|unsure|unknown|dunno|no clue|\?+", re.IGNORECASE
)
_NONE = re.compile(
    r"none(?: of (?:these|them|those|the others))?|neither(?: of them)?|no(?: others?| more)?|nope|nothing(?: else)?|0"
    r"|that'?s all|that is all",
    re.IGNORECASE,
)
_YES = re.compile(r"yes|yep|yeah|y|i do|yes i do|true", re.IGNORECASE)
_NUMBERS = re.compile(r"\d{1,2}(?:(?:\s*[,;&+]\s*|\s+and\s+|\s+)\d{1,2})*[.)]?", re.IGNORECASE)
#: "2 not sure" may be of the second itself.
_REST_UNSURE = re.compile(
    r"[,;.]?\s*(?:but\s+|and\s+)?(?:not sure|unsure|don'?t know)(?: (?:about|of)) the (?:rest|others?)\W*$"
)
_AGE = re.compile(
    r"(?:about |around |i'?m |i am |age |aged )*(\d{1,3})(?: ?years?(?: old)?| ?yrs?| ?y/?o)?\W*", re.IGNORECASE
)


class Choice(NamedTuple):
    """One line of a list to recognise from. yes, no: what it means for the regimen to be ticked, or not.

    item, is_new: the number of an item, from 0, and what a tick says of it: new, taken for over a year, or between.
    with_food: what a tick says of the item instead: whether it is taken with food.
    covers: the facts of a line of an open list; is_joined: whether it belongs with the line before it.
    """

    label: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    item: int | None = None
    is_new: bool | None = True
    with_food: bool | None = None
    covers: tuple[str, ...] = ()
    is_joined: bool = False


class Ask(NamedTuple):
    """One question as it is put.

    topic: medicines, conditions, foods, labs, age, person, new, meals, or "line " and an item.
    could_change: ids of the rules whose outcome an answer could change, gravest first. covers: the facts asked for.
    """

    topic: str
    text: str
    hint: str
    choices: tuple[Choice, ...]
    could_change: tuple[str, ...]
    covers: tuple[str, ...]

    @property
    def is_yes_no(self) -> bool:
        """Whether it is about one thing, and no list is shown."""
        return len(self.choices) == 1 and self.topic not in ("labs", *_OF_ITEMS)


class Effect(NamedTuple):
    """What a tick at one line of a list, by its number from 1, would do to one rule."""

    number: int
    action: Action
    title: str
    yes: OutcomeWord
    no: OutcomeWord


def asks_for(session: Session, regimen: Regimen, ruleset: RuleSet, jurisdiction: str) -> tuple[Ask, ...]:
    """What is still to be asked, the gravest first; nothing that was answered, and nothing that could not matter."""
    rules = ruleset.for_jurisdiction(jurisdiction)
    actions = {rule.id: rule.action for rule in rules}
    gravity = {rule.id: rule.gravity for rule in rules}
    facts = facts_of(regimen, ruleset.vocabulary)
    topics: dict[str, list[Question]] = {}
    texts = session.texts()
    told = {f"lab.{fact_name(one.test.id)}" for one in disagreements(regimen.all_labs, ruleset.vocabulary)}
    for question in questions_for(evaluate(rules, facts), facts, regimen, ruleset):
        topic = "" if question.fact in told else _topic(question.fact, texts, regimen)
        worst = min(ACTIONS.index(actions[rule]) for rule in question.could_change)
        answer = session.answer(topic)
        is_told = answer is not None and (topic.startswith("line ") or question.fact in answer.covers)
        if topic and worst <= ACTIONS.index(LEAST) and not is_told:
            topics.setdefault(topic, []).append(question)
    asks = []
    for topic, questions in topics.items():
        rules_changed = {rule for question in questions for rule in question.could_change}
        lines = sorted({number for question in questions for number in facts.sources.get(question.fact, ())})
        lines = [number for number in lines if regimen.readings[number].items]
        is_plain = topic.startswith("line ") or (len(questions) == 1 and topic not in ("labs", *_OF_ITEMS))
        if topic == "meals":
            lines = [
                number for number in lines if [item.with_food for item in regimen.readings[number].items] == [None]
            ]
        choices = tuple(_choices(topic, questions, lines, session, ruleset.vocabulary))
        if topic in _OF_ITEMS and not choices:
            continue  # it is about something that an answer named, or about one thing of several in a line
        asks.append(
            Ask(
                topic,
                questions[0].text if is_plain else _TITLES[topic],
                "yes, no, or not sure" if is_plain and topic != "age" else _HINTS.get(topic, ""),
                choices,
                tuple(sorted(rules_changed, key=gravity.__getitem__)),
                tuple(question.fact for question in questions),
            )
        )
    person = next((number for number, ask in enumerate(asks) if ask.topic == "person"), len(asks))
    late = [ask for ask in asks[person:] if ask.topic == "age"]  # somebody of 67 is not asked about pregnancy
    asks = [*asks[:person], *late, *(ask for ask in asks[person:] if ask not in late)]
    own = [ask for ask in asks if ask.topic.startswith("line ")]
    put = sum(answer.rounds for answer in session.answers if not answer.topic.startswith("line "))
    return (*own, *[ask for ask in asks if ask not in own][: max(0, MOST - put)])


def line_topic(text: str) -> str:
    """The topic of a question about one item."""
    return f"line {text}"


def _topic(fact: str, texts: tuple[str, ...], regimen: Regimen) -> str:
    """The question to which a fact belongs; "" for what nobody can answer at the prompt, such as a range."""
    kind = fact.partition(":")[0]
    if kind in LISTS or fact == "age":
        return kind
    if fact.startswith("line "):
        number = int(fact.removeprefix("line ")) - 1
        is_asked = number < len(texts) and not regimen.readings[number].stopped
        return line_topic(texts[number]) if is_asked else ""
    if fact in _PERSON:
        return "person"
    if fact.startswith("lab."):
        return "labs"
    return _OF_FACTS.get(fact.rpartition(".")[2], "")


# --- lists to recognise from


def _choices(
    topic: str, questions: list[Question], lines: list[int], session: Session, vocabulary: Vocabulary
) -> Iterable[Choice]:
    if topic in LISTS:
        yield from _members(topic, questions, vocabulary)
    elif topic == "labs":
        for label in dict.fromkeys(question.label.removesuffix(", told or not") for question in questions):
            yield Choice(label)
    elif topic == "new":
        texts = session.texts()
        for number in lines:
            if number < len(texts):
                yield Choice(f"{texts[number]}: begun within the last month, or not yet begun", item=number)
                yield Choice(f"{texts[number]}: between a month and a year", item=number, is_new=None)
                yield Choice(f"{texts[number]}: a year or longer", item=number, is_new=False)
    elif topic == "meals":
        texts = session.texts()
        for number in lines:
            if number < len(texts):
                yield Choice(f"{texts[number]}: with a meal or a snack, or soon after one", item=number, with_food=True)
                yield Choice(f"{texts[number]}: before a meal, or on an empty stomach", item=number, with_food=False)
    elif topic == "person":
        asked = {question.fact for question in questions}
        if "sex" in asked:
            yield Choice("female", ("female",))
            yield Choice("male", ("male",))
        alone = "sex" not in asked  # who only ticks "female" has not said no to the others
        if "pregnant" in asked:
            yield Choice("pregnant", ("pregnant",), ("not pregnant",) if alone else ())
        if "lactating" in asked:
            yield Choice("breastfeeding", ("breastfeeding",), ("not breastfeeding",) if alone else ())


def _members(topic: str, questions: list[Question], vocabulary: Vocabulary) -> Iterable[Choice]:
    """The things of one open list, each class behind those of its members that are asked for by themselves."""
    texts = {question.fact.removesuffix(UNNAMED).partition(":")[2]: question.text for question in questions}
    ids = list(dict.fromkeys(texts))
    below = {id: [other for other in ids if other != id and id in vocabulary.surely(other)] for id in ids}
    placed: list[str] = []
    joined: set[str] = set()
    for id in ids:
        if any(id in below[other] for other in ids):
            continue
        if topic == "conditions":
            group = [id, *below[id]]
        else:
            group = [one for member in (*below[id], id) for one in (*below[member], member)]
        new = [one for one in dict.fromkeys(group) if one not in placed]
        placed += new
        joined.update(new[1:])
    for id in placed:
        name = vocabulary[id].label
        is_rest = bool(below[id]) and topic != "conditions"
        label = texts[id] if topic != "medicines" else _plain(texts[id])
        if is_rest:
            label = (
                f"{name}: something else, or not sure what"
                if topic == "foods"
                else f"another {name}, or not sure which"
            )
        facts = tuple(one.fact for one in questions if one.fact.removesuffix(UNNAMED).partition(":")[2] == id)
        yield Choice(label, (name,), (f"no {name}",), covers=facts, is_joined=id in joined)


def _plain(text: str) -> str:
    """ "a water tablet (…)" from "Do you take a water tablet (…)?": the words that a list needs."""
    for opening in ("Do you take ", "Do you have ", "Do you use ", "Do you get "):
        if text.startswith(opening):
            return text.removeprefix(opening).removesuffix("?")
    return text


# --- what an answer means


def is_unsure(said: str) -> bool:
    """Whether somebody says that they do not know."""
    return bool(_DONT_KNOW.fullmatch(said.strip()))


def is_none(said: str) -> bool:
    """Whether somebody says that there is nothing, or nothing more."""
    return bool(_NONE.fullmatch(said.strip()))


def remaining(ask: Ask, again: Ask | None) -> Ask:
    """The list as it was shown, with its numbers, where some of it has been told since and says no more."""
    left = {choice.label for choice in again.choices} if again else set()
    choices = tuple(choice if choice.label in left else Choice(choice.label) for choice in ask.choices)
    return ask._replace(choices=choices, covers=again.covers if again else ())


def understand(ask: Ask, said: str, reader: Reader) -> Answer | str:
    """The answer that these words give, or what is wrong with them."""
    said = said.strip()
    if is_unsure(said):
        return Answer(ask.topic, said, covers=ask.covers)
    if not said:
        return "Type an answer, or :unknown to leave it open."
    if ask.topic == "age":
        return _age(ask, said)
    if is_none(said):
        return _ticked(ask, said, frozenset())
    if _YES.fullmatch(said) and ask.topic == "labs":
        return "Type each value with its unit, as in INR 2.4."
    if _YES.fullmatch(said) and not ask.is_yes_no:
        return "Which? Type the numbers, or the names."
    if _YES.fullmatch(said):
        return _ticked(ask, said, frozenset({0}))
    if ask.is_yes_no and (ask.topic not in LISTS or said.isdigit()):
        return "Type yes, no, or not sure."
    rest = _REST_UNSURE.search(said)
    numbers = said[: rest.start()] if rest else said
    if _NUMBERS.fullmatch(numbers) and ask.topic != "labs":
        ticked = frozenset(int(number) - 1 for number in re.findall(r"\d+", numbers))
        if not all(0 <= number < len(ask.choices) for number in ticked):
            return f"The list goes from 1 to {len(ask.choices)}."
        items = [ask.choices[number].item for number in ticked]
        if ask.topic in _OF_ITEMS and len(items) != len(set(items)):
            return "Only one of these can be so of each."
        return _ticked(ask, said, ticked, is_all=rest is None)
    return _in_words(ask, said, reader)


def _ticked(ask: Ask, said: str, ticked: frozenset[int], is_all: bool = True) -> Answer:
    lines: list[str] = []
    marks, meals = [], []
    for number, choice in enumerate(ask.choices):
        if number in ticked:
            lines += choice.yes
            if choice.item is not None and choice.with_food is not None:
                meals.append((choice.item, choice.with_food))
            elif choice.item is not None:
                marks.append((choice.item, choice.is_new))
        elif is_all:
            lines += choice.no
    return Answer(ask.topic, said, tuple(lines), tuple(marks), ask.covers, meals=tuple(meals))


def _age(ask: Ask, said: str) -> Answer | str:
    found = _AGE.fullmatch(said)
    if found is None or int(found[1]) > 130:
        return "Type your age in years, as in 67."
    return Answer("age", said, (f"{found[1]} years old",), covers=ask.covers)


def _in_words(ask: Ask, said: str, reader: Reader) -> Answer | str:
    """Names, conditions, foods or lab values in the person's own words."""
    if ask.topic == "labs":
        return _blood_values(ask, said, reader)
    if ask.topic not in LISTS:
        return f"Type a number from 1 to {len(ask.choices)}, or none."
    whole = reader.read(said)
    if _is_clear(ask.topic, whole):
        return Answer(ask.topic, said, (said,), rounds=0)
    parts = tuple(part.strip() for part in re.split(r";|,(?!\d)", said) if part.strip())
    readings = [reader.read(part) for part in parts]
    if all(_is_clear(ask.topic, reading) and not (reading.denied or reading.stopped) for reading in readings):
        return Answer(ask.topic, said, parts, rounds=0)
    near = [name for reading in readings for name in reading.suggestions] if ask.topic == "medicines" else []
    hint = f" Did you mean {', '.join(near[:3])}?" if near else ""
    return f"I am not sure what that says.{hint} Type numbers from the list, one name at a time, none, or :unknown."


def _is_clear(topic: str, reading: Reading) -> bool:
    """Whether words say for certain what is, or is not, in one of the lists, and declare no other list complete."""
    kinds = {"medicines": reading.items, "conditions": reading.conditions, "foods": reading.foods}
    others = [name for name, complete in reading.closed._asdict().items() if complete and name != topic]
    return (
        not reading.hides_something
        and not reading.doubted
        and not (reading.outcome == "ask" and reading.reason)
        and not others
        and all(item.is_taken for item in reading.items)
        and bool(kinds[topic] or reading.denied or reading.stopped or any(reading.closed))
    )


def _blood_values(ask: Ask, said: str, reader: Reader) -> Answer | str:
    """Values with their units; a number alone may be that of the list, or a year."""
    lines = [said]
    if len(ask.choices) == 1 and re.search(r"\d\s*[^\W\d]", said):
        lines.append(f"{ask.choices[0].label} {said}")
    if re.search(r"[^\W\d]", said):
        for line in lines:
            parts = tuple(part.strip() for part in line.split(";") if part.strip())
            readings = [reader.read(part) for part in parts]
            if all(reading.labs and not reading.unread and reading.outcome == "ignore" for reading in readings):
                told = {f"lab.{fact_name(lab.id)}" for reading in readings for lab in reading.labs}
                return Answer(ask.topic, said, parts, covers=tuple(fact for fact in ask.covers if fact in told))
    reason = reader.read(said).reason
    why = f": {reason}" if reason else ""
    return f"I could not read that{why}. Type the name, the value and its unit, as in INR 2.4, or none."


def effects(ask: Ask, session: Session, reader: Reader, ruleset: RuleSet, jurisdiction: str) -> tuple[Effect, ...]:
    """For each line of a list, the gravest rule that a tick raises, else could raise, and what becomes of it else."""
    rules = [rule for rule in ruleset.for_jurisdiction(jurisdiction) if rule.id in ask.could_change]

    def outcomes(answer: Answer) -> dict[str, OutcomeWord]:
        regimen = regimen_of(session.with_answer(answer).file(reader), reader)
        return {finding.rule.id: finding.answer for finding in evaluate(rules, facts_of(regimen, ruleset.vocabulary))}

    found = []
    by_id = {rule.id: rule for rule in rules}
    for number, choice in enumerate(ask.choices):
        yes, no = outcomes(_ticked(ask, "", frozenset({number}), False)), outcomes(Answer(ask.topic, "", choice.no))
        changed = [id for id in ask.could_change if id in by_id and yes[id] != no[id]]
        if changed:
            rule = by_id[next((id for id in changed if yes[id] == "raised"), changed[0])]
            found.append(Effect(number + 1, rule.action, rule.title, yes[rule.id], no[rule.id]))
    return tuple(found)
