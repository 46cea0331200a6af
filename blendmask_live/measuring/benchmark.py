"""Measures speed: the pipeline as `annotate` runs it, or one frame at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.source import FrameSource
from blendmask_live.config import RUNTIMES
from blendmask_live.datatypes import Frame, Instances, TrackedFrame
from blendmask_live.drawing.overlay import draw_overlay
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.annotate import with_faint_objects
from blendmask_live.masks.buffer import MaskBuffer
from blendmask_live.measuring.crowd import MAX_FORCED_INSTANCES
from blendmask_live.measuring.machine import memory_peak_mb, reset_memory_peak, this_machine
from blendmask_live.measuring.synthetic import forth_and_back
from blendmask_live.pipeline import Pipeline, StageSummary, StageTimings
from blendmask_live.runtime import available_runtimes, open_runtime
from blendmask_live.runtime.devices import free_memory
from blendmask_live.segmenting.processing import default_settings
from blendmask_live.segmenting.segmenter import Segmenter
from tracking import ConfirmationBuffer, MaskTracker

__all__ = [
    "BenchRun",
    "bench_pipeline",
    "bench_sequential",
    "force_instances",
    "random_segmenter",
    "read_frames",
    "runtimes_to_compare",
]

_WARM_UP_FRAMES: Final = 5
_FRAMES_HELD: Final = 60
"""Pictures kept in memory by `bench_sequential`; played forth and back when more are asked."""

Report = Callable[[int, int | None], None]
"""Called with the frames done and the frames expected."""


@dataclass(frozen=True, slots=True)
class BenchRun:
    """What one configuration achieved."""

    runtime: str
    precision: str
    device: str
    network_size: tuple[int, int]
    """(height, width) px of the network's input."""
    frame_size: tuple[int, int]
    """(height, width) px of the first frame."""
    frames: int
    instances: float
    """Mean number of objects that the segmenter reported in a frame."""
    fps: float
    """Frames per second from the first frame into the first stage to the last out of the last."""
    stages_ms: dict[str, StageSummary]
    """Stage or step of a stage -> its times per frame, in the order of the work."""
    memory_peak_mb: float | None
    """Resident memory of the whole process in MiB, loaded networks included."""
    gpu_memory_peak_mb: float | None
    """Memory that PyTorch held on the GPU, MiB; None on the CPU."""


def runtimes_to_compare(device: str, precision: str) -> tuple[tuple[str, str], ...]:
    """(runtime, precision) pairs that make sense on a device and that the runtime offers.

    Args:
        device: 'cpu' or 'cuda:N'.
        precision: 'auto' for each that the hardware multiplies natively, else only this one.
    """
    precisions: tuple[str, ...] = ("fp32", "fp16", "bf16")
    if device == "cpu":
        native = ("bf16",) if this_machine().multiplies_bf16 else ()
        precisions = ("fp32", *native, *(("int8",) if find_spec("nncf") else ()))
    if precision != "auto":
        precisions = (precision,)
    return tuple(
        (runtime, chosen)
        for runtime in available_runtimes(device)
        for chosen in precisions
        if chosen in RUNTIMES[runtime]
    )


def random_segmenter(
    architecture: str,
    *,
    device: str,
    runtime: str,
    precision: str,
    threads: int,
) -> Segmenter:
    """A network with random weights: it finds nonsense, at the speed of a trained one.

    Args:
        architecture: 'blendmask-lite' or one of the published family.

    Raises:
        ConfigError: If there is no such architecture, or it does not run as asked.
    """
    from torch import nn

    from blendmask_live.network.family.model import BlendMask, build_blendmask

    try:
        network = build_blendmask(architecture)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if isinstance(network, BlendMask):
        # As sure of something everywhere as a trained one is on a busy picture.
        nn.init.constant_(network.proposal_generator.fcos_head.cls_logits.bias, -2.0)  # type: ignore[arg-type]
    settings = default_settings(network.config)
    opened = open_runtime(
        network, runtime=runtime, device=device, precision=precision, threads=threads
    )
    labels = tuple(f"class {number}" for number in range(network.config.classes))
    return Segmenter(opened, labels, settings, weights_path=Path("random"))


def force_instances(segmenter: Segmenter, count: int) -> None:
    """Make a segmenter report exactly `count` objects in every frame, whatever it shows.

    They are the network's likeliest, duplicates and all: most lie on top of each other, which
    no picture shows and which costs the tracker most. `crowd.crowded` is nearer to life.

    Raises:
        ConfigError: If the post-processing cannot give so many.
    """
    if not 1 <= count <= MAX_FORCED_INSTANCES:
        raise ConfigError(f"instances {count}: must lie between 1 and {MAX_FORCED_INSTANCES}")
    # Dropping duplicates would leave fewer.
    segmenter.settings = replace(
        segmenter.settings,
        score_threshold=0.0,
        nms_iou=1.0,
        drop_duplicates=False,
        max_instances=count,
    )


