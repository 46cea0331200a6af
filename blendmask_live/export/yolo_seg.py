"""YOLO segmentation: one text file of normalised polygons per frame, and data.yaml."""

from __future__ import annotations

import csv
import json
from typing import ClassVar

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.polygons import center_rings, joined
from blendmask_live.export.sequence import ExportJob

__all__ = ["YoloSegWriter"]


class YoloSegWriter:
    """Writes `labels/00000.txt`... and `data.yaml`; pictures, where asked for, in `images`.

    A line is a class (its position in data.yaml) and one polygon through the outermost pixels (see
    `center_rings`); parts and holes are joined by lines without width, as the format has one ring
    per object. tracks.csv, beside the folder, tells the track and score of each line, for which
    the format has no place.
    """

    format: ClassVar = Format(
        name="yolo-seg",
        validator="blendmask_live.validation.annotation_tools:check_yolo_seg",
        signs=("data.yaml",),
        has_tables_beside=True,
        options=frozenset({"frames", "polygon_tolerance_px"}),
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        (job.folder.path / "labels").mkdir()
        self._tracks = csv.writer(job.folder.open_beside("tracks.csv"), lineterminator="\n")
        self._tracks.writerow(["frame", "line", "track_id", "score"])

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        instances = tracked_frame.instances
        height, width = self._job.frame_size
        lines = []
        for row, crop in enumerate(instances.cropped_masks()):
            rings = center_rings(crop, tolerance_px=self._job.options.polygon_tolerance_px)
            points = joined(rings) / (width, height)
            numbers = " ".join(f"{value:.8g}" for value in points.ravel().tolist())
            lines.append(f"{instances.class_ids[row]} {numbers}\n")
            track_id, score = int(tracked_frame.track_ids[row]), instances.scores[row]
            self._tracks.writerow([number, row + 1, track_id, f"{score:.5f}"])
        label_path = self._job.folder.path / "labels" / f"{number:05d}.txt"
        label_path.write_text("".join(lines), encoding="ascii", newline="\n")
        name = self._job.picture_name(f"images/{number:05d}")
        self._job.save_picture(name, tracked_frame.frame)
        return name

    def finish(self) -> None:
        out = self._job.folder.open_text("data.yaml")
        # Without `path`, readers look beside this file; with one, some look in the current folder.
        out.write("train: images\nval: images\nnames:\n")
        for class_id, label in enumerate(self._job.labels):
            # A JSON string is a YAML string too, whatever characters it holds.
            out.write(f"  {class_id}: {json.dumps(label)}\n")
