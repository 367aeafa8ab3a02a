"""A folder that holds the whole site, or is as it was: written beside its place, and then put there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from dosenote.errors import DosenoteError

#: Names every file of a site, so that a later run knows what it may replace.
LIST = "site-files.txt"
_FIRST_LINE = "Written by dosenote rules site, which may replace these files. Other files here would be in its way."


def write_folder(target: Path, pages: Iterable[tuple[str, str]]) -> int:
    """Put files (path, text) in a folder, made if it is not there; how many pages.

    An older site there is replaced as a whole. Raises DosenoteError where the folder holds anything else, and where
    it cannot be written; the folder is then as it was.
    """
    try:
        place = target.resolve()  # behind a link, the folder itself is replaced, and the link stays
    except RuntimeError:
        raise DosenoteError("this is a link that leads to itself", str(target)) from None
    _refuse_foreign(place, target)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{place.name}.", dir=place.parent, ignore_cleanup_errors=True
        ) as beside:
            new, old = Path(beside) / "new", Path(beside) / "old"
            names = _write(new, pages)
            if place.exists():
                place.rename(old)
            try:
                new.rename(place)
            except OSError:
                if old.exists():
                    old.rename(place)
                raise
    except OSError as error:
        raise DosenoteError(
            f"the site cannot be written: {error.strerror or error}", str(target), "The folder is as it was."
        ) from None
    return sum(name.endswith(".html") for name in names)


def _write(folder: Path, pages: Iterable[tuple[str, str]]) -> list[str]:
    folder.mkdir()
    names = []
    for name, text in pages:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "replace"))
        names.append(name)
    (folder / LIST).write_text("\n".join([_FIRST_LINE, *sorted(names)]) + "\n", "utf-8")
    return names


def _refuse_foreign(place: Path, target: Path) -> None:
    """Nothing that somebody else put there may be lost."""
    if not place.exists():
        return
    if not place.is_dir():
        raise DosenoteError("this is a file, not a folder", str(target), "Give -o the name of a folder.")
    own = _own(place)
    foreign = sorted(name for path in place.rglob("*") if (name := path.relative_to(place).as_posix()) not in own)
    if foreign:
        others = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise DosenoteError(
            f"this folder holds what is no site of dosenote: {foreign[0]}{others}",
            str(target),
            "Give -o a new folder, an empty one, or one that an earlier run wrote.",
        )


def _own(place: Path) -> set[str]:
    """The files and folders of an older site, by its own list; none where there is no such list."""
    try:
        first, *names = (place / LIST).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return set()
    if first != _FIRST_LINE:
        return set()
    return {LIST, *names, *(name.rpartition("/")[0] for name in names)}
