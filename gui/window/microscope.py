"""The blending microscope: how the mask of one object is made, live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from blendmask_live.datatypes import TrackedFrame, TrackState
from blendmask_live.drawing.palette import track_color
from blendmask_live.masks.steps import BlendingSteps, blending_steps, has_latents
from gui.shared.controls import panel_column
from gui.shared.false_color import gray, sequential, signed
from gui.shared.numbers import localized
from gui.shared.pixels import from_qimage, to_qimage
from gui.shared.theme import current_theme

__all__ = ["MicroscopePanel", "MicroscopeView", "fitting_font"]

_GAP_PX = 6
_CAPTION_PX = 22
_SHARE_PX, _SIGN_PX, _NAME_PX = 46.0, 22.0, 96.0
"""Room for shares, signs and the names of steps beside the tiles."""
_MOST_BASES = 4
"""More would leave no room to see anything."""
_OBJECT_PX = 160
_LARGEST_ASPECT = 1.8
"""Largest ratio of the sides of a tile: thin objects would leave no room for the others."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One step of the blending: a caption, the sign before it, and a tile for each base."""

    sign: str
    caption: str
    tiles: tuple[QImage, ...]


class MicroscopeView(QWidget):
    """Paints attention x bases = products, and below them their sum, the mask and the object."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[_Column, ...] = ()
        self._results: tuple[tuple[str, QImage], ...] = ()
        self._shares: tuple[str, ...] = ()
        self._aspect = 1.0
        self._message = ""
        # Its tab would take the room of the panels below in small windows also while it is hidden.
        self.setMinimumSize(270, 110)
        self.setAccessibleName(self.tr("Blending microscope"))

    def sizeHint(self) -> QSize:
        return QSize(340, 560)

    def show_message(self, text: str) -> None:
        """Show a text instead of steps."""
        self._columns, self._results, self._message = (), (), text
        self.update()

    def show_steps(self, steps: BlendingSteps, cutting: NDArray[np.uint8]) -> None:
        """Show how a mask was made; `cutting` is the (h, w, 3) picture inside its box."""
        largest = float(np.abs(steps.crops).max())
        shares = steps.shares
        shown = np.sort(np.argsort(-shares, kind="stable")[:_MOST_BASES])
        self._columns = (
            _Column("", self.tr("Attention"), _tiles(sequential(steps.weights[shown]))),
            _Column("×", self.tr("Bases"), _tiles(signed(steps.crops[shown], largest))),
            _Column("=", self.tr("Products"), _tiles(signed(steps.products[shown], largest))),
        )
        self._results = (
            (self.tr("Sum"), to_qimage(signed(steps.logits, largest))),
            (self.tr("Mask"), to_qimage(gray(steps.mask))),
            (self.tr("Object"), to_qimage(_cut_out(steps, cutting))),
        )
        told = [localized(f"{share:.0%}") for share in shares]
        if len(shown) < len(shares):
            told = [f"{number}: {text}" for number, text in enumerate(told, start=1)]
        self._shares = tuple(told[base] for base in shown)
        left_out = self.tr("Shown are the bases that count most here; the sum is that of all.")
        self.setToolTip(left_out if len(shown) < len(shares) else "")
        width, height = (steps.box[2:] - steps.box[:2]).tolist()
        aspect = width / max(height, 1e-3)
        self._aspect = min(max(aspect, 1 / _LARGEST_ASPECT), _LARGEST_ASPECT)
        self._message = ""
        described = (localized(f"{k + 1}: {share:.0%}") for k, share in enumerate(shares))
        self.setAccessibleDescription(
            self.tr("Share of each base in the mask: ") + ", ".join(described)
        )
        self.update()

    def picture(self, scale: float = 2.0) -> QImage:
        """What is shown, enlarged, for files."""
        image = QImage(self.size() * scale, QImage.Format_RGB32)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        self._paint(painter)
        painter.end()
        image.setDevicePixelRatio(1)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint(QPainter(self))

    def _paint(self, painter: QPainter) -> None:
        theme = current_theme()
        painter.fillRect(self.rect(), QColor(theme.panel))
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        if not self._columns:
            painter.setPen(QColor(theme.dim_text))
            inside = self.rect().adjusted(20, 20, -20, -20)
            painter.drawText(inside, Qt.AlignCenter | Qt.TextWordWrap, self._message)
            return
        if self._tile_area(*self._wide_cell()) > self._tile_area(*self._tall_cell()):
            self._paint_wide(painter)
        else:
            self._paint_tall(painter)

    def _tile_area(self, cell_w: float, cell_h: float) -> float:
        """Of the object's shape in a cell: upright objects want high ones."""
        width = max(0.0, min(cell_w, cell_h * self._aspect))
        return width * width / self._aspect

    def _tall_cell(self) -> tuple[float, float]:
        lines = len(self._shares)
        width = (self.width() - _SHARE_PX - 2 * _SIGN_PX - 10) / 3
        height = (self.height() - 3 * _CAPTION_PX - 12 - lines * _GAP_PX) / (lines + 1)
        return width, height

    def _wide_cell(self) -> tuple[float, float]:
        width = (self.width() - _NAME_PX - 24) / (len(self._shares) + 1.6)
        return width, (self.height() - _CAPTION_PX - 2 * _GAP_PX - 10) / 3

    def _paint_tall(self, painter: QPainter) -> None:
        """A row for each base; the results below."""
        lines = len(self._shares)
        left, sign_px = _SHARE_PX, _SIGN_PX
        cell_w, cell_h = self._tall_cell()
        for place, column in enumerate(self._columns):
            x = left + place * (cell_w + sign_px)
            self._caption(painter, QRectF(x, 2, cell_w, _CAPTION_PX), column.caption)
            for line, tile in enumerate(column.tiles):
                y = _CAPTION_PX + 4 + line * (cell_h + _GAP_PX)
                self._tile(painter, QRectF(x, y, cell_w, cell_h), tile)
                if column.sign:
                    self._sign(painter, QRectF(x - sign_px, y, sign_px, cell_h), column.sign)
                if not place:
                    self._share(painter, QRectF(2, y, left - 6, cell_h), line)
        top = _CAPTION_PX + 10 + lines * (cell_h + _GAP_PX)
        painter.setPen(QColor(current_theme().line))
        painter.drawLine(10, round(top), self.width() - 10, round(top))
        for place, (caption, tile) in enumerate(self._results):
            x = left + place * (cell_w + sign_px)
            self._caption(painter, QRectF(x, top + 3, cell_w, _CAPTION_PX), caption)
            self._tile(painter, QRectF(x, top + _CAPTION_PX + 5, cell_w, cell_h), tile)
            sign = QRectF(x - sign_px, top + _CAPTION_PX + 5, sign_px, cell_h)
            self._sign(painter, sign, ("Σ", "→", "→")[place])

    def _paint_wide(self, painter: QPainter) -> None:
        """A row for each step; the results at the right."""
        count, left = len(self._shares), _NAME_PX
        cell_w, cell_h = self._wide_cell()
        for line, column in enumerate(self._columns):
            y = _CAPTION_PX + 4 + line * (cell_h + _GAP_PX)
            name = f"{column.sign} {column.caption}".strip()
            self._caption(painter, QRectF(4, y, left - 10, cell_h), name)
            for place, tile in enumerate(column.tiles):
                x = left + place * (cell_w + _GAP_PX)
                self._tile(painter, QRectF(x, y, cell_w, cell_h), tile)
                if not line:
                    self._share(painter, QRectF(x, 2, cell_w, _CAPTION_PX), place)
        x = left + count * (cell_w + _GAP_PX) + 14
        height = (self.height() - 3 * _CAPTION_PX - 10) / 3
        for line, (caption, tile) in enumerate(self._results):
            y = 2 + line * (height + _CAPTION_PX)
            room = self.width() - x - 8
            # The gap beside the tile is the caption's too.
            above = QRectF(x - 12, y, room + 20, _CAPTION_PX)
            self._caption(painter, above, ("Σ ", "→ ", "→ ")[line] + caption)
            self._tile(painter, QRectF(x, y + _CAPTION_PX, room, height), tile)

    def _tile(self, painter: QPainter, cell: QRectF, tile: QImage) -> None:
        width = min(cell.width(), cell.height() * self._aspect)
        height = width / self._aspect
        target = QRectF(0, 0, width, height)
        target.moveCenter(cell.center())
        painter.drawImage(target, tile)
        painter.setPen(QColor(current_theme().line))
        painter.setBrush(Qt.NoBrush)
        painter.drawRect(target)

    def _caption(self, painter: QPainter, place: QRectF, text: str) -> None:
        painter.setPen(QColor(current_theme().dim_text))
        _write(painter, place, text)

    def _sign(self, painter: QPainter, place: QRectF, text: str) -> None:
        painter.save()
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 1.3)
        painter.setFont(font)
        painter.setPen(QColor(current_theme().text))
        painter.drawText(place, Qt.AlignCenter, text)
        painter.restore()

    def _share(self, painter: QPainter, place: QRectF, base: int) -> None:
        painter.setPen(QColor(current_theme().text))
        _write(painter, place, self._shares[base])


