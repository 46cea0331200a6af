"""What a command costs as a whole process, this program's and another one's in turn.

    python benchmarks/start.py --old ../older-checkout annotate clip.mp4
    python benchmarks/start.py --old ../older-checkout --fresh annotate clip.mp4
    python benchmarks/start.py --old ../older-checkout export clip.mp4 --frames 60
    python benchmarks/start.py --old ../older-checkout window

Prints median wall and processor seconds and the largest memory of both, and the medians of the
ratios of the pairs, so that other work on the machine meets both. With --fresh nothing is cached:
compiled code, prepared networks and the choice of a runtime are made in every run.

annotate: default weights and formats, on the CPU. export: the same, but 20 scripted objects take
the place of what the network finds; also without formats, so that what they add is known.
window: from the command to the demo's first masks in the window, without a screen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
_CHILD = "--child"


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def main() -> None:
    """Run both programs in turn."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("annotate", "export", "window"))
    parser.add_argument("clip", type=Path, nargs="?", default=Path("demo"))
    parser.add_argument("--old", type=Path, required=True, help="folder of the other program")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--fresh", action="store_true", help="nothing is cached")
    options = parser.parse_args()
    clip = options.clip.resolve()
    kinds = ("default", "none") if options.what == "export" else (options.what,)
    for kind in kinds:
        costs: dict[str, list[Cost]] = {"new": [], "old": []}
        for run in range(options.runs + 1):
            for name, folder in (("new", HERE), ("old", options.old.resolve())):
                cost = _cost(folder, kind, clip, options.frames, is_fresh=options.fresh)
                # The first one of each warms up.
                if run:
                    costs[name].append(cost)
        _report(kind, costs)


def _cost(folder: Path, kind: str, clip: Path, frames: int, *, is_fresh: bool) -> Cost:
    with tempfile.TemporaryDirectory() as scratch:
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": str(folder)}
        environment["XDG_CONFIG_HOME"] = scratch
        if is_fresh:
            environment |= {"XDG_CACHE_HOME": scratch, "NUMBA_CACHE_DIR": f"{scratch}/code"}
        program = [str(Path(__file__).resolve()), _CHILD, kind, str(clip), scratch, str(frames)]
        if kind == "annotate":
            program = ["-m", "blendmask_live", "annotate", str(clip), "-o", scratch, "--quiet"]
        began_s = time.perf_counter()
        process = subprocess.Popen([sys.executable, *program], cwd=folder, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began_s
        if status:
            sys.exit(f"{folder}: the run failed")
        return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _report(kind: str, costs: dict[str, list[Cost]]) -> None:
    for name, runs in costs.items():
        wall_s, cpu_s, peak_mib = _medians([astuple(run) for run in runs])
        print(f"{kind:9} {name}: {wall_s:6.2f} s, processor {cpu_s:6.2f} s, {peak_mib:5.0f} MiB")
    pairs = zip(map(astuple, costs["new"]), map(astuple, costs["old"]), strict=True)
    ratios = [[a / b for a, b in zip(new, old, strict=True)] for new, old in pairs]
    wall, cpu, peak = _medians(ratios)
    print(f"{kind:9} new / old: wall {wall:.2f}, processor {cpu:.2f}, memory {peak:.2f}")


def _medians(rows: Sequence[Sequence[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


# in the child


def _export(kind: str, clip: Path, folder: Path, frames: int) -> None:
    """Network, tracker and exporters on scripted objects, as `annotate` puts them together."""
    # Of the program that is measured, which is the working folder.
    sys.path[0] = str(Path.cwd() / "benchmarks")
    from export_cost import scripted

    from blendmask_live.capture import open_source
    from blendmask_live.config import DEFAULT_FORMATS
    from blendmask_live.export import open_exporter
    from blendmask_live.labels import COCO_NAMES
    from blendmask_live.pipeline import Pipeline, PipelineConfig
    from blendmask_live.segmenting import segmenter as segmenting
    from tracking import ConfirmationBuffer, MaskTracker

    loaded = segmenting.load_segmenter("blendmask-lite", drop_duplicates=True, device="cpu")
    config, find = PipelineConfig(), lambda frame: loaded.segment(frame.image)
    if hasattr(segmenting, "SegmentersInTurn"):
        find = segmenting.SegmentersInTurn(loaded.in_parallel())
        config = PipelineConfig(segmented_at_once=find.at_once)

    def segment(frame):  # type: ignore[no-untyped-def]
        find(frame)
        return scripted(frame.index, frame.size)

    source = open_source(clip, max_frames=frames)
    sinks = {
        name: open_exporter(name, folder / name, source=source.info, labels=COCO_NAMES)
        for name in (DEFAULT_FORMATS if kind == "default" else ())
    }
    pipeline = Pipeline(
        source,
        segment=segment,
        track=MaskTracker().update,
        hold_back=ConfirmationBuffer(),
        sinks=sinks,
        config=config,
    )
    with pipeline:
        pipeline.wait()


def _window() -> None:
    sys.path[0] = str(Path.cwd())
    from PyQt5.QtCore import QTimer

    from gui.app import make_application, make_window
    from gui.shared.preferences import Preferences

    application = make_application()
    window = make_window(Preferences.of_user())
    controller = window.controller

    def look() -> None:
        latest = controller.latest
        if latest is not None and (latest.tracked.track_ids > 0).any():
            # Painted too; closing is another matter.
            QTimer.singleShot(0, lambda: os._exit(0))

    controller.frame_available.connect(look)
    window.show()
    QTimer.singleShot(0, lambda: window.open("demo"))
    application.exec()


if __name__ == "__main__":
    if sys.argv[1:3] == [_CHILD, "window"]:
        _window()
    elif sys.argv[1:2] == [_CHILD]:
        _export(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
