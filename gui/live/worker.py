"""One thread for everything slow, and the way back into the Qt thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.errors import BlendMaskLiveError

__all__ = ["Worker"]

logger = logging.getLogger(__name__)


class Worker(QObject):
    """Does work in order, one piece at a time; every error is reported.

    Signals:
        failed: The error of work that was submitted without a `failed` of its own.
    """

    failed = pyqtSignal(object)
    _posted = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "window-work")
        # Emitted in another thread, it arrives through the event loop.
        self._posted.connect(self._run_posted)

    def submit(
        self, work: Callable[[], object], *, failed: Callable[[BaseException], None] | None = None
    ) -> None:
        """Do something slow in the worker thread; `failed` is called in the Qt thread."""
        self._thread.submit(self._guarded, work, failed or self.failed.emit)

    def post(self, call: Callable[[], object]) -> None:
        """Have something called in the Qt thread; from any thread."""
        self._posted.emit(call)

    def close(self, *, wait: bool = True) -> None:
        """End the thread after what was submitted; or leave it with what it does just now."""
        self._thread.shutdown(wait=wait, cancel_futures=not wait)

    def _guarded(self, work: Callable[[], object], failed: Callable[[BaseException], None]) -> None:
        try:
            work()
        except Exception as error:
            # An error that users can mend needs no traceback.
            logger.warning("%s", error, exc_info=not isinstance(error, BlendMaskLiveError))
            self.post(partial(failed, error))

    def _run_posted(self, call: Callable[[], object]) -> None:
        call()
