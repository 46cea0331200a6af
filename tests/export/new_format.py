"""A format that only the tests know: all that the program may ask of one is in its writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np

from blendmask_live.datatypes import CroppedMask, TrackedFrame, TrackedInstances
from blendmask_live.export import Format
from blendmask_live.export.sequence import ExportJob
from blendmask_live.importing import ImportedSequence, ImportTarget, Remarks
from blendmask_live.importing.sequence import MaskRow, tracked_instances
from blendmask_live.validation import Violation

__all__ = ["DotsWriter"]


class DotsWriter:
    """Writes `dots.txt`: frame, track and corner of every mask; pictures in `pictures`."""

    format: ClassVar = Format(
        name="dots",
        validator=f"{__name__}:check_dots",
        importer=f"{__name__}:read_dots",
        signs=("dots.txt",),
        options=frozenset({"frames", "matte"}),
        classes=("unicorn",),
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._out = job.folder.open_text("dots.txt")

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        crops = tracked_frame.instances.cropped_masks()
        for track_id, crop in zip(tracked_frame.track_ids.tolist(), crops, strict=True):
            self._out.write(f"{number} {track_id} {crop.x0} {crop.y0}\n")
        name = self._job.picture_name(f"pictures/{number}")
        self._job.save_picture(name, tracked_frame.frame)
        return name

    def finish(self) -> None:
        """Every line is written."""


def check_dots(path: Path) -> Iterator[Violation]:
    for number, line in enumerate((path / "dots.txt").read_text().splitlines(), start=1):
        if len(line.split()) != 4:
            yield Violation(f"{path}: line {number}", "a dot is missing", "write four numbers")


def read_dots(path: Path, target: ImportTarget) -> ImportedSequence:
    remarks = Remarks()

    def read() -> Iterator[tuple[int, TrackedInstances]]:
        for line in (path / "dots.txt").read_text().splitlines():
            frame, track_id, x, y = map(int, line.split())
            row = MaskRow(track_id, 0, 1.0, CroppedMask(x, y, np.ones((1, 1), dtype=bool)))
            found = tracked_instances(
                [row], ("dot",), target.frame_size, remarks=remarks, place=line
            )
            yield frame, found

    return ImportedSequence(("dot",), read(), remarks=remarks)
