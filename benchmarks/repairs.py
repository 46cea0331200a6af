"""What accepting all suggested repairs of a kind does to tracks whose truth is known.

    python benchmarks/repairs.py [--data DIR...] [--missed 0.2]

--data: folders as for benchmarks/tracking_real.py, whose truth names few of the objects in view;
what is found outside these is not held against the repairs. The demo's truth is complete.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console
from rich.table import Table

from benchmarks.tracking_real import FPS, Video, held_back, measured, taken_away, videos
from blendmask_live.annotation import (
    AcceptSuggestion,
    Project,
    ProjectWriter,
    find_suggestions,
)
from blendmask_live.annotation.suggestion import KINDS
from blendmask_live.datatypes import SourceInfo
from blendmask_live.jobs.annotate import with_faint_objects
from blendmask_live.segmenting.segmenter import load_segmenter
from tracking import TrackerConfig
from tracking.evaluation import TrackingScores


def main() -> None:
    """Print, per sequence and kind of repair, the scores before and after."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--missed", type=float, default=0.0, help="share of detections taken away")
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    options = parser.parse_args()
    segmenter, config = with_faint_objects(load_segmenter(drop_duplicates=True))
    sums: dict[str, TrackingScores] = {}
    for video in videos(options.data, segmenter, stride=1, demo=True):
        video.detections = taken_away(video.detections, options.missed, 0)
        found = repaired(video, config, options.kinds)
        report(video.name, {name: (scores, count) for name, (scores, count) in found.items()})
        for name, (scores, _) in found.items():
            sums[name] = sums.get(name, TrackingScores()) + scores
    report("all", {name: (scores, None) for name, scores in sums.items()})


def repaired(
    video: Video, config: TrackerConfig, kinds: Sequence[str]
) -> dict[str, tuple[TrackingScores, int]]:
    """Kind of repair -> scores once all of that kind are accepted, and how many these were."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "before.bml"
        height, width = video.images[0].shape[:2]
        writer = ProjectWriter(
            path,
            source=SourceInfo(video.name, width, height, average_fps=Fraction(FPS)),
            labels=video.detections[0].labels,
        )
        for frame in held_back(video, video.detections, config):
            writer.write(frame)
        writer.close()
        results = {"none": _accepted(video, path, ())}
        for kind in kinds:
            results[kind] = _accepted(video, shutil.copy(path, path.with_name("one.bml")), (kind,))
        results["all"] = _accepted(video, shutil.copy(path, path.with_name("all.bml")), kinds)
        return results


def _accepted(video: Video, path: Path, kinds: Sequence[str]) -> tuple[TrackingScores, int]:
    with Project.open(path) as project:
        count = 0
        for kind in kinds:
            for suggestion in find_suggestions(project, kinds=(kind,)):
                project.apply(AcceptSuggestion(suggestion))
                count += 1
        frames = [project.tracked(frame) for frame in project.frame_indices.tolist()]
        scores, _ = measured(video, frames)
        return scores, count


def report(title: str, results: dict[str, tuple[TrackingScores, int | None]]) -> None:
    """One row per kind of repair."""
    measures = ("HOTA", "DetA", "AssA", "IDF1", "sMOTSA")
    table = Table("repairs", "count", *measures, "switches", title=title)
    for name, (scores, count) in results.items():
        values = scores.measures()
        shares = (f"{100 * values[measure]:.2f}" for measure in measures)
        table.add_row(name, "" if count is None else str(count), *shares, str(values["switches"]))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
