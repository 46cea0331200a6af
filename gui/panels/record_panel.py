"""What one press of the record key records."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QAction,
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from blendmask_live.export import EXPORTERS
from blendmask_live.live import RecordingStatus
from gui.live.recorder import RecordingPlan, default_folder
from gui.panels.format_options import FormatOptions
from gui.shared.controls import dim_label, heading, panel_column
from gui.shared.counting import frames_text
from gui.shared.numbers import localized
from gui.shared.times import clock_text

__all__ = ["RecordPanel"]


class RecordPanel(QWidget):
    """Shows a `RecordingPlan` and emits the one that the user wants.

    Signals:
        chosen: The wanted `RecordingPlan`.
    """

    chosen = pyqtSignal(object)

    def __init__(self, record: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = RecordingPlan()
        self.shown = QCheckBox(self.tr("The picture as it is shown (video)"), self)
        self.shown.clicked.connect(lambda: self._want())
        self.formats = {name: QCheckBox(name, self) for name in EXPORTERS}
        for box in self.formats.values():
            box.clicked.connect(lambda: self._want())
        self.options = FormatOptions(self)
        self.options.chosen.connect(
            lambda options: self.chosen.emit(replace(self._plan, options=options))
        )
        self._folder = QLabel(self)
        self._folder.setWordWrap(True)
        self._folder.setObjectName("dim")
        self._choose = QPushButton(self.tr("Choose folder…"), self)
        self._choose.clicked.connect(self._choose_folder)
        self._status = dim_label("", self)
        button = QToolButton(self)
        button.setDefaultAction(record)
        button.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
        button.setObjectName("wide")
        button.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        column = panel_column(self)
        column.addWidget(button)
        column.addWidget(self._status)
        column.addWidget(heading(self.tr("Record"), self))
        column.addWidget(self.shown)
        column.addWidget(dim_label(self.tr("Clean frames and masks, in these formats:"), self))
        grid = QGridLayout()
        for place, box in enumerate(self.formats.values()):
            grid.addWidget(box, place // 2, place % 2)
        column.addLayout(grid)
        column.addWidget(self.options)
        column.addWidget(heading(self.tr("Folder"), self))
        column.addWidget(self._folder)
        column.addWidget(self._choose)
        column.addStretch(1)
        self.show_plan(self._plan)
        self.show_recording(None, is_recording=False)

    def show_plan(self, plan: RecordingPlan, trouble: str = "") -> None:
        """Show a plan, and why it cannot be recorded; emits nothing."""
        self._plan = plan
        self.options.show_options(plan.options, plan.formats)
        self.options.show_trouble(trouble)
        self.shown.setChecked(plan.records_shown)
        for name, box in self.formats.items():
            box.setChecked(name in plan.formats)
        self._folder.setText(plan.folder or str(default_folder()))

    def show_recording(
        self, recording: RecordingStatus | None, *, is_recording: bool, size_bytes: int = 0
    ) -> None:
        """Show how far the recording is; while it runs, the plan cannot be changed."""
        for part in (self.shown, *self.formats.values(), self.options, self._choose):
            part.setEnabled(not is_recording)
        self._status.setVisible(is_recording)
        if recording is None:
            self._status.setText(self.tr("Recording…") if is_recording else "")
            return
        text = f"{clock_text(recording.seconds)}   {frames_text(recording.frames)}"
        text += localized(self.tr("   {:.1f} MB").format(size_bytes / 1e6))
        if recording.frames_dropped:
            text += self.tr("   {} left out").format(recording.frames_dropped)
        self._status.setText(text)

    def _want(self) -> None:
        formats = tuple(name for name, box in self.formats.items() if box.isChecked())
        self.chosen.emit(replace(self._plan, formats=formats, records_shown=self.shown.isChecked()))

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Folder for recordings"), self._plan.folder or str(default_folder())
        )
        if folder:
            self.chosen.emit(replace(self._plan, folder=folder))
