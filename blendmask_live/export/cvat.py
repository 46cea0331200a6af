"""CVAT for video 1.1: one XML file with a track for every object."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterable
from itertools import count, pairwise
from typing import Any, ClassVar, TextIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.json_text import to_json
from blendmask_live.export.options import OUTLINE_OPTIONS, idle_outline_options
from blendmask_live.export.polygons import edge_parts, joined
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.track_classes import TrackClasses
from blendmask_live.export.track_spool import TrackSpool
from blendmask_live.masks.crops import row_major_runs

__all__ = ["CvatWriter"]


class CvatWriter:
    """Writes `annotations.xml`; pictures, where asked for, in `images/frame_000000.jpg`...

    Frames have the source's own numbers, from 0, as in a CVAT task of the same video, whatever
    part of it is exported. Every shape is a keyframe; a track that is not there in the next frame
    ends in it with an `outside` shape. A track has one label: the class with the largest summed
    score.

    CVAT has no tracks of masks (of one, its importer keeps the first), so a track is one of
    polygons of every pixel, or with `shape="polygon"` of simpler ones: one ring, in which parts
    and holes are joined by lines without width. With `shape="mask"` each mask is a track of its
    own, as CVAT writes shapes of single frames; the object's id is their `group_id`. Better scored
    masks lie above others (z_order).
    """

    format: ClassVar = Format(
        name="cvat",
        validator="blendmask_live.validation.annotation_tools:check_cvat",
        importer="blendmask_live.importing.cvat:read_cvat",
        signs=("annotations.xml",),
        suffixes=(".xml",),
        has_tables_beside=True,
        options=OUTLINE_OPTIONS,
        idle_options=idle_outline_options,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._is_mask = job.options.shape == "mask"
        self._spool = TrackSpool(job.folder.open_spool(), texts=1)
        self._classes = TrackClasses()
        self._frames = array("q")

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        self._classes.add(tracked_frame)
        instances = tracked_frame.instances
        z_orders = np.argsort(np.argsort(instances.scores, kind="stable")).tolist()
        for track_id, z_order, crop in zip(
            tracked_frame.track_ids.tolist(), z_orders, instances.cropped_masks(), strict=True
        ):
            record = number, z_order, self._place(crop.tight())
            self._spool.append(track_id, [to_json(record)])
        self._frames.append(tracked_frame.frame.index)
        name = self._job.picture_name(f"images/frame_{number:06d}", usual="png")
        self._job.save_picture(name, tracked_frame.frame)
        return name

    def _place(self, crop: CroppedMask) -> str:
        """The attributes that say which pixels."""
        if not self._is_mask:
            options = self._job.options
            tolerance_px = options.polygon_tolerance_px if options.shape == "polygon" else 0
            parts = edge_parts(crop, tolerance_px=tolerance_px)
            ring = joined([ring for part in parts for ring in part])
            points = ";".join(f"{x:.2f},{y:.2f}" for x, y in ring.tolist())
            return f'points="{points}"'
        height, width = crop.mask.shape
        rle = ", ".join(map(str, row_major_runs(crop.mask)))
        return f'rle="{rle}" left="{crop.x0}" top="{crop.y0}" width="{width}" height="{height}"'

    def finish(self) -> None:
        out = self._job.folder.open_text("annotations.xml")
        if any(b <= a for a, b in pairwise(self._frames)):
            # A recording in which somebody went back: no task has its frames.
            self._frames = array("q", range(len(self._frames)))
        # What lies between all frames: CVAT's tasks have such a step.
        step = math.gcd(*(b - a for a, b in pairwise(self._frames))) or 1
        self._write_head(out, step)
        numbers = count(1)
        for track_id in self._spool:
            label = quoteattr(self._job.labels[self._classes.class_of(track_id)])
            places = self._spool.places(track_id)
            records = (json.loads(self._spool.read(place, (0,))[0]) for place in places)
            if self._is_mask:
                for record in records:
                    head = f'id="{next(numbers)}" label={label} group_id="{track_id}"'
                    self._write_track(out, head, [record], step)
            else:
                self._write_track(out, f'id="{track_id}" label={label}', records, step)
        out.write("</annotations>\n")

    def _write_head(self, out: TextIO, step: int) -> None:
        height, width = self._job.frame_size
        first, last = self._frames[0], self._frames[-1]
        step_text = f"<frame_filter>step={step}</frame_filter>" if step > 1 else "<frame_filter/>"
        name = escape(self._job.source.name)
        labels = "".join(
            f"<label><name>{escape(label)}</name><type>any</type><attributes/></label>"
            for label in self._job.labels
        )
        out.write(
            '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
            f"  <meta><task><name>{name}</name><size>{(last - first) // step + 1}</size>"
            "<mode>interpolation</mode><overlap>0</overlap><bugtracker/><flipped>False</flipped>"
            f"<start_frame>{first}</start_frame><stop_frame>{last}</stop_frame>"
            f"{step_text}<labels>{labels}</labels>"
            f"<original_size><width>{width}</width><height>{height}</height></original_size>"
            f"</task><source>{name}</source></meta>\n"
        )

    def _write_track(self, out: TextIO, head: str, records: Iterable[list[Any]], step: int) -> None:
        out.write(f'  <track {head} source="auto">\n')
        ended_at, last = self._frames[0], None
        for record in records:
            frame = self._frames[record[0]]
            if last is not None and frame > ended_at:
                self._write_shape(out, ended_at, last, is_outside=True)
            self._write_shape(out, frame, record, is_outside=False)
            ended_at, last = frame + step, record
        if last is not None and ended_at <= self._frames[-1]:
            self._write_shape(out, ended_at, last, is_outside=True)
        out.write("  </track>\n")

    def _write_shape(self, out: TextIO, frame: int, record: list[Any], *, is_outside: bool) -> None:
        _, z_order, place = record
        tag = "mask" if self._is_mask else "polygon"
        out.write(
            f'    <{tag} frame="{frame}" outside="{int(is_outside)}" '
            f'occluded="0" keyframe="1" {place} z_order="{z_order}"></{tag}>\n'
        )
