"""Pointing at objects: clicks and boxes become a mask that is kept or dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.annotation import AddLabel, Edit, SetMask
from gui.editor.answering import Answer, Answerer, PrompterHolder, Question
from gui.editor.controller import EditorController
from gui.shared.numbers import localized

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask
    from blendmask_live.prompting.prompt import Box, Masks, Point

__all__ = ["Asked", "Pointing", "Target"]

_SAME_PLACE_PX: Final = 3
"""Clicks this close, in frame px, that contradict each other: the newer one counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a mask that is asked for will belong to.

    Attributes:
        frame: In which frame.
        track: Which track; a new one if `is_new`.
        mask: The track's mask there, which clicks correct.
    """

    frame: int
    track: int
    is_new: bool
    mask: CroppedMask | None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Clicks or a box, and what was found there.

    Attributes:
        answer: None until it comes.
    """

    number: int
    points: tuple[Point, ...]
    box: Box | None
    answer: Answer | None = None


class Pointing(QObject):
    """What is pointed at in the shown frame; has no widgets.

    What is shown is kept, as by Return, when another frame, track or tool is chosen or the
    window is closed: only `drop` loses it.

    Attributes:
        is_on: The tool is chosen.
        is_loading: The network is not ready yet.
        hovered: What a click would take now.
        proposals: Likely classes of the new object, best first.

    Signals:
        changed: Anything of what is shown is new.
        told: A sentence for the status line.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(self, controller: EditorController, prompters: PrompterHolder) -> None:
        super().__init__(controller)
        self._controller = controller
        self._prompters = prompters
        self._answerer: Answerer | None = None
        self._number = 0
        self._target: Target | None = None
        self._history: list[Asked] = []
        self._kept_track = 0
        self._has_failed = False
        self._when_known: Callable[[], None] | None = None
        self._hover_from = 0
        self._shown_frame: int | None = None
        self._label, self._last_label = "", ""
        self.is_on = self.is_loading = False
        self.hovered: Answer | None = None
        self.proposals: tuple[tuple[str, float], ...] | None = None
        controller.picture_changed.connect(self._take_picture)
        controller.frame_changed.connect(self._leave_frame)
        controller.selection_changed.connect(self._leave_track)
        controller.edited.connect(self._follow_edits)

    # The tool

    def set_on(self, is_on: bool) -> None:
        """Choose the tool, or another one."""
        if is_on == self.is_on:
            return
        self.is_on = is_on
        if is_on:
            self._kept_track = 0
            self._prepare()
        else:
            self.settle()
            self.leave()
        self.changed.emit()

    def _prepare(self) -> None:
        if self._answerer is None:
            post = self._controller.background.post
            self._answerer = Answerer(
                self._prompters,
                on_loaded=lambda: post(self._end_loading),
                on_answer=lambda answer: post(partial(self._take, answer)),
                on_classes=lambda number, names: post(partial(self._take_classes, number, names)),
                on_error=lambda error: post(partial(self._fail, error)),
            )
        self._has_failed = False
        picture = self._controller.picture
        if picture is not None:
            self.is_loading = not self._prompters.is_loaded
            self._answerer.prepare(picture)

    def _end_loading(self) -> None:
        self.is_loading = False
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self.is_loading = False
        self._has_failed, self._when_known = True, None
        if self._history and self._history[-1].answer is None:
            self._take_back()
        elif self._history and self.proposals is None:
            self.proposals = ()
        self._controller.report(error)
        self.told.emit(self.tr("Pointing does not work: {}").format(error))
        self.changed.emit()

    # What is asked

    @property
    def is_open(self) -> bool:
        """Whether something was pointed at that is neither kept nor dropped."""
        return bool(self._history)

    @property
    def asked(self) -> Asked | None:
        """What was pointed at last."""
        return self._history[-1] if self._history else None

    @property
    def answered(self) -> Asked | None:
        """The last of what was pointed at that has an answer."""
        return next((asked for asked in reversed(self._history) if asked.answer), None)

    @property
    def target(self) -> Target | None:
        """What the open mask will belong to, or one that is begun now."""
        return self._target or self._next_target()

    @property
    def corrected_track(self) -> int:
        """The track whose mask in the shown frame the open one stands for; 0 for none."""
        target = self._target
        is_here = target is not None and target.frame == self._controller.frame
        is_known = self.answered is not None
        return target.track if target and is_here and is_known and target.mask is not None else 0

    @property
    def label(self) -> str:
        """Class of the open mask; "" while it is not known."""
        target = self.target
        if target is not None and not target.is_new:
            return self._controller.class_of(target.track)
        if self._label or self.proposals is None:
            return self._label
        from blendmask_live.prompting.naming import UNKNOWN_CLASS, likeliest_class

        return likeliest_class(self.proposals, self._last_label or UNKNOWN_CLASS)

    @property
    def described(self) -> str:
        """What the open mask is and how sure it is; "" if there is none."""
        answered = self.answered
        if self._target is None or answered is None or answered.answer is None:
            return ""
        parts = [
            f"{self.label} {self._target.track}".strip(),
            localized(f"{answered.answer.confidence:.0%}"),
        ]
        return " · ".join(parts)

    def choose_label(self, label: str) -> None:
        """Give the new object a class."""
        self._label = label.strip()
        self._keep_if_wanted()
        self.changed.emit()

    def choose_proposal(self, place: int) -> None:
        """Give the new object one of the likely classes."""
        if self.proposals is not None and place < len(self.proposals):
            self.choose_label(self.proposals[place][0])

    @property
    def may_begin_new(self) -> bool:
        """Whether clicks go to a track that is selected."""
        return self._controller.track != 0 and not self.is_open

    def begin_new(self) -> None:
        """Let the next click begin a new object."""
        self._controller.select(0)

    def hover(self, x: float, y: float, *, inside: bool = True) -> None:
        """Ask what a click at a point of the frame would take."""
        target = self._target or self._next_target((x, y), inside=inside)
        takes_nothing = not inside and not self.is_open and (target is None or target.mask is None)
        if takes_nothing or not self._may_hover(target) or not self._is_in(x, y):
            self.leave()
            return
        assert target is not None
        points, _ = self._with_point(x, y, inside=inside)
        self._ask(target, points, self._box, is_hover=True)

    def hover_box(self, box: Box) -> None:
        """Ask what would be taken in a box."""
        target = self.target
        cut = self._cut(box)
        if target is not None and cut is not None and self._may_hover(target):
            self._ask(target, (), cut, is_hover=True)

    def _may_hover(self, target: Target | None) -> bool:
        # What failed is tried again by a click, not by every move of the pointer.
        return not (self._has_failed or self._controller.is_playing or self._why_not(target))

    def leave(self) -> None:
        """The pointer is over nothing."""
        self._hover_from = self._number + 1
        if self._answerer is not None:
            self._answerer.forget_hover()
        if self.hovered is not None:
            self.hovered = None
            self.changed.emit()

    def click(self, x: float, y: float, *, inside: bool = True) -> None:
        """Add what is at a point of the frame, or take it away."""
        target = self._begin(x, y, inside=inside)
        if target is None:
            return
        if not inside and target.mask is None and not self.is_open:
            self.told.emit(self.tr("There is nothing to take away from: click on an object first"))
            return
        points, replaced = self._with_point(x, y, inside=inside)
        if replaced:
            self.told.emit(self.tr("This click replaces the opposite one at the same place"))
        self._ask(target, points, self._box)

    def draw_box(self, box: Box) -> None:
        """Ask what is in a box; it takes the place of what was clicked before."""
        cut = self._cut(box)
        if cut is None:
            self.told.emit(self.tr("The box lies outside the picture"))
            return
        target = self._begin(*_middle(cut), inside=True)
        if target is not None:
            self._ask(target, (), cut)

    @property
    def _box(self) -> Box | None:
        return self.asked.box if self.asked else None

    def _begin(self, x: float, y: float, *, inside: bool) -> Target | None:
        if self._target is not None and self._target.frame != self._controller.frame:
            # It could not be kept when the frame was left.
            self.settle()
        target = self._target or self._next_target((x, y), inside=inside)
        why_not = self._why_not(target)
        if not why_not and not self._is_in(x, y):
            why_not = self.tr("Outside the picture there is nothing to point at")
        if why_not:
            self.told.emit(why_not)
            return None
        return target

    def _why_not(self, target: Target | None) -> str:
        """Why nothing can be pointed at now; "" if it can."""
        controller = self._controller
        if not controller.may_edit:
            return self.tr("The project cannot be changed now")
        if not controller.has_video:
            return self.tr("Without the video there is nothing to point at")
        if target is None or self._shown_frame != target.frame:
            return self.tr("The picture is being read")
        picture = controller.picture
        assert picture is not None
        if picture.shape[:2] != controller.project.frame_size(target.frame):
            return self.tr("The picture has another size than the project says")
        return ""

    def _is_in(self, x: float, y: float) -> bool:
        picture = self._controller.picture
        return picture is not None and 0 <= x < picture.shape[1] and 0 <= y < picture.shape[0]

    def _cut(self, box: Box) -> Box | None:
        """The box in whole pixels of the picture, at least one; None if it lies outside."""
        picture = self._controller.picture
        if picture is None:
            return None
        height, width = picture.shape[:2]
        x0, y0, x1, y1 = box
        if x1 < 0 or y1 < 0 or x0 >= width or y0 >= height:
            return None
        left, top = float(max(int(x0), 0)), float(max(int(y0), 0))
        return left, top, min(max(_up(x1), left + 1), width), min(max(_up(y1), top + 1), height)

    def _next_target(
        self, click: tuple[float, float] | None = None, *, inside: bool = True
    ) -> Target | None:
        """The selected track here; a new one if there is none, or it was made just now.

        What was made just now is corrected by a click on it, or one that takes away.
        """
        controller = self._controller
        if not len(controller.indices):
            return None
        track, frame = controller.track, controller.frame
        mask = self._mask_of(track) if track else None
        if track == self._kept_track and mask is not None and click is not None:
            is_corrected = not inside or _covers(mask, *click)
            track = track if is_corrected else 0
        elif track == self._kept_track:
            track = 0
        if not track:
            return Target(frame, controller.new_track_id(), is_new=True, mask=None)
        return Target(frame, track, is_new=False, mask=mask)

    def _mask_of(self, track: int) -> CroppedMask | None:
        """As it is shown, so that hovering does not read the project."""
        tracked = self._controller.tracked
        for row, shown in enumerate(tracked.track_ids.tolist()):
            if shown == track:
                return tracked.instances.cropped_masks()[row]
        return None

    def _with_point(self, x: float, y: float, *, inside: bool) -> tuple[tuple[Point, ...], bool]:
        """All clicks with a new one, and whether it takes the place of an opposite one."""
        new: Point = (int(x) + 0.5, int(y) + 0.5, inside)
        old = self.asked.points if self.asked else ()
        kept = tuple(point for point in old if not _contradict(point, new))
        return (*(point for point in kept if point != new), new), len(kept) < len(old)

    def _ask(
        self, target: Target, points: tuple[Point, ...], box: Box | None, *, is_hover: bool = False
    ) -> None:
        assert self._answerer is not None and self._controller.picture is not None
        self._number += 1
        previous = self._previous(target) if points else None
        question = Question(
            number=self._number,
            image=self._controller.picture,
            points=points,
            # An earlier mask says more than the box that it was found in.
            box=None if previous is not None else box,
            previous=previous,
            corrects=self._corrected(target) if points else None,
            is_hover=is_hover,
        )
        if not is_hover:
            self._target = target
            if target.is_new:
                # Else it would look as if the click were about the selected track.
                self._controller.select(0)
            self._history.append(Asked(self._number, points, box))
            self._has_failed, self._when_known = False, None
            self.is_loading = not self._prompters.is_loaded
            self.leave()
            self.changed.emit()
        self._answerer.ask(question)

    def _previous(self, target: Target) -> Masks | None:
        answered = self.answered
        if answered is not None and answered.answer is not None:
            return answered.answer.previous
        return target.mask

    def _corrected(self, target: Target) -> CroppedMask | None:
        if target.mask is None or any(asked.box for asked in self._history):
            return None
        answered = self.answered
        return answered.answer.crop if answered and answered.answer else target.mask

    # What comes back

    def _take(self, answer: Answer) -> None:
        self.is_loading = False
        question = answer.question
        if question.is_hover:
            if question.number >= self._hover_from and self.is_on:
                self.hovered = None if answer.refusal else answer
                self.changed.emit()
            return
        for place, asked in enumerate(self._history):
            if asked.number == question.number:
                self._take_clicked(place, answer)

    def _take_clicked(self, place: int, answer: Answer) -> None:
        if answer.refusal:
            del self._history[place]
            self._target = self._target if self._history else None
            self.told.emit(answer.refusal)
        else:
            self._history[place] = replace(self._history[place], answer=answer)
            assert answer.crop is not None
            before = answer.question.corrects
            if not answer.crop.area:
                self.told.emit(self.tr("Nothing is found there: draw a box, or click elsewhere"))
            elif before is not None and _are_same(before, answer.crop):
                self.told.emit(self.tr("This click changes nothing: try one further on"))
        self._keep_if_wanted()
        self.changed.emit()

    def _take_classes(self, number: int, names: tuple[tuple[str, float], ...]) -> None:
        if self.asked is not None and self.asked.number == number:
            self.proposals = names
            self._keep_if_wanted()
            self.changed.emit()

    # Keep, drop, take back

    def keep(self, then: Callable[[], object] = lambda: None) -> None:
        """Put the open mask into the project; if it is not known yet, as soon as it is.

        Args:
            then: What is done after that; not if the mask is dropped, or changed before it is
                known.
        """
        asked, target = self.asked, self._target
        if asked is None or target is None:
            return
        if asked.answer is None or not self.label:
            self._when_known = partial(self.keep, then)
            return
        self._when_known = None
        crop = asked.answer.crop
        if crop is None or not crop.area:
            self.told.emit(self.tr("There is no mask to keep: draw a box, or click elsewhere"))
        elif self._keep(target, crop):
            then()

    def _keep(self, target: Target, crop: CroppedMask) -> bool:
        controller, label = self._controller, self.label
        edits: list[Edit] = []
        if target.is_new and label not in controller.project.labels:
            edits.append(AddLabel(label))
        edits.append(SetMask(target.frame, target.track, crop, label if target.is_new else None))
        history, self._history, self._target = self._history, [], None
        if not controller.apply_all(edits):
            self._history, self._target = history, target
            return False
        if target.is_new:
            # What was only proposed says nothing of the next object.
            self._last_label = self._label or self._last_label
            self._kept_track = target.track
            controller.select(target.track)
        self._forget()
        text = self.tr("Kept as {label} {track}, frame {frame}; Ctrl+Z takes it back")
        self.told.emit(text.format(label=label, track=target.track, frame=target.frame))
        return True

    def _keep_if_wanted(self) -> None:
        if self._when_known is not None:
            self._when_known()

    def drop(self) -> None:
        """Forget what was pointed at."""
        self._forget()

    def take_back(self) -> None:
        """Take the last click or box back."""
        self._when_known = None
        self._take_back()
        self.changed.emit()

    def _take_back(self) -> None:
        self._history.pop()
        if not self._history:
            self._forget()

    def settle(self) -> None:
        """Keep what is shown, before something else is begun."""
        while self._history and self._history[-1].answer is None:
            self._history.pop()
        answer = self.asked.answer if self.asked else None
        if answer is None or answer.crop is None or not answer.crop.area:
            self._forget()
            return
        if not self.label:
            from blendmask_live.prompting.naming import UNKNOWN_CLASS

            self._label = self._last_label or UNKNOWN_CLASS
        self.keep()

    def _forget(self) -> None:
        self._history, self._target, self._when_known = [], None, None
        self._label, self.proposals = "", None
        self.leave()
        self.changed.emit()

    # What happens around it

    def _take_picture(self) -> None:
        self._shown_frame = self._controller.frame
        self.hovered = None
        if self.is_on and not self._prompters.is_loaded and not self._has_failed:
            self._prepare()
        self.changed.emit()

    def _leave_frame(self) -> None:
        frame = self._controller.frame
        if self._target is not None and self._target.frame != frame:
            self.settle()
        if self._shown_frame != frame:
            self._kept_track = 0
            self.leave()

    def _leave_track(self) -> None:
        track = self._controller.track
        if track != self._kept_track:
            self._kept_track = 0
        target = self._target
        if target is not None and (track != target.track if not target.is_new else track):
            self.settle()
        self.leave()
        self.changed.emit()

    def _follow_edits(self) -> None:
        """After an undo or another edit, what is open may be about a mask that is gone."""
        target = self._target
        if target is None:
            return
        tracks = {lane.track.track_id for lane in self._controller.lanes}
        if not target.is_new and target.track not in tracks:
            self._forget()
        elif target.is_new and target.track in tracks:
            self._target = replace(target, track=self._controller.new_track_id())

    def close(self) -> None:
        """Keep what is shown and end the thread."""
        self.settle()
        self.is_on = False
        if self._answerer is not None:
            self._answerer.close()
            self._answerer = None


def _contradict(one: Point, other: Point) -> bool:
    is_near = max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= _SAME_PLACE_PX
    return is_near and one[2] is not other[2]


def _covers(mask: CroppedMask, x: float, y: float) -> bool:
    column, row = int(x) - mask.x0, int(y) - mask.y0
    height, width = mask.mask.shape
    return 0 <= row < height and 0 <= column < width and bool(mask.mask[row, column])


def _are_same(one: CroppedMask, other: CroppedMask) -> bool:
    one, other = one.tight(), other.tight()
    return one.box == other.box and bool((one.mask == other.mask).all())


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _up(value: float) -> float:
    return float(-int(-value // 1))
