"""How the editor shows picture and masks: a view, of which the project knows nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QPushButton, QVBoxLayout, QWidget

from blendmask_live.drawing.overlay import OverlayStyle
from gui.shared.controls import NumberSlider

__all__ = ["EditorLook", "LookPanel", "lit"]


@dataclass(frozen=True, slots=True)
class EditorLook:
    """What is seen, and how."""

    opacity: float = 0.45
    """Of the fill, 0 to 1."""
    shows_masks: bool = True
    shows_labels: bool = True
    is_outline_only: bool = False
    brightness: float = 1.0
    """Gamma: more than 1 brings out what is dark."""
    contrast: float = 1.0

    @property
    def style(self) -> OverlayStyle:
        """For outlines and labels over the picture."""
        return OverlayStyle(
            opacity=self.opacity if self.shows_masks and not self.is_outline_only else 0.0,
            show_outlines=self.shows_masks,
            show_boxes=False,
            show_labels=self.shows_masks and self.shows_labels,
            show_scores=False,
        )


def lit(image: NDArray[np.uint8], look: EditorLook) -> NDArray[np.uint8]:
    """An (H, W, 3) picture, brighter and with more contrast as the look asks for it."""
    if look.brightness == 1.0 and look.contrast == 1.0:
        return image
    levels = np.linspace(0, 1, 256) ** (1 / look.brightness)
    levels = (levels - 0.5) * look.contrast + 0.5
    table = np.rint(levels.clip(0, 1) * 255).astype(np.uint8)
    shown: NDArray[np.uint8] = table[image]
    return shown


class LookPanel(QWidget):
    """Sliders for fill, brightness and contrast.

    Signals:
        chosen: Another `EditorLook`.
    """

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._look = EditorLook()
        self.sliders = {
            "opacity": NumberSlider(self.tr("Fill of the masks"), (0.0, 1.0, 0.05), parent=self),
            "brightness": NumberSlider(self.tr("Brightness"), (0.4, 4.0, 0.1), parent=self),
            "contrast": NumberSlider(self.tr("Contrast"), (0.5, 3.0, 0.1), parent=self),
        }
        reset = QPushButton(self.tr("As it was"), self)
        reset.clicked.connect(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        for slider in self.sliders.values():
            slider.setMinimumWidth(220)
            slider.chosen.connect(self._choose)
            column.addWidget(slider)
        column.addWidget(reset)

    def show_look(self, look: EditorLook) -> None:
        """Show a look; emits nothing."""
        self._look = look
        for name, slider in self.sliders.items():
            slider.set_number(getattr(look, name))

    def _choose(self) -> None:
        self._look = replace(
            self._look,
            opacity=self.sliders["opacity"].number,
            brightness=self.sliders["brightness"].number,
            contrast=self.sliders["contrast"].number,
        )
        self.chosen.emit(self._look)

    def _reset(self) -> None:
        usual = EditorLook()
        self._look = replace(
            self._look,
            opacity=usual.opacity,
            brightness=usual.brightness,
            contrast=usual.contrast,
        )
        self.show_look(self._look)
        self.chosen.emit(self._look)
