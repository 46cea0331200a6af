"""One track and its life."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import TrackState
from blendmask_live.masks.crops import CroppedMask
from tracking.association import shape_agreement
from tracking.config import TrackerConfig
from tracking.motion import Motion, kept_in_view, move_crop
from tracking.sightings import Sighting
from tracking.summary import Tally

__all__ = ["Track"]

_LEAST_SHAPE_AGREEMENT = 0.3
"""A lost object may come back half covered, but not as something of another shape."""
_LARGEST_SURPRISE = 3.0
"""Standard deviations from which a lost object is not believed to be the one found."""


@dataclass(slots=True, eq=False)
class Track:
    """An object followed over time.

    Attributes:
        track_id: Negative and provisional until confirmed, then positive.
        last: The newest sighting.
        motion: Where the object goes; in px of the current frame size.
        tally: Its whole life so far, on the tracker's clock.
        score: Of its detections, averaged over the last `score_memory_s`.
    """

    track_id: int
    last: Sighting
    motion: Motion = field(init=False)
    tally: Tally = field(init=False)
    score: float = field(init=False)

    def __post_init__(self) -> None:
        self.motion = Motion.at_rest(self.last.box)
        self.tally = Tally(self.last.seen_s)
        self.score = self.last.score
        self._count(self.last)

    def _count(self, seen: Sighting, *, class_inertia: float = 1.0) -> None:
        self.tally.see(
            seen.seen_s,
            box=seen.box,
            area=seen.crop.area,
            score=seen.score,
            class_id=seen.class_id,
            class_inertia=class_inertia,
        )

    @property
    def confirmed(self) -> bool:
        return self.track_id > 0

    @property
    def class_id(self) -> int:
        return self.tally.class_id

    def state(self, now_s: float) -> TrackState:
        """Where it is in its life; `now_s` is the tracker's clock."""
        if not self.confirmed:
            return TrackState.TENTATIVE
        if self.last.seen_s == now_s:
            return TrackState.CONFIRMED
        return TrackState.COASTED if self.tally.last_s == now_s else TrackState.LOST

    def see(self, sighting: Sighting, motion: Motion, config: TrackerConfig) -> None:
        """Take in a matched detection, and how the object moves as it was observed there."""
        elapsed_s = sighting.seen_s - self.last.seen_s
        self.motion, self.last = motion, sighting
        self._count(sighting, class_inertia=config.class_inertia if self.confirmed else 1.0)
        memory_s = config.score_memory_s
        weight = 1 - math.exp(-elapsed_s / memory_s) if memory_s else 1.0
        self.score += weight * (sighting.score - self.score)

    def predict(
        self, now_s: float, config: TrackerConfig, *, frame_size: tuple[int, int]
    ) -> tuple[NDArray[np.float32], CroppedMask]:
        """Box (xyxy frame px, inside the frame) and mask expected now."""
        elapsed_s = now_s - self.last.seen_s
        box = self.motion.predicted_box(elapsed_s, decay_s=config.velocity_decay_s)
        crop = move_crop(self.last.crop, self.motion.box, box)
        return kept_in_view(box, frame_size), crop

    def shift(self, shift: NDArray[np.float64]) -> None:
        """The picture moved by (2,) px, and this object with it."""
        self.motion = self.motion.shifted(shift)
        x, y = shift.tolist()
        self.last = replace(self.last, crop=self.last.crop.moved(round(x), round(y)))

    def scale(self, scale_x: float, scale_y: float) -> None:
        """The picture is of another size now."""
        old_box = self.motion.box
        self.motion = self.motion.scaled(scale_x, scale_y)
        self.last = replace(self.last, crop=move_crop(self.last.crop, old_box, self.motion.box))

    def rejoins(self, new: Track, config: TrackerConfig, *, frame_size: tuple[int, int]) -> float:
        """How well this lost track goes on as a new one, 0 (not at all) to 1.

        Args:
            new: Seen in this frame; began after this track was last shown.
        """
        elapsed_s = new.last.seen_s - self.last.seen_s
        # No frame may show both under one id.
        if new.tally.first_s <= self.tally.last_s or self.class_id != new.class_id:
            return 0.0
        expected = self.motion.predicted_box(elapsed_s, decay_s=config.velocity_decay_s)
        # An object that left the picture is expected where it left.
        boxes = np.stack([kept_in_view(expected, frame_size), new.last.box])
        sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).astype(np.float64)
        size_px = sides.prod() ** 0.25
        gap = (boxes[1, :2] + boxes[1, 2:] - boxes[0, :2] - boxes[0, 2:]) / 2 / size_px
        velocity = self.motion.velocity_after(elapsed_s, decay_s=config.velocity_decay_s)
        turn = (new.motion.velocity - velocity) / size_px
        surprise = self.motion.surprise(gap, turn, elapsed_s=elapsed_s, seen=new.motion)
        shape = shape_agreement(boxes[0], boxes[1])
        if shape < _LEAST_SHAPE_AGREEMENT or np.hypot(*gap) > config.max_rejoin_distance:
            return 0.0
        return shape * max(1 - (surprise / _LARGEST_SURPRISE) ** 2, 0.0)

    def take_over(self, lost: Track) -> None:
        """Go on as an older track: with its id, its age and its votes."""
        self.track_id = lost.track_id
        self.tally.absorb(lost.tally)

    def has_ended(self, now_s: float, config: TrackerConfig) -> bool:
        """Whether a track that was looked for now, and not found, is given up."""
        if self.confirmed:
            return now_s - self.last.seen_s > config.max_lost_s
        return now_s - self.tally.first_s > config.confirm_window_s
