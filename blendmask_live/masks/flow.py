"""Masks carried from picture to picture along their optical flow (DIS, Kroeger et al., 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crop_mask, extent_and_sums
from blendmask_live.masks.holes import with_holes_filled

__all__ = [
    "QUICK_SIDE_PX",
    "Motion",
    "carried_mask",
    "carried_quickly",
    "flow_between",
    "grey_for_flow",
]

_FLOW_SIDE_PX = 512
"""Pictures are brought to this longer side before their flow is computed."""
QUICK_SIDE_PX = 384
"""The same where the carried mask is looked at again: quick flow takes a tenth of the time then."""

_LARGE_PX = 48
"""Side of an object in these pictures from which their pixels are as fine as it is looked at."""


@dataclass(frozen=True, eq=False)
class Motion:
    """Where each pixel of a small picture was in the one before.

    What all masks need of it is computed once.

    Attributes:
        back: (h, w, 2) float32 px from each new pixel to where it was.
        doubt: (h, w) float32 px, how far off the way there and back ends.
    """

    back: NDArray[np.float32]
    doubt: NDArray[np.float32]

    @cached_property
    def origins(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(h, w) each: across and down, where the middle of each new pixel was."""
        height, width = self.doubt.shape
        columns = np.arange(width, dtype=np.float32) + np.float32(0.5)
        rows = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)
        return columns + self.back[..., 0], rows + self.back[..., 1]

    @cached_property
    def back_and_new(self) -> NDArray[np.float32]:
        """(h, w, 3): `back`, and 1 where the old picture does not show what is seen now.

        Pixels that come into view behind an object seem to come from its edge: no way leads back.
        """
        is_new = (self.doubt > 1 + 0.1 * _lengths(self.back)).astype(np.float32)
        return np.dstack([self.back, is_new])


def grey_for_flow(
    picture: NDArray[np.uint8], *, longer_side_px: int = _FLOW_SIDE_PX
) -> NDArray[np.uint8]:
    """(h, w) uint8 of an (H, W, 3) picture, as small as its flow needs it."""
    height, width = picture.shape[:2]
    factor = min(longer_side_px / max(height, width), 1.0)
    size = max(round(width * factor), 16), max(round(height * factor), 16)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def flow_between(
    old: NDArray[np.uint8], new: NDArray[np.uint8], *, is_quick: bool = False
) -> Motion:
    """Where each pixel of the new one of two (h, w) pictures was in the old one.

    Args:
        is_quick: Take a quarter of the time, at the cost of finer motions.
    """
    preset = cv2.DISOPTICAL_FLOW_PRESET_FAST if is_quick else cv2.DISOPTICAL_FLOW_PRESET_MEDIUM
    search = cv2.DISOpticalFlow.create(preset)
    back = search.calc(new, old, None)  # type: ignore[call-overload]
    forth = search.calc(old, new, None)  # type: ignore[call-overload]
    height, width = old.shape
    columns, rows = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    returned = cv2.remap(forth, columns + back[..., 0], rows + back[..., 1], cv2.INTER_LINEAR)
    return Motion(back, _lengths(back + returned))


def carried_mask(mask: CroppedMask, motion: Motion, frame_size: tuple[int, int]) -> CroppedMask:
    """The mask where the flow has carried it, without what the old picture does not show.

    Args:
        motion: Of the frames, or of smaller pictures of them.
        frame_size: (height, width) px.
    """
    height, width = frame_size
    if not mask.area:
        return mask
    scale = width / motion.doubt.shape[1], height / motion.doubt.shape[0]
    x0, y0, x1, y1 = _reached(mask.tight().box, motion, scale)
    x1, y1 = min(x1, width), min(y1, height)
    columns, rows = np.meshgrid(
        np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32)
    )
    if scale == (1, 1):
        moved: NDArray[Any] = motion.back_and_new[y0:y1, x0:x1]
    else:
        moved = cv2.remap(
            motion.back_and_new,
            (columns + 0.5) / scale[0] - 0.5,
            (rows + 0.5) / scale[1] - 0.5,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    carried = cv2.remap(
        mask.mask.astype(np.float32),
        columns + moved[..., 0] * scale[0] - mask.x0,
        rows + moved[..., 1] * scale[1] - mask.y0,
        cv2.INTER_LINEAR,
    )
    whole = carried >= 0.5
    # Doubt inside the object comes from bare surfaces; holes that the mask had stay holes.
    cut = with_holes_filled(CroppedMask(x0, y0, whole & (moved[..., 2] < 0.5)))
    return CroppedMask(x0, y0, cut.mask & whole).tight()


def carried_quickly(mask: CroppedMask, motion: Motion, frame_size: tuple[int, int]) -> CroppedMask:
    """The same where the carried mask is looked at again: large ones only as fine as their flow.

    Args: As for `carried_mask`.
    """
    (height, width), (small_height, small_width) = frame_size, motion.doubt.shape
    x0, y0, x1, y1 = mask.tight().box
    side = max((x1 - x0) * small_width / width, (y1 - y0) * small_height / height)
    if side < _LARGE_PX or small_width >= width:
        return carried_mask(mask, motion, frame_size)
    small = _resized(mask, frame_size, (small_height, small_width), cv2.INTER_AREA)
    moved = carried_mask(small, motion, (small_height, small_width))
    return _resized(moved, (small_height, small_width), frame_size, cv2.INTER_LINEAR)


def _resized(
    mask: CroppedMask, old: tuple[int, int], new: tuple[int, int], interpolation: int
) -> CroppedMask:
    """A mask of a frame of one (height, width), in the same frame with another."""
    whole = np.zeros(old, dtype=np.uint8)
    x0, y0, x1, y1 = mask.box
    whole[y0:y1, x0:x1][mask.mask] = 255
    return crop_mask(cv2.resize(whole, new[::-1], interpolation=interpolation) >= 128)


def _reached(
    box: tuple[int, int, int, int], motion: Motion, scale: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Around what comes from a box of the old frame, in px of the new one, where it may end.

    Args:
        scale: Frame px per px of the flow, across and down.
    """
    (x0, y0, x1, y1), (from_x, from_y) = box, motion.origins
    # Between two pixels the flow is interpolated: one more on each side.
    across = (from_x > x0 / scale[0] - 1) & (from_x < x1 / scale[0] + 1)
    across &= (from_y > y0 / scale[1] - 1) & (from_y < y1 / scale[1] + 1)
    reached = extent_and_sums(across)
    return (
        int(max(reached[0] - 1, 0) * scale[0]),
        int(max(reached[1] - 1, 0) * scale[1]),
        int(np.ceil((reached[2] + 1) * scale[0])),
        int(np.ceil((reached[3] + 1) * scale[1])),
    )


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w) of (h, w, 2); NumPy's norm takes ten times as long."""
    return np.asarray(cv2.magnitude(vectors[..., 0], vectors[..., 1]), dtype=np.float32)
