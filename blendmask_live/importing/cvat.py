"""CVAT for video 1.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import at_place, check_size, main_file
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    tracked_instances,
)
from blendmask_live.masks.rle_text import check_frame_size
from blendmask_live.masks.segmentations import polygons_crop

__all__ = ["mask_of_runs", "parse_cvat", "read_cvat", "ring_of_points"]

Shapes = list[tuple[int, ElementTree.Element]]


def read_cvat(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read the mask and polygon tracks of `annotations.xml`.

    As in CVAT, a shape holds until the track's next one (polygons are not interpolated), and
    `outside` ends it. Track ids count from 1 if the file has a track 0.

    Raises:
        AnnotationError: If the file cannot be used.
    """
    path = main_file(path, "annotations.xml")
    root = parse_cvat(path)
    _check_frame(path, root, target)
    numbers = FrameNumbers(path.parent, target)
    labels: dict[str, int] = {}
    for name in root.iterfind("./meta//labels/label/name"):
        labels.setdefault(name.text or "", len(labels))
    tracks = root.findall("track")
    with at_place(str(path)):
        first_id = 1 if any(int(track.attrib["id"]) == 0 for track in tracks) else 0
    shapes_at: dict[int, list[tuple[int, int, str, ElementTree.Element]]] = defaultdict(list)
    for track in tracks:
        place = f"{path}: track {track.get('id')}"
        with at_place(place):
            track_id = int(track.attrib["id"]) + first_id
            class_id = labels.setdefault(track.attrib["label"], len(labels))
            for frame, shape in _held(track, _last_frame(root, target, path)):
                index = numbers.index(frame, place)
                shapes_at[index].append((track_id, class_id, f"{place}, frame {frame}", shape))
    names = tuple(labels)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index in sorted(shapes_at):
            rows = [
                MaskRow(track_id, class_id, 1.0, _crop(shape, place, target))
                for track_id, class_id, place, shape in shapes_at[index]
            ]
            place = f"{path}: frame {index}"
            yield index, tracked_instances(rows, names, target.frame_size, place=place)

    return ImportedSequence(names, read())


def parse_cvat(path: Path) -> ElementTree.Element:
    """The root of a CVAT file.

    Raises:
        AnnotationError: If it is no XML (with the line) or has another root.
    """
    try:
        root = ElementTree.parse(path).getroot()
    except OSError as error:
        raise AnnotationError(f"{path}: cannot be read ({error.strerror})") from error
    except (ElementTree.ParseError, UnicodeDecodeError, LookupError) as error:
        raise AnnotationError(f"{path}: not valid XML: {error}") from error
    if root.tag != "annotations":
        raise AnnotationError(f"{path}: expected the element <annotations>, found <{root.tag}>")
    return root


def _check_frame(path: Path, root: ElementTree.Element, target: ImportTarget) -> None:
    size = root.find("./meta//original_size")
    if size is not None:
        with at_place(f"{path}: original_size"):
            found = int(size.findtext("height", "")), int(size.findtext("width", ""))
            check_size(str(path), found, target.frame_size)
    if root.find("image") is not None:
        raise AnnotationError(f"{path}: 'CVAT for images'; export the task as 'CVAT for video 1.1'")


def _last_frame(root: ElementTree.Element, target: ImportTarget, path: Path) -> int:
    size = root.findtext("./meta/task/size")
    has_table = (path.parent / "frames.csv").is_file()
    return int(size) - 1 if has_table and size else target.frame_count - 1


def _held(track: ElementTree.Element, last_frame: int) -> Iterator[tuple[int, ElementTree.Element]]:
    """Every frame in which the track is to be seen, and the shape that holds there."""
    shapes = sorted(
        ((int(s.attrib["frame"]), s) for s in track if s.tag in ("mask", "polygon")),
        key=lambda item: item[0],
    )
    if not shapes:
        return
    end = max(last_frame, shapes[-1][0]) + 1
    for (frame, shape), (next_frame, _) in pairwise([*shapes, (end, shapes[-1][1])]):
        if shape.get("outside", "0") != "1":
            yield from ((held, shape) for held in range(frame, next_frame))


def _crop(shape: ElementTree.Element, place: str, target: ImportTarget) -> CroppedMask:
    with at_place(place):
        if shape.tag == "polygon":
            return polygons_crop([ring_of_points(shape.attrib["points"])], target.frame_size)
        crop = mask_of_runs(shape)
        x0, y0, x1, y1 = crop.box
        height, width = target.frame_size
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            raise ValueError(f"the mask's box {x0, y0, x1, y1} leaves the frame")
        return crop


def ring_of_points(text: str) -> NDArray[np.float64]:
    """(K, 2) of "x,y;x,y".

    Raises:
        ValueError: If it is something else.
    """
    return np.array([[float(v) for v in point.split(",")] for point in text.split(";")])


def mask_of_runs(shape: ElementTree.Element) -> CroppedMask:
    """The pixels of a <mask>: row-major runs inside its box, background first.

    Raises:
        ValueError: If the runs do not fill the box.
    """
    x0, y0, width, height = (int(shape.attrib[n]) for n in ("left", "top", "width", "height"))
    check_frame_size(height, width)
    runs = [int(run) for run in shape.attrib["rle"].split(",")]
    if min(runs) < 0 or sum(runs) != width * height or width <= 0:
        raise ValueError(f"runs sum to {sum(runs)}, the box has {width} x {height} px")
    mask = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
    return CroppedMask(x0, y0, mask)
