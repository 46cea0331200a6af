"""The main job: a source in, tracked masks on disk out.

Together with the command line the only place that puts source, segmenter, tracker and
exporters together.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from blendmask_live.capture import open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.datatypes import Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.errors import ConfigError, ExportError
from blendmask_live.export import EXPORTERS, ExportOptions, open_exporter
from blendmask_live.export.exporter import Exporter
from blendmask_live.machine import package_versions
from blendmask_live.pipeline import Pipeline, Progress
from blendmask_live.segmenter import Segmenter, load_segmenter
from tracking import ConfirmationBuffer, MaskTracker, TrackerConfig

__all__ = ["DEFAULT_FORMATS", "AnnotateResult", "annotate_video"]

_log = logging.getLogger(__name__)

FAINT_SHARE = 0.6
"""Objects down to this share of the score threshold may continue a track, but not begin one."""
DEFAULT_FORMATS = ("overlay", "youtube-vis", "csv")
_VERSIONED = ("torch", "torchvision", "openvino", "av", "opencv-python", "numpy", "scipy")


@dataclass(frozen=True, slots=True)
class AnnotateResult:
    """What one run of `annotate_video` did; also written as run.json."""

    source: str
    """The source as given."""
    folder: Path
    """OUT/<source name>, with one folder per format."""
    status: str
    """'complete' or 'interrupted'."""
    frames: int
    """Frames in every output."""
    tracks: int
    """Different track ids in the outputs."""
    masks: int
    """Masks in the outputs, over all frames."""
    seconds: float
    """Wall time from the first frame to the last file."""
    outputs: dict[str, tuple[Path, ...]]
    """Format -> files made."""
    timings_ms: dict[str, dict[str, float]]
    """Stage -> mean, p50 and p99 per frame."""

    @property
    def fps(self) -> float:
        """Frames per second, everything included."""
        return self.frames / self.seconds if self.seconds else 0.0


def annotate_video(
    source: str | Path,
    output: str | Path,
    *,
    formats: Sequence[str] = DEFAULT_FORMATS,
    segmenter: Segmenter | str | Path = "blendmask-lite",
    tracker: TrackerConfig | None = None,
    track: bool = True,
    coast_s: float = 0.0,
    start_s: float | None = None,
    end_s: float | None = None,
    stride: int = 1,
    max_frames: int | None = None,
    options: ExportOptions | None = None,
    folder_name: str | None = None,
    report: Callable[[Progress, int | None], None] = lambda progress, total: None,
) -> AnnotateResult:
    """Segment, track and export a video file, a folder of images or the built-in "demo".

    Args:
        source: As for `open_source`.
        output: Folder; files go to OUT/<source name>/<format>/.
        formats: Names from `blendmask_live.export.EXPORTERS`.
        segmenter: A loaded segmenter, or the name or path of weights.
        tracker: Settings of the tracker; where absent, tracks begin at the segmenter's score
            threshold and may go on with fainter detections.
        track: False gives every detection an id of its own.
        coast_s: How long a missed object goes on with masks made from the network's bases;
            of no effect where `tracker` is given, which has this among its settings.
        start_s, end_s, stride, max_frames: As for `open_source`.
        options: Choices of the exporters, among them whether to overwrite.
        folder_name: Instead of the source's name.
        report: Called several times a second with counters and the expected number of frames.

    Raises:
        SourceError, ConfigError, WeightsError, ExportError: What is wrong and the way out.
        StageFailed: If a stage failed while running; other outputs are removed.
        KeyboardInterrupt: On Ctrl-C, after completing the outputs with what was done so far.
    """
    options = options or ExportOptions()
    _check_formats(formats)
    # Before anything is opened: a setting that cannot be used leaves nothing behind.
    usual_tracker = TrackerConfig(max_coast_s=coast_s)
    opened = open_source(source, start_s=start_s, end_s=end_s, stride=stride, max_frames=max_frames)
    exporters: dict[str, Exporter] = {}
    try:
        if not isinstance(segmenter, Segmenter):
            segmenter = load_segmenter(segmenter)
        folder = Path(output) / (folder_name or opened.info.name)
        _make_folder(folder)
        for name in formats:
            exporters[name] = open_exporter(
                name, folder / name, source=opened.info, labels=segmenter.labels, options=options
            )
    except BaseException:
        opened.close()
        for exporter in exporters.values():
            exporter.discard()
        raise
    if track and tracker is None:
        score = segmenter.settings.score_threshold
        tracker = replace(usual_tracker, confident_score=score)
        segmenter = segmenter.with_settings(
            replace(segmenter.settings, score_threshold=score * FAINT_SHARE)
        )
    if track and tracker is not None and tracker.max_coast_s:
        segmenter = segmenter.with_settings(replace(segmenter.settings, keep_latents=True))
    counts = _Counts()
    pipeline = Pipeline(
        opened,
        segment=lambda frame: segmenter.segment(frame.image),
        track=MaskTracker(tracker).update if track else _Untracked().update,
        hold_back=ConfirmationBuffer() if track else None,
        sinks={**exporters, "count": counts},
    )
    began = time.monotonic()
    status = "complete"
    interrupted: KeyboardInterrupt | None = None
    try:
        _run(pipeline, opened, report)
    except KeyboardInterrupt as error:
        status, interrupted = "interrupted", error
        pipeline.stop()
        pipeline.wait()
    result = AnnotateResult(
        source=str(source),
        folder=folder,
        status=status,
        frames=counts.frames,
        tracks=len(counts.track_ids),
        masks=counts.masks,
        seconds=time.monotonic() - began,
        outputs={name: pipeline.outputs.get(name, ()) for name in formats},
        timings_ms={
            stage: {
                "mean": round(s.mean_ms, 3),
                "p50": round(s.p50_ms, 3),
                "p99": round(s.p99_ms, 3),
            }
            for stage, s in pipeline.timings.summary().items()
            if stage != "export count"
        },
    )
    asked = {"start_s": start_s, "end_s": end_s, "stride": stride, "max_frames": max_frames}
    _write_run_json(result, segmenter, asked, tracker if track else None)
    if interrupted is not None:
        raise interrupted
    return result


def _run(
    pipeline: Pipeline, source: FrameSource, report: Callable[[Progress, int | None], None]
) -> None:
    pipeline.start()
    total = source.info.frame_count
    while not pipeline.wait(timeout_s=0.1):
        report(pipeline.progress, total)
    report(pipeline.progress, total)


class _Untracked:
    """Stands in for the tracker with --no-track: every detection is an object of its own."""

    def __init__(self) -> None:
        self._next_id = 1

    def update(self, instances: Instances, *, timestamp_s: float) -> TrackedInstances:
        first, self._next_id = self._next_id, self._next_id + len(instances)
        return TrackedInstances(
            instances=instances,
            track_ids=np.arange(first, self._next_id, dtype=np.int64),
            states=(TrackState.CONFIRMED,) * len(instances),
        )


class _Counts:
    """A sink that counts what the exporters received."""

    def __init__(self) -> None:
        self.frames = self.masks = 0
        self.track_ids: set[int] = set()

    def write(self, tracked: TrackedFrame) -> None:
        self.frames += 1
        self.masks += len(tracked.track_ids)
        self.track_ids.update(tracked.track_ids.tolist())

    def close(self) -> tuple[Path, ...]:
        return ()

    def discard(self) -> None:
        pass


def _check_formats(formats: Sequence[str]) -> None:
    unknown = [name for name in formats if name not in EXPORTERS]
    if unknown or not formats:
        raise ConfigError(
            f"format {unknown[0] if unknown else 'missing'!r}: choose from {', '.join(EXPORTERS)}"
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"{folder}: cannot be made ({error.strerror}); choose another output folder"
        ) from error


def _write_run_json(
    result: AnnotateResult,
    segmenter: Segmenter,
    asked: dict[str, Any],
    tracker: TrackerConfig | None,
) -> None:
    values = asdict(replace(result, outputs={}))
    values |= {
        "outputs": {
            name: {"folder": name, "files": len(paths)} for name, paths in result.outputs.items()
        },
        "folder": result.folder.as_posix(),
        "fps": round(result.fps, 3),
        "range": asked,
        "segmenter": asdict(segmenter.settings),
        "tracker": None if tracker is None else asdict(tracker),
        "weights": {
            "file": segmenter.weights_path.name,
            "sha256": hashlib.sha256(segmenter.weights_path.read_bytes()).hexdigest(),
        },
        "runtime": {
            "name": segmenter.runtime.name,
            "device": segmenter.runtime.device,
            "precision": segmenter.runtime.precision,
        },
        "versions": installed_versions(),
    }
    with _atomic_text(result.folder / "run.json") as write:
        write(json.dumps(values, indent=2) + "\n")


def installed_versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide results."""
    return {
        "python": platform.python_version(),
        **package_versions(("blendmask-live", *_VERSIONED)),
    }


@contextmanager
def _atomic_text(path: Path) -> Iterator[Callable[[str], object]]:
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            yield file.write
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ExportError(f"{path}: cannot be written ({error.strerror})") from error
