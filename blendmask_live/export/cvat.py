"""CVAT for video 1.1: one XML file with a track for every object."""

from __future__ import annotations

from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.polygons import edge_parts, joined
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.track_classes import TrackClasses
from blendmask_live.export.track_spool import TrackSpool
from blendmask_live.masks.crops import row_major_runs

__all__ = ["CvatWriter"]


class CvatWriter:
    """Writes `annotations.xml`; pictures, where asked for, in `images/frame_000000.jpg`...

    Frames count from 0. Every mask is a keyframe; a track that is not there in the next frame
    ends in it with an `outside` shape. A track has one label: the class with the largest summed
    score. A polygon is one ring: parts and holes are joined by lines without width. Better
    scored masks lie above others (z_order).
    """

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._spool = TrackSpool(job.folder.open_spool())
        self._classes = TrackClasses()
        self._frame_count = 0

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._classes.add(tracked_frame)
        instances = tracked_frame.instances
        z_orders = np.argsort(np.argsort(instances.scores, kind="stable")).tolist()
        for track_id, z_order, crop in zip(
            tracked_frame.track_ids.tolist(), z_orders, instances.cropped_masks(), strict=True
        ):
            self._spool.append(track_id, [number, z_order, self._place(crop.tight())])
        self._frame_count = number + 1
        name = self._job.picture_name(f"images/frame_{number:06d}", usual="png")
        self._job.save_picture(name, tracked_frame.frame)
        return name

    def _place(self, crop: CroppedMask) -> str:
        """The attributes that say which pixels."""
        if self._job.options.shape == "polygon":
            parts = edge_parts(crop, tolerance_px=self._job.options.polygon_tolerance_px)
            ring = joined([ring for part in parts for ring in part])
            points = ";".join(f"{x:.2f},{y:.2f}" for x, y in ring.tolist())
            return f'points="{points}"'
        height, width = crop.mask.shape
        rle = ", ".join(map(str, row_major_runs(crop.mask)))
        return f'rle="{rle}" left="{crop.x0}" top="{crop.y0}" width="{width}" height="{height}"'

    def finish(self) -> None:
        out = self._job.folder.open_text("annotations.xml")
        self._write_head(out)
        for track_id in self._spool:
            label = self._job.labels[self._classes.class_of(track_id)]
            out.write(f'  <track id="{track_id}" label={quoteattr(label)} source="auto">\n')
            self._write_shapes(out, track_id)
            out.write("  </track>\n")
        out.write("</annotations>\n")

    def _write_head(self, out: TextIO) -> None:
        height, width = self._job.frame_size
        name = escape(self._job.source.name)
        labels = "".join(
            f"<label><name>{escape(label)}</name><type>any</type><attributes/></label>"
            for label in self._job.labels
        )
        out.write(
            '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
            f"  <meta><task><name>{name}</name><size>{self._frame_count}</size>"
            "<mode>interpolation</mode><overlap>0</overlap><bugtracker/><flipped>False</flipped>"
            f"<start_frame>0</start_frame><stop_frame>{self._frame_count - 1}</stop_frame>"
            f"<frame_filter/><labels>{labels}</labels>"
            f"<original_size><width>{width}</width><height>{height}</height></original_size>"
            f"</task><source>{name}</source></meta>\n"
        )

    def _write_shapes(self, out: TextIO, track_id: int) -> None:
        last: list[Any] | None = None
        for record in self._spool.read(track_id):
            if last is not None and record[0] > last[0] + 1:
                self._write_shape(out, last[0] + 1, last, is_outside=True)
            self._write_shape(out, record[0], record, is_outside=False)
            last = record
        assert last is not None, "a track has a record"
        if last[0] + 1 < self._frame_count:
            self._write_shape(out, last[0] + 1, last, is_outside=True)

    def _write_shape(self, out: TextIO, frame: int, record: list[Any], *, is_outside: bool) -> None:
        _, z_order, place = record
        out.write(
            f'    <{self._job.options.shape} frame="{frame}" outside="{int(is_outside)}" '
            f'occluded="0" keyframe="1" {place} z_order="{z_order}">'
            f"</{self._job.options.shape}>\n"
        )
