"""What is known of a track as a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import TrackedInstances, TrackState

__all__ = ["Tally", "TrackLedger", "TrackSummary"]

_SPEED_STEP_S = 0.5
"""Ways are measured in steps of this length: from frame to frame most of it is jitter."""


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """One track, from its first frame to now or to its end."""

    track_id: int
    """Positive; negative while tentative."""
    state: TrackState
    """Where the track is in its life."""
    class_id: int
    """What it is reported as."""
    class_votes: Mapping[int, float]
    """Class id -> sum of the scores with which it was detected."""
    first_s: float
    """Time of the first frame that shows it."""
    last_s: float
    """Time of the last frame that shows it."""
    frames_seen: int
    """Frames in which it was detected."""
    frames_coasted: int
    """Frames in which only the tracker gave it a mask."""
    mean_score: float
    """Over the frames in which it was detected."""
    mean_area_px: float
    """Mean number of mask pixels, over all frames that show it."""
    mean_speed_px_s: float
    """Way of the box centre in the picture over the time it took, px per second."""


@dataclass(slots=True, eq=False)
class Tally:
    """Sums over the frames of one track; each frame is given to `see` or to `coast`."""

    first_s: float
    last_s: float = field(init=False)
    seen: int = 0
    coasted: int = 0
    score_sum: float = 0.0
    area_sum: float = 0.0
    class_id: int = 0
    """What the track is reported as."""
    class_votes: dict[int, float] = field(default_factory=dict)
    _way_px: float = 0.0
    _way_s: float = 0.0
    _step: tuple[float, float, float] | None = None
    """Time and box centre where the current step began."""

    def __post_init__(self) -> None:
        self.last_s = self.first_s

    def see(
        self,
        time_s: float,
        *,
        box: NDArray[np.float32],
        area: float,
        score: float,
        class_id: int,
        class_inertia: float = 1.0,
    ) -> None:
        """The track was detected.

        Args:
            class_id: As detected. The track is reported as this class once it has more than
                `class_inertia` times the votes of the reported one.
        """
        self.seen += 1
        self.score_sum += score
        votes = self.class_votes
        votes[class_id] = votes.get(class_id, 0.0) + score
        if votes[class_id] > class_inertia * votes.get(self.class_id, 0.0):
            self.class_id = class_id
        self._show(time_s, box, area)

    def coast(self, time_s: float, *, box: NDArray[np.float32], area: float) -> None:
        """The track was missed, and shown by its prediction."""
        self.coasted += 1
        self._show(time_s, box, area)

    def _show(self, time_s: float, box: NDArray[np.float32], area: float) -> None:
        self.last_s = time_s
        self.area_sum += area
        x, y = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
        if self._step is None:
            self._step = time_s, x, y
        began_s, from_x, from_y = self._step
        if time_s - began_s >= _SPEED_STEP_S:
            self._way_px += math.hypot(x - from_x, y - from_y)
            self._way_s += time_s - began_s
            self._step = time_s, x, y

    def absorb(self, earlier: Tally) -> None:
        """Count in the frames of the same object's earlier track, and go on as its class."""
        self.first_s = earlier.first_s
        self.class_id = earlier.class_id
        self.seen += earlier.seen
        self.coasted += earlier.coasted
        self.score_sum += earlier.score_sum
        self.area_sum += earlier.area_sum
        self._way_px += earlier._way_px
        self._way_s += earlier._way_s
        for class_id, votes in earlier.class_votes.items():
            self.class_votes[class_id] = self.class_votes.get(class_id, 0.0) + votes

    def summary(self, track_id: int, state: TrackState) -> TrackSummary:
        """The sums as means."""
        return TrackSummary(
            track_id=track_id,
            state=state,
            class_id=self.class_id,
            class_votes=dict(self.class_votes),
            first_s=self.first_s,
            last_s=self.last_s,
            frames_seen=self.seen,
            frames_coasted=self.coasted,
            mean_score=self.score_sum / max(self.seen, 1),
            mean_area_px=self.area_sum / max(self.seen + self.coasted, 1),
            mean_speed_px_s=self._way_px / self._way_s if self._way_s else 0.0,
        )


class TrackLedger:
    """Summaries of all tracks of an output; memory grows with tracks, not with frames."""

    def __init__(self) -> None:
        self._tallies: dict[int, Tally] = {}
        self._states: dict[int, TrackState] = {}
        self._last_s = -math.inf

    def add(self, tracked: TrackedInstances, time_s: float) -> None:
        """Count in the next frame."""
        instances, self._last_s = tracked.instances, time_s
        rows = zip(tracked.track_ids.tolist(), tracked.states, strict=True)
        detected = tracked.detected_class_ids
        for row, ((track_id, state), crop) in enumerate(
            zip(rows, instances.cropped_masks(), strict=True)
        ):
            tally = self._tallies.setdefault(track_id, Tally(time_s))
            self._states[track_id] = state
            box = instances.boxes[row]
            if state is TrackState.COASTED:
                tally.coast(time_s, box=box, area=crop.area)
            else:
                tally.see(
                    time_s,
                    box=box,
                    area=crop.area,
                    score=float(instances.scores[row]),
                    class_id=int((instances.class_ids if detected is None else detected)[row]),
                )
            tally.class_id = int(instances.class_ids[row])

    def summaries(self) -> tuple[TrackSummary, ...]:
        """By id. Tracks that the last frame does not show are REMOVED: nothing follows here."""
        return tuple(
            tally.summary(
                track_id,
                self._states[track_id] if tally.last_s == self._last_s else TrackState.REMOVED,
            )
            for track_id, tally in sorted(self._tallies.items())
        )
