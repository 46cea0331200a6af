"""Which tracks the timeline shows."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QWidget

from blendmask_live.annotation import Lane, Suggestion
from gui.shared.counting import tracks_text

__all__ = ["LaneFilter"]


class LaneFilter(QWidget):
    """Chooses lanes by class and by whether there are suggestions.

    Signals:
        changed: Other tracks pass.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.class_choice = QComboBox(self)
        self.class_choice.setAccessibleName(self.tr("Classes in the timeline"))
        self.class_choice.setSizeAdjustPolicy(QComboBox.AdjustToContents)
        self.class_choice.currentIndexChanged.connect(self.changed)
        self.doubtful_only = QCheckBox(self.tr("Only tracks with doubts"), self)
        self.doubtful_only.toggled.connect(self.changed)
        self._text = QLabel(self)
        self._text.setObjectName("dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(14)
        row.addWidget(self.class_choice)
        row.addWidget(self.doubtful_only)
        row.addStretch(1)
        row.addWidget(self._text)

    def offer_classes(self, lanes: Sequence[Lane], labels: Sequence[str]) -> None:
        """Offer the classes of these lanes; the chosen one stays if it is among them."""
        used = sorted({labels[run.class_id] for lane in lanes for run in lane.runs})
        every = self.tr("All classes")
        shown = self.class_choice.currentText()
        self.class_choice.blockSignals(True)
        self.class_choice.clear()
        self.class_choice.addItems([every, *used])
        self.class_choice.setCurrentText(shown if shown in used else every)
        self.class_choice.blockSignals(False)

    def passed(
        self, lanes: Sequence[Lane], labels: Sequence[str], suggestions: Sequence[Suggestion]
    ) -> tuple[Lane, ...]:
        """The lanes that pass; also shows how many."""
        passed = tuple(lanes)
        if self.class_choice.currentIndex() > 0:
            wanted = self.class_choice.currentText()
            passed = tuple(x for x in passed if any(labels[r.class_id] == wanted for r in x.runs))
        if self.doubtful_only.isChecked():
            doubtful = {track for suggestion in suggestions for track in suggestion.tracks}
            passed = tuple(x for x in passed if x.track.track_id in doubtful)
        text = self.tr("{shown} of {all}")
        self._text.setText(text.format(shown=len(passed), all=tracks_text(len(lanes))))
        return passed
