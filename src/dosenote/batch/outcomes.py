"""The findings of a block of regimens: one by one, or as columns, with the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from dosenote.batch.lines import Lines
from dosenote.batch.rows import Rows
from dosenote.effects import Effect
from dosenote.engine import Finding, evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import LISTS, Facts, facts_of
from dosenote.questions import unknown_facts
from dosenote.reader import Reader
from dosenote.regimen import Reading, Regimen
from dosenote.report.words import limit_interval
from dosenote.rule import LIMIT, Rule
from dosenote.ruleset import RuleSet

#: A lowest and a highest amount.
Span: TypeAlias = tuple[float, float]


class Measured(NamedTuple):
    """A rule with what a finding of it tells. facts: the amounts that it compares, in the order of its rows.

    is_limited: whether the first of them is compared with a limit that depends on the person.
    listed: the open lists that it asks about, and the classes of which something must be there.
    """

    rule: Rule
    facts: tuple[str, ...]
    is_limited: bool
    listed: tuple[tuple[str, frozenset[str]], ...]


@dataclass
class Outcomes:
    """Every finding that is raised or cannot be told, regimen by regimen, gravest first.

    row: the regimen, by number; rule: the rule, by number, gravest first; raised: else it cannot be told.
    spans: its amounts, and last the limit where it has one. left: by regimen, how many are left to a graver rule.
    missing: in how many regimens a fact is missing. clashes: what is wrong with a regimen, by number.
    """

    row: list[int] = field(default_factory=list)
    rule: list[int] = field(default_factory=list)
    raised: list[bool] = field(default_factory=list)
    spans: list[tuple[Span, ...]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    clashes: dict[int, str] = field(default_factory=dict)


class Checker:
    """The rules of one jurisdiction, gravest first, and the lines that were read so far."""

    def __init__(self, ruleset: RuleSet, jurisdiction: str) -> None:
        self.ruleset = ruleset
        rules = sorted(ruleset.for_jurisdiction(jurisdiction), key=lambda rule: rule.gravity)
        self.measured = [_measured(rule, ruleset) for rule in rules]
        number = {rule.id: place for place, rule in enumerate(rules)}
        self.covers = [tuple(number[id] for id in rule.supersedes if id in number) for rule in rules]

    @property
    def rules(self) -> list[Rule]:
        """The rules that are checked, gravest first."""
        return [one.rule for one in self.measured]


def _measured(rule: Rule, ruleset: RuleSet) -> Measured:
    amounts = [row.fact for row in rule.when if ruleset.facts[row.fact].kind in ("amount", "age", "lab")]
    limited = next((row.fact for row in rule.when for test in row.comparisons if test.value == LIMIT), "")
    facts = tuple(dict.fromkeys([*([limited] if limited else []), *amounts]))
    listed = tuple(
        (row.fact, frozenset(test.value))
        for row in rule.when
        for test in row.comparisons
        if row.fact in LISTS and isinstance(test.value, tuple) and test.word != "include_none"
    )
    return Measured(rule, facts, bool(limited), listed)


# --- one by one


class Readings(Lines):
    """Lines as they were read: for files so small that columns would not pay."""

    def __init__(self, reader: Reader, as_of: date | None) -> None:
        self.readings: list[Reading] = []
        super().__init__(reader, as_of)

    def clear(self) -> None:
        """Forget every line and its reading."""
        super().clear()
        self.readings.clear()

    def add(self, reading: Reading, _effect: Effect) -> None:
        """Keep the reading of one more line."""
        self.readings.append(reading)


def one_by_one(rows: Rows, lines: Readings, checker: Checker) -> Outcomes:
    """The findings of each regimen by itself."""
    found = Outcomes()
    end = 0
    for number, count in enumerate(rows.counts):
        codes, end = rows.codes[end : end + count], end + count
        regimen = Regimen(tuple(lines.readings[code] for code in codes), as_of=lines.as_of)
        try:
            facts = facts_of(regimen, checker.ruleset.vocabulary)
        except DosenoteError as error:
            found.clashes[number] = error.what
            found.left.append(0)
            continue
        found.left.append(_note(number, evaluate(checker.rules, facts), facts, found, checker))
    return found


def _note(number: int, findings: Sequence[Finding], facts: Facts, found: Outcomes, checker: Checker) -> int:
    pairs = zip(findings, checker.covers, strict=True)
    covered = {rule for finding, covers in pairs if finding.outcome.is_true for rule in covers}
    missing: set[str] = set()
    left = 0
    for place, finding in enumerate(findings):
        if finding.outcome.is_false:
            continue
        is_raised = bool(finding.outcome.is_true)
        if is_raised and place in covered:
            left += 1
            continue
        if not is_raised:
            missing.update(unknown_facts(finding.rule, facts))
        one = checker.measured[place]
        spans = [(float(facts.intervals[name].low), float(facts.intervals[name].high)) for name in one.facts]
        if one.is_limited:
            limit = limit_interval(one.rule.limits, facts)
            spans.append((float(limit.low), float(limit.high)))
        found.row.append(number)
        found.rule.append(place)
        found.raised.append(is_raised)
        found.spans.append(tuple(spans))
    found.missing.update(missing)
    return left