def _write(painter: QPainter, place: QRectF, text: str) -> None:
    """In the middle of the place, smaller where it would be cut off: 8 must not look like 3."""
    painter.save()
    painter.setFont(fitting_font(painter.font(), text, place.width()))
    painter.drawText(place, Qt.AlignCenter, text)
    painter.restore()


def fitting_font(font: QFont, text: str, width: float) -> QFont:
    """The font, made smaller until the text is at most `width` px wide."""
    fitting = QFont(font)
    while QFontMetricsF(fitting).horizontalAdvance(text) > width and fitting.pointSizeF() > 4:
        fitting.setPointSizeF(fitting.pointSizeF() - 0.5)
    return fitting


class MicroscopePanel(QWidget):
    """Follows one track and shows how its mask is made.

    Signals:
        save_wanted: The user wants the picture as a file.
        video_wanted: The user wants to begin a video (True) or to end it (False).
    """

    save_wanted = pyqtSignal()
    video_wanted = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.track_id = 0
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.RichText)
        self.view = MicroscopeView(self)
        save = QPushButton(self.tr("Save picture…"), self)
        save.clicked.connect(self.save_wanted)
        self.video = QPushButton(self.tr("Record video"), self)
        self.video.setCheckable(True)
        self.video.toggled.connect(self._video_toggled)
        buttons = QHBoxLayout()
        buttons.addWidget(save)
        buttons.addWidget(self.video)
        column: QVBoxLayout = panel_column(self)
        column.setContentsMargins(10, 6, 10, 10)
        column.addWidget(self._title)
        column.addWidget(self.view, 1)
        column.addLayout(buttons)
        self.follow(0)

    def follow(self, track_id: int) -> None:
        """Follow another track; 0 for none."""
        self.track_id = track_id
        nothing = self.tr("No object chosen")
        self._title.setText("" if track_id else f"<b>{nothing}</b>")
        if not track_id:
            self.view.show_message(self.tr("Click an object in the picture."))

    def show_frame(self, frame: TrackedFrame) -> None:
        """Show the followed track in this frame."""
        if not self.track_id:
            return
        rows = np.flatnonzero(frame.track_ids == self.track_id)
        if not rows.size:
            self.view.show_message(self.tr("The object is not in this frame."))
            return
        row, instances = int(rows[0]), frame.instances
        red, green, blue = track_color(self.track_id)
        name = f"{instances.class_names[row]} {self.track_id}"
        self._title.setText(
            f'<span style="color: rgb({red},{green},{blue})">■</span> <b>{name}</b>  '
            + localized(f"{instances.scores[row]:.0%}")
        )
        if frame.tracked.states[row] is TrackState.FOLLOWED:
            self.view.show_message(self.tr("Followed: this mask was asked for, not blended."))
            return
        if not has_latents(instances):
            # Latents are kept from the next frame on.
            return
        steps = blending_steps(instances, row)
        self.view.show_steps(steps, _inside(frame.frame.image, steps.box))

    def image(self) -> NDArray[np.uint8]:
        """What is shown, as (H, W, 3) RGB."""
        return from_qimage(self.view.picture())

    def _video_toggled(self, is_on: bool) -> None:
        self.video.setText(self.tr("Stop video") if is_on else self.tr("Record video"))
        self.video_wanted.emit(is_on)


