"""Objects on frames that the network did not see."""

from __future__ import annotations

import numpy as np

from blendmask_live.datatypes import Instances, TrackedInstances, TrackState
from blendmask_live.live.extrapolation import Extrapolator

SIZE = (100, 200)


def _tracked(lefts: dict[int, float]) -> TrackedInstances:
    boxes = np.array([[left, 10, left + 20, 30] for left in lefts.values()], dtype=np.float32)
    boxes = boxes.reshape(-1, 4)
    count = len(lefts)
    instances = Instances(
        boxes=boxes,
        scores=np.ones(count, dtype=np.float32),
        class_ids=np.zeros(count, dtype=np.int64),
        frame_size=SIZE,
        soft_masks=np.ones((count, 28, 28), dtype=np.float32),
        mask_boxes=boxes,
    )
    states = tuple(TrackState.CONFIRMED if i > 0 else TrackState.TENTATIVE for i in lefts)
    return TrackedInstances(instances, np.array(list(lefts), dtype=np.int64), states)


def test_objects_go_on_as_they_moved() -> None:
    extrapolator = Extrapolator()
    extrapolator.see(_tracked({1: 50.0, 2: 100.0}), 1.0)
    extrapolator.see(_tracked({2: 100.0, 1: 54.0}), 1.1)
    predicted = extrapolator.predict(1.2, SIZE)
    assert predicted.track_ids.tolist() == [2, 1]
    np.testing.assert_allclose(predicted.instances.boxes[:, 0], [100, 58], atol=0.01)
    assert set(predicted.states) == {TrackState.COASTED}
    (still, moved) = predicted.instances.cropped_masks()
    assert (still.x0, moved.x0) == (100, 58) and moved.area == 400


def test_object_seen_once_stays_where_it_is() -> None:
    extrapolator = Extrapolator()
    extrapolator.see(_tracked({1: 50.0}), 1.0)
    assert extrapolator.predict(5.0, SIZE).instances.boxes[0, 0] == 50


def test_uncertain_objects_are_not_shown_on() -> None:
    extrapolator = Extrapolator()
    extrapolator.see(_tracked({1: 50.0, -1: 80.0}), 1.0)
    assert extrapolator.predict(1.1, SIZE).track_ids.tolist() == [1]


def test_object_that_leaves_the_frame_has_an_empty_mask() -> None:
    extrapolator = Extrapolator()
    extrapolator.see(_tracked({1: 100.0}), 1.0)
    extrapolator.see(_tracked({1: 170.0}), 1.1)
    predicted = extrapolator.predict(1.5, SIZE)
    assert predicted.instances.boxes[0].tolist() == [200, 10, 200, 30]
    assert predicted.instances.cropped_masks()[0].area == 0


def test_nothing_is_shown_before_the_first_frame_or_after_a_change_of_size() -> None:
    extrapolator = Extrapolator()
    assert len(extrapolator.predict(1.0, SIZE).instances) == 0
    extrapolator.see(_tracked({1: 50.0}), 1.0)
    assert len(extrapolator.predict(1.1, (50, 60)).instances) == 0
