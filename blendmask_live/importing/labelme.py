"""labelme: a folder of JSON files, one for each frame."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from blendmask_live.datatypes import CroppedMask, TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.identities import TrackIds, usable_identity
from blendmask_live.importing.reading import (
    SIZES_NOT_TOLD,
    at_place,
    check_size,
    load_json,
    shown_files,
    stated_size,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    Remarks,
    tracked_instances,
)
from blendmask_live.importing.shapes import (
    box_ring,
    cut_to_frame,
    disc_as_labelme,
    stroke_as_labelme,
)
from blendmask_live.masks.segmentations import polygons_crop

__all__ = ["mask_of_shape", "read_labelme"]

_POINT_RADIUS_PX: Final = 5
_RINGS: Final = frozenset({"polygon", "oriented_rectangle", "rotation"})
"""X-AnyLabeling calls turned rectangles "rotation"."""


def read_labelme(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read a folder of files or one file; shapes of one label and group are one object.

    A shape without a group is a track of its own.

    Raises:
        AnnotationError: If a file cannot be used.
    """
    files = shown_files(path, ".json") if path.is_dir() else [path]
    contents = [(file, load_json(file)) for file in files]
    contents = [(file, c) for file, c in contents if isinstance(c, dict) and "shapes" in c]
    if not contents:
        raise AnnotationError(f"{path}: expected JSON files with 'shapes', found none")
    labels: dict[str, int] = {}
    remarks = Remarks()
    for file, content in contents:
        with at_place(str(file)):
            found = stated_size(content.get("imageHeight"), content.get("imageWidth"))
            check_size(str(file), found, target.frame_size)
            content["shapes"] = _shapes(file, content["shapes"] or [], remarks)
            for _, shape in content["shapes"]:
                labels.setdefault(str(shape["label"]), len(labels))
    numbers = FrameNumbers(contents[0][0].parent, target)
    frames = [[shape for _, shape in content["shapes"]] for _, content in contents]
    objects = _Objects(frames, is_ours=numbers.is_ours)
    indices = _frame_indices(path, contents, numbers)
    if any(not content.get("imageHeight") for _, content in contents):
        numbers.assumptions.append(SIZES_NOT_TOLD)
    names = tuple(labels)
    known = []
    for index, (file, content) in zip(indices, contents, strict=True):
        if index is not None:
            known.append((index, file, content))
        for _ in content["shapes"] if index is None else ():
            remarks.leave_out("its picture is not in the folder", file.name)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, file, content in sorted(known, key=lambda item: item[0]):
            rows = []
            for place, shape in content["shapes"]:
                with remarks.odd_shapes(place):
                    crop = mask_of_shape(shape, target.frame_size)
                    class_id = labels[str(shape["label"])]
                    rows.append(MaskRow(objects.track_of(shape), class_id, 1.0, crop))
            if rows:
                # Parts of a group are usual here.
                tracked = tracked_instances(
                    rows, names, target.frame_size, remarks=Remarks(), place=str(file)
                )
                yield index, tracked

    return ImportedSequence(names, read(), numbers.assumptions, remarks)


def _shapes(file: Path, entries: Any, remarks: Remarks) -> list[tuple[str, dict[str, Any]]]:
    """Shapes with a label, and their places for people."""
    found = []
    for number, entry in enumerate(entries):
        place = f"{file.name}: shapes[{number}]"
        with remarks.odd_shapes(place):
            if not isinstance(entry, dict):
                raise ValueError(f"expected an object, found {entry!r}")
            entry["label"]
            found.append((place, entry))
    return found


class _Objects:
    """Which shapes are one object: those of a label and group, as in labelme.

    In our exports the group alone is the track, whose class may change from frame to frame.
    """

    def __init__(self, frames: list[list[dict[str, Any]]], *, is_ours: bool) -> None:
        self._by_label = not is_ours or any(
            len({str(shape["label"]) for shape in shapes if _group(shape) == group}) > 1
            for shapes in frames
            for group in {_group(shape) for shape in shapes} - {None}
        )
        self._ids = TrackIds(
            [(self._key(shape), _group(shape)) for shapes in frames for shape in shapes]
        )

    def track_of(self, shape: dict[str, Any]) -> int:
        """A positive id; a new one for a shape without a group."""
        key = self._key(shape)
        return self._ids.new() if key is None else self._ids.of(key)

    def _key(self, shape: dict[str, Any]) -> Hashable:
        group = _group(shape)
        return (str(shape["label"]), group) if self._by_label and group is not None else group


def _group(shape: dict[str, Any]) -> int | str | None:
    return usable_identity(shape.get("group_id"))


def _frame_indices(
    path: Path, contents: list[tuple[Path, Any]], numbers: FrameNumbers
) -> list[int | None]:
    spellings = [[file.name for file, _ in contents]]
    pictures = [str(content.get("imagePath") or "") for _, content in contents]
    if all(pictures) and len(set(pictures)) == len(pictures):
        spellings.append(pictures)
    found = numbers.of_names(*spellings, place=str(path))
    return [
        None if number is None else numbers.index(number, str(file))
        for number, (file, _) in zip(found, contents, strict=True)
    ]


def mask_of_shape(shape: dict[str, Any], frame_size: tuple[int, int]) -> CroppedMask:
    """The pixels of one shape, cut to the frame.

    Polygons and rectangles of either kind have the pixels whose centres they enclose. Masks,
    circles, points (radius 5 px), lines and line strips (10 px wide) have those that labelme
    7.9 paints.

    Raises:
        ValueError, KeyError, TypeError: If it has no area or cannot be drawn.
    """
    kind = shape.get("shape_type") or "polygon"
    points = shape["points"]
    if kind in _RINGS or (kind == "rectangle" and len(points) == 4):
        return polygons_crop([points], frame_size)
    if kind in ("line", "linestrip"):
        return stroke_as_labelme(points, frame_size)
    if kind == "point":
        (centre,) = points
        return disc_as_labelme(centre, _POINT_RADIUS_PX, frame_size)
    if kind not in ("circle", "mask", "rectangle"):
        raise ValueError(f"shape_type {kind!r} has no pixels")
    if len(points) != 2:
        raise ValueError(f"a {kind} needs two points, this one has {len(points)}")
    (x0, y0), (x1, y1) = points
    if kind == "rectangle":
        return polygons_crop([box_ring(x0, y0, x1, y1)], frame_size)
    if kind == "circle":
        return disc_as_labelme((x0, y0), float(np.hypot(x1 - x0, y1 - y0)), frame_size)
    # The first point is the first pixel, rounded as labelme does.
    crop = CroppedMask(round(x0), round(y0), _decoded_png(shape["mask"]))
    return cut_to_frame(crop, frame_size)


def _decoded_png(text: Any) -> NDArray[np.bool_]:
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as picture:
            mask: NDArray[np.bool_] = np.asarray(picture) > 0
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, TypeError) as error:
        raise ValueError("'mask' is no picture in base64") from error
    if mask.ndim != 2:
        raise ValueError("'mask' is no picture of one channel")
    return mask
