"""Suggested repairs: what looks wrong, the surest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QPainter
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import Suggestion
from blendmask_live.drawing.palette import track_color
from gui.editor.action_button import ActionButton
from gui.shared.actions import Actions
from gui.shared.controls import dim_label
from gui.shared.counting import counted
from gui.shared.library_words import in_window_language
from gui.shared.numbers import localized
from gui.shared.theme import current_theme

__all__ = ["RepairsPanel"]

_SUGGESTION: Final = Qt.UserRole
_TITLE_PX: Final = 20
_ROW_PX: Final = 68


class RepairsPanel(QWidget):
    """A list to go through: look at each suggestion, accept or reject it.

    Signals:
        shown: The user looks at a suggestion.
        judged: A suggestion and whether it is accepted.
    """

    shown = pyqtSignal(object)
    judged = pyqtSignal(object, bool)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestions: Sequence[Suggestion] = ()
        self._title = QLabel(self.tr("Looking for doubtful places…"), self)
        self._title.setObjectName("heading")
        self._title.setIndent(0)
        self.list = QListWidget(self)
        self.list.setItemDelegate(_SuggestionDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListWidget.NoFrame)
        self.list.setFocusPolicy(Qt.TabFocus)
        self.list.setAccessibleName(self.tr("Suggested repairs"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show_row)
        self.list.itemClicked.connect(lambda item: self._show_row(self.list.row(item)))
        self._outcome = dim_label("", self)
        row = QHBoxLayout()
        for name in ("reject", "accept", "next_doubt"):
            row.addWidget(ActionButton(actions[name], self))
        column = QVBoxLayout(self)
        self.setObjectName("panel")
        self.setAttribute(Qt.WA_StyledBackground)
        column.setContentsMargins(14, 10, 14, 14)
        column.addWidget(self._title)
        column.addWidget(self.list, 1)
        column.addWidget(self._outcome)
        column.addLayout(row)

    def show_outcome(self, text: str) -> None:
        """Say what accepting the current suggestion would do; "" for nothing."""
        self._outcome.setText(text)
        self._outcome.setVisible(bool(text))

    @property
    def current(self) -> Suggestion | None:
        """The suggestion that is looked at."""
        row = self.list.currentRow()
        return self._suggestions[row] if 0 <= row < len(self._suggestions) else None

    def show_suggestions(self, suggestions: Sequence[Suggestion], *, goes_on: bool) -> None:
        """Show these; the place in the list is kept.

        Args:
            goes_on: Also go to the suggestion that is now at this place; the last was judged.
        """
        old = self.current
        row = self.list.currentRow()
        keys = [suggestion.key for suggestion in suggestions]
        if old is not None and old.key in keys:
            row = keys.index(old.key)
        self._suggestions = suggestions
        self._title.setText(self._title_text(len(keys)))
        self.list.blockSignals(True)
        self.list.clear()
        for suggestion in suggestions:
            text = in_window_language(suggestion.text)
            item = QListWidgetItem(text)
            item.setData(_SUGGESTION, suggestion)
            item.setToolTip(text)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, len(keys) - 1))
        self.list.blockSignals(False)
        if goes_on:
            self._show_row(self.list.currentRow())

    def _title_text(self, count: int) -> str:
        if not count:
            return self.tr("Nothing looks wrong")
        several = self.tr("{count} places to look at")
        return counted(count, self.tr("1 place to look at"), several)

    def show_next(self) -> None:
        """Go to the next suggestion, from the last to the first."""
        if self._suggestions:
            self.list.setCurrentRow((self.list.currentRow() + 1) % len(self._suggestions))
            self._show_row(self.list.currentRow())

    def judge(self, *, accept: bool) -> None:
        """Accept or reject the current suggestion; if there is none, go to the first."""
        if self.current is None:
            self.show_next()
        else:
            self.judged.emit(self.current, accept)

    def _show_row(self, row: int) -> None:
        if self.current is not None:
            self.shown.emit(self.current)


class _SuggestionDelegate(QStyledItemDelegate):
    """Kind and track on the first line, what is wrong and the remedy, dim, on the second."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(120, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        suggestion: Suggestion = index.data(_SUGGESTION)
        theme, box = current_theme(), option.rect.adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(Qt.NoPen)
        if option.state & QStyle.State_Selected:
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(box, 5, 5)
            painter.fillRect(box.left(), box.top() + 4, 3, box.height() - 8, QColor(theme.accent))
        inner = box.adjusted(12, 5, -8, -5)
        self._paint_title(painter, suggestion, inner)
        painter.setPen(QColor(theme.dim_text))
        flags = int(Qt.AlignTop) | int(Qt.TextWordWrap)
        text = in_window_language(suggestion.text)
        painter.drawText(inner.adjusted(0, _TITLE_PX, 0, 0), flags, text)
        painter.restore()

    def _paint_title(self, painter: QPainter, suggestion: Suggestion, inner: QRect) -> None:
        theme = current_theme()
        upper = QRect(inner.left(), inner.top(), inner.width(), _TITLE_PX)
        left = upper.left()
        for track in suggestion.tracks[:2]:
            painter.setPen(Qt.NoPen)
            painter.setBrush(QColor(*track_color(track)))
            painter.drawRoundedRect(left, upper.center().y() - 5, 11, 11, 3, 3)
            left += 16
        painter.setPen(QColor(theme.dim_text))
        painter.drawText(
            upper, int(Qt.AlignVCenter | Qt.AlignRight), localized(f"{suggestion.doubt:.0%}")
        )
        font = painter.font()
        font.setBold(True)
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        kind = in_window_language(suggestion.kind)
        place = self.tr("{kind}, frame {frame}").format(
            kind=kind[:1].upper() + kind[1:], frame=suggestion.frames.first
        )
        painter.drawText(upper.adjusted(left - upper.left(), 0, -44, 0), Qt.AlignVCenter, place)
        painter.restore()
