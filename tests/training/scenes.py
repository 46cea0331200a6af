"""Tiny training pictures: coloured shapes whose pixels say which object they belong to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

from blendmask_live.training.recipe import DataConfig, Recipe

__all__ = ["LABELS", "SIZE", "picture_with", "tiny_recipe", "write_scenes"]

LABELS = ("disc", "box")
SIZE = (96, 128)
COLORS = ((230, 30, 30), (30, 220, 30), (40, 40, 240))
BACKGROUND = 110


def picture_with(
    rng: np.random.Generator, *, objects: int = 3
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], list[int]]:
    """Picture (H, W, 3), disjoint masks (n, H, W) and class ids; object i has COLORS[i]."""
    height, width = SIZE
    image = rng.integers(BACKGROUND - 8, BACKGROUND + 8, (height, width, 3)).astype(np.uint8)
    y, x = np.mgrid[:height, :width] + 0.5
    masks = np.zeros((objects, height, width), dtype=bool)
    class_ids = [int(rng.integers(2)) for _ in range(objects)]
    for row, class_id in enumerate(class_ids):
        center_x, center_y = (row + 0.5) * width / objects, rng.uniform(30, height - 30)
        half_w, half_h = rng.uniform(12, width / objects / 2 - 2), rng.uniform(14, 28)
        far = np.abs(x - center_x) / half_w, np.abs(y - center_y) / half_h
        masks[row] = np.hypot(*far) <= 1 if class_id == 0 else np.maximum(*far) <= 1
        image[masks[row]] = COLORS[row]
    return image, masks, class_ids


def write_scenes(folder: Path, *, count: int, exhaustive: list[str] | None = None) -> Path:
    """Write images/*.png and instances.json; returns the folder."""
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    images, annotations = [], []
    for image_id in range(1, count + 1):
        pixels, masks, class_ids = picture_with(rng)
        name = f"{image_id:03d}.png"
        Image.fromarray(pixels).save(folder / "images" / name)
        entry: dict[str, Any] = {"id": image_id, "file_name": name}
        entry |= {"height": SIZE[0], "width": SIZE[1]}
        images.append(entry if exhaustive is None else {**entry, "exhaustive": exhaustive})
        for mask, class_id in zip(masks, class_ids, strict=True):
            annotations.append(_annotation(len(annotations) + 1, image_id, mask, class_id))
    content = {
        "images": images,
        "categories": [{"id": 5 + i, "name": name} for i, name in enumerate(LABELS)],
        "annotations": annotations,
    }
    (folder / "instances.json").write_text(json.dumps(content))
    return folder


def _annotation(
    number: int, image_id: int, mask: NDArray[np.bool_], class_id: int
) -> dict[str, Any]:
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {
        "id": number,
        "image_id": image_id,
        "category_id": 5 + class_id,
        "segmentation": {"size": rle["size"], "counts": rle["counts"].decode("ascii")},
        "bbox": coco_mask.toBbox(rle).tolist(),
        "area": float(mask.sum()),
        "iscrowd": 0,
    }


def tiny_recipe(**changes: Any) -> Recipe:
    """A run of seconds on `write_scenes`."""
    from blendmask_live.network.lite.model import LiteConfig

    values: dict[str, Any] = {
        "seed": 3,
        "steps": 6,
        "batch_size": 2,
        "sizes": ((64, 96),),
        "warmup_steps": 2,
        "mask_size": 28,
        "masks_per_picture": 8,
        "precision": "fp32",
        "data": (DataConfig("images", "instances.json"),),
        "network": LiteConfig(width="1.0x", classes=len(LABELS)),
    }
    return Recipe(**{**values, **changes})
