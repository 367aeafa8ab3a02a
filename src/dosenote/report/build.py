"""Builds the report of one check."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf

from dosenote import __version__
from dosenote.engine import Finding, evaluate, row_truth
from dosenote.facts import LISTS, UNNAMED, fact_name, facts_of, item_amounts
from dosenote.logic import Interval, Truth
from dosenote.quantity import IU, show_number
from dosenote.questions import questions_for, unknown_facts
from dosenote.regimen import Item, Person, Reading, Regimen
from dosenote.report.model import (
    Advisory,
    Because,
    ChangesAt,
    Cited,
    Counts,
    Coverage,
    Line,
    NotRecognised,
    Reference,
    Report,
    Rules,
    Span,
    TakenItem,
    Tool,
    Total,
    Traced,
    Undecided,
)
from dosenote.report.words import (
    COMES_ON,
    COMPARISON_WORDS,
    Checked,
    both_units,
    fact_amount,
    fill,
    item_words,
    limit_interval,
    row_limit,
    row_value,
    schedule_words,
)
from dosenote.rule import AMOUNT_WORDS, LIMIT, Answer, Evidence, Row, Rule
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Entry


def build_report(regimen: Regimen, ruleset: RuleSet, jurisdiction: str, explain: bool = False) -> Report:
    """Check one regimen against the rules of one jurisdiction.

    explain: with the trace of every rule. Raises DosenoteError where the person contradicts themselves.
    """
    facts = facts_of(regimen, ruleset.vocabulary)
    checked = Checked(regimen, facts, dict(ruleset.facts), ruleset.vocabulary)
    rules = ruleset.for_jurisdiction(jurisdiction)
    findings = sorted(evaluate(rules, facts), key=lambda finding: finding.rule.gravity)
    raised = [finding for finding in findings if finding.outcome.is_true]
    undecided = [finding for finding in findings if finding.outcome.is_unknown]
    advisories = tuple(_advisory(finding, checked, ruleset) for finding in raised)
    not_recognised = tuple(_not_recognised(regimen, ruleset))
    return Report(
        schema="dosenote.report/1",
        tool=Tool("dosenote", __version__),
        rules=Rules(ruleset.version, ruleset.digest),
        jurisdiction=jurisdiction,
        as_of=regimen.as_of.isoformat() if regimen.as_of else None,
        regimen=tuple(_line(reading, checked) for reading in regimen.readings),
        person=_person(checked),
        totals=tuple(_totals(checked, rules)),
        advisories=advisories,
        undecided=tuple(_undecided(finding, checked) for finding in undecided),
        questions=questions_for(findings, facts, regimen, ruleset),
        not_recognised=not_recognised,
        counts=Counts(
            raised=len(raised),
            not_raised=len(findings) - len(raised) - len(undecided),
            undecided=len(undecided),
            not_applicable=len(ruleset.rules) - len(rules),
        ),
        coverage=_coverage(regimen, len(rules), ruleset),
        next_step=_next_step(advisories, bool(undecided or not_recognised)),
        nothing_raised="" if raised else ruleset.nothing_raised,
        disclaimer=ruleset.disclaimer,
        trace=tuple(_traced(finding, checked) for finding in findings) if explain else None,
    )


# --- what was understood


def _line(reading: Reading, checked: Checked) -> Line:
    vocabulary = checked.vocabulary
    noted = [vocabulary[id].label for id in (*reading.conditions, *reading.foods)]
    noted += [f"no {vocabulary[id].label}" for id in reading.denied]
    noted += [f"{vocabulary[lab.id].label}: {vocabulary[lab.id].show(lab.value)}" for lab in reading.labs]
    noted += _closed_words(reading.closed.medicines, reading.closed.conditions, reading.closed.foods)
    noted += _person_words(reading.person)
    return Line(
        text=reading.text.strip(),
        outcome=reading.outcome,
        items=tuple(_item(item, checked) for item in reading.items),
        noted=tuple(noted),
        unread=reading.unread,
        reason=reading.reason,
    )


def _item(item: Item, checked: Checked) -> TakenItem:
    entry = checked.vocabulary[item.substance]
    each_time, daily = item_amounts(item, entry)
    return TakenItem(
        substance=entry.id,
        label=entry.label,
        words=item_words(item, each_time, entry),
        amount=_span(each_time, entry.unit),
        a_day=_span(daily, entry.unit),
        schedule=schedule_words(item.schedule),
        stopped=checked.regimen.has_stopped(item),
    )


def _span(interval: Interval, unit: str) -> Span | None:
    if isinf(float(interval.high)) and not interval.low:
        return None
    return Span(float(interval.low), None if isinf(float(interval.high)) else float(interval.high), unit)


def _person(checked: Checked) -> tuple[str, ...]:
    """Everything known about the person, in words, in one place."""
    regimen = checked.regimen
    closed = regimen.all_closed
    words = _person_words(regimen.whole_person)
    words += [checked.vocabulary[id].label for id in regimen.all_conditions]
    words += [f"no {checked.vocabulary[id].label}" for id in regimen.all_denied]
    words += _closed_words(closed.medicines, closed.conditions, closed.foods)
    return tuple(words)


def _person_words(person: Person) -> list[str]:
    words = []
    if person.age is not None:
        months = person.age < 1
        words.append(
            f"{show_number(round(person.age * 12, 2))} months old" if months else f"{show_number(person.age)} years old"
        )
    if person.sex is not None:
        words.append(person.sex)
    for said, word in ((person.pregnant, "pregnant"), (person.lactating, "breastfeeding")):
        if said is not None:
            words.append(word if said else f"not {word}")
    return words


def _closed_words(medicines: bool, conditions: bool, foods: bool) -> list[str]:
    said = (("medicines", medicines), ("conditions", conditions), ("foods rich in vitamin K", foods))
    return [f"no other {name}" for name, complete in said if complete]


# --- totals


def _totals(checked: Checked, rules: Iterable[Rule]) -> Iterable[Total]:
    """Each substance taken, the most specific name first; a group only where it adds up more than one of them."""
    facts, vocabulary = checked.facts, checked.vocabulary
    rules = tuple(rules)
    for entry in vocabulary.of_kind("supplement"):
        name = fact_name(entry.id)
        if not entry.unit or not facts.truths[f"{name}.taken"].is_true:
            continue
        daily = facts.intervals[f"{name}.daily"]
        repeats = any(
            facts.truths[f"{fact_name(member)}.taken"].is_true
            and facts.intervals[f"{fact_name(member)}.daily"] == daily
            for member in vocabulary.members(entry.id)
        )
        if repeats:
            continue
        other = both_units(daily, entry)
        yield Total(
            substance=entry.id,
            label=entry.label,
            daily=Span(float(daily.low), None if isinf(daily.high) else float(daily.high), entry.unit),
            also=None if other is None else Span(*other, IU),
            words=fact_amount(f"{name}.daily", daily, checked),
            references=tuple(_references(entry, checked, rules)),
        )


def _references(entry: Entry, checked: Checked, rules: tuple[Rule, ...]) -> Iterable[Reference]:
    """The documented values that rules for people like this one state for this substance or its groups."""
    names = {f"{fact_name(id)}.daily" for id in checked.vocabulary.surely(entry.id)}
    for rule in rules:
        others = (row for row in rule.when if row.fact not in names)
        if any(row_truth(row, rule.limits, checked.facts).is_false for row in others):
            continue
        for row in rule.when:
            for test in row.comparisons:
                if row.fact in names and test.word == "above":
                    yield Reference(rule.id, rule.title, row_limit(row, test, rule, checked))


# --- findings


def _advisory(finding: Finding, checked: Checked, ruleset: RuleSet) -> Advisory:
    rule = finding.rule
    unknown = [row for row, truth in zip(rule.unless, finding.unless, strict=True) if truth.is_unknown]
    return Advisory(
        rule=rule.id,
        title=rule.title,
        summary=fill(rule.summary, rule, checked),
        severity=rule.severity,
        action=rule.action,
        certainty=rule.certainty,
        certainty_because=rule.certainty_because,
        topics=rule.topics,
        why=fill(rule.why, rule, checked),
        talk=fill(rule.talk, rule, checked),
        ask=tuple(fill(question, rule, checked) for question in rule.ask),
        mechanism=rule.mechanism,
        because=tuple(_because(row, rule, checked) for row in rule.when),
        unless=tuple(_exception(row, rule, checked) for row in unknown),
        changes_at=tuple(_changes_at(rule, checked)),
        evidence=tuple(_cited(evidence, ruleset) for evidence in rule.evidence),
        reviewed=rule.reviewed.isoformat(),
    )


def _because(row: Row, rule: Rule, checked: Checked) -> Because:
    value = row_value(row, checked)
    comparison = " and ".join(test.word for test in row.comparisons)
    limit = " and ".join(row_limit(row, test, rule, checked) for test in row.comparisons)
    return Because(row.fact, value, comparison, limit, _because_words(row, rule, value, checked))


def _because_words(row: Row, rule: Rule, value: str, checked: Checked) -> str:
    """A row as a part of a sentence: "you take warfarin", "vitamin D a day: 5,000 IU (the rule: above 4,000 IU)"."""
    limits = [row_limit(row, test, rule, checked) for test in row.comparisons]
    if row.fact in LISTS:
        have = {"medicines": "take", "conditions": "have", "foods": "eat"}[row.fact]
        if value == "not said":
            return f"{limits[0]}: not said"
        if value == "none of these":
            return f"you {have} no {limits[0]}"
        return f"you {have} {value}"
    fact = checked.catalogue[row.fact]
    if fact.kind == "yes-no" and row.fact.endswith(".taken"):
        label = checked.vocabulary[fact.entry].label
        return {"yes": f"you take {label}", "no": f"you do not take {label}"}.get(value, f"{label}: not known if taken")
    if row.comparisons[0].word == "is":
        return f"{fact.label}: {value}"
    compared = " and ".join(
        f"{COMPARISON_WORDS[test.word]} {limit}" for test, limit in zip(row.comparisons, limits, strict=True)
    )
    return f"{fact.label}: {value} (the rule: {compared})"


def _exception(row: Row, rule: Rule, checked: Checked) -> Because:
    """A row of [unless] that is not known, as a condition: "you have kidney disease"."""
    because = _because(row, rule, checked)
    fact = checked.catalogue[row.fact]
    if row.fact in LISTS:
        verb = {"medicines": "take", "conditions": "have", "foods": "eat"}[row.fact]
        words = f"you {verb} {because.limit}"
    elif fact.kind == "yes-no" and fact.entry:
        measure = "take it with food" if row.fact.endswith(".with_food") else "take it"
        words = f"you {measure} ({checked.vocabulary[fact.entry].label})"
    else:
        words = f"{fact.label} {because.comparison.replace('_', ' ')} {because.limit}"
    return because._replace(words=words)


def _changes_at(rule: Rule, checked: Checked) -> Iterable[ChangesAt]:
    """Each amount at which this finding would come on or go; a property of the rule."""
    for row in rule.when:
        fact = checked.catalogue[row.fact]
        for test in row.comparisons:
            if test.word not in AMOUNT_WORDS or fact.kind == "age":
                continue
            limit = (
                limit_interval(rule.limits, checked.facts)
                if test.value == LIMIT
                else Interval(test.number, test.number)
            )
            comes_on = COMES_ON[test.word]
            high = None if isinf(limit.high) else limit.high
            yield ChangesAt(
                fact=row.fact,
                comparison=test.word,
                limit=Span(limit.low, high, fact.unit),
                words=f"this rule comes on {comes_on} {row_limit(row, test, rule, checked)}",
            )


def _cited(evidence: Evidence, ruleset: RuleSet) -> Cited:
    source = ruleset.sources[evidence.source]
    return Cited(
        source=source.id,
        title=source.title,
        by=source.by,
        year=source.year,
        link=f"https://doi.org/{source.doi}" if source.doi else source.url,
        locator=evidence.locator,
        direction=evidence.direction,
        says=evidence.says,
        problem=source.problem,
    )


def _undecided(finding: Finding, checked: Checked) -> Undecided:
    rule = finding.rule
    missing = unknown_facts(rule, checked.facts)
    return Undecided(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        action=rule.action,
        missing=missing,
        missing_words=tuple(dict.fromkeys(_missing_words(name, checked) for name in missing)),
    )


def _missing_words(name: str, checked: Checked) -> str:
    kind, _, id = name.removesuffix(UNNAMED).partition(":")
    if kind in LISTS:
        label = checked.vocabulary[id].label
        return {
            "medicines": f"whether you take a {label}"
            if checked.vocabulary.members(id)
            else f"whether you take {label}",
            "conditions": f"whether you have {label}",
            "foods": f"whether you eat {label}",
        }[kind]
    return f"your {checked.catalogue[name].label}" if name in ("age", "sex") else checked.catalogue[name].label


def _not_recognised(regimen: Regimen, ruleset: RuleSet) -> Iterable[NotRecognised]:
    for reading in regimen.readings:
        for piece in reading.hidden:
            whole = piece == reading.text.strip()
            reason = "not in our lists" if whole else f'not understood in "{reading.text.strip()}"'
            yield NotRecognised(piece, reason, reading.suggestions)
    for text in regimen.unresolved:
        yield NotRecognised(text, "not in our list of conditions", ruleset.vocabulary.suggestions(text))


def _coverage(regimen: Regimen, rules: int, ruleset: RuleSet) -> Coverage:
    taken = [reading for reading in regimen.readings if reading.items or reading.hides_something]
    recognised = sum(not reading.hides_something for reading in taken)
    items = "item" if len(taken) == 1 else "items"
    return Coverage(
        items=len(taken),
        recognised=recognised,
        rules=rules,
        not_covered=ruleset.not_covered,
        words=(
            f"Checked {recognised} of {len(taken)} {items} against {rules} rules. "
            f"Not covered: {', '.join(ruleset.not_covered)}."
        ),
    )


_STEPS = {
    "call-first": "call before you start, stop or change anything. If you already take it, call today",
    "ask-soon": "ask a doctor or pharmacist in the next days",
    "mention": "mention it at your next visit",
}


def _next_step(advisories: tuple[Advisory, ...], is_open: bool) -> str:
    """The one closing line."""
    if advisories and advisories[0].action != "good-to-know":
        first = advisories[0]
        return f"{first.title}: {_STEPS[first.action]}."
    if is_open:
        return "Answer the open questions, or show these notes to a pharmacist: something could not be told."
    return "Show these notes to a pharmacist or doctor at your next visit."


def _traced(finding: Finding, checked: Checked) -> Traced:
    rule = finding.rule
    return Traced(
        rule=rule.id,
        title=rule.title,
        outcome=_answer(finding.outcome),
        when=tuple(_because(row, rule, checked) for row in rule.when),
        unless=tuple(_because(row, rule, checked) for row in rule.unless),
    )


def _answer(truth: Truth) -> Answer:
    return "raised" if truth.is_true else "not-raised" if truth.is_false else "cannot-tell"
