"""The annotation project: tracks, masks, edits with unlimited undo, in one `.bml` file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.change import Change, changed_spans
from blendmask_live.annotation.contents import (
    Edit,
    FrameMasks,
    JournalEntry,
    Lane,
    Outcome,
    Track,
)
from blendmask_live.annotation.covered_frames import CoveredFrames, append_frames
from blendmask_live.annotation.database import DAMAGED, Database, Row
from blendmask_live.annotation.filling import ImportMasks
from blendmask_live.annotation.journal import Journal
from blendmask_live.annotation.mask_store import (
    PIXEL_COLUMNS,
    explained_damage,
    read_mask,
    unpack_soft_mask,
)
from blendmask_live.annotation.media import MediaReference, refer_to
from blendmask_live.annotation.runs import FrameRange, Origin, Run
from blendmask_live.annotation.stuff import has_stuff, read_stuff
from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.errors import ProjectError
from blendmask_live.labels import (
    COCO_CATEGORY_IDS,
    COCO_NAMES,
    category_ids,
    free_category_id,
)
from blendmask_live.masks.crops import CroppedMask

__all__ = ["Project"]


_RUN = "runs.strand, runs.first, runs.last, runs.track, runs.class, runs.origin, runs.is_keyframe"
_FRAME_MASKS = f"""
SELECT {_RUN}, masks.pixels, score, x0, y0, x1, y1
FROM masks JOIN runs ON runs.strand = masks.strand AND runs.first =
    (SELECT max(first) FROM runs WHERE strand = masks.strand AND first <= masks.frame)
