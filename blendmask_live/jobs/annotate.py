"""The main job: a source in, tracked masks on disk out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from blendmask_live.capture import SourcePart, open_source
from blendmask_live.capture.source import FrameSource
from blendmask_live.config import DEFAULT_FORMATS, FAINT_SHARE, NetworkChoice, SegmenterChoice
from blendmask_live.datatypes import Frame, Instances, SourceInfo, TrackedInstances
from blendmask_live.errors import ConfigError
from blendmask_live.export import ExportOptions
from blendmask_live.jobs.outputs import output_folder
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import AnnotateResult, job_record
from blendmask_live.jobs.running import (
    EarlierPass,
    Opener,
    Report,
    Run,
    begin_run,
    folder_of,
    open_part_of,
    spelled,
)
from blendmask_live.jobs.two_pass import FirstPass, run_first_pass
from blendmask_live.pipeline import Pipeline, PipelineConfig
from blendmask_live.pipeline.parts import Segment, Track
from blendmask_live.segmenting.segmenter import Segmenter, SegmentersInTurn, open_segmenter
from tracking import ConfirmationBuffer, MaskTracker, TrackerConfig

if TYPE_CHECKING:
    from blendmask_live.prompting.prompter import Prompter

__all__ = [
    "AnnotateResult",
    "annotate",
    "annotate_video",
    "with_faint_objects",
    "with_latents",
]


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
    refine: bool = False,
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
        refine: Give every object a second, zoomed look; not with `keep_latents` or coasting.
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
        source=spelled(source),
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
        refine=refine,
        formats=tuple(formats),
        options=replace(options, overwrite=False),
        project=project,
        latents=keep_latents,
        overwrite=options.overwrite,
    )
    return annotate(request, segmenter=loaded, opener=opener, report=report)


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
    open_part = partial(open_part_of, request, opener or request.opening.opener())
    with ExitStack() as stack:
        source = stack.enter_context(closing(open_part(request.part)))
        folder = stack.enter_context(output_folder(folder_of(request, source.info)))
        segmenter, tracker = _prepare(request, source.info, segmenter)
        in_turn = SegmentersInTurn([segmenter] if source.info.is_live else segmenter.in_parallel())
        segment: Segment[Instances] = in_turn
        record = job_record(request, segmenter, tracker)
        if request.refine:
            prompter = _prompter_beside(segmenter, request.network)
            segment = _refining(segment, prompter)
            record["refined_with"] = {"sha256": prompter.weights_sha256}
        run = begin_run(stack, request, source.info, folder, segmenter.labels, record)
        first: FirstPass | None = None
        if tracker is not None and request.two_pass:
            first = run_first_pass(
                source,
                segment=segment,
                labels=segmenter.labels,
                tracker=tracker,
                folder=folder,
                at_once=in_turn.at_once,
                report=report,
            )
            stack.callback(first.close)
            source = open_part(replace(request.part, max_frames=first.frames))
        if first is None:
            pipeline = _pipeline(source, segment, tracker, run, at_once=in_turn.at_once)
        else:
            pipeline = _second_pass(source, first, run)
        return run.complete(pipeline, source, report, earlier=_told_by(first))


def _told_by(first: FirstPass | None) -> EarlierPass:
    if first is None:
        return EarlierPass()
    # The second pass neither segments nor tracks.
    timings = {stage: first.timings[stage] for stage in ("segment", "track")}
    return EarlierPass(timings, first.stopped_by)


def _prepare(
    request: AnnotateRequest, source: SourceInfo, segmenter: Segmenter | None
) -> tuple[Segmenter, TrackerConfig | None]:
    """`_ready`, of what can be done with this source."""
    if request.two_pass:
        _check_two_passes(request, source, segmenter)
    return _ready(request, segmenter)


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


def _prompter_beside(segmenter: Segmenter, network: NetworkChoice) -> Prompter:
    from blendmask_live.prompting.prompter import load_prompter

    return load_prompter(device=network.device, threads=network.threads, segmenter=segmenter)


def _refining(segment: Segment[Instances], prompter: Prompter) -> Segment[Instances]:
    from blendmask_live.prompting.refining import refine

    def segment_twice(frame: Frame) -> Instances:
        found = segment(frame)
        # The tracker tells objects apart by the attention of the first look.
        finer = refine(found, frame.image, prompter, is_thorough=True)
        return replace(finer, attention=found.attention)

    return segment_twice


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
    run: Run,
    *,
    at_once: int,
) -> Pipeline[Instances]:
    """The only pass over the source."""
    return Pipeline(
        source,
        segment=segment,
        track=_track_with(tracker),
        sinks=run.outputs.exporters,
        observers={"count": run.counts},
        hold_back=None if tracker is None else ConfirmationBuffer(),
        config=PipelineConfig(
            segmented_at_once=at_once,
            # What a camera saw cannot be seen again.
            keeps_outputs_of_failed_run=source.info.is_live,
        ),
    )


def _second_pass(source: FrameSource, first: FirstPass, run: Run) -> Pipeline[Instances]:
    """Over the same frames, whose objects are known already."""
    return Pipeline(
        source,
        segment=first.segment,
        track=first.track,
        sinks=run.outputs.exporters,
        observers={"count": run.counts},
    )


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
