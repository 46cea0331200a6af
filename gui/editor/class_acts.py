"""Classes by number key and by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PyQt5.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QDialog, QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget

from gui.editor.controller import EditorController
from gui.shared.actions import Actions

__all__ = ["ClassActs", "ClassSearch", "numbered_classes"]

_NUMBERS: Final = range(1, 10)


def numbered_classes(controller: EditorController) -> tuple[str, ...]:
    """The classes that the number keys stand for: those in use first, both in their order."""
    labels = controller.project.labels
    used = {run.class_id for lane in controller.lanes for run in lane.runs}
    ordered = sorted(range(len(labels)), key=lambda number: (number not in used, number))
    return tuple(labels[number] for number in ordered[: len(_NUMBERS)])


class ClassActs(QObject):
    """Gives the selected tracks a class, or begins an object of it where none is selected.

    Signals:
        chosen: A class for the selected tracks.
        object_wanted: A class of which an object is drawn next.
    """

    chosen = pyqtSignal(str)
    object_wanted = pyqtSignal(str)

    def __init__(self, controller: EditorController, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._window = controller, parent

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        numbers = {f"class_{n}": partial(self._choose_number, n) for n in _NUMBERS}
        return {**numbers, "quick_class": self.search}

    def show_numbers(self, actions: Actions) -> None:
        """Have the actions say which class each number stands for."""
        classes = numbered_classes(self._controller)
        for number in _NUMBERS:
            action = actions[f"class_{number}"]
            action.setVisible(number <= len(classes))
            action.setEnabled(self._controller.may_edit and number <= len(classes))
            if number <= len(classes):
                action.setText(classes[number - 1])

    def _choose_number(self, number: int) -> None:
        classes = numbered_classes(self._controller)
        if number <= len(classes):
            self._choose(classes[number - 1])

    def _choose(self, label: str) -> None:
        if self._controller.track:
            self.chosen.emit(label)
        else:
            self.object_wanted.emit(label)

    def search(self) -> None:
        """Look for a class by some of its letters."""
        dialog = ClassSearch(
            self._controller.project.labels, numbered_classes(self._controller), self._window
        )
        dialog.chosen.connect(self._choose)
        dialog.open()


class ClassSearch(QDialog):
    """A line to write in and the classes that fit; Return takes the first one, or a new one.

    Signals:
        chosen: The class.
    """

    chosen = pyqtSignal(str)

    def __init__(
        self, labels: Sequence[str], numbered: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Choose a class"))
        # Those with number keys first.
        self._labels = [*numbered, *(label for label in labels if label not in numbered)]
        self._numbered = tuple(numbered)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("Some letters of it, or a new class"))
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._choose)
        self.line.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.NoFocus)
        self.list.itemClicked.connect(lambda item: self._choose())
        self._note = QLabel(self)
        self._note.setObjectName("dim")
        column = QVBoxLayout(self)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self._note)
        self.resize(380, 400)
        self._filter("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key_Up: -1, Qt.Key_Down: 1}.get(event.key())  # type: ignore[call-overload]
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return False

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        found = [label for label in self._labels if wanted in label.casefold()]
        # What begins so comes before what only holds it.
        found.sort(key=lambda label: not label.casefold().startswith(wanted))
        self.list.clear()
        for label in found:
            number = self._numbered.index(label) + 1 if label in self._numbered else 0
            self.list.addItem(f"{label}   ({number})" if number else label)
        self._found = found
        self.list.setCurrentRow(0 if found else -1)
        is_new = bool(wanted) and not found
        self._note.setText(self.tr("Return adds this class") if is_new else "")

    def _choose(self) -> None:
        row = self.list.currentRow()
        label = self._found[row] if self._found and row >= 0 else self.line.text().strip()
        if label:
            self.accept()
            self.chosen.emit(label)
