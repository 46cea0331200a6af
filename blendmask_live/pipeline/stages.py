"""Named threads that start together, end together and keep the first failure."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from blendmask_live.errors import StageFailed

__all__ = ["Stage", "StageThreads"]

logger = logging.getLogger(__name__)

# A wait without a limit cannot be interrupted by Ctrl-C on every platform: wait in slices.
_WAIT_SLICE_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Stage:
    """What one thread does."""

    name: str
    run: Callable[[], None]
    end: Callable[[], None] = lambda: None
    """Called after `run`, also if it failed: closes the channel to the next stage."""


class StageThreads:
    """Runs stages, one thread each. Methods may be called from any thread."""

    def __init__(self, stages: Sequence[Stage], *, on_failure: Callable[[], None]) -> None:
        """Make the threads.

        Args:
            stages: What to run.
            on_failure: Called in the failing thread after each failure; makes the others end.
        """
        self._on_failure = on_failure
        self._lock = threading.Lock()
        self._failure: tuple[str, Exception] | None = None
        # Waiting uses these events, not `Thread.join`: Ctrl-C inside a join makes Python 3.11
        # take the running thread for a stopped one.
        self._ended = self._threads_of(stages)

    @property
    def has_failed(self) -> bool:
        """Whether a stage raised."""
        return self._failure is not None

    def start(self) -> None:
        """Start all threads.

        Ctrl-C may arrive here: all stages run nevertheless, only to release what they own.

        Raises:
            RuntimeError: If the system has no thread left.
        """
        self._start(self._ended)

    def add(self, stages: Sequence[Stage]) -> None:
        """Start threads for more stages while the others run.

        Raises:
            RuntimeError: If the system has no thread left.
        """
        with self._lock:
            running = {}
            for thread, ended in self._ended.items():
                if ended.is_set():
                    thread.join()
                else:
                    running[thread] = ended
            added = self._threads_of(stages)
            self._ended = running | added
        self._start(added)

    def _start(self, threads: Iterable[threading.Thread]) -> None:
        waiting = iter(threads)
        try:
            for thread in waiting:
                thread.start()
        except BaseException:
            self._on_failure()
            with contextlib.suppress(RuntimeError):
                for thread in waiting:
                    thread.start()
            raise

    def join(self, timeout_s: float | None, only: Collection[str] | None = None) -> tuple[str, ...]:
        """Wait for threads; a stage that calls this itself does not wait.

        Args:
            timeout_s: Longest wait; None waits for ever.
            only: Names of the stages to wait for; all where absent.

        Returns:
            Names of the threads still busy after `timeout_s`.
        """
        if threading.current_thread() in self._ended:
            return ()
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        started = {
            thread: ended
            for thread, ended in self._ended.items()
            if thread.ident and (only is None or thread.name in only)
        }
        for thread, ended in started.items():
            while not ended.is_set():
                left_s = _WAIT_SLICE_S if deadline_s is None else deadline_s - time.monotonic()
                if left_s <= 0:
                    return tuple(t.name for t, ended in started.items() if not ended.is_set())
                ended.wait(min(left_s, _WAIT_SLICE_S))
            thread.join()
        return ()

    @property
    def failure(self) -> StageFailed | None:
        """The first failure: names the stage; its cause is in `__cause__`."""
        if self._failure is None:
            return None
        return StageFailed(*self._failure)

    def _threads_of(self, stages: Sequence[Stage]) -> dict[threading.Thread, threading.Event]:
        return {
            threading.Thread(target=self._run, args=(stage,), name=stage.name): threading.Event()
            for stage in stages
        }

    def _run(self, stage: Stage) -> None:
        try:
            stage.run()
        except Exception as cause:
            # Before `end`: later stages must not take the closed channel for a normal end.
            self._keep_first(stage.name, cause)
            self._on_failure()
        finally:
            stage.end()
            self._ended[threading.current_thread()].set()

    def _keep_first(self, stage: str, cause: Exception) -> None:
        with self._lock:
            if self._failure is None:
                self._failure = stage, cause
                return
        logger.warning("%s failed too: %s", stage, cause)
