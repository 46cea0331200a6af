"""A project's frames, shown one at a time: picture and masks, stepping and playing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from blendmask_live.annotation import Project
from blendmask_live.datatypes import Instances, TrackedInstances
from blendmask_live.errors import BlendMaskLiveError
from gui.editor.editor_problems import editor_problem
from gui.editor.frame_reader import FrameReader
from gui.editor.jobs import Jobs
from gui.shared.problems import Problem

__all__ = ["FrameViewer"]

_NOMINAL_FPS: Final = 25.0


class FrameViewer(QObject):
    """Owns a project and what is shown of it; pictures are read in a thread.

    Frames are meant by their index in the source.

    Attributes:
        project: The open project.
        indices: Source index of every frame that it covers, ascending.
        frame: Index of the frame that is shown, or asked for.
        picture: Its (H, W, 3) RGB picture; None until it was read.
        tracked: Its masks, without hidden tracks.
        marks: In and out point; playing ends at the latter.
        jobs: What goes on in the background.
        is_busy: A job changes the project; nothing can be shown or edited until it ends.

    Signals:
        frame_changed: `frame` is another; picture and masks follow.
        picture_changed: `picture` and `tracked` belong together and to `frame`.
        video_opened: The project's video was found.
        problem_found: A `Problem`.
    """

    frame_changed = pyqtSignal()
    picture_changed = pyqtSignal()
    video_opened = pyqtSignal()
    problem_found = pyqtSignal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Open a project.

        Raises:
            ProjectError: If it cannot be opened.
        """
        super().__init__(parent)
        self.project = Project.open(path)
        self.indices = self.project.frame_indices
        self.frame = int(self.indices[0]) if len(self.indices) else 0
        self.picture: NDArray[np.uint8] | None = None
        self.tracked = self._masks_of(self.frame)
        self.marks: tuple[int | None, int | None] = (None, None)
        self.jobs = Jobs(self)
        self.jobs.failed.connect(self.report)
        self.is_busy = False
        self._reader: FrameReader | None = None
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        self._player.setInterval(round(1000 / self._places_per_s()))

    # The video

    def find_video(self) -> None:
        """Open the video where it is known to be; else tell, it can be relinked."""
        try:
            source = self.project.locate_source()
        except BlendMaskLiveError as error:
            self._tell_no_video(error)
        else:
            self._open_video(source)

    def _tell_no_video(self, error: BlendMaskLiveError) -> None:
        text = self.tr("The video cannot be shown")
        self.problem_found.emit(Problem(text, str(error), "relink"))

    @property
    def has_video(self) -> bool:
        """Whether the project's video was found."""
        return self._reader is not None

    def _places_per_s(self) -> float:
        """How fast the covered frames follow one another; fewer where some were left out."""
        fps = float(self.project.source.average_fps or _NOMINAL_FPS)
        if len(self.indices) < 2:
            return fps
        stride = float(self.indices[-1] - self.indices[0]) / (len(self.indices) - 1)
        return max(1.0, fps / stride)

    def _open_video(self, source: str) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = FrameReader(
            source,
            on_picture=lambda index, image: self.jobs.post(
                partial(self._take_picture, index, image)
            ),
            on_error=lambda error: self.jobs.post(partial(self.report, error)),
        )
        self.video_opened.emit()

    def relink(self, source: Path) -> None:
        """Say where the video is now."""
        try:
            self.project.relink(source)
        except BlendMaskLiveError as error:
            self._tell_no_video(error)
            return
        self._open_video(str(source))
        self.show(self.frame)

    # Frames

    @property
    def place(self) -> int:
        """Position of the shown frame among those the project covers, from 0."""
        return int(np.searchsorted(self.indices, self.frame))

    def show(self, frame: int) -> None:
        """Show another frame: the covered one at or after it."""
        if not len(self.indices) or self.is_busy:
            return
        place = min(int(np.searchsorted(self.indices, frame)), len(self.indices) - 1)
        self.frame = int(self.indices[place])
        self.frame_changed.emit()
        if self._reader is not None:
            self._reader.request(self.frame)
        else:
            height, width = self.project.frame_size(self.frame)
            self._take_picture(self.frame, np.zeros((height, width, 3), np.uint8))

    def step(self, places: int) -> None:
        """Show the frame so many places later."""
        if len(self.indices):
            place = min(max(self.place + places, 0), len(self.indices) - 1)
            self.show(int(self.indices[place]))

    def _take_picture(self, index: int, image: NDArray[np.uint8]) -> None:
        if index == self.frame and not self.is_busy:
            self.picture = image
            self.tracked = self._masks_of(index)
            self.picture_changed.emit()

    def _masks_of(self, frame: int) -> TrackedInstances:
        if len(self.indices):
            try:
                return self.project.tracked(frame)
            except BlendMaskLiveError as error:
                # The editor is where a damaged mask is put right.
                self.report(error)
        empty = Instances.empty(self.project.media.frame_size, self.project.labels)
        return TrackedInstances(empty, np.zeros(0, np.int64), ())

    def seconds(self, frame: int) -> float:
        """Presentation time of a frame, s."""
        pts_s = self.project.frames.pts_s(frame) if len(self.indices) else None
        return (
            frame / float(self.project.source.average_fps or 25) if pts_s is None else float(pts_s)
        )

    @property
    def is_playing(self) -> bool:
        """Whether frames follow one another by themselves."""
        return self._player.isActive()

    def play(self, is_on: bool) -> None:
        """Begin or end playing."""
        if is_on and self.place < len(self.indices) - 1:
            self._player.start()
        else:
            self._player.stop()
        self.frame_changed.emit()

    def _play_on(self) -> None:
        last = self.marks[1]
        if self.place >= len(self.indices) - 1 or (last is not None and self.frame >= last):
            self.play(False)
        else:
            self.step(1)

    def report(self, error: Exception) -> None:
        """Tell people of an error."""
        self.problem_found.emit(editor_problem(error))

    def close(self) -> None:
        """End all threads and release the project; nothing is unsaved, ever."""
        self._player.stop()
        self.jobs.close()
        if self._reader is not None:
            self._reader.close()
        self.project.close()
