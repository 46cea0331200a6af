"""What a mask size costs, as measured while it was used."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

import numpy as np

from blendmask_live.pipeline import StageSummary

__all__ = ["MaskCosts"]

_STEPS: Final = ("blend", "paste")
"""The steps whose time depends on the size of the masks."""
_KEPT: Final = 20


class MaskCosts:
    """Learns the time of blending and pasting for each mask size from a session's timings."""

    def __init__(self) -> None:
        self._costs_ms: dict[int, deque[float]] = {}
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
        """Usual cost of a frame with this size; None if it was not used yet."""
        costs = self._costs_ms.get(mask_size)
        return float(np.median(costs)) if costs else None

    def begin_session(self) -> None:
        """The timings begin anew; what was learnt stays."""
        self._before = None

    def clear(self) -> None:
        """Forget all, for another network."""
        self._costs_ms.clear()
        self._before = None
