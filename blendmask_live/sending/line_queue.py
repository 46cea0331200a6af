"""Lines that wait for one receiver."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from blendmask_live.sending.wires import Wire

__all__ = ["LineQueue"]

_MOST_WAITING: Final = 1000
"""Some seconds of lines; older ones are of no use to who cannot keep up."""
_SLICE_S: Final = 0.1


class LineQueue:
    """Never full: the oldest line makes room and is counted. Any thread may call.

    Attributes:
        sent: Lines handed to the system.
        lost: Lines that this receiver did not get.
    """

    def __init__(self, most: int = _MOST_WAITING) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self.sent = 0
        self.lost = 0
        self._told = 0

    def put(self, line: bytes) -> None:
        """Add a line; never waits."""
        with self._changed:
            self._lines.append(line)
            if len(self._lines) > self._most:
                self._lines.popleft()
                self.lost += 1
            self._changed.notify_all()

    def send_to(self, wire: Wire, is_stopping: Callable[[], bool]) -> None:
        """Send what waits and what comes, until it is asked to stop and nothing waits.

        Where lines were lost, a line says how many before the next one.

        Raises:
            OSError, ReceiverLost: If the receiver is lost; the line it did not take waits.
        """
        while True:
            line = self._take()
            if line is None:
                if is_stopping():
                    return
                continue
            try:
                if (missed := self.lost - self._told) > 0:
                    wire.send(b'{"kind":"lost","lines":%d}\n' % missed)
                    self._told += missed
                wire.send(line)
            except BaseException:
                self._put_back(line)
                raise
            self.sent += 1

    def give_up(self) -> None:
        """Nobody will take what waits."""
        with self._changed:
            self.lost += len(self._lines)
            self._lines.clear()

    def _take(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._lines, _SLICE_S)
            return self._lines.popleft() if self._lines else None

    def _put_back(self, line: bytes) -> None:
        with self._changed:
            if len(self._lines) >= self._most:
                self.lost += 1
            else:
                self._lines.appendleft(line)
