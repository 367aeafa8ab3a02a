"""A rule and its sources in words, for whoever reads them and about nobody in particular."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dosenote.errors import DosenoteError, nearest
from dosenote.facts import LISTS, Fact, fact_name
from dosenote.intake import Intake
from dosenote.render.outline import day
from dosenote.report.words import COMPARISON_WORDS, PLACEHOLDER
from dosenote.rule import AMOUNT_WORDS, LIMIT, Comparison, Evidence, Limit, Row, Rule
from dosenote.ruleset import RuleSet, Source
from dosenote.vocabulary import Vocabulary

#: The three scales, which are never added up: what each word of them means.
ACTION_MEANS = {
    "call-first": "calls before starting, stopping or changing anything; calls today if it is in use already",
    "ask-soon": "asks a doctor or pharmacist within days",
    "mention": "mentions it at the next visit",
    "good-to-know": "has nothing to do; it is information",
}
SEVERITY_MEANS = {
    "serious": "could lead to death, hospital or lasting harm, or needs treatment to prevent that",
    "moderate": "could need a change of treatment, or a test",
    "minor": "a nuisance, or of no known effect on health",
}
CERTAINTY_WORDS = {"high": "high", "moderate": "moderate", "low": "low", "very-low": "very low"}
EXPECT_WORDS = {"raised": "Raised", "not-raised": "Not raised", "cannot-tell": "Cannot tell"}

_VERBS = {"medicines": "takes", "conditions": "has", "foods": "eats"}
_NAMED = {"medicines": "medicine", "conditions": "condition", "foods": "food"}


class Piece(NamedTuple):
    """A stretch of a rule's text. is_slot: it stands for what is filled in for each person."""

    text: str
    is_slot: bool


def row_words(row: Row) -> str:
    """A row as it stands in the file: "vitamin_d.daily above limit"."""
    parts = []
    for test in row.comparisons:
        value = ", ".join(test.value) if isinstance(test.value, tuple) else str(test.value).lower()
        parts.append(f"{test.word.replace('_', ' ')} {value}")
    return f"{row.fact} {' and '.join(parts)}"


def condition_words(row: Row, ruleset: RuleSet) -> str:
    """A row about a person: "takes MK-7", "vitamin D a day: above 4,000 IU (100 mcg)", "is known to take no ..."."""
    fact = ruleset.facts[row.fact]
    if row.fact in LISTS:
        return " and ".join(_membership(row.fact, test, ruleset.vocabulary) for test in row.comparisons)
    if fact.kind == "yes-no":
        return " and ".join(_yes_no(fact, test.value is True, ruleset.vocabulary) for test in row.comparisons)
    if fact.kind == "choice":
        return " and ".join(f"is {test.value}" for test in row.comparisons)
    return f"{fact.label}: {_compared(row, fact, ruleset.vocabulary)}"


def _membership(name: str, test: Comparison, vocabulary: Vocabulary) -> str:
    labels = [vocabulary[id].label for id in test.ids]
    verb, any_of = _VERBS[name], _or_list([_one_of(id, vocabulary) for id in test.ids])
    if test.word == "include_none":
        have = {"takes": "take", "has": "have", "eats": "eat"}[verb]
        return f"is known to {have} none of these: {', '.join(labels)}"
    if test.word == "include_also":
        return f"also {verb} {any_of}"
    if test.word == "include_unnamed":
        return f"{verb} something named only as {any_of}, not saying which"
    return f"{verb} {any_of}"


def _one_of(id: str, vocabulary: Vocabulary) -> str:
    """ "a blood thinner", "an HIV integrase inhibitor"; "warfarin", "kidney disease"."""
    entry = vocabulary[id]
    if entry.kind == "condition" or not vocabulary.members(id):
        return entry.label
    first = entry.label.split()[0]
    sounds_like_a_vowel = "AEFHILMNORSX" if first.isupper() else "aeiouAEIOU"
    return f"{'an' if first[0] in sounds_like_a_vowel else 'a'} {entry.label}"


def _or_list(words: list[str]) -> str:
    *most, last = words or [""]
    return f"{', '.join(most)} or {last}" if most else last


def _yes_no(fact: Fact, wanted: bool, vocabulary: Vocabulary) -> str:
    thing = vocabulary[fact.entry].label if fact.entry else fact.label
    yes, no = {
        "pregnant": ("is pregnant", "is not pregnant"),
        "lactating": ("is breastfeeding", "is not breastfeeding"),
        "taken": (f"takes {thing}", f"takes no {thing}"),
        "stopped": (f"has stopped {thing}", f"has not stopped {thing}"),
        "new": (f"{thing} is new or planned", f"{thing} is not new"),
        "more_often_than_usual": (f"takes {thing} more often than usual", f"takes {thing} no more often than usual"),
        "with_food": (f"takes {thing} with a meal", f"takes {thing} without a meal"),
    }.get(fact.name.rpartition(".")[2], (f"told a value: {thing}", f"told no value: {thing}"))
    return yes if wanted else no


def _compared(row: Row, fact: Fact, vocabulary: Vocabulary) -> str:
    """Every comparison of an amount, age or lab value: "at least 6 months and below 1 year"."""
    return " and ".join(f"{COMPARISON_WORDS[test.word]} {_value(fact, test, vocabulary)}" for test in row.comparisons)


