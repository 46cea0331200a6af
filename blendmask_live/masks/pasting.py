"""Soft masks to pixel masks: without specks, sampled at the frame's pixels, thresholded."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled, compiled_in_place
from blendmask_live.masks.crops import CroppedMask, counted
from blendmask_live.masks.second_thread import for_all_rows

__all__ = ["SPECK_SHARE", "paste_as_published", "paste_soft_masks", "without_specks"]

SPECK_SHARE: Final = 0.1
"""Parts of a mask with less than this share of its largest part's cells are specks."""
_ROW, _START, _END, _JOINED_TO, _CELLS = range(5)
"""What is known of a run of cells; cells count for the run that all others were joined to."""


def paste_soft_masks(
    soft_masks: NDArray[np.float32],
    mask_boxes: NDArray[np.float32],
    *,
    frame_size: tuple[int, int],
    threshold: float = 0.5,
    smallest_share: float = 0.0,
) -> tuple[CroppedMask, ...]:
    """Sample soft masks at the frame's pixel centres and threshold them.

    The masks share one piece of memory, which lasts as long as any of them.

    Args:
        soft_masks: (N, R, R) probabilities.
        mask_boxes: (N, 4) x0 y0 x1 y1 frame px that the soft masks span; may leave the frame.
        frame_size: (height, width) px.
        threshold: A pixel belongs to the object from this probability on.
        smallest_share: Smaller parts are left out, as `without_specks` does; 0 keeps all.

    Raises:
        ValueError: If there are not as many boxes as masks.
    """
    # Compiled code would read beyond the arrays.
    if mask_boxes.shape != (len(soft_masks), 4):
        raise ValueError(f"{len(soft_masks)} masks, boxes of shape {mask_boxes.shape}")
    soft_masks = np.ascontiguousarray(soft_masks, dtype=np.float32)
    boxes = np.ascontiguousarray(mask_boxes, dtype=np.float64)
    rectangles = _touched_px(boxes, frame_size)
    starts = np.append(0, (rectangles[:, 2:] - rectangles[:, :2]).prod(axis=1).cumsum())
    pixels = np.empty(starts[-1], dtype=bool)
    areas = np.zeros(len(boxes), np.int64)

    def paste(first: int, end: int) -> None:
        part = soft_masks[first:end]
        if smallest_share > 0:
            part = without_specks(part, threshold=threshold, smallest_share=smallest_share)
        places = boxes[first:end], rectangles[first:end], starts[first:end]
        _paste(part, *places, threshold, pixels, areas[first:end])

    for_all_rows(paste, len(boxes))
    return tuple(
        counted(x0, y0, pixels[start:end].reshape(y1 - y0, x1 - x0), area)
        for (x0, y0, x1, y1), (start, end), area in zip(
            rectangles.tolist(), pairwise(starts.tolist()), areas.tolist(), strict=True
        )
    )


def _touched_px(boxes: NDArray[np.float64], frame_size: tuple[int, int]) -> NDArray[np.int64]:
    """(N, 4) x0 y0 x1 y1 of the pixels of a frame that boxes touch; zeros where there are none."""
    with np.errstate(invalid="ignore"):
        sides = boxes[:, 2:] - boxes[:, :2]
    # NaN passes no comparison.
    is_usable = ((sides > 0) & (sides < np.inf)).all(axis=1, keepdims=True)
    usable = np.where(is_usable, boxes, 0)
    size = np.array(frame_size[::-1])
    corners = np.floor(usable[:, :2]).clip(0, size)
    ends = np.ceil(usable[:, 2:]).clip(0, size)
    has_pixels = (ends > corners).all(axis=1, keepdims=True)
    return np.where(has_pixels, np.hstack([corners, ends]), 0).astype(np.int64)


@compiled
def _paste(
    soft_masks: NDArray[np.float32],
    boxes: NDArray[np.float64],
    rectangles: NDArray[np.int64],
    starts: NDArray[np.int64],
    threshold: float,
    pixels: NDArray[np.bool_],
    areas: NDArray[np.int64],
) -> None:
    """Fill in pixels and (N,) areas of (N, R, R) masks; see `_sample`."""
    for n in range(len(soft_masks)):
        left, top, right, bottom = boxes[n]
        x0, y0, x1, y1 = rectangles[n]
        if x0 < x1:
            mask = pixels[starts[n] : starts[n] + (y1 - y0) * (x1 - x0)].reshape(y1 - y0, x1 - x0)
            areas[n] = _sample(
                soft_masks[n], left - x0, top - y0, right - x0, bottom - y0, threshold, mask
            )


@compiled_in_place
def _sample(
    soft_mask: NDArray[np.float32],
    left: float,
    top: float,
    right: float,
    bottom: float,
    threshold: float,
    mask: NDArray[np.bool_],
) -> int:
    """Fill an (h, w) mask from a soft one that spans a box, in px of the mask; its area.

    Bilinear, so along a row of pixels a probability is straight from cell to cell, and crosses
    the threshold once at most: where it does is computed, and what lies between is filled.
    """
    rows, columns = soft_mask.shape
    height, width = mask.shape
    cells_y, column_px = rows / (bottom - top), (right - left) / columns
    # Pixels whose centre, i + 0.5, is left of a cell's centre.
    ends = np.empty(columns, np.int64)
    for column in range(columns):
        ends[column] = _pixels_before(left + (column + 0.5) * column_px, 0, width)
    above = np.empty(columns, np.float32)
    least = np.float32(threshold)
    area = 0
    for i in range(height):
        place = min(max((i + 0.5 - top) * cells_y - 0.5, 0.0), rows - 1.0)
        row = min(int(place), rows - 2) if rows > 1 else 0
        share, next_row = np.float32(place - row), min(row + 1, rows - 1)
        for column in range(columns):
            near, far = soft_mask[row, column], soft_mask[next_row, column]
            above[column] = near + share * (far - near) - least
        done, is_inside = 0, above[0] >= 0
        for column in range(1, columns):
            if (above[column] >= 0) != is_inside:
                before, after = above[column - 1], above[column]
                crossing = left + (column - 0.5 + before / (before - after)) * column_px
                end = _pixels_before(crossing, done, ends[column])
                mask[i, done:end] = is_inside
                area += is_inside * (end - done)
                done, is_inside = end, not is_inside
        mask[i, done:] = is_inside
        area += is_inside * (width - done)
    return area


