"""Objects that were pointed at once, followed through the frames of a video.

The mask of the last frame, carried by optical flow, is the prompt for the next one. A memory of
the first mask and of a few sure ones since tells the object from what is beside it, and finds it
again after it was lost.

    for frame in follow(pictures, [Prompt(frame=0, box=(40, 30, 200, 180))], prompter):
        frame.objects[0].mask
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crops_iou
from blendmask_live.masks.flow import carried_mask, flow_between, grey_for_flow
from blendmask_live.prompting.maps import Window
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Found, Memory, Picture, Prompter
from blendmask_live.runtime.prompts import MEMORIES

__all__ = ["FollowSettings", "FollowedFrame", "FollowedObject", "Following", "follow"]

_SAME_PLACE = 0.3
"""IoU from which a detection may be the object that is expected there."""
_DETECTED = 0.1
"""Score of the faintest detections that may be."""
_NEW_SHARE = 0.05
"""Of the newest likeness in the mean of late."""
_REMEMBERED = 0.8
"""Share of the usual likeness that a mask needs to be remembered."""
_MOST_SOUGHT = 12
"""Detections among which a lost object is sought."""
_NOTHING = CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))


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
    uses_detector: bool = True
    """Let what the detector finds compete: at the same place, or anywhere for a lost object."""
    stop_after: int | None = None
    """Frames after which a lost object is given up; never where absent."""

    def __post_init__(self) -> None:
        for name in ("lost_below", "strange_below", "found_above", "alike_above", "sure_above"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)}: must be 0 to 1")
        if self.remember_every < 1:
            raise ValueError(f"remember_every {self.remember_every}: must be 1 or more")


@dataclass(frozen=True, slots=True, eq=False)
class FollowedObject:
    """One object in one frame.

    Attributes:
        prompt: Position among the prompts.
        crop: Its mask; empty where it is lost, or not pointed at yet.
        confidence: IoU that the mask is expected to have, 0 to 1.
        is_lost: It was followed, and cannot be seen in this frame.
    """

    prompt: int
    crop: CroppedMask
    confidence: float
    is_lost: bool


@dataclass(frozen=True, slots=True, eq=False)
class FollowedFrame:
    """All objects in one frame.

    Attributes:
        index: Position among the frames.
        frame_size: (height, width) px.
        objects: In the order of the prompts.
    """

    index: int
    frame_size: tuple[int, int]
    objects: tuple[FollowedObject, ...]


@dataclass(slots=True)
class _Followed:
    """What is known of an object between two frames."""

    first: Memory
    mask: CroppedMask
    """Where it was seen last, in that frame; then where the flow has carried that."""
    confidence: float
    before: CroppedMask = _NOTHING
    """Where it was seen in the frame before."""
    likeness: float = 0.0
    """How much like the memories it has looked, in the mean of late."""
    recent: list[Memory] = field(default_factory=list)
    lost_for: int = 0
    remembered_at: int = 0
    is_given_up: bool = False

    @property
    def memories(self) -> list[Memory]:
        return [self.first, *self.recent]


class Following:
    """Follows every prompt's object through frames that are handed over one by one."""

    def __init__(
        self,
        prompts: Sequence[Prompt],
        prompter: Prompter,
        *,
        settings: FollowSettings | None = None,
    ) -> None:
        self._prompts = prompts
        self._prompter = prompter
        self._settings = settings or FollowSettings()
        self._followed: dict[int, _Followed] = {}
        self._old_grey: NDArray[np.uint8] | None = None
        self._old_size = (0, 0)
        self._steps = 0

    @property
    def is_over(self) -> bool:
        """Whether every object was pointed at and is given up."""
        is_begun = len(self._followed) == len(self._prompts)
        return is_begun and all(state.is_given_up for state in self._followed.values())

    def step(self, image: NDArray[np.uint8], index: int) -> FollowedFrame:
        """The objects in the next frame.

        Args:
            image: (H, W, 3) uint8 RGB.
            index: Of this frame; the objects whose `Prompt.frame` it is begin here.

        Raises:
            ValueError: If a prompt makes no sense in its frame.
        """
        picture = self._prompter.open(image)
        grey = grey_for_flow(picture.image)
        if self._old_grey is not None and picture.frame_size == self._old_size:
            _carry(self._followed, self._old_grey, grey, self._old_size)
        elif self._old_grey is not None:
            # Nothing tells how pictures of two sizes belong together but the memory.
            for state in self._followed.values():
                state.mask = state.before = _NOTHING
        _follow_on(picture, self._followed, self._settings, self._steps)
        for number, prompt in enumerate(self._prompts):
            if prompt.frame == index:
                self._followed[number] = _begin(picture, prompt, self._steps)
        self._old_grey, self._old_size = grey, picture.frame_size
        self._steps += 1
        return _result(index, picture.frame_size, self._followed, len(self._prompts))


