"""BlendMask R-50 beside torchvision's Mask R-CNN R-50, whole networks, interleaved in one run.

Random weights, the same padded input, eager fp32, the same number of instances: what is
compared is the work of the two designs. A second table compares the masks alone.

    python benchmarks/vs_mask_rcnn.py [--rounds 5] [--size 512x736] [--device cpu]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from torch import Tensor
from torchvision.models.detection import maskrcnn_resnet50_fpn

from blendmask_live.masks.blending import blend_masks
from blendmask_live.masks.pasting import paste_soft_masks
from blendmask_live.network.blender import blend_logits
from blendmask_live.network.family.model import BlendMask, build_blendmask
from blendmask_live.network.family.proposals import PictureDetections, detect_picture

FRAME = (720, 1280)
COUNTS = (10, 50, 100)
OURS = ("blendmask-r50", "blendmask-550-r50", "blendmask-rt-r50")


@torch.inference_mode()
def main() -> None:
    """Print medians in ms and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", default="512x736", help="HEIGHTxWIDTH, multiples of 32")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    height, width = map(int, options.size.split("x"))
    torch.manual_seed(0)
    picture = torch.rand(3, height, width, device=options.device)
    for count in COUNTS:
        candidates = {"mask-rcnn-r50-fpn": _mask_rcnn(picture, count)}
        candidates |= {name: _blendmask(name, picture, count) for name in OURS}
        title = f"network, {width} x {height}, {count} instances, {options.device}"
        _print(title, _interleaved(candidates, options.rounds, options.device))
    masks = {f"{count} masks": _masks_only(count) for count in COUNTS}
    _print("blender and masks at 720p, CPU", _interleaved(masks, 5 * options.rounds, "cpu"))


def _mask_rcnn(picture: Tensor, count: int) -> Callable[[], int]:
    height, width = picture.shape[1:]
    model = maskrcnn_resnet50_fpn(
        weights=None,
        weights_backbone=None,
        min_size=height,
        max_size=width,
        # Random scores are all alike: every proposal may stay, up to the count.
        box_score_thresh=0.0,
        box_nms_thresh=1.0,
        box_detections_per_img=count,
    )
    model = model.to(picture.device).eval()
    return lambda: len(model([picture])[0]["masks"])


def _blendmask(name: str, picture: Tensor, count: int) -> Callable[[], int]:
    model = build_blendmask(name)
    assert isinstance(model, BlendMask)
    # As trained networks do on a busy picture, this one finds something: enough to choose from.
    model.proposal_generator.fcos_head.cls_logits.bias.fill_(-2.0)
    model = model.to(picture.device)
    batch = picture[None] * 255

    def run() -> int:
        dense = model(batch)
        found = detect_picture(model, dense, max_instances=count, nms_iou=1.0)
        found = _first(found, count)
        logits = blend_logits(dense.bases, found.boxes_network_px, found.attention, mask_size=56)
        return len(logits.sigmoid())

    return run


def _first(found: PictureDetections, count: int) -> PictureDetections:
    """Ties at the last place all stay; here they go."""
    return PictureDetections(
        found.boxes_network_px[:count],
        found.scores[:count],
        found.class_ids[:count],
        found.attention[:count],
    )


def _masks_only(count: int) -> Callable[[], int]:
    """Bases and attention in, frame masks as crops out: boxes cover the frame once in all."""
    rng = np.random.default_rng(0)
    height, width = FRAME
    bases = rng.normal(0, 3, (4, 96, 168)).astype(np.float32)
    attention = rng.normal(0, 2, (count, 4, 14, 14)).astype(np.float32)
    side = (height * width / count) ** 0.5
    corners = rng.uniform(0, [width - side, height - side], (count, 2)).round()
    boxes = np.concatenate([corners, corners + round(side)], axis=1).astype(np.float32)
    to_bases = np.array([168 / width, 96 / height] * 2, dtype=np.float32)

    def run() -> int:
        soft_masks = blend_masks(bases, boxes * to_bases, attention, mask_size=56)
        return len(paste_soft_masks(soft_masks, boxes, frame_size=FRAME))

    return run


def _interleaved(
    candidates: dict[str, Callable[[], int]], rounds: int, device: str
) -> dict[str, tuple[int, float]]:
    """Name -> instances and median ms."""
    counts = {name: run() for name, run in candidates.items()}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            began = time.perf_counter()
            run()
            if device != "cpu":
                torch.cuda.synchronize()
            times[name].append((time.perf_counter() - began) * 1e3)
    return {name: (counts[name], statistics.median(values)) for name, values in times.items()}


def _print(title: str, results: dict[str, tuple[int, float]]) -> None:
    print(title)
    first = next(iter(results.values()))[1]
    for name, (count, median) in results.items():
        print(f"  {name:22} {count:4} instances {median:8.1f} ms  {first / median:5.2f}x")


if __name__ == "__main__":
    main()
