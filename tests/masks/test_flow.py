"""Masks carried along a flow that is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from blendmask_live.masks.crops import CroppedMask, crop_mask, crops_iou
from blendmask_live.masks.flow import Motion, carried_mask, carried_quickly

SIZE, SMALL = (240, 400), (120, 200)


def _ellipse(x: int, y: int, width: int, height: int) -> CroppedMask:
    drawn = np.zeros(SIZE, dtype=np.uint8)
    cv2.ellipse(drawn, (x, y), (width // 2, height // 2), 20, 0, 360, 1, cv2.FILLED)
    return crop_mask(drawn > 0)


def _flow(x: float, y: float) -> Motion:
    """What moves right and down by x, y small px, over its left half; the rest rushes past."""
    back = np.zeros((*SMALL, 2), dtype=np.float32)
    back[:, :100], back[:, 100:] = (-x, -y), (70, 0)
    return Motion(back, np.zeros(SMALL, dtype=np.float32))


@pytest.mark.parametrize("carry", [carried_mask, carried_quickly])
@pytest.mark.parametrize(("width", "height"), [(120, 130), (30, 22), (7, 5)])
def test_a_mask_is_carried_to_where_it_went(carry: object, width: int, height: int) -> None:
    assert callable(carry)
    carried = carry(_ellipse(80, 100, width, height), _flow(4, 3), SIZE)
    expected = _ellipse(88, 106, width, height)
    assert crops_iou([carried], [expected])[0, 0] > (0.95 if width > 10 else 0.6)


@pytest.mark.parametrize("carry", [carried_mask, carried_quickly])
def test_what_leaves_the_frame_is_cut_off_or_gone(carry: object) -> None:
    assert callable(carry)
    left = carry(_ellipse(60, 100, 110, 120), _flow(-30, 0), SIZE)
    assert left.box[0] == 0 and abs(left.box[2] - 55) <= 3
    assert carry(_ellipse(20, 100, 30, 30), _flow(-90, 0), SIZE).area == 0
