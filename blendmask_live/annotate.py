"""The main job: a source in, tracked masks on disk out.

Together with the command line the only place that puts source, segmenter, tracker and
exporters together.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from blendmask_live.annotation import ProjectWriter
from blendmask_live.capture import open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.config import DEFAULT_FORMATS, FAINT_SHARE
from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.errors import ConfigError, ExportError, StageFailed
from blendmask_live.export import EXPORTERS, ExportOptions, open_exporter
from blendmask_live.export.exporter import Exporter
from blendmask_live.machine import package_versions
from blendmask_live.pipeline import Pipeline, Progress
from blendmask_live.pipeline.parts import Track
from blendmask_live.segmenter import Segmenter, load_segmenter
from blendmask_live.two_pass import FirstPass, run_first_pass
from tracking import (
    ConfirmationBuffer,
    MaskTracker,
    TrackerConfig,
    TrackLedger,
    TrackSummary,
)

__all__ = [
    "AnnotateResult",
    "Untracked",
    "annotate_video",
    "job_record",
    "with_faint_objects",
    "with_latents",
]

_log = logging.getLogger(__name__)

_NOMINAL_FPS = 25
"""Of folders of images, which have no frame rate."""
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
    project: Path | None
    """The annotation project, OUT/<source name>.bml; None without one."""
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
    project: bool = True,
    keep_latents: bool = False,
    two_pass: bool = False,
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
        segmenter: A loaded segmenter, whose settings rule, or the name or path of weights; each
            object is then reported once.
        tracker: Settings of the tracker; where absent, tracks begin at the segmenter's score
            threshold and may go on with fainter detections.
        track: False gives every detection an id of its own.
        coast_s: How long a missed object goes on with masks made from the network's bases;
            of no effect where `tracker` is given, which has this among its settings.
        project: Also write the annotation project OUT/<source name>.bml.
        keep_latents: Keep in it what masks are blended from, so that mask size and thresholds
            can change later.
        two_pass: Read the source twice: tracks are joined over gaps, flicker is dropped, short
            holes are filled and every track has one class.
        start_s, end_s, stride, max_frames: As for `open_source`.
        options: Choices of the exporters, among them whether to overwrite.
        folder_name: Instead of the source's name.
        report: Called several times a second with counters and the expected number of frames.

    Raises:
        SourceError, ConfigError, WeightsError, ExportError, ProjectError: What is wrong and the way
            out.
        StageFailed: If a stage failed while running, or the range holds no frame; no output is
            made then.
        KeyboardInterrupt: On Ctrl-C, after completing the outputs with what was done so far. In
            the first of two passes, the second goes over the frames seen until then; a second
            Ctrl-C ends that too. The same goes for whatever `report` raises.
    """
    options = options or ExportOptions()
    _check_formats(formats)
    # Before anything is opened: a setting that cannot be used leaves nothing behind.
    TrackerConfig(max_coast_s=coast_s)
    open_part = partial(open_source, source, start_s=start_s, end_s=end_s, stride=stride)
    with (
        ExitStack() as opened_later,
        closing(open_part(max_frames=max_frames)) as opened,
        _output_folder(Path(output) / (folder_name or opened.info.name)) as folder,
    ):
        if two_pass:
            _check_two_passes(opened.info, segmenter, track=track, keep_latents=keep_latents)
        began = time.monotonic()
        counts = _Counts(opened.info, track=track)
        exporters: dict[str, Exporter] = {}
        writer: ProjectWriter | None = None
        pipeline: Pipeline[Instances] | None = None
        first: FirstPass | None = None
        stopped_by: BaseException | None = None
        if not isinstance(segmenter, Segmenter):
            segmenter = load_segmenter(segmenter, drop_duplicates=True)
        labels = segmenter.labels
        try:
            for name in formats:
                exporters[name] = open_exporter(
                    name, folder / name, source=opened.info, labels=labels, options=options
                )
            if track and tracker is None:
                segmenter, tracker = with_faint_objects(segmenter, coast_s=coast_s)
            elif track and tracker is not None and tracker.max_coast_s:
                segmenter = with_latents(segmenter)
            if keep_latents:
                segmenter = with_latents(segmenter)
            record = job_record(
                source,
                segmenter,
                tracker if track else None,
                frames={
                    "start_s": start_s,
                    "end_s": end_s,
                    "stride": stride,
                    "max_frames": max_frames,
                },
                options=options,
                two_pass=two_pass,
            )
            if project:
                writer = exporters["project"] = ProjectWriter(
                    folder.with_name(f"{folder.name}.bml"),
                    source=opened.info,
                    labels=labels,
                    settings=record,
                    overwrite=options.overwrite,
                    keep_latents=keep_latents,
                )

            def segment(frame: Frame) -> Instances:
                return segmenter.segment(frame.image)

            update: Track[Instances] = MaskTracker(tracker).update if track else Untracked().update
            began = time.monotonic()
            if two_pass:
                assert tracker is not None, "checked before"
                first = run_first_pass(
                    opened,
                    segment=segment,
                    labels=labels,
                    tracker=tracker,
                    folder=folder,
                    report=report,
                )
                opened_later.callback(first.close)
                opened = open_part(max_frames=first.frames)
            pipeline = Pipeline(
                opened,
                segment=first.segment if first else segment,
                track=first.track if first else update,
                hold_back=ConfirmationBuffer() if track and not first else None,
                sinks={**exporters, "count": counts},
            )
            _run(pipeline, opened, report)
        except BaseException as error:
            # Ctrl-C may come between any two lines.
            if pipeline is None:
                for exporter in exporters.values():
                    exporter.discard()
                raise
            if isinstance(error, StageFailed):
                raise
            pipeline.stop()
            pipeline.wait()
            stopped_by = error
        if first is not None and stopped_by is None:
            stopped_by = first.stopped_by
        if stopped_by is not None and writer is not None and pipeline.outputs.get("project"):
            writer.mark_interrupted()
        result = AnnotateResult(
            source=str(source),
            folder=folder,
            status="complete" if stopped_by is None else "interrupted",
            frames=counts.frames,
            tracks=len(counts.track_ids),
            masks=counts.masks,
            seconds=time.monotonic() - began,
            outputs={name: pipeline.outputs.get(name, ()) for name in formats},
            project=next(iter(pipeline.outputs.get("project", ())), None),
            timings_ms=_timings_ms(pipeline, first),
        )
        if track:
            _write_tracks_json(folder, counts.ledger.summaries(), labels)
        _write_run_json(result, record)
        if stopped_by is not None:
            raise stopped_by
        return result


