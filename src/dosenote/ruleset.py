"""Folder of TOML → RuleSet: the only reader of rule files, and the only place that knows where they are."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from dosenote import __version__
from dosenote.documents import line_of, load_toml
from dosenote.errors import DosenoteError, RuleError, nearest
from dosenote.facts import Fact, catalogue
from dosenote.intake import Intake, intake_of
from dosenote.products import Product, product_of
from dosenote.rule import FOLDERS, JURISDICTIONS, Rule, rule_of
from dosenote.vocabulary import Vocabulary, build, clashes

#: Holds the digest of the rule files that `rules lint --seal` found without a mistake.
SEAL = "SEAL"
#: The folders of a rule set.
PARTS = ("vocabulary", "sources", "products", "intakes", *FOLDERS)


class Source(NamedTuple):
    """One publication. problem: what is wrong with it, or with the copy that was read."""

    id: str
    title: str
    kind: str
    by: str = ""
    url: str = ""
    doi: str = ""
    where: str = ""
    year: int | None = None
    read: str = ""
    problem: str = ""

    @property
    def link(self) -> str:
        """Where it can be looked up; the DOI where it has one, else the page that was read."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class Sources(Mapping[str, Source]):
    """Source files by id, each parsed when it is first asked for: a run prints few of them."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._names = {
            name[len("sources/") : -len(".toml")]: name for name in files.names if name.startswith("sources/")
        }
        self._parsed: dict[str, Source] = {}

    def __getitem__(self, id: str) -> Source:
        if id not in self._parsed:
            name = self._names[id]
            self._parsed[id] = Source(id=id, **load_toml(self._files.text(name), name))
        return self._parsed[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class RuleSet:
    """Rules with everything that they refer to. digest: SHA-256 over every file of the folder."""

    version: str
    digest: str
    rules: tuple[Rule, ...]
    sources: Sources
    vocabulary: Vocabulary
    facts: Mapping[str, Fact]
    products: tuple[Product, ...]
    intakes: tuple[Intake, ...]
    not_covered: tuple[str, ...]
    disclaimer: str
    nothing_raised: str

    def rule(self, id: str) -> Rule:
        """The rule of this id; raises DosenoteError with the nearest one when there is none."""
        for rule in self.rules:
            if rule.id == id:
                return rule
        raise DosenoteError(
            f'no rule is called "{id}".{nearest(id, [rule.id for rule in self.rules])}',
            hint='"dosenote rules list" shows them all.',
        )

    def for_jurisdiction(self, jurisdiction: str) -> tuple[Rule, ...]:
        """The rules that apply there: those of that authority and those of none; withdrawn ones never."""
        assert jurisdiction in JURISDICTIONS
        return tuple(rule for rule in self.rules if rule.jurisdiction in (None, jurisdiction) and not rule.withdrawn)

    def intakes_for(self, jurisdiction: str) -> tuple[Intake, ...]:
        """The intakes that the authority there states; another's and withdrawn ones never."""
        assert jurisdiction in JURISDICTIONS
        return tuple(one for one in self.intakes if one.jurisdiction == jurisdiction and not one.withdrawn)


def rules_folder() -> Path:
    """Where the rules are: inside the package when it was installed from a wheel, else in the checkout.

    hatchling copies rules/ into the wheel; an editable install runs the code from src/, where it does not lie.
    """
    packaged = Path(__file__).parent / "rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"


def load(folder: Path | None = None) -> RuleSet:
    """The rule set in a folder (default: ours).

    Files whose digest is the sealed one were linted when the project was built, and are trusted. Others are checked
    first; raises RuleError with every mistake as file:line.
    """
    files = Files.read(folder or rules_folder())
    kept = _kept(files)
    if kept is not None:
        digest, tables = kept
        return assemble(files, tables, digest)[0]
    ruleset, wrong = assemble(files, _sealed_tables(files) if files.is_sealed() else checked_tables(files))
    if wrong:
        raise RuleError(wrong)
    return ruleset


def checked_tables(files: Files) -> dict[str, dict[str, Any]]:
    """What the files hold, by path, once nothing is wrong with their shape; raises RuleError when something is."""
    from dosenote.shape import mistakes

    found = mistakes(files.texts())
    if found:
        raise RuleError(found)
    tables = files.tables()
    for stem, id, what in clashes(_vocabulary_tables(tables)):
        name = f"vocabulary/{stem}.toml"
        found.append(f"{name}:{line_of(files.text(name), (id, 'unit' if stem == 'amounts' else 'label'))}: {what}")
    if found:
        raise RuleError(found)
    return tables


