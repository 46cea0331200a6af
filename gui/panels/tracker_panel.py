"""How detections become tracks."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QPushButton, QWidget

from gui.shared.controls import NumberSlider, dim_label, heading, panel_column
from tracking import TrackerConfig

__all__ = ["TrackerPanel"]


class TrackerPanel(QWidget):
    """Shows a `TrackerConfig` and emits the one that the user wants.

    Signals:
        chosen: The wanted `TrackerConfig`, and whether to track at all.
    """

    chosen = pyqtSignal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config = TrackerConfig()
        self.is_tracking = QCheckBox(self.tr("Follow objects from frame to frame"), self)
        self.is_tracking.clicked.connect(lambda: self._want())
        self.sliders = {
            "max_lost_s": NumberSlider(
                self.tr("Remember lost objects"),
                (0.5, 15.0, 0.5),
                show="{:.1f} s".format,
                tip=self.tr("How long an object may be hidden and still keep its number"),
                parent=self,
            ),
            "confirm_sightings": NumberSlider(
                self.tr("Sightings before a number is given"),
                (1, 10, 1),
                show="{:.0f}".format,
                tip=self.tr("More suppresses flicker, fewer shows new objects sooner"),
                parent=self,
            ),
            "min_overlap": NumberSlider(
                self.tr("Smallest overlap"),
                (0.0, 0.9, 0.05),
                tip=self.tr("Between a mask and its predicted place"),
                parent=self,
            ),
            "max_rejoin_distance": NumberSlider(
                self.tr("Find again within"),
                (0.0, 10.0, 0.5),
                show=lambda sizes: (
                    self.tr("{:.1f} sizes").format(sizes) if sizes else self.tr("off")
                ),
                tip=self.tr("How far from where it was lost, in sizes of the object"),
                parent=self,
            ),
            "max_coast_s": NumberSlider(
                self.tr("Bridge missed frames"),
                (0.0, 2.0, 0.1),
                show=lambda time_s: f"{time_s:.1f} s" if time_s else self.tr("off"),
                tip=self.tr("Masks of missed objects are blended from the new frame's bases"),
                parent=self,
            ),
        }
        for slider in self.sliders.values():
            slider.chosen.connect(lambda value: self._want())
        default = QPushButton(self.tr("Defaults"), self)
        default.clicked.connect(lambda: self.chosen.emit(TrackerConfig(), True))
        column = panel_column(self)
        column.addWidget(heading(self.tr("Tracker"), self))
        column.addWidget(self.is_tracking)
        for slider in self.sliders.values():
            column.addWidget(slider)
        column.addWidget(default)
        column.addWidget(
            dim_label(self.tr("Changes take effect with the next frame; known tracks stay."), self)
        )
        column.addStretch(1)
        self.show_config(self._config, is_tracking=True)

    def show_config(self, config: TrackerConfig, *, is_tracking: bool) -> None:
        """Show these settings; emits nothing."""
        self._config = config
        self.is_tracking.setChecked(is_tracking)
        for name, slider in self.sliders.items():
            slider.set_number(getattr(config, name))
            slider.setEnabled(is_tracking)

    def _want(self) -> None:
        values = {name: slider.number for name, slider in self.sliders.items()}
        values["confirm_sightings"] = int(values["confirm_sightings"])
        self.chosen.emit(replace(self._config, **values), self.is_tracking.isChecked())  # type: ignore[arg-type]
