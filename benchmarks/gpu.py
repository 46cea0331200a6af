"""Latency on a GPU: a frame in host memory to masks and track ids, in every runtime.

    python benchmarks/gpu.py [--device cuda] [--frames 200] [--runtimes torch,cudagraph]

For `blendmask-rt-r50` at 512 x 736 and `blendmask-lite` at its default for 720p, batch 1, 20
objects: times, the ratio to eager fp32, two floors, how well masks agree with those of eager
fp32, and the GPU's memory. The floors are what the convolutions' arithmetic takes at the rate of
a large matrix product, and what their inputs, weights and outputs take at the rate of a large
copy (a cache may beat it), both measured here. The first network has random weights unless its
checkpoint is given.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from blendmask_live.capture import open_source
from blendmask_live.datatypes import Frame, Instances
from blendmask_live.errors import ConfigError
from blendmask_live.masks.crops import crops_iou
from blendmask_live.measuring.benchmark import (
    BenchRun,
    bench_sequential,
    force_instances,
    random_segmenter,
    read_frames,
    runtimes_to_compare,
)
from blendmask_live.measuring.crowd import crowded
from blendmask_live.measuring.machine import this_machine
from blendmask_live.network.family.model import build_blendmask
from blendmask_live.runtime import choose_device
from blendmask_live.runtime.torch_eager import DTYPES
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter

FAMILY, FAMILY_SIZE = "blendmask-rt-r50", (512, 736)
LITE = "blendmask-lite"
TARGETS_MS = {FAMILY: 4.0, LITE: 2.0}
"""On an H200."""
OBJECTS = 20
PARITY_FRAMES = 16


@dataclass(frozen=True, slots=True)
class Rates:
    """What a device was measured to reach in one precision."""

    flops_per_s: float
    bytes_per_s: float
    itemsize: int


class Pictures:
    """Frames in memory as a source."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = iter(frames)

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        pass


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda[:N]")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--runtimes", help="some, separated by commas; all where absent")
    parser.add_argument("--networks", default=f"{FAMILY},{LITE}")
    parser.add_argument("--checkpoint", type=Path, help=f"the authors' {FAMILY}")
    options = parser.parse_args()
    device = choose_device(options.device)
    on_gpu = device != "cpu"
    name = torch.cuda.get_device_name(device) if on_gpu else this_machine().cpu
    print(f"{name}, PyTorch {torch.__version__}, CUDA {torch.version.cuda}, {OBJECTS} objects")
    frames = read_frames(partial(open_source, "demo", max_frames=60), 60)
    resized = [replace(f, image=cv2.resize(f.image, FAMILY_SIZE[::-1])) for f in frames]
    choices = [
        pair
        for pair in runtimes_to_compare(device, "auto")
        if pair[1] in DTYPES and (not options.runtimes or pair[0] in options.runtimes.split(","))
    ]
    if ("torch", "fp32") not in choices:
        choices.insert(0, ("torch", "fp32"))
    rates = {precision: _rates(device, precision) for precision in {p for _, p in choices}}
    for network in options.networks.split(","):
        pictures = resized if network == FAMILY else frames
        _compare(network, pictures, choices, rates, device=device, options=options)


def _compare(
    network: str,
    pictures: Sequence[Frame],
    choices: list[tuple[str, str]],
    rates: dict[str, Rates],
    *,
    device: str,
    options: argparse.Namespace,
) -> None:
    reference: list[Instances] | None = None
    eager_ms: float | None = None
    for runtime, precision in choices:
        try:
            segmenter = _open(network, options.checkpoint, device, runtime, precision)
            run = bench_sequential(
                _loaded(segmenter),
                lambda: Pictures(pictures),  # type: ignore[arg-type,return-value]
                frames=options.frames,
                report=lambda done, total: None,
            )
            found = [segmenter.segment(f.image) for f in pictures[:PARITY_FRAMES]]
        except (ConfigError, RuntimeError) as error:
            print(f"  {runtime} {precision}: {' '.join(str(error).split())}")
            continue
        if eager_ms is None:
            height, width = run.network_size
            print(f"\n{network}, {width} x {height}, ms (target on an H200: {TARGETS_MS[network]})")
            print(
                f"  {'':17} {'masks+ids':>9} {'p99':>7} {'segment':>8} {'track':>6} "
                f"{'faster':>7} {'FLOPs':>7} {'bytes':>7} {'mask IoU':>8} {'MiB':>6}"
            )
            eager_ms, reference = _masks_and_ids_ms(run), found
        assert reference is not None
        has_weights = network == LITE or options.checkpoint
        floors_ms = _floors_ms(network, run.network_size, rates[precision])
        agreement = _agreement(found, reference) if has_weights else None
        _print_row(run, eager_ms, floors_ms, agreement)


