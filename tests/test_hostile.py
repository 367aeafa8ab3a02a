"""Hostile and broken input through the commands: a clear answer that names the place, and nothing lost.

The table of what is text is data/hostile.toml; what is a state of a file system is below it.
"""

from __future__ import annotations

import gzip
import lzma
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from commands import Commands, Ran
from conftest import ROOT, copy_vocabulary
from dosenote.reader import Reader
from dosenote.regimen import Reading
from dosenote.ruleset import RuleSet

TABLE = tomllib.loads((Path(__file__).parent / "data" / "hostile.toml").read_text("utf-8"))["row"]
ROWS = [(row, command) for row in TABLE for command in row["run"]]
#: What stood at the place of an output before.
EARLIER = b"from an earlier run\n"
OUTPUTS = ("out.csv", "out.json", "page.html")


def content(row: dict[str, Any]) -> bytes:
    """The bytes of a row: text in an encoding, pieces that are repeated, packed, cut off."""
    data = bytes.fromhex(row.get("hex", "")) + row.get("text", "").encode(row.get("encoding", "utf-8"))
    data += b"".join(piece.encode() * count for piece, count in row.get("repeat", ()))
    if "pack" in row:
        data = _packed(data, row["pack"])
    return data[: row.get("cut")] + row.get("after", "").encode()


def _packed(data: bytes, how: str) -> bytes:
    if how == "zst":
        return bytes(pytest.importorskip("zstandard").ZstdCompressor().compress(data))
    return gzip.compress(data, mtime=0) if how == "gz" else lzma.compress(data)


@pytest.fixture
def here(tmp_path: Path, ruleset: RuleSet, monkeypatch: pytest.MonkeyPatch) -> Commands:
    folder = tmp_path / "here"
    folder.mkdir()
    return Commands(folder, ruleset, monkeypatch)


def is_clear(ran: Ran, says: list[str]) -> None:
    """Each of these words is told; no traceback, no internal error, nothing that steers a terminal."""
    told = " ".join(f"{ran.out} {ran.err}".split())
    for words in says:
        assert " ".join(words.split()) in told, (ran.status, told[:800])
    assert "Traceback" not in told
    assert "internal error" not in told
    assert {char for char in ran.out + ran.err if not char.isprintable()} <= {"\n"}


def test_the_table_is_large() -> None:
    """So many rows, each with words of its own."""
    assert len(ROWS) >= 150
    assert all(row["says"] and all(len(words) > 4 for words in row["says"]) for row in TABLE)


@pytest.mark.parametrize(("row", "command"), ROWS, ids=lambda value: value if isinstance(value, str) else value["what"])
def test_hostile_input_is_answered(here: Commands, row: dict[str, Any], command: str) -> None:
    """The status, the words, and every file that was there before as it was."""
    data = content(row)
    name = row.get("file", "")
    if "rules" in command and name:
        _rule_set(here.folder / "set")
        name = f"set/{name}"
        (here.folder / name).parent.mkdir(exist_ok=True)
    if name:
        (here.folder / name).write_bytes(data)
    for output in OUTPUTS:
        (here.folder / output).write_bytes(EARLIER)
    ran = here(
        [word.replace("LINE", row.get("line", "")) for word in shlex.split(command)], row.get("stdin", "").encode()
    )
    is_clear(ran, row["says"])
    assert ran.status == row["status"]
    if name:
        assert (here.folder / name).read_bytes() == data
    if ran.status == 2:
        assert not ran.out or "lint" in command
        assert all((here.folder / output).read_bytes() == EARLIER for output in OUTPUTS)
        assert not (here.folder / "out.csv.rejects.csv").exists()
    if "rejects" in row:
        rejected = (here.folder / "out.csv.rejects.csv").read_text("utf-8")
        assert all(words in rejected for words in row["rejects"]), rejected
        assert rejected.count("\n") == row["rows"] + 1
        assert not [*here.folder.glob("*.partial"), *here.folder.glob("*.checkpoint")]
    assert not [*here.folder.glob(".dosenote-*"), *here.folder.glob("*.part")]


def _rule_set(folder: Path) -> None:
    """Our vocabulary and sources, and one good rule."""
    folder.mkdir()
    copy_vocabulary(folder)
    (folder / "interaction").mkdir()
    shutil.copy(ROOT / "tests" / "broken_rules" / "good-interaction.toml", folder / "interaction" / "good.toml")


