"""Blocks checked in several processes that die with this one; the parts come back in the order of the blocks."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from dosenote.batch.part import Part
from dosenote.batch.rows import Block
from dosenote.batch.source import Place
from dosenote.batch.work import Job, Worker

#: Blocks that wait for each of the other processes, so that it always has one; parts that wait to be written, for each.
_AHEAD, _BEHIND = 2, 4
#: Seconds after which the thread that fetches parts gets its turn: it fetches them piece by piece, and while it waits
#: for each, the process that sends them cannot go on.
_SWITCH = 0.0002


def parts_of(job: Job, blocks: Iterable[tuple[Block, Place]], jobs: int, own: Worker) -> Iterator[tuple[Part, Place]]:
    """The part of each block with the place behind it. This process checks blocks, too: it is one of the jobs."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    waiting: deque[tuple[Future[Part], Place]] = deque()
    with ProcessPoolExecutor(jobs - 1, get_context("spawn"), _begin, (job,)) as pool:
        try:
            begun = [pool.submit(_is_ready) for _ in range(jobs - 1)]
            for block, place in blocks:
                busy = sum(not future.done() for future, _ in waiting)
                if busy < _AHEAD * sum(one.done() for one in begun):
                    future = pool.submit(_part, block if block.stored is None else block._replace(data=b""))
                else:
                    future = Future()
                    future.set_result(own.part(block))
                waiting.append((future, place))
                while waiting and (waiting[0][0].done() or len(waiting) > _BEHIND * jobs):
                    future, there = waiting.popleft()
                    yield future.result(), there
            for future, place in waiting:
                yield future.result(), place
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            sys.setswitchinterval(usual)


class _Mine:
    """The worker of a process that works for another one."""

    worker: Worker


def _begin(job: Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    threading.Thread(target=_die_with_parent, daemon=True).start()
    gc.disable()  # blocks make no circles, and looking for them takes a tenth of the time
    _Mine.worker = Worker(job)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _is_ready() -> bool:
    return True


def _part(block: Block) -> Part:
    if block.stored is not None:
        block = block._replace(data=block.stored.read())
    return _Mine.worker.part(block)
