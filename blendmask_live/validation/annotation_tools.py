"""CVAT, YOLO and labelme files, as these tools read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from blendmask_live.counting import counted
from blendmask_live.importing.cvat import mask_of_runs, parse_cvat, ring_of_points
from blendmask_live.importing.labelme import mask_of_shape
from blendmask_live.importing.reading import load_json, main_file, read_text
from blendmask_live.masks.segmentations import unusable_ring
from blendmask_live.validation.common import EXPORT_AGAIN, check_frames_csv, missing_keys
from blendmask_live.validation.report import Violation

__all__ = ["check_cvat", "check_labelme", "check_yolo_seg"]


def check_cvat(path: Path) -> Iterator[Violation]:
    """Version, meta data, labels, tracks with ascending frames, shapes that fit, ends of runs."""
    path = main_file(path, "annotations.xml")
    root = parse_cvat(path)
    if root.findtext("version") != "1.1":
        problem = f"version {root.findtext('version')!r}, expected '1.1'"
        yield Violation(str(path), problem, "write <version>1.1</version>")
    size = _number(root, "meta/task/size")
    height = _number(root, "meta//original_size/height")
    width = _number(root, "meta//original_size/width")
    if size is None or height is None or width is None:
        problem = "meta lacks task/size or original_size"
        yield Violation(str(path), problem, "write both: CVAT needs the frame's size")
        return
    frames = _task_frames(root, size)
    labels = {name.text for name in root.iterfind("./meta//labels/label/name")}
    seen: set[str] = set()
    for track in root.iterfind("track"):
        place = f"{path}: track {track.get('id')}"
        yield from _check_track_element(place, track, labels, seen)
        seen.add(track.get("id", ""))
        problems = [
            p for shape in track for p in _check_shape(place, shape, frames, (height, width))
        ]
        yield from problems
        if not problems:
            yield from _check_runs(place, list(track), frames)
    yield from check_frames_csv(path.parent, count=None)


def _task_frames(root: ElementTree.Element, size: int) -> range:
    """The frames of the source that the task has."""
    found = re.search(r"step\s*=\s*([0-9]+)", root.findtext("./meta/task/frame_filter") or "")
    step = max(int(found[1]), 1) if found else 1
    first = _number(root, "meta/task/start_frame") or 0
    return range(first, first + size * step, step)


def _number(root: ElementTree.Element, where: str) -> int | None:
    text = root.findtext(f"./{where}")
    return int(text) if text and text.strip().isdigit() else None


def _check_track_element(
    place: str, track: ElementTree.Element, labels: set[str | None], seen: set[str]
) -> Iterator[Violation]:
    if not (track.get("id") or "").isdigit() or track.get("id") in seen:
        yield Violation(place, "id must be a number used once", "number the tracks")
    if track.get("label") not in labels:
        problem = f"label {track.get('label')!r} is not among the task's labels"
        yield Violation(place, problem, "add it to meta/task/labels")
    if len(track) == 0:
        yield Violation(place, "has no shape", "remove the track")


def _check_shape(
    place: str, shape: ElementTree.Element, frames: range, frame_size: tuple[int, int]
) -> Iterator[Violation]:
    if shape.tag not in ("mask", "polygon"):
        yield Violation(place, f"<{shape.tag}> has no pixels", "use mask or polygon")
        return
    frame = shape.get("frame", "")
    place = f"{place}, frame {frame}"
    for name in ("outside", "occluded", "keyframe"):
        if shape.get(name) not in ("0", "1"):
            yield Violation(place, f"{name}={shape.get(name)!r}: expected '0' or '1'", EXPORT_AGAIN)
    if not frame.isdigit() or int(frame) not in frames:
        steps = f" in steps of {frames.step}" if frames.step > 1 else ""
        problem = f"frame {frame!r}: the task has frames {frames[0]} to {frames[-1]}{steps}"
        yield Violation(place, problem, "write the source's own numbers, from 0")
    height, width = frame_size
    try:
        if shape.tag == "mask":
            x0, y0, x1, y1 = mask_of_runs(shape).box
        else:
            ring = ring_of_points(shape.attrib["points"])
            if unusable := unusable_ring(ring, frame_size):
                yield Violation(place, unusable, "correct or remove the shape")
                return
            (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
    except (ValueError, KeyError, TypeError) as error:
        yield Violation(place, f"cannot be read ({error})", EXPORT_AGAIN)
        return
    if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
        yield Violation(place, "leaves the frame", "cut the shape at the frame's edge")


def _check_runs(place: str, shapes: list[ElementTree.Element], task: range) -> Iterator[Violation]:
    """Frames ascend; what is not to be seen any more is ended by an outside shape."""
    frames = [int(shape.attrib["frame"]) for shape in shapes]
    for a, b in pairwise(frames):
        if b <= a:
            yield Violation(place, f"frame {b} follows frame {a}", "sort shapes, one per frame")
            return
    cure = 'end the run with the same shape, outside="1", on the next frame'
    for shape, frame, next_frame in zip(shapes, frames, [*frames[1:], task.stop], strict=True):
        # Between polygons CVAT interpolates.
        holds = shape.tag == "mask" or shape is shapes[-1]
        if holds and shape.get("outside") == "0" and next_frame > frame + task.step:
            problem = f"the shape of frame {frame} stays to frame {next_frame - 1}"
            yield Violation(place, problem, cure)


def check_yolo_seg(path: Path) -> Iterator[Violation]:
    """Lines of a class and three points or more, all numbers from 0 to 1, classes with names."""
    class_count = None
    if path.is_dir():
        class_count = _class_count(read_text(main_file(path, "data.yaml")))
        if not class_count:
            yield Violation(str(path / "data.yaml"), "names no classes", "write 'names:'")
    files = sorted((path / "labels").rglob("*.txt")) if path.is_dir() else [path]
    if not files:
        yield Violation(str(path / "labels"), "holds no label files", EXPORT_AGAIN)
    for file in files:
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            yield from _check_yolo_line(f"{file}: line {number}", line, class_count)
    if path.is_dir():
        yield from _check_yolo_pictures(path, files)
        yield from check_frames_csv(path, count=len(files))


def _class_count(text: str) -> int:
    """Entries of `names`, as a list in brackets, a list of lines or a mapping."""
    found = re.search(r"^names:[ \t]*(.*)((?:\n[ \t-].*)*)", text, flags=re.MULTILINE)
    if not found:
        return 0
    if found[1].startswith(("[", "{")):
        return found[1].count(",") + 1
    return len(re.findall(r"\n\s*(?:-|\d+:)", found[2]))


def _check_yolo_line(place: str, line: str, class_count: int | None) -> Iterator[Violation]:
    fields = line.split()
    try:
        class_id, values = int(fields[0]), [float(field) for field in fields[1:]]
    except (ValueError, IndexError):
        yield Violation(place, "expected a class number and coordinates", EXPORT_AGAIN)
        return
    if class_id < 0 or (class_count is not None and class_id >= class_count):
        problem = f"class {class_id}, data.yaml names {class_count}"
        yield Violation(place, problem, "add the class to data.yaml")
    if len(values) < 6 or len(values) % 2:
        problem = f"{counted(len(values), 'coordinate')}: expected pairs, three or more"
        yield Violation(place, problem, "write x y for each point of a polygon")
    elif not _has_area(values):
        yield Violation(place, "a polygon of no area", "remove it, or draw round its pixels")
    outside = [value for value in values if not 0 <= value <= 1]
    if outside:
        problem = f"coordinate {outside[0]}: expected 0 to 1"
        yield Violation(place, problem, "divide x by the width, y by the height")


def _has_area(values: list[float]) -> bool:
    """Whether the points x, y, x, y... are not all on one line."""
    points = np.array(values).reshape(-1, 2)
    return bool(np.linalg.matrix_rank(points - points[0], tol=1e-9) == 2)


def _check_yolo_pictures(path: Path, files: list[Path]) -> Iterator[Violation]:
    pictures = {file.stem for file in (path / "images").glob("*")}
    missing = [file.stem for file in files if file.stem not in pictures]
    if pictures and missing:
        problem = f"no picture for {len(missing)} label files, as {missing[0]}.txt"
        yield Violation(str(path / "images"), problem, "export again with --frames jpg")


def check_labelme(path: Path) -> Iterator[Violation]:
    """The keys that labelme reads, and shapes inside the picture."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        yield Violation(str(path), "holds no JSON files", EXPORT_AGAIN)
    pictures = [file for file in path.glob("*") if file.suffix in (".jpg", ".png")]
    for file in files:
        content = load_json(file)
        keys = ("version", "flags", "shapes", "imagePath", "imageData", "imageHeight", "imageWidth")
        problems = missing_keys(content, keys, str(file))
        yield from problems
        if problems:
            continue
        picture = file.parent / str(content["imagePath"])
        if pictures and content["imageData"] is None and not picture.is_file():
            problem = f"imagePath {content['imagePath']!r} does not exist"
            yield Violation(str(file), problem, "put the picture beside the file")
        size = content["imageHeight"], content["imageWidth"]
        for number, shape in enumerate(content["shapes"]):
            yield from _check_labelme_shape(f"{file}: shapes[{number}]", shape, size)
    yield from check_frames_csv(path, count=len(files) if path.is_dir() else None)


def _check_labelme_shape(place: str, shape: Any, size: tuple[int, int]) -> Iterator[Violation]:
    problems = missing_keys(shape, ("label", "points", "group_id", "shape_type", "flags"), place)
    yield from problems
    if problems:
        return
    try:
        mask_of_shape(shape, size)
        xs, ys = zip(*shape["points"], strict=True)
    except (ValueError, KeyError, TypeError) as error:
        yield Violation(place, f"cannot be read ({error})", EXPORT_AGAIN)
        return
    if min(xs) < 0 or min(ys) < 0 or max(xs) > size[1] or max(ys) > size[0]:
        yield Violation(place, "leaves the picture", "cut the shape at the picture's edge")
