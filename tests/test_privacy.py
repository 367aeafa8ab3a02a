"""Nothing is written where nobody asked, and what is written about a person is for its owner only."""

from __future__ import annotations

import hashlib
import marshal
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import audit
from conftest import ROOT, copy_vocabulary
from dosenote import __version__
from dosenote.cli import main
from dosenote.rulefiles import Files
from dosenote.ruleset import load
from test_products_import import DSII, DSPI

LIST = 'items = ["Vitamin D3 5000 IU daily", "K2 MK-7 100 mcg daily", "warfarin"]\n[person]\nage = 67\n'
ROWS = '{"id": "1", "items": ["Vitamin D3 5000 IU daily", "warfarin"]}\n'
RULE = "mk-7-with-vitamin-k-antagonist"

#: Every command, with words that make it do its work; IN is a folder of what it reads.
COMMANDS: dict[tuple[str, ...], list[str]] = {
    ("check",): ["-f", "IN/list.toml"],
    ("read",): ["IN/list.txt"],
    ("page",): ["IN/list.toml"],
    ("review",): ["IN/list.toml"],
    ("diff",): ["IN/list.toml", "IN/other.toml"],
    ("batch",): ["--template", "csv"],
    ("schema",): ["report"],
    ("products", "search"): ["adcal"],
    ("products", "show"): ["adcal-d3-caplets"],
    ("rules", "list"): [],
    ("rules", "show"): [RULE],
    ("rules", "facts"): [],
    ("rules", "lint"): ["IN/few"],
    ("rules", "test"): [RULE],
    ("rules", "coverage"): [],
    ("rules", "diff"): ["IN/rules", "IN/rules", "--over", "IN/list.txt"],
    ("rules", "verify"): [],
}
#: Commands that are there to write; OUT is the folder that they are told to write in, and the only one they may.
WRITERS: dict[tuple[str, ...], list[str]] = {
    ("batch",): ["IN/rows.jsonl", "-o", "OUT/found.csv", "--results", "OUT/results.jsonl", "--summary", "OUT/s.html"],
    ("check",): ["-f", "IN/list.toml", "-o", "OUT/notes.txt", "--report", "json=OUT/notes.json"],
    ("page",): ["IN/list.toml", "-o", "OUT/page.html"],
    ("products", "import"): ["--nhanes", "IN/dspi.csv", "IN/dsii.csv"],
    ("rules", "lint"): ["OUT/rules", "--seal"],
    ("rules", "new"): ["new-rule", "--kind", "dose", "--rules", "OUT/rules"],
    ("rules", "site"): ["-o", "OUT/site"],
}
#: What is wrong with what was typed ends a command early: then, too, nothing is written.
WRONG = (
    ["check"],
    ["check", "x", "--nonsense"],
    ["batch", "IN/rows.jsonl"],
    ["check", "-f", "IN/missing"],
    ["nonsense"],
)

#: What tells a process to measure which lines it runs: it would write what it found.
MEASURING = ("COVERAGE_",)


