"""What one press of the send key sends, and the zones that events are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QAction,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui.live.broadcaster import SendingPlan
from gui.shared.controls import SegmentedChoice, dim_label, heading, panel_column

__all__ = ["SendPanel"]


class SendPanel(QWidget):
    """Shows a `SendingPlan` and zones, and emits what the user wants.

    Signals:
        chosen: The wanted `SendingPlan`.
        drawing_wanted: The user wants to draw: "line" or "zone".
        renamed: Row and new name of a zone.
        removed: Row of a zone.
    """

    chosen = pyqtSignal(object)
    drawing_wanted = pyqtSignal(str)
    renamed = pyqtSignal(int, str)
    removed = pyqtSignal(int)

    def __init__(self, send: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = SendingPlan()
        self.addresses = self._line(
            self.tr("Addresses"), self.tr("rtmp://…  srt://…  /folder/live.m3u8")
        )
        self.camera = QCheckBox(self.tr("To the virtual camera"), self)
        self.clean = QCheckBox(self.tr("The picture without masks"), self)
        self.sound = QCheckBox(self.tr("Sound of the source"), self)
        for box in (self.camera, self.clean, self.sound):
            box.clicked.connect(lambda: self._want())
        self.events = self._line(
            self.tr("Receivers of events"), self.tr("ws://…  tcp://…  /file.jsonl")
        )
        self.events_of = SegmentedChoice(
            self.tr("Events of"),
            [
                ("changes", self.tr("Changes")),
                ("frames", self.tr("Frames")),
                ("both", self.tr("Both")),
            ],
            self,
        )
        self.events_of.chosen.connect(
            lambda of: self.chosen.emit(replace(self._plan, events_of=of))
        )
        self._status = dim_label("", self)
        self.zones = QListWidget(self)
        self.zones.setAccessibleName(self.tr("Lines and areas"))
        self.zones.setMaximumHeight(120)
        self.zones.itemChanged.connect(self._rename)
        self._lay_out(send)
        self.show_plan(self._plan)
        self.show_zones(())
        self.show_camera("")
        self.show_status("")

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        line.setToolTip(
            self.tr('Several are separated by blanks; "quotes" hold one with blanks together')
        )
        line.editingFinished.connect(self._want)
        return line

    def _lay_out(self, send: QAction) -> None:
        button = QToolButton(self)
        button.setDefaultAction(send)
        button.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
        button.setObjectName("wide")
        button.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        column = panel_column(self)
        for part in (
            button,
            self._status,
            heading(self.tr("Send the picture to"), self),
            self.addresses,
            self.camera,
            self.clean,
            self.sound,
            heading(self.tr("Send events to"), self),
            self.events,
            self.events_of,
            heading(self.tr("Lines and areas"), self),
            self.zones,
        ):
            column.addWidget(part)
        row = QHBoxLayout()
        for text, kind in ((self.tr("Draw a line"), "line"), (self.tr("Draw an area"), "zone")):
            draw = QPushButton(text, self)
            draw.clicked.connect(lambda checked, kind=kind: self.drawing_wanted.emit(kind))
            row.addWidget(draw)
        self._remove_zone = QPushButton(self.tr("Remove"), self)
        self._remove_zone.clicked.connect(self._remove)
        column.addLayout(row)
        # In a row of its own: three German words would widen the panel, and the window with it.
        column.addWidget(self._remove_zone)
        column.addStretch(1)

    def show_plan(self, plan: SendingPlan) -> None:
        """Show a plan; emits nothing."""
        self._plan = plan
        for line, text in ((self.addresses, plan.addresses), (self.events, plan.events)):
            if line.text() != text:
                line.setText(text)
        self.camera.setChecked(plan.camera)
        self.clean.setChecked(plan.is_clean)
        self.sound.setChecked(plan.has_sound)
        self.events_of.set_chosen(plan.events_of)

    def show_camera(self, name: str) -> None:
        """Offer the virtual camera of this name; "" where there is none."""
        self.camera.setVisible(bool(name))
        self.camera.setToolTip(name)

    def show_sending(self, *, is_sending: bool) -> None:
        """While something is sent, the plan cannot be changed."""
        for part in (
            self.addresses,
            self.camera,
            self.clean,
            self.sound,
            self.events,
            self.events_of,
        ):
            part.setEnabled(not is_sending)

    def show_status(self, text: str) -> None:
        """Say how sending goes."""
        self._status.setText(text)
        self._status.setVisible(bool(text))

    def show_zones(self, zones: Sequence[tuple[str, str]]) -> None:
        """Show zones: pairs of name and what was counted; emits nothing."""
        self.zones.blockSignals(True)
        if [self._name(row) for row in range(self.zones.count())] != [name for name, _ in zones]:
            self.zones.clear()
            for name, _ in zones:
                new = QListWidgetItem(name, self.zones)
                new.setFlags(new.flags() | Qt.ItemIsEditable)
                new.setData(Qt.UserRole, name)
        for row, (name, counted) in enumerate(zones):
            if (item := self.zones.item(row)) is not None:
                item.setToolTip(f"{name}: {counted}" if counted else name)
        if zones and self.zones.currentRow() < 0:
            # Else it would not be known which one "Remove" means.
            self.zones.setCurrentRow(len(zones) - 1)
        self.zones.setVisible(bool(zones))
        self._remove_zone.setEnabled(bool(zones))
        self.zones.blockSignals(False)

    def _name(self, row: int) -> str:
        item = self.zones.item(row)
        return "" if item is None else str(item.data(Qt.UserRole))

    def _want(self) -> None:
        plan = replace(
            self._plan,
            addresses=self.addresses.text().strip(),
            camera=self.camera.isChecked(),
            is_clean=self.clean.isChecked(),
            has_sound=self.sound.isChecked(),
            events=self.events.text().strip(),
        )
        if plan != self._plan:
            self.chosen.emit(plan)

    def _rename(self, item: QListWidgetItem) -> None:
        self.renamed.emit(self.zones.row(item), item.text().strip())

    def _remove(self) -> None:
        if (row := self.zones.currentRow()) >= 0:
            self.removed.emit(row)
