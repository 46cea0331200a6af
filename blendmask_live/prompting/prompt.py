"""What a user says of an object: a box, clicks, or a mask of it."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.counting import counted
from blendmask_live.masks.crops import CroppedMask, crop_mask

__all__ = ["LEAST_CARRIED", "Box", "Checked", "Masks", "Point", "Prompt", "SoftMask", "checked"]

LEAST_CARRIED = 0.02
"""Probabilities up to this are not carried."""
_ROUNDING = 1e-3
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in frame px."""
Point = tuple[float, float, bool]
"""x and y in frame px, and whether the object is there."""


@dataclass(frozen=True, slots=True, eq=False)
class SoftMask:
    """Probabilities in a part of the frame; 0 elsewhere.

    Attributes:
        x0, y0: Top left corner of the part, frame px.
        values: (h, w) float32.
    """

    x0: int
    y0: int
    values: NDArray[np.float32]

    def whole(self, frame_size: tuple[int, int]) -> NDArray[np.float32]:
        """(H, W) float32."""
        frame = np.zeros(frame_size, dtype=np.float32)
        height, width = self.values.shape
        frame[self.y0 : self.y0 + height, self.x0 : self.x0 + width] = self.values
        return frame


Masks = NDArray[Any] | CroppedMask | SoftMask | Sequence[NDArray[Any]]
"""(H, W) of one earlier mask, or a part of it, or several of them.

Bool, probabilities from 0 to 1, or whole numbers, of which any but 0 is the object."""


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """One object that is pointed at; at least one of box, points and previous is needed."""

    frame: int = 0
    """In which frame of a video."""
    box: Sequence[float] | None = None
    """x0, y0, x1, y1 in frame px, around the object."""
    points: Sequence[tuple[float, float, bool]] = ()
    """x, y in frame px, and whether the object is there."""
    previous: Masks | None = None
    """(H, W) mask, bool or probabilities, of this frame or carried from another; of several the
    mean counts."""
    class_name: str | None = None
    """What the object is, where the user says so."""
    size_step: int = 0
    """Clicks alone may mean a thing or a part of it: this many answers larger than the likeliest
    one, or smaller where negative; the largest or smallest there is where that is too far."""


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A prompt that can be answered.

    Attributes:
        box: Cut to the frame.
        previous: An earlier mask, somewhere 0.5 or more.
        extent: The box around `previous`.
        size_step: As in `Prompt`; 0 unless there are clicks alone.
    """

    box: Box | None
    points: tuple[Point, ...]
    previous: SoftMask | None
    extent: Box | None
    size_step: int = 0


def checked(prompt: Prompt, frame_size: tuple[int, int]) -> Checked:
    """The prompt in plain types.

    A box or an earlier mask may leave the frame in part. An earlier mask without a pixel says
    nothing.

    Args:
        frame_size: (height, width) px.

    Raises:
        ValueError: If a value makes no sense, or nothing is said at all.
    """
    box = None if prompt.box is None else _box(prompt.box, frame_size)
    points = tuple(_point(point, frame_size) for point in prompt.points)
    _refuse_contradictions(points)
    previous = None if prompt.previous is None else _previous(prompt.previous, frame_size)
    extent: Box | None = None
    if previous is not None:
        x0, y0, x1, y1 = crop_mask(previous.values >= 0.5).moved(previous.x0, previous.y0).box
        extent = (float(x0), float(y0), float(x1), float(y1)) if x1 > x0 else None
    if extent is None:
        previous = None
    if box is None and previous is None and not any(inside for *_, inside in points):
        found = counted(len(points), "point") + " outside" if points else "none of them"
        raise ValueError(
            "a prompt needs a box, a point inside the object or an earlier mask with a pixel; "
            f"found {found}"
        )
    size_step = _size_step(prompt.size_step)
    is_clicks_alone = box is None and previous is None
    return Checked(box, points, previous, extent, size_step if is_clicks_alone else 0)


def _size_step(step: object) -> int:
    if not isinstance(step, bool | np.bool_):
        try:
            return operator.index(step)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise ValueError(
        f"size_step {step!r}: must be a whole number, 1 for the next larger mask, -1 for the "
        "next smaller one"
    )


def _box(box: Sequence[float], frame_size: tuple[int, int]) -> Box:
    try:
        values = np.asarray(box, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (4,) or not np.isfinite(values).all():
        raise ValueError(f"box {box!r}: must be four numbers x0, y0, x1, y1 in px")
    x0, y0, x1, y1 = values.tolist()
    told = f"box ({x0:g}, {y0:g}, {x1:g}, {y1:g})"
    if x1 <= x0 or y1 <= y0:
        raise ValueError(
            f"{told}: must be x0, y0, x1, y1 with x0 < x1 and y0 < y1; not width and height"
        )
    height, width = frame_size
    left, top, right, bottom = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
    if right <= left or bottom <= top:
        raise ValueError(f"{told}: lies outside the picture of {width} x {height} px")
    return left, top, float(right), float(bottom)


def _point(point: tuple[float, float, bool], frame_size: tuple[int, int]) -> Point:
    height, width = frame_size
    try:
        x, y, is_inside = point
        x, y = float(x), float(y)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"point {point!r}: must be x, y and whether the object is there"
        ) from error
    if not (0 <= x < width and 0 <= y < height):
        raise ValueError(f"point ({x:g}, {y:g}): lies outside the picture of {width} x {height} px")
    return x, y, bool(is_inside)


def _refuse_contradictions(points: tuple[Point, ...]) -> None:
    inside = {(int(x), int(y)) for x, y, is_inside in points if is_inside}
    for x, y, is_inside in points:
        if not is_inside and (int(x), int(y)) in inside:
            raise ValueError(f"point ({x:g}, {y:g}): is said to be inside and outside; keep one")


def _previous(masks: Masks, frame_size: tuple[int, int]) -> SoftMask:
    if isinstance(masks, SoftMask):
        _refuse_other_values(masks.values)
        return _cut(masks, frame_size)
    if isinstance(masks, CroppedMask):
        return _cut(SoftMask(masks.x0, masks.y0, masks.mask.astype(np.float32)), frame_size)
    several = [masks] if isinstance(masks, np.ndarray) and masks.ndim == 2 else list(masks)
    for mask in several:
        if np.shape(mask) != frame_size:
            raise ValueError(
                f"previous: a mask must be as large as the picture, {_told(frame_size)}; "
                f"got {_told(np.shape(mask))}"
            )
    if not several:
        return SoftMask(0, 0, np.zeros((0, 0), dtype=np.float32))
    soft = np.mean([_shares(np.asarray(mask)) for mask in several], axis=0)
    seen = crop_mask(soft > LEAST_CARRIED)
    x0, y0, x1, y1 = seen.box
    return SoftMask(x0, y0, np.ascontiguousarray(soft[y0:y1, x0:x1]))


def _told(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]} px" if len(shape) == 2 else f"an array of shape {shape}"


def _shares(mask: NDArray[Any]) -> NDArray[np.float32]:
    """Probabilities; of whole numbers, as pictures hold them, any but 0 is the object."""
    if not np.issubdtype(mask.dtype, np.floating):
        return np.asarray(mask != 0, dtype=np.float32)
    _refuse_other_values(mask)
    return np.asarray(mask, dtype=np.float32)


def _refuse_other_values(values: NDArray[Any]) -> None:
    # NaN is neither; resizing may go beyond by a rounding error.
    if values.size and not (values.min() >= -_ROUNDING and values.max() <= 1 + _ROUNDING):
        raise ValueError(
            "previous: probabilities of a mask must be 0 to 1, got "
            f"{values.min():g} to {values.max():g}"
        )


def _cut(soft: SoftMask, frame_size: tuple[int, int]) -> SoftMask:
    """What of a mask lies in the frame."""
    height, width = soft.values.shape
    x0, y0 = max(soft.x0, 0), max(soft.y0, 0)
    x1, y1 = min(soft.x0 + width, frame_size[1]), min(soft.y0 + height, frame_size[0])
    if (x0, y0, x1, y1) == (soft.x0, soft.y0, soft.x0 + width, soft.y0 + height):
        return soft
    rows = slice(y0 - soft.y0, max(y1, y0) - soft.y0)
    columns = slice(x0 - soft.x0, max(x1, x0) - soft.x0)
    return SoftMask(x0, y0, soft.values[rows, columns])