# --- states of a file system

LIST = "D3 1000 IU daily\nwarfarin\n"
TABLE_OF_ONE = "id,items\n1,D3 1000 IU daily\n"
Prepare = Callable[[Path], object]


def _link(name: str, to: str) -> Prepare:
    return lambda folder: (folder / name).symlink_to(to)


def _folder(name: str) -> Prepare:
    return lambda folder: (folder / name).mkdir()


def _pipe(name: str) -> Prepare:
    return lambda folder: os.mkfifo(folder / name)


def _hard(name: str, to: str) -> Prepare:
    return lambda folder: os.link(folder / to, folder / name)


def _sparse(name: str, size: int) -> Prepare:
    """A file of that size, which takes no room."""
    return lambda folder: ((folder / name).touch(), os.truncate(folder / name, size))


#: What is done to a folder with list.txt and table.csv, the command, and what it says.
STATES: list[tuple[Prepare, str, list[str]]] = [
    *[
        (prepare, f"{command} in.csv {more}".strip(), ["in.csv", words])
        for prepare, words in (
            (_link("in.csv", "nowhere"), "there is no such file"),
            (_link("in.csv", "in.csv"), "link"),
            (_folder("in.csv"), "this is a folder, and a file is wanted"),
            (lambda _folder: None, "there is no such file"),
        )
        for command, more in (
            ("check -f", ""), ("read", ""), ("review", ""), ("diff in.csv", ""), ("page", "-o page.html"), ("batch", "-o out.csv"),
        )
    ],
    *[
        (_folder("place.csv"), command, ["place.csv: it is a folder"])
        for command in (
            "check -f list.txt -o place.csv --format csv", "check -f list.txt --report csv=place.csv", "page list.txt -o place.csv --format text",
            "batch table.csv -o place.csv", "batch table.csv -o out.csv --results place.csv", "batch table.csv -o out.csv --rejects place.csv",
            "batch table.csv -o out.csv --summary place.csv",
        )
    ],
    *[
        (_link("place.csv", "place.csv"), command, ["Symlink loop"])
        for command in (
            "check -f list.txt -o place.csv --format csv", "check -f list.txt --report csv=place.csv", "page list.txt -o place.csv --format text",
            "batch table.csv -o place.csv", "batch table.csv -o out.csv --summary place.csv",
        )
    ],
    (_link("place", "place"), "rules site -o place", ["place: this is a link that leads to itself"]),
    *[
        (lambda _folder: None, command, [words])
        for command, words in (
            ("check -f list.txt -o no/out.json --format json", "no/out.json: cannot be written: No such file or directory"),
            ("check -f list.txt --report csv=no/out.csv", "no/out.csv: cannot be written: No such file or directory"),
            ("page list.txt -o no/page.html", "no/page.html: cannot be written: No such file or directory"),
            ("batch table.csv -o no/out.csv", "no/out.csv.partial: it cannot be written: No such file or directory"),
            ("batch table.csv -o out.csv --summary no/s.txt", "no: there is no such folder"),
            ("check -f list.txt -o list.txt", "list.txt is read by this check: it is not written over"),
            ("check -f list.txt --report csv=./list.txt", "list.txt is read by this check: it is not written over"),
            ("page list.txt -o list.txt --format text", "list.txt is read by this check: it is not written over"),
            ("batch table.csv -o table.csv", "table.csv is given twice"),
            ("batch table.csv -o ./table.csv", "table.csv is given twice"),
            ("batch table.csv -o out.csv --rejects out.csv", "out.csv is given twice"),
            ("batch table.csv -o out.csv --summary table.csv", "table.csv is given twice"),
            ("check -f list.txt -o a --report csv=a", "a is wanted twice"),
            ("check -f /dev/null", "/dev/null: nothing was entered"),
            ("page /dev/null -o page.html", "/dev/null: nothing was entered"),
            ("check -f -", "standard input: nothing was entered"),
            ("diff - -", "Only one of the two can be standard input"),
            ("batch - --input-format jsonl -o out.csv --resume", "the input is a pipe, which cannot be read again"),
            ("rules lint nowhere", "'nowhere' does not exist"),
            ("rules lint list.txt", "'list.txt' is a file"),
            ("rules lint .", ".: this folder holds no rule set"),
            ("products import --dsld nowhere", "'nowhere' does not exist"),
        )
    ],
    (_hard("same.txt", "list.txt"), "check -f list.txt -o same.txt", ["same.txt is read by this check"]),
    (_hard("same.html", "list.txt"), "page list.txt -o same.html", ["same.html is read by this check"]),
    (_hard("same.csv", "table.csv"), "batch table.csv -o same.csv", ["same.csv is given twice"]),
    (_hard("same.txt", "table.csv"), "batch table.csv -o out.csv --summary same.txt", ["same.txt is given twice"]),
    (_link("out.csv.partial", "earlier"), "batch table.csv -o out.csv", ["out.csv.partial: it is a link"]),
    (_link("out.csv.rejects.csv.partial", "earlier"), "batch table.csv -o out.csv", ["rejects.csv.partial: it is a link"]),
    (_folder("out.csv.checkpoint"), "batch table.csv -o out.csv", ["Is a directory: out.csv.checkpoint"]),
    (_pipe("pipe.csv"), "batch table.csv -o pipe.csv", ["pipe.csv: it is no file, and would be replaced by one"]),
    (_pipe("pipe.csv"), "batch table.csv -o out.csv --rejects pipe.csv", ["pipe.csv: it is no file"]),
    (_sparse("huge.txt", 3_000_000_000), "check -f huge.txt", ["huge.txt: more than 10 MB"]),
    (_sparse("huge.csv", 200_000_000), "batch huge.csv -o out.csv", ["huge.csv:1: the first line is too long"]),
    (lambda folder: (_folder("site")(folder), (folder / "site" / "mine").touch()), "rules site -o site", ["no site of dosenote: mine"]),
]  # fmt: skip


