"""Edits of the selected track, by menu, button and key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PyQt5.QtCore import QObject, QPoint, Qt
from PyQt5.QtWidgets import QAction, QInputDialog, QMenu, QWidget

from blendmask_live.annotation import (
    AddLabel,
    CopyToNext,
    DeleteMasks,
    Edit,
    FillGaps,
    FillHoles,
    FrameRange,
    HideTrack,
    Interpolate,
    Lane,
    MergeTracks,
    ReassignMasks,
    Relabel,
    RenameTrack,
    ScaleMask,
    SetKeyframe,
    SmoothMask,
    SplitTrack,
    SwapTracks,
)
from gui.editor.controller import EditorController
from gui.shared.actions import Actions

__all__ = ["TrackActs"]

_SCALE_STEP = 1.05


class _OfTrack(Protocol):
    def __call__(self, track: int, frames: FrameRange, /) -> Edit: ...


class _OfMask(Protocol):
    def __call__(self, frame: int, track: int, /) -> Edit: ...


class _OfTwo(Protocol):
    def __call__(self, track: int, other: int, frames: FrameRange, /) -> Edit: ...


class TrackActs(QObject):
    """Makes edits of the selected track, its frame and the scope."""

    def __init__(self, controller: EditorController, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._window = controller, parent

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        controller = self._controller
        return {
            "split": partial(self._apply_scoped, SplitTrack),
            "delete": partial(self._apply_scoped, DeleteMasks),
            "interpolate": partial(self._apply_scoped, Interpolate),
            "fill_gaps": partial(self._apply_scoped, FillGaps),
            "merge": partial(self._with_other, self.tr("Merge with"), MergeTracks),
            "swap": partial(self._with_other, self.tr("Swap with"), SwapTracks),
            "reassign": partial(self._with_other, self.tr("Give to"), ReassignMasks),
            "smooth": partial(self._apply_here, SmoothMask),
            "fill_holes": partial(self._apply_here, FillHoles),
            "shrink": partial(self._scale, 1 / _SCALE_STEP),
            "grow": partial(self._scale, _SCALE_STEP),
            "hide": self._toggle_hidden,
            "confirm": self._confirm,
            "copy_next": self._copy_to_next,
            "propagate_back": partial(controller.propagate, is_backward=True),
            "propagate_on": partial(controller.propagate, is_backward=False),
        }

    def _apply_scoped(self, make: _OfTrack) -> None:
        self._controller.apply(make(self._controller.track, self._controller.frames))

    def _apply_here(self, make: _OfMask) -> None:
        self._controller.apply(make(self._controller.frame, self._controller.track))

    def _scale(self, factor: float) -> None:
        controller = self._controller
        controller.apply(ScaleMask(controller.frame, controller.track, factor))

    def _confirm(self) -> None:
        controller = self._controller
        # "From here on" would confirm frames that nobody has looked at.
        is_meant = controller.scope in ("here", "marks")
        frames = controller.frames if is_meant else FrameRange.only(controller.frame)
        controller.apply(SetKeyframe(controller.track, frames))

    def _copy_to_next(self) -> None:
        if self._controller.apply(CopyToNext(self._controller.frame, self._controller.track)):
            self._controller.step(1)

    def _toggle_hidden(self) -> None:
        lane = self._controller.lane
        if lane is not None:
            is_hidden = not lane.track.is_hidden
            self._controller.apply(HideTrack(lane.track.track_id, is_hidden=is_hidden))

    def relabel(self, label: str) -> None:
        """Give the track another class over the scope; a new class is added."""
        controller = self._controller
        if label == controller.class_of(controller.track):
            return
        edits: list[Edit] = [] if label in controller.project.labels else [AddLabel(label)]
        edits.append(Relabel(controller.track, label, controller.frames))
        controller.apply_all(edits)

    def rename(self, name: str) -> None:
        """Give the track another name."""
        if self._controller.track:
            self._controller.apply(RenameTrack(self._controller.track, name))

    # With another track

    def _with_other(self, title: str, make: _OfTwo) -> None:
        """Do something with the selected track and another, which is asked for."""
        controller = self._controller
        others = {
            f"{lane.track.name or controller.class_of(lane.track.track_id)} "
            f"{lane.track.track_id}": lane.track.track_id
            for lane in self._nearest_first()
        }
        if not others:
            return
        text, is_chosen = QInputDialog.getItem(
            self._window, title, f"{title} ({controller.frames}):", list(others), 0, False
        )
        if is_chosen and text:
            self._apply_to(make, others[text])

    def _nearest_first(self) -> list[Lane]:
        """Lanes of the other tracks: those of the same class first, then those seen here."""
        controller = self._controller
        here, label = controller.tracked.track_ids, controller.class_of(controller.track)
        others = [x for x in controller.lanes if x.track.track_id != controller.track]

        def is_far(lane: Lane) -> tuple[bool, bool]:
            track = lane.track.track_id
            return controller.class_of(track) != label, track not in here

        return sorted(others, key=is_far)

    def _apply_to(self, make: _OfTwo, other: int) -> None:
        self._controller.apply(make(self._controller.track, other, self._controller.frames))

    def show_menu(self, actions: Actions, under: int, place: QPoint) -> None:
        """What can be done with the selected track and the one under the pointer."""
        controller, menu = self._controller, QMenu(self._window)
        selected = controller.track
        if under and under != selected:
            if selected and controller.may_edit:
                texts: tuple[tuple[str, _OfTwo], ...] = (
                    (self.tr("Merge {a} with {b}"), MergeTracks),
                    (self.tr("Swap {a} and {b}"), SwapTracks),
                    (self.tr("Give masks of {a} to {b}"), ReassignMasks),
                )
                for text, make in texts:
                    action = QAction(text.format(a=selected, b=under), menu)
                    action.triggered.connect(lambda on, make=make: self._apply_to(make, under))
                    menu.addAction(action)
                menu.addSeparator()
            menu.addAction(self.tr("Select {}").format(under), partial(controller.select, under))
        actions.add_to(
            menu,
            "split delete hide - confirm copy_next propagate_back propagate_on - follow_both "
            "follow_back follow_on - smooth fill_holes",
        )
        menu.setAttribute(Qt.WA_DeleteOnClose)
        menu.popup(place)
