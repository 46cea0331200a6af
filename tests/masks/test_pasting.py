"""Soft masks become the pixels that sampling by hand gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage

from blendmask_live.masks.crops import whole_frame_masks
from blendmask_live.masks.pasting import paste_soft_masks, without_specks

FRAME = (24, 31)


def _sampled_by_hand(
    soft_mask: NDArray[np.float32], box: tuple[float, ...], frame_size: tuple[int, int]
) -> NDArray[np.float64]:
    """(H, W) probabilities: bilinear at pixel centres, edge cells repeated, 0 outside the box."""
    cells = soft_mask.shape[0]
    left, top, right, bottom = box
    sampled = np.zeros(frame_size)
    for y in range(max(int(np.floor(top)), 0), min(int(np.ceil(bottom)), frame_size[0])):
        for x in range(max(int(np.floor(left)), 0), min(int(np.ceil(right)), frame_size[1])):
            column = (x + 0.5 - left) / (right - left) * cells - 0.5
            row = (y + 0.5 - top) / (bottom - top) * cells - 0.5
            x0, y0 = int(np.floor(column)), int(np.floor(row))
            for cell_x, weight_x in ((x0, 1 - (column - x0)), (x0 + 1, column - x0)):
                for cell_y, weight_y in ((y0, 1 - (row - y0)), (y0 + 1, row - y0)):
                    inside_x = min(max(cell_x, 0), cells - 1)
                    inside_y = min(max(cell_y, 0), cells - 1)
                    sampled[y, x] += weight_x * weight_y * soft_mask[inside_y, inside_x]
    return sampled


@pytest.mark.parametrize(
    "box",
    [
        (2.0, 3.0, 22.0, 17.0),
        (2.3, 3.7, 21.9, 16.2),
        (-9.0, -4.0, 12.0, 14.0),
        (-9.5, -4.25, 12.0, 30.0),
        (20.5, 18.5, 44.0, 40.0),
        (-300.0, -200.0, 400.0, 300.0),
        (7.2, 9.1, 7.6, 9.4),
        (6.8, 9.9, 7.2, 10.3),
        (5.0, 2.0, 5.5, 21.0),
    ],
    ids="whole_pixels fractions whole_outside top_left bottom_right huge in_a_pixel on_a_corner "
    "sliver".split(),
)
@pytest.mark.parametrize("cells", [28, 56])
def test_pasting_equals_bilinear_sampling_at_pixel_centres(
    box: tuple[float, ...], cells: int
) -> None:
    soft_mask = np.random.default_rng(cells).random((cells, cells), dtype=np.float32)
    expected = _sampled_by_hand(soft_mask, box, FRAME)
    pasted = paste_soft_masks(soft_mask[None], np.array([box], dtype=np.float32), frame_size=FRAME)
    found = whole_frame_masks(pasted, FRAME)[0]
    assert pasted[0].area == np.count_nonzero(found)
    # Only pixels at the threshold may differ.
    undecided = np.abs(expected - 0.5) < 1e-5
    np.testing.assert_array_equal(found[~undecided], (expected >= 0.5)[~undecided])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.floats(-40, 40), st.floats(-40, 40), st.floats(0.01, 90), st.floats(0.01, 90)),
    st.floats(0.1, 0.9),
)
def test_pasting_any_box_equals_sampling_by_hand(
    seed: int, place: tuple[float, float, float, float], threshold: float
) -> None:
    left, top, width, height = place
    box = np.array([left, top, left + width, top + height], dtype=np.float32)
    soft_mask = np.random.default_rng(seed).random((14, 14), dtype=np.float32)
    expected = _sampled_by_hand(soft_mask, tuple(box.tolist()), FRAME)
    pasted = paste_soft_masks(soft_mask[None], box[None], frame_size=FRAME, threshold=threshold)
    found = whole_frame_masks(pasted, FRAME)[0]
    assert pasted[0].area == np.count_nonzero(found)
    undecided = np.abs(expected - threshold) < 1e-5
    np.testing.assert_array_equal(found[~undecided], (expected >= threshold)[~undecided])


@pytest.mark.parametrize(
    "box",
    [
        (-30.0, 2.0, -3.0, 20.0),
        (31.0, 2.0, 50.0, 20.0),
        (2.0, 24.0, 9.0, 40.0),
        (5.0, 5.0, 5.0, 9.0),
        (9.0, 9.0, 5.0, 5.0),
    ],
    ids="left right below no_width inverted".split(),
)
def test_a_box_without_a_pixel_in_the_frame_gives_an_empty_mask(box: tuple[float, ...]) -> None:
    soft_masks = np.ones((1, 28, 28), dtype=np.float32)
    (crop,) = paste_soft_masks(soft_masks, np.array([box], dtype=np.float32), frame_size=FRAME)
    assert crop.area == 0 and crop.mask.size == 0


def test_a_full_soft_mask_fills_exactly_the_pixels_its_box_touches() -> None:
    soft_masks = np.ones((1, 56, 56), dtype=np.float32)
    boxes = np.array([[3.4, 2.0, 9.1, 8.0]], dtype=np.float32)
    (crop,) = paste_soft_masks(soft_masks, boxes, frame_size=FRAME)
    assert crop.box == (3, 2, 10, 8) and crop.mask.all()


def test_pasting_across_a_frame_of_many_thousand_pixels_works() -> None:
    soft_masks = np.ones((1, 28, 28), dtype=np.float32)
    boxes = np.array([[-5.0, 0.0, 40005.0, 2.0]], dtype=np.float32)
    (crop,) = paste_soft_masks(soft_masks, boxes, frame_size=(2, 40000))
    assert crop.area == 80000


@pytest.mark.parametrize("side", [np.nan, np.inf, -np.inf, 1e30, -1e30])
@pytest.mark.parametrize("place", range(4))
def test_a_box_beyond_all_reason_spoils_no_other_mask(side: float, place: int) -> None:
    soft_masks = np.random.default_rng(2).random((2, 8, 8), dtype=np.float32)
    boxes = np.array([[3, 2, 20, 14], [5, 1, 30, 22]], dtype=np.float32)
    (alone,) = paste_soft_masks(soft_masks[1:], boxes[1:], frame_size=FRAME)
    boxes[0, place] = side
    _, crop = paste_soft_masks(soft_masks, boxes, frame_size=FRAME)
    assert crop.box == alone.box and crop.area == alone.area
    np.testing.assert_array_equal(crop.mask, alone.mask)


def test_as_many_boxes_as_masks_are_needed() -> None:
    with pytest.raises(ValueError, match="2 masks, boxes of shape"):
        paste_soft_masks(
            np.ones((2, 8, 8), np.float32), np.ones((1, 4), np.float32), frame_size=FRAME
        )


def test_specks_beside_a_mask_are_left_out_and_real_parts_stay() -> None:
    soft = np.zeros((1, 56, 56), dtype=np.float32)
    soft[0, 5:25, 5:25] = 0.9
    soft[0, 40:50, 5:25] = 0.8
    soft[0, 50:52, 50:53] = 0.7
    cleaned = without_specks(soft, threshold=0.5) >= 0.5
    assert cleaned[0, 5:25, 5:25].all()
    assert cleaned[0, 40:50, 5:25].all()
    assert not cleaned[0, 50:52, 50:53].any()
    np.testing.assert_allclose(soft[0, 50:52, 50:53], 0.7)


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 4), st.integers(1, 9), st.integers(1, 9)),
        elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    ),
    st.sampled_from([0.1, 0.6]),
)
def test_specks_are_the_parts_that_a_search_mask_by_mask_finds_too_small(
    soft: NDArray[np.float32], share: float
) -> None:
    expected = soft >= 0.5
    for mask in expected:
        parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
        cells = ndimage.sum_labels(mask, parts, np.arange(count + 1))
        mask[cells[parts] < share * cells.max()] = False
    found = without_specks(soft, threshold=0.5, smallest_share=share)
    np.testing.assert_array_equal(found >= 0.5, expected)
    np.testing.assert_array_equal(found[expected], soft[expected])
