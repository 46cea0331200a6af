"""How good prompted masks are: boxes, clicks and second looks, on COCO-format data.

Clicks are simulated as the field does it (RITM, Sofiiuk et al., 2021): each goes to the middle of
the largest error, at most 20; NoC@t is the mean number of clicks until the mask reaches IoU t.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import DatasetError
from blendmask_live.evaluation.following import region_j
from blendmask_live.labels import COCO_NAMES
from blendmask_live.prompting.clicks import correcting_click
from blendmask_live.prompting.prompt import Prompt, SoftMask
from blendmask_live.prompting.prompter import Picture, Prompter
from blendmask_live.training.dataset import Picture as LabelledPicture
from blendmask_live.training.dataset import load_data_set

__all__ = ["PromptAccuracy", "evaluate_prompts"]

LEAST_SIDE_PX = 12
"""Objects whose longer side is shorter are not asked for."""
MOST_CLICKS = 20
GOALS = (0.80, 0.85, 0.90)
_SMALL_PX, _LARGE_PX = 32**2, 96**2


@dataclass(frozen=True, slots=True)
class PromptAccuracy:
    """Mean IoU and clicks; NaN where there is nothing to measure.

    Attributes:
        objects: How many were asked for.
        box: Mean IoU of masks from true boxes.
        box_by_size: The same for objects of COCO's sizes S, M and L.
        box_good: Share of them with IoU 0.8 and more.
        first_click: Mean IoU after a click in the middle of the object.
        clicks: Mean number of clicks until IoU 0.80, 0.85 and 0.90, at most 20.
        confidence_error: Mean difference of confidence and IoU, of masks from boxes.
        pictures: How many were measured.
        crop_side: What the prompter was set to.
    """

    objects: int
    box: float
    box_by_size: dict[str, float]
    box_good: float
    first_click: float
    clicks: dict[str, float]
    confidence_error: float
    pictures: int
    crop_side: int


@dataclass(slots=True)
class _Rows:
    area: list[int] = field(default_factory=list)
    box: list[float] = field(default_factory=list)
    confidence: list[float] = field(default_factory=list)
    first_click: list[float] = field(default_factory=list)
    clicks: list[list[int]] = field(default_factory=list)


def evaluate_prompts(
    prompter: Prompter,
    images: Path,
    annotations: Path,
    *,
    max_images: int | None = None,
    most_clicks: int = MOST_CLICKS,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> PromptAccuracy:
    """Ask for every object of a data set by its true box and by clicks.

    Args:
        most_clicks: Per object; 0 leaves clicks out.
        report: Called with (pictures done, pictures in all).

    Raises:
        DatasetError: If the data cannot be used, or hold no objects.
    """
    pictures = load_data_set(images, annotations, COCO_NAMES).pictures[:max_images]
    rows = _Rows()
    for done, labelled in enumerate(pictures, start=1):
        picture = prompter.open(labelled.load())
        masks = list(_objects(labelled, picture.frame_size))
        _measure_boxes(picture, masks, rows)
        if most_clicks:
            _measure_clicks(picture, masks, rows, most_clicks)
        report(done, len(pictures))
    if not rows.area:
        raise DatasetError(f"{annotations}: holds no object of {LEAST_SIDE_PX} px and more")
    return _summary(rows, len(pictures), prompter.crop_side, most_clicks)


def _objects(labelled: LabelledPicture, frame_size: tuple[int, int]) -> Iterator[NDArray[np.bool_]]:
    for annotation in labelled.annotations:
        crop = annotation.mask(*frame_size)
        if annotation.is_crowd or not crop.area or max(crop.mask.shape) < LEAST_SIDE_PX:
            continue
        mask = np.zeros(frame_size, dtype=bool)
        x0, y0, x1, y1 = crop.box
        mask[y0:y1, x0:x1] = crop.mask
        yield mask


def _measure_boxes(picture: Picture, masks: Sequence[NDArray[np.bool_]], rows: _Rows) -> None:
    found = picture.masks([Prompt(box=_box(mask)) for mask in masks])
    for mask, answer in zip(masks, found, strict=True):
        rows.area.append(int(mask.sum()))
        rows.box.append(region_j(mask, answer.mask))
        rows.confidence.append(answer.confidence)


@dataclass(slots=True, eq=False)
class _Clicked:
    """One object while it is clicked at."""

    truth: NDArray[np.bool_]
    answer: NDArray[np.bool_]
    points: list[tuple[float, float, bool]] = field(default_factory=list)
    previous: SoftMask | None = None
    reached: dict[float, int] = field(default_factory=dict)
    """Goal -> clicks that it took."""


def _measure_clicks(
    picture: Picture, masks: Sequence[NDArray[np.bool_]], rows: _Rows, most_clicks: int
) -> None:
    """Click until the hardest goal is reached; a goal that never is counts as the most clicks.

    All objects of the picture get their next click at once, which takes less time for each.
    """
    objects = [_Clicked(mask, np.zeros_like(mask)) for mask in masks]
    for count in range(1, most_clicks + 1):
        asked = [one for one in objects if len(one.reached) < len(GOALS)]
        for one in asked:
            click = correcting_click(one.truth, one.answer)
            if click is not None:
                one.points.append(click)
        prompts = [Prompt(points=one.points, previous=one.previous) for one in asked]
        for one, found in zip(asked, picture.masks(prompts), strict=True):
            one.answer, one.previous = found.mask, found.soft
            iou = region_j(one.truth, one.answer)
            if count == 1:
                rows.first_click.append(iou)
            for goal in GOALS:
                if iou >= goal:
                    one.reached.setdefault(goal, count)
    rows.clicks += [[one.reached.get(goal, most_clicks) for goal in GOALS] for one in objects]


def _box(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _summary(rows: _Rows, pictures: int, crop_side: int, most_clicks: int) -> PromptAccuracy:
    area, box = np.array(rows.area), np.array(rows.box)
    sizes = {
        "S": area < _SMALL_PX,
        "M": (area >= _SMALL_PX) & (area < _LARGE_PX),
        "L": area >= _LARGE_PX,
    }
    clicks = np.array(rows.clicks, dtype=np.float64).reshape(-1, len(GOALS))
    return PromptAccuracy(
        objects=len(area),
        box=_mean(box),
        box_by_size={name: _mean(box[chosen]) for name, chosen in sizes.items()},
        box_good=_mean(box >= 0.8),
        first_click=_mean(np.array(rows.first_click)),
        clicks={
            f"NoC@{round(goal * 100)}": _mean(clicks[:, column])
            for column, goal in enumerate(GOALS)
        },
        confidence_error=_mean(np.abs(np.array(rows.confidence) - box)),
        pictures=pictures,
        crop_side=crop_side,
    )


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(np.mean(values)) if values.size else float("nan")
