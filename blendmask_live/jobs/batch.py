"""A list of jobs over several processes; neither a failure nor a lost process stops the rest."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from typing import Any, ClassVar, Final, Protocol

from blendmask_live.addresses import without_secrets_in
from blendmask_live.jobs.request import AnnotateRequest

__all__ = ["JobProgress", "StartedWorker", "Worker", "failed", "run_in_processes", "run_jobs"]

_POLL_S: Final = 0.2
_ARENA_MAX: Final = -8
"""Of glibc's malloc.h."""
_ATTEMPTS: Final = 2
"""How often a job may be begun whose process is lost."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Where a list of jobs is.

    Attributes:
        records: Of the jobs that are done, in the jobs' order.
        running: Per running job: (frames done, frames expected or 0).
    """

    records: list[dict[str, Any]]
    running: list[tuple[int, int]]


class Worker(Protocol):
    """Does jobs, one after the other, in a process of its own; loads weights once."""

    def __call__(
        self, job: AnnotateRequest, report: Callable[[int, int | None], None], /
    ) -> dict[str, Any]:
        """Do a job; what `report` (frames done, expected) raises must end it as Ctrl-C does.

        Returns:
            The job's record, with "source" and "status": complete, interrupted or failed.
        """
        ...


class StartedWorker(Protocol):
    """A worker in a process somewhere, as seen from here; it does one job at a time."""

    def do(self, job: AnnotateRequest) -> Future[dict[str, Any]]:
        """Begin a job; if the process is lost, the future holds one of `run_jobs`' `lost`."""
        ...

    def frames(self) -> tuple[int, int]:
        """(done, expected or 0) of the current job."""
        ...

    def interrupt(self) -> None:
        """Make the current job end as after Ctrl-C."""
        ...

    def close(self) -> None:
        """Let the process go."""
        ...


def failed(job: AnnotateRequest, reason: str) -> dict[str, Any]:
    """The record of a job that failed."""
    return {"source": job.shown_source, "status": "failed", "error": without_secrets_in(reason)}


def run_in_processes(
    jobs: Sequence[AnnotateRequest],
    open_worker: Callable[[], Worker],
    *,
    processes: int,
    report: Callable[[JobProgress], None] = lambda progress: None,
) -> list[dict[str, Any]]:
    """`run_jobs` with processes on this machine; `open_worker` must be picklable."""

    def start() -> StartedWorker:
        return _Process(open_worker)

    return run_jobs(jobs, start, workers=processes, lost=(BrokenProcessPool,), report=report)


def run_jobs(
    jobs: Sequence[AnnotateRequest],
    start: Callable[[], StartedWorker],
    *,
    workers: int,
    lost: tuple[type[Exception], ...],
    report: Callable[[JobProgress], None] = lambda progress: None,
) -> list[dict[str, Any]]:
    """Do all jobs; returns their records in the jobs' order.

    A job whose process is lost (killed, out of memory) is begun once more, then counts as
    failed; the others do not notice. After Ctrl-C, or what else `report` raises, running jobs
    end as after Ctrl-C, the rest is not begun, and `report` is called a last time.

    Args:
        start: Starts a worker in a process of its own.
        workers: How many jobs run at once.
        lost: What a future raises when its process was lost.
        report: Called a few times a second, and at the end.
    """
    pool = _Pool(jobs, start, workers=min(workers, len(jobs)), lost=lost)
    try:
        while pool.step():
            report(pool.progress)
    except BaseException:
        pool.interrupt()
        while pool.step():
            pass
        raise
    finally:
        pool.close()
        report(pool.progress)
    return pool.progress.records


