"""Tracking with the network's own detections, on real pictures with true masks and on the demo.

Every picture is segmented once; all trackers get the same detections. On real pictures, what is
found outside the named objects is not held against a tracker: the truth names few of the
objects in view.

    python benchmarks/tracking_real.py --data DIR... [--stride 1] [--missed 0.2] [--sheets DIR]

--data: folders of <sequence>/img/*.jpg with either gt.txt (MOTS) or mask/*.png (one object).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from rich.console import Console
from rich.table import Table

from benchmarks.tracking_benchmark import open_trackers
from blendmask_live.capture import open_source
from blendmask_live.capture.demo import DemoSource
from blendmask_live.datatypes import (
    Frame,
    Instances,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.drawing.overlay import draw_overlay
from blendmask_live.evaluation.track_files import read_tracks
from blendmask_live.jobs.annotate import with_faint_objects
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from tracking import ConfirmationBuffer, FirstLook, MaskTracker, TrackerConfig
from tracking.evaluation import FramePair, ObjectMask, TrackingScores, pair_frames, score_frames

FPS = 25.0
_ONE_CLASS = 1
_MATCH_IOU = 0.5
_SHEET_COLUMNS, _SHEET_PICTURES = 4, 16


@dataclass(slots=True, eq=False)
class Video:
    """Pictures, detections and truth of one sequence."""

    name: str
    names_everything: bool
    images: list[NDArray[np.uint8]] = field(default_factory=list)
    detections: list[Instances] = field(default_factory=list)
    truth: list[ObjectMask] = field(default_factory=list)


def main() -> None:
    """Print one table per sequence and one of all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--stride", type=int, default=1, help="every K-th picture")
    parser.add_argument("--missed", type=float, default=0.0, help="share of detections taken away")
    parser.add_argument("--seeds", type=int, default=1, help="times that detections are taken away")
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--sheets", type=Path, help="write overlays of ours here, to be looked at")
    options = parser.parse_args()
    segmenter, config = with_faint_objects(load_segmenter(drop_duplicates=True))
    totals: dict[str, tuple[TrackingScores, NDArray[np.int64]]] = {}
    for video in videos(options.data, segmenter, stride=options.stride, demo=not options.no_demo):
        own: dict[str, tuple[TrackingScores, NDArray[np.int64]]] = {}
        for seed in range(options.seeds):
            thinned = taken_away(video.detections, options.missed, seed)
            for name, frames in tracked_by_all(video, thinned, config).items():
                scores, purity = measured(video, frames)
                for sums in (own, totals):
                    before = sums.get(name, (TrackingScores(), np.zeros(2, dtype=np.int64)))
                    sums[name] = before[0] + scores, before[1] + purity
                if options.sheets and seed == 0 and name.startswith("ours"):
                    write_sheet(options.sheets / f"{video.name} {name}.jpg", video, frames)
        report(video.name, own)
    report("all", totals)


def videos(
    folders: Sequence[Path], segmenter: Segmenter, *, stride: int, demo: bool
) -> Iterator[Video]:
    """Every sequence, segmented."""
    for folder in folders:
        for sequence in sorted(path.parent for path in folder.glob("*/img")):
            video = Video(sequence.name, names_everything=False)
            paths = sorted((sequence / "img").iterdir())[::stride]
            video.images += [cv2.imread(str(path))[:, :, ::-1].copy() for path in paths]
            video.truth += _truth(sequence, stride)
            video.detections += [segmenter.segment(image) for image in video.images]
            yield video
    if demo:
        video, scene = Video("demo", names_everything=True), DemoSource()
        source = open_source("demo", stride=stride)
        while (frame := source.read()) is not None:
            truth = scene.truth(frame.index)
            video.truth += [
                ObjectMask(len(video.images), int(object_id), _ONE_CLASS, rle)
                for object_id, rle in zip(truth.track_ids, truth.instances.rles(), strict=True)
            ]
            video.images.append(frame.image)
            video.detections.append(segmenter.segment(frame.image))
        yield video


