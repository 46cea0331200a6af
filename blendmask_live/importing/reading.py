"""Opening files of other tools, with errors that name the file and the place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from pycocotools import mask as coco_mask

from blendmask_live.datatypes import CroppedMask
from blendmask_live.errors import AnnotationError
from blendmask_live.masks.crops import crop_mask
from blendmask_live.masks.rle_text import checked_rle

__all__ = [
    "at_place",
    "check_size",
    "load_json",
    "main_file",
    "open_png",
    "polygons_crop",
    "read_text",
    "segmentation_crop",
]


def main_file(path: Path, *names: str) -> Path:
    """`path` itself, or in a folder the first of these that is there.

    Raises:
        AnnotationError: If there is none.
    """
    if not path.is_dir():
        return path
    for name in names:
        if (path / name).is_file():
            return path / name
    raise AnnotationError(f"{path}: expected {' or '.join(names)} in this folder, found neither")


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        AnnotationError: If it cannot be read or is no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise AnnotationError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise AnnotationError(f"{path}: no UTF-8 text (byte {error.start})") from error


def load_json(path: Path) -> Any:
    """A file's JSON value.

    Raises:
        AnnotationError: If it cannot be read, or is no JSON (with the line).
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise AnnotationError(f"{path}: not valid JSON, {place}: {error.msg}") from error


@contextmanager
def at_place(place: str) -> Iterator[None]:
    """Turn what goes wrong with unexpected content into an error that says where."""
    try:
        yield
    except KeyError as error:
        raise AnnotationError(f"{place}: {error.args[0]!r} is missing") from error
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise AnnotationError(f"{place}: {error}") from error


def check_size(place: str, found: tuple[int, int], wanted: tuple[int, int]) -> None:
    """Both (height, width).

    Raises:
        AnnotationError: If they differ.
    """
    if found != wanted:
        raise AnnotationError(
            f"{place}: made for {found[1]} x {found[0]} px, the video has "
            f"{wanted[1]} x {wanted[0]} px; give the video that was annotated"
        )


def segmentation_crop(segmentation: Any, frame_size: tuple[int, int], place: str) -> CroppedMask:
    """The mask of a COCO-like segmentation: RLE of either form, or polygons.

    Raises:
        AnnotationError: If it cannot be read or is of another size.
    """
    with at_place(place):
        if isinstance(segmentation, list):
            return polygons_crop([np.reshape(ring, (-1, 2)) for ring in segmentation], frame_size)
        height, width = (int(value) for value in segmentation["size"])
        check_size(place, (height, width), frame_size)
        return _decoded(checked_rle(segmentation["counts"], height, width))


def polygons_crop(rings: Sequence[NDArray[np.float64]], frame_size: tuple[int, int]) -> CroppedMask:
    """The pixels inside any of some polygons, (K, 2) x, y each.

    Raises:
        ValueError: If a polygon has fewer than three points.
    """
    if not rings:
        return CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))
    if any(ring.ndim != 2 or len(ring) < 3 for ring in rings):
        raise ValueError("a polygon needs three points or more")
    flat = [np.asarray(ring, dtype=np.float64).ravel().tolist() for ring in rings]
    return _decoded(coco_mask.merge(coco_mask.frPyObjects(flat, *frame_size)))


def _decoded(rle: dict[str, Any]) -> CroppedMask:
    x, y, w, h = (int(value) for value in coco_mask.toBbox(rle))
    if not w or not h:
        return CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))
    mask = coco_mask.decode(rle)[y : y + h, x : x + w]
    return CroppedMask(x, y, np.ascontiguousarray(mask).astype(bool))


def open_png(path: Path, *, modes: Sequence[str], wanted: str) -> NDArray[np.integer[Any]]:
    """The values of a picture of one of these Pillow modes.

    Raises:
        AnnotationError: If it cannot be read or is of another kind; `wanted` names the right one.
    """
    try:
        with Image.open(path) as picture:
            if picture.mode not in modes:
                raise AnnotationError(f"{path}: expected {wanted}, found mode {picture.mode}")
            return np.asarray(picture)
    except UnidentifiedImageError as error:
        raise AnnotationError(f"{path}: expected {wanted}, found no picture") from error
    except (OSError, SyntaxError) as error:
        raise AnnotationError(f"{path}: the picture is damaged ({error})") from error


def crops_of_values(
    values: NDArray[np.integer[Any]], ignored: frozenset[int]
) -> Iterator[tuple[int, CroppedMask]]:
    """Each value of an (H, W) picture but the ignored ones, and its pixels."""
    for value in np.unique(values).tolist():
        if value not in ignored:
            yield value, crop_mask(values == value)
