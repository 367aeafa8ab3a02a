"""Every example of every rule, and what the rule set as a whole promises."""

from __future__ import annotations

import shutil
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from conftest import ROOT
from dosenote.engine import evaluate
from dosenote.facts import facts_of
from dosenote.lint import answer, example_regimen, lint
from dosenote.reader import Reader
from dosenote.regimen import Regimen
from dosenote.rule import ACTIONS, Example, Rule
from dosenote.rulefiles import Files, rules_folder
from dosenote.ruleset import RuleSet, assemble, checked_tables, load

RULES = load().rules
EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]


@pytest.mark.parametrize("rule, example", EXAMPLES, ids=[f"{rule.id}: {example.name}" for rule, example in EXAMPLES])
def test_an_example_comes_out_as_expected(rule: Rule, example: Example, ruleset: RuleSet, reader: Reader) -> None:
    """Each rule answers its own examples."""
    assert example.expect == answer(rule, facts_of(example_regimen(example, reader), ruleset.vocabulary))


def test_the_linter_finds_nothing() -> None:
    """The rule set that ships is clean, on the day of its newest review."""
    newest = max(one.reviewed for one in (*RULES, *load().intakes))
    assert lint(rules_folder(), max(newest, date(2026, 11, 20)))[1] == []


def test_the_seal_is_that_of_the_files() -> None:
    """What loads without being checked again is what was linted: run `dosenote rules lint --seal` after a change."""
    assert Files.read(rules_folder()).is_sealed()


def test_trusted_and_checked_loading_give_the_same_rules() -> None:
    """The quick way in (sealed, parsed once, kept) and the careful one end with the same rule set."""
    files = Files.read(rules_folder())
    careful, wrong = assemble(files, checked_tables(files))
    quick = load()
    assert wrong == []
    assert careful.rules == quick.rules
    assert careful.vocabulary.entries == quick.vocabulary.entries


def test_there_are_rules_of_every_kind() -> None:
    """Dose, interaction, pairing, condition, timing and form each have their rules."""
    assert {rule.folder for rule in RULES} == {
        "dose",
        "interaction",
        "pairing",
        "condition",
        "timing",
        "form",
    }
    assert len(RULES) >= 20


@pytest.mark.parametrize("path", sorted((ROOT / "rules").rglob("*.toml")), ids=lambda path: path.name)
def test_rule_files_are_toml_1_0(path: Path) -> None:
    """Any TOML reader can read them, not only ours."""
    tomllib.loads(path.read_text("utf-8"))


def test_every_source_is_used(ruleset: RuleSet) -> None:
    """A source that nothing cites is a leftover."""
    cited = {evidence.source for rule in ruleset.rules for evidence in rule.evidence}
    cited |= {intake.source for intake in ruleset.intakes}
    text = "".join(path.read_text("utf-8") for path in (ROOT / "rules" / "vocabulary").glob("*.toml"))
    assert [id for id in ruleset.sources if id not in cited and id not in text] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_of_its_own_facts(rule: Rule, ruleset: RuleSet) -> None:
    """K1 is not K2, MK-4 is not MK-7: a rule about one form does not rest on a row about another."""
    forms = {"mk-7": "vitamin_k2_mk7", "mk-4": "vitamin_k2_mk4", "vitamin-k1": "vitamin_k1"}
    for word, fact in forms.items():
        if rule.id.startswith(word):
            asked = {row.fact.split(".")[0] for row in rule.when if row.fact.startswith("vitamin_k")}
            assert asked == {fact}


def test_what_was_kept_of_the_rules_is_not_trusted_blindly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parsed copy that was changed, or made from other files, is made again."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "rules" / "__pycache__"
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr("dosenote.ruleset.rules_folder", lambda: tmp_path / "rules")
    whole = load()
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"mk-7-with-vitamin-k-antagonist", b"mk-7-with-vitamin-k-antagonisx"))
    assert load().rules == whole.rules


SILENCED_BY = [
    (rule, id)
    for rule in RULES
    for row in rule.unless
    if row.fact == "conditions"
    for test in row.comparisons
    for id in test.ids
]


@pytest.mark.parametrize("rule, id", SILENCED_BY, ids=[f"{rule.id}: {id}" for rule, id in SILENCED_BY])
def test_a_condition_that_silences_a_rule_raises_one_at_least_as_grave(
    rule: Rule, id: str, ruleset: RuleSet, reader: Reader
) -> None:
    """As every report says of it: whoever has it is never told less."""
    rules = ruleset.for_jurisdiction(rule.jurisdiction or "us")

    def raised(regimen: Regimen) -> dict[str, Rule]:
        findings = evaluate(rules, facts_of(regimen, ruleset.vocabulary))
        return {finding.rule.id: finding.rule for finding in findings if finding.outcome.is_true}

    for example in (example for example in rule.examples if example.expect == "raised"):
        regimen = example_regimen(example, reader)
        before = raised(regimen)
        after = raised(regimen._replace(readings=(*regimen.readings, reader.read(ruleset.vocabulary[id].label))))
        assert rule.id not in after
        new = [one for one in after.values() if one.id not in before]
        assert any(ACTIONS.index(one.action) <= ACTIONS.index(rule.action) for one in new), example.name