def bench_pipeline(
    segmenter: Segmenter, open_source: Callable[[], FrameSource], *, report: Report
) -> BenchRun:
    """Run source, segmenter, tracker and drawing in their threads; nothing is written.

    Args:
        open_source: Called twice; every frame of the second source is measured.

    Raises:
        SourceError, StageFailed: If a stage failed.
    """
    segmenter, tracking = with_faint_objects(segmenter)
    first = _warm_up(segmenter, open_source)
    segment = _TimedSegment(segmenter)
    source = open_source()
    total = source.info.frame_count
    _reset_memory_peaks(segmenter.runtime.device)
    began_s = time.perf_counter()
    with Pipeline(
        source,
        segment=segment,
        track=MaskTracker(tracking).update,
        hold_back=ConfirmationBuffer(),
        sinks={"draw": _Drawing()},
    ) as pipeline:
        while not pipeline.wait(timeout_s=0.1):
            report(pipeline.progress.frames_done, total)
    seconds = time.perf_counter() - began_s
    outer = pipeline.timings.summary()
    stages = {
        "capture": outer["capture"],
        "segment": outer["segment"],
        **segment.steps.summary(),
        "track": outer["track"],
        "draw": outer["export draw"],
    }
    return _result(segmenter, first, stages, seconds=seconds, instances=segment.instances)


def bench_sequential(
    segmenter: Segmenter,
    open_source: Callable[[], FrameSource],
    *,
    frames: int,
    report: Report,
) -> BenchRun:
    """Measure latency: a picture in memory in, track ids and frame-sized masks out, in turn.

    The masks go into memory that is used again, as they would in a user's loop.

    Raises:
        SourceError: If the source cannot be read.
    """
    segmenter, tracking = with_faint_objects(segmenter)
    first = _warm_up(segmenter, open_source)
    pictures = read_frames(open_source, min(frames, _FRAMES_HELD))
    tracker, buffer = MaskTracker(tracking), MaskBuffer()
    segment = _TimedSegment(segmenter)
    outer = StageTimings()
    _reset_memory_peaks(segmenter.runtime.device)
    seconds = 0.0
    for number in range(frames):
        image = pictures[forth_and_back(number, len(pictures))].image
        started_s = time.perf_counter()
        instances = segment.image(image)
        segmented_s = time.perf_counter()
        tracked = tracker.update(instances, timestamp_s=number / 30)
        tracked_s = time.perf_counter()
        tracked.instances.masks(into=buffer)
        ended_s = time.perf_counter()
        seconds += ended_s - started_s
        outer.record("segment", (segmented_s - started_s) * 1e3)
        outer.record("track", (tracked_s - segmented_s) * 1e3)
        outer.record("masks", (ended_s - tracked_s) * 1e3)
        outer.record("latency", (ended_s - started_s) * 1e3)
        report(number + 1, frames)
    summary = outer.summary()
    stages = {"segment": summary.pop("segment"), **segment.steps.summary(), **summary}
    return _result(segmenter, first, stages, seconds=seconds, instances=segment.instances)


def _warm_up(segmenter: Segmenter, open_source: Callable[[], FrameSource]) -> Frame:
    """Compile and allocate what the first frames of a run would; returns the first frame."""
    (frame,) = read_frames(open_source, 1)
    if segmenter.runtime.device != "cpu":
        # What an earlier run left over is not this one's.
        free_memory()
    for _ in range(_WARM_UP_FRAMES):
        segmenter.segment(frame.image)
    return frame


def read_frames(open_source: Callable[[], FrameSource], count: int) -> Sequence[Frame]:
    """The first frames of a source, at most `count`.

    Raises:
        SourceError: If the source cannot be read.
        ConfigError: If it holds none.
    """
    source = open_source()
    frames: list[Frame] = []
    try:
        while len(frames) < count and (frame := source.read()) is not None:
            frames.append(frame)
    finally:
        source.close()
    if not frames:
        raise ConfigError(f"{source.info.name}: no frame to measure with; choose another range")
    return frames


def _reset_memory_peaks(device: str) -> None:
    reset_memory_peak()
    if device.startswith("cuda"):
        import torch

        torch.cuda.reset_peak_memory_stats(device)


class _TimedSegment:
    """The segment stage, with the time of each of its steps; used by one thread."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self.steps = StageTimings()
        self.instances: list[int] = []

    def __call__(self, frame: Frame) -> Instances:
        return self.image(frame.image)

    def image(self, image: NDArray[np.uint8]) -> Instances:
        instances = self._segmenter.segment(image)
        for step, elapsed_ms in self._segmenter.timings_ms.items():
            self.steps.record(step, elapsed_ms)
        self.instances.append(len(instances))
        return instances


class _Drawing:
    """A sink that draws the overlay in memory, and forgets it."""

    def write(self, tracked: TrackedFrame) -> None:
        draw_overlay(tracked.frame.image, tracked.tracked)

    def close(self) -> tuple[Path, ...]:
        return ()

    def discard(self) -> None:
        pass


def _result(
    segmenter: Segmenter,
    first: Frame,
    stages_ms: dict[str, StageSummary],
    *,
    seconds: float,
    instances: Sequence[int],
) -> BenchRun:
    runtime = segmenter.runtime
    on_gpu = runtime.device.startswith("cuda")
    return BenchRun(
        runtime=runtime.name,
        precision=runtime.precision,
        device=runtime.device,
        network_size=segmenter.network_size(first.size),
        frame_size=first.size,
        frames=len(instances),
        instances=float(np.mean(instances)),
        fps=len(instances) / seconds,
        stages_ms=stages_ms,
        memory_peak_mb=memory_peak_mb(),
        gpu_memory_peak_mb=_gpu_memory_peak_mb(runtime.device) if on_gpu else None,
    )


def _gpu_memory_peak_mb(device: str) -> float:
    import torch

    return torch.cuda.max_memory_reserved(device) / 2**20
