"""The seal of the rules: what `--version` prints and `rules verify` compares is the files, not a copy of them."""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from dosenote import __version__
from dosenote.cli import main
from dosenote.errors import RuleError
from dosenote.rulefiles import PARTS, SEAL, Files, rules_folder
from dosenote.ruleset import RuleSet, load

RULE = "dose/vitamin-d-yearly-dose.toml"
OTHER = "0" * 64


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Our rules with their seal, in a folder of their own."""
    skipped = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=skipped))


@pytest.fixture
def own(copied: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our rules that stands for ours, with the parsed copy that a first run keeps."""
    _stands_for_ours(monkeypatch, lambda: copied)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    load()
    return copied


def _stands_for_ours(monkeypatch: pytest.MonkeyPatch, folder: Callable[[], Path]) -> None:
    for module in ("rulefiles", "ruleset", "cli.rules"):
        monkeypatch.setattr(sys.modules[f"dosenote.{module}"], "rules_folder", folder)


def verify(*words: str | Path) -> tuple[int, list[str]]:
    """The exit status of `rules verify`, and what it says."""
    done: Result = CliRunner().invoke(main, ["rules", "verify", *map(str, words)], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value or 0, done.output.splitlines()


def _plain_digest(folder: Path) -> str:
    """The digest as the help defines it, computed a second time."""
    names = [name for name in ("ruleset.toml", "left_out.toml") if (folder / name).is_file()]
    names += [f"{part}/{path.name}" for part in PARTS for path in sorted((folder / part).glob("*.toml"))]
    parts = [f"{name}\0{(folder / name).stat().st_size}\0".encode() + (folder / name).read_bytes() for name in names]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _kept(folder: Path) -> Path:
    (kept,) = (folder / "__pycache__").glob("ruleset.*.bin")
    return kept


def test_the_rules_that_ship_are_as_they_were_sealed() -> None:
    """Exit status 0, with the number of files and the digest."""
    files = Files.read(rules_folder())
    assert verify() == (0, [f"{len(files.names)} files, sha256 {files.digest}: as they were sealed"])


def test_the_digest_is_over_names_and_bytes_of_every_rule_file() -> None:
    """It can be computed by others."""
    assert Files.read(rules_folder()).digest == _plain_digest(rules_folder())


def test_the_version_names_the_tool_and_its_rules(ruleset: RuleSet) -> None:
    """`--version` prints the whole digest of the files."""
    done = CliRunner().invoke(main, ["--version"])
    assert done.exit_code == 0
    assert done.output == f"dosenote, version {__version__}\nrules {ruleset.version}, sha256 {ruleset.digest}\n"


def test_the_version_tells_rules_that_are_not_as_sealed(own: Path) -> None:
    """The digest is that of the files as they are, and a word says that it is not the sealed one."""
    (own / RULE).write_bytes((own / RULE).read_bytes() + b"# later\n")
    told = CliRunner().invoke(main, ["--version"]).output.splitlines()[1]
    assert f"sha256 {_plain_digest(own)}; not as they were sealed" in told


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_a_changed_byte_is_found(copied: Path, place: int) -> None:
    """Wherever it is; the file is named."""
    content = bytearray((copied / RULE).read_bytes())
    content[place] ^= 1
    (copied / RULE).write_bytes(content)
    status, said = verify(copied)
    assert status == 1
    assert said[0] == f"{RULE}: changed since it was sealed"
    assert "not what was sealed" in said[1]
    assert said[-1].endswith(_plain_digest(copied))


def test_an_added_file_is_found(copied: Path) -> None:
    """A rule that nobody sealed would be used; it is named."""
    shutil.copy(copied / RULE, copied / "dose" / "added.toml")
    status, said = verify(copied)
    assert (status, said[0]) == (1, "dose/added.toml: not there when the others were sealed")


def test_a_missing_file_is_found(copied: Path) -> None:
    """A rule that is gone raises nothing, and nobody would notice; it is named."""
    (copied / RULE).unlink()
    status, said = verify(copied)
    assert (status, said[0]) == (1, f"{RULE}: sealed, and missing")


def test_a_renamed_file_is_found(copied: Path) -> None:
    """The name of a file is the rule's id."""
    (copied / RULE).rename(copied / "dose" / "other.toml")
    status, said = verify(copied)
    assert (status, len(said)) == (1, 4)


def test_without_a_seal_nothing_is_verified(copied: Path) -> None:
    """Nothing to compare with is no success, unless a digest is told from elsewhere."""
    (copied / SEAL).unlink()
    assert verify(copied)[0] == 1
    assert verify(copied, "--digest", _plain_digest(copied))[0] == 0


def test_a_seal_of_the_digest_alone_is_enough(copied: Path) -> None:
    """As `lint --seal` wrote it before: the digest decides, and no file can be named."""
    (copied / SEAL).write_text(f"{_plain_digest(copied)}\n", "utf-8")
    assert verify(copied)[0] == 0
    (copied / RULE).unlink()
    status, said = verify(copied)
    assert (status, len(said)) == (1, 2)


def test_a_seal_that_contradicts_itself_is_found(copied: Path) -> None:
    """A damaged list in the seal is no agreement, although the digest is right."""
    text = (copied / SEAL).read_text("utf-8")
    (copied / SEAL).write_text(re.sub(rf"(?m)^\w+  {RULE}$", f"{OTHER}  {RULE}", text), "utf-8")
    status, said = verify(copied)
    assert (status, said[0]) == (1, f"{RULE}: changed since it was sealed")


def test_somebody_who_changes_both_is_found_by_a_digest_from_elsewhere(copied: Path) -> None:
    """The seal alone agrees, as the help says; a digest from elsewhere does not."""
    elsewhere = _plain_digest(copied)
    (copied / RULE).write_bytes((copied / RULE).read_bytes() + b"# forged\n")
    (copied / SEAL).write_text(Files.read(copied).sealed(), "utf-8")
    assert verify(copied)[0] == 0
    status, said = verify(copied, "--digest", elsewhere)
    assert (status, said[0]) == (1, "These files are not those of the digest that you gave.")


@pytest.mark.parametrize("change", [str.upper, lambda digest: f" {digest}\n"])
def test_a_digest_may_be_pasted_as_it_comes(copied: Path, change: Callable[[str], str]) -> None:
    """Capitals and blanks around it do not matter."""
    assert verify(copied, "--digest", change(_plain_digest(copied)))[0] == 0


@pytest.mark.parametrize("digest", ["", "abc", "1f7700d127d3", "g" * 64, "0" * 65])
def test_a_digest_in_part_is_refused(digest: str) -> None:
    """Twelve figures can be matched on purpose; only the whole digest is compared."""
    done = CliRunner().invoke(main, ["rules", "verify", "--digest", digest])
    assert (done.exit_code, "64 hexadecimal figures" in done.output) == (2, True)


def test_the_files_are_read_and_not_what_was_kept_of_them(own: Path) -> None:
    """A file whose size and time are as before, which the kept copy hides from a check, is found."""
    told = (own / RULE).stat()
    content = (own / RULE).read_bytes()
    (own / RULE).write_bytes(content.replace(b"serious", b"SERIOUS").replace(b"moderate", b"MODERATE", 1))
    assert (own / RULE).read_bytes() != content
    os.utime(own / RULE, ns=(told.st_atime_ns, told.st_mtime_ns))
    load()  # goes by size and time, as Python does with its bytecode
    status, said = verify()
    assert (status, said[0]) == (1, f"{RULE}: changed since it was sealed")
    assert said[-2] == f"{_kept(own)}: this copy does not hold what the files hold, and would be used. Delete it."


def test_a_kept_copy_that_was_forged_is_found(own: Path) -> None:
    """The copy can claim the right digest, and would then be used; it is compared with the files."""
    assert verify()[0] == 0
    stamp, digest, _, payload = marshal.loads(_kept(own).read_bytes())
    forged = payload.replace(b"call-first", b"good-toknw")
    assert forged != payload
    _kept(own).write_bytes(marshal.dumps((stamp, digest, hashlib.sha256(forged).digest(), forged)))
    status, said = verify()
    assert (status, len(said)) == (1, 2)
    assert said[0].startswith(f"{_kept(own)}: this copy does not hold what the files hold")


def test_the_kept_copy_is_written_by_its_owner_only(own: Path) -> None:
    """Whatever the umask: what it holds is used without a check."""
    shutil.rmtree(own / "__pycache__")
    before = os.umask(0)
    try:
        load()
    finally:
        os.umask(before)
    assert stat.S_IMODE(_kept(own).stat().st_mode) == 0o644
    assert stat.S_IMODE(_kept(own).parent.stat().st_mode) == 0o755


def test_a_folder_of_others_is_checked_whatever_its_seal_says(copied: Path) -> None:
    """Anybody can seal a folder; what it holds is checked before it is used."""
    (copied / RULE).write_text((copied / RULE).read_text("utf-8").replace("severity", "severety"), "utf-8")
    (copied / SEAL).write_text(Files.read(copied).sealed(), "utf-8")
    with pytest.raises(RuleError, match="severety"):
        load(copied)


def test_what_was_kept_in_a_folder_of_others_is_not_used(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parsed copy can hold anything under the right digest: only ours is opened."""
    _stands_for_ours(monkeypatch, rules_folder)
    opened: list[str] = []
    monkeypatch.setattr(marshal, "loads", lambda data: opened.append(repr(data)))
    load(own)
    assert opened == []


def test_the_seal_lists_every_file_and_its_digest() -> None:
    """In the lines of sha256sum, below the digest of the whole."""
    first, *lines = (rules_folder() / SEAL).read_text("utf-8").splitlines()
    assert first == Files.read(rules_folder()).digest
    assert [line.partition("  ")[2] for line in lines] == list(Files.read(rules_folder()).names)
    for line in lines:
        own_digest, _, name = line.partition("  ")
        assert hashlib.sha256((rules_folder() / name).read_bytes()).hexdigest() == own_digest
