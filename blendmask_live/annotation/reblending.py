"""New masks for what the network found, without running it again.

Where latents are kept, masks are blended again from bases and attention, at any mask size; else
the stored soft masks are cut at another threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from blendmask_live.annotation.change import Change
from blendmask_live.annotation.contents import FrameMasks
from blendmask_live.annotation.filling import RunBuilder
from blendmask_live.annotation.mask_store import MaskRecord, SoftMask
from blendmask_live.annotation.project import Project
from blendmask_live.annotation.runs import FrameRange, Origin, Run
from blendmask_live.annotation.track_table import read_tracks
from blendmask_live.config import FAINT_SHARE
from blendmask_live.datatypes import Instances, TrackedInstances
from blendmask_live.errors import ProjectError
from blendmask_live.masks.blending import blend_mask
from blendmask_live.masks.crops import CroppedMask

__all__ = ["BlendSettings", "Reblend", "Reblender"]


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


class Reblender:
    """Gives the masks of a project's frames under other settings; changes nothing.

    Masks that a person made or confirmed, and those filled in or imported, stay as they are.
    """

    def __init__(self, project: Project, settings: BlendSettings) -> None:
        """Look at what the project has.

        Raises:
            ProjectError: If it cannot be done: another mask size without latents.
        """
        if settings.mask_size is not None and not project.has_latents:
            raise ProjectError(
                f"{project.path}: holds no latents, so masks cannot get another size; "
                "annotate again with --latents, or change only thresholds and classes"
            )
        for name in settings.classes or ():
            if name not in project.labels:
                raise ProjectError(f"class {name!r} is not one of the project's")
        self._project = project
        self._settings = settings
        self._confident = _confident_tracks(project, settings.score)

    def tracked(self, frame: int) -> TrackedInstances:
        """As `Project.tracked`, blended again."""
        masks = self._project.masks(frame)
        hidden = {track.track_id for track in self._project.tracks if track.is_hidden}
        records = self.records(frame, masks)
        rows = [
            row
            for row, run in enumerate(masks.runs)
            if run.track not in hidden and (row in records or not _is_automatic(run))
        ]
        old = masks.tracked.select(np.array(rows, dtype=np.int64))
        crops = tuple(
            records[row].mask if row in records else crop
            for row, crop in zip(rows, old.instances.cropped_masks(), strict=True)
        )
        return replace(old, instances=replace(old.instances, exact_masks=crops))

    def records(self, frame: int, masks: FrameMasks) -> dict[int, MaskRecord]:
        """Row -> its new mask, for those that the network found and that stay; in strand 0."""
        made = {
            row: _remade(row, masks, self._settings, frame=frame)
            for row, run in enumerate(masks.runs)
            if run.track in self._confident and self._stays(row, masks)
        }
        return {row: record for row, record in made.items() if record.mask.area}

    def _stays(self, row: int, masks: FrameMasks) -> bool:
        if not _is_automatic(masks.runs[row]):
            return False
        instances, settings = masks.tracked.instances, self._settings
        if settings.classes is not None and instances.class_names[row] not in settings.classes:
            return False
        least = 0.0 if settings.score is None else settings.score * FAINT_SHARE
        return float(instances.scores[row]) >= least


@dataclass(frozen=True, slots=True, eq=False)
class Reblend:
    """Re-blend the masks of a project, as one undoable act; see `Reblender`."""

    project: Project
    """Which is edited."""
    settings: BlendSettings
    report: Callable[[int, int], None] = lambda done, total: None
    """Called with frames done and in all."""

    @property
    def text(self) -> str:
        return f"re-blend ({self.settings})"

    def apply(self, change: Change) -> None:
        reblender = Reblender(self.project, self.settings)
        builder = RunBuilder()
        strands: dict[int, int] = {}
        runs: list[Run] = []
        for done, frame in enumerate(change.frames.indices.tolist(), 1):
            masks = self.project.masks(frame)
            new: list[Run] = []
            records: list[MaskRecord] = []
            for row, record in reblender.records(frame, masks).items():
                run = masks.runs[row]
                if run.track not in strands:
                    strands[run.track] = change.new_strand()
                strand = strands[run.track]
                records.append(replace(record, strand=strand))
                new.append(replace(run, strand=strand, first=frame, last=frame))
            change.insert(records)
            runs += builder.add(new, previous_frame=change.frames.shifted(frame, -1))
            self.report(done, len(change.frames))
        self._exchange(change, [*runs, *builder.open.values()])

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


def _remade(row: int, masks: FrameMasks, settings: BlendSettings, *, frame: int) -> MaskRecord:
    instances = masks.tracked.instances
    soft = _blended(row, masks, settings)
    return MaskRecord(
        frame=frame,
        strand=0,
        mask=instances.cropped_masks()[row] if soft is None else _pasted(soft, instances),
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
