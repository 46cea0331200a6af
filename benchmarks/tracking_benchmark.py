"""Our tracker beside box trackers, fed with the same detections of scripted scenes.

The scenes need no network and no data (tracking_scenes.py). Peers are measured where installed;
they are no dependency: `pip install trackers` in an environment of its own together with this
project. They get the boxes, scores, classes and times of the same detections, the same
threshold for confident detections as ours, and their own defaults otherwise (they, too, keep
a lost track for one second). All trackers are live: what a frame shows is decided in that frame.

    python benchmarks/tracking_benchmark.py [--seeds 3] [--data DIR] [--tracker ours ...]
    python benchmarks/tracking_benchmark.py --two-pass | --cost

--data: a folder of <sequence>/gt.txt in MOTS format; its true masks are degraded as the
scenes' are.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from rich.console import Console
from rich.table import Table

from benchmarks.tracking_scenes import SCENES, Detector, TrueFrame, play
from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances
from blendmask_live.evaluation.track_files import read_tracks
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.run_lengths import encode_rles
from tracking import ConfirmationBuffer, FirstLook, MaskTracker, TrackerConfig
from tracking.evaluation import ObjectMask, TrackingScores, pair_frames, score_frames

FPS = 25.0
CONFIDENT_SCORE = 0.45
_ONE_CLASS = 1
"""Detections may have a wrong class; identity is what is measured."""
_TRACKERS_PER_TABLE = 6

Update = Callable[[Instances, float], NDArray[np.int64]]
"""Detections and time -> id per row; 0 or less for rows that are not shown."""


def main() -> None:
    """Print one table per measure: scenes by trackers."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="runs of each scene")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="MOTS ground truth to degrade and track too")
    parser.add_argument("--tracker", nargs="+", help="only these")
    parser.add_argument("--ablation", action="store_true", help="ours without each of its cues")
    parser.add_argument("--two-pass", action="store_true", help="ours live, held back, two passes")
    parser.add_argument("--cost", action="store_true", help="time of 20 and of 100 objects at 720p")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.cost:
        report_cost()
        return
    trackers = open_ablations() if options.ablation else open_trackers()
    chosen = {name: trackers[name] for name in options.tracker or trackers}
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    videos = clips(seeds, options.data)
    results = compare_passes(videos) if options.two_pass else compare(chosen, videos)
    report(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def open_trackers(config: TrackerConfig | None = None) -> dict[str, Callable[[], Update]]:
    """Name -> maker of a fresh tracker."""
    makers: dict[str, Callable[[], Update]] = {"ours": lambda: our_update(config)}
    try:
        import trackers
    except ImportError:
        sys.stderr.write("no package 'trackers' here: box trackers are left out\n")
        return makers
    score = CONFIDENT_SCORE if config is None else config.confident_score
    confident = {"high_conf_det_threshold": score}
    activation = {"track_activation_threshold": score}
    makers["ByteTrack"] = lambda: box_update(
        trackers.ByteTrackTracker(frame_rate=FPS, **confident, **activation)
    )
    makers["SORT"] = lambda: box_update(trackers.SORTTracker(frame_rate=FPS, **activation))
    makers["OC-SORT"] = lambda: box_update(trackers.OCSORTTracker(frame_rate=FPS, **confident))
    return makers


def open_ablations() -> dict[str, Callable[[], Update]]:
    """Ours whole, and without each cue."""
    whole = TrackerConfig(confident_score=CONFIDENT_SCORE)
    configs = {
        "whole": whole,
        "masks only": replace(whole, box_share=0.0),
        "boxes only": replace(whole, box_share=1.0),
        "no camera": replace(whole, max_camera_step=0.0),
        "no rejoin": replace(whole, max_rejoin_distance=0.0),
        "lost 1 s": replace(whole, max_lost_s=1.0),
        "no class": replace(whole, class_mismatch_penalty=0.0),
        "one stage": replace(whole, confident_score=0.0),
        "no nearness": replace(whole, max_centre_distance=1e-9),
        "born at 0.7": replace(whole, instant_birth_score=0.7),
    }
    return {name: partial(our_update, config) for name, config in configs.items()}


def our_update(config: TrackerConfig | None = None) -> Update:
    """Our tracker behind the common signature."""
    tracker = MaskTracker(config or TrackerConfig(confident_score=CONFIDENT_SCORE))
    return lambda instances, time_s: tracker.update(instances, timestamp_s=time_s).track_ids


def box_update(tracker: Any) -> Update:
    """A tracker of the package `trackers` behind the common signature."""
    import supervision

    def update(instances: Instances, time_s: float) -> NDArray[np.int64]:
        given = supervision.Detections(
            xyxy=instances.boxes.astype(np.float64).reshape(-1, 4),
            confidence=instances.scores.astype(np.float64),
            class_id=instances.class_ids,
            data={"row": np.arange(len(instances))},
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = tracker.update(given, timestamp=time_s)
        ids = np.zeros(len(instances), dtype=np.int64)
        if found.tracker_id is not None and len(found):
            ids[found.data["row"]] = found.tracker_id + 1
        return ids

    return update


@dataclass(slots=True, eq=False)
class Clip:
    """Detections of one video and the truth about it."""

    name: str
    times_s: list[float] = field(default_factory=list)
    detections: list[Instances] = field(default_factory=list)
    truth: list[ObjectMask] = field(default_factory=list)

    def add(self, frame: TrueFrame, detector: Detector) -> None:
        """The next frame."""
        number = len(self.times_s)
        self.times_s.append(frame.time_s)
        self.detections.append(detector.detect(frame, number))
        masks = np.asfortranarray(np.moveaxis(frame.masks, 0, 2).astype(np.uint8))
        self.truth += [
            ObjectMask(number, int(object_id), _ONE_CLASS, rle)
            for object_id, rle in zip(frame.ids, coco_mask.encode(masks), strict=True)
        ]


def clips(seeds: Sequence[int], data: Path | None) -> Iterator[Clip]:
    """Every scene, and every sequence of `data`, once per seed."""
    for seed in seeds:
        for name in SCENES:
            clip = Clip(name)
            for frame in play(name, seed=seed):
                clip.add(frame, Detector(seed))
            yield clip
        for name, frames in _sequences(data) if data else ():
            clip = Clip(name)
            for frame in frames:
                clip.add(frame, Detector(seed))
            yield clip


def _sequences(data: Path) -> Iterator[tuple[str, Iterator[TrueFrame]]]:
    for name, sequence in read_tracks(data, format="mots", is_truth=True).items():
        yield name, _true_frames(sequence.objects)


def _true_frames(objects: Sequence[ObjectMask]) -> Iterator[TrueFrame]:
    for number in range(1 + max(item.frame for item in objects)):
        items = [item for item in objects if item.frame == number]
        masks = coco_mask.decode([item.rle for item in items]) if items else np.zeros((1, 1, 0))
        yield TrueFrame(
            number / FPS,
            np.moveaxis(masks, 2, 0).astype(bool),
            np.array([item.object_id for item in items], dtype=np.int64),
            np.zeros(len(items), dtype=np.int64),
            np.ones(len(items)),
        )


def compare(makers: dict[str, Callable[[], Update]], videos: Iterator[Clip]) -> dict[str, Any]:
    """Tracker -> scene (and "all") -> measures; the median processor time of a frame under "ms"."""
    scores: dict[str, dict[str, TrackingScores]] = {name: {} for name in makers}
    times_ms: dict[str, list[float]] = {name: [] for name in makers}
    for clip in videos:
        for name, make in makers.items():
            part = _track(clip, make(), times_ms[name])
            scores[name][clip.name] = scores[name].get(clip.name, TrackingScores()) + part
    return _as_results(scores, times_ms)


def _as_results(
    scores: dict[str, dict[str, TrackingScores]], times_ms: dict[str, list[float]]
) -> dict[str, Any]:
    return {
        name: {
            **{scene: part.measures() for scene, part in parts.items()},
            "all": sum(parts.values(), TrackingScores()).measures(),
            "ms": statistics.median(times_ms[name]),
        }
        for name, parts in scores.items()
    }


def compare_passes(videos: Iterator[Clip]) -> dict[str, Any]:
    """As `compare`, of our live tracker, with ids held back, and after a second look.

    The scenes have no colours: tracks are joined by motion and shape alone.
    """
    scores: dict[str, dict[str, TrackingScores]] = {}
    times_ms: dict[str, list[float]] = {}
    for clip in videos:
        for name, (frames, ms) in _passes(clip).items():
            part = _score(clip, [(frame.instances, frame.track_ids) for frame in frames])
            own = scores.setdefault(name, {})
            own[clip.name] = own.get(clip.name, TrackingScores()) + part
            times_ms.setdefault(name, []).append(ms / len(frames))
    return _as_results(scores, times_ms)


def _passes(clip: Clip) -> dict[str, tuple[list[TrackedInstances], float]]:
    """Name -> frames, and the time of all of them in ms."""
    tracker, buffer = (
        MaskTracker(TrackerConfig(confident_score=CONFIDENT_SCORE)),
        ConfirmationBuffer(),
    )
    image = np.zeros((*clip.detections[0].frame_size, 3), dtype=np.uint8)
    live, held_back = [], []
    began = time.thread_time()
    for number, (found, time_s) in enumerate(zip(clip.detections, clip.times_s, strict=True)):
        live.append(tracker.update(found, timestamp_s=time_s))
        held_back += buffer.push(TrackedFrame(Frame(image, number, None, 0.0), live[-1]))
    held_back += buffer.flush()
    live_ms = 1e3 * (time.thread_time() - began)
    first = FirstLook(clip.detections[0].labels)
    began = time.thread_time()
    for frame, time_s in zip(held_back, clip.times_s, strict=True):
        first.add(frame, time_s)
    with first.second_look() as second:
        seen_twice = [second.frame(number) for number in range(len(second))]
    second_ms = 1e3 * (time.thread_time() - began)
    return {
        "live": (live, live_ms),
        "held back": ([frame.tracked for frame in held_back], live_ms),
        "two passes": (seen_twice, live_ms + second_ms),
    }


def report_cost() -> None:
    """Median processor time of `update`: ellipses that drift, a fifth missed, with attention."""
    height, width = 720, 1280
    for count in (20, 100):
        rng = np.random.default_rng(0)
        places = rng.uniform((0, 0, 20, 20), (width, height, 120, 120), (count, 4))
        speeds = rng.uniform(-60, 60, (count, 2))
        attention = rng.normal(0, 1, (count, 4, 14, 14)).astype(np.float32)
        tracker, times_ms = MaskTracker(), []
        for number in range(60):
            seen = np.flatnonzero(rng.random(count) > 0.2)
            found = _ellipses(places[seen], (height, width), rng)
            found = replace(found, attention=attention[seen])
            began = time.thread_time()
            tracker.update(found, timestamp_s=number / FPS)
            times_ms.append(1e3 * (time.thread_time() - began))
            places[:, :2] += speeds / FPS
        print(f"{count} objects: {statistics.median(times_ms[10:]):.2f} ms a frame")


def _ellipses(
    places: NDArray[np.float64], size: tuple[int, int], rng: np.random.Generator
) -> Instances:
    """Of centre x, y and half axes, in px."""
    masks = np.zeros((len(places), *size), dtype=np.uint8)
    for mask, (x, y, a, b) in zip(masks, places.astype(int).tolist(), strict=True):
        cv2.ellipse(mask, (x, y), (a, b), 0, 0, 360, 1, cv2.FILLED)
    scores = rng.uniform(0.5, 0.9, len(places))
    return Instances.from_masks(masks.astype(bool), class_ids=[0] * len(places), scores=scores)


def _track(clip: Clip, update: Update, times_ms: list[float]) -> TrackingScores:
    tracked = []
    for instances, time_s in zip(clip.detections, clip.times_s, strict=True):
        began = time.thread_time()
        ids = update(instances, time_s)
        times_ms.append(1e3 * (time.thread_time() - began))
        tracked.append((instances, ids))
    return _score(clip, tracked)


def _score(clip: Clip, tracked: Sequence[tuple[Instances, NDArray[np.int64]]]) -> TrackingScores:
    found = []
    for number, (instances, ids) in enumerate(tracked):
        shown = np.flatnonzero(ids > 0)
        crops: list[CroppedMask] = [instances.cropped_masks()[row] for row in shown]
        found += [
            ObjectMask(number, int(ids[row]), _ONE_CLASS, rle)
            for row, rle in zip(shown, encode_rles(crops, instances.frame_size), strict=True)
        ]
    return score_frames(pair_frames(clip.truth, found)[_ONE_CLASS])


def report(results: dict[str, Any]) -> None:
    """Tables of HOTA, AssA, IDF1 and switches."""
    console = Console(width=100)
    names = list(results)
    totals = Table("all scenes", "HOTA", "AssA", "IDF1", "switches", "ms a frame", title="totals")
    for name in names:
        of = results[name]["all"]
        shares = (f"{100 * of[measure]:.1f}" for measure in ("HOTA", "AssA", "IDF1"))
        totals.add_row(name, *shares, str(of["switches"]), f"{results[name]['ms']:.2f}")
    console.print(totals)
    if len(names) > _TRACKERS_PER_TABLE:
        return
    for measure in ("HOTA", "AssA", "IDF1", "switches"):
        table = Table("scene", *names, title=measure)
        for scene in (key for key in results[names[0]] if key != "ms"):
            values = [results[name][scene][measure] for name in names]
            table.add_row(
                scene, *(str(v) if measure == "switches" else f"{100 * v:.1f}" for v in values)
            )
        console.print(table)


if __name__ == "__main__":
    main()
