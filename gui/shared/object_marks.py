"""Outlines, boxes and labels of objects over a picture, in pixels of the screen at any zoom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from blendmask_live.datatypes import CroppedMask, TrackedInstances
from blendmask_live.drawing.overlay import OverlayStyle
from blendmask_live.drawing.palette import text_color, track_color
from blendmask_live.masks.outlines import outlines

__all__ = ["LabelPlates", "outline_of", "paint_edges", "paint_labels"]

_LINE_PX: Final = 1.8
_PROVISIONAL: Final = QColor(150, 150, 150)
_FONT_PX: Final = 12


def outline_of(crop: CroppedMask) -> QPainterPath:
    """The edge of a mask, its holes too, in frame px."""
    path = QPainterPath()
    for edge in outlines(crop):
        path.addPolygon(_polygon(edge))
        path.closeSubpath()
    return path


def _polygon(edge: NDArray[np.float64]) -> QPolygonF:
    # Written into Qt's memory: a point at a time, this would be most of what a picture costs.
    polygon = QPolygonF(len(edge))
    memory = polygon.data()
    memory.setsize(edge.nbytes)
    np.asarray(memory, np.uint8).view(np.float64)[:] = edge.ravel()
    return polygon


def paint_edges(
    painter: QPainter,
    tracked: TrackedInstances,
    style: OverlayStyle,
    place: QTransform,
    outline: Callable[[int], QPainterPath],
) -> None:
    """Paint the outlines and boxes that a style asks for.

    Args:
        painter: Of the screen.
        tracked: The objects.
        style: What of them is painted.
        place: Brings frame px to the screen.
        outline: Gives the edge of the mask in a row, frame px.
    """
    ids, crops = tracked.track_ids.tolist(), tracked.instances.cropped_masks()
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setBrush(Qt.NoBrush)
    for row, track in enumerate(ids):
        if track <= 0 and not style.show_unconfirmed:
            continue
        color = QColor(*track_color(track)) if track > 0 else _PROVISIONAL
        painter.setPen(QPen(color, _LINE_PX if track > 0 else 1))
        if crops[row].mask.size and (style.show_outlines or track <= 0):
            painter.drawPath(place.map(outline(row)))
        if style.show_boxes and track > 0:
            painter.drawRect(place.mapRect(_rect_of(tracked, row)))


def paint_labels(
    painter: QPainter,
    tracked: TrackedInstances,
    style: OverlayStyle,
    place: QTransform,
    without: Collection[int] = (),
) -> None:
    """Paint the labels that a style asks for; last, so that no line crosses them.

    Args:
        painter: Of the screen.
        tracked: The objects.
        style: What of them is painted.
        place: Brings frame px to the screen.
        without: Ids of tracks that get no label.
    """
    if not style.show_labels:
        return
    painter.save()
    plates = LabelPlates(painter)
    ids, instances = tracked.track_ids.tolist(), tracked.instances
    rows = [row for row, track in enumerate(ids) if track > 0 and track not in without]
    names = instances.class_names
    # The nearest object is usually the lowest in the picture: it gets the best place.
    for row in sorted(rows, key=lambda row: -float(instances.boxes[row, 3])):
        text = f"{names[row]} {ids[row]}"
        if style.show_scores:
            text += f"  {instances.scores[row]:.2f}"
        plates.paint(text, place.mapRect(_rect_of(tracked, row)), track_color(ids[row]))
    painter.restore()


def _rect_of(tracked: TrackedInstances, row: int) -> QRectF:
    x0, y0, x1, y1 = tracked.instances.boxes[row].tolist()
    return QRectF(x0, y0, x1 - x0, y1 - y0)


class LabelPlates:
    """Paints labels that keep off each other and inside of what is seen."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter
        font = QFont(painter.font())
        font.setPixelSize(_FONT_PX)
        painter.setFont(font)
        self._room = QRectF(painter.viewport())
        self._taken: list[QRectF] = []

    def paint(self, text: str, box: QRectF, color: tuple[int, int, int]) -> None:
        """Paint one at a box of the screen; none if the box is out of sight."""
        if not box.intersects(self._room):
            return
        metrics = self._painter.fontMetrics()
        plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 8, metrics.height() + 2)
        # Also of an object that reaches out of sight the label is seen.
        box = box.intersected(self._room)
        plate = self._free_place(box, plate)
        self._taken.append(plate)
        self._painter.fillRect(plate, QColor(*color))
        self._painter.setPen(QColor(*text_color(color)))
        self._painter.drawText(plate, Qt.AlignCenter, text)

    def _free_place(self, box: QRectF, plate: QRectF) -> QRectF:
        """The first place where no other label is; the best one where there is none."""
        best: QRectF | None = None
        for x, y in _corners(box, plate):
            place = self._inside(plate, x, y)
            best = best or place
            if not any(map(place.intersects, self._taken)):
                return place
        assert best is not None
        return best

    def _inside(self, plate: QRectF, x: float, y: float) -> QRectF:
        room = self._room
        x = max(min(x, room.right() - plate.width()), room.left())
        y = max(min(y, room.bottom() - plate.height()), room.top())
        return QRectF(round(x), round(y), plate.width(), plate.height())


def _corners(box: QRectF, plate: QRectF) -> Iterator[tuple[float, float]]:
    """Upper left corners for a plate, the best first."""
    above = box.top() - plate.height()
    yield box.left(), above
    yield box.right() - plate.width(), above
    yield box.left(), box.top()
    yield box.left(), box.bottom()
    for step in (1, 2, 3):
        yield box.left(), above - step * plate.height()
        yield box.left(), box.top() + step * plate.height()
