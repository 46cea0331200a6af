"""labelme: a folder of JSON files, one for each frame."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from blendmask_live.datatypes import CroppedMask, TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import at_place, check_size, load_json, polygons_crop
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    tracked_instances,
)
from blendmask_live.masks.crops import crop_mask

__all__ = ["mask_of_shape", "read_labelme"]


def read_labelme(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read masks, polygons and rectangles; shapes of one group (and label) are one object.

    A group is a track. A shape without a group is a track of its own.

    Raises:
        AnnotationError: If a file cannot be used.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    contents = [(file, load_json(file)) for file in files]
    contents = [(file, c) for file, c in contents if isinstance(c, dict) and "shapes" in c]
    if not contents:
        raise AnnotationError(f"{path}: expected JSON files with 'shapes', found none")
    labels: dict[str, int] = {}
    last_id = 0
    for file, content in contents:
        with at_place(str(file)):
            found = int(content["imageHeight"]), int(content["imageWidth"])
            check_size(str(file), found, target.frame_size)
            for shape in content["shapes"]:
                labels.setdefault(str(shape["label"]), len(labels))
                last_id = max(last_id, int(shape.get("group_id") or 0))
    free_ids = count(last_id + 1)
    numbers = FrameNumbers(contents[0][0].parent, target)
    order = numbers.of_names([file.name for file, _ in contents])
    indices = [numbers.index(n, str(file)) for n, (file, _) in zip(order, contents, strict=True)]

    names = tuple(labels)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, (file, content) in sorted(
            zip(indices, contents, strict=True), key=lambda item: item[0]
        ):
            rows = _rows(file, content["shapes"], labels, free_ids, target)
            if rows:
                yield index, tracked_instances(rows, names, target.frame_size, place=str(file))

    return ImportedSequence(names, read())


def _rows(
    file: Path,
    shapes: list[dict[str, Any]],
    labels: dict[str, int],
    free_ids: count[int],
    target: ImportTarget,
) -> list[MaskRow]:
    whole: dict[int, tuple[int, Any]] = {}
    for number, shape in enumerate(shapes):
        with at_place(f"{file}: shapes[{number}]"):
            own = shape.get("group_id")
            track_id = next(free_ids) if own is None else int(own)
            if track_id <= 0:
                raise ValueError(f"group_id {track_id}: expected a positive number")
            crop = mask_of_shape(shape, target.frame_size)
            blank = np.zeros(target.frame_size, dtype=bool)
            _, pixels = whole.setdefault(track_id, (labels[str(shape["label"])], blank))
            x0, y0, x1, y1 = crop.box
            pixels[y0:y1, x0:x1] |= crop.mask
    return [
        MaskRow(track_id, class_id, 1.0, crop_mask(pixels))
        for track_id, (class_id, pixels) in whole.items()
    ]


def mask_of_shape(shape: dict[str, Any], frame_size: tuple[int, int]) -> CroppedMask:
    """The pixels of one shape.

    Raises:
        ValueError, KeyError: If it is not a mask, polygon or rectangle inside the frame.
    """
    kind = shape.get("shape_type") or "polygon"
    points = np.array(shape["points"], dtype=np.float64)
    if kind == "polygon":
        return polygons_crop([points], frame_size)
    if kind not in ("mask", "rectangle"):
        raise ValueError(f"shape_type {kind!r}: only mask, polygon and rectangle have pixels")
    (x0, y0), (x1, y1) = points
    if kind == "rectangle":
        return polygons_crop([np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])], frame_size)
    mask = _decoded_png(shape["mask"])
    # Points are the first and the last pixel.
    wanted = int(y1) - int(y0) + 1, int(x1) - int(x0) + 1
    if mask.shape != wanted:
        raise ValueError(f"mask of {mask.shape}, its points need {wanted}")
    if x0 < 0 or y0 < 0 or int(x1) >= frame_size[1] or int(y1) >= frame_size[0]:
        raise ValueError("the mask leaves the frame")
    return CroppedMask(int(x0), int(y0), mask)


def _decoded_png(text: Any) -> Any:
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as picture:
            return np.asarray(picture) > 0
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, TypeError) as error:
        raise ValueError("'mask' is no picture in base64") from error
