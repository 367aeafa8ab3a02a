"""`dosenote check` in every format: to the screen, to a file, to several at once; whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import audit
import dosenote as package
from dosenote.cli import main
from dosenote.cli.formats import FORMATS

MARTA = ("check", "Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "warfarin", "--age", "67")
#: What the beginning of each format looks like.
BEGINNINGS = {
    "text": "WHAT YOU ENTERED", "json": '{\n  "schema": "dosenote.report/1"', "markdown": "# Notes", "csv": "kind,rule,title",
    "cds-hooks": '{\n  "cards": [', "fhir-r4": '{\n  "resourceType": "Bundle"',
}  # fmt: skip


def dosenote(
    *words: str | Path, folder: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run it as a program, with what it prints as bytes."""
    here = str(Path(package.__file__).parents[1])  # also from another folder
    variables = {**os.environ, "COLUMNS": "80", "HOME": "/nonexistent", **audit.variables(here), **(env or {})}
    command = [sys.executable, "-m", "dosenote", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, env=variables, check=False)


def invoke(*words: str | Path, data: str = "") -> tuple[int, str, str]:
    """Exit status, what was printed, and errors."""
    result = CliRunner().invoke(main, [str(word) for word in words], input=data, standalone_mode=False)
    if result.exception is not None:
        return 2, result.stdout, str(getattr(result.exception, "message", result.exception))
    return result.return_value, result.stdout_bytes.decode(), result.stderr


def test_every_format_has_a_beginning() -> None:
    """A format that is added is tried here, too."""
    assert {*BEGINNINGS} == {*FORMATS}


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_the_same_on_the_screen_and_in_a_file(form: str, tmp_path: Path) -> None:
    """The same bytes and the same exit status, whether printed, written with -o or as one of several."""
    path, other = tmp_path / "one", tmp_path / "other"
    printed = dosenote(*MARTA, "--format", form)
    assert (printed.returncode, printed.stderr) == (1, b"")
    assert printed.stdout.decode().startswith(BEGINNINGS[form])
    written = dosenote(*MARTA, "--format", form, "-o", path, "--report", f"{form}={other}")
    assert (written.returncode, written.stdout, written.stderr) == (1, b"", b"")
    assert path.read_bytes() == other.read_bytes() == printed.stdout
    assert sorted(tmp_path.iterdir()) == [path, other]


def test_what_programs_read_is_utf_8_wherever_it_is_printed() -> None:
    """Also where the terminal is not."""
    for form in FORMATS.keys() - {"text"}:
        done = dosenote("check", "Käse 日本", "--format", form, env={"PYTHONIOENCODING": "latin-1"})
        assert "Käse 日本" in done.stdout.decode("utf-8")
        assert done.returncode == 3


def test_several_formats_of_one_check(tmp_path: Path) -> None:
    """The notes on the screen, and each report under its name, for its owner only."""
    reports = {form: tmp_path / f"notes.{form}" for form in FORMATS}
    options = [word for form, path in reports.items() for word in ("--report", f"{form}={path}")]
    code, printed, _ = invoke(*MARTA, *options)
    assert code == 1
    assert printed.startswith("WHAT YOU ENTERED")
    for form, path in reports.items():
        assert path.read_text("utf-8").startswith(BEGINNINGS[form])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rules = {one["rule"] for one in json.loads(reports["json"].read_text("utf-8"))["advisories"]}
    rows = csv.DictReader(io.StringIO(reports["csv"].read_bytes().decode(), newline=""))
    assert {row["rule"] for row in rows if row["kind"] == "raised"} == rules


def test_a_file_holds_no_colour(tmp_path: Path) -> None:
    """Bold headings are for a terminal."""
    invoke(*MARTA, "--format", "text", "-o", tmp_path / "a")
    assert "\x1b" not in (tmp_path / "a").read_text("utf-8")


