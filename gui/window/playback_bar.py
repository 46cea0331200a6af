"""Play, step, seek: the bar under the picture."""

from __future__ import annotations

from fractions import Fraction

from PyQt5.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt5.QtWidgets import (
    QAction,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.datatypes import NOMINAL_FPS
from gui.shared.actions import Actions
from gui.shared.numbers import localized
from gui.shared.theme import current_theme
from gui.shared.times import clock_text

__all__ = ["PlaybackBar", "SeekSlider"]

_SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class SeekSlider(QSlider):
    """A line over all frames; a press goes to the frame under the pointer.

    Signals:
        frame_chosen: The user wants this frame.
    """

    frame_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Horizontal, parent)
        self._marks: tuple[int | None, int | None] = (None, None)
        self._fps: Fraction | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.TabFocus)
        self.setAccessibleName(self.tr("Position"))
        self.setMinimumHeight(24)

    def sizeHint(self) -> QSize:
        return QSize(200, 24)

    def set_frames(self, count: int, fps: Fraction | None) -> None:
        """Set how many frames there are."""
        self._fps = fps
        self.setRange(0, max(0, count - 1))

    def set_marks(self, marks: tuple[int | None, int | None]) -> None:
        """Show in and out points."""
        self._marks = marks
        self.update()

    def show_position(self, index: int) -> None:
        """Move, unless the user drags; emits nothing."""
        if not self.isSliderDown():
            self.setValue(index)

    def frame_at(self, x_px: int) -> int:
        """The frame at a place of the line."""
        share = (x_px - self._line().left()) / max(1, self._line().width())
        return round(min(max(share, 0.0), 1.0) * self.maximum())

    def _line(self) -> QRect:
        return QRect(8, self.height() // 2 - 3, self.width() - 16, 6)

    def _x_of(self, index: int) -> int:
        line = self._line()
        return line.left() + round(line.width() * index / max(1, self.maximum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton and self.isEnabled():
            self.setSliderDown(True)
            self._choose(event.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._choose(event.x())
        index = self.frame_at(event.x())
        text = self.tr("Frame {}").format(index)
        if self._fps:
            text = f"{clock_text(float(index / self._fps))}  ·  {text}"
        QToolTip.showText(event.globalPos(), text, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _choose(self, x_px: int) -> None:
        index = self.frame_at(x_px)
        if index != self.value():
            self.setValue(index)
            self.frame_chosen.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, line = current_theme(), self._line()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(line, 3, 3)
        is_on = self.isEnabled() and self.maximum() > 0
        if is_on:
            played = QRect(line.topLeft(), line.bottomLeft())
            played.setRight(self._x_of(self.value()))
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(played, 3, 3)
        self._paint_marks(painter, line)
        if is_on:
            radius = 8 if self.isSliderDown() or self.hasFocus() else 6
            painter.setBrush(QColor(theme.accent if self.hasFocus() else theme.text))
            painter.drawEllipse(
                self._x_of(self.value()) - radius,
                self.height() // 2 - radius,
                2 * radius,
                2 * radius,
            )

    def _paint_marks(self, painter: QPainter, line: QRect) -> None:
        first, last = self._marks
        if first is None and last is None:
            return
        amber = QColor("#e69f00")
        left = line.left() if first is None else self._x_of(first)
        right = line.right() if last is None else self._x_of(last)
        painter.setBrush(amber)
        painter.drawRect(QRect(left, line.bottom() + 3, max(2, right - left), 2))
        for mark, x in ((first, left), (last, right)):
            if mark is not None:
                painter.drawRect(QRect(x - 1, line.top() - 4, 3, line.height() + 9))


class PlaybackBar(QFrame):
    """Buttons of the playback actions, the line, and the position.

    Signals:
        frame_chosen: The user wants this frame.
        speed_chosen: The user wants this speed; 1 is real time.
    """

    frame_chosen = pyqtSignal(int)
    speed_chosen = pyqtSignal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("playback")
        self._fps: Fraction | None = None
        self.slider = SeekSlider(self)
        self.slider.frame_chosen.connect(self.frame_chosen)
        self.slider.actionTriggered.connect(lambda action: self._slider_moved())
        self._clock = QLabel("00:00.00", self)
        self._clock.setAccessibleName(self.tr("Time"))
        self._clock.setMinimumWidth(self._clock.fontMetrics().width("0:00:00.00 / 0:00:00.00"))
        self._frame = QSpinBox(self)
        self._frame.setAccessibleName(self.tr("Frame number"))
        self._frame.setToolTip(self.tr("Frame number; type one to go there"))
        self._frame.setKeyboardTracking(False)
        self._frame.setButtonSymbols(QSpinBox.NoButtons)
        self._frame.setAlignment(Qt.AlignRight)
        self._frame.setFixedWidth(self._frame.fontMetrics().width("000000") + 20)
        self._frame.valueChanged.connect(self.frame_chosen)
        self._count = QLabel("", self)
        self._count.setObjectName("value")
        self._live = QLabel(self.tr("● LIVE"), self)
        self._live.setStyleSheet("color: #e5484d; font-weight: 700;")
        self._speed = QComboBox(self)
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("Speed"))
        self._speed.setFocusPolicy(Qt.TabFocus)
        for speed in _SPEEDS:
            self._speed.addItem(localized(f"{speed:g}×"), speed)
        self._speed.setCurrentIndex(_SPEEDS.index(1.0))
        self._speed.activated.connect(
            lambda index: self.speed_chosen.emit(self._speed.itemData(index))
        )
        self._arrange(actions)
        self.show_source(0, None, can_seek=False, is_live=False)

    def _arrange(self, actions: Actions) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        for name in ("to_start", "step_back", "play", "step_forward", "loop"):
            row.addWidget(_button(actions[name], self))
        row.addSpacing(10)
        row.addWidget(self._live)
        row.addWidget(self._clock)
        row.addStretch(1)
        frame_label = QLabel(self.tr("Frame"), self)
        frame_label.setObjectName("value")
        frame_label.setBuddy(self._frame)
        self._frame_label = frame_label
        for widget in (frame_label, self._frame, self._count):
            row.addWidget(widget)
            row.addSpacing(4)
        row.addSpacing(10)
        row.addWidget(self._speed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.setSpacing(2)
        layout.addWidget(self.slider)
        layout.addLayout(row)

    def show_source(
        self, frame_count: int, fps: Fraction | None, *, can_seek: bool, is_live: bool
    ) -> None:
        """Adapt to a source; `fps` is for the clock."""
        self._fps = fps
        self.slider.set_frames(frame_count, fps)
        self.slider.setEnabled(can_seek)
        self.slider.setVisible(not is_live)
        self._frame.setMaximum(max(0, frame_count - 1))
        for widget in (self._frame, self._frame_label, self._count, self._speed):
            widget.setVisible(not is_live)
            widget.setEnabled(can_seek)
        self._count.setText(f"/ {frame_count - 1}" if frame_count else "")
        self._live.setVisible(is_live)

    def show_position(self, index: int, pts_s: Fraction | None) -> None:
        """Show the position."""
        self.slider.show_position(index)
        if not self._frame.hasFocus():
            self._frame.blockSignals(True)
            self._frame.setValue(index)
            self._frame.blockSignals(False)
        seconds = float(pts_s) if pts_s is not None else float(index / (self._fps or NOMINAL_FPS))
        text = clock_text(max(0.0, seconds))
        if self._fps and self.slider.maximum() > 0:
            text += f" / {clock_text(float((self.slider.maximum() + 1) / self._fps))}"
        self._clock.setText(text)

    def show_speed(self, speed: float) -> None:
        """Show the speed; one that is not in the list is added to it."""
        index = self._speed.findData(speed)
        text = localized(f"{speed:g}×")
        if index < 0:
            self._speed.addItem(text, speed)
            index = self._speed.count() - 1
        self._speed.setCurrentIndex(index)

    def _slider_moved(self) -> None:
        if self.slider.sliderPosition() != self.slider.value():
            self.frame_chosen.emit(self.slider.sliderPosition())


def _button(action: QAction, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setFocusPolicy(Qt.TabFocus)
    button.setAccessibleName(action.text())
    return button
