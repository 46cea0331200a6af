"""How long each stage takes."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

__all__ = ["StageSummary", "StageTimings"]

_KEPT_SAMPLES: Final = 4096


@dataclass(frozen=True, slots=True)
class StageSummary:
    """Times of one stage, in ms; percentiles over its last 4096 frames."""

    count: int
    """Frames measured in all."""
    mean_ms: float
    """Over all frames."""
    p50_ms: float
    p99_ms: float


class StageTimings:
    """Collects the time that stages spend on frames; memory is bounded, any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest_ms: dict[str, deque[float]] = {}
        self._totals: dict[str, tuple[int, float]] = {}

    def record(self, stage: str, elapsed_ms: float) -> None:
        """Add the time of one frame."""
        with self._lock:
            self._latest_ms.setdefault(stage, deque(maxlen=_KEPT_SAMPLES)).append(elapsed_ms)
            count, total_ms = self._totals.get(stage, (0, 0.0))
            self._totals[stage] = count + 1, total_ms + elapsed_ms

    def summary(self) -> dict[str, StageSummary]:
        """Stage name -> its times so far, in the order of the stages' first frames."""
        with self._lock:
            latest_ms = {stage: list(times_ms) for stage, times_ms in self._latest_ms.items()}
            totals = dict(self._totals)
        summaries = {}
        for stage, times_ms in latest_ms.items():
            count, total_ms = totals[stage]
            p50_ms, p99_ms = np.percentile(times_ms, (50, 99)).tolist()
            summaries[stage] = StageSummary(count, total_ms / count, p50_ms, p99_ms)
        return summaries