JOIN tracks ON tracks.id = runs.track
WHERE masks.frame = ? AND runs.last >= masks.frame AND (? OR NOT tracks.is_hidden)
ORDER BY masks.pixels
"""


class _NothingChanged(Exception):
    """An edit left everything as it was."""


class Project:
    """A `.bml` file, open.

    Frames are meant by their index in the source. Any thread may call; calls wait for each
    other. A second program that opens the project can only read (`read_only_reason` says so).

    Attributes:
        path: The file.
        media: The video it is about.
        revision: Grows with every change made through this object.
    """

    def __init__(self, database: Database) -> None:
        """Use `create` or `open`."""
        self.database = database
        self.path = database.path
        self.revision = 0
        try:
            meta = {key: json.loads(value) for key, value in database.rows("SELECT * FROM meta")}
            media = MediaReference(**meta["media"]) if "media" in meta else None
            self.frames = CoveredFrames(database)
            self._first_category_ids, self._free_category_id = _category_ids(meta, self.labels)
        except (TypeError, ValueError, zlib.error) as error:
            raise ProjectError(f"{self.path}: {DAMAGED.format(error)}") from error
        if media is None:
            raise ProjectError(f"{self.path}: was left unfinished and holds nothing; delete it")
        self.media = media
        self.settings: Mapping[str, Any] = meta.get("settings", {})
        self._journal = Journal(database)

    @classmethod
    def create(
        cls,
        path: str | Path,
        source: SourceInfo,
        labels: Sequence[str],
        *,
        frame_times: Sequence[Fraction | None] | None = None,
        frame_indices: Sequence[int] | None = None,
        final_path: Path | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Project:
        """Make a project without masks.

        Args:
            path: Of the file to make, ending in .bml.
            source: What is annotated.
            labels: Class names; class ids are positions in it.
            frame_times: Presentation time of every frame; where absent, as many frames as the
                source states, evenly spaced.
            frame_indices: Index in the source of each of `frame_times`, ascending; where
                absent, 0, 1, 2...
            final_path: Where the file will be moved to, if it will be.
            settings: Of the run that fills it, for the record.

        Raises:
            ProjectError: If the file exists or cannot be made.
        """
        path = Path(path)
        media = refer_to(source, (final_path or path).absolute())
        database = Database(path, create=True)
        if frame_times is None:
            fps = source.average_fps
            count = range(source.frame_count or 0)
            frame_times = [None if fps is None else index / fps for index in count]
        try:
            with database.transaction():
                append_frames(
                    database,
                    range(len(frame_times)) if frame_indices is None else frame_indices,
                    frame_times,
                    time_base=source.time_base,
                )
                database.run_many("INSERT INTO labels VALUES (?, ?)", list(enumerate(labels)))
                database.set_meta(
                    media=media.to_json(),
                    settings=settings or {},
                    status="complete",
                    category_ids=category_ids(labels),
                    free_category_id=free_category_id(labels),
                )
            return cls(database)
        except BaseException:
            database.close()
            raise

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> Project:
        """Open a project.

        Raises:
            ProjectError: If it is missing, no project, damaged or from a newer version.
        """
        database = Database(Path(path), read_only=read_only)
        try:
            return cls(database)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Release the file; safe to call twice."""
        self.database.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    # --- what there is

    @property
    def is_read_only(self) -> bool:
        """Whether edits are refused."""
        return bool(self.read_only_reason)

    @property
    def read_only_reason(self) -> str:
        """Why edits are refused, for people; "" if they are not."""
        return self.database.read_only_reason

    @property
    def status(self) -> str:
        """'complete', 'interrupted', or 'incomplete' if the run that fills it was killed."""
        return str(self.database.meta("status"))

    @property
    def source(self) -> SourceInfo:
        """The source, as exporters want it."""
        return self.media.info(self.frame_count)

    @property
    def frame_count(self) -> int:
        """Frames that the project covers."""
        return len(self.frames)

    @property
    def frame_indices(self) -> NDArray[np.int64]:
        """(frame_count,) source indices, ascending: 0, 1, 2... unless a part was annotated."""
        return self.frames.indices

    @property
    def frame_times(self) -> list[Fraction | None]:
        """Presentation time in seconds of each of `frame_indices`."""
        return [self.frames.pts_s(int(index)) for index in self.frame_indices]

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names by class id."""
        rows = self.database.rows("SELECT name FROM labels ORDER BY id")
        return tuple(name for (name,) in rows)

    @property
    def category_ids(self) -> tuple[int, ...]:
        """Of each class in exports; stays as it is when classes are renamed or added."""
        added = len(self.labels) - len(self._first_category_ids)
        return (
            *self._first_category_ids,
            *range(self._free_category_id, self._free_category_id + added),
        )

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All tracks by id."""
        rows = self.database.rows("SELECT id, name, is_hidden FROM tracks ORDER BY id")
        return tuple(Track(track_id, name, bool(hidden)) for track_id, name, hidden in rows)

    @property
    def has_latents(self) -> bool:
        """Whether masks can be re-blended at any size."""
        return bool(self.database.rows("SELECT 1 FROM bases LIMIT 1"))

    @property
    def has_stuff(self) -> bool:
        """Whether a panoptic network made it, so that exports can tell stuff too."""
        return has_stuff(self.database)

    def lanes(self, frames: FrameRange | None = None) -> tuple[Lane, ...]:
        """Every track with its runs that meet the range; reads no mask."""
        first, last = (frames or FrameRange()).ends
        with self.database.snapshot():
            tracks = self.tracks
            rows = self.database.rows(
                f"SELECT {_RUN} FROM runs WHERE first <= ? AND last >= ? ORDER BY track, first",
                (last, first),
            )
        runs: dict[int, list[Run]] = {track.track_id: [] for track in tracks}
        for row in rows:
            runs[row[3]].append(Run.from_row(row))
        return tuple(Lane(track, tuple(runs[track.track_id])) for track in tracks)

    def frame_size(self, frame: int) -> tuple[int, int]:
        """(height, width) px of a frame."""
        return self.frames.size(frame, default=self.media.frame_size)

    def tracked(self, frame: int, *, hidden_too: bool = False) -> TrackedInstances:
        """The masks of a frame in the order they were made; without hidden tracks unless asked.

        Raises:
            ProjectError: If the project does not cover the frame, or a mask there is damaged.
        """
        with self.database.snapshot():
            rows = self._mask_rows(frame, hidden_too=hidden_too)
            pixels = self._pixels(PIXEL_COLUMNS, [row[7] for row in rows])
            labels = self.labels
        masks = []
        for row, columns in zip(rows, pixels, strict=True):
            with explained_damage(self.database, frame, row[3]):
                masks.append(read_mask(columns))
        instances = Instances(
            boxes=np.array([row[9:13] for row in rows], dtype=np.float32).reshape(-1, 4),
            scores=np.array([row[8] for row in rows], dtype=np.float32),
            class_ids=np.array([row[4] for row in rows], dtype=np.int64),
            frame_size=self.frame_size(frame),
            labels=labels,
            exact_masks=tuple(masks),
        )
        return TrackedInstances(
            instances=instances,
            track_ids=np.array([row[3] for row in rows], dtype=np.int64),
            states=tuple(
                TrackState.COASTED if row[5] == Origin.COASTED else TrackState.CONFIRMED
                for row in rows
            ),
        )

    def masks(self, frame: int) -> FrameMasks:
        """The masks of a frame, hidden ones too, with origin, soft masks and latents.

        Raises:
            ProjectError: As `tracked`.
        """
        with self.database.snapshot():
            rows = self._mask_rows(frame, hidden_too=True)
            extras = self._pixels("soft, attention", [row[7] for row in rows])
            tracked = self.tracked(frame, hidden_too=True)
            bases = self._bases(frame)
        soft_masks, attention = [], []
        for row, (soft, latent) in zip(rows, extras, strict=True):
            with explained_damage(self.database, frame, row[3]):
                soft_masks.append(None if soft is None else unpack_soft_mask(soft))
                attention.append(_attention(latent, bases))
        return FrameMasks(
            tracked=tracked,
            runs=tuple(Run.from_row(row[:7]) for row in rows),
            soft_masks=tuple(soft_masks),
            attention=tuple(attention),
            bases=bases,
        )

    def mask(self, frame: int, track: int) -> CroppedMask | None:
        """One track's mask in a frame; None if it has none there."""
        with self.database.snapshot():
            return self._reader().mask(frame, track)

    def _mask_rows(self, frame: int, *, hidden_too: bool) -> list[Row]:
        self.frames.place(frame)
        return self.database.rows(_FRAME_MASKS, (frame, hidden_too))

    def _pixels(self, columns: str, ids: Sequence[int]) -> list[Row]:
        sql = f"SELECT {columns} FROM pixels WHERE id = ?"
        return [self.database.rows(sql, (pixels_id,))[0] for pixels_id in ids]

    def _bases(self, frame: int) -> NDArray[np.float32] | None:
        rows = self.database.rows(
            "SELECT channels, height, width, float16 FROM bases WHERE frame = ?", (frame,)
        )
        for channels, height, width, blob in rows:
            with explained_damage(self.database, frame):
                values = np.frombuffer(blob, "<f2").reshape(channels, height, width)
                return values.astype(np.float32)
        return None

    # --- edits

    def apply(self, edit: Edit, *, onto: str = "") -> None:
        """Do one edit, as one act that survives whatever happens next.

        What was undone before can no longer be redone, unless the edit changes nothing.

        Args:
            onto: Text of an edit of the same kind, if this one goes on with it: the two are one
                act, unless something else was done between them.

        Raises:
            ProjectError: If it cannot be done, or what it goes on with was undone; nothing is
                changed then.
        """
        with suppress(_NothingChanged), self.database.transaction():
            if onto and self.redo_text == onto:
                raise ProjectError(f"{onto}: was undone, so it does not go on")
            self._journal.forget_undone()
            name = type(edit).__name__
            strand = self._journal.strand_of_last(name, onto) if onto else None
            change = Change(
                self.database,
                self.frames,
                frame_size=self.media.frame_size,
                first_new_strand=strand,
            )
            edit.apply(change)
            if strand is not None:
                is_new = self._journal.join(edit.text, change)
            else:
                is_new = self._journal.add(name, edit.text, change)
            if not is_new:
                # Rolls back, so that undone acts can still be redone.
                raise _NothingChanged
            self.revision += 1

    def outcome(self, edit: Edit, frame: int) -> Outcome:
        """What an edit would do, and how a frame would look then; nothing is changed.

        Raises:
            ProjectError: If it cannot be done.
        """
        with suppress(_NothingChanged), self.database.transaction(durable=False):
            change = self._reader()
            edit.apply(change)
            recorded = change.recorded()
            spans = () if recorded is None else tuple(changed_spans(recorded))
            found = Outcome(self.tracked(frame), spans)
            raise _NothingChanged
        return found

    def changed_by(self, number: int) -> list[tuple[int, int]]:
        """First and last frame of every stretch in which an act of the journal changed masks."""
        return self._journal.spans_of(number)

    def undo(self) -> str:
        """Take the last act back; returns its text, "" if there is none."""
        return self._step(forward=False)

    def redo(self) -> str:
        """Do the last undone act again; returns its text, "" if there is none."""
        return self._step(forward=True)

    def _step(self, *, forward: bool) -> str:
        with self.database.transaction():
            text = self._journal.step(forward=forward)
        self.revision += bool(text)
        return text

    @property
    def journal_position(self) -> int:
        """Number of the last act that is not undone; 0 if there is none."""
        return self._journal.position

    def journal(self) -> tuple[JournalEntry, ...]:
        """All acts, oldest first; the undone ones last."""
        with self.database.snapshot():
            return self._journal.entries()

    @property
    def undo_text(self) -> str:
        """What `undo` would take back; "" if nothing."""
        return self._journal.text_of(self.journal_position)

    @property
    def redo_text(self) -> str:
        """What `redo` would do again; "" if nothing."""
        return self._journal.text_of(self.journal_position + 1)

    def _reader(self) -> Change:
        return Change(self.database, self.frames, frame_size=self.media.frame_size)

    # --- filling and reading as a whole

    def import_frames(
        self, labels: Sequence[str], frames: Iterable[tuple[int, TrackedInstances]]
    ) -> None:
        """Add masks from elsewhere as new tracks, as one undoable act.

        Args:
            labels: That the instances' class ids refer to; unknown ones are added.
            frames: (source frame index, masks), ascending; track ids positive and unique in a
                frame. Ids that the project has already get the next free ones.

        Raises:
            ProjectError: If a frame is not covered, or the project cannot be written.
        """
        self.apply(ImportMasks(tuple(labels), frames))

    def tracked_frames(
        self,
        pictures: Iterable[Frame],
        *,
        frames: FrameRange | None = None,
        masks_of: Callable[[int], TrackedInstances] | None = None,
    ) -> Iterator[TrackedFrame]:
        """What exporters write: every covered frame with its masks, and its stuff where kept.

        Args:
            pictures: Frames of the source, ascending; those not covered are passed over.
            frames: Only these.
            masks_of: Gives the masks of a frame; `tracked` where absent.

        Raises:
            ProjectError: If a covered frame is missing from the pictures.
        """
        wanted = iter(self.frames.between(*(frames or FrameRange()).ends).tolist())
        expected = next(wanted, None)
        for picture in pictures:
            if expected is None:
                return
            if picture.index < expected:
                continue
            if picture.index > expected:
                break
            yield TrackedFrame(
                picture, self._with_stuff((masks_of or self.tracked)(expected), expected)
            )
            expected = next(wanted, None)
        if expected is not None:
            raise ProjectError(
                f"{self.media.name}: frame {expected} cannot be read any more; the source differs "
                "from the one that was annotated"
            )

    def _with_stuff(self, tracked: TrackedInstances, frame: int) -> TrackedInstances:
        stuff = read_stuff(self.database, frame, tracked.instances.frame_size)
        if stuff is None:
            return tracked
        return replace(tracked, instances=replace(tracked.instances, semantic=stuff))

    def locate_source(self) -> str:
        """Where the source can be opened now.

        Raises:
            ProjectError: If it was moved or changed.
        """
        return self.media.locate(self.path)

    def relink(self, source: str | Path) -> None:
        """Remember a new place of the same source.

        Raises:
            ProjectError: If its content is another.
        """
        media = self.media.relinked(Path(source), self.path)
        with self.database.transaction():
            self.database.set_meta(media=media.to_json())
        self.media = media


def _attention(blob: bytes | None, bases: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    if blob is None or bases is None:
        return None
    values = np.frombuffer(blob, "<f2").astype(np.float32)
    side = round((len(values) / len(bases)) ** 0.5)
    return values.reshape(len(bases), side, side)


def _category_ids(meta: Mapping[str, Any], labels: Sequence[str]) -> tuple[tuple[int, ...], int]:
    """Ids of the classes that the project began with, and the id of the first one added."""
    if "category_ids" in meta:
        return tuple(meta["category_ids"]), int(meta["free_category_id"])
    # Older files kept none. Those of the built-in network began with COCO's classes.
    coco = len(COCO_NAMES)
    unchanged = sum(now == then for now, then in zip(labels, COCO_NAMES, strict=False))
    if unchanged > coco // 2:
        return COCO_CATEGORY_IDS, free_category_id(COCO_NAMES)
    return category_ids(labels), free_category_id(labels)
