"""Measures a live session: how old frames are when they have been drawn, over time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.source import FrameSource
from blendmask_live.drawing.overlay import draw_overlay
from blendmask_live.live.session import LiveSession
from blendmask_live.live.settings import LiveSettings
from blendmask_live.measuring.synthetic import SyntheticCamera
from blendmask_live.pipeline import StageSummary, StageTimings
from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["AgeSpan", "LiveBench", "bench_live", "worker_fps"]

_WARM_UP_S: Final = 2.0
_LONGEST_WAIT_S: Final = 0.1
_STAGES: Final = ("segment", "track", "draw")
"""What a frame goes through after its capture."""

Report = Callable[[float], None]
"""Called with the seconds measured so far."""


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """Some seconds of a live session."""

    begin_s: float
    end_s: float
    shown: int
    """Frames drawn."""
    dropped: int
    """Frames left out because newer ones were there."""
    age_ms_p50: float
    """From the capture of a frame to the end of its drawing."""
    age_ms_p99: float
    quality: str
    """What the governor had lowered at the end; '' if nothing."""
    rss_mb: float


@dataclass(frozen=True, slots=True)
class LiveBench:
    """What a live session achieved."""

    spans: tuple[AgeSpan, ...]
    source_fps: float
    """Frames per second of the source; 0 where it states none."""
    shown_fps: float
    dropped: int
    age_ms_p50: float
    age_ms_p99: float
    stages_ms: dict[str, StageSummary]
    """Stage -> its times per frame; "draw" is the overlay."""

    @property
    def age_limit_ms(self) -> float:
        """One capture interval, one network time, one draw (and tracking): all at their p99."""
        work_ms = sum(self.stages_ms[name].p99_ms for name in _STAGES)
        return 1000 / self.source_fps + work_ms if self.source_fps else work_ms


def worker_fps(
    segmenter: Segmenter,
    pictures: Sequence[NDArray[np.uint8]],
    settings: LiveSettings,
    *,
    seconds: float,
) -> float:
    """Frames per second that the slowest stage manages when there is always a new one.

    From its median time, which other programs on the machine disturb least.
    """
    camera = SyntheticCamera(pictures, fps=1000)
    stages_ms = bench_live(segmenter, camera, settings, seconds=seconds).stages_ms
    return 1000 / max(stages_ms[name].p50_ms for name in _STAGES)


def bench_live(
    segmenter: Segmenter,
    source: FrameSource,
    settings: LiveSettings,
    *,
    seconds: float | None = None,
    span_s: float = 10.0,
    report: Report = lambda seconds: None,
) -> LiveBench:
    """Run a live session, draw every frame it shows, and look at the clock.

    Args:
        seconds: How long to measure, after a warm-up; None measures a recorded source from its
            first frame to its end.
        span_s: Length of each span reported.

    Raises:
        StageFailed: If a stage failed.
    """
    changed = threading.Event()
    session = LiveSession(source, segmenter, settings, on_change=changed.set)
    session.start()
    try:
        watch = _Watch(session, changed)
        if seconds is not None:
            watch.draw_first()
            watch.draw_for(min(_WARM_UP_S, seconds))
            watch.begin_span()
        spans: list[AgeSpan] = []
        began_s = time.monotonic()
        while not watch.has_ended and (seconds is None or time.monotonic() - began_s < seconds):
            left_s = span_s if seconds is None else seconds - (time.monotonic() - began_s)
            watch.draw_for(min(span_s, max(left_s, 0.0)))
            spans.append(watch.end_span(began_s))
            report(time.monotonic() - began_s)
    finally:
        session.stop()
    if session.error is not None:
        raise session.error
    return _result(session, watch, spans, time.monotonic() - began_s)


class _Watch:
    """Draws what a session shows and keeps the ages."""

    def __init__(self, session: LiveSession, changed: threading.Event) -> None:
        self._session = session
        self._changed = changed
        self.draw_times = StageTimings()
        self.ages_ms: list[float] = []
        self.begin_span()

    @property
    def has_ended(self) -> bool:
        return self._session.status().state in ("ended", "failed", "stopped")

    def begin_span(self) -> None:
        """Count from now on."""
        self._span_first = self._first = len(self.ages_ms)
        status = self._session.status()
        self._span_began_s = time.monotonic()
        self._span_dropped = status.frames_dropped

    def draw_first(self) -> None:
        """Draw the first frame, which may take longer than all that is measured."""
        while not (self.ages_ms or self.has_ended):
            self.draw_for(_LONGEST_WAIT_S)

    def draw_for(self, seconds: float) -> None:
        """Draw what comes for so long, or to the end."""
        deadline_s = time.monotonic() + seconds
        while time.monotonic() < deadline_s:
            self._changed.wait(_LONGEST_WAIT_S)
            self._changed.clear()
            if not self._draw_newest() and self.has_ended:
                return

    def end_span(self, began_s: float) -> AgeSpan:
        """What happened since the last span."""
        status, now_s = self._session.status(), time.monotonic()
        ages_ms = self.ages_ms[self._span_first :]
        p50_ms, p99_ms = np.percentile(ages_ms, (50, 99)).tolist() if ages_ms else (0.0, 0.0)
        span = AgeSpan(
            begin_s=max(self._span_began_s - began_s, 0.0),
            end_s=now_s - began_s,
            shown=len(ages_ms),
            dropped=status.frames_dropped - self._span_dropped,
            age_ms_p50=p50_ms,
            age_ms_p99=p99_ms,
            quality=status.quality,
            rss_mb=status.rss_mb,
        )
        self._span_first, self._span_began_s = len(self.ages_ms), now_s
        self._span_dropped = status.frames_dropped
        return span

    @property
    def measured_ages_ms(self) -> list[float]:
        """Without the warm-up."""
        return self.ages_ms[self._first :]

    def _draw_newest(self) -> bool:
        tracked_frame = self._session.take_latest()
        if tracked_frame is None:
            return False
        started_s = time.perf_counter()
        draw_overlay(tracked_frame.frame.image, tracked_frame.tracked)
        self.draw_times.record("draw", (time.perf_counter() - started_s) * 1000)
        self.ages_ms.append((time.monotonic() - tracked_frame.frame.captured_at) * 1000)
        return True


def _result(
    session: LiveSession, watch: _Watch, spans: Sequence[AgeSpan], seconds: float
) -> LiveBench:
    ages_ms = watch.measured_ages_ms or [0.0]
    p50_ms, p99_ms = np.percentile(ages_ms, (50, 99)).tolist()
    shown, dropped = sum(span.shown for span in spans), sum(span.dropped for span in spans)
    status = session.status()
    return LiveBench(
        spans=tuple(spans),
        source_fps=float(session.info.average_fps or 0),
        shown_fps=shown / seconds,
        dropped=dropped,
        age_ms_p50=p50_ms,
        age_ms_p99=p99_ms,
        stages_ms={**status.stages, **watch.draw_times.summary()},
    )
