"""Tracked frames of boxes that move as a test wants."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.live.player import PlayedFrame

SIZE = (100, 200)
SOURCE = SourceInfo("clip", SIZE[1], SIZE[0], average_fps=Fraction(10))


def tracked_frame(
    index: int, feet: Mapping[int, tuple[float, float]], *, epoch: int = 0, repeat: bool = False
) -> TrackedFrame:
    """A frame at index / 10 s with a person of 10 x 20 px standing at each place (px)."""
    masks = np.zeros((len(feet), *SIZE), dtype=bool)
    for mask, (x, y) in zip(masks, feet.values(), strict=True):
        mask[max(0, round(y) - 20) : round(y), max(0, round(x) - 5) : round(x) + 5] = True
    instances = Instances.from_masks(masks, class_ids=[0] * len(feet), scores=[0.9] * len(feet))
    states = tuple(TrackState.CONFIRMED for _ in feet)
    tracked = TrackedInstances(instances, np.array(list(feet), dtype=np.int64), states)
    frame: Frame = PlayedFrame(
        np.zeros((*SIZE, 3), np.uint8),
        index,
        Fraction(index, 10),
        time.monotonic(),
        epoch=epoch,
        is_repeat=repeat,
    )
    return TrackedFrame(frame, tracked)
