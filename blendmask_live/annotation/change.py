"""One edit in progress: it changes rows and remembers what they were."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from blendmask_live.annotation.covered_frames import CoveredFrames
from blendmask_live.annotation.database import Database, Row
from blendmask_live.annotation.mask_store import (
    PIXEL_COLUMNS,
    MaskRecord,
    explained_damage,
    insert_masks,
    next_strand,
    read_mask,
)
from blendmask_live.annotation.runs import FrameRange, Origin, Run, without
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import CroppedMask

__all__ = ["Change", "NewMask", "changed_spans", "joined", "revert"]


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    key_columns: int

    @property
    def key(self) -> str:
        return " AND ".join(f"{name} = ?" for name in self.columns[: self.key_columns])

    @property
    def places(self) -> str:
        return ", ".join("?" * len(self.columns))


_TABLES = {
    "runs": _Table(("strand", "first", "last", "track", "class", "origin", "is_keyframe"), 2),
    "tracks": _Table(("id", "name", "is_hidden"), 1),
    "labels": _Table(("id", "name"), 1),
    "verdicts": _Table(("suggestion", "verdict"), 1),
}
"""The tables that edits change; masks are only ever added."""


_Changes = dict[tuple[str, Row], tuple[Any, Any]]
"""(table, key) -> row before and after; None where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class NewMask:
    """A mask that an edit puts into a frame."""

    mask: CroppedMask
    score: float = 1.0


