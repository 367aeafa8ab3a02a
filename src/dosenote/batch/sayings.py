"""What findings say: amounts, names and limits, put together from parts that many of them share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from dosenote.batch.outcomes import Checker, Measured, Saying, Span
from dosenote.rule import LIMIT
from dosenote.ruleset import RuleSet

_T = TypeVar("_T")
#: More numbers, limits or lists of names than this are not remembered.
_MOST = 100_000


class Sayings:
    """What `values_of` and `limit_words` say of findings, as JSON."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._numbers = _Numbers()
        self._names: dict[tuple[int, tuple[str, ...]], str] = {}
        self._limits: dict[tuple[int, Span | None], str] = {}

    def told(self, rule: int, sayings: Iterable[Saying]) -> Iterator[tuple[str, str]]:
        """The values of each finding of one rule, by number, and with what they were compared; null with nothing."""
        one, numbers, names, limits = self._checker.measured[rule], self._numbers, self._names, self._limits
        for said in sayings:
            values = [
                f'"{fact}":[{numbers[low]},{numbers[high]}]'
                for fact, (low, high) in zip(one.facts, said.spans, strict=False)
            ]
            if said.names:
                values.append(names.get((rule, said.names)) or self._named(rule, said.names))
            limit = rule, said.spans[-1] if one.is_limited else None
            yield f"{{{','.join(values)}}}", limits.get(limit) or self._limit(limit, said.spans)

    def _limit(self, key: tuple[int, Span | None], spans: Sequence[Span]) -> str:
        words = limit_words(self._checker.measured[key[0]], spans, self._checker.ruleset)
        return _kept(self._limits, key, json.dumps(words or None))

    def _named(self, rule: int, names: tuple[str, ...]) -> str:
        values = values_of(self._checker.measured[rule], (), names)
        return _kept(self._names, (rule, names), json.dumps(values, separators=(",", ":"))[1:-1])


class _Numbers(dict[float, str]):
    """Numbers as they are written."""

    def __missing__(self, value: float) -> str:
        number = _number(value)
        return _kept(self, value, "null" if number is None else repr(number))


def _kept(known: dict[_T, str], key: _T, text: str) -> str:
    if len(known) >= _MOST:
        known.clear()
    known[key] = text
    return text


def _number(value: float) -> float | int | None:
    """A number as it is written: 12 figures, and none for no upper bound."""
    if value in (float("inf"), float("-inf")):
        return None
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded


def values_of(one: Measured, spans: Sequence[Span], names: tuple[str, ...]) -> dict[str, list[object]]:
    """The amounts of a finding, each lowest and highest, and what is named of the classes that its rule asks for."""
    values: dict[str, list[object]] = {
        fact: [_number(bound) for bound in span] for fact, span in zip(one.facts, spans, strict=False)
    }
    for name in names:
        kind, _, id = name.partition(":")
        values.setdefault(kind, []).append(id)
    return {kind: list(dict.fromkeys(ids)) if kind not in one.facts else ids for kind, ids in values.items()}


def values_words(one: Measured, spans: Sequence[Span], names: tuple[str, ...], ruleset: RuleSet) -> str:
    """The amounts and names of a finding, in words."""
    parts = []
    for name, values in values_of(one, spans, names).items():
        if name in one.facts:
            parts.append(f"{name}={_span_words(values, ruleset.facts[name].unit)}")
        else:
            parts.append(f"{name}={', '.join(map(str, values))}")
    return "; ".join(parts)


def _span_words(values: Sequence[object], unit: str) -> str:
    low, high = values
    if low == high:
        return f"{low} {unit}".strip()
    return f"at least {low} {unit}".strip() if high is None else f"{low} to {high} {unit}".strip()


def limit_words(one: Measured, spans: Sequence[Span], ruleset: RuleSet) -> str:
    """With what the amounts were compared, as in "vitamin_d.daily above 100 mcg"."""
    parts = []
    for row in one.rule.when:
        if row.fact not in one.facts:
            continue
        unit = ruleset.facts[row.fact].unit
        limits = [
            _span_words([_number(bound) for bound in spans[-1]], unit)
            if test.value == LIMIT
            else f"{_number(test.number)} {unit}".strip()
            for test in row.comparisons
        ]
        words = (f"{test.word.replace('_', ' ')} {limit}" for test, limit in zip(row.comparisons, limits, strict=True))
        parts.append(f"{row.fact} {' and '.join(words)}")
    return "; ".join(parts)
