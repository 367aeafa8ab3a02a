"""Which unknown facts could still change the outcome, and in which order to ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf

from dosenote.engine import Finding, evaluate
from dosenote.facts import LISTS, Facts
from dosenote.logic import FALSE, TRUE, Interval, Truth, exactly
from dosenote.regimen import Reading, Regimen
from dosenote.rule import LIMIT, Rule
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Vocabulary

#: Just across a threshold: far above rounding, far below any difference between two real doses.
_STEP = 1 + 1e-6


@dataclass(frozen=True, slots=True)
class Question:
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
    return tuple(dict.fromkeys(name for name in _atoms(rule) if _is_unknown(name, facts)))


def questions_for(findings: Iterable[Finding], facts: Facts, regimen: Regimen, ruleset: RuleSet) -> tuple[Question, ...]:
    """What to ask, gravest reachable change first, then by how many rules an answer could settle."""
    findings = tuple(findings)
    rules = [finding.rule for finding in findings]
    before = {finding.rule.id: finding.outcome for finding in findings}
    asked: dict[str, tuple[str, set[str]]] = {}
    for name in _open_facts(findings, facts):
        changed = _could_change(name, rules, before, facts, ruleset.vocabulary)
        if not changed:
            continue
        for topic, text in _topics(name, facts, regimen, ruleset):
            asked.setdefault(topic, (text, set()))[1].update(changed)
    gravity = {rule.id: rule.gravity for rule in rules}
    found = [
        Question(topic, _label(topic, ruleset), text, tuple(sorted(changed, key=gravity.__getitem__)))
        for topic, (text, changed) in asked.items()
    ]
    return tuple(
        sorted(found, key=lambda ask: (gravity[ask.could_change[0]][:2], -len(ask.could_change), ask.fact))
    )


def _open_facts(findings: tuple[Finding, ...], facts: Facts) -> Iterator[str]:
    seen = set()
    for finding in findings:
        silenceable = finding.outcome.is_true and any(truth.is_unknown for truth in finding.unless)
        if finding.outcome.is_unknown or silenceable:
            for name in unknown_facts(finding.rule, facts):
                if name not in seen:
                    seen.add(name)
                    yield name


def _atoms(rule: Rule) -> Iterator[str]:
    rows = (*rule.when, *rule.unless, *(row for limit in rule.limits for row in limit.rows))
    for row in rows:
        if row.fact in LISTS:
            for test in row.tests:
                if isinstance(test.value, tuple):
                    yield from (f"{row.fact}:{id}" for id in test.value)
        else:
            yield row.fact


def _is_unknown(name: str, facts: Facts) -> bool:
    if name == "sex":
        return bool(facts.truths["sex:female"].is_unknown)
    if name in facts.truths:
        return bool(facts.truths[name].is_unknown)
    interval = facts.intervals[name]
    return bool(interval.low != interval.high)


def _could_change(
    name: str, rules: list[Rule], before: dict[str, Truth], facts: Facts, vocabulary: Vocabulary
) -> set[str]:
    concerned = [rule for rule in rules if name in _atoms(rule) or _is_near(name, rule, vocabulary)]
    changed = set()
    for answer in _answers(name, concerned, facts, vocabulary):
        for finding in evaluate(concerned, answer):
            if finding.outcome != before[finding.rule.id]:
                changed.add(finding.rule.id)
    return changed


def _is_near(name: str, rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether a rule asks for a class above or below this member of a list: the answer speaks for both."""
    kind, _, id = name.partition(":")
    if kind not in LISTS:
        return False
    family = vocabulary.surely(id) | vocabulary.members(id)
    return any(atom.startswith(f"{kind}:") and atom.partition(":")[2] in family for atom in _atoms(rule))


