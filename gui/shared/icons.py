"""Line icons, drawn in the colour of the text around them: sharp at any size, in any theme."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PyQt5.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PyQt5.QtSvg import QSvgRenderer
from PyQt5.QtWidgets import QApplication

__all__ = ["app_icon", "icon"]

# On a 24 x 24 grid; strokes unless the shape says fill="C", which stands for the colour.
_SHAPES: Final = {
    "open": '<path d="M3 18V6a1 1 0 0 1 1-1h5l2 2.5h8a1 1 0 0 1 1 1V10"/>'
    '<path d="M3 18.5 6 10.5h15.5L19 18.5Z"/>',
    "camera": '<rect x="2.5" y="6.5" width="13" height="11" rx="2"/>'
    '<path d="m15.5 11 6-3.5v9l-6-3.5"/>',
    "screen": '<rect x="2.5" y="4.5" width="19" height="12.5" rx="1.5"/>'
    '<path d="M8 20.5h8M12 17v3.5"/>',
    "link": '<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.6 1.6"/>'
    '<path d="M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.6-1.6"/>',
    "demo": '<circle cx="12" cy="12" r="9"/><path d="M10 8.5v7l5.5-3.5Z" fill="C"/>',
    "play": '<path d="M7 4.5v15l12.5-7.5Z" fill="C"/>',
    "pause": '<path d="M7 5h3.2v14H7ZM13.8 5H17v14h-3.2Z" fill="C" stroke="none"/>',
    "step-back": '<path d="M18 6v12L9.5 12Z" fill="C"/><path d="M6.5 6v12" stroke-width="2.2"/>',
    "step-forward": '<path d="M6 6v12l8.5-6Z" fill="C"/><path d="M17.5 6v12" stroke-width="2.2"/>',
    "to-start": '<path d="M20 6v12l-7-6ZM12.5 6v12l-7-6Z" fill="C"/>'
    '<path d="M4 6v12" stroke-width="2.2"/>',
    "record": '<circle cx="12" cy="12" r="6.5" fill="#e5484d" stroke="none"/>'
    '<circle cx="12" cy="12" r="9.2"/>',
    "send": '<circle cx="12" cy="12" r="2.6" fill="C" stroke="none"/>'
    '<path d="M7.5 7.5a6.4 6.4 0 0 0 0 9M16.5 7.5a6.4 6.4 0 0 1 0 9"/>'
    '<path d="M4.6 4.6a10.4 10.4 0 0 0 0 14.8M19.4 4.6a10.4 10.4 0 0 1 0 14.8"/>',
    "stop": '<rect x="6" y="6" width="12" height="12" rx="1.5" fill="#e5484d" stroke="none"/>',
    "snapshot": '<path d="M3 8a1.5 1.5 0 0 1 1.5-1.5H8L9.5 4h5L16 6.5h3.5A1.5 1.5 0 0 1 21 8v10'
    'a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18Z"/><circle cx="12" cy="12.7" r="3.8"/>',
    "loop": '<path d="M4 12V10a3.5 3.5 0 0 1 3.5-3.5H18M15 3.5l3 3-3 3"/>'
    '<path d="M20 12v2a3.5 3.5 0 0 1-3.5 3.5H6M9 20.5l-3-3 3-3"/>',
    "eye": '<path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "eye-off": '<path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Z"/>'
    '<path d="M4 20 20 4" stroke-width="2"/>',
    "solo": '<circle cx="12" cy="12" r="4" fill="C"/><circle cx="12" cy="12" r="9"/>',
    "solo-off": '<circle cx="12" cy="12" r="3.5" stroke-width="1.2"/>',
    "microscope": '<circle cx="10.5" cy="10.5" r="7"/>'
    '<path d="m15.8 15.8 5.2 5.2" stroke-width="2.4"/>'
    '<path d="M7 10.5h7M10.5 7v7"/>',
    "bases": '<rect x="3.5" y="3.5" width="7.5" height="7.5" rx="1" fill="C"/>'
    '<rect x="13" y="3.5" width="7.5" height="7.5" rx="1"/>'
    '<rect x="3.5" y="13" width="7.5" height="7.5" rx="1"/>'
    '<rect x="13" y="13" width="7.5" height="7.5" rx="1" fill="C"/>',
    "chart": '<path d="M4 4v16h16M8 16v-4M12 16V8M16 16v-6" stroke-width="2"/>',
    "keyboard": '<rect x="2" y="6" width="20" height="12" rx="2"/>'
    '<path d="M6 10h.1M10 10h.1M14 10h.1M18 10h.1M7.5 14h9" stroke-width="2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "warning": '<path d="M12 4 2.5 20h19Z"/><path d="M12 10v5M12 17.4v.1" stroke-width="2"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.8v.1" stroke-width="2"/>',
    "file": '<path d="M6 3h8l4.5 4.5V21H6ZM14 3v5h4.5"/>',
    "save": '<path d="M12 4v11M7.5 11 12 15.5 16.5 11M4 19.5h16"/>',
    "edit": '<path d="M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19Z"/><path d="m13.5 7 3.5 3.5"/>',
    "undo": '<path d="M9 6 4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 10h-2"/>',
    "redo": '<path d="m15 6 4.5 4.5L15 15M19 10.5h-9a5 5 0 0 0 0 10h2"/>',
    "pointer": '<path d="M6 3.5 18.5 12l-5.5 1.2L16 19.5l-2.6 1.2-3-6.3L6 18.2Z"/>',
    "wand": '<path d="M4 20 14.5 9.5" stroke-width="2.2"/>'
    '<path d="M17.5 2.5v3M17.5 8.5v3M13 7h3M19 7h3"/>',
    "brush": '<path d="M20.5 3.5 11 13l-1.5-1.5 9.5-9"/>'
    '<path d="M9 12.5c-3 0-4 2-4 4.5 0 1.5-1 2.5-2 3'
    ' 4 1.2 8.5.2 8.5-4.5"/>',
    "eraser": '<path d="M9 20h11M4.5 14.5 13 6l6 6-8 8H8.5l-4-4a1 1 0 0 1 0-1.5ZM8.5 10.5l6 6"/>',
    "polygon": '<path d="M5 9 13 4l6.5 6-3.5 9H7Z"/><path stroke-width="4" '
    'd="M5 9h.1M13 4h.1M19.5 10h.1M16 19h.1M7 19h.1"/>',
    "cut": '<path d="M5 9 13 4l6.5 6-3.5 9H7Z" stroke-dasharray="3 2.4"/><path d="M9 12h6"/>',
    "corners": '<path d="M5 8 14 4l5 9-7 7H6Z"/><path stroke-width="3.4" '
    'd="M5 8h.1M14 4h.1M19 13h.1M12 20h.1M6 20h.1"/>',
    "light": '<circle cx="12" cy="12" r="4"/>'
    '<path d="M12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1'
    'M18.7 5.3l-2.1 2.1M7.4 16.6l-2.1 2.1"/>',
    "move": '<path d="M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5"/>'
    '<path d="M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5"/>',
    "new": '<path d="M12 5v14M5 12h14" stroke-width="2.2"/>',
    "fit": '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
}


class _LineIconEngine(QIconEngine):
    """Paints a shape in the palette's text colour."""

    def __init__(self, name: str, *, is_toggle: bool) -> None:
        super().__init__()
        self._name, self._is_toggle = name, is_toggle

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = QApplication.palette()
        group = palette.Disabled if mode == QIcon.Disabled else palette.Active
        color: QColor = palette.color(group, palette.WindowText)
        if state == QIcon.On and self._is_toggle:
            color = palette.color(palette.Link)
        _renderer(self._name, color.name()).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _LineIconEngine(self._name, is_toggle=self._is_toggle)


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    shape = _SHAPES[name].replace('"C"', f'"{color}"')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
        f'stroke="{color}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">'
        f"{shape}</svg>"
    )
    return QSvgRenderer(QByteArray(svg.encode()))


def icon(name: str, *, is_toggle: bool = False) -> QIcon:
    """The icon of this name; that of a toggle is coloured while it is on."""
    return QIcon(_LineIconEngine(name, is_toggle=is_toggle))


def app_icon() -> QIcon:
    """The program's own icon: two masks that overlap."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        '<rect width="64" height="64" rx="14" fill="#16181c"/>'
        '<circle cx="26" cy="32" r="16" fill="#56b4e9" fill-opacity="0.85"/>'
        '<circle cx="40" cy="32" r="16" fill="#e69f00" fill-opacity="0.75"/></svg>'
    )
    pixmap = QPixmap(128, 128)
    pixmap.fill(Qt.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    return QIcon(pixmap)
