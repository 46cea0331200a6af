"""Controls that the panels share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PyQt5.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gui.shared.numbers import localized

__all__ = [
    "NumberSlider",
    "SegmentedChoice",
    "dim_label",
    "dress_dock_tabs",
    "error_label",
    "heading",
    "panel_column",
    "scrolling",
]


class NumberSlider(QWidget):
    """A name, a slider and the number it stands for.

    Signals:
        chosen: The user wants this number.
    """

    chosen = pyqtSignal(float)

    def __init__(
        self,
        name: str,
        limits: tuple[float, float, float],
        *,
        show: Callable[[float], str] = "{:.2f}".format,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`limits` are the smallest number, the largest, and the step."""
        super().__init__(parent)
        self._smallest, largest, self._step = limits
        self._show = show
        label = QLabel(name, self)
        self._number = QLabel(self)
        self._number.setObjectName("value")
        self._slider = QSlider(Qt.Horizontal, self)
        self._slider.setRange(0, round((largest - self._smallest) / self._step))
        self._slider.setPageStep(max(1, self._slider.maximum() // 10))
        self._slider.setAccessibleName(name)
        self._slider.valueChanged.connect(self._changed)
        label.setBuddy(self._slider)
        self.setToolTip(tip)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self._number, 0, 1, Qt.AlignRight)
        grid.addWidget(self._slider, 1, 0, 1, 2)

    @property
    def number(self) -> float:
        """What the slider stands at."""
        return round(self._smallest + self._slider.value() * self._step, 6)

    @property
    def slider(self) -> QSlider:
        """The slider itself."""
        return self._slider

    def set_number(self, number: float) -> None:
        """Show a number; emits nothing."""
        self._slider.blockSignals(True)
        self._slider.setValue(round((number - self._smallest) / self._step))
        self._slider.blockSignals(False)
        self._number.setText(localized(self._show(number)))

    def _changed(self) -> None:
        self._number.setText(localized(self._show(self.number)))
        self.chosen.emit(self.number)


class SegmentedChoice(QWidget):
    """A few choices side by side, of which one holds.

    Signals:
        chosen: The user wants the choice with this key.
    """

    chosen = pyqtSignal(object)

    def __init__(
        self, name: str, choices: Sequence[tuple[object, str]], parent: QWidget | None = None
    ) -> None:
        """`choices` are pairs of key and text."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[object, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for key, text in choices:
            button = QPushButton(text, self)
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {text}")
            button.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
            button.clicked.connect(partial(self._choose, key))
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)

    def button(self, key: object) -> QPushButton:
        """The button of a choice."""
        return self._buttons[key]

    def set_chosen(self, key: object) -> None:
        """Show which choice holds; emits nothing."""
        self._buttons[key].setChecked(True)

    def _choose(self, key: object, checked: bool = False) -> None:
        self.chosen.emit(key)


def heading(text: str, parent: QWidget) -> QLabel:
    """The name of a group of controls."""
    label = QLabel(text, parent)
    label.setObjectName("heading")
    label.setIndent(0)
    return label


def dim_label(text: str, parent: QWidget) -> QLabel:
    """An explanation."""
    label = QLabel(text, parent)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label


def error_label(parent: QWidget) -> QLabel:
    """Shows an error beside the controls that it is about; hidden while there is none."""
    label = QLabel(parent)
    label.setObjectName("error")
    label.setWordWrap(True)
    label.hide()
    return label


def panel_column(panel: QWidget) -> QVBoxLayout:
    """The layout of a panel: one column."""
    panel.setObjectName("panel")
    panel.setAttribute(Qt.WA_StyledBackground)
    column = QVBoxLayout(panel)
    column.setContentsMargins(14, 10, 14, 14)
    column.setSpacing(9)
    return column


class _WheelScrolls(QObject):
    """Lets the wheel pass controls by: who scrolls over them wants none of them changed."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is None or event.type() != QEvent.Wheel:
            return False
        event.ignore()
        return True


def scrolling(panel: QWidget) -> QScrollArea:
    """The panel in a frame that scrolls where there is little room, also over its controls."""
    area = QScrollArea()
    passes_by = _WheelScrolls(area)
    for kind in (QSlider, QComboBox, QAbstractSpinBox):
        for control in panel.findChildren(kind):
            control.installEventFilter(passes_by)
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
    # Longer words of other languages need more.
    bar_px = area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(max(290, panel.minimumSizeHint().width() + bar_px))
    # Its controls take the focus; it follows them.
    area.setFocusPolicy(Qt.NoFocus)
    return area


def dress_dock_tabs(window: QMainWindow) -> None:
    """Tabs of docks, which Qt makes: whole texts, and no line below; for `showEvent`."""
    for tabs in window.findChildren(QTabBar):
        # No style sheet removes it.
        tabs.setDrawBase(False)
        tabs.setElideMode(Qt.ElideNone)
