"""Blocks checked in other processes, which die with this one, and write what comes of them where they are told to."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from io import SEEK_CUR
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from dosenote.batch import outputs
from dosenote.batch.part import Counted
from dosenote.batch.rows import Block
from dosenote.batch.work import Job, Worker
from dosenote.errors import DosenoteError

#: Blocks that wait for another process, so that it always has one.
_AHEAD = 3
#: Seconds after which a thread that sends or writes gets its turn, while the process checks a block.
_SWITCH = 0.0002
_ENDED = "a process that checked a part of the file was ended from outside"


class _Begun(NamedTuple):
    """The other process has loaded the rules."""


class _Written(NamedTuple):
    """It has written a part."""


class _Kept(NamedTuple):
    """It has checked a block, and keeps what is to be written. sizes: bytes for each output."""

    sizes: tuple[int, ...]
    counted: Counted


class _Where(NamedTuple):
    """Where it shall write the first part that it keeps: into which files, from which place on in each."""

    paths: tuple[Path, ...]
    offsets: tuple[int, ...]


_Told: TypeAlias = _Begun | _Written | _Kept | Exception


class Elsewhere(NamedTuple):
    """The part of a block that another process keeps."""

    process: Other
    sizes: tuple[int, ...]
    counted: Counted

    def write(self, files: Sequence[BinaryIO]) -> None:
        """Have it written where the files stand, and go on behind it. Raises DosenoteError where the process ended."""
        self.process.tell(_Where(tuple(Path(file.name) for file in files), tuple(file.tell() for file in files)))
        for file, size in zip(files, self.sizes, strict=True):
            file.seek(size, SEEK_CUR)


class Other:
    """A process that checks blocks for this one, in the order in which it is given them."""

    def __init__(self, own: Worker) -> None:
        """own: the worker of this process. A system that can copy a process gives the other one rules and all."""
        can_copy = _is_alone()
        context: Any = get_context("fork" if can_copy else "spawn")
        inbox, self._orders = context.Pipe(duplex=False)
        self._back, outbox = context.Pipe(duplex=False)
        # A copy has these ends, too, and would never see that they are closed here.
        work = (own, (self._orders, self._back)) if can_copy else (own.job, ())
        self._process = context.Process(target=_serve, args=(*work, inbox, outbox), daemon=True)
        self._process.start()
        inbox.close()
        outbox.close()
        self._kept: deque[Elsewhere] = deque()
        self._has_begun, self._many, self._unwritten = False, 0, 0

    def is_free(self) -> bool:
        """Whether it has begun, and should be given one more block. Raises what went wrong there."""
        self._fetch()
        return self._has_begun and self._many < _AHEAD

    def give(self, block: Block) -> None:
        """Give it a block. Raises DosenoteError where the process ended."""
        self._many += 1
        self._send(block if block.stored is None else block._replace(data=b""))

    def has_part(self) -> bool:
        """Whether the part of the first block that was not taken yet is there."""
        self._fetch()
        return bool(self._kept)

    def take(self) -> Elsewhere:
        """That part; waits for it. Raises what went wrong there, DosenoteError where the process ended."""
        while not self._kept:
            self._receive()
        return self._kept.popleft()

    def tell(self, where: _Where) -> None:
        """Have the first part that was taken, and not written yet, written there."""
        self._send(where)
        self._unwritten += 1  # only now: of an order that Ctrl-C cut off nothing is ever written

    def settle(self) -> None:
        """Wait until all that it was told to write is written. Raises as `take`, OSError where there is no room."""
        while self._unwritten:
            self._receive()

    def _send(self, order: Block | _Where) -> None:
        try:
            self._orders.send(order)
        except OSError:
            raise DosenoteError(_ENDED) from None

    def _fetch(self) -> None:
        while self._back.poll():
            self._receive()

    def _receive(self) -> None:
        try:
            self._back.poll(None)
            told: _Told = self._back.recv()
        except (EOFError, OSError):
            raise DosenoteError(_ENDED) from None
        except KeyboardInterrupt:
            self._back.close()  # half of what it tells may have been read
            raise
        match told:
            case _Begun():
                self._has_begun = True
            case _Written():
                self._unwritten -= 1
            case _Kept():
                self._kept.append(Elsewhere(self, told.sizes, told.counted))
                self._many -= 1
            case error:
                raise error

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._orders.close()
        self._back.close()


def _is_alone() -> bool:
    """Whether this process can be copied as it is: it has one thread only, as far as the system tells."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    except OSError:
        return False


def _serve(work: Worker | Job, ends: Sequence[Connection], inbox: Connection, outbox: Connection) -> None:
    """What the other process does. It ends when nobody is left who could give it a block."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    for end in ends:
        end.close()
    sys.setswitchinterval(_SWITCH)
    blocks: SimpleQueue[Block] = SimpleQueue()
    kept: deque[list[Iterable[bytes]]] = deque()
    told: SimpleQueue[_Told] = SimpleQueue()
    receiving = threading.Thread(target=_obey, args=(inbox, blocks, kept, told), daemon=True)
    receiving.start()
    threading.Thread(target=_tell, args=(outbox, told), daemon=True).start()
    gc.disable()  # blocks make no circles, and looking for them takes a tenth of the time
    try:
        worker = Worker(work) if isinstance(work, Job) else work
        told.put(_Begun())
        while True:
            block = blocks.get()
            if block.stored is not None:
                block = block._replace(data=block.stored.read())
            part = worker.part(block)
            texts: list[Iterable[bytes]] = [[*pieces] for pieces in part.texts()]
            kept.append(texts)
            told.put(_Kept(tuple(sum(map(len, pieces)) for pieces in texts), part.counted))
    except Exception as error:
        told.put(error)
    receiving.join()


def _obey(
    inbox: Connection, blocks: SimpleQueue[Block], kept: deque[list[Iterable[bytes]]], told: SimpleQueue[_Told]
) -> None:
    """Takes blocks, and writes parts, while the process checks a block."""
    parent = os.getppid()
    try:
        while True:
            order: Block | _Where = inbox.recv()
            if isinstance(order, Block):
                blocks.put(order)
                continue
            texts = [_while_child_of(parent, pieces) for pieces in kept.popleft()]
            try:
                outputs.write_at(order.paths, order.offsets, texts)
                told.put(_Written())
            except OSError as error:
                told.put(error)
    except (EOFError, OSError):
        os._exit(0)


def _while_child_of(parent: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces as long as the parent lives: when it was killed, another run may be writing the same outputs."""
    for piece in pieces:
        if os.getppid() != parent:
            os._exit(1)
        yield piece


def _tell(outbox: Connection, told: SimpleQueue[_Told]) -> None:
    try:
        while True:
            outbox.send(told.get())
    except Exception:  # the other end is gone, or will see that this one is
        os._exit(1)
