"""Which of the editor's acts can be done now, and which act undo and redo mean."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QObject

from blendmask_live.annotation import FrameRange
from gui.editor.class_acts import ClassActs
from gui.editor.clipboard import MaskClipboard
from gui.editor.controller import EditorController
from gui.editor.following import Follower
from gui.editor.pointing import Pointing
from gui.editor.track_acts import TrackActs
from gui.editor.view_acts import ViewActs
from gui.shared.actions import Actions
from gui.shared.library_words import in_window_language

__all__ = ["Enabling"]

_NEED_TRACK: Final = (
    "eraser cut corners move split merge swap reassign hide interpolate fill_gaps".split()
)
_NEED_RIGHT: Final = (
    "point brush polygon new_track import_file import_folder reblend quick_class".split()
)
_NEED_MASK: Final = (
    "copy_mask copy_next propagate_back propagate_on smooth fill_holes shrink grow".split()
)
"""In the shown frame."""


class Enabling(QObject):
    """Enables actions; each part says of its own acts what they need."""

    def __init__(
        self,
        controller: EditorController,
        actions: Actions,
        *,
        acts: TrackActs,
        classes: ClassActs,
        clipboard: MaskClipboard,
        view: ViewActs,
        pointing: Pointing,
        follower: Follower,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._actions = controller, actions
        self._acts, self._classes, self._clipboard = acts, classes, clipboard
        self._view, self._pointing, self._follower = view, pointing, follower

    def show_all(self) -> None:
        """After anything but the frame has changed."""
        actions, no_right = self._actions, self._no_right()
        for name in _NEED_TRACK:
            actions.allow(name, no_right or self._no_track())
        for name in _NEED_RIGHT:
            actions.allow(name, no_right)
        no_copy = "" if self._clipboard.mask is not None else self.tr("no mask was copied")
        for name in ("paste_mask", "paste_new"):
            actions.allow(name, no_right or no_copy)
        self._classes.show_numbers(actions)
        self._view.show_state(actions)
        no_doubt = "" if self._controller.suggestions else self.tr("there is no repair to judge")
        actions.allow("next_doubt", no_doubt)
        for name in ("accept", "reject"):
            actions.allow(name, no_right or no_doubt)
        self._show_history()
        self.show_frame()
        self.show_following()

    def show_frame(self) -> None:
        """After another frame was chosen."""
        no_right = self._no_right()
        no_mask = no_right or self._no_track() or self._no_mask()
        for name in _NEED_MASK:
            self._actions.allow(name, no_mask)
        self._acts.enable(self._actions, no_right or self._no_track())

    def _no_right(self) -> str:
        """Why nothing can be edited; "" if it can."""
        controller = self._controller
        if controller.project.is_read_only:
            return self.tr("this project can only be read")
        if controller.is_busy:
            return self.tr("the project is being changed")
        return "" if len(controller.indices) else self.tr("the project has no frames")

    def _no_track(self) -> str:
        return "" if self._controller.track else self.tr("select an object first")

    def _no_mask(self) -> str:
        is_there = self._acts.masks_in(FrameRange.only(self._controller.frame)) > 0
        return "" if is_there else self.tr("the object has no mask in this frame")

    def show_following(self) -> None:
        """After what is pointed at or followed has changed."""
        why_not = self._no_right()
        if not why_not and self._follower.is_following:
            why_not = self.tr("an object is being followed")
        if not why_not and not self._pointing.is_open:
            why_not = self._no_track()
        for name in self._follower.handlers():
            self._actions.allow(name, why_not)

    def _show_history(self) -> None:
        project, may_edit = self._controller.project, self._controller.may_edit
        for name, text, title in (
            ("undo", project.undo_text, self.tr("Undo")),
            ("redo", project.redo_text, self.tr("Redo")),
        ):
            self._actions[name].setEnabled(may_edit and bool(text))
            spoken = in_window_language(text)
            self._actions[name].setText(f"{title}: {spoken}" if text else title)
