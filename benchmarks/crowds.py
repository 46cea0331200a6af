"""What more objects cost: the same pictures with crowds of several sizes, frame by frame in turn.

Every frame is worked on for each crowd before the next one, so that the machine's own ups and
downs meet all alike. `blendmask_live.measuring.crowd` tells what the crowds are.

    python benchmarks/crowds.py [--counts 10 26 100] [--frames 300] [--source demo]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.drawing.overlay import draw_overlay
from blendmask_live.masks.buffer import MaskBuffer
from blendmask_live.measuring.benchmark import read_frames
from blendmask_live.measuring.crowd import crowded
from blendmask_live.measuring.synthetic import forth_and_back
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from tracking import MaskTracker

WARM_UP_FRAMES = 20
PICTURES = 60


class Run:
    """Picture in, identities and frame-sized masks out, and drawn; with one size of crowd."""

    def __init__(self, segmenter: Segmenter, count: int) -> None:
        self._segmenter = crowded(segmenter, count)
        self._tracker, self._buffer = MaskTracker(), MaskBuffer()
        self.times_ms = defaultdict[str, list[float]](list)
        self.found: list[int] = []

    def work(self, image: NDArray[np.uint8], number: int) -> None:
        """One frame."""
        laps = [time.perf_counter()]
        instances = self._segmenter.segment(image)
        laps.append(time.perf_counter())
        tracked = self._tracker.update(instances, timestamp_s=number / 30)
        laps.append(time.perf_counter())
        tracked.instances.masks(into=self._buffer)
        laps.append(time.perf_counter())
        draw_overlay(image, tracked)
        laps.append(time.perf_counter())
        if number < WARM_UP_FRAMES:
            return
        track, masks, draw = np.diff(laps)[1:] * 1e3
        latency = (laps[3] - laps[0]) * 1e3
        steps = {**self._segmenter.timings_ms, "track": track, "masks": masks, "latency": latency}
        for name, value in {**steps, "draw": draw, "with drawing": latency + draw}.items():
            self.times_ms[name].append(value)
        self.found.append(len(instances))


def main() -> None:
    """Measure and print medians, and how many times as long as the first crowd each takes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 26, 100])
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--source", default="demo")
    options = parser.parse_args()
    segmenter = load_segmenter(drop_duplicates=True)
    frames = read_frames(lambda: open_source(options.source), PICTURES)
    runs = [Run(segmenter, count) for count in options.counts]
    for number in range(WARM_UP_FRAMES + options.frames):
        for run in runs:
            run.work(frames[forth_and_back(number, len(frames))].image, number)
    print(f"{'objects':14}" + "".join(f"{np.mean(run.found):14.1f}" for run in runs))
    for name in runs[0].times_ms:
        medians = [float(np.median(run.times_ms[name])) for run in runs]
        cells = (f"{ms:7.2f} {ms / medians[0]:5.2f}x" for ms in medians)
        print(f"{name:14}" + "".join(cells))


if __name__ == "__main__":
    main()
