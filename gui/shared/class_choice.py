"""A class that is chosen from a list, or written."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QComboBox, QWidget

__all__ = ["ClassChoice"]


class ClassChoice(QComboBox):
    """A box to choose in and to write in; a new class that is written counts like an old one.

    Signals:
        class_chosen: The text that was chosen, or written and ended by Return or by leaving.
    """

    class_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.NoInsert)
        # Completed inline, the beginning of a new class would become an old one.
        self.setCompleter(None)  # type: ignore[arg-type]
        self.textActivated.connect(self._choose)
        self.lineEdit().editingFinished.connect(self._end_writing)

    @property
    def is_written_in(self) -> bool:
        """Whether somebody is writing now."""
        line = self.lineEdit()
        return line.isEnabled() and line.hasFocus() and line.isModified()

    def _end_writing(self) -> None:
        # Qt tells of texts that are in the list only.
        if self.lineEdit().isModified():
            self._choose(self.currentText())

    def _choose(self, text: str) -> None:
        self.lineEdit().setModified(False)
        if text.strip():
            self.class_chosen.emit(text.strip())
