"""The menu of sources: cameras by name, files, folders, recent ones, addresses, screen, demo."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt5.QtCore import QStandardPaths, Qt, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu, QWidget

from blendmask_live.addresses import without_secrets
from gui.shared.actions import Actions
from gui.shared.folders import usual_folder
from gui.shared.icons import icon
from gui.shared.preferences import Preferences

__all__ = ["VIDEO_SUFFIXES", "SourceMenu"]

VIDEO_SUFFIXES = tuple("mp4 mov mkv avi webm m4v mpg mpeg ts wmv flv gif".split())


class SourceMenu(QMenu):
    """Lists sources and emits the one that the user wants.

    Signals:
        source_chosen: As `open_source` takes it: a Path for files and folders, else a text.
    """

    source_chosen = pyqtSignal(object)

    def __init__(
        self, actions: Actions, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Source"))
        self._actions = actions
        self._preferences = preferences
        self._address = ""
        self._cameras: tuple[tuple[str, str], ...] | None = None
        actions.connect(
            {
                "open_file": self.ask_file,
                "open_folder": self.ask_folder,
                "open_url": self.ask_address,
                "open_project": self.ask_project,
                "open_screen": partial(self.source_chosen.emit, "screen"),
                "open_demo": partial(self.source_chosen.emit, "demo"),
            }
        )
        self.aboutToShow.connect(self._fill)
        self._fill()

    def show_cameras(self, cameras: tuple[tuple[str, str], ...]) -> None:
        """Offer these cameras, pairs of (what `open_source` takes, name)."""
        self._cameras = cameras
        self._fill()

    def _fill(self) -> None:
        self.clear()
        for name in ("open_file", "open_folder", "open_url", "open_project"):
            self.addAction(self._actions[name])
        self._add_recent()
        self.addSeparator()
        self._add_cameras()
        self.addSeparator()
        for name in ("open_screen", "open_demo"):
            self.addAction(self._actions[name])
        self.addSeparator()
        self.addAction(self._actions["quit"])

    def _add_recent(self) -> None:
        menu = self.addMenu(icon("file"), self.tr("Recent"))
        paths = self._preferences.recent()
        for path in paths:
            action = menu.addAction(path if isinstance(path, str) else path.name)
            if str(path).lower().endswith(".bml"):
                action.setIcon(icon("edit"))
            action.setToolTip(str(path))
            action.setStatusTip(str(path))
            action.triggered.connect(partial(self._choose, path))
        menu.setEnabled(bool(paths))
        menu.setToolTipsVisible(True)
        if paths:
            menu.addSeparator()
            menu.addAction(self.tr("Clear the list"), self._preferences.clear_recent_files)

    def _add_cameras(self) -> None:
        for spec, name in self._cameras or ():
            action = self.addAction(icon("camera"), name)
            action.triggered.connect(partial(self._choose, spec))
        if not self._cameras:
            text = self.tr("No camera found") if self._cameras is not None else self.tr("Cameras")
            self.addAction(icon("camera"), text).setEnabled(False)
        self.addAction(self._actions["find_cameras"])

    def _choose(self, spec: str | Path, checked: bool = False) -> None:
        self.source_chosen.emit(spec)

    # Questions

    def ask_file(self) -> None:
        """Ask for a video file."""
        suffixes = " ".join(f"*.{suffix} *.{suffix.upper()}" for suffix in VIDEO_SUFFIXES)
        filters = self.tr(
            "Videos ({});;Images (*.png *.jpg *.jpeg *.bmp *.webp *.tif);;All files (*)"
        )
        path, _ = QFileDialog.getOpenFileName(
            self._window(), self.tr("Open video"), self._start_folder(), filters.format(suffixes)
        )
        if path:
            self.source_chosen.emit(Path(path))

    def ask_project(self) -> None:
        """Ask for an annotation project."""
        path, _ = QFileDialog.getOpenFileName(
            self._window(),
            self.tr("Open project"),
            self._start_folder(),
            self.tr("Annotation projects (*.bml)"),
        )
        if path:
            self.source_chosen.emit(Path(path))

    def ask_folder(self) -> None:
        """Ask for a folder of images."""
        path = QFileDialog.getExistingDirectory(
            self._window(), self.tr("Open folder of images"), self._start_folder()
        )
        if path:
            self.source_chosen.emit(Path(path))

    def ask_address(self) -> None:
        """Ask for the address of a stream."""
        dialog = QInputDialog(self._window())
        dialog.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        dialog.setWindowTitle(self.tr("Open address"))
        dialog.setLabelText(self.tr("Address of a stream (rtsp, http, udp, srt):"))
        dialog.setTextValue(self._address or self._preferences.text("last_address", "rtsp://"))
        dialog.setTextEchoMode(QLineEdit.Normal)
        dialog.resize(480, 120)
        if dialog.exec() and dialog.textValue().strip():
            address = dialog.textValue().strip()
            # What is secret in it is kept while the program runs, not on the disk.
            self._address = address
            self._preferences.set_text("last_address", without_secrets(address))
            self.source_chosen.emit(address)

    def _window(self) -> QWidget | None:
        parent = self.parentWidget()
        return None if parent is None else parent.window()

    def _start_folder(self) -> str:
        recent = self._preferences.recent_files()
        if recent:
            return str(recent[0].parent)
        return usual_folder(QStandardPaths.MoviesLocation)
