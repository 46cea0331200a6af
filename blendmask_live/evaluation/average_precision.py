"""COCO box, mask and boundary AP of a segmenter, by pycocotools' rules."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faster_coco_eval
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from blendmask_live.config import SegmenterSettings
from blendmask_live.datatypes import Instances
from blendmask_live.errors import DatasetError
from blendmask_live.segmenting.segmenter import Segmenter
from blendmask_live.training.dataset import drawable_rle, load_data_set

__all__ = ["Accuracy", "evaluate"]

_log = logging.getLogger(__name__)
# What pycocotools reads; `load_data_set` has checked the rest.
_NEEDED = {
    "images": ("height", "width"),
    "annotations": ("id", "bbox", "area", "segmentation"),
}
_NUMBERS = {"height": 1, "width": 1, "bbox": 4, "area": 1}
_NAMES = ("AP", "AP50", "AP75", "AP_S", "AP_M", "AP_L")


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Average precisions in [0, 1]; -1 where there is nothing to measure.

    Attributes:
        box, mask: AP, AP50, AP75, AP_S, AP_M, AP_L.
        person_mask: The same for masks of people alone; empty if there is no such class.
        boundary: The same, of masks whose outlines fit too: a mask's IoU is at most that of the
            strips along both outlines, 2 % of the picture's diagonal wide (Boundary AP, Cheng et
            al., CVPR 2021).
        pictures: How many pictures were measured.
        settings: What the segmenter was set to.
    """

    box: dict[str, float]
    mask: dict[str, float]
    person_mask: dict[str, float]
    boundary: dict[str, float]
    pictures: int
    settings: SegmenterSettings


