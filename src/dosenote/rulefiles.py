"""The files of a rule set, where ours are, and the seal that tells one set from another. Standard library only.

`dosenote --version` and the build of the wheel need no more than this.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from dosenote.errors import DosenoteError, RuleError

#: The folders that hold rules: one kind of rule each.
FOLDERS = ("dose", "interaction", "pairing", "condition", "timing", "form")
#: The folders of a rule set.
PARTS = ("vocabulary", "sources", "products", "intakes", *FOLDERS)
#: So begins the link that an editor puts beside a file that is open in it.
_LOCK = ".#"
#: Holds the digest of the rule files that `rules lint --seal` found without a mistake, then one line for each file.
SEAL = "SEAL"


def rules_folder() -> Path:
    """Where the rules are: inside the package when it was installed from a wheel, else in the checkout.

    hatchling copies rules/ into the wheel; an editable install runs the code from src/, where it does not lie.
    """
    packaged = Path(__file__).parent / "rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"


def _toml_files(folder: Path, part: str) -> list[Stamp]:
    """The TOML files of a folder, in order; none when there is no such folder.

    Raises DosenoteError for what is called a TOML file and is none: a rule may be behind it, and would be missing.
    """
    try:
        with os.scandir(folder / part) as entries:
            found = sorted((e.name, e) for e in entries if e.name.endswith(".toml") and not e.name.startswith(_LOCK))
    except FileNotFoundError:
        if os.path.lexists(folder / part):
            raise _no_file(part) from None
        return []
    for name, entry in found:
        _check_file(Path(entry.path), f"{part}/{name}" if name.isprintable() else f"{part}/{name!a}")
        if not name.isprintable():  # nor is one whose bytes are not UTF-8
            raise DosenoteError("the name of this file cannot be shown, so it cannot be sealed", f"{part}/{name!a}")
    return [_stamp(f"{part}/{name}", entry.stat()) for name, entry in found]


def _check_file(path: Path, name: str) -> None:
    if not path.is_file():
        raise _no_file(name)


def _no_file(name: str) -> DosenoteError:
    hint = "A pipe, or a link that leads nowhere, is no rule. Put the file there, or take it away."
    return DosenoteError("this is nothing that can be read", name, hint)


def _stamp(name: str, told: os.stat_result) -> Stamp:
    return name, told.st_size, told.st_mtime_ns


#: A file's path relative to the folder, its size, and when it was changed last, in nanoseconds.
Stamp = tuple[str, int, int]


class Unsealed(NamedTuple):
    """How the files differ from those that were sealed, by path; None where the seal does not list its files."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Files:
    """Every TOML file of a rule folder, by path relative to the folder, in order; read when something asks for them."""

    folder: Path
    stamps: tuple[Stamp, ...]

    @classmethod
    def read(cls, folder: Path) -> Files:
        """Raises DosenoteError when the folder is no rule set."""
        if not (folder / "ruleset.toml").is_file():
            raise DosenoteError(
                "this folder holds no rule set",
                str(folder),
                "A rule set has a ruleset.toml and a vocabulary folder.",
            )
        alone = [folder / name for name in ("ruleset.toml", "left_out.toml") if os.path.lexists(folder / name)]
        for path in alone:
            _check_file(path, path.name)
        parts = [stamp for part in PARTS for stamp in _toml_files(folder, part)]
        return cls(folder, (*(_stamp(path.name, path.stat()) for path in alone), *parts))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, relative to the folder."""
        return tuple(name for name, _, _ in self.stamps)

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """The bytes of every file."""
        return {name: self._bytes(name) for name in self.names}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the names and the bytes of all of them."""
        digest = hashlib.sha256()
        for name, content in self.contents.items():
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def _bytes(self, name: str) -> bytes:
        with FileIO(f"{os.fspath(self.folder)}/{name}") as file:  # read whole, in half of the time of a Path
            return file.readall() or b""

    def seal(self) -> bytes:
        """The digest that was sealed; empty where none was."""
        return self._seal().partition(b"\n")[0].strip()

    def _seal(self) -> bytes:
        try:
            return self._bytes(SEAL)
        except OSError:
            return b""

    def is_sealed(self) -> bool:
        """Whether the files are those that were linted and sealed."""
        return self.seal() == self.digest.encode()

    def sealed(self) -> str:
        """The seal of these files: their digest, and below it the SHA-256 and the path of each."""
        return "".join([f"{self.digest}\n", *(f"{own}  {name}\n" for name, own in self._digests().items())])

    def unsealed(self) -> Unsealed | None:
        """What differs from the files that the seal lists; None where there is no such list."""
        lines = self._seal().decode("utf-8", "replace").splitlines()[1:]
        if not lines:
            return None
        sealed = {name: own for own, _, name in (line.partition("  ") for line in lines)}
        here = self._digests()
        return Unsealed(
            tuple(name for name in here if name in sealed and here[name] != sealed[name]),
            tuple(name for name in here if name not in sealed),
            tuple(name for name in sealed if name not in here),
        )

    def _digests(self) -> dict[str, str]:
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.contents.items()}

    def text(self, name: str) -> str:
        """Raises RuleError when the file is not UTF-8, or begins with a byte order mark."""
        content = self.contents[name] if "contents" in self.__dict__ else self._bytes(name)
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise RuleError([f"{name}:{line}: this is not UTF-8; save the file as UTF-8 text"]) from None
        if text.startswith("\ufeff"):
            raise RuleError([f"{name}:1: the file begins with a byte order mark; save it as UTF-8 without one"])
        return text

    def texts(self) -> dict[str, str]:
        """Every file as text, by path. Raises RuleError where one is not UTF-8."""
        return {name: self.text(name) for name in self.contents}

    def table(self, name: str) -> dict[str, Any]:
        """One file, parsed; raises DosenoteError where it is not TOML."""
        from dosenote.documents import load_toml

        return load_toml(self.text(name), name)

    def tables(self) -> dict[str, dict[str, Any]]:
        """Every file parsed, but for the sources; raises DosenoteError where one is not TOML."""
        return {name: self.table(name) for name in self.contents if not name.startswith("sources/")}
