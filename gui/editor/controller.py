"""What the editor does, without widgets: frames, masks, selection, edits, long jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from blendmask_live.annotation import (
    AcceptSuggestion,
    Edit,
    FrameRange,
    Lane,
    Project,
    RejectSuggestion,
    Suggestion,
    find_suggestions,
    propagate_by_blending,
    propagate_by_flow,
    propagated,
)
from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import BlendMaskLiveError
from gui.editor.frame_reader import FrameReader, PictureAccess
from gui.problems import Problem, problem_of

__all__ = ["SCOPES", "EditorController", "Scope"]

T = TypeVar("T")
logger = logging.getLogger(__name__)
Scope = str
SCOPES: Final = ("here", "onwards", "marks", "all")
"""Which frames an edit of a track is about."""
_NOMINAL_FPS: Final = 25.0
_LONGEST_PROPAGATION: Final = 250


@dataclass(frozen=True, slots=True)
class JobState:
    """A long job; `steps` is 0 where its length is unknown."""

    text: str
    done: int = 0
    steps: int = 0


class Stopped(Exception):
    """The user stopped a job."""


class EditorController(QObject):
    """Owns a project and what is shown of it; everything slow happens in threads.

    Frames are meant by their index in the source.

    Attributes:
        project: The open project.
        frame: Index of the frame that is shown, or asked for.
        picture: Its (H, W, 3) RGB picture; None until it was read.
        tracked: Its masks, without hidden tracks.
        track: The selected track; 0 for none.
        marks: In and out point.
        scope: One of `SCOPES`.
        lanes: Every track's runs.
        suggestions: Open ones, the surest first.

    Signals:
        frame_changed: `frame` is another; picture and masks follow.
        picture_changed: `picture` and `tracked` belong together and to `frame`.
        selection_changed: `track`, `marks` or `scope` is new.
        edited: Masks, tracks or the journal changed.
        suggestions_changed: `suggestions` is new.
        job_changed: A `JobState`, or None when the job has ended.
        problem_found: A `Problem`.
        closed: All threads have ended.
    """

    frame_changed = pyqtSignal()
    picture_changed = pyqtSignal()
    selection_changed = pyqtSignal()
    edited = pyqtSignal()
    suggestions_changed = pyqtSignal()
    job_changed = pyqtSignal(object)
    problem_found = pyqtSignal(object)
    closed = pyqtSignal()
    _posted = pyqtSignal(object)

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
        self.track = 0
        self.marks: tuple[int | None, int | None] = (None, None)
        self.scope: Scope = "onwards"
        self.lanes: tuple[Lane, ...] = self.project.lanes()
        self.suggestions: tuple[Suggestion, ...] = ()
        self._jobs = ThreadPoolExecutor(1, "editor-jobs")
        self._is_stopping = False
        self._is_closing = False
        self._posted.connect(self._run_posted)
        self._reader: FrameReader | None = None
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        fps = self.project.source.average_fps
        self._player.setInterval(round(1000 / float(fps or _NOMINAL_FPS)))

    def start(self) -> None:
        """Open the video and look for doubts; a missing video is told and can be relinked."""
        try:
            source = self.project.locate_source()
        except BlendMaskLiveError as error:
            text = self.tr("The video cannot be shown")
            self.problem_found.emit(Problem(text, str(error), "relink"))
        else:
            self._open_video(source)
        if self.project.is_read_only:
            text = self.tr("This project can only be read")
            self.problem_found.emit(Problem(text, self.project.read_only_reason, is_error=False))
        self.find_suggestions()
        self.show(self.frame)

    def _open_video(self, source: str) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = FrameReader(
            source,
            on_picture=lambda index, image: self.post(partial(self._take_picture, index, image)),
            on_error=lambda error: self.post(partial(self._report, error)),
        )

    def relink(self, source: Path) -> None:
        """Say where the video is now."""
        try:
            self.project.relink(source)
        except BlendMaskLiveError as error:
            self._report(error)
            return
        self._open_video(str(source))
        self.show(self.frame)

    # Frames

    @property
    def place(self) -> int:
        """Position of the shown frame among those the project covers, from 0."""
        return int(np.searchsorted(self.indices, self.frame))

    def show(self, frame: int) -> None:
        """Show another frame: the covered one that is nearest."""
        if not len(self.indices):
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
        if index == self.frame:
            self.picture = image
            self.tracked = self._masks_of(index)
            self.picture_changed.emit()

    def _masks_of(self, frame: int) -> TrackedInstances:
        if not len(self.indices):
            return self._empty()
        return self.project.tracked(frame)

    def _empty(self) -> TrackedInstances:
        from blendmask_live.datatypes import Instances

        size = self.project.media.frame_size
        empty = Instances.empty(size, self.project.labels)
        return TrackedInstances(empty, np.zeros(0, np.int64), ())

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

    # Selection

    def select(self, track: int) -> None:
        """Select a track; 0 for none."""
        if track != self.track:
            self.track = track
            self.selection_changed.emit()

    def set_marks(self, first: int | None, last: int | None) -> None:
        """Set in and out point; in the right order, whatever order they come in."""
        if first is not None and last is not None and first > last:
            first, last = last, first
        self.marks = first, last
        self.selection_changed.emit()

    def set_scope(self, scope: Scope) -> None:
        """Choose what edits of a track are about."""
        self.scope = scope
        self.selection_changed.emit()

    @property
    def frames(self) -> FrameRange:
        """The frames that the scope means now."""
        if self.scope == "here":
            return FrameRange.only(self.frame)
        if self.scope == "onwards":
            return FrameRange(self.frame)
        return FrameRange(*self.marks) if self.scope == "marks" else FrameRange()

    def class_of(self, track: int) -> str:
        """Class of a track here, else where it is first seen; "" if there is none."""
        for lane in self.lanes:
            if lane.track.track_id == track and lane.runs:
                here = [r for r in lane.runs if r.first <= self.frame <= r.last]
                return self.project.labels[(here or lane.runs)[0].class_id]
        return ""

    def new_track_id(self) -> int:
        """The id that a track drawn now would get."""
        return max((lane.track.track_id for lane in self.lanes), default=0) + 1

    # Edits

    def apply(self, edit: Edit) -> bool:
        """Do an edit; what is wrong with it is told. Returns whether it was done."""
        return self._change(lambda: self.project.apply(edit))

    def undo(self) -> None:
        """Take the last edit back."""
        self._change(self.project.undo)

    def redo(self) -> None:
        """Do the last undone edit again."""
        self._change(self.project.redo)

    def go_to_act(self, number: int) -> None:
        """Undo or redo up to an entry of the journal; 0 for the beginning."""

        def move() -> None:
            while (position := self.project.journal_position) != number:
                moved = self.project.undo() if position > number else self.project.redo()
                if not moved:
                    return

        self._change(move)

    def _change(self, change: Callable[[], object]) -> bool:
        try:
            change()
        except BlendMaskLiveError as error:
            self._report(error)
            return False
        self._refresh()
        return True

    def _refresh(self) -> None:
        self.lanes = self.project.lanes()
        self.tracked = self._masks_of(self.frame)
        if self.track and self.track not in {lane.track.track_id for lane in self.lanes}:
            self.select(0)
        self.edited.emit()

    # Suggestions

    def find_suggestions(self) -> None:
        """Look again; the answer comes as `suggestions_changed`."""
        self.run_job("", lambda report: find_suggestions(self.project), self._take_suggestions)

    def _take_suggestions(self, found: tuple[Suggestion, ...]) -> None:
        self.suggestions = found
        self.suggestions_changed.emit()

    def judge(self, suggestion: Suggestion, *, accept: bool) -> None:
        """Do what a suggestion says, or say that nothing is wrong."""
        verdict = AcceptSuggestion(suggestion) if accept else RejectSuggestion(suggestion)
        if self.apply(verdict):
            self.find_suggestions()

    # Long jobs

    def propagate(self, *, is_backward: bool) -> None:
        """Carry the selected track's mask to the neighbours, until its next keyframe."""
        project, track, frame = self.project, self.track, self.frame
        limit = frame - _LONGEST_PROPAGATION if is_backward else frame + _LONGEST_PROPAGATION
        reach = FrameRange(max(limit, 0), frame) if is_backward else FrameRange(frame, limit)

        def work(report: Callable[[int, int], None]) -> Edit:
            blends = project.has_latents and any(
                run.track == track and attention is not None
                for run, attention in zip(
                    project.masks(frame).runs, project.masks(frame).attention, strict=True
                )
            )
            if blends:
                steps = propagate_by_blending(
                    project, track=track, frame=frame, is_backward=is_backward, frames=reach
                )
                return propagated(track, list(steps))
            pictures = PictureAccess(project.locate_source())
            try:
                found = []
                for step in propagate_by_flow(
                    project,
                    track=track,
                    frame=frame,
                    pictures=pictures,
                    is_backward=is_backward,
                    frames=reach,
                ):
                    found.append(step)
                    report(len(found), 0)
            except Stopped:
                # What was carried so far is worth keeping.
                pass
            finally:
                pictures.close()
            return propagated(track, found)

        self.run_job(self.tr("Propagating the mask"), work, self.apply)

    def run_job(
        self,
        text: str,
        work: Callable[[Callable[[int, int], None]], T],
        finish: Callable[[T], object],
    ) -> None:
        """Do something long in the worker thread, `finish` with its result in this one.

        Args:
            text: What is done, for people; "" for what they need not know.
            work: Gets `report` (done, steps), which raises `Stopped` once the user stops it.
        """

        def report(done: int, steps: int) -> None:
            if self._is_stopping:
                raise Stopped
            self.post(partial(self.job_changed.emit, JobState(text, done, steps)))

        def run() -> None:
            try:
                result = work(report)
            except Stopped:
                pass
            except Exception as error:
                logger.warning("%s", error, exc_info=not isinstance(error, BlendMaskLiveError))
                self.post(partial(self._report, error))
            else:
                self.post(lambda: finish(result))
            finally:
                if text:
                    self.post(partial(self.job_changed.emit, None))

        self._is_stopping = False
        if text:
            self.job_changed.emit(JobState(text))
        self._jobs.submit(run)

    def stop_job(self) -> None:
        """End the current job early."""
        self._is_stopping = True

    def post(self, call: Callable[[], object]) -> None:
        """Have something called in the Qt thread; from any thread."""
        self._posted.emit(call)

    def _run_posted(self, call: Callable[[], object]) -> None:
        if not self._is_closing:
            call()

    def _report(self, error: Exception) -> None:
        self.problem_found.emit(problem_of(error))

    # End

    def close(self) -> None:
        """End all threads and release the project; nothing is unsaved, ever."""
        if self._is_closing:
            return
        self._is_closing = True
        self._player.stop()
        self.stop_job()
        self._jobs.shutdown()
        if self._reader is not None:
            self._reader.close()
        self.project.close()
        self.closed.emit()