def with_faint_objects(
    segmenter: Segmenter, *, coast_s: float = 0.0
) -> tuple[Segmenter, TrackerConfig]:
    """A segmenter that reports fainter objects too, and a tracker that begins no track at them."""
    score = segmenter.settings.score_threshold
    settings = replace(segmenter.settings, score_threshold=score * FAINT_SHARE)
    fainter = segmenter.with_settings(settings)
    tracker = TrackerConfig(confident_score=score, max_coast_s=coast_s)
    # Attention tells objects apart; keeping it costs nothing that can be measured.
    return with_latents(fainter), tracker


def with_latents(segmenter: Segmenter) -> Segmenter:
    """The same segmenter with attention and bases: for tracking, coasting and re-blending."""
    return segmenter.with_settings(replace(segmenter.settings, keep_latents=True))


def job_record(
    source: str | Path,
    segmenter: Segmenter,
    tracker: TrackerConfig | None,
    *,
    frames: dict[str, Any],
    options: ExportOptions,
    two_pass: bool = False,
) -> dict[str, Any]:
    """All that decides the outputs of a run, as run.json holds it.

    Objects are reported from the segmenter's `score_threshold` on; those of a track go on down
    to `faint_score`.
    """
    faint_score = segmenter.settings.score_threshold
    score = faint_score if tracker is None else max(faint_score, tracker.confident_score)
    path = Path(source).absolute()
    files = [path] if path.is_file() else [p for p in path.glob("*") if p.is_file()]
    states = [file.stat() for file in files]
    return {
        "input": {
            "path": str(source) if source == "demo" else path.as_posix(),
            "files": len(files),
            "bytes": sum(state.st_size for state in states),
            "changed_ns": max((state.st_mtime_ns for state in states), default=0),
        },
        "range": frames,
        "segmenter": asdict(segmenter.settings) | {"score_threshold": score},
        "faint_score": faint_score,
        "tracker": None if tracker is None else asdict(tracker),
        "two_pass": two_pass,
        "options": asdict(replace(options, overwrite=False)),
        "weights": {
            "file": segmenter.weights_path.name,
            "sha256": segmenter.weights_sha256,
        },
        "runtime": {
            "name": segmenter.runtime.name,
            "device": segmenter.runtime.device,
            "precision": segmenter.runtime.precision,
        },
    }


