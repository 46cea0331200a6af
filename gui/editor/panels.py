"""The editor's panels: the selected track, suggested repairs, the journal."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import (
    QAction,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import JournalEntry, Lane, Suggestion
from gui.actions import Actions
from gui.panels.controls import NumberSlider, SegmentedChoice, dim_label, panel_column
from gui.theme import current_theme

__all__ = ["JournalPanel", "SuggestionsPanel", "TrackPanel"]


class TrackPanel(QWidget):
    """The selected track: class, name, and what can be done with it.

    Signals:
        class_chosen: Another class for the track, over the scope.
        name_chosen: Another name.
        scope_chosen: One of `SCOPES`.
        radius_chosen: Of the brush, frame px.
    """

    class_chosen = pyqtSignal(str)
    name_chosen = pyqtSignal(str)
    scope_chosen = pyqtSignal(object)
    radius_chosen = pyqtSignal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self)
        self._title.setObjectName("heading")
        self._class = QComboBox(self)
        self._class.setEditable(True)
        self._class.setInsertPolicy(QComboBox.NoInsert)
        self._class.setToolTip(self.tr("Choose a class, or write a new one"))
        self._class.textActivated.connect(self._choose_class)
        self._name = QLineEdit(self)
        self._name.setPlaceholderText(self.tr("none"))
        self._name.editingFinished.connect(self._choose_name)
        self.scope = SegmentedChoice(
            self.tr("Edits are about"),
            [
                ("here", self.tr("Here")),
                ("onwards", self.tr("From here")),
                ("marks", self.tr("Marks")),
                ("all", self.tr("All")),
            ],
            self,
        )
        self.scope.setToolTip(self.tr("Which frames an edit of the track is about"))
        self.scope.chosen.connect(self.scope_chosen)
        self._radius = NumberSlider(
            self.tr("Brush"),
            (1, 120, 1),
            show="{:.0f} px".format,
            parent=self,
            tip=self.tr("Radius of brush and eraser; Ctrl+wheel over the picture changes it too"),
        )
        self._radius.chosen.connect(self.radius_chosen)
        form = QFormLayout()
        form.addRow(self.tr("Class"), self._class)
        form.addRow(self.tr("Name"), self._name)
        column = panel_column(self)
        column.addWidget(self._title)
        column.addLayout(form)
        column.addWidget(dim_label(self.tr("Edits of the track are about"), self))
        column.addWidget(self.scope)
        column.addLayout(self._buttons(actions))
        column.addWidget(self._radius)
        column.addStretch(1)

    def _buttons(self, actions: Actions) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(5)
        names = (
            "split merge swap delete hide confirm interpolate fill_gaps "
            "propagate_back propagate_on smooth fill_holes"
        )
        for place, name in enumerate(names.split()):
            button = _ActionButton(actions[name], self)
            grid.addWidget(button, place // 2, place % 2)
        return grid

    def show_radius(self, radius_px: float) -> None:
        """Show the size of the brush."""
        self._radius.set_number(radius_px)

    def show_track(
        self, lane: Lane | None, class_name: str, labels: Sequence[str], scope: str
    ) -> None:
        """Show a track; None where none is selected."""
        self.scope.set_chosen(scope)
        self._class.setEnabled(lane is not None)
        self._name.setEnabled(lane is not None)
        if self._class.count() != len(labels):
            self._class.clear()
            self._class.addItems(list(labels))
        self._class.setCurrentText(class_name)
        if lane is None:
            self._title.setText(self.tr("No track selected"))
            self._name.clear()
            return
        frames = sum(run.last - run.first + 1 for run in lane.runs)
        text = self.tr("Track {track}: {frames} frames")
        self._title.setText(text.format(track=lane.track.track_id, frames=frames))
        self._name.setText(lane.track.name)

    def _choose_class(self, text: str) -> None:
        if text.strip():
            self.class_chosen.emit(text.strip())

    def _choose_name(self) -> None:
        if self._name.isModified():
            self._name.setModified(False)
            self.name_chosen.emit(self._name.text().strip())


class _ActionButton(QPushButton):
    """A button that is an action: same text, same state."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self.setFocusPolicy(Qt.TabFocus)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.iconText())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())


class SuggestionsPanel(QWidget):
    """What looks wrong, the surest first.

    Signals:
        shown: The user looks at a suggestion.
        judged: A suggestion and whether it is accepted.
    """

    shown = pyqtSignal(object)
    judged = pyqtSignal(object, bool)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestions: Sequence[Suggestion] = ()
        self._title = QLabel(self)
        self._title.setObjectName("heading")
        self.list = QListWidget(self)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("Suggested repairs"))
        self.list.currentRowChanged.connect(self._show_row)
        row = QHBoxLayout()
        for name in ("next_doubt", "accept", "reject"):
            row.addWidget(_ActionButton(actions[name], self))
        column = QVBoxLayout(self)
        self.setObjectName("panel")
        self.setAttribute(Qt.WA_StyledBackground)
        column.setContentsMargins(14, 10, 14, 14)
        column.addWidget(self._title)
        column.addWidget(self.list, 1)
        column.addLayout(row)

    @property
    def current(self) -> Suggestion | None:
        """The suggestion that is looked at."""
        row = self.list.currentRow()
        return self._suggestions[row] if 0 <= row < len(self._suggestions) else None

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Show these; the place in the list is kept."""
        row = max(self.list.currentRow(), 0) if self._suggestions else -1
        self._suggestions = suggestions
        count = len(suggestions)
        self._title.setText(
            self.tr("Nothing looks wrong")
            if not count
            else self.tr("{} places to look at").format(count)
        )
        self.list.blockSignals(True)
        self.list.clear()
        for suggestion in suggestions:
            item = QListWidgetItem(f"{suggestion.doubt:.0%}  {suggestion.kind}\n{suggestion.text}")
            item.setToolTip(suggestion.edit.text)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, count - 1))
        self.list.blockSignals(False)
        if row >= 0:
            self._show_row(self.list.currentRow())

    def show_next(self) -> None:
        """Go to the next suggestion, from the last to the first."""
        if self._suggestions:
            self.list.setCurrentRow((self.list.currentRow() + 1) % len(self._suggestions))

    def judge(self, *, accept: bool) -> None:
        """Accept or reject the one that is looked at."""
        if self.current is not None:
            self.judged.emit(self.current, accept)

    def _show_row(self, row: int) -> None:
        if self.current is not None:
            self.shown.emit(self.current)


class JournalPanel(QWidget):
    """Every act, undone ones pale; a click goes back, or forth, to it.

    Signals:
        act_chosen: Number of the act that is to be the last done; 0 for the beginning.
    """

    act_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Journal"))
        self._list.itemClicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._list)

    def show_journal(self, journal: Sequence[JournalEntry]) -> None:
        """Show these acts, the newest last."""
        self._list.clear()
        first = QListWidgetItem(self.tr("As it was made"))
        first.setData(Qt.UserRole, 0)
        self._list.addItem(first)
        current = first
        for entry in journal:
            item = QListWidgetItem(entry.text)
            item.setData(Qt.UserRole, entry.number)
            item.setToolTip(entry.made_at)
            if entry.is_undone:
                item.setForeground(QColor(current_theme().dim_text))
            else:
                current = item
            self._list.addItem(item)
        self._list.setCurrentItem(current)
        self._list.scrollToItem(current)

    def _choose(self, item: QListWidgetItem) -> None:
        self.act_chosen.emit(int(item.data(Qt.UserRole)))
