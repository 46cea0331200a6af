"""CVAT for video 1.1."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import CroppedMask, TrackedInstances
from blendmask_live.errors import AnnotationError, FirstFrameUnknown
from blendmask_live.importing.identities import TrackIds
from blendmask_live.importing.reading import at_place, check_size, main_file
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    Remarks,
    tracked_instances,
)
from blendmask_live.importing.shapes import box_ring, cut_to_frame, ellipse_crop
from blendmask_live.masks.rle_text import check_frame_size
from blendmask_live.masks.segmentations import polygons_crop

__all__ = ["mask_of_runs", "parse_cvat", "read_cvat", "ring_of_points"]

_WITH_AREA: Final = frozenset({"box", "ellipse", "mask", "polygon"})
_WITHOUT_AREA: Final = frozenset({"cuboid", "points", "polyline", "skeleton"})
_INTERPOLATED: Final = {
    "box": ("xtl", "ytl", "xbr", "ybr", "rotation"),
    "ellipse": ("cx", "cy", "rx", "ry", "rotation"),
}


@dataclass(frozen=True, slots=True)
class _TaskFrames:
    """Which frames of the source a task or job has; all numbers are the source's own."""

    first: int
    last: int
    step: int
    segment_ends: tuple[int, ...]
    """Last frame of each job of the task."""

    def end_of(self, frame: int) -> int:
        """The last frame of the job that a frame is in: CVAT's tracks end with their job."""
        return min((end for end in self.segment_ends if end >= frame), default=self.last)