def _vocabulary_tables(tables: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    start = "vocabulary/"
    return {
        name.removeprefix(start).removesuffix(".toml"): table
        for name, table in tables.items()
        if name.startswith(start)
    }


def _cache(files: Files) -> Path:
    return files.folder / "__pycache__" / f"ruleset.{sys.implementation.cache_tag}.bin"


def _kept(files: Files) -> tuple[str, dict[str, dict[str, Any]]] | None:
    """The digest and the tables of sealed files as an earlier run kept them; None where the files are others since.

    As with Python's own bytecode, a file is the same while its size and the time of its last change are. What is kept
    was linted and sealed, and names its own digest.
    """
    try:
        stamp, digest, own, payload = marshal.loads(_cache(files).read_bytes())
        if stamp == (__version__, *files.stamps) and files.seal() == digest.encode():
            return (digest, dict(marshal.loads(payload))) if own == hashlib.sha256(payload).digest() else None
    except (OSError, ValueError, EOFError, TypeError):
        pass
    return None


def _sealed_tables(files: Files) -> dict[str, dict[str, Any]]:
    """What sealed files hold, parsed, and kept in __pycache__ as Python keeps its own bytecode.

    Reading and parsing is most of the time that a check takes. Where the copy cannot be written, or
    sys.dont_write_bytecode says not to, every run parses.
    """
    tables = files.tables()
    if not sys.dont_write_bytecode:
        cache = _cache(files)
        partial = cache.with_suffix(f".{os.getpid()}")
        try:
            cache.parent.mkdir(exist_ok=True)
            payload = marshal.dumps(_without_dates(tables))
            own = hashlib.sha256(payload).digest()
            partial.write_bytes(marshal.dumps(((__version__, *files.stamps), files.digest, own, payload)))
            partial.replace(cache)
        except OSError:
            pass
    return tables


def _without_dates(value: Any) -> Any:
    """Dates as text: marshal does not know them, and rule_of reads both."""
    if isinstance(value, dict):
        return {key: _without_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _toml_files(folder: Path, part: str) -> list[Stamp]:
    """The TOML files of a folder, in order; none when there is no such folder."""
    try:
        with os.scandir(folder / part) as entries:
            found = sorted((e.name, e) for e in entries if e.name.endswith(".toml") and e.is_file())
    except FileNotFoundError:
        return []
    return [_stamp(f"{part}/{name}", entry.stat()) for name, entry in found]


def _stamp(name: str, told: os.stat_result) -> Stamp:
    return name, told.st_size, told.st_mtime_ns


#: A file's path relative to the folder, its size, and when it was changed last, in nanoseconds.
Stamp = tuple[str, int, int]


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
        alone = [folder / name for name in ("ruleset.toml", "left_out.toml") if (folder / name).is_file()]
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
        seal = self.folder / SEAL
        return seal.read_bytes().strip() if seal.is_file() else b""

    def is_sealed(self) -> bool:
        """Whether the files are those that were linted and sealed."""
        return self.seal() == self.digest.encode()

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

    def tables(self) -> dict[str, dict[str, Any]]:
        """Every file parsed, but for the sources; raises DosenoteError where one is not TOML."""
        return {name: load_toml(self.text(name), name) for name in self.contents if not name.startswith("sources/")}


def _products(tables: Mapping[str, dict[str, Any]]) -> Iterator[Product]:
    for name, table in tables.items():
        if name.startswith("products/"):
            yield from (product_of(id, product) for id, product in table.items())


def assemble(files: Files, tables: Mapping[str, dict[str, Any]], digest: str = "") -> tuple[RuleSet, list[str]]:
    """The rule set from files whose shape is right, and what is wrong with its rows, as "file:line: what".

    tables: what the files hold, by path, those of the sources left out. digest: theirs, where it is known.
    """
    about = tables["ruleset.toml"]
    vocabulary = build(_vocabulary_tables(tables))
    facts = catalogue(vocabulary)
    rules, wrong = [], []
    for folder in FOLDERS:
        for name, table in tables.items():
            if name.startswith(f"{folder}/"):
                id = name.removeprefix(f"{folder}/").removesuffix(".toml")
                rule, mistakes = rule_of(id, folder, table, facts, vocabulary)
                rules.append(rule)
                wrong += [f"{name}:{line_of(files.text(name), mistake.path)}: {mistake.what}" for mistake in mistakes]
    intakes = []
    for jurisdiction in JURISDICTIONS:
        name = f"intakes/{jurisdiction}.toml"
        for id, table in tables.get(name, {}).items():
            intake, mistakes = intake_of(id, jurisdiction, table, facts, vocabulary)
            intakes.append(intake)
            wrong += [f"{name}:{line_of(files.text(name), mistake.path)}: {mistake.what}" for mistake in mistakes]
    ruleset = RuleSet(
        version=about["version"],
        digest=digest or files.digest,
        rules=tuple(rules),
        sources=Sources(files),
        vocabulary=vocabulary,
        facts=facts,
        products=tuple(_products(tables)),
        intakes=tuple(intakes),
        not_covered=tuple(about["not_covered"]),
        disclaimer=about["disclaimer"],
        nothing_raised=about["nothing_raised"],
    )
    return ruleset, wrong
