"""Recordings: clean frames with masks in any format, and a video of what the window shows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.errors import ExportError, StageFailed
from blendmask_live.export import EXPORTERS, ExportOptions
from blendmask_live.labels import COCO_NAMES
from blendmask_live.live import LiveSettings, RecordingStatus
from gui.live.picture_video import PictureVideo
from gui.live.worker import Worker
from gui.shared.counting import counted
from gui.shared.format_trouble import formats_trouble
from gui.shared.heard import told_by_exports, warnings_of_exports
from gui.shared.library_words import in_window_language
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem, problem_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from blendmask_live.live import LiveSession

__all__ = ["Recorder", "RecordingPlan"]


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What one press of the record key records."""

    folder: str = ""
    """Where recordings go, each into a folder of its own; "" for the user's videos."""
    formats: tuple[str, ...] = ("overlay", "youtube-vis")
    """Clean frames and masks, as `annotate` writes them."""
    records_shown: bool = False
    """Also the picture just as the window shows it, as shown.mp4."""
    options: ExportOptions = field(default_factory=ExportOptions)
    """How the formats are written."""


@dataclass(slots=True, eq=False)
class _Running:
    """A recording, from the key press until its files are complete."""

    session: LiveSession
    plan: RecordingPlan
    folder: Path
    has_begun: bool = False
    """Whether there is something to complete."""
    shown: PictureVideo | None = None
    has_shown: bool = False
    """Whether the first recorded frame has been shown."""
    ended: set[str] = field(default_factory=set)
    """Formats that ended early and were reported."""
    warnings: list[str] = field(default_factory=list)
    """What exporters warned of in the end."""

    @property
    def goes_on(self) -> bool:
        """Whether anything is still being recorded."""
        shown_failed = self.shown is not None and bool(self.shown.failure)
        shows_on = self.plan.records_shown and not shown_failed
        return shows_on or len(self.ended) < len(self.plan.formats)


class LiveView(Protocol):
    """What is shown now; all that a recorder asks of it."""

    @property
    def session(self) -> LiveSession | None:
        """The session that is shown; None while there is none."""

    @property
    def settings(self) -> LiveSettings:
        """Of segmenter and tracker."""


