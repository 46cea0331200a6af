"""What the editor does, without widgets: frames, masks, selection, edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from blendmask_live.annotation import (
    AcceptSuggestion,
    Edit,
    FrameRange,
    Lane,
    RejectSuggestion,
    Suggestion,
    find_suggestions,
)
from blendmask_live.annotation.propagation import Step
from blendmask_live.errors import BlendMaskLiveError
from gui.editor.background import Report
from gui.editor.frame_viewer import FrameViewer
from gui.editor.propagating import Propagation
from gui.shared.problems import Problem

__all__ = ["SCOPES", "EditorController", "Scope"]

T = TypeVar("T")

Scope = str
SCOPES: Final = ("here", "onwards", "marks", "all")
"""Which frames an edit of a track changes."""
_SUGGEST_AFTER_MS: Final = 700
"""Suggestions are looked for when nothing was edited for this time."""


class EditorController(FrameViewer):
    """Adds selection, edits and suggestions to the frames; slow work happens in threads.

    Attributes:
        track: The selected track; 0 for none.
        scope: One of `SCOPES`.
        lanes: Every track's runs.
        suggestions: Open ones, the surest first.

    Signals:
        selection_changed: `track`, `marks` or `scope` is new.
        edited: Masks, tracks or the journal changed.
        suggestions_changed: `suggestions` is new.
        busy_changed: `is_busy` is new.
        closed: All threads have ended.
    """

    selection_changed = pyqtSignal()
    edited = pyqtSignal()
    suggestions_changed = pyqtSignal()
    busy_changed = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Open a project.

        Raises:
            ProjectError: If it cannot be opened.
        """
        super().__init__(path, parent)
        self.track = 0
        self.scope: Scope = "onwards"
        self.lanes: tuple[Lane, ...] = self.project.lanes()
        self.suggestions: tuple[Suggestion, ...] = ()
        self.is_closed = False
        self._suggest_later = QTimer(self)
        self._suggest_later.setSingleShot(True)
        self._suggest_later.setInterval(_SUGGEST_AFTER_MS)
        self._suggest_later.timeout.connect(self.find_suggestions)

    def start(self) -> None:
        """Open the video and look for suggestions. If the video is missing, a problem says so."""
        if self.project.is_read_only:
            text = self.tr("This project can only be read")
            self.problem_found.emit(Problem(text, self.project.read_only_reason, is_error=False))
        self.find_video()
        self.find_suggestions()
        self.show(self.frame)

    @property
    def may_edit(self) -> bool:
        """Whether edits are possible now."""
        return not self.project.is_read_only and not self.is_busy

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
        """Choose which frames edits of a track change."""
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
        """Class of a track in this frame, else where it begins; "" if there is no such track."""
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
        """The id for a new track."""
        return max((lane.track.track_id for lane in self.lanes), default=0) + 1

    # Edits

    def apply(self, edit: Edit) -> bool:
        """Do an edit and return whether it was done; if not, a problem says why."""
        return self._change(lambda: self.project.apply(edit))

    def apply_all(self, edits: Sequence[Edit]) -> bool:
        """Do edits in order, up to the first that cannot be done; return whether all were done."""

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
            # Not at once: people who draw stroke after stroke must not wait for it.
            self._suggest_later.start()
        return is_done

    def _refresh(self) -> None:
        self.lanes = self.project.lanes()
        self.tracked = self.masks_of(self.frame)
        if self.track and self.track not in {lane.track.track_id for lane in self.lanes}:
            self.select(0)
        self.edited.emit()

    def show_changes(self) -> None:
        """Show what work in the background has changed in the project."""
        self._refresh()
        self._suggest_later.start()

    # Suggestions

    def find_suggestions(self) -> None:
        """Look for suggestions; they come with `suggestions_changed`."""
        self._suggest_later.stop()
        revision = self.project.revision

        def finish(found: tuple[Suggestion, ...]) -> None:
            # If something was edited meanwhile, another search follows.
            if revision == self.project.revision:
                self.suggestions = found
                self.suggestions_changed.emit()

        self.background.run("", lambda report: find_suggestions(self.project), finish)

    def judge(self, suggestion: Suggestion, *, accept: bool) -> None:
        """Do what a suggestion proposes, or reject it."""
        verdict = AcceptSuggestion(suggestion) if accept else RejectSuggestion(suggestion)
        if self.apply(verdict):
            self.find_suggestions()

    # Long work

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

        self.background.run(self.tr("Propagating the mask"), carried.compute, finish)

    def change_alone(
        self,
        text: str,
        work: Callable[[Report], T],
        finish: Callable[[T], object] = lambda result: None,
    ) -> None:
        """Change the project in the worker thread, then `finish` with the result in this one.

        Until it is done, nothing is shown or edited: other threads would wait for the project.
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

        def guarded(report: Report) -> T:
            try:
                return work(report)
            finally:
                self.background.post(end)

        self.background.run(text, guarded, finish)

    # End

    def close(self) -> None:
        """End all threads and release the project; nothing is unsaved, ever."""
        if self.is_closed:
            return
        self.is_closed = True
        self._suggest_later.stop()
        super().close()
        self.closed.emit()
