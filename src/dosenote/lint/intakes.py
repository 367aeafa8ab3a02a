"""What a model cannot check about documented intakes: sources, words, and that each person finds one amount."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from dosenote.errors import nearest
from dosenote.intake import Intake
from dosenote.lint.spans import age_words, ages_of, review_mistakes
from dosenote.lint.texts import orders
from dosenote.rule import Limit, Mistake
from dosenote.rulefiles import Files
from dosenote.ruleset import RuleSet


class _Who(NamedTuple):
    """People whom an amount can tell apart, but for their age."""

    sex: str
    pregnant: bool
    lactating: bool

    @property
    def words(self) -> str:
        said = [word for word, is_so in (("pregnant", self.pregnant), ("lactating", self.lactating)) if is_so]
        return ", ".join([self.sex, *said])


#: Everybody; the first two are those of whom nothing special is said.
_EVERYBODY = (
    _Who("female", False, False), _Who("male", False, False), _Who("female", True, False), _Who("female", False, True),
    _Who("female", True, True),
)  # fmt: skip


class _Span(NamedTuple):
    """The ages at which one amount holds for one group of people."""

    low: float
    high: float
    intake: Intake
    number: int

    @property
    def path(self) -> tuple[str | int, ...]:
        return (self.intake.id, "amounts", self.number)


def intake_mistakes(files: Files, ruleset: RuleSet, today: date) -> Iterator[tuple[str, Mistake]]:
    """Each mistake with the file that it is in."""
    for name in files.names:
        if name.startswith("intakes/"):
            jurisdiction = name.removeprefix("intakes/").removesuffix(".toml")
            intakes = [one for one in ruleset.intakes if one.jurisdiction == jurisdiction]
            for intake in intakes:
                for mistake in _mistakes(intake, ruleset, today):
                    yield name, mistake
            in_force = [one for one in intakes if not one.withdrawn and not any(_odd_ages(one))]
            for mistake in _doubles(in_force):
                yield name, mistake


def _mistakes(intake: Intake, ruleset: RuleSet, today: date) -> Iterator[Mistake]:
    if intake.source not in ruleset.sources:
        near = nearest(intake.source, ruleset.sources)
        yield Mistake((intake.id, "source"), f'no source is called "{intake.source}".{near}')
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", intake.id):
        yield Mistake(
            (intake.id, "substance"), "the table's name is the id: small letters and figures, with - between words"
        )
    for key in ("name", "in_full", "by"):
        for what in orders(getattr(intake, key)):
            yield Mistake((intake.id, key), what)
    for what in review_mistakes(intake.reviewed, today, bool(intake.withdrawn)):
        yield Mistake((intake.id, "reviewed"), what)
    odd = list(_odd_ages(intake))
    yield from odd or _gaps(intake)


def _odd_ages(intake: Intake) -> Iterator[Mistake]:
    """Ages that meet without a gap are written from one birthday to below another."""
    for number, limit in enumerate(intake.amounts):
        words = {test.word for row in limit.rows if row.fact == "age" for test in row.comparisons}
        if words - {"at_least", "below"}:
            yield Mistake((intake.id, "amounts", number), "write the ages of an intake with at_least and below")


def _gaps(intake: Intake) -> Iterator[Mistake]:
    """From the first to the last age that it is stated for nobody is left out, and women and men have the same ages."""
    ends = []
    for who in _EVERYBODY:
        spans = _spans([intake], who)
        if who in _EVERYBODY[:2]:
            ends.append((spans[0].low, max(span.high for span in spans)) if spans else None)
        else:  # of pregnancy and breastfeeding a source may speak from a later age on
            spans = [span for span in spans if _names_a_state(intake.amounts[span.number])]
        for one, other in pairwise(spans):
            if one.high < other.low:
                ages = f"from {age_words(one.high)} to {age_words(other.low)}"
                yield Mistake(other.path, f"no amount for ages {ages} ({who.words})")
                return
    if len(set(ends)) > 1:
        yield Mistake((intake.id, "amounts"), "women and men are not given amounts for the same ages")


def _doubles(intakes: list[Intake]) -> Iterator[Mistake]:
    """One person has one amount of a substance: kinds never overlap, and none is stated twice."""
    for substance in dict.fromkeys(intake.substance for intake in intakes):
        about = [intake for intake in intakes if intake.substance == substance]
        for number, intake in enumerate(about):
            if any(intake.name == earlier.name for earlier in about[:number]):
                yield Mistake((intake.id, "name"), f"{substance} has an {intake.name} already; one table holds it")
        found = set()
        for who in _EVERYBODY:
            for one, other in pairwise(_spans(about, who)):
                if one.high > other.low and other.path not in found:
                    found.add(other.path)
                    ages = f"from {age_words(other.low)} to {age_words(min(one.high, other.high))}"
                    yield Mistake(other.path, f"two amounts for ages {ages} ({who.words})")


def _spans(intakes: list[Intake], who: _Who) -> list[_Span]:
    spans = [
        _Span(*ages_of(limit.rows), intake, number)
        for intake in intakes
        for number, limit in enumerate(intake.amounts)
        if _is_for(limit, who)
    ]
    return sorted(spans, key=lambda span: span[:2])


def _names_a_state(limit: Limit) -> bool:
    return any(test.value is True for row in limit.rows for test in row.comparisons)


def _is_for(limit: Limit, who: _Who) -> bool:
    return all(
        test.value == getattr(who, row.fact) for row in limit.rows if row.fact != "age" for test in row.comparisons
    )
