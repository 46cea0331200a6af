"""What live view shows, sent on without a window."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from blendmask_live.capture.source import FrameSource
from blendmask_live.errors import ExportError
from blendmask_live.live import LiveSession, LiveSettings, LiveStatus
from blendmask_live.segmenting.segmenter import Segmenter
from blendmask_live.sending.events import EventSink, ReceiverStatus
from blendmask_live.sending.sender import Picture, Sender, SenderStatus
from blendmask_live.sending.view import View

__all__ = ["StreamReport", "stream", "wait_for_answers"]

logger = logging.getLogger(__name__)
_SLICE_S = 0.1
_FIRST_FRAME_S = 60.0
_LAST_FRAME_S = 2.0
"""A file's last frame is through the network after so long."""
LinkStatus = SenderStatus | ReceiverStatus


@dataclass(frozen=True, slots=True)
class StreamReport:
    """How far it is."""

    live: LiveStatus
    senders: tuple[SenderStatus, ...]
    receivers: tuple[ReceiverStatus, ...] = ()
    """Of events."""

    @property
    def links(self) -> tuple[LinkStatus, ...]:
        """All senders and receivers."""
        return (*self.senders, *self.receivers)

    @property
    def notices(self) -> str:
        """What is wrong now, for people; "" if nothing."""
        of_links = (f"{link.target}: {link.notice}" for link in self.links if link.notice)
        return "; ".join(filter(None, (self.live.notice, *of_links)))


def stream(
    source: FrameSource,
    segmenter: Segmenter,
    settings: LiveSettings,
    *,
    senders: tuple[Sender, ...],
    events: EventSink | None = None,
    view: View | None = None,
    loops: bool = False,
    report: Callable[[StreamReport], None] = lambda report: None,
) -> StreamReport:
    """Play a source and hand what is shown to the senders, to its end or Ctrl-C.

    Args:
        source: Owned from now on.
        segmenter: Finds the objects.
        settings: Of segmenter and tracker.
        senders: Closed at the end.
        events: Gets every tracked frame; closed at the end.
        view: How frames are drawn.
        loops: Whether a file begins again at its end.
        report: Called ten times a second.

    Raises:
        StageFailed: If the source or the network failed.
        ExportError: If every sender failed; says why.
        KeyboardInterrupt: On Ctrl-C, after completing what was sent.
    """
    view = view or View()
    changed = threading.Event()
    with ExitStack() as stack:
        is_watched = False
        if events is not None:
            stack.callback(lambda: None if is_watched else events.discard())
        for sender in senders:
            stack.callback(sender.close)
        session = LiveSession(source, segmenter, settings, on_change=changed.set)
        session.loop = loops
        stack.callback(session.stop)
        failed = _require_any(_statuses(senders, events), frozenset())
        session.start()
        if events is not None:
            session.watch("events", events)
            is_watched = True
        frame_at: float | None = None
        began_s = time.monotonic()
        while True:
            changed.wait(_SLICE_S)
            changed.clear()
            state = session.status().state
            has_ended = state in ("ended", "failed", "stopped")
            if (tracked_frame := session.take_latest()) is not None:
                frame_at, frame = time.monotonic(), tracked_frame.frame
                picture = Picture(view.draw(tracked_frame), frame.captured_at, frame.pts_s)
                for sender in senders:
                    sender.add(picture)
            now = _report(session, senders, events)
            report(now)
            failed = _require_any(now.links, failed)
            # At the end of a file the network still works on the last frames.
            quiet_s = time.monotonic() - (frame_at or began_s)
            if state == "failed" or (
                has_ended and quiet_s >= (_FIRST_FRAME_S if frame_at is None else _LAST_FRAME_S)
            ):
                break
        if session.error is not None:
            raise session.error
    return _report(session, senders, events)


def _report(
    session: LiveSession, senders: tuple[Sender, ...], events: EventSink | None
) -> StreamReport:
    receivers = () if events is None else events.statuses
    return StreamReport(session.status(), tuple(sender.status for sender in senders), receivers)


def _statuses(senders: tuple[Sender, ...], events: EventSink | None) -> tuple[LinkStatus, ...]:
    receivers = () if events is None else events.statuses
    return (*(sender.status for sender in senders), *receivers)


def wait_for_answers(senders: tuple[Sender, ...], events: EventSink | None, seconds: float) -> None:
    """Wait until every receiver was reached or not, at most for so long.

    Raises:
        ExportError: If no receiver was reached; says why.
    """
    until_s = time.monotonic() + seconds
    while any(status.state == "starting" for status in _statuses(senders, events)):
        if time.monotonic() > until_s:
            return
        time.sleep(_SLICE_S / 2)
    _require_any(_statuses(senders, events), frozenset())


def _require_any(links: tuple[LinkStatus, ...], known: frozenset[str]) -> frozenset[str]:
    """The targets that have failed; those not known before are told.

    Raises:
        ExportError: If all have.
    """
    failed = {link.target: link.notice for link in links if link.state == "failed"}
    if failed and len(failed) == len({link.target for link in links}):
        raise ExportError("; ".join(f"{target}: {why}" for target, why in failed.items()))
    for target in failed.keys() - known:
        logger.warning("%s: %s; the others go on", target, failed[target])
    return frozenset(failed)
