"""What changed between two regimens, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from dosenote.difference import Difference, FindingChange
from dosenote.errors import printable
from dosenote.render.outline import ACTION_WORDS
from dosenote.render.text import WIDEST, Page

_TURNS = {
    ("raised", "not-raised"): "NO LONGER RAISED", ("raised", "cannot-tell"): "NO LONGER CERTAIN",
    ("not-raised", "cannot-tell"): "CANNOT TELL ANY MORE", ("cannot-tell", "not-raised"): "RULED OUT NOW",
}  # fmt: skip


def render(difference: Difference, width: int = WIDEST) -> str:
    """Every change, then every finding that came, went or became uncertain, with the changes that made it so."""
    page = Page(max(24, min(width, WIDEST)), False)
    page.heading("WHAT CHANGED")
    for number, change in enumerate(difference.changes, 1):
        label = f"{number}. "
        if change.before and change.after:
            page.put(f"{change.before}  ->  {change.after}", hang=3, label=label)
        else:
            page.put(f"{'new' if change.after else 'gone'}: {change.after or change.before}", hang=3, label=label)
    if not difference.changes:
        page.put("Nothing.")
    page.heading("WHAT THAT CHANGES")
    for finding in sorted(difference.findings, key=_order):
        if "cannot-tell" not in (finding.before, finding.after) or "raised" in (finding.before, finding.after):
            page.put(f"{_turn(finding)}: {ACTION_WORDS[finding.action]}: {finding.title}", hang=2)
            page.put(_because(finding), indent=4, hang=2)
    for (turn, because), titles in _open_ones(difference.findings).items():
        page.put(f"{'; '.join(titles)}", hang=2, label=f"{turn}, {because}: ")
    if not difference.findings:
        page.put("No finding. That does not mean that the change is without effect.")
    return page.text()


def _order(finding: FindingChange) -> bool:
    """What is raised now comes first; within that the gravest, as they stand."""
    return finding.after != "raised"


def _open_ones(findings: Iterable[FindingChange]) -> dict[tuple[str, str], list[str]]:
    """What can no longer be told, or can be ruled out now, by turn and cause."""
    found: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        if {finding.before, finding.after} == {"cannot-tell", "not-raised"}:
            words = f"{finding.title} ({ACTION_WORDS[finding.action].lower()})"
            found.setdefault((_turn(finding), _because(finding)), []).append(words)
    return found


def _turn(finding: FindingChange) -> str:
    return _TURNS.get((finding.before, finding.after), "RAISED NOW")


def _because(finding: FindingChange) -> str:
    numbers = [str(number + 1) for number in finding.because]
    if len(numbers) == 1:
        return f"by change {numbers[0]} alone"
    return f"by changes {', '.join(numbers[:-1])} and {numbers[-1]} together"


def render_json(difference: Difference) -> str:
    """One object: `changes`, and `findings` with the numbers, from 0, of the changes that made each so."""
    table: dict[str, Any] = {
        "schema": "dosenote.difference/1",
        "changes": [change._asdict() for change in difference.changes],
        "findings": [finding._asdict() for finding in difference.findings],
    }
    text = json.dumps(table, ensure_ascii=False, indent=2)
    return "".join(char if char == "\n" else printable(char) for char in text) + "\n"
