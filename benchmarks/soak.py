"""Soak: a live session for long; memory, threads and files must stay where they are.

    python benchmarks/soak.py frames --frames 100000     small frames, as fast as they go
    python benchmarks/soak.py camera --minutes 60        720p at 30 fps
    python benchmarks/soak.py large --minutes 2          4K frames with 100 objects each

Prints memory over time, its slope in the second half, and what is left after the session.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from blendmask_live import load_segmenter, open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.drawing.overlay import draw_overlay
from blendmask_live.live import LiveSession, LiveSettings
from blendmask_live.live.rehearsal import rehearse
from blendmask_live.measuring.benchmark import force_instances
from blendmask_live.measuring.synthetic import SyntheticCamera
from blendmask_live.segmenting.segmenter import Segmenter

_SAMPLE_S = 2.0
_SMALL = (64, 96)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds at a moment."""

    seconds: float
    frames: int
    rss_mb: float
    threads: int
    open_files: int
    vram_mb: float | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("frames", "camera", "large"))
    parser.add_argument("--frames", type=int, default=100_000, help="of 'frames'")
    parser.add_argument("--minutes", type=float, default=60.0, help="of 'camera' and 'large'")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    small = options.kind == "frames"
    segmenter = load_segmenter(drop_duplicates=True, short_side=64 if small else None)
    if options.kind == "large":
        force_instances(segmenter, 100)
    # A session that compiles would not stop in time.
    rehearse()
    segmenter.segment(np.zeros((96, 96, 3), np.uint8))
    # One session before the measured one: threads and memory that libraries take once.
    _soak(_camera(options.kind), segmenter, frames=None, seconds=10.0)
    before = _sample(0.0, 0, segmenter)
    samples = _soak(
        _camera(options.kind),
        segmenter,
        frames=options.frames if small else None,
        seconds=float("inf") if small else options.minutes * 60,
    )
    gc.collect()
    after = _sample(samples[-1].seconds, samples[-1].frames, segmenter)
    _report(samples, before, after)
    if options.json:
        record = {"kind": options.kind, "samples": [asdict(sample) for sample in samples]}
        record |= {"before": asdict(before), "after": asdict(after)}
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _camera(kind: str) -> FrameSource:
    pictures = []
    source = open_source("demo", max_frames=60)
    while (frame := source.read()) is not None:
        pictures.append(frame.image)
    source.close()
    if kind == "frames":
        rows = np.linspace(0, pictures[0].shape[0] - 1, _SMALL[0]).astype(int)
        columns = np.linspace(0, pictures[0].shape[1] - 1, _SMALL[1]).astype(int)
        small = [np.ascontiguousarray(picture[rows][:, columns]) for picture in pictures]
        return SyntheticCamera(small, fps=1000)
    if kind == "large":
        # 3840 x 2160.
        large = [picture.repeat(3, axis=0).repeat(3, axis=1) for picture in pictures[::6]]
        return SyntheticCamera(large, fps=30)
    return SyntheticCamera(pictures, fps=30)


def _soak(
    source: FrameSource, segmenter: Segmenter, *, frames: int | None, seconds: float
) -> list[Sample]:
    """Draw what a session shows until so many frames are drawn, or for so long."""
    changed = threading.Event()
    session = LiveSession(
        source, segmenter, LiveSettings(segmenter=segmenter.settings), on_change=changed.set
    )
    session.start()
    began_s = time.monotonic()
    drawn, samples, next_sample_s = 0, [], 0.0
    try:
        while session.error is None and (frames is None or drawn < frames):
            elapsed_s = time.monotonic() - began_s
            if elapsed_s >= next_sample_s:
                samples.append(_sample(elapsed_s, drawn, segmenter))
                next_sample_s = elapsed_s + _SAMPLE_S
            if elapsed_s >= seconds:
                break
            changed.wait(0.1)
            changed.clear()
            tracked_frame = session.take_latest()
            if tracked_frame is not None:
                draw_overlay(tracked_frame.frame.image, tracked_frame.tracked)
                drawn += 1
    finally:
        session.stop()
    if session.error is not None:
        raise session.error
    samples.append(_sample(time.monotonic() - began_s, drawn, segmenter))
    return samples


def _sample(seconds: float, frames: int, segmenter: Segmenter) -> Sample:
    import torch

    process = psutil.Process()
    device = segmenter.runtime.device
    on_gpu = device.startswith("cuda")
    return Sample(
        seconds=seconds,
        frames=frames,
        rss_mb=process.memory_info().rss / 2**20,
        threads=process.num_threads(),
        open_files=process.num_fds() if hasattr(process, "num_fds") else process.num_handles(),
        vram_mb=torch.cuda.memory_reserved(device) / 2**20 if on_gpu else None,
    )


def _report(samples: list[Sample], before: Sample, after: Sample) -> None:
    last = samples[-1]
    print(f"{last.frames} frames in {last.seconds:.0f} s ({last.frames / last.seconds:.1f} fps)")
    for share in (0.02, 0.1, 0.25, 0.5, 0.75, 1.0):
        sample = samples[min(int(share * len(samples)), len(samples) - 1)]
        print(
            f"  {sample.seconds:7.0f} s  {sample.rss_mb:8.1f} MiB  {sample.threads} threads  "
            f"{sample.open_files} files"
        )
    half = samples[len(samples) // 2 :]
    if len(half) > 2:
        minutes = [sample.seconds / 60 for sample in half]
        slope = np.polyfit(minutes, [sample.rss_mb for sample in half], 1)[0]
        frames = half[-1].frames - half[0].frames
        grown = slope * (minutes[-1] - minutes[0])
        print(
            f"slope of the second half: {slope:+.3f} MiB a minute, {grown:+.2f} MiB in all", end=""
        )
        print(f" ({grown * 2**20 / max(frames, 1):+.1f} bytes a frame)")
    for name in ("threads", "open_files", "rss_mb", "vram_mb"):
        print(f"{name}: {getattr(before, name)} before, {getattr(after, name)} after")


if __name__ == "__main__":
    main()
