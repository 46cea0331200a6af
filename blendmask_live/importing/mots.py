"""MOTS, as text and as 16-bit pictures."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.identities import TrackIds
from blendmask_live.importing.reading import (
    at_place,
    check_size,
    crops_of_values,
    main_file,
    numbered_parts,
    open_png,
    read_text,
    segmentation_crop,
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
from blendmask_live.importing.track_entries import MotsLine, mots_line

__all__ = ["read_mots", "read_mots_png"]

_CLASS_NAMES: Final = {1: "car", 2: "person"}
_IGNORE_REGION: Final = 10
_PART_STEP: Final = 1_000_000


def read_mots(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `gt/gt.txt`, `gt.txt`, `results.txt` or another file of such lines, and its parts.

    Frames count from 1 (MOTSChallenge) or 0 (KITTI): see `FrameNumbers.of_numbers`; with a
    seqinfo.ini it is MOTSChallenge's. Ignore regions are left out. Names of classes are in
    classes.csv beside, else car and person.

    Raises:
        AnnotationError: If a file cannot be used.
    """
    whole = main_file(path, "gt/gt.txt", "gt.txt", "results.txt")
    top = path if path.is_dir() else path.parent.parent if path.parent.name == "gt" else path.parent
    # Path.parts of the file in the folder: the same in every part.
    inner = whole.relative_to(top)
    files = [whole, *(part / inner for _, part in numbered_parts(top) if (part / inner).is_file())]
    lines: dict[int, list[tuple[tuple[int, int], str, MotsLine]]] = defaultdict(list)
    objects: list[tuple[int, int]] = []
    remarks = Remarks()
    for part, file in enumerate(files):
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            if line.strip():
                place = f"{file}: line {number}"
                with at_place(place):
                    entry = mots_line(line)
                key = part, entry.object_id
                objects.append(key)
                lines[entry.frame].append((key, place, entry))
    names = _class_names(top / "classes.csv")
    labels = tuple(dict.fromkeys(names.values()))
    numbers = FrameNumbers(top, target)
    usual = 1 if (top / "seqinfo.ini").is_file() else None
    indices = []
    found = numbers.of_numbers(list(lines), usual=usual, place=str(whole))
    for own, dense in found.items():
        if dense is not None:
            indices.append((numbers.index(dense, lines[own][0][1]), own))
            continue
        for _, place, _ in lines[own]:
            remarks.leave_out("its picture is not in the folder", place)
    # Parts use the same object ids again for other objects.
    ids = TrackIds([(item, item[0] * _PART_STEP + item[1]) for item in objects])

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, number in sorted(indices):
            rows = []
            for key, place, entry in lines[number]:
                if entry.class_id != _IGNORE_REGION:
                    with remarks.odd_shapes(place):
                        crop = segmentation_crop(entry.segmentation, target.frame_size, place)
                        class_id = _class_id(entry.class_id, names, labels)
                        rows.append(MaskRow(ids.of(key), class_id, 1.0, crop))
            if rows:
                tracked = tracked_instances(
                    rows, labels, target.frame_size, remarks=remarks, place=f"frame {index}"
                )
                yield index, tracked

    return ImportedSequence(labels, read(), numbers.assumptions, remarks)


def _class_id(mots_class: int, names: Mapping[int, str], labels: tuple[str, ...]) -> int:
    if mots_class not in names:
        raise ValueError(f"class {mots_class} has no name; put it in classes.csv or labels.txt")
    return labels.index(names[mots_class])


def _class_names(path: Path) -> Mapping[int, str]:
    try:
        with path.open(encoding="utf-8", newline="") as stream, at_place(str(path)):
            rows = csv.DictReader(stream)
            return {int(row["class_id"]): row["name"] for row in rows} or _CLASS_NAMES
    except OSError:
        return _CLASS_NAMES


def read_mots_png(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `instances/*.png` (or a folder of such pictures), `labels.txt`, and further parts.

    Frames are the numbers of the files, as in `read_mots`; where the source is a folder with
    pictures of the same names, these.

    Raises:
        AnnotationError: If a file cannot be used.
    """
    top = path.parent if path.name == "instances" else path
    inner = "instances" if (top / "instances").is_dir() else "."
    files: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    folders = [top, *(folder for _, folder in numbered_parts(top))]
    for part, folder in enumerate(folders):
        for file in shown_files(folder / inner, ".png"):
            files[file.name].append((part, file))
    if not files:
        raise AnnotationError(f"{path}: expected pictures in {top / inner}, found none")
    names = _labels_file(top / inner / "labels.txt")
    labels = tuple(dict.fromkeys(names.values()))
    numbers = FrameNumbers(top, target)
    found = numbers.of_names(list(files), first=1, place=str(top / inner))
    remarks = Remarks()
    indices = []
    for number, (name, same) in zip(found, files.items(), strict=True):
        if number is None:
            remarks.leave_out("its picture is not in the folder", name)
        else:
            indices.append((numbers.index(number, str(same[0][1])), name))

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, name in sorted(indices):
            rows = [row for part, file in files[name] for row in _png_rows(file, part)]
            if rows:
                tracked = tracked_instances(
                    rows, labels, target.frame_size, remarks=remarks, place=name
                )
                yield index, tracked

    def _png_rows(file: Path, part: int) -> Iterator[MaskRow]:
        values = open_png(file, modes=("I;16", "I;16B", "I"), wanted="a 16-bit PNG")
        height, width = values.shape
        check_size(str(file), (height, width), target.frame_size)
        ignored = frozenset({0, *range(10_000, 11_000)})
        for value, crop in crops_of_values(values, ignored):
            with remarks.odd_shapes(f"{file.name}: value {value}"):
                class_id = _class_id(value // 1000, names, labels)
                yield MaskRow(part * _PART_STEP + value, class_id, 1.0, crop)

    return ImportedSequence(labels, read(), numbers.assumptions, remarks)


def _labels_file(path: Path) -> Mapping[int, str]:
    if not path.is_file():
        return _CLASS_NAMES
    names = (line.strip() for line in read_text(path).splitlines())
    return {number: name for number, name in enumerate(names, start=1) if name}
