"""COCO-format data sets: pictures with instance masks, and how complete their labels are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import DatasetError
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.segmentations import crop_of_rle, ring_points, segmentation_rle

__all__ = [
    "Annotation",
    "DataSet",
    "Picture",
    "category_names",
    "drawable_rle",
    "load_data_set",
]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One labelled object; its mask is decoded on request."""

    class_id: int
    """Position in the data set's labels."""
    segmentation: Any
    """COCO polygons or RLE."""
    is_crowd: bool
    annotation_id: int | None = None
    """The data set's own number of this object, for messages."""
    file: Path | None = None
    """Where it stands, for messages."""

    def mask(self, height: int, width: int) -> CroppedMask:
        """The object's pixels in a picture of this size.

        Raises:
            DatasetError: If the segmentation is malformed or belongs to another size.
        """
        try:
            return crop_of_rle(drawable_rle(self.segmentation, (height, width)))
        except ValueError as error:
            raise DatasetError(
                f"{self.file}: annotation {self.annotation_id}: its segmentation cannot be drawn "
                f"in a picture of {width} x {height} px ({error}); repair or remove it"
            ) from error


def drawable_rle(segmentation: Any, frame_size: tuple[int, int]) -> dict[str, Any]:
    """Compressed RLE of a data set's segmentation; polygons of one or two points have no pixels.

    Raises:
        ValueError: If it is malformed or belongs to another size (height, width).
    """
    if isinstance(segmentation, list):
        segmentation = [ring for ring in segmentation if len(ring_points(ring)) >= 3]
    return segmentation_rle(segmentation, frame_size)


@dataclass(frozen=True, slots=True)
class Picture:
    """One photograph and what is labelled in it."""

    path: Path
    image_id: int
    annotations: tuple[Annotation, ...]
    exhaustive: NDArray[np.bool_]
    """(classes,) True where every object of the class is labelled."""
    size: tuple[int, int] | None = None
    """(height, width) px that its annotations are made for, where they tell."""

    def load(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB, upright as its file says, or as stored where only that fits `size`.

        Raises:
            DatasetError: If the file is missing, no picture, or of another size than annotated.
        """
        is_file = self.path.is_file()
        encoded = np.fromfile(self.path, dtype=np.uint8) if is_file else np.zeros(0, dtype=np.uint8)
        image = _decoded(encoded, cv2.IMREAD_COLOR)
        if image is not None and not self._fits(image):
            image = _decoded(encoded, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if image is None:
            raise DatasetError(f"{self.path}: not a readable picture; repair or remove its entry")
        if self.size is not None and not self._fits(image):
            raise DatasetError(
                f"{self.path}: has {image.shape[1]} x {image.shape[0]} px, its annotations are for "
                f"{self.size[1]} x {self.size[0]} px; give the pictures that were annotated"
            )
        return np.ascontiguousarray(image[:, :, ::-1])

    def _fits(self, image: NDArray[np.uint8]) -> bool:
        return self.size in (None, image.shape[:2])


def _decoded(encoded: NDArray[np.uint8], mode: int) -> NDArray[np.uint8] | None:
    # OpenCV raises for an empty buffer but returns None for a damaged one.
    image = cv2.imdecode(encoded, mode) if encoded.size else None
    return None if image is None else np.asarray(image, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Pictures with instance masks."""

    pictures: tuple[Picture, ...]
    labels: tuple[str, ...]


def load_data_set(images: Path, annotations: Path | None, labels: tuple[str, ...]) -> DataSet:
    """Read a COCO-format data set, or a folder of unlabelled pictures.

    Args:
        images: Folder of the pictures.
        annotations: COCO instances JSON; None for unlabelled pictures. Each image may have
            `exhaustive`: `["*"]` (the default), or the class names that are fully labelled.
        labels: The network's classes; categories are matched by name.

    Raises:
        DatasetError: If a file is missing or malformed, or a category is unknown.
    """
    if annotations is None:
        unlabelled = np.zeros(len(labels), dtype=bool)
        paths = sorted(p for p in images.glob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
        pictures = tuple(Picture(path, i, (), unlabelled) for i, path in enumerate(paths))
    else:
        pictures = _read_coco(images, annotations, labels)
    if not pictures:
        raise DatasetError(f"{images}: no pictures found; name a folder of .jpg or .png files")
    return DataSet(pictures, labels)


def category_names(annotations: Path) -> tuple[str, ...]:
    """The categories of a COCO instances JSON, in the order of their ids.

    Raises:
        DatasetError: If the file is missing or malformed, or names no category.
    """
    with _readable(annotations):
        content = json.loads(annotations.read_text(encoding="utf-8"))
        names = tuple(c["name"] for c in sorted(content["categories"], key=lambda c: c["id"]))
    if not names:
        raise DatasetError(f"{annotations}: names no categories; add those of its objects")
    return names


@contextmanager
def _readable(annotations: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatasetError(f"{annotations}: cannot be read ({error.strerror})") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{annotations}: not COCO instances JSON ({error!r})") from error


def _read_coco(images: Path, annotations: Path, labels: tuple[str, ...]) -> tuple[Picture, ...]:
    with _readable(annotations):
        content = json.loads(annotations.read_text(encoding="utf-8"))
        names = {c["id"]: c["name"] for c in content["categories"]}
        used = {a["category_id"] for a in content["annotations"]}
        unknown = sorted(names.get(i, str(i)) for i in used if names.get(i) not in labels)
        if unknown:
            raise DatasetError(
                f"{annotations}: classes {', '.join(unknown[:5])} are not among the network's; "
                "rename them, or train with --labels-from-data"
            )
        by_image: dict[int, list[Annotation]] = {}
        for entry in content["annotations"]:
            if not entry.get("segmentation"):
                continue
            by_image.setdefault(entry["image_id"], []).append(
                Annotation(
                    class_id=labels.index(names[entry["category_id"]]),
                    segmentation=entry["segmentation"],
                    is_crowd=bool(entry.get("iscrowd", 0)),
                    annotation_id=entry.get("id"),
                    file=annotations,
                )
            )
        return tuple(
            Picture(
                path=images / image["file_name"],
                image_id=image["id"],
                annotations=tuple(by_image.get(image["id"], ())),
                exhaustive=_exhaustive(image.get("exhaustive", ["*"]), labels),
                size=_size(image),
            )
            for image in content["images"]
        )


def _size(image: dict[str, Any]) -> tuple[int, int] | None:
    if image.get("height") is None or image.get("width") is None:
        return None
    return int(image["height"]), int(image["width"])


def _exhaustive(names: list[str], labels: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array(["*" in names or label in names for label in labels])
