"""What a run of the main job writes into: its folder, its exporters, and what is counted of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from blendmask_live.annotation import ProjectWriter
from blendmask_live.datatypes import SourceInfo, TrackedFrame
from blendmask_live.errors import ExportError
from blendmask_live.export import ExportOptions, open_exporter
from blendmask_live.export.exporter import Exporter
from tracking import TrackLedger

__all__ = ["Counts", "Outputs", "output_folder"]


class Outputs:
    """The exporters of a run, the project among them; whatever is not completed is removed."""

    def __init__(
        self, folder: Path, source: SourceInfo, labels: tuple[str, ...], options: ExportOptions
    ) -> None:
        self.exporters: dict[str, Exporter] = {}
        self._folder = folder
        self._source = source
        self._labels = labels
        self._options = options
        self._writer: ProjectWriter | None = None

    def open(self, formats: Sequence[str]) -> None:
        for name in formats:
            self.exporters[name] = open_exporter(
                name,
                self._folder / name,
                source=self._source,
                labels=self._labels,
                options=self._options,
            )

    def open_project(self, record: dict[str, Any], *, keep_latents: bool) -> None:
        self._writer = self.exporters["project"] = ProjectWriter(
            self._folder.with_name(f"{self._folder.name}.bml"),
            source=self._source,
            labels=self._labels,
            settings=record,
            overwrite=self._options.overwrite,
            keep_latents=keep_latents,
        )

    def mark_interrupted(self, completed: Mapping[str, tuple[Path, ...]]) -> None:
        """Note in the project, if there is one, that it does not go to the end."""
        if self._writer is not None and completed.get("project"):
            self._writer.mark_interrupted()

    def discard(self) -> None:
        """Does nothing to what was completed."""
        for exporter in self.exporters.values():
            exporter.discard()


class Counts:
    """A sink that counts what the exporters received, and knows each track of it."""

    def __init__(self, source: SourceInfo, *, track: bool, stride: int) -> None:
        self.frames = self.masks = 0
        self.track_ids: set[int] = set()
        self.ledger = TrackLedger()
        self._is_live = source.is_live
        self._stride = stride
        self._first_index = self._last_index = 0
        self._source = source
        self._track = track

    @property
    def frames_dropped(self) -> int:
        """Counted by the gaps in the indexes."""
        if not (self._is_live and self.frames):
            return 0
        return (self._last_index - self._first_index) // self._stride + 1 - self.frames

    def write(self, tracked: TrackedFrame) -> None:
        self._last_index = tracked.frame.index
        self._first_index = self._first_index if self.frames else self._last_index
        self.frames += 1
        self.masks += len(tracked.track_ids)
        self.track_ids.update(tracked.track_ids.tolist())
        if self._track:
            frame = tracked.frame
            time_s = self._source.time_s(frame.index, frame.pts_s)
            self.ledger.add(tracked.tracked, float(time_s))

    def close(self) -> tuple[Path, ...]:
        return ()

    def discard(self) -> None:
        pass


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """A folder that is there, and is removed again if it was made here and stays empty."""
    missing: list[Path] = []
    try:
        try:
            missing += [path for path in (folder, *folder.parents) if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(
                f"{folder}: cannot be made ({error.strerror}); choose another output folder"
            ) from error
        yield folder
    finally:
        for path in missing:
            with suppress(OSError):
                path.rmdir()