class Recorder(QObject):
    """Starts and completes recordings of the session that is shown.

    Attributes:
        plan: What `start` records; remembered.

    Signals:
        changed: A recording began or ended, or `plan` is new.
        problem_found: A `Problem` to show; also the news that a recording was saved.
        problem_solved: The plan can be recorded again.
    """

    changed = pyqtSignal()
    problem_found = pyqtSignal(object)
    problem_solved = pyqtSignal()

    def __init__(
        self, shown: LiveView, preferences: Preferences, worker: Worker, *, parent: QObject
    ) -> None:
        """Prepare.

        Args:
            shown: Has the session to record.
            preferences: Remember the plan.
            worker: Starts and completes recordings.
            parent: As Qt has it.
        """
        super().__init__(parent)
        self._shown, self._preferences, self._worker = shown, preferences, worker
        plan = preferences.load("recording", RecordingPlan())
        # Another version may have known more formats.
        self.plan = replace(plan, formats=tuple(f for f in plan.formats if f in EXPORTERS))
        self._has_shown_trouble = False
        self._completing: set[Path] = set()
        self._measured = 0.0, 0
        self._running: _Running | None = None

    @property
    def is_recording(self) -> bool:
        """Whether something is being recorded."""
        return self._running is not None

    def set_plan(self, plan: RecordingPlan) -> None:
        """Record this from the next start on."""
        self.plan = plan
        self._preferences.save("recording", plan)
        if self._has_shown_trouble and not self.trouble():
            self._has_shown_trouble = False
            self.problem_solved.emit()
        self.changed.emit()

    def trouble(self) -> str:
        """Why the plan cannot be recorded, and what to do; "" if it can."""
        plan, session = self.plan, self._shown.session
        if not plan.formats and not plan.records_shown:
            return self.tr("Choose a format, or the picture as it is shown")
        labels = COCO_NAMES if session is None else session.labels
        classes = self._shown.settings.segmenter.classes or labels
        return formats_trouble(plan.formats, plan.options, classes)

    def toggle(self) -> None:
        """Begin, or complete what was begun."""
        if self.is_recording:
            self.finish()
        else:
            self.start()

    def start(self) -> None:
        """Record the current session into a new folder.

        If nothing plays, or the plan cannot be recorded, a problem says so.
        """
        session, plan = self._shown.session, self.plan
        if self.is_recording:
            return
        if session is None or session.status().state not in ("starting", "playing"):
            title = self.tr("Nothing is playing that could be recorded")
            advice = self.tr("Open a camera, video or stream first.")
            if session is not None:
                advice = self.tr("Play the video first (Space), then record.")
            self.problem_found.emit(Problem(title, advice, is_error=False))
            self.changed.emit()
            return
        if trouble := self.trouble():
            title = self.tr("This cannot be recorded")
            self.problem_found.emit(Problem(title, trouble, "record"))
            self._has_shown_trouble = True
            self.changed.emit()
            return
        base = Path(plan.folder) if plan.folder else default_folder()
        folder = base / f"{session.info.name} {time.strftime('%Y-%m-%d %H-%M-%S')}"
        self._running = running = _Running(session, plan, folder)
        failed = partial(self._start_failed, running)
        self._worker.submit(partial(self._start_job, running), failed=failed)
        self.changed.emit()

    def _start_job(self, running: _Running) -> None:
        folder, plan = running.folder, running.plan
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise ExportError(
                f"{folder}: cannot be made ({error.strerror}); choose another folder"
            ) from error
        if plan.records_shown:
            report = partial(self._report_shown_failed, running)
            on_failure = partial(self._worker.post, report)
            # First, so that no recorded frame is shown before it is ready.
            running.shown = PictureVideo(
                folder / "shown.mp4",
                on_failure,
                pixel_aspect=running.session.info.pixel_aspect,
            )
        if plan.formats:
            try:
                running.session.start_recording(folder, plan.formats, plan.options)
            except BaseException:
                _close_shown(running)
                raise
        running.has_begun = True

    def _start_failed(self, running: _Running, error: BaseException) -> None:
        if self._running is running:
            self._running = None
        self._failed(error)

    @property
    def records_shown(self) -> bool:
        """Whether the pictures that are shown are recorded now."""
        return self._running is not None and self._running.shown is not None

    def size_bytes(self) -> int:
        """Of the files of the recording so far; looked up not more often than every second."""
        running, now_s = self._running, time.monotonic()
        if running is None:
            return 0
        if now_s - self._measured[0] >= 1.0:
            size = sum(path.stat().st_size for path in running.folder.rglob("*") if path.is_file())
            self._measured = now_s, size
        return self._measured[1]

    def add_shown(self, image: NDArray[np.uint8], captured_at: float) -> None:
        """Add what the window shows now; its frame was captured at this time (monotonic)."""
        running = self._running
        if running is None or running.shown is None:
            return
        if running.plan.formats and not running.has_shown:
            since = running.session.recorded_since
            if since is None or captured_at < since:
                return
        running.has_shown = True
        running.shown.add(image)

    def _report_shown_failed(self, running: _Running) -> None:
        assert running.shown is not None
        is_current = self._running is running
        text = self.tr("{path}: {reason}. What was written until then is kept.")
        if is_current and running.goes_on:
            text += self._rest_text()
        advice = text.format(
            path=running.shown.path, reason=in_window_language(running.shown.failure)
        )
        title = self.tr("What is shown is not recorded any more")
        self.problem_found.emit(Problem(title, advice, "record"))
        if is_current and not running.goes_on:
            self.finish()

    def _rest_text(self) -> str:
        return self.tr(" The rest is still being recorded.")

    def report_failures(self, status: RecordingStatus) -> None:
        """Report the formats that ended early; if all did, the recording ends."""
        running = self._running
        if running is None or status.folder != running.folder:
            # Of a recording that is being completed.
            return
        new = status.failures.keys() - running.ended
        running.ended |= new
        for name in new:
            problem = problem_of(status.failures[name])
            if running.goes_on:
                title = self.tr("{} is not recorded any more").format(name)
                advice = f"{problem.advice.rstrip('.')}.{self._rest_text()}"
                problem = replace(problem, title=title, advice=advice)
            self.problem_found.emit(problem)
        if not running.goes_on:
            self.finish()

    def finish(self) -> None:
        """Complete the files; `problem_found` then carries the news."""
        running, self._running = self._running, None
        if running is not None:
            self._completing.add(running.folder)
            self._worker.submit(partial(self._finish_job, running), failed=self._failed)
            self.changed.emit()

    def give_up(self) -> str:
        """The session failed and has completed or dropped its formats: end what is shown.

        Returns:
            Where the recording is, for people; "" if there is none.
        """
        running, self._running = self._running, None
        if running is None:
            return ""
        self._worker.submit(partial(_close_shown, running))
        self.changed.emit()
        if not (running.has_begun and running.goes_on):
            return ""
        return self.tr("What was recorded until then is in {}.").format(running.folder)

    @property
    def is_completing(self) -> bool:
        """Whether files wait to be completed."""
        return bool(self._completing)

    def _finish_job(self, running: _Running) -> None:
        try:
            self._complete(running)
        finally:
            self._completing.discard(running.folder)

    def _complete(self, running: _Running) -> None:
        if not running.has_begun:
            return
        failure: StageFailed | None = None
        with warnings_of_exports() as running.warnings:
            try:
                running.session.stop_recording()
            except StageFailed as error:
                failure = error
            finally:
                _close_shown(running)
        self._worker.post(partial(self._report_end, running, failure))

    def _report_end(self, running: _Running, failure: StageFailed | None) -> None:
        if failure is not None and failure.stage.removeprefix("export ") not in running.ended:
            self._failed(failure)
        elif running.goes_on:
            self._report_saved(running)

    def _report_saved(self, running: _Running) -> None:
        text, shown = str(running.folder), running.shown
        if running.ended:
            text += self.tr(" ({} ended early)").format(", ".join(sorted(running.ended)))
        if shown is not None and shown.failure:
            text += self.tr(" ({file} ends early: {reason})").format(
                file=shown.path.name, reason=in_window_language(shown.failure)
            )
        elif shown is not None and shown.pictures_dropped:
            text += counted(
                shown.pictures_dropped,
                self.tr(" (1 picture left out: the encoder was too slow)"),
                self.tr(" ({count} pictures left out: the encoder was too slow)"),
            )
        saved = Problem(
            self.tr("Recording saved"),
            "\n".join([text, *told_by_exports(running.warnings)]),
            "folder",
            is_error=False,
            target=str(running.folder),
            stays=bool(running.warnings),
        )
        self.problem_found.emit(saved)

    def _failed(self, error: BaseException) -> None:
        self.problem_found.emit(problem_of(error))
        self.changed.emit()


def _close_shown(running: _Running) -> None:
    # Looked up in the worker, where the work that sets it is done by now.
    if running.shown is not None:
        running.shown.close()


def default_folder() -> Path:
    """Where the system keeps the user's videos, in a folder of ours."""
    from platformdirs import user_videos_path

    return user_videos_path() / "BlendMask Live"