def _truth(sequence: Path, stride: int) -> Iterator[ObjectMask]:
    if (sequence / "gt.txt").exists():
        known = read_tracks(sequence.parent, format="mots", is_truth=True)[sequence.name]
        items = [(item.frame, item.object_id, item.rle) for item in known.objects]
    else:
        masks = [cv2.imread(str(path), 0) > 0 for path in sorted((sequence / "mask").iterdir())]
        encoded = [coco_mask.encode(np.asfortranarray(mask.astype(np.uint8))) for mask in masks]
        items = [(frame, 1, rle) for frame, rle in enumerate(encoded) if masks[frame].any()]
    for frame, object_id, rle in items:
        if frame % stride == 0:
            yield ObjectMask(frame // stride, object_id, _ONE_CLASS, rle)


def taken_away(detections: Sequence[Instances], share: float, seed: int) -> list[Instances]:
    """The detections without a random share of their rows."""
    rng = np.random.default_rng(seed)
    return [found.select(rng.random(len(found)) >= share) for found in detections]


def tracked_by_all(
    video: Video, detections: Sequence[Instances], config: TrackerConfig
) -> dict[str, list[TrackedInstances]]:
    """Tracker -> frames with positive ids only."""
    results = {}
    for name, make in open_trackers(config).items():
        update = make()
        frames = []
        for number, found in enumerate(detections):
            ids = update(found, number / FPS)
            frames.append(_shown(found, ids))
        results["ours, live" if name == "ours" else name] = frames
    for name, without in {
        "ours without attention": replace(config, attention_penalty=0.0),
        "ours, coasting": replace(config, max_coast_s=0.12),
    }.items():
        results[name] = [frame.tracked for frame in held_back(video, detections, without)]
    final = held_back(video, detections, config)
    results["ours, held back"] = [frame.tracked for frame in final]
    first = FirstLook(detections[0].labels)
    for number, frame in enumerate(final):
        first.add(frame, number / FPS)
    with first.second_look() as second:
        results["ours, two passes"] = [second.frame(number) for number in range(len(second))]
    return results


def held_back(
    video: Video, detections: Sequence[Instances], config: TrackerConfig
) -> list[TrackedFrame]:
    """Tracked as `annotate` does: every id is final."""
    tracker, buffer = MaskTracker(config), ConfirmationBuffer()
    frames = []
    for number, (image, found) in enumerate(zip(video.images, detections, strict=True)):
        tracked = tracker.update(found, timestamp_s=number / FPS)
        frames += buffer.push(TrackedFrame(Frame(image, number, None, 0.0), tracked))
    return frames + buffer.flush()


def _shown(found: Instances, ids: NDArray[np.int64]) -> TrackedInstances:
    rows = np.flatnonzero(ids > 0)
    return TrackedInstances(found.select(rows), ids[rows], (TrackState.CONFIRMED,) * len(rows))


def measured(
    video: Video, frames: Sequence[TrackedInstances]
) -> tuple[TrackingScores, NDArray[np.int64]]:
    """Scores, and of how many found true masks how many have their object's commonest id."""
    results = [
        ObjectMask(number, int(track_id), _ONE_CLASS, rle)
        for number, frame in enumerate(frames)
        for track_id, rle in zip(frame.track_ids, frame.instances.rles(), strict=True)
    ]
    whole = coco_mask.encode(np.ones((*video.images[0].shape[:2], 1), np.uint8, order="F"))[0]
    everywhere = [ObjectMask(number, 1, _ONE_CLASS, whole) for number in range(len(frames))]
    ignored = () if video.names_everything else everywhere
    pairs = pair_frames(video.truth, results, ignored=ignored)[_ONE_CLASS]
    return score_frames(pairs), _purity(pairs)


def _purity(pairs: Sequence[FramePair]) -> NDArray[np.int64]:
    ids: dict[int, list[int]] = {}
    for pair in pairs:
        for row, column in np.argwhere(pair.iou >= _MATCH_IOU).tolist():
            ids.setdefault(int(pair.truth_ids[row]), []).append(int(pair.result_ids[column]))
    pure = sum(max(own.count(i) for i in set(own)) for own in ids.values())
    return np.array([sum(map(len, ids.values())), pure])


def write_sheet(path: Path, video: Video, frames: Sequence[TrackedInstances]) -> None:
    """Overlays of pictures spread over the video, side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = np.linspace(0, len(frames) - 1, _SHEET_PICTURES).astype(int)
    pictures = []
    for number in numbers:
        drawn = draw_overlay(video.images[number], frames[number])
        height = round(480 * drawn.shape[0] / drawn.shape[1])
        pictures.append(cv2.resize(drawn, (480, height), interpolation=cv2.INTER_AREA))
    rows = [
        np.hstack(pictures[start : start + _SHEET_COLUMNS])
        for start in range(0, len(pictures), _SHEET_COLUMNS)
    ]
    cv2.imwrite(str(path), np.vstack(rows)[:, :, ::-1])


def report(title: str, sums: dict[str, tuple[TrackingScores, NDArray[np.int64]]]) -> None:
    """One row per tracker."""
    measures = ("HOTA", "DetA", "AssA", "IDF1", "sMOTSA")
    table = Table("", *measures, "switches", "purity", title=title)
    for name, (scores, (found, pure)) in sums.items():
        values = scores.measures()
        shares = (f"{100 * values[measure]:.1f}" for measure in measures)
        purity = f"{100 * pure / max(found, 1):.1f}"
        table.add_row(name, *shares, str(values["switches"]), purity)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
