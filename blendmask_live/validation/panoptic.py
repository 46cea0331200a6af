"""COCO panoptic, by the rules of panopticapi's evaluation and of the COCO format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import load_json, main_file, open_png
from blendmask_live.validation.common import EXPORT_AGAIN, check_frames_csv, missing_keys
from blendmask_live.validation.report import Violation

__all__ = ["check_panoptic"]


def check_panoptic(path: Path) -> Iterator[Violation]:
    """One picture per image, whose ids (R + 256 G + 65536 B) are those of segments_info."""
    if path.is_dir() and (beside := path.with_suffix(".json")).is_file():
        # The pictures' folder itself.
        path = beside
    path = main_file(path, "panoptic.json")
    content = load_json(path)
    problems = missing_keys(content, ("images", "annotations", "categories"), str(path))
    problems = problems or [
        problem
        for key, wanted in (
            ("images", ("id", "height", "width")),
            ("annotations", ("image_id", "file_name", "segments_info")),
            ("categories", ("id", "name", "isthing")),
        )
        for number, item in enumerate(content[key])
        for problem in missing_keys(item, wanted, f"{path}: {key}[{number}]")
    ]
    yield from problems
    if problems:
        return
    yield from _check_references(path, content)
    sizes = {image["id"]: (image["height"], image["width"]) for image in content["images"]}
    stuff = {c["id"]: not c["isthing"] for c in content["categories"]}
    # The pictures' folder has the file's name, as COCO's own have.
    folder = path.with_suffix("")
    for annotation in content["annotations"]:
        yield from _check_segments(path, annotation, stuff)
        try:
            rgb = open_png(folder / annotation["file_name"], modes=("RGB",), wanted="an RGB PNG")
        except AnnotationError as error:
            place, _, problem = str(error).partition(": ")
            yield Violation(place, problem, "restore the picture, or export again")
            continue
        size = sizes.get(annotation["image_id"], rgb.shape[:2])
        yield from _check_picture(folder, annotation, rgb, size)
    yield from check_frames_csv(path.parent, count=len(content["images"]))


def _check_references(path: Path, content: Any) -> Iterator[Violation]:
    """Ids used once; an annotation for every image, as the evaluation asks, and no other."""
    images = [image["id"] for image in content["images"]]
    annotated = [annotation["image_id"] for annotation in content["annotations"]]
    categories = [category["id"] for category in content["categories"]]
    for key, ids in (("images", images), ("annotations", annotated), ("categories", categories)):
        for value, times in Counter(ids).items():
            if times > 1:
                problem = f"id {value} is used {times} times"
                yield Violation(f"{path}: {key}", problem, "give every entry its own id")
    for value in sorted(set(images) - set(annotated)):
        problem = f"image {value} has no annotation; the evaluation refuses that"
        yield Violation(f"{path}: annotations", problem, "write one, with no segments if need be")
    for value in sorted(set(annotated) - set(images)):
        problem = f"image_id {value} is not among the images"
        yield Violation(f"{path}: annotations", problem, "add the image")


def _check_segments(path: Path, annotation: Any, stuff: dict[Any, bool]) -> Iterator[Violation]:
    """Keys, ids and categories; every kind of stuff is one segment."""
    place = f"{path}: image {annotation['image_id']}"
    seen_stuff = set()
    ids = Counter(info.get("id") for info in annotation["segments_info"])
    for value, times in ids.items():
        if times > 1:
            yield Violation(place, f"segment {value} is listed {times} times", "list it once")
    for info in annotation["segments_info"]:
        where = f"{place}, segment {info.get('id')}"
        yield from missing_keys(info, ("id", "category_id", "area", "bbox", "iscrowd"), where)
        category = info.get("category_id")
        if category not in stuff:
            problem = f"category_id {category} is not among the categories"
            yield Violation(where, problem, "add the category")
        elif stuff[category] and category in seen_stuff:
            problem = f"stuff of category {category} is in two segments"
            yield Violation(where, problem, "give all its pixels one id")
        seen_stuff.add(category)


def _check_picture(
    folder: Path, annotation: Any, rgb: NDArray[Any], size: tuple[int, int]
) -> Iterator[Violation]:
    """The picture against its segments_info: ids, areas, boxes."""
    place = str(folder / annotation["file_name"])
    if rgb.shape[:2] != size:
        problem = f"size {rgb.shape[1]} x {rgb.shape[0]}, the image has {size[1]} x {size[0]}"
        yield Violation(place, problem, "write pictures at the image's size")
    ids = rgb.astype(np.int32) @ np.array([1, 256, 65536], dtype=np.int32)
    values, inverse, areas = np.unique(ids, return_inverse=True, return_counts=True)
    boxes = ndimage.find_objects(inverse.reshape(ids.shape) + 1)
    found = {}
    for value, area, (rows, columns) in zip(values.tolist(), areas.tolist(), boxes, strict=True):
        box = [columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start]
        found[value] = area, box
    infos = {info.get("id"): info for info in annotation["segments_info"]}
    for value in found.keys() - infos.keys() - {0}:
        problem = f"{found[value][0]} px of segment {value}, which segments_info lacks"
        yield Violation(place, problem, "list the segment, or write 0 (unlabelled)")
    for value, info in infos.items():
        if value == 0 or value not in found:
            problem = f"segment {value} has no pixel" if value else "0 stands for unlabelled"
            yield Violation(place, problem, "leave the segment out")
            continue
        for name, right in zip(("area", "bbox"), found[value], strict=True):
            if info.get(name, right) != right:
                problem = f"segment {value}: {name} {info[name]}, its pixels have {right}"
                yield Violation(place, problem, EXPORT_AGAIN)
