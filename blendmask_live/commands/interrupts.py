"""Ctrl-C, and the system's request to end, while a command runs."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interruptible"]

_BOUNCE_S = 1.0
"""A launcher may pass on the Ctrl-C that the terminal already sent to us: within this time, two
signals count as one."""


@contextmanager
def interruptible(*, ends_program: bool) -> Iterator[None]:
    """In the block SIGINT and SIGTERM raise KeyboardInterrupt, at most once a second.

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
    try:
        yield
    finally:
        for kind, handler in before.items():
            # Python knows no handler that other code than Python's has set.
            signal.signal(kind, signal.SIG_DFL if ends_program or handler is None else handler)


class _Interrupt:
    def __init__(self) -> None:
        self._last_s = -math.inf

    def __call__(self, signal_number: int, frame: FrameType | None) -> None:
        is_first, now_s = self._last_s == -math.inf, time.monotonic()
        if now_s - self._last_s < _BOUNCE_S:
            return
        self._last_s = now_s
        if is_first and signal_number == signal.SIGINT and sys.stderr.isatty():
            # Python's buffers are passed by: a signal may have come while they were being written.
            os.write(2, b"\nstopping; Ctrl-C again gives up what is not finished\n")
        raise KeyboardInterrupt
