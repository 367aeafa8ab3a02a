"""What was entered so far: items and answers, as lines of text that the reader understands, and as a regimen file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from dosenote.files import DatedLine, PersonTable, RegimenFile
from dosenote.reader import Reader
from dosenote.reader.canonical import number_text
from dosenote.regimen import Person

#: Where the lines of an answer stand in a regimen file; those of the other topics are facts about the person.
LISTED = ("medicines", "conditions", "foods", "labs")
#: Facts about the person, by the topic that asks for them.
_PERSONAL = {"age": ("age",), "person": ("sex", "pregnant", "lactating")}

#: Ages below so many months are told in months where that is what they are, but for the rounding of a file.
_MONTHS, _CLOSE = 240, Decimal("0.0001")
#: So many things that are not there are named one by one.
_TOLD = 3


class Answer(NamedTuple):
    """What was said to one question.

    said: as typed; lines: what it means, in lines for the reader, none when the person does not know.
    marks: whether items are new, by the number of the item from 0; None for what is between new and taken for long.
    meals: whether items are taken with food, by the number of the item.
    covers: the facts that were asked for: they are not asked for again, the others of its topic may be.
    rounds: how often the question was put since the items last changed.
    """

    topic: str
    said: str
    lines: tuple[str, ...] = ()
    marks: tuple[tuple[int, bool | None], ...] = ()
    covers: tuple[str, ...] = ()
    rounds: int = 1
    meals: tuple[tuple[int, bool], ...] = ()


class Session(NamedTuple):
    """Everything entered at the prompt, in the order in which it was entered."""

    items: tuple[str | DatedLine, ...] = ()
    answers: tuple[Answer, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """The items as typed."""
        return tuple(item if isinstance(item, str) else item.line for item in self.items)

    def answer(self, topic: str) -> Answer | None:
        """What was answered about a topic; None where nothing was."""
        return next((answer for answer in self.answers if answer.topic == topic), None)

    def with_item(self, line: str) -> Session:
        """The session with one more line on the list."""
        return Session((*self.items, line), _unasked(self.answers))

    def with_lines(self, number: int, lines: tuple[str, ...], product: str | None = None) -> Session:
        """The session with other lines in place of one item, without the answers that speak of items by number.

        product: what the item is called, where the lines say what its label lists.
        """
        old = self.items[number]
        if lines == (self.texts()[number],):
            return self
        base = old if isinstance(old, DatedLine) else DatedLine(old)
        changed = tuple(replace(base, line=line, new=None, product=product or base.product) for line in lines)
        new = tuple(one.line if one == DatedLine(one.line) else one for one in changed)
        kept = _unasked(answer for answer in self.answers if not (answer.marks or answer.meals))
        return Session((*self.items[:number], *new, *self.items[number + 1 :]), kept)

    def with_answer(self, answer: Answer) -> Session:
        """The session with an answer added, or joined to what was said to the same question before."""
        before = self.answer(answer.topic)
        if before is None:
            return self._replace(answers=(*self.answers, answer))
        if answer.topic == "age":  # the last word on it
            answer = answer._replace(rounds=before.rounds + answer.rounds)
        else:
            answer = Answer(
                answer.topic,
                "; ".join(part for part in (before.said, answer.said) if part),
                (*before.lines, *answer.lines),
                (*before.marks, *answer.marks),
                (*before.covers, *answer.covers),
                before.rounds + answer.rounds,
                (*before.meals, *answer.meals),
            )
        return self._replace(answers=tuple(answer if one.topic == answer.topic else one for one in self.answers))

    def without_answer(self, topic: str) -> Session:
        """The session as if that had not been answered."""
        return self._replace(answers=tuple(answer for answer in self.answers if answer.topic != topic))

    def file(self, reader: Reader) -> RegimenFile:
        """The same as a regimen file. Raises DosenoteError where the person contradicts themselves."""
        items = list(self.items)
        for answer in self.answers:
            for number, is_new in answer.marks:
                items[number] = _marked(items[number], is_new)
            for number, with_food in answer.meals:
                items[number] = with_meal(items[number], with_food, reader) or items[number]
        lists: dict[str, list[str]] = {name: [] for name in LISTED}
        person = Person()
        for answer in self.answers:
            if answer.topic in LISTED:
                lists[answer.topic] += answer.lines
            else:
                for line in answer.lines:
                    person = person.with_(reader.read(line).person)
        return RegimenFile(
            items=items,
            medicines=[*lists["medicines"]] or None,
            conditions=lists["conditions"] or None,
            foods=lists["foods"] or None,
            labs=[*lists["labs"]],
            person=PersonTable(person.age, person.sex, person.pregnant, person.lactating),
        )


def _unasked(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Answers that still hold, of other items than those for which they were given."""
    return tuple(answer._replace(rounds=0) for answer in answers)


