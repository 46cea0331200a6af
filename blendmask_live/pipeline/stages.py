"""Named threads that start together, end together and keep the first failure."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from blendmask_live.errors import StageFailed

__all__ = ["Stage", "StageThreads"]

logger = logging.getLogger(__name__)

# A join without a limit cannot be interrupted by Ctrl-C on every platform: join in slices.
_JOIN_SLICE_S: Final = 0.1


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
        self._threads = [
            threading.Thread(target=self._run, args=(stage,), name=stage.name) for stage in stages
        ]

    @property
    def has_failed(self) -> bool:
        """Whether a stage raised."""
        return self._failure is not None

    def start(self) -> None:
        """Start all threads.

        Raises:
            RuntimeError: If the system has no thread left; those started end again.
        """
        try:
            for thread in self._threads:
                thread.start()
        except RuntimeError:
            self._on_failure()
            raise

    def join(self, timeout_s: float | None) -> tuple[str, ...]:
        """Wait for all threads; a stage that calls this itself does not wait.

        Returns:
            Names of the threads still busy after `timeout_s`.
        """
        if threading.current_thread() in self._threads:
            return ()
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        for thread in self._threads:
            while thread.is_alive():
                left_s = _JOIN_SLICE_S if deadline_s is None else deadline_s - time.monotonic()
                if left_s <= 0:
                    return tuple(late.name for late in self._threads if late.is_alive())
                thread.join(min(left_s, _JOIN_SLICE_S))
        return ()

    def raise_failure(self) -> None:
        """Raise the first failure, if there is one.

        Raises:
            StageFailed: Names the stage; its cause is in `__cause__`.
        """
        if self._failure is not None:
            stage, cause = self._failure
            raise StageFailed(stage, cause) from cause

    def _run(self, stage: Stage) -> None:
        try:
            stage.run()
        except Exception as cause:
            # Before `end`: later stages must not take the closed channel for a normal end.
            self._keep_first(stage.name, cause)
            self._on_failure()
        finally:
            stage.end()

    def _keep_first(self, stage: str, cause: Exception) -> None:
        with self._lock:
            if self._failure is None:
                self._failure = stage, cause
                return
        logger.warning("%s failed too: %s", stage, cause)
