"""Folder of TOML → RuleSet: the only reader of rule files."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from dosenote import __version__
from dosenote.clashes import clashes
from dosenote.documents import line_of
from dosenote.errors import DosenoteError, RuleError, nearest
from dosenote.facts import Fact, catalogue
from dosenote.intake import Intake, intake_of
from dosenote.products import Product, product_of
from dosenote.rule import JURISDICTIONS, Rule, rule_of
from dosenote.rulefiles import FOLDERS, Files, rules_folder
from dosenote.vocabulary import Vocabulary, build

#: How a file is opened that must not be there yet.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


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
            self._parsed[id] = Source(id=id, **self._files.table(name))
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


def load(folder: Path | None = None) -> RuleSet:
    """The rule set in a folder (default: ours).

    Of ours, files whose digest is the sealed one were linted when the project was built, and are trusted. All others
    are checked first, whatever their own seal says; raises RuleError with every mistake as file:line.
    """
    ours = rules_folder()
    files = Files.read(folder or ours)
    is_ours = folder is None or folder.resolve() == ours.resolve()
    kept = _kept(files) if is_ours else None
    if kept is not None:
        digest, tables = kept
        return assemble(files, tables, digest)[0]
    is_trusted = is_ours and files.is_sealed()
    ruleset, wrong = assemble(files, _sealed_tables(files) if is_trusted else checked_tables(files))
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


def disagreeing_copy(folder: Path) -> Path | None:
    """The parsed copy of our rules, where one would be used and does not hold what the files hold; else None."""
    files = Files.read(folder)
    kept = _kept(files) if folder.resolve() == rules_folder().resolve() else None
    if kept is None:
        return None
    digest, tables = kept
    # The digest first: files that are not those of the copy may be no TOML at all.
    return None if digest == files.digest and tables == _without_dates(files.tables()) else _cache(files)


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
            cache.parent.mkdir(mode=0o755, exist_ok=True)
            payload = marshal.dumps(_without_dates(tables))
            own = hashlib.sha256(payload).digest()
            # Loaded without a check, so written by its owner only, however open the umask leaves new files.
            with os.fdopen(os.open(partial, _NEW, 0o644), "wb") as file:
                file.write(marshal.dumps(((__version__, *files.stamps), files.digest, own, payload)))
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
