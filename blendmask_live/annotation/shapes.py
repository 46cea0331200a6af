"""What drawing tools do to a mask; pure functions on crops.

Points are (x, y) in frame px, pixel centres at + 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crop_mask
from blendmask_live.masks.holes import with_holes_filled
from blendmask_live.masks.segmentations import polygons_crop, unusable_points

__all__ = [
    "between",
    "moved",
    "scaled",
    "smoothed",
    "with_holes_filled",
    "with_polygon",
    "with_stroke",
]

Points = Sequence[tuple[float, float]]
_FRACTION_BITS = 4
"""OpenCV draws at 1/16 px."""


def with_stroke(
    mask: CroppedMask,
    points: Points,
    *,
    radius_px: float,
    is_erasing: bool,
    frame_size: tuple[int, int],
) -> CroppedMask:
    """The mask with a round brush drawn (or rubbed out) along the points.

    Raises:
        ValueError: If the line cannot be drawn; see `unusable_points`.
    """
    if not points:
        return mask
    if problem := unusable_points(points, frame_size):
        raise ValueError(problem)
    reach = int(np.ceil(radius_px)) + 1
    canvas = _Canvas.around([mask.box, _bounds(points, reach)], frame_size)
    drawn = canvas.blank()
    scaled_points = canvas.fixed(points)
    radius = max(round(radius_px * (1 << _FRACTION_BITS)), 1)
    for start, end in pairwise(scaled_points):
        _fill_capsule(drawn, start, end, radius)
    for centre in (scaled_points[0], scaled_points[-1]):
        cv2.circle(drawn, centre.tolist(), radius, 1, cv2.FILLED, cv2.LINE_8, _FRACTION_BITS)
    return canvas.combined(mask, drawn.view(np.bool_), is_erasing=is_erasing)


def with_polygon(
    mask: CroppedMask, points: Points, *, is_erasing: bool, frame_size: tuple[int, int]
) -> CroppedMask:
    """The mask with a filled polygon added (or cut out).

    Raises:
        ValueError: If the polygon cannot be drawn; see `unusable_ring`.
    """
    if len(points) < 3:
        return mask
    polygon = polygons_crop([points], frame_size)
    canvas = _Canvas.around([mask.box, polygon.box], frame_size)
    return canvas.combined(mask, canvas.drawn(polygon), is_erasing=is_erasing)


def smoothed(mask: CroppedMask, *, radius_px: float, frame_size: tuple[int, int]) -> CroppedMask:
    """The mask with an outline smoothed over about `radius_px`; area stays nearly the same."""
    if not mask.area or radius_px <= 0:
        return mask
    reach = int(np.ceil(3 * radius_px))
    canvas = _Canvas.around([_grown(mask.box, reach)], frame_size)
    blurred = cv2.GaussianBlur(
        canvas.drawn(mask).astype(np.float32), (0, 0), radius_px, borderType=cv2.BORDER_REPLICATE
    )
    return canvas.crop(blurred >= 0.5)


def moved(
    mask: CroppedMask, *, right_px: float, down_px: float, frame_size: tuple[int, int]
) -> CroppedMask:
    """The mask shifted by whole pixels (rounded); what leaves the frame is lost."""
    tight = mask.tight()
    shifted = CroppedMask(tight.x0 + round(right_px), tight.y0 + round(down_px), tight.mask)
    return _cut_to_frame(shifted, frame_size)


def scaled(mask: CroppedMask, *, factor: float, frame_size: tuple[int, int]) -> CroppedMask:
    """The mask grown or shrunk about the middle of its bounds."""
    tight = mask.tight()
    if not tight.area:
        return tight
    x0, y0, x1, y1 = tight.box
    target = _grown(
        (x0, y0, x1, y1),
        right=round((x1 - x0) * (factor - 1) / 2),
        down=round((y1 - y0) * (factor - 1) / 2),
    )
    width, height = max(target[2] - target[0], 1), max(target[3] - target[1], 1)
    resized = cv2.resize(
        tight.mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    return _cut_to_frame(CroppedMask(target[0], target[1], resized >= 0.5), frame_size)


def between(
    before: CroppedMask, after: CroppedMask, *, share: float, frame_size: tuple[int, int]
) -> CroppedMask:
    """The mask at `share` (0 to 1) of the way between two masks.

    The shapes are laid over each other at their centres and their signed distances mixed
    (Raya and Udupa, 1990), so that an outline wanders evenly from one to the other; the centre
    moves along the straight line.
    """
    if not before.area or not after.area:
        return before if share < 0.5 else after
    centre_before, centre_after = _centre(before), _centre(after)
    at = centre_before + share * (centre_after - centre_before)
    aligned = [
        moved_freely(mask, at - centre)
        for mask, centre in ((before, centre_before), (after, centre_after))
    ]
    x0, y0, x1, y1 = _union([mask.box for mask in aligned])
    canvas = _Canvas(x0 - 1, y0 - 1, x1 + 1, y1 + 1)
    near, far = (_signed_distance(canvas.drawn(mask)) for mask in aligned)
    return _cut_to_frame(canvas.crop((1 - share) * near + share * far > 0), frame_size)


def moved_freely(mask: CroppedMask, by: NDArray[np.float64]) -> CroppedMask:
    """The mask shifted by whole pixels, also out of the frame."""
    right, down = np.rint(by).astype(int).tolist()
    tight = mask.tight()
    return CroppedMask(tight.x0 + right, tight.y0 + down, tight.mask)


class _Canvas:
    """A rectangle of the frame to draw on; x1 and y1 exclusive."""

    def __init__(self, x0: int, y0: int, x1: int, y1: int) -> None:
        self.x0, self.y0 = x0, y0
        self.shape = max(y1 - y0, 0), max(x1 - x0, 0)

    @classmethod
    def around(
        cls, boxes: Sequence[tuple[int, int, int, int]], frame_size: tuple[int, int]
    ) -> _Canvas:
        height, width = frame_size
        x0, y0, x1, y1 = _union(boxes)
        return cls(max(x0, 0), max(y0, 0), min(x1, width), min(y1, height))

    def blank(self) -> NDArray[np.uint8]:
        return np.zeros(self.shape, dtype=np.uint8)

    def drawn(self, mask: CroppedMask) -> NDArray[np.bool_]:
        """The mask on this canvas, which holds all of it."""
        whole = np.zeros(self.shape, dtype=bool)
        height, width = mask.mask.shape
        if mask.mask.size:
            left, top = mask.x0 - self.x0, mask.y0 - self.y0
            whole[top : top + height, left : left + width] = mask.mask
        return whole

    def fixed(self, points: Points) -> NDArray[np.int32]:
        """Points as OpenCV draws them: pixel centres at whole numbers, in 1/16 px."""
        offset = np.array([self.x0 + 0.5, self.y0 + 0.5])
        sixteenths: NDArray[np.float64] = (np.array(points) - offset) * (1 << _FRACTION_BITS)
        return np.rint(sixteenths).astype(np.int32)

    def combined(
        self, mask: CroppedMask, new: NDArray[np.bool_], *, is_erasing: bool
    ) -> CroppedMask:
        old = self.drawn(mask)
        return self.crop(old & ~new if is_erasing else old | new)

    def crop(self, whole: NDArray[np.bool_]) -> CroppedMask:
        cut = crop_mask(whole)
        return CroppedMask(cut.x0 + self.x0, cut.y0 + self.y0, cut.mask) if cut.area else cut


def _fill_capsule(
    drawn: NDArray[np.uint8], start: NDArray[np.int32], end: NDArray[np.int32], radius: int
) -> None:
    """The brush's way between two points: a rectangle and a disc at its start."""
    cv2.circle(drawn, start.tolist(), radius, 1, cv2.FILLED, cv2.LINE_8, _FRACTION_BITS)
    along = (end - start).astype(np.float64)
    length = np.hypot(*along)
    if length:
        across = np.array([-along[1], along[0]]) * (radius / length)
        corners = np.rint([start + across, end + across, end - across, start - across])
        cv2.fillConvexPoly(drawn, corners.astype(np.int32), 1, cv2.LINE_8, _FRACTION_BITS)


