"""Buttons that are actions."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QPushButton, QWidget

__all__ = ["ActionButton"]


class ActionButton(QPushButton):
    """Same text, tip and state as an action; clicks leave the focus where it is."""

    def __init__(self, action: QAction, parent: QWidget, *, text: str = "") -> None:
        """A button; with a text of its own where the action's would be too long."""
        super().__init__(parent)
        self._action, self._text = action, text
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self.setFocusPolicy(Qt.TabFocus)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._text or self._action.iconText())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
