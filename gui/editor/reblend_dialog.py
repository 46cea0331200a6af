"""Asks with which settings the network's masks are re-blended."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import BlendSettings, Project
from blendmask_live.config import MASK_SIZES

__all__ = ["ReblendDialog"]


class ReblendDialog(QDialog):
    """Asks for settings; those left at "as it is" do not change.

    Signals:
        chosen: `BlendSettings`.
    """

    chosen = pyqtSignal(object)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Re-blend"))
        self.setMinimumWidth(420)
        text = self.tr(
            "Makes the network's masks again with other settings, without running the network. "
            "Masks that you drew, changed or confirmed stay. This can be undone."
        )
        self.mask_size = QComboBox(self)
        self.mask_size.addItem(self.tr("as it is"), None)
        for size in MASK_SIZES:
            self.mask_size.addItem(f"{size} x {size}", size)
        self.mask_size.setEnabled(project.has_latents)
        if not project.has_latents:
            self.mask_size.setToolTip(
                self.tr("Needs bases and attention; annotate again and keep them")
            )
        self.threshold = self._share(self.tr("Probability from which a pixel is in the mask"))
        self.score = self._share(self.tr("Tracks that never reach it are removed"))
        form = QFormLayout()
        form.addRow(self.tr("Mask size"), self.mask_size)
        form.addRow(self.tr("Mask threshold"), self.threshold)
        form.addRow(self.tr("Least score"), self.score)
        buttons = QDialogButtonBox(QDialogButtonBox.Cancel, self)
        self._ok = buttons.addButton(self.tr("Re-blend"), QDialogButtonBox.AcceptRole)
        self._ok.setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        label = QLabel(text, self)
        label.setWordWrap(True)
        column.addWidget(label)
        column.addLayout(form)
        column.addWidget(buttons)
        self.mask_size.currentIndexChanged.connect(self._enable)
        self.threshold.valueChanged.connect(self._enable)
        self.score.valueChanged.connect(self._enable)
        self._enable()

    def _share(self, tip: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox(self)
        field.setRange(0.0, 0.95)
        field.setSingleStep(0.05)
        field.setSpecialValueText(self.tr("as it is"))
        field.setToolTip(tip)
        return field

    @property
    def settings(self) -> BlendSettings:
        """What was chosen."""
        return BlendSettings(
            mask_size=self.mask_size.currentData(),
            mask_threshold=self.threshold.value() or None,
            score=self.score.value() or None,
        )

    def _enable(self) -> None:
        self._ok.setEnabled(self.settings != BlendSettings())

    def _accept(self) -> None:
        self.accept()
        self.chosen.emit(self.settings)
