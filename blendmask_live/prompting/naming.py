"""What to call an object that was pointed at."""

from __future__ import annotations

from blendmask_live.masks.crops import CroppedMask
from blendmask_live.prompting.prompter import Picture

__all__ = ["UNKNOWN_CLASS", "likeliest_class"]

UNKNOWN_CLASS = "object"
"""Class of an object that nobody named and the detector does not know."""
_SURE_CLASS = 0.3
"""Score of a class, times IoU with its detection, from which it is taken."""


def likeliest_class(picture: Picture, crop: CroppedMask) -> str:
    """The class that the detector names at a mask, or `UNKNOWN_CLASS`."""
    name, score = next(iter(picture.classes_of(crop)), (UNKNOWN_CLASS, 1.0))
    return name if score >= _SURE_CLASS else UNKNOWN_CLASS
