"""What the editor does, without widgets: frames, masks, selection, edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from blendmask_live.annotation import (
    AcceptSuggestion,
    Edit,
    FrameRange,
    RejectSuggestion,
    Suggestion,
    Together,
    find_suggestions,
)
from blendmask_live.annotation.propagation import Step
from blendmask_live.errors import BlendMaskLiveError
from gui.editor.background import Report
from gui.editor.ghosts import Ghost, differences
from gui.editor.propagating import Preview, Propagation
from gui.editor.reach import reach_text
from gui.editor.selection import TrackSelection
from gui.shared.counting import frames_text
from gui.shared.library_words import in_window_language
from gui.shared.numbers import localized
from gui.shared.problems import Problem

__all__ = ["EditorController"]

T = TypeVar("T")

_SUGGEST_AFTER_MS: Final = 700
"""Suggestions are looked for when nothing was edited for this time."""


class EditorController(TrackSelection):
    """Adds edits, suggestions and previews to the tracks; slow work happens in threads.

    Attributes:
        suggestions: Open ones, the surest first.
        looked_at: The suggestion whose outcome is shown; None if there is none.
        preview: A propagation that is not kept yet; None if there is none.
        ghosts: How the shown frame would differ if they were accepted or kept.

    Signals:
        edited: Masks, tracks or the journal changed.
        suggestions_changed: `suggestions` is new.
        preview_changed: `preview` is new, or longer.
        ghosts_changed: `looked_at` or `ghosts` is new.
        busy_changed: `is_busy` is new.
        closed: All threads have ended.
    """

    edited = pyqtSignal()
    suggestions_changed = pyqtSignal()
    preview_changed = pyqtSignal()
    ghosts_changed = pyqtSignal()
    busy_changed = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Open a project.

        Raises:
            ProjectError: If it cannot be opened.
        """
        super().__init__(path, parent)
        self.suggestions: tuple[Suggestion, ...] = ()
        self.looked_at: Suggestion | None = None
        self.preview: Preview | None = None
        self.ghosts: list[Ghost] = []
        self._outcome_spans: tuple[tuple[int, int], ...] = ()
        self.picture_changed.connect(self._show_outcome)
        self.selection_changed.connect(self._look_away)
        self.is_closed = False
        self._has_searched = False
        self._suggest_later = QTimer(self)
        self._suggest_later.setSingleShot(True)
        self._suggest_later.setInterval(_SUGGEST_AFTER_MS)
        self._suggest_later.timeout.connect(self.find_suggestions)

    def start(self) -> None:
        """Open the video and look for suggestions. If the video is missing, a problem says so."""
        if self.project.is_read_only:
            text = self.tr("This project can only be read")
            reason = in_window_language(self.project.read_only_reason)
            self.problem_found.emit(Problem(text, reason, is_error=False))
        # The search needs the interpreter for itself: the first picture would wait for it.
        self.picture_changed.connect(self._begin_search)
        self.problem_found.connect(self._begin_search)
        self.find_video()
        self.show(self.frame)
        if not len(self.indices):
            self._begin_search()

    def _begin_search(self, problem: Problem | None = None) -> None:
        if not self._has_searched:
            self._has_searched = True
            self.find_suggestions()

    @property
    def may_edit(self) -> bool:
        """Whether edits are possible now."""
        return not self.project.is_read_only and not self.is_busy

    # Edits

    def apply(self, edit: Edit) -> bool:
        """Do an edit and return whether it was done; if not, a problem says why."""
        return self._change(lambda: self.project.apply(edit))

    def apply_all(self, edits: Sequence[Edit]) -> bool:
        """Do edits as one act, all or none; return whether they were done."""
        if len(edits) == 1:
            return self.apply(edits[0])
        return self.apply(Together("; ".join(edit.text for edit in edits), tuple(edits)))

    def undo(self) -> None:
        """Take the last edit back and go to a frame that this changes."""
        number = self.project.journal_position
        if self._change(self.project.undo):
            self._go_where_changed(number)

    def redo(self) -> None:
        """Do the last undone edit again and go to a frame that this changes."""
        if self._change(self.project.redo):
            self._go_where_changed(self.project.journal_position)

    def _go_where_changed(self, number: int) -> None:
        """Show the nearest frame that an act of the journal changes, if it is another."""
        spans = self.project.changed_by(number)
        if spans and not any(first <= self.frame <= last for first, last in spans):
            ends = [end for span in spans for end in span]
            self.show(min(ends, key=lambda end: abs(end - self.frame)))

    def go_to_act(self, number: int) -> None:
        """Undo or redo up to an entry of the journal; 0 for the beginning."""

        last = self.project.journal_position

        def move() -> None:
            nonlocal last
            while (position := self.project.journal_position) != number:
                is_back = position > number
                if not (self.project.undo() if is_back else self.project.redo()):
                    return
                last = position if is_back else self.project.journal_position

        if self._change(move):
            self._go_where_changed(last)

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
            self.show_changes()
        return is_done

    def show_changes(self) -> None:
        """Show what has changed in the project, and look for suggestions again."""
        self.lanes = self.project.lanes()
        self.tracked = self.masks_of(self.frame)
        there = {lane.track.track_id for lane in self.lanes}
        self.select_all([track for track in self.selected if track in there])
        self.look_at(None)
        self.edited.emit()
        # Not at once: people who draw stroke after stroke must not wait for it.
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

    def look_at(self, suggestion: Suggestion | None) -> None:
        """Go where accepting a suggestion would first change something, and show what, there and
        in each frame that is shown from now on."""
        if suggestion is not self.looked_at:
            self.looked_at = suggestion
            self._show_outcome()
        if suggestion is not None:
            first = suggestion.frames.first or 0
            changed = (max(begin, first) for begin, end in self._outcome_spans if end >= first)
            self.show(next(changed, first))

    def _look_away(self) -> None:
        if self.looked_at is not None and self.track not in (0, *self.looked_at.tracks):
            self.look_at(None)

    def _show_outcome(self) -> None:
        before, self.ghosts, self._outcome_spans = self.ghosts, [], ()
        if self.looked_at is not None and self.may_edit and not self.is_playing:
            try:
                outcome = self.project.outcome(self.looked_at.edit, self.frame)
            except BlendMaskLiveError as error:
                self.report(error)
            else:
                self.ghosts = differences(self.tracked, outcome.tracked)
                self._outcome_spans = outcome.spans
        step = None if self.preview is None else self.preview.step_at(self.frame)
        if step is not None and self.preview is not None:
            name = self.name_of(self.preview.track)
            text = localized(f"{name}  {step.confidence:.0%}")
            self.ghosts.append(Ghost(self.preview.track, step.mask, text))
        if before or self.ghosts or self.looked_at is not None:
            self.ghosts_changed.emit()

    @property
    def outcome_text(self) -> str:
        """What accepting the suggestion that is looked at would do; "" if there is none."""
        if self.looked_at is None or not self._outcome_spans:
            return ""
        spans = self._outcome_spans
        count = sum(len(self.project.frames.between(first, last)) for first, last in spans)
        text = self.tr("Accept changes {count}: {frames}")
        reach = reach_text(FrameRange(spans[0][0], spans[-1][1]))
        return text.format(count=frames_text(count), frames=reach)

    # Long work

    def propagate(self, *, is_backward: bool) -> None:
        """Carry the selected track's mask to the neighbours, until its next keyframe.

        What comes out is a `preview`, until it is kept or dropped.
        """
        self.drop_preview()
        frames = self.frames if self.scope == "marks" else FrameRange()
        if self.scope == "here":
            frames = FrameRange(
                self.project.frames.shifted(self.frame, -1),
                self.project.frames.shifted(self.frame, 1),
            )
        first, last = frames.ends
        if not first <= self.frame <= last:
            self.tell_outside_marks()
            return
        try:
            carried = Propagation(
                self.project,
                track=self.track,
                frame=self.frame,
                is_backward=is_backward,
                frames=frames,
            )
        except BlendMaskLiveError as error:
            self.report(error)
            return
        preview = self.preview = Preview(carried, self.track)

        def work(report: Report) -> list[Step]:
            return carried.compute(
                report, lambda step: self.background.post(partial(self._add_step, preview, step))
            )

        self.background.run(
            self.tr("Propagating the mask"), work, end=partial(self._end_preview, preview)
        )
        self.preview_changed.emit()

    def tell_outside_marks(self) -> None:
        """Say that nothing is done, since edits change the marks and another frame is shown."""
        title = self.tr("This frame lies outside of the marks")
        advice = self.tr("Go to a marked frame, or choose others than the marks.")
        self.problem_found.emit(Problem(title, advice, is_error=False))

    def _add_step(self, preview: Preview, step: Step) -> None:
        if preview is self.preview:
            preview.steps.append(step)
            self._show_outcome()
            self.preview_changed.emit()

    def _end_preview(self, preview: Preview) -> None:
        preview.goes_on = False
        if preview is not self.preview:
            return
        if not preview.steps and not preview.carried.is_complete:
            self.drop_preview()
        elif not preview.steps:
            # Says why there is nothing.
            self.keep_preview()
        self.preview_changed.emit()

    def keep_preview(self, last: int | None = None) -> None:
        """Put the propagated masks into the project; only those until a frame, if one is given."""
        preview, self.preview = self.preview, None
        if preview is None:
            return
        steps = preview.steps if last is None else preview.up_to(last)
        if preview.goes_on:
            self.background.stop()
        self._change(lambda: self.project.apply(preview.carried.edit(steps)))
        self._show_outcome()
        self.preview_changed.emit()

    def drop_preview(self) -> None:
        """Forget the propagated masks."""
        preview, self.preview = self.preview, None
        if preview is not None:
            if preview.goes_on:
                self.background.stop()
            self._show_outcome()
            self.preview_changed.emit()

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

        def end() -> None:
            self.is_busy = False
            self.indices = self.project.frame_indices
            self.show_changes()
            self.show(self.frame)
            self.busy_changed.emit()

        self.background.run(text, work, finish, end=end)

    # End

    def close(self) -> None:
        """End all threads and release the project; nothing is unsaved, ever."""
        if self.is_closed:
            return
        self.is_closed = True
        self._suggest_later.stop()
        super().close()
        self.closed.emit()
