"""Instances keep their rows together and paste their masks once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from blendmask_live.datatypes import Instances, SourceInfo, TrackedInstances, TrackState
from blendmask_live.labels import COCO_NAMES
from blendmask_live.masks.buffer import MaskBuffer
from blendmask_live.masks.crops import crop_mask

FRAME = (40, 60)
ROWS = 5


def _soft_instances(**changes: Any) -> Instances:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 25, (ROWS, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(4, 14, (ROWS, 2))], axis=1)
    values: dict[str, Any] = {
        "boxes": boxes.astype(np.float32),
        "scores": np.linspace(0.9, 0.5, ROWS, dtype=np.float32),
        "class_ids": np.arange(ROWS),
        "frame_size": FRAME,
        "soft_masks": rng.random((ROWS, 28, 28), dtype=np.float32),
        "mask_boxes": boxes.astype(np.float32) + 0.25,
        "attention": rng.random((ROWS, 4, 14, 14), dtype=np.float32),
        "bases": rng.random((4, 10, 15), dtype=np.float32),
    }
    return Instances(**{**values, **changes})


def _pixel_masks() -> NDArray[np.bool_]:
    masks = np.zeros((3, *FRAME), dtype=bool)
    masks[0, 2:9, 3:20] = True
    masks[1, 0, 0] = True
    return masks  # the third is empty


@pytest.mark.parametrize("pasted_before", [False, True])
def test_select_keeps_every_array_of_a_row_together(pasted_before: bool) -> None:
    instances = _soft_instances()
    whole = _soft_instances().masks()
    if pasted_before:
        instances.cropped_masks()
    rows = [3, 0, 3]
    chosen = instances.select(np.array(rows))
    assert len(chosen) == 3
    for name in ("boxes", "scores", "class_ids", "soft_masks", "mask_boxes", "attention"):
        np.testing.assert_array_equal(getattr(chosen, name), getattr(instances, name)[rows])
    assert chosen.bases is instances.bases
    np.testing.assert_array_equal(chosen.masks(), whole[rows])


def test_select_of_true_rows_equals_select_of_their_numbers() -> None:
    instances = _soft_instances()
    by_flag = instances.select(np.array([True, False, False, True, True]))
    np.testing.assert_array_equal(by_flag.class_ids, [0, 3, 4])
    assert len(instances.select(np.zeros(ROWS, dtype=bool))) == 0
    assert instances.select(np.zeros(0, dtype=np.int64)).masks().shape == (0, *FRAME)


def test_select_of_exact_masks_keeps_them_with_their_rows() -> None:
    masks = _pixel_masks()
    instances = Instances.from_masks(masks, class_ids=[7, 8, 9])
    chosen = instances.select(np.array([2, 0]))
    np.testing.assert_array_equal(chosen.masks(), masks[[2, 0]])
    assert chosen.class_ids.tolist() == [9, 7]


def test_masks_are_pasted_once_and_on_request() -> None:
    instances = _soft_instances()
    first = instances.cropped_masks()
    assert instances.cropped_masks() is first
    np.testing.assert_array_equal(
        instances.masks(),
        [coco_mask.decode(rle).astype(bool) for rle in instances.rles()],
    )


def test_pixel_masks_round_trip_with_tight_boxes() -> None:
    masks = _pixel_masks()
    instances = Instances.from_masks(masks, class_ids=[0, 1, 2], scores=[0.1, 0.2, 0.3])
    np.testing.assert_array_equal(instances.masks(), masks)
    assert instances.boxes.tolist() == [[3, 2, 20, 9], [0, 0, 1, 1], [0, 0, 0, 0]]
    assert instances.boxes.dtype == instances.scores.dtype == np.float32
    assert instances.class_ids.dtype == np.int64
    assert instances.class_names == COCO_NAMES[:3]
    assert instances.frame_size == FRAME


def test_no_objects_are_a_valid_result() -> None:
    empty = Instances.empty(FRAME)
    assert len(empty) == 0 and empty.boxes.shape == (0, 4)
    assert empty.masks().shape == (0, *FRAME)
    assert empty.rles() == [] and empty.class_names == ()
    assert len(empty.select(np.zeros(0, dtype=bool))) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": np.ones(ROWS - 1, dtype=np.float32)},
        {"class_ids": np.zeros(ROWS + 1, dtype=np.int64)},
        {"soft_masks": np.zeros((1, 28, 28), dtype=np.float32)},
        {"mask_boxes": np.zeros((1, 4), dtype=np.float32)},
        {"attention": np.zeros((1, 4, 14, 14), dtype=np.float32)},
        {"mask_boxes": None},
        {"soft_masks": None},
        {"exact_masks": (crop_mask(np.ones((2, 2), dtype=bool)),) * ROWS},
    ],
    ids=lambda changes: "_".join(changes),
)
def test_rows_that_do_not_agree_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"mask|rows"):
        _soft_instances(**changes)


@pytest.mark.parametrize(
    ("masks", "arguments"),
    [
        (np.zeros(FRAME, dtype=bool), {"class_ids": [0]}),
        (np.zeros((2, *FRAME), dtype=bool), {"class_ids": [0]}),
        (np.zeros((1, *FRAME), dtype=bool), {"class_ids": [80]}),
        (np.zeros((1, *FRAME), dtype=bool), {"class_ids": [-1]}),
        (np.zeros((1, *FRAME), dtype=bool), {"class_ids": [0], "scores": [1.0, 1.0]}),
        (np.zeros((1, *FRAME), dtype=bool), {"class_ids": [1], "labels": ("only",)}),
    ],
    ids="flat too_few_ids id_too_large id_negative too_many_scores id_outside_labels".split(),
)
def test_wrapping_masks_refuses_what_does_not_fit(
    masks: NDArray[np.bool_], arguments: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"class|rows|masks"):
        Instances.from_masks(masks, **arguments)


def test_tracked_rows_stay_together_and_are_checked() -> None:
    instances = Instances.from_masks(_pixel_masks(), class_ids=[0, 1, 2])
    states = (TrackState.CONFIRMED, TrackState.TENTATIVE, TrackState.CONFIRMED)
    tracked = TrackedInstances(instances, np.array([5, -1, 6]), states)
    chosen = tracked.select(np.array([False, True, True]))
    assert chosen.track_ids.tolist() == [-1, 6]
    assert chosen.states == states[1:]
    assert chosen.instances.class_ids.tolist() == [1, 2]
    with pytest.raises(ValueError, match="same rows"):
        TrackedInstances(instances, np.array([5, -1]), states)


def test_probabilities_are_no_masks() -> None:
    """As bool, every pixel of a soft mask would belong to the object."""
    ones = np.ones((1, 4, 5))
    assert Instances.from_masks(ones, class_ids=[0]).masks().all()
    assert len(Instances.from_masks(np.zeros((0, 4, 5)), class_ids=[])) == 0
    with pytest.raises(ValueError, match="must be bool"):
        Instances.from_masks(ones * 0.3, class_ids=[0])


def test_masks_in_memory_used_again_equal_fresh_ones_whatever_was_there_before() -> None:
    random, buffer = np.random.default_rng(4), MaskBuffer()
    for size in ((40, 60), (40, 60), (30, 20), (64, 64), (40, 60)):
        for count in (3, 0, 7, 2):
            whole = random.random((count, *size)) > 0.5
            whole[:, : random.integers(size[0])] = False
            instances = Instances.from_masks(whole, class_ids=[0] * count)
            found = instances.masks(into=buffer)
            np.testing.assert_array_equal(found, instances.masks())
            with pytest.raises(ValueError, match="read-only"):
                found[...] = True


@pytest.mark.parametrize(
    ("average_fps", "pts_s", "wanted"),
    [
        (None, None, Fraction(2)),
        (Fraction(30000, 1001), None, Fraction(50 * 1001, 30000)),
        (None, Fraction(7, 3), Fraction(7, 3)),
        (Fraction(30), Fraction(0), Fraction(0)),
    ],
)
def test_a_frame_without_a_time_is_shown_at_its_index_in_the_nominal_rate(
    average_fps: Fraction | None, pts_s: Fraction | None, wanted: Fraction
) -> None:
    source = SourceInfo("folder", 64, 48, average_fps=average_fps)
    assert source.fps == (average_fps or 25)
    assert source.time_s(50, pts_s) == wanted
