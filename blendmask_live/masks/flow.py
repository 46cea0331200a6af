"""Masks carried from picture to picture along their optical flow (DIS, Kroeger et al., 2016)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.holes import with_holes_filled

__all__ = ["QUICK_SIDE_PX", "carried_mask", "flow_between", "grey_for_flow"]

_FLOW_SIDE_PX = 512
"""Pictures are brought to this longer side before their flow is computed."""
QUICK_SIDE_PX = 384
"""The same where the carried mask is looked at again: quick flow takes a tenth of the time then."""


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
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each new pixel was, and how far off the way there and back ends.

    Args:
        is_quick: Take a quarter of the time, at the cost of finer motions.

    Returns:
        (h, w, 2) from each new pixel to where it was, (h, w) distance; both in px of the pictures.
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
    return back, _lengths(back + returned)


def carried_mask(
    mask: CroppedMask,
    back: NDArray[np.float32],
    doubt: NDArray[np.float32],
    frame_size: tuple[int, int],
) -> CroppedMask:
    """The mask where the flow has carried it, without what the old picture does not show.

    Args:
        back, doubt: As `flow_between` gives them for small pictures.
        frame_size: (height, width) px.
    """
    height, width = frame_size
    if not mask.area:
        return mask
    scale = np.array([width / back.shape[1], height / back.shape[0]], dtype=np.float32)
    reach = int(np.ceil(np.abs(back * scale).max())) + 2
    x0, y0, x1, y1 = mask.tight().box
    x0, y0 = max(x0 - reach, 0), max(y0 - reach, 0)
    x1, y1 = min(x1 + reach, width), min(y1 + reach, height)
    columns, rows = np.meshgrid(
        np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32)
    )
    small = (columns + 0.5) / scale[0] - 0.5, (rows + 0.5) / scale[1] - 0.5
    # Pixels that come into view behind the object seem to come from its edge: no way leads back.
    is_new = (doubt > 1 + 0.1 * _lengths(back)).astype(np.float32)
    both = np.dstack([back, is_new])
    moved = cv2.remap(both, small[0], small[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
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


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w) of (h, w, 2); NumPy's norm takes ten times as long."""
    return np.asarray(cv2.magnitude(vectors[..., 0], vectors[..., 1]), dtype=np.float32)
