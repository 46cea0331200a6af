"""The journal: a list of all acts."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, pyqtSignal
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QListView, QVBoxLayout, QWidget

from blendmask_live.annotation import JournalEntry
from gui.shared.library_words import in_window_language
from gui.shared.theme import current_theme

__all__ = ["JournalPanel"]


class JournalPanel(QWidget):
    """Every act, undone ones pale; a click undoes or redoes up to it.

    Signals:
        act_chosen: Number of the act that is to be the last done; 0 for the beginning.
    """

    act_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _JournalModel(self.tr("Click an act to undo or redo up to it"), self)
        self._list = QListView(self)
        self._list.setModel(self.model)
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.TabFocus)
        self._list.setAccessibleName(self.tr("Journal"))
        self._list.clicked.connect(lambda index: self.act_chosen.emit(index.row()))
        column = QVBoxLayout(self)
        self.setObjectName("panel")
        self.setAttribute(Qt.WA_StyledBackground)
        self._list.setSpacing(2)
        column.setContentsMargins(14, 10, 14, 14)
        column.addWidget(self._list)

    def show_journal(self, journal: Sequence[JournalEntry]) -> None:
        """Show these acts, the newest last."""
        self.model.set_journal(journal)
        done = sum(not entry.is_undone for entry in journal)
        index = self.model.index(done)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index)


class _JournalModel(QAbstractListModel):
    """Row 0 is the project as it was made, row n the act with number n."""

    def __init__(self, hint: str, parent: QObject) -> None:
        super().__init__(parent)
        self._hint = hint
        self._journal: Sequence[JournalEntry] = ()

    def set_journal(self, journal: Sequence[JournalEntry]) -> None:
        self.beginResetModel()
        self._journal = journal
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._journal) + 1

    def data(self, index: QModelIndex, role: int = Qt.DisplayRole) -> object:
        if role == Qt.ToolTipRole:
            # A narrow panel cuts long texts.
            return f"{self.data(index)}\n{self._hint}"
        if index.row() == 0:
            return self.tr("As it was made") if role == Qt.DisplayRole else None
        entry = self._journal[index.row() - 1]
        if role == Qt.DisplayRole:
            text = in_window_language(entry.text)
            return text[:1].upper() + text[1:]
        if role == Qt.ForegroundRole and entry.is_undone:
            return QColor(current_theme().dim_text)
        return None
