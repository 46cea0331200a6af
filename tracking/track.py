"""One track and its life."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks import CroppedMask
from tracking.association import shape_agreement
from tracking.config import TrackerConfig
from tracking.motion import Motion, kept_in_view, move_crop
from tracking.sightings import Sighting

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
        first_seen_s: The tracker's clock at the first sighting.
        last: The newest sighting.
        motion: Where the object goes; in px of the current frame size.
        last_shown_s: The tracker's clock when it was last seen or coasted.
        sightings: In how many frames it was seen.
        class_votes: Class id -> sum of scores.
    """

    track_id: int
    last: Sighting
    motion: Motion = field(init=False)
    first_seen_s: float = field(init=False)
    last_shown_s: float = field(init=False)
    sightings: int = 1
    class_votes: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_seen_s = self.last_shown_s = self.last.seen_s
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
            sighting.box, elapsed_s, frame_size=frame_size, decay_s=config.velocity_decay_s
        )
        self.last = sighting
        self.last_shown_s = sighting.seen_s
        self.sightings += 1
        votes = self.class_votes
        votes[sighting.class_id] = votes.get(sighting.class_id, 0.0) + sighting.score

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
        crop, (x, y) = self.last.crop, shift.tolist()
        moved = CroppedMask(crop.x0 + round(x), crop.y0 + round(y), crop.mask)
        self.last = replace(self.last, crop=moved)

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
        if new.first_seen_s <= self.last_shown_s or self.class_id != new.class_id:
            return 0.0
        expected = self.motion.predicted_box(elapsed_s, decay_s=config.velocity_decay_s)
        # Who left the picture is waited for where it left.
        boxes = np.stack([kept_in_view(expected, frame_size), new.last.box])
        sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).astype(np.float64)
        size_px = sides.prod() ** 0.25
        gap = (boxes[1, :2] + boxes[1, 2:] - boxes[0, :2] - boxes[0, 2:]) / 2 / size_px
        velocity = self.motion.velocity_after(elapsed_s, decay_s=config.velocity_decay_s)
        turn = (new.motion.velocity - velocity) / size_px
        surprise = self.motion.surprise(gap, turn, elapsed_s=elapsed_s, seen=new.motion)
        shape = float(shape_agreement(boxes[:1], boxes[1:])[0, 0])
        if shape < _LEAST_SHAPE_AGREEMENT or np.hypot(*gap) > config.max_rejoin_distance:
            return 0.0
        return shape * max(1 - (surprise / _LARGEST_SURPRISE) ** 2, 0.0)

    def take_over(self, lost: Track) -> None:
        """Go on as an older track: with its id, its age and its votes."""
        self.track_id = lost.track_id
        self.first_seen_s = lost.first_seen_s
        self.sightings += lost.sightings
        for class_id, votes in lost.class_votes.items():
            self.class_votes[class_id] = self.class_votes.get(class_id, 0.0) + votes

    def has_ended(self, now_s: float, config: TrackerConfig) -> bool:
        """Whether a track that was looked for now, and not found, is given up."""
        if self.confirmed:
            return now_s - self.last.seen_s > config.max_lost_s
        return now_s - self.first_seen_s > config.confirm_window_s
