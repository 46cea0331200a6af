"""What the editor does, without widgets: frames, masks, selection, edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

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
)
from blendmask_live.annotation.propagation import Step
from blendmask_live.datatypes import Instances, TrackedInstances
from blendmask_live.errors import BlendMaskLiveError
from gui.editor.editor_problems import editor_problem
from gui.editor.frame_reader import FrameReader
from gui.editor.jobs import Jobs, Report
from gui.editor.propagating import Propagation
from gui.problems import Problem

__all__ = ["SCOPES", "EditorController", "Scope"]

Scope = str
SCOPES: Final = ("here", "onwards", "marks", "all")
"""Which frames an edit of a track is about."""
_NOMINAL_FPS: Final = 25.0
_SUGGEST_AFTER_MS: Final = 700
"""Suggestions are looked for when nothing was edited for so long."""


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
        jobs: What goes on in the background.
        is_busy: A job changes the project; nothing can be shown or edited until it ends.

    Signals:
        frame_changed: `frame` is another; picture and masks follow.
        picture_changed: `picture` and `tracked` belong together and to `frame`.
        selection_changed: `track`, `marks` or `scope` is new.
        edited: Masks, tracks or the journal changed.
        suggestions_changed: `suggestions` is new.
        video_opened: The project's video was found.
        busy_changed: `is_busy` is new.
        problem_found: A `Problem`.
        closed: All threads have ended.
    """

    frame_changed = pyqtSignal()
    picture_changed = pyqtSignal()
    selection_changed = pyqtSignal()
    edited = pyqtSignal()
    suggestions_changed = pyqtSignal()
    video_opened = pyqtSignal()
    busy_changed = pyqtSignal()
    problem_found = pyqtSignal(object)
    closed = pyqtSignal()

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
        self.jobs = Jobs(self)
        self.jobs.failed.connect(self.report)
        self.is_busy = False
        self.is_closed = False
        self._reader: FrameReader | None = None
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        self._player.setInterval(round(1000 / self._places_per_s()))
        self._suggest_later = QTimer(self)
        self._suggest_later.setSingleShot(True)
        self._suggest_later.setInterval(_SUGGEST_AFTER_MS)
        self._suggest_later.timeout.connect(self.find_suggestions)

    def start(self) -> None:
        """Open the video and look for doubts; a missing video is told and can be relinked."""
        if self.project.is_read_only:
            text = self.tr("This project can only be read")
            self.problem_found.emit(Problem(text, self.project.read_only_reason, is_error=False))
        try:
            source = self.project.locate_source()
        except BlendMaskLiveError as error:
            self._tell_no_video(error)
        else:
            self._open_video(source)
        self.find_suggestions()
        self.show(self.frame)

    def _tell_no_video(self, error: BlendMaskLiveError) -> None:
        text = self.tr("The video cannot be shown")
        self.problem_found.emit(Problem(text, str(error), "relink"))

    @property
    def has_video(self) -> bool:
        """Whether the project's video was found."""
        return self._reader is not None

    @property
    def may_edit(self) -> bool:
        """Whether edits are possible now."""
        return not self.project.is_read_only and not self.is_busy

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
            return self.project.tracked(frame)
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

    @property
    def lane(self) -> Lane | None:
        """The selected track's."""
        return next((x for x in self.lanes if x.track.track_id == self.track), None)

    def show_keyframe(self, *, is_back: bool) -> None:
        """Go to where a keyframe of the selected track, or the track itself, begins or ends."""
        lane, frame = self.lane, self.frame
        if lane is None or not lane.runs:
            return
        ends = [end for run in lane.runs if run.is_keyframe for end in (run.first, run.last)]
        ends += [lane.runs[0].first, lane.runs[-1].last]
        found = [end for end in ends if (end < frame if is_back else end > frame)]
        if found:
            self.show(max(found) if is_back else min(found))

    def new_track_id(self) -> int:
        """The id that a track drawn now would get."""
        return max((lane.track.track_id for lane in self.lanes), default=0) + 1

    # Edits

    def apply(self, edit: Edit) -> bool:
        """Do an edit; what is wrong with it is told. Returns whether it was done."""
        return self._change(lambda: self.project.apply(edit))

    def apply_all(self, edits: Sequence[Edit]) -> bool:
        """Do edits, one after the other, up to the first that cannot be done."""

        def change() -> None:
            for edit in edits:
                self.project.apply(edit)

        return self._change(change)

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
        if self.is_busy:
            return False
        before, is_done = self.project.revision, True
        try:
            change()
        except BlendMaskLiveError as error:
            self.report(error)
            is_done = False
        if self.project.revision != before:
            self._refresh()
            # Not at once: a person who draws stroke after stroke must not wait for it.
            self._suggest_later.start()
        return is_done

    def _refresh(self) -> None:
        self.lanes = self.project.lanes()
        self.tracked = self._masks_of(self.frame)
        if self.track and self.track not in {lane.track.track_id for lane in self.lanes}:
            self.select(0)
        self.edited.emit()

    # Suggestions

    def find_suggestions(self) -> None:
        """Look again; the answer comes as `suggestions_changed`."""
        self._suggest_later.stop()
        revision = self.project.revision

        def finish(found: tuple[Suggestion, ...]) -> None:
            # Where something was edited meanwhile, the next answer is on its way.
            if revision == self.project.revision:
                self.suggestions = found
                self.suggestions_changed.emit()

        self.jobs.run("", lambda report: find_suggestions(self.project), finish)

    def judge(self, suggestion: Suggestion, *, accept: bool) -> None:
        """Do what a suggestion says, or say that nothing is wrong."""
        verdict = AcceptSuggestion(suggestion) if accept else RejectSuggestion(suggestion)
        if self.apply(verdict):
            self.find_suggestions()

    # Long jobs

    def propagate(self, *, is_backward: bool) -> None:
        """Carry the selected track's mask to the neighbours, until its next keyframe."""
        try:
            carried = Propagation(
                self.project, track=self.track, frame=self.frame, is_backward=is_backward
            )
        except BlendMaskLiveError as error:
            self.report(error)
            return

        def finish(steps: list[Step]) -> None:
            self._change(lambda: self.project.apply(carried.edit(steps)))

        self.jobs.run(self.tr("Propagating the mask"), carried.compute, finish)

    def change_alone(self, text: str, work: Callable[[Report], object]) -> None:
        """Change the project in the worker thread.

        Other threads have to wait for it, so nothing is shown or edited meanwhile.
        """
        self.play(False)
        self.is_busy = True
        self.busy_changed.emit()

        def end(result: object = None) -> None:
            self.is_busy = False
            self.indices = self.project.frame_indices
            self._refresh()
            self.show(self.frame)
            self.busy_changed.emit()

        def guarded(report: Report) -> None:
            try:
                work(report)
            finally:
                self.jobs.post(end)

        self.jobs.run(text, guarded)

    def report(self, error: Exception) -> None:
        """Tell people of an error."""
        self.problem_found.emit(editor_problem(error))

    # End

    def close(self) -> None:
        """End all threads and release the project; nothing is unsaved, ever."""
        if self.is_closed:
            return
        self.is_closed = True
        self._player.stop()
        self._suggest_later.stop()
        self.jobs.close()
        if self._reader is not None:
            self._reader.close()
        self.project.close()
        self.closed.emit()
