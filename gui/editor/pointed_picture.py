"""The picture that is pointed at: whether it can be, and what of it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject

from gui.editor.controller import EditorController
from gui.editor.pointing_history import whole_pixels
from gui.editor.pointing_target import Target

if TYPE_CHECKING:
    from blendmask_live.prompting.prompt import Box

__all__ = ["PointedPicture"]


class PointedPicture(QObject):
    """The picture that the editor shows.

    Attributes:
        frame: The frame that it is of; None before the first one.
    """

    def __init__(self, controller: EditorController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.frame: int | None = None

    def stand_still(self) -> None:
        """Stop playing at the frame that is seen; the next one may be on its way."""
        controller = self._controller
        if controller.is_playing:
            controller.play(False)
            if self.frame is not None and controller.picture is not None:
                controller.show_read(self.frame, controller.picture)

    def why_not(self, target: Target | None) -> str:
        """Why nothing can be pointed at now; "" if it can."""
        controller = self._controller
        if not controller.may_edit:
            return self.tr("The project cannot be changed now")
        if not controller.has_video:
            return self.tr("Without the video there is nothing to point at")
        picture = controller.picture
        if target is None or picture is None or self.frame != target.frame:
            return self.tr("The picture is being read")
        if picture.shape[:2] != controller.project.frame_size(target.frame):
            return self.tr("The picture has another size than the project says")
        lane = controller.lane
        if not target.is_new and lane is not None and lane.track.is_hidden:
            return self.tr("The selected track is hidden: show it with H, or press Escape")
        return ""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point, in frame px, lies in it."""
        picture = self._controller.picture
        return picture is not None and 0 <= x < picture.shape[1] and 0 <= y < picture.shape[0]

    def cut(self, box: Box) -> Box | None:
        """The part of a box that lies in it, in whole pixels; None if there is none."""
        picture = self._controller.picture
        return None if picture is None else whole_pixels(box, picture.shape)
