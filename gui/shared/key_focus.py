"""Which control gets a key: the order of Tab, the ring around the focus, shared keys."""

from __future__ import annotations

from typing import Final

from PyQt5 import sip
from PyQt5.QtCore import QEvent, QObject, Qt
from PyQt5.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QButtonGroup,
    QComboBox,
    QDialog,
    QDockWidget,
    QFocusFrame,
    QLineEdit,
    QMainWindow,
    QScrollArea,
    QTabBar,
    QToolBar,
    QWidget,
)

from gui.shared.theme import current_theme

__all__ = ["KeyFocus", "focus_next", "tab_stops"]

_ARROWS = (Qt.Key_Left, Qt.Key_Right, Qt.Key_Up, Qt.Key_Down, Qt.Key_Home, Qt.Key_End)
_USE_ARROWS = (
    QAbstractSlider,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
)
_USE_SPACE = (QAbstractButton, QAbstractItemView)
_USE_RETURN = (QAbstractSpinBox, QComboBox, QLineEdit)
_BY_KEY: Final = (Qt.TabFocusReason, Qt.BacktabFocusReason, Qt.ShortcutFocusReason)
_LINE_PX: Final = 12
"""Controls whose middles are closer than this, vertically, are in one line."""


class KeyFocus(QObject):
    """An event filter for the application: controls keep the keys that they need themselves.

    A ring is drawn around the control of this window that got the focus by a key.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._ring = _Ring(window)
        self._ring.hide()
        for button in window.findChildren(QAbstractButton):
            # After a click the keys still belong to playback.
            button.setFocusPolicy(Qt.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._keeps(watched, event)
        if event.type() == QEvent.FocusIn and isinstance(watched, QWidget):
            self._show_ring(watched, event)
        return False

    def _keeps(self, watched: QObject, event: QKeyEvent) -> bool:
        is_used = (_uses_arrows(watched) and event.key() in _ARROWS) or (
            isinstance(watched, _USE_SPACE) and event.key() == Qt.Key_Space
        )
        is_used |= isinstance(watched, _USE_RETURN) and event.key() in (
            Qt.Key_Return,
            Qt.Key_Enter,
        )
        if not is_used or event.modifiers():
            return False
        event.accept()
        return True

    def _show_ring(self, widget: QWidget, event: QEvent) -> None:
        window = widget.window()
        if isinstance(window, QDialog) and window.parentWidget() is not None:
            window = window.parentWidget().window()
        if window is not self._window or not isinstance(event, QFocusEvent):
            return
        if sip.isdeleted(self._ring):
            # It was deleted with the dialog that it was in.
            self._ring = _Ring(self._window)
        by_key = event.reason() in _BY_KEY
        # Large widgets show the focus themselves: a ring would be drawn with each picture.
        shows = by_key and not widget.property("shows_focus")
        self._ring.setWidget(widget if shows else None)  # type: ignore[arg-type]
        # Docks lie above the tabs.
        self._ring.raise_()


class _Ring(QFocusFrame):
    """A line in the colour of the text; no control is filled with that colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(QPen(QColor(current_theme().text), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 5, 5)


def focus_next(window: QMainWindow, *, is_forward: bool) -> bool:
    """Give the focus to the next of the `tab_stops`; for `focusNextPrevChild` of a window."""
    stops = tab_stops(window)
    if not stops:
        return False
    now, step = window.focusWidget(), 1 if is_forward else -1
    place = stops.index(now) + step if now in stops else (0 if is_forward else -1)
    stop = stops[place % len(stops)]
    stop.setFocus(Qt.TabFocusReason if is_forward else Qt.BacktabFocusReason)
    around = stop.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(stop)
        around = around.parentWidget()
    return True


def tab_stops(window: QMainWindow) -> list[QWidget]:
    """Where Tab goes, in reading order: tool bar, middle, docks with their tabs, status bar.

    Qt's own order is that of creation, and includes docks behind others.
    """
    sides: list[QWidget] = [
        dock for dock in window.findChildren(QDockWidget) if not dock.isFloating()
    ]
    sides += window.findChildren(QTabBar, options=Qt.FindDirectChildrenOnly)
    # Docks behind others count as visible for Qt, which puts them outside of the window.
    sides = [side for side in sides if not side.visibleRegion().isEmpty()]
    sides.sort(key=lambda side: (side.x() // 20, side.y()))
    areas = (
        *window.findChildren(QToolBar, options=Qt.FindDirectChildrenOnly),
        window.centralWidget(),
        *sides,
        window.statusBar(),
    )
    return [stop for area in areas for stop in _stops_in(area, window)]


def _stops_in(area: QWidget, window: QMainWindow) -> list[QWidget]:
    stops = [w for w in (area, *area.findChildren(QWidget)) if _is_stop(w)]
    middles = {stop: stop.mapTo(window, stop.rect().center()) for stop in stops}
    stops.sort(key=lambda stop: middles[stop].y())
    lines: list[list[QWidget]] = []
    for stop in stops:
        begins_line = not lines or middles[stop].y() - middles[lines[-1][-1]].y() > _LINE_PX
        lines += [[]] if begins_line else []
        lines[-1].append(stop)
    return [stop for line in lines for stop in sorted(line, key=lambda s: middles[s].x())]


def _is_stop(widget: QWidget) -> bool:
    if not (widget.isVisible() and widget.isEnabled()) or widget.focusProxy() is not None:
        return False
    group = _group(widget)
    if group is not None:
        # One stop for the whole group; arrows go from button to button.
        return widget is (group.checkedButton() or group.buttons()[0])
    return bool(widget.focusPolicy() & Qt.TabFocus)


def _group(widget: QObject) -> QButtonGroup | None:
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group if group is not None and group.exclusive() else None


def _uses_arrows(widget: QObject) -> bool:
    return isinstance(widget, _USE_ARROWS) or _group(widget) is not None
