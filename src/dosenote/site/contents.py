"""What the pages of the site are about: rules and sources with everything that points at them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from dosenote.coverage import left_out, served
from dosenote.documents import load_toml
from dosenote.errors import RuleError, nearest
from dosenote.intake import Intake
from dosenote.rule import ACTIONS, CERTAINTIES, SEVERITIES, Evidence, Rule
from dosenote.rulefiles import FOLDERS, Files
from dosenote.ruleset import RuleSet, Source
from dosenote.vocabulary import Entry

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class Topic(NamedTuple):
    """A topic of rules. label: the vocabulary's, where it is one of its entries."""

    id: str
    anchor: str
    label: str
    entry: Entry | None
    rules: tuple[Rule, ...]


class Count(NamedTuple):
    """A word and the number of rules that have it."""

    word: str
    rules: int


class Citation(NamedTuple):
    """One rule, and everything in it that rests on one source."""

    rule: Rule
    evidence: tuple[Evidence, ...]


class Use(NamedTuple):
    """A place in the vocabulary that rests on a source."""

    place: str
    locator: str


class StatedIntake(NamedTuple):
    """A recommended intake. place: as `rules coverage` names it."""

    place: str
    anchor: str
    intake: Intake


class Claim(NamedTuple):
    """A documented claim or fact: what serves it, or why nothing does. by: a str is a place in the vocabulary."""

    id: str
    anchor: str
    by: tuple[Rule | StatedIntake | str, ...]
    why_not: str = ""


