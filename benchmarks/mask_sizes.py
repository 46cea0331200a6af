"""What each mask size costs and how closely its masks follow the objects' outlines.

python benchmarks/mask_sizes.py --coco IMAGES ANNOTATIONS --davis FOLDER

Boundary F is that of DAVIS (Perazzi et al., CVPR 2016): outline pixels that lie within 0.8 % of
the picture's diagonal of the other outline. Every size is asked for in every picture before the
next one, so that the times share whatever else the machine does.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean, median

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools.coco import COCO

from blendmask_live import load_segmenter
from blendmask_live.config import MASK_SIZES
from blendmask_live.evaluation.average_precision import evaluate
from blendmask_live.segmenting.segmenter import Segmenter

TOLERANCE_OF_DIAGONAL = 0.008
SMALLEST_IOU = 0.5
Truth = tuple[NDArray[np.uint8], list[NDArray[np.bool_]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coco", nargs=2, type=Path, metavar=("IMAGES", "ANNOTATIONS"))
    parser.add_argument("--davis", type=Path, metavar="FOLDER", help="SEQUENCE/img, SEQUENCE/mask")
    parser.add_argument("--weights", default="blendmask-lite")
    options = parser.parse_args()
    segmenter = load_segmenter(options.weights)
    print("| data | mask | objects | boundary F | IoU | mask AP | blend ms | paste ms |")
    print("|---|---|---|---|---|---|---|---|")
    if options.coco:
        aps = {}
        for size in MASK_SIZES:
            sized = segmenter.with_settings(replace(segmenter.settings, mask_size=size))
            aps[size] = f"{evaluate(sized, *options.coco).mask['AP']:.3f}"
        _print_rows("COCO", segmenter, list(_coco(*options.coco)), aps)
    if options.davis:
        _print_rows("DAVIS", segmenter, list(_davis(options.davis)), {})


def _print_rows(name: str, segmenter: Segmenter, data: list[Truth], aps: dict[int, str]) -> None:
    scores: dict[int, list[tuple[float, float]]] = defaultdict(list)
    costs: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for image, objects in data:
        for size in MASK_SIZES:
            sized = segmenter.with_settings(replace(segmenter.settings, mask_size=size))
            instances = sized.segment(image)
            began = time.perf_counter()
            instances.cropped_masks()
            paste_ms = (time.perf_counter() - began) * 1e3
            costs[size].append((sized.timings_ms["blend"], paste_ms))
            masks = instances.masks()
            scores[size] += [_score(truth, masks) for truth in objects]
    # An object counts where every size found it, so that all are measured on the same ones.
    is_found = np.all([[f >= 0 for f, _ in scores[size]] for size in MASK_SIZES], axis=0)
    for size in MASK_SIZES:
        kept = [score for score, found in zip(scores[size], is_found, strict=True) if found]
        f, iou = (mean(values) for values in zip(*kept, strict=True))
        blend, paste = (median(values) for values in zip(*costs[size], strict=True))
        print(
            f"| {name} | {size} | {len(kept)} | {f:.3f} | {iou:.3f} | {aps.get(size, '')} "
            f"| {blend:.1f} | {paste:.1f} |",
            flush=True,
        )


def _score(truth: NDArray[np.bool_], masks: NDArray[np.bool_]) -> tuple[float, float]:
    """Boundary F and IoU of the mask that fits best; -1 where none is the same object."""
    if not len(masks):
        return -1.0, -1.0
    shared = (masks & truth).sum(axis=(1, 2))
    ious = shared / (masks | truth).sum(axis=(1, 2))
    best = int(ious.argmax())
    if ious[best] < SMALLEST_IOU:
        return -1.0, -1.0
    return _boundary_f(truth, masks[best]), float(ious[best])


def _boundary_f(truth: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    radius = max(1, round(TOLERANCE_OF_DIAGONAL * float(np.hypot(*truth.shape))))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    outlines = [_outline(m) for m in (truth, mask)]
    near = [cv2.dilate(outline.view(np.uint8), disk) > 0 for outline in outlines]
    recall = float((outlines[0] & near[1]).sum() / outlines[0].sum())
    precision = float((outlines[1] & near[0]).sum() / outlines[1].sum())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    inner = cv2.erode(mask.view(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
    return mask & (inner == 0)


def _coco(images: Path, annotations: Path) -> Iterator[Truth]:
    """Objects of 1,024 px and more: the outline of smaller ones is within the tolerance."""
    coco = COCO(annotations)
    for image_id, record in coco.imgs.items():
        image = np.array(Image.open(images / record["file_name"]).convert("RGB"))
        found = coco.loadAnns(coco.getAnnIds(image_id, iscrowd=False))
        masks = [coco.annToMask(a).astype(bool) for a in found if a["area"] >= 32**2]
        if masks:
            yield image, [mask for mask in masks if mask.any()]


def _davis(folder: Path) -> Iterator[Truth]:
    for sequence in sorted(folder.iterdir()):
        for path in sorted((sequence / "mask").glob("*.png"))[::4]:
            image_path = next((sequence / "img").glob(f"{path.stem}.*"))
            mask = np.array(Image.open(path).convert("L")) > 0
            if mask.any():
                yield np.array(Image.open(image_path).convert("RGB")), [mask]


if __name__ == "__main__":
    main()
