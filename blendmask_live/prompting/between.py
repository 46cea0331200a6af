"""An object between two frames in which its mask is known, followed from both sides.

steps = follow_between(read_picture, range(10, 41), mask_of_10, mask_of_40, prompter)
masks = {step.frame: step.crop for step in steps}  # of the frames 11 to 39
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask
from blendmask_live.prompting.cuts import CutFinder
from blendmask_live.prompting.following import Following, FollowSettings
from blendmask_live.prompting.prompt import Masks, Prompt
from blendmask_live.prompting.prompter import Prompter, as_rgb

__all__ = ["BetweenStep", "follow_between"]

_NOTHING = CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))


@dataclass(frozen=True, slots=True, eq=False)
class BetweenStep:
    """What is known of the object in one frame.

    Attributes:
        frame: As it was given.
        crop: Its mask; empty where it is lost.
        confidence: IoU that the mask is expected to have, 0 to 1.
        is_final: Both sides have been asked; the same frame does not come again.
    """

    frame: int
    crop: CroppedMask
    confidence: float
    is_final: bool


def follow_between(
    picture: Callable[[int], NDArray[Any]],
    frames: Sequence[int],
    first: Masks,
    last: Masks,
    prompter: Prompter,
    *,
    settings: FollowSettings | None = None,
) -> Iterator[BetweenStep]:
    """Follow forwards from the first frame, then backwards from the last one.

    The way back yields each frame again, with the better of the two masks: errors grow with the
    distance from the mask that is known, so confidence counts in proportion to nearness. Each way
    ends at a cut to another scene. Whoever stops early has all frames as seen from the first one,
    and the last ones from both.

    Args:
        picture: Frame -> a picture as `Prompter.open` takes it; asked for one after the other,
            there and back.
        frames: At least two, in order; the masks of both ends are known.
        first, last: The known masks.

    Yields:
        Every frame but the ends, first to last, then last to first.

    Raises:
        ValueError: If there are fewer than two frames, a mask has no pixel, or there is no
            picture of a frame.
    """
    if len(frames) < 2:
        raise ValueError(f"frames: two ends are needed, got {len(frames)}")
    # A known mask waits at the other end: an object that is lost is worth looking for.
    chosen = replace(settings or FollowSettings(), stop_after=None)
    forwards: dict[int, BetweenStep] = {}
    for step in _follow(picture, frames, first, prompter, chosen):
        forwards[step.frame] = step
        yield step
    length = len(frames) - 1
    backwards = _follow(picture, frames[::-1], last, prompter, chosen)
    for place, step in enumerate(backwards, 1):
        nearness = 1 - place / length
        other = forwards[step.frame]
        # `nearness` is that to the last frame.
        is_better = step.confidence * nearness > other.confidence * (1 - nearness)
        yield replace(step if is_better else other, is_final=True)


def _follow(
    picture: Callable[[int], NDArray[Any]],
    frames: Sequence[int],
    mask: Masks,
    prompter: Prompter,
    settings: FollowSettings,
) -> Iterator[BetweenStep]:
    """From the first of the frames on, without the ends; lost from a cut on."""
    prompt = Prompt(frame=frames[0], previous=mask)
    following, cuts, is_cut = Following([prompt], prompter, settings=settings), CutFinder(), False
    for frame in frames[:-1]:
        image = _picture_at(picture, frame)
        is_cut = cuts.is_cut(image) or is_cut
        if is_cut:
            yield BetweenStep(frame, _NOTHING, 0.0, is_final=False)
            continue
        seen = following.step(image, frame).objects[0]
        if frame == frames[0]:
            continue
        yield BetweenStep(frame, seen.crop.tight(), seen.confidence, is_final=False)


def _picture_at(picture: Callable[[int], NDArray[Any]], frame: int) -> NDArray[np.uint8]:
    try:
        return as_rgb(picture(frame))
    except ValueError as error:
        raise ValueError(f"frame {frame}: {error}") from error
