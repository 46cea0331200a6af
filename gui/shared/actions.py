"""Everything that a window can do by menu, button or key, from one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PyQt5.QtCore import QCoreApplication, QObject
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QMenu, QToolBar, QWidget

from gui.shared.icons import icon
from gui.shared.preferences import Preferences

__all__ = ["ActionSpec", "Actions"]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that can be done."""

    name: str
    text: str
    keys: str = ""
    """Default shortcuts, separated by blanks."""
    icon: str = ""
    is_checkable: bool = False


class Actions(QObject):
    """The QActions of a table, with the shortcuts that the user chose.

    Attributes:
        table: All that the window can do.
    """

    def __init__(
        self,
        preferences: Preferences,
        parent: QWidget,
        *,
        table: Sequence[ActionSpec],
        key: str = "shortcuts",
    ) -> None:
        """Make the actions of a table; changed shortcuts are remembered under `key`."""
        super().__init__(parent)
        self._preferences, self.table, self._key = preferences, table, key
        self._actions: dict[str, QAction] = {}
        self._tips: dict[str, str] = {}
        self._why_not: dict[str, str] = {}
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

    def add_to(self, target: QMenu | QToolBar, names: str) -> None:
        """Add actions to a menu or tool bar: names separated by blanks, "-" for a line."""
        for name in names.split():
            if name == "-":
                target.addSeparator()
            else:
                target.addAction(self._actions[name])

    def trigger_key(self, key: str) -> None:
        """Do what a shortcut stands for now, for widgets that use its key in another way too."""
        for action in self:
            if key in self.keys(action.objectName()).split() and action.isEnabled():
                action.trigger()

    def allow(self, name: str, why_not: str = "") -> None:
        """Enable an action, or disable it; then its tip says why it cannot be done now."""
        self._why_not[name] = why_not
        self._actions[name].setEnabled(not why_not)
        self._show_tip(name)

    def why_not(self, key: QKeySequence) -> str:
        """What a shortcut would do and why it cannot be done now; "" if it can, or is unknown."""
        for action in self:
            why = self._why_not.get(action.objectName(), "")
            if why and not action.isEnabled() and key in action.shortcuts():
                return f"{action.iconText()}: {why}"
        return ""

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
        self._tips[action.objectName()] = f"{action.text()} ({hint})" if hint else action.text()
        self._show_tip(action.objectName())

    def _show_tip(self, name: str) -> None:
        why = self._why_not.get(name, "")
        self._actions[name].setToolTip(self._tips[name] + (f"\n{why}" if why else ""))


def _call(handler: Callable[[], object], checked: bool = False) -> None:
    handler()
