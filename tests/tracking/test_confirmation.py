"""Frames wait until their tracks are decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from blendmask_live.datatypes import TrackedFrame, TrackedInstances, TrackState
from tests.tracking.conftest import CAR, PERSON, MakeInstances, Shape
from tracking import ConfirmationBuffer, MaskTracker

AsFrame = Callable[[TrackedInstances, int], TrackedFrame]
REAL: Shape = (100, 90, 40, 40)
FALSE: Shape = (250, 40, 30, 30)


def run(
    sightings: Sequence[Sequence[Shape]], draw: MakeInstances, as_frame: AsFrame
) -> tuple[list[TrackedFrame], list[int]]:
    """All frames that leave at 25 fps, and how many wait after each push."""
    tracker, buffer = MaskTracker(), ConfirmationBuffer()
    tracker.update(draw([]), timestamp_s=-1)
    released: list[TrackedFrame] = []
    waiting = []
    for index, shapes in enumerate(sightings):
        instances = draw(shapes, scores=[0.5] * len(shapes))
        tracked = tracker.update(instances, timestamp_s=index / 25)
        released += buffer.push(as_frame(tracked, index))
        waiting.append(index + 1 - len(released))
    return released + buffer.flush(), waiting


def test_confirmed_track_has_its_final_id_from_its_first_frame(
    draw_instances: MakeInstances, as_frame: AsFrame
) -> None:
    frames, waiting = run([[], [REAL], [REAL], [REAL], [REAL]], draw_instances, as_frame)
    assert [frame.track_ids.tolist() for frame in frames] == [[], [1], [1], [1], [1]]
    assert [frame.frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert waiting == [0, 1, 2, 0, 0]
    assert all(state is TrackState.CONFIRMED for frame in frames for state in frame.tracked.states)


def test_rows_of_dropped_tracks_are_removed_and_the_others_kept(
    draw_instances: MakeInstances, as_frame: AsFrame
) -> None:
    sightings = [[REAL]] * 5 + [[FALSE, REAL]] + [[REAL]] * 30
    frames, waiting = run(sightings, draw_instances, as_frame)
    assert [frame.track_ids.tolist() for frame in frames] == [[1]] * 36
    kept = frames[5].instances.cropped_masks()
    np.testing.assert_array_equal(kept[0].mask, draw_instances([REAL]).cropped_masks()[0].mask)
    # Half a second at 25 fps, and the frame that decides.
    assert max(waiting) <= 14 and waiting[-1] == 0


def test_flush_removes_what_was_never_confirmed_and_starts_afresh(
    draw_instances: MakeInstances, as_frame: AsFrame
) -> None:
    frames, waiting = run([[REAL], [REAL]], draw_instances, as_frame)
    assert waiting == [1, 2]
    assert [frame.track_ids.tolist() for frame in frames] == [[], []]
    assert ConfirmationBuffer().flush() == []


def test_untouched_frame_leaves_as_it_came(
    draw_instances: MakeInstances, as_frame: AsFrame
) -> None:
    frame = as_frame(MaskTracker().update(draw_instances([REAL]), timestamp_s=0), 0)
    assert ConfirmationBuffer().push(frame) == [frame]


def test_every_id_is_positive_and_unique_in_noise(
    draw_instances: MakeInstances, as_frame: AsFrame
) -> None:
    rng = np.random.default_rng(0)
    sightings = [
        [(x, y, 30.0, 30.0) for x, y in rng.integers(0, 180, (rng.integers(0, 4), 2)).tolist()]
        for _ in range(80)
    ]
    frames, waiting = run(sightings, draw_instances, as_frame)
    assert [frame.frame.index for frame in frames] == list(range(80))
    assert max(waiting) <= 16
    for frame in frames:
        ids = frame.track_ids
        assert (ids > 0).all() and len(np.unique(ids)) == len(ids) == len(frame.instances)


def test_a_track_has_the_class_of_its_confirmation_from_its_first_frame(
    draw_instances: MakeInstances, as_frame: AsFrame
) -> None:
    tracker, buffer = MaskTracker(), ConfirmationBuffer()
    tracker.update(draw_instances([]), timestamp_s=-1)
    released: list[TrackedFrame] = []
    for index, class_id in enumerate([CAR, PERSON, PERSON, CAR, PERSON]):
        instances = draw_instances([REAL], class_ids=[class_id], scores=[0.5])
        tracked = tracker.update(instances, timestamp_s=index / 25)
        released += buffer.push(as_frame(tracked, index))
    assert [frame.track_ids.tolist() for frame in released] == [[1]] * 5
    assert [frame.instances.class_ids.tolist() for frame in released] == [[PERSON]] * 5
