"""labelme: one JSON file per frame."""

from __future__ import annotations

import base64
import logging
from pathlib import PurePosixPath
from typing import Any, ClassVar, Final

import numpy as np

from blendmask_live.datatypes import CroppedMask, TrackedFrame
from blendmask_live.export.format import Format
from blendmask_live.export.json_text import to_json
from blendmask_live.export.options import OUTLINE_OPTIONS, idle_outline_options
from blendmask_live.export.pictures import png_bytes
from blendmask_live.export.polygons import edge_parts, joined
from blendmask_live.export.sequence import ExportJob

__all__ = ["LabelmeWriter"]

logger = logging.getLogger(__name__)

_VERSION: Final = "5.5.0"
"""The first that knows shapes of type mask is 5.3."""


class LabelmeWriter:
    """Writes `00000.json`...; pictures, where asked for, beside them as labelme wants them.

    `group_id` is the track id. A shape is a mask (exact), or with `shape="polygon"` one polygon
    for each part; holes are joined to their part by lines without width.
    """

    format: ClassVar = Format(
        name="labelme",
        validator="blendmask_live.validation.annotation_tools:check_labelme",
        importer="blendmask_live.importing.labelme:read_labelme",
        weak_signs=("*.json",),
        suffixes=(".json",),
        fits_json=lambda content: "shapes" in content,
        options=OUTLINE_OPTIONS,
        idle_options=idle_outline_options,
    )

    def __init__(self, job: ExportJob) -> None:
        self._job = job

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        instances = tracked_frame.instances
        height, width = self._job.frame_size
        image_name = self._job.picture_name(f"{number:05d}")
        shapes: list[dict[str, Any]] = [
            {
                "label": name,
                "points": points,
                "group_id": int(tracked_frame.track_ids[row]),
                "description": f"score {instances.scores[row]:.5f}",
                "shape_type": self._job.options.shape or "mask",
                "flags": {},
                "mask": mask,
            }
            for row, name in enumerate(instances.class_names)
            for points, mask in self._outlines(instances.cropped_masks()[row])
        ]
        content: dict[str, Any] = {
            "version": _VERSION,
            "flags": {},
            "shapes": shapes,
            "imagePath": image_name,
            "imageData": None,
            "imageHeight": height,
            "imageWidth": width,
        }
        path = self._job.folder.path / PurePosixPath(image_name).with_suffix(".json")
        path.write_text(to_json(content) + "\n", encoding="ascii", newline="\n")
        self._job.save_picture(image_name, tracked_frame.frame)
        return path.name

    def _outlines(self, crop: CroppedMask) -> list[tuple[list[list[float]], str | None]]:
        if self._job.options.shape == "polygon":
            parts = edge_parts(crop, tolerance_px=self._job.options.polygon_tolerance_px)
            return [(joined(part).tolist(), None) for part in parts]
        tight = crop.tight()
        x0, y0, x1, y1 = tight.box
        png = png_bytes(tight.mask.view(np.uint8))
        # The last pixel's own position, not the one after it.
        return [([[x0, y0], [x1 - 1, y1 - 1]], base64.b64encode(png).decode("ascii"))]

    def finish(self) -> None:
        if self._job.options.frames == "none":
            logger.warning(
                "labelme: opens a file only with its picture beside; --frames jpg writes them"
            )
