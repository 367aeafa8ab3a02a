"""The report, and how lines were read, as JSON: an interface, described by `dosenote schema`."""

from __future__ import annotations

import json
from typing import Any

from dosenote.quantity import Amount
from dosenote.regimen import Item, Reading, Schedule
from dosenote.report import Report
from dosenote.vocabulary import Vocabulary


def render(report: Report) -> str:
    """One JSON object, without the trace when none was asked for; the same report gives the same bytes."""
    table = table_of(report)
    if report.trace is None:
        del table["trace"]
    return dumps(table, indent=2) + "\n"


def dumps(table: Any, indent: int | None = None) -> str:
    """JSON in UTF-8 whose characters that cannot be seen are escaped, so that no terminal obeys them."""
    text = json.dumps(table, ensure_ascii=False, indent=indent)
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


def table_of(value: Any) -> Any:
    """Named tuples as objects, all the way down."""
    if hasattr(value, "_fields"):
        return {name: table_of(getattr(value, name)) for name in value._fields}
    if isinstance(value, tuple):
        return [table_of(one) for one in value]
    return value


def render_reading(reading: Reading, vocabulary: Vocabulary) -> str:
    """One line of JSON for one line of text."""
    noted = [
        *({"kind": "condition", "id": id} for id in reading.conditions),
        *({"kind": "food", "id": id} for id in reading.foods),
        *(
            {"kind": "lab", "id": lab.id, "value": float(lab.value), "unit": vocabulary[lab.id].unit}
            | ({"comparator": lab.comparator} if lab.comparator else {})
            | ({"taken_on": lab.taken_on.isoformat()} if lab.taken_on else {})
            for lab in reading.labs
        ),
    ]
    table = {
        "text": reading.text,
        "outcome": reading.outcome,
        "items": [_item(item) for item in reading.items],
        "noted": noted,
        "unread": list(reading.unread),
        "missing": list(reading.missing),
        "questions": list(reading.questions),
        "assumed": list(reading.assumed),
        "suggestions": list(reading.suggestions),
        "reason": reading.reason,
    }
    return dumps(table) + "\n"


def _item(item: Item) -> dict[str, Any]:
    table: dict[str, Any] = {"substance": item.substance}
    if item.amount is not None:
        table["amount"] = _amount(item.amount)
    if item.also is not None:
        table["also"] = _amount(item.also)
    if item.schedule is not None:
        table["schedule"] = _schedule(item.schedule)
    if item.with_food is not None:
        table["with_food"] = item.with_food
    for name in ("form", "salt", "season"):
        if getattr(item, name):
            table[name] = getattr(item, name)
    if item.phase:
        table["phase"] = item.phase
    if item.duration_days is not None:
        table["duration_days"] = float(item.duration_days)
    if not item.is_taken:
        table["is_taken"] = None
    return table


def _amount(amount: Amount) -> dict[str, Any]:
    return {
        "low": float(amount.low),
        "high": None if amount.high is None else float(amount.high),
        "unit": amount.unit,
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    low, high = schedule.times
    return {
        "times": {"low": float(low), "high": None if high is None else float(high)},
        "period": {"count": float(schedule.count), "unit": schedule.unit},
        "days": list(schedule.days),
        "once": schedule.once,
        "as_needed": schedule.as_needed,
        "max_per_day": None if schedule.max_per_day is None else float(schedule.max_per_day),
    }
