"""Prediction of boxes and masks."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.masks import CroppedMask
from tracking.motion import Motion, move_crop

SIZE = (500, 500)


def box(*sides: float) -> np.ndarray:
    return np.array(sides, dtype=np.float32)


def follow(fps: float, speed_px_s: float = 100.0, seconds: float = 1.0) -> Motion:
    motion = Motion.at_rest(box(50, 50, 90, 110))
    for frame in range(1, round(fps * seconds) + 1):
        x = 50 + speed_px_s * frame / fps
        motion = motion.observed(box(x, 50, x + 40, 110), 1 / fps, frame_size=SIZE, memory_s=0.2)
    return motion


@pytest.mark.parametrize("fps", [5, 25, 120])
def test_prediction_does_not_depend_on_the_frame_rate(fps: float) -> None:
    predicted = follow(fps).predicted_box(0.2, decay_s=1.0)
    np.testing.assert_allclose(predicted, box(168.1, 50, 208.1, 110), atol=0.2)


def test_velocity_fades_while_unseen() -> None:
    motion = follow(25)
    assert motion.predicted_box(60.0, decay_s=1.0)[0] == pytest.approx(250, abs=1)


def test_side_at_the_border_says_nothing_about_velocity() -> None:
    motion = Motion.at_rest(box(0, 50, 40, 110)).observed(
        box(0, 50, 50, 110), 0.1, frame_size=SIZE, memory_s=0.2
    )
    np.testing.assert_allclose(motion.velocity, [100, 0, 100, 0])


def test_predicted_size_stays_near_the_size_seen() -> None:
    motion = Motion.at_rest(box(100, 100, 140, 140)).observed(
        box(100, 100, 120, 140), 0.1, frame_size=SIZE, memory_s=0.2
    )
    x0, _, x1, _ = motion.predicted_box(1.0, decay_s=1.0)
    assert x1 - x0 == pytest.approx(16)


def test_mask_moves_with_its_box_by_whole_pixels() -> None:
    crop = CroppedMask(10, 20, np.eye(8, dtype=bool))
    moved = move_crop(crop, box(10, 20, 18, 28), box(15.2, 17, 23.2, 25))
    assert (moved.x0, moved.y0) == (15, 17)
    assert moved.mask is crop.mask


def test_mask_is_resampled_when_its_box_grows() -> None:
    crop = CroppedMask(10, 10, np.eye(4, dtype=bool))
    moved = move_crop(crop, box(10, 10, 14, 14), box(20, 30, 28, 38))
    assert moved.box == (20, 30, 28, 38)
    np.testing.assert_array_equal(moved.mask, np.kron(crop.mask, np.ones((2, 2), dtype=bool)))
