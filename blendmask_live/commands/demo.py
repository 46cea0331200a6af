"""`demo`: the main job on the built-in example."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import numpy as np

from blendmask_live.capture import open_source
from blendmask_live.capture.demo import DemoSource
from blendmask_live.commands.annotate import add_request_options, requested
from blendmask_live.commands.annotate_one import annotate_with_bar
from blendmask_live.commands.progress_line import progress_line
from blendmask_live.datatypes import TrackedFrame, TrackedInstances, TrackState
from blendmask_live.export import Exporter, open_exporter
from blendmask_live.export.mots import mots_class_ids
from blendmask_live.export.sequence import ExportJob, SequenceExporter
from blendmask_live.export.video_file import VideoFile, VideoTiming
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.labels import COCO_NAMES

_TRUTH_FORMATS = ("youtube-vis", "mots")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_request_options(parser, output="out")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate the example; the clip itself and its exact masks are written beside the results.

    An earlier demo in the same place is replaced.
    """
    from blendmask_live.jobs.earlier_run import EarlierRun
    from blendmask_live.segmenting.segmenter import open_segmenter

    quiet: bool = options.quiet
    request = replace(requested(options, "demo"), folder_name="demo")
    folder = request.folder
    if EarlierRun.in_folder(folder).is_of(request):
        request = replace(request, overwrite=True)
    with ExitStack() as unfinished:
        # Opened first, so that an output that cannot be written is reported before the work.
        example = _open_example(request, unfinished)
        segmenter = open_segmenter(request.network, request.segmenter)
        result = annotate_with_bar(request, segmenter, quiet=quiet)
        if result["status"] == "interrupted":
            return result
        _write_example(example, request, quiet=quiet)
    paths = {"clip": folder / "clip" / "demo.mp4", "groundtruth": folder / "groundtruth"}
    if not quiet:
        sys.stdout.write("".join(f"  {name:12} {path}\n" for name, path in paths.items()))
    return result | {name: path.as_posix() for name, path in paths.items()}


def _open_example(request: AnnotateRequest, unfinished: ExitStack) -> dict[str, Exporter]:
    """ "clip" and the formats of the truth -> what writes them."""
    folder, source = request.folder, DemoSource().info
    choices = replace(request.options, overwrite=request.overwrite)
    clip = SequenceExporter(
        _ClipWriter, folder / "clip", source=source, labels=COCO_NAMES, options=choices
    )
    example: dict[str, Exporter] = {"clip": clip}
    unfinished.callback(clip.discard)
    for name in _TRUTH_FORMATS:
        example[name] = open_exporter(
            name, folder / "groundtruth" / name, source=source, labels=COCO_NAMES, options=choices
        )
        unfinished.callback(example[name].discard)
    return example


def _write_example(example: dict[str, Exporter], request: AnnotateRequest, *, quiet: bool) -> None:
    scene, part = DemoSource(), request.part
    source = open_source(
        "demo",
        start_s=part.start_s,
        end_s=part.end_s,
        stride=part.stride,
        max_frames=part.max_frames,
    )
    # Classes that MOTS does not know are left out; it would warn of them.
    all_classes = request.options.all_classes
    mots_classes = list(mots_class_ids(COCO_NAMES, all_classes=all_classes))
    with closing(source), progress_line("clip", rate="fps", quiet=quiet) as line:
        done = 0
        while (frame := source.read()) is not None:
            truth = scene.truth(frame.index)
            states = (TrackState.CONFIRMED,) * len(truth.track_ids)
            tracked = TrackedInstances(truth.instances, truth.track_ids, states)
            in_mots = np.isin(truth.instances.class_ids, mots_classes)
            example["clip"].write(TrackedFrame(frame, tracked))
            example["youtube-vis"].write(TrackedFrame(frame, tracked))
            example["mots"].write(TrackedFrame(frame, tracked.select(in_mots)))
            done += 1
            line.update(done, source.info.frame_count)
    for exporter in example.values():
        exporter.close()


class _ClipWriter:
    """Writes the pictures alone, as `demo.mp4`."""

    def __init__(self, job: ExportJob) -> None:
        source = job.source
        self._video = VideoFile(
            job.folder.path / "demo.mp4",
            frame_size=job.frame_size,
            timing=VideoTiming.of_source(time_base=source.time_base, fps=source.average_fps),
            color=source.color,
            pixel_aspect=source.pixel_aspect,
            crf=job.options.video_crf,
        )
        job.folder.handles.callback(self._video.abandon)

    def add(self, number: int, tracked_frame: TrackedFrame) -> str:
        frame = tracked_frame.frame
        assert frame.pts_s is not None, "the example has a clock"
        self._video.write(frame.image, frame.pts_s)
        return ""

    def finish(self) -> None:
        self._video.close()
