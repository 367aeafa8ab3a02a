"""Watches what a process does: any use of the network, and any write outside the folders that it was given.

Uses Python's audit events, which every open, rename or connect raises before it happens. Not seen is what C code does
without Python (the Parquet writer, SQLite after it connected) and what other programs do. Loaded by `watched` in the
process of the tests, and by `sitecustomize` in every Python that they start.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
#: Tell a started Python where it may write (folders, joined as in PATH), and the file to which it tells what it did.
WRITES, REPORT = "DOSENOTE_AUDIT_WRITES", "DOSENOTE_AUDIT_REPORT"
#: Set where it may also open connections within this computer.
LOOPBACK = "DOSENOTE_AUDIT_LOOPBACK"
#: The exit status of a process that did what it must not.
STATUS = 97

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Where the paths that an event changes stand among its arguments, each with the place of its dir_fd.
_CHANGED = {
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.removexattr": ((0, None),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.setxattr": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
}
#: Events that change a name in a folder, and not what a link of that name leads to.
_NAMES = ("os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink")
#: Where the address stands among the arguments of an event.
_ADDRESSES = {
    "socket.bind": 1,
    "socket.connect": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyaddr": 0,
    "socket.gethostbyname": 0,
    "socket.sendmsg": 1,
    "socket.sendto": 1,
}
#: Where the program, its arguments and its environment stand among the arguments of an event.
_STARTED = {"subprocess.Popen": (0, 1, 3), "os.exec": (0, 1, 2), "os.posix_spawn": (0, 1, 2)}
#: Looked at before anything else: there are many events, and few of them matter.
_EVENTS = frozenset({"open", "sqlite3.connect", *_CHANGED, *_ADDRESSES, *_STARTED})
_AF_UNIX = 1
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: No files: terminals, what throws away, what is always full, and what a process has open already.
_DEVICES = re.compile(r"/dev/(null|full|tty|ptmx|pts/\d+)|/proc/\d+/fd/.*")
#: A Python, or a program of ours that is one.
_PYTHON = re.compile(r"(python[\d.]*|dosenote|pytest|pip[\d.]*)(\.exe)?")


class Violation(BaseException):
    """Not an Exception: no code that is tested may take it for an error of its own."""


class Watch:
    """An audit hook. roots: the folders that may be written; report: where a process that is not `owner` tells.

    Bytecode and the parsed rules lie in folders called __pycache__, which may always be written.
    """

    def __init__(self, roots: Iterable[str], report: str, owner: int | None) -> None:
        self.roots = tuple(os.path.realpath(root) for root in roots)
        self.report = report
        self.owner = owner
        self.is_on = False
        self.found: list[str] = []
        self.has_loopback = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on or event not in _EVENTS:
            return
        what = self._what(event, arguments)
        if what:
            self._tell(f"{event}: {what}")

    @contextmanager
    def loopback(self, is_allowed: bool = True) -> Iterator[None]:
        """Connections within this computer are allowed in this block."""
        before, self.has_loopback = self.has_loopback, is_allowed
        try:
            yield
        finally:
            self.has_loopback = before

    def _what(self, event: str, arguments: tuple[Any, ...]) -> str | None:
        """What is wrong with an event; None when nothing is."""
        if event == "open":
            path, _, flags = arguments
            return self._written(path) if isinstance(flags, int) and flags & _WRITING else None
        if event in _CHANGED:
            follows = event not in _NAMES
            wrong = (self._written(arguments[at], _at(arguments, fd), follows) for at, fd in _CHANGED[event])
            return next(filter(None, wrong), None)
        if event in _ADDRESSES:
            return self._reached(arguments, _ADDRESSES[event])
        if event in _STARTED:
            program, words, variables = (arguments[at] for at in _STARTED[event])
            return _unwatched(program, words, variables)
        return self._connected(arguments[0])

    def _written(self, path: object, folder: object = None, follows: bool = True) -> str | None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return None  # a number: what is open already
        name = os.fsdecode(path)
        if isinstance(folder, int) and folder >= 0 and not os.path.isabs(name):
            name = os.path.join(f"/proc/self/fd/{folder}", name)
        above, last = os.path.split(name.rstrip(os.sep) or os.sep)
        place = os.path.realpath(name) if follows else os.path.join(os.path.realpath(above), last)
        if "__pycache__" in place.split(os.sep) or _DEVICES.fullmatch(place):
            return None
        if any(place == root or place.startswith(root + os.sep) for root in self.roots):
            return None
        return f"{place} is written, which is no place for it"

    def _connected(self, database: object) -> str | None:
        name = os.fsdecode(database) if isinstance(database, (str, bytes, os.PathLike)) else ""
        if name in ("", ":memory:") or (name.startswith("file:") and "mode=ro" in name):
            return None
        return self._written(name.removeprefix("file:").partition("?")[0])

    def _reached(self, arguments: tuple[Any, ...], at: int) -> str | None:
        address = arguments[at] if at < len(arguments) else None
        if address is None:
            return None  # on a socket that is connected already
        if getattr(arguments[0], "family", None) == _AF_UNIX:
            return self._written(address) if address else None
        host = address[0] if isinstance(address, tuple) and address else address
        if self.has_loopback and host in _LOOPBACK:
            return None
        return f"{address!r} is the network"

    def _tell(self, what: str) -> None:
        if self.owner == os.getpid():
            self.found.append(what)
            raise Violation(what)
        self.is_on = False  # what follows is to tell, and nothing else
        with suppress(OSError):
            report = os.open(self.report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.write(report, f"{' '.join(sys.argv[:4])}: {what}\n".encode("utf-8", "replace"))
        with suppress(OSError):
            os.write(2, f"audit: {what}\n".encode("utf-8", "replace"))
        os._exit(STATUS)


def _at(arguments: Sequence[Any], place: int | None) -> object:
    return arguments[place] if place is not None and place < len(arguments) else None


def _unwatched(program: object, words: object, variables: Mapping[Any, Any] | None) -> str | None:
    """Why a Python that is to be started would not be watched; None for other programs, and when it would."""
    first = program if program is not None else words[0] if isinstance(words, (list, tuple)) else words
    name = os.path.basename(os.fsdecode(first)) if isinstance(first, (str, bytes, os.PathLike)) else ""
    if not _PYTHON.fullmatch(name):
        return None
    said = os.environ if variables is None else variables
    told = {os.fsdecode(key): os.fsdecode(value) for key, value in said.items()}
    if HERE not in told.get("PYTHONPATH", "").split(os.pathsep) or WRITES not in told or REPORT not in told:
        return f"{name} is started without what watches it: keep PYTHONPATH, {WRITES} and {REPORT} in its environment"
    flags = [os.fsdecode(word) for word in words[1:4]] if isinstance(words, (list, tuple)) else []
    if {"-I", "-E", "-S"} & set(flags):
        return f"{name} is started with {' '.join(flags)}, and so without what watches it"
    return None


def variables(*folders: str | os.PathLike[str]) -> dict[str, str]:
    """What the environment of a started Python must hold; folders: those for PYTHONPATH, beside what watches."""
    path = os.pathsep.join([HERE, *map(os.fspath, folders)])
    return {"PYTHONPATH": path, WRITES: os.environ[WRITES], REPORT: os.environ[REPORT]}
