"""From worker threads to the Qt thread."""

from __future__ import annotations

import threading

from PyQt5.QtCore import QObject, pyqtSignal

__all__ = ["SessionBridge"]


class SessionBridge(QObject):
    """Tells the Qt thread that something new can be taken; carries no frames.

    `publish` may be called from any thread and never waits: calls that come before the Qt thread
    has seen the first one are joined with it.

    Signals:
        changed: In the Qt thread, after one or more calls of `publish`.
    """

    changed = pyqtSignal()
    _posted = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._is_pending = False
        # Emitted in another thread, it arrives through the event loop.
        self._posted.connect(self._deliver)

    def publish(self) -> None:
        """Say that a new frame or state is there; from any thread."""
        with self._lock:
            if self._is_pending:
                return
            self._is_pending = True
        self._posted.emit()

    def _deliver(self) -> None:
        with self._lock:
            self._is_pending = False
        self.changed.emit()