def _print_row(
    run: BenchRun, eager_ms: float, floors_ms: tuple[float, float], agreement: float | None
) -> None:
    stages, ours_ms = run.stages_ms, _masks_and_ids_ms(run)
    p99_ms = stages["segment"].p99_ms + stages["track"].p99_ms
    memory = "-" if run.gpu_memory_peak_mb is None else f"{run.gpu_memory_peak_mb:.0f}"
    print(
        f"  {run.runtime:12} {run.precision:4} {ours_ms:9.2f} {p99_ms:7.2f} "
        f"{stages['segment'].p50_ms:8.2f} {stages['track'].p50_ms:6.2f} "
        f"{eager_ms / ours_ms:6.1f}x {floors_ms[0]:7.3f} {floors_ms[1]:7.3f} "
        f"{'-' if agreement is None else f'{agreement:.4f}':>8} {memory:>6}",
        flush=True,
    )


def _open(
    network: str, checkpoint: Path | None, device: str, runtime: str, precision: str
) -> Segmenter:
    if network == LITE:
        return load_segmenter(device=device, runtime=runtime, precision=precision)
    short_side, long_side = FAMILY_SIZE
    if checkpoint is None:
        torch.manual_seed(0)
        segmenter = random_segmenter(
            network,
            device=device,
            runtime=runtime,
            precision=precision,
            threads=0,
        )
    else:
        segmenter = load_segmenter(
            checkpoint, architecture=network, device=device, runtime=runtime, precision=precision
        )
    segmenter.settings = replace(segmenter.settings, short_side=short_side, long_side=long_side)
    return segmenter


def _loaded(segmenter: Segmenter) -> Segmenter:
    """The same network reporting `OBJECTS` in every picture; what it sees stays untouched."""
    if segmenter.weights_path.name.startswith(LITE):
        return crowded(segmenter, OBJECTS)
    forced = segmenter.with_settings(segmenter.settings)
    force_instances(forced, OBJECTS)
    return forced


def _masks_and_ids_ms(run: BenchRun) -> float:
    """Median time from a frame in host memory to its masks, as crops, and ids."""
    return run.stages_ms["segment"].p50_ms + run.stages_ms["track"].p50_ms


def _agreement(found: Sequence[Instances], reference: Sequence[Instances]) -> float:
    """Mean over the reference's objects of the best mask IoU with an object of their class."""
    best: list[float] = []
    for ours, theirs in zip(found, reference, strict=True):
        if not len(theirs):
            continue
        iou = np.zeros((len(theirs), len(ours) + 1))
        iou[:, 1:] = crops_iou(theirs.cropped_masks(), ours.cropped_masks())
        iou[:, 1:] *= theirs.class_ids[:, None] == ours.class_ids
        best += iou.max(axis=1).tolist()
    return float(np.mean(best)) if best else float("nan")


# the floor


def _rates(device: str, precision: str) -> Rates:
    """The best of a few large matrix products and copies."""
    dtype = DTYPES[precision]
    side, copied = (8192, 2**30) if device != "cpu" else (1024, 2**26)
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    values = torch.zeros(copied, dtype=torch.uint8, device=device)
    target = torch.empty_like(values)
    product_s = _best_s(lambda: torch.mm(a, b), device)
    copy_s = _best_s(lambda: target.copy_(values), device)
    return Rates(2 * side**3 / product_s, 2 * copied / copy_s, dtype.itemsize)


def _best_s(work: object, device: str) -> float:
    best_s = float("inf")
    for _ in range(8):
        began_s = time.perf_counter()
        work()  # type: ignore[operator]
        if device != "cpu":
            torch.cuda.synchronize(device)
        best_s = min(best_s, time.perf_counter() - began_s)
    return best_s


def _floors_ms(network: str, size: tuple[int, int], rates: Rates) -> tuple[float, float]:
    """What the convolutions' arithmetic takes, and what moving all that they touch takes."""
    flops = moved = 0

    def count(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal flops, moved
        assert isinstance(layer, nn.Conv2d)
        flops += 2 * output.numel() * layer.weight[0].numel()
        moved += inputs[0].numel() + layer.weight.numel() + output.numel()

    # Without numbers: only shapes are needed.
    with torch.device("meta"), torch.inference_mode():
        model = build_blendmask(network)
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d):
                layer.register_forward_hook(count)  # type: ignore[arg-type]
        model(torch.empty(1, 3, *size))
    return flops / rates.flops_per_s * 1e3, moved * rates.itemsize / rates.bytes_per_s * 1e3


if __name__ == "__main__":
    main()
