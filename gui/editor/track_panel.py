"""The selected track: class, name, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from blendmask_live.annotation import Lane
from gui.editor.action_button import ActionButton
from gui.shared.actions import Actions
from gui.shared.class_choice import ClassChoice
from gui.shared.controls import SegmentedChoice, dim_label, heading, panel_column
from gui.shared.languages import translate as _tr

__all__ = ["TrackPanel"]

_IDENTITY: Final = (("split", "merge"), ("swap", "reassign"), ("hide",))
_MASKS: Final = (
    ("delete", "delete_more"),
    ("confirm", "copy_next"),
    ("smooth", "fill_holes"),
)
_FILL: Final = (
    ("follow_both", "follow_between"),
    ("interpolate", "fill_gaps"),
    ("propagate_back", "propagate_on"),
)


class TrackPanel(QWidget):
    """Shows a track and emits what the user wants with it.

    Signals:
        class_chosen: Another class for the track, over the scope.
        name_chosen: Another name.
        scope_chosen: One of `SCOPES` of gui/editor/reach.py.
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
        self.class_choice = ClassChoice(self)
        self.class_choice.setToolTip(self.tr("Choose a class, or write a new one"))
        self.class_choice.class_chosen.connect(self.class_chosen)
        self.class_choice.class_chosen.connect(self.left)
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
        column.addWidget(dim_label(self.tr("Edits of the track change"), self))
        column.addWidget(self.scope)
        for title, rows in (
            (self.tr("Who it is"), _IDENTITY),
            (self.tr("Masks"), _MASKS),
            (self.tr("Fill frames between"), _FILL),
        ):
            column.addWidget(heading(title, self))
            column.addLayout(self._buttons(actions, rows))
        column.addStretch(1)

    def _buttons(self, actions: Actions, rows: Sequence[Sequence[str]]) -> QGridLayout:
        # Two beside each other must not make the window's column wide, in any language.
        short = {
            "confirm": self.tr("Confirm"),
            "copy_next": self.tr("Copy to next"),
            "follow_both": self.tr("Follow both ways"),
            "follow_between": self.tr("Follow between"),
            "propagate_back": self.tr("Propagate back"),
            "propagate_on": self.tr("Propagate on"),
        }
        grid = QGridLayout()
        grid.setSpacing(5)
        for row, names in enumerate(rows):
            for place, name in enumerate(names):
                span = 3 - len(names)
                button = ActionButton(actions[name], self, text=short.get(name, ""))
                grid.addWidget(button, row, place, 1, span)
        for place in (0, 1):
            grid.setColumnStretch(place, 1)
        return grid

    def show_track(
        self,
        lane: Lane | None,
        classes: Sequence[str],
        labels: Sequence[str],
        *,
        count: int,
        scope: str,
        has_marks: bool,
        may_edit: bool,
    ) -> None:
        """Show a track; None if none is selected.

        Args:
            classes: Of all selected tracks, each once.
            count: How many tracks are selected; this is the first of them.
        """
        self.scope.set_chosen(scope)
        self.scope.button("marks").setEnabled(has_marks)
        for field in (self.class_choice, self.name):
            field.setEnabled(may_edit and lane is not None)
        if [self.class_choice.itemText(i) for i in range(self.class_choice.count())] != [*labels]:
            self.class_choice.clear()
            self.class_choice.addItems(list(labels))
        self.show_classes(classes)
        if not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText("" if lane is None else lane.track.name)
        self._title.setText(_title(lane, count))

    def show_classes(self, classes: Sequence[str]) -> None:
        """Show the classes of all selected tracks in the shown frame, each once."""
        self.class_choice.lineEdit().setPlaceholderText(_tr("several") if len(classes) > 1 else "")
        if not self.class_choice.is_written_in:
            self.class_choice.setCurrentText(classes[0] if len(classes) == 1 else "")

    def _choose_name(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.name_chosen.emit(self.name.text().strip())


def _title(lane: Lane | None, count: int) -> str:
    if lane is None:
        return _tr("No track selected")
    if count > 1:
        return _tr("{count} tracks selected").format(count=count)
    if not lane.runs:
        return _tr("Track {}: no masks").format(lane.track.track_id)
    text = _tr("Track {track}: frames {first} to {last}")
    if lane.runs[0].first == lane.runs[-1].last:
        text = _tr("Track {track}: frame {first}")
    return text.format(track=lane.track.track_id, first=lane.runs[0].first, last=lane.runs[-1].last)
