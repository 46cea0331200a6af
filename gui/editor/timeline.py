"""One lane per track over all frames: where it is seen, and where its masks come from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPoint, QSize, Qt, pyqtSignal
from PyQt5.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PyQt5.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from blendmask_live.annotation import Lane, Origin, Run, Suggestion
from gui.editor.timeline_painter import (
    LANE_PX,
    LANES_TOP_PX,
    STRIP_PX,
    TimelineContent,
    paint_playhead,
    paint_timeline,
    playhead_rect,
)
from gui.editor.timeline_scale import HEADER_PX, TimeScale
from gui.shared.library_words import in_window_language
from gui.shared.theme import current_theme
from gui.shared.times import clock_text

__all__ = ["Timeline"]


class Timeline(QAbstractScrollArea):
    """Shows tracks over time; frames are source indices in all calls and signals.

    Attributes:
        scale: Where frames lie.
        content: What is shown.

    Signals:
        frame_chosen: The user wants this frame.
        track_chosen: The user wants this track.
        track_toggled: The user wants this track besides the others, or no longer.
        marks_chosen: First and last frame of a range drawn with Shift.
        menu_wanted: The track of the lane under the pointer and the place on the screen.
        view_changed: Another part of the video is visible.
    """

    frame_chosen = pyqtSignal(int)
    track_chosen = pyqtSignal(int)
    track_toggled = pyqtSignal(int)
    marks_chosen = pyqtSignal(int, int)
    menu_wanted = pyqtSignal(int, QPoint)
    view_changed = pyqtSignal()

    def __init__(
        self,
        indices: NDArray[np.int64],
        seconds: Callable[[int], float],
        parent: QWidget | None = None,
    ) -> None:
        """Args:
        indices: Source index of every covered frame, ascending.
        seconds: Gives the presentation time of a frame.
        """
        super().__init__(parent)
        self.scale = TimeScale(indices, seconds)
        self.content = TimelineContent()
        self._seconds = seconds
        self._pressed: int | None = None
        self._marks_from: int | None = None
        self._still = QPixmap()
        self._still_shows: tuple[object, ...] = ()
        self.viewport().setMouseTracking(True)
        self.setFrameShape(self.NoFrame)
        self.setMinimumHeight(LANES_TOP_PX + 2 * LANE_PX)
        self.setFocusPolicy(Qt.TabFocus)
        self.setAccessibleName(self.tr("Timeline"))
        self.horizontalScrollBar().valueChanged.connect(self._scroll)

    def sizeHint(self) -> QSize:
        return QSize(900, 230)

    # What is shown

    def show_lanes(self, lanes: Sequence[Lane], labels: Sequence[str], empty_text: str) -> None:
        """Show these tracks, one below the other; the text if there are none."""
        self.content.lanes, self.content.labels = lanes, labels
        self.content.empty_text = empty_text
        self._fit_bars()

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Mark the places of suggestions."""
        self.content.suggestions = suggestions
        self.viewport().update()

    def show_state(
        self, frame: int, tracks: Sequence[int], marks: tuple[int | None, int | None]
    ) -> None:
        """Move the playhead, mark the selected lanes and the marked range."""
        before, was_visible = self.content, self.scale.is_visible(self.content.frame)
        self.content = replace(before, frame=frame, marks=marks, tracks=tuple(tracks))
        if was_visible and not self.scale.is_visible(frame):
            start = self.scale.x(self.scale.place(frame)) + self.scale.offset_px - HEADER_PX
            self.horizontalScrollBar().setValue(round(start) - self.scale.room_px // 2)
        if self.content != replace(before, frame=frame):
            self.viewport().update()
        for shown in (before.frame, frame):
            self.viewport().update(playhead_rect(self.viewport().rect(), self.scale, shown))

    def show_preview(self, track: int, confidence: Mapping[int, float]) -> None:
        """Show masks in a track's lane that are not kept yet: frame -> confidence."""
        self.content.preview_track, self.content.preview = track, confidence
        self.viewport().update()

    def show_pictures(self, pictures: Mapping[int, QImage]) -> None:
        """Show small pictures of these frames above the ruler."""
        self.content.pictures = pictures
        self.viewport().update()

    def wanted_pictures(self, aspect: float) -> list[int]:
        """Frames whose small pictures would fill the visible strip, from left to right."""
        if not len(self.scale.indices):
            return []
        scale = self.scale
        # Equally many frames apart, so that they lie evenly.
        step = max(1, math.ceil((max(24.0, STRIP_PX * aspect) + 2) / scale.frame_px))
        first = scale.place(scale.frame_at(HEADER_PX)) // step
        last = scale.place(scale.frame_at(scale.width_px)) // step
        wanted = range(first * step, min(last * step + 1, len(scale.indices)), step)
        return [int(scale.indices[place]) for place in wanted]

    def scroll_to_track(self, track: int) -> None:
        """Bring a track's lane into view."""
        for row, lane in enumerate(self.content.lanes):
            if lane.track.track_id == track:
                top, bar = row * LANE_PX, self.verticalScrollBar()
                bar.setValue(min(max(bar.value(), top + LANE_PX - bar.pageStep()), top))

    def _scroll(self, offset_px: int) -> None:
        self.scale.offset_px = offset_px
        self.view_changed.emit()

    def _fit_bars(self) -> None:
        self.scale.width_px = self.viewport().width()
        wide, tall = self.horizontalScrollBar(), self.verticalScrollBar()
        wide.setRange(0, max(0, self.scale.length_px - self.scale.room_px))
        wide.setPageStep(self.scale.room_px)
        room_px = max(LANE_PX, self.viewport().height() - LANES_TOP_PX)
        tall.setRange(0, max(0, len(self.content.lanes) * LANE_PX - room_px))
        tall.setPageStep(room_px)
        tall.setSingleStep(LANE_PX)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_bars()
        self.view_changed.emit()

    def lane_top(self, row: int) -> int:
        """Where a lane begins, px from the top."""
        return LANES_TOP_PX + row * LANE_PX - self.verticalScrollBar().value()

    def _lane_at(self, y_px: int) -> Lane | None:
        row = (y_px - self.lane_top(0)) // LANE_PX
        is_lane = y_px >= LANES_TOP_PX and 0 <= row < len(self.content.lanes)
        return self.content.lanes[row] if is_lane else None

    # Keys

    def event(self, event: QEvent) -> bool:
        is_key = event.type() == QEvent.ShortcutOverride and isinstance(event, QKeyEvent)
        # Other keys are left to the actions: left and right step through frames.
        if is_key and event.key() in (Qt.Key_Up, Qt.Key_Down) and not event.modifiers():  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lanes = [lane.track.track_id for lane in self.content.lanes]
        step = {Qt.Key_Up: -1, Qt.Key_Down: 1}.get(event.key())  # type: ignore[call-overload]
        if step is None or not lanes:
            event.ignore()
            return
        now = self.content.tracks[0] if self.content.tracks else 0
        place = lanes.index(now) + step if now in lanes else 0
        self.track_chosen.emit(lanes[min(max(place, 0), len(lanes) - 1)])

    # Pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.ControlModifier:
            self.zoom_by(1.25 ** (event.angleDelta().y() / 120), event.position().x())
            event.accept()
        else:
            super().wheelEvent(event)

    def zoom_by(self, factor: float, x_px: float | None = None) -> None:
        """Show fewer or more frames; the frame at `x_px` (the playhead's) stays in place."""
        if x_px is None:
            x_px = self.scale.x(self.scale.place(self.content.frame))
        offset_px = self.scale.zoom_by(factor, x_px)
        self._fit_bars()
        self.horizontalScrollBar().setValue(offset_px)
        self.view_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.LeftButton, Qt.RightButton) or not len(self.scale.indices):
            return
        lane = self._lane_at(event.y())
        if event.button() == Qt.RightButton:
            if lane is not None:
                self.menu_wanted.emit(lane.track.track_id, event.globalPos())
            return
        if lane is not None and event.modifiers() & Qt.ControlModifier:
            self.track_toggled.emit(lane.track.track_id)
            return
        if lane is not None:
            self.track_chosen.emit(lane.track.track_id)
        if event.x() >= HEADER_PX:
            self._pressed = self.scale.frame_at(event.x())
            self._marks_from = self._pressed if event.modifiers() & Qt.ShiftModifier else None
            self.frame_chosen.emit(self._pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._show_tip(event.pos(), event.globalPos())
            return
        frame = self.scale.frame_at(event.x())
        if frame != self._pressed:
            self._pressed = frame
            self.frame_chosen.emit(frame)
        if self._marks_from is not None:
            self.marks_chosen.emit(*sorted((self._marks_from, frame)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._marks_from = None

    def _show_tip(self, at: QPoint, on_screen: QPoint) -> None:
        lane = self._lane_at(at.y())
        if not len(self.scale.indices) or at.x() < HEADER_PX:
            name = lane.track.name if lane is not None else ""
            QToolTip.showText(on_screen, name, self)
            return
        frame = self.scale.frame_at(at.x())
        number = self.tr("Frame {}").format(frame)
        lines = [f"{clock_text(self._seconds(frame))}  ·  {number}"]
        if lane is not None:
            lines += [self._run_text(r) for r in lane.runs if r.first <= frame <= r.last]
        else:
            reach = 4 / self.scale.frame_px
            near = [
                s
                for s in self.content.suggestions
                if abs(self.scale.place(s.frames.first or 0) - self.scale.place(frame)) <= reach
            ]
            lines += [in_window_language(s.text) for s in near[:3]]
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
        text = f"{self.content.labels[run.class_id]} {run.track}: {origins[run.origin]}"
        keyframe = self.tr("keyframe")
        return f"{text}, {keyframe}" if run.is_keyframe else text

    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint_still()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._still)
        paint_playhead(painter, self.viewport().rect(), self.scale, self.content.frame)

    def _paint_still(self) -> None:
        """Paint what stays while the playhead moves, unless it was painted already."""
        view, scale = self.viewport(), self.scale
        shows = (
            replace(self.content, frame=0),
            (scale.offset_px, scale.frame_px, scale.width_px, self.lane_top(0)),
            (view.size(), view.devicePixelRatioF(), view.font(), current_theme()),
        )
        if shows == self._still_shows:
            return
        self._still = QPixmap(view.size() * view.devicePixelRatioF())
        self._still.setDevicePixelRatio(view.devicePixelRatioF())
        painter = QPainter(self._still)
        painter.setFont(view.font())
        paint_timeline(painter, view.rect(), scale, self.content, self.lane_top(0))
        painter.end()
        self._still_shows = shows