def _commands(command: click.Command, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for each in command.list_commands(context):
        found = command.get_command(context, each)
        assert found is not None
        yield from _commands(found, (*name, each))


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """What the commands read, an empty home, and an empty folder to stand in."""
    for name in ("in", "home", "here", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "in" / "list.toml").write_text(LIST, "utf-8")
    (tmp_path / "in" / "other.toml").write_text(LIST.replace("5000", "1000"), "utf-8")
    (tmp_path / "in" / "list.txt").write_text("Vitamin D3 5000 IU daily\nwarfarin\n", "utf-8")
    (tmp_path / "in" / "rows.jsonl").write_text(ROWS, "utf-8")
    (tmp_path / "in" / "dspi.csv").write_bytes(DSPI)
    (tmp_path / "in" / "dsii.csv").write_bytes(DSII)
    (tmp_path / "in" / "rules").symlink_to(ROOT / "rules")
    (copy_vocabulary(tmp_path / "in" / "few") / "dose").mkdir()
    return tmp_path


def _run(inside: Path, words: list[str], *may_write: Path) -> subprocess.CompletedProcess[bytes]:
    """A command as a process of its own, watched; it may write what is said here, and the parsed rules."""
    words = [word.replace("IN/", f"{inside}/in/").replace("OUT/", f"{inside}/out/") for word in words]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE",)}
    env = {
        **{name: value for name, value in kept.items() if not name.startswith(("XDG_", "DOSENOTE_DATA", *MEASURING))},
        "HOME": str(inside / "home"),
        "TMPDIR": str(inside / "home"),
        **audit.variables(ROOT / "src"),
        audit.WRITES: os.pathsep.join(map(str, may_write)),
        audit.REPORT: str(inside / "told.txt"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "dosenote", *words], cwd=inside / "here", env=env, capture_output=True,
        stdin=subprocess.DEVNULL, check=False, timeout=120, umask=0,
    )  # fmt: skip
    told = inside / "told.txt"
    assert not told.exists(), told.read_text("utf-8")
    assert done.returncode != audit.STATUS
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr
    return done


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_every_command_is_tried_here() -> None:
    """A new command has its place in the lists above."""
    assert {*COMMANDS, *WRITERS} == set(_commands(main))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_only_shows_writes_nothing(inside: Path, command: tuple[str, ...]) -> None:
    """Neither in the home, nor where one stands, nor in a folder for temporary files."""
    done = _run(inside, [*command, *COMMANDS[command]])
    assert done.returncode in (0, 1, 3), done.stderr
    assert done.stdout
    assert _files(inside / "home") + _files(inside / "here") + _files(inside / "out") == []


@pytest.mark.parametrize("words", [*WRONG, [], ["--version"], ["--help"]], ids=" ".join)
def test_what_fails_or_only_tells_writes_nothing(inside: Path, words: list[str]) -> None:
    """A slip, a missing file, no terminal, the version and the help."""
    _run(inside, words)
    assert _files(inside / "home") + _files(inside / "here") + _files(inside / "out") == []


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_a_command_writes_only_what_it_was_told_to(inside: Path, command: tuple[str, ...]) -> None:
    """The named files and nothing else; the product index in its own folder of the home."""
    if command[0] == "rules":
        shutil.move(inside / "in" / "few", inside / "out" / "rules")
    own = inside / "home" / ".local"
    places = [own] if command == ("products", "import") else [inside / "out"]
    done = _run(inside, [*command, *WRITERS[command]], *places)
    assert done.returncode in (0, 1, 3), done.stderr
    assert [path for path in _files(inside / "home") if not path.is_relative_to(own)] == []
    assert _files(inside / "here") == []
    if command == ("products", "import"):
        assert [path.name for path in _files(own) if path.is_file()] == ["products.sqlite"]
        assert stat.S_IMODE((own / "share" / "dosenote").stat().st_mode) == 0o700
        assert stat.S_IMODE((own / "share" / "dosenote" / "products.sqlite").stat().st_mode) & 0o022 == 0
    else:
        assert all(path.exists() for path in _outputs(inside, WRITERS[command]))


def _outputs(inside: Path, words: list[str]) -> list[Path]:
    return [inside / "out" / word.rpartition("OUT/")[2] for word in words if "OUT/" in word]


@pytest.mark.parametrize("command", [("batch",), ("check",), ("page",)], ids=" ".join)
def test_what_is_written_about_people_is_for_its_owner_only(inside: Path, command: tuple[str, ...]) -> None:
    """Also where the umask would leave it open to everybody, as it does here."""
    _run(inside, [*command, *WRITERS[command]], inside / "out")
    written = _files(inside / "out")
    assert {*_outputs(inside, WRITERS[command])} <= {*written}
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in written} == {path.name: 0o600 for path in written}


