"""Blocks checked in several processes that die with this one; the parts come back in the order of the blocks."""

from __future__ import annotations

import gc
import os
import signal
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


def parts_of(job: Job, blocks: Iterable[tuple[Block, Place]], jobs: int) -> Iterator[tuple[Part, Place]]:
    """The part of each block with the place behind it."""
    waiting: deque[tuple[Future[Part], Place]] = deque()
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (job,)) as pool:
        try:
            for block, place in blocks:
                waiting.append((pool.submit(_part, block), place))
                if len(waiting) > 2 * jobs:
                    future, there = waiting.popleft()
                    yield future.result(), there
            for future, place in waiting:
                yield future.result(), place
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


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


def _part(block: Block) -> Part:
    return _Mine.worker.part(block)
