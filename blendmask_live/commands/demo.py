"""`demo`: the main job on the built-in example."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from blendmask_live.capture import open_source
from blendmask_live.capture.demo import DemoSource
from blendmask_live.commands.annotate import (
    add_output_options,
    annotate_with_bar,
    export_options,
    open_job_segmenter,
    run_record,
)
from blendmask_live.commands.options import (
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
)
from blendmask_live.commands.progress import progress_line
from blendmask_live.datatypes import TrackedFrame, TrackedInstances, TrackState
from blendmask_live.export import Exporter, open_exporter
from blendmask_live.export.mots import mots_class_ids
from blendmask_live.export.sequence import ExportJob, SequenceExporter
from blendmask_live.export.video_file import VideoFile, VideoTiming
from blendmask_live.jobs.batch import Job
from blendmask_live.labels import COCO_NAMES

_TRUTH_FORMATS = ("youtube-vis", "mots")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    # The demo is drawn: there is nothing to ask of its source.
    parser.set_defaults(camera=(None, None, None), hardware=False)
    add_output_options(parser, default=Path("out"))
    add_range_options(parser)
    add_segmenter_options(parser)
    add_runtime_options(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate the example; the clip itself and its exact masks are written beside the results.

    An earlier demo in the same place is replaced.
    """
    folder = options.output / "demo"
    options.overwrite |= run_record(folder).get("source") == "demo"
    with ExitStack() as unfinished:
        # Opened first: what is in their way shows before the work.
        example = _open_example(folder, options, unfinished)
        result = annotate_with_bar(Job("demo", "demo"), open_job_segmenter(options), options)
        if result["status"] == "interrupted":
            return result
        _write_example(example, options)
    paths = {"clip": folder / "clip" / "demo.mp4", "groundtruth": folder / "groundtruth"}
    if not options.quiet:
        sys.stdout.write("".join(f"  {name:12} {path}\n" for name, path in paths.items()))
    return result | {name: path.as_posix() for name, path in paths.items()}


def _open_example(
    folder: Path, options: argparse.Namespace, unfinished: ExitStack
) -> dict[str, Exporter]:
    """ "clip" and the formats of the truth -> what writes them."""
    source, choices = DemoSource().info, export_options(options, run_record(folder), "demo")
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


def _write_example(example: dict[str, Exporter], options: argparse.Namespace) -> None:
    scene = DemoSource()
    source = open_source(
        "demo",
        start_s=options.start,
        end_s=options.end,
        stride=options.stride,
        max_frames=options.max_frames,
    )
    # Without the classes that MOTS does not know, about which it would warn.
    mots_classes = list(mots_class_ids(COCO_NAMES, all_classes=options.all_classes))
    with closing(source), progress_line("clip", rate="fps", quiet=options.quiet) as line:
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