@contextmanager
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("command", [("batch",), ("check",), ("page",)], ids=" ".join)
def test_what_is_written_on_the_way_is_for_its_owner_only(
    inside: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has not got its name yet holds the same; it is looked at when it gets it."""
    seen: list[tuple[str, int]] = []
    replace = Path.replace

    def watched(path: Path, target: Path) -> Path:
        seen.append((str(target), stat.S_IMODE(path.stat().st_mode)))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    words = [word.replace("IN/", f"{inside}/in/").replace("OUT/", f"{inside}/out/") for word in WRITERS[command]]
    if command == ("batch",):
        words += ["--rejects", str(inside / "out" / "rejects.csv")]
    with _open_umask():
        CliRunner().invoke(main, [*command, *words])
    assert {str(path) for path in _outputs(inside, WRITERS[command])} <= {name for name, _ in seen}
    assert {mode for _, mode in seen} == {0o600}


def test_parquet_is_for_its_owner_only(inside: Path) -> None:
    """It is written a second time, from lines that can be continued."""
    pytest.importorskip("pyarrow")
    with _open_umask():
        done = CliRunner().invoke(main, ["batch", f"{inside}/in/rows.jsonl", "-o", f"{inside}/out/found.parquet"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert stat.S_IMODE((inside / "out" / "found.parquet").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_file_that_is_replaced_is_never_more_open_than_it_was(inside: Path, mode: int) -> None:
    """Who opened it to others did so on purpose; nobody else gets to read it, also where the umask would let them."""
    notes = inside / "out" / "notes.txt"
    notes.touch()
    notes.chmod(mode)
    _run(inside, ["check", "-f", "IN/list.toml", "-o", "OUT/notes.txt"], inside / "out")
    assert notes.read_text("utf-8").startswith("WHAT YOU ENTERED")
    assert stat.S_IMODE(notes.stat().st_mode) == mode


# --- the parsed rules


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our rules that stands for ours, from which nothing was kept yet."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("dosenote.ruleset.rules_folder", lambda: tmp_path / "rules")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "rules"


def test_what_is_kept_of_the_rules_is_rules_alone(own: Path, check: Callable[..., object]) -> None:
    """Its bytes are told by the rule files and the version of the tool: there is no room for anything of a person."""
    check("Vitamin D3 5000 IU daily; warfarin; age 67")
    load()
    (kept,) = (own / "__pycache__").iterdir()
    files = Files.read(own)
    stamp, digest, told, payload = _whole(kept.read_bytes())
    assert (stamp, digest) == ((__version__, *files.stamps), files.digest)
    assert told == hashlib.sha256(payload).digest()
    assert _whole(payload) == _plain(files.tables())


def _whole(data: bytes) -> Any:
    """What marshal reads from this, with nothing behind it."""
    stream = BytesIO(data)
    value = marshal.load(stream)
    assert stream.read() == b""
    return value


def _plain(value: object) -> object:
    """Dates as text, as marshal wants them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


# --- the prompt


def _prompt(inside: Path, *options: str, may_write: tuple[Path, ...] = ()) -> None:
    """Somebody enters a list at a terminal, and leaves it to the end."""
    pexpect = pytest.importorskip("pexpect")
    env = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_DATA_HOME", "DOSENOTE_DATA", *MEASURING))
        },
        "HOME": str(inside / "home"),
        "TERM": "dumb",
        **audit.variables(ROOT / "src"),
        audit.WRITES: os.pathsep.join(map(str, may_write)),
        audit.REPORT: str(inside / "told.txt"),
    }
    child = pexpect.spawn(
        sys.executable, ["-m", "dosenote", *options], env=env, cwd=str(inside / "here"), encoding="utf-8",
        dimensions=(50, 80), timeout=30, preexec_fn=lambda: os.umask(0),
    )  # fmt: skip
    try:
        child.expect(r"1> $")
        child.sendline("warfarin 5 mg daily")
        child.expect(r"2> $")
        child.sendline("")
        child.expect(r"  > $")
        child.sendline(":quit")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    told = inside / "told.txt"
    assert not told.exists(), told.read_text("utf-8")


def test_the_prompt_keeps_nothing_where_it_is_told_so(inside: Path) -> None:
    """--no-save writes nothing, wherever."""
    _prompt(inside, "--no-save")
    assert _files(inside / "home") + _files(inside / "here") == []


def test_the_prompt_keeps_an_unfinished_entry_for_its_owner_only(inside: Path) -> None:
    """In one folder of the home, whose place it says, and nowhere else; whatever the umask."""
    own = inside / "home" / ".local"
    _prompt(inside, may_write=(own,))
    folder = own / "share" / "dosenote"
    assert {path.name for path in folder.iterdir()} == {"entered.lock", "entered.toml"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "entered.lock").stat().st_size == 0
    assert {path for path in _files(inside / "home") if path.is_file()} == {*folder.iterdir()}
    assert _files(inside / "here") == []
