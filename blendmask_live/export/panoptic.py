"""COCO panoptic: one picture of segment ids per frame, and what each segment is."""

from __future__ import annotations

import shutil
from io import TextIOWrapper
from typing import Any, ClassVar, Final

import cv2
import numpy as np

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.json_text import category_objects, first_annotation, to_json
from blendmask_live.export.sequence import ExportJob
from blendmask_live.labels import COCO_STUFF_NAMES, stuff_category_ids
from blendmask_live.masks.fusion import Panorama, Segment, fuse

__all__ = ["PanopticWriter"]

_FIRST_THING_ID: Final = 256
"""Segment id of track 1, less one. Below it a segment's id is the stuff's semantic class."""


class PanopticWriter:
    """Writes `panoptic/00000.png`... and `panoptic.json`.

    A pixel's segment id is R + 256 G + 65536 B, 0 for unlabelled. Ids are the same in all frames:
    256 + track id, or the class of the stuff, 1 to 53. Segments of objects carry their `track_id`
    and `score`. Every object that `--score` lets through is placed, best first, except one that
    is hidden by more than 0.4; stuff below 4096 px is left out. Stuff comes from networks with a
    panoptic head only.
    """

    format: ClassVar = Format(
        name="panoptic",
        validator="blendmask_live.validation.panoptic:check_panoptic",
        signs=("panoptic.json", "../panoptic.json"),
        suffixes=(".json",),
        fits_json=lambda content: "segments_info" in first_annotation(content),
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._thing_ids = job.category_ids
        self._stuff_ids = stuff_category_ids(self._thing_ids)
        self._image_spool = TextIOWrapper(job.folder.open_spool(), encoding="utf-8", newline="\n")
        (job.folder.path / "panoptic").mkdir()
        self._out = job.folder.open_text("panoptic.json")
        things = [
            category | {"isthing": 1} for category in category_objects(job.labels, job.category_ids)
        ]
        stuff = [
            {"id": category_id, "name": name, "supercategory": "stuff", "isthing": 0}
            for category_id, name in zip(self._stuff_ids, COCO_STUFF_NAMES, strict=True)
        ]
        info = {"description": f"{job.source.name}, tracked by BlendMask Live"}
        self._out.write(
            f'{{"info":{to_json(info)},"licenses":[],"categories":{to_json(things + stuff)},'
            '"annotations":['
        )

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        instances = tracked_frame.instances
        panorama = fuse(
            instances.cropped_masks(),
            instances.scores,
            instances.class_ids,
            instances.semantic,
            frame_size=self._job.frame_size,
            smallest_score=0.0,
        )
        ids = [self._segment_id(segment, tracked_frame) for segment in panorama.segments]
        file_name = f"{number:05d}.png"
        self._save(file_name, np.array([0, *ids], dtype=np.int32)[panorama.ids])
        annotation = {
            "image_id": number + 1,
            "file_name": file_name,
            "segments_info": self._segments_info(panorama, ids, tracked_frame),
        }
        self._out.write(("," if number else "") + to_json(annotation))
        height, width = self._job.frame_size
        frame = tracked_frame.frame
        image = {
            "id": number + 1,
            "file_name": f"{number:05d}.jpg",
            "height": height,
            "width": width,
            "frame_index": frame.index,
            "pts_s": None if frame.pts_s is None else float(frame.pts_s),
        }
        self._image_spool.write(("," if number else "") + to_json(image))
        return f"panoptic/{file_name}"

    def _segment_id(self, segment: Segment, tracked_frame: TrackedFrame) -> int:
        if segment.row is None:
            return segment.class_id
        return _FIRST_THING_ID + int(tracked_frame.track_ids[segment.row])

    def _segments_info(
        self, panorama: Panorama, ids: list[int], tracked_frame: TrackedFrame
    ) -> list[dict[str, Any]]:
        infos = []
        for segment, segment_id in zip(panorama.segments, ids, strict=True):
            category_ids_ = self._thing_ids if segment.is_thing else (0, *self._stuff_ids)
            x, y, width, height = cv2.boundingRect((panorama.ids == segment.id).view(np.uint8))
            info: dict[str, Any] = {
                "id": segment_id,
                "category_id": category_ids_[segment.class_id],
                "area": segment.area_px,
                "bbox": [x, y, width, height],
                "iscrowd": 0,
            }
            if segment.row is not None:
                info["track_id"] = int(tracked_frame.track_ids[segment.row])
                info["score"] = round(float(tracked_frame.instances.scores[segment.row]), 5)
            infos.append(info)
        return infos

    def _save(self, file_name: str, segment_ids: np.ndarray[Any, np.dtype[np.int32]]) -> None:
        # OpenCV takes BGR: the highest byte first.
        bgr = np.stack([segment_ids >> shift & 255 for shift in (16, 8, 0)], axis=2)
        png = cv2.imencode(".png", bgr.astype(np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
        (self._job.folder.path / "panoptic" / file_name).write_bytes(png.tobytes())

    def finish(self) -> None:
        self._out.write('],"images":[')
        self._image_spool.seek(0)
        shutil.copyfileobj(self._image_spool, self._out)
        self._out.write("]}\n")