class Change:
    """What an edit may do; inside one transaction.

    Attributes:
        frames: The frames of the project.
        deleted: How many masks were deleted; the journal tells it.
        first_new_strand: Strands from here on are of masks that this act made.
    """

    def __init__(
        self,
        database: Database,
        frames: CoveredFrames,
        *,
        frame_size: tuple[int, int],
        first_new_strand: int | None = None,
    ) -> None:
        """Begin; `first_new_strand` is that of an act which this edit is a part of."""
        self._database = database
        self.frames = frames
        self.deleted = 0
        self._frame_size = frame_size
        self._rows: _Changes = {}
        self._next_strand = next_strand(database)
        self.first_new_strand = self._next_strand if first_new_strand is None else first_new_strand

    def frame_size(self, frame: int) -> tuple[int, int]:
        """(height, width) px of a frame."""
        return self.frames.size(frame, default=self._frame_size)

    # --- tracks, labels, verdicts

    def has_track(self, track: int) -> bool:
        """Whether there is such a track."""
        return bool(self._database.rows("SELECT 1 FROM tracks WHERE id = ?", (track,)))

    def require_track(self, track: int) -> None:
        """Raises a ProjectError if there is no such track."""
        if not self.has_track(track):
            raise ProjectError(f"there is no track {track} in this project")

    def new_track(self, track: int | None = None) -> int:
        """Make a track, with the next free id where none is given; returns its id."""
        if track is None:
            ((track,),) = self._database.rows("SELECT coalesce(max(id), 0) + 1 FROM tracks")
        if track <= 0:
            raise ProjectError(f"track id {track}: must be 1 or more")
        self._put("tracks", (track, "", 0))
        return track

    def ensure_track(self, track: int) -> None:
        """Make the track if it is not there."""
        if not self.has_track(track):
            self.new_track(track)

    def set_track(
        self, track: int, *, name: str | None = None, is_hidden: bool | None = None
    ) -> None:
        """Rename, hide or show a track."""
        self.require_track(track)
        ((_, old_name, old_hidden),) = self._database.rows(
            "SELECT * FROM tracks WHERE id = ?", (track,)
        )
        self._put(
            "tracks",
            (
                track,
                old_name if name is None else name,
                old_hidden if is_hidden is None else int(is_hidden),
            ),
        )

    def drop_track_if_empty(self, track: int) -> None:
        """Forget a track that has no mask left."""
        if not self._database.rows("SELECT 1 FROM runs WHERE track = ? LIMIT 1", (track,)):
            self._remove("tracks", (track,))

    def labels(self) -> tuple[str, ...]:
        """Class names by id."""
        return tuple(name for _, name in self._database.rows("SELECT * FROM labels ORDER BY id"))

    def class_id(self, label: str) -> int:
        """Raises a ProjectError if there is no class of that name."""
        labels = self.labels()
        if label not in labels:
            raise ProjectError(f"there is no class {label!r} in this project: add it first")
        return labels.index(label)

    def set_label(self, class_id: int, name: str) -> None:
        """Name a class, or add one behind the last."""
        self._put("labels", (class_id, name))

    def set_verdict(self, suggestion: str, verdict: str) -> None:
        """Remember what was decided about a suggestion."""
        self._put("verdicts", (suggestion, verdict))

    # --- runs

    def runs_of(self, track: int, frames: FrameRange | None = None) -> list[Run]:
        """Runs of a track that meet the range, ascending."""
        first, last = (frames or FrameRange()).ends
        rows = self._database.rows(
            "SELECT strand, first, last, track, class, origin, is_keyframe FROM runs "
            "WHERE track = ? AND first <= ? AND last >= ? ORDER BY first",
            (track, last, first),
        )
        return [Run.from_row(row) for row in rows]

    def count(self, runs: Iterable[Run]) -> int:
        """How many masks runs hold."""
        return sum(len(self.frames.between(run.first, run.last)) for run in runs)

    def take(self, track: int, frames: FrameRange | None = None) -> list[Run]:
        """Remove a track's masks of the range; returns them as runs, cut to the range."""
        first, last = (frames or FrameRange()).ends
        span = self.frames.between(first, last)
        if not len(span):
            return []
        first, last = int(span[0]), int(span[-1])
        found = self.runs_of(track, FrameRange(first, last))
        rest = without(found, [(first, last)], self.frames.shifted)
        self._rewrite(found, rest)
        return [
            replace(run, first=max(run.first, first), last=min(run.last, last)) for run in found
        ]

    def give(self, runs: Iterable[Run]) -> None:
        """Add runs; frames of their tracks must be free. Runs that fit together become one."""
        ordered = sorted(runs, key=lambda run: (run.strand, run.first))
        for strand, group in groupby(ordered, key=lambda run: run.strand):
            self._give_to_strand(strand, list(group))

    def _give_to_strand(self, strand: int, runs: Sequence[Run]) -> None:
        shifted = self.frames.shifted
        rows = self._database.rows(
            "SELECT * FROM runs WHERE strand = ? AND first <= ? AND last >= ?",
            (strand, shifted(runs[-1].last, 1), shifted(runs[0].first, -1)),
        )
        there = {run.first: run for run in map(Run.from_row, rows)}
        by_first = dict(there)
        by_last = {run.last: run for run in there.values()}
        for run in runs:
            before = by_last.get(shifted(run.first, -1))
            if before is not None and before.continues(run):
                del by_first[before.first]
                run = replace(run, first=before.first)
            after = by_first.get(shifted(run.last, 1))
            if after is not None and after.continues(run):
                del by_first[after.first]
                run = replace(run, last=after.last)
            by_first[run.first] = by_last[run.last] = run
        kept = {run for first, run in by_first.items() if there.get(first) == run}
        self._rewrite(
            [run for run in there.values() if run not in kept],
            [run for run in by_first.values() if run not in kept],
        )

    def _rewrite(self, old: Sequence[Run], new: Sequence[Run]) -> None:
        """Replace rows of `runs`, all of which are known."""
        for run in old:
            self._note("runs", run.row[:2], before=run.row, after=None)
        for run in new:
            self._note("runs", run.row[:2], before=None, after=run.row)
        self._database.run_many(
            "DELETE FROM runs WHERE strand = ? AND first = ?", [run.row[:2] for run in old]
        )
        self._database.run_many(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", [run.row for run in new]
        )

    def join(self, strong: Sequence[Run], weak: Sequence[Run]) -> None:
        """Add two sets of runs of one track; of two masks in a frame one is kept.

        Keyframes win over other masks; else the strong ones do. Both sets must have been taken.
        """
        ranked = [
            [run for run in runs if run.is_keyframe is is_keyframe]
            for is_keyframe in (True, False)
            for runs in (strong, weak)
        ]
        taken: list[tuple[int, int]] = []
        for runs in ranked:
            left = without(runs, taken, self.frames.shifted)
            self.give(left)
            taken = sorted([*taken, *((run.first, run.last) for run in left)])

    # --- masks

    def mask(self, frame: int, track: int) -> CroppedMask | None:
        """The track's mask in a frame, if it has one."""
        for run in self.runs_of(track, FrameRange.only(frame)):
            (row,) = self._database.rows(
                f"SELECT {PIXEL_COLUMNS} FROM masks JOIN pixels ON pixels.id = masks.pixels "
                "WHERE frame = ? AND strand = ?",
                (frame, run.strand),
            )
            with explained_damage(self._database, frame, track):
                return read_mask(row)
        return None

    def scores(self, track: int, frames: Sequence[int]) -> list[float]:
        """Scores of the track's masks in those of the frames where it has one."""
        return [
            float(score)
            for frame in frames
            for run in self.runs_of(track, FrameRange.only(frame))
            for (score,) in self._database.rows(
                "SELECT score FROM masks WHERE frame = ? AND strand = ?", (frame, run.strand)
            )
        ]

    def set_masks(
        self,
        track: int,
        masks: Mapping[int, NewMask],
        *,
        origin: Origin,
        class_id: int | None = None,
        strand: int | None = None,
    ) -> None:
        """Put masks into frames of a track, in place of those it has there.

        A mask without a pixel takes the track's mask away. The class is that of the mask
        replaced, or of the track's nearest one, where none is given. They get a new strand, or
        go on with one of this act, which must be free in these frames.

        Raises:
            ProjectError: If a frame is not covered, or the track has no mask to take a class from.
        """
        strand = self.new_strand() if strand is None else strand
        records: list[MaskRecord] = []
        runs: list[Run] = []
        for frame, new in sorted(masks.items()):
            self.frames.place(frame)
            if new.mask.area:
                # Asked before masks are taken: afterwards the track may have none left.
                class_here = self._class_near(track, frame) if class_id is None else class_id
                is_keyframe = origin is Origin.CORRECTED
                runs.append(Run(strand, frame, frame, track, class_here, origin, is_keyframe))
                records.append(MaskRecord(frame, strand, new.mask, score=new.score))
        for frame in masks:
            self.take(track, FrameRange.only(frame))
        insert_masks(self._database, records)
        self.give(runs)
        self.drop_track_if_empty(track)

    def _class_near(self, track: int, frame: int) -> int:
        """The class of the track's mask in the frame, or of the nearest one."""
        rows = self._database.rows(
            "SELECT class FROM runs WHERE track = ? ORDER BY max(first - ?, ? - last, 0) LIMIT 1",
            (track, frame, frame),
        )
        if not rows:
            raise ProjectError(f"track {track} has no mask yet: say which class the new one has")
        return int(rows[0][0])

    def is_free(self, strand: int, frame: int) -> bool:
        """Whether a strand has no mask in a frame, of any track or of none."""
        sql = "SELECT 1 FROM masks WHERE frame = ? AND strand = ?"
        return not self._database.rows(sql, (frame, strand))

    def insert(self, records: Sequence[MaskRecord]) -> None:
        """Write masks of strands from `new_strand`; `give` says whose they are."""
        insert_masks(self._database, records)

    def new_strand(self) -> int:
        """A strand for masks of this edit."""
        self._next_strand += 1
        return self._next_strand - 1

    # --- bookkeeping

    def _put(self, table: str, row: Row) -> None:
        spec = _TABLES[table]
        key = row[: spec.key_columns]
        self._note(table, key, before=self._row(table, key), after=row)
        self._database.run(f"INSERT OR REPLACE INTO {table} VALUES ({spec.places})", row)

    def _remove(self, table: str, key: Row) -> None:
        self._note(table, key, before=self._row(table, key), after=None)
        self._database.run(f"DELETE FROM {table} WHERE {_TABLES[table].key}", key)

    def _note(self, table: str, key: Row, *, before: Row | None, after: Row | None) -> None:
        """Remember what a row was before the edit and what it is now."""
        first = self._rows.get((table, key), (before, None))[0]
        self._rows[table, key] = first, after

    def _row(self, table: str, key: Row) -> Row | None:
        rows = self._database.rows(f"SELECT * FROM {table} WHERE {_TABLES[table].key}", key)
        return rows[0] if rows else None

    def recorded(self) -> bytes | None:
        """What was changed, for the journal; None if nothing was."""
        return _packed(self._rows)


