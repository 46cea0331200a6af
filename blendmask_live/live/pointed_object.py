"""An object that was pointed at, between two looks at it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.live.player import PlayedFrame
from blendmask_live.masks.crops import CroppedMask

__all__ = ["NOTHING", "Look", "PointedObject"]

NOTHING: Final = CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))
_GAP_S: Final = 1.0
"""After a longer gap a picture has nothing to do with the one before."""
_MOVED_S: Final = 0.4
"""For so long a mask moves on as its object moved; then nobody knows where that is."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A frame to be looked at.

    Attributes:
        detections: What the detector found in it, if it was run.
        time_s: When it is shown.
    """

    frame: PlayedFrame
    detections: Instances | None
    time_s: float

    @property
    def key(self) -> tuple[int, int]:
        return self.frame.epoch, self.frame.index

    def goes_on_from(self, other: Look) -> bool:
        """Whether it belongs to the same piece of video, in pictures of the same size."""
        is_near = abs(self.time_s - other.time_s) <= _GAP_S
        is_same_piece = self.frame.epoch == other.frame.epoch
        return is_near and is_same_piece and self.frame.size == other.frame.size


@dataclass(slots=True, eq=False)
class PointedObject:
    """What is known of one object.

    Attributes:
        number: In `Following`.
        begun: Done with the track's id.
        crop: Its mask in the last look; empty where it is lost.
        confidence: IoU that the mask is expected to have; 0 where it is lost.
        seen: The last look.
        is_doubtful: The click may have meant something else.
        track_id: 0 before the tracker has given one.
        velocity: (2,) px a second to the right and down.
    """

    number: int
    class_name: str
    begun: Future[int]
    crop: CroppedMask
    confidence: float
    seen: Look
    is_doubtful: bool = False
    track_id: int = 0
    velocity: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))

    def see(self, crop: CroppedMask, confidence: float, look: Look) -> None:
        """What a step of following says of it."""
        elapsed_s = look.time_s - self.seen.time_s
        is_steady = bool(self.crop.area and crop.area) and look.goes_on_from(self.seen)
        self.velocity = np.zeros(2)
        if is_steady and elapsed_s:
            self.velocity = (_middle(crop) - _middle(self.crop)) / elapsed_s
        self.crop, self.confidence, self.seen = crop, confidence, look

    def crop_at(self, look: Look) -> CroppedMask:
        """Its mask in a frame that was not looked at; empty where nothing can be said."""
        moved_s = look.time_s - self.seen.time_s
        if not look.goes_on_from(self.seen) or abs(moved_s) > _MOVED_S:
            return NOTHING
        x, y = (self.velocity * moved_s).round().astype(int).tolist()
        return _inside(self.crop.moved(x, y), look.frame.size)


def _middle(crop: CroppedMask) -> NDArray[np.float64]:
    x0, y0, x1, y1 = crop.box
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2])


def _inside(crop: CroppedMask, frame_size: tuple[int, int]) -> CroppedMask:
    """The part of a mask inside the frame."""
    x0, y0, x1, y1 = crop.box
    left, top = max(x0, 0), max(y0, 0)
    right, bottom = min(x1, frame_size[1]), min(y1, frame_size[0])
    if right <= left or bottom <= top:
        return NOTHING
    if (left, top, right, bottom) == crop.box:
        return crop
    mask = crop.mask[top - y0 : bottom - y0, left - x0 : right - x0]
    return CroppedMask(left, top, np.ascontiguousarray(mask))
