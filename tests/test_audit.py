"""What watches the tests sees what it must: each thing that a test may not do makes it fail."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

import audit
from conftest import ROOT

#: What a test must not do; HOME is a folder outside its own.
SPOILT = {
    "a socket that connects": """
        import socket
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    """,
    "a socket that connects to this computer": """
        import socket
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)
    """,
    "a datagram": """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))
    """,
    "a name that is looked up": """
        import socket
        socket.getaddrinfo("example.org", 443)
    """,
    "a server": """
        import socket
        socket.socket().bind(("", 0))
    """,
    "a page of the web": """
        import urllib.request
        urllib.request.urlopen("https://example.org", timeout=0.1)
    """,
    "an error that is swallowed": """
        import socket
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=0.1)
        except BaseException:
            pass
    """,
    "a new file": 'open(f"{HOME}/new", "w").close()',
    "a file to append to": 'open(f"{HOME}/old", "a").close()',
    "a file opened by the system call": 'import os; os.close(os.open(f"{HOME}/new", os.O_CREAT | os.O_WRONLY))',
    "a file by a relative name": """
        import os
        os.chdir(HOME)
        open("new", "w").close()
    """,
    "a file behind a link": """
        import os
        os.symlink(f"{HOME}/old", f"{OWN}/link")
        open(f"{OWN}/link", "w").close()
    """,
    "a folder": 'import os; os.mkdir(f"{HOME}/folder")',
    "a file that is removed": 'import os; os.remove(f"{HOME}/old")',
    "a file that is moved away": 'import os; os.rename(f"{HOME}/old", f"{OWN}/old")',
    "a file that is moved there": """
        import os
        open(f"{OWN}/mine", "w").close()
        os.replace(f"{OWN}/mine", f"{HOME}/old")
    """,
    "a mode": 'import os; os.chmod(f"{HOME}/old", 0o777)',
    "a link": 'import os; os.symlink("/", f"{HOME}/link")',
    "a file cut": 'import os; os.truncate(f"{HOME}/old", 0)',
    "a folder opened first": """
        import os
        folder = os.open(HOME, os.O_RDONLY)
        os.remove("old", dir_fd=folder)
    """,
    "a database": 'import sqlite3; sqlite3.connect(f"{HOME}/new")',
}
#: What a test may do.
ALLOWED = {
    "reading": 'assert open(f"{HOME}/old").read() == "old"',
    "its own folder": 'open(f"{OWN}/new", "w").close()',
    "a temporary file": "import tempfile; tempfile.TemporaryFile().close()",
    "throwing away": 'open("/dev/null", "w").close()',
    "a database in memory": 'import sqlite3; sqlite3.connect(":memory:").close()',
    "a pair of sockets": "import socket; [one.close() for one in socket.socketpair()]",
}
#: Three ways to do it: in the test, in a Python that it starts, and in a process that it forks.
WAYS = {
    "test": "exec(code)",
    "started": 'subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)',
    "forked": "_forked(code)",
}
#: Ways to start a Python that nobody would watch.
UNWATCHED = {
    "an empty environment": 'subprocess.run([sys.executable, "-c", ""], env={})',
    "another PYTHONPATH": 'subprocess.run([sys.executable, "-c", ""], env={**os.environ, "PYTHONPATH": "src"})',
    "a Python that is told to look at none": 'subprocess.run([sys.executable, "-I", "-c", ""])',
    "in the place of a fork": "_forked('os.execve(sys.executable, [sys.executable], {})')",
    "at a terminal": "import pexpect; pexpect.spawn(sys.executable, env={}).wait()",
}
#: The file of tests that the run below is given.
_START = """
import os, subprocess, sys

def _forked(code):
    child = os.fork()
    if not child:
        try:
            exec(code)
        finally:
            os._exit(0)
    os.waitpid(child, 0)

