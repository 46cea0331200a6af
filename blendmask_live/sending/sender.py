"""Sends the newest picture on, and again after the receiver was lost."""

from __future__ import annotations

import logging
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

__all__ = ["Outlet", "OutletLost", "Picture", "Sender", "SenderStatus"]

logger = logging.getLogger(__name__)
_STANDING_S: Final = 1.0
"""A picture that stands still is sent again after so long: receivers take silence for a loss."""
_SLICE_S: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is to be seen at one moment."""

    image: NDArray[np.uint8]
    """(H, W, 3) RGB, or (H, W, 4) RGB and straight alpha; nobody changes it any more."""
    captured_at: float
    """`time.monotonic()` of its capture."""
    source_s: Fraction | None = None
    """Its time in the source, to which sound belongs."""


class OutletLost(Exception):
    """A receiver cannot be reached, or not any more.

    Attributes:
        is_final: Whether another try is of no use.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Outlet(Protocol):
    """One connection to one receiver; used by one thread."""

    @property
    def is_open(self) -> bool:
        """Whether the receiver was reached."""
        ...

    def wait_ready(self) -> bool:
        """Wait a tenth of a second at most until a picture would leave at once.

        Raises:
            OutletLost: If the connection is lost.
        """
        ...

    def send(self, picture: Picture) -> None:
        """Send a picture.

        Raises:
            OutletLost: If the connection is lost.
        """
        ...

    def finish(self) -> None:
        """Complete what is written.

        Raises:
            OutletLost: If it could not be completed.
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
            open_outlet: Opens a connection for pictures of (height, width) px; raises OutletLost.
            frame_size: Of the pictures to come; a later connection takes the size they then have.
            keeps_trying: Whether the first connection may fail too.
            pauses: Between attempts.
            on_change: Called in the sending thread when state or notice have changed; must return
                at once.
        """
        self._open_outlet = open_outlet
        self._frame_size = frame_size
        self._keeps_trying = keeps_trying
        self._pauses = pauses or RetryPauses()
        self._on_change = on_change
        self._changed = threading.Condition()
        self._newest: Picture | None = None
        self._last: Picture | None = None
        self._sent_at = 0.0
        self._is_stopping = False
        self._rate, self._ages_ms = RateMeter(), RecentValues()
        self._status = SenderStatus(target, "starting", "", 0, 0, 0, 0.0, 0.0, 0.0)
        self._thread = threading.Thread(target=self._run, name=f"send {target}")
        self._thread.start()

    @property
    def status(self) -> SenderStatus:
        """As of now; from any thread."""
        p50_ms, p99_ms = self._ages_ms.percentiles(50, 99)
        return replace(self._status, fps=self._rate.rate, age_ms_p50=p50_ms, age_ms_p99=p99_ms)

    def add(self, picture: Picture) -> None:
        """Hand over a picture; from any thread, never waits."""
        with self._changed:
            if self._newest is not None:
                self._set(dropped=self._status.dropped + 1)
            self._newest = picture
            self._changed.notify_all()

    def close(self) -> None:
        """Send nothing more and complete what is written; waits for it."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        failures = 0
        while not self._is_stopping:
            connections = self._status.connections
            try:
                self._send_all()
            except OutletLost as lost:
                is_first = not self._status.connections
                if lost.is_final or (is_first and not self._keeps_trying):
                    logger.info("%s: %s", self._status.target, lost)
                    self._tell("failed", str(lost))
                    return
                failures = 1 if self._status.connections > connections else failures + 1
                self._pause(str(lost), failures)
            except Exception as error:
                # Top of this thread: whatever it is, somebody has to hear of it.
                logger.exception("%s: cannot be sent to", self._status.target)
                self._tell("failed", f"{type(error).__name__}: {error}")
                return
        self._tell("ended", "")

    def _send_all(self) -> None:
        outlet = self._open_outlet(self._frame_size)
        was_open = False
        try:
            while not self._is_stopping:
                if not outlet.wait_ready():
                    continue
                if not was_open:
                    was_open = True
                    self._note_open()
                if (newest := self._take()) is not None:
                    self._send(outlet, newest)
            if was_open:
                outlet.finish()
        finally:
            outlet.kill()

    def _send(self, outlet: Outlet, picture: Picture) -> None:
        outlet.send(picture)
        now_s = time.monotonic()
        self._ages_ms.add((now_s - picture.captured_at) * 1000)
        self._rate.count()
        with self._changed:
            self._set(sent=self._status.sent + 1)
        self._last, self._sent_at, self._frame_size = picture, now_s, picture.image.shape[:2]

    def _take(self) -> Picture | None:
        """The newest picture, or the last one again where it stands still; None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._is_stopping, _SLICE_S)
            newest, self._newest = self._newest, None
        now_s = time.monotonic()
        if newest is None and self._last is not None and now_s - self._sent_at >= _STANDING_S:
            return replace(self._last, captured_at=now_s, source_s=None)
        return newest

    def _note_open(self) -> None:
        if self._status.connections:
            logger.warning("%s: is back", self._status.target)
        with self._changed:
            self._set(connections=self._status.connections + 1)
        self._tell("sending", "")

    def _pause(self, reason: str, failures: int) -> None:
        pause_s = self._pauses.after(failures)
        if failures == 1:
            logger.warning(
                "%s: lost (%s); trying again with growing pauses", self._status.target, reason
            )
        until_s = time.monotonic() + pause_s
        while (left_s := until_s - time.monotonic()) > 0 and not self._is_stopping:
            self._tell("waiting", f"lost, next try in {max(1, round(left_s))} s ({reason})")
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopping, min(left_s, 1.0))
        self._tell("waiting", f"lost, trying again ({reason})")

    def _set(self, *, sent: int = -1, dropped: int = -1, connections: int = -1) -> None:
        status = self._status
        self._status = replace(
            status,
            sent=status.sent if sent < 0 else sent,
            dropped=status.dropped if dropped < 0 else dropped,
            connections=status.connections if connections < 0 else connections,
        )

    def _tell(self, state: str, notice: str) -> None:
        with self._changed:
            if (state, notice) == (self._status.state, self._status.notice):
                return
            self._status = replace(self._status, state=state, notice=notice)
        self._on_change(self.status)