class _Pool:
    """The workers of one call of `run_jobs`, and the jobs that they do."""

    def __init__(
        self,
        jobs: Sequence[AnnotateRequest],
        start: Callable[[], StartedWorker],
        *,
        workers: int,
        lost: tuple[type[Exception], ...],
    ) -> None:
        self._jobs, self._start, self._lost = jobs, start, lost
        self._records: dict[int, dict[str, Any]] = {}
        self._begun = [0] * len(jobs)
        self._waiting = deque(range(len(jobs)))
        self._idle = [start() for _ in range(workers)]
        self._running: dict[Future[dict[str, Any]], tuple[int, StartedWorker]] = {}
        self._is_ending = False

    @property
    def progress(self) -> JobProgress:
        return JobProgress(
            [self._records[index] for index in sorted(self._records)],
            [worker.frames() for _, worker in self._running.values()],
        )

    def step(self) -> bool:
        """Give out jobs and wait a little; False when there is nothing left to wait for."""
        while self._waiting and self._idle:
            index, worker = self._waiting.popleft(), self._idle.pop()
            self._begun[index] += 1
            self._running[worker.do(self._jobs[index])] = index, worker
        if not self._running:
            return False
        for future in wait(self._running, timeout=_POLL_S, return_when=FIRST_COMPLETED).done:
            index, worker = self._running.pop(future)
            if self._take(future, index):
                self._idle.append(worker)
            else:
                worker.close()
                if self._waiting:
                    self._idle.append(self._start())
        return True

    def _take(self, future: Future[dict[str, Any]], index: int) -> bool:
        """Keep the result of a job; False if its process was lost."""
        job = self._jobs[index]
        try:
            self._records[index] = future.result()
        except self._lost:
            if self._is_ending:
                # Ctrl-C reaches processes that are just starting too.
                self._records[index] = {"source": job.shown_source, "status": "interrupted"}
            elif self._begun[index] < _ATTEMPTS:
                self._waiting.appendleft(index)
            else:
                self._records[index] = failed(
                    job,
                    f"{job.shown_source}: its process was lost {_ATTEMPTS} times (killed, or out "
                    "of memory); try fewer --jobs",
                )
            return False
        except Exception as error:
            self._records[index] = failed(
                job, f"{job.shown_source}: {type(error).__name__}: {error}"
            )
        return True

    def interrupt(self) -> None:
        self._is_ending = True
        self._waiting.clear()
        for _, worker in self._running.values():
            worker.interrupt()

    def close(self) -> None:
        for worker in self._idle:
            worker.close()


class _Process:
    """A process of this machine, through an executor with a single one."""

    def __init__(self, open_worker: Callable[[], Worker]) -> None:
        context = multiprocessing.get_context("spawn")
        # No lock is used: a process may die while it holds one.
        self._frames = context.Array("q", 2, lock=False)
        self._stop = context.Event()
        initargs = open_worker, self._frames, self._stop
        self._executor = ProcessPoolExecutor(
            1, context, initializer=_Inside.start, initargs=initargs
        )

    def do(self, job: AnnotateRequest) -> Future[dict[str, Any]]:
        return self._executor.submit(_Inside.do, job)

    def frames(self) -> tuple[int, int]:
        done, expected = self._frames[:]
        return done, expected

    def interrupt(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._executor.shutdown()


class _Inside:
    """What lives in a worker's process; the executor hands nothing else from job to job."""

    worker: ClassVar[Worker]
    frames: ClassVar[ctypes.Array[ctypes.c_longlong]]
    stop: ClassVar[Event]

    @classmethod
    def start(
        cls, open_worker: Callable[[], Worker], frames: ctypes.Array[ctypes.c_longlong], stop: Event
    ) -> None:
        # Terminals, timeouts and service managers signal every process. The parent alone heeds it
        # and says so through `stop`, which reaches the job's report: outputs are completed.
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, signal.SIG_IGN)
        _share_memory_among_threads()
        threading.Thread(target=_end_with_parent, daemon=True).start()
        cls.worker, cls.frames, cls.stop = staticmethod(open_worker()), frames, stop

    @classmethod
    def do(cls, job: AnnotateRequest) -> dict[str, Any]:
        def report(done: int, expected: int | None) -> None:
            cls.frames[:] = [done, expected or 0]
            if cls.stop.is_set():
                raise KeyboardInterrupt

        return cls.worker(job, report)


def _share_memory_among_threads() -> None:
    """Let all threads of this process take memory from one place, where the C library is glibc.

    Otherwise each takes from its own and keeps what others could use, which takes some 80 MB of a
    job. Jobs have few threads that are busy at once, so hardly any waits for another.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def _end_with_parent() -> None:
    """End this process when its parent is killed: nobody else would."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
