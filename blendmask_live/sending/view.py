"""What is sent of a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import TrackedFrame, TrackedInstances
from blendmask_live.drawing.backdrop import Backdrop, put_behind
from blendmask_live.drawing.overlay import OverlayStyle, draw_overlay

__all__ = ["VIEWS", "View"]

VIEWS: Final = ("overlay", "cutout", "clean")
_STYLE: Final = OverlayStyle(show_boxes=False, show_scores=False, show_unconfirmed=False)
"""As the window shows it to who changes nothing."""
_BLACK: Final = Backdrop("color", color=(0, 0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How frames are drawn before they are sent."""

    kind: str = "overlay"
    """One of `VIEWS`: masks and labels drawn, the objects alone, or the frame as it is."""
    backdrop: Backdrop | None = None
    """What is seen behind the objects; of a cut-out without, nothing: it is transparent."""

    def draw(self, tracked_frame: TrackedFrame) -> NDArray[np.uint8]:
        """(H, W, 3) RGB; of a cut-out without a backdrop (H, W, 4), with straight alpha."""
        frame, tracked = tracked_frame.frame, _confirmed(tracked_frame.tracked)
        if self.kind == "clean":
            return frame.image
        crops = tracked.instances.cropped_masks()
        if self.kind == "cutout" and self.backdrop is None:
            alpha = np.zeros(frame.size, dtype=np.uint8)
            for crop in crops:
                x0, y0, x1, y1 = crop.box
                alpha[y0:y1, x0:x1][crop.mask] = 255
            # Black where nothing is, for receivers that show no transparency.
            seen = put_behind(frame.image, crops, _BLACK)
            return cv2.merge((*cv2.split(seen), alpha))  # type: ignore[return-value]
        image = put_behind(frame.image, crops, self.backdrop or Backdrop())
        return image if self.kind == "cutout" else draw_overlay(image, tracked, _STYLE)


def _confirmed(tracked: TrackedInstances) -> TrackedInstances:
    """Without tracks that were seen too seldom to be trusted."""
    is_confirmed = tracked.track_ids > 0
    return tracked if is_confirmed.all() else tracked.select(is_confirmed)
