"""Clicks and boxes of one object, each with what was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gui.editor.answering import Answer
from gui.editor.pointing_target import Target

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask
    from blendmask_live.prompting.prompt import Box, Masks, Point

__all__ = ["Asked", "PointingHistory", "whole_pixels"]

_SAME_PLACE_PX: Final = 3
"""Clicks this close, in frame px, that contradict each other: the newer one counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """All clicks up to one, or a box, and what was found.

    Attributes:
        size_step: As in `Prompt`; None where what was found before counts.
        answer: None until it comes.
    """

    number: int
    points: tuple[Point, ...]
    box: Box | None
    size_step: int | None = None
    answer: Answer | None = None


class PointingHistory:
    """What was asked about one object, the last thing last."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []

    def __bool__(self) -> bool:
        return bool(self._asked)

    @property
    def last(self) -> Asked | None:
        """What was asked last."""
        return self._asked[-1] if self._asked else None

    @property
    def answer(self) -> Answer | None:
        """The newest one."""
        return next((asked.answer for asked in reversed(self._asked) if asked.answer), None)

    @property
    def box(self) -> Box | None:
        """The box that was drawn last, unless clicks alone followed it."""
        return self.last.box if self.last else None

    def with_point(self, x: float, y: float, *, inside: bool) -> tuple[tuple[Point, ...], bool]:
        """All clicks with a new one, and whether it takes the place of an opposite one."""
        new: Point = (int(x) + 0.5, int(y) + 0.5, inside)
        old = self.last.points if self.last else ()
        kept = tuple(point for point in old if not _contradict(point, new))
        return (*(point for point in kept if point != new), new), len(kept) < len(old)

    def previous(self, target: Target) -> Masks | None:
        """The mask that the next clicks are about."""
        return self.answer.previous if self.answer else target.mask

    def corrects(self, target: Target) -> CroppedMask | None:
        """The mask that the next clicks change in part; None where they may change all of it."""
        if target.mask is None or any(asked.box for asked in self._asked):
            return None
        return self.answer.crop if self.answer else target.mask

    def unanswered(self, points: tuple[Point, ...]) -> tuple[Point, ...]:
        """Those clicks that the newest answer does not know."""
        known = self.answer.question.points if self.answer else ()
        return tuple(point for point in points if point not in known)

    def is_first_click(self, target: Target) -> bool:
        """Whether one click is all that was said, so that other sizes can be asked for."""
        places = {asked.points for asked in self._asked}
        return target.mask is None and self.box is None and len(places) == 1

    def add(self, asked: Asked) -> None:
        """Something more was asked."""
        self._asked.append(asked)

    def take(self, answer: Answer) -> bool:
        """Take an answer, or a refusal; whether it belongs to what was asked."""
        for place, asked in enumerate(self._asked):
            if asked.number == answer.question.number:
                before, after = self._asked[:place], self._asked[place + 1 :]
                taken = replace(asked, answer=answer)
                if asked.size_step is not None:
                    # Sizes that were passed over are not answered any more.
                    before = [one for one in before if one.answer or one.size_step is None]
                    taken = replace(taken, size_step=answer.size_step)
                shown = before[-1].answer if before else None
                is_missing = asked.size_step not in (None, answer.size_step)
                if answer.refusal or (is_missing and shown and shown.size_step == answer.size_step):
                    # It says nothing, or there is no other size.
                    self._asked = before + after
                else:
                    self._asked = [*before, taken, *after]
                return True
        return False

    def take_back(self) -> Asked | None:
        """Forget what was asked last."""
        return self._asked.pop() if self._asked else None

    def forget_unanswered(self) -> None:
        """Forget what was asked after the newest answer."""
        while self._asked and self._asked[-1].answer is None:
            self._asked.pop()

    def clear(self) -> None:
        """Forget all."""
        self._asked.clear()


def whole_pixels(box: Box, size: tuple[int, ...]) -> Box | None:
    """The box in whole pixels of a picture (height, width), at least one; None if outside."""
    height, width = size[:2]
    x0, y0, x1, y1 = box
    if x1 < 0 or y1 < 0 or x0 >= width or y0 >= height:
        return None
    left, top = float(max(int(x0), 0)), float(max(int(y0), 0))
    return left, top, min(max(_up(x1), left + 1), width), min(max(_up(y1), top + 1), height)


def _contradict(one: Point, other: Point) -> bool:
    is_near = max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= _SAME_PLACE_PX
    return is_near and one[2] is not other[2]


def _up(value: float) -> float:
    return float(-int(-value // 1))
