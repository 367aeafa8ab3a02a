"""Blocks checked in several processes that die with this one; the parts come back in the order of the blocks."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TypeAlias

from dosenote.batch.part import Part
from dosenote.batch.rows import Block
from dosenote.batch.source import Place
from dosenote.batch.work import Job, Worker
from dosenote.errors import DosenoteError

#: Blocks that wait for each of the other processes, so that it always has one; parts that wait to be written, for each.
_AHEAD, _BEHIND = 3, 4
#: Bytes of a text that are sent at once: as many as a pipe holds; of more, room for all would be made each time.
_PIECE = 1 << 16
#: Seconds after which a thread that sends or fetches gets its turn, while the process checks a block.
_SWITCH = 0.0002
_ENDED = "a process that checked a part of the file was ended from outside"
#: What another process tells, and the texts that belong to it: results and findings, which are sent as they are.
_Told: TypeAlias = tuple[Part | Exception | None, list[bytes]]


def parts_of(job: Job, blocks: Iterable[tuple[Block, Place]], jobs: int, own: Worker) -> Iterator[tuple[Part, Place]]:
    """The part of each block with the place behind it. This process checks blocks, too: it is one of the jobs."""
    waiting: deque[tuple[Other | Part, Place]] = deque()
    with ExitStack() as stack:
        others = [stack.enter_context(closing(Other(job))) for _ in range(jobs - 1)]
        for block, place in blocks:
            free = next((other for other in others if other.is_free()), None)
            if free is not None:
                free.give(block if block.stored is None else block._replace(data=b""))
            waiting.append((own.part(block) if free is None else free, place))
            while waiting and (len(waiting) > _BEHIND * jobs or _is_there(waiting[0][0])):
                yield _fetched(*waiting.popleft())
        while waiting:
            yield _fetched(*waiting.popleft())


def _is_there(part: Other | Part) -> bool:
    return isinstance(part, Part) or part.has_part()


def _fetched(part: Other | Part, place: Place) -> tuple[Part, Place]:
    return part if isinstance(part, Part) else part.take(), place


class Other:
    """A process that checks blocks for this one, and gives back their parts in the same order."""

    def __init__(self, job: Job) -> None:
        context = get_context("spawn")
        inbox, self._blocks = context.Pipe(duplex=False)
        self._back, outbox = context.Pipe(duplex=False)
        self._process = context.Process(target=_serve, args=(job, inbox, outbox), daemon=True)
        self._process.start()
        inbox.close()
        outbox.close()
        self._parts: deque[Part] = deque()
        self._has_begun, self._many = False, 0

    def is_free(self) -> bool:
        """Whether it has begun, and should be given one more block. Raises DosenoteError as `take` does."""
        self._fetch()
        return self._has_begun and self._many < _AHEAD

    def give(self, block: Block) -> None:
        """Give it a block. Raises DosenoteError where the process ended."""
        self._many += 1
        try:
            self._blocks.send(block)
        except OSError:
            raise DosenoteError(_ENDED) from None

    def has_part(self) -> bool:
        """Whether the next part is there."""
        self._fetch()
        return bool(self._parts)

    def take(self) -> Part:
        """The next part; waits for it. Raises DosenoteError where the block could not be read, or the process ended."""
        while not self._parts:
            self._receive()
        return self._parts.popleft()

    def _fetch(self) -> None:
        while self._back.poll():
            self._receive()

    def _receive(self) -> None:
        try:
            found, many = self._back.recv()
            pieces = [[self._back.recv_bytes() for _ in range(count)] for count in many]
        except (EOFError, OSError):
            raise DosenoteError(_ENDED) from None
        if isinstance(found, Exception):
            raise found
        if found is None:
            self._has_begun = True
        else:
            results, *findings = pieces
            self._parts.append(found._replace(findings=chain(*findings), results=b"".join(results)))
            self._many -= 1

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._blocks.close()
        self._back.close()


def _serve(job: Job, inbox: Connection, outbox: Connection) -> None:
    """What the other process does. It ends when nobody is left who could give it a block."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    sys.setswitchinterval(_SWITCH)
    blocks: SimpleQueue[Block] = SimpleQueue()
    parts: SimpleQueue[_Told] = SimpleQueue()
    threading.Thread(target=_receive, args=(inbox, blocks), daemon=True).start()
    threading.Thread(target=_send, args=(outbox, parts), daemon=True).start()
    gc.disable()  # blocks make no circles, and looking for them takes a tenth of the time
    worker = Worker(job)
    parts.put((None, []))
    while True:
        try:
            block = blocks.get()
            if block.stored is not None:
                block = block._replace(data=block.stored.read())
            part = worker.part(block)
            parts.put((part._replace(findings=(), results=b""), [part.results, *part.findings]))
        except Exception as error:
            parts.put((error, []))


def _receive(inbox: Connection, blocks: SimpleQueue[Block]) -> None:
    try:
        while True:
            blocks.put(inbox.recv())
    except (EOFError, OSError):
        os._exit(0)


def _send(outbox: Connection, parts: SimpleQueue[_Told]) -> None:
    """Sends parts while the process goes on to the next block."""
    try:
        while True:
            found, texts = parts.get()
            pieces = [range(0, len(text), _PIECE) for text in texts]
            outbox.send((found, [len(firsts) for firsts in pieces]))
            for text, firsts in zip(texts, pieces, strict=True):
                for first in firsts:
                    outbox.send_bytes(memoryview(text)[first : first + _PIECE])
    except Exception:  # the other end is gone, or will see that this one is
        os._exit(1)
