"""Mask arithmetic on crops equals plain arithmetic on whole frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import (
    CroppedMask,
    crop_mask,
    crops_iou,
    distinct_rows,
    extent_and_sums,
    resolve_overlaps,
    whole_frame_masks,
)
from blendmask_live.masks.run_lengths import encode_rles, run_lengths_of

FRAME = (24, 31)
bool_masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=17))


def _special_masks() -> dict[str, NDArray[np.bool_]]:
    masks = {
        name: np.zeros(FRAME, dtype=bool)
        for name in ("empty", "full", "one_pixel", "ring", "all_borders", "last_pixel", "comb")
    }
    masks["full"][:] = True
    masks["one_pixel"][7, 11] = True
    masks["ring"][3:20, 5:25] = True
    masks["ring"][8:12, 9:14] = False
    masks["all_borders"][[0, -1]] = True
    masks["all_borders"][:, [0, -1]] = True
    masks["last_pixel"][-1, -1] = True
    masks["comb"][:, ::2] = True
    return masks


SPECIAL = _special_masks()


def _reference_rle(mask: NDArray[np.bool_]) -> dict[str, Any]:
    rle: dict[str, Any] = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return rle


# run-length encoding


@pytest.mark.parametrize("name", SPECIAL)
def test_rle_of_a_crop_equals_pycocotools_on_the_whole_frame(name: str) -> None:
    assert encode_rles([crop_mask(SPECIAL[name])], FRAME) == [_reference_rle(SPECIAL[name])]


@settings(max_examples=200, deadline=None)
@given(bool_masks)
def test_rle_equals_pycocotools_for_any_mask(mask: NDArray[np.bool_]) -> None:
    assert encode_rles([crop_mask(mask)], mask.shape) == [_reference_rle(mask)]  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(bool_masks, st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_rle_of_a_crop_with_empty_margins_equals_pycocotools(
    mask: NDArray[np.bool_], left: int, top: int, right: int, bottom: int
) -> None:
    whole = np.pad(mask, ((top, bottom), (left, right)))
    crop = CroppedMask(left, top, mask)
    reference, found = _reference_rle(whole), run_lengths_of(crop, whole.shape)  # type: ignore[arg-type]
    assert encode_rles([crop], whole.shape) == [reference]  # type: ignore[arg-type]
    assert found.lengths.sum() == whole.size
    x0, y0, x1, y1 = found.box
    assert [x0, y0, x1 - x0, y1 - y0] == coco_mask.toBbox(reference).tolist()


# crops


@settings(max_examples=100, deadline=None)
@given(bool_masks)
def test_a_crop_is_tight_and_gives_the_mask_back(mask: NDArray[np.bool_]) -> None:
    crop = crop_mask(mask)
    assert crop.area == mask.sum()
    np.testing.assert_array_equal(whole_frame_masks([crop], mask.shape)[0], mask)  # type: ignore[arg-type]
    if crop.area:
        edges = crop.mask[0], crop.mask[-1], crop.mask[:, 0], crop.mask[:, -1]
        assert all(edge.any() for edge in edges)
    else:
        assert crop.box == (0, 0, 0, 0)


@settings(max_examples=100, deadline=None)
@given(bool_masks)
def test_extent_and_sums_are_those_of_the_true_pixels(mask: NDArray[np.bool_]) -> None:
    y, x = np.nonzero(mask)
    expected = (
        (x.min(), y.min(), x.max() + 1, y.max() + 1, x.sum(), y.sum()) if len(x) else (0,) * 6
    )
    assert extent_and_sums(mask) == expected


def test_tight_drops_empty_margins_and_keeps_the_place() -> None:
    loose = CroppedMask(3, 4, np.pad(np.ones((2, 3), dtype=bool), 2))
    assert loose.tight().box == (5, 6, 8, 8)
    assert CroppedMask(3, 4, np.zeros((2, 2), dtype=bool)).tight().box == (0, 0, 0, 0)


def test_a_moved_mask_is_the_same_elsewhere() -> None:
    crop = crop_mask(SPECIAL["ring"])
    moved = crop.moved(-3, 5)
    assert (moved.x0, moved.y0) == (crop.x0 - 3, crop.y0 + 5)
    assert moved.area == crop.area == np.count_nonzero(moved.mask)


# overlap


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(bool, (5, 9, 11)))
def test_crop_iou_equals_whole_frame_iou(masks: NDArray[np.bool_]) -> None:
    crops = [crop_mask(mask) for mask in masks]
    flat = masks.reshape(5, -1)
    shared = (flat[:3, None] & flat[None, 3:]).sum(axis=2)
    union = (flat[:3, None] | flat[None, 3:]).sum(axis=2)
    expected = np.where(union > 0, shared / np.maximum(union, 1), 0)
    np.testing.assert_allclose(crops_iou(crops[:3], crops[3:]), expected, rtol=1e-6)


@pytest.mark.parametrize("rows", [0, 3])
def test_iou_with_nothing_has_no_columns(rows: int) -> None:
    crops = [crop_mask(SPECIAL["ring"])] * rows
    assert crops_iou(crops, []).shape == (rows, 0)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(bool, (6, 8, 9)),
    hnp.arrays(np.float32, 6, elements=st.sampled_from([0.25, 0.5, 0.75])),
)
def test_resolving_overlaps_gives_each_pixel_to_the_best_score_and_the_earlier_row(
    masks: NDArray[np.bool_], scores: NDArray[np.float32]
) -> None:
    resolved = whole_frame_masks(
        resolve_overlaps([crop_mask(mask) for mask in masks], scores, (8, 9)), (8, 9)
    )
    assert (resolved.sum(axis=0) <= 1).all()
    np.testing.assert_array_equal(resolved.any(axis=0), masks.any(axis=0))
    # argmax takes the first of equals: the earlier row.
    owner = np.where(masks, scores[:, None, None], -1).argmax(axis=0)
    for row in range(6):
        np.testing.assert_array_equal(resolved[row], masks[row] & (owner == row))


def test_the_weaker_of_two_masks_of_one_object_is_dropped() -> None:
    whole = np.zeros((40, 60), dtype=bool)
    whole[5:35, 5:35] = True
    shifted = np.roll(whole, 1, axis=1)
    part = np.zeros_like(whole)
    part[10:20, 10:20] = True
    beside = np.roll(whole, 20, axis=1)
    masks = np.stack([shifted, whole, part, part, beside])
    instances = Instances.from_masks(
        masks, class_ids=[1, 0, 0, 1, 0], scores=[0.6, 0.9, 0.5, 0.4, 0.3]
    )
    rows = distinct_rows(
        instances.cropped_masks(),
        instances.scores,
        instances.class_ids,
        max_iou=0.7,
        max_share=0.8,
    )
    # Row 0 is row 1 again; row 2 is a part of row 1; row 3 is inside it but something else.
    assert rows.tolist() == [1, 3, 4]


def test_duplicates_are_the_same_as_when_all_pairs_are_compared() -> None:
    random = np.random.default_rng(3)
    frame = np.zeros((60, 40, 60), dtype=bool)
    for mask in frame:
        x, y, w, h = random.integers(0, 40), random.integers(0, 25), *random.integers(4, 16, 2)
        mask[y : y + h, x : x + w] = random.random((40, 60))[y : y + h, x : x + w] > 0.1
    crops = [crop_mask(mask) for mask in frame] + [crop_mask(np.roll(m, 1)) for m in frame[:20]]
    scores = random.random(len(crops)).astype(np.float32)
    class_ids = random.integers(0, 3, len(crops))
    iou = crops_iou(crops, crops)
    areas = np.array([crop.area for crop in crops])
    shared = iou * (areas[:, None] + areas) / (1 + iou)
    inside = shared > 0.8 * np.minimum(areas[:, None], areas)
    rivals = (iou > 0.7) | (inside & (class_ids[:, None] == class_ids))
    kept: list[int] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        if not rivals[row, kept].any():
            kept.append(row)
    found = distinct_rows(crops, scores, class_ids, max_iou=0.7, max_share=0.8)
    assert len(kept) < len(crops) - 10
    assert found.tolist() == sorted(kept)
