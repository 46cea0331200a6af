"""Whether a live stream comes faster than it is decoded."""

from __future__ import annotations

from typing import Final

__all__ = ["Backlog"]

_PERIOD_S: Final = 1.0
_BEHIND_SHARE: Final = 0.02
_CAUGHT_UP_SHARE: Final = 0.1


class Backlog:
    """Watches how long the reader of a stream waits for data.

    A reader that never has to wait has a growing queue before it, in the network or the
    driver. Delay alone says nothing, as clocks drift and networks change.
    """

    def __init__(self) -> None:
        self._is_behind = False
        self._waited_s = 0.0
        self._began_at: float | None = None

    def is_behind(self, *, waited_s: float, now: float) -> bool:
        """Whether there is a queue, judged once a second.

        Args:
            waited_s: Time spent waiting for the newest packet.
            now: `time.monotonic()` of its arrival.
        """
        if self._began_at is None:
            self._began_at = now
            return False
        self._waited_s += waited_s
        if (period_s := now - self._began_at) >= _PERIOD_S:
            limit = _CAUGHT_UP_SHARE if self._is_behind else _BEHIND_SHARE
            self._is_behind = self._waited_s < limit * period_s
            self._waited_s, self._began_at = 0.0, now
        return self._is_behind
