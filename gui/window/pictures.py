"""Snapshots to clipboard and file; pictures and videos of the microscope."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, QStandardPaths
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication, QFileDialog

from gui.live.picture_video import PictureVideo
from gui.shared.pixels import to_qimage
from gui.shared.problems import Problem

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

__all__ = ["Pictures"]


class Pictures(QObject):
    """Saves what the window shows."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._video: PictureVideo | None = None
        window.microscope.save_wanted.connect(self._save_microscope)
        window.microscope.video_wanted.connect(self._record_microscope)

    def copy(self) -> None:
        """Put the shown picture on the clipboard."""
        image = self._window.view.shown_image
        if image is None:
            return
        QApplication.clipboard().setImage(to_qimage(image))
        self._tell(self.tr("Picture copied"), self.tr("Paste it where you need it."), "")

    def save(self) -> None:
        """Ask for a file and save the shown picture there."""
        image = self._window.view.shown_image
        if image is not None:
            path = self._ask(
                self.tr("Save picture"), self._name("png"), "PNG (*.png);;JPEG (*.jpg)"
            )
            self.write(path, to_qimage(image))

    def write(self, path: str, picture: QImage) -> None:
        """Write a picture; says how it went. An empty path does nothing."""
        if not path:
            return
        if picture.save(path):
            self._tell(self.tr("Picture saved"), path, str(Path(path).parent))
        else:
            problem = Problem(
                self.tr("The picture was not saved"),
                self.tr("{}: cannot be written; choose another folder").format(path),
            )
            self._window.banner.show_problem(problem)

    def _save_microscope(self) -> None:
        path = self._ask(self.tr("Save picture"), self._name("png", "microscope"), "PNG (*.png)")
        self.write(path, self._window.microscope.view.picture())

    def _record_microscope(self, is_on: bool) -> None:
        if not is_on:
            self.finish()
            return
        path = self._ask(self.tr("Record video"), self._name("mp4", "microscope"), "MP4 (*.mp4)")
        if path:
            told = partial(self._window.controller.worker.post, self._end_failed_video)
            self._video = PictureVideo(Path(path), told)
        else:
            self._window.microscope.video.setChecked(False)

    def add_microscope_frame(self) -> None:
        """The microscope shows something new."""
        if self._video is not None:
            self._video.add(self._window.microscope.image())

    def finish(self) -> None:
        """Complete a video of the microscope; nothing happens where there is none."""
        video, self._video = self._video, None
        if video is not None:
            self._window.controller.worker.submit(partial(self._finish_job, video))

    def _finish_job(self, video: PictureVideo) -> None:
        video.close()
        self._window.controller.worker.post(partial(self._tell_video, video))

    def _end_failed_video(self) -> None:
        if self._video is not None and self._video.failure:
            # As if the user had: `finish` follows.
            self._window.microscope.video.setChecked(False)

    def _tell_video(self, video: PictureVideo) -> None:
        if not video.failure:
            self._tell(self.tr("Video saved"), str(video.path), str(video.path.parent))
            return
        text = self.tr("{path}: {reason}. What was written until then is kept.")
        advice = text.format(path=video.path, reason=video.failure)
        title = self.tr("The microscope is not recorded any more")
        self._window.banner.show_problem(Problem(title, advice))

    def _tell(self, title: str, text: str, folder: str) -> None:
        action = "folder" if folder else ""
        self._window.banner.show_problem(
            Problem(title, text, action, is_error=False, target=folder)
        )

    def _ask(self, title: str, name: str, filters: str) -> str:
        path, chosen = QFileDialog.getSaveFileName(self._window, title, name, filters)
        if path and not Path(path).suffix:
            path += chosen[chosen.index("*") + 1 : -1]
        return path

    def _name(self, suffix: str, kind: str = "") -> str:
        session, frame = self._window.controller.session, self._window.controller.latest
        parts = [session.info.name if session else "picture", kind]
        parts.append(f"{frame.frame.index:06d}" if frame else time.strftime("%H-%M-%S"))
        folder = QStandardPaths.writableLocation(QStandardPaths.PicturesLocation)
        return str(Path(folder) / f"{' '.join(filter(None, parts))}.{suffix}")
