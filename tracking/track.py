"""One track and its life."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks import CroppedMask
from tracking.config import TrackerConfig
from tracking.motion import Motion, move_crop

__all__ = ["Sighting", "Track"]


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One detection as the tracker sees it.

    Attributes:
        box: (4,) float32 xyxy frame px, finite and inside the frame.
        crop: The pixel mask, with at least one pixel.
        score: In [0, 1].
        class_id: As detected in this frame.
        seen_s: The tracker's clock.
    """

    box: NDArray[np.float32]
    crop: CroppedMask
    score: float
    class_id: int
    seen_s: float


@dataclass(slots=True, eq=False)
class Track:
    """An object followed over time.

    Attributes:
        track_id: Negative and provisional until confirmed, then positive.
        first_seen_s: The tracker's clock at the first sighting.
        last: The newest sighting.
        motion: Where the object goes; in px of the current frame size.
        sightings: In how many frames it was seen.
        class_votes: Class id -> sum of scores.
    """

    track_id: int
    last: Sighting
    motion: Motion = field(init=False)
    first_seen_s: float = field(init=False)
    sightings: int = 1
    class_votes: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_seen_s = self.last.seen_s
        self.motion = Motion.at_rest(self.last.box)
        self.class_votes = {self.last.class_id: self.last.score}

    @property
    def confirmed(self) -> bool:
        return self.track_id > 0

    @property
    def class_id(self) -> int:
        """The class with most votes; of equals, the one seen first."""
        return max(self.class_votes, key=self.class_votes.__getitem__)

    def see(
        self, sighting: Sighting, config: TrackerConfig, *, frame_size: tuple[int, int]
    ) -> None:
        """Take in a matched detection of a frame of this (height, width)."""
        elapsed_s = sighting.seen_s - self.last.seen_s
        self.motion = self.motion.observed(
            sighting.box, elapsed_s, frame_size=frame_size, memory_s=config.velocity_memory_s
        )
        self.last = sighting
        self.sightings += 1
        votes = self.class_votes
        votes[sighting.class_id] = votes.get(sighting.class_id, 0.0) + sighting.score

    def predict(
        self, now_s: float, config: TrackerConfig
    ) -> tuple[NDArray[np.float32], CroppedMask]:
        """Box (xyxy frame px) and mask expected now."""
        box = self.motion.predicted_box(now_s - self.last.seen_s, decay_s=config.velocity_decay_s)
        return box, move_crop(self.last.crop, self.last.box, box)

    def has_ended(self, now_s: float, config: TrackerConfig) -> bool:
        """Whether a track that was looked for now, and not found, is given up."""
        if self.confirmed:
            return now_s - self.last.seen_s > config.max_lost_s
        return now_s - self.first_seen_s > config.confirm_window_s
