"""What findings say: amounts, names and limits, put together from parts that many of them share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import isinf
from typing import Any, TypeVar

from dosenote.batch.outcomes import Checker, Group, Measured, Span
from dosenote.rule import LIMIT
from dosenote.ruleset import RuleSet

_T = TypeVar("_T")
#: More numbers, limits or lists of names than this are not remembered.
_MOST = 20_000


class Sayings:
    """What `values_of` and `limit_words` say of findings, as JSON."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._numbers = _Numbers()
        self._names: dict[tuple[int, tuple[str, ...]], str] = {}
        self._limits: dict[tuple[int, Span | None], str] = {}

    def told(self, begin: str, group: Group) -> list[str]:
        """Rows of findings: how they begin, their values, and with what they were compared; null with nothing."""
        rule, one, number = group.rule, self._checker.measured[group.rule], self._numbers.__getitem__
        values = [f'"{fact}":[%s,%s]' for fact in one.facts]
        columns: list[Iterable[str]] = []
        for bounds in group.spans[: len(values)]:
            columns += [map(number, bound) for bound in bounds]
        if one.listed:
            mark = "," if values else ""
            known = {names: self._named(rule, names, mark) for names in set(group.names)}
            columns.append(map(known.__getitem__, group.names))
        if one.is_limited:
            columns.append([self._limit(rule, span) for span in zip(*group.spans[-1], strict=True)])
        limit = "%s" if one.is_limited else _literal(self._limit(rule, None))
        names = "%s" if one.listed else ""
        form = f'{_literal(begin)},"values":{{{",".join(values)}{names}}},"limit":{limit}}}\n'
        return list(map(form.__mod__, zip(*columns, strict=True))) if columns else [form % ()] * group.size

    def _limit(self, rule: int, span: Span | None) -> str:
        known = self._limits.get((rule, span))
        if known is None:
            words = limit_words(self._checker.measured[rule], (span,) if span else (), self._checker.ruleset)
            known = _kept(self._limits, (rule, span), json.dumps(words or None))
        return known

    def _named(self, rule: int, names: tuple[str, ...], mark: str) -> str:
        known = self._names.get((rule, names))
        if known is None:
            values = values_of(self._checker.measured[rule], (), names)
            text = json.dumps(values, separators=(",", ":"))[1:-1]
            known = _kept(self._names, (rule, names), f"{mark}{text}" if text else "")
        return known


def _literal(text: str) -> str:
    """Text as it stands in a form that is filled with %."""
    return text.replace("%", "%%")


class _Numbers(dict[float, str]):
    """Numbers as they are written."""

    def __missing__(self, value: float) -> str:
        text = "null" if isinf(value) else f"{value:.12g}"
        return _kept(self, value, repr(_number(value)) if "e" in text else text)


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
            fact = ruleset.facts[name]
            shown = [*map(_bound, values)] if fact.kind == "lab" else values
            parts.append(f"{name}={_span_words(shown, fact.unit)}")
        else:
            parts.append(f"{name}={', '.join(map(str, values))}")
    return "; ".join(parts)


def _bound(value: Any) -> object:
    """A blood value as it is said: the end of "below 30", just before 30, is 30."""
    return None if value is None else _number(float(f"{value:.8g}"))


def _span_words(values: Sequence[object], unit: str) -> str:
    low, high = values
    words = f"{low}" if low == high else f"at least {low}" if high is None else f"{low} to {high}"
    return _with_unit(words, unit)


def _with_unit(words: str, unit: str) -> str:
    return words if unit in ("", "1") else f"{words} {unit}"


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
            else _with_unit(f"{_number(test.number)}", unit)
            for test in row.comparisons
        ]
        words = (f"{test.word.replace('_', ' ')} {limit}" for test, limit in zip(row.comparisons, limits, strict=True))
        parts.append(f"{row.fact} {' and '.join(words)}")
    return "; ".join(parts)
