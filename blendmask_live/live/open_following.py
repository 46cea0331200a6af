"""Following whose objects come and go while it runs."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.prompting.following import FollowedFrame, Following
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Prompter

__all__ = ["OpenFollowing"]


class OpenFollowing(Following):
    """A `Following` to which objects are added, from which they are taken, and which can jump."""

    def __init__(self, prompter: Prompter) -> None:
        super().__init__([], prompter)

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
