"""Which object the microscope shows, and when."""

from __future__ import annotations

from PyQt5.QtCore import QObject, pyqtSignal

from gui.live.controller import LiveController
from gui.window.microscope import MicroscopePanel
from gui.window.shown_picture import ShownPicture

__all__ = ["Inspection"]


class Inspection(QObject):
    """Shows the chosen track in the microscope; while none is chosen, the one under the pointer.

    Attributes:
        is_seen: Whether the microscope can be seen.

    Signals:
        wanted: A track was chosen while the microscope could not be seen.
    """

    wanted = pyqtSignal()

    def __init__(
        self, controller: LiveController, picture: ShownPicture, microscope: MicroscopePanel
    ) -> None:
        super().__init__(microscope)
        self._controller, self._picture, self._microscope = controller, picture, microscope
        self.is_seen = False
        picture.track_selected.connect(self._select)
        picture.look_changed.connect(self.keep_latents)

    def set_seen(self, is_seen: bool) -> None:
        """The microscope came into sight or went out of it."""
        self.is_seen = is_seen
        self.keep_latents()

    def hover(self, track_id: int) -> None:
        """The pointer is over a track; 0 for none."""
        if self._picture.selected_track == 0 and self.is_seen:
            self._follow(track_id)

    def show_frame(self) -> None:
        """Show the controller's newest frame."""
        if self._controller.latest is not None:
            self._microscope.show_frame(self._controller.latest)

    def keep_latents(self) -> None:
        """Have attention and bases kept while they are shown somewhere."""
        is_needed = self._microscope.track_id != 0 and self.is_seen
        self._controller.keep_latents(is_needed or self._picture.look.shows_bases)

    def _select(self, track_id: int) -> None:
        followed = [track.track_id for track in self._controller.followed]
        if track_id and not self.is_seen and track_id not in followed:
            self.wanted.emit()
        self._follow(track_id)

    def _follow(self, track_id: int) -> None:
        self._microscope.follow(track_id)
        self.keep_latents()
        self.show_frame()
