"""YouTube-VIS JSON: per track, one mask or null for each frame of the video."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TextIO

from pycocotools import mask as coco_mask

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.json_text import category_objects, to_json
from blendmask_live.export.rle_text import run_lengths
from blendmask_live.export.sequence import ExportJob
from blendmask_live.export.track_classes import TrackClasses
from blendmask_live.labels import category_ids

__all__ = ["YoutubeVisWriter"]

_VIDEO_ID = 1


@dataclass(frozen=True, slots=True)
class _MaskRecord:
    """One mask of one track, as kept in the spool."""

    frame_number: int
    area_px: int
    bbox: list[float]
    """x, y, w, h in frame px."""
    counts: str
    """Compressed run lengths."""


class YoutubeVisWriter:
    """Writes `instances.json` (ground-truth form) and `results.json` (result form).

    The format lists masks by track, so they wait in a spool file until the end; memory holds
    eight bytes per mask. A track has one category: the class with the largest summed score;
    its score is the mean over its masks. Masks may overlap.
    """

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._spool = job.folder.open_spool()
        self._spool_offsets: dict[int, array[int]] = {}
        self._score_sums: dict[int, float] = {}
        self._classes = TrackClasses()
        self._frame_count = 0

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        instances = tracked_frame.instances
        self._classes.add(tracked_frame)
        for row, rle in enumerate(instances.rles()):
            track_id = int(tracked_frame.track_ids[row])
            self._spool_offsets.setdefault(track_id, array("q")).append(self._spool.tell())
            score = float(instances.scores[row])
            self._score_sums[track_id] = self._score_sums.get(track_id, 0.0) + score
            record = [
                number,
                int(coco_mask.area(rle)),
                coco_mask.toBbox(rle).tolist(),
                rle["counts"].decode("ascii"),
            ]
            self._spool.write(to_json(record).encode("ascii") + b"\n")
        self._frame_count = number + 1
        return self._file_name(number)

    def _file_name(self, number: int) -> str:
        # Readers take the part before the slash for the sequence's name.
        return f"{self._job.source.name}/{number:05d}.jpg"

    def finish(self) -> None:
        truth = self._job.folder.open_text("instances.json")
        results = self._job.folder.open_text("results.json")
        self._write_truth_head(truth)
        results.write("[")
        for position, track_id in enumerate(self._spool_offsets):
            if position:
                truth.write(",")
                results.write(",")
            records = self._read_records(track_id)
            self._write_annotation(truth, position + 1, track_id, records)
            self._write_result(results, track_id, records)
        truth.write("]}\n")
        results.write("]\n")

    def _write_truth_head(self, truth: TextIO) -> None:
        height, width = self._job.frame_size
        name = self._job.source.name
        info = {"description": f"{name}, tracked by BlendMask Live"}
        truth.write(
            f'{{"info":{to_json(info)},"categories":{to_json(category_objects(self._job.labels))},'
            f'"videos":[{{"id":{_VIDEO_ID},"width":{width},"height":{height},'
            f'"length":{self._frame_count},"file_names":'
        )
        _write_list(truth, (to_json(self._file_name(i)) for i in range(self._frame_count)))
        truth.write('}],"annotations":[')

    def _write_annotation(
        self, truth: TextIO, annotation_id: int, track_id: int, records: list[_MaskRecord]
    ) -> None:
        height, width = self._job.frame_size
        fields = {
            "id": annotation_id,
            "video_id": _VIDEO_ID,
            **self._category_and_score(track_id),
            "track_id": track_id,
            "iscrowd": 0,
            "height": height,
            "width": width,
        }
        areas: list[int | None] = [None] * self._frame_count
        bboxes: list[list[float] | None] = [None] * self._frame_count
        for record in records:
            areas[record.frame_number] = record.area_px
            bboxes[record.frame_number] = record.bbox
        truth.write(f'{to_json(fields)[:-1]},"areas":{to_json(areas)},"bboxes":{to_json(bboxes)},')
        self._write_segmentations(truth, records, rle=self._job.options.rle or "uncompressed")

    def _write_result(self, results: TextIO, track_id: int, records: list[_MaskRecord]) -> None:
        fields = {"video_id": _VIDEO_ID, **self._category_and_score(track_id)}
        results.write(f"{to_json(fields)[:-1]},")
        self._write_segmentations(results, records, rle=self._job.options.rle or "compressed")

    def _write_segmentations(
        self,
        out: TextIO,
        records: list[_MaskRecord],
        *,
        rle: Literal["compressed", "uncompressed"],
    ) -> None:
        out.write('"segmentations":')
        _write_list(out, self._segmentation_texts(records, rle == "compressed"))
        out.write("}")

    def _segmentation_texts(self, records: list[_MaskRecord], is_compressed: bool) -> Iterator[str]:
        next_frame = 0
        for record in records:
            yield from ("null" for _ in range(next_frame, record.frame_number))
            counts = record.counts if is_compressed else run_lengths(record.counts.encode())
            yield to_json({"size": self._job.frame_size, "counts": counts})
            next_frame = record.frame_number + 1
        yield from ("null" for _ in range(next_frame, self._frame_count))

    def _category_and_score(self, track_id: int) -> dict[str, Any]:
        class_id = self._classes.class_of(track_id)
        mean_score = self._score_sums[track_id] / len(self._spool_offsets[track_id])
        return {
            "category_id": category_ids(self._job.labels)[class_id],
            "score": round(mean_score, 5),
        }

    def _read_records(self, track_id: int) -> list[_MaskRecord]:
        records = []
        for offset in self._spool_offsets[track_id]:
            self._spool.seek(offset)
            records.append(_MaskRecord(*json.loads(self._spool.readline())))
        return records


def _write_list(out: TextIO, items: Iterable[str]) -> None:
    out.write("[")
    for position, item in enumerate(items):
        out.write(f",{item}" if position else item)
    out.write("]")
