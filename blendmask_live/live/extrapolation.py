"""Where the objects are on frames that the network did not see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances, TrackedInstances, TrackState

__all__ = ["Extrapolator"]


class Extrapolator:
    """Moves the objects on, as they moved between the last two frames that the network saw.

    A soft mask is cells over a box, so its mask moves and scales with the box.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[TrackedInstances, float]] = []

    def see(self, tracked: TrackedInstances, timestamp_s: float) -> None:
        """Remember a frame that the network saw."""
        self._seen = [*self._seen[-1:], (tracked, timestamp_s)]

    def predict(self, timestamp_s: float, frame_size: tuple[int, int]) -> TrackedInstances:
        """The objects at a later time; none if none were seen in frames of this size."""
        if not self._seen or self._seen[-1][0].instances.frame_size != frame_size:
            return _no_objects(frame_size)
        latest, latest_s = self._seen[-1]
        confirmed = latest.select(latest.track_ids > 0)
        instances = confirmed.instances
        if instances.soft_masks is None or instances.mask_boxes is None:
            return _no_objects(frame_size)
        moved = instances.mask_boxes + self._velocities(confirmed) * (timestamp_s - latest_s)
        height, width = frame_size
        limits = np.array([width, height, width, height], dtype=np.float32)
        return TrackedInstances(
            replace(instances, boxes=moved.clip(0, limits), mask_boxes=moved, _pasted=[]),
            confirmed.track_ids,
            (TrackState.COASTED,) * len(instances),
        )

    def _velocities(self, tracked: TrackedInstances) -> NDArray[np.float32]:
        """(N, 4) of the mask boxes in px per second; 0 for objects seen only once."""
        velocities = np.zeros((len(tracked.track_ids), 4), dtype=np.float32)
        if len(self._seen) < 2:
            return velocities
        (before, before_s), (_, latest_s) = self._seen
        old = before.instances.mask_boxes
        new = tracked.instances.mask_boxes
        if latest_s <= before_s or old is None or new is None:
            return velocities
        rows = {track_id: row for row, track_id in enumerate(before.track_ids.tolist())}
        for row, track_id in enumerate(tracked.track_ids.tolist()):
            if track_id in rows:
                velocities[row] = (new[row] - old[rows[track_id]]) / (latest_s - before_s)
        return velocities


def _no_objects(frame_size: tuple[int, int]) -> TrackedInstances:
    return TrackedInstances(Instances.empty(frame_size), np.zeros(0, dtype=np.int64), ())
