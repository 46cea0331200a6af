"""Snapshots to clipboard and file; pictures and videos of the microscope."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QObject, QStandardPaths, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication, QFileDialog, QWidget

from gui.live.controller import LiveController
from gui.live.picture_video import PictureVideo
from gui.shared.folders import usual_folder
from gui.shared.library_words import in_window_language
from gui.shared.pixels import to_qimage
from gui.shared.problems import Problem
from gui.window.microscope import MicroscopePanel
from gui.window.shown_picture import ShownPicture

__all__ = ["Pictures"]


class Pictures(QObject):
    """Saves what is shown and what the microscope shows.

    Signals:
        problem_found: A `Problem` to show: that something was saved, or why not.
    """

    problem_found = pyqtSignal(object)

    def __init__(
        self,
        controller: LiveController,
        picture: ShownPicture,
        microscope: MicroscopePanel,
        *,
        parent: QWidget,
    ) -> None:
        """`parent` is the window that asks for file names."""
        super().__init__(parent)
        self._controller, self._picture, self._microscope = controller, picture, microscope
        self._window = parent
        self._video: PictureVideo | None = None
        microscope.save_wanted.connect(self._save_microscope)
        microscope.video_wanted.connect(self._record_microscope)

    def copy(self) -> None:
        """Put the shown picture on the clipboard."""
        painted = self._picture.painted
        if painted is None:
            return
        QApplication.clipboard().setImage(to_qimage(painted.image))
        self._report(self.tr("Picture copied"), self.tr("Paste it where you need it."), "")

    def save(self) -> None:
        """Ask for a file and save the shown picture there."""
        painted = self._picture.painted
        if painted is not None:
            path = self._ask(
                self.tr("Save picture"), self._name("png"), "PNG (*.png);;JPEG (*.jpg)"
            )
            self.write(path, to_qimage(painted.image))

    def write(self, path: str, picture: QImage) -> None:
        """Write a picture and report how it went. An empty path does nothing."""
        if not path:
            return
        if picture.save(path):
            self._report(self.tr("Picture saved"), path, str(Path(path).parent))
        else:
            problem = Problem(
                self.tr("The picture was not saved"),
                self.tr("{}: cannot be written; choose another folder").format(path),
            )
            self.problem_found.emit(problem)

    def _save_microscope(self) -> None:
        path = self._ask(self.tr("Save picture"), self._name("png", "microscope"), "PNG (*.png)")
        self.write(path, self._microscope.view.picture())

    def _record_microscope(self, is_on: bool) -> None:
        if not is_on:
            self.finish()
            return
        path = self._ask(self.tr("Record video"), self._name("mp4", "microscope"), "MP4 (*.mp4)")
        if path:
            on_failure = partial(self._controller.worker.post, self._end_failed_video)
            self._video = PictureVideo(Path(path), on_failure)
        else:
            self._microscope.video.setChecked(False)

    def add_microscope_frame(self) -> None:
        """The microscope shows something new."""
        if self._video is not None:
            self._video.add(self._microscope.image())

    def finish(self) -> None:
        """Complete the microscope's video, if there is one."""
        video, self._video = self._video, None
        if video is not None:
            self._controller.worker.submit(partial(self._finish_job, video))

    def _finish_job(self, video: PictureVideo) -> None:
        video.close()
        self._controller.worker.post(partial(self._report_video, video))

    def _end_failed_video(self) -> None:
        if self._video is not None and self._video.failure:
            # As if the user had: `finish` follows.
            self._microscope.video.setChecked(False)

    def _report_video(self, video: PictureVideo) -> None:
        if not video.failure:
            self._report(self.tr("Video saved"), str(video.path), str(video.path.parent))
            return
        text = self.tr("{path}: {reason}. What was written until then is kept.")
        advice = text.format(path=video.path, reason=in_window_language(video.failure))
        title = self.tr("The microscope is not recorded any more")
        self.problem_found.emit(Problem(title, advice))

    def _report(self, title: str, text: str, folder: str) -> None:
        action = "folder" if folder else ""
        self.problem_found.emit(Problem(title, text, action, is_error=False, target=folder))

    def _ask(self, title: str, name: str, filters: str) -> str:
        path, chosen = QFileDialog.getSaveFileName(self._window, title, name, filters)
        if path and not Path(path).suffix:
            path += chosen[chosen.index("*") + 1 : -1]
        return path

    def _name(self, suffix: str, kind: str = "") -> str:
        session, frame = self._controller.session, self._controller.latest
        parts = [session.info.name if session else "picture", kind]
        parts.append(f"{frame.frame.index:06d}" if frame else time.strftime("%H-%M-%S"))
        folder = usual_folder(QStandardPaths.PicturesLocation)
        return str(Path(folder) / f"{' '.join(filter(None, parts))}.{suffix}")
