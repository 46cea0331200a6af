"""A second thread for loops over many objects, where a core is idle."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Final

__all__ = ["for_all_rows", "with_a_second_thread"]

_FEWEST_ROWS: Final = 24
"""With fewer, waking a thread takes as long as it saves."""
_ROWS_AT_ONCE: Final = 8

Work = Callable[[int, int], object]


@contextmanager
def with_a_second_thread() -> Iterator[None]:
    """Let `for_all_rows` use another core meanwhile; where no thread of this program needs it."""
    before, _here.may_share = _here.may_share, True
    try:
        yield
    finally:
        _here.may_share = before


def for_all_rows(work: Work, count: int) -> None:
    """Call `work(first, end)` until all rows from 0 to `count` were worked on, in any order.

    Args:
        work: Compiled, so that two threads run at once; its parts must not touch each other's rows.
        count: Number of rows.
    """
    if count < _FEWEST_ROWS or not _here.may_share:
        work(0, count)
        return
    job = _Job(work, count)
    # Where no thread can be started, this one does it all.
    with suppress(RuntimeError):
        _helper().put(job)
    job.work_on()
    # Not for a helper that has no core yet: there is nothing left to do for it.
    with job.helped:
        if job.error is not None:
            raise job.error


class _Here(threading.local):
    may_share = False


class _Job:
    """Rows of which each thread takes the next few, so that none waits for a slower one."""

    def __init__(self, work: Work, count: int) -> None:
        self.helped = threading.Lock()
        self.error: BaseException | None = None
        self._work, self._count = work, count
        self._starts = itertools.count(0, _ROWS_AT_ONCE)

    def work_on(self) -> None:
        for first in self._starts:
            if first >= self._count:
                return
            self._work(first, min(first + _ROWS_AT_ONCE, self._count))

    def help_out(self) -> None:
        with self.helped:
            try:
                self.work_on()
            except BaseException as error:
                self.error = error


_here: Final = _Here()
_jobs: SimpleQueue[_Job] | None = None
_starting = threading.Lock()


def _helper() -> SimpleQueue[_Job]:
    """What the helping thread takes its work from; one thread for the whole process."""
    global _jobs
    with _starting:
        if _jobs is None:
            jobs = SimpleQueue[_Job]()
            threading.Thread(target=_help, args=(jobs,), name="objects", daemon=True).start()
            # Not before: jobs that no thread takes would stay there for ever.
            _jobs = jobs
        return _jobs


def _help(jobs: SimpleQueue[_Job]) -> None:
    while True:
        job = jobs.get()
        job.help_out()
        # What it works on may be large.
        del job


def _forget() -> None:
    """After a fork: the child has no such thread."""
    global _jobs, _starting
    _jobs, _starting = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    # Not on Windows, which has no forks.
    os.register_at_fork(after_in_child=_forget)
