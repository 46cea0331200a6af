"""Recordings: clean frames with masks in any format, and what is shown, as it is shown."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions
from blendmask_live.labels import COCO_NAMES
from blendmask_live.live import RecordingStatus
from gui.format_trouble import formats_trouble
from gui.picture_video import PictureVideo
from gui.problems import Problem, problem_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gui.controller import LiveController

__all__ = ["Recorder", "RecordingPlan"]


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
        self._told: set[str] = set()

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
        self._told.clear()
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
            told = partial(self._controller.worker.post, self._tell_shown_failed)
            self._shown = PictureVideo(folder / "shown.mp4", told)

    def add_shown(self, image: NDArray[np.uint8]) -> None:
        """Tell what the window shows now."""
        if self._shown is not None:
            self._shown.add(image)

    def _tell_shown_failed(self) -> None:
        shown = self._shown
        if shown is None or not shown.failure:
            return
        goes_on = len(self._told) < len(self.plan.formats)
        text = self.tr("{path}: {reason}. What was written until then is kept.")
        if goes_on:
            text += self.tr(" The other formats are still being recorded.")
        advice = text.format(path=shown.path, reason=shown.failure)
        title = self.tr("What is shown is not recorded any more")
        self._controller.problem_found.emit(Problem(title, advice, "record"))
        if self.plan.formats and not goes_on:
            self.finish()
        elif not goes_on:
            self.give_up()

    def tell_failures(self, status: RecordingStatus) -> None:
        """Say at once which formats ended early; the others go on, while there are any."""
        for name in status.failures.keys() - self._told:
            self._told.add(name)
            self._controller.problem_found.emit(problem_of(status.failures[name]))
        shows_on = self._shown is not None and not self._shown.failure
        if not shows_on and len(self._told) == len(status.formats):
            self.finish()

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
            self._controller.worker.submit(shown.close)
        self.changed.emit()

    def _finish_job(self, folder: Path) -> None:
        session, shown = self._controller.session, self._shown
        self._shown = None
        try:
            if session is not None:
                session.stop_recording()
        finally:
            if shown is not None:
                shown.close()
        self._controller.worker.post(partial(self._tell_saved, folder, shown))

    def _tell_saved(self, folder: Path, shown: PictureVideo | None) -> None:
        text = str(folder)
        if shown is not None and shown.failure:
            text += self.tr(" ({file} ends early: {reason})").format(
                file=shown.path.name, reason=shown.failure
            )
        elif shown is not None and shown.pictures_dropped:
            text += self.tr(" ({} pictures left out: the encoder was too slow)").format(
                shown.pictures_dropped
            )
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
