"""Which unknown facts could still change the outcome, and in which order to ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from dosenote.engine import Finding, Stale, reevaluate
from dosenote.facts import LISTS, SEXES, UNNAMED, Facts, fact_name
from dosenote.laboratory import disagreements
from dosenote.logic import FALSE, TRUE, Interval, Mask, Truth, exactly, known
from dosenote.regimen import Reading, Regimen, date_words
from dosenote.rule import Rule
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Vocabulary

#: Kinds of entries that are taken, not had or eaten.
_TAKEN = ("supplement", "medicine")
#: Just across a threshold: far above rounding, far below any difference between two real doses.
_STEP = 1 + 1e-6


class Question(NamedTuple):
    """One thing to ask. fact: a fact, a member of an open list ("medicines:warfarin") or a line ("line 2").

    label: what it is about, in a word or two. could_change: ids of the rules whose outcome an answer could change,
    gravest first.
    """

    fact: str
    label: str
    text: str
    could_change: tuple[str, ...]


def unknown_facts(rule: Rule, facts: Facts) -> tuple[str, ...]:
    """The facts of a rule that are not fully known: members of lists one by one, amounts that are a range."""
    return tuple(name for name in rule.atoms() if is_unknown(name, facts))


def questions_for(
    findings: Iterable[Finding], facts: Facts, regimen: Regimen, ruleset: RuleSet
) -> tuple[Question, ...]:
    """What to ask, gravest reachable change first, then by how many rules an answer could settle."""
    findings = tuple(findings)
    asking = [_Asking.of(finding) for finding in findings]
    rules = {one.finding.rule.id: (one.finding.rule, one.atoms) for one in asking}
    asked: dict[str, tuple[str, set[str]]] = {}
    for name in dict.fromkeys(_open_facts(findings, facts)):
        changed = _could_change(name, asking, facts, ruleset.vocabulary)
        if not changed:
            continue
        for topic, text in _topics(name, facts, regimen, ruleset):
            asked.setdefault(topic, (text, set()))[1].update(changed)
    for name in [name for name in asked if _is_left_to_its_class(name, asked, rules, ruleset.vocabulary)]:
        del asked[name]
    gravity = {id: rule.gravity for id, (rule, _) in rules.items()}
    found = [
        Question(topic, _label(topic, ruleset), text, tuple(sorted(changed, key=gravity.__getitem__)))
        for topic, (text, changed) in asked.items()
    ]
    return tuple(sorted(found, key=lambda ask: _rank(ask, gravity)))


def _rank(
    ask: Question, gravity: Mapping[str, tuple[int, int, bool, int, str]]
) -> tuple[tuple[int, int], int, int, str]:
    """Gravest reachable change first; then by how many an answer could settle, and how many of them are as grave."""
    gravest = gravity[ask.could_change[0]][:2]
    as_grave = sum(gravity[id][:2] == gravest for id in ask.could_change)
    return gravest, -len(ask.could_change), -as_grave, ask.fact


def _is_left_to_its_class(
    name: str,
    asked: dict[str, tuple[str, set[str]]],
    rules: dict[str, tuple[Rule, frozenset[str]]],
    vocabulary: Vocabulary,
) -> bool:
    """Whether a medicine that rules name only beside a second one is in a class that is asked about anyway."""
    kind, _, id = name.partition(":")
    if kind != "medicines" or name.endswith(UNNAMED) or vocabulary.members(id):
        return False
    naming = [rule for rule, atoms in rules.values() if name in atoms]
    if not all(any(test.word == "include_also" for row in rule.when for test in row.comparisons) for rule in naming):
        return False
    groups = (f"{kind}:{group}" for group in vocabulary.surely(id) - {id})
    return any(group in asked and asked[name][1] <= asked[group][1] for group in groups)


def _open_facts(findings: tuple[Finding, ...], facts: Facts) -> Iterator[str]:
    for finding in findings:
        silenceable = finding.outcome.is_true and any(truth.is_unknown for truth in finding.unless)
        if finding.outcome.is_unknown or silenceable:
            later = _asked_later(finding.rule, facts)
            yield from (name for name in unknown_facts(finding.rule, facts) if name not in later)


def _asked_later(rule: Rule, facts: Facts) -> frozenset[str]:
    """What a rule wants beside medicines of which nothing was said: to be asked for when one of those is there.

    That is a second medicine, foods, and a meal. "No" to the first settles the rule, and "yes" to the second alone
    never does.
    """
    later: set[str] = set()
    for row in rule.when:
        first, second = (
            frozenset(f"{row.fact}:{id}" for test in row.comparisons if test.word == word for id in test.ids)
            for word in ("include_any", "include_also")
        )
        if _is_unsaid(first, facts):
            later |= second - first
        if row.fact == "medicines" and (_is_unsaid(first, facts) or _is_unsaid(second, facts)):
            later.update(name for name in rule.atoms() if name.startswith("foods:") or name.endswith(".with_food"))
    return frozenset(later)


def _is_unsaid(names: frozenset[str], facts: Facts) -> bool:
    """Whether there are such members of a list, and no line speaks of any of them."""
    return bool(names) and all(is_unknown(name, facts) and not facts.sources.get(name) for name in names)


def is_unknown(name: str, facts: Facts) -> Mask:
    """Whether a fact is not fully known, of one person or of a column of people."""
    if name == "sex":
        return facts.truths["sex:female"].is_unknown
    if name in facts.truths:
        return facts.truths[name].is_unknown
    interval = facts.intervals[name]
    return interval.low != interval.high


class _Asking(NamedTuple):
    """A finding, with the facts that its rule asks about: atoms, all of them; when, unless, those of each row."""

    finding: Finding
    atoms: frozenset[str]
    when: tuple[frozenset[str], ...]
    unless: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, finding: Finding) -> _Asking:
        rule = finding.rule
        when, unless = (tuple(map(rule.atoms_of, rows)) for rows in (rule.when, rule.unless))
        return cls(finding, frozenset(rule.atoms()), when, unless)


def _could_change(name: str, asking: Iterable[_Asking], facts: Facts, vocabulary: Vocabulary) -> set[str]:
    family = _family(name, vocabulary)
    stale = [
        Stale(one.finding, _kept(one.finding.when, one.when, family), _kept(one.finding.unless, one.unless, family))
        for one in asking
        if not one.atoms.isdisjoint(family)
    ]
    changed: set[str] = set()
    for answer, concerned in _answers(name, stale, facts, vocabulary):
        still = [one for one in concerned if one.finding.rule.id not in changed]
        for one, finding in zip(still, reevaluate(still, answer), strict=True):
            if finding.outcome != one.finding.outcome:
                changed.add(finding.rule.id)
    return changed


def _kept(
    truths: tuple[Truth, ...], atoms: tuple[frozenset[str], ...], changed: frozenset[str]
) -> tuple[Truth | None, ...]:
    """The truths of the rows that ask about no changed fact, and None for the others."""
    return tuple(truth if row.isdisjoint(changed) else None for truth, row in zip(truths, atoms, strict=True))


def _family(name: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The fact, and for a member of a list the classes above and below it: one answer speaks for all of them."""
    kind, _, id = name.partition(":")
    if kind not in LISTS or name.endswith(UNNAMED):
        return frozenset({name})
    return frozenset(f"{kind}:{near}" for near in vocabulary.surely(id) | vocabulary.members(id))


