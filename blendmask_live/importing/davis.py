"""DAVIS palette pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import AnnotationError
from blendmask_live.export.davis import IDS_PER_PART
from blendmask_live.importing.reading import check_size, crops_of_values, open_png
from blendmask_live.importing.sequence import (
    FrameNumbers,
    ImportedSequence,
    ImportTarget,
    MaskRow,
    tracked_instances,
)

__all__ = ["read_davis"]

_BACKGROUND_AND_VOID: Final = frozenset({0, 254, 255})


def read_davis(path: Path, target: ImportTarget) -> ImportedSequence:
    """Read `00000.png`... and those in `part2`...; every object is of class "object".

    Raises:
        AnnotationError: If a picture cannot be used.
    """
    files: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    # Parts without an object are not written: part3 may follow on the first.
    parts = {int(folder.name[4:]) - 1: folder for folder in path.glob("part[0-9]*")}
    for part, folder in sorted((parts | {0: path}).items()):
        for file in sorted(folder.glob("*.png")):
            files[file.name].append((part, file))
    if not files:
        raise AnnotationError(f"{path}: expected pictures like 00000.png, found none")
    names = sorted(files)
    numbers = FrameNumbers(path, target)
    indices = [
        numbers.index(number, str(path / name))
        for number, name in zip(numbers.of_names(names), names, strict=True)
    ]
    labels = ("object",)

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for index, name in sorted(zip(indices, names, strict=True)):
            rows = [row for part, file in files[name] for row in _rows(file, part, target)]
            if rows:
                place = f"{path}: frame {index}"
                yield index, tracked_instances(rows, labels, target.frame_size, place=place)

    return ImportedSequence(labels, read())


def _rows(file: Path, part: int, target: ImportTarget) -> Iterator[MaskRow]:
    values = open_png(file, modes=("P", "L"), wanted="a palette PNG (mode P)")
    height, width = values.shape
    check_size(str(file), (height, width), target.frame_size)
    for value, crop in crops_of_values(values, _BACKGROUND_AND_VOID):
        yield MaskRow(value + part * IDS_PER_PART, 0, 1.0, crop)
