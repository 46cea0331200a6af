"""Where followed objects are in a frame: first where they should be, then where they may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blendmask_live.masks.crops import CroppedMask, crops_iou
from blendmask_live.prompting.followed import Followed
from blendmask_live.prompting.maps import Window
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Found, Picture

__all__ = ["FollowSettings", "Look"]

_DETECTED = 0.1
"""Score of the faintest detections that may be the object..."""
_SURELY_DETECTED = 0.3
"""...and of those that are kept in mind as something beside it."""
_MAY_HOLD = 0.3
"""`Followed.may_hold` from which a detection competes."""
_MOST_COMPETING = 2
"""Detections that compete for one object."""
_SAME = 0.95
"""IoU with what was asked, or found, from which a mask need not be asked as well."""
_ALIKE = 0.8
"""IoU from which two masks would find the same lost object."""
_MOST_SOUGHT = 12
"""Detections among which a lost object is sought."""
_AT_ONCE = 6
"""Frames in which a lost object is sought..."""
_SEEK_EVERY = 3
"""...before it is in every third one only."""
_SHRUNK = 0.4
"""Share of the usual area below which it is looked for around as well."""
_AROUND = 2.0
"""Side of the crop for that, of the root of the usual area."""
_LEAST_CROP = 1.2
"""The same of any crop: what has shrunk may grow again."""


@dataclass(frozen=True, slots=True)
class FollowSettings:
    """When an object counts as lost, and what is remembered of it."""

    margin: float = 0.3
    """Around the carried mask, of its longer side, on each side of the crop."""
    lost_below: float = 0.2
    """Confidence below which a mask is not believed..."""
    strange_below: float = 0.4
    """...nor if it looks less like the memory than this share of what it did before."""
    found_above: float = 0.5
    """Confidence at which an object that was lost is taken for found again..."""
    alike_above: float = 0.6
    """...if it looks as much like the memory as it did before, or this share of that."""
    sure_above: float = 0.75
    """Confidence from which a mask is remembered."""
    remember_every: int = 5
    """Frames between two memories."""
    look_every: int = 5
    """Frames between two looks at what else there is, while the object is steady."""
    uses_detector: bool = True
    """Let what the detector finds compete: at the same place, or anywhere for a lost object."""
    stop_after: int | None = None
    """Frames after which a lost object is given up; never where absent."""

    def __post_init__(self) -> None:
        for name in ("lost_below", "strange_below", "found_above", "alike_above", "sure_above"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)}: must be 0 to 1")
        for name in ("remember_every", "look_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: must be 1 or more")


class Look:
    """One look at a frame, for all objects together."""

    def __init__(self, picture: Picture, settings: FollowSettings, step: int) -> None:
        self._picture, self._settings, self._step = picture, settings, step

    def follow_on(self, followed: Sequence[Followed]) -> None:
        """Ask for every object where it should be, and for those lost, where they may be."""
        expected = [state for state in followed if state.place.area]
        lost = [state for state in followed if not state.place.area]
        for state, found in zip(expected, self._where_expected(expected), strict=True):
            if found is not None and self._is_believed(state, found):
                self._take(state, found)
            else:
                lost.append(state)
        for state in lost:
            again = self._sought(state) if _is_sought(state) else None
            if again is not None:
                self._take(state, again)
            else:
                state.lose(stop_after=self._settings.stop_after)

    def note_others(self, state: Followed) -> None:
        """Keep in mind what is detected beside an object that was just seen."""
        if self._settings.uses_detector:
            state.note_others(self._detected(_SURELY_DETECTED), self._step)

    def _detected(self, score: float) -> list[CroppedMask]:
        """Masks of detections from a score on, the surest first."""
        found = sorted(self._picture.detections, key=lambda one: -one[1])
        return [mask for _, its_score, mask in found if its_score >= score and mask.area]

    def _take(self, state: Followed, found: Found) -> None:
        settings = self._settings
        state.take(
            found,
            self._step,
            sure_above=settings.sure_above,
            remember_every=settings.remember_every,
        )
        if self._step - state.looked_at >= settings.look_every:
            self.note_others(state)

    def _is_believed(self, state: Followed, found: Found) -> bool:
        return found.confidence >= self._settings.lost_below and not state.has_vanished(found)

    def _is_alike(self, state: Followed, found: Found) -> bool:
        is_strange = found.likeness < self._settings.strange_below * state.likeness
        return not (is_strange or state.is_other(found.crop))

    def _where_expected(self, expected: Sequence[Followed]) -> list[Found | None]:
        """The best answer for each object.

        From its carried mask; where that does not go on steadily, and now and then, from what
        else it may be as well.
        """
        answers = self._asked([[state.place] for state in expected], expected)
        unsure = [
            number
            for number, state in enumerate(expected)
            if self._step - state.looked_at >= self._settings.look_every
            or not state.is_steady(answers[number][0])
        ]
        chosen = [expected[number] for number in unsure]
        more = self._asked(
            [self._else(expected[number], answers[number][0]) for number in unsure], chosen
        )
        for number, state, found in zip(unsure, chosen, more, strict=True):
            answers[number] += [*found, *self._around(state)]
        best: list[Found | None] = []
        for state, found in zip(expected, answers, strict=True):
            own = [one for one in found if self._is_alike(state, one)]
            best.append(max(own, key=state.rank, default=None))
        return best

    def _else(self, state: Followed, found: Found) -> list[CroppedMask]:
        """Other masks that may be the object: not carried, and as detected."""
        # Where things turn or blur, the flow goes astray and the object has hardly moved.
        masks = [state.before] if state.mask.area and state.before.area else []
        if self._settings.uses_detector:
            valued = [
                (state.may_hold(mask), mask)
                for mask in self._detected(_DETECTED)
                if not state.is_other(mask)
            ]
            valued = [pair for pair in valued if pair[0] >= _MAY_HOLD]
            valued.sort(key=lambda pair: -pair[0])
            masks += [mask for _, mask in valued[:_MOST_COMPETING]]
        # What is the same gives the same answer.
        same = crops_iou(masks, [state.place, found.crop]).max(axis=1, initial=0.0)
        return [mask for mask, overlap in zip(masks, same, strict=True) if overlap < _SAME]

    def _around(self, state: Followed) -> list[Found]:
        """What looks like an object around the little that is left of its mask."""
        if state.place.area >= _SHRUNK * state.usual_px:
            return []
        x0, y0, x1, y1 = state.place.tight().box
        side = _AROUND * state.usual_px**0.5
        window = Window((x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side)
        return self._picture.seek([window], state.memories)

    def _asked(
        self, masks: Sequence[Sequence[CroppedMask]], states: Sequence[Followed]
    ) -> list[list[Found]]:
        """An answer for each mask of each object, all in one go."""
        owners = [row for row, several in enumerate(masks) for _ in several]
        flat = [mask for several in masks for mask in several]
        found = self._picture.masks(
            [Prompt(previous=mask) for mask in flat],
            memories=[states[row].memories for row in owners],
            windows=[
                self._window(states[row], mask) for row, mask in zip(owners, flat, strict=True)
            ],
        )
        answers: list[list[Found]] = [[] for _ in masks]
        for row, answer in zip(owners, found, strict=True):
            answers[row].append(answer)
        return answers

    def _window(self, state: Followed, mask: CroppedMask) -> Window:
        least = _LEAST_CROP * state.usual_px**0.5
        return Window.around(mask.tight().box, self._settings.margin, least_side=max(least, 8.0))

    def _sought(self, state: Followed) -> Found | None:
        """Look for a lost object: what looks like it anywhere, or was detected."""
        seen = self._picture.seek(self._windows(), state.memories)
        seen.sort(key=lambda found: -found.confidence * found.likeness)
        masks = [found.crop for found in seen]
        if self._settings.uses_detector:
            state.keep_others(self._detected(_SURELY_DETECTED), self._step)
            masks += self._detected(_DETECTED)[:_MOST_SOUGHT]
        masks = _distinct(mask for mask in masks if mask.area and not state.is_other(mask))
        # Again, at the zoom that it is followed with.
        (answers,) = self._asked([masks], [state])
        answers = [found for found in answers if found.crop.area and not state.is_other(found.crop)]
        best = max(
            answers,
            key=lambda found: found.confidence * found.likeness * state.nearness(found.crop),
            default=None,
        )
        return best if best is not None and self._is_found(state, best) else None

    def _is_found(self, state: Followed, found: Found) -> bool:
        """The farther off, the surer it must be, and the more it must look like the object."""
        settings, doubt = self._settings, 1 - state.nearness(found.crop)
        sure = settings.found_above + doubt * (1 - settings.found_above) / 2
        alike = settings.alike_above + doubt * (1 - settings.alike_above)
        return found.confidence >= sure and found.likeness >= alike * state.likeness

    def _windows(self) -> list[Window]:
        """The whole picture, and overlapping squares of it."""
        height, width = self._picture.frame_size
        side, whole = min(height, width) * 0.75, float(max(height, width))
        windows = [
            Window((width - side) / 2 + dx, (height - side) / 2 + dy, side)
            for dx in _places(width, side)
            for dy in _places(height, side)
        ]
        return [*windows, Window((width - whole) / 2, (height - whole) / 2, whole)]


def _distinct(masks: Iterable[CroppedMask]) -> list[CroppedMask]:
    """Without those that are nearly the same as an earlier one: they find the same."""
    kept: list[CroppedMask] = []
    for mask in masks:
        if not kept or crops_iou([mask], kept).max() < _ALIKE:
            kept.append(mask)
    return kept


def _is_sought(state: Followed) -> bool:
    """Whether a look over the whole picture is worth its time: less often after a while."""
    return state.lost_for < _AT_ONCE or state.lost_for % _SEEK_EVERY == 0


def _places(length: int, side: float) -> list[float]:
    """Offsets from the middle of overlapping windows over a length."""
    free = length - side
    return [0.0] if free < side * 0.1 else [-free / 2, 0.0, free / 2]
