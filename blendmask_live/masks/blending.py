"""The blender without PyTorch: bases and attention in, soft masks out, on the CPU.

The same numbers as `network.blender` in an eighth of its time. The tracker uses it too, for
objects that the detector missed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.compiled import compiled, compiled_in_place
from blendmask_live.masks.second_thread import for_all_rows

__all__ = ["blend_mask", "blend_masks", "mask_confidences"]

_ONE: Final = np.float32(1)
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0)
_LEAST_LOGIT: Final = np.float32(-60)
_LEAST_EXPONENT: Final = np.float32(-80)
"""e to the power of less makes no difference in float32, and is no normal number soon."""
_LOG2_E: Final = np.float32(1.4426950408889634)
# Taylor coefficients of 2^x, exact to 2e-7 for x from -1/2 to 1/2.
_C1, _C2, _C3, _C4, _C5, _C6 = (
    np.float32(np.log(2) ** n / factorial)
    for n, factorial in enumerate((1, 2, 6, 24, 120, 720), start=1)
)
_EXPONENT_BIAS: Final = np.int32(127)
_MANTISSA_BITS: Final = np.int32(23)


def blend_masks(
    bases: NDArray[np.float32],
    boxes_base_px: NDArray[np.float32],
    attention: NDArray[np.float32],
    *,
    mask_size: int,
) -> NDArray[np.float32]:
    """(N, R, R) probabilities.

    Args:
        bases: (K, h, w) of the whole frame.
        boxes_base_px: (N, 4) x0 y0 x1 y1 in cells of the bases; may leave them.
        attention: (N, K, M, M) logits.
        mask_size: R, side of a mask in cells.

    Raises:
        ValueError: If the numbers of objects or of bases differ.
    """
    # Compiled code would read and write beyond the arrays.
    if boxes_base_px.shape != (len(attention), 4) or attention.shape[1] != len(bases):
        raise ValueError(
            f"bases {bases.shape}, boxes {boxes_base_px.shape} and attention {attention.shape}: "
            "expected (K, h, w), (N, 4) and (N, K, M, M)"
        )
    masks = np.empty((len(attention), mask_size, mask_size), dtype=np.float32)
    planes = np.ascontiguousarray(bases, dtype=np.float32)
    boxes = np.ascontiguousarray(boxes_base_px, dtype=np.float32)
    logits = np.ascontiguousarray(attention, dtype=np.float32)

    def blend(first: int, end: int) -> None:
        _blend(planes, boxes[first:end], logits[first:end], masks[first:end])

    for_all_rows(blend, len(masks))
    return masks


def blend_mask(
    bases: NDArray[np.float32],
    box_base_px: NDArray[np.float32],
    attention: NDArray[np.float32],
    *,
    mask_size: int,
) -> NDArray[np.float32]:
    """(R, R) probabilities of one object; arguments as in `blend_masks`, for one row."""
    mask: NDArray[np.float32]
    (mask,) = blend_masks(bases, box_base_px[None], attention[None], mask_size=mask_size)
    return mask


def mask_confidences(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) mean probability inside each (N, R, R) mask, as `network.blender.mask_confidence`."""
    confidences = np.empty(len(probabilities), dtype=np.float32)
    cells = math.prod(probabilities.shape[1:])
    _mean_inside(probabilities.reshape(-1, cells), confidences)
    return confidences


@compiled_in_place
def _exp(x: np.float32) -> np.float32:
    """e to the power of a number up to 80, to 3e-7 of it; in code that works on vectors."""
    power = max(x, _LEAST_EXPONENT) * _LOG2_E
    whole = np.floor(power + _HALF)
    rest = power - whole
    factor = _C5 + rest * _C6
    factor = _C3 + rest * (_C4 + rest * factor)
    factor = _ONE + rest * (_C1 + rest * (_C2 + rest * factor))
    # A power of two is its exponent's bits.
    bits = np.int32((np.int32(whole) + _EXPONENT_BIAS) << _MANTISSA_BITS)
    return factor * bits.view(np.float32)  # type: ignore[no-any-return]


@compiled
def _blend(
    bases: NDArray[np.float32],
    boxes: NDArray[np.float32],
    attention: NDArray[np.float32],
    masks: NDArray[np.float32],
) -> None:
    """Fill (N, R, R) `masks`; everything else as for `blend_masks`.

    Rows of cells are sampled along x first, so that all that is left are loops along a row of
    the mask, which become vector code.
    """
    count, height, _ = bases.shape
    cells, side = attention.shape[2], masks.shape[1]
    relative = np.empty((count, cells * cells), np.float32)
    base_rows = np.empty((count, height, side), np.float32)
    attention_rows = np.empty((count, cells, side), np.float32)
    # For all cells of a mask, row after row.
    logits = np.empty((count, side * side), np.float32)
    values = np.empty((count, side * side), np.float32)
    sums = np.empty((2, side * side), np.float32)
    cell_step = np.float32(cells) / np.float32(side)
    for n in range(len(masks)):
        left, top, right, bottom = boxes[n]
        step_x, step_y = (right - left) / np.float32(side), (bottom - top) / np.float32(side)
        first_row, last_row = _place(top - _ONE, height, _ONE)[0], _place(bottom, height, _ONE)[0]
        # As RoIAlign: the border goes on for one cell, and nothing is beyond.
        _sample_along_x(bases, left, step_x, _ONE, first_row, last_row + 2, base_rows)
        _find_differences(attention[n].reshape(count, cells * cells), relative)
        _sample_along_x(
            relative.reshape(count, cells, cells), _ZERO, cell_step, _HALF, 0, cells, attention_rows
        )
        _sample_along_y(base_rows, top, step_y, _ONE, values)
        _sample_along_y(attention_rows, _ZERO, cell_step, _HALF, logits)
        _blend_cells(logits, values, sums, masks[n].reshape(side * side))