def read_cvat(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read the tracks of `annotations.xml`: masks, polygons, boxes and ellipses.

    As in CVAT, a shape holds until the track's next one, `outside` ends it, and the last one
    holds to the end of its job. Boxes and ellipses move evenly between keyframes; polygons and
    masks do not. Only frames of the task (start, stop, step) have shapes. What has no area is
    left out and counted. Track ids count from 1 if the file has a track 0.

    Raises:
        AnnotationError: If the file cannot be used.
    """
    path = main_file(path, "annotations.xml")
    root = parse_cvat(path)
    tracks = root.findall("track")
    _check_frame(path, root, target)
    # Numbers are the source's own; earlier exports of ours counted, and had a table in the folder.
    has_table = (path.parent / "frames.csv").is_file()
    numbers = FrameNumbers(path.parent if has_table else None, target)
    labels: dict[str, int] = {}
    for label in root.iterfind("./meta//labels/label/name"):
        labels.setdefault(label.text or "", len(labels))
    with at_place(str(path)):
        keys = _track_keys(tracks)
        ids = TrackIds([(key, key) for key in keys])
        task = _task_frames(root, tracks, target, path, numbers)
        offset = _offset(tracks, task, target, numbers, path)
    if sorted(target.picture_names) != list(target.picture_names):
        numbers.assumptions.append(
            "frames are the pictures of the folder with numbers by value (2 before 10); CVAT sorts "
            "by text unless told"
        )
    remarks = Remarks()
    shapes_at: dict[int, list[tuple[int, int, str, ElementTree.Element]]] = defaultdict(list)
    for key, track in zip(keys, tracks, strict=True):
        place = f"{path}: track {track.get('id')}"
        with at_place(place):
            track_id = ids.of(key)
            class_id = labels.setdefault(track.attrib["label"], len(labels))
            for frame, shape in _held(track, task, offset, remarks):
                index = numbers.index(frame, place)
                name = f"track {track.get('id')}, frame {frame}"
                shapes_at[index].append((track_id, class_id, name, shape))
    names = tuple(labels)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index in sorted(shapes_at):
            rows = []
            for track_id, class_id, place, shape in shapes_at[index]:
                with remarks.odd_shapes(place):
                    rows.append(MaskRow(track_id, class_id, 1.0, _crop(shape, target.frame_size)))
            yield (
                index,
                tracked_instances(
                    rows, names, target.frame_size, remarks=remarks, place=f"frame {index}"
                ),
            )

    return ImportedSequence(names, read(), numbers.assumptions, remarks)


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


def _track_keys(tracks: list[ElementTree.Element]) -> list[int]:
    """The tracks' own ids; of masks of single frames, of which CVAT has no tracks, their groups."""
    ids = [int(track.attrib["id"]) for track in tracks]
    groups = [int(track.get("group_id", "0")) for track in tracks]
    masks = [track.findall("mask[@outside='0']") for track in tracks]
    if all(groups) and all(len(shapes) == 1 for shapes in masks):
        places = [(group, mask.get("frame")) for group, (mask,) in zip(groups, masks, strict=True)]
        if len(set(places)) == len(places):
            return groups
    return ids


# --- which frames


def _task_frames(
    root: ElementTree.Element,
    tracks: list[ElementTree.Element],
    target: ImportTarget,
    path: Path,
    numbers: FrameNumbers,
) -> _TaskFrames:
    element = _task(root, tracks, path)
    first, size = _number(element, "start_frame") or 0, _number(element, "size")
    found = re.search(r"step\s*=\s*([0-9]+)", element.findtext("frame_filter") or "")
    step = max(int(found[1]), 1) if found else 1
    last = _number(element, "stop_frame")
    if last is None:
        last = target.frame_count - 1 if size is None else first + (size - 1) * step
    if not numbers.is_ours and last >= target.frame_count:
        numbers.assumptions.append(
            f"the task's frames up to {last} are more than the video has, {target.frame_count}"
        )
        last = target.frame_count - 1
    stops = [_number(segment, "stop") for segment in element.iterfind("./segments/segment")]
    # A job counts the frames of its task.
    ends = tuple(min(first + stop * step, last) for stop in stops if stop is not None)
    return _TaskFrames(first, last, step, ends)


def _task(
    root: ElementTree.Element, tracks: list[ElementTree.Element], path: Path
) -> ElementTree.Element:
    """The task or job of the tracks; an empty element where the file names none."""
    meta = root.find("./meta")
    tasks = [] if meta is None else [e for e in meta.iter() if e.tag in ("task", "job")]
    used = {track.get("task_id") for track in tracks} - {None}
    if len(tasks) > 1 and used:
        tasks = [task for task in tasks if task.findtext("id") in used]
    if len(tasks) > 1:
        raise AnnotationError(f"{path}: holds {len(tasks)} tasks; export the task of this video")
    return tasks[0] if tasks else ElementTree.Element("task")


def _number(element: ElementTree.Element, name: str) -> int | None:
    text = (element.findtext(name) or "").strip()
    return int(text) if text else None


def _offset(
    tracks: list[ElementTree.Element],
    task: _TaskFrames,
    target: ImportTarget,
    numbers: FrameNumbers,
    path: Path,
) -> tuple[int, int]:
    """Frame of the source that a shape's number 0 means, and frames for each further number.

    CVAT writes the source's own numbers. Some other tools count the frames of the task.
    """
    if target.first_frame is not None:
        return -target.first_frame, 1
    found = {int(s.attrib["frame"]) for track in tracks for s in track if "frame" in s.attrib}
    is_on_grid = all(
        frame >= task.first and (frame - task.first) % task.step == 0 for frame in found
    )
    count = (task.last - task.first) // task.step + 1
    # The shape that ends a track may be one frame behind.
    if is_on_grid or max(found, default=0) > count:
        in_task = range(task.first, task.last + task.step + 1)
        is_there = max(found, default=0) < target.frame_count
        if not numbers.is_ours and is_there and not found <= {*in_task}:
            # A project's file counts on from task to task.
            raise FirstFrameUnknown(
                f"{path}: shapes have the frames {min(found)} to {max(found)}, the task has "
                f"{task.first} to {task.last}",
                "say which number the video's first frame has",
                range(max(0, max(found) - target.frame_count + 1), min(found) + 1),
            )
        return 0, 1
    numbers.assumptions.append(
        f"frames are counted within the task, which begins at frame {task.first} of the video"
        + (f" and has every {task.step}. one" if task.step > 1 else "")
    )
    return task.first, task.step


def _held(
    track: ElementTree.Element, task: _TaskFrames, offset: tuple[int, int], remarks: Remarks
) -> Iterator[tuple[int, ElementTree.Element]]:
    """Every frame in which the track is to be seen, and the shape that holds there."""
    shapes = []
    for shape in track:
        if shape.tag in _WITH_AREA:
            shapes.append((offset[0] + int(shape.attrib["frame"]) * offset[1], shape))
        elif shape.tag in _WITHOUT_AREA and shape.get("outside", "0") != "1":
            place = f"track {track.get('id')}, frame {shape.get('frame')}"
            remarks.leave_out(f"<{shape.tag}> has no area", place)
    shapes.sort(key=lambda item: item[0])
    if not shapes:
        return
    last_frame, last_shape = shapes[-1]
    end = max(task.end_of(last_frame), last_frame) + 1
    for (frame, shape), (next_frame, next_shape) in pairwise([*shapes, (end, last_shape)]):
        if shape.get("outside", "0") == "1":
            continue
        for held in range(frame, next_frame, task.step):
            share = (held - frame) / (next_frame - frame)
            yield held, _between(shape, next_shape, share)


def _between(
    shape: ElementTree.Element, following: ElementTree.Element, share: float
) -> ElementTree.Element:
    """A box or ellipse on its way to the next one; any other shape as it is."""
    names = _INTERPOLATED.get(shape.tag)
    if names is None or not share or following.tag != shape.tag:
        return shape
    moved = ElementTree.Element(shape.tag, shape.attrib)
    for name in names:
        start, end = (float(item.get(name, "0")) for item in (shape, following))
        way = end - start
        if name == "rotation":
            # The shorter way round.
            way = (way + 180) % 360 - 180
        moved.set(name, repr(start + share * way))
    return moved


# --- which pixels


def _crop(shape: ElementTree.Element, frame_size: tuple[int, int]) -> CroppedMask:
    """The pixels of a shape with an area.

    Raises:
        ValueError, KeyError: If it cannot be drawn.
    """
    if shape.tag == "mask":
        return cut_to_frame(mask_of_runs(shape), frame_size)
    if shape.tag == "polygon":
        return polygons_crop([ring_of_points(shape.attrib["points"])], frame_size)
    names = _INTERPOLATED[shape.tag]
    turn = float(shape.get("rotation", "0"))
    a, b, c, d = (float(shape.attrib[name]) for name in names[:4])
    if shape.tag == "ellipse":
        return ellipse_crop((a, b), (c, d), frame_size, clockwise_deg=turn)
    return polygons_crop([box_ring(a, b, c, d, clockwise_deg=turn)], frame_size)


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
