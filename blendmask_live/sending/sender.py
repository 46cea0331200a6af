"""Sends the newest picture on, and again after the receiver was lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.reconnecting import RetryPauses
from blendmask_live.live.meters import RateMeter, RecentValues
from blendmask_live.sending.attempts import Attempts

__all__ = ["Outlet", "Picture", "Sender", "SenderStatus"]

_STANDING_S: Final = 1.0
"""A picture that stands still is sent again after so long: receivers take silence for a loss."""
_SLICE_S: Final = 0.1
_LAST_WAIT_S: Final = 5.0
"""So long at most the last picture waits for a receiver that is being reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is to be seen at one moment."""

    image: NDArray[np.uint8]
    """(H, W, 3) RGB, or (H, W, 4) RGB and straight alpha; nobody changes it any more."""
    captured_at: float
    """`time.monotonic()` of its capture."""
    source_s: Fraction | None = None
    """Its time in the source, to which sound belongs."""


class Outlet(Protocol):
    """One connection to one receiver; used by one thread."""

    @property
    def is_open(self) -> bool:
        """Whether the receiver was reached."""
        ...

    def wait_ready(self) -> bool:
        """Wait a tenth of a second at most until a picture would leave at once.

        Raises:
            ReceiverLost: If the connection is lost.
        """
        ...

    def send(self, picture: Picture) -> None:
        """Send a picture.

        Raises:
            ReceiverLost: If the connection is lost.
        """
        ...

    def finish(self) -> None:
        """Complete what is written.

        Raises:
            ReceiverLost: If it could not be completed.
        """
        ...

    def kill(self) -> None:
        """Release everything at once; also after `finish`."""
        ...


@dataclass(frozen=True, slots=True)
class SenderStatus:
    """A snapshot; rate and age are those of the last few seconds."""

    target: str
    """Where to, as people may read it."""
    state: str
    """'starting', 'sending', 'waiting' for the next try, 'failed' or 'ended'."""
    notice: str
    """What is wrong now, for people; "" if nothing."""
    sent: int
    """Pictures handed to the system since the start."""
    dropped: int
    """Pictures left out because newer ones were there, or while nobody received."""
    connections: int
    """How often the receiver was reached."""
    fps: float
    age_ms_p50: float
    """From the capture of a picture until the sending process had room for it and took it."""
    age_ms_p99: float


class Sender:
    """Keeps the newest picture and sends it whenever the receiver can take one.

    `add` never waits. A receiver that is slow gets fewer pictures, never older ones.
    """

    def __init__(
        self,
        target: str,
        open_outlet: Callable[[tuple[int, int]], Outlet],
        *,
        frame_size: tuple[int, int],
        keeps_trying: bool = False,
        pauses: RetryPauses | None = None,
        on_change: Callable[[SenderStatus], None] = lambda status: None,
    ) -> None:
        """Begin to connect.

        Args:
            target: Where to, for people.
            open_outlet: Opens a connection for pictures of (height, width) px; raises ReceiverLost.
            frame_size: Of the pictures to come; a later connection takes the size they then have.
            keeps_trying: Whether the first connection may fail too.
            pauses: Between attempts.
            on_change: Called in the sending thread when state or notice have changed; must return
                at once.
        """
        self._open_outlet = open_outlet
        self._frame_size = frame_size
        self._changed = threading.Condition()
        self._newest: Picture | None = None
        self._last: Picture | None = None
        self._sent_at = self._newest_at = self._last_wait_until_s = 0.0
        self._sent = self._dropped = 0
        self._rate, self._ages_ms = RateMeter(), RecentValues()
        self._attempts = Attempts(
            target,
            self._serve,
            keeps_trying=keeps_trying,
            pauses=pauses,
            on_change=lambda: on_change(self.status),
        )
        self._attempts.start()

    @property
    def status(self) -> SenderStatus:
        """As of now; from any thread."""
        p50_ms, p99_ms = self._ages_ms.percentiles(50, 99)
        link = self._attempts.link
        return SenderStatus(
            target=self._attempts.target,
            state=link.state,
            notice=link.notice,
            sent=self._sent,
            dropped=self._dropped,
            connections=link.connections,
            fps=self._rate.rate,
            age_ms_p50=p50_ms,
            age_ms_p99=p99_ms,
        )

    def add(self, picture: Picture) -> None:
        """Hand over a picture; from any thread, never waits."""
        with self._changed:
            self._dropped += self._newest is not None
            self._newest = picture
            self._changed.notify_all()

    def close(self) -> None:
        """Send the picture that waits, if a receiver is there, and complete what is written."""
        self._last_wait_until_s = time.monotonic() + _LAST_WAIT_S
        self._attempts.close()

    def _goes_on(self) -> bool:
        if not self._attempts.is_stopping:
            return True
        return self._newest is not None and time.monotonic() < self._last_wait_until_s

    def _serve(self) -> None:
        outlet = self._open_outlet(self._frame_size)
        was_open = False
        try:
            while self._goes_on():
                if not outlet.wait_ready():
                    continue
                if not was_open:
                    was_open, self._sent_at = True, 0.0
                    self._attempts.note_open()
                if (newest := self._take()) is not None:
                    self._send(outlet, newest)
            if was_open:
                outlet.finish()
        finally:
            outlet.kill()

    def _send(self, outlet: Outlet, picture: Picture) -> None:
        is_new = picture.captured_at > self._newest_at
        self._last, self._frame_size = picture, picture.image.shape[:2]
        self._newest_at = picture.captured_at
        outlet.send(picture)
        self._sent_at = time.monotonic()
        self._sent += 1
        self._rate.count()
        if is_new:
            self._ages_ms.add((self._sent_at - picture.captured_at) * 1000)

    def _take(self) -> Picture | None:
        """The newest picture, or the last one again where it stands still; None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest, _SLICE_S)
            newest, self._newest = self._newest, None
        if newest is not None or self._last is None:
            return newest
        now_s = time.monotonic()
        if now_s - self._sent_at < _STANDING_S:
            return None
        # It counts as news to nobody but the receiver.
        self._newest_at = now_s
        return replace(self._last, captured_at=now_s, source_s=None)