def follow(
    frames: Iterable[NDArray[np.uint8]],
    prompts: Sequence[Prompt],
    prompter: Prompter,
    *,
    settings: FollowSettings | None = None,
) -> Iterator[FollowedFrame]:
    """Follow every prompt's object from its frame on.

    To follow backwards, hand the frames over in reverse. Ends with the frames, or when every
    object is given up.

    Args:
        frames: (H, W, 3) uint8 RGB, one after the other.
        prompts: `Prompt.frame` counts these frames.

    Yields:
        One result for each frame, from the first one on.

    Raises:
        ValueError: If a prompt makes no sense in its frame.
    """
    following = Following(prompts, prompter, settings=settings)
    for index, image in enumerate(frames):
        yield following.step(image, index)
        if following.is_over:
            return


def _begin(picture: Picture, prompt: Prompt, index: int) -> _Followed:
    """From a mask as it is; from a box or clicks, from what is found there."""
    if prompt.previous is not None and prompt.box is None and not prompt.points:
        memory = picture.remember(prompt.previous)
        mask = picture.given(prompt)
        return _Followed(memory, mask, 1.0, remembered_at=index)
    (found,) = picture.masks([prompt])
    return _Followed(found.memory, found.crop, found.confidence, remembered_at=index)


def _carry(
    followed: dict[int, _Followed],
    old: NDArray[np.uint8],
    new: NDArray[np.uint8],
    size: tuple[int, int],
) -> None:
    moving = [s for s in followed.values() if s.mask.area and not s.is_given_up]
    if not moving:
        return
    back, doubt = flow_between(old, new)
    for state in moving:
        state.before = state.mask
        state.mask = carried_mask(state.mask, back, doubt, size)


def _follow_on(
    picture: Picture, followed: dict[int, _Followed], settings: FollowSettings, index: int
) -> None:
    """Ask for every object where it should be, and for those that are lost, where they may be."""
    current = [s for s in followed.values() if not s.is_given_up]
    seen = [s for s in current if s.mask.area or s.before.area]
    lost = [s for s in current if not (s.mask.area or s.before.area)]
    for state, found in zip(seen, _where_expected(picture, seen, settings), strict=True):
        is_strange = found.likeness < settings.strange_below * state.likeness
        if found.crop.area and found.confidence >= settings.lost_below and not is_strange:
            _take(state, found, settings, index)
        else:
            lost.append(state)
    for state in lost:
        again = _seek(picture, state, settings)
        if again is not None:
            _take(state, again, settings, index)
            continue
        state.lost_for += 1
        state.confidence = 0.0
        state.mask = state.before = _NOTHING
        stop = settings.stop_after
        state.is_given_up = stop is not None and state.lost_for > stop


