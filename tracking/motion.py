"""Where an object will be: a constant-velocity Kalman filter whose unit is the object's size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled, compiled_in_place
from blendmask_live.masks.crops import CroppedMask

__all__ = ["Motion", "kept_in_view", "move_crop", "observe_all", "predict_all", "spread_all"]

Numbers = TypeVar("Numbers", float, NDArray[np.float64])

_BORDER_PX = 2.0
"""A side this near to the frame's border is cut off by it."""
_NEGLIGIBLE_SCALE = 0.05
"""Size changes below this are not worth resampling a mask."""
_MEASUREMENT_SPREAD = 0.08
"""Standard deviation of a detected side, in object sizes."""
_FIRST_SPEED = 1.5
"""Standard deviation of an unknown speed, in object sizes per second."""
_AGILITY = 4.0
"""Growth of the speed's variance, in object sizes squared per second cubed."""

_LONGEST_DRIFT_S = 60.0
"""After longer gaps nothing is known anyway, and their cubes would drown the variances."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Filtered box of one object, and how its centre moves.

    Attributes:
        box: (4,) float64 xyxy frame px, at the last observation. Where the border of the frame
            cuts the object off, the box goes on beyond it.
        velocity: (2,) float64, px per second of the centre.
        position_variance, covariance, velocity_variance: Of any side and its speed; the unit of
            length is the object's size.
    """

    box: NDArray[np.float64]
    velocity: NDArray[np.float64]
    position_variance: float = _MEASUREMENT_SPREAD**2
    covariance: float = 0.0
    velocity_variance: float = _FIRST_SPEED**2

    @classmethod
    def at_rest(cls, box: NDArray[np.float32]) -> Motion:
        """An object first seen in this xyxy box (frame px)."""
        return cls(box.astype(np.float64), np.zeros(2))

    def predicted_box(self, elapsed_s: float, *, decay_s: float) -> NDArray[np.float32]:
        """(4,) xyxy frame px, `elapsed_s` after the last observation.

        Velocity falls as exp(-t / decay_s), so the distance covered is bounded and does not
        depend on how many frames lie in between.
        """
        # Plain numbers here and below: for four of them NumPy takes several times as long.
        travel_s = _travel_s(elapsed_s, decay_s)
        (x0, y0, x1, y1), (x, y) = self.box.tolist(), self.velocity.tolist()
        x, y = travel_s * x, travel_s * y
        return np.array([x0 + x, y0 + y, x1 + x, y1 + y], dtype=np.float32)

    def spread(self, elapsed_s: float) -> float:
        """Standard deviation of where the object will be detected, in object sizes."""
        return math.sqrt(self._variances_after(elapsed_s)[0] + _MEASUREMENT_SPREAD**2)

    def observed(
        self,
        box: NDArray[np.float32],
        elapsed_s: float,
        *,
        frame_size: tuple[int, int],
        decay_s: float,
    ) -> Motion:
        """The motion after the object was seen in an xyxy box, `elapsed_s` (> 0) later."""
        (motion,) = observe_all(
            [self], box[None], [elapsed_s], frame_size=frame_size, decay_s=decay_s
        )
        return motion

    def _variances_after(self, elapsed_s: float) -> tuple[float, float, float]:
        """Of position, position with velocity, and velocity."""
        variances = self.position_variance, self.covariance, self.velocity_variance
        return _variances_after(variances, elapsed_s)

    def velocity_after(self, elapsed_s: float, *, decay_s: float) -> NDArray[np.float64]:
        """(2,) px per second of the centre, `elapsed_s` after the last observation."""
        return self.velocity * math.exp(-elapsed_s / decay_s)

    def surprise(
        self, gap: NDArray[np.float64], turn: NDArray[np.float64], *, elapsed_s: float, seen: Motion
    ) -> float:
        """How unlikely it is that this object became another one, in standard deviations.

        Args:
            gap: (2,) from the place expected to the place seen, in object sizes.
            turn: (2,) change of velocity, in object sizes per second.
            elapsed_s: Since this object's last observation.
            seen: Motion of the other object.
        """
        _, _, velocity_variance = self._variances_after(elapsed_s)
        return math.sqrt(
            float(gap @ gap) / self.spread(elapsed_s) ** 2
            + float(turn @ turn) / (velocity_variance + seen.velocity_variance)
        )

    def shifted(self, shift: NDArray[np.float64]) -> Motion:
        """The same motion elsewhere: the picture moved by (2,) px."""
        return replace(self, box=self.box + np.tile(shift, 2))

    def scaled(self, scale_x: float, scale_y: float) -> Motion:
        """The same motion in a frame of another size."""
        factor = np.array([scale_x, scale_y])
        return replace(self, box=self.box * np.tile(factor, 2), velocity=self.velocity * factor)