def _value(fact: Fact, test: Comparison, vocabulary: Vocabulary) -> str:
    if test.value == LIMIT:
        return "the limit in the table"
    return str(test.value) if fact.kind == "age" else vocabulary[fact.entry].show(test.number)


def limited_fact(rule: Rule, ruleset: RuleSet) -> Fact:
    """What the limit table of a rule limits; only for a rule that has one."""
    return next(ruleset.facts[row.fact] for row in rule.when for test in row.comparisons if test.value == LIMIT)


def limit_words(limit: Limit, rule: Rule, ruleset: RuleSet) -> tuple[str, str]:
    """A line of the limit table: for whom, and how much, in both units where there are two."""
    return _line_words(limit, limited_fact(rule, ruleset), ruleset)


def intake_words(amount: Limit, intake: Intake, ruleset: RuleSet) -> tuple[str, str]:
    """A line of a recommended intake: for whom, and how much a day, in both units where there are two."""
    return _line_words(amount, ruleset.facts[f"{fact_name(intake.substance)}.daily"], ruleset)


def _line_words(line: Limit, fact: Fact, ruleset: RuleSet) -> tuple[str, str]:
    who = ", ".join(condition_words(row, ruleset).replace("age: ", "age ", 1) for row in line.rows)
    return who or "everybody", _amount(fact, line.value, line.number, ruleset.vocabulary)


def states_words(rule: Rule) -> str:
    """Which documented value the limit of a rule repeats; empty for a rule that repeats none."""
    if rule.states is None:
        return ""
    words = ", ".join(word for word in (rule.states.in_full, rule.states.by) if word)
    counts = f"; counts {rule.states.counts}" if rule.states.counts else ""
    return f"{rule.states.kind.replace('-', ' ')}, {rule.states.name} ({words}){counts}"


def _amount(fact: Fact, written: str, number: float, vocabulary: Vocabulary) -> str:
    if fact.kind == "age":
        return written
    return vocabulary[fact.entry].show(number) + (" a day" if fact.name.endswith(".daily") else "")


def class_members(rule: Rule, ruleset: RuleSet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each class that a row names, and the labels of everything that counts as one of it, both in words."""
    found: dict[str, None] = {}
    for row in (*rule.when, *rule.unless):
        if row.fact in LISTS:
            for test in row.comparisons:
                found |= dict.fromkeys(test.ids)
    for id in found:
        members = member_labels(id, ruleset)
        if members:
            yield ruleset.vocabulary[id].label, members


def member_labels(id: str, ruleset: RuleSet) -> tuple[str, ...]:
    """The labels of everything that counts as one of a class, in order; none for a thing that is no class."""
    return tuple(sorted((ruleset.vocabulary[one].label for one in ruleset.vocabulary.members(id)), key=str.casefold))


def pieces(text: str, rule: Rule, ruleset: RuleSet) -> tuple[Piece, ...]:
    """A rule's text with its {placeholders} in words, in brackets: "your [the person's vitamin D a day]"."""
    found, at = [], 0
    for match in PLACEHOLDER.finditer(text):
        found += [Piece(text[at : match.start()], False), Piece(*_slot(match[1], rule, ruleset))]
        at = match.end()
    return tuple(piece for piece in (*found, Piece(text[at:], False)) if piece.text)


def text_words(text: str, rule: Rule, ruleset: RuleSet) -> str:
    """The same as one text."""
    return "".join(piece.text for piece in pieces(text, rule, ruleset))


def _slot(name: str, rule: Rule, ruleset: RuleSet) -> tuple[str, bool]:
    if name == LIMIT and rule.limits:
        return "[the limit for this person]", True
    for row in rule.when:
        fact = ruleset.facts[row.fact]
        if row.fact == name:
            return f"[the person's {_NAMED.get(name, fact.label)}]", True
        for test in row.comparisons:
            if test.word == name and name in AMOUNT_WORDS and test.value != LIMIT:
                return f"[{_amount(fact, str(test.value), test.number, ruleset.vocabulary)}]", True
    return f"{{{name}}}", False


def source_of(evidence: Evidence, rule: Rule, ruleset: RuleSet) -> Source:
    """The source of a piece of evidence; raises DosenoteError where the rule set has no such source."""
    try:
        return ruleset.sources[evidence.source]
    except KeyError:
        raise DosenoteError(
            f'no source is called "{evidence.source}".{nearest(evidence.source, ruleset.sources)}',
            f"{rule.folder}/{rule.id}.toml",
            '"dosenote rules lint" shows everything that is wrong with the rules.',
        ) from None


def who_and_when(source: Source) -> str:
    """ "Theuwissen E and others, 2013"; the title where nobody is named."""
    return f"{source.by or source.title}{f', {source.year}' if source.year else ''}"


def none_against_words(rule: Rule) -> str:
    """That evidence against was looked for in vain, and when; empty where some was found or nobody looked."""
    if not rule.none_against:
        return ""
    return f"Evidence against was looked for on {day(rule.none_against.isoformat())}; none was found."
