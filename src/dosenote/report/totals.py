"""A day's totals, and the documented values that stand beside each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isinf

from dosenote.dosing import item_amounts
from dosenote.engine import applies, row_truth
from dosenote.facts import Facts, fact_name, is_fertile
from dosenote.intake import PERSONAL, Intake
from dosenote.logic import FALSE, TRUE, Interval, all_of
from dosenote.quantity import IU
from dosenote.report.entered import Span
from dosenote.report.model import Reference, StatedIn, Total
from dosenote.report.words import (
    Checked,
    age_limit_words,
    both_units,
    fact_amount,
    limit_interval,
    row_interval,
)
from dosenote.rule import LIMIT, Comparison, Limit, Row, Rule
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Entry


def totals(checked: Checked, ruleset: RuleSet, jurisdiction: str) -> Iterator[Total]:
    """Each substance taken, the most specific name first; a group only where it adds up more than one of them.

    A value that is stated for a group stands beside the group's total, or, where the group has none of its own, beside
    the one that is the same.
    """
    rules, intakes = ruleset.for_jurisdiction(jurisdiction), ruleset.intakes_for(jurisdiction)
    person = _person(checked.facts)
    entries = [entry for entry in checked.vocabulary.of_kind("supplement") if _has_total(entry, checked)]
    shown = {entry.id for entry in entries}
    for entry in entries:
        daily = checked.facts.intervals[f"{fact_name(entry.id)}.daily"]
        other = both_units(daily, entry)
        about = {id for id in checked.vocabulary.surely(entry.id) if id == entry.id or id not in shown}
        yield Total(
            substance=entry.id,
            label=entry.label,
            daily=_span(daily, entry.unit),
            also=None if other is None else Span(*other, IU),
            words=fact_amount(f"{fact_name(entry.id)}.daily", daily, checked) + _steps(entry, checked),
            references=(
                *_recommended(about, checked, person, intakes, ruleset),
                *sorted(_limits(about, checked, rules, ruleset), key=lambda reference: reference.kind == "other"),
            ),
        )


def _steps(entry: Entry, checked: Checked) -> str:
    """What each step of a line makes a day, where steps follow one another; "" where there are none."""
    name, lines = f"{fact_name(entry.id)}.daily", dict[int, list[str]]()
    for number, item in checked.regimen.items():
        if item.phase and entry.id in checked.vocabulary.surely(item.substance):
            lines.setdefault(number, []).append(fact_amount(name, item_amounts(item, entry)[1], checked))
    told = ", ".join(f"in line {number + 1} {', then '.join(steps)}" for number, steps in lines.items())
    return f" ({told}: which step it is now is not known)" if told else ""


def _has_total(entry: Entry, checked: Checked) -> bool:
    facts, name = checked.facts, fact_name(entry.id)
    if not entry.unit or not facts.truths[f"{name}.taken"].is_true:
        return False
    daily = facts.intervals[f"{name}.daily"]
    return not any(
        facts.truths[f"{fact_name(member)}.taken"].is_true and facts.intervals[f"{fact_name(member)}.daily"] == daily
        for member in checked.vocabulary.members(entry.id)
    )


def _span(interval: Interval, unit: str) -> Span:
    return Span(float(interval.low), None if isinf(interval.high) else float(interval.high), unit)


# --- what is recommended


def _person(facts: Facts) -> Facts:
    """The facts with what follows from them: who is pregnant or breastfeeds is a woman, and no man breastfeeds."""
    truths, age = dict(facts.truths), facts.intervals["age"]
    if truths["sex:female"].is_unknown and (truths["pregnant"].is_true or truths["lactating"].is_true):
        truths |= {"sex:female": TRUE, "sex:male": FALSE}
    barren = age.low == age.high and not is_fertile(age.low)
    if truths["lactating"].is_unknown and (truths["sex:male"].is_true or barren):
        truths["lactating"] = FALSE
    return facts._replace(truths=truths)


def _recommended(
    about: set[str], checked: Checked, person: Facts, intakes: Iterable[Intake], ruleset: RuleSet
) -> Iterator[Reference]:
    """The intakes that may be this person's: what is not known leaves a range of them, and no intake is assumed."""
    for intake in intakes:
        possible = [limit for limit in intake.amounts if not applies(limit, person).is_false]
        is_silent = any(person.truths[f"medicines:{id}"].is_true for id in intake.silent_with)
        if intake.substance not in about or not possible or is_silent:
            continue
        entry = checked.vocabulary[intake.substance]
        amount = limit_interval(intake.amounts, person)
        is_sure = any(applies(limit, person).is_true for limit in possible)
        yield Reference(
            kind="recommended",
            name=intake.name,
            in_full=intake.in_full,
            substance=entry.label,
            by=intake.by,
            value=fact_amount(f"{fact_name(entry.id)}.daily", amount, checked),
            amount=_span(amount, entry.unit),
            counts=intake.counts,
            only_for="" if is_sure else _only_for([limit.rows for limit in possible], _unknown(possible, person)),
            depends_on=_dependent(amount, possible, person, checked),
            rule="",
            title="",
            sources=(_stated_in(intake.source, intake.locator, ruleset),),
        )


