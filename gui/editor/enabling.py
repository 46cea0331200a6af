"""Which of the editor's acts can be done now, and which act undo and redo mean."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QObject

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
    "eraser cut corners move split merge swap reassign hide confirm copy_mask copy_next "
    "interpolate fill_gaps propagate_back propagate_on smooth fill_holes shrink grow"
).split()
_NEED_RIGHT: Final = (
    "point brush polygon new_track import_file import_folder reblend quick_class".split()
)


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
        controller, actions = self._controller, self._actions
        may_edit = controller.may_edit
        for name in _NEED_TRACK:
            actions[name].setEnabled(may_edit and controller.track != 0)
        for name in _NEED_RIGHT:
            actions[name].setEnabled(may_edit and len(controller.indices) > 0)
        if controller.preview is not None:
            # Return keeps it, whatever is selected by now.
            actions["confirm"].setEnabled(may_edit)
        for name in ("paste_mask", "paste_new"):
            actions[name].setEnabled(may_edit and self._clipboard.mask is not None)
        self._classes.show_numbers(actions)
        self._view.show_state(actions)
        has_doubts = bool(controller.suggestions)
        actions["next_doubt"].setEnabled(has_doubts)
        for name in ("accept", "reject"):
            actions[name].setEnabled(may_edit and has_doubts)
        self._show_history()
        self.show_frame()
        self.show_following()

    def show_frame(self) -> None:
        """After another frame was chosen."""
        self._acts.enable(self._actions)

    def show_following(self) -> None:
        """After what is pointed at or followed has changed."""
        controller, actions = self._controller, self._actions
        is_free = controller.may_edit and not self._follower.is_following
        for name in self._follower.handlers():
            has_object = controller.track != 0 or self._pointing.is_open
            actions[name].setEnabled(is_free and has_object)

    def _show_history(self) -> None:
        project, may_edit = self._controller.project, self._controller.may_edit
        for name, text, title in (
            ("undo", project.undo_text, self.tr("Undo")),
            ("redo", project.redo_text, self.tr("Redo")),
        ):
            self._actions[name].setEnabled(may_edit and bool(text))
            spoken = in_window_language(text)
            self._actions[name].setText(f"{title}: {spoken}" if text else title)
