"""One object that is followed: what is known of it between two frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from blendmask_live.masks.crops import CroppedMask, crops_iou, shared_px
from blendmask_live.prompting.prompter import Found, Memory
from blendmask_live.runtime.prompts import MEMORIES

__all__ = ["NOTHING", "Followed"]

NOTHING = CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))
_NEW_SHARE = 0.05
"""Of the newest value in the means of late..."""
_GROWN, _SHRUNK = 0.1, 0.05
"""...and in the usual size: what is hidden, or lost sight of, gets smaller sooner than it is."""
_WHOLE_KEPT = 0.99
"""Share of its largest size that an object keeps from frame to frame, if only a part is seen."""
_REMEMBERED = 0.8
"""Share of the usual likeness that a mask needs to be remembered..."""
_WHOLE = 0.7
"""...and of the usual size: half an object would teach that the rest is none."""
_VANISHED = 0.1
"""Share of the usual size up to which a mask is what is left at an edge, not the object."""
_STEADY = 0.7
"""IoU with the carried mask, and share of the usual size, from which a mask goes on as before."""
_STILL = 0.93
"""IoU with the carried mask of what hardly changes."""
_DOUBTED = 0.08
"""How far confidence may fall below what it was of late before a mask is doubted."""
_SAME_OTHER = 0.4
"""IoU from which a mask is taken for what was beside the object."""
_BESIDE = 0.15
"""Share of a detection that the object may cover if it is to be something else."""
_OTHERS_KEPT = 10
"""Frames that something beside the object is kept in mind while it is not detected."""
_IN_ANOTHER_SCENE = 0.4
"""How near everything is after a cut: most of what is seen there was not seen before."""
_REACH = 0.3
"""Of its own size, that a lost object may have gone in each frame."""


@dataclass(slots=True)
class Followed:
    """What is known of an object between two frames.

    Attributes:
        first: Memory of its first mask, never forgotten.
        mask: Where it was seen in the last frame; then where the flow has carried that.
        confidence: Of the last answer.
        remembered_at: Step of the newest memory.
        before: Where it was seen in the frame before, not carried.
        last: Where it was seen last.
        usual_px: Its area in the mean of late.
        whole_px: Its largest area, less and less with time.
        usual_confidence: The same of its confidence.
        likeness: How much like the memories it has looked, in the mean of late.
        recent: Newer memories.
        others: What the detector has seen beside it, and at which step.
        looked_at: Step of the last look at the detections around it.
        lost_for: Frames since it was seen.
        is_elsewhere: Another scene has begun since.
    """

    first: Memory
    mask: CroppedMask
    confidence: float
    remembered_at: int
    before: CroppedMask = NOTHING
    last: CroppedMask = NOTHING
    usual_px: float = 0.0
    whole_px: float = 0.0
    usual_confidence: float = 0.0
    likeness: float = 0.0
    recent: list[Memory] = field(default_factory=list)
    others: list[tuple[CroppedMask, int]] = field(default_factory=list)
    looked_at: int = 0
    lost_for: int = 0
    is_elsewhere: bool = False
    is_given_up: bool = False

    def __post_init__(self) -> None:
        self.last = self.mask
        self.usual_px = self.whole_px = float(max(self.mask.area, 1))

    @property
    def memories(self) -> list[Memory]:
        return [self.first, *self.recent]

    @property
    def place(self) -> CroppedMask:
        """Where it is expected; empty where it is lost."""
        return self.mask if self.mask.area else self.before

    def take(self, found: Found, step: int, *, sure_above: float, remember_every: int) -> None:
        """Go on from an answer."""
        self.mask = self.last = found.crop
        self.confidence, self.lost_for, self.is_elsewhere = found.confidence, 0, False
        growth = found.crop.area / self.usual_px
        self.usual_px *= growth ** (_GROWN if growth > 1 else _SHRUNK)
        self.whole_px = max(self.whole_px * _WHOLE_KEPT, self.usual_px)
        share = _NEW_SHARE if self.usual_confidence else 1.0
        self.usual_confidence += share * (found.confidence - self.usual_confidence)
        is_sure = found.confidence >= sure_above
        if is_sure or not self.likeness:
            share = _NEW_SHARE if self.likeness else 1.0
            self.likeness += share * (found.likeness - self.likeness)
        # A memory of something else would never be corrected.
        is_alike = found.likeness >= _REMEMBERED * self.likeness
        is_whole = found.crop.area >= _WHOLE * self.usual_px
        if step - self.remembered_at >= remember_every and is_sure and is_alike and is_whole:
            self.recent = [*self.recent, found.memory][-(MEMORIES - 1) :]
            self.remembered_at = step

    def lose(self, *, stop_after: int | None) -> None:
        """It cannot be seen in this frame."""
        self.lost_for += 1
        self.confidence = 0.0
        self.mask = self.before = NOTHING
        self.is_given_up = stop_after is not None and self.lost_for > stop_after

    def forget_places(self, *, growth: float) -> None:
        """Frames have another size now: nothing but the memory tells where things are.

        Args:
            growth: New area of a frame over the old one.
        """
        self.mask = self.before = self.last = NOTHING
        self.others = []
        self.usual_px *= growth
        self.whole_px *= growth

    def is_steady(self, found: Found) -> bool:
        """Whether an answer goes on as before, so that no other needs to be asked for."""
        kept = float(crops_iou([found.crop], [self.place])[0, 0])
        size = found.crop.area / self.usual_px
        is_in_place = kept >= _STEADY and size >= _STEADY
        # What hardly moves and gets smaller goes away.
        is_receding = kept >= _STILL and size >= _STEADY**2
        is_sure = found.confidence >= self.usual_confidence - _DOUBTED
        return is_sure and (is_in_place or is_receding) and not self.is_other(found.crop)

    def has_vanished(self, found: Found) -> bool:
        """Whether hardly anything is left of it."""
        return found.crop.area <= _VANISHED * self.usual_px

    def rank(self, found: Found) -> float:
        """How well an answer goes on: sure, alike, of the usual size, where it was expected.

        A part of an object is often surer, and more alike, than the whole: size must tell.
        """
        if not found.crop.area:
            return 0.0
        kept = shared_px(found.crop, self.place) / max(self.place.area, 1)
        fits = self.size_fits(found.crop)
        return found.confidence + 0.75 * found.likeness + 0.5 * fits + 0.3 * kept

    def size_fits(self, mask: CroppedMask) -> float:
        """How well a mask's size is one that the object may have: 0 to 1.

        What was hidden in part may be seen whole again at any time.
        """
        if not mask.area:
            return 0.0
        return min(mask.area / self.usual_px, self.whole_px / mask.area, 1.0)

    def may_hold(self, mask: CroppedMask) -> float:
        """How well a detection may be the object: 0 to 1.

        Either it covers the same place, or it holds what is left of the object and has its
        usual size.
        """
        shared, place = shared_px(mask, self.place), self.place
        union = mask.area + place.area - shared
        return max(shared / union, shared / place.area * self.size_fits(mask)) if union else 0.0

    def nearness(self, mask: CroppedMask) -> float:
        """How well place and size of a mask fit where it was seen last: 0 to 1.

        The longer it is lost, the farther it may have gone.
        """
        if not (mask.area and self.last.area):
            return _IN_ANOTHER_SCENE if self.is_elsewhere else 1.0
        x0, y0, x1, y1 = mask.tight().box
        u0, v0, u1, v1 = self.last.tight().box
        gap_px = math.hypot(max(x0 - u1, u0 - x1, 0), max(y0 - v1, v0 - y1, 0))
        too_far = max(gap_px / math.sqrt(self.usual_px) - _REACH * self.lost_for, 0.0)
        return math.exp(-too_far) * math.sqrt(self.size_fits(mask))

    def note_others(self, detected: Sequence[CroppedMask], step: int) -> None:
        """Keep in mind what is seen beside the object, so that it is never taken for it.

        Two things that one frame shows side by side are not one.

        Args:
            detected: Masks of sure detections in the frame in which the object was seen last.
        """
        self.looked_at = step
        fresh = [mask for mask in detected if self._is_beside(mask)]
        kept = [
            (mask, at)
            for mask, at in self.others
            if step - at <= _OTHERS_KEPT and self._is_beside(mask)
        ]
        if fresh and kept:
            again = crops_iou([mask for mask, _ in kept], fresh).max(axis=1) >= _SAME_OTHER
            kept = [other for other, is_again in zip(kept, again, strict=True) if not is_again]
        self.others = [(mask, step) for mask in fresh] + kept

    def keep_others(self, detected: Sequence[CroppedMask], step: int) -> None:
        """While the object is lost, follow what was beside it: that is still not the object."""
        kept = []
        for mask, at in self.others:
            overlaps = crops_iou([mask], detected)[0]
            row = int(overlaps.argmax()) if len(detected) else 0
            if len(detected) and overlaps[row] >= _SAME_OTHER:
                kept.append((detected[row], step))
            elif step - at <= _OTHERS_KEPT:
                kept.append((mask, at))
        self.others = kept

    def _is_beside(self, mask: CroppedMask) -> bool:
        shared = shared_px(mask, self.last)
        return bool(shared <= _BESIDE * mask.area and shared <= 2 * _BESIDE * self.last.area)

    def is_other(self, mask: CroppedMask) -> bool:
        """Whether a mask is rather something that was beside the object than the object."""
        if not self.others or not mask.area:
            return False
        other = float(crops_iou([mask], [mask for mask, _ in self.others]).max())
        here = float(crops_iou([mask], [self.place])[0, 0]) if self.place.area else 0.0
        return other >= _SAME_OTHER and other > here
