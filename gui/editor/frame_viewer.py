"""A project's frames, shown one at a time: picture and masks, stepping and playing."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, Qt, QTimer, pyqtSignal

from blendmask_live.annotation import Project
from blendmask_live.datatypes import Instances, TrackedInstances
from blendmask_live.errors import BlendMaskLiveError
from gui.editor.background import BackgroundWork
from gui.editor.frame_reader import FrameReader
from gui.editor.problems import editor_problem
from gui.shared.languages import translate as _tr
from gui.shared.problems import Problem, error_text

__all__ = ["SPEEDS", "FrameViewer"]

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
_TICK_MS: Final = 8


class FrameViewer(QObject):
    """Owns a project and what is shown of it; pictures are read in a thread.

    A frame is named by its index in the source.

    Attributes:
        project: The open project.
        indices: Source index of every frame that it covers, ascending.
        frame: Index of the frame that is shown, or asked for.
        picture: Its (H, W, 3) RGB picture; None until it was read.
        tracked: Its masks, without hidden tracks.
        marks: In and out point; playing ends at the latter.
        background: Does what takes long.
        speed: Of playing; 1 is the video's own.
        loops: Whether playing begins again at the end, or at the out point.
        is_busy: Work in the background changes the project; until it ends, nothing can be shown
            or edited.

    Signals:
        frame_changed: `frame` is another; picture and masks follow.
        picture_changed: `picture` and `tracked` belong together and to `frame`.
        passed_by: Index and (H, W, 3) picture of a frame that was asked for before another one;
            or a small one, made larger, at or near the frame that is asked for, until that comes.
        video_opened: The project's video was found.
        problem_found: A `Problem`.
    """

    frame_changed = pyqtSignal()
    picture_changed = pyqtSignal()
    passed_by = pyqtSignal(int, object)
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
        # The timeline asks for many times of it with each frame.
        self._source_info = self.project.source
        self.frame = int(self.indices[0]) if len(self.indices) else 0
        self.picture: NDArray[np.uint8] | None = None
        self.tracked = self.masks_of(self.frame)
        self.marks: tuple[int | None, int | None] = (None, None)
        self.background = BackgroundWork(self)
        self.background.failed.connect(self.report)
        self.is_busy = False
        self.speed = 1.0
        self.loops = False
        self._played_from = (0, 0.0)
        self._is_waiting = False
        """Whether a picture was asked for and has not come yet."""
        self._reader: FrameReader | None = None
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        self._player.setTimerType(Qt.PreciseTimer)

    # The video

    def find_video(self) -> None:
        """Open the video where the project says it is; if it is not there, a problem says so."""
        try:
            source = self.project.locate_source()
        except BlendMaskLiveError as error:
            self._report_no_video(error)
        else:
            self._open_video(source)

    def _report_no_video(self, error: BlendMaskLiveError) -> None:
        text = _tr("The video cannot be shown")
        self.problem_found.emit(Problem(text, error_text(error), "relink"))

    @property
    def has_video(self) -> bool:
        """Whether the project's video was found."""
        return self._reader is not None

    def _places_per_s(self) -> float:
        """Covered frames per second of video: fewer than the frame rate if some are left out."""
        fps = float(self._source_info.fps)
        if len(self.indices) < 2:
            return fps
        stride = float(self.indices[-1] - self.indices[0]) / (len(self.indices) - 1)
        return max(1.0, fps / stride)

    def _open_video(self, source: str) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = FrameReader(
            source,
            on_picture=lambda index, image: self.background.post(
                partial(self._take_picture, index, image)
            ),
            on_error=lambda error: self.background.post(partial(self.report, error)),
            on_stand_in=lambda index, image: self.background.post(
                partial(self._take_stand_in, index, image)
            ),
            frames=self.indices.tolist(),
            is_free=lambda: not self.background.is_going_on,
            keeps_fields=self.project.media.keeps_fields,
        )
        self.video_opened.emit()

    def relink(self, source: Path) -> None:
        """Say where the video is now."""
        try:
            self.project.relink(source)
        except BlendMaskLiveError as error:
            self._report_no_video(error)
            return
        self._open_video(str(source))
        self.show(self.frame)

    # Frames

    @property
    def place(self) -> int:
        """Position of the shown frame among those the project covers, from 0."""
        return int(np.searchsorted(self.indices, self.frame))

    def show(self, frame: int) -> None:
        """Show a frame, or the next one that the project covers."""
        if not len(self.indices) or self.is_busy:
            return
        self._go_to(min(self._place_of(frame), len(self.indices) - 1))
        self._start_clock()

    def _go_to(self, place: int) -> None:
        self.frame = int(self.indices[place])
        self._is_waiting = self._reader is not None
        self.frame_changed.emit()
        if self._reader is not None:
            self._reader.request(self.frame)
        else:
            height, width = self.project.frame_size(self.frame)
            self._take_picture(self.frame, np.zeros((height, width, 3), np.uint8))

    def show_read(self, frame: int, image: NDArray[np.uint8]) -> None:
        """Show a covered frame whose picture was read by somebody else."""
        if not self.is_busy:
            self.frame = frame
            self.frame_changed.emit()
            self._take_picture(frame, image)

    def step(self, places: int) -> None:
        """Show the covered frame that is this many later, or earlier if negative."""
        if len(self.indices):
            place = min(max(self.place + places, 0), len(self.indices) - 1)
            self.show(int(self.indices[place]))

    def _take_picture(self, index: int, image: NDArray[np.uint8]) -> None:
        self._is_waiting = False
        if index != self.frame and not self.is_busy:
            # While somebody drags along the timeline, the next frame is always asked for already.
            self.passed_by.emit(index, image)
        if index == self.frame and not self.is_busy:
            self.picture = image
            self.tracked = self.masks_of(index)
            self.picture_changed.emit()

    def _take_stand_in(self, index: int, image: NDArray[np.uint8]) -> None:
        if self._is_waiting and not self.is_busy:
            self.passed_by.emit(index, image)

    def masks_of(self, frame: int) -> TrackedInstances:
        """The masks of a frame as the project has them now; none if they cannot be read."""
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
        return float(self._source_info.time_s(frame, pts_s))

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        return self._player.isActive()

    def play(self, is_on: bool) -> None:
        """Begin or end playing; at the end it begins at the start, or at the in point."""
        if is_on and len(self.indices) > 1 and not self.is_busy:
            if self.place >= self._last_place:
                self.show(int(self.indices[self._first_place]))
            self._start_clock()
            self._player.start(_TICK_MS)
        else:
            self._player.stop()
        self.frame_changed.emit()

    def set_speed(self, speed: float) -> None:
        """Play so much faster than the video's own speed."""
        self.speed = speed
        self._start_clock()

    def _start_clock(self) -> None:
        self._played_from = (self.place, time.monotonic())

    @property
    def _first_place(self) -> int:
        mark = self.marks[0]
        return 0 if mark is None else min(self._place_of(mark), len(self.indices) - 1)

    @property
    def _last_place(self) -> int:
        """Where playing ends: at the out point, unless that is behind."""
        end, mark = len(self.indices) - 1, self.marks[1]
        return end if mark is None or mark < self.frame else min(self._place_of(mark), end)

    def _place_of(self, frame: int) -> int:
        return int(np.searchsorted(self.indices, frame))

    def _play_on(self) -> None:
        """Show the frame of now; pictures that come too late are left out."""
        if self._is_waiting:
            return
        place, began_s = self._played_from
        place += int((time.monotonic() - began_s) * self._places_per_s() * self.speed)
        if place == self.place:
            return
        if self.place >= self._last_place:
            if not self.loops:
                self.play(False)
                return
            place = self._first_place
            self._played_from = (place, time.monotonic())
        self._go_to(min(place, self._last_place))

    def report(self, error: Exception) -> None:
        """Show an error as a problem."""
        self._is_waiting = False
        self.problem_found.emit(editor_problem(error))

    def close(self) -> None:
        """End all threads and release the project; nothing is unsaved, ever."""
        self._player.stop()
        self.background.close()
        if self._reader is not None:
            self._reader.close()
        self.project.close()
