"""Long work of the editor, one piece after the other, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.errors import BlendMaskLiveError

__all__ = ["BackgroundWork", "Report", "Stopped", "WorkState"]

T = TypeVar("T")
Report = Callable[[int, int], None]
"""Takes steps done and in all (0: unknown); raises `Stopped` once the user stops the work."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkState:
    """How far a piece of work is; `steps` is 0 if its length is unknown."""

    text: str
    done: int = 0
    steps: int = 0


class Stopped(Exception):
    """The user stopped the work."""


class BackgroundWork(QObject):
    """Does work in the order in which it comes.

    `post` may be called from any thread; all else from the Qt thread.

    Signals:
        changed: A `WorkState`; None when no work with a text goes on.
        failed: The exception that ended a piece of work.
    """

    changed = pyqtSignal(object)
    failed = pyqtSignal(object)
    _posted = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(1, "editor-work")
        self._stops: list[threading.Event] = []
        self._named = 0
        self._is_closed = False
        self._posted.connect(self._run_posted)

    def run(
        self,
        text: str,
        work: Callable[[Report], T],
        finish: Callable[[T], object] | None = None,
        *,
        end: Callable[[], object] | None = None,
    ) -> None:
        """Do something long in the worker thread, `finish` with its result in this one.

        Args:
            text: What is done, for people; "" if they need not know.
            work: May catch `Stopped`, which its report raises, to return what it has so far. What
                is stopped before its turn is not begun.
            finish: Called if there is a result.
            end: Called before, in this thread too, and also without a result.
        """
        stop = threading.Event()
        self._stops.append(stop)
        if text:
            self._named += 1
            self.changed.emit(WorkState(text))

        def report(done: int, steps: int) -> None:
            if stop.is_set():
                raise Stopped
            if text:
                self.post(partial(self.changed.emit, WorkState(text, done, steps)))

        def run() -> None:
            result_told: Callable[[], object] | None = None
            try:
                report(0, 0)
                result = work(report)
            except Stopped:
                pass
            except Exception as error:
                logger.warning("%s", error, exc_info=not isinstance(error, BlendMaskLiveError))
                result_told = partial(self.failed.emit, error)
            else:
                result_told = partial(finish, result) if finish else None
            self.post(lambda: self._end(stop, (end, result_told), is_named=bool(text)))

        self._worker.submit(run)

    def _end(
        self,
        stop: threading.Event,
        calls: tuple[Callable[[], object] | None, ...],
        *,
        is_named: bool,
    ) -> None:
        self._stops.remove(stop)
        self._named -= is_named
        if not self._named:
            self.changed.emit(None)
        for call in filter(None, calls):
            call()

    @property
    def is_going_on(self) -> bool:
        """Whether any work runs or waits."""
        return bool(self._stops)

    def stop(self) -> None:
        """End all work early."""
        for stop in self._stops:
            stop.set()

    def post(self, call: Callable[[], object]) -> None:
        """Have something called in the Qt thread."""
        self._posted.emit(call)

    def _run_posted(self, call: Callable[[], object]) -> None:
        if not self._is_closed:
            call()

    def close(self) -> None:
        """End all work early and wait for that; no signal and no call follows."""
        self._is_closed = True
        self.stop()
        self._worker.shutdown()
