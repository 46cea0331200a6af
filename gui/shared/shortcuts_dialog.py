"""The list of keyboard shortcuts, where each can be changed."""

from __future__ import annotations

from PyQt5.QtCore import QCoreApplication, Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.shared.actions import Actions

__all__ = ["ShortcutsDialog"]


class ShortcutsDialog(QDialog):
    """Shows, finds and changes shortcuts; a change holds at once and is remembered."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(520, 620)
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(self.tr("Search"))
        self._search.setAccessibleName(self.tr("Search"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self._tree = QTreeWidget(self)
        self._tree.setHeaderLabels([self.tr("Action"), self.tr("Shortcut")])
        self._tree.setRootIsDecorated(False)
        self._tree.setAccessibleName(self.tr("Shortcuts"))
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeToContents)
        self._tree.currentItemChanged.connect(self._select)
        self._editor = QKeySequenceEdit(self)
        self._editor.setAccessibleName(self.tr("New shortcut"))
        self._set = QPushButton(self.tr("Set"), self)
        self._set.clicked.connect(self._apply)
        clear = QPushButton(self.tr("None"), self)
        clear.setToolTip(self.tr("Take the shortcut away"))
        clear.clicked.connect(lambda: self._change(""))
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("New shortcut:"), self))
        row.addWidget(self._editor, 1)
        row.addWidget(self._set)
        row.addWidget(clear)
        buttons = QDialogButtonBox(
            QDialogButtonBox.Close | QDialogButtonBox.RestoreDefaults, parent=self
        )
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.RestoreDefaults).clicked.connect(self._reset)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for part in (self._search, self._tree):
            layout.addWidget(part)
        layout.addLayout(row)
        layout.addWidget(buttons)
        self._fill()

    def choose(self, name: str) -> None:
        """Select an action by its name."""
        for item in self._items():
            if item.data(0, Qt.UserRole) == name:
                self._tree.setCurrentItem(item)

    def set_keys(self, keys: str) -> None:
        """Give the selected action this shortcut."""
        self._editor.setKeySequence(QKeySequence(keys))
        self._apply()

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self._tree.topLevelItem(i) for i in range(self._tree.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _fill(self) -> None:
        if not self._items():
            for spec in self._actions.table:
                # Not the action's own text, which may name the edit that it would undo.
                item = QTreeWidgetItem([QCoreApplication.translate("Actions", spec.text), ""])
                item.setData(0, Qt.UserRole, spec.name)
                self._tree.addTopLevelItem(item)
            self._tree.setCurrentItem(self._tree.topLevelItem(0))
        for item in self._items():
            keys = self._actions.keys(item.data(0, Qt.UserRole)).split()
            item.setText(
                1, ",  ".join(QKeySequence(k).toString(QKeySequence.NativeText) for k in keys)
            )

    def _filter(self, text: str) -> None:
        for item in self._items():
            found = text.lower() in f"{item.text(0)} {item.text(1)}".lower()
            item.setHidden(not found)

    def _select(self) -> None:
        self._editor.clear()

    def _apply(self) -> None:
        # One key combination, not a sequence of four.
        keys = self._editor.keySequence()
        if not keys.isEmpty():
            self._change(QKeySequence(keys[0]).toString())

    def _change(self, keys: str) -> None:
        item = self._tree.currentItem()
        if item is not None:
            self._actions.set_keys(item.data(0, Qt.UserRole), keys)
            self._fill()
            self._editor.clear()

    def _reset(self) -> None:
        self._actions.reset_keys()
        self._fill()
