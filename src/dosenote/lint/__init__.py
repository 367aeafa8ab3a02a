"""What a model cannot check about a rule set: support, words, cover of limits, and examples that prove each row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from dosenote.documents import line_of, load_toml
from dosenote.errors import RuleError, nearest
from dosenote.facts import LISTS
from dosenote.lint.intakes import intake_mistakes
from dosenote.lint.products import product_mistakes
from dosenote.lint.proof import answer, count_weakenings, example_mistakes, example_regimen
from dosenote.lint.spans import age_words, ages_of, review_mistakes
from dosenote.lint.texts import PATIENT_TEXTS, orders, reading_grade, text_mistakes
from dosenote.quantity import IU, MCG_PER
from dosenote.reader import Reader
from dosenote.rule import LIMIT, Limit, Mistake, Row, Rule
from dosenote.rulefiles import PARTS, Files
from dosenote.ruleset import RuleSet, assemble, checked_tables
from dosenote.vocabulary import KINDS

__all__ = ["answer", "count_weakenings", "example_regimen", "lint", "reading_grade"]


def lint(folder: Path, today: date) -> tuple[RuleSet, list[str]]:
    """The rule set and everything wrong with it, each as "file:line: what", in the order of the files.

    Raises RuleError when a file is so wrong that the rest cannot be looked at.
    """
    files = Files.read(folder)
    ruleset, wrong = assemble(files, checked_tables(files))
    if wrong:
        raise RuleError(wrong)
    wrong += _strays(files, ruleset)
    reader = Reader(ruleset.vocabulary, ruleset.products)
    for rule in ruleset.rules:
        name = f"{rule.folder}/{rule.id}.toml"
        text = files.text(name)
        for mistake in sorted(_mistakes(rule, ruleset, reader, today), key=lambda one: line_of(text, one.path)):
            wrong.append(f"{name}:{line_of(text, mistake.path)}: {mistake.what}")
    wrong += _vocabulary_mistakes(files, ruleset)
    wrong += [
        f"{name}:{line_of(files.text(name), mistake.path)}: {mistake.what}"
        for name, mistake in (*product_mistakes(files, ruleset), *intake_mistakes(files, ruleset, today))
    ]
    return ruleset, wrong


def _mistakes(rule: Rule, ruleset: RuleSet, reader: Reader, today: date) -> Iterator[Mistake]:
    yield from _evidence(rule, ruleset)
    yield from text_mistakes(rule)
    yield from _review(rule, today)
    yield from _limits(rule)
    yield from _states(rule)
    yield from example_mistakes(rule, reader, ruleset)


# --- evidence


def _evidence(rule: Rule, ruleset: RuleSet) -> Iterator[Mistake]:
    rows = {row.fact for row in (*rule.when, *rule.unless)}
    supportable = {*rows, *PATIENT_TEXTS, "mechanism", *([LIMIT] if rule.limits else [])}
    supported = set()
    for number, evidence in enumerate(rule.evidence):
        if evidence.source not in ruleset.sources:
            near = nearest(evidence.source, ruleset.sources)
            yield Mistake(("evidence", number, "source"), f'no source is called "{evidence.source}".{near}')
        for name in evidence.supports:
            if name not in supportable:
                near = nearest(name, supportable)
                yield Mistake(("evidence", number, "supports"), f'"{name}" is no row or text of this rule.{near}')
        supported |= set(evidence.supports)
    for part, part_rows in (("when", rule.when), ("unless", rule.unless)):
        for row in part_rows:
            if row.fact not in supported:
                yield Mistake((part, row.fact), f"no evidence supports the row {row.fact}")
    if rule.limits and LIMIT not in supported:
        yield Mistake(("limit", 0), "no evidence supports the limit table")
    if not rule.none_against and all(evidence.direction == "for" for evidence in rule.evidence):
        yield Mistake(("evidence", 0), "no evidence against, and no none_against date that says somebody looked")


# --- review, limits


def _review(rule: Rule, today: date) -> Iterator[Mistake]:
    withdrawn = rule.withdrawn["date"] if rule.withdrawn else None
    for key, day in (("none_against", rule.none_against), ("withdrawn", withdrawn)):
        if day is not None and day > today:
            yield Mistake((key,), f"{day} has not come yet")
    for what in review_mistakes(rule.reviewed, today, bool(rule.withdrawn)):
        yield Mistake(("reviewed",), what)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id):
        yield Mistake(("title",), "the file's name is the id: small letters and figures, with - between words")


def _limits(rule: Rule) -> Iterator[Mistake]:
    """Every person for whom the rule can hold finds exactly one line of the limit table."""
    asking = [row for row in rule.when if any(test.value == LIMIT for test in row.comparisons)]
    astray = [row for row in rule.unless if any(test.value == LIMIT for test in row.comparisons)]
    if astray or len(asking) > 1:
        place = ("unless", astray[0].fact) if astray else ("when", asking[1].fact)
        yield Mistake(place, 'one row of [when], and nothing else, may compare with "limit"')
    elif asking and not rule.limits:
        yield Mistake(("when", asking[0].fact), 'a row compares with "limit", but there is no [[limit]]')
    if not rule.limits:
        return
    ages = tuple(row for row in rule.when if row.fact == "age")
    places: list[tuple[tuple[str | int, ...], tuple[Row, ...]]] = [(("when", "age"), ages)]
    places += [(("limit", number), limit.rows) for number, limit in enumerate(rule.limits)]
    for path, rows in places:
        for row in rows:
            if row.fact != "age":
                yield Mistake(path, f"a limit may depend on age only, not on {row.fact}")
                return
            if any(test.word not in ("at_least", "below") for test in row.comparisons):
                yield Mistake(path, "beside a limit table, write ages with at_least and below")
                return
    yield from _uncovered(ages, rule.limits)


def _states(rule: Rule) -> Iterator[Mistake]:
    """What a rule says that its limit is: there is one such limit, and its name tells nobody what to swallow."""
    if rule.states is None:
        return
    above = [
        row.fact for row in rule.when if row.fact.endswith(".daily") for test in row.comparisons if test.word == "above"
    ]
    if len(above) != 1:
        yield Mistake(("states",), "one row of [when] must say above how much a day: that is the value it states")
    if rule.jurisdiction is None:
        yield Mistake(("states",), "a rule that states an authority's value needs its jurisdiction")
    for text in (rule.states.name, rule.states.in_full, rule.states.by):
        yield from (Mistake(("states",), what) for what in orders(text))


def _uncovered(ages: tuple[Row, ...], limits: tuple[Limit, ...]) -> Iterator[Mistake]:
    start, end = ages_of(ages)
    spans = sorted((ages_of(limit.rows), number) for number, limit in enumerate(limits))
    (first, _), at = spans[0]
    if first > start:
        yield Mistake(("limit", at), f"no limit for ages from {age_words(start)} to {age_words(first)}")
    for ((_, upper), _), ((lower, _), at) in pairwise(spans):
        if upper < lower:
            yield Mistake(("limit", at), f"no limit for ages from {age_words(upper)} to {age_words(lower)}")
        if upper > lower:
            yield Mistake(("limit", at), f"two limits for ages from {age_words(lower)} to {age_words(min(upper, end))}")
    (_, last), at = spans[-1]
    if last < end:
        yield Mistake(("limit", at), f"no limit for ages from {age_words(last)}")


# --- the folder and the vocabulary


def _supersedings(ruleset: RuleSet) -> Iterator[str]:
    """A rule may take the place of milder ones only, and none may end by taking its own."""
    rules = {rule.id: rule for rule in ruleset.rules}
    for rule in ruleset.rules:
        where = f"{rule.folder}/{rule.id}.toml:1: "
        for id in rule.supersedes:
            if id not in rules:
                yield f'{where}it supersedes "{id}", which is no rule.{nearest(id, rules)}'
            elif rules[id].gravity[:2] < rule.gravity[:2]:
                yield f"{where}it supersedes {id}, which is graver"
        level, seen = set(rule.supersedes), set[str]()
        while level:
            seen |= level
            level = {id for one in level & rules.keys() for id in rules[one].supersedes} - seen
        if rule.id in seen:
            yield f"{where}it supersedes itself"


def _strays(files: Files, ruleset: RuleSet) -> Iterator[str]:
    """Files that nobody reads, and ids that two rules share."""
    for path in sorted(files.folder.rglob("*")):
        name = path.relative_to(files.folder).as_posix()
        if path.suffix.lower() == ".toml" and name not in files.contents:
            yield f"{name}:1: nobody reads this file; the folders are {', '.join(PARTS)}"
    yield from _supersedings(ruleset)
    homes: dict[str, str] = {}
    for rule in ruleset.rules:
        if homes.setdefault(rule.id, rule.folder) != rule.folder:
            yield f"{rule.folder}/{rule.id}.toml:1: a rule in {homes[rule.id]}/ has the same id"


def _vocabulary_mistakes(files: Files, ruleset: RuleSet) -> Iterator[str]:
    """Numbers without a source, and classes that rules ask about without a question for the person."""
    asked = {
        id for rule in ruleset.rules for row in (*rule.when, *rule.unless) if row.fact in LISTS
        for test in row.comparisons for id in test.ids
    }  # fmt: skip
    for stem in KINDS:
        name = f"vocabulary/{stem}.toml"
        text = files.text(name)
        for id, table in load_toml(text, name).items():
            for what in _entry_mistakes(id, table, id in asked, ruleset):
                yield f"{name}:{line_of(text, (id, 'label'))}: [{id}] {what}"
    name = "vocabulary/amounts.toml"
    text = files.text(name)
    for id, table in load_toml(text, name).items():
        for path, one in (
            ((id,), table),
            *(((id, "interval", n), row) for n, row in enumerate(table.get("interval", ()))),
        ):
            if one["source"] not in ruleset.sources:
                near = nearest(one["source"], ruleset.sources)
                yield f'{name}:{line_of(text, (*path, "source"))}: no source is called "{one["source"]}".{near}'
            for key in {"usual", "by"} & one.keys() if path[1:] else ():
                for what in orders(one[key]):
                    yield f"{name}:{line_of(text, (*path, key))}: {what}"


def _entry_mistakes(id: str, table: dict[str, Any], is_asked: bool, ruleset: RuleSet) -> Iterator[str]:
    if is_asked and not table.get("ask"):
        yield 'is asked about by a rule and needs an "ask"'
    if "mcg_per_iu" in table and table.get("mcg_per_iu_source") not in ruleset.sources:
        yield "has mcg_per_iu, and mcg_per_iu_source names no source"
    if any(factor != "1" for factor in table.get("units", {}).values()) and table.get("source") not in ruleset.sources:
        yield "has units, and source names no source"
    for salt in table.get("salt", ()):
        if salt["source"] not in ruleset.sources:
            yield f'salt {salt["id"]}: no source is called "{salt["source"]}"'
    if ruleset.vocabulary[id].kind == "supplement" and table.get("unit", "mg") not in (*MCG_PER, IU):
        yield f'the unit of a supplement is one of {", ".join(MCG_PER)}, not "{table["unit"]}"'
