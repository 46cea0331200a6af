"""The blend without PyTorch agrees with the network's blender."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from blendmask_live.masks.blending import blend_masks, mask_confidences
from blendmask_live.network.blender import BASE_STRIDE, blend_logits, mask_confidence


@pytest.mark.parametrize("mask_size", [28, 56])
@pytest.mark.parametrize("bases", [1, 2, 4, 6])
def test_masks_equal_the_networks_inside_and_beyond_the_picture(bases: int, mask_size: int) -> None:
    rng = np.random.default_rng(bases)
    planes = rng.normal(0, 3, (bases, 24, 32)).astype(np.float32)
    attention = rng.normal(0, 2, (5, bases, 14, 14)).astype(np.float32)
    boxes = np.array(
        [
            (10.5, 8.25, 70, 61),
            (30, 30, 34, 50),
            (-20, -7, 40, 33),
            (100, 60, 160, 111),
            (200, 0, 230, 50),
        ],
        dtype=np.float32,
    )
    expected = blend_logits(
        torch.from_numpy(planes)[None],
        torch.from_numpy(boxes),
        torch.from_numpy(attention),
        mask_size=mask_size,
    ).sigmoid()
    masks = blend_masks(planes, boxes / BASE_STRIDE, attention, mask_size=mask_size)
    np.testing.assert_allclose(masks, expected.numpy(), atol=1e-4)
    np.testing.assert_allclose(mask_confidences(masks), mask_confidence(expected), atol=1e-4)


def test_no_boxes_give_no_masks() -> None:
    masks = blend_masks(
        np.zeros((4, 8, 8), dtype=np.float32),
        np.zeros((0, 4), dtype=np.float32),
        np.zeros((0, 4, 14, 14), dtype=np.float32),
        mask_size=28,
    )
    assert masks.shape == (0, 28, 28) and mask_confidences(masks).shape == (0,)


def test_a_crowd_is_blended_like_its_objects_alone() -> None:
    rng = np.random.default_rng(5)
    planes = rng.normal(0, 3, (4, 24, 32)).astype(np.float32)
    attention = rng.normal(0, 4, (40, 4, 14, 14)).astype(np.float32)
    corners = rng.uniform(-10, 30, (40, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(0.1, 20, (40, 2))], axis=1)
    boxes = boxes.astype(np.float32)
    together = blend_masks(planes, boxes, attention, mask_size=56)
    for row in range(40):
        alone = blend_masks(planes, boxes[row : row + 1], attention[row : row + 1], mask_size=56)
        np.testing.assert_allclose(together[row], alone[0], atol=1e-6)


def test_attention_beyond_all_reason_gives_the_base_it_points_at() -> None:
    planes = np.stack([np.full((8, 8), value, dtype=np.float32) for value in (-2, 0, 3)])
    box = np.array([[1, 1, 6, 6]], dtype=np.float32)
    for base, value in enumerate((-2, 0, 3)):
        attention = np.full((1, 3, 14, 14), -1e30, dtype=np.float32)
        attention[0, base] = 1e30
        masks = blend_masks(planes, box, attention, mask_size=28)
        np.testing.assert_allclose(masks, 1 / (1 + np.exp(-value)), atol=1e-6)


@pytest.mark.parametrize("far_below", [-1e4, -np.inf])
@pytest.mark.parametrize("base", [0, 1, 2])
def test_a_base_that_counts_for_nothing_leaves_the_others_their_shares(
    base: int, far_below: float
) -> None:
    rng = np.random.default_rng(6)
    planes = rng.normal(0, 3, (3, 24, 32)).astype(np.float32)
    attention = rng.normal(0, 2, (2, 3, 14, 14)).astype(np.float32)
    attention[:, base] = far_below
    boxes = np.array([[2, 3, 20, 18], [5, 1, 30, 22]], dtype=np.float32)
    others = [other for other in range(3) if other != base]
    masks = blend_masks(planes, boxes, attention, mask_size=56)
    expected = blend_masks(planes[others], boxes, attention[:, others], mask_size=56)
    np.testing.assert_allclose(masks, expected, atol=2e-5)


@pytest.mark.parametrize("side", [np.nan, np.inf, -np.inf, 1e30, -1e30])
@pytest.mark.parametrize("place", range(4))
def test_a_box_beyond_all_reason_harms_no_other(side: float, place: int) -> None:
    rng = np.random.default_rng(7)
    planes = rng.normal(0, 3, (4, 24, 32)).astype(np.float32)
    attention = rng.normal(0, 2, (2, 4, 14, 14)).astype(np.float32)
    boxes = np.array([[2, 3, 20, 18], [5, 1, 30, 22]], dtype=np.float32)
    alone = blend_masks(planes, boxes[1:], attention[1:], mask_size=28)
    boxes[0, place] = side
    np.testing.assert_array_equal(blend_masks(planes, boxes, attention, mask_size=28)[1:], alone)


@pytest.mark.parametrize("lacking", ["bases", "boxes", "attention"])
def test_arrays_of_other_numbers_are_refused_before_memory_is_read(lacking: str) -> None:
    arrays = {
        "bases": np.ones((4, 6, 8), np.float32),
        "boxes": np.ones((4, 4), np.float32),
        "attention": np.ones((4, 4, 14, 14), np.float32),
    }
    arrays[lacking] = arrays[lacking][:3]
    with pytest.raises(ValueError, match="expected"):
        blend_masks(arrays["bases"], arrays["boxes"], arrays["attention"], mask_size=28)
