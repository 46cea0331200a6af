"""The picture of the live window: what a click or a drag points at."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QCursor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QWidget

from gui.shared.theme import current_theme
from gui.shared.video_view import VideoView

__all__ = ["LiveView"]

_CLICK_PX: Final = 4
"""A press with Shift that moves less is a click."""
_RING_PX: Final = 9
_LINE_PENS: Final = (QPen(QColor(0, 0, 0, 160), 4), QPen(QColor("white"), 2))
"""Painted one over the other, they show on dark and light pictures."""


class LiveView(VideoView):
    """A video view in which things can be pointed at.

    Signals:
        ground_clicked: x and y, frame px: a place without a mask, while no track was selected.
        pointed_at: x and y, frame px: any place, with Shift.
        box_drawn: x0, y0, x1, y1, frame px, drawn with Shift.
        double_clicked: The click before was none.
    """

    ground_clicked = pyqtSignal(float, float)
    pointed_at = pyqtSignal(float, float)
    box_drawn = pyqtSignal(float, float, float, float)
    double_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._began_at: QPointF | None = None
        self._now_at = QPointF()
        self._released_at = QPointF()
        self._awaited: tuple[tuple[float, float], ...] = ()
        self._awaited_text = ""
        self.track_clicked.connect(self._track_clicked)
        description = self.tr(
            "The current frame with its masks; click an object to see how it was made, or anything "
            "else to follow it"
        )
        self.setAccessibleDescription(description)

    def show_awaited(self, places: tuple[tuple[float, float], ...], text: str = "") -> None:
        """Mark places, frame px, where an object is being looked for; `text` stands beside."""
        self._awaited, self._awaited_text = places, text
        self.update()

    def pointer_place(self) -> tuple[float, float] | None:
        """What the pointer is over, frame px; None where that is no part of the frame."""
        return self._place(QPointF(self.mapFromGlobal(QCursor.pos())))

    def _place(self, widget_px: QPointF) -> tuple[float, float] | None:
        if self._tracked is None or not self.rect().contains(widget_px.toPoint()):
            return None
        place, (height, width) = self.to_frame(widget_px), self._tracked.instances.frame_size
        is_inside = 0 <= place.x() < width and 0 <= place.y() < height
        return (place.x(), place.y()) if is_inside else None

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        has_shift = bool(event.modifiers() & Qt.ShiftModifier)
        if event.button() == Qt.LeftButton and has_shift and self._tracked is not None:
            self._began_at = self._now_at = event.localPos()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._began_at is None:
            super().mouseMoveEvent(event)
            return
        self._now_at = event.localPos()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._released_at = event.localPos()
        if self._began_at is None:
            super().mouseReleaseEvent(event)
            return
        self._now_at = event.localPos()
        box, self._began_at = self._box(), None
        if max(box.width(), box.height()) > _CLICK_PX:
            self._draw_box(box)
        elif (place := self._place(event.localPos())) is not None:
            self.pointed_at.emit(*place)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()
        super().mouseDoubleClickEvent(event)

    def _track_clicked(self, track_id: int) -> None:
        # With a track selected, a click beside it only ends the selection.
        place = self._place(self._released_at)
        if track_id == 0 and not self._selected_tracks and place is not None:
            self.ground_clicked.emit(*place)

    def _box(self) -> QRectF:
        assert self._began_at is not None
        return QRectF(self._began_at, self._now_at).normalized()

    def _draw_box(self, box: QRectF) -> None:
        if self._tracked is None:
            return
        height, width = self._tracked.instances.frame_size
        corner, opposite = self.to_frame(box.topLeft()), self.to_frame(box.bottomRight())
        x0, y0 = max(corner.x(), 0.0), max(corner.y(), 0.0)
        x1, y1 = min(opposite.x(), float(width)), min(opposite.y(), float(height))
        if x1 - x0 >= 1 and y1 - y0 >= 1:
            self.box_drawn.emit(x0, y0, x1, y1)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._began_at is None and not self._awaited:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        for pen in _LINE_PENS:
            painter.setPen(pen)
            if self._began_at is not None:
                painter.drawRect(self._box())
            for x, y in self._awaited:
                painter.drawEllipse(self.to_widget(QPointF(x, y)), _RING_PX, _RING_PX)
        painter.setPen(QPen(QColor(current_theme().accent), 2, Qt.DotLine))
        for x, y in self._awaited:
            painter.drawEllipse(self.to_widget(QPointF(x, y)), _RING_PX, _RING_PX)
            self._paint_text_beside(painter, self.to_widget(QPointF(x, y)))

    def _paint_text_beside(self, painter: QPainter, place: QPointF) -> None:
        if not self._awaited_text:
            return
        size = painter.fontMetrics().boundingRect(self._awaited_text)
        tag = QRectF(size).adjusted(-6, -3, 6, 3)
        tag.moveTopLeft(place + QPointF(_RING_PX + 6, -tag.height() / 2))
        tag.moveRight(min(tag.right(), self.width() - 2.0))
        painter.save()
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(0, 0, 0, 160))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setPen(QColor("white"))
        painter.drawText(tag, Qt.AlignCenter, self._awaited_text)
        painter.restore()
