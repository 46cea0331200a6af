"""Output formats: a name, a writer, and everything they share in `SequenceExporter`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import ConfigError, ExportError
from blendmask_live.export.coco import CocoWriter
from blendmask_live.export.cutout import CutoutWriter
from blendmask_live.export.cvat import CvatWriter
from blendmask_live.export.davis import DavisWriter
from blendmask_live.export.exporter import Exporter
from blendmask_live.export.format import Format
from blendmask_live.export.labelme import LabelmeWriter
from blendmask_live.export.matte import MatteWriter
from blendmask_live.export.mots import MotsWriter
from blendmask_live.export.mots_png import MotsPngWriter
from blendmask_live.export.options import ExportOptions
from blendmask_live.export.overlay_video import OverlayWriter
from blendmask_live.export.panoptic import PanopticWriter
from blendmask_live.export.parquet import ParquetWriter
from blendmask_live.export.sequence import FormatWriter, SequenceExporter
from blendmask_live.export.track_csv import TrackCsvWriter
from blendmask_live.export.yolo_seg import YoloSegWriter
from blendmask_live.export.youtube_vis import YoutubeVisWriter

__all__ = [
    "EXPORTERS",
    "ExportOptions",
    "Exporter",
    "Format",
    "check_formats",
    "formats_with_option",
    "heeded_options",
    "importable_formats",
    "open_exporter",
]

EXPORTERS: dict[str, type[FormatWriter]] = {
    writer.format.name: writer
    for writer in (
        OverlayWriter,
        YoutubeVisWriter,
        MotsWriter,
        DavisWriter,
        MotsPngWriter,
        CocoWriter,
        CvatWriter,
        YoloSegWriter,
        LabelmeWriter,
        TrackCsvWriter,
        PanopticWriter,
        ParquetWriter,
        CutoutWriter,
        MatteWriter,
    )
}
"""Format name -> what writes it. The writer's `format` says everything else about it."""


def importable_formats() -> tuple[str, ...]:
    """Names of the formats that can be read back."""
    return tuple(name for name, writer in EXPORTERS.items() if writer.format.importer)


def formats_with_option(name: str) -> tuple[str, ...]:
    """Names of the formats for which a field of `ExportOptions` can matter."""
    return tuple(key for key, writer in EXPORTERS.items() if name in writer.format.options)


def heeded_options(formats: Sequence[str], options: ExportOptions) -> frozenset[str]:
    """The fields of `options` that change what is written in one of the formats."""
    known = [EXPORTERS[name].format for name in formats if name in EXPORTERS]
    return frozenset().union(*(format.heeded_options(options) for format in known))


def check_formats(formats: Sequence[str]) -> None:
    """Refuse what `open_exporter` would refuse, before anything is opened.

    Raises:
        ConfigError: If there is no format, or an unknown one.
    """
    if isinstance(formats, str):
        raise ConfigError(f"formats {formats!r}: expected a list of names, as in [{formats!r}]")
    unknown = [name for name in formats if name not in EXPORTERS]
    if unknown or not formats:
        raise ConfigError(
            f"format {unknown[0] if unknown else 'missing'!r}: choose from {', '.join(EXPORTERS)}"
        )


def open_exporter(
    format_name: str,
    directory: Path,
    *,
    source: SourceInfo,
    labels: tuple[str, ...],
    options: ExportOptions | None = None,
    category_ids: Sequence[int] | None = None,
) -> Exporter:
    """Start an export; see `Exporter` and `SequenceExporter`.

    Args:
        format_name: A key of `EXPORTERS`.
        directory: The output folder itself, e.g. OUT/<source name>/<format>. It appears, filled,
            when the exporter is closed.
        source: Where the frames come from.
        labels: Class names that the instances' class ids refer to.
        options: The default options where absent.
        category_ids: Of the labels in COCO-like files; see `blendmask_live.labels`.

    Raises:
        ExportError: If the format is unknown, or the output exists or cannot be made.
    """
    if format_name not in EXPORTERS:
        raise ExportError(f"unknown format '{format_name}'; choose from {', '.join(EXPORTERS)}")
    writer = EXPORTERS[format_name]
    return SequenceExporter(
        writer,
        directory,
        source=source,
        labels=labels,
        options=options or ExportOptions(),
        category_ids=category_ids,
        has_tables_beside=writer.format.has_tables_beside,
    )
