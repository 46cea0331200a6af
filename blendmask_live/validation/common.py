"""Checks that several formats share."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from pycocotools import mask as coco_mask

from blendmask_live.counting import counted
from blendmask_live.importing.frames_csv import frames_csv
from blendmask_live.masks.segmentations import segmentation_rle
from blendmask_live.validation.report import Violation

__all__ = [
    "EXPORT_AGAIN",
    "check_frames_csv",
    "check_mask_numbers",
    "check_numbering",
    "check_segmentation",
    "missing_keys",
    "read_frames_csv",
]

EXPORT_AGAIN: Final = "export again, or restore the file"


def missing_keys(item: Any, keys: Iterable[str], place: str) -> list[Violation]:
    """One violation for each key that is not in a JSON object."""
    if not isinstance(item, dict):
        return [Violation(place, f"expected an object, found {type(item).__name__}", EXPORT_AGAIN)]
    return [
        Violation(place, f"{key!r} is missing", f"add {key!r}, which readers need")
        for key in keys
        if key not in item
    ]


def check_segmentation(
    segmentation: Any, size: tuple[int, int], place: str
) -> tuple[list[Violation], dict[str, Any] | None]:
    """Violations of a mask, and its RLE if it has none.

    Args:
        segmentation: RLE of either form, or polygons.
        size: (height, width) of the picture, px.
        place: For messages.
    """
    if segmentation == []:
        return [Violation(place, "it has no outline or mask", "add one, or remove it")], None
    if not isinstance(segmentation, list):
        found = missing_keys(segmentation, ("size", "counts"), place)
        if found:
            return found, None
        if segmentation["size"] not in (list(size), size):
            problem = f"RLE of size {segmentation['size']}, the picture has {list(size)}"
            return [Violation(place, problem, "write masks at the picture's size")], None
    try:
        return [], segmentation_rle(segmentation, size)
    except ValueError as error:
        return [Violation(place, str(error), EXPORT_AGAIN)], None


def check_mask_numbers(
    rle: dict[str, Any], bbox: Any, area: Any, place: str
) -> Iterator[Violation]:
    """Box and area of a mask must be those of its pixels."""
    wanted = coco_mask.toBbox(rle).tolist()
    if not isinstance(bbox, list) or len(bbox) != 4:
        yield Violation(place, f"bbox {bbox}: expected [x, y, w, h]", f"write {wanted}")
    elif any(abs(a - b) > 1 for a, b in zip(bbox, wanted, strict=True)):
        yield Violation(place, f"bbox {bbox}, the mask's is {wanted}", f"write {wanted}")
    pixels = int(coco_mask.area(rle))
    if not isinstance(area, int | float) or abs(area - pixels) > 0.5:
        yield Violation(place, f"area {area}, the mask has {pixels} px", f"write {pixels}")


def check_numbering(numbers: Iterable[int], first: int, place: str) -> Iterator[Violation]:
    """Numbers of files must go up from `first` one by one."""
    for position, number in enumerate(sorted(numbers), start=first):
        if number != position:
            yield Violation(
                place,
                f"picture {position} is missing, the next one is {number}",
                "readers count pictures: write one for every frame, empty ones too",
            )
            return


def read_frames_csv(folder: Path) -> list[dict[str, str]] | None:
    """Rows of our frames.csv; None where there is none."""
    try:
        with frames_csv(folder).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError):
        return None


def check_frames_csv(folder: Path, *, count: int | None) -> Iterator[Violation]:
    """Our frames.csv, where there is one: dense, ascending, as long as the format's frames."""
    rows = read_frames_csv(folder)
    place = str(frames_csv(folder))
    if rows is None:
        return
    try:
        indices = [int(row["index"]) for row in rows]
        sources = [int(row["source_index"]) for row in rows]
        times = [float(row["pts_s"]) for row in rows if row["pts_s"]]
    except (KeyError, ValueError, TypeError) as error:
        yield Violation(place, f"cannot be read ({error})", EXPORT_AGAIN)
        return
    if indices != list(range(len(indices))):
        yield Violation(place, "index does not count 0, 1, 2...", EXPORT_AGAIN)
    for name, values in (("source_index", sources), ("pts_s", times)):
        for row, (a, b) in enumerate(pairwise(values), start=3):
            if b <= a:
                problem = f"{name} {b} does not come after {a}"
                yield Violation(f"{place}, line {row}", problem, EXPORT_AGAIN)
                break
    if count is not None and count != len(rows):
        problem = f"{counted(len(rows), 'frame')}, the export has {count}"
        yield Violation(place, problem, EXPORT_AGAIN)
