"""One run of a job from the first frame to run.json, whatever finds the objects."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from blendmask_live.capture import SourcePart
from blendmask_live.capture.source import FrameSource
from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import ExportError, StageFailed
from blendmask_live.jobs.outputs import Counts, Outputs
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import (
    AnnotateResult,
    UnfinishedMark,
    write_run_json,
    write_tracks_json,
)
from blendmask_live.pipeline import Pipeline, PipelineProgress, StageSummary

__all__ = [
    "EarlierPass",
    "Opener",
    "Report",
    "Run",
    "begin_run",
    "folder_of",
    "open_part_of",
    "spelled",
]

_log = logging.getLogger(__name__)

Report = Callable[[PipelineProgress, int | None], None]
Opener = Callable[..., FrameSource]


@dataclass(frozen=True, slots=True)
class EarlierPass:
    """What an earlier pass over the source took, and what ended it early."""

    timings: Mapping[str, StageSummary] = field(default_factory=dict)
    stopped_by: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What is open while a job runs; begun by `begin_run`."""

    request: AnnotateRequest
    source: SourceInfo
    folder: Path
    labels: tuple[str, ...]
    record: dict[str, Any]
    outputs: Outputs
    mark: UnfinishedMark
    counts: Counts
    began_s: float

    def complete(
        self,
        pipeline: Pipeline[Any],
        source: FrameSource,
        report: Report,
        *,
        earlier: EarlierPass,
    ) -> AnnotateResult:
        """Run the pipeline into the outputs and describe it in run.json.

        Args:
            pipeline: Made with `outputs.exporters` as its sinks and `counts` as an observer.
            source: What it reads.
            report: As for `annotate_video`.
            earlier: The pass before this one.

        Raises:
            BaseException: What ended it early, as `annotate_video` says.
        """
        stopped_by = _run(pipeline, source, report)
        self.mark.note_outputs(pipeline.outputs)
        if pipeline.failure:
            _tell_failure(pipeline, self.folder)
            # After that even a full disk has room for run.json.
            self.outputs.discard()
        # What ended the run early, in whichever pass it came.
        stopped_by = earlier.stopped_by or stopped_by
        status = _status(stopped_by, source.info, has_failed_sinks=bool(pipeline.sink_failures))
        if status == "interrupted":
            self.outputs.mark_interrupted(pipeline.outputs)
        result = self._result(status, pipeline, earlier)
        self._write_records(result, is_stopped=stopped_by is not None)
        if stopped_by is not None:
            raise pipeline.failure or stopped_by
        return result

    def _result(self, status: str, pipeline: Pipeline[Any], earlier: EarlierPass) -> AnnotateResult:
        made, counts = pipeline.outputs, self.counts
        return AnnotateResult(
            source=self.request.shown_source,
            folder=self.folder,
            status=status,
            frames=counts.frames,
            frames_dropped=counts.frames_dropped,
            tracks=len(counts.track_ids),
            masks=counts.masks,
            seconds=time.monotonic() - self.began_s,
            outputs={name: made[name] for name in self.request.formats if name in made},
            project=next(iter(made.get("project", ())), None),
            timings_ms=_timings_ms(pipeline.timings.summary() | dict(earlier.timings)),
        )

    def _write_records(self, result: AnnotateResult, *, is_stopped: bool) -> None:
        """Write run.json, and of tracks tracks.json; after a stop, not being able to only warns."""
        try:
            if self.request.track:
                write_tracks_json(result.folder, self.counts.ledger.summaries(), self.labels)
            write_run_json(result, self.record)
            self.mark.remove()
        except ExportError as error:
            if not is_stopped:
                raise
            _log.warning("%s", error)


def begin_run(
    stack: ExitStack,
    request: AnnotateRequest,
    source: SourceInfo,
    folder: Path,
    labels: tuple[str, ...],
    record: dict[str, Any],
) -> Run:
    """Open the outputs that are requested.

    Args:
        stack: Whatever is not completed is removed with it.
        request: What is wanted.
        source: As it was opened.
        folder: `folder_of` these; it is there.
        labels: Class names of all objects to come.
        record: For run.json and the project.

    Raises:
        ExportError, ProjectError: If an output is there already or cannot be made.
    """
    # The parts of a pipeline hold each other. Python would come to those of earlier runs late, and
    # with them decoders and encoders keep threads and some 200 MB.
    gc.collect()
    options = replace(request.options, overwrite=request.overwrite)
    outputs = Outputs(folder, source, labels, options)
    stack.callback(outputs.discard)
    outputs.open(request.formats)
    if request.project:
        outputs.open_project(record, keep_latents=request.latents)
    mark = stack.enter_context(UnfinishedMark(folder, request))
    counts = Counts(source, track=request.track, stride=request.part.stride)
    return Run(
        request, source, folder, labels, record, outputs, mark, counts, began_s=time.monotonic()
    )


def spelled(source: str | Path) -> str:
    """A path as text that is not taken for a word as "demo" or "0"."""
    if isinstance(source, Path) and source.parent == Path() and not source.suffix:
        return f"./{source}"
    return str(source)


def open_part_of(request: AnnotateRequest, opener: Opener, part: SourcePart) -> FrameSource:
    """The part of the requested source."""
    return opener(
        request.source,
        start_s=part.start_s,
        end_s=part.end_s,
        stride=part.stride,
        max_frames=part.max_frames,
    )


def folder_of(request: AnnotateRequest, source: SourceInfo) -> Path:
    """Where the outputs of a request go."""
    return Path(request.output) / (request.folder_name or source.name)


def _tell_failure(pipeline: Pipeline[Any], folder: Path) -> None:
    if failed := pipeline.sink_failures:
        names = ", ".join(failed)
        _log.warning("%s: without %s, which failed; the rest is complete", folder, names)
    else:
        _log.warning("%s: holds what was done until the failure, see run.json", folder)


def _run(pipeline: Pipeline[Any], source: FrameSource, report: Report) -> BaseException | None:
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


def _status(stopped_by: BaseException | None, source: SourceInfo, *, has_failed_sinks: bool) -> str:
    if stopped_by is None:
        return "complete"
    # Of a file, and where only formats failed, what was completed holds every frame.
    is_whole = has_failed_sinks or not source.is_live
    is_failure = isinstance(stopped_by, StageFailed) and is_whole
    return "failed" if is_failure else "interrupted"


def _timings_ms(stages: Mapping[str, StageSummary]) -> dict[str, dict[str, float]]:
    return {
        stage: {
            "mean": round(s.mean_ms, 3),
            "p50": round(s.p50_ms, 3),
            "p99": round(s.p99_ms, 3),
        }
        for stage, s in stages.items()
        if stage != "export count"
    }
