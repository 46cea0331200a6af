"""Give masks to photographs that have boxes alone, or nothing: training data for blendmask-lite.

    python tools/masks_from_boxes.py --images DIR --annotations BOXES.json -o MASKS.json
    python tools/masks_from_boxes.py --images DIR -o MASKS.json

The prompted head answers for every box, as the photograph is and mirrored. Only masks that both
answers agree on, and of which it is sure, are written. Without annotations the detector's boxes
are asked for, and the result says of no class that all its objects are labelled.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.atomic import written_beside
from blendmask_live.labels import COCO_NAMES
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Prompter, as_rgb, load_prompter

LEAST_SIDE_PX = 12
LEAST_AGREEMENT = 0.88
LEAST_CONFIDENCE = 0.75
LEAST_SCORE = 0.45
"""Of detections that are asked for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--annotations", type=Path, help="COCO instances JSON with boxes")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    prompter = load_prompter()
    content = _content(options.images, options.annotations)
    asked = content.pop("annotations")
    content["annotations"] = kept = []
    for number, image in enumerate(content["images"]):
        pixels = _read(options.images / image["file_name"])
        if pixels is None:
            continue
        image["height"], image["width"] = pixels.shape[:2]
        boxes = asked.get(image["id"]) if options.annotations else list(_detected(prompter, pixels))
        for entry in _answered(prompter, pixels, boxes or []):
            kept.append({**entry, "image_id": image["id"], "id": len(kept) + 1, "iscrowd": 0})
        if number % 100 == 99:
            print(f"{number + 1} photographs, {len(kept)} masks", flush=True)
    with written_beside(options.output) as partial:
        partial.write_text(json.dumps(content), encoding="utf-8")
    print(f"{len(kept)} masks in {options.output}")


def _content(images: Path, annotations: Path | None) -> dict[str, Any]:
    """COCO's own fields, with the annotations by image."""
    by_image: dict[int, list[dict[str, Any]]] = {}
    if annotations is None:
        names = sorted(path.name for path in images.glob("*.jpg"))
        listed = [{"id": n, "file_name": name, "exhaustive": []} for n, name in enumerate(names)]
        categories = [{"id": n, "name": name} for n, name in enumerate(COCO_NAMES, start=1)]
        return {"images": listed, "categories": categories, "annotations": by_image}
    content: dict[str, Any] = json.loads(annotations.read_text(encoding="utf-8"))
    for entry in content["annotations"]:
        if not entry.get("iscrowd"):
            by_image.setdefault(entry["image_id"], []).append(entry)
    return {**content, "annotations": by_image}


def _read(path: Path) -> NDArray[np.uint8] | None:
    image = cv2.imread(str(path))
    return None if image is None else as_rgb(np.ascontiguousarray(image[:, :, ::-1]))


def _detected(prompter: Prompter, pixels: NDArray[np.uint8]) -> Iterator[dict[str, Any]]:
    found = prompter.detect(pixels)
    for box, score, class_id in zip(found.boxes, found.scores, found.class_ids, strict=True):
        if score >= LEAST_SCORE:
            x0, y0, x1, y1 = (float(side) for side in box)
            yield {"bbox": [x0, y0, x1 - x0, y1 - y0], "category_id": int(class_id) + 1}


def _answered(
    prompter: Prompter, pixels: NDArray[np.uint8], asked: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The entries whose masks are sure, with these."""
    height, width = pixels.shape[:2]
    boxes, entries = [], []
    for entry in asked:
        x, y, w, h = entry["bbox"]
        box = max(0.0, x), max(0.0, y), min(float(width), x + w), min(float(height), y + h)
        if min(box[2] - box[0], box[3] - box[1]) >= LEAST_SIDE_PX:
            boxes.append(box)
            entries.append(entry)
    found = prompter.open(pixels).masks([Prompt(box=box) for box in boxes])
    turned = [Prompt(box=(width - x1, y0, width - x0, y1)) for x0, y0, x1, y1 in boxes]
    mirrored = prompter.open(np.ascontiguousarray(pixels[:, ::-1])).masks(turned)
    for entry, one, other in zip(entries, found, mirrored, strict=True):
        back = other.mask[:, ::-1]
        union = np.count_nonzero(one.mask | back)
        agreement = np.count_nonzero(one.mask & back) / max(1, union)
        sure = min(one.confidence, other.confidence)
        if agreement >= LEAST_AGREEMENT and sure >= LEAST_CONFIDENCE:
            both = (one.probabilities + other.probabilities[:, ::-1]) / 2 >= 0.5
            yield {
                "bbox": entry["bbox"],
                "category_id": entry["category_id"],
                "area": int(np.count_nonzero(both)),
                "segmentation": _rle(both),
            }


def _rle(mask: NDArray[np.bool_]) -> dict[str, Any]:
    from pycocotools import mask as coco

    coded = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    return {"size": list(coded["size"]), "counts": coded["counts"].decode("ascii")}


if __name__ == "__main__":
    main()
