"""The picture as a sheet to draw on: brush, eraser, polygon, move."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QLineF, QPoint, QPointF, Qt, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PyQt5.QtWidgets import QWidget

from blendmask_live.drawing.palette import track_color
from gui.shared.video_view import VideoView

__all__ = ["TOOLS", "EditorCanvas", "Points"]

TOOLS: Final = ("select", "brush", "eraser", "polygon", "cut", "move", "point")
_CLOSING_PX: Final = 9
"""A click this close to the first corner closes the polygon."""
_DRAWING_KEYS: Final = (Qt.Key_Return, Qt.Key_Enter, Qt.Key_Escape, Qt.Key_Backspace)
_RADII: Final = (1.0, 200.0)
_LINE_PENS: Final = (QPen(QColor(0, 0, 0, 160), 3), QPen(QColor("white"), 1.2))
"""Painted one over the other, they make a line that shows on dark and light pictures."""
_OUTSIDE: Final = QPointF(-1e4, -1e4)
Points = tuple[tuple[float, float], ...]


class EditorCanvas(VideoView):
    """A video view with tools; draws what the pointer does, and says what was done.

    Attributes:
        tool: One of `TOOLS`.
        radius_px: Of brush and eraser, in frame px.

    Signals:
        stroke_drawn: Points in frame px, radius in frame px, whether it erases.
        polygon_drawn: Points in frame px, whether it cuts out.
        moved: Right and down, frame px.
        radius_changed: `radius_px` is new.
        cancelled: Escape was pressed while nothing was being drawn.
        menu_wanted: The track id under the pointer (0 for none) and the place on the screen.
    """

    stroke_drawn = pyqtSignal(tuple, float, bool)
    polygon_drawn = pyqtSignal(tuple, bool)
    moved = pyqtSignal(float, float)
    radius_changed = pyqtSignal(float)
    menu_wanted = pyqtSignal(int, QPoint)
    cancelled = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool = "select"
        self.radius_px = 12.0
        self._color = QColor("white")
        self._points: list[QPointF] = []
        self._pointer = _OUTSIDE
        self._drags = False
        self.setAccessibleDescription(self.tr("The current frame with its masks, to draw on"))

    def set_tool(self, tool: str) -> None:
        """Choose one of `TOOLS`; what is being drawn with another is dropped."""
        self.tool = tool
        self._drop()
        self.setCursor(Qt.ArrowCursor if tool == "select" else Qt.CrossCursor)

    def set_radius(self, radius_px: float) -> None:
        """Choose the size of brush and eraser."""
        self.radius_px = min(max(radius_px, _RADII[0]), _RADII[1])
        self.radius_changed.emit(self.radius_px)
        self.update()

    def set_track_color(self, track: int) -> None:
        """Draw in a track's colour."""
        self._color = QColor(*track_color(track)) if track else QColor("white")
        self.update()

    def _drop(self) -> None:
        self._points, self._drags = [], False
        self.update()

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.tool == "select" or event.button() != Qt.LeftButton:
            super().mousePressEvent(event)
            return
        place = self.to_frame(event.localPos())
        if self.tool in ("polygon", "cut"):
            if len(self._points) > 2 and self._is_near_start(event.localPos()):
                self._finish_polygon()
                return
            self._points.append(place)
        else:
            self._points, self._drags = [place], True
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.localPos()
        if self.tool == "select" or event.buttons() & Qt.MiddleButton:
            super().mouseMoveEvent(event)
            return
        if self._drags:
            place = self.to_frame(event.localPos())
            if self.tool == "move":
                self._points = [self._points[0], place]
            else:
                self._points.append(place)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.tool == "select" or event.button() != Qt.LeftButton:
            super().mouseReleaseEvent(event)
            self.set_tool(self.tool) if self.tool not in ("select", "polygon", "cut") else None
            return
        if not self._drags:
            return
        points = self._points
        self._drop()
        if self.tool == "move":
            shift = points[-1] - points[0]
            if not shift.isNull():
                self.moved.emit(shift.x(), shift.y())
        else:
            self.stroke_drawn.emit(_pairs(points), self.radius_px, self.tool == "eraser")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.tool in ("polygon", "cut"):
            self._finish_polygon()
        elif self.tool == "select":
            super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.ControlModifier and self.tool in ("brush", "eraser"):
            self.set_radius(self.radius_px * 1.15 ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.ShortcutOverride and self._points:
            assert isinstance(event, QKeyEvent)
            # While something is drawn, these keys change the drawing, not the track or the journal.
            if event.key() in _DRAWING_KEYS or event.matches(QKeySequence.Undo):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key_Escape:
            self._drop() if self._points else self.cancelled.emit()
        elif self._points and not self._drags and event.key() in (Qt.Key_Return, Qt.Key_Enter):
            self._finish_polygon()
        elif (
            self._points
            and not self._drags
            and (event.key() == Qt.Key_Backspace or event.matches(QKeySequence.Undo))
        ):
            self._points.pop()
            self.update()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.track_at(QPointF(event.pos())), event.globalPos())

    def _is_near_start(self, widget_px: QPointF) -> bool:
        return QLineF(self.to_widget(self._points[0]), widget_px).length() < _CLOSING_PX

    def _finish_polygon(self) -> None:
        points, is_cutting = self._points, self.tool == "cut"
        if len(points) > 2:
            self._drop()
            self.polygon_drawn.emit(_pairs(points), is_cutting)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = _OUTSIDE
        super().leaveEvent(event)
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.tool == "select":
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        places = [self.to_widget(point) for point in self._points]
        if self.tool in ("brush", "eraser"):
            self._paint_brush(painter, places)
        elif self.tool == "move":
            if len(places) == 2:
                painter.setPen(QPen(QColor("white"), 2, Qt.DashLine))
                painter.drawLine(places[0], places[1])
        else:
            self._paint_polygon(painter, places)

    def _paint_brush(self, painter: QPainter, places: list[QPointF]) -> None:
        width = 2 * self.radius_px * self.scale
        if places:
            color = QColor("black") if self.tool == "eraser" else QColor(self._color)
            color.setAlpha(140)
            path = QPainterPath(places[0])
            for place in places[1:] or [places[0] + QPointF(0.1, 0)]:
                path.lineTo(place)
            painter.setPen(QPen(color, width, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
            painter.drawPath(path)
        painter.setBrush(Qt.NoBrush)
        for pen in _LINE_PENS:
            painter.setPen(pen)
            painter.drawEllipse(self._pointer, width / 2 * self._pixel_aspect, width / 2)

    def _paint_polygon(self, painter: QPainter, places: list[QPointF]) -> None:
        if not places:
            return
        fill = QColor("black") if self.tool == "cut" else QColor(self._color)
        fill.setAlpha(90)
        ends = [] if self._pointer == _OUTSIDE else [self._pointer]
        outline = QPolygonF([*places, *ends])
        painter.setBrush(fill)
        for pen in _LINE_PENS:
            painter.setPen(pen)
            painter.drawPolygon(outline)
            painter.setBrush(Qt.NoBrush)
        painter.setPen(QPen(_LINE_PENS[0].color(), 1))
        painter.setBrush(QColor("white"))
        for place in places:
            painter.drawEllipse(place, 4, 4)


def _pairs(points: list[QPointF]) -> Points:
    return tuple((point.x(), point.y()) for point in points)