@pytest.mark.parametrize(
    "words, said",
    [
        (("--format", "mardown"), "Did you mean markdown?"),
        (("--format", "MARKDOWN "), "there is no format"),
        (("--report", "cds=x"), "there is no format"),
        (("--report", "jsn=x"), "Did you mean json?"),
        (("--report", "markdown"), "--report markdown=notes.md"),
        (("--report", "markdown="), "--report markdown=notes.md"),
        (("--report", "csv=a", "--report", "json=a"), "a is wanted twice"),
        (("--report", "csv=a", "--report", "json=./a"), "a is wanted twice"),
        (("-o", "a", "--report", "json=../{here}/a"), "a is wanted twice"),
        (("--report", "csv=-"), "standard output is wanted twice"),
        (("-o", "a", "--report", "csv=-", "--report", "json=-"), "standard output is wanted twice"),
        (("--format", "\x1b[2J"), 'there is no format "?[2J"'),
    ],
)
def test_a_wrong_word_is_told_before_anything_is_checked(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """With the nearest right one; nothing is printed and nothing written."""
    done = dosenote(*MARTA, *(word.format(here=tmp_path.name) for word in words), folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert b"\x1b" not in done.stderr
    assert not [*tmp_path.iterdir()]


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    """Not the list itself, nor by another name for it, nor a file of the rules."""
    mine = tmp_path / "mine.txt"
    mine.write_text("warfarin\n", "utf-8")
    (tmp_path / "link").symlink_to(mine)
    (tmp_path / "hard").hardlink_to(mine)
    for name in ("mine.txt", "link", "hard", "./mine.txt"):
        done = dosenote("check", "-f", "mine.txt", "--report", f"csv={name}", folder=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"is read by this check" in done.stderr
    assert mine.read_text("utf-8") == "warfarin\n"
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "ruleset.toml").write_text("x", "utf-8")
    code, _, error = invoke("check", "warfarin", "--rules", rules, "-o", rules / "ruleset.toml")
    assert (code, "is read by this check" in error) == (2, True)


@pytest.mark.parametrize("place", ["missing/notes", ".", "file/notes", "x" * 300])
def test_what_cannot_be_written_leaves_nothing_behind(place: str, tmp_path: Path) -> None:
    """A clear sentence, exit status 2, nothing printed, and no other report either: all of them or none."""
    (tmp_path / "file").write_text("x", "utf-8")
    before = dosenote(*MARTA, "--report", "csv=good", "--report", f"json={place}", folder=tmp_path)
    assert (before.returncode, before.stdout) == (2, b"")
    assert before.stderr.startswith(b"dosenote: ")
    assert b"Traceback" not in before.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_is_there_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    """Also where a link leads to it: the link stays."""
    old = tmp_path / "old"
    old.write_text("x" * 100_000, "utf-8")
    old.chmod(0o644)
    (tmp_path / "link").symlink_to(old)
    assert invoke(*MARTA, "--format", "json", "-o", tmp_path / "link")[0] == 1
    assert json.loads(old.read_text("utf-8"))["schema"] == "dosenote.report/1"
    assert stat.S_IMODE(old.stat().st_mode) == 0o644
    assert (tmp_path / "link").is_symlink()


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    """A device stays a device."""
    assert dosenote(*MARTA, "-o", os.devnull).returncode == 1
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert dosenote(*MARTA, "--format", "csv", "-o", "/dev/stdout").stdout.startswith(b"kind,rule")


def test_the_exit_status_is_that_of_the_check(tmp_path: Path) -> None:
    """Whatever the format, and wherever it goes."""
    for form in FORMATS:
        assert invoke("check", "vitamin D3 1000 IU daily", "--format", form, "-o", tmp_path / form)[0] == 3


@pytest.mark.parametrize("form", FORMATS)
def test_nonsense_is_never_clean(form: str) -> None:
    """What was not recognised is in every format, as text."""
    code, printed, _ = invoke("check", "<b>blorb</b> =1+1", "--format", form, "--no-other-medicines")
    assert code == 3
    assert "blorb" in printed


def test_only_the_format_that_is_asked_for_is_loaded() -> None:
    """A check at the terminal does not wait for the others."""
    code = (
        "import sys\nsys.argv = ['dosenote', 'check', 'warfarin']\nfrom dosenote.cli import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "print(sorted(name for name in sys.modules if name.startswith('dosenote.render.')), 'csv' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.splitlines()[-1] == "['dosenote.render.outline', 'dosenote.render.text'] False"
