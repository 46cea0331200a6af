"""Who gets the arrow keys and the space bar: playback, or the control that has the focus."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, Qt
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QWidget,
)

__all__ = ["KeyFocus"]

_ARROWS = (Qt.Key_Left, Qt.Key_Right, Qt.Key_Up, Qt.Key_Down, Qt.Key_Home, Qt.Key_End)
_USE_ARROWS = (QAbstractSlider, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)
_USE_SPACE = (QAbstractButton, QAbstractItemView)
_USE_RETURN = (QAbstractSpinBox, QComboBox, QLineEdit)


class KeyFocus(QObject):
    """An event filter for the application: controls keep the keys that they need themselves."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        for button in window.findChildren(QAbstractButton):
            # After a click the keys still belong to playback.
            button.setFocusPolicy(Qt.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        is_used = (isinstance(watched, _USE_ARROWS) and event.key() in _ARROWS) or (
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
