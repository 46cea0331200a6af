"""COCO instances with or without tracks, and CocoVID."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.importing.identities import TrackIds, usable_identity
from blendmask_live.importing.reading import (
    at_place,
    check_size,
    load_annotations,
    main_file,
    segmentation_crop,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    Remarks,
    tracked_instances,
    usable_rings,
    usable_score,
)

__all__ = ["Categories", "only_fitting_video", "read_coco"]

_IDENTITIES: Final = ("track_id", "instance_id", "object_id", "tracking_id")


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

    Frames are the images' `frame_index` where they have one; else see `_frame_indices`. An
    annotation without an identity is a track of its own.

    Raises:
        AnnotationError: If the file cannot be used.
    """
    path = main_file(path, "instances.json", "annotations.json")
    content = load_annotations(path)
    remarks = Remarks()
    with at_place(str(path)):
        categories = Categories(content["categories"])
        images = _images(path, content, target)
        listed = {int(image["id"]) for image in content["images"]}
        of_image: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for number, annotation in enumerate(content["annotations"]):
            with at_place(f"{path}: annotations[{number}]"):
                of_image[int(annotation["image_id"])].append(annotation)
        unknown = of_image.keys() - listed
        if unknown:
            raise ValueError(f"annotations of images that are not listed: {sorted(unknown)[:5]}")
        numbers = FrameNumbers(path.parent, target)
        indices = _frame_indices(path, list(images.values()), numbers, target)
        known = [index for index in indices.values() if index is not None]
        if len(set(known)) < len(known):
            raise ValueError("several images are of one frame; give a file with each frame once")
    used = [entry for image_id in images for entry in of_image[image_id]]
    with at_place(str(path)):
        identities = _Identities(used)
    frames = sorted((index, image) for image, index in indices.items() if index is not None)
    for image_id in (image for image, index in indices.items() if index is None):
        for _ in of_image[image_id]:
            name = str(images[image_id].get("file_name"))
            remarks.leave_out("its picture is not in the folder", name)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, image_id in frames:
            rows = []
            for entry in of_image[image_id]:
                place = f"{path.name}: annotation {entry.get('id')}"
                with remarks.odd_shapes(place):
                    rows.append(_row(entry, categories, identities, target, remarks, place))
            if rows:
                place = f"frame {index}"
                tracked = tracked_instances(
                    rows, categories.labels, target.frame_size, remarks=remarks, place=place
                )
                yield index, tracked

    return ImportedSequence(categories.labels, read(), numbers.assumptions, remarks)


def _images(path: Path, content: dict[str, Any], target: ImportTarget) -> dict[int, dict[str, Any]]:
    """Images of the one video, by id."""
    images = {int(image["id"]): image for image in content["images"]}
    videos = content.get("videos") or []
    if len(videos) > 1 and all("video_id" in image for image in images.values()):
        of_video: dict[Any, dict[int, dict[str, Any]]] = defaultdict(dict)
        for image_id, image in images.items():
            of_video[image["video_id"]][image_id] = image
        fitting = [
            video
            for video in videos
            if len(of_video[video["id"]]) <= target.frame_count
            and all(_size(image) == target.frame_size for image in of_video[video["id"]].values())
        ]
        images = of_video[only_fitting_video(videos, fitting, target)["id"]]
    for image in images.values():
        check_size(f"{path}: image {image['id']}", _size(image), target.frame_size)
    return images


def only_fitting_video(
    videos: list[dict[str, Any]], fitting: list[dict[str, Any]], target: ImportTarget
) -> dict[str, Any]:
    """The only one of several videos that may be the target, by size and length or by name.

    Raises:
        ValueError: If none or several may.
    """
    named = [
        video
        for video in fitting
        if target.name and Path(str(video.get("name", ""))).stem == target.name
    ]
    for choice in (fitting, named):
        if len(choice) == 1:
            return choice[0]
    raise ValueError(
        f"holds {len(videos)} videos, {len(fitting)} of which fit; give a file of one video"
    )


def _size(image: dict[str, Any]) -> tuple[int, int]:
    return int(image["height"]), int(image["width"])


def _frame_indices(
    path: Path, images: list[dict[str, Any]], numbers: FrameNumbers, target: ImportTarget
) -> dict[int, int | None]:
    """Image id -> frame of the source; None for a picture that is not in the folder.

    By `frame_index` (ours: the source's own), else by the pictures' names where the source is
    a folder, else by `frame_id` (CocoVID: from 0), else by the numbers in the names.
    """
    place = str(path)
    wanted: list[int | None]
    if all("frame_index" in image for image in images):
        numbers = FrameNumbers(None, target)
        wanted = [int(image["frame_index"]) for image in images]
    elif all("frame_id" in image for image in images) and not target.picture_names:
        ids = [int(image["frame_id"]) for image in images]
        known = numbers.of_numbers(ids, usual=0, place=place)
        wanted = [known[number] for number in ids]
    else:
        spellings = [[str(image["file_name"]) for image in images]]
        original = [(image.get("extra") or {}).get("name") for image in images]
        if all(isinstance(name, str) for name in original):
            # Roboflow's own name is made of this one.
            spellings.append([str(name) for name in original])
        wanted = numbers.of_names(*spellings, place=place)
    return {
        int(image["id"]): None
        if number is None
        else numbers.index(number, f"{path}: image {image['id']}")
        for image, number in zip(images, wanted, strict=True)
    }


class _Identities:
    """Track ids of annotations, from whichever field the file has."""

    def __init__(self, annotations: list[dict[str, Any]]) -> None:
        self._field = next(
            (name for name in _IDENTITIES if any(_value(a, name) is not None for a in annotations)),
            "",
        )
        self._is_per_class = False
        keys = [(a["image_id"], self._key(a), a.get("category_id")) for a in annotations]
        seen: dict[Any, Any] = {}
        # The same id twice in a picture, with two classes: each class counts for itself.
        self._is_per_class = any(
            key is not None and seen.setdefault((image, key), category) != category
            for image, key, category in keys
        )
        self._ids = TrackIds([(self._key(a), _value(a, self._field)) for a in annotations])

    def _key(self, annotation: dict[str, Any]) -> Any:
        value = _value(annotation, self._field)
        if value is None or not self._is_per_class:
            return value
        return value, str(annotation.get("category_id"))

    def of(self, annotation: dict[str, Any]) -> int:
        """A positive id."""
        key = self._key(annotation)
        return self._ids.new() if key is None else self._ids.of(key)


def _value(annotation: dict[str, Any], name: str) -> int | str | None:
    attributes = annotation.get("attributes")
    inner = attributes.get(name) if isinstance(attributes, dict) else None
    own = usable_identity(annotation.get(name))
    return usable_identity(inner) if own is None else own


def _row(
    annotation: dict[str, Any],
    categories: Categories,
    identities: _Identities,
    target: ImportTarget,
    remarks: Remarks,
    place: str,
) -> MaskRow:
    class_id = categories.class_of(int(annotation["category_id"]))
    segmentation = usable_rings(
        annotation.get("segmentation"), target.frame_size, remarks=remarks, place=place
    )
    crop = segmentation_crop(segmentation, target.frame_size, place)
    return MaskRow(identities.of(annotation), class_id, usable_score(annotation.get("score")), crop)
