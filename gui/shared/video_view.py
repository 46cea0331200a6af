"""Shows one picture, letterboxed; zooms, pans, and knows what is under the pointer."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import (
    QCoreApplication,
    QEvent,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    pyqtSignal,
)
from PyQt5.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
    QWheelEvent,
)
from PyQt5.QtWidgets import QSizePolicy, QWidget

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.drawing.overlay import OverlayStyle
from gui.shared.object_marks import outline_of, paint_edges, paint_labels
from gui.shared.pixels import mask_tint, to_qimage
from gui.shared.theme import current_theme

__all__ = ["VideoView", "row_at"]

_LARGEST_ZOOM: Final = 16.0
_ZOOM_STEP: Final = 1.2
_CLICK_PX: Final = 4
"""A press that moves less is a click."""
_REPEAT_MS: Final = 20
"""A key that goes down again this soon after it came up was held down all the time."""
_RIM_PX: Final = 2.4
"""Width of the line at the edge of the selected objects, on the screen."""


def row_at(tracked: TrackedInstances, x_px: float, y_px: float) -> int | None:
    """The row whose mask covers a point of the frame; the smallest where several do."""
    hits = []
    for row, crop in enumerate(tracked.instances.cropped_masks()):
        column, line = int(x_px) - crop.x0, int(y_px) - crop.y0
        height, width = crop.mask.shape
        if 0 <= line < height and 0 <= column < width and crop.mask[line, column]:
            hits.append((crop.area, row))
    return min(hits)[1] if hits else None


class VideoView(QWidget):
    """Paints the picture it was given last; computes nothing.

    Attributes:
        shown_image: The picture as it was given, (H, W, 3) RGB; None before the first.

    Signals:
        track_hovered: The track id under the pointer; 0 where there is none.
        track_clicked: The track id that was clicked; 0 for the background.
        space_tapped: The space bar was pressed, and the picture was not dragged with it.
    """

    track_hovered = pyqtSignal(int)
    track_clicked = pyqtSignal(int)
    space_tapped = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown_image: NDArray[np.uint8] | None = None
        self._picture = QImage()
        self._tracked: TrackedInstances | None = None
        self._message = ""
        self._zoom = 1.0
        self._center = QPointF(0.5, 0.5)
        self._pressed_at: QPointF | None = None
        self._is_panning = False
        self._pixel_aspect = 1.0
        self._hovered_track = 0
        self._selected_tracks: tuple[int, ...] = ()
        self._unlabelled_tracks: frozenset[int] = frozenset()
        self._style: OverlayStyle | None = None
        self._edges: dict[int, QPainterPath] = {}
        self._space_is_down = self._space_has_panned = False
        # Some X servers tell a key that is held down as one that goes up and down again and again.
        self._space_up = QTimer(self)
        self._space_up.setSingleShot(True)
        self._space_up.setInterval(_REPEAT_MS)
        self._space_up.timeout.connect(self._lift_space)
        self._space_up_at_ms = 0
        self._shows_focus = False
        self.setProperty("shows_focus", True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.StrongFocus)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self.setAttribute(Qt.WA_OpaquePaintEvent)
        # `tr` would look among the texts of the derived class.
        self.setAccessibleName(QCoreApplication.translate("VideoView", "Video"))
        # On one line, since pylupdate5 overlooks what ends with a comma.
        description = QCoreApplication.translate(
            "VideoView", "The current frame with its masks; click an object to see how it was made"
        )
        self.setAccessibleDescription(description)

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    # What is shown

    def show_picture(
        self,
        image: NDArray[np.uint8],
        tracked: TrackedInstances | None = None,
        style: OverlayStyle | None = None,
    ) -> None:
        """Show an (H, W, 3) RGB picture.

        Args:
            image: The picture, masks already tinted.
            tracked: What can be pointed at in it.
            style: Which outlines, boxes and labels of `tracked` are painted over it, equally
                large at any zoom; none where absent.
        """
        self.shown_image, self._tracked, self._style = image, tracked, style
        self._edges.clear()
        self._picture = to_qimage(image, into=self._picture)
        self._message = ""
        self.update()

    def set_pixel_aspect(self, pixel_aspect: float) -> None:
        """Show pixels so much wider than high; see `SourceInfo.pixel_aspect`."""
        self._pixel_aspect = pixel_aspect
        self.update()

    def show_message(self, text: str) -> None:
        """Say something in the middle of the view, over the picture."""
        self._message = text
        self.update()

    def clear(self) -> None:
        """Forget the picture."""
        self.shown_image, self._tracked, self._picture = None, None, QImage()
        self.update()

    def select_track(self, *track_ids: int) -> None:
        """Mark these tracks and no others; 0 for none."""
        self._selected_tracks = tuple(track for track in track_ids if track)
        self.update()

    # Zoom and pan

    @property
    def zoom(self) -> float:
        """1 where the whole picture fits."""
        return self._zoom

    def fit(self) -> None:
        """Show the whole picture."""
        self._zoom, self._center = 1.0, QPointF(0.5, 0.5)
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom so that the point `at` (widget px; the middle where absent) stays in place."""
        at = at or QPointF(self.rect().center())
        before = self.to_frame(at)
        self._zoom = min(max(self._zoom * factor, 1.0), _LARGEST_ZOOM)
        self._move_by(before - self.to_frame(at))

    def _move_by(self, frame_px: QPointF) -> None:
        if self._picture.isNull():
            return
        half = 0.5 / self._zoom
        x = self._center.x() + frame_px.x() / self._picture.width()
        y = self._center.y() + frame_px.y() / self._picture.height()
        self._center = QPointF(min(max(x, half), 1 - half), min(max(y, half), 1 - half))
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the whole picture lies, in widget px; larger than the widget when zoomed."""
        if self._picture.isNull():
            return QRectF(self.rect())
        shown_width = self._picture.width() * self._pixel_aspect
        scale = self._zoom * min(self.width() / shown_width, self.height() / self._picture.height())
        width, height = shown_width * scale, self._picture.height() * scale
        x = self.width() / 2 - self._center.x() * width
        y = self.height() / 2 - self._center.y() * height
        return QRectF(x, y, width, height)

    @property
    def scale(self) -> float:
        """Widget px for the height of a frame px."""
        return self.picture_rect().height() / max(1, self._picture.height())

    def to_frame(self, widget_px: QPointF) -> QPointF:
        """Widget px to frame px."""
        rect = self.picture_rect()
        x = (widget_px.x() - rect.x()) * self._picture.width() / max(rect.width(), 1)
        y = (widget_px.y() - rect.y()) * self._picture.height() / max(rect.height(), 1)
        return QPointF(x, y)

    def to_widget(self, frame_px: QPointF) -> QPointF:
        """Frame px to widget px."""
        rect = self.picture_rect()
        x = rect.x() + frame_px.x() * rect.width() / max(self._picture.width(), 1)
        y = rect.y() + frame_px.y() * rect.height() / max(self._picture.height(), 1)
        return QPointF(x, y)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint_scene(QPainter(self))

    def _paint_scene(self, painter: QPainter) -> None:
        theme = current_theme()
        # With a ratio as 1.04 the widget may have a pixel more than its size times the ratio.
        painter.fillRect(self.rect().adjusted(0, 0, 1, 1), QColor(theme.canvas))
        if not self._picture.isNull():
            # Enlarged many times, pixels should look like pixels.
            painter.setRenderHint(QPainter.SmoothPixmapTransform, self._zoom < 6)
            painter.drawImage(self.picture_rect(), self._picture)
            self._paint_objects(painter)
        if self._message:
            self._paint_message(painter)
        if self._shows_focus:
            accent = QColor(theme.accent)
            accent.setAlpha(140)
            painter.setPen(accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _scene_state(self) -> tuple[object, ...]:
        """All that what is painted depends on; equal as long as it stays the same."""
        return (
            (self._picture.cacheKey(), self.picture_rect(), self._zoom, self._message),
            (self._hovered_track, self._selected_tracks, self._shows_focus),
            self._unlabelled_tracks,
            (self.size(), self.devicePixelRatioF(), self.font(), current_theme()),
        )

    @property
    def frame_to_widget(self) -> QTransform:
        """Brings frame px to widget px."""
        rect = self.picture_rect()
        across = rect.width() / max(self._picture.width(), 1)
        down = rect.height() / max(self._picture.height(), 1)
        return QTransform(across, 0, 0, down, rect.x(), rect.y())

    def _paint_objects(self, painter: QPainter) -> None:
        for track in self._selected_tracks:
            self._paint_tint(painter, track, 0.22)
        if self._hovered_track not in self._selected_tracks:
            self._paint_tint(painter, self._hovered_track, 0.14)
        place = self.frame_to_widget
        if self._tracked is not None and self._style is not None:
            paint_edges(painter, self._tracked, self._style, place, self._edge_of)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setBrush(Qt.NoBrush)
        painter.setPen(QPen(QColor("white"), _RIM_PX))
        for track in self._selected_tracks:
            row = self._row_of(track)
            if row is not None:
                painter.drawPath(place.map(self._edge_of(row)))
        if self._tracked is not None and self._style is not None:
            paint_labels(painter, self._tracked, self._style, place, self._unlabelled_tracks)

    def _edge_of(self, row: int) -> QPainterPath:
        """The edge of the mask in a row; found once for each picture."""
        if row not in self._edges and self._tracked is not None:
            self._edges[row] = outline_of(self._tracked.instances.cropped_masks()[row])
        return self._edges[row]

    def _paint_tint(self, painter: QPainter, track_id: int, opacity: float) -> None:
        row = self._row_of(track_id)
        if row is None or self._tracked is None:
            return
        crop = self._tracked.instances.cropped_masks()[row]
        if crop.mask.size:
            x0, y0, x1, y1 = crop.box
            target = QRectF(self.to_widget(QPointF(x0, y0)), self.to_widget(QPointF(x1, y1)))
            painter.drawImage(target, mask_tint(crop, (255, 255, 255), opacity))

    def _paint_message(self, painter: QPainter) -> None:
        if not self._picture.isNull():
            painter.fillRect(self.rect(), QColor(0, 0, 0, 130))
        color = QColor("white") if not self._picture.isNull() else QColor(current_theme().dim_text)
        painter.setPen(color)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        painter.setFont(font)
        painter.drawText(self.rect(), Qt.AlignCenter | Qt.TextWordWrap, self._message)

    def _row_of(self, track_id: int) -> int | None:
        if self._tracked is None or track_id == 0:
            return None
        rows = np.flatnonzero(self._tracked.track_ids == track_id)
        return int(rows[0]) if rows.size else None

    # Pointer

    def track_at(self, widget_px: QPointF) -> int:
        """The track id at a point of the widget; 0 where there is none."""
        if self._tracked is None:
            return 0
        place = self.to_frame(widget_px)
        row = row_at(self._tracked, place.x(), place.y())
        return 0 if row is None else int(self._tracked.track_ids[row])

    def event(self, event: QEvent) -> bool:
        is_key = event.type() == QEvent.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and event.key() == Qt.Key_Space and not event.modifiers():  # type: ignore[attr-defined]
            # With the space bar down the pointer drags the picture; what the key does else
            # happens when it comes up.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key_Space:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            # The time of the events counts, since on a busy machine they are told late.
            is_held = self._space_up.isActive() or (
                0 < self._space_up_at_ms >= event.timestamp() - _REPEAT_MS
            )
            self._space_up.stop()
            self._space_has_panned &= is_held
            self._space_is_down = True
            self._show_cursor()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and self._space_is_down:
            self._space_up_at_ms = event.timestamp()
            self._space_up.start()

    def _lift_space(self) -> None:
        self._space_is_down = False
        self._show_cursor()
        if not self._space_has_panned:
            self.space_tapped.emit()

    def pans(self, event: QMouseEvent) -> bool:
        """Whether a press, move or release of the pointer drags the picture with every tool."""
        return (
            self._space_is_down
            or event.button() == Qt.MiddleButton
            or bool(event.buttons() & Qt.MiddleButton)
            or (self._pressed_at is not None and self._is_panning)
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.LeftButton, Qt.MiddleButton):
            self._pressed_at, self._is_panning = event.localPos(), False
            self._space_has_panned |= self._space_is_down

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.localPos()
        if self._pressed_at is None:
            self._hover(self.track_at(place))
            return
        moved = place - self._pressed_at
        if self._is_panning or moved.manhattanLength() > _CLICK_PX:
            self._is_panning = True
            self._move_by(self.to_frame(self._pressed_at) - self.to_frame(place))
            self._pressed_at = place
            self.setCursor(Qt.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed_at is not None and not self._is_panning
        self._pressed_at, self._is_panning = None, False
        self._show_cursor()
        if was_click and event.button() == Qt.LeftButton and not self._space_is_down:
            self.track_clicked.emit(self.track_at(event.localPos()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self.zoom_by(_ZOOM_STEP**notches, event.position())
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A frame around the picture, only after the focus came by a key.
        self._shows_focus = event.reason() in (Qt.TabFocusReason, Qt.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = self._space_is_down = False
        self._space_up.stop()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(0)

    def _hover(self, track_id: int) -> None:
        if track_id != self._hovered_track:
            self._hovered_track = track_id
            self._show_cursor()
            self.track_hovered.emit(track_id)
            self.update()

    def _show_cursor(self) -> None:
        if self._space_is_down:
            self.setCursor(Qt.OpenHandCursor)
        else:
            self.setCursor(Qt.PointingHandCursor if self._hovered_track else Qt.ArrowCursor)
