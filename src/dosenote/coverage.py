"""Which documented claims and facts the rule set puts to use, and which it leaves out, and why."""

from __future__ import annotations

from dosenote.documents import load_toml
from dosenote.rulefiles import Files
from dosenote.ruleset import RuleSet
from dosenote.vocabulary import KINDS

LEFT_OUT = "left_out.toml"


def served(ruleset: RuleSet, files: Files) -> dict[str, list[str]]:
    """Claim or fact id → the rules, intakes and vocabulary entries that serve it, in order of ids."""
    found: dict[str, list[str]] = {}
    for rule in ruleset.rules:
        for id in rule.serves:
            found.setdefault(id, []).append(rule.id)
    for intake in ruleset.intakes:
        for id in intake.serves:
            found.setdefault(id, []).append(f"intakes/{intake.jurisdiction}.toml [{intake.id}]")
    for stem in KINDS:
        name = f"vocabulary/{stem}.toml"
        for entry, table in load_toml(files.text(name), name).items():
            for id in table.get("serves", ()):
                found.setdefault(id, []).append(f"vocabulary/{stem}.toml [{entry}]")
    return dict(sorted(found.items()))


def left_out(files: Files) -> dict[str, str]:
    """Claim or fact id → why no rule uses it."""
    if LEFT_OUT not in files.contents:
        return {}
    return dict(sorted(load_toml(files.text(LEFT_OUT), LEFT_OUT).items()))


def coverage_words(ruleset: RuleSet, files: Files) -> str:
    """How much is put to use, in a sentence."""
    used, unused = served(ruleset, files), left_out(files)
    return (
        f"{len(used)} claims and facts are served by {len(ruleset.rules)} rules, the intakes and the vocabulary; "
        f"{len(unused)} are left out."
    )


def coverage_page(ruleset: RuleSet, files: Files) -> str:
    """rules/COVERAGE.md: generated, never typed."""
    used, unused = served(ruleset, files), left_out(files)
    lines = [
        "# What the rules put to use, and what they leave out",
        "",
        "Made by `dosenote rules coverage` from the `serves` of rules, intakes and vocabulary, and `left_out.toml`.",
        "Do not edit.",
        "",
        coverage_words(ruleset, files),
        "",
        "## Served",
        "",
        "| Claim or fact | By |",
        "|---|---|",
        *(f"| {id} | {', '.join(by)} |" for id, by in used.items()),
        "",
        "## Left out",
        "",
        "| Claim or fact | Why |",
        "|---|---|",
        *(f"| {id} | {why} |" for id, why in unused.items()),
        "",
    ]
    return "\n".join(lines)
