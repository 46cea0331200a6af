"""The selected track: class, name, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QComboBox, QFormLayout, QGridLayout, QLabel, QLineEdit, QWidget

from blendmask_live.annotation import Lane
from gui.editor.action_button import ActionButton
from gui.shared.actions import Actions
from gui.shared.controls import SegmentedChoice, dim_label, panel_column

__all__ = ["TrackPanel"]

_BUTTONS: Final = (
    ("split", "merge"),
    ("swap", "reassign"),
    ("delete", "hide"),
    ("confirm", "copy_next"),
    ("interpolate", "fill_gaps"),
    ("propagate_back", "propagate_on"),
    ("smooth", "fill_holes"),
)


class TrackPanel(QWidget):
    """Shows a track and emits what the user wants with it.

    Signals:
        class_chosen: Another class for the track, over the scope.
        name_chosen: Another name.
        scope_chosen: One of `SCOPES`.
        left: The user has finished writing; the picture shall get the keys again.
    """

    class_chosen = pyqtSignal(str)
    name_chosen = pyqtSignal(str)
    scope_chosen = pyqtSignal(object)
    left = pyqtSignal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self)
        self._title.setObjectName("heading")
        self._title.setIndent(0)
        self.class_choice = QComboBox(self)
        self.class_choice.setEditable(True)
        self.class_choice.setInsertPolicy(QComboBox.NoInsert)
        self.class_choice.setToolTip(self.tr("Choose a class, or write a new one"))
        self.class_choice.textActivated.connect(self._choose_class)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("none"))
        self.name.editingFinished.connect(self._choose_name)
        self.name.returnPressed.connect(self.left)
        self.scope = SegmentedChoice(
            self.tr("Edits change"),
            [
                ("here", self.tr("Here")),
                ("onwards", self.tr("From here")),
                ("marks", self.tr("Marks")),
                ("all", self.tr("All")),
            ],
            self,
        )
        self.scope.setToolTip(
            self.tr("Which frames an edit of the track changes; marks are set with I and O")
        )
        self.scope.chosen.connect(self.scope_chosen)
        form = QFormLayout()
        form.addRow(self.tr("Class"), self.class_choice)
        form.addRow(self.tr("Name"), self.name)
        column = panel_column(self)
        column.addWidget(self._title)
        column.addLayout(form)
        column.addWidget(dim_label(self.tr("Frames that edits of the track change"), self))
        column.addWidget(self.scope)
        column.addLayout(self._buttons(actions))
        column.addStretch(1)

    def _buttons(self, actions: Actions) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(5)
        for row, names in enumerate(_BUTTONS):
            for place, name in enumerate(names):
                grid.addWidget(ActionButton(actions[name], self), row, place)
        return grid

    def show_track(
        self,
        lane: Lane | None,
        class_name: str,
        labels: Sequence[str],
        *,
        scope: str,
        may_edit: bool,
    ) -> None:
        """Show a track; None if none is selected."""
        self.scope.set_chosen(scope)
        for field in (self.class_choice, self.name):
            field.setEnabled(may_edit and lane is not None)
        if [self.class_choice.itemText(i) for i in range(self.class_choice.count())] != [*labels]:
            self.class_choice.clear()
            self.class_choice.addItems(list(labels))
        if not self._is_written_in(self.class_choice.lineEdit()):
            self.class_choice.setCurrentText(class_name)
        if not self._is_written_in(self.name):
            self.name.setText("" if lane is None else lane.track.name)
        self._title.setText(self.tr("No track selected") if lane is None else _title(lane, self))

    def _is_written_in(self, field: QLineEdit) -> bool:
        return field.isEnabled() and field.hasFocus() and field.isModified()

    def _choose_class(self, text: str) -> None:
        if text.strip():
            self.class_chosen.emit(text.strip())
        self.left.emit()

    def _choose_name(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.name_chosen.emit(self.name.text().strip())


def _title(lane: Lane, panel: QWidget) -> str:
    if not lane.runs:
        return panel.tr("Track {}: no masks").format(lane.track.track_id)
    text = panel.tr("Track {track}: frames {first} to {last}")
    if lane.runs[0].first == lane.runs[-1].last:
        text = panel.tr("Track {track}: frame {first}")
    return text.format(track=lane.track.track_id, first=lane.runs[0].first, last=lane.runs[-1].last)
