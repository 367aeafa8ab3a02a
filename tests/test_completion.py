"""What a shell completes after `dosenote`, and that asking for it costs an ordinary run nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from conftest import ROOT
from dosenote.cli import main
from dosenote.ruleset import RuleSet
from shell import Shell


def completed(*words: str) -> list[CompletionItem]:
    """What is offered for the last word, behind the others."""
    *before, last = words
    return ShellComplete(main, {}, "dosenote", "_DOSENOTE_COMPLETE").get_completions(before, last)


def values(*words: str) -> list[str]:
    return [item.value for item in completed(*words)]


@pytest.mark.parametrize(
    "words, expected",
    [
        (["re"], ["read", "review"]),
        (["products", ""], ["import", "search", "show"]),
        (["rules", "s"], ["show", "site"]),
        (["check", "--no-"], ["--no-conditions", "--no-other-medicines", "--no-other-foods", "--no-color"]),
        (["check", "--fail-on", "m"], ["mention"]),
        (["check", "--jurisdiction", ""], ["us", "eu", "uk", "jp"]),
        (["check", "--format", "c"], ["cds-hooks", "csv"]),
        (["page", "--format", "p"], ["pdf"]),
        (["schema", "re"], ["report", "reading", "regimen"]),
        (["rules", "show", "mk-7-with-v"], ["mk-7-with-vitamin-k-antagonist"]),
        (["rules", "test", "mk-7-with-vitamin-k-antagonist", "vitamin-d-with-f"], ["vitamin-d-with-fat"]),
        (["rules", "show", "no-such-rule"], []),
        (["rules", "show", "--rules", str(ROOT / "tests"), "mk-7"], []),
        (["products", "show", "adcal-d3-c"], ["adcal-d3-caplets", "adcal-d3-chewable"]),
        (["products", "show", "--rules", str(ROOT / "tests"), "adcal"], []),
    ],
    ids=" ".join,
)
def test_words_are_completed(words: list[str], expected: list[str]) -> None:
    """Commands, options, choices, formats, and the ids of rules and products."""
    assert values(*words) == expected


def test_every_rule_is_offered_and_nothing_else(ruleset: RuleSet, tmp_path: Path) -> None:
    """Those of the folder that --rules names, or ours; a vocabulary or a source is no rule."""
    assert values("rules", "show", "") == sorted(rule.id for rule in ruleset.rules)
    (tmp_path / "ruleset.toml").touch()
    for folder in ("dose", "sources"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"my-{folder}.toml").touch()
    assert values("rules", "show", "--rules", str(tmp_path), "") == ["my-dose"]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "-f"], ["check", "-o"], ["read"], ["review"], ["diff", "march.toml"], ["batch"], ["batch", "-o"],
        ["page"], ["page", "mine.toml", "-o"], ["rules", "diff", "--over"], ["products", "import", "--dsld"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_files_are_left_to_the_shell(words: list[str]) -> None:
    """Where a file is wanted the shell offers its own."""
    assert [(item.type, item.value) for item in completed(*words, "mi")] == [("file", "mi")]


def test_an_item_is_no_file_and_nothing_is_offered_for_it() -> None:
    """What somebody takes is free text."""
    assert completed("check", "vit") == []


@pytest.mark.parametrize("shell", [BashComplete, ZshComplete, FishComplete])
def test_the_script_for_a_shell_is_printed(shell: type[ShellComplete], tmp_path: Path) -> None:
    """_DOSENOTE_COMPLETE=bash_source dosenote, as the documentation says; and it asks dosenote again."""
    done = Shell(tmp_path).run(f"_DOSENOTE_COMPLETE={shell.name}_source dosenote")
    assert done.returncode == 0, done.stdout
    assert f"_DOSENOTE_COMPLETE={shell.name}_complete" in done.stdout


@pytest.mark.parametrize("more", ["", "COMP_WORDS='dosenote ch' COMP_CWORD=x "])
def test_what_only_a_shell_says_is_not_whole(more: str, tmp_path: Path) -> None:
    """Left in the environment, or set by hand: it is said what it is for, and there is no traceback."""
    done = Shell(tmp_path).run(f"{more}_DOSENOTE_COMPLETE=bash_complete dosenote check D3")
    assert done.returncode == 2
    assert done.stdout == (
        "dosenote: _DOSENOTE_COMPLETE is for a shell, which says COMP_WORDS and COMP_CWORD with it. Unset it.\n"
    )


def test_bash_itself_completes(tmp_path: Path) -> None:
    """With the script loaded: a command, an id of a rule, and a file."""
    shell = Shell(tmp_path)
    shell.make()
    script = (
        'source <(_DOSENOTE_COMPLETE=bash_source dosenote); shopt -s progcomp\n'
        'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _dosenote_completion dosenote; '
        'echo "${COMPREPLY[@]}"; }\n'
        "ask dosenote rev; ask dosenote rules show mk-7-with-vitamin-k-a\n"
    )  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", script], cwd=shell.folder, env=shell.environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["review", "mk-7-with-vitamin-k-antagonist"], done.stderr


def test_a_check_loads_nothing_for_it() -> None:
    """Completion is looked up when a shell asks, not when a command starts."""
    code = "import sys, dosenote.cli; print('click.shell_completion' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