"""
_TEST = """
def test_{number}(tmp_path):
    HOME, OWN = {home!r}, str(tmp_path)
    code = f"import os, subprocess, sys; HOME, OWN = {{HOME!r}}, {{OWN!r}}\\n" + {code!r}
    {way}
"""
DOINGS = {**SPOILT, **ALLOWED, **UNWATCHED}
RUN = [(name, way) for name in (*SPOILT, *ALLOWED) for way in WAYS] + [(name, "test") for name in UNWATCHED]


class Ran(NamedTuple):
    """What became of each test, and what pytest said of it."""

    outcomes: dict[tuple[str, str], tuple[str, str]]
    homes: Path

    def home(self, name: str, way: str) -> Path:
        return self.homes / str(RUN.index((name, way)))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run of pytest, watched as ours is, of tests that do all this; each has a HOME that is none of its folders."""
    folder = tmp_path_factory.mktemp("watched")
    tests = _START
    for number, (name, way) in enumerate(RUN):
        home = folder / "homes" / str(number)
        home.mkdir(parents=True)
        (home / "old").write_text("old", "utf-8")
        code = textwrap.dedent(DOINGS[name]).strip()
        tests += _TEST.format(number=number, home=str(home), code=code, way=WAYS[way])
    (folder / "test_spoilt.py").write_text(tests, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "watched", "-p", "no:cacheprovider", "--basetemp", "base"]
    env = {**os.environ, audit.REPORT: str(folder / "told.txt")}
    subprocess.run(
        [*command, "--junit-xml", "ran.xml", "test_spoilt.py"], cwd=folder, env=env, capture_output=True, check=False
    )
    outcomes = {}
    for case in ElementTree.parse(folder / "ran.xml").iter("testcase"):
        children = list(case)
        number = int(case.attrib["name"].removeprefix("test_"))
        outcomes[RUN[number]] = (children[0].tag, children[0].text or "") if children else ("passed", "")
    return Ran(outcomes, folder / "homes")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SPOILT)
def test_what_a_test_must_not_do_fails_it(ran: Ran, name: str, way: str) -> None:
    """The network, and a write elsewhere: in the test itself or below it, and although nobody looks at the result."""
    outcome, said = ran.outcomes[name, way]
    assert outcome == "failure", said
    assert "is the network" in said or "is no place for it" in said
    home = ran.home(name, way)
    assert [path.name for path in home.iterdir()] == ["old"]
    assert (home / "old").read_text("utf-8") == "old"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_test_may_do_passes(ran: Ran, name: str, way: str) -> None:
    """Reading, its own folders, temporary files: so what fails a test is not just anything."""
    assert ran.outcomes[name, way] == ("passed", "")


@pytest.mark.parametrize("name", UNWATCHED)
def test_a_process_that_nobody_would_watch_is_not_started(ran: Ran, name: str) -> None:
    """An environment without what watches, or a Python that is told to look at none."""
    outcome, said = ran.outcomes[name, "test"]
    assert outcome == "failure", said
    assert "without what watches it" in said


def test_a_started_process_ends_with_a_status_of_its_own(tmp_path: Path) -> None:
    """Nothing was done, standard error says what was tried, and the file for it says by whom."""
    told, new = tmp_path / "told.txt", tmp_path / "new"
    code = f"open({str(new)!r}, 'w')"
    env = {**os.environ, audit.REPORT: str(told), audit.WRITES: str(tmp_path / "own")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == audit.STATUS
    assert done.stderr == f"audit: open: {new} is written, which is no place for it\n"
    assert told.read_text("utf-8") == f"-c: {done.stderr.removeprefix('audit: ')}"
    assert not new.exists()


def test_this_run_is_watched(watch: audit.Watch) -> None:
    """The hook is on in this very test, allows this run's own folders, and no connection."""
    assert watch.is_on
    assert not watch.has_loopback
    with pytest.raises(audit.Violation):
        (ROOT / "not-written").write_text("", "utf-8")
    assert watch.found.pop().startswith("open: ")
    assert not (ROOT / "not-written").exists()
