"""Objects that were pointed at once, followed through the frames of a video.

The mask of the last frame, carried by optical flow, is the prompt for the next one. A memory of
the first mask and of a few sure ones since tells the object from what is beside it, and finds it
again after it was lost.

    for frame in follow(pictures, [Prompt(frame=0, box=(40, 30, 200, 180))], prompter):
        frame.objects[0].mask
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.flow import QUICK_SIDE_PX, carried_quickly, flow_between, grey_for_flow
from blendmask_live.prompting.cuts import CutFinder
from blendmask_live.prompting.followed import NOTHING, Followed
from blendmask_live.prompting.looking import FollowSettings, Look
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Picture, Prompter

__all__ = ["FollowSettings", "FollowedFrame", "FollowedObject", "Following", "follow"]


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


class Following:
    """Follows objects through frames that are handed over one by one.

    Those of the prompts, from their frames on; or, in a live picture, such as come and go: see
    `add`, `keep_only`, `jump` and `next`.
    """

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
        self._followed: dict[int, Followed] = {}
        self._cuts = CutFinder()
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
        grey = grey_for_flow(picture.image, longer_side_px=QUICK_SIDE_PX)
        followed = list(self._followed.values())
        is_cut = self._cuts.is_cut(picture.image)
        if self._old_grey is not None and (is_cut or picture.frame_size != self._old_size):
            self.jump(picture.frame_size)
        for state in followed if is_cut else ():
            state.is_elsewhere = True
        if self._old_grey is not None:
            _carry(followed, self._old_grey, grey, self._old_size)
        look = Look(picture, self._settings, self._steps)
        look.follow_on([state for state in followed if not state.is_given_up])
        for number, prompt in enumerate(self._prompts):
            if prompt.frame == index:
                self._followed[number] = _begin(picture, prompt, self._steps)
                look.note_others(self._followed[number])
        self._old_grey, self._old_size = grey, picture.frame_size
        self._steps += 1
        return _result(index, picture.frame_size, self._followed, len(self._prompts))

    def use(self, detect: Callable[[NDArray[np.uint8]], Instances]) -> None:
        """Have the objects of each frame found in another way."""
        self._prompter = copy.copy(self._prompter)
        self._prompter.detect = detect

    def add(self, mask: CroppedMask) -> int:
        """Follow the object that has this mask in the next frame; returns its number."""
        self._prompts = [*self._prompts, Prompt(frame=self._steps, previous=mask)]
        return len(self._prompts) - 1

    def keep_only(self, numbers: Collection[int]) -> None:
        """Follow the others no more."""
        for number in self._followed.keys() - set(numbers):
            del self._followed[number]

    def jump(self, frame_size: tuple[int, int]) -> None:
        """The next frame, of this (height, width), does not follow on the last.

        Objects are sought in it by their looks.
        """
        growth = math.prod(frame_size) / max(math.prod(self._old_size), 1)
        self._old_grey = None
        for state in self._followed.values():
            state.forget_places(growth=growth)
            state.lost_for = 0

    def next(self, image: NDArray[np.uint8], *, seeks: bool) -> FollowedFrame:
        """The objects in the next frame.

        Args:
            image: (H, W, 3) uint8 RGB.
            seeks: Look for lost objects too, which takes many times as long.
        """
        resting = [state for state in self._followed.values() if state.lost_for and not seeks]
        for state in resting:
            state.is_given_up = True
        try:
            return self.step(image, self._steps)
        finally:
            for state in resting:
                state.is_given_up = False
                state.lost_for += 1


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


def _begin(picture: Picture, prompt: Prompt, step: int) -> Followed:
    """From a mask as it is; from a box or clicks, from what is found there."""
    if prompt.previous is not None and prompt.box is None and not prompt.points:
        memory = picture.remember(prompt.previous)
        return Followed(memory, picture.given(prompt), 1.0, remembered_at=step)
    (found,) = picture.masks([prompt])
    return Followed(found.memory, found.crop, found.confidence, remembered_at=step)


def _carry(
    followed: Sequence[Followed],
    old: NDArray[np.uint8],
    new: NDArray[np.uint8],
    size: tuple[int, int],
) -> None:
    moving = [state for state in followed if state.mask.area and not state.is_given_up]
    if not moving:
        return
    motion = flow_between(old, new, is_quick=True)
    for state in moving:
        state.before = state.mask
        state.mask = carried_quickly(state.mask, motion, size)


def _result(
    index: int, frame_size: tuple[int, int], followed: dict[int, Followed], count: int
) -> FollowedFrame:
    objects = []
    for number in range(count):
        state = followed.get(number)
        if state is None:
            objects.append(FollowedObject(number, NOTHING, 0.0, is_lost=False))
        else:
            is_lost = not state.mask.area
            objects.append(FollowedObject(number, state.mask, state.confidence, is_lost=is_lost))
    return FollowedFrame(index, frame_size, tuple(objects))
