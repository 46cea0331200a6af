"""Looks at one picture in two sizes: large objects in the small one, small ones in the large one.

Multi-scale testing, as the field calls it. A detector is best at objects of the sizes that it was
trained with; larger ones it finds in a smaller picture, smaller ones in a larger picture.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from blendmask_live.config import LARGEST_SIDE, SMALLEST_SIDE, SegmenterSettings
from blendmask_live.network.lite.choosing import survivors
from blendmask_live.segmenting.processing import Blended

__all__ = ["SCALES", "Scale", "merged"]


@dataclass(frozen=True, slots=True)
class Scale:
    """One of the sizes.

    Attributes:
        share: Of the sides of the input that the settings ask for.
        from_px, to_px: Objects of these sides (root of the box's area) are taken from it, network
            px of this size.
    """

    share: float
    from_px: float
    to_px: float

    def applied_to(self, settings: SegmenterSettings) -> SegmenterSettings:
        """The settings for this size."""
        short, long = (
            min(max(round(side * self.share), SMALLEST_SIDE), LARGEST_SIDE)
            for side in (settings.short_side, settings.long_side)
        )
        return replace(
            settings,
            short_side=short,
            long_side=long,
            # Those that are taken from the other size must not stand in the way.
            max_instances=max(settings.max_instances, _LEAST_INSTANCES),
            multi_scale=False,
        )

    def kept(self, found: Blended, frame_per_network: tuple[float, float]) -> Blended:
        """What is taken from this size of all that was found."""
        sides = (found.boxes[:, 2:] - found.boxes[:, :2]) / np.array(frame_per_network, np.float32)
        side = np.sqrt(sides.clip(min=0).prod(axis=1))
        return _rows(found, np.flatnonzero((side >= self.from_px) & (side < self.to_px)))


SCALES = (Scale(352 / 448, 56, np.inf), Scale(608 / 448, 0, 136))
"""What lies between the limits is seen in both: sides of 97 to 136 px of the larger size."""
_LEAST_INSTANCES = 100


def merged(parts: list[Blended], *, nms_iou: float, max_instances: int) -> Blended:
    """The best of all that was found, best first; of boxes of a class that overlap more, the best.

    Args:
        parts: What is taken from each size, attention in host memory too.
    """
    both = Blended(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Blended))
    )
    order = np.argsort(-both.scores, kind="stable")
    alive = survivors(both.boxes[order], both.class_ids[order], np.float32(nms_iou))
    return _rows(both, order[alive][:max_instances])


def _rows(found: Blended, rows: NDArray[np.int64]) -> Blended:
    return Blended(*(getattr(found, one.name)[rows] for one in fields(found)))
