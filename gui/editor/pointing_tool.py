"""The tool "Point" on the canvas: what the pointer and the keys do, and what is drawn."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PyQt5.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PyQt5.QtWidgets import QWidget

from blendmask_live.datatypes import CroppedMask
from blendmask_live.drawing.palette import text_color, track_color
from gui.editor.answering import Answer
from gui.editor.canvas import EditorCanvas
from gui.editor.pointing import Pointing
from gui.editor.pointing_history import Asked
from gui.shared.object_marks import outline_of
from gui.shared.pixels import mask_tint

__all__ = ["POINT_TOOL", "PointingTool"]

POINT_TOOL: Final = "point"
_CLICK_PX: Final = 4
"""A press that moves less, on the screen, is a click."""
_KEEP: Final = (Qt.Key_Return, Qt.Key_Enter)
_INSIDE, _OUTSIDE = QColor("#35c759"), QColor("#ff453a")
_RIM_PX: Final = 2
_NOTCH: Final = 120
"""Of a mouse wheel, as Qt counts."""


class PointingTool(QWidget):
    """Lies over the canvas, lets the pointer through and watches what it does there.

    The canvas still zooms and pans.
    """

    def __init__(self, pointing: Pointing, canvas: EditorCanvas) -> None:
        super().__init__(canvas)
        self._pointing, self._canvas = pointing, canvas
        self._pressed_at: QPointF | None = None
        self._boxed_to: QPointF | None = None
        self._over: QPointF | None = None
        self._tints: dict[object, QImage] = {}
        self._outlines: dict[int, QPainterPath] = {}
        self._turned = 0
        self.setAttribute(Qt.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.NoFocus)
        self.resize(canvas.size())
        canvas.installEventFilter(self)
        pointing.changed.connect(self._show_changes)

    # Pointer and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Resize:
            self.resize(self._canvas.size())
        if self._canvas.tool != POINT_TOOL:
            return False
        match event.type():
            case QEvent.MouseButtonPress | QEvent.MouseButtonDblClick:
                return isinstance(event, QMouseEvent) and self._press(event)
            case QEvent.MouseMove:
                return isinstance(event, QMouseEvent) and self._move(event)
            case QEvent.MouseButtonRelease:
                return isinstance(event, QMouseEvent) and self._release(event)
            case QEvent.Wheel:
                return isinstance(event, QWheelEvent) and self._turn(event)
            case QEvent.Leave:
                self._over = None
                self._pointing.leave()
            case QEvent.ContextMenu:
                # The right button takes away here.
                return isinstance(event, QContextMenuEvent)
            case QEvent.ShortcutOverride:
                if isinstance(event, QKeyEvent) and self._action_of(event) is not None:
                    event.accept()
                    return True
            case QEvent.KeyPress:
                return isinstance(event, QKeyEvent) and self._press_key(event)
        return False

    def _press(self, event: QMouseEvent) -> bool:
        if self._canvas.pans(event) or event.button() not in (Qt.LeftButton, Qt.RightButton):
            return False
        self._pressed_at, self._boxed_to = event.localPos(), None
        return True

    def _move(self, event: QMouseEvent) -> bool:
        self._over = event.localPos()
        if self._pressed_at is None and self._canvas.pans(event):
            return False
        if self._pressed_at is None:
            self._hover(takes_away=bool(event.modifiers() & Qt.AltModifier))
            return True
        moved = event.localPos() - self._pressed_at
        if event.buttons() & Qt.LeftButton and (
            self._boxed_to is not None or moved.manhattanLength() > _CLICK_PX
        ):
            self._boxed_to = event.localPos()
            self._pointing.hover_box(self._drawn_box())
            self.update()
        return True

    def _release(self, event: QMouseEvent) -> bool:
        if self._pressed_at is None or event.button() not in (Qt.LeftButton, Qt.RightButton):
            return False
        if self._boxed_to is not None:
            box = self._drawn_box()
            self._pressed_at = self._boxed_to = None
            self._pointing.draw_box(box)
        else:
            place = self._canvas.to_frame(self._pressed_at)
            self._pressed_at = None
            takes_away = event.button() == Qt.RightButton or event.modifiers() & Qt.AltModifier
            self._pointing.click(place.x(), place.y(), inside=not takes_away)
        self.update()
        return True

    def _turn(self, event: QWheelEvent) -> bool:
        """With Ctrl the wheel changes the size of what a first click takes."""
        if not (event.modifiers() & Qt.ControlModifier and self._pointing.is_open):
            return False
        # Touch pads turn in small parts of a notch.
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            self._pointing.change_size(1 if notches > 0 else -1)
        return True

    def _drawn_box(self) -> tuple[float, float, float, float]:
        assert self._pressed_at is not None and self._boxed_to is not None
        ends = self._canvas.to_frame(self._pressed_at), self._canvas.to_frame(self._boxed_to)
        box = QRectF(*ends).normalized()
        return box.left(), box.top(), box.right(), box.bottom()

    def hover_again(self) -> None:
        """The picture under the pointer is another."""
        if self._canvas.tool == POINT_TOOL and self._pressed_at is None:
            self._hover(takes_away=False)

    def _hover(self, *, takes_away: bool) -> None:
        if self._over is not None:
            place = self._canvas.to_frame(self._over)
            self._pointing.hover(place.x(), place.y(), inside=not takes_away)

    def _press_key(self, event: QKeyEvent) -> bool:
        action = self._action_of(event)
        if action is None:
            return False
        match action:
            case "keep":
                self._pointing.keep()
            case "drop" if self._boxed_to is not None:
                self._pressed_at = self._boxed_to = None
                self._pointing.leave()
                self.update()
            case "drop":
                self._pointing.drop()
            case "new":
                self._pointing.begin_new()
            case _:
                self._pointing.take_back()
        return True

    def _action_of(self, event: QKeyEvent) -> str | None:
        """What a key does now; None if it is not the tool's."""
        pointing, key = self._pointing, event.key()
        if key == Qt.Key_Escape and not event.modifiers():
            if pointing.is_open or self._boxed_to is not None:
                return "drop"
            return "new" if pointing.may_begin_new else None
        if not pointing.is_open:
            return None
        if key in _KEEP and not event.modifiers() & ~Qt.KeypadModifier:
            return "keep"
        if (key == Qt.Key_Backspace and not event.modifiers()) or event.matches(QKeySequence.Undo):
            return "back"
        return None

    # Painting

    def _show_changes(self) -> None:
        self._tints.clear()
        self._outlines.clear()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        pointing, target = self._pointing, self._pointing.target
        if self._canvas.tool != POINT_TOOL or target is None or self._canvas.shown_image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        color, asked = track_color(target.track), pointing.asked
        answer = pointing.answer
        if answer is not None:
            self._paint_mask(painter, answer, color, 0.55)
        hovered = pointing.hovered
        if hovered is not None:
            # Over a mask of the same colour only an outline is seen.
            if asked is None and hovered.question.corrects is None:
                self._paint_mask(painter, hovered, color, 0.35)
            else:
                self._paint_mask(painter, hovered, (255, 255, 255), 0.0)
        if asked is not None:
            self._paint_asked(painter, asked)
            if answer is not None and answer.crop is not None:
                self._paint_label(painter, answer.crop, color)
        if self._boxed_to is not None:
            self._paint_box(painter, self._drawn_box())

    def _paint_mask(
        self, painter: QPainter, answer: Answer, color: tuple[int, int, int], opacity: float
    ) -> None:
        """A mask in one colour with a rim, which is dashed where the mask is doubtful."""
        crop = answer.crop
        if crop is None or not crop.area:
            return
        pixels = max(1, round(_RIM_PX / max(self._canvas.scale, 0.01)))
        if answer.is_doubtful:
            opacity, pixels = opacity / 2, 0
        key = id(crop), color, pixels
        if key not in self._tints:
            self._tints[key] = mask_tint(crop, color, opacity, rim_px=pixels)
        x0, y0, x1, y1 = crop.box
        ends = self._canvas.to_widget(QPointF(x0, y0)), self._canvas.to_widget(QPointF(x1, y1))
        painter.drawImage(QRectF(*ends), self._tints[key])
        if answer.is_doubtful:
            self._paint_dashes(painter, crop, color)

    def _paint_dashes(
        self, painter: QPainter, crop: CroppedMask, color: tuple[int, int, int]
    ) -> None:
        if id(crop) not in self._outlines:
            self._outlines[id(crop)] = outline_of(crop)
        path = self._canvas.frame_to_widget.map(self._outlines[id(crop)])
        painter.setBrush(Qt.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(QColor(*color), 2, Qt.DashLine)):
            painter.setPen(pen)
            painter.drawPath(path)

    def _paint_asked(self, painter: QPainter, asked: Asked) -> None:
        if asked.box is not None:
            self._paint_box(painter, asked.box)
        for x, y, is_inside in asked.points:
            place = self._canvas.to_widget(QPointF(x, y))
            painter.setPen(QPen(QColor("white"), 1.6))
            painter.setBrush(_INSIDE if is_inside else _OUTSIDE)
            painter.drawEllipse(place, 6.5, 6.5)
            # A sign too, for those who do not see the colours apart.
            painter.drawLine(place - QPointF(3, 0), place + QPointF(3, 0))
            if is_inside:
                painter.drawLine(place - QPointF(0, 3), place + QPointF(0, 3))

    def _paint_box(self, painter: QPainter, box: tuple[float, float, float, float]) -> None:
        ends = (
            self._canvas.to_widget(QPointF(*box[:2])),
            self._canvas.to_widget(QPointF(*box[2:])),
        )
        painter.setBrush(Qt.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(QColor("white"), 1.4, Qt.DashLine)):
            painter.setPen(pen)
            painter.drawRect(QRectF(*ends))

    def _paint_label(
        self, painter: QPainter, crop: CroppedMask, color: tuple[int, int, int]
    ) -> None:
        """Class and confidence, above the mask."""
        text = self._pointing.described
        if not crop.area or not text:
            return
        x0, y0, *_ = crop.box
        corner = self._canvas.to_widget(QPointF(x0, y0))
        size = painter.fontMetrics().size(0, text)
        left = min(max(corner.x(), 0.0), max(self.width() - size.width() - 12.0, 0.0))
        top = max(corner.y() - size.height() - 10, 0.0)
        tag = QRectF(left, top, size.width() + 12, size.height() + 6)
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(*color))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setPen(QColor(*text_color(color)))
        painter.drawText(tag, Qt.AlignCenter, text)