def _where_expected(
    picture: Picture, seen: Sequence[_Followed], settings: FollowSettings
) -> list[Found]:
    """The best answer for each object: from its mask, carried and not, or the detection there."""
    prompts: list[Prompt] = []
    windows: list[Window] = []
    owners: list[int] = []
    for number, state in enumerate(seen):
        # Where things turn or blur, the flow goes astray and the object has hardly moved.
        masks = [state.mask, state.before]
        place = state.mask if state.mask.area else state.before
        detection = _detection_at(picture, place) if settings.uses_detector else None
        if detection is not None:
            masks.append(detection)
        for mask in (mask for mask in masks if mask.area):
            prompts.append(Prompt(previous=mask))
            windows.append(Window.around(mask.tight().box, settings.margin))
            owners.append(number)
    memories = [seen[number].memories for number in owners]
    best: dict[int, Found] = {}
    for number, found in zip(
        owners, picture.masks(prompts, memories=memories, windows=windows), strict=True
    ):
        if number not in best or _rank(found) > _rank(best[number]):
            best[number] = found
    return [best[number] for number in range(len(seen))]


def _rank(found: Found) -> float:
    return found.confidence + found.likeness


def _detection_at(picture: Picture, mask: CroppedMask) -> CroppedMask | None:
    """The detection that overlaps a mask most, if it does by much."""
    found = [other for _, score, other in picture.detections if score >= _DETECTED]
    if not found:
        return None
    overlaps = crops_iou([mask], found)[0]
    row = int(overlaps.argmax())
    return found[row] if overlaps[row] >= _SAME_PLACE else None


def _take(state: _Followed, found: Found, settings: FollowSettings, index: int) -> None:
    state.mask, state.confidence, state.lost_for = found.crop, found.confidence, 0
    if found.confidence >= settings.sure_above or not state.likeness:
        share = _NEW_SHARE if state.likeness else 1.0
        state.likeness += share * (found.likeness - state.likeness)
    is_due = index - state.remembered_at >= settings.remember_every
    # A memory of something else would never be corrected.
    is_alike = found.likeness >= _REMEMBERED * state.likeness
    if is_due and is_alike and found.confidence >= settings.sure_above:
        state.recent = [*state.recent, found.memory][-(MEMORIES - 1) :]
        state.remembered_at = index


def _seek(picture: Picture, state: _Followed, settings: FollowSettings) -> Found | None:
    """Look for a lost object: what looks like it over the whole picture, or was detected."""
    height, width = picture.frame_size
    side = min(height, width) * 0.75
    windows = [
        Window((width - side) / 2 + dx, (height - side) / 2 + dy, side)
        for dx in _places(width, side)
        for dy in _places(height, side)
    ]
    whole = float(max(height, width))
    windows.append(Window((width - whole) / 2, (height - whole) / 2, whole))
    masks = [found.crop for found in picture.seek(windows, state.memories) if found.crop.area]
    if settings.uses_detector:
        sure = [mask for _, score, mask in picture.detections if score >= _DETECTED and mask.area]
        masks += sure[:_MOST_SOUGHT]
    if not masks:
        return None
    # Again, at the zoom that it is followed with.
    answers = picture.masks(
        [Prompt(previous=mask) for mask in masks],
        memories=[state.memories] * len(masks),
        windows=[Window.around(mask.tight().box, settings.margin) for mask in masks],
    )
    best = max(answers, key=lambda found: found.confidence * found.likeness)
    is_sure = best.confidence >= settings.found_above and best.crop.area > 0
    is_alike = best.likeness >= settings.alike_above * state.likeness
    return best if is_sure and is_alike else None


def _places(length: int, side: float) -> list[float]:
    """Offsets from the middle of overlapping windows over a length."""
    free = length - side
    return [0.0] if free < side * 0.1 else [-free / 2, 0.0, free / 2]


def _result(
    index: int, frame_size: tuple[int, int], followed: dict[int, _Followed], count: int
) -> FollowedFrame:
    objects = []
    for number in range(count):
        state = followed.get(number)
        if state is None:
            objects.append(FollowedObject(number, _NOTHING, 0.0, is_lost=False))
        else:
            is_lost = not state.mask.area
            objects.append(FollowedObject(number, state.mask, state.confidence, is_lost=is_lost))
    return FollowedFrame(index, frame_size, tuple(objects))
