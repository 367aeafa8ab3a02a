"""Files of the person's own: written whole or not at all, and an unfinished entry kept for its owner only."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from dosenote.errors import DosenoteError
from dosenote.products.index import data_folder

#: Stands above every list that is saved from the prompt.
HEADER = "# Entered with dosenote. You can read and change this file; one item a line.\n"
#: What a file that cannot be written, or a name that is none, raises.
_TROUBLE = (OSError, RuntimeError, ValueError)


def write_whole(path: Path, text: str) -> None:
    """The text under its name, whole or not at all; a new file for its owner only, an old one as open as it was.

    Raises DosenoteError where it cannot be written.
    """
    try:
        path = path.expanduser().resolve()
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    except _TROUBLE as error:
        raise _wrong(error, path) from None
    _write(path, text, mode)


def _write(path: Path, text: str, mode: int | None) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".dosenote-")  # made with mode 600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except _TROUBLE as error:
        raise _wrong(error, path) from None


def _wrong(error: Exception, path: Path) -> DosenoteError:
    return DosenoteError(f"cannot be written: {getattr(error, 'strerror', None) or error}", str(path))


class Kept:
    """An entry that is not finished, kept for its owner only, by one prompt at a time.

    path: where.
    """

    def __init__(self) -> None:
        self.path = data_folder() / "entered.toml"
        self._lock: int | None = None

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
        return True

    def write(self, text: str) -> None:
        """A file of its own in the place of whatever is there, also of a link. Raises DosenoteError."""
        _write(self.path, text, None)

    def set_aside(self) -> Path:
        """Move what cannot be read out of the way. Raises DosenoteError."""
        aside = self.path.with_suffix(".unreadable.toml")
        try:
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
