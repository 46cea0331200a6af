"""A project's frames with its tracks: which are selected, and which frames edits mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.annotation import FrameRange, Lane
from gui.editor.frame_viewer import FrameViewer
from gui.editor.reach import USUAL_SCOPE

__all__ = ["Scope", "TrackSelection"]

Scope = str


class TrackSelection(FrameViewer):
    """Adds tracks, selection and scope to the frames.

    Attributes:
        lanes: Every track's runs.
        track: The selected track; 0 for none.
        also_selected: Further tracks that acts on the selected one change too.
        scope: One of `SCOPES` of gui/editor/reach.py.

    Signals:
        selection_changed: `track`, `also_selected`, `marks` or `scope` is new.
    """

    selection_changed = pyqtSignal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Open a project.

        Raises:
            ProjectError: If it cannot be opened.
        """
        super().__init__(path, parent)
        self.lanes: tuple[Lane, ...] = self.project.lanes()
        self.track = 0
        self.also_selected: tuple[int, ...] = ()
        self.scope: Scope = USUAL_SCOPE

    @property
    def selected(self) -> tuple[int, ...]:
        """All selected tracks, the one that is shown in the panel first."""
        return (self.track, *self.also_selected) if self.track else ()

    def select(self, track: int) -> None:
        """Select a track and no other; 0 for none."""
        self.select_all((track,) if track else ())

    def select_all(self, tracks: Sequence[int]) -> None:
        """Select these tracks; the first is shown in the panel."""
        wanted = tuple(dict.fromkeys(tracks))
        if wanted != self.selected:
            self.track, self.also_selected = (wanted[0], wanted[1:]) if wanted else (0, ())
            self.selection_changed.emit()

    def toggle(self, track: int) -> None:
        """Select a track besides the others, or no longer."""
        if track in self.selected:
            self.select_all([other for other in self.selected if other != track])
        elif track:
            self.select_all([*self.selected, track])

    def set_marks(self, first: int | None, last: int | None) -> None:
        """Set in and out point; in the right order, whatever order they come in."""
        if first is not None and last is not None and first > last:
            first, last = last, first
        self.marks = first, last
        if self.scope == "marks" and not self.has_marks:
            self.scope = USUAL_SCOPE
        self.selection_changed.emit()

    @property
    def has_marks(self) -> bool:
        """Whether there is an in or out point."""
        return self.marks != (None, None)

    def set_scope(self, scope: Scope) -> None:
        """Choose which frames edits of a track change; "marks" only where there are any."""
        self.scope = scope if scope != "marks" or self.has_marks else USUAL_SCOPE
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
    def classes_of_selected(self) -> tuple[str, ...]:
        """Classes of the selected tracks, each once."""
        return tuple(dict.fromkeys(filter(None, map(self.class_of, self.selected))))

    def classes_in(self, frames: FrameRange) -> set[str]:
        """Classes of the selected tracks' masks in these frames."""
        first, last = frames.ends
        lanes = map(self.lane_of, self.selected)
        return {
            self.project.labels[run.class_id]
            for lane in lanes
            if lane is not None
            for run in lane.runs
            if run.first <= last and run.last >= first
        }

    @property
    def lane(self) -> Lane | None:
        """The selected track's."""
        return self.lane_of(self.track)

    def lane_of(self, track: int) -> Lane | None:
        """A track's lane; None if there is no such track."""
        return next((x for x in self.lanes if x.track.track_id == track), None)

    def name_of(self, track: int) -> str:
        """A track in words: its name or class, and its number."""
        lane = self.lane_of(track)
        own = "" if lane is None else lane.track.name
        return f"{own or self.class_of(track)} {track}"

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