def _tiles(colored: NDArray[np.uint8]) -> tuple[QImage, ...]:
    return tuple(to_qimage(tile) for tile in colored)


def _inside(image: NDArray[np.uint8], box: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture inside a box; black where the box leaves the frame."""
    x0, y0, x1, y1 = np.rint(box).astype(int).tolist()
    cutting = np.zeros((max(1, y1 - y0), max(1, x1 - x0), 3), dtype=np.uint8)
    height, width = image.shape[:2]
    left, top = max(x0, 0), max(y0, 0)
    seen = image[top : min(y1, height), left : min(x1, width)]
    cutting[top - y0 : top - y0 + seen.shape[0], left - x0 : left - x0 + seen.shape[1]] = seen
    # The tile is small; a large object need not be shown with every pixel.
    step = max(1, min(cutting.shape[:2]) // _OBJECT_PX)
    return cutting[::step, ::step]


def _cut_out(steps: BlendingSteps, cutting: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture inside the box, dark where the mask is not."""
    rows = np.arange(cutting.shape[0]) * steps.mask.shape[0] // cutting.shape[0]
    columns = np.arange(cutting.shape[1]) * steps.mask.shape[1] // cutting.shape[1]
    inside = (steps.mask >= steps.threshold)[rows[:, None], columns]
    return np.where(inside[..., None], cutting, cutting // 5)
