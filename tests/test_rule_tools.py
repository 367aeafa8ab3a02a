"""What rule keepers use: coverage, comparing two rule sets, a new rule's skeleton, and one note about one thing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from dosenote.cli import main
from dosenote.compare import compare
from dosenote.coverage import coverage_page, left_out, served
from dosenote.errors import DosenoteError, RuleError
from dosenote.lint import lint
from dosenote.report import Report
from dosenote.rulefiles import Files, rules_folder
from dosenote.ruleset import RuleSet, load


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Our rules in a folder that may be changed."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "rules"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words, standalone_mode=False)


def test_the_coverage_page_is_generated(ruleset: RuleSet) -> None:
    """rules/COVERAGE.md is what `dosenote rules coverage` prints today."""
    assert (ROOT / "rules" / "COVERAGE.md").read_text("utf-8") == coverage_page(ruleset, Files.read(rules_folder()))


def test_nothing_is_both_served_and_left_out(ruleset: RuleSet) -> None:
    """A claim that a rule uses has no reason for being left out; and every rule serves something."""
    files = Files.read(rules_folder())
    assert set(served(ruleset, files)) & set(left_out(files)) == set()
    assert len({id for rule in ruleset.rules for id in rule.serves}) > 150


def test_two_rule_sets_are_compared_and_reconcile(ruleset: RuleSet, copied: Path) -> None:
    """A limit moved from 100 to 200 mcg: who is above the one and not the other loses the finding, nobody else changes."""
    path = copied / "dose" / "vitamin-d-above-us-upper-limit.toml"
    text = path.read_text("utf-8")
    assert text.count('value = "100 mcg"') == 1
    path.write_text(text.replace('value = "100 mcg"', 'value = "200 mcg"'), "utf-8")
    regimens = [f"vitamin D3 {units} IU daily; age 40" for units in (4000, 4001, 8000, 8001)]
    count, changes = compare(ruleset, load(copied), regimens, "us")
    assert count == 4
    assert [(change.number, change.rule, change.kind) for change in changes] == [
        (2, "vitamin-d-above-us-upper-limit", "lost"),
        (3, "vitamin-d-above-us-upper-limit", "lost"),
    ]
    assert [change.kind for change in compare(load(copied), ruleset, regimens, "us")[1]] == ["gained", "gained"]
    assert compare(ruleset, ruleset, regimens, "us") == (4, [])


def test_the_diff_command_sums_up(copied: Path, tmp_path: Path) -> None:
    """The counts of regimens with and without a change add up to the file."""
    (copied / "dose" / "vitamin-d-far-above-any-limit.toml").unlink()
    for path in copied.glob("*/*.toml"):
        text = path.read_text("utf-8")
        path.write_text(
            text.replace('"vitamin-d-far-above-any-limit", ', "").replace('"vitamin-d-far-above-any-limit"', ""),
            "utf-8",
        )
    over = tmp_path / "people.txt"
    over.write_text("vitamin D3 12000 IU daily; age 40\n\nmagnesium 100 mg daily\n", "utf-8")
    done = run("rules", "diff", str(ROOT / "rules"), str(copied), "--over", str(over))
    assert "1: lost: vitamin-d-far-above-any-limit: raised -> no such rule" in done.output
    assert "2 regimens: 2 with a change, 0 without." in done.output


def test_a_new_rule_fails_lint_until_it_is_true(copied: Path) -> None:
    """The skeleton has every field, and lint asks for each; a rule that exists is never written over."""
    done = run("rules", "new", "a-new-thing", "--kind", "dose", "--rules", str(copied))
    assert done.exception is None
    with pytest.raises(RuleError) as error:
        lint(copied, date(2026, 11, 20))
    mistakes = "\n".join(error.value.mistakes)
    for field in (
        "title",
        "severity",
        "action",
        "certainty",
        "summary",
        "why",
        "talk",
        "ask",
        "mechanism",
        "source",
        "expect",
    ):
        assert "dose/a-new-thing.toml" in mistakes
        assert field in mistakes
    again = run("rules", "new", "a-new-thing", "--kind", "dose", "--rules", str(copied))
    assert "there is such a rule already" in str(again.exception)


def test_the_graver_rule_speaks_alone(check: Callable[..., Report]) -> None:
    """Far above any limit is not also above the upper limit: the milder rule is counted, not shown."""
    report = check("vitamin D3 12000 IU daily; age 40")
    shown = {advisory.rule for advisory in report.advisories}
    assert "vitamin-d-far-above-any-limit" in shown
    assert "vitamin-d-above-us-upper-limit" not in shown
    assert report.counts.superseded >= 1


@pytest.mark.parametrize(
    "text, message",
    [
        ('supersedes = ["nothing-of-this-name"]', 'it supersedes "nothing-of-this-name", which is no rule.'),
        (
            'supersedes = ["vitamin-d-far-above-any-limit"]',
            "it supersedes vitamin-d-far-above-any-limit, which is graver",
        ),
        ('supersedes = ["vitamin-d-with-fat"]', "it supersedes itself"),
    ],
)
def test_a_rule_takes_the_place_of_milder_ones_only(copied: Path, text: str, message: str) -> None:
    """What does not exist, what is graver, and itself."""
    path = copied / "timing" / "vitamin-d-with-fat.toml"
    path.write_text(path.read_text("utf-8").replace("[when]", f"{text}\n[when]", 1), "utf-8")
    found = lint(copied, date(2026, 11, 20))[1]
    assert f"timing/vitamin-d-with-fat.toml:1: {message}" in found


def test_an_unremarkable_regimen_is_quiet(check: Callable[..., Report]) -> None:
    """D3 1,000 IU and MK-7 100 mcg for an adult without medicines: nothing above good to know."""
    for age in (30, 67):
        report = check(f"vitamin D3 1000 IU daily; MK-7 100 mcg daily; age {age}; no other medicines")
        assert {advisory.action for advisory in report.advisories} <= {"good-to-know"}


@pytest.mark.parametrize("calcium", ["", "calcium 600 mg daily"])
@pytest.mark.parametrize(
    "k",
    ["", "MK-7 100 mcg daily", "MK-7 50 mcg daily", "vitamin K2 100 mcg daily", "natto", "natto; MK-7 100 mcg daily"],
)
@pytest.mark.parametrize("d", ["", "vitamin D3 1000 IU daily", "vitamin D3 5000 IU daily"])
def test_there_is_at_most_one_note_about_pairing(
    check: Callable[..., Report], ruleset: RuleSet, d: str, k: str, calcium: str
) -> None:
    """What is said about pairing is said once."""
    pairing = {rule.id for rule in ruleset.rules if rule.folder == "pairing"}
    report = check(f"{d}; {k}; {calcium}; age 67; no other medicines; no other conditions")
    assert len([advisory for advisory in report.advisories if advisory.rule in pairing]) <= 1


def test_a_difference_names_the_line_of_the_file(ruleset: RuleSet, copied: Path) -> None:
    """Blank lines count, so that an editor finds it; and who contradicts themselves is named so, too."""
    path = copied / "dose" / "vitamin-d-above-us-upper-limit.toml"
    path.write_text(path.read_text("utf-8").replace('value = "100 mcg"', 'value = "200 mcg"'), "utf-8")
    lines = ["vitamin D3 4000 IU daily; age 40", "", "  ", "vitamin D3 8000 IU daily; age 40"]
    count, changes = compare(ruleset, load(copied), lines, "us")
    assert (count, [change.number for change in changes]) == (2, [4])
    with pytest.raises(DosenoteError) as error:
        compare(ruleset, ruleset, ["", "age 40; age 50"], "us")
    assert error.value.where == "line 2"
