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
from blendmask_live.sending.sender import Picture, Sender, SenderStatus
from blendmask_live.sending.view import View

__all__ = ["StreamReport", "stream", "wait_for_answers"]

logger = logging.getLogger(__name__)
_SLICE_S = 0.1


@dataclass(frozen=True, slots=True)
class StreamReport:
    """How far it is."""

    live: LiveStatus
    senders: tuple[SenderStatus, ...]

    @property
    def notices(self) -> str:
        """What is wrong now, for people; "" if nothing."""
        of_senders = (f"{s.target}: {s.notice}" for s in self.senders if s.notice)
        return "; ".join(filter(None, (self.live.notice, *of_senders)))


def stream(
    source: FrameSource,
    segmenter: Segmenter,
    settings: LiveSettings,
    *,
    senders: tuple[Sender, ...],
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
        for sender in senders:
            stack.callback(sender.close)
        session = LiveSession(source, segmenter, settings, on_change=changed.set)
        session.loop = loops
        stack.callback(session.stop)
        failed = _require_any(tuple(sender.status for sender in senders), frozenset())
        session.start()
        while True:
            changed.wait(_SLICE_S)
            changed.clear()
            has_ended = session.status().state in ("ended", "failed", "stopped")
            if (tracked_frame := session.take_latest()) is not None:
                frame = tracked_frame.frame
                picture = Picture(view.draw(tracked_frame), frame.captured_at, frame.pts_s)
                for sender in senders:
                    sender.add(picture)
            now = StreamReport(session.status(), tuple(s.status for s in senders))
            report(now)
            failed = _require_any(now.senders, failed)
            if has_ended and tracked_frame is None:
                break
        if session.error is not None:
            raise session.error
    return StreamReport(now.live, tuple(sender.status for sender in senders))


def wait_for_answers(senders: tuple[Sender, ...], seconds: float) -> None:
    """Wait until every receiver was reached or not, at most for so long.

    Raises:
        ExportError: If no receiver was reached; says why.
    """
    until_s = time.monotonic() + seconds
    while any(s.status.state == "starting" for s in senders) and time.monotonic() < until_s:
        time.sleep(_SLICE_S / 2)
    _require_any(tuple(sender.status for sender in senders), frozenset())


def _require_any(senders: tuple[SenderStatus, ...], known: frozenset[str]) -> frozenset[str]:
    """The targets that have failed; those not known before are told.

    Raises:
        ExportError: If all have.
    """
    failed = {status.target: status.notice for status in senders if status.state == "failed"}
    if senders and len(failed) == len({status.target for status in senders}):
        raise ExportError("; ".join(f"{target}: {why}" for target, why in failed.items()))
    for target in failed.keys() - known:
        logger.warning("%s: %s; the others go on", target, failed[target])
    return frozenset(failed)
