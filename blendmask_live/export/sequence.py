"""What all formats share: numbering, frame times, one size, all-or-nothing files.

A format itself is a `FormatWriter`, which only ever sees a dense sequence of frames of one
size and a folder to write into.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from blendmask_live.datatypes import Frame, SourceInfo, TrackedFrame
from blendmask_live.errors import ExportError
from blendmask_live.export.format import Format
from blendmask_live.export.frame_size import fit_to_size
from blendmask_live.export.options import ExportOptions
from blendmask_live.export.pictures import save_frame
from blendmask_live.export.staging import StagedFolder, report_write_errors
from blendmask_live.labels import category_ids as ids_of_labels

__all__ = ["ExportJob", "FormatWriter", "SequenceExporter", "SequenceWriter", "pts_text"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What a format's writer needs to know before the first frame."""

    folder: StagedFolder
    source: SourceInfo
    labels: tuple[str, ...]
    """All class names that class ids refer to."""
    options: ExportOptions
    frame_size: tuple[int, int]
    """(height, width) px of every frame that the writer will see."""
    category_ids: tuple[int, ...]
    """Of each class in COCO-like files."""

    def picture_name(self, stem: str, *, usual: str = "jpg") -> str:
        """The name of a frame's picture; `usual`: its kind where none is written."""
        return f"{stem}.{usual if self.options.frames == 'none' else self.options.frames}"

    def save_picture(self, name: str, frame: Frame) -> None:
        """Write the frame under this name in the folder, if pictures are asked for."""
        if self.options.frames != "none":
            save_frame(self.folder.path / name, frame.image)


class SequenceWriter(Protocol):
    """One format; OSErrors may pass, they are reported by `SequenceExporter`."""

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        """Write frame `number` (0, 1, 2...) and return its file name in this format.

        Every mask has at least one pixel, every track id is positive and used once.
        """
        ...

    def finish(self) -> None:
        """Complete the files; nothing is added later."""
        ...


class FormatWriter(SequenceWriter, Protocol):
    """A `SequenceWriter` that people can choose by name: a class of `export.EXPORTERS`."""

    format: ClassVar[Format]

    def __init__(self, job: ExportJob) -> None: ...


class SequenceExporter:
    """An `Exporter`: a format's writer in a folder that appears when complete.

    Frames are numbered densely from 0 in the order written, whatever stride or start the source
    was read with; `frames.csv` (index, source_index, pts_s, file_name) in or beside every output
    maps back to the source's frames and presentation times. Frames after a change of size are
    scaled to the first frame's. A mask without any pixel is not written.

    Without a single frame, `close` makes nothing, says so in the log and returns ().
    """

    def __init__(
        self,
        writer_type: Callable[[ExportJob], SequenceWriter],
        directory: Path,
        *,
        source: SourceInfo,
        labels: tuple[str, ...],
        options: ExportOptions,
        category_ids: Sequence[int] | None = None,
        has_tables_beside: bool = False,
    ) -> None:
        """Prepare the folder.

        Args:
            writer_type: Is made with the first frame.
            directory: The output folder.
            source: Where the frames come from.
            labels: Class names that class ids refer to.
            options: How it is written.
            category_ids: Of the labels in COCO-like files; see `blendmask_live.labels`.
            has_tables_beside: See `Format`.

        Raises:
            ExportError: If the output exists (without `options.overwrite`) or cannot be made.
        """
        self._folder = StagedFolder(directory, overwrite=options.overwrite)
        self._writer_type = writer_type
        self._job_parts = (source, labels, options)
        self._category_ids = tuple(category_ids or ids_of_labels(labels))
        self._has_tables_beside = has_tables_beside
        self._writer: SequenceWriter | None = None
        self._frame_size = (0, 0)
        self._count = 0
        self._is_open = True

    def write(self, tracked: TrackedFrame) -> None:
        """Add one frame; see `Exporter.write`. After an error everything is discarded.

        Raises:
            ExportError: If the output cannot be written.
            ValueError: If the exporter is closed, or track ids are not positive and unique.
        """
        if not self._is_open:
            raise ValueError("write after close or discard")
        ids = tracked.track_ids
        if ids.size and (ids.min() <= 0 or np.unique(ids).size != ids.size):
            raise ValueError(f"track ids must be positive and unique in a frame: {ids.tolist()}")
        try:
            with report_write_errors(self._folder.final):
                self._add(tracked)
        except ExportError:
            # A record may be half written: no readable prefix can be promised any more.
            self.discard()
            raise

    def _add(self, tracked: TrackedFrame) -> None:
        writer = self._writer or self._start(tracked.frame.size)
        tracked = _without_empty_masks(fit_to_size(tracked, self._frame_size))
        file_name = writer.add(self._count, tracked)
        frame = tracked.frame
        self._times.writerow([self._count, frame.index, pts_text(frame.pts_s), file_name])
        self._count += 1

    def _start(self, frame_size: tuple[int, int]) -> SequenceWriter:
        self._frame_size = frame_size
        # Plain "\n" as in all files here; the csv module would end lines as Windows does.
        open_table = self._folder.open_beside if self._has_tables_beside else self._folder.open_text
        self._times = csv.writer(open_table("frames.csv"), lineterminator="\n")
        self._times.writerow(["index", "source_index", "pts_s", "file_name"])
        source, labels, options = self._job_parts
        self._writer = self._writer_type(
            ExportJob(self._folder, source, labels, options, frame_size, self._category_ids)
        )
        return self._writer

    def close(self) -> tuple[Path, ...]:
        """Complete the output; see `Exporter.close`. A second call returns ().

        Raises:
            ExportError: If the output cannot be completed; nothing is left then.
        """
        if not self._is_open:
            return ()
        if self._writer is None:
            logger.warning("%s: no frame was exported, so nothing is written", self._folder.final)
            self.discard()
            return ()
        try:
            with report_write_errors(self._folder.final):
                self._writer.finish()
                files = self._folder.commit()
        except ExportError:
            self.discard()
            raise
        self._is_open = False
        return files

    def discard(self) -> None:
        """Remove what is unfinished; see `Exporter.discard`."""
        if self._is_open:
            self._is_open = False
            self._folder.discard()


def pts_text(pts_s: Fraction | None) -> str:
    """Seconds as the shortest decimal that reads back as the same float; "" if unknown."""
    return "" if pts_s is None else repr(float(pts_s))


def _without_empty_masks(tracked_frame: TrackedFrame) -> TrackedFrame:
    visible = np.array([crop.area > 0 for crop in tracked_frame.instances.cropped_masks()], bool)
    if visible.all():
        return tracked_frame
    return replace(tracked_frame, tracked=tracked_frame.tracked.select(visible))
