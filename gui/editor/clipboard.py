"""Copying masks between frames and tracks."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QObject

from blendmask_live.annotation import SetMask
from blendmask_live.masks.crops import CroppedMask
from gui.editor.controller import EditorController
from gui.shared.problems import Problem

__all__ = ["MaskClipboard"]


class MaskClipboard(QObject):
    """Holds one mask.

    Attributes:
        mask: The copied one.
    """

    def __init__(self, controller: EditorController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.mask: CroppedMask | None = None
        self._label = ""

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        return {
            "copy_mask": self.copy,
            "paste_mask": self.paste,
            "paste_new": lambda: self.paste(is_new=True),
        }

    def copy(self) -> None:
        """Keep the selected track's mask of this frame."""
        controller = self._controller
        mask = controller.project.mask(controller.frame, controller.track)
        if mask is None:
            title = self.tr("There is no mask to copy")
            advice = self.tr("Choose a frame in which the selected track has a mask.")
            controller.problem_found.emit(Problem(title, advice, is_error=False))
            return
        self.mask, self._label = mask, controller.class_of(controller.track)
        controller.selection_changed.emit()

    def paste(self, *, is_new: bool = False) -> None:
        """Put it into this frame: into the selected track, else (or `is_new`) into a new one."""
        controller = self._controller
        if self.mask is None:
            return
        if controller.track and not is_new:
            controller.apply(SetMask(controller.frame, controller.track, self.mask))
            return
        track = controller.new_track_id()
        if controller.apply(SetMask(controller.frame, track, self.mask, self._label)):
            controller.select(track)
