"""A whole batch: output appears under its name only when it is complete, and a run that was killed goes on."""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, NamedTuple

from dosenote.batch.part import FINDING, REJECT, RESULT, Counted, header
from dosenote.batch.source import Place, Source
from dosenote.batch.work import Checked, Workers
from dosenote.errors import DosenoteError

#: Seconds between two notes of how far a run has come.
_EVERY = 3.0


class Names(NamedTuple):
    """The files of a batch. results: None for no file of results."""

    findings: Path
    results: Path | None
    rejects: Path

    def all(self) -> list[Path]:
        """The files that were asked for: findings, results and rejects."""
        return [path for path in (self.findings, self.results, self.rejects) if path is not None]


class _Done(NamedTuple):
    """What is surely done: the place in the input, what it came to, and the sizes of the outputs.

    is_whole: whether that is everything, and only the names of the outputs are left to be given.
    """

    place: Place
    counted: Counted
    sizes: tuple[int, ...]
    is_whole: bool = False


class Batch:
    """One run over one source. resume: to go on where a run with the same input, rules and options was stopped."""

    def __init__(self, source: Source, names: Names, workers: Workers, resume: bool) -> None:
        self.source, self.job, self.names, self.workers = source, workers.job, names, workers
        self._note = names.findings.with_name(names.findings.name + ".checkpoint")
        self._partial = [path.with_name(path.name + ".partial") for path in names.all()]
        self._key = self._identity()
        self._done = _Done(Place(), Counted(), ())
        try:
            for path in names.all():
                _check_place(path)
            self._files = (self._resumed() if resume else None) or self._begun()
        except (DosenoteError, OSError):
            source.close()
            raise
        self._noted = monotonic()

    def run(self, max_rejects: int | None, told: Callable[[Counted, int], None]) -> Counted:
        """Check everything; what it came to. told: called after each block, with the bytes read so far.

        Raises DosenoteError for what stops a run; what was checked until then is kept for --resume.
        """
        try:
            if not self._done.is_whole:
                for part, place in self.workers.parts(self.source.blocks(self._done.place)):
                    if self._state_of_input() != self._key["input"]:
                        raise DosenoteError("it changed while it was read", str(self.source.path), "Start again.")
                    self._write(part, place)
                    counted = self._done.counted
                    told(counted, self.source.bytes_read)
                    self._count_rejects(max_rejects)
                self._count_rejects(max_rejects)
                self._done = self._done._replace(is_whole=True)
                self._take_note()
            self._finish()
        except BaseException as error:
            self._stop(error)
            raise
        finally:
            self.source.close()
        return self._done.counted

    def _count_rejects(self, most: int | None) -> None:
        rejected = self._done.counted.rejected
        if most is not None and rejected > most:
            raise DosenoteError(
                f"{rejected:,} rows could not be used, more than {most:,}",
                hint=f"They are in {self._partial[-1]}. With a higher --max-rejects, --resume goes on.",
            )

    # --- files

    def _begun(self) -> list[BinaryIO]:
        with contextlib.ExitStack() as opened:
            files = [opened.enter_context(self._open(path)) for path in self._partial]
            self._note.unlink(missing_ok=True)  # only now: it may have been that of another run
            for file, head in zip(files, self._headers(), strict=True):
                file.truncate(0)  # there may be what an earlier run left
                file.write(head)
            opened.pop_all()  # all of them are open, or none
        self._done = _Done(Place(), Counted(), tuple(file.tell() for file in files))
        return files

    def _headers(self) -> list[bytes]:
        return [header(kind, names) for kind, names in self._kinds() if kind]

    def _kinds(self) -> list[tuple[str, tuple[str, ...]]]:
        """The format and the columns of each output; "" for one that is not wanted."""
        return [(self.job.findings, FINDING), (self.job.results, RESULT), ("csv", REJECT)]

    def _resumed(self) -> list[BinaryIO] | None:
        """The outputs as far as they are surely right; None where there is no run to go on with."""
        if not self.source.is_file:
            raise DosenoteError("the input is a pipe, which cannot be read again", "--resume")
        try:
            note = json.loads(self._note.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DosenoteError(f"it cannot be read: {error}", str(self._note)) from None
        if not isinstance(note, dict) or not {"key", *_Done._fields} <= {*note}:
            raise DosenoteError("this is no note of a run", str(self._note), "Leave out --resume to start again.")
        if note["key"] != self._key:
            changed = ", ".join(name for name in self._key if note["key"].get(name) != self._key[name])
            what = f"this is not the run that was stopped: the {changed} changed"
            raise DosenoteError(what, str(self._note), "Leave out --resume to start again.")
        self._done = _Done(Place(*note["place"]), _counted(note["counted"]), tuple(note["sizes"]), note["is_whole"])
        if self._done.is_whole:
            return [self._open(path) for path in self._partial if path.exists()]
        files = []
        for path, size in zip(self._partial, self._done.sizes, strict=True):
            if not path.is_file() or path.stat().st_size < size:
                raise DosenoteError("what was written so far is gone", str(path), "Leave out --resume to start again.")
            file = self._open(path)
            file.truncate(size)
            file.seek(size)
            files.append(file)
        return files

    def _open(self, path: Path) -> BinaryIO:
        _refuse_link(path)
        try:
            path.touch(mode=0o600)  # what is found about people is for who asked, whatever the umask
            file = path.open("r+b")  # and not to be appended to: other processes write behind the end
        except OSError as error:
            raise DosenoteError(f"it cannot be written: {error.strerror}", str(path)) from None
        if not _is_ours(file):
            file.close()
            raise DosenoteError("another run is writing it", str(path))
        return file

    def _identity(self) -> dict[str, str]:
        """What must be the same for a run to go on: the input, the rules, the options."""
        job, header = self.job, self.job.header
        options = (job.jurisdiction, job.as_of.isoformat(), job.kind, job.findings, job.results)
        columns = None if header is None else (header.delimiter, header.width, sorted(header.places.items()))
        return {
            "input": self._state_of_input(),
            "rules": self.workers.ruleset.digest,
            "options": repr((options, columns)),
        }

    def _state_of_input(self) -> str:
        """By what a change of the input is seen; nothing for a pipe."""
        path = self.source.path
        if path is None or not self.source.is_file:
            return ""
        told = path.stat()
        return f"{path.resolve()} {told.st_size} {told.st_mtime_ns}"

    def _write(self, part: Checked, place: Place) -> None:
        part.write(self._files)
        sizes = tuple(file.tell() for file in self._files)
        self._done = _Done(place, self._done.counted.plus(part.counted), sizes)  # at once: Ctrl-C may come any time
        if monotonic() - self._noted > _EVERY:
            self._take_note()

    def _take_note(self) -> None:
        """Note how far the run has come, when all that the note speaks of is on the disk."""
        self.workers.settle()
        if not self.source.is_file:
            return
        for file in self._files:
            file.flush()
            os.fsync(file.fileno())
        done = self._done
        note = {
            "key": self._key,
            "place": done.place,
            "sizes": done.sizes,
            "counted": done.counted._asdict(),
            "is_whole": done.is_whole,
        }
        new = self._note.with_name(self._note.name + ".new")
        _refuse_link(new)
        new.touch(mode=0o600)
        with new.open("w", encoding="utf-8") as text:
            text.write(json.dumps(note))  # at once: piece by piece takes five times as long
            text.flush()
            os.fsync(text.fileno())
        new.replace(self._note)
        self._noted = monotonic()

    def _stop(self, error: BaseException) -> None:
        """Keep what was done, as far as there is room for it."""
        if isinstance(error, OSError):
            hint = "Make room and go on with --resume." if self._note.exists() else ""
            for file in self._files:
                with contextlib.suppress(OSError):
                    file.close()
            raise DosenoteError(f"it cannot be written: {error.strerror}", str(self._partial[0]), hint) from None
        if any(file.closed for file in self._files):
            return  # all is written and noted, and not every output has its name yet
        with contextlib.suppress(OSError, DosenoteError):
            self._take_note()
        for file in self._files:
            with contextlib.suppress(OSError):
                file.close()

    def _finish(self) -> None:
        for file in self._files:
            file.flush()
            os.fsync(file.fileno())
            file.close()
        kinds = [(kind, names) for kind, names in self._kinds() if kind]
        for (kind, names), partial, path in zip(kinds, self._partial, self.names.all(), strict=True):
            if not partial.exists():
                continue  # it got its name before the run was killed
            if kind == "parquet":
                _as_parquet(partial, path, names)
            else:
                partial.replace(path)
        self._note.unlink(missing_ok=True)


def _as_parquet(partial: Path, path: Path, names: tuple[str, ...]) -> None:
    """What was written as JSON lines, which can be cut and continued, as Parquet, which cannot."""
    from dosenote.batch import parquet

    new = path.with_name(path.name + ".new")
    _refuse_link(new)
    new.touch(mode=0o600)
    parquet.write(partial, new, names)
    new.replace(path)
    partial.unlink()


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise DosenoteError("it is a folder", str(path))
    if path.exists() and not path.is_file():  # a pipe or a device would be gone, and a file in its place
        raise DosenoteError("it is no file, and would be replaced by one", str(path))


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise DosenoteError("it is a link; where it leads would be overwritten", str(path))


def _counted(table: dict[str, Any]) -> Counted:
    values: dict[str, Any] = {
        name: Counter(value) if isinstance(value, dict) else value for name, value in table.items()
    }
    return Counted(**values)


def _is_ours(file: BinaryIO) -> bool:
    """Whether no other run writes the file, where the system can tell; from now on none can."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
