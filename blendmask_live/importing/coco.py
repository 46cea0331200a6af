"""COCO instances, with `track_id` where there is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.importing.reading import (
    at_place,
    check_size,
    load_json,
    main_file,
    segmentation_crop,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    tracked_instances,
)

__all__ = ["Categories", "read_coco"]


class Categories:
    """The `categories` of a COCO-like file: labels, and class ids by category id."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.labels = tuple(str(entry["name"]) for entry in entries)
        self.class_ids = {int(entry["id"]): row for row, entry in enumerate(entries)}

    def class_of(self, category_id: int) -> int:
        """Position in `labels`.

        Raises:
            ValueError: If the file does not name the category.
        """
        if category_id not in self.class_ids:
            raise ValueError(f"category {category_id} is not among the file's categories")
        return self.class_ids[category_id]


def read_coco(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `instances.json` or a file like it.

    Frames are the images' `frame_index` where they have one, else see `numbers_of_names`.
    An annotation without a track id is a track of its own.

    Raises:
        AnnotationError: If the file cannot be used.
    """
    path = main_file(path, "instances.json", "annotations.json")
    content = load_json(path)
    with at_place(str(path)):
        categories = Categories(content["categories"])
        images = {int(image["id"]): image for image in content["images"]}
        of_image: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for number, annotation in enumerate(content["annotations"]):
            with at_place(f"{path}: annotations[{number}]"):
                of_image[int(annotation["image_id"])].append(annotation)
        indices = _frame_indices(path, list(images.values()), target)
    unknown = of_image.keys() - images.keys()
    with at_place(str(path)):
        if unknown:
            raise ValueError(f"annotations of images that are not listed: {sorted(unknown)[:5]}")
    ids = _TrackIds(content["annotations"])
    frames = sorted((index, image_id) for image_id, index in indices.items())

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, image_id in frames:
            rows = [_row(path, entry, categories, ids, target) for entry in of_image[image_id]]
            if rows:
                place = f"{path}: frame {index}"
                yield (
                    index,
                    tracked_instances(rows, categories.labels, target.frame_size, place=place),
                )

    return ImportedSequence(categories.labels, read())


def _frame_indices(
    path: Path, images: list[dict[str, Any]], target: ImportTarget
) -> dict[int, int]:
    """Image id -> frame of the source."""
    for image in images:
        place = f"{path}: image {image['id']}"
        check_size(place, (int(image["height"]), int(image["width"])), target.frame_size)
    if all("frame_index" in image for image in images):
        numbers = FrameNumbers(None, target)
        wanted = [int(image["frame_index"]) for image in images]
    else:
        images = sorted(images, key=lambda image: str(image["file_name"]))
        numbers = FrameNumbers(path.parent, target)
        wanted = numbers.of_names([str(image["file_name"]) for image in images])
    return {
        int(image["id"]): numbers.index(number, f"{path}: image {image['id']}")
        for image, number in zip(images, wanted, strict=True)
    }


class _TrackIds:
    """The annotations' own track ids, and new ones for those that have none."""

    def __init__(self, annotations: list[dict[str, Any]]) -> None:
        known = [entry["track_id"] for entry in annotations if entry.get("track_id") is not None]
        self._free = count(max((int(value) for value in known), default=0) + 1)

    def of(self, annotation: dict[str, Any]) -> int:
        """A positive id."""
        own = annotation.get("track_id")
        track_id = next(self._free) if own is None else int(own)
        if track_id <= 0:
            raise ValueError(f"track_id {track_id}: expected a positive number")
        return track_id


def _row(
    path: Path,
    annotation: dict[str, Any],
    categories: Categories,
    ids: _TrackIds,
    target: ImportTarget,
) -> MaskRow:
    place = f"{path}: annotation {annotation.get('id')}"
    with at_place(place):
        crop = segmentation_crop(annotation["segmentation"], target.frame_size, place)
        class_id = categories.class_of(int(annotation["category_id"]))
        return MaskRow(ids.of(annotation), class_id, float(annotation.get("score", 1.0)), crop)
