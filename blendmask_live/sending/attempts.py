"""Keeps something connected: tries again with growing pauses, and says so."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from blendmask_live.capture.reconnecting import RetryPauses

__all__ = ["Attempts", "LinkState", "ReceiverLost"]

logger = logging.getLogger(__name__)
_STOP_SLICE_S: Final = 1.0


class ReceiverLost(Exception):
    """A receiver cannot be reached, or not any more.

    Attributes:
        is_final: Whether another try is of no use.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class LinkState(NamedTuple):
    """How a connection is."""

    state: str = "starting"
    """'starting', 'sending', 'waiting' for the next try, 'failed' or 'ended'."""
    notice: str = ""
    """What is wrong now, for people; "" if nothing."""
    connections: int = 0
    """How often the receiver was reached."""


class Attempts:
    """Serves one receiver in a thread, over one connection after the other.

    Attributes:
        target: Where to, for people.
        is_stopping: Whether `close` was called; who serves looks at it several times a second.
    """

    def __init__(
        self,
        target: str,
        serve: Callable[[], None],
        *,
        keeps_trying: bool,
        pauses: RetryPauses | None,
        on_change: Callable[[], None],
        is_daemon: bool = False,
    ) -> None:
        """Begin.

        Args:
            target: Where to, for people.
            serve: Connects, calls `note_open`, and sends until `is_stopping` or until it raises
                ReceiverLost.
            keeps_trying: Whether the first connection may fail too.
            pauses: Between attempts.
            on_change: Called in the thread when `link` has changed; must return at once.
            is_daemon: Whether the program may end while a write waits.
        """
        self.target = target
        self._serve = serve
        self._keeps_trying = keeps_trying
        self._pauses = pauses or RetryPauses()
        self._on_change = on_change
        self._stopping = threading.Event()
        self._link = LinkState()
        self._thread = threading.Thread(target=self._run, name=f"send {target}", daemon=is_daemon)

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    @property
    def link(self) -> LinkState:
        """As of now; from any thread."""
        return self._link

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def note_open(self) -> None:
        """The receiver was reached; called by who serves."""
        if self._link.connections:
            logger.warning("%s: is back", self.target)
        self._tell(LinkState("sending", "", self._link.connections + 1))

    def close(self, timeout_s: float | None = None) -> None:
        """Ask who serves to end, and wait for it; at most for so long where given."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        failures = 0
        while not self.is_stopping:
            connections = self._link.connections
            try:
                self._serve()
            except ReceiverLost as lost:
                if lost.is_final or not (self._link.connections or self._keeps_trying):
                    logger.info("%s: %s", self.target, lost)
                    self._tell(self._link._replace(state="failed", notice=str(lost)))
                    return
                failures = 1 if self._link.connections > connections else failures + 1
                self._pause(str(lost), failures)
            except Exception as error:
                # Top of this thread: whatever it is, somebody has to hear of it.
                logger.exception("%s: cannot be sent to", self.target)
                text = f"{type(error).__name__}: {error}"
                self._tell(self._link._replace(state="failed", notice=text))
                return
        self._tell(self._link._replace(state="ended", notice=""))

    def _pause(self, reason: str, failures: int) -> None:
        if failures == 1 and not self.is_stopping:
            logger.warning("%s: lost (%s); trying again with growing pauses", self.target, reason)
        until_s = time.monotonic() + self._pauses.after(failures)
        while (left_s := until_s - time.monotonic()) > 0 and not self.is_stopping:
            self._wait_notice(f"lost, next try in {max(1, round(left_s))} s ({reason})")
            self._stopping.wait(min(left_s, _STOP_SLICE_S))
        self._wait_notice(f"lost, trying again ({reason})")

    def _wait_notice(self, notice: str) -> None:
        self._tell(self._link._replace(state="waiting", notice=notice))

    def _tell(self, link: LinkState) -> None:
        if link != self._link:
            self._link = link
            self._on_change()
