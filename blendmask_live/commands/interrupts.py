"""Ctrl-C, and the system's request to end, while a command runs."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interruptible"]

_BOUNCE_S = 1.0
"""A launcher may pass on the Ctrl-C that the terminal already sent to us: within this time, two
signals count as one."""
_AGAIN_S = 0.05
"""After an interrupt that was ignored, the next one."""


@contextmanager
def interruptible(*, ends_program: bool) -> Iterator[None]:
    """In the block SIGINT and SIGTERM raise KeyboardInterrupt, at most once a second.

    One that Python ignores, since it came while an object was deleted or C called back, is
    raised again.

    Args:
        ends_program: Afterwards signals end the process without a message, as all work is done;
            otherwise they do what they did before.
    """
    interrupt = _Interrupt()
    before = {}
    for kind in (signal.SIGINT, signal.SIGTERM):
        # A shell starts jobs in the background so that Ctrl-C does not reach them.
        if signal.getsignal(kind) is not signal.SIG_IGN:
            before[kind] = signal.signal(kind, interrupt)
    report, sys.unraisablehook = sys.unraisablehook, interrupt.ignored
    interrupt.report = report
    try:
        yield
    finally:
        sys.unraisablehook = report
        interrupt.is_over = True
        for kind, handler in before.items():
            # Python knows no handler that other code than Python's has set.
            signal.signal(kind, signal.SIG_DFL if ends_program or handler is None else handler)


class _Interrupt:
    def __init__(self) -> None:
        self._last_s = -math.inf
        self.report: Callable[[sys.UnraisableHookArgs], object] = sys.__unraisablehook__
        self.is_over = False
        self._kind = signal.SIGINT.value

    def __call__(self, signal_number: int, frame: FrameType | None) -> None:
        is_first, now_s = self._last_s == -math.inf, time.monotonic()
        if now_s - self._last_s < _BOUNCE_S:
            return
        self._last_s, self._kind = now_s, signal_number
        if is_first and signal_number == signal.SIGINT and sys.stderr.isatty():
            # Python's buffers are passed by: a signal may have come while they were being written.
            os.write(2, b"\nstopping; Ctrl-C again gives up what is not finished\n")
        raise KeyboardInterrupt

    def ignored(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Take what Python would only report; see `sys.unraisablehook`."""
        if unraisable.exc_type is not KeyboardInterrupt:
            self.report(unraisable)
            return
        # Here it would be ignored again.
        again = threading.Timer(_AGAIN_S, self._again)
        again.daemon = True
        again.start()

    def _again(self) -> None:
        if not self.is_over:
            self._last_s = time.monotonic() - _BOUNCE_S
            signal.raise_signal(self._kind)
