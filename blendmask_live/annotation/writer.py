"""Fills a new project while a source is annotated; an `Exporter` like the other outputs."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from blendmask_live.annotation.covered_frames import append_frames
from blendmask_live.annotation.database import Database, Row, move_aside
from blendmask_live.annotation.filling import RunBuilder, mask_records
from blendmask_live.annotation.mask_store import MaskRecord, insert_masks
from blendmask_live.annotation.project import Project
from blendmask_live.annotation.runs import Origin, Run
from blendmask_live.annotation.stuff import stuff_row
from blendmask_live.datatypes import Instances, SourceInfo, TrackedFrame, TrackState
from blendmask_live.errors import ProjectError

__all__ = ["ProjectWriter"]

logger = logging.getLogger(__name__)

_BATCH_FRAMES = 64


class ProjectWriter:
    """Writes tracked frames into a project, some dozen frames per transaction.

    If the program is killed, the project holds all but the last of them and says that it is
    incomplete; the next run replaces it, if nobody has edited it. Another project of that name is
    set aside: it is put back if nothing comes of this one, and kept beside it if it was edited.
    """

    def __init__(
        self,
        path: Path,
        *,
        source: SourceInfo,
        labels: tuple[str, ...],
        settings: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        keep_latents: bool = False,
    ) -> None:
        """Make the file.

        Args:
            path: Of the project, ending in .bml.
            source: What is annotated.
            labels: Class names that the instances' class ids refer to.
            settings: Of the run, for the record.
            overwrite: Whether a project of that name may be replaced.
            keep_latents: Keep bases and attention, where the instances have them.

        Raises:
            ProjectError: If it exists (without `overwrite`), is open elsewhere, or cannot be made.
        """
        self._path = path
        self._source = source
        self._keep_latents = keep_latents
        self._replaced = _set_aside(path, overwrite=overwrite)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            project = Project.create(path, source, labels, frame_times=(), settings=settings)
        except OSError as error:
            self._put_back()
            raise ProjectError(f"{path}: cannot be made ({error.strerror})") from error
        except BaseException:
            self._put_back()
            raise
        self._database: Database | None = project.database
        with project.database.transaction():
            project.database.set_meta(status="incomplete")
        self._builder = RunBuilder()
        self._strands: dict[int, int] = {}
        self._previous_frame = -1
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._indices: list[int] = []
        self._times: list[Fraction | None] = []
        self._records: list[MaskRecord] = []
        self._ended: list[Run] = []
        self._bases: list[tuple[Any, ...]] = []
        self._stuff: list[Row] = []
        self._sizes: list[tuple[int, int, int]] = []
        self._new_tracks: list[tuple[int, str, int]] = []

    def write(self, tracked: TrackedFrame) -> None:
        """Add one frame; see `Exporter.write`.

        Raises:
            ProjectError: If the disk is full or gone; what was written before is kept.
            ValueError: If the writer is closed, or track ids are not positive and unique.
        """
        if self._database is None:
            raise ValueError("write after close or discard")
        ids = tracked.track_ids
        if ids.size and (ids.min() <= 0 or np.unique(ids).size != ids.size):
            raise ValueError(f"track ids must be positive and unique in a frame: {ids.tolist()}")
        frame, instances = tracked.frame, tracked.instances
        self._indices.append(frame.index)
        self._times.append(frame.pts_s)
        if frame.size != (self._source.height, self._source.width):
            self._sizes.append((frame.index, *frame.size))
        found = mask_records(
            frame.index,
            instances,
            [self._strand(track_id) for track_id in ids.tolist()],
            keep_latents=self._keep_latents,
        )
        self._ended += self._builder.add(
            self._rows(tracked, found), previous_frame=self._previous_frame
        )
        self._previous_frame = frame.index
        self._records += [record for record in found if record is not None]
        self._keep_maps(frame.index, instances)
        if len(self._indices) >= _BATCH_FRAMES:
            self._commit()

    def _keep_maps(self, index: int, instances: Instances) -> None:
        """What is of the whole frame, where there is any."""
        if self._keep_latents and instances.bases is not None:
            values = instances.bases.astype("<f2")
            self._bases.append((index, *values.shape, values.tobytes()))
        if instances.semantic is not None:
            self._stuff.append(stuff_row(index, instances.semantic))

    def _rows(self, tracked: TrackedFrame, found: list[MaskRecord | None]) -> list[Run]:
        index = tracked.frame.index
        return [
            Run(
                record.strand,
                index,
                index,
                track_id,
                class_id,
                Origin.COASTED if state is TrackState.COASTED else Origin.DETECTED,
                False,
            )
            for record, track_id, class_id, state in zip(
                found,
                tracked.track_ids.tolist(),
                tracked.instances.class_ids.tolist(),
                tracked.tracked.states,
                strict=True,
            )
            if record is not None
        ]

    def _strand(self, track_id: int) -> int:
        if track_id not in self._strands:
            self._strands[track_id] = len(self._strands) + 1
            self._new_tracks.append((track_id, "", 0))
        return self._strands[track_id]

    def _commit(self, **meta: Any) -> None:
        assert self._database is not None
        database = self._database
        with database.transaction(durable=bool(meta)):
            append_frames(database, self._indices, self._times, time_base=self._source.time_base)
            database.run_many("INSERT INTO frame_sizes VALUES (?, ?, ?)", self._sizes)
            database.run_many("INSERT INTO tracks VALUES (?, ?, ?)", self._new_tracks)
            insert_masks(database, self._records)
            # Runs still open are written as they are and again when they have grown.
            database.run_many(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)",
                [run.row for run in (*self._ended, *self._builder.open.values())],
            )
            database.run_many("INSERT INTO bases VALUES (?, ?, ?, ?, ?)", self._bases)
            database.run_many("INSERT INTO stuff VALUES (?, ?)", self._stuff)
            if meta:
                # A track of which every mask was empty.
                database.run("DELETE FROM tracks WHERE id NOT IN (SELECT DISTINCT track FROM runs)")
                database.set_meta(**meta)
        self._begin_batch()

    def close(self) -> tuple[Path, ...]:
        """Complete the project; a second call returns ().

        Raises:
            ProjectError: If the disk is full; what was written before is kept.
        """
        if self._database is None:
            return ()
        try:
            self._commit(status="complete")
        finally:
            self._close()
        if self._replaced is not None:
            if _was_edited(self._replaced):
                kept = self._replaced.name
                logger.warning("%s was edited, so it is kept as %s", self._path, kept)
            else:
                _remove(self._replaced)
        return (self._path,)

    def mark_interrupted(self) -> None:
        """Say, after `close`, that the source was not read to its end."""
        with Project.open(self._path) as project, project.database.transaction():
            project.database.set_meta(status="interrupted")

    def discard(self) -> None:
        """Remove the project and put back the one it replaced; after `close`: no-op."""
        if self._database is not None:
            self._close()
            _remove(self._path)
            self._put_back()

    def _close(self) -> None:
        assert self._database is not None
        self._database.close()
        self._database = None

    def _put_back(self) -> None:
        if self._replaced is not None:
            move_aside(self._replaced, self._path)


def _set_aside(path: Path, *, overwrite: bool) -> Path | None:
    """Rename a project that is in the way; returns its new name."""
    if not os.path.lexists(path):
        return None
    if _is_nothing(path):
        _remove(path)
        return None
    with Project.open(path) as project:
        if project.is_read_only:
            raise ProjectError(f"{path}: cannot be replaced: {project.read_only_reason}")
        is_leftover = project.status == "incomplete" and not project.journal()
    if not (overwrite or is_leftover):
        raise ProjectError(f"{path}: exists already; replace it with --overwrite")
    number = 1
    while (aside := path.with_name(f"{path.stem}.{number}{path.suffix}")).exists():
        number += 1
    move_aside(path, aside)
    return aside


def _is_nothing(path: Path) -> bool:
    """Whether it is what a program leaves that is killed before it made a project in its file."""
    if path.is_symlink() or not path.is_file():
        return False
    log = path.with_name(f"{path.name}-wal")
    if path.stat().st_size == 0:
        # Nothing can be in the log of a database that has no first page.
        return not (log.exists() and log.stat().st_size)
    try:
        database = Database(path)
    except ProjectError:
        return False
    try:
        return not database.read_only_reason and not database.rows("SELECT 1 FROM meta LIMIT 1")
    finally:
        database.close()


def _was_edited(path: Path) -> bool:
    with Project.open(path, read_only=True) as project:
        return bool(project.journal())


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f".{path.name}.lock"):
        path.with_name(name).unlink(missing_ok=True)
