"""One class per track, for formats that allow no change."""

from __future__ import annotations

from collections import defaultdict

from blendmask_live.datatypes import TrackedFrame

__all__ = ["TrackClasses"]


class TrackClasses:
    """Votes for the class of each track, weighted by score."""

    def __init__(self) -> None:
        self._votes: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, tracked_frame: TrackedFrame) -> None:
        """Count one frame's rows."""
        instances = tracked_frame.instances
        for track_id, class_id, score in zip(
            tracked_frame.track_ids.tolist(),
            instances.class_ids.tolist(),
            instances.scores.tolist(),
            strict=True,
        ):
            self._votes[track_id][class_id] += score

    def class_of(self, track_id: int) -> int:
        """The class id with the largest summed score so far; the earliest seen of equals."""
        votes = self._votes[track_id]
        return max(votes, key=votes.__getitem__)
