"""Turns a stream of tracked frames into rows: used by the writer and by imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from blendmask_live.annotation.change import Change
from blendmask_live.annotation.mask_store import MaskRecord, SoftMask
from blendmask_live.annotation.runs import Origin, Run
from blendmask_live.datatypes import Instances, TrackedInstances, TrackState
from blendmask_live.errors import ProjectError

__all__ = ["ImportMasks", "RunBuilder", "mask_records"]

_BATCH = 256


class RunBuilder:
    """Joins the masks of successive frames to runs.

    Attributes:
        open: Runs that the next frame may prolong, by track.
    """

    def __init__(self) -> None:
        self.open: dict[int, Run] = {}

    def add(self, rows: Sequence[Run], *, previous_frame: int) -> list[Run]:
        """Add a frame's masks, each a run of one frame.

        Args:
            previous_frame: The frame before in the project.

        Returns:
            Runs that have ended.
        """
        before, self.open = self.open, {}
        for row in rows:
            run = before.get(row.track)
            if run is not None and run.last == previous_frame and run.continues(row):
                row = replace(run, last=row.last)
                del before[row.track]
            self.open[row.track] = row
        return list(before.values())


def mask_records(
    frame: int,
    instances: Instances,
    strands: Sequence[int],
    *,
    keep_soft_masks: bool = True,
    keep_latents: bool = False,
) -> list[MaskRecord | None]:
    """One record per row; None for a mask without pixels."""
    records: list[MaskRecord | None] = []
    for row, crop in enumerate(instances.cropped_masks()):
        soft = None
        if keep_soft_masks and instances.soft_masks is not None:
            assert instances.mask_boxes is not None
            soft = SoftMask(
                instances.soft_masks[row],
                instances.mask_boxes[row],
                instances.mask_threshold,
                instances.as_published,
            )
        attention = instances.attention if keep_latents else None
        record = MaskRecord(
            frame=frame,
            strand=strands[row],
            mask=crop,
            score=float(instances.scores[row]),
            box=instances.boxes[row].tolist(),
            soft=soft,
            attention=None if attention is None else attention[row],
        )
        records.append(record if crop.area else None)
    return records


@dataclass(frozen=True, slots=True)
class ImportMasks:
    """Add masks from elsewhere as new tracks; see `Project.import_frames`. Used once."""

    labels: tuple[str, ...]
    frames: Iterable[tuple[int, TrackedInstances]]

    @property
    def text(self) -> str:
        return "import masks"

    def apply(self, change: Change) -> None:
        class_ids = _adopt_labels(change, self.labels)
        tracks = _NewTracks(change)
        builder = RunBuilder()
        records: list[MaskRecord] = []
        for frame, tracked in self.frames:
            change.frames.place(frame)
            _require_unique_ids(frame, tracked)
            _require_size(frame, tracked.instances.frame_size, change.frame_size(frame))
            homes = [tracks.home(track_id) for track_id in tracked.track_ids.tolist()]
            found = mask_records(frame, tracked.instances, [strand for strand, _ in homes])
            rows = [
                Run(strand, frame, frame, track, class_ids[class_id], origin, False)
                for record, (strand, track), class_id, origin in zip(
                    found,
                    homes,
                    tracked.instances.class_ids.tolist(),
                    _origins(tracked, Origin.IMPORTED),
                    strict=True,
                )
                if record is not None
            ]
            change.give(builder.add(rows, previous_frame=change.frames.shifted(frame, -1)))
            records += [record for record in found if record is not None]
            if len(records) >= _BATCH:
                change.insert(records)
                records = []
        change.insert(records)
        change.give(builder.open.values())


class _NewTracks:
    """Foreign track id -> (strand, track id here)."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._homes: dict[int, tuple[int, int]] = {}

    def home(self, track_id: int) -> tuple[int, int]:
        if track_id not in self._homes:
            wanted = None if self._change.has_track(track_id) else track_id
            self._homes[track_id] = self._change.new_strand(), self._change.new_track(wanted)
        return self._homes[track_id]


def _origins(tracked: TrackedInstances, seen: Origin) -> list[Origin]:
    return [Origin.COASTED if state is TrackState.COASTED else seen for state in tracked.states]


def _adopt_labels(change: Change, labels: Sequence[str]) -> list[int]:
    """Class ids here of foreign ones."""
    known = {name: class_id for class_id, name in enumerate(change.labels())}
    for name in labels:
        if name not in known:
            change.set_label(len(known), name)
            known[name] = len(known)
    return [known[name] for name in labels]


def _require_unique_ids(frame: int, tracked: TrackedInstances) -> None:
    ids = tracked.track_ids.tolist()
    if len(set(ids)) != len(ids) or any(track_id <= 0 for track_id in ids):
        raise ProjectError(f"frame {frame}: track ids must be positive and unique: {ids}")


def _require_size(frame: int, found: tuple[int, int], expected: tuple[int, int]) -> None:
    if found != expected:
        raise ProjectError(
            f"frame {frame}: expected masks of {expected[1]} x {expected[0]} px, "
            f"found {found[1]} x {found[0]}"
        )
