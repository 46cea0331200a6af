"""Followed objects among the tracker's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.live.joining import FollowedMask, joined
from blendmask_live.masks.crops import crop_mask
from tracking import ConfirmationBuffer

LABELS = ("person", "cat", "object")
BOX = np.array([[10, 5, 30, 25], [60, 5, 80, 25]], dtype=np.float32)


def _tracked(ids: list[int]) -> TrackedInstances:
    """Two objects as the blender leaves them."""
    instances = Instances(
        boxes=BOX,
        scores=np.array([0.9, 0.8], dtype=np.float32),
        class_ids=np.array([0, 1]),
        frame_size=(40, 100),
        labels=LABELS[:2],
        soft_masks=np.ones((2, 28, 28), dtype=np.float32),
        mask_boxes=BOX,
        attention=np.ones((2, 4, 14, 14), dtype=np.float32),
        bases=np.ones((4, 10, 25), dtype=np.float32),
    )
    states = tuple(TrackState.CONFIRMED if i > 0 else TrackState.TENTATIVE for i in ids)
    return TrackedInstances(instances, np.array(ids), states)


def _followed(x0: int) -> FollowedMask:
    mask = np.zeros((40, 100), dtype=bool)
    mask[6:25, x0 : x0 + 20] = True
    mask[10, x0 + 3] = False
    return FollowedMask(7, 2, 0.6, crop_mask(mask))


def test_what_is_elsewhere_comes_after_the_trackers_rows_with_its_own_pixels() -> None:
    followed = _followed(35)
    found = joined(_tracked([1, 2]), [followed], LABELS)
    assert found.track_ids.tolist() == [1, 2, 7]
    assert found.states[2] is TrackState.FOLLOWED
    assert found.instances.class_names == ("person", "cat", "object")
    assert found.instances.boxes[2].tolist() == [35, 6, 55, 25]
    assert found.instances.scores[2] == np.float32(0.6)
    kept = found.instances.select(np.array([2])).cropped_masks()[0]
    assert (kept.mask == followed.crop.mask).all() and not kept.mask[4, 3]
    # What the network left of the others is still there.
    assert found.instances.attention.shape == (3, 4, 14, 14)
    assert found.instances.soft_masks.shape == (3, 28, 28)


def test_the_same_object_is_there_once_and_holds_nothing_back() -> None:
    tentative = joined(_tracked([-1, 2]), [_followed(10)], LABELS)
    assert tentative.track_ids.tolist() == [2, 7]
    confirmed = replace(_tracked([3, 2]), confirmations={-1: 3})
    confirmed = joined(confirmed, [_followed(10)], LABELS)
    assert confirmed.track_ids.tolist() == [2, 7]
    assert confirmed.confirmations == {} and confirmed.dropped == (-1,)
    buffer = ConfirmationBuffer()
    image = np.zeros((40, 100, 3), dtype=np.uint8)
    out = [
        frame.track_ids.tolist()
        for index, tracked in enumerate((_tracked([-1, 2]), confirmed))
        for frame in buffer.push(TrackedFrame(Frame(image, index, None, 0.0), tracked))
    ]
    assert out == [[2], [2, 7]]


def test_pixel_masks_stay_pixel_masks() -> None:
    masks = np.zeros((1, 40, 100), dtype=bool)
    masks[0, 5:25, 60:80] = True
    instances = Instances.from_masks(masks, class_ids=[0], labels=LABELS[:2])
    tracked = TrackedInstances(instances, np.array([1]), (TrackState.CONFIRMED,))
    found = joined(tracked, [_followed(10)], LABELS)
    assert found.instances.exact_masks is not None and len(found.instances.exact_masks) == 2
    assert joined(tracked, [], LABELS) is tracked
