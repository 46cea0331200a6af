"""Follows the selected track's object through the video; what is found is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QInputDialog, QWidget

from blendmask_live.annotation import FrameRange, KeepFollowed, NewMask, Project
from blendmask_live.errors import ProjectError
from gui.editor.answering import PrompterHolder
from gui.editor.background import Report, Stopped
from gui.editor.controller import EditorController
from gui.editor.frame_reader import PictureAccess
from gui.editor.pointing import Pointing

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask

__all__ = ["Follower", "FollowingWork", "Outcome", "Plan"]

_SOUGHT_FRAMES: Final = 25
"""How long an object that is lost is looked for."""
_REFRESH_MS: Final = 250
"""Timeline and journal follow in steps of this; the picture follows at once."""


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


class Follower(QObject):
    """Begins and ends following, and shows it as it happens.

    The picture goes along until the user shows another frame or points at something.

    Signals:
        changed: `is_following` is new.
        told: A sentence for the status line.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(
        self,
        controller: EditorController,
        prompters: PrompterHolder,
        pointing: Pointing,
        canvas: QWidget,
        parent: QWidget,
    ) -> None:
        """Escape over the canvas stops it."""
        super().__init__(parent)
        self._controller, self._prompters, self._pointing = controller, prompters, pointing
        self._window = parent
        self.is_following = False
        self._goes_along_at: int | None = None
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self._show_changes)
        controller.busy_changed.connect(self._make_way)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key_Escape
        if not is_escape or not self.is_following or self._pointing.is_open:
            return False
        if event.type() == QEvent.KeyPress:
            self.stop()
            return True
        return False

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        return {
            "follow_on": partial(self.follow, is_on=True),
            "follow_back": partial(self.follow, is_back=True),
            "follow_both": partial(self.follow, is_on=True, is_back=True),
            "follow_to": self.ask_where_to,
            "follow_between": self.follow_between,
        }

    def stop(self) -> None:
        """End following; what was found is kept."""
        if self.is_following:
            self._controller.background.stop()

    # What to follow, and how far

    def follow(self, *, is_on: bool = False, is_back: bool = False) -> None:
        """Follow the selected track, or what is pointed at, as far as the scope says."""
        if not self._begins(partial(self.follow, is_on=is_on, is_back=is_back)):
            return
        frames, here = self._controller.indices, self._controller.frame
        limits = self._limits()
        wanted = frames[(frames >= limits[0]) & (frames <= limits[1])].tolist()
        on = tuple(frame for frame in wanted if frame > here)
        back = tuple(frame for frame in reversed(wanted) if frame < here)
        ways = tuple(way for way, is_meant in ((back, is_back), (on, is_on)) if is_meant and way)
        self._follow_ways(ways)

    def follow_to(self, frame: int) -> None:
        """Follow up to a frame, forwards or backwards."""
        if not self._begins(partial(self.follow_to, frame)):
            return
        frames, here = self._controller.indices, self._controller.frame
        if frame >= here:
            way = frames[(frames > here) & (frames <= frame)].tolist()
        else:
            way = frames[(frames < here) & (frames >= frame)][::-1].tolist()
        self._follow_ways((tuple(way),) if way else ())

    def ask_where_to(self) -> None:
        """Ask for a frame and follow up to it."""
        frames, marks = self._controller.indices, self._controller.marks
        if not len(frames):
            return
        first, last = int(frames[0]), int(frames[-1])
        frame, is_chosen = QInputDialog.getInt(
            self._window,
            self.tr("Follow to a frame"),
            self.tr("Up to frame ({first} to {last}):").format(first=first, last=last),
            last if marks[1] is None else marks[1],
            first,
            last,
        )
        if is_chosen:
            self.follow_to(frame)

    def follow_between(self) -> None:
        """Follow from both sides between the keyframes before and after the shown frame."""
        if not self._begins(self.follow_between, needs_mask=False):
            return
        ends = self._keyframes_around()
        if ends is None:
            self.told.emit(self.tr("Following from both sides needs a keyframe before and after"))
            return
        before, after = ends
        inner = self._controller.project.frames.between(before + 1, after - 1).tolist()
        if not inner:
            self.told.emit(self.tr("There is no frame between the two keyframes"))
            return
        self._run(Plan(self._controller.track, before, (tuple(inner),), end=after))

    def _begins(self, again: Callable[[], None], *, needs_mask: bool = True) -> bool:
        """Whether there is something to follow.

        Args:
            again: What is done, in place of this, after what is pointed at was kept.
        """
        controller, pointing = self._controller, self._pointing
        if self.is_following:
            self.told.emit(self.tr("An object is being followed already; Escape ends that"))
            return False
        if pointing.is_open:
            pointing.keep(then=again)
            return False
        if not (controller.may_edit and controller.has_video):
            self.told.emit(self.tr("Following needs the video, and a project that can be changed"))
            return False
        has_mask = controller.project.mask(controller.frame, controller.track) is not None
        if not controller.track or (needs_mask and not has_mask):
            self.told.emit(self.tr("Point at an object first, or select one that has a mask here"))
            return False
        return True

    def _limits(self) -> tuple[int, int]:
        """First and last frame that the scope allows."""
        controller = self._controller
        if controller.scope == "here":
            beside = controller.project.frames
            return beside.shifted(controller.frame, -1), beside.shifted(controller.frame, 1)
        if controller.scope == "marks":
            return FrameRange(*controller.marks).ends
        return FrameRange().ends

    def _keyframes_around(self) -> tuple[int, int] | None:
        """The nearest keyframes of the track, at or before the shown frame and behind it."""
        lane, here = self._controller.lane, self._controller.frame
        runs = [run for run in lane.runs if run.is_keyframe] if lane else []
        before = [min(run.last, here) for run in runs if run.first <= here]
        if not before:
            return None
        after = [max(run.first, here + 1) for run in runs if run.last > here]
        return (max(before), min(after)) if after else None

    # The work

    def _follow_ways(self, ways: tuple[tuple[int, ...], ...]) -> None:
        if not ways:
            self.told.emit(self.tr("There is no frame to follow to within marks and scope"))
            return
        self._run(Plan(self._controller.track, self._controller.frame, ways))

    def _run(self, plan: Plan) -> None:
        controller = self._controller
        post = controller.background.post
        try:
            work = FollowingWork(
                controller.project,
                self._prompters,
                plan,
                lambda frame, image: post(partial(self._show_step, frame, image)),
            )
        except ProjectError as error:
            controller.report(error)
            return
        controller.play(False)
        self.is_following, self._goes_along_at = True, controller.frame
        self.changed.emit()
        text = self.tr("Following {label} {track}").format(
            label=controller.class_of(plan.track), track=plan.track
        )

        def guarded(report: Report) -> Outcome:
            try:
                return work.run(report)
            finally:
                post(self._end)

        controller.background.run(text, guarded, partial(self._finish, plan))

    def _show_step(self, frame: int, image: NDArray[np.uint8]) -> None:
        if not self._refresh.isActive():
            self._refresh.start()
        if self._goes_along_at == self._controller.frame and not self._pointing.is_open:
            self._goes_along_at = frame
            self._controller.show_read(frame, image)

    def _end(self) -> None:
        self.is_following = False
        self._refresh.stop()
        self._show_changes()
        self.changed.emit()

    def _show_changes(self) -> None:
        # What changes the whole project shows it when it is done; until then it must not be read.
        if not self._controller.is_busy:
            self._controller.show_changes()

    def _finish(self, plan: Plan, outcome: Outcome) -> None:
        if self._goes_along_at == self._controller.frame:
            self._controller.show(outcome.frame)
        texts = {
            "end": self.tr("Followed through {count} frames"),
            "keyframe": self.tr("Followed through {count} frames, up to a keyframe"),
            "stopped": self.tr("Stopped in frame {frame}; {count} frames are kept"),
            "undone": self.tr("Following has ended, since it was undone"),
            "lost": self.tr("Followed through {count} frames"),
            "cut": self.tr("Followed through {count} frames"),
        }
        text = texts[outcome.why].format(count=outcome.masks, frame=outcome.frame)
        if outcome.lost:
            lost = ", ".join(map(str, outcome.lost))
            text = self.tr("{text}; lost in frame {frames}").format(text=text, frames=lost)
        if outcome.cuts:
            cuts = ", ".join(map(str, outcome.cuts))
            text = self.tr("{text}; another scene in frame {frames}").format(text=text, frames=cuts)
        self.told.emit(text)

    def _make_way(self) -> None:
        """What changes the whole project waits for the end."""
        if self._controller.is_busy:
            self.stop()