def _contents(folder: Path) -> dict[str, object]:
    """What is at each place: where a link leads, size and beginning of a file, else what kind of thing it is."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = path.readlink()
        elif path.is_file():
            with path.open("rb") as file:
                found[name] = path.stat().st_size, file.read(4096)
        else:
            found[name] = path.stat().st_mode
    return found


@pytest.mark.parametrize(
    ("prepare", "command", "says"), STATES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_state_of_a_folder_is_answered(here: Commands, prepare: Prepare, command: str, says: list[str]) -> None:
    """An error that names the place; whatever was in the folder is as it was, and no output has its name."""
    for name, text in (("list.txt", LIST), ("table.csv", TABLE_OF_ONE), ("earlier", "earlier")):
        (here.folder / name).write_text(text)
    prepare(here.folder)
    before = _contents(here.folder)
    ran = here(shlex.split(command))
    is_clear(ran, says)
    assert (ran.status, ran.out) == (2, "")
    after = _contents(here.folder)
    assert {name: after.get(name) for name in before} == before
    assert all(name.endswith(".partial") for name in after.keys() - before.keys())


# --- what only another process can meet

ENV = {**os.environ, "COLUMNS": "200"}


def _dosenote(folder: Path, command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    words = [sys.executable, "-m", "dosenote", *shlex.split(command)]
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENV} | options
    return subprocess.run(words, cwd=folder, timeout=60, check=False, **given)


def _shell(folder: Path, line: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", line.replace("dosenote", f"{sys.executable} -m dosenote")],
        cwd=folder, env=ENV, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "list.txt").write_text(LIST)
    (tmp_path / "table.csv").write_text(TABLE_OF_ONE)
    for name in OUTPUTS:
        (tmp_path / name).write_bytes(EARLIER)
    return tmp_path


def _is_unharmed(folder: Path) -> bool:
    kept = (folder / "list.txt").read_text() == LIST and (folder / "table.csv").read_text() == TABLE_OF_ONE
    return kept and all((folder / name).read_bytes() == EARLIER for name in OUTPUTS)


@pytest.mark.parametrize(
    "command",
    [
        "check -f list.txt",
        "check -f list.txt --format json",
        "read list.txt",
        "page list.txt",
        "review list.txt",
        "rules list",
    ],
)
@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
def test_standard_output_on_a_full_disk(folder: Path, command: str) -> None:
    """Said on standard error, with the status of an error."""
    done = _shell(folder, f"dosenote {command} > /dev/full")
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "place"),
    [("check -f list.txt -o out.json --format json", b"out.json"), ("page list.txt -o page.html", b"page.html"),
     ("check -f list.txt --report csv=out.csv", b"out.csv"), ("batch table.csv -o out.csv", b"out.csv.partial")],
)  # fmt: skip
def test_a_file_that_may_grow_no_further(folder: Path, command: str, place: bytes) -> None:
    """As on a full disk: the earlier file stays, and nothing half is beside it under its name."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))

    env = {name: value for name, value in ENV.items() if not name.startswith("COVERAGE_")}  # it would write, too
    done = _dosenote(folder, command, preexec_fn=limit, env={**env, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 2
    assert place in done.stderr
    assert b"File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert _is_unharmed(folder)
    assert not [*folder.glob(".dosenote-*")]


@pytest.mark.parametrize("command", ["check -f list.txt", "check -f list.txt --format json", "schema report"])
def test_a_report_is_whole_or_an_error_though_nothing_is_buffered(folder: Path, command: str) -> None:
    """Containers often set PYTHONUNBUFFERED; then one write may take a part of what it is given, and say nothing."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    env = {name: value for name, value in ENV.items() if not name.startswith("COVERAGE_")}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    with (folder / "out.txt").open("wb") as out:
        done = _dosenote(folder, command, stdout=out, preexec_fn=limit, env=env)
    assert done.returncode == 2
    assert b"could not be written" in done.stderr


@pytest.mark.parametrize("what", ["link", "loop", "folder", "fifo", "part"])
def test_a_rule_that_is_no_file_is_an_error_and_not_left_out(folder: Path, what: str) -> None:
    """The note on K2 and warfarin would be missing, and the report would say that nothing was found."""
    rules = folder / "rules"
    shutil.copytree(ROOT / "rules", rules)
    rule = rules / "interaction" / "mk-7-with-vitamin-k-antagonist.toml"
    if what == "part":
        shutil.rmtree(rules / "interaction")
        (rules / "interaction").symlink_to("nowhere")
    else:
        rule.unlink()
    if what in ("link", "loop"):
        rule.symlink_to("nowhere" if what == "link" else rule.name)
    elif what == "folder":
        rule.mkdir()
    elif what == "fifo":
        os.mkfifo(rule)
    for command in ("check warfarin --rules rules", "rules lint rules", "rules verify rules"):
        done = _dosenote(folder, command)
        assert done.returncode == 2
        assert b"this is nothing that can be read" in done.stderr
        assert (b"interaction: " if what == "part" else rule.name.encode()) in done.stderr


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("page loop -o p.html", b"dosenote: loop: "),
        ("check -f loop --report json=p.json", b"dosenote: loop: "),
        ("page list.txt -o loop.html", b"dosenote: loop.html: "),
    ],
)
def test_a_link_that_leads_to_itself_is_blamed_and_not_the_other_file(folder: Path, command: str, wrong: bytes) -> None:
    for name in ("loop", "loop.html"):
        (folder / name).symlink_to(name)
    done = _dosenote(folder, command)
    assert done.returncode == 2
    assert done.stderr.startswith(wrong)


def _become_nobody() -> None:
    """Somebody without a home, as the folders above ours are closed to them."""
    os.environ["DOSENOTE_DATA"] = "/nonexistent"
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("command", "says"),
    [("check -f list.txt", "list.txt: cannot be read: Permission denied"), ("page list.txt -o page.html", "list.txt: cannot be read: Permission denied"),
     ("batch table.csv -o out.csv", "table.csv: it cannot be read: Permission denied"), ("read list.txt", "list.txt: cannot be read: Permission denied"),
     ("check warfarin -o out.json --format json", "out.json: cannot be written: Permission denied"), ("check warfarin --report csv=out.csv", "out.csv: cannot be written: Permission denied"),
     ("page open.txt -o page.html", "page.html: cannot be written: Permission denied"), ("batch open.csv -o out.csv", "out.csv.partial: it cannot be written: Permission denied"),
     ("check -f list.txt -o new.json", "list.txt: cannot be read: Permission denied")],
)  # fmt: skip
def test_a_file_or_a_folder_of_somebody_else(
    ruleset: RuleSet, monkeypatch: pytest.MonkeyPatch, command: str, says: str
) -> None:
    """May be closed to us: said so, and nothing changes."""
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "here"
        folder.mkdir()
        Path(top).chmod(0o755)
        here = Commands(folder, ruleset, monkeypatch)
        for name, text in (
            ("open.txt", LIST),
            ("open.csv", TABLE_OF_ONE),
            ("list.txt", LIST),
            ("table.csv", TABLE_OF_ONE),
        ):
            (folder / name).write_text(text)
        here(shlex.split(command))  # as root, so that all is imported that somebody else may not read
        for name in OUTPUTS:
            (folder / name).write_bytes(EARLIER)
        for path in (*folder.glob("*.rejects.csv"), *folder.glob("new.*")):
            path.unlink()
        for name in ("list.txt", "table.csv", *OUTPUTS):
            (folder / name).chmod(0o600)
        before = _contents(folder)
        child = os.fork()
        if child == 0:
            try:
                is_right = False
                ran = here(shlex.split(command), before=_become_nobody)
                is_clear(ran, [says])
                is_right = (ran.status, ran.out) == (2, "")
            finally:
                os._exit(0 if is_right else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, (Path(top) / "here-streams" / "err").read_text()
        assert _contents(folder) == before


@pytest.mark.parametrize("command", ["check -f list.txt --explain", "read many.txt", "rules list", "page list.txt"])
def test_a_reader_that_goes_away(folder: Path, command: str) -> None:
    """A closed pipe ends it in silence."""
    (folder / "many.txt").write_text(LIST * 3000)
    done = _shell(folder, f"set -o pipefail; dosenote {command} | head -c 10")
    assert len(done.stdout) == 10
    assert done.returncode in (0, 1, 3, 141)
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("line", "status", "says"),
    [("dosenote check -f - <&-", 2, b"standard input"), ("dosenote check warfarin >&-", 2, b"standard output"),
     ("dosenote read - <&-", 0, b""), ("dosenote batch - --input-format csv -o new.csv <&-", 2, b"standard input")],
)  # fmt: skip
def test_a_stream_that_is_closed(folder: Path, line: str, status: int, says: bytes) -> None:
    """Nothing can be read or shown there: an error of a sentence."""
    done = _shell(folder, line)
    assert done.returncode == status
    assert says in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr
    assert not (folder / "new.csv").exists()


@pytest.mark.parametrize("command", ["batch - --input-format jsonl -o out.csv", "check -f -", "read -"])
def test_ctrl_c_in_the_middle(folder: Path, command: str) -> None:
    """Status 130, no traceback, and the earlier file as it was."""
    words = [sys.executable, "-m", "dosenote", *shlex.split(command)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=folder, env=ENV, **streams) as process:  # type: ignore[call-overload]
        process.stdin.write(b'{"id": 1, "items": ["D3"]}\n')
        process.stdin.flush()
        _is_reading(process.pid)
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        errors = process.stderr.read()
        process.stdout.read()
        process.wait(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert _is_unharmed(folder)


def _is_reading(process: int) -> None:
    """Waits until the process sleeps in a read of its standard input, for a while at most."""
    for _ in range(600):
        time.sleep(0.05)
        try:
            if Path(f"/proc/{process}/syscall").read_text().startswith("0 0x0 "):
                return
        except OSError:
            time.sleep(2)
            return


def test_two_runs_on_one_output(folder: Path) -> None:
    """The second is told so; the first goes on, and its output is whole."""
    words = [sys.executable, "-m", "dosenote", "batch", "-", "--input-format", "csv", "-o", "out.csv"]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=folder, env=ENV, **streams) as first:  # type: ignore[call-overload]
        first.stdin.write(TABLE_OF_ONE.encode())
        first.stdin.flush()
        for _ in range(600):
            if (folder / "out.csv.partial").exists():
                break
            time.sleep(0.05)
        second = _dosenote(folder, "batch table.csv -o out.csv")
        assert second.returncode == 2
        assert b"out.csv.partial: another run is writing it" in second.stderr
        assert _is_unharmed(folder)
        first.stdin.close()
        first.stdout.read()
        first.stderr.read()
        first.wait(timeout=60)
    assert (folder / "out.csv").read_bytes().startswith(b"line,id,rule,")
    assert not [*folder.glob("*.partial")]


@pytest.mark.parametrize("option", ["-o table.csv", "-o o.csv --results table.csv", "-o o.csv --summary table.md"])
def test_what_standard_input_is_read_from_is_not_written_over(folder: Path, option: str) -> None:
    """The shell's "<" names an input no less than FILE does."""
    (folder / "table.md").hardlink_to(folder / "table.csv")
    before = (folder / "table.csv").read_bytes()
    with (folder / "table.csv").open("rb") as table:
        found = _dosenote(folder, f"batch - --input-format csv {option}", stdin=table)
    assert found.returncode == 2
    assert b"need names of their own" in found.stderr
    assert (folder / "table.csv").read_bytes() == before
    assert not (folder / "o.csv").exists()


# --- names of files

#: A name that goes on in a line of its own, as if the program said it.
LYING = "x\ndosenote: 0 findings, all is well"


@pytest.mark.parametrize(
    "words",
    [["check", "-f", f"{LYING}.toml"], ["check", "D3 1000 IU daily", "-o", f"no-folder/{LYING}"],
     ["batch", LYING, "-o", "o.csv"], ["batch", f"{LYING}.csv", "-o", "o.csv"], ["batch", "a.csv", "-o", LYING],
     ["batch", "a.csv", "-o", "o.csv", "--map", LYING], ["rules", "verify", LYING], ["rules", "show", LYING],
     ["check", "D3 1000 IU daily", "--report", LYING], [LYING], ["review", f"{LYING}.toml"],
     ["rules", "new", LYING, "--kind", "dose", "--rules", "."]],
    ids=lambda words: " ".join(words).replace(LYING, "NAME"),
)  # fmt: skip
def test_no_name_begins_a_line_of_its_own(here: Commands, words: list[str]) -> None:
    """A line break in the name of a file cannot say something in the name of the program."""
    (here.folder / "a.csv").write_text("id,items\n1,D3\n")
    (here.folder / "dose").mkdir()
    ran = here(words)
    is_clear(ran, [])
    assert ran.status != 0
    assert not any(line.startswith("dosenote: 0 findings") for line in f"{ran.out}\n{ran.err}".splitlines())


def test_what_is_written_under_such_a_name_is_told_in_one_line(here: Commands) -> None:
    """Rejects, and the file that was written."""
    (here.folder / "a.csv").write_text("id,items\n1,D3\n1\n")
    for words in (["batch", "a.csv", "-o", f"{LYING}.csv"], ["page", "list.txt", "-o", f"{LYING}.html"]):
        (here.folder / "list.txt").write_text(LIST)
        ran = here(words)
        is_clear(ran, [])
        assert not any(line.startswith("dosenote: 0 findings") for line in ran.err.splitlines())


@pytest.mark.parametrize("name", [b"a\xff.toml", b"a\nb.toml", b"a\x1b[2J.toml"])
@pytest.mark.parametrize("command", ["verify", "lint"])
def test_a_rule_file_whose_name_cannot_be_shown(here: Commands, name: bytes, command: str) -> None:
    """It could not be listed in a seal: it is named, as far as it can be."""
    _rule_set(here.folder / "set")
    folder = here.folder / "set" / "dose"
    folder.mkdir(exist_ok=True)
    (folder / os.fsdecode(name)).write_text("x = 1\n")
    ran = here(["rules", command, "set"])
    is_clear(ran, ["the name of this file cannot be shown", "dose/'a"])
    assert ran.status == 2


@pytest.mark.parametrize("change", ["cut", "longer", "other", "none"])
def test_a_list_that_changes_while_it_is_read(here: Commands, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """What was shown may lack lines, so that is said; a list that stays as it is ends well."""
    path = here.folder / "long.txt"
    path.write_text("".join(f"vitamin D3 {n} IU daily\n" for n in range(1000, 3000)), "utf-8")
    plain = Reader.read_all

    def read_all(reader: Reader, lines: Iterable[str]) -> tuple[Reading, ...]:
        if change == "cut":
            os.truncate(path, 9000)
        elif change == "longer":
            with path.open("a", encoding="utf-8") as file:
                file.write("warfarin 5 mg daily\n")
        elif change == "other":
            os.utime(path, ns=(0, 0))  # as when others of the same length are written
        return plain(reader, lines)

    monkeypatch.setattr(Reader, "read_all", read_all)
    ran = here(["read", "long.txt"])
    said = "long.txt: it changed while it was read"
    assert (ran.status, said in ran.err) == ((0, False) if change == "none" else (2, True)), ran.err
