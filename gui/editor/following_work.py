"""Follows one object through the video and keeps it frame by frame; runs in the worker thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation import FrameRange, KeepFollowed, NewMask, Project
from blendmask_live.errors import ProjectError
from gui.editor.answering import PrompterHolder
from gui.editor.background import Report, Stopped
from gui.editor.frame_reader import PictureAccess

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask

__all__ = ["FollowingWork", "Outcome", "Plan"]

_SOUGHT_FRAMES: Final = 25
"""How long an object that is lost is looked for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be followed, and where.

    Attributes:
        track: Whose object.
        start: The frame of the mask that it begins with.
        ways: Frames in the order in which they are looked at, from the one beside `start` on;
            several ways begin anew at `start`.
        end: The frame of the mask at the other end, for following from both sides.
    """

    track: int
    start: int
    ways: tuple[tuple[int, ...], ...]
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How following has ended.

    Attributes:
        masks: How many frames have got a mask.
        frame: Where it ended: the first frame in which the object is lost, else the last one.
        why: "end", "keyframe", "lost", "cut", "stopped" or "undone".
        lost: Frames from which on the object is lost, of all ways.
        cuts: Frames with which another scene begins, in the direction of the way.
    """

    masks: int
    frame: int
    why: str
    lost: tuple[int, ...] = ()
    cuts: tuple[int, ...] = ()


class FollowingWork:
    """Follows and keeps, frame by frame; runs in the worker thread.

    The project may be edited meanwhile: keyframes that a person sets end it.
    """

    def __init__(
        self,
        project: Project,
        prompters: PrompterHolder,
        plan: Plan,
        on_step: Callable[[int, NDArray[np.uint8]], None] = lambda frame, image: None,
    ) -> None:
        """Look at what is there now.

        Args:
            on_step: Takes each frame that was looked at, from the worker thread.

        Raises:
            ProjectError: If there is no mask to begin with.
        """
        self._project, self._prompters, self._plan = project, prompters, plan
        self._on_step = on_step
        self._mask, self._label = self._mask_at(plan.start)
        self._last = None if plan.end is None else self._mask_at(plan.end)[0]
        self._text = ""
        self._reach = FrameRange()
        self._kept: set[int] = set()

    def _mask_at(self, frame: int) -> tuple[CroppedMask, str]:
        here, track = self._project.masks(frame), self._plan.track
        for row, run in enumerate(here.runs):
            if run.track == track:
                crop = here.tracked.instances.cropped_masks()[row]
                return crop, self._project.labels[run.class_id]
        raise ProjectError(
            f"track {track} has no mask in frame {frame} to follow: point at the object first"
        )

    def run(self, report: Report) -> Outcome:
        """Follow until the end, a keyframe, the object is lost, or somebody stops it."""
        project = self._project
        pictures = PictureAccess(project.locate_source(), keeps_fields=project.media.keeps_fields)
        outcome = Outcome(0, self._plan.start, "end")
        steps = sum(map(len, self._plan.ways)) * (1 if self._last is None else 2)
        done = 0

        def count() -> None:
            nonlocal done
            report(done, steps)
            done += 1

        try:
            report(0, steps)
            if self._last is not None:
                return self._follow_between(pictures, count)
            ends: dict[str, list[int]] = {"lost": [], "cut": []}
            for way in self._plan.ways:
                outcome = self._follow(way, pictures, count)
                ends.setdefault(outcome.why, []).append(outcome.frame)
                if outcome.why in ("stopped", "undone"):
                    break
            return replace(outcome, lost=tuple(ends["lost"]), cuts=tuple(ends["cut"]))
        finally:
            pictures.close()

    def _follow(
        self, way: Sequence[int], pictures: PictureAccess, count: Callable[[], None]
    ) -> Outcome:
        from blendmask_live.prompting.cuts import CutFinder
        from blendmask_live.prompting.following import Following, FollowSettings
        from blendmask_live.prompting.prompt import Prompt

        start = self._plan.start
        following = Following(
            [Prompt(frame=start, previous=self._mask)],
            self._prompters.get(),
            settings=FollowSettings(stop_after=_SOUGHT_FRAMES),
        )
        lost_at: int | None = None
        at, cuts = start, CutFinder()
        try:
            first = pictures(start)
            cuts.is_cut(first)
            following.step(first, start)
            for frame in way:
                count()
                if self._is_keyframe(frame):
                    return self._outcome(at, "keyframe")
                image = pictures(frame)
                if cuts.is_cut(image):
                    return self._outcome(frame if lost_at is None else lost_at, "cut")
                seen = following.step(image, frame).objects[0]
                if seen.crop.area:
                    if not self._keep(frame, seen.crop, seen.confidence):
                        return self._outcome(at, "undone")
                    lost_at = None
                elif lost_at is None:
                    lost_at = frame
                at = frame
                self._on_step(frame, image)
                if following.is_over:
                    break
        except Stopped:
            return self._outcome(at, "stopped")
        return self._outcome(at, "end") if lost_at is None else self._outcome(lost_at, "lost")

    def _follow_between(self, pictures: PictureAccess, count: Callable[[], None]) -> Outcome:
        from blendmask_live.prompting.between import follow_between

        plan, last = self._plan, self._last
        assert plan.end is not None and last is not None
        at = plan.start
        frames = (plan.start, *plan.ways[0], plan.end)
        shown: dict[int, NDArray[np.uint8]] = {}

        def picture(frame: int) -> NDArray[np.uint8]:
            shown.clear()
            shown[frame] = pictures(frame)
            return shown[frame]

        try:
            for step in follow_between(picture, frames, self._mask, last, self._prompters.get()):
                count()
                at = step.frame
                if step.crop.area and not self._keep(at, step.crop, step.confidence):
                    return self._outcome(at, "undone")
                self._on_step(at, shown[at])
        except Stopped:
            return self._outcome(at, "stopped")
        return self._outcome(plan.start, "end")

    def _outcome(self, frame: int, why: str) -> Outcome:
        return Outcome(len(self._kept), frame, why)

    def _is_keyframe(self, frame: int) -> bool:
        lanes = self._project.lanes(FrameRange.only(frame))
        mine = (lane for lane in lanes if lane.track.track_id == self._plan.track)
        return any(run.is_keyframe for lane in mine for run in lane.runs)

    def _keep(self, frame: int, crop: CroppedMask, confidence: float) -> bool:
        """On the disk, as a part of one act; False if that act was undone."""
        reach = FrameRange.only(frame)
        if self._text and self._project.undo_text == self._text:
            low, high = self._reach.ends
            reach = FrameRange(min(low, frame), max(high, frame))
        edit = KeepFollowed(
            self._plan.track, {frame: NewMask(crop, confidence)}, self._label, reach
        )
        try:
            self._project.apply(edit, onto=self._text)
        except ProjectError:
            if self._text and self._project.redo_text == self._text:
                return False
            raise
        self._text, self._reach = edit.text, reach
        self._kept.add(frame)
        return True
