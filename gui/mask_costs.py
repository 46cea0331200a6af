"""What a mask size costs, as measured on the demo and then while it was used."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from blendmask_live.config import MASK_SIZES
from blendmask_live.pipeline import StageSummary

if TYPE_CHECKING:
    from blendmask_live.segmenter import Segmenter

__all__ = ["MaskCosts", "costs_on_demo"]

_STEPS: Final = ("blend", "paste")
"""The steps whose time depends on the size of the masks."""
_KEPT: Final = 20
_PROBE_S: Final = 1.0
"""How long people may wait to see the costs before a size was ever used."""


def costs_on_demo(segmenter: Segmenter) -> dict[int, float]:
    """Milliseconds that each mask size takes in a frame of the demo; none of a slow network."""
    from blendmask_live.capture import open_source

    with closing(open_source("demo", start_s=4.0, max_frames=1)) as source:
        frame = source.read()
    assert frame is not None
    costs_ms: dict[int, float] = {}
    started_s = time.monotonic()
    segmenter.segment(frame.image)
    if (time.monotonic() - started_s) * len(MASK_SIZES) > _PROBE_S:
        return costs_ms
    for size in MASK_SIZES:
        sized = segmenter.with_settings(replace(segmenter.settings, mask_size=size))
        sized.segment(frame.image)
        costs_ms[size] = sum(sized.timings_ms[step] for step in _STEPS)
    return costs_ms


class MaskCosts:
    """Learns the time of blending and pasting for each mask size from a session's timings."""

    def __init__(self) -> None:
        self._costs_ms: dict[int, deque[float]] = {}
        self._on_demo_ms: dict[int, float] = {}
        self._before: tuple[int, int, float] | None = None

    def add(self, stages: Mapping[str, StageSummary], mask_size: int) -> None:
        """Learn from the time since the last call, if one size was used all the time."""
        steps = [stages[name] for name in _STEPS if name in stages]
        if not steps:
            return
        frames = steps[0].count
        total_ms = sum(step.count * step.mean_ms for step in steps)
        before, self._before = self._before, (mask_size, frames, total_ms)
        if before is None or before[0] != mask_size or frames <= before[1]:
            return
        cost_ms = (total_ms - before[2]) / (frames - before[1])
        self._costs_ms.setdefault(mask_size, deque(maxlen=_KEPT)).append(cost_ms)

    def median_ms(self, mask_size: int) -> float | None:
        """Usual cost of a frame with this size, of the demo's if it was not used yet; or None."""
        costs = self._costs_ms.get(mask_size)
        return float(np.median(costs)) if costs else self._on_demo_ms.get(mask_size)

    def begin_network(self, on_demo_ms: dict[int, float]) -> None:
        """Another network: forget what was learnt of the old one."""
        self._costs_ms.clear()
        self._on_demo_ms = on_demo_ms
        self._before = None

    def begin_session(self) -> None:
        """The timings begin anew; what was learnt stays."""
        self._before = None