def _run(
    pipeline: Pipeline[Instances],
    source: FrameSource,
    report: Callable[[Progress, int | None], None],
) -> None:
    pipeline.start()
    total = source.info.frame_count
    while not pipeline.wait(timeout_s=0.1):
        report(pipeline.progress, total)
    report(pipeline.progress, total)


def _check_two_passes(
    source: SourceInfo, segmenter: Segmenter | str | Path, *, track: bool, keep_latents: bool
) -> None:
    if not track:
        raise ConfigError("two passes look at tracks a second time; leave out no-track or two-pass")
    if keep_latents:
        raise ConfigError("two passes keep no latents; leave out latents or two-pass")
    if source.is_live:
        raise ConfigError(
            f"{source.name}: a live source cannot be read twice; record it first, or leave out "
            "two-pass"
        )
    if isinstance(segmenter, Segmenter) and segmenter.settings.panoptic:
        raise ConfigError("two passes keep objects only; leave out panoptic or two-pass")


def _timings_ms(
    pipeline: Pipeline[Instances], first: FirstPass | None
) -> dict[str, dict[str, float]]:
    stages = pipeline.timings.summary()
    if first is not None:
        # The second pass neither segments nor tracks.
        stages |= {stage: first.timings[stage] for stage in ("segment", "track")}
    return {
        stage: {
            "mean": round(s.mean_ms, 3),
            "p50": round(s.p50_ms, 3),
            "p99": round(s.p99_ms, 3),
        }
        for stage, s in stages.items()
        if stage != "export count"
    }


class Untracked:
    """Stands in for the tracker without tracking: every detection is an object of its own."""

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
    """A sink that counts what the exporters received, and knows each track of it."""

    def __init__(self, source: SourceInfo, *, track: bool) -> None:
        self.frames = self.masks = 0
        self.track_ids: set[int] = set()
        self.ledger = TrackLedger()
        self._fps = source.average_fps or _NOMINAL_FPS
        self._track = track

    def write(self, tracked: TrackedFrame) -> None:
        self.frames += 1
        self.masks += len(tracked.track_ids)
        self.track_ids.update(tracked.track_ids.tolist())
        if self._track:
            frame = tracked.frame
            time_s = frame.index / self._fps if frame.pts_s is None else frame.pts_s
            self.ledger.add(tracked.tracked, float(time_s))

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


@contextmanager
def _output_folder(folder: Path) -> Iterator[Path]:
    """A folder that is there, and is removed again if it was made here and stays empty."""
    missing: list[Path] = []
    try:
        try:
            missing += [path for path in (folder, *folder.parents) if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(
                f"{folder}: cannot be made ({error.strerror}); choose another output folder"
            ) from error
        yield folder
    finally:
        for path in missing:
            with suppress(OSError):
                path.rmdir()


def _write_run_json(result: AnnotateResult, record: dict[str, Any]) -> None:
    values = asdict(replace(result, outputs={})) | record
    values |= {
        "outputs": {
            name: {"folder": name, "files": len(paths)} for name, paths in result.outputs.items()
        },
        "folder": result.folder.as_posix(),
        "project": None if result.project is None else result.project.as_posix(),
        "fps": round(result.fps, 3),
        "versions": installed_versions(),
    }
    with _atomic_text(result.folder / "run.json") as write:
        write(json.dumps(values, indent=2) + "\n")


def _write_tracks_json(
    folder: Path, summaries: Sequence[TrackSummary], labels: tuple[str, ...]
) -> None:
    """One object per track; times in s, areas in px."""
    tracks = [
        {
            "id": track.track_id,
            "class": labels[track.class_id],
            "first_s": round(track.first_s, 4),
            "last_s": round(track.last_s, 4),
            "frames_seen": track.frames_seen,
            "frames_coasted": track.frames_coasted,
            "mean_score": round(track.mean_score, 4),
            "mean_area_px": round(track.mean_area_px, 1),
            "mean_speed_px_s": round(track.mean_speed_px_s, 2),
            "class_votes": {
                labels[class_id]: round(votes, 3) for class_id, votes in track.class_votes.items()
            },
        }
        for track in summaries
    ]
    with _atomic_text(folder / "tracks.json") as write:
        write(json.dumps({"tracks": tracks}, indent=1) + "\n")


def installed_versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide results."""
    return {
        "python": platform.python_version(),
        **package_versions(("blendmask-live", *_VERSIONED)),
    }


@contextmanager
def _atomic_text(path: Path) -> Iterator[Callable[[str], object]]:
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            yield file.write
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ExportError(f"{path}: cannot be written ({error.strerror})") from error
