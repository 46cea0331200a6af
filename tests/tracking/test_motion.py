"""Prediction of boxes and masks."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.masks.crops import CroppedMask
from tracking.motion import (
    Motion,
    kept_in_view,
    move_crop,
    observe_all,
    predict_all,
    spread_all,
)

SIZE = (500, 500)


def box(*sides: float) -> np.ndarray:
    return np.array(sides, dtype=np.float32)


def follow(fps: float, speed_px_s: float = 100.0, seconds: float = 1.0) -> Motion:
    motion = Motion.at_rest(box(50, 50, 90, 110))
    for frame in range(1, round(fps * seconds) + 1):
        x = 50 + speed_px_s * frame / fps
        motion = motion.observed(box(x, 50, x + 40, 110), 1 / fps, frame_size=SIZE, decay_s=1.0)
    return motion


@pytest.mark.parametrize("fps", [5, 25, 120])
def test_prediction_does_not_depend_on_the_frame_rate(fps: float) -> None:
    predicted = follow(fps).predicted_box(0.2, decay_s=1.0)
    np.testing.assert_allclose(predicted, box(168.1, 50, 208.1, 110), atol=4)


def test_velocity_fades_while_unseen() -> None:
    motion = follow(25)
    assert motion.predicted_box(60.0, decay_s=1.0)[0] == pytest.approx(250, abs=8)


def test_place_of_an_object_grows_uncertain_while_unseen() -> None:
    motion = follow(25)
    spreads = [motion.spread(time_s) for time_s in (0.04, 0.4, 2.0)]
    assert spreads == sorted(spreads) and spreads[0] < 0.2 < 1 < spreads[2]


def test_noise_of_single_boxes_is_averaged_out() -> None:
    rng = np.random.default_rng(0)
    motion = Motion.at_rest(box(100, 100, 140, 200))
    for _ in range(50):
        noisy = np.array([100, 100, 140, 200]) + np.tile(rng.normal(0, 4, 2), 2)
        motion = motion.observed(noisy.astype(np.float32), 0.04, frame_size=SIZE, decay_s=1.0)
    assert np.abs(motion.velocity).max() < 40


def test_side_at_the_border_says_nothing_about_velocity() -> None:
    motion = Motion.at_rest(box(0, 50, 40, 110)).observed(
        box(0, 50, 50, 110), 0.1, frame_size=SIZE, decay_s=1.0
    )
    uncut = Motion.at_rest(box(200, 50, 240, 110)).observed(
        box(210, 50, 250, 110), 0.1, frame_size=SIZE, decay_s=1.0
    )
    np.testing.assert_allclose(motion.velocity, uncut.velocity)


def test_object_that_leaves_keeps_its_size_beyond_the_border() -> None:
    motion = Motion.at_rest(box(10, 100, 50, 200))
    for right in (40, 30, 20):
        seen = box(max(right - 40, 0), 100, right, 200)
        motion = motion.observed(seen, 0.1, frame_size=SIZE, decay_s=1.0)
    assert motion.box[0] < -10
    assert motion.box[2] - motion.box[0] == pytest.approx(40, abs=2)


def test_who_left_is_waited_for_at_the_border() -> None:
    waiting = kept_in_view(box(-300, 100, -260, 200), SIZE)
    np.testing.assert_allclose(waiting, box(0, 100, 20, 200))
    inside = box(10, 20, 30, 40)
    np.testing.assert_allclose(kept_in_view(inside, SIZE), inside)


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


def test_object_larger_than_the_frame_stays_as_large_as_it_is_seen() -> None:
    # A little smaller than before, with every side at the border, for ten seconds.
    motion = Motion.at_rest(np.array([0, 0, 1280, 720], dtype=np.float32))
    seen = np.array([1, 1, 1279, 719], dtype=np.float32)
    for _ in range(300):
        motion = motion.observed(seen, 1 / 30, frame_size=(720, 1280), decay_s=1.0)
    assert np.abs(motion.box - seen).max() < 10


def test_all_objects_are_expected_where_each_one_is() -> None:
    rng = np.random.default_rng(3)
    corners = rng.uniform(-80, 560, (40, 2))
    boxes = np.hstack([corners, corners + rng.uniform(1, 90, (40, 2))])
    motions = [Motion(box, rng.normal(0, 300, 2)) for box in boxes]
    crops = [CroppedMask(int(x), int(y), rng.random((7, 5)) < 0.5) for x, y in corners.astype(int)]
    elapsed_s = [0.04, 0.04, 0.5, 3.0] * 10
    found, moved = predict_all(motions, crops, elapsed_s, decay_s=0.8, frame_size=SIZE)
    for row, motion in enumerate(motions):
        expected = motion.predicted_box(elapsed_s[row], decay_s=0.8)
        np.testing.assert_array_equal(found[row], kept_in_view(expected, SIZE))
        assert moved[row].box == move_crop(crops[row], motion.box, expected).box
        np.testing.assert_array_equal(moved[row].mask, crops[row].mask)
    nothing, no_masks = predict_all([], [], [], decay_s=0.8, frame_size=SIZE)
    assert nothing.shape == (0, 4) and not no_masks


def test_all_objects_that_are_seen_move_as_each_one_does() -> None:
    rng = np.random.default_rng(8)
    corners = rng.uniform(-10, 460, (40, 2))
    seen = np.hstack([corners, corners + rng.uniform(1, 60, (40, 2))]).astype(np.float32)
    motions = [
        Motion(box, rng.normal(0, 200, 2), *rng.uniform(0, 2, 3))
        for box in seen + rng.normal(0, 9, (40, 4))
    ]
    elapsed_s = [0.04, 0.04, 0.5, 90.0] * 10
    found = observe_all(motions, seen, elapsed_s, frame_size=SIZE, decay_s=0.8)
    for row, (motion, after) in enumerate(zip(motions, found, strict=True)):
        alone = motion.observed(seen[row], elapsed_s[row], frame_size=SIZE, decay_s=0.8)
        np.testing.assert_array_equal(after.box, alone.box)
        np.testing.assert_array_equal(after.velocity, alone.velocity)
        assert after.position_variance == alone.position_variance
        assert after.covariance == alone.covariance
        assert after.velocity_variance == alone.velocity_variance
    spreads = [motion.spread(step_s) for motion, step_s in zip(motions, elapsed_s, strict=True)]
    np.testing.assert_array_equal(spread_all(motions, elapsed_s), spreads)
    assert observe_all([], seen[:0], [], frame_size=SIZE, decay_s=0.8) == []


def test_a_seen_box_corrects_the_expected_one_by_the_trust_in_it() -> None:
    """Worked out by hand from the filter's equations."""
    at_rest = Motion(np.array([100.0, 100.0, 140.0, 200.0]), np.zeros(2), 0.02, 0.0, 0.0)
    motion = at_rest.observed(box(110, 100, 150, 200), 0.1, frame_size=SIZE, decay_s=1.0)
    position = 0.02 + 4.0 * 0.1**3 / 3
    trust = position / (position + 0.08**2)
    np.testing.assert_allclose(motion.box, [100 + 10 * trust, 100, 140 + 10 * trust, 200])
    speed = 10 * 4.0 * 0.1**2 / 2 / (position + 0.08**2)
    np.testing.assert_allclose(motion.velocity, [speed, 0])
    assert motion.position_variance == pytest.approx(position * (1 - trust))
