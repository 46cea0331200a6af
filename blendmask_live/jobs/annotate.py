"""The main job: a source in, tracked masks on disk out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from blendmask_live.capture import SourcePart, open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.config import DEFAULT_FORMATS, FAINT_SHARE, NetworkChoice, SegmenterChoice
from blendmask_live.datatypes import Frame, Instances, SourceInfo, TrackedInstances
from blendmask_live.errors import ConfigError, ExportError, StageFailed
from blendmask_live.export import ExportOptions
from blendmask_live.jobs.outputs import Counts, Outputs, output_folder
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import (
    AnnotateResult,
    UnfinishedMark,
    job_record,
    write_run_json,
    write_tracks_json,
)
from blendmask_live.jobs.two_pass import FirstPass, run_first_pass
from blendmask_live.pipeline import Pipeline, PipelineConfig, PipelineProgress
from blendmask_live.pipeline.parts import Segment, Sink, Track
from blendmask_live.segmenting.segmenter import Segmenter, open_segmenter
from tracking import ConfirmationBuffer, MaskTracker, TrackerConfig

__all__ = [
    "AnnotateResult",
    "annotate",
    "annotate_video",
    "with_faint_objects",
    "with_latents",
]

_log = logging.getLogger(__name__)

Report = Callable[[PipelineProgress, int | None], None]
Opener = Callable[..., FrameSource]


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
    opener: Opener = open_source,
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
            made then, except of a live source. Also at the end, if a format failed: it ended
            alone, the others are complete, and run.json lists them, with status 'failed'.
        KeyboardInterrupt: On Ctrl-C, after completing the outputs with what was done so far. In
            the first of two passes, the second goes over the frames seen until then; a second
            Ctrl-C ends that too. The same goes for whatever `report` raises.
    """
    if isinstance(formats, str):
        raise ConfigError(f"formats {formats!r}: expected a list of names, as in [{formats!r}]")
    options = options or ExportOptions()
    loaded = segmenter if isinstance(segmenter, Segmenter) else None
    has_tracker = track and tracker is not None
    request = AnnotateRequest(
        source=_spelled(source),
        output=str(output),
        folder_name=folder_name or "",
        part=SourcePart(start_s, end_s, stride, max_frames),
        network=NetworkChoice(str(segmenter)) if loaded is None else _network_of(loaded),
        segmenter=SegmenterChoice(drop_duplicates=True)
        if loaded is None
        else SegmenterChoice.of(loaded.settings),
        track=track,
        tracker=tracker if tracker and has_tracker else TrackerConfig(max_coast_s=coast_s),
        follows_faint=not has_tracker,
        two_pass=two_pass,
        formats=tuple(formats),
        options=replace(options, overwrite=False),
        project=project,
        latents=keep_latents,
        overwrite=options.overwrite,
    )
    return annotate(request, segmenter=loaded, opener=opener, report=report)


def _spelled(source: str | Path) -> str:
    """A path as text that is not taken for a word as "demo" or "0"."""
    if isinstance(source, Path) and source.parent == Path() and not source.suffix:
        return f"./{source}"
    return str(source)


def _network_of(segmenter: Segmenter) -> NetworkChoice:
    runtime = segmenter.runtime
    return NetworkChoice(
        weights=str(segmenter.weights_path),
        device=runtime.device,
        runtime=runtime.name,
        precision=runtime.precision,
    )


def annotate(
    request: AnnotateRequest,
    *,
    segmenter: Segmenter | None = None,
    opener: Opener | None = None,
    report: Report = lambda progress, total: None,
) -> AnnotateResult:
    """Do what is requested; `annotate_video` says what happens and what is raised.

    `resume` is not looked at here: see `worker.annotate_unless_done`.

    Args:
        request: Its output is a folder, not an address.
        segmenter: As the request wants it, loaded; it is loaded here where absent.
        opener: What opens the source; as the request says where absent.
        report: As for `annotate_video`.
    """
    open_part = partial(_open_part, request, opener or request.opening.opener())
    with ExitStack() as stack:
        source = stack.enter_context(closing(open_part(request.part)))
        folder = stack.enter_context(output_folder(_folder_of(request, source.info)))
        segmenter, tracker = _prepare(request, source.info, segmenter)
        record = job_record(request, segmenter, tracker)
        options = replace(request.options, overwrite=request.overwrite)
        outputs = Outputs(folder, source.info, segmenter.labels, options)
        stack.callback(outputs.discard)
        outputs.open(request.formats)
        if request.project:
            outputs.open_project(record, keep_latents=request.latents)
        mark = stack.enter_context(UnfinishedMark(folder, request))
        counts = Counts(source.info, track=request.track, stride=request.part.stride)
        began_s = time.monotonic()
        first: FirstPass | None = None
        if tracker is not None and request.two_pass:
            first = run_first_pass(
                source,
                segment=_segment_with(segmenter),
                labels=segmenter.labels,
                tracker=tracker,
                folder=folder,
                report=report,
            )
            stack.callback(first.close)
            source = open_part(replace(request.part, max_frames=first.frames))
        pipeline = _pipeline(
            source, _segment_with(segmenter), tracker, first, outputs.exporters, counts
        )
        stopped_by = _run(pipeline, source, report)
        mark.note_outputs(pipeline.outputs)
        if pipeline.failure:
            _tell_failure(pipeline, folder)
            # After that even a full disk has room for run.json.
            outputs.discard()
        stopped_by = _first_stop(first, stopped_by)
        status = _status(stopped_by, source.info, has_failed_sinks=bool(pipeline.sink_failures))
        if status == "interrupted":
            outputs.mark_interrupted(pipeline.outputs)
        result = _result(request, folder, status, counts, pipeline, first, began_s)
        labels = segmenter.labels if request.track else None
        _write_records(result, record, counts, labels, mark, is_stopped=stopped_by is not None)
        if stopped_by is not None:
            raise pipeline.failure or stopped_by
        return result


