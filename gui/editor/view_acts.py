"""What changes how the project is seen: the look, the frame, playing; never the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QComboBox, QInputDialog, QWidget

from gui.editor.controller import EditorController
from gui.editor.frame_viewer import SPEEDS
from gui.editor.look import EditorLook, LookPanel
from gui.shared.actions import Actions
from gui.shared.numbers import localized
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem

__all__ = ["ViewActs"]

_TOGGLES = {
    "outlines": "is_outline_only",
    "masks": "shows_masks",
    "labels": "shows_labels",
}
"""Action -> field of the look."""


class ViewActs(QObject):
    """Look, speed, loop and going to a frame, with the controls for them.

    Attributes:
        look: How picture and masks are shown; remembered.
        panel: Sliders for it.
        speed: The speed of playing.

    Signals:
        look_changed: `look` is new.
    """

    look_changed = pyqtSignal()

    def __init__(
        self, controller: EditorController, preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controller, self._preferences, self._window = controller, preferences, parent
        self.look = preferences.load("editor_look", EditorLook())
        self.panel = LookPanel(parent)
        self.panel.show_look(self.look)
        self.panel.chosen.connect(self.set_look)
        self.speed = QComboBox(parent)
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(self.tr("Speed"))
        self.speed.addItems([localized(f"{speed:g}×") for speed in SPEEDS])
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(lambda place: controller.set_speed(SPEEDS[place]))

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        toggles = {name: partial(self._toggle, field) for name, field in _TOGGLES.items()}
        return {
            **toggles,
            **self._ways(),
            "saved": self._say_saved,
            "go_to": self._ask_frame,
            "loop": self._toggle_loop,
            "slower": partial(self._change_speed, -1),
            "faster": partial(self._change_speed, 1),
        }

    def _ways(self) -> dict[str, Callable[[], object]]:
        """Through the video, and the marks in it."""
        controller = self._controller
        return {
            "play": lambda: controller.play(not controller.is_playing),
            "step_back": lambda: controller.step(-1),
            "step_forward": lambda: controller.step(1),
            "jump_back": lambda: controller.step(-25),
            "jump_forward": lambda: controller.step(25),
            "to_start": lambda: controller.step(-(1 << 40)),
            "to_end": lambda: controller.step(1 << 40),
            "previous_keyframe": lambda: controller.show_keyframe(is_back=True),
            "next_keyframe": lambda: controller.show_keyframe(is_back=False),
            "mark_in": lambda: controller.set_marks(controller.frame, controller.marks[1]),
            "mark_out": lambda: controller.set_marks(controller.marks[0], controller.frame),
            "clear_marks": lambda: controller.set_marks(None, None),
        }

    def show_state(self, actions: Actions) -> None:
        """Have the actions show what is on."""
        for name, field in _TOGGLES.items():
            actions[name].setChecked(getattr(self.look, field))

    def set_look(self, look: EditorLook) -> None:
        """Show picture and masks in another way; hidden masks are seen again the next time."""
        self.look = look
        self._preferences.save("editor_look", look, leave_out=("shows_masks",))
        self.panel.show_look(look)
        self.look_changed.emit()

    def _toggle(self, field: str) -> None:
        changes: dict[str, bool] = {field: not getattr(self.look, field)}
        self.set_look(replace(self.look, **changes))

    def _say_saved(self) -> None:
        path = self._controller.project.path
        text = self.tr("Every edit is on the disk as soon as it is seen: {}").format(path)
        self._controller.problem_found.emit(Problem(self.tr("Saved, always"), text, is_error=False))

    def _ask_frame(self) -> None:
        indices = self._controller.indices
        if not len(indices):
            return
        first, last = int(indices[0]), int(indices[-1])
        frame, is_given = QInputDialog.getInt(
            self._window,
            self.tr("Go to frame"),
            self.tr("Frame ({first} to {last}):").format(first=first, last=last),
            self._controller.frame,
            first,
            last,
        )
        if is_given:
            self._controller.show(frame)

    def _toggle_loop(self) -> None:
        self._controller.loops = not self._controller.loops

    def _change_speed(self, step: int) -> None:
        place = min(max(self.speed.currentIndex() + step, 0), len(SPEEDS) - 1)
        self.speed.setCurrentIndex(place)
        self._controller.set_speed(SPEEDS[place])