@compiled
def _pixels_before(x: float, least: int, most: int) -> int:
    """Pixels with their centre before x, but within limits; `least` if x is no number."""
    return int(min(np.ceil(x - 0.5), most)) if x - 0.5 > least else least


def paste_as_published(
    soft_masks: NDArray[np.float32],
    mask_boxes: NDArray[np.float32],
    *,
    frame_size: tuple[int, int],
    threshold: float = 0.5,
) -> tuple[CroppedMask, ...]:
    """Like `paste_soft_masks`, but to the last digit as the published figures were made.

    A mask is surrounded by zeros, so it fades over the outer half cell, and is sampled in full
    precision (OpenCV rounds positions to 1/32 px).
    """
    height, width = frame_size
    crops = []
    for soft_mask, (left, top, right, bottom) in zip(soft_masks, mask_boxes.tolist(), strict=True):
        x0, x1 = max(int(np.floor(left)) - 1, 0), min(int(np.ceil(right)) + 1, width)
        y0, y1 = max(int(np.floor(top)) - 1, 0), min(int(np.ceil(bottom)) + 1, height)
        if x1 <= x0 or y1 <= y0 or right <= left or bottom <= top:
            crops.append(CroppedMask(0, 0, np.zeros((0, 0), dtype=bool)))
            continue
        # Bilinear sampling along the axes is one matrix for rows and one for columns.
        down = _sampling_weights(soft_mask.shape[0], top, bottom, y0, y1)
        across = _sampling_weights(soft_mask.shape[1], left, right, x0, x1)
        crops.append(CroppedMask(x0, y0, down @ soft_mask @ across.T >= threshold))
    return tuple(crops)


def _sampling_weights(
    cells: int, start_px: float, end_px: float, first_px: int, last_px: int
) -> NDArray[np.float64]:
    """(pixels, cells) weight of each cell at each pixel centre; cells span start to end."""
    centers = np.arange(first_px, last_px) + 0.5
    position = (centers - start_px) / (end_px - start_px) * cells - 0.5
    weights: NDArray[np.float64] = 1.0 - np.abs(position[:, None] - np.arange(cells))
    return weights.clip(min=0.0)


def without_specks(
    soft_masks: NDArray[np.float32], *, threshold: float, smallest_share: float = SPECK_SHARE
) -> NDArray[np.float32]:
    """Soft masks without parts much smaller than the largest one of the same mask.

    Args:
        soft_masks: (N, R, R) probabilities; not changed.
        threshold: A cell belongs to the object from this probability on.
        smallest_share: Parts with less than this share of the largest part's cells go.
    """
    cleaned = soft_masks.copy()
    below = np.nextafter(np.float32(threshold), np.float32(0))
    _clear_specks(cleaned, threshold, below, smallest_share)
    return cleaned


@compiled
def _clear_specks(
    soft_masks: NDArray[np.float32], threshold: float, below: np.float32, smallest_share: float
) -> None:
    """Set the cells of parts that are too small to `below`, in (N, R, R) masks."""
    count, height, width = soft_masks.shape
    runs = np.empty((height * ((width + 1) // 2), 5), np.int64)
    for n in range(count):
        run_count = _join_runs(soft_masks[n], threshold, runs)
        largest = 0
        for run in range(run_count):
            largest = max(largest, runs[run, _CELLS])
        for run in range(run_count):
            if runs[_root(runs, run), _CELLS] < smallest_share * largest:
                row, start, end = runs[run, _ROW], runs[run, _START], runs[run, _END]
                soft_masks[n, row, start:end] = below


@compiled
def _join_runs(soft_mask: NDArray[np.float32], threshold: float, runs: NDArray[np.int64]) -> int:
    """Find the runs of a mask, joined where they touch, even at a corner; returns their number."""
    height, width = soft_mask.shape
    run_count = first_above = 0
    for row in range(height):
        first_here, column = run_count, 0
        while column < width:
            start = column
            while column < width and soft_mask[row, column] >= threshold:
                column += 1
            if start < column:
                # Not at once: to compile that takes as long as half of all that is compiled.
                run = runs[run_count]
                run[_ROW], run[_START], run[_END] = row, start, column
                run[_JOINED_TO], run[_CELLS] = run_count, column - start
                while first_above < first_here and runs[first_above, _END] < start:
                    first_above += 1
                above = first_above
                while above < first_here and runs[above, _START] <= column:
                    _join(runs, _root(runs, above), _root(runs, run_count))
                    above += 1
                run_count += 1
            column += 1
        first_above = first_here
    return run_count


@compiled
def _root(runs: NDArray[np.int64], run: int) -> int:
    """The run that stands for all those joined with one."""
    while runs[run, _JOINED_TO] != run:
        # The path is shortened on the way.
        runs[run, _JOINED_TO] = runs[runs[run, _JOINED_TO], _JOINED_TO]
        run = runs[run, _JOINED_TO]
    return run


@compiled
def _join(runs: NDArray[np.int64], root: int, other: int) -> None:
    if root != other:
        runs[other, _JOINED_TO] = root
        runs[root, _CELLS] += runs[other, _CELLS]
