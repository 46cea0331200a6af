"""How masks are drawn, and what lies behind the objects."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QStandardPaths, pyqtSignal
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QCheckBox, QColorDialog, QFileDialog, QPushButton, QWidget

from gui.live.look import DisplaySettings
from gui.shared.controls import (
    NumberSlider,
    SegmentedChoice,
    dim_label,
    heading,
    panel_column,
)
from gui.shared.folders import usual_folder
from gui.shared.pixels import from_qimage

__all__ = ["DisplayPanel"]


class DisplayPanel(QWidget):
    """Shows `DisplaySettings` and emits those that the user wants.

    Signals:
        chosen: The wanted `DisplaySettings`.
        problem_found: Why a picture cannot be used.
    """

    chosen = pyqtSignal(object)
    problem_found = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = DisplaySettings()
        self.mask_style = SegmentedChoice(
            self.tr("Masks"),
            [("fill", self.tr("Fill")), ("outline", self.tr("Outline")), ("none", self.tr("None"))],
            self,
        )
        self.mask_style.chosen.connect(lambda style: self._want(mask_style=style))
        self.opacity = NumberSlider(
            self.tr("Opacity"), (0.05, 1.0, 0.05), show="{:.0%}".format, parent=self
        )
        self.opacity.chosen.connect(lambda value: self._want(opacity=value))
        self._checks = {
            "show_labels": QCheckBox(self.tr("Labels with track numbers"), self),
            "show_scores": QCheckBox(self.tr("Scores"), self),
            "show_boxes": QCheckBox(self.tr("Boxes"), self),
            "show_trails": QCheckBox(self.tr("Trails"), self),
            "show_unconfirmed": QCheckBox(self.tr("Objects without a confirmed track"), self),
        }
        for name, box in self._checks.items():
            box.clicked.connect(lambda on, name=name: self._want(**{name: on}))
        self.backdrop = SegmentedChoice(
            self.tr("Background"),
            [
                ("none", self.tr("Keep")),
                ("blur", self.tr("Blur")),
                ("color", self.tr("Colour")),
                ("picture", self.tr("Image")),
                ("cut-out", self.tr("Cut-out")),
            ],
            self,
        )
        self.backdrop.chosen.connect(self._want_backdrop)
        self._blur = NumberSlider(
            self.tr("Strength"), (0.005, 0.08, 0.005), show="{:.1%}".format, parent=self
        )
        self._blur.chosen.connect(lambda share: self._want_backdrop_part(blur_share=share))
        self._color = QPushButton(self.tr("Choose colour…"), self)
        self._color.clicked.connect(self._choose_color)
        self._picture = QPushButton(self.tr("Choose image…"), self)
        self._picture.clicked.connect(self._choose_picture)
        column = panel_column(self)
        column.addWidget(heading(self.tr("Masks"), self))
        for widget in (self.mask_style, self.opacity, *self._checks.values()):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addWidget(heading(self.tr("Background"), self))
        for part in (self.backdrop, self._blur, self._color, self._picture):
            column.addWidget(part)
        self._note = dim_label("", self)
        column.addWidget(self._note)
        column.addStretch(1)
        self.show_display(self._display)

    def show_display(self, display: DisplaySettings) -> None:
        """Show these settings; emits nothing."""
        self._display = display
        self.mask_style.set_chosen(display.mask_style)
        self.opacity.set_number(display.opacity)
        self.opacity.setEnabled(display.mask_style == "fill")
        for name, box in self._checks.items():
            box.setChecked(getattr(display, name))
        kind = display.backdrop.kind
        self.backdrop.set_chosen(kind)
        self._blur.set_number(display.backdrop.blur_share)
        for part, needed_by in (
            (self._blur, "blur"),
            (self._color, "color"),
            (self._picture, "picture"),
        ):
            part.setVisible(kind == needed_by)
        self._note.setText(
            self.tr(
                "The checkerboard stands for transparency, and videos of what is shown have it "
                "too. The format “cutout” records real transparency."
            )
            if kind == "cut-out"
            else self.tr("Everything but the shown objects is replaced.")
        )

    def use_picture(self, path: str) -> None:
        """Put an image file behind the objects."""
        picture = QImage(path)
        if picture.isNull():
            self.problem_found.emit(self.tr("{}: not an image that can be read").format(path))
            self.show_display(self._display)
            return
        self._want_backdrop_part(kind="picture", picture=from_qimage(picture))

    def _want(self, **changes: object) -> None:
        self.chosen.emit(replace(self._display, **changes))  # type: ignore[arg-type]

    def _want_backdrop_part(self, **changes: object) -> None:
        self._want(backdrop=replace(self._display.backdrop, **changes))  # type: ignore[arg-type]

    def _want_backdrop(self, kind: object) -> None:
        if kind == "picture" and self._display.backdrop.picture is None:
            self._choose_picture()
        else:
            self._want_backdrop_part(kind=kind)

    def _choose_color(self) -> None:
        before = QColor(*self._display.backdrop.color)
        color = QColorDialog.getColor(before, self, self.tr("Background colour"))
        if color.isValid():
            self._want_backdrop_part(color=(color.red(), color.green(), color.blue()))

    def _choose_picture(self) -> None:
        folder = usual_folder(QStandardPaths.PicturesLocation)
        filters = self.tr("Images (*.png *.jpg *.jpeg *.bmp *.webp);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Background image"), folder, filters)
        if path:
            self.use_picture(path)
        else:
            self.show_display(self._display)
