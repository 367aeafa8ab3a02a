"""The shape of a rule: rows of conditions, limits, evidence and examples. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from math import nan
from typing import Any, Literal, NamedTuple

from dosenote.errors import DosenoteError, nearest
from dosenote.facts import LISTS, SEXES, UNNAMED, Fact
from dosenote.quantity import age_in_years, convert, parse_amount
from dosenote.vocabulary import Vocabulary

Severity = Literal["serious", "moderate", "minor"]
Action = Literal["call-first", "ask-soon", "mention", "good-to-know"]
Certainty = Literal["high", "moderate", "low", "very-low"]
Direction = Literal["for", "against", "differs"]
Answer = Literal["raised", "not-raised", "cannot-tell"]
Jurisdiction = Literal["us", "eu", "uk", "jp"]
#: What a documented value is: what an authority recommends, the most that it sets, or anything else.
ValueKind = Literal["recommended", "upper-limit", "other"]
#: What a documented value counts.
Counts = Literal["food and supplements", "supplements"]

#: From the gravest down. The three scales are never added up.
SEVERITIES: tuple[Severity, ...] = ("serious", "moderate", "minor")
ACTIONS: tuple[Action, ...] = ("call-first", "ask-soon", "mention", "good-to-know")
CERTAINTIES: tuple[Certainty, ...] = ("high", "moderate", "low", "very-low")
JURISDICTIONS: tuple[Jurisdiction, ...] = ("us", "eu", "uk", "jp")

AMOUNT_WORDS = ("above", "at_least", "below", "at_most")
LIST_WORDS = ("include_any", "include_also", "include_none", "include_unnamed")
COMPARISONS = (*AMOUNT_WORDS, *LIST_WORDS, "is")
#: Stands for the value of the rule's [[limit]] table.
LIMIT = "limit"


class Mistake(NamedTuple):
    """Something wrong in a file: where (keys and numbers, as TOML nests them) and what."""

    path: tuple[str | int, ...]
    what: str


class Comparison(NamedTuple):
    """One comparison. value: as written. number: in the fact's unit; NaN where there is none, or for the limit."""

    word: str
    value: str | bool | tuple[str, ...]
    number: float = nan

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids that it asks a list for; none where it is about something else."""
        return self.value if isinstance(self.value, tuple) else ()


class Row(NamedTuple):
    """One line of [when] or [unless]: a fact and what must hold of it, all of it."""

    fact: str
    comparisons: tuple[Comparison, ...]

    def atoms(self) -> tuple[str, ...]:
        """Every fact that it asks about, each once, members of lists one by one; not those of a limit table."""
        return _atoms(self) if self.fact in LISTS else (self.fact,)


@lru_cache(maxsize=4096)  # of several rule sets
def _atoms(row: Row) -> tuple[str, ...]:
    suffixes = ((test, UNNAMED if test.word == "include_unnamed" else "") for test in row.comparisons)
    return tuple(dict.fromkeys(f"{row.fact}:{id}{suffix}" for test, suffix in suffixes for id in test.ids))


class Limit(NamedTuple):
    """One line of the limit table: for whom, and how much (as written, and in the fact's unit)."""

    rows: tuple[Row, ...]
    value: str
    number: float


class States(NamedTuple):
    """The documented value that a rule's limit repeats: its kind and name, whose, and what it counts ("": not told)."""

    kind: ValueKind
    name: str
    by: str
    in_full: str = ""
    counts: Counts | Literal[""] = ""


class Evidence(NamedTuple):
    """What a source says about a rule. supports: rows (by the name of their fact), "limit" or texts that it carries."""

    source: str
    locator: str
    direction: Direction
    says: str
    supports: tuple[str, ...]


class Example(NamedTuple):
    """A regimen as a person types it, with ; between its items, and what the rule, tried alone, must answer."""

    name: str
    regimen: str
    expect: Answer


class Rule(NamedTuple):
    """A decision table with its words, its evidence and its proof. See rules/README.md for the fields."""

    id: str
    folder: str
    title: str
    severity: Severity
    action: Action
    certainty: Certainty
    certainty_because: str
    topics: tuple[str, ...]
    reviewed: date
    summary: str
    why: str
    talk: str
    ask: tuple[str, ...]
    mechanism: str
    when: tuple[Row, ...]
    unless: tuple[Row, ...]
    limits: tuple[Limit, ...]
    evidence: tuple[Evidence, ...]
    examples: tuple[Example, ...]
    jurisdiction: Jurisdiction | None = None
    states: States | None = None
    none_against: date | None = None
    withdrawn: Mapping[str, Any] | None = None
    supersedes: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()

    @property
    def gravity(self) -> tuple[int, int, bool, int, str]:
        """For sorting: what to do, how bad, whether a value was measured, how sure (gravest first), and the id."""
        return (
            ACTIONS.index(self.action),
            SEVERITIES.index(self.severity),
            not any(row.fact.startswith("lab.") for row in self.when),
            CERTAINTIES.index(self.certainty),
            self.id,
        )

    def facts(self) -> Iterator[str]:
        """Every fact that can matter for the outcome, those of the limit table included."""
        for row in (*self.when, *self.unless, *(row for limit in self.limits for row in limit.rows)):
            yield row.fact

    def atoms(self) -> tuple[str, ...]:
        """Every fact that it asks about, each once, members of lists one by one."""
        rows = (*self.when, *self.unless, *(row for limit in self.limits for row in limit.rows))
        return tuple(dict.fromkeys(name for row in rows for name in row.atoms()))

    def atoms_of(self, row: Row) -> frozenset[str]:
        """The facts that one of its rows asks about, with those of the limit table where the row asks for its value."""
        limits = self.limits if any(test.value == LIMIT for test in row.comparisons) else ()
        return frozenset(row.atoms()).union(*(one.atoms() for limit in limits for one in limit.rows))


def rule_of(
    id: str, folder: str, table: Mapping[str, Any], facts: Mapping[str, Fact], vocabulary: Vocabulary
) -> tuple[Rule, list[Mistake]]:
    """A rule from its TOML table, whose shape has been checked, and what is wrong with its rows."""
    reader = RowReader(facts, vocabulary)
    when = reader.rows(table["when"], ("when",))
    unless = reader.rows(table.get("unless", {}), ("unless",))
    limited = next((row.fact for row in when for test in row.comparisons if test.value == LIMIT), "")
    limits = tuple(
        reader.limit(limit, limited, ("limit", number)) for number, limit in enumerate(table.get("limit", ()))
    )
    rule = Rule(
        id=id,
        folder=folder,
        when=when,
        unless=unless,
        limits=limits,
        topics=tuple(table["topics"]),
        ask=tuple(table["ask"]),
        supersedes=tuple(table.get("supersedes", ())),
        serves=tuple(table.get("serves", ())),
        evidence=tuple(Evidence(**{**entry, "supports": tuple(entry["supports"])}) for entry in table["evidence"]),
        examples=tuple(Example(**entry) for entry in table["example"]),
        reviewed=day_of(table["reviewed"]),
        states=States(**table["states"]) if "states" in table else None,
        none_against=day_of(table["none_against"]) if "none_against" in table else None,
        **{key: table[key] for key in _PLAIN if key in table},
    )
    return rule, reader.mistakes


_PLAIN = (
    "title", "severity", "action", "certainty", "certainty_because", "summary", "why", "talk", "mechanism",
    "jurisdiction", "withdrawn",
)  # fmt: skip


def day_of(value: date | str) -> date:
    """A date as a rule file or what was kept of it holds it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


class RowReader:
    """Reads the rows of one rule or table of amounts, collecting mistakes instead of stopping at the first."""

    def __init__(self, facts: Mapping[str, Fact], vocabulary: Vocabulary) -> None:
        self.facts = facts
        self.vocabulary = vocabulary
        self.mistakes: list[Mistake] = []

    def rows(self, table: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[Row, ...]:
        """The rows of a table such as [when]; those with a mistake are left out, and the mistake is kept."""
        return tuple(row for name, tests in _flat(table, self.facts) if (row := self.row(name, tests, path)))

    def row(self, name: str, tests: Any, path: tuple[str | int, ...]) -> Row | None:
        """One row; None where it has a mistake, which is kept."""
        here = (*path, name)
        fact = self.facts.get(name)
        if fact is None:
            self.wrong(here, f"no fact is called {name}.{nearest(name, self.facts)}")
            return None
        if not isinstance(tests, Mapping) or not tests:
            self.wrong(here, f"{name} needs a comparison, as in {_AS_IN[fact.kind]}")
            return None
        read = tuple(test for word, value in tests.items() if (test := self.test(fact, word, value, here)))
        return Row(name, read) if len(read) == len(tests) else None

    def limit(self, table: Mapping[str, Any], limited: str, path: tuple[str | int, ...]) -> Limit:
        """One row of [[limit]], its number in the unit of the fact that it limits; nan where it has a mistake."""
        rows = self.rows({key: value for key, value in table.items() if key != "value"}, path)
        for row in rows:
            if any(test.value == LIMIT for test in row.comparisons):
                self.wrong((*path, row.fact), 'whose limit it is may not depend on "limit"')
        value = table["value"]
        fact = self.facts.get(limited)
        if fact is None:
            self.wrong(path, 'no row of [when] compares with "limit"')
            return Limit(rows, value, nan)
        return Limit(rows, value, self.number(fact, value, (*path, "value")))

    def test(self, fact: Fact, word: str, value: Any, path: tuple[str | int, ...]) -> Comparison | None:
        """One comparison with its number in the unit of the fact; None where it has a mistake, which is kept."""
        words = _WORDS[fact.kind]
        if word not in words:
            every = ", ".join(words)
            self.wrong(path, f'"{word}" does not fit {fact.name}, which knows {every}.{nearest(word, words)}')
            return None
        if word in AMOUNT_WORDS:
            if value == LIMIT:
                return Comparison(word, value)
            return Comparison(word, str(value), self.number(fact, value, path))
        if word in LIST_WORDS:
            if not isinstance(value, list) or not value:
                self.wrong(path, f'{word} needs a list of ids, as in ["warfarin"]')
                return None
            self.members(fact, word, value, path)
            return Comparison(word, tuple(str(id) for id in value))
        wanted = SEXES if fact.kind == "choice" else (True, False)
        if value not in wanted or (fact.kind != "choice" and not isinstance(value, bool)):
            self.wrong(path, f"{fact.name} is one of {', '.join(str(one).lower() for one in wanted)}")
            return None
        return Comparison(word, value)

    def members(self, fact: Fact, word: str, ids: list[str], path: tuple[str | int, ...]) -> None:
        """Keep a mistake for each id that the fact's list cannot hold."""
        known = [entry.id for entry in self.vocabulary.of_kind(LISTS[fact.name])]
        for id in ids:
            if id not in known:
                self.wrong(path, f'"{id}" is none of the {fact.name} in vocabulary/.{nearest(str(id), known)}')
            elif word == "include_unnamed" and not self.vocabulary.members(id):
                self.wrong(path, f'"{id}" is no class: whoever names it names it')

    def number(self, fact: Fact, value: Any, path: tuple[str | int, ...]) -> float:
        """The number in the unit of the fact, an age in years; nan where it has a mistake, which is kept."""
        try:
            if fact.kind == "age":
                return self.above_zero(float(age_in_years(str(value))), path)
            number, unit = parse_amount(str(value))
        except DosenoteError as error:
            self.wrong(path, f"{error.what}. {error.hint}")
            return nan
        entry = self.vocabulary[fact.entry]
        if fact.kind == "lab" and (unit or "1") in entry.units:
            return float(number * entry.units[unit or "1"])
        converted = convert(number, unit, entry.unit, entry.mcg_per_iu)
        if converted is None:
            said = f'"{unit}" does not convert to it' if unit else "the unit is missing"
            self.wrong(path, f'"{value}": {fact.name} is in {entry.unit_words}; {said}')
            return nan
        return self.above_zero(float(converted), path)

    def above_zero(self, number: float, path: tuple[str | int, ...]) -> float:
        """The number as it is; a mistake is kept where it is 0 or less."""
        if not number > 0:
            self.wrong(path, "0 is no limit; ask whether it is taken, with is = true")
        return number

    def wrong(self, path: tuple[str | int, ...], what: str) -> None:
        """Keep a mistake. path: the keys down to where it stands in the file."""
        self.mistakes.append(Mistake(path, what))


_WORDS: dict[str, tuple[str, ...]] = {
    "list": LIST_WORDS,
    "amount": AMOUNT_WORDS,
    "age": AMOUNT_WORDS,
    "lab": AMOUNT_WORDS,
    "choice": ("is",),
    "yes-no": ("is",),
}


_AS_IN: dict[str, str] = {
    "list": '{ include_any = ["..."] }',
    "amount": '{ above = "100 mcg" }',
    "age": '{ at_least = "18 years" }',
    "lab": '{ above = "3" }',
    "choice": '{ is = "female" }',
    "yes-no": "{ is = true }",
}


def _flat(table: Mapping[str, Any], facts: Mapping[str, Fact], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The rows of a table: TOML nests `vitamin_d.daily = {...}`; a fact or a comparison word ends the nesting."""
    for key, value in table.items():
        name = f"{prefix}{key}"
        nested = isinstance(value, Mapping) and value and not any(word in COMPARISONS for word in value)
        if nested and name not in facts:
            yield from _flat(value, facts, f"{name}.")
        else:
            yield name, value
