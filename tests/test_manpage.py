"""The manual page says what the commands say, and prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from conftest import ROOT
from manpage import SECTIONS, manual
from test_help import COMMANDS, EXAMPLES

PAGE = ROOT / "man" / "dosenote.1"


def printed(command: list[str]) -> str:
    """The page as a terminal shows it, without bold and hyphens at the ends of lines."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    environment = {**os.environ, "MANWIDTH": "200", "MANROFFOPT": "-c", "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run([*command, str(PAGE)], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return re.sub(r".\x08", "", done.stdout)


def test_the_page_is_the_commands_own() -> None:
    """After a change of a command, run this test once with DOSENOTE_GOLDEN=write."""
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        PAGE.write_text(manual(), "utf-8")
    assert PAGE.read_text("utf-8") == manual()


@pytest.mark.parametrize(
    "command",
    [
        ["man", "-l"],
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-rLL=200n"],
        ["mandoc", "-Tutf8", "-Owidth=200"],
    ],
    ids=lambda command: command[0],
)
def test_the_page_prints_everything(command: list[str]) -> None:
    """Every command, option, example and section, with hyphens that a shell understands; and nothing complains."""
    text = printed(command)
    plain = " ".join(text.split())
    for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", *SECTIONS):
        assert re.search(rf"^{heading}$", text, re.MULTILINE), heading
    for name, one in COMMANDS.items():
        assert name in plain
        for parameter in one.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert not option.startswith("-") or option in plain
    for example in EXAMPLES:
        assert example in plain
    assert "\\" not in text


def test_mandoc_finds_nothing_odd_but_the_missing_day() -> None:
    """A page with a day in it would be another page each day."""
    if shutil.which("mandoc") is None:
        pytest.skip("there is no mandoc here")
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", PAGE], capture_output=True, text=True, check=False)
    assert [line for line in done.stdout.splitlines() if "missing date" not in line] == []
