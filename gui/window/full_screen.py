"""The picture alone on the whole screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PyQt5.QtCore import QByteArray, QObject, Qt
from PyQt5.QtWidgets import QDockWidget, QMainWindow

from gui.shared.actions import Actions

__all__ = ["FullScreen"]


class FullScreen(QObject):
    """Hides what is around the picture, and brings it back as it was."""

    def __init__(self, window: QMainWindow, actions: Actions, docks: Iterable[QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._actions, self._docks = window, actions, tuple(docks)
        self._layout_before = QByteArray()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        return {"full_screen": self._toggle, "leave_full_screen": self._leave}

    def _toggle(self) -> None:
        window = self._window
        window.setWindowState(window.windowState() ^ Qt.WindowFullScreen)
        is_full = bool(window.windowState() & Qt.WindowFullScreen)
        if is_full:
            self._layout_before = window.saveState()
        for part in (window.menuBar(), window.statusBar(), *self._docks):
            part.setVisible(not is_full)
        self._actions["full_screen"].setChecked(is_full)
        if not is_full:
            window.restoreState(self._layout_before)

    def _leave(self) -> None:
        if self._window.isFullScreen():
            self._actions["full_screen"].trigger()
