"""A click alone says nothing of the size: it is tried at several zooms, and one answer is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blendmask_live.masks.crops import CroppedMask, crops_iou, shared_px
from blendmask_live.prompting.maps import Window
from blendmask_live.prompting.prompt import Checked, Point, SoftMask

if TYPE_CHECKING:
    from blendmask_live.prompting.prompter import Found

__all__ = ["CLICK_SIDES", "answers_to", "place_of_size", "zooms_at"]

CLICK_SIDES = (1.0, 0.5, 0.25, 0.12)
"""Zooms that a click without anything else is first tried at, of the picture's longer side."""
_LEAST_SIDE_PX = 16.0
_SAME_SIZE = 0.9
"""IoU from which two answers are one."""
_CUT = 0.3
"""How much less sure an answer is for each side at which its crop cuts it off."""
_STANDS_OUT = 0.65
"""Confidence from which an answer needs no other witness..."""
_DETECTED, _SAME_THING = 0.1, 0.5
"""...such as a detection of this score, that has this IoU with it."""
_EXPECTED = 0.5
"""IoU of answers that nothing bears out, over their confidence; see docs/benchmarks.md."""
_SURE, _HELD = 0.4, 0.8
"""Score of a detection that completes an answer, and share of the answer that it holds."""
_LARGE_PART, _WHOLE = 0.3, 0.75
"""IoU with it: from which on the answer is a large part of it, and the whole already."""
Detection = tuple[str, float, CroppedMask]
"""Class name, score and mask."""


def zooms_at(points: Sequence[Point], frame_size: tuple[int, int]) -> list[Window]:
    """The whole picture, and squares around the clicks."""
    height, width = frame_size
    longer = float(max(height, width))
    inside = np.array([(x, y) for x, y, is_inside in points if is_inside])
    middle, spread = inside.mean(axis=0), float(np.ptp(inside, axis=0).max())
    windows = [Window((width - longer) / 2, (height - longer) / 2, longer)]
    for share in CLICK_SIDES[1:]:
        side = max(longer * share, spread * 1.5, _LEAST_SIDE_PX)
        windows.append(Window(middle[0] - side / 2, middle[1] - side / 2, side))
    return windows


def answers_to(
    tried: Sequence[Found], prompt: Checked, detections: Callable[[], Sequence[Detection]]
) -> list[Found]:
    """The likeliest answer, completed where it is a part of something detected, and others.

    All are as doubtful as the likeliest one; the others are wanted only where the prompt asks for
    another size.

    Args:
        tried: The answers of all zooms to one prompt.
        detections: As `Picture.detections`.
    """
    # What the crop's edge cuts off is less sure.
    ranked = sorted(tried, key=lambda found: _cut_off(found) - found.confidence)
    if not ranked[0].crop.area:
        return ranked[:1]
    detected = [(score, mask) for _, score, mask in detections() if mask.area]
    likeliest = _judged(_completed(ranked[0], prompt.points, detected), detected)
    if not prompt.size_step:
        return [likeliest]
    # A part that only the crop's edge makes one is none.
    others = [found for found in ranked if found.crop.area and not _cut_off(found)]
    if likeliest.is_doubtful:
        others = [_judged(found, detected) for found in others]
    return _different([likeliest, *others])


def place_of_size(shown: Sequence[Found], step: int) -> tuple[int, int]:
    """Which of some answers is so many sizes larger than the first one, or smaller.

    Args:
        shown: The answers to one prompt as they will be shown, the likeliest one first.
        step: As `Prompt.size_step`.

    Returns:
        Its place, and how many steps there were.
    """
    sizes = sorted(_different(shown), key=lambda found: found.crop.area)
    likeliest = sizes.index(shown[0])
    taken = min(max(likeliest + step, 0), len(sizes) - 1)
    return shown.index(sizes[taken]), taken - likeliest


def _completed(
    found: Found, points: Sequence[Point], detected: Sequence[tuple[float, CroppedMask]]
) -> Found:
    """The sure detection that holds an answer, if that is a large part of it; else the answer."""
    best, most_shared = found, _LARGE_PART
    for score, mask in detected:
        shared = shared_px(found.crop, mask)
        iou = shared / (found.crop.area + mask.area - shared)
        holds_it = shared >= _HELD * found.crop.area and _agrees(mask, points)
        if score >= _SURE and holds_it and iou >= most_shared:
            soft = SoftMask(mask.x0, mask.y0, mask.mask.astype(np.float32))
            best, most_shared = replace(found, crop=mask, soft=soft), iou
    return best if most_shared < _WHOLE else found


def _agrees(mask: CroppedMask, points: Sequence[Point]) -> bool:
    """Whether clicks inside lie on a mask, and those outside beside it."""
    x0, y0, x1, y1 = mask.box
    return all(
        is_inside == (x0 <= x < x1 and y0 <= y < y1 and bool(mask.mask[int(y) - y0, int(x) - x0]))
        for x, y, is_inside in points
    )


def _different(answers: Sequence[Found]) -> list[Found]:
    """Of those that are alike, and of those that are as large, the first one."""
    different = list(answers[:1])
    for found in answers[1:]:
        kept = [one.crop for one in different]
        is_new = found.crop.area and found.crop.area not in {crop.area for crop in kept}
        if is_new and crops_iou([found.crop], kept).max() < _SAME_SIZE:
            different.append(found)
    return different


def _judged(found: Found, detected: Sequence[tuple[float, CroppedMask]]) -> Found:
    """An answer with its doubt: clicks on empty walls get masks too.

    Those are less sure, and no detection bears them out.
    """
    witnesses = [mask for score, mask in detected if score >= _DETECTED]
    is_detected = crops_iou([found.crop], witnesses).max(initial=0.0) >= _SAME_THING
    if found.confidence >= _STANDS_OUT or is_detected:
        return found
    return replace(found, confidence=found.confidence * _EXPECTED, is_doubtful=True)


def _cut_off(found: Found) -> float:
    """How much the crop's edge, where it is not the picture's, cuts the mask off: 0 to 1."""
    if not found.crop.area:
        return 1.0
    x0, y0, x1, y1 = found.crop.box
    window, edge = found.window, found.window.side / 64
    height, width = found.frame_size
    cut = [
        x0 > 0 and x0 < window.x0 + edge,
        y0 > 0 and y0 < window.y0 + edge,
        x1 < width and x1 > window.x0 + window.side - edge,
        y1 < height and y1 > window.y0 + window.side - edge,
    ]
    return _CUT * sum(cut)
