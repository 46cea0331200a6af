"""The corners of a mask's outline, to be moved, added and deleted."""

from __future__ import annotations

from typing import Final

import numpy as np
from PyQt5.QtCore import QLineF, QPointF

from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.outlines import enclosed, outlines

__all__ = ["Corner", "OutlinePoints"]

_TOLERANCE_PX: Final = 0.9
"""How far, in frame px, the corners' outline may lie from the mask's."""
Corner = tuple[int, int]
"""Number of an outline and of a corner in it."""


class OutlinePoints:
    """The outlines of one mask, outer ones and holes, as polygons in frame px.

    Attributes:
        outlines: Lists of corners.
    """

    def __init__(self, mask: CroppedMask) -> None:
        edges = outlines(mask, tolerance_px=_TOLERANCE_PX)
        self.outlines = [
            [QPointF(x, y) for x, y in edge.tolist()] for edge in edges if len(edge) > 2
        ]

    def corner_at(self, place: QPointF, reach_px: float) -> Corner | None:
        """The nearest corner that is not farther away than this."""
        found = [
            (QLineF(corner, place).length(), (number, row))
            for number, outline in enumerate(self.outlines)
            for row, corner in enumerate(outline)
        ]
        distance, corner = min(found, default=(np.inf, (0, 0)))
        return corner if distance <= reach_px else None

    def add_at(self, place: QPointF, reach_px: float) -> Corner | None:
        """Add a corner to the nearest edge that is not farther away than this."""
        found = [
            (_distance(place, start, end), (number, row + 1))
            for number, outline in enumerate(self.outlines)
            for row, (start, end) in enumerate(
                zip(outline, [*outline[1:], outline[0]], strict=True)
            )
        ]
        distance, (number, row) = min(found, default=(np.inf, (0, 0)))
        if distance > reach_px:
            return None
        self.outlines[number].insert(row, place)
        return number, row

    def move(self, corner: Corner, place: QPointF) -> None:
        """Put a corner elsewhere."""
        self.outlines[corner[0]][corner[1]] = place

    def delete(self, corner: Corner) -> None:
        """Take a corner away; an outline with too few left goes with it."""
        outline = self.outlines[corner[0]]
        del outline[corner[1]]
        if len(outline) < 3:
            self.outlines.remove(outline)

    def mask(self, frame_size: tuple[int, int]) -> CroppedMask:
        """What the outlines enclose, (height, width) px of the frame; without pixels if nothing."""
        edges = [np.array([(c.x(), c.y()) for c in outline]) for outline in self.outlines]
        return enclosed(edges, frame_size=frame_size)


def _distance(place: QPointF, start: QPointF, end: QPointF) -> float:
    """From a point to a stretch of line."""
    edge, way = end - start, place - start
    length = QPointF.dotProduct(edge, edge)
    share = min(max(QPointF.dotProduct(way, edge) / length, 0.0), 1.0) if length else 0.0
    return QLineF(place, start + edge * share).length()
