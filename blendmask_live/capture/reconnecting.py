"""Sources that may go away and come back: one thread that keeps the newest picture at hand."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.kept_sound import KeptSound
from blendmask_live.capture.live_clock import LiveClock
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.errors import SourceError, SourceOpenError, SourceReadError

__all__ = [
    "Connect",
    "Connection",
    "HeardConnection",
    "LivePicture",
    "ReconnectingSource",
    "RetryPauses",
]

logger = logging.getLogger(__name__)

_FIRST_PICTURE_TIMEOUT_S: Final = 15.0
_QUIET_S: Final = 3.0
"""After this long without a picture a notice is shown: sound alone keeps a connection alive."""
_CLOSE_TIMEOUT_S: Final = 0.5
"""A thread inside a call that cannot be interrupted ends by its own timeout, in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """A picture as it came in."""

    to_rgb: Callable[[], NDArray[np.uint8]]
    """(H, W, 3) uint8 RGB, contiguous; called by the reading thread, for pictures that it takes."""
    stream_s: Fraction | None
    """The stream's own time in seconds; may be missing or jump."""
    captured_at: float
    """`time.monotonic()` of its arrival."""


class Connection(Protocol):
    """An open camera, stream or screen; used and closed by the thread that opened it."""

    @property
    def info(self) -> SourceInfo:
        """Size and rate as the device gives them."""
        ...

    @property
    def notice(self) -> str:
        """What is wrong with the pictures just now; "" if nothing."""
        ...

    def pictures(self) -> Iterator[LivePicture]:
        """Pictures as they come, until the other side ends.

        Raises:
            SourceReadError: If the connection broke.
        """
        ...

    def close(self) -> None:
        """Release the device."""
        ...


@runtime_checkable
class HeardConnection(Connection, Protocol):
    """A connection that may bring sound.

    Attributes:
        on_sound: Called by the capture thread with the stream's time and (n, 2) samples; while it
            is None, sound is not decoded.
    """

    on_sound: Callable[[Fraction, NDArray[np.int16]], None] | None


Connect = Callable[[], Connection]
"""Opens the source; raises SourceOpenError."""


@dataclass(frozen=True, slots=True)
class RetryPauses:
    """Pauses between attempts to get a lost source back: each twice as long as the last."""

    first_s: float = 0.5
    longest_s: float = 8.0

    def after(self, failures: int) -> float:
        """The pause after so many failures in a row, from 1."""
        return float(min(self.first_s * 2 ** min(failures - 1, 32), self.longest_s))


