"""The editor's status bar: frame and time, work in the background, counts."""

from __future__ import annotations

from typing import Final

from PyQt5.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from gui.editor.background import WorkState
from gui.editor.controller import EditorController
from gui.shared.counting import masks_text, tracks_text
from gui.shared.times import clock_text

__all__ = ["EditorStatus"]

_TOLD_MS: Final = 8000


class EditorStatus(QStatusBar):
    """Frame and time at the left; work, tracks and masks at the right."""

    def __init__(self, controller: EditorController, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._position, self._counts = QLabel(self), QLabel(self)
        self._counts.setObjectName("dim")
        self._work_text = QLabel(self)
        self._work_bar = QProgressBar(self)
        self._work_bar.setTextVisible(False)
        self._work_bar.setFixedWidth(160)
        self._work_stop = QPushButton(self.tr("Stop"), self)
        self._work_stop.clicked.connect(controller.background.stop)
        self.addWidget(self._position, 1)
        for part in (self._work_text, self._work_bar, self._work_stop, self._counts):
            self.addPermanentWidget(part)
        controller.background.changed.connect(self._show_work)
        self._show_work(None)

    def tell(self, text: str) -> None:
        """Say for some seconds what has happened."""
        self.showMessage(text, _TOLD_MS)

    def show_position(self) -> None:
        """Show which frame of how many, and its time."""
        controller = self._controller
        if not len(controller.indices):
            self._position.setText(self.tr("This project covers no frame"))
            return
        parts = [
            self.tr("Frame {frame} of {last}").format(
                frame=controller.frame, last=int(controller.indices[-1])
            ),
            clock_text(controller.seconds(controller.frame)),
        ]
        first, last = controller.marks
        if first is not None or last is not None:
            start = controller.indices[0] if first is None else first
            end = controller.indices[-1] if last is None else last
            parts.append(self.tr("marked {first} to {last}").format(first=start, last=end))
        self._position.setText("   ·   ".join(parts))

    def show_counts(self) -> None:
        """Show how many tracks and masks there are, and how many a person has checked."""
        controller, masks, seen = self._controller, 0, 0
        for lane in controller.lanes:
            for run in lane.runs:
                count = len(controller.project.frames.between(run.first, run.last))
                masks += count
                seen += count * run.is_keyframe
        text = self.tr("{tracks}   ·   {masks}, {seen} corrected or confirmed")
        tracks = tracks_text(len(controller.lanes))
        self._counts.setText(text.format(tracks=tracks, masks=masks_text(masks), seen=seen))

    def _work_in_words(self, work: WorkState) -> str:
        if not work.done:
            return work.text
        if not work.steps:
            return f"{work.text}: {work.done}"
        text = self.tr("{work}: {done} of {steps}")
        return text.format(work=work.text, done=work.done, steps=work.steps)

    def _show_work(self, work: WorkState | None) -> None:
        for part in (self._work_text, self._work_bar, self._work_stop):
            part.setVisible(work is not None)
        if work is not None:
            self._work_text.setText(self._work_in_words(work))
            self._work_bar.setRange(0, work.steps)
            self._work_bar.setValue(work.done)
