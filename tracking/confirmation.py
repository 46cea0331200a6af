"""Holds frames back until it is known which of their tentative tracks are real."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from blendmask_live.datatypes import TrackedFrame, TrackedInstances, TrackState

__all__ = ["ConfirmationBuffer"]


class ConfirmationBuffer:
    """For work that is not live: tracks start at their first frame, every id is final,
    and a track has the class of its confirmation from its first frame on.

    A frame leaves when all its tentative rows are decided: rows of confirmed tracks have their
    final id, rows of dropped ones are gone. The tracker decides a track once its confirmation
    window has passed, so at most that much video waits here. Frames leave in order.
    """

    def __init__(self) -> None:
        self._waiting: deque[TrackedFrame] = deque()
        self._verdicts: dict[int, tuple[int, int] | None] = {}
        """Provisional id -> final id and class, or None if it was dropped."""

    def push(self, tracked_frame: TrackedFrame) -> list[TrackedFrame]:
        """Add the tracker's next frame; returns the frames that are now decided."""
        tracked = tracked_frame.tracked
        ids, classes = tracked.track_ids.tolist(), tracked.instances.class_ids.tolist()
        for provisional_id, final_id in tracked.confirmations.items():
            self._verdicts[provisional_id] = final_id, classes[ids.index(final_id)]
        self._verdicts.update(dict.fromkeys(tracked.dropped))
        self._waiting.append(tracked_frame)
        decided = []
        while self._waiting and self._is_decided(self._waiting[0].tracked):
            decided.append(self._release())
        return decided

    def flush(self) -> list[TrackedFrame]:
        """The frames still waiting, without rows that were never confirmed; then start again."""
        rest = [self._release() for _ in range(len(self._waiting))]
        self._verdicts.clear()
        return rest

    def _is_decided(self, tracked: TrackedInstances) -> bool:
        ids = tracked.track_ids
        return all(track_id in self._verdicts for track_id in ids[ids < 0].tolist())

    def _release(self) -> TrackedFrame:
        frame = self._waiting.popleft()
        tracked = frame.tracked
        final_ids, class_ids = tracked.track_ids.copy(), tracked.instances.class_ids.copy()
        for row in np.flatnonzero(final_ids < 0):
            verdict = self._verdicts.get(int(final_ids[row]))
            final_ids[row], class_ids[row] = verdict or (0, class_ids[row])
        # An id decided by this frame does not occur in later ones.
        for provisional_id in (*tracked.confirmations, *tracked.dropped):
            self._verdicts.pop(provisional_id, None)
        if (tracked.track_ids > 0).all():
            return frame
        instances = replace(tracked.instances, class_ids=class_ids)
        kept = replace(tracked, instances=instances, track_ids=final_ids).select(final_ids > 0)
        states = tuple(
            TrackState.CONFIRMED if state is TrackState.TENTATIVE else state
            for state in kept.states
        )
        return replace(frame, tracked=replace(kept, states=states))
