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


def kept_file() -> Path:
    """Where an entry that was not finished is kept."""
    return data_folder() / "entered.toml"


def write_whole(path: Path, text: str) -> None:
    """The text under its name, whole or not at all; a new file for its owner only, an old one as open as it was.

    Raises DosenoteError where it cannot be written.
    """
    path = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".dosenote-")  # made with mode 600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise DosenoteError(f"cannot be written: {error.strerror}", str(path)) from None


def keep(text: str) -> None:
    """Keep an entry that is not finished."""
    folder = kept_file().parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DosenoteError(f"cannot be written: {error.strerror}", str(folder), "Use --no-save.") from None
    write_whole(kept_file(), text)


def forget() -> None:
    """Delete what was kept."""
    kept_file().unlink(missing_ok=True)
