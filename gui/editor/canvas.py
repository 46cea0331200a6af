"""The picture as a sheet to draw on: brush, eraser, polygon, corners, move, lasso."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from PyQt5.QtCore import QEvent, QLineF, QPoint, QPointF, QSize, Qt, pyqtSignal
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
    QPixmap,
    QPolygonF,
    QWheelEvent,
)
from PyQt5.QtWidgets import QWidget

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.palette import track_color
from gui.editor.ghosts import Ghost
from gui.editor.outline_points import Corner, OutlinePoints
from gui.shared.object_marks import LabelPlates, outline_of
from gui.shared.video_view import VideoView

__all__ = ["TOOLS", "EditorCanvas", "Points"]

TOOLS: Final = ("select", "brush", "eraser", "polygon", "cut", "corners", "move", "point")
_CLOSING_PX: Final = 9
"""A click this close to the first corner closes the polygon."""
_CORNER_PX: Final = 9
"""A press this close to a corner takes it, one this close to an edge adds one there."""
_GOING: Final = (229, 72, 77)
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
        corners_changed: The `OutlinePoints`, of which one was moved, added or deleted.
        track_toggled: The track id that was clicked with Shift or Ctrl.
        lassoed: Ids of the tracks that a line was drawn around.
        radius_changed: `radius_px` is new.
        cancelled: Escape was pressed while nothing was being drawn.
        menu_wanted: The track id under the pointer (0 for none) and the place on the screen.
    """

    stroke_drawn = pyqtSignal(tuple, float, bool)
    polygon_drawn = pyqtSignal(tuple, bool)
    moved = pyqtSignal(float, float)
    corners_changed = pyqtSignal(object)
    track_toggled = pyqtSignal(int)
    lassoed = pyqtSignal(tuple)
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
        self._ghosts: Sequence[Ghost] = ()
        self._outline: OutlinePoints | None = None
        self._corner: Corner | None = None
        self._has_moved_corner = False
        self._scene = QPixmap()
        self._scene_shows: tuple[object, ...] = ()
        self.setAccessibleDescription(self.tr("The current frame with its masks, to draw on"))

    def set_tool(self, tool: str) -> None:
        """Choose one of `TOOLS`; what is being drawn with another is dropped."""
        self.tool = tool
        self._drop()
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self.tool == "select" or self._space_is_down:
            super()._show_cursor()
        else:
            self.setCursor(Qt.CrossCursor)

    def show_ghosts(self, ghosts: Sequence[Ghost]) -> None:
        """Show what an act would do."""
        self._ghosts = ghosts
        # A ghost has a label of its own.
        self._unlabelled_tracks = frozenset(ghost.track for ghost in ghosts)
        self.update()

    def offer_corners(self, mask: CroppedMask | None) -> None:
        """Show the corners of this mask's outline while the tool for them is chosen."""
        self._outline = None if mask is None or not mask.area else OutlinePoints(mask)
        self._corner = None
        self.update()

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
        if self.pans(event) or event.button() != Qt.LeftButton:
            super().mousePressEvent(event)
            return
        place = self.to_frame(event.localPos())
        if self.tool == "select" and not _adds(event):
            super().mousePressEvent(event)
        elif self.tool == "corners":
            self._press_corner(event, place)
        elif self.tool not in ("polygon", "cut"):
            self._points, self._drags = [place], True
        elif len(self._points) > 2 and self._is_near_start(event.localPos()):
            self._finish_polygon()
        else:
            self._points.append(place)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.localPos()
        if not self._drags and (self.tool == "select" or self.pans(event)):
            super().mouseMoveEvent(event)
            return
        place = self.to_frame(event.localPos())
        if self._drags and self.tool == "corners" and self._outline and self._corner:
            self._outline.move(self._corner, place)
            self._has_moved_corner = True
        elif self._drags and self.tool == "move":
            self._points = [self._points[0], place]
        elif self._drags:
            self._points.append(place)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._drags or event.button() != Qt.LeftButton:
            is_pan = self.pans(event)
            if is_pan or self.tool == "select":
                super().mouseReleaseEvent(event)
            return
        points = self._points
        self._drop()
        if self.tool == "corners":
            # A click only chooses a corner, for Delete.
            if self._has_moved_corner:
                self.corners_changed.emit(self._outline)
        elif self.tool == "select":
            self._select_along(event, points)
        elif self.tool == "move":
            shift = points[-1] - points[0]
            if not shift.isNull():
                self.moved.emit(shift.x(), shift.y())
        else:
            self.stroke_drawn.emit(_pairs(points), self.radius_px, self.tool == "eraser")

    def _select_along(self, event: QMouseEvent, points: list[QPointF]) -> None:
        """A click with Shift or Ctrl adds the object under it, a line those that it encloses."""
        way = [self.to_widget(point) for point in points]
        if QPolygonF(way).boundingRect().width() + QPolygonF(way).boundingRect().height() < 8:
            self.track_toggled.emit(self.track_at(event.localPos()))
            return
        if self._tracked is None:
            return
        loop = QPolygonF(points)
        boxes = self._tracked.instances.boxes.tolist()
        inside = [
            track
            for track, (x0, y0, x1, y1) in zip(self._tracked.track_ids.tolist(), boxes, strict=True)
            if loop.containsPoint(QPointF((x0 + x1) / 2, (y0 + y1) / 2), Qt.OddEvenFill)
        ]
        self.lassoed.emit(tuple(inside))

    def _press_corner(self, event: QMouseEvent, place: QPointF) -> None:
        if self._outline is None:
            return
        reach = _CORNER_PX / max(self.scale, 1e-6)
        self._corner = self._outline.corner_at(place, reach)
        # Many desktops move the window with Alt, and the click does not come here.
        if self._corner is not None and event.modifiers() & (Qt.ControlModifier | Qt.AltModifier):
            self._delete_corner()
            return
        if self._corner is None:
            self._corner = self._outline.add_at(place, reach)
        self._drags, self._has_moved_corner = self._corner is not None, False

    def _delete_corner(self) -> None:
        if self._outline is not None and self._corner is not None:
            self._outline.delete(self._corner)
            self._corner = None
            self.corners_changed.emit(self._outline)

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
        if event.type() == QEvent.ShortcutOverride and self.takes_key(cast("QKeyEvent", event)):
            event.accept()
            return True
        return super().event(event)

    def takes_key(self, event: QKeyEvent) -> bool:
        """Whether a key changes what is being drawn, not the track or the journal."""
        if self._points:
            return event.key() in _DRAWING_KEYS or event.matches(QKeySequence.Undo)
        is_delete = event.key() in (Qt.Key_Delete, Qt.Key_Backspace)
        return self.tool == "corners" and self._corner is not None and is_delete

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key_Escape:
            self._drop() if self._points else self.cancelled.emit()
        elif self._corner is not None and event.key() in (Qt.Key_Delete, Qt.Key_Backspace):
            self._delete_corner()
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
        self._keep_scene()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scene)
        painter.setRenderHint(QPainter.Antialiasing)
        self._paint_ghosts(painter)
        places = [self.to_widget(point) for point in self._points]
        if self.tool in ("brush", "eraser"):
            self._paint_brush(painter, places)
        elif self.tool == "move":
            if len(places) == 2:
                painter.setPen(QPen(QColor("white"), 2, Qt.DashLine))
                painter.drawLine(places[0], places[1])
        elif self.tool == "corners":
            self._paint_corners(painter)
        elif self.tool == "select":
            for pen in _LINE_PENS:
                painter.setPen(pen)
                painter.drawPolygon(QPolygonF(places))
        else:
            self._paint_polygon(painter, places)

    def _keep_scene(self) -> None:
        """Paint what the pointer does not change, unless it was painted already."""
        shows = self._scene_state()
        if shows == self._scene_shows:
            return
        ratio = self.devicePixelRatioF()
        # With a ratio as 1.04 the widget may have a pixel more than its size times the ratio.
        size = self.size() * ratio + QSize(1, 1)
        if self._scene.size() != size:
            self._scene = QPixmap(size)
        self._scene.setDevicePixelRatio(ratio)
        painter = QPainter(self._scene)
        painter.setFont(self.font())
        self._paint_scene(painter)
        painter.end()
        self._scene_shows = shows

    def _paint_ghosts(self, painter: QPainter) -> None:
        """Dashed, since they are not there yet; what would go is red."""
        painter.save()
        plates = LabelPlates(painter)
        for ghost in self._ghosts:
            color = _GOING if ghost.is_going else track_color(ghost.track)
            path = self.frame_to_widget.map(outline_of(ghost.mask))
            painter.setBrush(Qt.NoBrush)
            for pen in (QPen(QColor(0, 0, 0, 190), 4), QPen(QColor(*color), 2.2, Qt.DashLine)):
                painter.setPen(pen)
                painter.drawPath(path)
            text = self.tr("{} goes") if ghost.is_going else self.tr("then {}")
            plates.paint(text.format(ghost.text), path.boundingRect(), color)
        painter.restore()

    def _paint_corners(self, painter: QPainter) -> None:
        outlines = [] if self._outline is None else self._outline.outlines
        for number, outline in enumerate(outlines):
            places = [self.to_widget(corner) for corner in outline]
            painter.setBrush(Qt.NoBrush)
            for pen in _LINE_PENS:
                painter.setPen(pen)
                painter.drawPolygon(QPolygonF(places))
            painter.setPen(QPen(_LINE_PENS[0].color(), 1))
            for row, place in enumerate(places):
                is_chosen = (number, row) == self._corner
                painter.setBrush(self._color if is_chosen else QColor("white"))
                painter.drawEllipse(place, 4, 4)

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


def _adds(event: QMouseEvent) -> bool:
    """Whether a click is meant to add to the selection."""
    return bool(event.modifiers() & (Qt.ShiftModifier | Qt.ControlModifier))


def _pairs(points: list[QPointF]) -> Points:
    return tuple((point.x(), point.y()) for point in points)