def _signed_distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance in px to the outline, positive inside; the canvas has a free rim."""
    inside = mask.astype(np.uint8)
    inner = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outer = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(inner - outer, dtype=np.float32)


def _centre(mask: CroppedMask) -> NDArray[np.float64]:
    """(x, y) mean of the pixels."""
    rows, columns = np.nonzero(mask.mask)
    return np.array([mask.x0 + columns.mean(), mask.y0 + rows.mean()])


def _bounds(points: Points, reach: int) -> tuple[int, int, int, int]:
    low = np.floor(np.min(points, axis=0)).astype(int)
    high = np.ceil(np.max(points, axis=0)).astype(int)
    return low[0] - reach, low[1] - reach, high[0] + reach, high[1] + reach


def _grown(
    box: tuple[int, int, int, int], right: int, down: int | None = None
) -> tuple[int, int, int, int]:
    down = right if down is None else down
    return box[0] - right, box[1] - down, box[2] + right, box[3] + down


def _union(boxes: Sequence[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    # Masks without pixels have no place.
    real = np.array([box for box in boxes if box[2] > box[0] and box[3] > box[1]] or boxes)
    x0, y0 = real[:, :2].min(axis=0).tolist()
    x1, y1 = real[:, 2:].max(axis=0).tolist()
    return x0, y0, x1, y1


def _cut_to_frame(mask: CroppedMask, frame_size: tuple[int, int]) -> CroppedMask:
    height, width = frame_size
    x0, y0 = max(mask.x0, 0), max(mask.y0, 0)
    x1, y1 = min(mask.box[2], width), min(mask.box[3], height)
    if x1 <= x0 or y1 <= y0:
        return crop_mask(np.zeros((0, 0), dtype=bool))
    cut = mask.mask[y0 - mask.y0 : y1 - mask.y0, x0 - mask.x0 : x1 - mask.x0]
    return CroppedMask(x0, y0, cut).tight()