def _answers(name: str, rules: list[Rule], facts: Facts, vocabulary: Vocabulary) -> Iterator[Facts]:
    """The facts as they would be after each answer that can make a difference."""
    kind, _, id = name.partition(":")
    if kind in LISTS:
        yes = {f"{kind}:{group}": TRUE for group in vocabulary.surely(id)}
        no = {f"{kind}:{member}": FALSE for member in (id, *vocabulary.members(id))}
        yield replace(facts, truths={**facts.truths, **yes})
        yield replace(facts, truths={**facts.truths, **no})
    elif name == "sex":
        for sex in ("female", "male"):
            said = {"sex:female": TRUE if sex == "female" else FALSE, "sex:male": FALSE if sex == "female" else TRUE}
            yield replace(facts, truths={**facts.truths, **said})
    elif name in facts.truths:
        for truth in (TRUE, FALSE):
            yield replace(facts, truths={**facts.truths, name: truth})
    else:
        for value in _telling_values(name, rules, facts.intervals[name]):
            yield replace(facts, intervals={**facts.intervals, name: exactly(value)})


def _telling_values(name: str, rules: list[Rule], interval: Interval) -> list[float]:
    """One value on each side of every threshold that the interval holds."""
    limits = [limit.number for rule in rules for limit in rule.limits if _limited(rule) == name]
    rows = [row for rule in rules for row in (*rule.when, *rule.unless, *(r for x in rule.limits for r in x.rows))]
    tests = [test.number for row in rows if row.fact == name for test in row.tests if test.value != LIMIT]
    values = {interval.low}
    for threshold in (*limits, *tests):
        values |= {threshold / _STEP, threshold, threshold * _STEP}
    if interval.high < inf:
        values.add(interval.high)
    return sorted(value for value in values if interval.low <= value <= interval.high)


def _limited(rule: Rule) -> str:
    return next((row.fact for row in rule.when for test in row.tests if test.value == LIMIT), "")


# --- what to ask


def _topics(name: str, facts: Facts, regimen: Regimen, ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    """Whom or what to ask for one unknown fact: the lines that leave it open, else the fact itself."""
    vocabulary = ruleset.vocabulary
    kind, _, id = name.partition(":")
    unclear = [
        number
        for number, reading in enumerate(regimen.readings)
        if (reading.hides_something or number in facts.sources.get(name, ())) and _line_question(reading, vocabulary)
    ]
    closed = regimen.all_closed
    if kind in LISTS and not getattr(closed, kind) and not facts.sources.get(name):
        unclear = []
    for number in unclear:
        yield f"line {number + 1}", _line_question(regimen.readings[number], vocabulary)
    if unclear:
        return
    if kind in LISTS:
        entry = vocabulary[id]
        verb = {"medicines": "take", "conditions": "have", "foods": "eat"}[kind]
        yield name, entry.ask or f"Do you {verb} {entry.label}?"
        return
    yield name, _fact_question(name, ruleset)


def _line_question(reading: Reading, vocabulary: Vocabulary) -> str:
    """What is to be asked about one line, or "" when it is complete."""
    said = f'"{reading.text.strip()}"'
    if reading.hides_something:
        unread = ", ".join(f'"{piece}"' for piece in reading.unread)
        return f"{said}: what is {unread}? What does its label say is in it?"
    if reading.questions:
        return f"{said}: {'; '.join(reading.questions)}"
    for item in reading.items:
        entry, members = vocabulary[item.substance], vocabulary.members(item.substance)
        if not item.is_taken:
            return f"{said}: do you take {entry.label} now?"
        if entry.may_hold:
            return f"{said}: which vitamins and minerals does the label list, and how much of each?"
        if members and entry.kind == "medicine":
            return f"{said}: what is the name of the medicine?"
        if members:
            kinds = " or ".join(sorted(vocabulary[member].label for member in members if not vocabulary.members(member)))
            return f"{said}: which kind does the label name, {kinds}?"
    return ""


def _label(topic: str, ruleset: RuleSet) -> str:
    kind, _, id = topic.partition(":")
    if kind in LISTS:
        return ruleset.vocabulary[id].label
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
    if fact.kind == "lab":
        return f"What was your last {entry.label}, and when?"
    measure = name.rpartition(".")[2]
    if measure == "with_food":
        return f"Do you take your {entry.label} with a meal?"
    if measure in ("each_time", "spaced_dose"):
        return f"How much {entry.label} do you take at one time, over all your products?"
    return f"How much {entry.label} do you take a day, over all your products?"
