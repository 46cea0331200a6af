"""The tracks seen so far, by class: show, hide, solo, select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QBrush, QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PyQt5.QtWidgets import (
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.drawing.palette import Rgb, track_color
from blendmask_live.live import FollowedTrack
from gui.live.look import Visibility
from gui.shared.controls import panel_column
from gui.shared.icons import icon
from gui.shared.theme import current_theme

__all__ = ["TracksPanel"]

_NAME, _EYE, _SOLO = range(3)
_KEPT_TRACKS: Final = 200
_ROLE: Final = Qt.UserRole


@dataclass(slots=True)
class _Known:
    """A track that was seen."""

    class_name: str
    last_index: int


class _Tree(QTreeWidget):
    """A tree whose items answer to keys.

    Signals:
        key_pressed: The current item and the column that the key stands for.
    """

    key_pressed = pyqtSignal(QTreeWidgetItem, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns: dict[int, int] = {Qt.Key_H: _EYE, Qt.Key_S: _SOLO, Qt.Key_Return: _NAME}
        column = columns.get(event.key())
        if column is not None and self.currentItem() is not None:
            self.key_pressed.emit(self.currentItem(), column)
        else:
            super().keyPressEvent(event)


class TracksPanel(QWidget):
    """Lists classes with their tracks and emits which ones the user wants to see.

    Signals:
        visibility_chosen: The wanted `Visibility`.
        track_chosen: The id of a track that was clicked.
    """

    visibility_chosen = pyqtSignal(object)
    track_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._visibility = Visibility()
        self._known: dict[int, _Known] = {}
        self._items: dict[int | str, QTreeWidgetItem] = {}
        self._followed: dict[int, FollowedTrack] = {}
        self._index = 0
        self.tree = _Tree(self)
        self.tree.setColumnCount(3)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setAccessibleName(self.tr("Tracks"))
        self.tree.setAccessibleDescription(self.tr("H hides, S shows alone, Enter selects"))
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_NAME, QHeaderView.Stretch)
        for column in (_EYE, _SOLO):
            header.setSectionResizeMode(column, QHeaderView.Fixed)
            self.tree.setColumnWidth(column, 30)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.key_pressed.connect(self._clicked)
        self._all = QPushButton(self.tr("Show all"), self)
        self._all.setEnabled(False)
        self._all.clicked.connect(lambda: self.visibility_chosen.emit(Visibility()))
        column_layout = panel_column(self)
        column_layout.setContentsMargins(6, 4, 6, 8)
        column_layout.addWidget(self.tree, 1)
        column_layout.addWidget(self._all)

    def clear(self) -> None:
        """Forget all tracks, for another source."""
        self._known.clear()
        self._followed.clear()
        self._items.clear()
        self.tree.clear()

    def show_visibility(self, visibility: Visibility) -> None:
        """Show what is hidden; emits nothing."""
        self._visibility = visibility
        self._all.setEnabled(visibility != Visibility())
        self._refresh()

    def show_frame(self, frame: TrackedFrame, followed: Sequence[FollowedTrack] = ()) -> None:
        """Add the tracks of a frame; the others of the list are shown pale.

        Args:
            frame: The newest.
            followed: Objects that were pointed at, also those that are lost.
        """
        self._index = frame.frame.index
        self._followed = {track.track_id: track for track in followed}
        for track in followed:
            before = self._known.get(track.track_id)
            last_index = before.last_index if before else self._index - 1
            self._known[track.track_id] = _Known(track.class_name, last_index)
        names = frame.instances.class_names
        for track_id, name in zip(frame.track_ids.tolist(), names, strict=True):
            if track_id > 0:
                self._known[track_id] = _Known(name, self._index)
        while len(self._known) > _KEPT_TRACKS + len(self._followed):
            others = self._known.keys() - self._followed.keys()
            self._forget(min(others, key=lambda track: self._known[track].last_index))
        self._refresh()

    def _forget(self, track_id: int) -> None:
        del self._known[track_id]
        item = self._items.pop(track_id, None)
        if item is not None and item.parent() is not None:
            item.parent().removeChild(item)

    def _refresh(self) -> None:
        counts: dict[str, int] = {}
        for track_id, known in self._known.items():
            item = self._item_of(track_id, known.class_name)
            item.setText(_NAME, f"{known.class_name} {track_id}{self._note(track_id)}")
            is_here = known.last_index == self._index
            counts[known.class_name] = counts.get(known.class_name, 0) + is_here
            self._dress(item, self._visibility.shows(track_id, known.class_name), is_here)
            item.setIcon(_SOLO, self._solo_icon(self._visibility.solo_track == track_id))
        for name, count in counts.items():
            item = self._items[name]
            item.setText(_NAME, f"{name}  {count}")
            is_shown = name not in self._visibility.hidden_classes
            self._dress(item, is_shown, count > 0)
            item.setIcon(_SOLO, self._solo_icon(self._visibility.solo_class == name))

    def _note(self, track_id: int) -> str:
        """What is said of a track that was pointed at."""
        track = self._followed.get(track_id)
        if track is None:
            return ""
        note = self.tr("followed, unsure") if track.is_doubtful else self.tr("followed")
        return "  " + (self.tr("followed, lost") if track.is_lost else note)

    def _item_of(self, track_id: int, class_name: str) -> QTreeWidgetItem:
        parent = self._items.get(class_name)
        if parent is None:
            parent = QTreeWidgetItem(self.tree)
            parent.setData(_NAME, _ROLE, class_name)
            parent.setExpanded(True)
            self._items[class_name] = parent
        item = self._items.get(track_id)
        if item is not None and item.parent() is not parent:
            # The tracker has corrected its class.
            item.parent().removeChild(item)
            item = None
        if item is None:
            item = QTreeWidgetItem(parent, [f"{class_name} {track_id}"])
            item.setData(_NAME, _ROLE, track_id)
            item.setIcon(_NAME, _swatch(track_color(track_id)))
            self._items[track_id] = item
        return item

    def _dress(self, item: QTreeWidgetItem, is_shown: bool, is_here: bool) -> None:
        theme = current_theme()
        color = QColor(theme.text if is_shown and is_here else theme.dim_text)
        if not is_here:
            color.setAlpha(120)
        item.setForeground(_NAME, QBrush(color))
        item.setIcon(_EYE, icon("eye" if is_shown else "eye-off"))
        item.setToolTip(_EYE, self.tr("Hide (H)") if is_shown else self.tr("Show (H)"))
        item.setToolTip(_SOLO, self.tr("Show alone (S)"))

    def _solo_icon(self, is_on: bool) -> QIcon:
        # Always there, but bright only if on.
        return icon("solo") if is_on else icon("solo-off")

    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        key, now = item.data(_NAME, _ROLE), self._visibility
        if column == _NAME:
            if isinstance(key, int):
                self.track_chosen.emit(key)
        elif isinstance(key, int):
            self._want_track(key, column, now)
        elif column == _EYE:
            shown = key in now.hidden_classes
            self.visibility_chosen.emit(now.with_class(key, shown=shown))
        else:
            solo = None if now.solo_class == key else key
            self.visibility_chosen.emit(replace(now, solo_class=solo, solo_track=None))

    def _want_track(self, track_id: int, column: int, now: Visibility) -> None:
        if column == _EYE:
            shown = track_id in now.hidden_tracks
            self.visibility_chosen.emit(now.with_track(track_id, shown=shown))
        else:
            solo = None if now.solo_track == track_id else track_id
            self.visibility_chosen.emit(replace(now, solo_track=solo, solo_class=None))


def _swatch(color: Rgb) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(Qt.NoPen)
    painter.setBrush(QColor(*color))
    painter.drawRoundedRect(4, 4, 24, 24, 7, 7)
    painter.end()
    return QIcon(pixmap)
