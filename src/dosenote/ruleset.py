"""Folder of TOML → RuleSet: the only reader of rule files, and the only place that knows where they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dosenote.errors import DosenoteError, RuleError, nearest
from dosenote.facts import Fact, catalogue
from dosenote.files import line_of, load_toml
from dosenote.rule import FOLDERS, JURISDICTIONS, Rule, rule_of
from dosenote.vocabulary import Vocabulary, build

#: Holds the digest of the rule files that `rules lint --seal` found without a mistake.
SEAL = "SEAL"


@dataclass(frozen=True, slots=True)
class Source:
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


class Sources(Mapping[str, Source]):
    """Source files by id, each parsed when it is first asked for: a run prints few of them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._parsed: dict[str, Source] = {}

    def __getitem__(self, id: str) -> Source:
        if id not in self._parsed:
            self._parsed[id] = Source(id=id, **load_toml(self._texts[id], f"sources/{id}.toml"))
        return self._parsed[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True)
class RuleSet:
    """Rules with everything that they refer to. digest: SHA-256 over every file of the folder."""

    version: str
    digest: str
    rules: tuple[Rule, ...]
    sources: Sources
    vocabulary: Vocabulary
    facts: Mapping[str, Fact]
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
        return tuple(
            rule for rule in self.rules if rule.jurisdiction in (None, jurisdiction) and not rule.withdrawn
        )


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
    if not files.is_sealed():
        from dosenote.shape import mistakes

        found = mistakes(files.texts)
        if found:
            raise RuleError(found)
    ruleset, wrong = assemble(files)
    if wrong:
        raise RuleError(wrong)
    return ruleset


@dataclass(frozen=True)
class Files:
    """Every TOML file of a rule folder: its text by path relative to the folder, in order."""

    folder: Path
    texts: Mapping[str, str]
    digest: str

    @classmethod
    def read(cls, folder: Path) -> Files:
        """Raises DosenoteError when the folder is no rule set or a file is not UTF-8."""
        if not (folder / "ruleset.toml").is_file():
            raise DosenoteError(
                "this folder holds no rule set", str(folder), "A rule set has a ruleset.toml and a vocabulary folder."
            )
        digest = hashlib.sha256()
        texts = {}
        paths = [folder / "ruleset.toml"]
        for part in ("vocabulary", "sources", *FOLDERS):
            paths += sorted((folder / part).glob("*.toml"))
        for path in paths:
            name = path.relative_to(folder).as_posix()
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
            try:
                texts[name] = content.decode("utf-8")
            except UnicodeDecodeError as error:
                raise DosenoteError(f"byte {error.start} is not UTF-8", str(path), "Save the file as UTF-8.") from None
        return cls(folder, texts, digest.hexdigest())

    def is_sealed(self) -> bool:
        seal = self.folder / SEAL
        return seal.is_file() and seal.read_text("utf-8").strip() == self.digest

    def under(self, part: str) -> dict[str, str]:
        """The texts of one subfolder, by file stem."""
        start = f"{part}/"
        return {
            name.removeprefix(start).removesuffix(".toml"): text
            for name, text in self.texts.items()
            if name.startswith(start)
        }


def assemble(files: Files) -> tuple[RuleSet, list[str]]:
    """The rule set from files whose shape is right, and what is wrong with its rows, as "file:line: what"."""
    about = load_toml(files.texts["ruleset.toml"], "ruleset.toml")
    vocabulary = build(
        {stem: load_toml(text, f"vocabulary/{stem}.toml") for stem, text in files.under("vocabulary").items()}
    )
    facts = catalogue(vocabulary)
    rules, wrong = [], []
    for folder in FOLDERS:
        for id, text in files.under(folder).items():
            name = f"{folder}/{id}.toml"
            rule, mistakes = rule_of(id, folder, load_toml(text, name), facts, vocabulary)
            rules.append(rule)
            wrong += [f"{name}:{line_of(text, mistake.path)}: {mistake.what}" for mistake in mistakes]
    ruleset = RuleSet(
        version=about["version"],
        digest=files.digest,
        rules=tuple(rules),
        sources=Sources(files.under("sources")),
        vocabulary=vocabulary,
        facts=facts,
        not_covered=tuple(about["not_covered"]),
        disclaimer=about["disclaimer"],
        nothing_raised=about["nothing_raised"],
    )
    return ruleset, wrong
