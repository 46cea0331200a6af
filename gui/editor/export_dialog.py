"""Asks what to export, and where to."""

from __future__ import annotations

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
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import Project
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.export import EXPORTERS
from gui.preferences import Preferences

__all__ = ["ExportDialog"]


class ExportDialog(QDialog):
    """Formats and a folder; what was chosen last is offered first.

    Signals:
        chosen: Folder and format names.
    """

    chosen = pyqtSignal(object, tuple)

    def __init__(
        self, project: Project, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.setWindowTitle(self.tr("Export"))
        column = QVBoxLayout(self)
        column.addWidget(QLabel(self.tr("Formats"), self))
        remembered = preferences.text("export_formats", ",".join(DEFAULT_FORMATS)).split(",")
        grid = QGridLayout()
        self.formats = {name: QCheckBox(name, self) for name in EXPORTERS}
        for place, (name, box) in enumerate(self.formats.items()):
            box.setChecked(name in remembered)
            box.toggled.connect(self._enable)
            grid.addWidget(box, place // 3, place % 3)
        column.addLayout(grid)
        column.addWidget(QLabel(self.tr("Folder"), self))
        self.folder = QLineEdit(str(project.path.with_name("export")), self)
        self.folder.setMinimumWidth(380)
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
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        column.addWidget(self._buttons)
        self._enable()

    def _enable(self) -> None:
        self._ok.setEnabled(any(box.isChecked() for box in self.formats.values()))

    def _browse(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder"), self.folder.text())
        if path:
            self.folder.setText(path)

    def _accept(self) -> None:
        names = tuple(name for name, box in self.formats.items() if box.isChecked())
        self._preferences.set_text("export_formats", ",".join(names))
        self.accept()
        self.chosen.emit(Path(self.folder.text()), names)
