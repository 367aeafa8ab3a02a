"""Which questions to put, at most seven, and what an answer to each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from dosenote.engine import evaluate
from dosenote.facts import LISTS, UNNAMED, facts_of
from dosenote.files import regimen_of
from dosenote.interview.session import Answer, Session
from dosenote.questions import Question, questions_for
from dosenote.reader import Reader
from dosenote.regimen import Reading, Regimen
from dosenote.rule import ACTIONS, Action
from dosenote.rule import Answer as OutcomeWord
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Vocabulary

#: No more than these are put to anybody; what is left open stays open, and the report says so.
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
    "new": "Which of these are new: started within the last month, or not yet started?",
}
_HINTS = {
    "labs": "Type them as they stand on the report, with the unit, or none.",
    "age": "In years.",
    "new": "Answer none when you have taken all of them for a year or more.",
}
_DONT_KNOW = re.compile(
    r"(?:i )?(?:do not|don'?t|dont) (?:really )?know|no idea|not sure|unsure|unknown|dunno|no clue|\?+", re.IGNORECASE
)
_NONE = re.compile(r"none(?: of (?:these|them|those))?|neither(?: of them)?|no|nope|nothing|0", re.IGNORECASE)
_YES = re.compile(r"yes|yep|yeah|y|i do|yes i do|true", re.IGNORECASE)
_NUMBERS = re.compile(r"\d{1,2}(?:(?:\s*[,;&+]\s*|\s+and\s+|\s+)\d{1,2})*[.)]?", re.IGNORECASE)
_REST_UNSURE = re.compile(
    r"[,;.]?\s*(?:but\s+|and\s+)?(?:not sure|unsure|don'?t know)(?: (?:about|of) the (?:rest|others?))?\W*$"
)
_AGE = re.compile(
    r"(?:about |around |i'?m |i am |age |aged )*(\d{1,3})(?: ?years?(?: old)?| ?yrs?| ?y/?o)?\W*", re.IGNORECASE
)


class Choice(NamedTuple):
    """One line of a list to recognise from. yes, no: what it means for the regimen to be ticked, or not.

    item: the number of an item, from 0, that is new when it is ticked.
    """

    label: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    item: int | None = None


class Ask(NamedTuple):
    """One question as it is put. topic: medicines, conditions, foods, labs, age, person, new, or "line " and an item.

    could_change: ids of the rules whose outcome an answer could change, gravest first.
    """

    topic: str
    text: str
    hint: str
    choices: tuple[Choice, ...]
    could_change: tuple[str, ...]


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
    facts = facts_of(regimen, ruleset.vocabulary)
    topics: dict[str, list[Question]] = {}
    texts = session.texts()
    for question in questions_for(evaluate(rules, facts), facts, regimen, ruleset):
        topic = _topic(question.fact, texts)
        worst = min(ACTIONS.index(actions[rule]) for rule in question.could_change)
        answer = session.answer(topic)
        if topic and worst <= ACTIONS.index(LEAST) and (answer is None or answer.is_open):
            topics.setdefault(topic, []).append(question)
    asks = []
    for topic, questions in topics.items():
        gravity = {rule.id: rule.gravity for rule in rules}
        rules_changed = {rule for question in questions for rule in question.could_change}
        lines = sorted({number for question in questions for number in facts.sources.get(question.fact, ())})
        lines = [number for number in lines if regimen.readings[number].items]
        is_plain = topic.startswith("line ") or (len(questions) == 1 and topic not in ("labs", "new"))
        asks.append(
            Ask(
                topic,
                questions[0].text if is_plain else _TITLES[topic],
                "yes, no, or not sure" if is_plain and topic != "age" else _HINTS.get(topic, ""),
                tuple(_choices(topic, questions, lines, session, ruleset.vocabulary)),
                tuple(sorted(rules_changed, key=gravity.__getitem__)),
            )
        )
    own = [ask for ask in asks if ask.topic.startswith("line ")]
    return (*own, *[ask for ask in asks if ask not in own][:MOST])


def line_topic(text: str) -> str:
    """The topic of a question about one item."""
    return f"line {text}"


def _topic(fact: str, texts: tuple[str, ...]) -> str:
    """The question to which a fact belongs; "" for what nobody can answer at the prompt, such as a range."""
    kind = fact.partition(":")[0]
    if kind in LISTS or fact == "age":
        return kind
    if fact.startswith("line "):
        number = int(fact.removeprefix("line ")) - 1
        return line_topic(texts[number]) if number < len(texts) else ""
    if fact in _PERSON:
        return "person"
    if fact.startswith("lab."):
        return "labs"
    return "new" if fact.endswith(".new") else ""


# --- lists to recognise from


def _choices(
    topic: str, questions: list[Question], lines: list[int], session: Session, vocabulary: Vocabulary
) -> Iterable[Choice]:
    if topic in LISTS:
        yield from _members(topic, questions, vocabulary)
    elif topic == "labs":
        for question in questions:
            yield Choice(question.label)
    elif topic == "new":
        texts = session.texts()
        for number in lines:
            if number < len(texts):
                yield Choice(texts[number], item=number)
    elif topic == "person":
        asked = {question.fact for question in questions}
        if "sex" in asked:
            yield Choice("female", ("female",))
            yield Choice("male", ("male",))
        if "pregnant" in asked:
            yield Choice("pregnant", ("pregnant",), ("not pregnant",))
        if "lactating" in asked:
            yield Choice("breastfeeding", ("breastfeeding",), ("not breastfeeding",))


def _members(topic: str, questions: list[Question], vocabulary: Vocabulary) -> Iterable[Choice]:
    """The things of one open list, each class behind those of its members that are asked for by themselves."""
    texts = {question.fact.removesuffix(UNNAMED).partition(":")[2]: question.text for question in questions}
    ids = list(dict.fromkeys(texts))
    below = {id: [other for other in ids if other != id and id in vocabulary.surely(other)] for id in ids}
    placed: list[str] = []
    for id in ids:
        if any(id in below[other] for other in ids):
            continue
        group = [id, *below[id]] if topic == "conditions" else [*below[id], id]
        placed += [one for one in group if one not in placed]
    for id in placed:
        name = vocabulary[id].label
        is_rest = bool(below[id]) and topic != "conditions"
        label = texts[id] if topic != "medicines" else _plain(texts[id])
        if is_rest:
            label = f"another {name}, or not sure which"
        yield Choice(label, (name,), (f"no {name}",))


def _plain(text: str) -> str:
    """ "a water tablet (…)" from "Do you take a water tablet (…)?": the words that a list needs."""
    for opening in ("Do you take ", "Do you have ", "Do you use "):
        if text.startswith(opening):
            return text.removeprefix(opening).removesuffix("?")
    return text


# --- what an answer means


def understand(ask: Ask, said: str, reader: Reader) -> Answer | str:
    """The answer that these words give, or what is wrong with them."""
    said = said.strip()
    if _DONT_KNOW.fullmatch(said):
        return Answer(ask.topic, said)
    if not said:
        return "Type an answer, or :unknown to leave it open."
    if ask.topic == "age":
        return _age(said)
    if _NONE.fullmatch(said) or (len(ask.choices) > 1 and _YES.fullmatch(said)):
        if _YES.fullmatch(said):
            return "Which? Type the numbers, or the names."
        return _ticked(ask, said, frozenset())
    if len(ask.choices) == 1 and _YES.fullmatch(said) and ask.topic != "labs":
        return _ticked(ask, said, frozenset({0}))
    rest = _REST_UNSURE.search(said)
    numbers = said[: rest.start()] if rest else said
    if _NUMBERS.fullmatch(numbers) and ask.topic != "labs":
        ticked = frozenset(int(number) - 1 for number in re.findall(r"\d+", numbers))
        if not all(0 <= number < len(ask.choices) for number in ticked):
            return f"The list goes from 1 to {len(ask.choices)}."
        return _ticked(ask, said, ticked, is_all=rest is None)
    return _in_words(ask, said, reader)


def _ticked(ask: Ask, said: str, ticked: frozenset[int], is_all: bool = True) -> Answer:
    lines: list[str] = []
    marks = []
    chosen = [choice for number, choice in enumerate(ask.choices) if number in ticked]
    for number, choice in enumerate(ask.choices):
        if number in ticked:
            lines += choice.yes
            marks += [] if choice.item is None else [(choice.item, True)]
        elif is_all:
            lines += choice.no
    if ask.topic == "new" and not chosen and is_all:
        marks = [(choice.item, False) for choice in ask.choices if choice.item is not None]
    return Answer(ask.topic, said, tuple(lines), tuple(marks))


def _age(said: str) -> Answer | str:
    found = _AGE.fullmatch(said)
    if found is None or int(found[1]) > 130:
        return "Type your age in years, as in 67."
    return Answer("age", said, (f"{found[1]} years old",))


def _in_words(ask: Ask, said: str, reader: Reader) -> Answer | str:
    """Names, conditions, foods or lab values in the person's own words."""
    if ask.topic == "labs":
        labelled = [said, *(f"{choice.label} {said}" for choice in ask.choices[:1] if len(ask.choices) == 1)]
        for line in labelled:
            parts = tuple(part.strip() for part in line.split(";"))
            readings = [reader.read(part) for part in parts]
            if all(reading.labs and not reading.unread and reading.outcome != "refuse" for reading in readings):
                return Answer(ask.topic, said, parts)
        reasons = [reading.reason for reading in (reader.read(said),) if reading.reason and reading.labs]
        return f"I could not read that{': ' + reasons[0] if reasons else ''}. Type it as in INR 2.4, or none."
    if ask.topic not in LISTS:
        return f"Type a number from 1 to {len(ask.choices)}, or none."
    parts = tuple(part.strip() for part in re.split(r";|,(?!\d)", said) if part.strip())
    readings = [reader.read(part) for part in parts]
    strange = [part for part, reading in zip(parts, readings, strict=True) if not _is_known(reading)]
    if strange:
        near = [name for reading in readings for name in reading.suggestions]
        hint = f" Did you mean {', '.join(near[:3])}?" if near else ""
        return f'I do not know "{strange[0]}".{hint} Type numbers from the list, names, none, or :unknown.'
    return Answer(ask.topic, said, parts, is_open=True)


def _is_known(reading: Reading) -> bool:
    return not reading.hides_something and not reading.is_empty


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
