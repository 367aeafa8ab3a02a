"""Two rule sets over the same regimens: what each regimen gains, loses or changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dosenote.engine import evaluate
from dosenote.errors import DosenoteError
from dosenote.facts import facts_of
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.rule import Answer
from dosenote.ruleset import RuleSet


class Change(NamedTuple):
    """One rule's answer for one regimen, before and after; None where that rule set has no such rule.

    number: the line on which the regimen stands, from 1.
    """

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


def compare(old: RuleSet, new: RuleSet, lines: Iterable[str], jurisdiction: str) -> tuple[int, list[Change]]:
    """How many regimens (a line each, items parted by semicolons) were compared, and every change, in their order.

    Blank lines are passed over, and counted as lines. Raises DosenoteError with the line where a person contradicts
    themselves.
    """
    readers = [(ruleset, Reader(ruleset.vocabulary, ruleset.products)) for ruleset in (old, new)]
    changes: list[Change] = []
    count = 0
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        count += 1
        try:
            before, after = (_answers(text, ruleset, reader, jurisdiction) for ruleset, reader in readers)
        except DosenoteError as error:
            raise DosenoteError(error.what, f"line {number}", error.hint) from None
        for rule in sorted(before.keys() | after.keys()):
            if before.get(rule) != after.get(rule):
                changes.append(Change(number, text, rule, before.get(rule), after.get(rule)))
    return count, changes


def _answers(text: str, ruleset: RuleSet, reader: Reader, jurisdiction: str) -> dict[str, Answer]:
    facts = facts_of(Regimen(reader.read_all(reader.items_of(text))), ruleset.vocabulary)
    return {finding.rule.id: finding.answer for finding in evaluate(ruleset.for_jurisdiction(jurisdiction), facts)}
