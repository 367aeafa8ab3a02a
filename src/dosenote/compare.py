"""Two rule sets over the same regimens: what each regimen gains, loses or changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.rule import Answer
from dosenote.ruleset import RuleSet


class Change(NamedTuple):
    """One rule's answer for one regimen, before and after; None where that rule set has no such rule."""

    number: int
    regimen: str
    rule: str
    before: Answer | None
    after: Answer | None

    @property
    def kind(self) -> str:
        """gained or lost, when a finding came or went; else changed."""
        if self.after == "raised":
            return "gained"
        return "lost" if self.before == "raised" else "changed"


def compare(old: RuleSet, new: RuleSet, regimens: Iterable[str], jurisdiction: str) -> tuple[int, list[Change]]:
    """How many regimens (items parted by semicolons) were compared, and every change, in their order."""
    readers = [(ruleset, Reader(ruleset.vocabulary, ruleset.products)) for ruleset in (old, new)]
    changes: list[Change] = []
    number = 0
    for number, text in enumerate(regimens, 1):
        before, after = (_answers(text, ruleset, reader, jurisdiction) for ruleset, reader in readers)
        for rule in sorted(before.keys() | after.keys()):
            if before.get(rule) != after.get(rule):
                changes.append(Change(number, text, rule, before.get(rule), after.get(rule)))
    return number, changes


def _answers(text: str, ruleset: RuleSet, reader: Reader, jurisdiction: str) -> dict[str, Answer]:
    facts = facts_of(Regimen(reader.read_all(text.split(";"))), ruleset.vocabulary)
    return {finding.rule.id: finding.answer for finding in evaluate(ruleset.for_jurisdiction(jurisdiction), facts)}