@compiled_in_place
def _find_differences(logits: NDArray[np.float32], differences: NDArray[np.float32]) -> None:
    """Fill (K, cells) with what each base has less than the best one of its cell.

    Softmax depends on that alone; below the least one, a base makes no difference in float32.
    """
    highest = np.empty(logits.shape[1], np.float32)
    for cell in range(len(highest)):
        highest[cell] = logits[0, cell]
    for k in range(1, len(logits)):
        for cell in range(len(highest)):
            highest[cell] = max(highest[cell], logits[k, cell])
    for k in range(len(logits)):
        for cell in range(len(highest)):
            difference = logits[k, cell] - highest[cell]
            # NaN stays what it is.
            differences[k, cell] = _LEAST_LOGIT if difference < _LEAST_LOGIT else difference


@compiled
def _place(
    position: np.float32, cells: int, margin: np.float32
) -> tuple[int, np.float32, np.float32]:
    """A cell, and the weights of it and of the next one at a position along an axis.

    Beyond the outer centres the border goes on for `margin` cells; then there are zeros.
    """
    weight = _ONE if -margin <= position <= np.float32(cells - 1) + margin else _ZERO
    # So that NaN gives 0, too: nothing else keeps the index inside.
    position = min(position, np.float32(cells - 1)) if position > _ZERO else _ZERO
    cell = max(min(int(position), cells - 2), 0)
    share = position - np.float32(cell)
    return cell, (_ONE - share) * weight, share * weight


@compiled
def _sample_along_x(
    planes: NDArray[np.float32],
    start: np.float32,
    step: np.float32,
    margin: np.float32,
    first_row: int,
    end_row: int,
    out: NDArray[np.float32],
) -> None:
    """Fill rows of (K, h, R) `out` from (K, h, w) planes, at R places from `start` on."""
    count, height, width = planes.shape
    end_row = min(end_row, height)
    side = out.shape[2]
    # Without a sign, so that no index has to be checked for it.
    cells, nexts = np.empty((2, side), np.uintp)
    weights, next_weights = np.empty((2, side), np.float32)
    for j in range(side):
        position = start + (np.float32(j) + _HALF) * step - _HALF
        cells[j], weights[j], next_weights[j] = _place(position, width, margin)
        nexts[j] = min(cells[j] + 1, width - 1)
    for k in range(count):
        for i in range(first_row, end_row):
            row, here = planes[k, i], out[k, i]
            for j in range(side):
                here[j] = weights[j] * row[cells[j]] + next_weights[j] * row[nexts[j]]


@compiled
def _sample_along_y(
    planes: NDArray[np.float32],
    start: np.float32,
    step: np.float32,
    margin: np.float32,
    out: NDArray[np.float32],
) -> None:
    """Fill (K, R * R) `out` from (K, h, R) planes, at R places from `start` on."""
    count, height, side = planes.shape
    for i in range(side):
        row, weight, next_weight = _place(
            start + (np.float32(i) + _HALF) * step - _HALF, height, margin
        )
        next_row = min(row + 1, height - 1)
        for k in range(count):
            near, far, here = planes[k, row], planes[k, next_row], out[k, i * side : (i + 1) * side]
            for j in range(side):
                here[j] = weight * near[j] + next_weight * far[j]


@compiled
def _blend_cells(
    logits: NDArray[np.float32],
    values: NDArray[np.float32],
    sums: NDArray[np.float32],
    probabilities: NDArray[np.float32],
) -> None:
    """Fill (cells,) `probabilities` from (K, cells) logits of attention and values of bases.

    Args:
        sums: (2, cells), overwritten.
    """
    total, blended = sums[0], sums[1]
    total[:] = _ZERO
    blended[:] = _ZERO
    for k in range(len(logits)):
        for j in range(len(total)):
            share = _exp(logits[k, j])
            total[j] += share
            blended[j] += share * values[k, j]
    for j in range(len(total)):
        exponent = min(-blended[j] / total[j], -_LEAST_EXPONENT)
        probabilities[j] = _ONE / (_ONE + _exp(exponent))


@compiled
def _mean_inside(probabilities: NDArray[np.float32], confidences: NDArray[np.float32]) -> None:
    """Fill (N,) `confidences` from (N, cells) probabilities."""
    for n in range(len(confidences)):
        inside, total = _ZERO, _ZERO
        for cell in range(probabilities.shape[1]):
            probability = probabilities[n, cell]
            is_inside = np.float32(probability >= _HALF)
            inside += is_inside
            total += is_inside * probability
        confidences[n] = total / max(inside, _ONE)
