"""Edits of the selected track, by menu, button and key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PyQt5.QtCore import QObject, QPoint, Qt
from PyQt5.QtWidgets import QInputDialog, QLabel, QMenu, QWidget, QWidgetAction

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
from gui.editor.reach import (
    USUAL_SCOPE,
    around_gap,
    between_keyframes,
    masks_in,
    reach_text,
)
from gui.shared.actions import Actions
from gui.shared.counting import counted
from gui.shared.problems import Problem

__all__ = ["TrackActs"]

_SCALE_STEP = 1.05


class _OfTrack(Protocol):
    def __call__(self, track: int, frames: FrameRange, /) -> Edit: ...


class _OfMask(Protocol):
    def __call__(self, frame: int, track: int, /) -> Edit: ...


class _OfTwo(Protocol):
    def __call__(self, track: int, other: int, frames: FrameRange, /) -> Edit: ...


class TrackActs(QObject):
    """Makes edits of the selected tracks, in the shown frame or over the scope."""

    def __init__(self, controller: EditorController, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._window = controller, parent

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action name -> what it does."""
        controller = self._controller
        return {
            "split": self._split,
            "delete": self._delete_here,
            "delete_more": partial(self._apply_scoped, DeleteMasks),
            "interpolate": self._interpolate,
            "fill_gaps": self._fill_gaps,
            "merge": self._merge,
            "swap": partial(self._with_other, self.tr("Swap with"), SwapTracks),
            "reassign": partial(self._with_other, self.tr("Give to"), ReassignMasks),
            "smooth": partial(self._apply_here, SmoothMask),
            "fill_holes": partial(self._apply_here, FillHoles),
            "shrink": partial(self._apply_here, partial(ScaleMask, factor=1 / _SCALE_STEP)),
            "grow": partial(self._apply_here, partial(ScaleMask, factor=_SCALE_STEP)),
            "hide": self._toggle_hidden,
            "confirm": self._confirm,
            "copy_next": self._copy_to_next,
            "propagate_back": partial(controller.propagate, is_backward=True),
            "propagate_on": partial(controller.propagate, is_backward=False),
        }

    # What acts will do, in words

    def show_reach(self, actions: Actions) -> None:
        """Have the actions say which frames they change and how many masks they delete."""
        controller = self._controller
        here, there = FrameRange.only(controller.frame), controller.frames
        count = self.masks_in(there)
        what = self._masks_to_delete(count)
        actions["delete_more"].setIconText(what)
        text = self.tr("{what}, {frames}").format(what=what, frames=reach_text(there))
        actions["delete_more"].setText(text)
        delete = actions["delete"]
        delete.setText(self.tr("Delete the mask, {frame}").format(frame=reach_text(here)))
        delete.setIconText(self.tr("Delete here"))
        lane = controller.lane
        hide = self.tr("Hide, also from exports")
        if lane is not None and lane.track.is_hidden:
            hide = self.tr("Show again, also in exports")
        actions["hide"].setText(hide)
        actions["hide"].setIconText(hide)
        for name, title in (
            ("split", self.tr("Split off")),
            ("merge", self.tr("Merge with…")),
            ("swap", self.tr("Swap with…")),
            ("reassign", self.tr("Give its masks to…")),
        ):
            actions[name].setText(f"{title} ({reach_text(there)})" if controller.track else title)
            actions[name].setIconText(title)

    def enable(self, actions: Actions, why_not: str) -> None:
        """Offer to delete and to confirm where there is a mask for it.

        Args:
            why_not: What else forbids it; "" for nothing.
        """
        controller = self._controller
        for name, frames in (
            ("delete", FrameRange.only(controller.frame)),
            ("delete_more", controller.frames),
            ("confirm", self._frames_to_confirm),
        ):
            no_mask = self.tr("the object has no mask in: {}").format(reach_text(frames))
            actions.allow(name, why_not or ("" if self.masks_in(frames) else no_mask))
        if controller.preview is not None and controller.may_edit:
            # Return keeps it, whatever is selected by now.
            actions.allow("confirm")

    def _masks_to_delete(self, count: int) -> str:
        if count == 0:
            return self.tr("Delete masks")
        return counted(count, self.tr("Delete 1 mask"), self.tr("Delete {count} masks"))

    def masks_in(self, frames: FrameRange) -> int:
        """How many masks the selected tracks have in a range."""
        controller = self._controller
        lanes = [lane for lane in controller.lanes if lane.track.track_id in controller.selected]
        return sum(masks_in(lane, frames, controller.project.frames) for lane in lanes)

    # Edits over the scope

    def _apply_over(self, make: Callable[[int], Edit]) -> bool:
        """Do an edit of every selected track as one act; "All" holds for one act only."""
        controller = self._controller
        edits = [make(track) for track in controller.selected]
        is_done = bool(edits) and controller.apply_all(edits)
        if is_done and controller.scope == "all":
            controller.set_scope(USUAL_SCOPE)
        return is_done

    def _apply_scoped(self, make: _OfTrack) -> None:
        frames = self._controller.frames
        self._apply_over(lambda track: make(track, frames))

    def _split(self) -> None:
        """What was split off is selected: it is what is seen, and it often needs a class."""
        controller = self._controller
        before = {lane.track.track_id for lane in controller.lanes}
        self._apply_scoped(SplitTrack)
        there = [lane.track.track_id for lane in controller.lanes]
        made = [track for track in there if track not in before]
        if made:
            controller.select_all(made)

    def _delete_here(self) -> None:
        frames = FrameRange.only(self._controller.frame)
        self._apply_over(lambda track: DeleteMasks(track, frames))

    def _interpolate(self) -> None:
        """Between keyframes; over exactly the marked frames where the scope is the marks."""
        controller, lane = self._controller, self._controller.lane
        if lane is None:
            return
        frames: FrameRange | None = controller.frames
        if controller.scope != "marks":
            frames = between_keyframes(lane, controller.frames)
        if frames is None:
            title = self.tr("Nothing to interpolate between")
            advice = self.tr("Confirm (Return) or draw a mask before and one after the others.")
            controller.problem_found.emit(Problem(title, advice))
            return
        chosen = frames
        self._apply_over(lambda track: Interpolate(track, chosen))

    def _fill_gaps(self) -> None:
        controller, lane = self._controller, self._controller.lane
        if lane is None:
            return
        frames, before = around_gap(lane, controller.frames), controller.project.revision
        is_done = self._apply_over(lambda track: FillGaps(track, frames))
        if is_done and controller.project.revision == before:
            longest = FillGaps(1, frames).longest
            title = self.tr("There is no gap of at most {longest} frames").format(longest=longest)
            advice = self.tr("Looked at: {frames}. For longer ones, set keyframes and interpolate.")
            text = advice.format(frames=reach_text(frames))
            controller.problem_found.emit(Problem(title, text, is_error=False))

    def relabel(self, label: str) -> None:
        """Give the selected tracks another class over the scope; a new class is added."""
        controller, frames = self._controller, self._controller.frames
        if controller.classes_in(frames) == {label}:
            return
        edits: list[Edit] = [] if label in controller.project.labels else [AddLabel(label)]
        edits += [Relabel(track, label, frames) for track in controller.selected]
        if controller.apply_all(edits) and controller.scope == "all":
            controller.set_scope(USUAL_SCOPE)

    # Edits of the shown frame

    def _apply_here(self, make: _OfMask) -> None:
        frame = self._controller.frame
        here = self._controller.tracked.track_ids
        tracks = [t for t in self._controller.selected if t in here] or [self._controller.track]
        self._controller.apply_all([make(frame, track) for track in tracks])

    def _confirm(self) -> None:
        """Keep a preview, if there is one; else confirm the masks as they are."""
        controller = self._controller
        if controller.preview is not None:
            controller.keep_preview()
            return
        frames = self._frames_to_confirm
        first, last = frames.ends
        if not first <= controller.frame <= last:
            controller.tell_outside_marks()
            return
        self._apply_over(lambda track: SetKeyframe(track, frames))

    @property
    def _frames_to_confirm(self) -> FrameRange:
        """Not "from here on": nobody has looked at those frames."""
        controller = self._controller
        is_marks = controller.scope == "marks"
        return controller.frames if is_marks else FrameRange.only(controller.frame)

    def _copy_to_next(self) -> None:
        if self._controller.apply(CopyToNext(self._controller.frame, self._controller.track)):
            self._controller.step(1)

    def _toggle_hidden(self) -> None:
        lane = self._controller.lane
        if lane is not None:
            is_hidden = not lane.track.is_hidden
            self._apply_over(lambda track: HideTrack(track, is_hidden=is_hidden))

    def rename(self, name: str) -> None:
        """Give the track another name."""
        if self._controller.track:
            self._controller.apply(RenameTrack(self._controller.track, name))

    # With another track

    def _merge(self) -> None:
        """Merge all selected tracks into the first one; where there is one, ask for the other."""
        controller = self._controller
        others = controller.also_selected
        if not others:
            self._with_other(self.tr("Merge with"), MergeTracks)
            return
        into, frames = controller.track, controller.frames
        controller.apply_all([MergeTracks(into, other, frames) for other in others])

    def _with_other(self, title: str, make: _OfTwo) -> None:
        """Do something with the selected track and another, which is asked for."""
        controller = self._controller
        others = {
            controller.name_of(lane.track.track_id): lane.track.track_id
            for lane in self._nearest_first()
        }
        if not others:
            return
        reach = self.tr("{track}, {frames}").format(
            track=controller.name_of(controller.track), frames=reach_text(controller.frames)
        )
        text, is_chosen = QInputDialog.getItem(
            self._window, title, f"{reach}\n{title}:", list(others), 0, False
        )
        if is_chosen and text:
            self._apply_to(make, controller.track, others[text])

    def _nearest_first(self) -> list[Lane]:
        """Lanes of the other tracks: those of the same class first, then those seen here."""
        controller = self._controller
        here, label = controller.tracked.track_ids, controller.class_of(controller.track)
        others = [x for x in controller.lanes if x.track.track_id != controller.track]

        def is_far(lane: Lane) -> tuple[bool, bool]:
            track = lane.track.track_id
            return controller.class_of(track) != label, track not in here

        return sorted(others, key=is_far)

    def _apply_to(self, make: _OfTwo, track: int, other: int) -> None:
        controller = self._controller
        if controller.apply(make(track, other, controller.frames)) and controller.scope == "all":
            controller.set_scope(USUAL_SCOPE)

    # The menu under the pointer

    def show_menu(self, actions: Actions, under: int, place: QPoint) -> None:
        """What can be done with the object under the pointer, which is selected for that."""
        menu = self.menu(actions, under)
        menu.setAttribute(Qt.WA_DeleteOnClose)
        menu.popup(place)

    def menu(self, actions: Actions, under: int) -> QMenu:
        """Select what is under the pointer; the menu says whom and which frames it is about."""
        controller, menu = self._controller, QMenu(self._window)
        before = controller.track
        if under not in controller.selected:
            controller.select(under)
        self.show_reach(actions)
        if not under:
            actions.add_to(menu, "new_track - fit")
            return menu
        heading = ", ".join(map(controller.name_of, controller.selected))
        _add_heading(menu, f"{heading}  ·  {reach_text(FrameRange.only(controller.frame))}")
        if before and before not in controller.selected and controller.may_edit:
            self._add_pair_acts(menu, before, under)
        actions.add_to(
            menu,
            "delete delete_more - split hide - confirm copy_next propagate_back propagate_on - "
            "follow_both follow_back follow_on - smooth fill_holes",
        )
        return menu

    def _add_pair_acts(self, menu: QMenu, before: int, under: int) -> None:
        """What can be done with the track that was selected and the one under the pointer."""
        name_of, frames = self._controller.name_of, reach_text(self._controller.frames)
        texts: tuple[tuple[str, _OfTwo, int, int], ...] = (
            (self.tr("Merge {under} into {before}, {frames}"), MergeTracks, before, under),
            (self.tr("Swap {under} and {before}, {frames}"), SwapTracks, before, under),
            (self.tr("Give masks of {under} to {before}, {frames}"), ReassignMasks, under, before),
        )
        for text, make, track, other in texts:
            words = text.format(under=name_of(under), before=name_of(before), frames=frames)
            menu.addAction(words, partial(self._apply_to, make, track, other))
        menu.addSeparator()


def _add_heading(menu: QMenu, text: str) -> None:
    label = QLabel(text, menu)
    label.setObjectName("heading")
    label.setContentsMargins(14, 0, 14, 4)
    title = QWidgetAction(menu)
    title.setText(text)
    title.setDefaultWidget(label)
    menu.addAction(title)
    menu.addSeparator()
