"""How fast an annotation project is, and whether it survives being killed.

    python benchmarks/project.py [--frames 100000] [--tracks 10] [--kills 300] [--json FILE]

A project of that size is made in a temporary folder (720p, discs about 150 px wide, 56 x 56 soft
masks, a gap or a class flip every 500 frames or so); then: opening it, all lanes of a timeline,
the masks of random frames, edits of identities over half the video, brush strokes, undo,
suggestions. --kills runs benchmarks/project_kills.py that often.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.project_kills import kill_once, preload
from blendmask_live.annotation import (
    DeleteMasks,
    FrameRange,
    MergeTracks,
    PaintStroke,
    Project,
    ProjectWriter,
    Relabel,
    SplitTrack,
    SwapTracks,
    find_suggestions,
    problems,
)
from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)

_HEIGHT, _WIDTH = 720, 1280
_SOURCE = SourceInfo("video", _WIDTH, _HEIGHT, average_fps=Fraction(30), time_base=Fraction(1, 30))
_SHAPES = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--tracks", type=int, default=10)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.bml"
        if options.frames:
            figures |= _written(path, options.frames, options.tracks)
            figures |= _used(path)
        if options.kills:
            figures |= _killed(Path(folder) / "killed.bml", options.kills)
    table = Table(title=f"{options.frames} frames x {options.tracks} tracks")
    table.add_column("")
    table.add_column("", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.1f}")
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _written(path: Path, frames: int, tracks: int) -> dict[str, float]:
    """Fill a project as `annotate` does; the masks are made beforehand."""
    generator = np.random.default_rng(0)
    shapes = _instances(tracks, generator)
    image = np.broadcast_to(np.zeros(1, np.uint8), (_HEIGHT, _WIDTH, 3))
    states = (TrackState.CONFIRMED,) * tracks
    began = time.perf_counter()
    writer = ProjectWriter(path, source=_SOURCE, labels=shapes[0].labels)
    for index in range(frames):
        instances = shapes[index % _SHAPES]
        flips = generator.random(tracks) < 1 / 500
        instances = replace(instances, class_ids=instances.class_ids + flips)
        tracked = TrackedInstances(instances, np.arange(1, tracks + 1), states)
        seen = generator.random(tracks) > 1 / 500
        frame = Frame(image, index, Fraction(index, 30), 0.0)
        writer.write(TrackedFrame(frame, tracked if seen.all() else tracked.select(seen)))
    writer.close()
    seconds = time.perf_counter() - began
    return {
        "write, frames per second": frames / seconds,
        "file, MB": path.stat().st_size / 1e6,
        "file, KB per mask": path.stat().st_size / 1e3 / (frames * tracks),
    }


def _instances(tracks: int, generator: np.random.Generator) -> list[Instances]:
    """Soft discs that go round in circles, one round in all."""
    grid = np.hypot(*np.meshgrid(*[np.linspace(-1, 1, 56)] * 2))
    starts = generator.uniform((0, 0), (_WIDTH - 350, _HEIGHT - 350), (tracks, 2))
    rounds = []
    for angle in np.linspace(0, 2 * np.pi, _SHAPES, endpoint=False):
        corners = starts + 100 + 100 * np.array([np.cos(angle), np.sin(angle)])
        boxes = np.concatenate([corners, corners + 150], axis=1).astype(np.float32)
        noise = cv2.GaussianBlur(generator.normal(0, 0.3, (56, 56)), (0, 0), 3)
        soft = (1 / (1 + np.exp((grid - 0.8 + noise) * 12))).astype(np.float32)
        instances = Instances(
            boxes=boxes,
            scores=np.linspace(0.4, 0.95, tracks, dtype=np.float32),
            class_ids=np.zeros(tracks, np.int64),
            frame_size=(_HEIGHT, _WIDTH),
            soft_masks=np.repeat(soft[None], tracks, axis=0),
            mask_boxes=boxes,
        )
        instances.cropped_masks()
        rounds.append(instances)
    return rounds


def _used(path: Path) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name in ("open, cold connection, ms", "open again, ms"):
        began = time.perf_counter()
        Project.open(path).close()
        figures[name] = _ms_since(began)
    with Project.open(path) as project:
        began = time.perf_counter()
        lanes = project.lanes()
        figures["lanes of all tracks, ms"] = _ms_since(began)
        figures["lanes, runs"] = sum(len(lane.runs) for lane in lanes)
        frames = np.random.default_rng(1).choice(project.frame_indices, 300)
        spent = _each(lambda frame: project.tracked(int(frame)), frames)
        figures |= _summary("masks of a random frame", spent)
        spent = _each(lambda frame: project.masks(int(frame)), frames)
        figures |= _summary("the same with soft masks", spent)
        figures |= _edits(project)
        began = time.perf_counter()
        figures["suggestions found"] = len(find_suggestions(project))
        figures["suggestions, ms"] = _ms_since(began)
        began = time.perf_counter()
        assert problems(project) == []
        figures["check of the whole file, ms"] = _ms_since(began)
    return figures


def _edits(project: Project) -> dict[str, float]:
    figures: dict[str, float] = {}
    half = FrameRange(project.frame_count // 2)
    for name, edit in {
        "swap over half the video": SwapTracks(1, 2, half),
        "relabel half the video": Relabel(3, "dog", half),
        "split in the middle": SplitTrack(4, half),
        "merge over half the video": MergeTracks(5, 6, half),
        "delete half of a track": DeleteMasks(7, half),
    }.items():
        began = time.perf_counter()
        project.apply(edit)
        figures[f"{name}, ms"] = _ms_since(began)
        began = time.perf_counter()
        project.undo()
        figures[f"{name}: undo, ms"] = _ms_since(began)
        project.redo()
    frames = np.random.default_rng(2).choice(project.frame_indices, 100, replace=False)
    points = ((300.0, 300.0), (400.0, 350.0), (420.0, 500.0))
    spent = _each(lambda frame: project.apply(PaintStroke(int(frame), 1, points, 12)), frames)
    figures |= _summary("brush stroke", spent)
    spent = _each(
        lambda frame: project.apply(SwapTracks(1, 3, FrameRange.only(int(frame)))), frames
    )
    return figures | _summary("swap in one frame", spent)


def _killed(path: Path, kills: int) -> dict[str, float]:
    preload()
    _written(path, 60, 5)
    results = [kill_once(path, seed=seed, longest_s=0.5) for seed in range(kills)]
    bad = [kill for kill in results if kill.problems or kill.was_lost]
    for kill in bad:
        sys.stderr.write(f"{kill}\n")
    return {
        "kills": kills,
        "kills that lost an act or did harm": len(bad),
        "acts acknowledged": sum(kill.acts for kill in results),
        "reopen after a kill, ms, worst": max(kill.reopen_ms for kill in results),
    }


def _each(do: Callable[[np.int64], object], frames: np.ndarray) -> list[float]:
    spent = []
    for frame in frames:
        began = time.perf_counter()
        do(frame)
        spent.append(_ms_since(began))
    return spent


def _summary(name: str, spent_ms: list[float]) -> dict[str, float]:
    p50, p99 = np.percentile(spent_ms, [50, 99]).tolist()
    return {f"{name}, ms p50": p50, f"{name}, ms p99": p99}


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