class ReconnectingSource:
    """The newest frame of a camera, stream or screen, and a new connection when it is lost.

    A thread of its own takes every picture the moment it comes, so that nothing waits inside
    the device or the network; `read` gives the newest one that was not yet given. A frame's
    index counts the captured frames, so a gap shows how many were passed over. `pts_s` starts
    at 0 and always grows; see `LiveClock`.

    `read` and `close` return within a second at any time. Only the first connection may fail;
    a source that is lost later is retried until `interrupt`, and `notice` says so.
    """

    def __init__(self, name: str, connect: Connect, *, pauses: RetryPauses | None = None) -> None:
        """Connect and wait for the first picture.

        Args:
            name: For people, in notices.
            connect: Called by the capture thread, again after each loss.
            pauses: Between attempts.

        Raises:
            SourceOpenError: If the first connection fails or ends without a picture.
        """
        self._name = name
        self._connect = connect
        self._pauses = pauses or RetryPauses()
        self._clock = LiveClock()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._info: SourceInfo | None = None
        self._newest: tuple[LivePicture, int, Fraction] | None = None
        self._captured = 0
        self._arrived_at = 0.0
        self._notice = ""
        self._connection: Connection | None = None
        self._failure: BaseException | None = None
        self._sound: KeptSound | None = None
        self._thread = threading.Thread(target=self._run, name=f"capture {name}")
        self._thread.start()
        try:
            self._wait_for_first()
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> SourceInfo:
        """As of the first connection; frames may come in another size later."""
        assert self._info is not None
        return self._info

    @property
    def notice(self) -> str:
        """See `NoticingSource.notice`."""
        connection = self._connection
        if self._notice or connection is None:
            return self._notice
        quiet_s = time.monotonic() - self._arrived_at
        slowest_s = 3 / self.info.average_fps if self.info.average_fps else 0
        if quiet_s >= max(_QUIET_S, slowest_s):
            return f"{self._name}: no picture for {quiet_s:.0f} s"
        return connection.notice

    def read(self) -> Frame | None:
        """The newest frame not yet given; waits for it, also while the source is away."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._failure or self._stopped.is_set())
            newest, self._newest = self._newest, None
        if self._stopped.is_set():
            return None
        if newest is None:
            raise SourceReadError(f"{self._name}: capture failed: {self._failure}") from (
                self._failure
            )
        picture, index, pts_s = newest
        return Frame(picture.to_rgb(), index, pts_s, picture.captured_at)

    def sound(self) -> KeptSound | None:
        """See `HeardSource.sound`; from now on sound is decoded."""
        if not self.info.has_audio:
            return None
        self._sound = self._sound or KeptSound()
        if isinstance(connection := self._connection, HeardConnection):
            connection.on_sound = self._hear
        return self._sound

    def _hear(self, stream_s: Fraction, samples: NDArray[np.int16]) -> None:
        begin_s = self._clock.at(stream_s)
        if begin_s is not None and self._sound is not None:
            self._sound.add(float(begin_s), samples)

    def interrupt(self) -> None:
        """See `FrameSource.interrupt`."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """See `FrameSource.close`."""
        self.interrupt()
        self._thread.join(_CLOSE_TIMEOUT_S)
        if self._thread.is_alive():
            logger.debug("%s: still waits for the device; ends by its timeout", self._name)

    def _wait_for_first(self) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest or self._failure, timeout=_FIRST_PICTURE_TIMEOUT_S
            )
        if isinstance(self._failure, SourceOpenError):
            raise self._failure
        if self._failure is not None:
            raise SourceOpenError(f"{self._name}: {self._failure}") from self._failure
        if self._newest is None:
            raise SourceOpenError(
                f"{self._name}: no picture came within {_FIRST_PICTURE_TIMEOUT_S:g} s; "
                "check that the other side sends video"
            )

    def _run(self) -> None:
        try:
            self._keep_connected()
        except Exception as failure:
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    def _keep_connected(self) -> None:
        failures = 0
        while self._is_wanted():
            captured_before = self._captured
            try:
                with closing(self._connect()) as connection:
                    self._take_from(connection)
                reason = "it ended"
            except SourceError as failure:
                if not self._captured:
                    raise
                reason = str(failure).removeprefix(f"{self._name}: ")
            finally:
                self._connection = None
            if not self._is_wanted():
                return
            if not self._captured:
                raise SourceOpenError(f"{self._name}: ended before its first picture came")
            failures = 1 if self._captured > captured_before else failures + 1
            if failures == 1:
                logger.warning("%s: lost (%s); trying to get it back", self._name, reason)
            self._pause(reason, self._pauses.after(failures))

    def _is_wanted(self) -> bool:
        # A program that ends without closing its source must not wait for this thread for ever.
        return not self._stopped.is_set() and threading.main_thread().is_alive()

    def _take_from(self, connection: Connection) -> None:
        self._connection = connection
        if self._sound is not None and isinstance(connection, HeardConnection):
            connection.on_sound = self._hear
        self._clock.reconnect()
        for picture in connection.pictures():
            if not self._is_wanted():
                return
            pts_s = self._clock.stamp(picture.stream_s, picture.captured_at)
            with self._changed:
                self._info = self._info or connection.info
                self._newest = picture, self._captured, pts_s
                self._captured += 1
                self._arrived_at = picture.captured_at
                was_lost, self._notice = bool(self._notice), ""
                self._changed.notify_all()
            if was_lost:
                logger.warning("%s: is back", self._name)

    def _pause(self, reason: str, pause_s: float) -> None:
        logger.info("%s: %s; next try in %g s", self._name, reason, pause_s)
        until_s = time.monotonic() + pause_s
        while (left_s := until_s - time.monotonic()) > 0 and self._is_wanted():
            self._notice = f"{self._name}: lost, next try in {max(1, round(left_s))} s ({reason})"
            self._stopped.wait(min(left_s, 1.0))
        self._notice = f"{self._name}: lost, trying to connect again"