def _answers(
    name: str, stale: list[Stale], facts: Facts, vocabulary: Vocabulary
) -> Iterator[tuple[Facts, list[Stale]]]:
    """The facts as they would be after each answer that can make a difference, with the findings of which it can."""
    kind, _, id = name.partition(":")
    if kind in LISTS and not name.endswith(UNNAMED):
        yes = {f"{kind}:{group}": TRUE for group in vocabulary.surely(id)}
        no = {f"{kind}:{member}": FALSE for member in (id, *vocabulary.members(id))}
        yield facts._replace(truths={**facts.truths, **yes}), stale
        yield facts._replace(truths={**facts.truths, **no}), stale
    elif name == "sex":
        for sex in SEXES:
            said = {f"sex:{one}": known(one == sex) for one in SEXES}
            yield facts._replace(truths={**facts.truths, **said}), stale
    elif name in facts.truths:
        for truth in (TRUE, FALSE):
            yield facts._replace(truths={**facts.truths, name: truth}), stale
    else:
        telling: dict[float, list[Stale]] = {}
        for one in stale:  # a threshold of one rule tells nothing of another
            for value in _telling_values(name, one.finding.rule, facts.intervals[name]):
                telling.setdefault(value, []).append(one)
        for value, concerned in telling.items():
            yield facts._replace(intervals={**facts.intervals, name: exactly(value)}), concerned


