"""What each mask size costs: tried out at first, measured once it is used."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import Final

import numpy as np

from blendmask_live.config import MASK_SIZES
from blendmask_live.masks.blending import blend_masks
from blendmask_live.masks.pasting import paste_soft_masks
from blendmask_live.pipeline import StageSummary

__all__ = ["MaskCosts", "blending_costs"]

_STEPS: Final = ("blend", "paste")
"""The steps whose time depends on the size of the masks."""
_KEPT: Final = 20
_PROBES: Final = 10
_OBJECTS: Final = 8


def blending_costs() -> dict[int, float]:
    """Milliseconds that blending and pasting take for a frame with eight objects on the CPU."""
    random = np.random.default_rng(0)
    bases = random.random((4, 112, 200), dtype=np.float32)
    attention = random.random((_OBJECTS, 4, 14, 14), dtype=np.float32)
    boxes_base_px = np.tile(np.array([20, 20, 80, 90], dtype=np.float32), (_OBJECTS, 1))
    costs_ms: dict[int, float] = {}
    # The best of some tries, since the machine may be busy for a moment.
    for size in MASK_SIZES * _PROBES:
        started_s = time.perf_counter()
        soft_masks = blend_masks(bases, boxes_base_px, attention, mask_size=size)
        paste_soft_masks(soft_masks, boxes_base_px * 4, frame_size=(448, 800), threshold=0.5)
        cost_ms = (time.perf_counter() - started_s) * 1000
        costs_ms[size] = min(cost_ms, costs_ms.get(size, cost_ms))
    return costs_ms


class MaskCosts:
    """Learns the time of blending and pasting for each mask size from a session's timings."""

    def __init__(self) -> None:
        self._costs_ms: dict[int, deque[float]] = {}
        self._tried_ms: dict[int, float] = {}
        self._before: tuple[int, int, float] | None = None

    def add(self, stages: Mapping[str, StageSummary], mask_size: int) -> None:
        """Learn from the time since the last call, if only this size was used."""
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
        """Usual cost of a frame with this size; an estimate if it was not used yet, or None."""
        if mask_size in self._costs_ms:
            return self._measured_ms(mask_size)
        tried_ms = self._tried_ms.get(mask_size)
        used = next(reversed(self._costs_ms), None)
        if tried_ms is None or used is None:
            return tried_ms
        # The trial left out what does not depend on the size, such as the search for duplicates.
        return tried_ms + max(0.0, self._measured_ms(used) - self._tried_ms[used])

    def _measured_ms(self, mask_size: int) -> float:
        return float(np.median(self._costs_ms[mask_size]))

    def begin_network(self, tried_ms: dict[int, float]) -> None:
        """Another network: forget what was learnt of the old one."""
        self._costs_ms.clear()
        self._tried_ms = tried_ms
        self._before = None

    def begin_session(self) -> None:
        """The timings begin again from zero; what was learnt stays."""
        self._before = None