def joined(first: bytes, then: bytes) -> bytes:
    """What two edits, one after the other, have changed together; see `Change.recorded`."""
    rows: _Changes = {}
    for table, before, after in [*_unpacked(first), *_unpacked(then)]:
        key = (table, tuple((before or after or [])[: _TABLES[table].key_columns]))
        rows[key] = rows.get(key, (before, None))[0], after
    return _packed(rows) or zlib.compress(b"[]")


def _packed(rows: _Changes) -> bytes | None:
    changes = [
        [table, before, after] for (table, _), (before, after) in rows.items() if before != after
    ]
    return zlib.compress(json.dumps(changes).encode()) if changes else None


def _unpacked(recorded: bytes) -> list[tuple[str, list[Any] | None, list[Any] | None]]:
    return [tuple(change) for change in json.loads(zlib.decompress(recorded))]


def revert(database: Database, recorded: bytes, *, forward: bool) -> None:
    """Bring rows back to what they were before an edit, or (`forward`) after it."""
    changes = _unpacked(recorded)
    for table, before, after in changes:
        old = before if forward else after
        if old is not None:
            spec = _TABLES[table]
            database.run(f"DELETE FROM {table} WHERE {spec.key}", old[: spec.key_columns])
    for table, before, after in changes:
        new = after if forward else before
        if new is not None:
            database.run(f"INSERT INTO {table} VALUES ({_TABLES[table].places})", new)


def changed_spans(recorded: bytes) -> list[tuple[int, int]]:
    """First and last frame of every stretch in which an edit changed masks; ascending."""
    states: dict[bool, dict[int, list[Row]]] = {False: {}, True: {}}
    for table, *rows in json.loads(zlib.decompress(recorded)):
        for is_after, row in zip((False, True), rows, strict=True):
            if table == "runs" and row is not None:
                states[is_after].setdefault(row[0], []).append(row)
    spans: set[tuple[int, int]] = set()
    for strand in states[False].keys() | states[True].keys():
        runs = [states[is_after].get(strand, []) for is_after in (False, True)]
        edges = sorted({edge for rows in runs for row in rows for edge in (row[1], row[2] + 1)})
        for first, end in pairwise(edges):
            before, after = (_meaning_at(rows, first) for rows in runs)
            if before != after:
                spans.add((first, end - 1))
    return sorted(spans)


def _meaning_at(runs: Sequence[Row], frame: int) -> Row | None:
    """Track, class, origin and keyframe of a strand's mask in a frame."""
    return next((tuple(row[3:]) for row in runs if row[1] <= frame <= row[2]), None)
