"""Draws the newest frame: which tracks, how, and which one is chosen."""

from __future__ import annotations

import time
from dataclasses import replace

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.pipeline import StageTimings
from gui.live.controller import LiveController
from gui.live.look import MASK_STYLES, DisplaySettings, FramePainter, Painted, Visibility
from gui.shared.video_view import VideoView

__all__ = ["ShownPicture"]


class ShownPicture(QObject):
    """Draws the controller's newest frame into the view, and again when the look changes.

    Attributes:
        look: How frames are drawn.
        visibility: Which tracks are drawn.
        selected_track: Id of the chosen track; 0 for none.
        timings: What drawing costs.
        painted: What is shown; None before the first frame.

    Signals:
        look_changed: `look` is new.
        visibility_changed: `visibility` is new.
        track_selected: `selected_track` was set; carries it.
        drawn: What is shown now, a `Painted`.
    """

    look_changed = pyqtSignal()
    visibility_changed = pyqtSignal()
    track_selected = pyqtSignal(int)
    drawn = pyqtSignal(object)

    def __init__(self, controller: LiveController, view: VideoView, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self._view = view
        self._painter = FramePainter()
        self.look = controller.preferences.load("display", DisplaySettings())
        self.visibility = Visibility()
        self.selected_track = 0
        self.timings = StageTimings()
        self.painted: Painted | None = None

    def begin_session(self) -> None:
        """Forget tracks and picture: another source."""
        self._painter = FramePainter()
        self.painted = None
        self._view.clear()
        self._view.fit()
        self.set_visibility(Visibility())
        self.select_track(0)

    def set_look(self, look: DisplaySettings) -> None:
        """Draw in another way, from this frame on; remembered."""
        self.look = look
        preferences = self._controller.preferences
        preferences.save("display", look, leave_out=("backdrop", "shows_bases"))
        self.look_changed.emit()
        self.redraw()

    def toggle(self, part: str) -> None:
        """Show or hide a part; it is named by a bool of `DisplaySettings`."""
        changes: dict[str, bool] = {part: not getattr(self.look, part)}
        self.set_look(replace(self.look, **changes))  # type: ignore[arg-type]

    def next_mask_style(self) -> None:
        """Fill, outline, none, fill, ..."""
        following = (MASK_STYLES.index(self.look.mask_style) + 1) % len(MASK_STYLES)
        self.set_look(replace(self.look, mask_style=MASK_STYLES[following]))

    def set_visibility(self, visibility: Visibility) -> None:
        """Show other tracks and classes."""
        self.visibility = visibility
        self.visibility_changed.emit()
        self.redraw()

    def select_track(self, track_id: int) -> None:
        """Choose a track; 0 for none."""
        self.selected_track = track_id
        self._view.select_track(track_id)
        self.track_selected.emit(track_id)

    def redraw(self) -> None:
        """Draw the newest frame."""
        frame = self._controller.latest
        if frame is None:
            return
        started_s = time.perf_counter()
        painted = self._painter.paint(frame, self.look, self.visibility)
        self.painted = painted
        self._view.show_picture(painted.tinted, painted.tracked, painted.style)
        self.timings.record("draw", (time.perf_counter() - started_s) * 1000)
        if self._controller.recorder.records_shown:
            self._controller.recorder.add_shown(painted.image, frame.frame.captured_at)
        self.drawn.emit(painted)
