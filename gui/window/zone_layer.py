"""Zones over the picture: what was drawn, what was counted, and drawing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PyQt5.QtCore import QEvent, QObject, QPointF, Qt, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PyQt5.QtWidgets import QWidget

from gui.shared.theme import current_theme
from gui.shared.video_view import VideoView

__all__ = ["ShownZone", "ZoneLayer"]

_CLOSE_PX: Final = 8
"""A click so near to the first corner closes an area."""
_ARROW_PX: Final = 14
_KEYS: Final = (Qt.Key_Return, Qt.Key_Enter, Qt.Key_Escape, Qt.Key_Backspace)
_HINT_PX: Final = 40
"""From the upper edge."""


@dataclass(frozen=True, slots=True)
class ShownZone:
    """A zone as it is painted."""

    name: str
    kind: str
    """'line' or 'zone'."""
    points: tuple[tuple[float, float], ...]
    """Shares of the frame's width and height."""
    counted: str
    """For people; "" where nothing was counted."""


class ZoneLayer(QWidget):
    """Lies over a video view; takes the pointer only while something is drawn.

    Attributes:
        drawing: "line" or "zone" while one is drawn, else "".

    Signals:
        drawn: Kind and points of a new zone, shares of the frame.
        drawing_changed: `drawing` is new.
    """

    drawn = pyqtSignal(str, tuple)
    drawing_changed = pyqtSignal()

    def __init__(self, view: VideoView) -> None:
        super().__init__(view)
        self._view = view
        self.drawing = ""
        self._zones: tuple[ShownZone, ...] = ()
        self._points: list[QPointF] = []
        self._pointer = QPointF()
        self.setMouseTracking(True)
        self.setAttribute(Qt.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.NoFocus)
        self.setGeometry(view.rect())
        self.hide()
        view.installEventFilter(self)

    def show_zones(self, zones: Sequence[ShownZone]) -> None:
        """Paint these."""
        self._zones = tuple(zones)
        self.setVisible(bool(self._zones or self.drawing))
        self.update()

    def begin(self, kind: str) -> None:
        """Let the user draw a "line" or a "zone"; "" ends drawing."""
        if kind and self._view.shown_image is None:
            return
        self.drawing, self._points = kind, []
        self.setAttribute(Qt.WA_TransparentForMouseEvents, not kind)
        self.setFocusPolicy(Qt.StrongFocus if kind else Qt.NoFocus)
        self.setCursor(Qt.CrossCursor if kind else Qt.ArrowCursor)
        self.setVisible(bool(self._zones or kind))
        if kind:
            self.raise_()
            self.setFocus()
        else:
            self._view.setFocus()
        self.drawing_changed.emit()
        self.update()

    # Drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.LeftButton:
            self.begin("")
            return
        self._pointer = event.localPos()
        if self.drawing == "line":
            self._add_end(event.localPos())
        elif self._is_closing(event.localPos()):
            self._finish()
        else:
            self._points.append(self._share(event.localPos()))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.localPos()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.drawing == "line" and self._points:
            self._add_end(event.localPos())

    def _add_end(self, place: QPointF) -> None:
        """An end of a line: of a drag from one to the other, or of two clicks."""
        if not self._points:
            self._points = [self._share(place)]
        elif not self._is_at_first(place):
            self._points.append(self._share(place))
            self._finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.drawing == "zone":
            self._finish()

    def event(self, event: QEvent) -> bool:
        is_shortcut = event.type() == QEvent.ShortcutOverride
        if self.drawing and is_shortcut and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            # Else it would be one of the window's.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key_Return, Qt.Key_Enter):
            self._finish()
        elif event.key() == Qt.Key_Escape:
            self.begin("")
        elif event.key() == Qt.Key_Backspace and self._points:
            self._points.pop()
            self.update()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Zooming goes on while something is drawn.
        event.ignore()

    def _finish(self) -> None:
        kind, points = self.drawing, [(p.x(), p.y()) for p in self._points]
        self.begin("")
        if len(points) >= (2 if kind == "line" else 3):
            self.drawn.emit(kind, tuple(points))

    def _is_closing(self, place: QPointF) -> bool:
        return len(self._points) >= 3 and self._is_at_first(place)

    def _is_at_first(self, place: QPointF) -> bool:
        return bool((self._place(self._points[0]) - place).manhattanLength() <= _CLOSE_PX)

    # Places

    def _share(self, place: QPointF) -> QPointF:
        """Widget px to shares of the frame, within it."""
        rect = self._view.picture_rect()
        x = (place.x() - rect.x()) / max(rect.width(), 1)
        y = (place.y() - rect.y()) / max(rect.height(), 1)
        return QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def _place(self, share: QPointF) -> QPointF:
        rect = self._view.picture_rect()
        return QPointF(rect.x() + share.x() * rect.width(), rect.y() + share.y() * rect.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Resize:
            self.setGeometry(self._view.rect())
        return False

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._view.shown_image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        for zone in self._zones:
            places = [self._place(QPointF(x, y)) for x, y in zone.points]
            self._paint(painter, places, zone.kind)
            text = f"{zone.name}  {zone.counted}".strip()
            _paint_text(painter, _middle(places), text)
        if self.drawing and self._points:
            places = [*(self._place(point) for point in self._points), self._pointer]
            self._paint(painter, places, self.drawing)
        if self.drawing:
            _paint_text(painter, QPointF(self.width() / 2, _HINT_PX), self.hint)

    @property
    def hint(self) -> str:
        """What the next click does."""
        if self.drawing == "zone":
            return self.tr("Click the corners; a double click or Return ends it, Escape drops it")
        if self._points:
            return self.tr("Click where the line ends; Escape drops it")
        return self.tr("Click where the line begins; Escape drops it")

    def _paint(self, painter: QPainter, places: list[QPointF], kind: str) -> None:
        accent = QColor(current_theme().accent)
        for color, width_px in ((QColor(0, 0, 0, 150), 4.0), (accent, 2.0)):
            painter.setPen(QPen(color, width_px, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
            if kind == "zone":
                inside = QColor(accent)
                inside.setAlpha(24)
                painter.setBrush(inside)
                painter.drawPolygon(QPolygonF(places))
                painter.setBrush(Qt.NoBrush)
            else:
                painter.drawLine(places[0], places[-1])
                _paint_arrow(painter, places[0], places[-1])


def _paint_arrow(painter: QPainter, begin: QPointF, end: QPointF) -> None:
    """Points to the right of the line, seen along it: forward."""
    along = end - begin
    length = max((along.x() ** 2 + along.y() ** 2) ** 0.5, 1.0)
    unit, right = along / length, QPointF(-along.y(), along.x()) / length
    foot = (begin + end) / 2
    tip = foot + right * _ARROW_PX
    painter.drawLine(foot, tip)
    for side in (unit, -unit):
        painter.drawLine(tip, tip - right * (_ARROW_PX / 3) + side * (_ARROW_PX / 3))


def _middle(places: Sequence[QPointF]) -> QPointF:
    count = max(len(places), 1)
    return QPointF(sum(p.x() for p in places) / count, sum(p.y() for p in places) / count)


def _paint_text(painter: QPainter, at: QPointF, text: str) -> None:
    metrics = painter.fontMetrics()
    rect = metrics.boundingRect(text).adjusted(-6, -3, 6, 3)
    rect.moveCenter(QPointF(at.x(), at.y() - 18).toPoint())
    painter.setPen(Qt.NoPen)
    painter.setBrush(QColor(0, 0, 0, 160))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setBrush(Qt.NoBrush)
    painter.setPen(QColor("white"))
    painter.drawText(rect, Qt.AlignCenter, text)
