"""Carries a mask to later or earlier frames: with the stored bases, else by optical flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from blendmask_live.annotation import (
    Edit,
    FrameRange,
    Project,
    propagate_by_blending,
    propagate_by_flow,
    propagated,
)
from blendmask_live.annotation.propagation import Step
from blendmask_live.annotation.runs import Run
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import CroppedMask
from gui.editor.background import Report, Stopped
from gui.editor.frame_reader import PictureAccess

__all__ = ["UNSURE", "Preview", "Propagation"]

_LONGEST: Final = 250
UNSURE: Final = 0.6
"""Confidence below which a mask should be looked at."""


class Propagation:
    """A mask and the masks it becomes; computed in any thread, applied in the Qt thread.

    The project may be edited meanwhile; `edit` respects what it is then.

    Attributes:
        is_complete: Whether it was carried as far as it goes; not if it was stopped, or failed.
    """

    def __init__(
        self,
        project: Project,
        *,
        track: int,
        frame: int,
        is_backward: bool,
        frames: FrameRange | None = None,
    ) -> None:
        """Prepare; the mask is not carried beyond `frames`."""
        self._project, self._track, self._frame = project, track, frame
        self._is_backward, self._within = is_backward, frames or FrameRange()
        self._mask = project.mask(frame, track)
        self.is_complete = False

    def compute(
        self, report: Report, on_step: Callable[[Step], object] = lambda step: None
    ) -> list[Step]:
        """Carry the mask as far as it goes; if stopped, return what was carried until then.

        Args:
            report: As of `BackgroundWork`.
            on_step: Called with each step, in the thread that computes.
        """
        found: list[Step] = []
        try:
            for step in self._steps():
                found.append(step)
                on_step(step)
                report(len(found), 0)
            self.is_complete = True
        except Stopped:
            pass
        return found

    def _steps(self) -> Iterator[Step]:
        project, track, frame = self._project, self._track, self._frame
        reach = self._reach()
        if self._blends():
            yield from propagate_by_blending(
                project, track=track, frame=frame, is_backward=self._is_backward, frames=reach
            )
            return
        pictures = PictureAccess(project.locate_source(), keeps_fields=project.media.keeps_fields)
        try:
            yield from propagate_by_flow(
                project,
                track=track,
                frame=frame,
                pictures=pictures,
                is_backward=self._is_backward,
                frames=reach,
            )
        finally:
            pictures.close()

    def _reach(self) -> FrameRange:
        first, last = self._within.ends
        if self._is_backward:
            return FrameRange(max(self._frame - _LONGEST, first, 0), self._frame)
        return FrameRange(self._frame, min(self._frame + _LONGEST, last))

    def why_ended(self, last: int, runs: Sequence[Run]) -> str:
        """Why the mask was carried to this frame and no further.

        "stopped", "keyframe", "lost" or "limit".

        Args:
            last: The last frame that it was carried to.
            runs: Those of the track.
        """
        covered = self._project.frames
        beyond = covered.shifted(last, -1 if self._is_backward else 1)
        first, end = self._reach().ends
        if not (first <= beyond <= end and len(covered.between(beyond, beyond))):
            return "limit"
        if not self.is_complete:
            return "stopped"
        is_kept = any(run.is_keyframe and run.first <= beyond <= run.last for run in runs)
        return "keyframe" if is_kept else "lost"

    def _blends(self) -> bool:
        masks = self._project.masks(self._frame)
        return any(
            run.track == self._track and attention is not None
            for run, attention in zip(masks.runs, masks.attention, strict=True)
        )

    def edit(self, steps: list[Step]) -> Edit:
        """The edit that puts the masks into the track, up to its next keyframe.

        Raises:
            ProjectError: If the mask that was carried is another by now, or nothing was found.
        """
        if not _are_same(self._mask, self._project.mask(self._frame, self._track)):
            raise ProjectError(
                f"track {self._track} was edited in frame {self._frame} while its mask was "
                "carried on; the result was dropped, propagate again"
            )
        lane = next(x for x in self._project.lanes() if x.track.track_id == self._track)
        keyframes = [run for run in lane.runs if run.is_keyframe]
        kept: list[Step] = []
        for step in steps:
            if any(run.first <= step.frame <= run.last for run in keyframes):
                break
            kept.append(step)
        if not kept:
            raise ProjectError(
                f"the mask of track {self._track} could not be carried on from frame {self._frame}:"
                " the next frame is a keyframe, the end, or the object is gone there"
            )
        return propagated(self._track, kept)


@dataclass(slots=True, eq=False)
class Preview:
    """A propagation that is seen and not in the project yet.

    Attributes:
        carried: Makes the edit.
        track: Whose mask is carried.
        steps: What there is so far, in the order of the frames that it goes through.
        goes_on: Whether more is computed.
    """

    carried: Propagation
    track: int
    steps: list[Step] = field(default_factory=list)
    goes_on: bool = True

    def step_at(self, frame: int) -> Step | None:
        """The step of a frame."""
        return next((step for step in self.steps if step.frame == frame), None)

    @property
    def first_unsure(self) -> Step | None:
        """Where it begins to be unsure."""
        return next((step for step in self.steps if step.confidence < UNSURE), None)

    def up_to(self, frame: int) -> list[Step]:
        """The steps until this frame; none if it has not gone through it."""
        frames = [step.frame for step in self.steps]
        return self.steps[: frames.index(frame) + 1] if frame in frames else []


def _are_same(one: CroppedMask | None, other: CroppedMask | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.box == other.box and bool((one.mask == other.mask).all())
