"""A second look at detections: each confident object again, zoomed in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import shared_px
from blendmask_live.prompting.maps import Window
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import CLOSE_MARGIN, Found, Prompter

__all__ = ["refine"]

_CONFIDENT, _MOST_TAKEN = 0.3, 0.07
"""Of a detection with this score, looking again may take away this share of what was found; it
once was the dog's head, or an arm. See docs/benchmarks.md."""


def refine(
    instances: Instances,
    image: NDArray[Any],
    prompter: Prompter,
    *,
    score_threshold: float = 0.05,
    max_instances: int = 40,
    is_thorough: bool = False,
) -> Instances:
    """The same objects with masks from a closer look; boxes, scores and classes stay.

    Args:
        instances: Found in `image`, in any way.
        image: (H, W, 3) uint8 RGB.
        score_threshold: Objects below it keep their masks...
        max_instances: ...and so do all but the best of so many.
        is_thorough: Look again at what was found, for twice the time; where that would take much
            of a confident object away, the look before counts.
    """
    masks = list(instances.cropped_masks())
    best = np.argsort(-instances.scores, kind="stable")[:max_instances]
    rows = [
        int(row)
        for row in best
        if instances.scores[row] >= score_threshold
        and masks[row].area
        and (instances.boxes[row, 2:] > instances.boxes[row, :2]).all()
    ]
    if not rows:
        return instances
    boxes = [tuple(instances.boxes[row].tolist()) for row in rows]
    picture = prompter.open(image)
    found = picture.masks(
        [Prompt(box=box, previous=masks[row]) for row, box in zip(rows, boxes, strict=True)]
    )
    if is_thorough:
        again = picture.masks(
            [Prompt(box=box, previous=one.soft) for box, one in zip(boxes, found, strict=True)],
            windows=[Window.around(box, CLOSE_MARGIN) for box in boxes],
        )
        found = [
            one if instances.scores[row] >= _CONFIDENT and _takes_much(one, other) else other
            for row, one, other in zip(rows, found, again, strict=True)
        ]
    for row, one in zip(rows, found, strict=True):
        # An empty answer would lose the object.
        if one.crop.area:
            masks[row] = one.crop
    return replace(
        instances,
        soft_masks=None,
        mask_boxes=None,
        attention=None,
        bases=None,
        exact_masks=tuple(masks),
        _pasted=[],
    )


def _takes_much(before: Found, after: Found) -> bool:
    """Whether looking again lost a large part."""
    kept = shared_px(before.crop, after.crop)
    return bool(after.crop.area) and kept < (1 - _MOST_TAKEN) * before.crop.area
