"""Begins following the selected track's object, and shows it as it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QInputDialog, QWidget

from blendmask_live.annotation import FrameRange
from blendmask_live.errors import ProjectError
from gui.editor.answering import PrompterHolder
from gui.editor.controller import EditorController
from gui.editor.following_work import FollowingWork, Outcome, Plan
from gui.editor.pointing import Pointing
from gui.shared.counting import frames_text

__all__ = ["Follower"]

_REFRESH_MS: Final = 250
"""Timeline and journal follow in steps of this; the picture follows at once."""


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
        self._turn = threading.Lock()
        self._newest: tuple[int, NDArray[np.uint8]] | None = None
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
        try:
            work = FollowingWork(
                controller.project,
                self._prompters,
                plan,
                self._take_step,
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

        controller.background.run(text, work.run, partial(self._finish, plan), end=self._end)

    def _take_step(self, frame: int, image: NDArray[np.uint8]) -> None:
        """Have the newest frame shown; called by the worker."""
        with self._turn:
            is_awaited, self._newest = self._newest is not None, (frame, image)
        if not is_awaited:
            self._controller.background.post(self._show_step)

    def _show_step(self) -> None:
        with self._turn:
            newest, self._newest = self._newest, None
        if newest is None:
            return
        frame, image = newest
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
            "end": self.tr("Followed through {count}"),
            "keyframe": self.tr("Followed through {count}, up to a keyframe"),
            "stopped": self.tr("Stopped in frame {frame}; kept: {count}"),
            "undone": self.tr("Following has ended, since it was undone"),
            "lost": self.tr("Followed through {count}"),
            "cut": self.tr("Followed through {count}"),
        }
        text = texts[outcome.why].format(count=frames_text(outcome.masks), frame=outcome.frame)
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
