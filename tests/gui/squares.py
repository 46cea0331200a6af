"""A small project whose flaws are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from blendmask_live.annotation import ProjectWriter
from blendmask_live.capture import open_source
from blendmask_live.datatypes import Instances, TrackedFrame, TrackedInstances, TrackState

FRAMES, SWITCHED_AT = 20, 12
"""How many frames it covers, and from which on the ids are exchanged."""


def write_squares(clip: Path, path: Path, *, stride: int = 1) -> Path:
    """Two squares side by side that exchange their ids in the middle; 1 is missing in frame 5."""
    source = open_source(clip, stride=stride)
    writer = ProjectWriter(path, source=source.info, labels=("cat", "dog"))
    for place in range(FRAMES):
        frame = source.read()
        assert frame is not None
        height, width = frame.size
        masks = np.zeros((2, height, width), dtype=bool)
        masks[0, 100:160, 60 + place : 120 + place] = True
        masks[1, 100:160, 300:360] = True
        ids = np.array([1, 2] if place < SWITCHED_AT else [2, 1])
        instances = Instances.from_masks(masks, class_ids=ids - 1, labels=("cat", "dog"))
        tracked = TrackedInstances(instances, ids, (TrackState.CONFIRMED,) * 2)
        writer.write(TrackedFrame(frame, tracked.select(np.array([place != 5, True]))))
    source.close()
    writer.close()
    return path
