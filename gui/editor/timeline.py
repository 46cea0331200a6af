"""One lane per track over all frames: where it is seen, and how its masks came to be."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PyQt5.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from blendmask_live.annotation import Lane, Origin, Run, Suggestion
from blendmask_live.palette import track_color
from gui.playback_bar import clock_text
from gui.theme import current_theme

__all__ = ["Timeline"]

_HEADER_PX: Final = 150
_STRIP_PX: Final = 46
_RULER_PX: Final = 24
_LANE_PX: Final = 22
_LEAST_TICK_PX: Final = 90
_STEPS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_ZOOM: Final = 24.0
"""Widest a frame is drawn, px."""


class Timeline(QAbstractScrollArea):
    """Paints what it was given; computes nothing of it.

    Places on the line are positions among the covered frames; all it tells and is told are
    source indices.

    Signals:
        frame_chosen: The user wants this frame.
        track_chosen: The user wants this track.
        marks_chosen: First and last frame of a range drawn with Shift.
        view_changed: Another part of the video is visible.
    """

    frame_chosen = pyqtSignal(int)
    track_chosen = pyqtSignal(int)
    marks_chosen = pyqtSignal(int, int)
    view_changed = pyqtSignal()

    def __init__(
        self, indices: NDArray[np.int64], fps: Fraction | None, parent: QWidget | None = None
    ) -> None:
        """Args:
        indices: Source index of every covered frame, ascending.
        fps: For the times on the ruler.
        """
        super().__init__(parent)
        self._indices, self._fps = indices, float(fps or 25)
        self._lanes: Sequence[Lane] = ()
        self._labels: Sequence[str] = ()
        self._suggestions: Sequence[Suggestion] = ()
        self._pictures: dict[int, QImage] = {}
        self._track = 0
        self._frame = 0
        self._marks: tuple[int | None, int | None] = (None, None)
        self._zoom = 1.0
        self._pressed: int | None = None
        self._marks_from: int | None = None
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAsNeeded)
        self.setFrameShape(self.NoFrame)
        self.setFocusPolicy(Qt.TabFocus)
        self.setAccessibleName(self.tr("Timeline"))
        self.horizontalScrollBar().valueChanged.connect(self.view_changed)

    def sizeHint(self) -> QSize:
        return QSize(900, 230)

    # What is shown

    def show_lanes(self, lanes: Sequence[Lane], labels: Sequence[str]) -> None:
        """Show these tracks, one below the other."""
        self._lanes, self._labels = lanes, labels
        self._fit_bars()

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Mark where something is doubtful."""
        self._suggestions = suggestions
        self.viewport().update()

    def show_state(self, frame: int, track: int, marks: tuple[int | None, int | None]) -> None:
        """Move the playhead, mark the selected lane and the marked range."""
        was_visible = self._is_visible(self._frame)
        self._frame, self._track, self._marks = frame, track, marks
        if was_visible and not self._is_visible(frame):
            middle = (self.viewport().width() - _HEADER_PX) // 2
            self.horizontalScrollBar().setValue(round(self._place(frame) * self._frame_px) - middle)
        self.viewport().update()

    def show_pictures(self, pictures: dict[int, QImage]) -> None:
        """Show small pictures of these frames above the ruler."""
        self._pictures = pictures
        self.viewport().update()

    def wanted_pictures(self) -> list[int]:
        """Frames whose small pictures would fill the visible strip, from left to right."""
        width = max(1, self.viewport().width() - _HEADER_PX)
        step = round(_STRIP_PX * 16 / 9) + 2
        return [self._frame_at(_HEADER_PX + x) for x in range(0, width, step)]

    # Geometry

    @property
    def _frame_px(self) -> float:
        """Width of a frame."""
        room = max(1, self.viewport().width() - _HEADER_PX - 8)
        return min(_MOST_ZOOM, room / max(1, len(self._indices)) * self._zoom)

    def _place(self, frame: int) -> int:
        return int(np.searchsorted(self._indices, frame))

    def _x(self, place: float) -> float:
        return _HEADER_PX + place * self._frame_px - self.horizontalScrollBar().value()

    def _frame_at(self, x_px: float) -> int:
        place = int((x_px - _HEADER_PX + self.horizontalScrollBar().value()) / self._frame_px)
        return int(self._indices[min(max(place, 0), len(self._indices) - 1)])

    def _is_visible(self, frame: int) -> bool:
        return _HEADER_PX <= self._x(self._place(frame)) <= self.viewport().width()

    def _lane_top(self, row: int) -> int:
        return _STRIP_PX + _RULER_PX + row * _LANE_PX - self.verticalScrollBar().value()

    def _lane_at(self, y_px: int) -> Lane | None:
        if y_px < _STRIP_PX + _RULER_PX:
            return None
        row = (y_px - _STRIP_PX - _RULER_PX + self.verticalScrollBar().value()) // _LANE_PX
        return self._lanes[row] if 0 <= row < len(self._lanes) else None

    def _fit_bars(self) -> None:
        room = self.viewport().width() - _HEADER_PX - 8
        wide = round(len(self._indices) * self._frame_px) - room
        self.horizontalScrollBar().setRange(0, max(0, wide))
        self.horizontalScrollBar().setPageStep(max(1, room))
        tall = len(self._lanes) * _LANE_PX + 6 - (self.viewport().height() - _STRIP_PX - _RULER_PX)
        self.verticalScrollBar().setRange(0, max(0, tall))
        self.verticalScrollBar().setPageStep(max(1, self.viewport().height() - _STRIP_PX))
        self.verticalScrollBar().setSingleStep(_LANE_PX)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_bars()
        self.view_changed.emit()

    def scroll_to_track(self, track: int) -> None:
        """Bring a track's lane into view."""
        for row, lane in enumerate(self._lanes):
            if lane.track.track_id == track:
                top, bar = row * _LANE_PX, self.verticalScrollBar()
                bar.setValue(min(max(bar.value(), top + _LANE_PX - bar.pageStep()), top))

    # Pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.ControlModifier:
            super().wheelEvent(event)
            return
        self.zoom_by(1.25 ** (event.angleDelta().y() / 120), event.position().x())
        event.accept()

    def zoom_by(self, factor: float, x_px: float | None = None) -> None:
        """Show fewer or more frames; the frame at `x_px` (the playhead's) stays in place."""
        x_px = self._x(self._place(self._frame)) if x_px is None else x_px
        place = (x_px - _HEADER_PX + self.horizontalScrollBar().value()) / self._frame_px
        fitting = max(1.0, self.viewport().width() - _HEADER_PX) / max(1, len(self._indices))
        self._zoom = min(max(1.0, self._zoom * factor), max(1.0, _MOST_ZOOM / fitting))
        self._fit_bars()
        self.horizontalScrollBar().setValue(round(place * self._frame_px - (x_px - _HEADER_PX)))
        self.view_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.LeftButton or not len(self._indices):
            return
        lane = self._lane_at(event.y())
        if lane is not None:
            self.track_chosen.emit(lane.track.track_id)
        if event.x() < _HEADER_PX:
            return
        self._pressed = self._frame_at(event.x())
        self._marks_from = self._pressed if event.modifiers() & Qt.ShiftModifier else None
        self.frame_chosen.emit(self._pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._show_tip(event.pos(), event.globalPos())
            return
        frame = self._frame_at(event.x())
        if frame != self._pressed:
            self._pressed = frame
            self.frame_chosen.emit(frame)
        if self._marks_from is not None:
            self.marks_chosen.emit(*sorted((self._marks_from, frame)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._marks_from = None

    def _show_tip(self, at: QPoint, on_screen: QPoint) -> None:
        lane = self._lane_at(at.y())
        if not len(self._indices) or at.x() < _HEADER_PX:
            QToolTip.hideText()
            return
        frame = self._frame_at(at.x())
        lines = [f"{clock_text(frame / self._fps)}  ·  {self.tr('Frame {}').format(frame)}"]
        if lane is not None:
            runs = [run for run in lane.runs if run.first <= frame <= run.last]
            lines += [self._run_text(run) for run in runs]
        else:
            here = [s for s in self._suggestions if (s.frames.first or 0) == frame]
            lines += [s.text for s in here[:3]]
        QToolTip.showText(on_screen, "\n".join(lines), self)

    def _run_text(self, run: Run) -> str:
        origins = {
            Origin.DETECTED: self.tr("detected"),
            Origin.COASTED: self.tr("coasted"),
            Origin.CORRECTED: self.tr("corrected"),
            Origin.INTERPOLATED: self.tr("interpolated"),
            Origin.PROPAGATED: self.tr("propagated"),
            Origin.IMPORTED: self.tr("imported"),
        }
        text = f"{self._labels[run.class_id]} {run.track}: {origins[run.origin]}"
        return f"{text}, {self.tr('keyframe')}" if run.is_keyframe else text

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.Antialiasing)
        theme, area = current_theme(), self.viewport().rect()
        painter.fillRect(area, QColor(theme.panel))
        if not len(self._indices):
            return
        for row, lane in enumerate(self._lanes):
            top = self._lane_top(row)
            if -_LANE_PX < top < area.height():
                self._paint_lane(painter, lane, top)
        self._paint_marks(painter, area)
        painter.fillRect(0, 0, area.width(), _STRIP_PX + _RULER_PX, QColor(theme.window))
        self._paint_strip(painter, area)
        self._paint_ruler(painter, area)
        painter.fillRect(0, 0, _HEADER_PX - 1, _STRIP_PX + _RULER_PX, QColor(theme.window))
        self._paint_playhead(painter, area)

    def _paint_lane(self, painter: QPainter, lane: Lane, top: int) -> None:
        theme, width = current_theme(), self.viewport().width()
        is_selected = lane.track.track_id == self._track
        if is_selected:
            painter.fillRect(0, top, width, _LANE_PX, QColor(theme.raised))
        painter.save()
        painter.setClipRect(_HEADER_PX, top, width - _HEADER_PX, _LANE_PX)
        color = QColor(*track_color(lane.track.track_id))
        if lane.track.is_hidden:
            color.setAlpha(70)
        for run in lane.runs:
            self._paint_run(painter, run, top, color)
        painter.restore()
        painter.setPen(QColor(theme.line))
        painter.drawLine(0, top + _LANE_PX - 1, width, top + _LANE_PX - 1)
        self._paint_header(painter, lane, top, color)

    def _paint_header(self, painter: QPainter, lane: Lane, top: int, color: QColor) -> None:
        theme = current_theme()
        is_selected = lane.track.track_id == self._track
        painter.fillRect(
            0,
            top,
            _HEADER_PX - 1,
            _LANE_PX - 1,
            QColor(theme.raised if is_selected else theme.panel),
        )
        painter.setPen(Qt.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(8, top + 5, 11, 11, 3, 3)
        names = {self._labels[run.class_id] for run in lane.runs[:1]}
        text = lane.track.name or f"{next(iter(names), '')} {lane.track.track_id}"
        painter.setPen(QColor(theme.dim_text if lane.track.is_hidden else theme.text))
        room = QRect(26, top, _HEADER_PX - 32, _LANE_PX - 1)
        metrics = painter.fontMetrics()
        painter.drawText(
            room, Qt.AlignVCenter, metrics.elidedText(text, Qt.ElideRight, room.width())
        )

    def _paint_run(self, painter: QPainter, run: Run, top: int, color: QColor) -> None:
        left = self._x(self._place(run.first))
        right = self._x(self._place(run.last) + 1)
        if right < _HEADER_PX or left > self.viewport().width():
            return
        box = QRectF(left, top + 4, max(2.0, right - left), _LANE_PX - 9)
        fill = QColor(color)
        if run.origin in (Origin.COASTED, Origin.INTERPOLATED, Origin.PROPAGATED):
            # Made from other frames: see-through, so that it shows where to look twice.
            fill.setAlphaF(fill.alphaF() * 0.4)
        painter.setPen(Qt.NoPen)
        painter.fillRect(box, fill)
        if run.origin == Origin.COASTED:
            painter.fillRect(box, QBrush(color, Qt.BDiagPattern))
        if run.is_keyframe:
            # A long confirmed stretch gets a line, a single frame a diamond.
            light = QColor("white")
            if right - left > 14:
                painter.fillRect(QRectF(left, top + _LANE_PX - 6, right - left, 2), light)
            else:
                self._paint_diamond(painter, QPointF((left + right) / 2, box.center().y()), light)

    def _paint_diamond(self, painter: QPainter, center: QPointF, color: QColor) -> None:
        corners = [QPointF(0, -4.5), QPointF(4.5, 0), QPointF(0, 4.5), QPointF(-4.5, 0)]
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([center + corner for corner in corners]))

    def _paint_marks(self, painter: QPainter, area: QRect) -> None:
        first, last = self._marks
        if first is None and last is None:
            return
        left = _HEADER_PX if first is None else self._x(self._place(first))
        right = area.width() if last is None else self._x(self._place(last) + 1)
        shade = QColor(current_theme().accent)
        shade.setAlpha(46)
        painter.fillRect(QRectF(left, _STRIP_PX, right - left, area.height()), shade)

    def _paint_strip(self, painter: QPainter, area: QRect) -> None:
        for frame, picture in self._pictures.items():
            x = self._x(self._place(frame))
            height = _STRIP_PX - 4
            width = height * picture.width() / max(1, picture.height())
            painter.drawImage(QRectF(x, 2, width, height), picture)

    def _paint_ruler(self, painter: QPainter, area: QRect) -> None:
        theme = current_theme()
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        second_px = self._frame_px * self._fps
        step_s = next((s for s in _STEPS_S if s * second_px >= _LEAST_TICK_PX), _STEPS_S[-1])
        start_s = self._indices[0] / self._fps
        for tick in range(int((self._indices[-1] / self._fps - start_s) / step_s) + 1):
            seconds = start_s + tick * step_s
            x = self._x(self._place(round(seconds * self._fps)))
            if _HEADER_PX - 40 <= x <= area.width():
                painter.setPen(QColor(theme.line))
                painter.drawLine(QPointF(x, _STRIP_PX + 12), QPointF(x, _STRIP_PX + _RULER_PX))
                painter.setPen(QColor(theme.dim_text))
                painter.drawText(
                    QPointF(x + 4, _STRIP_PX + _RULER_PX - 7), clock_text(seconds)[:-3]
                )
        for suggestion in self._suggestions:
            x = self._x(self._place(suggestion.frames.first or 0))
            color = QColor("#e5484d")
            color.setAlphaF(0.35 + 0.65 * suggestion.doubt)
            painter.setPen(Qt.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(x, _STRIP_PX + _RULER_PX - 3.5), 3, 3)

    def _paint_playhead(self, painter: QPainter, area: QRect) -> None:
        x = self._x(self._place(self._frame) + 0.5)
        if x < _HEADER_PX:
            return
        accent = QColor(current_theme().accent)
        painter.setPen(QPen(accent, 1.5))
        painter.drawLine(QPointF(x, _STRIP_PX), QPointF(x, area.height()))
        painter.setBrush(accent)
        head = [QPointF(-5, 0), QPointF(5, 0), QPointF(0, 8)]
        painter.drawPolygon(QPolygonF([QPointF(x, _STRIP_PX) + corner for corner in head]))
