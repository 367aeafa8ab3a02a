"""Two regimens: what changed, and which changes made each finding appear or go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import facts_of
from dosenote.regimen import Closed, Item, Person, Reading, Regimen
from dosenote.rule import Action, Answer
from dosenote.ruleset import RuleSet

#: Sets of changes up to this size are all tried; of larger ones, a set from which nothing can be left out is found.
_TRIED = 2
_CLOSED_WORDS = {"medicines": "no other medicines", "conditions": "no other conditions", "foods": "no other foods"}


class Change(NamedTuple):
    """One difference, in words; before is "" for something new, after for something gone."""

    before: str
    after: str


class FindingChange(NamedTuple):
    """One rule whose answer differs. because: the numbers, from 0, of the fewest changes that make it so."""

    rule: str
    title: str
    action: Action
    before: Answer
    after: Answer
    because: tuple[int, ...]


class Difference(NamedTuple):
    """What changed, and what that changed, the gravest first."""

    changes: tuple[Change, ...]
    findings: tuple[FindingChange, ...]


class _Part(NamedTuple):
    """One thing that a regimen says. kind: line, list, or a fact about the person."""

    kind: str
    value: Any
    words: str


class _Step(NamedTuple):
    """A part taken out and another put in its place; one of them may be missing."""

    out: _Part | None
    into: _Part | None


def difference_of(old: Regimen, new: Regimen, ruleset: RuleSet, jurisdiction: str) -> Difference:
    """How the second regimen differs from the first, on the day of the second.

    Raises DosenoteError where one of them contradicts itself.
    """
    steps = tuple(_steps(_parts(old), _parts(new)))
    rules = ruleset.for_jurisdiction(jurisdiction)

    @cache
    def answers(taken: frozenset[int]) -> dict[str, Answer]:
        regimen = _regimen(_parts(old), [steps[number] for number in sorted(taken)], new)
        try:
            facts = facts_of(regimen, ruleset.vocabulary)
        except DosenoteError:
            if len(taken) in (0, len(steps)):
                raise
            return {}  # some of the changes alone contradict one another: "age 66" and "67 years old"
        return {finding.rule.id: finding.answer for finding in evaluate(rules, facts)}

    before, after = answers(frozenset()), answers(frozenset(range(len(steps))))
    found = []
    for rule in sorted(rules, key=lambda rule: rule.gravity):
        was, answer = before[rule.id], after[rule.id]
        if was != answer:
            because = _because(rule.id, answer, len(steps), answers)
            found.append(FindingChange(rule.id, rule.title, rule.action, was, answer, because))
    changes = tuple(Change(step.out.words if step.out else "", step.into.words if step.into else "") for step in steps)
    return Difference(changes, tuple(found))


def _because(
    rule: str, answer: Answer, count: int, answers: Callable[[frozenset[int]], dict[str, Answer]]
) -> tuple[int, ...]:
    """The fewest changes that give a rule its answer; of many changes, a set in which each is needed."""
    for size in range(1, min(_TRIED, count) + 1):
        for some in combinations(range(count), size):
            if answers(frozenset(some)).get(rule) == answer:
                return some
    needed = set(range(count))
    for number in range(count):
        if answers(frozenset(needed - {number})).get(rule) == answer:
            needed.discard(number)
    return tuple(sorted(needed))


# --- a regimen as parts


def _parts(regimen: Regimen) -> list[_Part]:
    """Everything that a regimen says, one thing each."""
    parts = [_Part("line", reading, _line_words(reading)) for reading in regimen.readings]
    for name, value in regimen.person._asdict().items():
        if value is not None:
            parts.append(_Part(name, value, _person_words(name, value)))
    parts += [_Part("list", name, words) for name, words in _CLOSED_WORDS.items() if getattr(regimen.closed, name)]
    return parts


def _line_words(reading: Reading) -> str:
    """A line, with the dates that stand beside it."""
    dates = dict.fromkeys(words for item in reading.items for words in _dates(item))
    dates |= dict.fromkeys(f"of {lab.taken_on}" for lab in reading.labs if lab.taken_on)
    return ", ".join([reading.text.strip(), *dates])


def _dates(item: Item) -> Iterable[str]:
    if item.started:
        yield f"started {item.started}"
    if item.stopped:
        yield f"stopped {item.stopped}"
    if item.is_new is not None:
        yield "new" if item.is_new else "not new"


def _person_words(name: str, value: Any) -> str:
    if name == "age":
        return f"age {value}"
    if name == "sex":
        return str(value)
    words = {"pregnant": "pregnant", "lactating": "breastfeeding"}[name]
    return words if value else f"not {words}"


def _steps(old: list[_Part], new: list[_Part]) -> Iterable[_Step]:
    """What is gone and what is new; lines about the same things stand for one another, and so do two ages."""
    gone, come = list(old), []
    for part in new:
        if part in gone:
            gone.remove(part)
        else:
            come.append(part)
    for part in gone:
        same = next((other for other in come if _is_same_thing(part, other)), None)
        if same is not None:
            come.remove(same)
        yield _Step(part, same)
    yield from (_Step(None, part) for part in come)


def _is_same_thing(one: _Part, other: _Part) -> bool:
    if one.kind != other.kind or one.kind == "list":
        return False
    return one.kind != "line" or (bool(_things(one.value)) and _things(one.value) == _things(other.value))


def _things(reading: Reading) -> set[str]:
    """What a line is about, whatever it says of it."""
    return {
        *(item.substance for item in reading.items),
        *reading.conditions,
        *reading.foods,
        *reading.stopped,
        *reading.denied,
        *(lab.id for lab in reading.labs),
    }


def _regimen(parts: list[_Part], steps: list[_Step], like: Regimen) -> Regimen:
    """A regimen after some steps."""
    kept = list(parts)
    for step in steps:
        if step.out is not None:
            kept.remove(step.out)
        if step.into is not None:
            kept.append(step.into)
    closed = {part.value: True for part in kept if part.kind == "list"}
    person = {part.kind: part.value for part in kept if part.kind not in ("line", "list")}
    readings = tuple(part.value for part in kept if part.kind == "line")
    return Regimen(readings, Person(**person), Closed(**closed), like.as_of)