def _telling_values(name: str, rule: Rule, interval: Interval) -> set[float]:
    """The ends of the interval, and within it every threshold of a rule and a value just above it."""
    rows = (*rule.when, *rule.unless, *(row for limit in rule.limits for row in limit.rows))
    tests = [test.number for row in rows if row.fact == name for test in row.comparisons]  # NaN lies in no interval
    values = {interval.low, interval.high}
    for threshold in (*(limit.number for limit in rule.limits), *tests):
        values |= {threshold, threshold * _STEP}
    return {value for value in values if interval.low <= value <= interval.high}


# --- what to ask


def _topics(name: str, facts: Facts, regimen: Regimen, ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    """Whom or what to ask for one unknown fact: the lines that leave it open, else the fact itself."""
    vocabulary = ruleset.vocabulary
    kind, _, id = name.removesuffix(UNNAMED).partition(":")
    ended = [*_ended(id, regimen, vocabulary)]  # of medicines only
    yield from ended
    if ended and regimen.all_closed.medicines:
        return  # nothing else leaves it open
    unclear = [
        number
        for number, reading in enumerate(regimen.readings)
        if (reading.hides_something or number in facts.sources.get(name, ())) and _line_question(reading, vocabulary)
    ]
    closed = regimen.all_closed
    is_open = kind in LISTS and not getattr(closed, kind) and not facts.sources.get(name)
    told = name.endswith(".new") and facts.truths[f"{name.removesuffix('.new')}.taken"].is_true
    if (is_open and not name.endswith(UNNAMED)) or name in _PERSONAL or _is_value(name) or told:
        unclear = []  # no line can tell it better than the person
    for number in unclear:
        yield f"line {number + 1}", _line_question(regimen.readings[number], vocabulary)
    if unclear:
        return
    if kind in LISTS:
        entry = vocabulary[id]
        verb = {"medicines": "take", "conditions": "have", "foods": "eat or drink"}[kind]
        yield name, entry.ask or f"Do you {verb} {entry.label}?"
        return
    unclear_values = (
        f"{one.title}: {one.told}"
        for one in disagreements(regimen.all_labs, vocabulary)
        if name == f"lab.{fact_name(one.test.id)}"
    )
    in_doubt = (
        _value_question(reading, vocabulary[id].label)
        for reading in regimen.readings
        for id in reading.doubted
        if name == f"lab.{fact_name(id)}" and reading.reason
    )
    yield name, next(chain(unclear_values, in_doubt), _fact_question(name, ruleset))


def _ended(id: str, regimen: Regimen, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """The lines that say that a medicine, or a member of a class, was stopped: nobody knows when, or lately."""
    for number, reading in enumerate(regimen.readings):
        said = f'"{reading.text.strip()}"'
        if any(id in vocabulary.surely(one) for one in reading.stopped):
            yield f"line {number + 1}", f"{said}: when was it stopped, and for good?"
        for item in reading.items:
            if item.stopped and regimen.has_just_stopped(item) and id in vocabulary.surely(item.substance):
                day = date_words(item.stopped)
                yield f"line {number + 1}", f"{said}: it was stopped on {day}. Could it still act?"


def _is_value(name: str) -> bool:
    """Whether a fact is the value of a lab test, and not whether one was told."""
    return name.startswith("lab.") and not name.endswith("_said")


def _value_question(reading: Reading, label: str) -> str:
    """What is to be asked of a line about a blood value that is in doubt, and why. label: what was measured."""
    why = f" ({reading.reason})" if reading.reason else ""
    return f'"{reading.text.strip()}": what was your last {label}, with its unit, and when?{why}'


def _line_question(reading: Reading, vocabulary: Vocabulary) -> str:
    """What is to be asked about one line, or "" when it is complete."""
    said = f'"{reading.text.strip()}"'
    if reading.hides_something:
        unread = ", ".join(f'"{piece}"' for piece in reading.hidden) if not reading.is_empty else "it"
        return f"{said}: what is {unread}? What does its label say is in it?"
    if reading.doubted:
        taken = " and ".join(vocabulary[id].label for id in reading.doubted if vocabulary[id].kind in _TAKEN)
        if taken:
            return f"{said}: do you take {taken} yourself, now?"
        named = " and ".join(vocabulary[id].label for id in reading.doubted)
        return f"{said}: is {named} true of you now?"
    if reading.stopped:
        return f"{said}: when was it stopped, and for good?"
    for item in reading.items:
        entry, members = vocabulary[item.substance], vocabulary.members(item.substance)
        if not item.is_taken:
            return f"{said}: do you take {entry.label} now, or did you stop?"
        if entry.may_hold:
            return f"{said}: which vitamins and minerals does the label list, and how much of each?"
        if members and entry.kind == "medicine":
            return f"{said}: what is the name of the medicine?"
        if members and not reading.questions:
            kinds = " or ".join(
                sorted(vocabulary[member].label for member in members if not vocabulary.members(member))
            )
            return f"{said}: which kind does the label name, {kinds}?"
    if (
        reading.outcome != "accept"
        and reading.questions
        and any(vocabulary[item.substance].kind == "supplement" for item in reading.items)
    ):
        return f"{said}: {'; '.join(reading.questions)}"
    return ""


def _label(topic: str, ruleset: RuleSet) -> str:
    kind, _, id = topic.partition(":")
    if kind in LISTS:
        return ruleset.vocabulary[id.removesuffix(UNNAMED)].label
    return ruleset.facts[topic].label if topic in ruleset.facts else topic


_PERSONAL = {
    "age": "How old are you?",
    "sex": "Are you female or male?",
    "pregnant": "Are you pregnant?",
    "lactating": "Are you breastfeeding?",
}


def _fact_question(name: str, ruleset: RuleSet) -> str:
    if name in _PERSONAL:
        return _PERSONAL[name]
    fact = ruleset.facts[name]
    entry = ruleset.vocabulary[fact.entry]
    if name.startswith("lab."):
        return f"What was your last {entry.label}, and when?"
    measure = name.rpartition(".")[2]
    if measure == "new":
        return (
            f"Is your {entry.label} new (begun within the last month, or planned), or taken for a year or longer? "
            "Anything between the two stays open: tell those who treat you since when."
        )
    if measure == "with_food":
        return f"Do you take your {entry.label} with a meal?"
    if measure == "more_often_than_usual":
        assert entry.interval is not None  # else there is no such fact
        return f"Do you take {entry.label} {entry.interval.usual}, or more often? What does the label say?"
    if measure in ("each_time", "spaced_dose"):
        return f"How much {entry.label} do you take at one time, over all your products?"
    return f"How much {entry.label} do you take a day, over all your products?"
