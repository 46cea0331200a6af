"""Exports an annotation project in the formats that `annotate` writes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from blendmask_live.annotation import Project
from blendmask_live.capture import open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.capture.source_part import NextFrame, SelectiveSource
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
    _tell_what_is_missing(project, formats)
    exports = _Exports()
    with _source_of(project, formats, options) as opened:
        pictures = _blank_frames(project) if opened is None else _pictures(project, opened)
        try:
            for name in formats:
                exports.running[name] = open_exporter(
                    name,
                    output / project.path.stem / name,
                    source=project.source if opened is None else _as_opened(project, opened.info),
                    labels=project.labels,
                    options=options,
                    category_ids=project.category_ids,
                )
            for done, tracked in enumerate(project.tracked_frames(pictures, masks_of=masks_of), 1):
                exports.write(tracked)
                if not exports.running:
                    break
                report(done, project.frame_count)
        except KeyboardInterrupt:
            exports.close()
            raise
        except BaseException:
            exports.discard()
            raise
    outputs = exports.close()
    if exports.failures:
        raise exports.failures[0]
    return outputs


class _Exports:
    """The exporters of a run; one that fails ends alone.

    Attributes:
        running: By format.
        failures: What ended the others, in that order.
    """

    def __init__(self) -> None:
        self.running: dict[str, Exporter] = {}
        self.failures: list[Exception] = []

    def write(self, tracked: TrackedFrame) -> None:
        self._with_each(lambda exporter: exporter.write(tracked))

    def close(self) -> dict[str, tuple[Path, ...]]:
        """Complete the outputs; returns the files made by format."""
        return self._with_each(lambda exporter: exporter.close())

    def discard(self) -> None:
        for exporter in self.running.values():
            exporter.discard()

    def _with_each(self, act: Callable[[Exporter], T]) -> dict[str, T]:
        results = {}
        for name, exporter in tuple(self.running.items()):
            try:
                results[name] = act(exporter)
            except Exception as error:
                # A mistake in one of them shall not cost the others either.
                exporter.discard()
                del self.running[name]
                self.failures.append(error)
                _log.warning("export %s: %s", name, error)
        return results


def _tell_what_is_missing(project: Project, formats: Sequence[str]) -> None:
    if "panoptic" in formats and not project.has_stuff:
        _log.warning(
            "%s: holds objects alone, so panoptic outputs have no stuff; annotate with --panoptic "
            "and a network that tells stuff",
            project.path.name,
        )


@contextmanager
def _source_of(
    project: Project, formats: Sequence[str], options: ExportOptions
) -> Iterator[FrameSource | None]:
    """The project's source, open, if one of the formats needs its pixels."""
    if not any(EXPORTERS[name].format.needs_pixels(options) for name in formats):
        yield None
        return
    with closing(_opened(project)) as source:
        yield source


def read_pictures(project: Project) -> Iterator[Frame]:
    """Frames of the project's source, ascending; others are passed over.

    Raises:
        ProjectError: If the source was moved or changed.
        SourceError: If it cannot be read.
    """
    with closing(_opened(project)) as source:
        yield from _pictures(project, source)


def _opened(project: Project) -> FrameSource:
    return open_source(project.locate_source(), deinterlace=not project.media.keeps_fields)


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

    def choose(index: int, pts_s: object) -> NextFrame:
        if index > last:
            return NextFrame.STOP
        return NextFrame.TAKE if index in project.frames else NextFrame.SKIP

    return source.read_selected(choose)


def _blank_frames(project: Project) -> Iterator[Frame]:
    """Frames of the right size and time, without content."""
    for index in project.frame_indices.tolist():
        image = np.broadcast_to(np.zeros(1, dtype=np.uint8), (*project.frame_size(index), 3))
        yield Frame(image, index, project.frames.pts_s(index), captured_at=time.monotonic())
