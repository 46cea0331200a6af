"""Where an object will be: constant velocity that fades while the object is unseen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks import CroppedMask

__all__ = ["Motion", "move_crop"]

_BORDER_PX = 2.0
"""A side this near to the frame's border is cut off by it."""
_LARGEST_GROWTH = 1.25
"""Predicted sides stay within this factor of those seen: an object that slides behind another
shrinks, but is as large as before when it comes out."""
_NEGLIGIBLE_SCALE = 0.05
"""Size changes below this are not worth resampling a mask."""
_OPPOSITE_SIDE = [2, 3, 0, 1]


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Last observed box of one object, and how its sides move.

    Attributes:
        box: (4,) float64 xyxy frame px.
        velocity: (4,) float64, px per second of each side.
        intervals: How many measurements went into `velocity`.
    """

    box: NDArray[np.float64]
    velocity: NDArray[np.float64]
    intervals: int = 0

    @classmethod
    def at_rest(cls, box: NDArray[np.float32]) -> Motion:
        """An object first seen in this xyxy box (frame px)."""
        return cls(box.astype(np.float64), np.zeros(4))

    def predicted_box(self, elapsed_s: float, *, decay_s: float) -> NDArray[np.float32]:
        """(4,) xyxy frame px, `elapsed_s` after the last observation.

        Velocity falls as exp(-t / decay_s), so the distance covered is bounded and does not
        depend on how many frames lie in between.
        """
        travel_s = decay_s * -math.expm1(-elapsed_s / decay_s)
        box = self.box + self.velocity * travel_s
        centre = (box[:2] + box[2:]) / 2
        seen_size = self.box[2:] - self.box[:2]
        largest = seen_size * _LARGEST_GROWTH
        half_size = (box[2:] - box[:2]).clip(seen_size / _LARGEST_GROWTH, largest) / 2
        return np.concatenate([centre - half_size, centre + half_size]).astype(np.float32)

    def observed(
        self,
        box: NDArray[np.float32],
        elapsed_s: float,
        *,
        frame_size: tuple[int, int],
        memory_s: float,
    ) -> Motion:
        """The motion after the object was seen in an xyxy box, `elapsed_s` (> 0) later."""
        measured = (box - self.box) / elapsed_s
        # Where the frame's border cuts the object, only the opposite side shows how it moves.
        is_cut = _cut_sides(box, frame_size) | _cut_sides(self.box, frame_size)
        measured = np.where(is_cut, measured[_OPPOSITE_SIDE], measured)
        # A running mean at first, an exponential one in time later.
        weight = max(1 / (self.intervals + 1), -math.expm1(-elapsed_s / memory_s))
        velocity = self.velocity + weight * (measured - self.velocity)
        return Motion(box.astype(np.float64), velocity, self.intervals + 1)

    def scaled(self, scale_x: float, scale_y: float) -> Motion:
        """The same motion in a frame of another size."""
        factor = np.array([scale_x, scale_y, scale_x, scale_y])
        return replace(self, box=self.box * factor, velocity=self.velocity * factor)


def _cut_sides(box: NDArray[np.floating[Any]], frame_size: tuple[int, int]) -> NDArray[np.bool_]:
    height, width = frame_size
    x0, y0, x1, y1 = box.tolist()
    return np.array(
        [x0 < _BORDER_PX, y0 < _BORDER_PX, x1 > width - _BORDER_PX, y1 > height - _BORDER_PX]
    )


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
