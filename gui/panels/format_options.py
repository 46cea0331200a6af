"""How the chosen formats are written; for recordings and for exports alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt5.QtCore import QStandardPaths, Qt, pyqtSignal
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.export import ExportOptions, heeded_options
from gui.shared.controls import NumberSlider, SegmentedChoice, dim_label, error_label, heading
from gui.shared.folders import usual_folder

__all__ = ["FormatOptions"]

_GREEN = "#00b140"


class FormatOptions(QWidget):
    """Shows those of the `ExportOptions` that the chosen formats heed.

    Attributes:
        options: What is shown.

    Signals:
        chosen: The wanted `ExportOptions`.
    """

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None, *, columns: int = 1) -> None:
        """`columns`: how many options are side by side."""
        super().__init__(parent)
        self.options = ExportOptions()
        self._columns = columns
        self._trouble = error_label(self)
        self._heading = heading(self.tr("Options of these formats"), self)
        self.rows: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.addWidget(self._trouble, 0, 0, 1, columns)
        self._grid.addWidget(self._heading, 1, 0, 1, columns)
        self._make_choices()
        self._make_background()
        self._make_numbers()
        self._make_checks()
        self.show_options(self.options, ())

    def _make_choices(self) -> None:
        none, png = ("none", self.tr("None")), ("png", "PNG")
        self._add_choice("frames", self.tr("Frames as pictures"), none, ("jpg", "JPEG"), png)
        self._add_choice(
            "rle",
            self.tr("Masks of YouTube-VIS"),
            (None, self.tr("As readers expect")),
            ("compressed", self.tr("Short")),
            ("uncompressed", self.tr("Long")),
        )
        row = self.rows["rle"]
        self._rle_note = dim_label("", row)
        self._rle_note.setWordWrap(True)
        row.layout().addWidget(self._rle_note)
        self._add_choice(
            "shape",
            self.tr("Shapes for annotation tools"),
            (None, self.tr("As readers expect")),
            ("mask", self.tr("Exact masks")),
            ("polygon", self.tr("Polygons")),
        )
        self._add_choice(
            "cutout",
            self.tr("Cut-outs with transparency"),
            ("prores", "ProRes"),
            ("vp9", "VP9"),
            png,
        )
        self._add_choice("matte", self.tr("Matte"), ("h264", self.tr("Video")), png)

    def _add_choice(self, name: str, title: str, *choices: tuple[object, str]) -> None:
        row = QWidget(self)
        choice = SegmentedChoice(title, choices, row)
        choice.setObjectName(name)
        choice.chosen.connect(lambda key: self._want(**{name: key}))
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        column.addWidget(QLabel(title, row))
        column.addWidget(choice)
        self.rows[name] = row

    def _make_background(self) -> None:
        self._add_choice(
            "background",
            self.tr("Background of overlay and cut-out"),
            ("none", self.tr("Keep")),
            ("blur", self.tr("Blur")),
            ("color", self.tr("Colour")),
            ("picture", self.tr("Image")),
        )
        row = self.rows["background"]
        choice = self.choice("background")
        choice.chosen.disconnect()
        choice.chosen.connect(self._want_background)
        choice.button("none").setToolTip(
            self.tr("Overlays keep the picture; cut-outs are transparent")
        )
        self._other = QPushButton(row)
        self._other.clicked.connect(lambda: self._want_background(self._background_kind()))
        self._note = dim_label("", row)
        for part in (self._other, self._note):
            row.layout().addWidget(part)

    def _make_numbers(self) -> None:
        tolerance = NumberSlider(
            self.tr("Polygons may be off by"),
            (0.0, 10.0, 0.5),
            show="{:.1f} px".format,
            tip=self.tr("0 keeps every pixel; more makes fewer corners"),
            parent=self,
        )
        tolerance.chosen.connect(lambda px: self._want(polygon_tolerance_px=px))
        self.rows["polygon_tolerance_px"] = tolerance
        quality = NumberSlider(
            self.tr("Compression of videos"),
            (0, 51, 1),
            show="CRF {:.0f}".format,
            tip=self.tr("0 is lossless; more makes smaller and coarser files"),
            parent=self,
        )
        quality.chosen.connect(lambda crf: self._want(video_crf=int(crf)))
        self.rows["video_crf"] = quality

    def _make_checks(self) -> None:
        for name, text, tip in (
            (
                "all_classes",
                self.tr("All classes"),
                self.tr("MOTS: else people and cars only; YouTube-VIS: else those that occur"),
            ),
            (
                "one_file_per_track",
                self.tr("A file for every track"),
                self.tr("Of cut-outs and mattes"),
            ),
        ):
            box = QCheckBox(text, self)
            box.setToolTip(tip)
            box.clicked.connect(lambda on, name=name: self._want(**{name: on}))
            self.rows[name] = box

    def choice(self, name: str) -> SegmentedChoice:
        """The buttons of an option."""
        found = self.rows[name].findChild(SegmentedChoice, name)
        assert isinstance(found, SegmentedChoice)
        return found

    # What is shown

    def show_options(self, options: ExportOptions, formats: Sequence[str]) -> None:
        """Show the options that matter for these formats; nobody is told."""
        self.options = options
        for name in ("frames", "rle", "shape", "cutout", "matte"):
            self.choice(name).set_chosen(getattr(options, name))
        for name in ("all_classes", "one_file_per_track"):
            box = self.rows[name]
            assert isinstance(box, QCheckBox)
            box.setChecked(getattr(options, name))
        for name in ("polygon_tolerance_px", "video_crf"):
            slider = self.rows[name]
            assert isinstance(slider, NumberSlider)
            slider.set_number(getattr(options, name))
        self._rle_note.setText(self._refused_by_trackeval())
        self._rle_note.setVisible(options.rle is not None)
        self._show_background()
        heeded = heeded_options(formats, options)
        shown = [row for name, row in self.rows.items() if name in heeded]
        for row in self.rows.values():
            row.setVisible(row in shown)
        for place, row in enumerate(shown):
            line, column = divmod(place, self._columns)
            self._grid.addWidget(row, 2 + line, column, Qt.AlignTop)
        self._heading.setVisible(bool(shown))

    def show_trouble(self, text: str) -> None:
        """Say what is wrong with the choice; "" for nothing."""
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))

    def _refused_by_trackeval(self) -> str:
        if self.options.rle == "compressed":
            return self.tr("TrackEval refuses instances.json with short masks")
        return self.tr("TrackEval refuses results.json with long masks")

    def _show_background(self) -> None:
        kind, background = self._background_kind(), self.options.background
        self.choice("background").set_chosen(kind)
        is_picture = kind == "picture"
        self._other.setText(self.tr("Choose image…") if is_picture else self.tr("Choose colour…"))
        self._other.setVisible(kind in ("color", "picture"))
        self._note.setText(background)
        self._note.setVisible(is_picture)

    def _background_kind(self) -> str:
        background = self.options.background
        if background in ("", "blur"):
            return background or "none"
        return "color" if QColor.isValidColor(background) else "picture"

    # What is wanted

    def _want(self, **changes: object) -> None:
        self.chosen.emit(replace(self.options, **changes))  # type: ignore[arg-type]

    def _want_background(self, kind: object) -> None:
        wanted = {"none": "", "blur": "blur"}.get(str(kind))
        if kind == "color":
            wanted = self._ask_color()
        elif kind == "picture":
            wanted = self._ask_picture()
        if wanted is None:
            self._show_background()
        else:
            self._want(background=wanted)

    def _ask_color(self) -> str | None:
        if self._background_kind() != "color":
            return _GREEN
        before = QColor(self.options.background)
        color = QColorDialog.getColor(before, self, self.tr("Background colour"))
        return color.name() if color.isValid() else None

    def _ask_picture(self) -> str | None:
        folder = usual_folder(QStandardPaths.PicturesLocation)
        filters = self.tr("Images (*.png *.jpg *.jpeg *.bmp *.webp);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Background image"), folder, filters)
        return path or None
