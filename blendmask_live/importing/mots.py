"""MOTS, as text and as 16-bit pictures."""

from __future__ import annotations

import csv
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import (
    at_place,
    crops_of_values,
    main_file,
    open_png,
    read_text,
    segmentation_crop,
)
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    tracked_instances,
)
from blendmask_live.importing.track_entries import MotsLine, mots_line

__all__ = ["read_mots", "read_mots_png"]

logger = logging.getLogger(__name__)

_CLASS_NAMES: Final = {1: "car", 2: "person"}
_IGNORE_REGION: Final = 10
_PART_STEP: Final = 1_000_000
"""Parts use the same object ids again for other objects."""


def read_mots(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `gt/gt.txt`, `gt.txt`, `results.txt` or another file of such lines, and its parts.

    Frames count from 1, or from 0 if there is a frame 0 (as in KITTI MOTS). Ignore regions are
    left out. Names of classes are in classes.csv beside, else car and person.

    Raises:
        AnnotationError: If a file cannot be used.
    """
    whole = main_file(path, "gt/gt.txt", "gt.txt", "results.txt")
    top = path if path.is_dir() else path.parent.parent if path.parent.name == "gt" else path.parent
    # Path.parts of the file in the folder: the same in every part.
    inner = whole.relative_to(top)
    files = [whole, *(part / inner for part in _parts(top) if (part / inner).is_file())]
    lines: dict[int, list[tuple[int, str, MotsLine]]] = defaultdict(list)
    for part, file in enumerate(files):
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            if line.strip():
                place = f"{file}: line {number}"
                with at_place(place):
                    entry = mots_line(line)
                lines[entry.frame].append((part, place, entry))
    first = _first_number(lines.keys(), whole)
    names = _class_names(top / "classes.csv")
    labels = tuple(dict.fromkeys(names.values()))
    numbers = FrameNumbers(top, target)
    indices = sorted((numbers.index(n - first, lines[n][0][1]), n) for n in lines)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, number in indices:
            rows = [
                _row(part, place, entry, names, labels, target)
                for part, place, entry in lines[number]
                if entry.class_id != _IGNORE_REGION
            ]
            place = f"{path}: frame {index}"
            yield index, tracked_instances(rows, labels, target.frame_size, place=place)

    return ImportedSequence(labels, read())


def _row(
    part: int,
    place: str,
    entry: MotsLine,
    names: Mapping[int, str],
    labels: tuple[str, ...],
    target: ImportTarget,
) -> MaskRow:
    with at_place(place):
        crop = segmentation_crop(entry.segmentation, target.frame_size, place)
        class_id = _class_id(entry.class_id, names, labels)
        return MaskRow(part * _PART_STEP + entry.object_id, class_id, 1.0, crop)


def _class_id(mots_class: int, names: Mapping[int, str], labels: tuple[str, ...]) -> int:
    if mots_class not in names:
        raise ValueError(f"class {mots_class} has no name; put it in classes.csv or labels.txt")
    return labels.index(names[mots_class])


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part[0-9]*"), key=lambda part: int(part.name[4:]))


def _first_number(numbers: Any, path: Path) -> int:
    if 0 in numbers:
        logger.warning("%s: has a frame 0, so frames are counted from 0", path)
        return 0
    return 1


def _class_names(path: Path) -> Mapping[int, str]:
    try:
        with path.open(encoding="utf-8", newline="") as stream, at_place(str(path)):
            rows = csv.DictReader(stream)
            return {int(row["class_id"]): row["name"] for row in rows} or _CLASS_NAMES
    except OSError:
        return _CLASS_NAMES


def read_mots_png(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `instances/*.png` and its `labels.txt`, and its parts.

    Frames are the numbers of the files, from 1, or from 0 if there is a number 0.

    Raises:
        AnnotationError: If a file cannot be used.
    """
    top = path.parent if path.name == "instances" else path
    files: dict[int, list[tuple[int, Path]]] = defaultdict(list)
    for part, folder in enumerate([top, *_parts(top)]):
        for file in sorted((folder / "instances").glob("*.png")):
            with at_place(f"{file}: expected a number as name"):
                files[int(file.stem)].append((part, file))
    if not files:
        raise AnnotationError(f"{path}: expected pictures in {top / 'instances'}, found none")
    first = _first_number(files.keys(), top / "instances")
    names = _labels_file(top / "instances" / "labels.txt")
    labels = tuple(dict.fromkeys(names.values()))
    numbers = FrameNumbers(top, target)
    indices = sorted((numbers.index(n - first, str(files[n][0][1])), n) for n in files)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, number in indices:
            rows = [row for part, file in files[number] for row in _png_rows(file, part)]
            if rows:
                place = f"{path}: frame {index}"
                yield index, tracked_instances(rows, labels, target.frame_size, place=place)

    def _png_rows(file: Path, part: int) -> Iterator[MaskRow]:
        values = open_png(file, modes=("I;16", "I;16B", "I"), wanted="a 16-bit PNG")
        check = values.shape
        with at_place(str(file)):
            if check != target.frame_size:
                raise ValueError(f"size {check} differs from the video's {target.frame_size}")
            ignored = frozenset({0, *range(10_000, 11_000)})
            for value, crop in crops_of_values(values, ignored):
                class_id = _class_id(value // 1000, names, labels)
                yield MaskRow(part * _PART_STEP + value, class_id, 1.0, crop)

    return ImportedSequence(labels, read())


def _labels_file(path: Path) -> Mapping[int, str]:
    if not path.is_file():
        return _CLASS_NAMES
    names = (line.strip() for line in read_text(path).splitlines())
    return {number: name for number, name in enumerate(names, start=1) if name}
