"""Pointing at objects: clicks and boxes become a mask that is kept or dropped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.annotation import AddLabel, Edit, SetMask
from gui.editor.answer_notes import note_on
from gui.editor.answering import Answer, Answerer, PrompterHolder, Question
from gui.editor.class_proposals import ClassProposals
from gui.editor.controller import EditorController
from gui.editor.pointed_picture import PointedPicture
from gui.editor.pointing_history import Asked, PointingHistory
from gui.editor.pointing_target import Target, next_target
from gui.shared.numbers import localized
from gui.shared.problems import error_text

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask
    from blendmask_live.prompting.prompt import Box, Point

__all__ = ["Pointing"]


class Pointing(QObject):
    """What is pointed at in the shown frame; has no widgets.

    What is shown is kept, as by Return, when another frame, track or tool is chosen or the
    window is closed: only `drop` loses it.

    Attributes:
        is_on: The tool is chosen.
        is_loading: The network is not ready yet; what is clicked is looked for when it is.
        hovered: What a click would take now.
        classes: Of the new object.

    Signals:
        changed: Anything of what is shown is new.
        told: A sentence for the status line.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(self, controller: EditorController, prompters: PrompterHolder) -> None:
        super().__init__(controller)
        self._controller, self._prompters = controller, prompters
        self._picture = PointedPicture(controller, self)
        self._answerer: Answerer | None = None
        self._target: Target | None = None
        self._history = PointingHistory()
        self._number = self._hover_from = self._just_kept = 0
        self._has_failed = False
        self._when_known: Callable[[], None] | None = None
        self.is_on = self.is_loading = False
        self.hovered: Answer | None = None
        self.classes = ClassProposals()
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
            self._just_kept = 0
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
        if picture is not None and not self._prompters.is_loaded:
            self.is_loading = True
            self._answerer.prepare(picture)
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Have the detector look at the picture that is shown, but not while it plays."""
        if self._answerer is not None and self._prompters.is_loaded:
            is_wanted = self.is_on and not self._has_failed and not self._controller.is_playing
            self._answerer.look_ahead(self._controller.picture if is_wanted else None)

    def _end_loading(self) -> None:
        self.is_loading = False
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self.is_loading = False
        self._has_failed, self._when_known = True, None
        self._history.forget_unanswered()
        if not self._history:
            self._target = None
        elif self.classes.proposed is None:
            self.classes.proposed = ()
        self._controller.report(error)
        self.told.emit(self.tr("Pointing does not work: {}").format(error_text(error)))
        self.changed.emit()

    # What is shown

    @property
    def is_open(self) -> bool:
        """Whether something was pointed at that is neither kept nor dropped."""
        return bool(self._history)

    @property
    def asked(self) -> Asked | None:
        """What was pointed at last."""
        return self._history.last

    @property
    def answer(self) -> Answer | None:
        """What was found last."""
        return self._history.answer

    @property
    def target(self) -> Target | None:
        """What the open mask will belong to, or one that is begun now."""
        return self._target or next_target(self._controller, just_kept=self._just_kept)

    @property
    def corrected_track(self) -> int:
        """The track whose mask in the shown frame the open one stands for; 0 for none."""
        target = self._target
        is_here = target is not None and target.frame == self._controller.frame
        is_known = self.answer is not None
        return target.track if target and is_here and is_known and target.mask is not None else 0

    @property
    def label(self) -> str:
        """Class of the open mask; "" while it is not known."""
        target = self.target
        if target is not None and not target.is_new:
            return self._controller.class_of(target.track)
        return self.classes.label

    @property
    def described(self) -> str:
        """What the open mask is and how sure it is; "" if there is none."""
        if self._target is None or self.answer is None:
            return ""
        doubt = "?" if self._target.is_new and self.classes.is_doubtful else ""
        name = f"{self.label}{doubt} {self._target.track}".strip()
        return " · ".join([name, localized(f"{self.answer.confidence:.0%}")])

    @property
    def may_begin_new(self) -> bool:
        """Whether clicks go to a track that is selected."""
        return self._controller.track != 0 and not self.is_open

    @property
    def is_doubtful(self) -> bool:
        """Whether the open mask may be something else than what was meant."""
        return self.answer is not None and self.answer.is_doubtful

    # What is asked

    def choose_label(self, label: str) -> None:
        """Give the new object a class."""
        self.classes.choose(label)
        self._go_on()
        self.changed.emit()

    def begin_new(self) -> None:
        """Let the next click begin a new object."""
        self._controller.select(0)

    def hover(self, x: float, y: float, *, inside: bool = True) -> None:
        """Ask what a click at a point of the frame would take."""
        target = self._target_of(x, y, inside=inside)
        takes_nothing = not inside and not self.is_open and (target is None or target.mask is None)
        if (
            target is None
            or takes_nothing
            or not self._may_hover(target)
            or not self._picture.holds(x, y)
        ):
            self.leave()
            return
        points, _ = self._history.with_point(x, y, inside=inside)
        self._ask(target, points, self._history.box, is_hover=True)

    def hover_box(self, box: Box) -> None:
        """Ask what would be taken in a box."""
        target, cut = self.target, self._picture.cut(box)
        if target is not None and cut is not None and self._may_hover(target):
            self._ask(target, (), cut, is_hover=True)

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
        points, replaced = self._history.with_point(x, y, inside=inside)
        if replaced:
            self.told.emit(self.tr("This click replaces the opposite one at the same place"))
        self._ask(target, points, self._history.box)

    def change_size(self, step: int) -> None:
        """Ask for the next larger answer to a first click, or with -1 for the next smaller one."""
        asked, target = self.asked, self._target
        if asked is None or target is None:
            return
        if not self._history.is_first_click(target):
            self.told.emit(self.tr("Only a first click has other sizes: add or take away instead"))
            return
        self._ask(target, asked.points, None, size_step=(asked.size_step or 0) + step)

    def draw_box(self, box: Box) -> None:
        """Ask what is in a box; it takes the place of what was clicked before."""
        cut = self._picture.cut(box)
        if cut is None:
            self.told.emit(self.tr("The box lies outside the picture"))
            return
        target = self._begin((cut[0] + cut[2]) / 2, (cut[1] + cut[3]) / 2, inside=True)
        if target is not None:
            self._ask(target, (), cut)

    def _begin(self, x: float, y: float, *, inside: bool) -> Target | None:
        """What a click or box is about; None, and why, if nothing can be pointed at."""
        self._picture.stand_still()
        if self._target is not None and self._target.frame != self._controller.frame:
            # It could not be kept when the frame was left.
            self.settle()
        target = self._target_of(x, y, inside=inside)
        why_not = self._picture.why_not(target)
        if not why_not and not self._picture.holds(x, y):
            why_not = self.tr("Outside the picture there is nothing to point at")
        if why_not:
            self.told.emit(why_not)
            return None
        return target

    def _target_of(self, x: float, y: float, *, inside: bool) -> Target | None:
        return self._target or next_target(
            self._controller, (x, y), inside=inside, just_kept=self._just_kept
        )

    def _may_hover(self, target: Target) -> bool:
        # What failed is tried again by a click, not by every move of the pointer.
        return not (
            self._has_failed or self._controller.is_playing or self._picture.why_not(target)
        )

    def _ask(
        self,
        target: Target,
        points: tuple[Point, ...],
        box: Box | None,
        *,
        size_step: int | None = None,
        is_hover: bool = False,
    ) -> None:
        """Ask.

        Args:
            size_step: Of the answer to clicks alone; None where what was found before counts.
        """
        assert self._answerer is not None and self._controller.picture is not None
        self._number += 1
        history = self._history
        previous = history.previous(target) if points and size_step is None else None
        question = Question(
            number=self._number,
            image=self._controller.picture,
            points=points,
            # An earlier mask says more than the box that it was found in.
            box=None if previous is not None else box,
            previous=previous,
            size_step=size_step or 0,
            corrects=history.corrects(target) if points else None,
            corrected_at=history.unanswered(points),
            is_hover=is_hover,
        )
        if not is_hover:
            self._target = target
            if target.is_new:
                # Else it would look as if the click were about the selected track.
                self._controller.select(0)
            history.add(Asked(self._number, points, box, size_step))
            self._has_failed, self._when_known = False, None
            self.is_loading = not self._prompters.is_loaded
            self.leave()
            self.changed.emit()
        self._answerer.ask(question)

    # What comes back

    def _take(self, answer: Answer) -> None:
        self.is_loading = False
        if answer.question.is_hover:
            if answer.question.number >= self._hover_from and self.is_on:
                self.hovered = None if answer.refusal else answer
                self.changed.emit()
        elif self._history.take(answer):
            if not self._history:
                self._target = None
            if note := note_on(answer):
                self.told.emit(note)
            self._go_on()
            self.changed.emit()

    def _take_classes(self, number: int, names: tuple[tuple[str, float], ...]) -> None:
        if self.asked is not None and self.asked.number == number:
            self.classes.proposed = names
            self._go_on()
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
        elif self._put(target, crop):
            then()

    def _put(self, target: Target, crop: CroppedMask) -> bool:
        """The mask into the project; if that cannot be, it stays open."""
        controller, label = self._controller, self.label
        edits: list[Edit] = []
        if target.is_new and label not in controller.project.labels:
            edits.append(AddLabel(label))
        edits.append(SetMask(target.frame, target.track, crop, label if target.is_new else None))
        self._target = None
        if not controller.apply_all(edits):
            self._target = target
            return False
        if target.is_new:
            self.classes.settle()
            self._just_kept = target.track
            controller.select(target.track)
        self.drop()
        text = self.tr("Kept as {label} {track}, frame {frame}; Ctrl+Z takes it back")
        self.told.emit(text.format(label=label, track=target.track, frame=target.frame))
        return True

    def _go_on(self) -> None:
        if self._when_known is not None:
            self._when_known()

    def drop(self) -> None:
        """Forget what was pointed at."""
        self._history.clear()
        self._target = self._when_known = None
        self.classes.forget()
        self.leave()
        self.changed.emit()

    def take_back(self) -> None:
        """Take the last click or box back."""
        self._when_known = None
        self._history.take_back()
        before, target = self._history.last, self._target
        if before is None or target is None:
            self.drop()
        elif before.answer is None:
            # It was passed over for the one that was taken back.
            self._history.take_back()
            self._ask(target, before.points, before.box, size_step=before.size_step)
        self.changed.emit()

    def settle(self) -> None:
        """Keep what is shown, before something else is begun."""
        self._history.forget_unanswered()
        answer = self.answer
        if answer is None or answer.crop is None or not answer.crop.area:
            self.drop()
            return
        if self.classes.proposed is None:
            self.classes.proposed = ()
        self.keep()

    # What happens around it

    def _take_picture(self) -> None:
        self._picture.frame = self._controller.frame
        self.hovered = None
        if self.is_on and not self._prompters.is_loaded and not self._has_failed:
            self._prepare()
        self._look_ahead()
        self.changed.emit()

    def _leave_frame(self) -> None:
        frame = self._controller.frame
        if self._target is not None and self._target.frame != frame:
            self.settle()
        if self._picture.frame != frame:
            self._just_kept = 0
            self.leave()
        else:
            # Playing begins or ends.
            self._look_ahead()

    def _leave_track(self) -> None:
        track, target = self._controller.track, self._target
        if track != self._just_kept:
            self._just_kept = 0
        if target is not None and track != (0 if target.is_new else target.track):
            self.settle()
        self.leave()
        self.changed.emit()

    def _follow_edits(self) -> None:
        """After an undo or another edit, what is open may be about a track that is gone."""
        target = self._target
        if target is None:
            return
        tracks = {lane.track.track_id for lane in self._controller.lanes}
        if not target.is_new and target.track not in tracks:
            self.drop()
        elif target.is_new and target.track in tracks:
            number = self._controller.new_track_id()
            self._target = Target(target.frame, number, is_new=True, mask=None)

    def close(self) -> None:
        """Keep what is shown and end the thread."""
        self.settle()
        self.is_on = False
        if self._answerer is not None:
            self._answerer.close()
            self._answerer = None
