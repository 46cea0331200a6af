"""DAVIS palette pictures, and masks as other tools save them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.export.davis import IDS_PER_PART
from blendmask_live.importing.mask_pictures import object_values
from blendmask_live.importing.reading import (
    check_size,
    crops_of_values,
    numbered_parts,
    shown_files,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    Remarks,
    tracked_instances,
)

__all__ = ["objects_by_number", "objects_in_picture", "read_davis"]

_VOID: Final = frozenset({254, 255})
_SOFT_VALUES: Final = 16
_LOOKED_AT: Final = 10


def read_davis(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `00000.png`... and those in `part2`...; every object is of class "object".

    The value of a pixel is its object; 0 is background. 254 and 255 are void beside other
    objects; where nothing else occurs (masks of 0 and 255), they are the object, and so is 128
    and up where there are many greys (`_are_soft`). Pictures may
    be palette, grey, 1-bit or 16-bit ones, or in the colours of the DAVIS palette.

    Raises:
        AnnotationError: If a picture cannot be used.
    """
    files: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    # Parts without an object are not written: part3 may follow on the first.
    parts = {number - 1: folder for number, folder in numbered_parts(path)}
    for part, folder in sorted((parts | {0: path}).items()):
        for file in shown_files(folder, ".png"):
            files[file.name].append((part, file))
    if not files:
        raise AnnotationError(f"{path}: expected pictures like 00000.png, found none")
    names = sorted(files)
    numbers = FrameNumbers(path, target)
    remarks = Remarks()
    places = []
    for number, name in zip(numbers.of_names(names, place=str(path)), names, strict=True):
        if number is None:
            remarks.leave_out("its picture is not in the folder", name)
        else:
            places.append((numbers.index(number, str(path / name)), name))
    places.sort()
    ignored = _ignored(_values(file, target) for _, name in places for _, file in files[name])
    # Objects 1 and 2.
    is_plain = ignored == {0}
    if is_plain:
        numbers.assumptions.append("pixels of 255 (or 254) alone are one object, not void")
    is_soft = not is_plain and _are_soft(
        _values(file, target) for _, name in places for _, file in files[name]
    )
    if is_soft:
        numbers.assumptions.append(
            "pictures with many greys between 0 and 255 are masks of one object, from 128 up"
        )
    labels = ("object",)

    def values_of(file: Path) -> NDArray[np.int64]:
        values = _values(file, target)
        return np.where(values >= 128, 1, 0) if is_soft else values

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, name in places:
            rows = [
                MaskRow(part * IDS_PER_PART + (256 - value if is_plain else value), 0, 1.0, crop)
                for part, file in files[name]
                for value, crop in crops_of_values(values_of(file), ignored)
            ]
            if rows:
                tracked = tracked_instances(
                    rows, labels, target.frame_size, remarks=remarks, place=name
                )
                yield index, tracked

    return ImportedSequence(labels, read(), numbers.assumptions, remarks)


def objects_in_picture(path: Path) -> list[NDArray[np.bool_]]:
    """(H, W) mask of each object in one picture, in the order of their numbers; as `read_davis`.

    Raises:
        AnnotationError: If it cannot be used.
    """
    return list(objects_by_number(path).values())


def objects_by_number(path: Path) -> dict[int, NDArray[np.bool_]]:
    """Object number -> (H, W) mask in one picture; a single object in white has number 1.

    Raises:
        AnnotationError: If it cannot be used.
    """
    values = object_values(path)
    if _are_soft([values]):
        return {1: values >= 128}
    ignored = _ignored([values])
    numbers = [number for number in np.unique(values).tolist() if number not in ignored]
    is_plain = ignored == {0}
    return {256 - n if is_plain else n: values == n for n in sorted(numbers, reverse=is_plain)}


def _values(file: Path, target: ImportTarget) -> NDArray[np.int64]:
    values = object_values(file)
    height, width = values.shape
    check_size(str(file), (height, width), target.frame_size)
    return values


def _ignored(pictures: Iterable[NDArray[np.int64]]) -> frozenset[int]:
    """Values that are no object: void only where something else is one."""
    seen: set[int] = set()
    for values in pictures:
        seen.update(np.unique(values).tolist())
        if seen - _VOID - {0}:
            return _VOID | {0}
    return frozenset({0}) if seen & _VOID else _VOID | {0}


def _are_soft(pictures: Iterable[NDArray[np.int64]]) -> bool:
    """Whether grey tells how much of a pixel the object covers, as after scaling or JPEG.

    There are many values then, which numbers of objects from 1 up do not explain, and most
    pixels are 255. The first pictures with masks tell.
    """
    counts = np.zeros(256, dtype=np.int64)
    for values in islice((v for v in pictures if v.any()), _LOOKED_AT):
        if values.max() > 255:
            return False
        counts += np.bincount(values.ravel(), minlength=256)
    greys = np.flatnonzero(counts[1:255]) + 1
    return bool(
        len(greys) >= _SOFT_VALUES and greys[-1] > len(greys) and counts[255] > counts[greys].max()
    )
