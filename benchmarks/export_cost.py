"""What exporting costs: time added to annotate, run-length coding, and memory over a long run.

    python benchmarks/export_cost.py annotate --video CLIP [--frames 150] [--repeats 5]
    python benchmarks/export_cost.py rle
    python benchmarks/export_cost.py memory [--frames 5000]

annotate: the network runs on every frame, and 20 scripted objects take the place of what it
finds, so that all runs have the same detections. Runs without and with exporters alternate; the
machine's own ups and downs meet both. memory: scripted frames go straight into the exporters.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import psutil
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.export import EXPORTERS, ExportOptions, open_exporter
from blendmask_live.labels import COCO_NAMES
from blendmask_live.masks.run_lengths import encode_rles
from blendmask_live.pipeline import Pipeline
from tracking import ConfirmationBuffer, MaskTracker

OBJECTS = 20
SIZE = (720, 1280)
_CELLS = 56


def main() -> None:
    """Run the chosen measurement."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("annotate", "rle", "memory"))
    parser.add_argument("--video", default="demo")
    parser.add_argument("--frames", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--format", default=",".join(DEFAULT_FORMATS))
    options = parser.parse_args()
    formats = tuple(EXPORTERS) if options.format == "all" else tuple(options.format.split(","))
    if options.what == "annotate":
        measure_annotate(options.video, options.frames or 150, options.repeats, formats)
    elif options.what == "rle":
        measure_rle(options.repeats)
    else:
        measure_memory(options.frames or 5000, formats)


def scripted(index: int, size: tuple[int, int] = SIZE) -> Instances:
    """20 soft discs of 60 to 250 px that wander; the same for the same frame."""
    height, width = size
    numbers = np.arange(OBJECTS)
    extents = 60 + numbers * 10.0
    x = (numbers * 197 + index * (1 + numbers % 5)) % (width - extents)
    y = (numbers * 83 + index * (1 + numbers % 3)) % (height - extents)
    boxes = np.stack([x, y, x + extents, y + extents], axis=1).astype(np.float32)
    wobble = 0.9 + 0.1 * np.sin(index / 9 + numbers)
    return Instances(
        boxes=boxes,
        scores=(0.6 + numbers / 100).astype(np.float32),
        class_ids=np.where(numbers % 4, 0, 2),
        frame_size=size,
        soft_masks=_discs(wobble.astype(np.float32)),
        mask_boxes=boxes,
    )


def _discs(radii: NDArray[np.float32]) -> NDArray[np.float32]:
    steps = np.linspace(-1, 1, _CELLS, dtype=np.float32)
    distances = np.sqrt(steps[:, None] ** 2 + steps[None] ** 2)
    return np.clip((radii[:, None, None] - distances[None]) * 8 + 0.5, 0, 1).astype(np.float32)


def measure_annotate(video: str, frames: int, repeats: int, formats: Sequence[str]) -> None:
    """Wall and processor seconds per run, without and with exporters in turn."""
    from blendmask_live.segmenting.segmenter import load_segmenter

    segmenter = load_segmenter("blendmask-lite", drop_duplicates=True)

    def segment(frame: Frame) -> Instances:
        segmenter.segment(frame.image)
        return scripted(frame.index, frame.size)

    def run(with_exporters: bool) -> tuple[float, float]:
        with tempfile.TemporaryDirectory() as folder:
            source = open_source(video, max_frames=frames)
            exporters = {
                name: open_exporter(
                    name, Path(folder) / name, source=source.info, labels=COCO_NAMES
                )
                for name in (formats if with_exporters else ())
            }
            pipeline = Pipeline(
                source,
                segment=segment,
                track=MaskTracker().update,
                hold_back=ConfirmationBuffer(),
                sinks={**exporters, "nothing": _Nothing()},
            )
            began, began_cpu = time.perf_counter(), time.process_time()
            pipeline.start()
            pipeline.wait()
            return time.perf_counter() - began, time.process_time() - began_cpu

    run(True)
    results = [(run(False), run(True)) for _ in range(repeats)]
    for name, kind in (("wall", 0), ("processor", 1)):
        without, both = ([pair[i][kind] for pair in results] for i in (0, 1))
        added = statistics.median(b / a - 1 for a, b in zip(without, both, strict=True))
        print(
            f"{name:9}: without {statistics.median(without):.2f} s, with {','.join(formats)} "
            f"{statistics.median(both):.2f} s; added {added:+.1%} (median of {repeats} pairs; "
            f"{frames} frames, {OBJECTS} objects)"
        )


class _Nothing:
    """A sink that throws frames away."""

    def write(self, tracked: TrackedFrame) -> None:
        pass

    def close(self) -> tuple[Path, ...]:
        return ()

    def discard(self) -> None:
        pass


def measure_rle(repeats: int) -> None:
    """Milliseconds for the run lengths of 20 pasted masks at 720p."""
    crops = scripted(0).cropped_masks()
    times_ms = [_timed_ms(lambda: encode_rles(crops, SIZE)) for _ in range(20 * repeats)]
    print(
        f"RLE of {OBJECTS} masks at 720p: p50 {statistics.median(times_ms):.2f} ms, "
        f"best {min(times_ms):.2f} ms"
    )


def _timed_ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measure_memory(frames: int, formats: Sequence[str]) -> None:
    """Resident memory while scripted frames are exported, and its slope over the last half."""
    process = psutil.Process()
    image = np.random.default_rng(0).integers(0, 255, (*SIZE, 3), dtype=np.uint8)
    image = np.repeat(np.repeat(image[::16, ::16], 16, axis=0), 16, axis=1)
    source = SourceInfo("long", SIZE[1], SIZE[0], average_fps=Fraction(25))
    with tempfile.TemporaryDirectory() as folder:
        exporters = [
            open_exporter(
                name,
                Path(folder) / name,
                source=source,
                labels=COCO_NAMES,
                options=ExportOptions(all_classes=True),
            )
            for name in formats
        ]
        samples = []
        for index in range(frames):
            frame = Frame(image, index, Fraction(index, 25), 0.0)
            tracked = TrackedInstances(
                scripted(index),
                # Tracks live for 500 frames, as in a street.
                np.arange(1, OBJECTS + 1) + OBJECTS * (index // 500),
                (TrackState.CONFIRMED,) * OBJECTS,
            )
            for exporter in exporters:
                exporter.write(TrackedFrame(frame, tracked))
            if index % 100 == 0:
                gc.collect()
                samples.append((index, process.memory_info().rss / 2**20))
        before_mb = process.memory_info().rss / 2**20
        for exporter in exporters:
            exporter.close()
        half = np.array(samples[len(samples) // 2 :])
        slope = np.polyfit(half[:, 0], half[:, 1], 1)[0] * 1000
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{','.join(formats)}: {frames} frames, {frames * OBJECTS} masks; "
            f"{samples[1][1]:.0f} MB after 100 frames, {before_mb:.0f} MB at the end, slope "
            f"{slope:+.2f} MB per 1000 frames; peak with finishing {peak_mb:.0f} MB"
        )


if __name__ == "__main__":
    main()