def _unknown(limits: Iterable[Limit], facts: Facts) -> tuple[str, ...]:
    """What is not known about the person and may tell which of these lines applies."""
    rows = (row for limit in limits for row in limit.rows if row_truth(row, (), facts).is_unknown)
    return tuple(dict.fromkeys(row.fact for row in rows))


def _dependent(amount: Interval, limits: Iterable[Limit], facts: Facts, checked: Checked) -> tuple[str, ...]:
    """What would tell the amount itself, in words; nothing where it is one amount."""
    if amount.low == amount.high:
        return ()
    possible = [limit for limit in limits if not applies(limit, facts).is_false]
    return tuple(checked.catalogue[fact].label for fact in _unknown(possible, facts))


def _only_for(people: list[tuple[Row, ...]], unknown: Iterable[str]) -> str:
    """Of whom amounts for these people are told, where it is not known that this person is one; "" for everybody."""
    words = []
    for fact in unknown:
        rows = [next((row for row in one if row.fact == fact), None) for one in people]
        if fact == "age":
            words.append(age_limit_words(rows))
        elif fact in PERSONAL:
            said = {None if row is None else row.comparisons[0].value for row in rows}
            words += [_WHO[fact, value] for value in said if len(said) == 1 and (fact, value) in _WHO]
    return ", ".join(word for word in words if word)


_WHO = {
    ("sex", "female"): "for women",
    ("sex", "male"): "for men",
    ("pregnant", True): "in pregnancy",
    ("pregnant", False): "if not pregnant",
    ("lactating", True): "when breastfeeding",
    ("lactating", False): "if not breastfeeding",
}


# --- limits and other values of rules


def _limits(about: set[str], checked: Checked, rules: Iterable[Rule], ruleset: RuleSet) -> Iterator[Reference]:
    """The documented values that rules for people like this one state for these substances.

    Where a rule for this person takes the place of another, as in pregnancy, its upper limit does so too.
    """
    names = {f"{fact_name(id)}.daily" for id in about}
    stands = [
        (rule, all_of(row_truth(row, rule.limits, checked.facts) for row in rule.when if row.fact not in names))
        for rule in rules
        if any(row.fact in names for row in rule.when)
    ]
    closer = {id for rule, truth in stands if _is_upper_limit(rule) and truth.is_true for id in rule.supersedes}
    for rule, truth in stands:
        if truth.is_false or (_is_upper_limit(rule) and rule.id in closer):
            continue
        for row in rule.when:
            for test in row.comparisons:
                if row.fact in names and test.word == "above":
                    yield _limit(row, test, rule, checked, ruleset)


def _is_upper_limit(rule: Rule) -> bool:
    return rule.states is not None and rule.states.kind == "upper-limit"


def _limit(row: Row, test: Comparison, rule: Rule, checked: Checked, ruleset: RuleSet) -> Reference:
    fact, states = checked.catalogue[row.fact], rule.states
    amount = row_interval(test, rule, checked.facts)
    carries = LIMIT if test.value == LIMIT else row.fact
    unknown = [
        other.fact for other in rule.when if other != row and row_truth(other, rule.limits, checked.facts).is_unknown
    ]
    return Reference(
        kind=states.kind if states else "other",
        name=states.name if states else "",
        in_full=states.in_full if states else "",
        substance=checked.vocabulary[fact.entry].label,
        by=states.by if states else "",
        value=fact_amount(row.fact, amount, checked),
        amount=_span(amount, fact.unit),
        counts=states.counts if states else "",
        only_for=_only_for([tuple(other for other in rule.when if other.fact in unknown)], unknown),
        depends_on=_dependent(amount, rule.limits, checked.facts, checked),
        rule=rule.id,
        title=rule.title,
        sources=tuple(
            _stated_in(evidence.source, evidence.locator, ruleset)
            for evidence in rule.evidence
            if evidence.direction == "for" and carries in evidence.supports
        ),
    )


def _stated_in(id: str, locator: str, ruleset: RuleSet) -> StatedIn:
    source = ruleset.sources[id]
    return StatedIn(source.id, source.title, source.by, source.year, source.link, locator, source.problem)