@dataclass(frozen=True)
class Contents:
    """A rule set, turned round: what each topic, source and claim is used for. Withdrawn rules come last in a list."""

    ruleset: RuleSet
    files: Files

    @classmethod
    def of(cls, ruleset: RuleSet, files: Files) -> Contents:
        """Raises RuleError with everything that would leave a page without its link, or two with one name."""
        wrong = list(_mistakes(ruleset))
        if wrong:
            raise RuleError(wrong)
        return cls(ruleset, files)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, gravest first; withdrawn ones at the end."""
        return _in_order(self.ruleset.rules)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every source, by id."""
        return tuple(self.ruleset.sources[id] for id in sorted(self.ruleset.sources))

    @property
    def live(self) -> tuple[Rule, ...]:
        """The rules that are not withdrawn."""
        return tuple(rule for rule in self.rules if not rule.withdrawn)

    def of_kind(self, folder: str) -> tuple[Rule, ...]:
        """The rules of one folder."""
        return tuple(rule for rule in self.rules if rule.folder == folder)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The folders that hold a rule."""
        return tuple(folder for folder in FOLDERS if self.of_kind(folder))

    def counts(self, scale: str) -> tuple[Count, ...]:
        """How many live rules have each word of a scale: action, severity or certainty."""
        words: Mapping[str, tuple[str, ...]] = {
            "action": ACTIONS, "severity": SEVERITIES, "certainty": CERTAINTIES
        }  # fmt: skip
        return tuple(Count(word, sum(getattr(rule, scale) == word for rule in self.live)) for word in words[scale])

    @cached_property
    def topics(self) -> Mapping[str, Topic]:
        """By id, in order of labels."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for id in dict.fromkeys(rule.topics):
                found.setdefault(id, []).append(rule)
        anchors = _anchors("topic", found)
        entries = self.ruleset.vocabulary.entries
        topics = [
            Topic(id, anchors[id], entries[id].label if id in entries else id.replace("-", " "), entries.get(id), rules)
            for id, rules in ((id, tuple(rules)) for id, rules in found.items())
        ]
        return {topic.id: topic for topic in sorted(topics, key=lambda topic: (topic.label.casefold(), topic.id))}

    @cached_property
    def superseded_by(self) -> Mapping[str, tuple[Rule, ...]]:
        """For the id of a rule, the graver rules that take its place."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for id in rule.supersedes:
                found.setdefault(id, []).append(rule)
        return {id: tuple(rules) for id, rules in found.items()}

    @cached_property
    def citations(self) -> Mapping[str, tuple[Citation, ...]]:
        """By source."""
        found: dict[str, list[Citation]] = {}
        for rule in self.rules:
            for id in dict.fromkeys(evidence.source for evidence in rule.evidence):
                resting = tuple(evidence for evidence in rule.evidence if evidence.source == id)
                found.setdefault(id, []).append(Citation(rule, resting))
        return {id: tuple(citations) for id, citations in found.items()}

    @cached_property
    def intakes(self) -> tuple[StatedIntake, ...]:
        """In the order of the files; withdrawn ones stay in their places, as their tables do."""
        places = [(f"intakes/{one.jurisdiction}.toml [{one.id}]", one) for one in self.ruleset.intakes]
        anchors = _anchors("intake", [place for place, _ in places])
        return tuple(StatedIntake(place, anchors[place], one) for place, one in places)

    @cached_property
    def intakes_from(self) -> Mapping[str, tuple[StatedIntake, ...]]:
        """By source."""
        found: dict[str, list[StatedIntake]] = {}
        for stated in self.intakes:
            found.setdefault(stated.intake.source, []).append(stated)
        return {source: tuple(stated) for source, stated in found.items()}

    @cached_property
    def vocabulary_uses(self) -> Mapping[str, tuple[Use, ...]]:
        """By source: the numbers of the vocabulary that rest on it."""
        found: dict[str, list[Use]] = {}
        for name in self.files.names:
            if name.startswith("vocabulary/"):
                for id, table in load_toml(self.files.text(name), name).items():
                    for source, locator in _sources_in(table):
                        found.setdefault(source, []).append(Use(f"{name} [{id}]", locator))
        return {source: tuple(dict.fromkeys(uses)) for source, uses in found.items()}

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """By id: those that are served, and then those that are left out."""
        known: dict[str, Rule | StatedIntake] = {rule.id: rule for rule in self.rules}
        known |= {stated.place: stated for stated in self.intakes}
        used, unused = served(self.ruleset, self.files), left_out(self.files)
        anchors = _anchors("claim", [*used, *unused])
        found = {
            id: Claim(id, anchors[id], tuple(known.get(one, one) for one in by), unused.get(id, ""))
            for id, by in used.items()
        }
        return found | {id: Claim(id, anchors[id], (), why) for id, why in unused.items() if id not in used}


def web_address(text: str) -> str:
    """The text where a link may lead to it, else empty: only addresses of the web, nothing that a browser would run."""
    return text if _WEB_ADDRESS.fullmatch(text) and text.isprintable() else ""


def _in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: (bool(rule.withdrawn), rule.gravity)))


def _anchors(prefix: str, ids: Iterable[str]) -> dict[str, str]:
    """A name for each id that a link can point at; two ids never share one."""
    found: dict[str, str] = {}
    for id in sorted(ids):
        plain = f"{prefix}-{re.sub('[^a-z0-9]+', '-', id.lower()).strip('-')}"
        number = sum(anchor == plain or anchor.startswith(f"{plain}--") for anchor in found.values())
        found[id] = f"{plain}--{number + 1}" if number else plain
    return found


def _sources_in(table: Any) -> Iterator[tuple[str, str]]:
    """Every source with its locator in an entry of the vocabulary, and in the tables and lists inside it."""
    if isinstance(table, list):
        for inner in table:
            yield from _sources_in(inner)
    if not isinstance(table, dict):
        return
    for key, inner in table.items():
        if key.endswith("source") and isinstance(inner, str):
            yield inner, str(table.get(f"{key.removesuffix('source')}locator", ""))
        else:
            yield from _sources_in(inner)


def _mistakes(ruleset: RuleSet) -> Iterator[str]:
    """Names of pages must be plain and different, and what a page links to must be there."""
    homes: dict[str, str] = {}
    ids = [rule.id for rule in ruleset.rules]
    for name in (*(f"{rule.folder}/{rule.id}" for rule in ruleset.rules), *(f"sources/{id}" for id in ruleset.sources)):
        if not _ID.fullmatch(name.partition("/")[2]):
            yield f"{name}.toml:1: the file's name is the id: small letters and figures, with - between words"
    for rule in ruleset.rules:
        where = f"{rule.folder}/{rule.id}.toml:1:"
        if homes.setdefault(rule.id, rule.folder) != rule.folder:
            yield f"{where} a rule in {homes[rule.id]}/ has the same id"
        for evidence in rule.evidence:
            if evidence.source not in ruleset.sources:
                yield f'{where} no source is called "{evidence.source}".{nearest(evidence.source, ruleset.sources)}'
        for id in rule.supersedes:
            if id not in ids:
                yield f'{where} it supersedes "{id}", which is no rule.{nearest(id, ids)}'
    for intake in ruleset.intakes:
        if intake.source not in ruleset.sources:
            near = nearest(intake.source, ruleset.sources)
            yield f'intakes/{intake.jurisdiction}.toml:1: [{intake.id}] no source is called "{intake.source}".{near}'
