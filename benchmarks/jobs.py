"""What `annotate --jobs` gives: throughput, processor time and memory of each process.

    python benchmarks/jobs.py CLIP [--clips 8] [--jobs 2] [--frames 48] [--runs 3]

The clip is annotated under several names, in one process and in several by turns. Start and end are
included. Prints medians, and the medians of the ratios of the pairs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parents[1]
_POLL_S = 0.5


def main() -> None:
    """Measure both by turns."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    measured: dict[int, list[tuple[float, float, float]]] = {1: [], options.jobs: []}
    for run in range(options.runs + 1):
        for jobs, found in measured.items():
            cost = _cost(options.clip.resolve(), options.clips, jobs, options.frames)
            # The first one of each warms up.
            if run:
                found.append(cost)
    for jobs, found in measured.items():
        wall_s, cpu_s, mib = (statistics.median(column) for column in zip(*found, strict=True))
        frames_s = options.clips * options.frames / wall_s
        print(
            f"--jobs {jobs}: {wall_s:6.2f} s, {frames_s:5.1f} frames a second, processor "
            f"{cpu_s:6.2f} s, largest process {mib:4.0f} MiB"
        )
    one, several = measured.values()
    pairs = list(zip(one, several, strict=True))
    wall, cpu = (statistics.median(a[part] / b[part] for a, b in pairs) for part in (0, 1))
    print(f"throughput {wall:.2f} times; the same by processor time {cpu:.2f} times")


def _cost(clip: Path, clips: int, jobs: int, frames: int) -> tuple[float, float, float]:
    """Wall and processor seconds, and the largest memory that a process had, MiB."""
    with tempfile.TemporaryDirectory() as scratch:
        names = [str(Path(scratch) / f"clip-{number}{clip.suffix}") for number in range(clips)]
        for name in names:
            Path(name).symlink_to(clip)
        command = [sys.executable, "-m", "blendmask_live", "annotate", *names, "--quiet"]
        command += ["-o", f"{scratch}/out", "--max-frames", str(frames), "--jobs", str(jobs)]
        began_s = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        process = subprocess.Popen(command, env=environment)
        peak_mib = 0.0
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak_mib = max(peak_mib, _largest_mib(process.pid))
            time.sleep(_POLL_S)
        wall_s = time.perf_counter() - began_s
        if status:
            sys.exit("the run failed")
        return wall_s, used.ru_utime + used.ru_stime, peak_mib


def _largest_mib(pid: int) -> float:
    """The largest resident memory of a process and those that it started."""
    sizes = [0]
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            sizes.append(process.memory_info().rss)
    except psutil.Error:
        # Just ended.
        pass
    return max(sizes) / 2**20


if __name__ == "__main__":
    main()