def evaluate(
    segmenter: Segmenter,
    images: Path,
    annotations: Path,
    *,
    max_images: int | None = None,
    refine: Callable[[Instances, NDArray[np.uint8]], Instances] | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Accuracy:
    """Measure a segmenter on a COCO-format data set.

    The measure ranks candidates, so it gets them: scores from 0.05 on, up to 100 objects. The
    other settings are the segmenter's.

    Args:
        refine: Gives what was found in a picture better masks, where it is wanted.
        report: Called with (pictures done, pictures in all).

    Raises:
        DatasetError: If the data cannot be used.
    """
    pictures = load_data_set(images, annotations, segmenter.labels).pictures[:max_images]
    truth = _read_truth(annotations)
    category_by_name = {c["name"]: c["id"] for c in truth.dataset["categories"]}
    settings = replace(segmenter.settings, score_threshold=0.05, max_instances=100)
    segmenter = segmenter.with_settings(settings)
    results: list[dict[str, Any]] = []
    for done, picture in enumerate(pictures, start=1):
        image = picture.load()
        instances = segmenter.segment(image)
        if refine is not None:
            instances = refine(instances, image)
        results += _results(instances, picture.image_id, category_by_name)
        report(done, len(pictures))
    if not results:
        _log.warning("%s: nothing was found in any picture", images)
    found = _found(truth, results)
    image_ids = [picture.image_id for picture in pictures]
    person = category_by_name.get("person")
    return Accuracy(
        box=_average_precision(truth, found, "bbox", image_ids, None),
        mask=_average_precision(truth, found, "segm", image_ids, None),
        person_mask={}
        if person is None
        else _average_precision(truth, found, "segm", image_ids, person),
        boundary=_boundary_precision(truth, found, image_ids),
        pictures=len(pictures),
        settings=settings,
    )


def _read_truth(annotations: Path) -> COCO:
    truth = COCO()
    truth.dataset = json.loads(annotations.read_text(encoding="utf-8"))
    for kind, names in _NEEDED.items():
        for entry in truth.dataset[kind]:
            _check_entry(entry, names, f"{annotations}: entry {entry.get('id')} of {kind!r}")
    sizes = {image["id"]: (image["height"], image["width"]) for image in truth.dataset["images"]}
    empty = []
    for number, annotation in enumerate(truth.dataset["annotations"], start=1):
        place = f"{annotations}: annotation {annotation['id']}"
        annotation["segmentation"] = _drawn(annotation, sizes, place)
        annotation["iscrowd"] = int(bool(annotation.get("iscrowd")))
        if not coco_mask.area(annotation["segmentation"]):
            empty.append(annotation["id"])
        # pycocotools takes number 0 for none, and the second of a number for the first.
        annotation["id"] = number
    if empty:
        first = ", ".join(map(str, empty[:3]))
        _log.warning(
            "%s: segmentations without a pixel: %d (annotations %s%s); no mask can match them",
            annotations,
            len(empty),
            first,
            ", ..." if len(empty) > 3 else "",
        )
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
    return truth


def _check_entry(entry: dict[str, Any], names: tuple[str, ...], place: str) -> None:
    for name in names:
        if name not in entry:
            raise DatasetError(f"{place} has no {name!r}, which the measure needs; add it")
        if name in _NUMBERS and not _are_numbers(entry[name], _NUMBERS[name]):
            raise DatasetError(
                f"{place}: expected finite numbers as {name!r} ({_NUMBERS[name]}), found "
                f"{str(entry[name])[:40]}; repair or remove it"
            )


def _are_numbers(value: object, count: int) -> bool:
    numbers = [value] if count == 1 else value
    return (
        isinstance(numbers, list)
        and len(numbers) == count
        and all(isinstance(number, int | float) and math.isfinite(number) for number in numbers)
    )


def _drawn(
    annotation: dict[str, Any], sizes: dict[int, tuple[int, int]], place: str
) -> dict[str, Any]:
    image_id = annotation["image_id"]
    if image_id not in sizes:
        raise DatasetError(
            f"{place}: belongs to image {image_id}, which is not among 'images'; add or remove it"
        )
    try:
        return drawable_rle(annotation["segmentation"] or [], sizes[image_id])
    except (ValueError, KeyError) as error:
        raise DatasetError(
            f"{place}: its segmentation cannot be drawn ({error}); repair or remove it"
        ) from error


def _found(truth: COCO, results: list[dict[str, Any]]) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        if results:
            return truth.loadRes(json.loads(json.dumps(results)))
        # `loadRes` cannot take an empty list, though none found is an AP of 0.
        found = COCO()
        found.dataset = {**truth.dataset, "annotations": []}
        found.createIndex()
    return found


def _results(
    instances: Instances, image_id: int, category_by_name: dict[str, int]
) -> list[dict[str, Any]]:
    return [
        {
            "image_id": image_id,
            "category_id": category_by_name[name],
            "bbox": [float(x0), float(y0), float(x1 - x0), float(y1 - y0)],
            "score": float(score),
            "segmentation": {"size": rle["size"], "counts": rle["counts"].decode("ascii")},
        }
        for name, (x0, y0, x1, y1), score, rle in zip(
            instances.class_names, instances.boxes, instances.scores, instances.rles(), strict=True
        )
        if name in category_by_name
    ]


def _average_precision(
    truth: COCO, found: COCO, kind: str, image_ids: list[int], category: int | None
) -> dict[str, float]:
    with contextlib.redirect_stdout(io.StringIO()):
        measure = COCOeval(truth, found, kind)
        measure.params.imgIds = image_ids
        if category is not None:
            measure.params.catIds = [category]
        measure.evaluate()
        measure.accumulate()
        measure.summarize()
    return {name: float(np.round(v, 4)) for name, v in zip(_NAMES, measure.stats, strict=False)}


def _boundary_precision(truth: COCO, found: COCO, image_ids: list[int]) -> dict[str, float]:
    sides = (faster_coco_eval.COCO(side.dataset, use_deepcopy=True) for side in (truth, found))
    measure = faster_coco_eval.COCOeval_faster(*sides, "boundary", print_function=_log.debug)
    measure.params.imgIds = image_ids
    measure.evaluate()
    measure.accumulate()
    measure.summarize()
    return {name: float(np.round(v, 4)) for name, v in zip(_NAMES, measure.stats, strict=False)}
