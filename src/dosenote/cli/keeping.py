"""Files of the person's own: written whole or not at all, and an unfinished entry kept for its owner only."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from itertools import chain, count
from pathlib import Path
from time import localtime, strftime

from dosenote.errors import DosenoteError
from dosenote.products.index import data_folder

#: Stands above every list that is saved from the prompt.
HEADER = "# Entered with dosenote. You can read and change this file; one item a line.\n"
#: What a file that cannot be written, or a name that is none, raises.
_TROUBLE = (OSError, RuntimeError, ValueError)


def moment_words(seconds: float) -> str:
    """ "22 Nov 2026, 13:02", where the person is. seconds: since 1970."""
    return strftime("%d %b %Y, %H:%M", localtime(seconds))


def write_whole(path: Path, text: str | bytes) -> None:
    """The text, or bytes, under its name, whole or not at all; a new file is for its owner only, an old one as open as
    it was.

    Raises DosenoteError where it cannot be written.
    """
    write_all([(path, text)])


def write_all(files: Iterable[tuple[Path, str | bytes]]) -> None:
    """Each text under its name, as `write_whole` does: all of them are written before the first gets its name.

    What is no file, as /dev/null or a pipe, is written to as it is. Raises DosenoteError where one cannot be written.
    """
    with ExitStack() as unnamed:
        written: list[tuple[str, Path]] = []
        streams: list[tuple[Path, str | bytes]] = []
        for path, text in files:
            try:
                place = path.expanduser()
                if place.exists() and not place.is_file():
                    if place.is_dir():
                        raise DosenoteError("it is a folder", str(path))
                    streams.append((place, text))
                    continue
                place = place.resolve()
                mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
            except _TROUBLE as error:
                raise _wrong(error, path) from None
            written.append((_write_beside(place, text, mode), place))
            unnamed.callback(_forget, written[-1][0])
        for path, text in streams:
            try:
                with path.open("wb") as stream:
                    stream.write(_bytes(text))
            except _TROUBLE as error:
                raise _wrong(error, path) from None
        for name, place in written:
            try:
                Path(name).replace(place)
            except _TROUBLE as error:
                raise _wrong(error, place) from None


def _write_beside(path: Path, text: str | bytes, mode: int | None) -> str:
    """The text in a new file in the same folder; its name."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".dosenote-")  # made with mode 600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_bytes(text))
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                Path(name).chmod(mode)
        except BaseException:
            _forget(name)
            raise
    except _TROUBLE as error:
        raise _wrong(error, path) from None
    return name


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text


def _forget(name: str) -> None:
    with suppress(OSError):
        Path(name).unlink()


def _wrong(error: Exception, path: Path) -> DosenoteError:
    return DosenoteError(f"cannot be written: {getattr(error, 'strerror', None) or error}", str(path))


class Kept:
    """An entry that is not finished, kept for its owner only, by one prompt at a time.

    path: where.
    """

    def __init__(self) -> None:
        self.path = data_folder() / "entered.toml"
        self._lock: int | None = None
        self._is_mine = False

    def take(self) -> bool:
        """Keep from now on what is entered; False when another prompt does so. Raises DosenoteError."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except _TROUBLE as error:
            raise _wrong(error, self.path.parent) from None
        try:
            import fcntl
        except ImportError:  # Windows: two prompts at once are told nothing of one another
            return True
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        self._is_mine = True
        with suppress(OSError):  # whom to name to a second prompt: the lock holds without it
            os.ftruncate(self._lock, 0)
            os.write(self._lock, str(os.getpid()).encode())
        return True

    def release(self) -> None:
        """Let another prompt keep its entry here, and leave nothing of this one in the lock."""
        if self._lock is not None:
            with suppress(OSError):
                if self._is_mine:
                    os.ftruncate(self._lock, 0)
                os.close(self._lock)
            self._lock = None

    def holder(self) -> str:
        """Which prompt keeps its entry here, as in "process 4711, since 22 Nov 2026, 13:02"; "" where nobody knows."""
        path = self.path.with_suffix(".lock")
        try:
            number, since = path.read_text("ascii"), path.stat().st_mtime
        except (OSError, ValueError):
            return ""
        return f"process {number}, since {moment_words(since)}" if number.isdigit() else ""

    def write(self, text: str) -> None:
        """A file of its own in the place of whatever is there, also of a link. Raises DosenoteError."""
        name = _write_beside(self.path, text, None)
        try:
            Path(name).replace(self.path)
        except _TROUBLE as error:
            _forget(name)
            raise _wrong(error, self.path) from None

    def set_aside(self) -> Path:
        """Move what cannot be read out of the way, over nothing, and for its owner only. Raises DosenoteError."""
        names = (self.path.with_suffix(f".unreadable{number or ''}.toml") for number in chain([0], count(2)))
        aside = next(path for path in names if not os.path.lexists(path))
        try:
            if not self.path.is_symlink():  # what a link leads to is not ours
                self.path.chmod(0o600)
            self.path.replace(aside)
        except _TROUBLE as error:
            raise _wrong(error, self.path) from None
        return aside

    def forget(self) -> None:
        """Delete what was kept. Raises DosenoteError."""
        try:
            self.path.unlink(missing_ok=True)
        except _TROUBLE as error:
            raise _wrong(error, self.path) from None
