"""720p picture in, 20 frame-sized masks out: ours beside Ultralytics yolo11n-seg, interleaved.

Ultralytics (AGPL) is no dependency of this project; install it in an environment of its own
together with this one and run there. Random weights do for its speed; its score threshold is
set so that about 100 candidates reach its NMS, as on a busy photograph.

    python benchmarks/vs_ultralytics.py [--rounds 15] [--all]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from numpy.typing import NDArray
from ultralytics import YOLO

from blendmask_live import load_segmenter, open_source
from blendmask_live.measuring.benchmark import force_instances

INSTANCES = 20
INPUT = (384, 640)
"""What 640 comes to for 720p: Ultralytics keeps the aspect, an export has a fixed size."""


def main() -> None:
    """Print medians in ms and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--all", action="store_true", help="every runtime, not only the default")
    options = parser.parse_args()
    rounds = options.rounds
    source = open_source("demo")
    frame = source.read()
    assert frame is not None
    image = frame.image
    bgr = image[:, :, ::-1].copy()
    peer, conf = _peer(bgr)
    candidates: dict[str, Callable[[], int]] = {}
    for kind, other in {"torch": peer, "OpenVINO": _exported(peer)}.items():
        candidates[f"yolo11n-seg {kind}, retina masks"] = lambda other=other: len(  # type: ignore[misc]
            other.predict(
                bgr, imgsz=INPUT, conf=conf, max_det=INSTANCES, retina_masks=True, verbose=False
            )[0]
            .masks.data.cpu()
            .numpy()
        )
    every = (("torch", "fp32"), ("openvino", "fp32"), ("openvino", "bf16"), ("openvino", "int8"))
    for runtime, precision in every if options.all else (("auto", "auto"),):
        segmenter = load_segmenter(runtime=runtime, precision=precision)
        force_instances(segmenter, INSTANCES)
        name = f"blendmask-lite {segmenter.runtime.name} {segmenter.runtime.precision}"
        candidates[name] = (
            lambda segmenter=segmenter: len(segmenter.segment(image).masks())  # type: ignore[misc]
        )
    times: dict[str, list[float]] = {name: [] for name in candidates}
    counts = {name: run() for name, run in candidates.items()}
    for _ in range(rounds):
        for name, run in candidates.items():
            began = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - began) * 1e3)
    first = statistics.median(next(iter(times.values())))
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:36} {counts[name]:3} masks {median:7.1f} ms  {first / median:5.2f}x")


def _peer(bgr: NDArray[np.uint8]) -> tuple[YOLO, float]:
    """A network with random weights that gives as many masks as ours, and its threshold."""
    for seed in range(20):
        torch.manual_seed(seed)
        peer = YOLO("yolo11n-seg.yaml")
        conf = _threshold(peer, bgr)
        found = peer.predict(
            bgr, imgsz=INPUT, conf=conf, max_det=INSTANCES, retina_masks=True, verbose=False
        )[0]
        if found.masks is not None and len(found.masks) == INSTANCES:
            return peer, conf
    sys.exit(f"no random network gave {INSTANCES} masks")


def _exported(peer: YOLO) -> YOLO:
    """The same network as Ultralytics exports it for OpenVINO."""
    folder = Path(tempfile.mkdtemp())
    peer.save(folder / "yolo11n-seg.pt")
    path = YOLO(folder / "yolo11n-seg.pt").export(format="openvino", imgsz=INPUT)
    return YOLO(path, task="segment")


def _threshold(peer: YOLO, bgr: NDArray[np.uint8]) -> float:
    """Score that about 100 boxes of a random network exceed on this picture."""
    every = peer.predict(bgr, imgsz=INPUT, conf=1e-9, max_det=300, verbose=False)[0]
    best = every.boxes.conf.sort(descending=True).values[:101]
    return float(best[-1]) if len(best) else 1e-9


if __name__ == "__main__":
    main()
