"""Decides how far the quality must be lowered to hold a frame rate; without threads."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from blendmask_live.config import MASK_SIZES, SegmenterSettings

__all__ = ["Governor", "Quality", "quality_ladder"]

_SIDE_STEP_PX: Final = 64
_SMALLEST_SIDE_PX: Final = 256
_MOST_SKIPPED: Final = 3
_ONE_SIZE_COST: Final = 0.45
"""Roughly the share of the work that is left after looking in one size instead of two."""
_MASK_STEP_COST: Final = 0.95
"""Roughly the share of the work that is left after halving the mask size."""

_SETTLING_FRAMES: Final = 3
"""The first frames of a new size are slow: graphs are compiled, memory is allocated."""
_JUDGED_FRAMES: Final = 15
"""With fewer frames, noise looks like load: with 8, and frames that vary by 40 %, the level changed
8 times as often."""
_ROOM_TO_RISE: Final = 0.85
"""The governor rises if the better level is expected to need less than this share of a frame's
time..."""
_PATIENCE_FRAMES: Final = 60
"""...for this many frames in a row; twice as many after each rise that did not last."""
_LONGEST_PATIENCE_FRAMES: Final = 3840


@dataclass(frozen=True, slots=True)
class Quality:
    """One level of quality."""

    short_side: int
    """Network input, px."""
    mask_size: int
    skipped: int = 0
    """Frames that the network does not see, after each that it sees."""
    multi_scale: bool = False
    """Whether pictures are seen in two sizes."""
    relative_cost: float = 1.0
    """Expected work per frame, as a share of the best level's."""

    def applied(self, settings: SegmenterSettings) -> SegmenterSettings:
        """The settings at this level."""
        if self.multi_scale != settings.multi_scale:
            settings = replace(settings, multi_scale=self.multi_scale)
        if self.short_side == settings.short_side and self.mask_size == settings.mask_size:
            return settings
        long_side = round(settings.long_side * self.short_side / settings.short_side)
        return replace(
            settings, short_side=self.short_side, long_side=long_side, mask_size=self.mask_size
        )

    def compared_with(self, best: Quality) -> str:
        """What is lowered, for people; '' if nothing."""
        parts = []
        if self.multi_scale != best.multi_scale:
            parts.append("one size of input")
        if self.short_side != best.short_side:
            parts.append(f"input {self.short_side} px")
        if self.mask_size != best.mask_size:
            parts.append(f"masks {self.mask_size}")
        if self.skipped:
            parts.append(f"network on 1 of {self.skipped + 1} frames")
        return ", ".join(parts)


def quality_ladder(settings: SegmenterSettings) -> tuple[Quality, ...]:
    """Levels from what the settings ask for downwards: one size of input instead of two, a
    smaller one, mask size, then skipping."""
    best = Quality(settings.short_side, settings.mask_size, multi_scale=settings.multi_scale)
    ladder = [best]
    if settings.multi_scale:
        ladder.append(replace(best, multi_scale=False, relative_cost=_ONE_SIZE_COST))
    single = ladder[-1]
    largest = (settings.short_side - 1) // _SIDE_STEP_PX * _SIDE_STEP_PX
    for side in range(largest, _SMALLEST_SIDE_PX - 1, -_SIDE_STEP_PX):
        cost = single.relative_cost * (side / best.short_side) ** 2
        ladder.append(replace(single, short_side=side, relative_cost=cost))
    for size in sorted((size for size in MASK_SIZES if size < best.mask_size), reverse=True):
        cost = ladder[-1].relative_cost * _MASK_STEP_COST
        ladder.append(replace(ladder[-1], mask_size=size, relative_cost=cost))
    full = ladder[-1]
    for skipped in range(1, _MOST_SKIPPED + 1):
        cost = full.relative_cost / (skipped + 1)
        ladder.append(replace(full, skipped=skipped, relative_cost=cost))
    return tuple(ladder)


class Governor:
    """Chooses a level of a ladder from the time that frames need.

    It falls as soon as the median time of some frames is over the budget, straight to the level
    that is expected to fit. It rises one level at a time, after there was room for it for a
    while. A rise that does not last makes it more patient, so that it does not flap.
    """

    def __init__(self, ladder: tuple[Quality, ...], *, target_fps: float | None) -> None:
        """Start at the best level; without a target it stays there."""
        self._ladder = ladder
        self._budget_ms = math.inf if target_fps is None else 1000 / target_fps
        self._level = 0
        self._seen = 0
        self._costs_ms: deque[float] = deque(maxlen=_JUDGED_FRAMES)
        self._roomy_frames = 0
        self._patience = _PATIENCE_FRAMES
        self._frames_since_rise = _LONGEST_PATIENCE_FRAMES

    @property
    def quality(self) -> Quality:
        """The level now; may be read from any thread."""
        return self._ladder[self._level]

    @property
    def summary(self) -> str:
        """What is lowered, for people; '' if nothing."""
        return self.quality.compared_with(self._ladder[0])

    def observe(self, cost_ms: float, *, quality: Quality) -> None:
        """Learn what a frame cost the slowest stage.

        Args:
            cost_ms: Time per frame of the source; the network's time is spread over the frames
                that it skips.
            quality: The level that the frame was made with; if that is not the present level,
                the frame does not count.
        """
        if quality is not self.quality or math.isinf(self._budget_ms):
            return
        self._seen += 1
        self._frames_since_rise += 1
        if self._seen <= _SETTLING_FRAMES:
            return
        self._costs_ms.append(cost_ms)
        if len(self._costs_ms) == _JUDGED_FRAMES:
            self._judge(median(self._costs_ms))

    def _judge(self, cost_ms: float) -> None:
        if cost_ms > self._budget_ms:
            self._fall(cost_ms)
            return
        if self._frames_since_rise > 4 * self._patience:
            self._patience = _PATIENCE_FRAMES
        if not self._level:
            return
        has_room = self._expected_ms(cost_ms, self._level - 1) < _ROOM_TO_RISE * self._budget_ms
        self._roomy_frames = self._roomy_frames + 1 if has_room else 0
        if self._roomy_frames >= self._patience:
            self._go_to(self._level - 1)
            self._frames_since_rise = 0

    def _fall(self, cost_ms: float) -> None:
        lowest = len(self._ladder) - 1
        if self._level == lowest:
            return
        if self._frames_since_rise <= 2 * self._patience:
            self._patience = min(2 * self._patience, _LONGEST_PATIENCE_FRAMES)
        level = self._level + 1
        while level < lowest and self._expected_ms(cost_ms, level) > self._budget_ms:
            level += 1
        self._go_to(level)

    def _expected_ms(self, cost_ms: float, level: int) -> float:
        return cost_ms * self._ladder[level].relative_cost / self.quality.relative_cost

    def _go_to(self, level: int) -> None:
        self._level = level
        self._seen = self._roomy_frames = 0
        self._costs_ms.clear()
