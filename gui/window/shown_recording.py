"""Shows in tool bar and panel what is recorded, and what would be."""

from __future__ import annotations

from PyQt5.QtCore import QObject

from gui.live.controller import LiveController
from gui.panels.record_panel import RecordPanel
from gui.shared.actions import Actions
from gui.shared.icons import icon
from gui.shared.times import clock_text

__all__ = ["ShownRecording"]


class ShownRecording(QObject):
    """Follows the controller's recorder."""

    def __init__(
        self, controller: LiveController, actions: Actions, panel: RecordPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._action, self._panel = controller, actions["record"], panel
        controller.recorder.changed.connect(self.show_plan)
        controller.status_changed.connect(self._show_recording)

    def show_plan(self) -> None:
        """Show what would be recorded, and what hinders it."""
        recorder = self._controller.recorder
        self._panel.show_plan(recorder.plan, recorder.trouble())
        self._show_recording()

    def _show_recording(self) -> None:
        recorder, action = self._controller.recorder, self._action
        is_recording = recorder.is_recording
        action.setChecked(is_recording)
        action.setIcon(icon("stop" if is_recording else "record"))
        action.setText(self.tr("Stop recording") if is_recording else self.tr("Record"))
        status = self._controller.status
        recording = None if status is None else status.recording
        if is_recording and recording is not None:
            # Beside the button, for the panel may be behind others.
            action.setIconText(self.tr("Stop  {}").format(clock_text(recording.seconds)[:-3]))
        else:
            action.setIconText(action.text())
        self._panel.show_recording(
            recording, is_recording=is_recording, size_bytes=recorder.size_bytes()
        )
