"""Paints the timeline: pictures, ruler, lanes, marks, playhead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PyQt5.QtCore import QPointF, QRect, QRectF, Qt
from PyQt5.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen, QPolygonF

from blendmask_live.annotation import Lane, Origin, Run, Suggestion
from blendmask_live.drawing.palette import track_color
from gui.editor.propagating import UNSURE
from gui.editor.timeline_scale import HEADER_PX, TimeScale
from gui.shared.theme import current_theme
from gui.shared.times import clock_text

__all__ = [
    "LANES_TOP_PX",
    "LANE_PX",
    "STRIP_PX",
    "TimelineContent",
    "paint_playhead",
    "paint_timeline",
    "playhead_rect",
]

STRIP_PX: Final = 46
_RULER_PX: Final = 30
LANES_TOP_PX: Final = STRIP_PX + _RULER_PX
LANE_PX: Final = 22
_DOUBT: Final = QColor("#e5484d")


@dataclass(slots=True)
class TimelineContent:
    """What the timeline shows."""

    lanes: Sequence[Lane] = ()
    labels: Sequence[str] = ()
    suggestions: Sequence[Suggestion] = ()
    pictures: Mapping[int, QImage] | None = None
    """Frame -> a small picture."""
    tracks: Sequence[int] = ()
    """The selected ones."""
    preview_track: int = 0
    preview: Mapping[int, float] = field(default_factory=dict)
    """Masks of this track that are not kept yet: frame -> confidence."""
    frame: int = 0
    marks: tuple[int | None, int | None] = (None, None)
    empty_text: str = ""
    """Shown where there is no lane."""


def paint_timeline(
    painter: QPainter, area: QRect, scale: TimeScale, content: TimelineContent, top_px: int
) -> None:
    """Paint all but the playhead; `top_px` is where the first lane begins."""
    painter.setRenderHint(QPainter.Antialiasing)
    theme = current_theme()
    painter.fillRect(area, QColor(theme.panel))
    end = scale.x(len(scale.indices))
    painter.fillRect(QRectF(end, LANES_TOP_PX, area.width(), area.height()), QColor(theme.window))
    for row, lane in enumerate(content.lanes):
        top = top_px + row * LANE_PX
        if LANES_TOP_PX - LANE_PX < top < area.height():
            _paint_lane(painter, area, scale, content, lane, top)
    if not content.lanes:
        painter.setPen(QColor(theme.dim_text))
        painter.drawText(area.adjusted(0, LANES_TOP_PX, 0, 0), Qt.AlignCenter, content.empty_text)
    if len(scale.indices):
        _paint_marks(painter, area, scale, content)
        _paint_top(painter, area, scale, content)


def _paint_lane(
    painter: QPainter,
    area: QRect,
    scale: TimeScale,
    content: TimelineContent,
    lane: Lane,
    top: int,
) -> None:
    theme = current_theme()
    is_selected = lane.track.track_id in content.tracks
    if is_selected:
        painter.fillRect(0, top, area.width(), LANE_PX, QColor(theme.raised))
    color = QColor(*track_color(lane.track.track_id))
    if lane.track.is_hidden:
        color.setAlpha(70)
    painter.save()
    painter.setClipRect(HEADER_PX, top, area.width() - HEADER_PX, LANE_PX)
    first = scale.frame_at(HEADER_PX)
    begin = bisect_left(lane.runs, first, key=lambda run: run.last)
    confirmed = []
    for run in lane.runs[begin:]:
        left, right = scale.span(run.first, run.last)
        if left > area.width():
            break
        box = QRectF(left, top + 4, max(2.0, right - left), LANE_PX - 9)
        _paint_run(painter, run, box, color)
        if run.is_keyframe:
            confirmed.append(box)
    if lane.track.track_id == content.preview_track:
        ground = QColor(theme.raised if is_selected else theme.panel)
        _paint_preview(painter, scale, content.preview, top, (color, ground))
    # Last, since a diamond is wider than its frame.
    for box in confirmed:
        _paint_confirmed(painter, box)
    painter.restore()
    painter.setPen(QColor(theme.line))
    painter.drawLine(0, top + LANE_PX - 1, area.width(), top + LANE_PX - 1)
    _paint_name(painter, lane, content.labels, top, color)


def _paint_name(
    painter: QPainter, lane: Lane, labels: Sequence[str], top: int, color: QColor
) -> None:
    theme, is_hidden = current_theme(), lane.track.is_hidden
    painter.setPen(Qt.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(10, top + 5, 11, 11, 3, 3)
    text = lane.track.name or f"{labels[lane.runs[0].class_id] if lane.runs else ''}"
    room = QRect(28, top, HEADER_PX - 36, LANE_PX - 1)
    number = str(lane.track.track_id)
    metrics = painter.fontMetrics()
    painter.setPen(QColor(theme.dim_text))
    painter.drawText(room, int(Qt.AlignVCenter | Qt.AlignRight), number)
    room.setWidth(room.width() - metrics.width(number) - 6)
    font = QFont(painter.font())
    font.setStrikeOut(is_hidden)
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(theme.dim_text if is_hidden else theme.text))
    painter.drawText(room, Qt.AlignVCenter, metrics.elidedText(text, Qt.ElideRight, room.width()))
    painter.restore()


def _paint_run(painter: QPainter, run: Run, box: QRectF, color: QColor) -> None:
    fill = QColor(color)
    if run.origin in (Origin.COASTED, Origin.INTERPOLATED, Origin.PROPAGATED):
        # Masks made from other frames are see-through: people should check them.
        fill.setAlphaF(fill.alphaF() * 0.4)
    painter.fillRect(box, fill)
    if run.origin == Origin.COASTED:
        painter.fillRect(box, QBrush(color, Qt.BDiagPattern))


def _paint_preview(
    painter: QPainter,
    scale: TimeScale,
    preview: Mapping[int, float],
    top: int,
    colors: tuple[QColor, QColor],
) -> None:
    """A thin line in place of the masks that it would replace; red where it is unsure.

    Args:
        painter: Clipped to the lane.
        scale: Where frames are.
        preview: Frame -> confidence.
        top: Of the lane, px.
        colors: Of the track, and of a lane without masks.
    """
    color, ground = colors
    for frame, confidence in preview.items():
        left, right = scale.span(frame, frame)
        # Over masks of its own colour the line would not be seen.
        painter.fillRect(QRectF(left, top + 3, max(1.0, right - left), LANE_PX - 7), ground)
        shade = QColor(color if confidence >= UNSURE else _DOUBT)
        shade.setAlphaF(0.35 + 0.4 * confidence)
        painter.fillRect(QRectF(left, top + 8, max(1.0, right - left), LANE_PX - 17), shade)


def _paint_confirmed(painter: QPainter, box: QRectF) -> None:
    """A long confirmed stretch gets a line, a single frame a diamond."""
    if box.width() > 14:
        light = QColor(current_theme().text)
        painter.fillRect(QRectF(box.left(), box.bottom() + 1, box.width(), 2), light)
        return
    # Also the diamond of the first frame is shown whole.
    center = QPointF(max(box.center().x(), HEADER_PX + 5.5), box.center().y())
    corners = [QPointF(0, -4.5), QPointF(4.5, 0), QPointF(0, 4.5), QPointF(-4.5, 0)]
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
    painter.setBrush(QColor("white"))
    painter.drawPolygon(QPolygonF([center + corner for corner in corners]))


def _paint_marks(
    painter: QPainter, area: QRect, scale: TimeScale, content: TimelineContent
) -> None:
    first, last = content.marks
    if first is None and last is None:
        return
    begin = int(scale.indices[0]) if first is None else first
    left, right = scale.span(begin, int(scale.indices[-1]) if last is None else last)
    left = max(left, HEADER_PX)
    shade = QColor(current_theme().accent)
    shade.setAlpha(46)
    painter.fillRect(QRectF(left, LANES_TOP_PX, max(0.0, right - left), area.height()), shade)


def _paint_top(painter: QPainter, area: QRect, scale: TimeScale, content: TimelineContent) -> None:
    """Pictures and ruler, over lanes that were scrolled under them."""
    theme = current_theme()
    painter.fillRect(0, 0, area.width(), LANES_TOP_PX, QColor(theme.window))
    painter.save()
    painter.setClipRect(HEADER_PX, 0, area.width(), LANES_TOP_PX)
    for frame, picture in (content.pictures or {}).items():
        height = STRIP_PX - 4
        width = height * picture.width() / max(1, picture.height())
        painter.drawImage(QRectF(scale.x(scale.place(frame)), 2, width, height), picture)
    _paint_ruler(painter, scale)
    painter.setPen(Qt.NoPen)
    for suggestion in content.suggestions:
        color = QColor(_DOUBT)
        color.setAlphaF(0.35 + 0.65 * suggestion.doubt)
        painter.setBrush(color)
        x = scale.x(scale.place(suggestion.frames.first or 0) + 0.5)
        painter.drawEllipse(QPointF(x, LANES_TOP_PX - 6), 3, 3)
    painter.restore()
    painter.setPen(QColor(theme.line))
    painter.drawLine(0, LANES_TOP_PX - 1, area.width(), LANES_TOP_PX - 1)


def _paint_ruler(painter: QPainter, scale: TimeScale) -> None:
    theme = current_theme()
    painter.save()
    font = QFont(painter.font())
    font.setPointSizeF(font.pointSizeF() * 0.85)
    painter.setFont(font)
    for x, seconds in scale.ticks():
        painter.setPen(QColor(theme.line))
        painter.drawLine(QPointF(x, STRIP_PX + 3), QPointF(x, STRIP_PX + 17))
        painter.setPen(QColor(theme.dim_text))
        text = clock_text(seconds)
        shown = text[:-3] if seconds == round(seconds) else text[:-1]
        painter.drawText(QPointF(x + 4, STRIP_PX + 14), shown)
    painter.restore()


def playhead_rect(area: QRect, scale: TimeScale, frame: int) -> QRect:
    """What the playhead covers at most when it is at a frame."""
    x = int(scale.x(scale.place(frame) + 0.5))
    return QRect(x - 8, 0, 17, area.height())


def paint_playhead(painter: QPainter, area: QRect, scale: TimeScale, frame: int) -> None:
    """Paint it over what `paint_timeline` has painted."""
    x = scale.x(scale.place(frame) + 0.5)
    if x < HEADER_PX or not len(scale.indices):
        return
    painter.setRenderHint(QPainter.Antialiasing)
    accent = QColor(current_theme().accent)
    painter.setPen(QPen(accent, 1.5))
    painter.drawLine(QPointF(x, STRIP_PX), QPointF(x, area.height()))
    painter.setBrush(accent)
    head = [QPointF(-5, 0), QPointF(5, 0), QPointF(0, 8)]
    painter.drawPolygon(QPolygonF([QPointF(x, STRIP_PX) + corner for corner in head]))
