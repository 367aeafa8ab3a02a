"""The documents say what is: every transcript is run, and every command, file and number in them is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from conftest import ROOT
from dosenote.ruleset import RuleSet
from shell import Shell
from test_help import COMMANDS

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/manual.md")
_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)(?: (?P<about>\S+))?\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
#: Where a conversation waits for the person; in a document what was typed stands behind it.
_PROMPT = r" *\d*>"
_TYPED = re.compile(rf"^{_PROMPT}(?: (.*))?$", re.MULTILINE)
#: Lines of a shell that are not run, as they would change the machine.
_KNOWN = {". .venv/bin/activate", "python3 -m venv .venv", "git diff"}


class Block(NamedTuple):
    """A fenced block. kind: its language; about: the word behind that."""

    kind: str
    about: str
    text: str


def blocks(name: str) -> Iterator[Block]:
    for found in _BLOCK.finditer((ROOT / name).read_text("utf-8")):
        yield Block(found["kind"], found["about"] or "", found["text"])


def told(block: Block, before: Block | None, shell: Shell) -> str:
    """What stands in the block when it is true."""
    if block.kind == "console" and block.about == "at-a-terminal":
        return conversation(block.text, shell)
    if block.kind == "console":
        return transcript(block.text, shell)
    if block.kind == "text" and before is not None and before.kind == "python":
        program = subprocess.run(
            [sys.executable, "-c", before.text], cwd=shell.folder, env=shell.environment, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        return program.stdout
    if block.kind == "python" and block.about == "spark":
        exec("\n".join(line for line in block.text.splitlines() if " import " in line), {})
    elif block.about and block.kind in ("toml", "text") and (ROOT / block.about).is_file():
        assert block.text in (ROOT / block.about).read_text("utf-8"), f"{block.about} has other lines"
    elif block.kind in ("toml", "text") and block.about:
        (shell.folder / block.about).write_text(block.text, "utf-8")
    elif block.kind == "sh":
        for line in block.text.splitlines():
            check_line(line.partition("  #")[0].strip())
    else:
        assert block.kind in ("python", "text"), block
    return block.text


def transcript(text: str, shell: Shell) -> str:
    """Each command behind a $, and what it prints."""
    commands = re.findall(r"^\$ ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert text.startswith("$ ")
    return "".join(f"$ {command}\n{trimmed(shell.run(command).stdout)}" for command in commands)


def conversation(text: str, shell: Shell) -> str:
    """A command at a terminal, with what the document says was typed."""
    pexpect = pytest.importorskip("pexpect", reason="a pseudo-terminal is wanted")
    command, _, rest = text.removeprefix("$ ").partition("\n")
    env = {**shell.environment, "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    child = pexpect.spawn(
        "sh",
        ["-c", command],
        env=env,
        cwd=str(shell.folder),
        encoding="utf-8",
        dimensions=(50, 80),
        timeout=30,
        echo=False,
    )
    screen = f"$ {command}\n"
    for typed in _TYPED.findall(rest):
        child.expect(rf"(?:^|\r\n){_PROMPT} $")
        screen += f"{child.before}{child.after}{typed}\n"
        child.sendline(typed)
    child.expect(pexpect.EOF)
    return trimmed((screen + child.before).replace("\r", ""))


def trimmed(text: str) -> str:
    """Without blanks at the ends of lines, which nobody sees."""
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def check_line(line: str) -> None:
    """A line of a shell that is not run here names what is there."""
    if line.startswith("make "):
        assert re.search(rf"^{line.split()[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), line
    elif "pip install" in line:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
        assert set(re.findall(r"\[(\w+)\]", line)) <= set(extras), line
    elif " -m pytest " in line:
        assert all((ROOT / word).is_file() for word in line.split() if word.endswith(".py")), line
    elif line and line not in _KNOWN:
        check_command(line)


def check_command(line: str) -> None:
    """`dosenote …`: there is such a command, with such options."""
    line = re.sub(r"^eval \"\$\((.*)\)\"$|^(.*) \| source$", r"\1\2", line)
    line = re.sub(r"^_DOSENOTE_COMPLETE=(bash|zsh|fish)_source ", "", line)
    first, *words = shlex.split(line, comments=True)
    assert first.rpartition("/")[2] == "dosenote", line
    name = "dosenote"
    while words and f"{name} {words[0]}" in COMMANDS:
        name += f" {words.pop(0)}"
    command = COMMANDS[name]
    assert not words or not isinstance(command, click.Group) or words[0].startswith(("-", "COMMAND")), line
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    assert {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z].*", word)} <= known, line


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_transcript_is_real(name: str, tmp_path: Path) -> None:
    """Every block is run in its order, with an empty home. After a change that is meant: DOSENOTE_GOLDEN=write."""
    shell = Shell(tmp_path)
    shutil.copytree(ROOT / "rules", shell.folder / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    path, true, before = ROOT / name, [], None
    for block in blocks(name):
        true.append(told(block, before, shell))
        before = block
    replacements = iter(true)
    wanted = _BLOCK.sub(
        lambda found: found[0].replace(f"\n{found['text']}", f"\n{next(replacements)}", 1), path.read_text("utf-8")
    )
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        path.write_text(wanted, "utf-8")
    assert path.read_text("utf-8") == wanted


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_in_the_text_is_there(name: str) -> None:
    """`dosenote …` and `make …` between the lines, too."""
    prose = _BLOCK.sub("", (ROOT / name).read_text("utf-8"))
    assert "```" not in prose
    found = re.findall(r"`((?:\.venv/bin/)?(?:dosenote|make) [^`]*)`", prose)
    assert found
    for line in found:
        check_line(line)
    for option in re.findall(r"`(--[a-z-]+)[^`]*`", prose):
        assert any(
            option in (*one.opts, *one.secondary_opts) for command in COMMANDS.values() for one in command.params
        )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_pointed_to_is_there(name: str) -> None:
    """Links within the repository, and their headings."""
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / name).read_text("utf-8"))
    assert links
    for link in links:
        if not link.startswith("https://"):
            file, _, heading = link.partition("#")
            path = (ROOT / name).parent / file if file else ROOT / name
            assert path.exists(), link
            headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE) if heading else []
            assert not heading or heading in {
                re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings
            }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_numbers_are_those_of_the_rules(name: str, ruleset: RuleSet) -> None:
    """How many rules, sources and products there are."""
    counts = {
        "rules": len(ruleset.rules),
        "sources": len(ruleset.sources),
        "products": len(ruleset.products),
        "examples": sum(len(rule.examples) for rule in ruleset.rules),
    }
    prose = _BLOCK.sub("", (ROOT / name).read_text("utf-8"))
    for number, what in re.findall(r"(?<!about )(?<![\d,])(\d[\d,]+) (rules|sources|products|examples)\b", prose):
        assert int(number.replace(",", "")) == counts[what], f"{number} {what}"


def test_the_readme_says_how_good_the_sources_are(ruleset: RuleSet) -> None:
    """How many are of which kind, were read only in part, or have something wrong. DOSENOTE_GOLDEN=write counts again."""
    sources = list(ruleset.sources.values())
    kinds = Counter(source.kind for source in sources)
    said = (
        f"Of the {len(sources)} sources {kinds['label'] + kinds['guideline'] + kinds['regulator-opinion']} are labels, "
        f"guidelines or opinions of regulators, and {kinds['trial'] + kinds['systematic-review'] + kinds['observational']} "
        f"are trials, systematic reviews or observational studies; {sum(source.read == 'abstract' for source in sources)} "
        f"were read as an abstract only, and {sum(bool(source.problem) for source in sources)} carry a note"
    )
    path = ROOT / "README.md"
    if os.environ.get("DOSENOTE_GOLDEN") == "write":
        path.write_text(re.sub(re.sub(r"\d+", r"\\d+", said), said, path.read_text("utf-8")), "utf-8")
    assert said in path.read_text("utf-8")


def test_the_readme_is_short() -> None:
    """A newcomer reads two screens of prose; the rest is in the manual."""
    prose = _BLOCK.sub("", (ROOT / "README.md").read_text("utf-8"))
    assert len(prose.split()) < 900
