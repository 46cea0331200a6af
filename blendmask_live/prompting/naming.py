"""The class of what was pointed at."""

from __future__ import annotations

from collections.abc import Sequence

from blendmask_live.masks.crops import CroppedMask, shared_px

__all__ = ["UNKNOWN_CLASS", "is_doubtful", "likeliest_class", "things_in"]

UNKNOWN_CLASS = "object"
"""Class of an object that nobody named and the detector does not know."""
_SURE = 0.3
"""Score of a class, times IoU with its detection, from which it is taken."""
_DOUBTFUL = 0.45
"""Below it, a pixel more or less, or another runtime, may decide whether a class is taken..."""
_RIVAL = 0.7
"""...and here which one: the second one's share of the first one's score."""
_HELD = 0.6
"""Share of a detection that a mask covers if it holds that thing..."""
_LARGE_PART = 0.15
"""...and of the mask that the thing then is, to be told."""


def likeliest_class(classes: Sequence[tuple[str, float]], default: str = UNKNOWN_CLASS) -> str:
    """The first of some classes with their scores (`Found.classes`), if it is sure enough."""
    name, score = next(iter(classes), (default, 0.0))
    return name if score >= _SURE else default


def is_doubtful(classes: Sequence[tuple[str, float]]) -> bool:
    """Whether the likeliest of some classes (`Found.classes`) should be shown as a guess."""
    first, second, *_ = (*(score for _, score in classes), 0.0, 0.0)
    return first < _DOUBTFUL or second > _RIVAL * first


def things_in(mask: CroppedMask, detections: Sequence[tuple[str, float, CroppedMask]]) -> list[str]:
    """Class names of the separate things that a mask holds, the surest first.

    Two and more where a box was drawn around several things.

    Args:
        detections: Class names, scores and masks, as `Picture.detections`.
    """
    held: list[tuple[str, CroppedMask]] = []
    for name, score, other in sorted(detections, key=lambda one: -one[1]):
        shared = shared_px(mask, other)
        if score < _SURE or shared < max(_HELD * other.area, _LARGE_PART * mask.area, 1):
            continue
        # One thing is often detected twice.
        if all(shared_px(one, other) < (1 - _HELD) * other.area for _, one in held):
            held.append((name, other))
    return [name for name, _ in held]