def _tell_failure(pipeline: Pipeline[Instances], folder: Path) -> None:
    if failed := pipeline.sink_failures:
        names = ", ".join(failed)
        _log.warning("%s: without %s, which failed; the rest is complete", folder, names)
    else:
        _log.warning("%s: holds what was done until the failure, see run.json", folder)


def _folder_of(request: AnnotateRequest, source: SourceInfo) -> Path:
    return Path(request.output) / (request.folder_name or source.name)


def _first_stop(first: FirstPass | None, stopped_by: BaseException | None) -> BaseException | None:
    """What ended the run early, in whichever pass it came."""
    return stopped_by if first is None else first.stopped_by or stopped_by


def _prepare(
    request: AnnotateRequest, source: SourceInfo, segmenter: Segmenter | None
) -> tuple[Segmenter, TrackerConfig | None]:
    """`_ready`, of what can be done with this source."""
    if request.two_pass:
        _check_two_passes(request, source, segmenter)
    return _ready(request, segmenter)


def _write_records(
    result: AnnotateResult,
    record: dict[str, Any],
    counts: Counts,
    labels: tuple[str, ...] | None,
    mark: UnfinishedMark,
    *,
    is_stopped: bool,
) -> None:
    """Write run.json, and with `labels` tracks.json; after a stop, not being able to only warns."""
    try:
        if labels is not None:
            write_tracks_json(result.folder, counts.ledger.summaries(), labels)
        write_run_json(result, record)
        mark.remove()
    except ExportError as error:
        if not is_stopped:
            raise
        _log.warning("%s", error)


def with_faint_objects(
    segmenter: Segmenter, tracker: TrackerConfig | None = None
) -> tuple[Segmenter, TrackerConfig]:
    """A segmenter that reports fainter objects too, and a tracker that begins no track at them."""
    score = segmenter.settings.score_threshold
    settings = replace(segmenter.settings, score_threshold=score * FAINT_SHARE)
    fainter = segmenter.with_settings(settings)
    # Tracking tells objects apart by attention; keeping it costs nothing measurable.
    return with_latents(fainter), replace(tracker or TrackerConfig(), confident_score=score)


def with_latents(segmenter: Segmenter) -> Segmenter:
    """The same segmenter with attention and bases: for tracking, coasting and re-blending."""
    return segmenter.with_settings(replace(segmenter.settings, keep_latents=True))


def _open_part(request: AnnotateRequest, opener: Opener, part: SourcePart) -> FrameSource:
    return opener(
        request.source,
        start_s=part.start_s,
        end_s=part.end_s,
        stride=part.stride,
        max_frames=part.max_frames,
    )


def _ready(
    request: AnnotateRequest, segmenter: Segmenter | None
) -> tuple[Segmenter, TrackerConfig | None]:
    """The segmenter, loaded and reporting what tracker and project need; the tracker, if wanted."""
    segmenter = segmenter or open_segmenter(request.network, request.segmenter)
    tracker: TrackerConfig | None = None
    if request.track and request.follows_faint:
        segmenter, tracker = with_faint_objects(segmenter, request.tracker)
    elif request.track:
        tracker = request.tracker
    needs_latents = request.latents or (tracker is not None and tracker.max_coast_s > 0)
    return (with_latents(segmenter) if needs_latents else segmenter), tracker


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
    counts: Counts,
) -> Pipeline[Instances]:
    """The only pass over the source, or the second, which knows the objects already."""
    observers = {"count": counts}
    if first is not None:
        return Pipeline(
            source, segment=first.segment, track=first.track, sinks=sinks, observers=observers
        )
    hold_back = None if tracker is None else ConfirmationBuffer()
    track = _track_with(tracker)
    # What a camera saw cannot be seen again.
    config = PipelineConfig(keeps_outputs_of_failed_run=source.info.is_live)
    return Pipeline(
        source,
        segment=segment,
        track=track,
        sinks=sinks,
        observers=observers,
        hold_back=hold_back,
        config=config,
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
    request: AnnotateRequest, source: SourceInfo, segmenter: Segmenter | None
) -> None:
    if source.is_live:
        raise ConfigError(
            f"{source.name}: a live source cannot be read twice; record it first, or leave out "
            "two-pass"
        )
    is_panoptic = request.segmenter.panoptic if segmenter is None else segmenter.settings.panoptic
    if is_panoptic:
        raise ConfigError("two passes keep objects only; leave out panoptic or two-pass")


def _status(stopped_by: BaseException | None, source: SourceInfo, *, has_failed_sinks: bool) -> str:
    if stopped_by is None:
        return "complete"
    # Of a file, and where only formats failed, what was completed holds every frame.
    is_whole = has_failed_sinks or not source.is_live
    is_failure = isinstance(stopped_by, StageFailed) and is_whole
    return "failed" if is_failure else "interrupted"


def _result(
    request: AnnotateRequest,
    folder: Path,
    status: str,
    counts: Counts,
    pipeline: Pipeline[Instances],
    first: FirstPass | None,
    began_s: float,
) -> AnnotateResult:
    made = pipeline.outputs
    return AnnotateResult(
        source=request.shown_source,
        folder=folder,
        status=status,
        frames=counts.frames,
        frames_dropped=counts.frames_dropped,
        tracks=len(counts.track_ids),
        masks=counts.masks,
        seconds=time.monotonic() - began_s,
        outputs={name: made[name] for name in request.formats if name in made},
        project=next(iter(made.get("project", ())), None),
        timings_ms=_timings_ms(pipeline, first),
    )


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
