"""COCO instances with or without tracks, and CocoVID."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.importing.frame_names import number_in_names
from blendmask_live.importing.identities import TrackIds, entry_id, usable_identity
from blendmask_live.importing.reading import (
    SIZES_NOT_TOLD,
    at_place,
    check_size,
    load_annotations,
    main_file,
    segmentation_crop,
    stated_size,
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
        self.class_ids = {entry_id(entry["id"]): row for row, entry in enumerate(entries)}

    def class_of(self, category_id: Any) -> int:
        """Position in `labels`.

        Raises:
            ValueError: If the file does not name the category.
        """
        known = self.class_ids.get(entry_id(category_id))
        if known is None:
            raise ValueError(f"category {category_id} is not among the file's categories")
        return known


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
        of_image = _by_image(path, content, remarks)
        numbers = FrameNumbers(path.parent, target)
        indices = _frame_indices(path, list(images.values()), numbers, target)
        if None in map(_size, images.values()):
            numbers.assumptions.append(SIZES_NOT_TOLD)
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


def _by_image(
    path: Path, content: dict[str, Any], remarks: Remarks
) -> dict[int | str, list[dict[str, Any]]]:
    """Annotations by the image that they are of; those of no image are left out."""
    of_image: dict[int | str, list[dict[str, Any]]] = {
        entry_id(image["id"]): [] for image in content["images"]
    }
    for number, annotation in enumerate(content["annotations"]):
        with remarks.odd_shapes(f"{path.name}: annotations[{number}]"):
            if not isinstance(annotation, dict):
                raise ValueError(f"expected an object, found {annotation!r}")
            image_id = entry_id(annotation["image_id"])
            if image_id not in of_image:
                raise ValueError("its image is not listed")
            of_image[image_id].append(annotation)
    return of_image


def _images(
    path: Path, content: dict[str, Any], target: ImportTarget
) -> dict[int | str, dict[str, Any]]:
    """Images of the one video, by id."""
    images = {entry_id(image["id"]): image for image in content["images"]}
    videos = content.get("videos") or []
    if len(videos) > 1 and all("video_id" in image for image in images.values()):
        of_video: dict[Any, dict[int | str, dict[str, Any]]] = defaultdict(dict)
        for image_id, image in images.items():
            of_video[entry_id(image["video_id"])][image_id] = image
        fitting = [
            video
            for video in videos
            if 0 < len(of_video[entry_id(video["id"])]) <= target.frame_count
            and all(
                _size(image) in (None, target.frame_size)
                for image in of_video[entry_id(video["id"])].values()
            )
        ]
        images = of_video[entry_id(only_fitting_video(videos, fitting, target)["id"])]
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
    named = [video for video in videos if target.name and target.name in _names(video)]
    if len(named) == 1 and named[0] not in fitting:
        raise ValueError(f"its video {target.name} has another size or more frames than this one")
    for choice in ([video for video in named if video in fitting], fitting):
        if len(choice) == 1:
            return choice[0]
    raise ValueError(
        f"holds {len(videos)} videos, {len(fitting)} of which fit; give a file of one video"
    )


def _names(video: dict[str, Any]) -> set[str]:
    """What a file calls a video, without folders and suffix; else the folder of its pictures."""
    told = [video[key] for key in ("name", "file_name") if video.get(key)]
    folders = [Path(str(name)).parent for name in (video.get("file_names") or [])[:1]]
    return {Path(str(name)).stem for name in told or folders}


def _size(image: dict[str, Any]) -> tuple[int, int] | None:
    return stated_size(image.get("height"), image.get("width"))


def _frame_indices(
    path: Path, images: list[dict[str, Any]], numbers: FrameNumbers, target: ImportTarget
) -> dict[int | str, int | None]:
    """Image id -> frame of the source; None for a picture that is not in the folder.

    By `frame_index` (ours: the source's own), else by the pictures' names where the source is
    a folder, else by `frame_id` (CocoVID: from 0), else by the numbers in the names.
    """
    place = str(path)
    names = [str(image.get("file_name") or image.get("coco_url", "")) for image in images]
    wanted: list[int | None]
    if all("frame_index" in image for image in images):
        numbers = FrameNumbers(None, target)
        wanted = [int(image["frame_index"]) - (target.first_frame or 0) for image in images]
    elif all("frame_id" in image for image in images) and not target.picture_names:
        ids = [int(image["frame_id"]) for image in images]
        # Some tools write the names' numbers, which may count from 1.
        usual = None if ids == number_in_names(names, target.frame_count) else 0
        known = numbers.of_numbers(ids, usual=usual, place=place)
        wanted = [known[number] for number in ids]
    else:
        spellings = [names]
        original = [(image.get("extra") or {}).get("name") for image in images]
        if all(isinstance(name, str) for name in original):
            # Roboflow's own name is made of this one.
            spellings.append([str(name) for name in original])
        wanted = numbers.of_names(*spellings, place=place)
    return {
        entry_id(image["id"]): None
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
    class_id = categories.class_of(annotation["category_id"])
    segmentation = usable_rings(
        annotation.get("segmentation"), target.frame_size, remarks=remarks, place=place
    )
    crop = segmentation_crop(segmentation, target.frame_size, place)
    return MaskRow(identities.of(annotation), class_id, usable_score(annotation.get("score")), crop)
