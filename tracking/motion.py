"""Where an object will be: constant velocity that fades while the object is unseen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks import CroppedMask

__all__ = ["Motion", "move_crop"]

_FASTEST_GROWTH_PER_S = 1.5
"""Limit on d log(size) / dt: noise in the box of a small object must not blow it up."""
_NEGLIGIBLE_SCALE = 0.05
"""Size changes below this are not worth resampling a mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Last observed place and velocity of one object.

    Attributes:
        place: (4,) float64: centre x, centre y in frame px, log width, log height.
        velocity: (4,) float64: change of `place` per second.
        intervals: How many velocity measurements went into `velocity`.
    """

    place: NDArray[np.float64]
    velocity: NDArray[np.float64]
    intervals: int = 0

    @classmethod
    def at_rest(cls, box: NDArray[np.float32]) -> Motion:
        """An object first seen in this xyxy box (frame px)."""
        return cls(_place(box), np.zeros(4))

    def predicted_box(self, elapsed_s: float, *, decay_s: float) -> NDArray[np.float32]:
        """(4,) xyxy frame px, `elapsed_s` after the last observation.

        Velocity falls as exp(-t / decay_s), so the distance covered is bounded and does not
        depend on how many frames lie in between.
        """
        travel_s = decay_s * -math.expm1(-elapsed_s / decay_s)
        x, y, log_width, log_height = (self.place + self.velocity * travel_s).tolist()
        half_width, half_height = math.exp(log_width) / 2, math.exp(log_height) / 2
        return np.array(
            [x - half_width, y - half_height, x + half_width, y + half_height], np.float32
        )

    def observed(self, box: NDArray[np.float32], elapsed_s: float, *, memory_s: float) -> Motion:
        """The motion after the object was seen in an xyxy box, `elapsed_s` (> 0) later."""
        place = _place(box)
        measured = (place - self.place) / elapsed_s
        # A running mean at first, an exponential one in time later.
        weight = max(1 / (self.intervals + 1), -math.expm1(-elapsed_s / memory_s))
        velocity = self.velocity + weight * (measured - self.velocity)
        velocity[2:] = np.clip(velocity[2:], -_FASTEST_GROWTH_PER_S, _FASTEST_GROWTH_PER_S)
        return Motion(place, velocity, self.intervals + 1)

    def scaled(self, scale_x: float, scale_y: float) -> Motion:
        """The same motion in a frame of another size."""
        factor = np.array([scale_x, scale_y, 1.0, 1.0])
        growth = np.array([0.0, 0.0, math.log(scale_x), math.log(scale_y)])
        return replace(self, place=self.place * factor + growth, velocity=self.velocity * factor)


def move_crop(
    crop: CroppedMask, from_box: NDArray[np.float32], to_box: NDArray[np.float32]
) -> CroppedMask:
    """Carry a mask along with its xyxy box: shifted by whole px, resampled if the size changes."""
    from_size = np.maximum(from_box[2:] - from_box[:2], 1)
    to_size = np.maximum(to_box[2:] - to_box[:2], 1)
    scale_x, scale_y = (to_size / from_size).tolist()
    if max(abs(scale_x - 1), abs(scale_y - 1)) < _NEGLIGIBLE_SCALE or not crop.mask.size:
        shift_x, shift_y = ((to_box[:2] + to_box[2:] - from_box[:2] - from_box[2:]) / 2).tolist()
        return CroppedMask(crop.x0 + round(shift_x), crop.y0 + round(shift_y), crop.mask)
    height, width = crop.mask.shape
    rows = _nearest_cells(height, max(1, round(height * scale_y)))
    columns = _nearest_cells(width, max(1, round(width * scale_x)))
    left = float(to_box[0]) + (crop.x0 - float(from_box[0])) * scale_x
    top = float(to_box[1]) + (crop.y0 - float(from_box[1])) * scale_y
    return CroppedMask(round(left), round(top), crop.mask[rows[:, None], columns])


def _nearest_cells(old_count: int, new_count: int) -> NDArray[np.intp]:
    centres = (np.arange(new_count) + 0.5) * (old_count / new_count)
    return np.minimum(centres.astype(np.intp), old_count - 1)


def _place(box: NDArray[np.float32]) -> NDArray[np.float64]:
    x0, y0, x1, y1 = box.tolist()
    # Sides below 1 px would make the logarithm meaningless.
    width, height = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2, math.log(width), math.log(height)])
