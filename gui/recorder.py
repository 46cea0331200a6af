"""Recordings: clean frames with masks in any format, and what is shown, as it is shown."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.datatypes import ColorInfo
from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions
from blendmask_live.labels import COCO_NAMES
from gui.format_trouble import formats_trouble
from gui.problems import Problem, problem_of

if TYPE_CHECKING:
    from gui.controller import LiveController

__all__ = ["PictureVideo", "Recorder", "RecordingPlan"]

_WAITING_PICTURES: Final = 8


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What one key press records."""

    folder: str = ""
    """Where recordings go, each into a folder of its own; "" for the user's videos."""
    formats: tuple[str, ...] = ("overlay", "youtube-vis")
    """Clean frames and masks, as `annotate` writes them."""
    records_shown: bool = False
    """Also the picture just as the window shows it, as shown.mp4."""
    options: ExportOptions = field(default_factory=ExportOptions)
    """How the formats are written."""


class PictureVideo:
    """Writes pictures with the times at which they were shown, in a thread of its own.

    Pictures that the encoder is too slow for are left out and counted.
    """

    def __init__(self, path: Path) -> None:
        """`path` is of an mp4 whose folder exists."""
        self.path = path
        self.pictures_dropped = 0
        self._waiting: queue.Queue[tuple[NDArray[np.uint8], float] | None]
        self._waiting = queue.Queue(_WAITING_PICTURES)
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._write, name="picture-video")
        self._thread.start()

    def add(self, image: NDArray[np.uint8]) -> None:
        """Add an (H, W, 3) RGB picture that is shown now; never waits."""
        try:
            self._waiting.put_nowait((image, time.monotonic()))
        except queue.Full:
            self.pictures_dropped += 1

    def close(self) -> Path:
        """Complete the file; not in the Qt thread, since the encoder may take a while.

        Raises:
            ExportError: If the file could not be written.
        """
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None:
            raise ExportError(
                f"{self.path}: cannot be written: {self._error.strerror}"
            ) from self._error
        return self.path

    def _write(self) -> None:
        from blendmask_live.export.video_file import VideoFile, VideoTiming

        video, started_s, size = None, 0.0, (0, 0)
        timing = VideoTiming(Fraction(1, 90_000), Fraction(30))
        while (item := self._waiting.get()) is not None:
            image, shown_s = item
            if self._error is not None:
                continue
            try:
                if video is None:
                    size, started_s = image.shape[:2], shown_s
                    video = VideoFile(self.path, frame_size=size, timing=timing, color=ColorInfo())
                pts_s = Fraction(round((shown_s - started_s) * 90_000), 90_000)
                video.write(_fitted(image, size), pts_s)
            except OSError as error:
                self._error = error
        if video is not None:
            try:
                video.close()
            except OSError as error:
                self._error = self._error or error


