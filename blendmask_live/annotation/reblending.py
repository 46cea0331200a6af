"""New masks for what the network found, without running it again.

Where latents are kept, masks are blended anew from bases and attention, at any mask size; else
the stored soft masks are cut at another threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from blendmask_live.annotation.change import Change
from blendmask_live.annotation.filling import RunBuilder
from blendmask_live.annotation.mask_store import MaskRecord, SoftMask
from blendmask_live.annotation.project import FrameMasks, Project
from blendmask_live.annotation.runs import FrameRange, Origin, Run
from blendmask_live.annotation.track_table import read_tracks
from blendmask_live.config import FAINT_SHARE
from blendmask_live.datatypes import Instances
from blendmask_live.errors import ProjectError
from blendmask_live.masks import CroppedMask, blend_mask

__all__ = ["BlendSettings", "Reblend"]

_BATCH = 256


@dataclass(frozen=True, slots=True)
class BlendSettings:
    """What may change; absent values stay as they were."""

    mask_size: int | None = None
    """Side of the masks in cells; needs latents."""
    mask_threshold: float | None = None
    """Probability from which a pixel belongs to an object."""
    score: float | None = None
    """Tracks that never reach it go, and masks under `FAINT_SHARE` of it."""
    classes: tuple[str, ...] | None = None
    """Masks of other classes go."""

    def __str__(self) -> str:
        given = {
            "mask size": self.mask_size,
            "mask threshold": self.mask_threshold,
            "score": self.score,
            "classes": None if self.classes is None else ", ".join(self.classes),
        }
        return "; ".join(f"{name} {value}" for name, value in given.items() if value is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Reblend:
    """Make the masks of a project anew, as one undoable act.

    Masks that a person made or confirmed, and those filled in or imported, stay.
    """

    project: Project
    """Which is edited."""
    settings: BlendSettings
    report: Callable[[int, int], None] = lambda done, total: None
    """Called with frames done and in all."""

    @property
    def text(self) -> str:
        return f"re-blend ({self.settings})"

    def apply(self, change: Change) -> None:
        self._check()
        confident = _confident_tracks(self.project, self.settings.score)
        builder = RunBuilder()
        strands: dict[int, int] = {}
        runs: list[Run] = []
        records: list[MaskRecord] = []
        for done, frame in enumerate(change.frames.indices.tolist(), 1):
            masks = self.project.masks(frame)
            new: list[Run] = []
            for row, run in enumerate(masks.runs):
                if run.track not in confident or not self._stays(row, masks):
                    continue
                if run.track not in strands:
                    strands[run.track] = change.new_strand()
                record = _remade(row, masks, self.settings, frame=frame, strand=strands[run.track])
                if record.mask.area:
                    records.append(record)
                    new.append(replace(run, strand=record.strand, first=frame, last=frame))
            runs += builder.add(new, previous_frame=change.frames.shifted(frame, -1))
            if len(records) >= _BATCH:
                change.insert(records)
                records = []
            self.report(done, len(change.frames))
        change.insert(records)
        self._exchange(change, [*runs, *builder.open.values()])

    def _check(self) -> None:
        if self.settings.mask_size is not None and not self.project.has_latents:
            raise ProjectError(
                f"{self.project.path}: holds no latents, so masks cannot get another size; "
                "annotate again with --latents, or change only thresholds and classes"
            )
        for name in self.settings.classes or ():
            if name not in self.project.labels:
                raise ProjectError(f"class {name!r} is not one of the project's")

    def _stays(self, row: int, masks: FrameMasks) -> bool:
        if not _is_automatic(masks.runs[row]):
            return False
        instances, settings = masks.tracked.instances, self.settings
        if settings.classes is not None and instances.class_names[row] not in settings.classes:
            return False
        least = 0.0 if settings.score is None else settings.score * FAINT_SHARE
        return float(instances.scores[row]) >= least

    def _exchange(self, change: Change, new: list[Run]) -> None:
        for track in self.project.tracks:
            taken = change.take(track.track_id, FrameRange())
            change.give(run for run in taken if not _is_automatic(run))
        change.give(new)
        for track in self.project.tracks:
            change.drop_track_if_empty(track.track_id)


def _is_automatic(run: Run) -> bool:
    return run.origin in (Origin.DETECTED, Origin.COASTED) and not run.is_keyframe


def _confident_tracks(project: Project, score: float | None) -> set[int]:
    """Tracks that reach the score in some frame."""
    if score is None:
        return {track.track_id for track in project.tracks}
    tracks = read_tracks(project, hidden_too=True)
    return {track_id for track_id, columns in tracks.items() if columns.scores.max() >= score}


def _remade(
    row: int, masks: FrameMasks, settings: BlendSettings, *, frame: int, strand: int
) -> MaskRecord:
    instances = masks.tracked.instances
    soft = _blended(row, masks, settings)
    return MaskRecord(
        frame=frame,
        strand=strand,
        mask=instances.cropped_masks()[row] if soft is None else _pasted(soft, instances),
        frame_size=instances.frame_size,
        score=float(instances.scores[row]),
        box=instances.boxes[row].tolist(),
        soft=soft,
        attention=masks.attention[row],
    )


def _blended(row: int, masks: FrameMasks, settings: BlendSettings) -> SoftMask | None:
    """The row's soft mask under the settings; None where only its pixels are known."""
    soft, attention, bases = masks.soft_masks[row], masks.attention[row], masks.bases
    if soft is None:
        return None
    probabilities = soft.probabilities
    if attention is not None and bases is not None:
        height, width = masks.tracked.instances.frame_size
        scale = np.array([bases.shape[2] / width, bases.shape[1] / height] * 2, np.float32)
        size = settings.mask_size or probabilities.shape[0]
        probabilities = blend_mask(bases, soft.box * scale, attention, mask_size=size)
    threshold = soft.threshold if settings.mask_threshold is None else settings.mask_threshold
    return SoftMask(probabilities, soft.box, threshold, soft.as_published)


def _pasted(soft: SoftMask, instances: Instances) -> CroppedMask:
    """Pixels of a soft mask, as the segmenter would have made them."""
    alone = Instances(
        boxes=soft.box[None],
        scores=np.ones(1, np.float32),
        class_ids=np.zeros(1, np.int64),
        frame_size=instances.frame_size,
        labels=instances.labels,
        soft_masks=soft.probabilities[None],
        mask_boxes=soft.box[None],
        mask_threshold=soft.threshold,
        as_published=soft.as_published,
    )
    return alone.cropped_masks()[0]
