"""MOTS text, MOTS PNG and DAVIS, by the rules of their readers."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import open_png, read_text
from blendmask_live.importing.track_entries import mots_line
from blendmask_live.validation.common import EXPORT_AGAIN, check_frames_csv, check_numbering
from blendmask_live.validation.report import Violation

__all__ = ["check_davis", "check_mots", "check_mots_png"]

_IGNORE_CLASS: Final = 10


def _parts(folder: Path) -> list[Path]:
    return [folder, *sorted(path for path in folder.glob("part[0-9]*") if path.is_dir())]


def check_mots(path: Path) -> Iterator[Violation]:
    """Six fields, frames from 1, ids of their class, masks that fill the frame without overlap."""
    if path.is_file():
        yield from _check_lines(path, None, None)
        return
    for folder in _parts(path):
        info = folder / "seqinfo.ini"
        length, size, problems = _sequence_info(info)
        yield from problems
        files = [
            file
            for name in ("gt/gt.txt", "gt.txt", "results.txt")
            if (file := folder / name).is_file()
        ]
        if not files:
            yield Violation(str(folder), "holds neither gt/gt.txt nor results.txt", EXPORT_AGAIN)
        for file in files:
            yield from _check_lines(file, length, size)
        yield from check_frames_csv(folder, count=length)


def _sequence_info(
    path: Path,
) -> tuple[int | None, tuple[int, int] | None, list[Violation]]:
    """seqLength, (imHeight, imWidth)."""
    parser = configparser.ConfigParser()
    try:
        parser.read_string(read_text(path))
        section = parser["Sequence"]
        length = int(section["seqLength"])
        return length, (int(section["imHeight"]), int(section["imWidth"])), []
    except (AnnotationError, configparser.Error, KeyError, ValueError) as error:
        cure = "write [Sequence] with seqLength, imWidth and imHeight"
        return None, None, [Violation(str(path), f"cannot be read ({error})", cure)]


def _check_lines(
    path: Path, length: int | None, size: tuple[int, int] | None
) -> Iterator[Violation]:
    masks: list[tuple[int, int, str, dict[str, Any]]] = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        place = f"{path}: line {number}"
        if not line.strip():
            yield Violation(place, "a blank line, at which readers fail", "remove it")
            continue
        if "\t" in line:
            yield Violation(place, "a tab; readers split lines at blanks", "write blanks")
        try:
            entry = mots_line(line)
            rle = entry.rle()
        except ValueError as error:
            cure = "write time id class height width rle, blanks between"
            yield Violation(place, f"not a MOTS line ({error})", cure)
            continue
        masks.append((entry.frame, entry.object_id, place, rle))
        yield from _check_numbers(place, entry.frame, entry.object_id, entry.class_id, length)
        if size is not None and entry.frame_size != size:
            height, width = entry.frame_size
            problem = f"size {height} x {width}, seqinfo.ini has {size[0]} x {size[1]}"
            yield Violation(place, problem, "write masks at the sequence's size")
        if not coco_mask.area(rle):
            yield Violation(place, "a mask without pixels", "leave the line out")
    yield from _check_overlaps(masks)


def _check_numbers(
    place: str, frame: int, object_id: int, mots_class: int, length: int | None
) -> Iterator[Violation]:
    if frame < 1:
        yield Violation(place, f"frame {frame}; MOTSChallenge counts from 1", "add 1 to all frames")
    elif length is not None and frame > length:
        yield Violation(place, f"frame {frame}, the sequence has {length}", "correct seqLength")
    is_ignored = mots_class == _IGNORE_CLASS and object_id == 10_000
    if not is_ignored and (object_id // 1000 != mots_class or object_id % 1000 == 0):
        problem = f"id {object_id} of class {mots_class}: expected class * 1000 + 1..999"
        yield Violation(place, problem, "number objects within their class")


def _check_overlaps(masks: list[tuple[int, int, str, dict[str, Any]]]) -> Iterator[Violation]:
    for _, rows in groupby(sorted(masks, key=itemgetter(0)), key=itemgetter(0)):
        seen: dict[int, str] = {}
        union: Any = None
        for frame, object_id, place, rle in rows:
            if object_id in seen and object_id != 10_000:
                problem = f"object {object_id} is in frame {frame} twice"
                yield Violation(place, problem, "one line per object and frame")
            seen[object_id] = place
            if union is not None and rle["size"] == union["size"]:
                if coco_mask.area(coco_mask.merge([union, rle], intersect=True)):
                    problem = f"overlaps another mask of frame {frame}; readers refuse the file"
                    yield Violation(place, problem, "give every pixel to one object")
                union = coco_mask.merge([union, rle])
            else:
                union = rle


def check_mots_png(path: Path) -> Iterator[Violation]:
    """16-bit pictures of one size, numbered without gaps, whose classes have names."""
    top = path.parent if path.name == "instances" else path
    counts = set()
    for folder in _parts(top):
        files = sorted((folder / "instances").glob("*.png"))
        counts.add(len(files))
        yield from _check_numbers_of(files, folder / "instances", first=(0, 1))
        names = _label_count(folder / "instances" / "labels.txt")
        if names == 0:
            yield Violation(
                str(folder / "instances" / "labels.txt"),
                "is missing or empty",
                "name the classes, one on each line, from class 1",
            )
        for file, values in _pictures(files, ("I;16", "I;16B"), "a 16-bit grey PNG"):
            if isinstance(values, Violation):
                yield values
                continue
            yield from _check_object_ids(file, values, names)
    for count in counts:
        yield from check_frames_csv(top, count=count)


def _label_count(path: Path) -> int:
    try:
        return len(read_text(path).splitlines())
    except AnnotationError:
        return 0


def _check_object_ids(file: Path, values: NDArray[Any], names: int) -> Iterator[Violation]:
    for value in np.unique(values).tolist():
        mots_class, instance = divmod(value, 1000)
        if value in (0, 10_000):
            continue
        if mots_class == 0 or instance == 0:
            problem = f"value {value}: expected class * 1000 + 1..999"
            yield Violation(str(file), problem, "number objects within their class")
        elif names and mots_class > names and mots_class != _IGNORE_CLASS:
            problem = f"value {value}: class {mots_class}, labels.txt names {names}"
            yield Violation(str(file), problem, "add the class to labels.txt")


def check_davis(path: Path) -> Iterator[Violation]:
    """Palette pictures of one size, numbered from 0 without gaps, indices up to 253."""
    for folder in _parts(path):
        files = sorted(folder.glob("*.png"))
        if not files:
            yield Violation(str(folder), "holds no pictures like 00000.png", EXPORT_AGAIN)
        yield from _check_numbers_of(files, folder, first=(0,))
        for file, values in _pictures(files, ("P",), "a palette PNG (mode P)"):
            if isinstance(values, Violation):
                yield values
            elif 254 in values:
                problem = "index 254: void in the documents, an object for the reader"
                yield Violation(str(file), problem, "use 1 to 253 for objects, 255 for void")
        yield from check_frames_csv(folder, count=len(files))


def _check_numbers_of(
    files: list[Path], folder: Path, *, first: tuple[int, ...]
) -> Iterator[Violation]:
    try:
        numbers = [int(file.stem) for file in files]
    except ValueError as error:
        yield Violation(str(folder), f"a name is no number ({error})", "name pictures 00000.png...")
        return
    start = min(numbers) if numbers and min(numbers) in first else first[0]
    yield from check_numbering(numbers, start, str(folder))


def _pictures(
    files: list[Path], modes: tuple[str, ...], wanted: str
) -> Iterator[tuple[Path, NDArray[Any] | Violation]]:
    """Each picture's values, or what is wrong with it."""
    size: tuple[int, ...] | None = None
    for file in files:
        try:
            values = open_png(file, modes=modes, wanted=wanted)
        except AnnotationError as error:
            problem = str(error).removeprefix(f"{file}: ")
            yield file, Violation(str(file), problem, "write it with Pillow, or export again")
            continue
        size = size or values.shape
        if values.shape != size:
            problem = f"size {values.shape}, the first picture has {size}"
            yield file, Violation(str(file), problem, "one size for all pictures")
        else:
            yield file, values