def _travel_s(elapsed_s: float, decay_s: float) -> float:
    """How long an object would take at its first speed for the way that it makes."""
    return decay_s * -math.expm1(-elapsed_s / decay_s)


def _variances_after(
    variances: tuple[Numbers, Numbers, Numbers], elapsed_s: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Of position, position with velocity, and velocity, after so long; numbers or arrays."""
    t, (position, covariance, velocity) = min(elapsed_s, _LONGEST_DRIFT_S), variances
    return (
        position + 2 * t * covariance + t**2 * velocity + _AGILITY * t**3 / 3,
        covariance + t * velocity + _AGILITY * t**2 / 2,
        velocity + _AGILITY * t,
    )


def observe_all(
    motions: Sequence[Motion],
    boxes: NDArray[np.float32],
    elapsed_s: Sequence[float],
    *,
    frame_size: tuple[int, int],
    decay_s: float,
) -> list[Motion]:
    """What `observed` gives one by one, at once for all objects that a frame shows.

    Args:
        motions: N of them.
        boxes: (N, 4) xyxy frame px, as seen.
        elapsed_s: How long after the last observation of each, > 0.
        frame_size: (height, width) px.
        decay_s: As for `predicted_box`.
    """
    if not motions:
        return []
    before = np.array([motion.box for motion in motions])
    velocities = np.array([motion.velocity for motion in motions])
    travel_s = {step_s: _travel_s(step_s, decay_s) for step_s in set(elapsed_s)}
    travel = velocities * np.array([[travel_s[step_s]] for step_s in elapsed_s])
    position, covariance, velocity = _all_variances_after(motions, elapsed_s)
    total = position + _MEASUREMENT_SPREAD**2
    trust, corrected, push = position / total, np.empty_like(before), np.empty_like(velocities)
    _correct(before, travel, boxes, trust, *frame_size, corrected, push)
    after = (position * (1 - trust), covariance * (1 - trust), velocity - covariance**2 / total)
    velocities += (covariance / total)[:, None] * push
    return [
        Motion(*parts)
        for parts in zip(corrected, velocities, *(part.tolist() for part in after), strict=True)
    ]


def _all_variances_after(
    motions: Sequence[Motion], elapsed_s: Sequence[float]
) -> NDArray[np.float64]:
    """(3, N): of position, position with velocity, and velocity."""
    variances = np.array(
        [(m.position_variance, m.covariance, m.velocity_variance) for m in motions]
    ).T
    elapsed = np.array(elapsed_s)
    for step_s in set(elapsed_s):
        rows = elapsed == step_s
        position, covariance, velocity = variances[:, rows]
        variances[:, rows] = _variances_after((position, covariance, velocity), step_s)
    return variances


def spread_all(motions: Sequence[Motion], elapsed_s: Sequence[float]) -> NDArray[np.float64]:
    """(N,) what `spread` gives one by one."""
    if not motions:
        return np.zeros(0)
    variances = _all_variances_after(motions, elapsed_s)[0]
    spreads: NDArray[np.float64] = np.sqrt(variances + _MEASUREMENT_SPREAD**2)
    return spreads


@compiled
def _correct(
    before: NDArray[np.float64],
    travel: NDArray[np.float64],
    seen: NDArray[np.float32],
    trust: NDArray[np.float64],
    height: int,
    width: int,
    corrected: NDArray[np.float64],
    push: NDArray[np.float64],
) -> None:
    """Fill in N boxes after they were seen again, and how far their centres were off.

    Args:
        before: (N, 4) xyxy frame px, at the last observation.
        travel: (N, 2) px that the box was expected to move since then.
        seen: (N, 4) xyxy frame px.
        trust: (N,) in what is seen, from 0 to 1.
        corrected: (N, 4) xyxy frame px, filled.
        push: (N, 2) px from where the centre was expected, filled.
    """
    for n in range(len(before)):
        _correct_one(before[n], travel[n], seen[n], trust[n], height, width, corrected[n], push[n])


@compiled_in_place
def _correct_one(
    before: NDArray[np.float64],
    travel: NDArray[np.float64],
    seen: NDArray[np.float32],
    trust: float,
    height: float,
    width: float,
    corrected: NDArray[np.float64],
    push: NDArray[np.float64],
) -> None:
    """One row of `_correct`."""
    for axis, length in enumerate((width, height)):
        low, high = axis, axis + 2
        expected_low, expected_high = before[low] + travel[axis], before[high] + travel[axis]
        low_by, high_by = seen[low] - expected_low, seen[high] - expected_high
        low_is_cut = before[low] < _BORDER_PX or seen[low] < _BORDER_PX
        high_is_cut = before[high] > length - _BORDER_PX or seen[high] > length - _BORDER_PX
        new_low = seen[low] if low_is_cut else expected_low + trust * low_by
        new_high = seen[high] if high_is_cut else expected_high + trust * high_by
        # Behind the border an object is as large as it was, or as its visible part; one
        # that is cut on both sides would grow without end.
        size = expected_high - expected_low
        if low_is_cut and not high_is_cut:
            new_low = min(new_low, new_high - size)
        elif high_is_cut and not low_is_cut:
            new_high = max(new_high, new_low + size)
        corrected[low], corrected[high] = new_low, max(new_high, new_low + 1)
        # Where the border cuts, only the opposite side shows how the object moves.
        low_push = high_by if low_is_cut else low_by
        push[axis] = (low_push + (low_by if high_is_cut else high_by)) / 2


def predict_all(
    motions: Sequence[Motion],
    crops: Sequence[CroppedMask],
    elapsed_s: Sequence[float],
    *,
    decay_s: float,
    frame_size: tuple[int, int],
) -> tuple[NDArray[np.float32], list[CroppedMask]]:
    """Boxes (N, 4), kept in view, and masks that are expected so long after each observation.

    What `predicted_box`, `kept_in_view` and `move_crop` give one by one, for a third of the time.
    """
    if not motions:
        return np.zeros((0, 4), dtype=np.float32), []
    before = np.array([motion.box for motion in motions])
    travel_s = {elapsed: _travel_s(elapsed, decay_s) for elapsed in set(elapsed_s)}
    ways = np.array([[travel_s[elapsed]] for elapsed in elapsed_s])
    ways = ways * np.array([motion.velocity for motion in motions])
    boxes = (before + np.tile(ways, 2)).astype(np.float32)
    after = boxes.astype(np.float64)
    shifts = (after[:, :2] + after[:, 2:] - before[:, :2] - before[:, 2:]) / 2
    moved = [
        crop.moved(x, y)
        for crop, (x, y) in zip(crops, np.rint(shifts).astype(np.int64).tolist(), strict=True)
    ]
    height, width = frame_size
    centres = (after[:, :2] + after[:, 2:]) / 2
    for row in np.flatnonzero(((centres < 0) | (centres > [width, height])).any(axis=1)).tolist():
        boxes[row] = kept_in_view(boxes[row], frame_size)
    return boxes.clip(0, np.array([width, height] * 2, dtype=np.float32)), moved


def kept_in_view(box: NDArray[np.float32], frame_size: tuple[int, int]) -> NDArray[np.float32]:
    """The part inside the frame of an xyxy box, whose centre waits at the border if outside."""
    height, width = frame_size
    x0, y0, x1, y1 = box.tolist()
    if 0 <= (x0 + x1) / 2 <= width and 0 <= (y0 + y1) / 2 <= height:
        return np.array([max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)], dtype=np.float32)
    centre = (box[:2] + box[2:]) / 2
    back = np.clip(centre, 0, [width, height]) - centre
    inside = (box + np.tile(back, 2)).clip(0, [width, height] * 2)
    return inside.astype(np.float32)


def move_crop(
    crop: CroppedMask, from_box: NDArray[np.floating[Any]], to_box: NDArray[np.floating[Any]]
) -> CroppedMask:
    """Carry a mask along with its xyxy box: shifted by whole px, resampled if the size changes."""
    # Plain numbers, as above.
    (left, top, right, bottom), (to_left, to_top, to_right, to_bottom) = (
        from_box.tolist(),
        to_box.tolist(),
    )
    scale_x = max(to_right - to_left, 1) / max(right - left, 1)
    scale_y = max(to_bottom - to_top, 1) / max(bottom - top, 1)
    if max(abs(scale_x - 1), abs(scale_y - 1)) < _NEGLIGIBLE_SCALE or not crop.mask.size:
        shift_x = (to_left + to_right - left - right) / 2
        shift_y = (to_top + to_bottom - top - bottom) / 2
        return crop.moved(round(shift_x), round(shift_y))
    height, width = crop.mask.shape
    rows = _nearest_cells(height, max(1, round(height * scale_y)))
    columns = _nearest_cells(width, max(1, round(width * scale_x)))
    x0 = round(to_left + (crop.x0 - left) * scale_x)
    y0 = round(to_top + (crop.y0 - top) * scale_y)
    return CroppedMask(x0, y0, crop.mask[rows[:, None], columns])


def _nearest_cells(old_count: int, new_count: int) -> NDArray[np.intp]:
    centres = (np.arange(new_count) + 0.5) * (old_count / new_count)
    return np.minimum(centres.astype(np.intp), old_count - 1)