class Recorder(QObject):
    """Starts and completes recordings of the controller's session.

    Attributes:
        plan: What `start` records; remembered.

    Signals:
        changed: A recording began or ended, or `plan` is new.
    """

    changed = pyqtSignal()

    def __init__(self, controller: LiveController) -> None:
        super().__init__(controller)
        self._controller = controller
        plan = controller.preferences.load("recording", RecordingPlan())
        # Another version may have known more formats.
        self.plan = replace(plan, formats=tuple(f for f in plan.formats if f in EXPORTERS))
        self._has_told_trouble = False
        self._shown: PictureVideo | None = None
        self._folder: Path | None = None

    @property
    def is_recording(self) -> bool:
        """Whether something is being recorded."""
        return self._folder is not None

    def set_plan(self, plan: RecordingPlan) -> None:
        """Record this from the next start on."""
        self.plan = plan
        self._controller.preferences.save("recording", plan)
        if self._has_told_trouble and not self.trouble():
            self._has_told_trouble = False
            self._controller.problem_solved.emit()
        self.changed.emit()

    def trouble(self) -> str:
        """Why the plan cannot be recorded, and what to do; "" if it can."""
        plan, session = self.plan, self._controller.session
        if not plan.formats and not plan.records_shown:
            return self.tr("Choose a format, or the picture as it is shown")
        labels = COCO_NAMES if session is None else session.labels
        classes = self._controller.settings.segmenter.classes or labels
        return formats_trouble(plan.formats, plan.options, classes)

    def toggle(self) -> None:
        """Begin, or complete what was begun."""
        if self.is_recording:
            self.finish()
        else:
            self.start()

    def start(self) -> None:
        """Record the current session into a new folder; nothing happens without a session.

        Where the plan has trouble, that is told instead.
        """
        session, plan = self._controller.session, self.plan
        if session is None or self.is_recording:
            return
        if trouble := self.trouble():
            title = self.tr("This cannot be recorded")
            self._controller.problem_found.emit(Problem(title, trouble, "record"))
            self._has_told_trouble = True
            self.changed.emit()
            return
        base = Path(plan.folder) if plan.folder else default_folder()
        folder = base / f"{session.info.name} {time.strftime('%Y-%m-%d %H-%M-%S')}"
        self._folder = folder
        self._controller.worker.submit(partial(self._start_job, folder, plan), failed=self._failed)
        self.changed.emit()

    def _start_job(self, folder: Path, plan: RecordingPlan) -> None:
        session = self._controller.session
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(
                f"{folder}: cannot be made ({error.strerror}); choose another folder"
            ) from error
        if session is not None and plan.formats:
            session.start_recording(folder, plan.formats, plan.options)
        if plan.records_shown:
            self._shown = PictureVideo(folder / "shown.mp4")

    def add_shown(self, image: NDArray[np.uint8]) -> None:
        """Tell what the window shows now."""
        if self._shown is not None:
            self._shown.add(image)

    def finish(self) -> None:
        """Complete the files; the news comes as a problem that is none."""
        if self._folder is None:
            return
        folder, self._folder = self._folder, None
        self._controller.worker.submit(partial(self._finish_job, folder), failed=self._failed)
        self.changed.emit()

    def give_up(self) -> None:
        """The session failed: what it had recorded is completed or gone, and told by others."""
        self._folder = None
        shown, self._shown = self._shown, None
        if shown is not None:
            self._controller.worker.submit(shown.close, failed=lambda error: None)
        self.changed.emit()

    def _finish_job(self, folder: Path) -> None:
        session, dropped = self._controller.session, 0
        shown, self._shown = self._shown, None
        try:
            if session is not None:
                session.stop_recording()
        finally:
            if shown is not None:
                shown.close()
                dropped = shown.pictures_dropped
        self._controller.worker.post(partial(self._tell_saved, folder, dropped))

    def _tell_saved(self, folder: Path, dropped: int) -> None:
        text = str(folder)
        if dropped:
            text += self.tr(" ({} pictures left out: the encoder was too slow)").format(dropped)
        saved = Problem(
            self.tr("Recording saved"), text, "folder", is_error=False, target=str(folder)
        )
        self._controller.problem_found.emit(saved)

    def _failed(self, error: BaseException) -> None:
        self._folder = None
        self._controller.problem_found.emit(problem_of(error))
        self.changed.emit()


def default_folder() -> Path:
    """Where the system keeps the user's videos, in a folder of ours."""
    from platformdirs import user_videos_path

    return user_videos_path() / "BlendMask Live"


def _fitted(image: NDArray[np.uint8], size: tuple[int, ...]) -> NDArray[np.uint8]:
    """The picture, cut or filled with black where its size changed during the recording."""
    if image.shape[:2] == size:
        return image
    fitted = np.zeros((*size, 3), dtype=np.uint8)
    height, width = min(size[0], image.shape[0]), min(size[1], image.shape[1])
    fitted[:height, :width] = image[:height, :width]
    return fitted
