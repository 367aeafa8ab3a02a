"""The help of every command: complete, true, and readable on a narrow screen."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from dosenote.cli import main
from dosenote.cli.help import folded
from shell import Shell


def commands(command: Any = main, name: str = "dosenote") -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, groups too."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            yield from commands(command.get_command(context, each), f"{name} {each}")


COMMANDS = dict(commands())
EXAMPLES = [example for command in COMMANDS.values() for example in command.examples]


def help_of(name: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The help as a screen of so many columns shows it."""
    monkeypatch.setenv("COLUMNS", str(columns))
    command = COMMANDS[name]
    return str(command.get_help(command.context_class(command, info_name=name, **command.context_settings)))


@pytest.mark.parametrize("example", dict.fromkeys(EXAMPLES))
def test_an_example_runs_as_it_stands(example: str, tmp_path: Path) -> None:
    """In a folder with the files that it names; it ends with 0, or with 1 where something is raised."""
    shell = Shell(tmp_path)
    shell.make(dict.fromkeys(re.findall(r"\w+-rules", example)))
    written = re.findall(r"(?:> |-o |--results |--summary |--report \w+=)(\S+)", example)
    before = {path.name: path.read_bytes() for path in shell.folder.iterdir() if path.is_file()}
    done = shell.run(example)
    assert done.returncode in (0, 1), done.stdout
    assert not any(word in done.stdout for word in ("Traceback", "Error:", "dosenote: "))
    for name in written:
        path = shell.folder / name
        assert path.is_dir() or path.read_bytes() not in (b"", before.get(name))
    assert written or done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_says_what_it_does_and_shows_an_example(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence, in a few words for the list of commands, and with every option explained."""
    command = COMMANDS[name]
    assert command.help
    assert command.help.strip()[0].isupper()
    assert command.examples
    assert all(f"{name} " in f"{example} " for example in command.examples)
    if name != "dosenote":
        assert command.short_help
        assert len(command.short_help) <= 60
        assert command.short_help.endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or isinstance(parameter.type, click.Choice), parameter.name
    text = help_of(name, 80, monkeypatch)
    assert text.index("Examples:") > text.index("Options:")


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_fits_the_screen(name: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Down to 40 columns, and never wider than 80; only what stands in quotes in an example may be longer."""
    text = help_of(name, columns, monkeypatch)
    at_most = min(columns, 80)
    assert [
        line for line in text.splitlines() if len(line.rstrip()) > at_most and not re.search("[\"'].* .*[\"']", line)
    ] == []
    for option in re.findall(r"--[a-z-]+[a-z]", help_of(name, 200, monkeypatch)):
        assert option in text


@pytest.mark.parametrize("columns", [10, 30, 38, 60, 78])
def test_a_folded_example_is_the_same_command(columns: int) -> None:
    """A shell reads the lines behind backslashes as the one line that they were."""
    for example in EXAMPLES:
        lines = folded(example, columns)
        assert shlex.split(lines.replace("\\\n", "")) == shlex.split(example)
        assert all(len(line) <= columns for line in lines.splitlines() if len(shlex.split(line.strip("\\ "))) > 2)
    assert folded("dosenote check x", 80) == "dosenote check x"
    assert folded('dosenote check "a b" --age 67 -o f', 20) == 'dosenote check \\\n    "a b" --age 67 \\\n    -o f'
