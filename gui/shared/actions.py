"""Everything that the window can do by menu, button or key, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QWidget

from gui.shared.icons import icon
from gui.shared.preferences import Preferences

__all__ = ["ACTIONS", "ActionSpec", "Actions"]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that can be done."""

    name: str
    text: str
    keys: str = ""
    """Default shortcuts, separated by blanks."""
    icon: str = ""
    is_checkable: bool = False


def _spec(
    name: str, text: str, keys: str = "", picture: str = "", *, checkable: bool = False
) -> ActionSpec:
    return ActionSpec(name, text, keys, picture, checkable)


ACTIONS: Final = (
    _spec("open_file", QT_TRANSLATE_NOOP("Actions", "Open video…"), "Ctrl+O", "open"),
    _spec(
        "open_folder",
        QT_TRANSLATE_NOOP("Actions", "Open folder of images…"),
        "Ctrl+Shift+O",
        "file",
    ),
    _spec("open_url", QT_TRANSLATE_NOOP("Actions", "Open address…"), "Ctrl+U", "link"),
    _spec("open_screen", QT_TRANSLATE_NOOP("Actions", "Show the screen"), "", "screen"),
    _spec("open_demo", QT_TRANSLATE_NOOP("Actions", "Show the demo"), "Ctrl+D", "demo"),
    _spec("open_project", QT_TRANSLATE_NOOP("Actions", "Open project…"), "Ctrl+P", "edit"),
    _spec("annotate", QT_TRANSLATE_NOOP("Actions", "Annotate the video…"), "Ctrl+Shift+V", "edit"),
    _spec("find_cameras", QT_TRANSLATE_NOOP("Actions", "Look for cameras"), "F5", "camera"),
    _spec("quit", QT_TRANSLATE_NOOP("Actions", "Quit"), "Ctrl+Q"),
    _spec("play", QT_TRANSLATE_NOOP("Actions", "Play or pause"), "Space K", "play"),
    _spec("play_backward", QT_TRANSLATE_NOOP("Actions", "Play backwards, faster each time"), "J"),
    _spec("play_forward", QT_TRANSLATE_NOOP("Actions", "Play forwards, faster each time"), "L"),
    _spec("step_back", QT_TRANSLATE_NOOP("Actions", "One frame back"), "Left", "step-back"),
    _spec("step_forward", QT_TRANSLATE_NOOP("Actions", "One frame on"), "Right", "step-forward"),
    _spec("jump_back", QT_TRANSLATE_NOOP("Actions", "25 frames back"), "Shift+Left"),
    _spec("jump_forward", QT_TRANSLATE_NOOP("Actions", "25 frames on"), "Shift+Right"),
    _spec("to_start", QT_TRANSLATE_NOOP("Actions", "To the start"), "Home", "to-start"),
    _spec("to_end", QT_TRANSLATE_NOOP("Actions", "To the end"), "End"),
    _spec("loop", QT_TRANSLATE_NOOP("Actions", "Loop"), "Ctrl+L", "loop", checkable=True),
    _spec("mark_in", QT_TRANSLATE_NOOP("Actions", "Set the in point"), "I"),
    _spec("mark_out", QT_TRANSLATE_NOOP("Actions", "Set the out point"), "O"),
    _spec("clear_marks", QT_TRANSLATE_NOOP("Actions", "Clear in and out points"), "Shift+X"),
    _spec("record", QT_TRANSLATE_NOOP("Actions", "Record"), "R", "record", checkable=True),
    _spec("copy_picture", QT_TRANSLATE_NOOP("Actions", "Copy the picture"), "Ctrl+C", "snapshot"),
    _spec("save_picture", QT_TRANSLATE_NOOP("Actions", "Save the picture…"), "Ctrl+S", "save"),
    _spec("masks", QT_TRANSLATE_NOOP("Actions", "Masks: fill, outline, none"), "M"),
    _spec("boxes", QT_TRANSLATE_NOOP("Actions", "Boxes"), "B", checkable=True),
    _spec("labels", QT_TRANSLATE_NOOP("Actions", "Labels"), "N", checkable=True),
    _spec("trails", QT_TRANSLATE_NOOP("Actions", "Trails"), "T", checkable=True),
    _spec("bases", QT_TRANSLATE_NOOP("Actions", "Bases"), "V", "bases", checkable=True),
    _spec(
        "microscope",
        QT_TRANSLATE_NOOP("Actions", "Blending microscope"),
        "X",
        "microscope",
        checkable=True,
    ),
    _spec("show_all", QT_TRANSLATE_NOOP("Actions", "Show all tracks"), "Shift+A"),
    _spec("zoom_in", QT_TRANSLATE_NOOP("Actions", "Zoom in"), "Ctrl++ Ctrl+="),
    _spec("zoom_out", QT_TRANSLATE_NOOP("Actions", "Zoom out"), "Ctrl+-"),
    _spec("fit", QT_TRANSLATE_NOOP("Actions", "Fit the picture"), "Ctrl+0", "fit"),
    _spec("full_screen", QT_TRANSLATE_NOOP("Actions", "Full screen"), "F11 Escape", checkable=True),
    _spec("stages", QT_TRANSLATE_NOOP("Actions", "Times of the stages"), "Ctrl+T", "chart"),
    _spec("shortcuts", QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "F1", "keyboard"),
    _spec("about", QT_TRANSLATE_NOOP("Actions", "About BlendMask Live")),
)


