"""The findings of a block of regimens: one by one, or as columns, with the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from dosenote.batch.lines import Lines, Told
from dosenote.batch.rows import Rows
from dosenote.effects import Effect
from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import LISTS, Facts, facts_of
from dosenote.questions import unknown_facts
from dosenote.reader import Reader
from dosenote.regimen import Reading, Regimen
from dosenote.report.words import limit_interval
from dosenote.rule import LIMIT, Answer, Rule
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import Vocabulary

#: A lowest and a highest amount.
Span: TypeAlias = tuple[float, float]
#: Numbers of regimens or of sayings: a list, or an array of whole numbers.
Places: TypeAlias = Any


class Measured(NamedTuple):
    """A rule with what a finding of it tells. facts: the amounts that it compares, in the order of its rows.

    is_limited: whether the first of them is compared with a limit that depends on the person.
    listed: the open lists that it asks about, and the classes of which something must be there.
    """

    rule: Rule
    facts: tuple[str, ...]
    is_limited: bool
    listed: tuple[tuple[str, frozenset[str]], ...]


class Group(NamedTuple):
    """What findings of one rule say, whoever's they are. rule: by number, gravest first. is_raised: else it is open.

    spans: by amount that the rule compares, and last the limit where it has one, the lowest and the highest of each
    saying. names: of each, what is named of the classes that the rule asks for; nothing where it asks for none.
    """

    rule: int
    is_raised: bool
    size: int
    spans: Sequence[tuple[Sequence[float], Sequence[float]]]
    names: Sequence[tuple[str, ...]] = ()


class Result(NamedTuple):
    """What a regimen comes to, whoever's it is. worst: the gravest action of what is raised, or "".

    items: lines that name something taken. left: findings that are left to a graver rule.
    """

    answer: Answer
    worst: str
    items: int
    raised: int
    left: int
    open: int


@dataclass
class Outcomes:
    """Every finding that is raised or cannot be told, regimen by regimen, gravest first; and what each comes to.

    row: by finding, the regimen, by number. said: what it says, by number in all of `sayings`. result: by regimen, what
    it comes to, by number in `results`; of no meaning for one with a clash. unread: regimens with a line in which
    something was not recognised, in their order, with the line and by what its amounts are multiplied. differing: by
    regimen, blood values that do not agree, each test with what is told. pieces: in how many regimens each of both is,
    in the order of the first ones.
    raised, open: in how many regimens a rule is, by its number. missing: in how many a fact is missing. clashes: what
    is wrong with a regimen, by number.
    """

    row: Places = field(default_factory=list)
    said: Places = field(default_factory=list)
    sayings: list[Group] = field(default_factory=list)
    result: list[int] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    unread: list[tuple[int, int, int]] = field(default_factory=list)
    differing: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    raised: Counter[int] = field(default_factory=Counter)
    open: Counter[int] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    pieces: Counter[str] = field(default_factory=Counter)
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
    found = Outcomes(result=list(range(len(rows.counts))))
    end = 0
    for number, count in enumerate(rows.counts):
        codes, end = rows.codes[end : end + count], end + count
        regimen = Regimen(tuple(lines.readings[code] for code in codes), as_of=lines.as_of)
        try:
            facts = facts_of(regimen, checker.ruleset.vocabulary)
        except DosenoteError as error:
            found.clashes[number] = error.what
            found.results.append(Result("cannot-tell", "", 0, 0, 0, 0))
            continue
        told = [lines.told[code] for code in codes]
        sayings, left = _sayings(facts, told, found.missing, checker)
        found.row += [number] * len(sayings)
        found.said += range(len(found.sayings), len(found.sayings) + len(sayings))
        found.sayings += sayings
        found.raised.update(one.rule for one in sayings if one.is_raised)
        found.open.update(one.rule for one in sayings if not one.is_raised)
        worst = next((checker.rules[one.rule].action for one in sayings if one.is_raised), "")
        raised = sum(one.is_raised for one in sayings)
        unread = [code for code in codes if lines.told[code].not_recognised]
        differing = lines.differing(codes)
        found.unread += [(number, code, 1) for code in unread]
        pieces = [piece for code in unread for piece, _ in lines.told[code].not_recognised]
        found.pieces.update(dict.fromkeys([*pieces, *(test for test, _ in differing)]).keys())
        if differing:
            found.differing[number] = differing
        counts = sum(one.is_item for one in told), raised, left, len(sayings) - raised
        found.results.append(result_of(worst, counts, bool(unread or differing)))
    return found


def result_of(worst: str, counts: Sequence[int], is_unclear: bool) -> Result:
    """What a regimen comes to. counts: items, and findings that are raised, left to a graver rule, cannot be told.

    is_unclear: whether something in it was not recognised, or blood values do not agree. One in which nothing is named
    that is taken cannot be told.
    """
    items, raised, left, is_open = counts
    answer: Answer = "raised" if raised else "cannot-tell" if is_open or is_unclear or not items else "not-raised"
    return Result(answer, worst, items, raised, left, is_open)


def _sayings(facts: Facts, told: Sequence[Told], missing: Counter[str], checker: Checker) -> tuple[list[Group], int]:
    """What the findings of a regimen say, and how many are left to a graver rule; count in `missing` what is."""
    findings = evaluate(checker.rules, facts)
    pairs = zip(findings, checker.covers, strict=True)
    covered = {rule for finding, covers in pairs if finding.outcome.is_true for rule in covers}
    unknown: set[str] = set()
    left = 0
    sayings = []
    for place, finding in enumerate(findings):
        if finding.outcome.is_false:
            continue
        is_raised = bool(finding.outcome.is_true)
        if is_raised and place in covered:
            left += 1
            continue
        if not is_raised:
            unknown.update(unknown_facts(finding.rule, facts))
        one = checker.measured[place]
        intervals = [facts.intervals[name] for name in one.facts]
        if one.is_limited:
            intervals.append(limit_interval(one.rule.limits, facts))
        spans = [((float(each.low),), (float(each.high),)) for each in intervals]
        names = [names_of(one, [line.named for line in told], checker.ruleset.vocabulary)] if one.listed else []
        sayings.append(Group(place, is_raised, 1, spans, names))
    missing.update(unknown)
    return sayings, left


def names_of(one: Measured, named: Iterable[Mapping[str, tuple[str, ...]]], vocabulary: Vocabulary) -> tuple[str, ...]:
    """What is named line by line that belongs to the classes a rule asks for, as "medicines:warfarin"."""
    return tuple(
        f"{name}:{id}"
        for here in named
        for name, classes in one.listed
        for id in here.get(name, ())
        if classes & vocabulary.surely(id)
    )