def session_of(file: RegimenFile) -> Session:
    """The session that a saved regimen file continues."""
    flags = {
        "medicines": ("no other medicines", file.no_other_medicines or file.medicines == []),
        "conditions": ("no other conditions", file.no_conditions or file.conditions == []),
        "foods": ("no other foods", file.no_other_foods or file.foods == []),
    }
    lists = {name: list(getattr(file, name) or ()) for name in LISTED}
    dated = [line for lines in lists.values() for line in lines if not isinstance(line, str)]
    answers = []
    for name in LISTED:
        lines = [line for line in lists[name] if isinstance(line, str)]
        words, is_closed = flags.get(name, ("", False))
        lines += [words] if is_closed else []
        answers += [Answer(name, in_short(lines), tuple(lines))] if lines else []
    said = _person_lines(file.person)
    for topic, names in _PERSONAL.items():
        lines = [said[name] for name in names if name in said]
        answers += [Answer(topic, "; ".join(lines), tuple(lines))] if lines else []
    return Session((*file.items, *dated), tuple(answers))


def in_short(lines: Sequence[str]) -> str:
    """What is there in full, and of how many things it was said that they are not."""
    there = [line for line in lines if not line.startswith("no ") or line.startswith("no other ")]
    absent = [line for line in lines if line not in there]
    told = absent if len(absent) <= _TOLD else [f"not any of {len(absent)} things asked for"]
    return "; ".join([*there, *told])


def _person_lines(person: PersonTable) -> dict[str, str]:
    lines = {} if person.age is None else {"age": _age_line(person.age)}
    if person.sex is not None:
        lines["sex"] = person.sex
    if person.pregnant is not None:
        lines["pregnant"] = "pregnant" if person.pregnant else "not pregnant"
    if person.lactating is not None:
        lines["lactating"] = "breastfeeding" if person.lactating else "not breastfeeding"
    return lines


def _age_line(years: Decimal) -> str:
    """An age as the reader understands it: in months where these are whole, since five of them are 0.41666... years."""
    months = round(years * 12)
    if months % 12 and months < _MONTHS and abs(years * 12 - months) < _CLOSE:
        return f"{months} months old"
    return f"{number_text(round(years, 4))} years old"


def _marked(item: str | DatedLine, is_new: bool | None) -> str | DatedLine:
    if is_new is None:
        return item
    return replace(DatedLine(item) if isinstance(item, str) else item, new=is_new)


def with_meal(item: str | DatedLine, with_food: bool, reader: Reader) -> str | DatedLine | None:
    """A line with whether it is taken with food; None where these words would change anything else of it."""
    text = item if isinstance(item, str) else item.line
    said = f"{text.rstrip()} {'with food' if with_food else 'on an empty stomach'}"
    before, after = reader.read(text), reader.read(said)
    wanted = [one._replace(with_food=with_food, text="") for one in before.items]
    if [one._replace(text="") for one in after.items] != wanted:
        return None
    if after._replace(text="", items=()) != before._replace(text="", items=()):
        return None
    return said if isinstance(item, str) else replace(item, line=said)
