"""Exports an annotation project in the formats that `annotate` writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np

from blendmask_live.annotation import Project
from blendmask_live.capture import open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.capture.window import Choice, SelectiveSource
from blendmask_live.datatypes import Frame, TrackedInstances
from blendmask_live.errors import ConfigError
from blendmask_live.export import EXPORTERS, ExportOptions, open_exporter
from blendmask_live.export.exporter import Exporter

__all__ = ["export_project", "read_pictures"]

_WITHOUT_PICTURES = {"youtube-vis", "mots", "davis", "csv", "parquet"}
"""Formats that need no more of a frame than its size."""


def export_project(
    project: Project,
    output: Path,
    *,
    formats: Sequence[str],
    options: ExportOptions | None = None,
    masks_of: Callable[[int], TrackedInstances] | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, tuple[Path, ...]]:
    """Write every covered frame with its masks; hidden tracks are left out.

    Args:
        output: Folder; files go to OUTPUT/<project name>/<format>/.
        formats: Names from `EXPORTERS`. The source is read only if one of them needs pictures.
        masks_of: As for `Project.tracked_frames`.
        report: Called with frames done and in all.

    Returns:
        Format -> files made.

    Raises:
        ConfigError: If a format is unknown.
        ProjectError, SourceError: If the source was moved or changed, or cannot be read.
        ExportError: If an output exists (without `options.overwrite`) or cannot be written; the
            others are completed, unless frames were still to come.
        KeyboardInterrupt: After completing the outputs with what was done so far.
    """
    options = options or ExportOptions()
    unknown = [name for name in formats if name not in EXPORTERS]
    if unknown or not formats:
        raise ConfigError(
            f"format {unknown[0] if unknown else 'missing'!r}: choose from {', '.join(EXPORTERS)}"
        )
    blind = set(formats) <= _WITHOUT_PICTURES
    pictures = _blank_frames(project) if blind else read_pictures(project)
    folder = output / project.path.stem
    exporters: dict[str, Exporter] = {}
    with ExitStack() as unfinished:
        for name in formats:
            exporters[name] = open_exporter(
                name,
                folder / name,
                source=project.source,
                labels=project.labels,
                options=options,
            )
            unfinished.callback(exporters[name].discard)
        try:
            for done, tracked in enumerate(project.tracked_frames(pictures, masks_of=masks_of), 1):
                for exporter in exporters.values():
                    exporter.write(tracked)
                report(done, project.frame_count)
        except KeyboardInterrupt:
            _complete(exporters)
            raise
        return _complete(exporters)


def _complete(exporters: Mapping[str, Exporter]) -> dict[str, tuple[Path, ...]]:
    """Close all, whatever becomes of the others; what failed first is raised in the end."""
    outputs: dict[str, tuple[Path, ...]] = {}
    failures: list[Exception] = []
    for name, exporter in exporters.items():
        try:
            outputs[name] = exporter.close()
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return outputs


def read_pictures(project: Project) -> Iterator[Frame]:
    """Frames of the project's source, ascending; others are passed over.

    Raises:
        ProjectError: If the source was moved or changed.
        SourceError: If it cannot be read.
    """
    with closing(open_source(project.locate_source())) as source:
        while (frame := _next_of(project, source)) is not None:
            yield frame


def _next_of(project: Project, source: FrameSource) -> Frame | None:
    if not isinstance(source, SelectiveSource):
        return source.read()
    last = int(project.frame_indices[-1]) if project.frame_count else -1

    def choose(index: int, pts_s: object) -> Choice:
        if index > last:
            return Choice.STOP
        return Choice.TAKE if index in project.frames else Choice.SKIP

    return source.read_selected(choose)


def _blank_frames(project: Project) -> Iterator[Frame]:
    """Frames of the right size and time, without content."""
    for index in project.frame_indices.tolist():
        image = np.broadcast_to(np.zeros(1, dtype=np.uint8), (*project.frame_size(index), 3))
        yield Frame(image, index, project.frames.pts_s(index), captured_at=time.monotonic())
