"""COCO instances JSON, with `track_id` and `score` in each annotation."""

from __future__ import annotations

import shutil
from io import TextIOWrapper
from typing import Any, ClassVar

from pycocotools import mask as coco_mask

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.json_text import category_objects, first_annotation, to_json
from blendmask_live.export.sequence import ExportJob

__all__ = ["CocoWriter"]


def _is_coco(content: Any) -> bool:
    # CocoVID has videos too.
    others = {"segments_info", "segmentations"}
    return "images" in content and not others & first_annotation(content).keys()


class CocoWriter:
    """Writes `instances.json`: compressed RLE, areas and boxes of the masks' pixels.

    Annotations stream into the file; the image records wait in a spool, because JSON lists
    cannot be written two at a time. Masks may overlap. Ids count from 1, as COCO's evaluation
    takes 0 for "none". Each image also has `frame_index` (in the source) and `pts_s`.
    """

    format: ClassVar = Format(
        name="coco",
        validator="blendmask_live.validation.coco_like:check_coco",
        importer="blendmask_live.importing.coco:read_coco",
        signs=("instances.json",),
        weak_signs=("*.json",),
        suffixes=(".json",),
        fits_json=_is_coco,
        has_tables_beside=True,
        options=frozenset({"frames"}),
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._category_ids = job.category_ids
        self._annotation_count = 0
        self._image_spool = TextIOWrapper(job.folder.open_spool(), encoding="utf-8", newline="\n")
        self._out = job.folder.open_text("instances.json")
        info = {"description": f"{job.source.name}, tracked by BlendMask Live"}
        categories = category_objects(job.labels, job.category_ids)
        self._out.write(
            f'{{"info":{to_json(info)},"licenses":[],"categories":{to_json(categories)},'
            '"annotations":['
        )

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        file_name = self._job.picture_name(f"images/{number:05d}")
        height, width = self._job.frame_size
        pts_s = tracked_frame.frame.pts_s
        image = {
            "id": number + 1,
            "file_name": file_name,
            "height": height,
            "width": width,
            "frame_index": tracked_frame.frame.index,
            "pts_s": None if pts_s is None else float(pts_s),
        }
        self._image_spool.write(("," if number else "") + to_json(image))
        self._add_annotations(number + 1, tracked_frame)
        self._job.save_picture(file_name, tracked_frame.frame)
        return file_name

    def _add_annotations(self, image_id: int, tracked_frame: TrackedFrame) -> None:
        instances = tracked_frame.instances
        for row, rle in enumerate(instances.rles()):
            self._annotation_count += 1
            track_id = int(tracked_frame.track_ids[row])
            annotation = {
                "id": self._annotation_count,
                "image_id": image_id,
                "category_id": self._category_ids[instances.class_ids[row]],
                "segmentation": {"size": rle["size"], "counts": rle["counts"].decode("ascii")},
                "area": int(coco_mask.area(rle)),
                "bbox": coco_mask.toBbox(rle).tolist(),
                "iscrowd": 0,
                "track_id": track_id,
                "score": round(float(instances.scores[row]), 5),
                # Where CVAT looks for tracks.
                "attributes": {"track_id": track_id, "keyframe": True},
            }
            self._out.write(("," if self._annotation_count > 1 else "") + to_json(annotation))

    def finish(self) -> None:
        self._out.write('],"images":[')
        self._image_spool.seek(0)
        shutil.copyfileobj(self._image_spool, self._out)
        self._out.write("]}\n")
