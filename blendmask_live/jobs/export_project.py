"""Exports an annotation project in the formats that `annotate` writes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from blendmask_live.annotation import Project
from blendmask_live.capture import open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.capture.window import Choice, SelectiveSource
from blendmask_live.datatypes import Frame, SourceInfo, TrackedFrame, TrackedInstances
from blendmask_live.export import EXPORTERS, ExportOptions, check_formats, open_exporter
from blendmask_live.export.exporter import Exporter

__all__ = ["export_project", "read_pictures"]

_log = logging.getLogger(__name__)

T = TypeVar("T")


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
        formats: Names from `EXPORTERS`. The source is read only if one of them needs pixels.
        masks_of: As for `Project.tracked_frames`.
        report: Called with frames done and in all.

    Returns:
        Format -> files made.

    Raises:
        ConfigError: If a format is unknown.
        ProjectError, SourceError: If the source was moved or changed, or cannot be read.
        ExportError: If an output exists (without `options.overwrite`); at the end, if one could
            not be written: the others are complete.
        KeyboardInterrupt: After completing the outputs with what was done so far.
    """
    options = options or ExportOptions()
    check_formats(formats)
    needs_pixels = any(EXPORTERS[name].format.needs_pixels(options) for name in formats)
    opened = open_source(project.locate_source()) if needs_pixels else None
    pictures = _blank_frames(project) if opened is None else _pictures(project, opened)
    folder = output / project.path.stem
    exporters: dict[str, Exporter] = {}
    failed: dict[str, Exception] = {}
    try:
        for name in formats:
            exporters[name] = open_exporter(
                name,
                folder / name,
                source=project.source if opened is None else _as_opened(project, opened.info),
                labels=project.labels,
                options=options,
                category_ids=project.category_ids,
            )
        for done, tracked in enumerate(project.tracked_frames(pictures, masks_of=masks_of), 1):
            _with_each(exporters, failed, partial(_write, tracked))
            if not exporters:
                break
            report(done, project.frame_count)
    except KeyboardInterrupt:
        _with_each(exporters, failed, lambda exporter: exporter.close())
        raise
    except BaseException:
        for exporter in exporters.values():
            exporter.discard()
        raise
    finally:
        if opened is not None:
            opened.close()
    outputs: dict[str, tuple[Path, ...]] = {}
    _with_each(exporters, failed, lambda exporter: exporter.close(), into=outputs)
    if failed:
        raise next(iter(failed.values()))
    return outputs


def _write(tracked: TrackedFrame, exporter: Exporter) -> None:
    exporter.write(tracked)


def _with_each(
    exporters: dict[str, Exporter],
    failed: dict[str, Exception],
    act: Callable[[Exporter], T],
    *,
    into: dict[str, T] | None = None,
) -> None:
    """Do this with every exporter; one that fails ends alone."""
    for name, exporter in tuple(exporters.items()):
        try:
            result = act(exporter)
        except Exception as error:
            # A mistake in one of them shall not cost the others either.
            exporter.discard()
            del exporters[name]
            failed[name] = error
            _log.warning("export %s: %s", name, error)
        else:
            if into is not None:
                into[name] = result


def read_pictures(project: Project) -> Iterator[Frame]:
    """Frames of the project's source, ascending; others are passed over.

    Raises:
        ProjectError: If the source was moved or changed.
        SourceError: If it cannot be read.
    """
    with closing(open_source(project.locate_source())) as source:
        yield from _pictures(project, source)


def _as_opened(project: Project, info: SourceInfo) -> SourceInfo:
    """The source where and what it is now, under the name that the project gives it."""
    return replace(info, name=project.source.name, frame_count=project.frame_count)


def _pictures(project: Project, source: FrameSource) -> Iterator[Frame]:
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
