"""Masks for objects that the detector missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackState
from tracking import ConfirmationBuffer, MaskTracker, TrackerConfig

FRAME = (80, 120)
COASTING = TrackerConfig(max_coast_s=0.3)


def frame_of(centre_x: float, *, is_found: bool = True, has_bases: bool = True) -> Instances:
    """A disc, drawn into the first of four bases; its attention asks for that base alone."""
    y, x = np.mgrid[: FRAME[0] // 2, : FRAME[1] // 2] * 2 + 1
    bases = np.full((4, FRAME[0] // 2, FRAME[1] // 2), -6, dtype=np.float32)
    bases[0, (x - centre_x) ** 2 + (y - 40) ** 2 < 15**2] = 6
    count = int(is_found)
    boxes = np.array([[centre_x - 17, 23, centre_x + 17, 57]] * count, np.float32).reshape(-1, 4)
    rows = np.linspace(-17, 17, 28)
    disc = (rows[:, None] ** 2 + rows[None] ** 2 < 15**2).astype(np.float32)
    attention = np.zeros((count, 4, 14, 14), dtype=np.float32)
    attention[:, 0] = 8
    return Instances(
        boxes=boxes.clip(0),
        scores=np.full(count, 0.9, dtype=np.float32),
        class_ids=np.zeros(count, dtype=np.int64),
        frame_size=FRAME,
        soft_masks=np.repeat(disc[None], count, axis=0),
        mask_boxes=boxes,
        attention=attention if has_bases else None,
        bases=bases if has_bases else None,
    )


def followed(tracker: MaskTracker, *, has_bases: bool = True) -> None:
    for number in range(6):
        tracker.update(frame_of(40 + 2 * number, has_bases=has_bases), timestamp_s=number / 25)


def test_missed_object_gets_a_mask_where_the_new_bases_show_it() -> None:
    tracker = MaskTracker(COASTING)
    followed(tracker)
    missed = frame_of(52, is_found=False)
    tracked = tracker.update(missed, timestamp_s=6 / 25)
    assert tracked.track_ids.tolist() == [1] and tracked.states == (TrackState.COASTED,)
    truth = frame_of(52).masks()[0]
    mask = tracked.instances.masks()[0]
    assert (mask & truth).sum() > 0.85 * (mask | truth).sum()
    assert len(missed) == 0


def test_coasted_rows_follow_after_the_given_ones() -> None:
    tracker = MaskTracker(COASTING)
    followed(tracker)
    other = frame_of(52, is_found=False)
    found = frame_of(100)
    bases = np.maximum(other.bases, found.bases)  # type: ignore[type-var]
    both = Instances(
        found.boxes, found.scores, found.class_ids, FRAME,
        soft_masks=found.soft_masks, mask_boxes=found.mask_boxes,
        attention=found.attention, bases=bases,
    )  # fmt: skip
    tracked = tracker.update(both, timestamp_s=6 / 25)
    assert tracked.states == (TrackState.TENTATIVE, TrackState.COASTED)
    np.testing.assert_array_equal(tracked.instances.boxes[0], both.boxes[0])
    assert len(tracked.instances.cropped_masks()) == len(tracked.instances.rles()) == 2


def test_coasting_ends_after_its_limit_and_the_object_returns_as_itself() -> None:
    tracker = MaskTracker(COASTING)
    followed(tracker)
    shown = [
        len(tracker.update(frame_of(50, is_found=False), timestamp_s=number / 25).track_ids)
        for number in range(6, 20)
    ]
    assert shown[0] == 1 and sum(shown) <= 7 and shown[-1] == 0
    assert tracker.update(frame_of(50), timestamp_s=20 / 25).track_ids.tolist() == [1]


def test_object_that_is_gone_gets_no_mask() -> None:
    tracker = MaskTracker(COASTING)
    followed(tracker)
    assert not len(tracker.update(frame_of(-60, is_found=False), timestamp_s=6 / 25).track_ids)


@pytest.mark.parametrize("config", [TrackerConfig(), COASTING])
def test_without_bases_or_limit_the_rows_are_those_given(config: TrackerConfig) -> None:
    tracker = MaskTracker(config)
    has_bases = not config.max_coast_s
    followed(tracker, has_bases=has_bases)
    missed = frame_of(52, is_found=False, has_bases=has_bases)
    assert tracker.update(missed, timestamp_s=6 / 25).instances.boxes.shape == (0, 4)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.booleans()), min_size=2, max_size=25))
def test_no_frame_shows_an_id_twice(frames: list[tuple[int, bool]]) -> None:
    tracker, buffer = MaskTracker(TrackerConfig(max_coast_s=0.3)), ConfirmationBuffer()
    released = []
    for number, (centre_x, is_found) in enumerate(frames):
        tracked = tracker.update(frame_of(centre_x, is_found=is_found), timestamp_s=number / 25)
        assert len(set(tracked.track_ids.tolist())) == len(tracked.track_ids)
        picture = Frame(np.zeros((*FRAME, 3), dtype=np.uint8), number, None, 0.0)
        released += buffer.push(TrackedFrame(picture, tracked))
    released += buffer.flush()
    assert len(released) == len(frames)
    for frame in released:
        ids = frame.track_ids.tolist()
        assert len(set(ids)) == len(ids) and all(i > 0 for i in ids)
        assert TrackState.TENTATIVE not in frame.tracked.states
