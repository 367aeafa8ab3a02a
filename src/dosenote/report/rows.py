"""Rows of a rule as they stood for one person: why it was raised, what would silence it, what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf

from dosenote.facts import LISTS, UNNAMED
from dosenote.report.entered import Span
from dosenote.report.model import Because, ChangesAt, ItemPlace
from dosenote.report.words import (
    COMES_ON,
    COMPARISON_WORDS,
    Checked,
    and_list,
    row_interval,
    row_limit,
    row_value,
    taken_of,
)
from dosenote.rule import AMOUNT_WORDS, Row, Rule

#: What somebody is of whom a fact is true.
_ARE = {"pregnant": "pregnant", "lactating": "breastfeeding"}


def because(row: Row, rule: Rule, checked: Checked) -> Because:
    """A row of a rule as it stands: the fact, its value, the comparison and the limit, each in words."""
    value = row_value(row, checked)
    comparison = " and ".join(test.word for test in row.comparisons)
    limit = " and ".join(row_limit(row, test, rule, checked) for test in row.comparisons)
    return Because(row.fact, value, comparison, limit, _because_words(row, rule, value, checked))


def _because_words(row: Row, rule: Rule, value: str, checked: Checked) -> str:
    """A row as a part of a sentence: "you take warfarin", "vitamin D a day: 5,000 IU (the rule: above 4,000 IU)"."""
    limits = [row_limit(row, test, rule, checked) for test in row.comparisons]
    if row.fact in LISTS:
        have = {"medicines": "take", "conditions": "have", "foods": "eat or drink"}[row.fact]
        if value == "not said":
            return f"{limits[0]}: not said"
        if value == "none of these":
            return f"you {have} no {limits[0]}"
        return f"you {have} {value}"
    fact = checked.catalogue[row.fact]
    if fact.kind == "yes-no" and row.fact.endswith(".taken"):
        label = checked.vocabulary[fact.entry].label
        return {"yes": f"you take {label}", "no": f"you do not take {label}"}.get(value, f"{label}: not known if taken")
    if row.fact.endswith(".new") and value in ("yes", "no"):
        label = checked.vocabulary[fact.entry].label
        return f"your {label} is {'new or planned' if value == 'yes' else 'not new'}"
    if row.fact.endswith(".with_food") and value in ("yes", "no"):
        taken = and_list(taken_of(fact.entry, checked)) or checked.vocabulary[fact.entry].label
        return f"you take {taken} {'with' if value == 'yes' else 'without'} a meal"
    if row.fact.endswith(".more_often_than_usual") and value in ("yes", "no"):
        entry = checked.vocabulary[fact.entry]
        assert entry.interval is not None  # else there is no such fact
        return f"you take {entry.label} {'' if value == 'yes' else 'not '}more often than {entry.interval.usual}"
    if row.fact.endswith(".stopped") and value == "yes":
        return f"you stopped {checked.vocabulary[fact.entry].label}"
    if row.fact.endswith("_said") and value == "yes":
        return f"a value of your {checked.vocabulary[fact.entry].label} was given"
    if row.comparisons[0].word == "is":
        return f"{fact.label}: {value}"
    compared = " and ".join(
        f"{COMPARISON_WORDS[test.word]} {limit}" for test, limit in zip(row.comparisons, limits, strict=True)
    )
    label = f"your {checked.vocabulary[fact.entry].label}" if fact.entry else fact.label
    return f"{label}: {value} (the rule: {compared})"


#: What not being shown means, so that nobody takes it for good news.
_GRAVER = "another note, at least as grave, then takes its place"  # which tests/test_rules.py holds
_ANOTHER = "another note may then take its place"
_NOT_FOR = "it is not written for that"


def exception(row: Row, rule: Rule, checked: Checked) -> Because:
    """A row of [unless] that is not known, as a condition, and what comes then: "you have gout: another ..."."""
    stood = because(row, rule, checked)
    fact = checked.catalogue[row.fact]
    if row.fact in LISTS:
        verb = {"medicines": "take", "conditions": "have", "foods": "eat or drink"}[row.fact]
        words = f"you {verb} {stood.limit}: {_GRAVER if row.fact == 'conditions' else _ANOTHER}"
    elif row.fact.endswith(".with_food"):
        words = f"you take it with food ({checked.vocabulary[fact.entry].label})"
    elif fact.kind == "yes-no" and fact.entry:
        words = f"you take {checked.vocabulary[fact.entry].label}: {_ANOTHER}"
    elif row.fact in _ARE:
        words = f"you are {_ARE[row.fact]}: {_NOT_FOR}"
    elif fact.kind == "age":
        words = f"you are {stood.comparison.replace('_', ' ')} {stood.limit} old: {_NOT_FOR}"
    else:
        words = f"{fact.label} {stood.comparison.replace('_', ' ')} {stood.limit}"
    return stood._replace(words=words)


def changes_at(rule: Rule, checked: Checked) -> Iterable[ChangesAt]:
    """Each amount at which this finding would come on or go; a property of the rule."""
    for row in rule.when:
        fact = checked.catalogue[row.fact]
        for test in row.comparisons:
            if test.word not in AMOUNT_WORDS or fact.kind == "age":
                continue
            limit = row_interval(test, rule, checked.facts)
            comes_on = COMES_ON[test.word]
            high = None if isinf(limit.high) else limit.high
            yield ChangesAt(
                fact=row.fact,
                comparison=test.word,
                limit=Span(limit.low, high, fact.unit),
                words=f"this rule comes on {comes_on} {row_limit(row, test, rule, checked)}",
            )


def implicated(rule: Rule, checked: Checked) -> Iterable[ItemPlace]:
    """What is surely taken and counts for a row of the rule; what only may count is left out."""
    groups, named = set[str](), set[str]()  # by anything below them, and by their own name only
    for row in rule.when:
        for test in row.comparisons:
            if isinstance(test.value, tuple) and row.fact == "medicines":
                (named if test.word == "include_unnamed" else groups).update(test.value)
            elif row.fact not in LISTS and checked.catalogue[row.fact].entry and test.value is not False:
                groups.add(checked.catalogue[row.fact].entry)
    for line, reading in enumerate(checked.regimen.readings):
        for place, item in enumerate(reading.items):
            is_counted = item.is_taken and not checked.regimen.has_stopped(item)
            if is_counted and (item.substance in named or groups & checked.vocabulary.surely(item.substance)):
                yield ItemPlace(line, place)


def missing_words(name: str, checked: Checked) -> str:
    """A fact that is not known, named for the person: "whether you take warfarin", "your age"."""
    kind, _, id = name.removesuffix(UNNAMED).partition(":")
    if kind in LISTS:
        label = checked.vocabulary[id].label
        return {
            "medicines": f"whether you take {'an' if label[:1].lower() in 'aeiou' else 'a'} {label}"
            if checked.vocabulary.members(id)
            else f"whether you take {label}",
            "conditions": f"whether you have {label}",
            "foods": f"whether you eat or drink {label}",
        }[kind]
    return f"your {checked.catalogue[name].label}" if name in ("age", "sex") else checked.catalogue[name].label