class Actions(QObject):
    """The QActions of a table, with the shortcuts that the user chose.

    Attributes:
        table: What there is.
    """

    def __init__(
        self,
        preferences: Preferences,
        parent: QWidget,
        *,
        table: Sequence[ActionSpec] = ACTIONS,
        key: str = "shortcuts",
    ) -> None:
        """Make the actions of a table; changed shortcuts are remembered under `key`."""
        super().__init__(parent)
        self._preferences, self.table, self._key = preferences, table, key
        self._actions: dict[str, QAction] = {}
        chosen = preferences.texts(key)
        for spec in table:
            action = QAction(QCoreApplication.translate("Actions", spec.text), parent)
            action.setObjectName(spec.name)
            action.setCheckable(spec.is_checkable)
            if spec.icon:
                action.setIcon(icon(spec.icon, is_toggle=spec.is_checkable))
            self._actions[spec.name] = action
            self._set_keys(action, chosen.get(spec.name, spec.keys))
            parent.addAction(action)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def connect(self, handlers: dict[str, Callable[[], object]]) -> None:
        """Call a handler, without arguments, when an action is triggered."""
        for name, handler in handlers.items():
            self._actions[name].triggered.connect(partial(_call, handler))

    def keys(self, name: str) -> str:
        """Shortcuts of an action, separated by blanks."""
        return " ".join(keys.toString() for keys in self._actions[name].shortcuts())

    def set_keys(self, name: str, keys: str) -> None:
        """Give an action other shortcuts and remember them; another action that had them gives
        them up."""
        for action in self:
            if action.objectName() != name:
                kept = [k for k in self.keys(action.objectName()).split() if k not in keys.split()]
                self._set_keys(action, " ".join(kept))
        self._set_keys(self._actions[name], keys)
        changed = {s.name: self.keys(s.name) for s in self.table if self.keys(s.name) != s.keys}
        self._preferences.set_texts(self._key, changed)

    def reset_keys(self) -> None:
        """Back to the default shortcuts."""
        self._preferences.set_texts(self._key, {})
        for spec in self.table:
            self._set_keys(self._actions[spec.name], spec.keys)

    def _set_keys(self, action: QAction, keys: str) -> None:
        action.setShortcuts([QKeySequence(text) for text in keys.split()])
        hint = ", ".join(k.toString(QKeySequence.NativeText) for k in action.shortcuts())
        action.setToolTip(f"{action.text()} ({hint})" if hint else action.text())


def _call(handler: Callable[[], object], checked: bool = False) -> None:
    handler()
