"""Windows that fit the screen that they open on."""

from __future__ import annotations

from PyQt5.QtCore import QByteArray, QRect, QSize
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QMainWindow

__all__ = ["fitted", "open_on_screen"]

_SHARE = 0.94
"""Of the screen that a first window takes at most; a title bar and borders come to it."""


def fitted(wanted: QSize, room: QRect) -> QSize:
    """The wanted size, or less where the screen has no room for it."""
    return wanted.boundedTo(QSize(round(room.width() * _SHARE), round(room.height() * _SHARE)))


def open_on_screen(window: QMainWindow, wanted: QSize, remembered: QByteArray) -> None:
    """Give a window the place that it had, else the wanted size; never more than its screen."""
    screen = QGuiApplication.primaryScreen()
    if window.restoreGeometry(remembered):
        screen = QGuiApplication.screenAt(window.geometry().center()) or screen
        if window.isMaximized() or window.isFullScreen():
            return
    else:
        window.resize(wanted)
    room = screen.availableGeometry()
    if not room.contains(window.geometry()):
        window.resize(fitted(window.size(), room))
        window.move(room.center() - window.rect().center())
