"""The editor's status bar: where one is, what there is, what goes on."""

from __future__ import annotations

from PyQt5.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from gui.editor.controller import EditorController
from gui.editor.jobs import JobState
from gui.window.playback_bar import clock_text

__all__ = ["EditorStatus"]


class EditorStatus(QStatusBar):
    """Frame and time at the left; job, tracks and masks at the right."""

    def __init__(self, controller: EditorController, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._position, self._counts = QLabel(self), QLabel(self)
        self._counts.setObjectName("dim")
        self._job_text = QLabel(self)
        self._job_bar = QProgressBar(self)
        self._job_bar.setTextVisible(False)
        self._job_bar.setFixedWidth(160)
        self._job_stop = QPushButton(self.tr("Stop"), self)
        self._job_stop.clicked.connect(controller.jobs.stop)
        self.addWidget(self._position, 1)
        for part in (self._job_text, self._job_bar, self._job_stop, self._counts):
            self.addPermanentWidget(part)
        controller.jobs.changed.connect(self._show_job)
        self._show_job(None)

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
        """Show how much there is, and how much of it a person has seen to."""
        controller, masks, seen = self._controller, 0, 0
        for lane in controller.lanes:
            for run in lane.runs:
                count = len(controller.project.frames.between(run.first, run.last))
                masks += count
                seen += count * run.is_keyframe
        text = self.tr("{tracks} tracks   ·   {masks} masks, {seen} corrected or confirmed")
        self._counts.setText(text.format(tracks=len(controller.lanes), masks=masks, seen=seen))

    def _show_job(self, job: JobState | None) -> None:
        for part in (self._job_text, self._job_bar, self._job_stop):
            part.setVisible(job is not None)
        if job is not None:
            self._job_text.setText(f"{job.text}: {job.done}" if job.done else job.text)
            self._job_bar.setRange(0, job.steps)
            self._job_bar.setValue(job.done)
