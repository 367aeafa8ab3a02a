"""Files of the person's own: what cannot be written is told in a sentence, and what was there stays."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from dosenote.cli.keeping import Kept, write_all, write_whole
from dosenote.errors import DosenoteError


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What keeps an entry in a folder of the test's own."""
    monkeypatch.setenv("DOSENOTE_DATA", str(tmp_path / "data"))
    return Kept()


@pytest.mark.parametrize("name", ["~nobody-of-this-name/mine.toml", "no/such/folder/mine.toml", "nul\0.toml", "."])
def test_a_name_that_can_be_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With the name, and whatever else was to be written is not, either."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DosenoteError) as told:
        write_all([(Path("first.toml"), "one"), (Path(name), "two")])
    assert "mine.toml" in str(told.value) or told.value.where == name
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    """It stays a link."""
    path = tmp_path / "mine.toml"
    path.symlink_to(path)
    with pytest.raises(DosenoteError, match="cannot be written"):
        write_whole(path, "text")
    assert path.is_symlink()


def test_a_device_that_is_full_is_told() -> None:
    """It is written to as it is, and not replaced."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with pytest.raises(DosenoteError, match="No space left"):
        write_whole(Path("/dev/full"), "text")


def test_what_was_there_stays_where_a_new_file_cannot_get_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text, and who may read it; nothing half is beside it."""
    path = tmp_path / "mine.toml"
    path.write_text("old", "utf-8")
    path.chmod(0o640)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(DosenoteError, match="cannot be written: Permission denied"):
        write_whole(path, "new")
    assert path.read_text("utf-8") == "old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_where_an_open_file_cannot_be_made_as_open_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody who could read it can no longer, or somebody who could not now can."""
    path = tmp_path / "mine.toml"
    path.write_text("old", "utf-8")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(DosenoteError, match="Operation not permitted"):
        write_whole(path, "new")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_entry_that_is_no_file_is_neither_forgotten_nor_put_aside_in_silence(kept: Kept) -> None:
    """A folder under its name stays, and it is said."""
    kept.path.mkdir(parents=True)
    with pytest.raises(DosenoteError, match="cannot be written"):
        kept.forget()
    with pytest.raises(DosenoteError, match="cannot be written"):
        kept.write("text")
    assert kept.path.is_dir()
    assert list(kept.path.parent.iterdir()) == [kept.path]


def test_there_is_nothing_to_put_aside(kept: Kept) -> None:
    """Somebody else has moved it meanwhile."""
    with pytest.raises(DosenoteError, match="cannot be written: No such file"):
        kept.set_aside()
    kept.forget()  # nothing kept is what is wanted


def test_a_second_prompt_does_not_keep(kept: Kept) -> None:
    """The first has the lock as long as it is there."""
    assert kept.holder() == ""
    assert kept.take()
    other = Kept()
    assert not other.take()
    assert re.fullmatch(rf"process {os.getpid()}, since \d\d \w{{3}} \d{{4}}, \d\d:\d\d", other.holder())
    other.release()
    assert other.holder()
    kept.release()
    assert kept.holder() == ""
    assert other.take()
    other.release()
