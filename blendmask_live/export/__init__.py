"""Output formats: a name, a writer, and everything they share in `SequenceExporter`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import ExportError
from blendmask_live.export.coco import CocoWriter
from blendmask_live.export.cutout import CutoutWriter
from blendmask_live.export.cvat import CvatWriter
from blendmask_live.export.davis import DavisWriter
from blendmask_live.export.exporter import Exporter
from blendmask_live.export.labelme import LabelmeWriter
from blendmask_live.export.matte import MatteWriter
from blendmask_live.export.mots import MotsWriter
from blendmask_live.export.mots_png import MotsPngWriter
from blendmask_live.export.options import ExportOptions, heeded_options
from blendmask_live.export.overlay_video import OverlayWriter
from blendmask_live.export.panoptic import PanopticWriter
from blendmask_live.export.parquet import ParquetWriter
from blendmask_live.export.sequence import ExportJob, SequenceExporter, SequenceWriter
from blendmask_live.export.track_csv import TrackCsvWriter
from blendmask_live.export.yolo_seg import YoloSegWriter
from blendmask_live.export.youtube_vis import YoutubeVisWriter

__all__ = ["EXPORTERS", "ExportOptions", "Exporter", "heeded_options", "open_exporter"]

EXPORTERS: dict[str, Callable[[ExportJob], SequenceWriter]] = {
    "overlay": OverlayWriter,
    "youtube-vis": YoutubeVisWriter,
    "mots": MotsWriter,
    "davis": DavisWriter,
    "mots-png": MotsPngWriter,
    "coco": CocoWriter,
    "cvat": CvatWriter,
    "yolo-seg": YoloSegWriter,
    "labelme": LabelmeWriter,
    "csv": TrackCsvWriter,
    "panoptic": PanopticWriter,
    "parquet": ParquetWriter,
    "cutout": CutoutWriter,
    "matte": MatteWriter,
}
"""Format name -> what writes it."""


def open_exporter(
    format_name: str,
    directory: Path,
    *,
    source: SourceInfo,
    labels: tuple[str, ...],
    options: ExportOptions | None = None,
) -> Exporter:
    """Start an export; see `Exporter` and `SequenceExporter`.

    Args:
        format_name: A key of `EXPORTERS`.
        directory: The output folder itself, e.g. OUT/<source name>/<format>. It appears, filled,
            when the exporter is closed.
        source: Where the frames come from.
        labels: Class names that the instances' class ids refer to.
        options: The default options where absent.

    Raises:
        ExportError: If the format is unknown, or the output exists or cannot be made.
    """
    if format_name not in EXPORTERS:
        raise ExportError(f"unknown format '{format_name}'; choose from {', '.join(EXPORTERS)}")
    return SequenceExporter(
        EXPORTERS[format_name],
        directory,
        source=source,
        labels=labels,
        options=options or ExportOptions(),
    )
