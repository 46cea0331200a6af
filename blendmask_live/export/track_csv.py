"""A table with one row per mask, for spreadsheets and data frames."""

from __future__ import annotations

import csv
from typing import ClassVar

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.sequence import ExportJob, pts_text
from blendmask_live.masks.crops import extent_and_sums, resolve_overlaps

__all__ = ["TrackCsvWriter"]


class TrackCsvWriter:
    """Writes `tracks.csv`: one row per mask and frame.

    x, y, w, h and area_px are those of the mask's pixels, the centroid is the mean of their
    centres (so a single pixel at the origin has 0.5, 0.5), all in frame px. visible_fraction is
    the part of the mask that no better-scored mask covers (`masks.resolve_overlaps`).
    """

    format: ClassVar = Format(
        name="csv",
        validator="blendmask_live.validation.tables:check_csv",
        weak_signs=("tracks.csv",),
        suffixes=(".csv",),
    )

    _COLUMNS = (
        "frame,pts_s,track_id,class,score,x,y,w,h,area_px,centroid_x,centroid_y,visible_fraction"
    )

    def __init__(self, job: ExportJob) -> None:
        self._rows = csv.writer(job.folder.open_text("tracks.csv"), lineterminator="\n")
        self._rows.writerow(self._COLUMNS.split(","))

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        instances = tracked_frame.instances
        crops = instances.cropped_masks()
        resolved = resolve_overlaps(crops, instances.scores, instances.frame_size)
        pts_s = pts_text(tracked_frame.frame.pts_s)
        for row, name in enumerate(instances.class_names):
            visible_fraction = resolved[row].area / crops[row].area
            self._rows.writerow(
                [
                    number,
                    pts_s,
                    int(tracked_frame.track_ids[row]),
                    name,
                    f"{instances.scores[row]:.5f}",
                    *_mask_columns(crops[row]),
                    f"{visible_fraction:.4f}",
                ]
            )
        return ""

    def finish(self) -> None:
        """Nothing waits: every row is already in the file."""


def _mask_columns(crop: CroppedMask) -> tuple[int | str, ...]:
    """x, y, w, h, area_px, centroid_x, centroid_y of a mask."""
    x0, y0, x1, y1, sum_x, sum_y = extent_and_sums(crop.mask)
    left, top = crop.x0 + x0, crop.y0 + y0
    centroid_x = left + 0.5 + (sum_x - x0 * crop.area) / crop.area
    centroid_y = top + 0.5 + (sum_y - y0 * crop.area) / crop.area
    return left, top, x1 - x0, y1 - y0, crop.area, f"{centroid_x:.2f}", f"{centroid_y:.2f}"
