"""Draws tracked masks on a frame; used by the screen and by the overlay video alike.

Masks are tinted on their crops only, so the cost follows the objects' area and not the frame's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, TrackedInstances, TrackState
from blendmask_live.drawing.canvas import Canvas, RgbCanvas
from blendmask_live.drawing.object_labels import LabelPainter
from blendmask_live.drawing.palette import Rgb, track_color

__all__ = ["OverlayStyle", "TrackTrails", "draw_overlay", "draw_overlay_on", "write_bgra"]


@dataclass(frozen=True, slots=True)
class OverlayStyle:
    """How an overlay looks. Line widths and text follow the frame's size."""

    opacity: float = 0.45
    """How much of a mask's pixels is the track's colour, 0 (none) to 1 (all)."""
    show_outlines: bool = True
    show_boxes: bool = True
    show_labels: bool = True
    show_scores: bool = True
    """Whether a label ends with the score."""
    show_unconfirmed: bool = True
    """Whether objects with a provisional (negative) id get a thin grey outline."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError(f"opacity must lie in 0..1, got {self.opacity}")


class TrackTrails:
    """Remembers where the tracks of the last frames were; one per stream of frames.

    Attributes:
        points: Track id -> (K, 2) int32 frame px, oldest first: the middle of the box's lower
            edge, which is where a standing object meets the ground.
    """

    def __init__(self, length_frames: int) -> None:
        self.points: dict[int, NDArray[np.int32]] = {}
        self._length_frames = length_frames
        self._unseen_frames: dict[int, int] = {}

    def update(self, tracked: TrackedInstances) -> None:
        """Add one frame; a track that was unseen for a whole trail's length is forgotten."""
        for track_id in self._unseen_frames:
            self._unseen_frames[track_id] += 1
        for track_id, box in zip(tracked.track_ids.tolist(), tracked.instances.boxes, strict=True):
            if track_id <= 0:
                continue
            point = np.array([[(box[0] + box[2]) / 2, box[3]]]).round().astype(np.int32)
            known = self.points.get(track_id, point[:0])
            self.points[track_id] = np.concatenate([known, point])[-self._length_frames :]
            self._unseen_frames[track_id] = 0
        for track_id, unseen in list(self._unseen_frames.items()):
            if unseen >= self._length_frames:
                del self._unseen_frames[track_id], self.points[track_id]


def draw_overlay(
    image: NDArray[np.uint8],
    tracked: TrackedInstances,
    style: OverlayStyle | None = None,
    *,
    trails: Mapping[int, NDArray[np.int32]] | None = None,
) -> NDArray[np.uint8]:
    """Draw masks, outlines, boxes and labels of one frame.

    Larger objects are drawn first, so small ones stay visible; labels come last and keep clear
    of each other and of the frame's edge where there is room.

    Args:
        image: (H, W, 3) uint8 RGB; left as it is.
        tracked: Objects of this frame, in the same frame px.
        style: The default style where absent.
        trails: Track id -> (K, 2) int32 frame px, as `TrackTrails.points`; drawn for the
            tracks in this frame.

    Returns:
        A new (H, W, 3) uint8 RGB array.
    """
    canvas = RgbCanvas(image.copy())
    draw_overlay_on(canvas, tracked, style, trails=trails)
    return canvas.pixels


def draw_overlay_on(
    canvas: Canvas,
    tracked: TrackedInstances,
    style: OverlayStyle | None = None,
    *,
    trails: Mapping[int, NDArray[np.int32]] | None = None,
) -> None:
    """The same on a canvas that has the frame's picture."""
    style = style or OverlayStyle()
    crops = tracked.instances.cropped_masks()
    ids = tracked.track_ids.tolist()
    rows = sorted(
        (row for row in range(len(ids)) if ids[row] > 0 or style.show_unconfirmed),
        key=lambda row: -crops[row].mask.size,
    )
    line_px = _line_width_px(canvas)
    for row in rows:
        _draw_mask(canvas, crops[row], ids[row], style=style, line_px=line_px)
    confirmed_rows = [row for row in rows if ids[row] > 0]
    for row in confirmed_rows:
        if style.show_boxes:
            _draw_box(canvas, tracked.instances.boxes[row], track_color(ids[row]))
        if trails is not None and ids[row] in trails:
            canvas.line(trails[ids[row]], track_color(ids[row]), width_px=line_px)
    if style.show_labels:
        _draw_labels(canvas, tracked, confirmed_rows, show_scores=style.show_scores)


def write_bgra(image: NDArray[np.uint8], into: NDArray[np.uint8]) -> None:
    """Write an (H, W, 3) RGB picture as opaque BGRA, the format of screens.

    Args:
        image: The picture.
        into: (H, W, 4), contiguous.
    """
    cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGRA, dst=into)


def _line_width_px(canvas: Canvas) -> int:
    return max(1, round(min(canvas.size) / 400))


def _draw_mask(
    canvas: Canvas, crop: CroppedMask, track_id: int, *, style: OverlayStyle, line_px: int
) -> None:
    """Tint a mask, and give its outermost pixels its full colour, if it has an outline.

    With a one-pixel anti-aliased contour over it, this looks like a thick anti-aliased line at
    a sixth of the cost: only the line's outer side borders on foreign colours.
    """
    if not crop.mask.size:
        return
    is_confirmed = track_id > 0
    canvas.mask(
        crop,
        track_color(track_id),
        opacity=style.opacity if is_confirmed else 0.0,
        rim_px=line_px if is_confirmed and style.show_outlines else 0,
        has_line=style.show_outlines or not is_confirmed,
    )


def _draw_box(canvas: Canvas, box: NDArray[np.float32], color: Rgb) -> None:
    height, width = canvas.size
    x0, y0, x1, y1 = np.rint(box).astype(int).tolist()
    canvas.frame(
        x0, y0, min(max(x1 - 1, x0), width - 1) + 1, min(max(y1 - 1, y0), height - 1) + 1, color
    )


def _draw_labels(
    canvas: Canvas,
    tracked: TrackedInstances,
    rows: list[int],
    *,
    show_scores: bool,
) -> None:
    painter = LabelPainter(canvas)
    instances = tracked.instances
    names = instances.class_names
    # The nearest object is usually the lowest in the picture: it gets the best place.
    for row in sorted(rows, key=lambda row: -float(instances.boxes[row, 3])):
        text = f"{names[row]} {tracked.track_ids[row]}"
        if tracked.states[row] is TrackState.FOLLOWED:
            text += " followed"
        if show_scores:
            # One blank between two numbers is easily overread.
            text += f"  {instances.scores[row]:.2f}"
        painter.draw(text, instances.boxes[row], track_color(int(tracked.track_ids[row])))
