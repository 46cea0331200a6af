"""Asks what to export, and where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import Project
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.export import EXPORTERS, ExportOptions
from gui.panels.format_options import FormatOptions
from gui.shared.format_trouble import formats_trouble
from gui.shared.preferences import Preferences

__all__ = ["ExportDialog"]


class ExportDialog(QDialog):
    """Formats, their options and a folder; what was chosen last is offered first.

    Signals:
        chosen: Folder, format names and `ExportOptions`.
    """

    chosen = pyqtSignal(object, tuple, object)

    def __init__(
        self, project: Project, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._class_names = project.labels
        self.setWindowTitle(self.tr("Export"))
        column = QVBoxLayout(self)
        # The dialog is as high as the options that are shown.
        column.setSizeConstraint(QLayout.SetFixedSize)
        column.addWidget(QLabel(self.tr("Formats"), self))
        remembered = preferences.text("export_formats", ",".join(DEFAULT_FORMATS)).split(",")
        grid = QGridLayout()
        self.formats = {name: QCheckBox(name, self) for name in EXPORTERS}
        for place, (name, box) in enumerate(self.formats.items()):
            box.setChecked(name in remembered)
            box.toggled.connect(self._show_options)
            grid.addWidget(box, place // 3, place % 3)
        column.addLayout(grid)
        self.options = FormatOptions(self, columns=2)
        self.options.options = preferences.load("export_options", ExportOptions())
        self.options.chosen.connect(self._show_options)
        column.addWidget(self.options)
        column.addWidget(QLabel(self.tr("Folder"), self))
        self.folder = QLineEdit(str(project.path.with_name("export")), self)
        self.folder.setMinimumWidth(440)
        browse = QPushButton(self.tr("Choose…"), self)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        column.addLayout(row)
        text = self.tr("Files go to a folder named {}; those of an earlier export are replaced.")
        column.addWidget(QLabel(text.format(project.path.stem), self))
        self._buttons = QDialogButtonBox(QDialogButtonBox.Cancel, self)
        self._ok = self._buttons.addButton(self.tr("Export"), QDialogButtonBox.AcceptRole)
        self._ok.setDefault(True)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        column.addWidget(self._buttons)
        self._show_options()

    def _chosen_formats(self) -> tuple[str, ...]:
        return tuple(name for name, box in self.formats.items() if box.isChecked())

    def _show_options(self, chosen: object = None) -> None:
        options = chosen if isinstance(chosen, ExportOptions) else self.options.options
        formats = self._chosen_formats()
        trouble = formats_trouble(formats, options, self._class_names)
        self.options.show_options(options, formats)
        self.options.show_trouble(trouble)
        self._ok.setEnabled(bool(formats) and not trouble)

    def _browse(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder"), self.folder.text())
        if path:
            self.folder.setText(path)

    def _accept(self) -> None:
        names, options = self._chosen_formats(), self.options.options
        self._preferences.set_text("export_formats", ",".join(names))
        self._preferences.save("export_options", options)
        self.accept()
        self.chosen.emit(Path(self.folder.text()), names, replace(options, overwrite=True))
