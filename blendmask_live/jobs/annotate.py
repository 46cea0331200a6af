"""The main job: a source in, tracked masks on disk out.

Together with the command line the only place that puts source, segmenter, tracker and
exporters together.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from blendmask_live.annotation import ProjectWriter
from blendmask_live.capture import open_source
from blendmask_live.capture.naming import without_password
from blendmask_live.capture.source import FrameSource
from blendmask_live.config import DEFAULT_FORMATS, FAINT_SHARE
from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
)
from blendmask_live.errors import ConfigError, ExportError, StageFailed
from blendmask_live.export import EXPORTERS, ExportOptions, open_exporter
from blendmask_live.export.exporter import Exporter
from blendmask_live.jobs.run_files import (
    AnnotateResult,
    job_record,
    write_run_json,
    write_tracks_json,
)
from blendmask_live.jobs.two_pass import FirstPass, run_first_pass
from blendmask_live.pipeline import Pipeline, PipelineConfig, Progress
from blendmask_live.pipeline.parts import Segment, Sink, Track
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from tracking import ConfirmationBuffer, MaskTracker, TrackerConfig, TrackLedger

__all__ = [
    "AnnotateResult",
    "annotate_video",
    "job_record",
    "with_faint_objects",
    "with_latents",
]

_log = logging.getLogger(__name__)

_NOMINAL_FPS = 25
"""Of folders of images, which have no frame rate."""

Report = Callable[[Progress, int | None], None]


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
    opener: Callable[..., FrameSource] = open_source,
    report: Report = lambda progress, total: None,
) -> AnnotateResult:
    """Segment, track and export a video, a folder of images, a camera or stream, or the "demo".

    Of a live source the newest frame is taken each time; it ends at `end_s`, `max_frames` or
    Ctrl-C, and what was done until then is kept also if a stage fails.

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
        opener: What opens the source; partial(open_source, hardware=True), for example.
        report: Called several times a second with counters and the expected number of frames.

    Raises:
        SourceError, ConfigError, WeightsError, ExportError, ProjectError: What is wrong and the way
            out.
        StageFailed: If a stage failed while running, or the range holds no frame; no output is
            made then, except of a live source. Where the disk fills up while outputs are
            completed, those completed before stay; run.json lists them, with status 'failed'.
        KeyboardInterrupt: On Ctrl-C, after completing the outputs with what was done so far. In
            the first of two passes, the second goes over the frames seen until then; a second
            Ctrl-C ends that too. The same goes for whatever `report` raises.
    """
    options = options or ExportOptions()
    _check_formats(formats)
    # Before anything is opened: a setting that cannot be used leaves nothing behind.
    TrackerConfig(max_coast_s=coast_s)
    if coast_s and not track:
        raise ConfigError("only tracks go on through gaps; leave out no-track or coast")
    part = _Part(start_s, end_s, stride, max_frames)
    with ExitStack() as stack:
        opened = stack.enter_context(closing(part.open(source, opener)))
        target = Path(output) / (folder_name or opened.info.name)
        folder = stack.enter_context(_output_folder(target))
        if two_pass:
            _check_two_passes(opened.info, segmenter, track=track, keep_latents=keep_latents)
        segmenter, tracker = _ready(segmenter, tracker, track=track, coast_s=coast_s)
        if keep_latents:
            segmenter = with_latents(segmenter)
        record = job_record(
            source, segmenter, tracker, frames=asdict(part), options=options, two_pass=two_pass
        )
        outputs = _Outputs(folder, opened.info, segmenter.labels, options)
        stack.callback(outputs.discard)
        outputs.open(formats)
        if project:
            outputs.open_project(record, keep_latents=keep_latents)
        counts = _Counts(opened.info, track=track, stride=stride)
        segment = _segment_with(segmenter)
        began_s = time.monotonic()
        first: FirstPass | None = None
        if two_pass:
            assert tracker is not None, "checked before"
            first = run_first_pass(
                opened,
                segment=segment,
                labels=segmenter.labels,
                tracker=tracker,
                folder=folder,
                report=report,
            )
            stack.callback(first.close)
            opened = part.open(source, opener, max_frames=first.frames)
        sinks = {**outputs.exporters, "count": counts}
        pipeline = _pipeline(opened, segment, tracker, first, sinks)
        stopped_by = _run(pipeline, opened, report)
        if pipeline.failure:
            _log.warning("%s: holds what was done until the failure, see run.json", folder)
            # A full disk has room for run.json then.
            outputs.discard()
        if first is not None:
            stopped_by = first.stopped_by or stopped_by
        status = "complete" if stopped_by is None else "interrupted"
        if isinstance(stopped_by, StageFailed) and not opened.info.is_live:
            # What was completed nevertheless holds every frame.
            status = "failed"
        elif stopped_by is not None:
            outputs.mark_interrupted(pipeline.outputs)
        result = AnnotateResult(
            source=without_password(str(source)),
            folder=folder,
            status=status,
            frames=counts.frames,
            frames_dropped=counts.frames_dropped,
            tracks=len(counts.track_ids),
            masks=counts.masks,
            seconds=time.monotonic() - began_s,
            outputs={name: pipeline.outputs[name] for name in formats if name in pipeline.outputs},
            project=next(iter(pipeline.outputs.get("project", ())), None),
            timings_ms=_timings_ms(pipeline, first),
        )
        try:
            if track:
                write_tracks_json(folder, counts.ledger.summaries(), segmenter.labels)
            write_run_json(result, record)
        except ExportError as error:
            if stopped_by is None:
                raise
            _log.warning("%s", error)
        if stopped_by is not None:
            raise pipeline.failure or stopped_by
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


@dataclass(frozen=True, slots=True)
class _Part:
    """Which frames of a source; see `open_source`."""

    start_s: float | None
    end_s: float | None
    stride: int
    max_frames: int | None

    def open(
        self,
        source: str | Path,
        opener: Callable[..., FrameSource],
        *,
        max_frames: int | None = None,
    ) -> FrameSource:
        """The source, to these frames or fewer."""
        return opener(
            source,
            start_s=self.start_s,
            end_s=self.end_s,
            stride=self.stride,
            max_frames=self.max_frames if max_frames is None else max_frames,
        )


class _Outputs:
    """The exporters of a run, the project among them; whatever is not completed is removed."""

    def __init__(
        self, folder: Path, source: SourceInfo, labels: tuple[str, ...], options: ExportOptions
    ) -> None:
        self.exporters: dict[str, Exporter] = {}
        self._folder = folder
        self._source = source
        self._labels = labels
        self._options = options
        self._writer: ProjectWriter | None = None

    def open(self, formats: Sequence[str]) -> None:
        for name in formats:
            self.exporters[name] = open_exporter(
                name,
                self._folder / name,
                source=self._source,
                labels=self._labels,
                options=self._options,
            )

    def open_project(self, record: dict[str, Any], *, keep_latents: bool) -> None:
        self._writer = self.exporters["project"] = ProjectWriter(
            self._folder.with_name(f"{self._folder.name}.bml"),
            source=self._source,
            labels=self._labels,
            settings=record,
            overwrite=self._options.overwrite,
            keep_latents=keep_latents,
        )

    def mark_interrupted(self, completed: Mapping[str, tuple[Path, ...]]) -> None:
        """Note in the project, if there is one, that it does not go to the end."""
        if self._writer is not None and completed.get("project"):
            self._writer.mark_interrupted()

    def discard(self) -> None:
        """Does nothing to what was completed."""
        for exporter in self.exporters.values():
            exporter.discard()


def _ready(
    segmenter: Segmenter | str | Path,
    tracker: TrackerConfig | None,
    *,
    track: bool,
    coast_s: float,
) -> tuple[Segmenter, TrackerConfig | None]:
    """The segmenter, loaded and reporting what the tracker needs; the tracker, if wanted."""
    if not isinstance(segmenter, Segmenter):
        segmenter = load_segmenter(segmenter, drop_duplicates=True)
    if not track:
        return segmenter, None
    if tracker is None:
        return with_faint_objects(segmenter, coast_s=coast_s)
    return with_latents(segmenter) if tracker.max_coast_s else segmenter, tracker


def _segment_with(segmenter: Segmenter) -> Callable[[Frame], Instances]:
    return lambda frame: segmenter.segment(frame.image)


def _track_with(config: TrackerConfig | None) -> Track[Instances]:
    """The track stage; without a tracker every detection is an object of its own."""
    tracker = MaskTracker(config)
    if config is not None:
        return tracker.update

    def number(instances: Instances, /, *, timestamp_s: float) -> TrackedInstances:
        return tracker.number(instances)

    return number


def _pipeline(
    source: FrameSource,
    segment: Segment[Instances],
    tracker: TrackerConfig | None,
    first: FirstPass | None,
    sinks: Mapping[str, Sink],
) -> Pipeline[Instances]:
    """The only pass over the source, or the second, which knows the objects already."""
    if first is not None:
        return Pipeline(source, segment=first.segment, track=first.track, sinks=sinks)
    hold_back = None if tracker is None else ConfirmationBuffer()
    track = _track_with(tracker)
    # What a camera saw cannot be seen again.
    config = PipelineConfig(keeps_outputs_of_failed_run=source.info.is_live)
    return Pipeline(
        source, segment=segment, track=track, hold_back=hold_back, sinks=sinks, config=config
    )


def _run(
    pipeline: Pipeline[Instances], source: FrameSource, report: Report
) -> BaseException | None:
    """Run to the end; returns what ended it early, with some outputs completed.

    Raises:
        StageFailed: If a stage failed and no output was completed.
    """
    total = source.info.frame_count
    try:
        pipeline.start()
        while not pipeline.wait(timeout_s=0.1):
            report(pipeline.progress, total)
        report(pipeline.progress, total)
    except BaseException as error:
        # Ctrl-C may come between any two lines.
        is_kept = source.info.is_live and pipeline.progress.frames_tracked > 0
        if isinstance(error, StageFailed) and not (is_kept or any(pipeline.outputs.values())):
            raise
        pipeline.stop()
        with suppress(StageFailed):
            pipeline.wait()
        return error
    return None


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


class _Counts:
    """A sink that counts what the exporters received, and knows each track of it."""

    def __init__(self, source: SourceInfo, *, track: bool, stride: int) -> None:
        self.frames = self.masks = 0
        self.track_ids: set[int] = set()
        self.ledger = TrackLedger()
        self._is_live = source.is_live
        self._stride = stride
        self._first_index = self._last_index = 0
        self._fps = source.average_fps or _NOMINAL_FPS
        self._track = track

    @property
    def frames_dropped(self) -> int:
        """As gaps in the indexes tell."""
        if not (self._is_live and self.frames):
            return 0
        return (self._last_index - self._first_index) // self._stride + 1 - self.frames

    def write(self, tracked: TrackedFrame) -> None:
        self._last_index = tracked.frame.index
        self._first_index = self._first_index if self.frames else self._last_index
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
    if isinstance(formats, str):
        raise ConfigError(f"formats {formats!r}: expected a list of names, as in [{formats!r}]")
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
