"""`import`: other tools' annotations into a project."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.atomic import scratch_folder
from blendmask_live.commands.flags import checked
from blendmask_live.commands.format_flags import add_input_format
from blendmask_live.counting import counted
from blendmask_live.errors import ProjectError
from blendmask_live.export import importable_formats

if TYPE_CHECKING:
    from blendmask_live.datatypes import SourceInfo, TrackedInstances
    from blendmask_live.importing import ImportedSequence

_logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "annotations", type=Path, metavar="FILE", help="a file, or the folder of a format"
    )
    parser.add_argument(
        "--video", required=True, metavar="V", help="what was annotated: video or image folder"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PROJECT.bml")
    add_input_format(parser, importable_formats())
    parser.add_argument(
        "--first-frame",
        type=checked(int, lambda number: number >= 0, "a whole number from 0 up"),
        metavar="N",
        help="number that the annotations give to the video's first frame (default: found out)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a project that exists")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Read the annotations and make the project; nothing is left if they cannot be used."""
    from blendmask_live.annotation import Project, put_in_place
    from blendmask_live.importing import ImportTarget, read_annotations

    output: Path = options.output
    _check_output(output, overwrite=options.overwrite)
    info, times = _read_frames(options.video, quiet=options.quiet)
    pictures = _picture_names(info)
    count = max(len(pictures), max(times, default=-1) + 1)
    target = ImportTarget(
        (info.height, info.width),
        count,
        [times.get(index) for index in range(count)],
        picture_names=pictures,
        name=Path(options.video).stem,
        first_frame=options.first_frame,
    )
    imported = read_annotations(options.annotations, format=options.format, target=target)
    # Made in another folder until it holds the masks: before that it must replace nothing.
    with scratch_folder(output) as folder:
        partial = folder / output.name
        with Project.create(
            partial,
            info,
            imported.labels,
            frame_indices=list(times),
            frame_times=list(times.values()),
            final_path=output,
        ) as project:
            project.import_frames(imported.labels, _readable(imported, times, pictures))
            tracks = len(project.tracks)
        if not tracks:
            _logger.warning("%s: holds no mask of this video", options.annotations)
        put_in_place(partial, output)
    if not options.quiet:
        _say(output, imported, frames=len(times), tracks=tracks)
    return {
        "project": str(output),
        "frames": len(times),
        "tracks": tracks,
        "assumed": list(imported.assumptions),
        "left_out": imported.remarks.left_out,
        "remarks": {
            kind: {"count": number, "first": imported.remarks.places[kind]}
            for kind, number in imported.remarks.counts.items()
        },
    }


def _readable(
    imported: ImportedSequence, times: Mapping[int, object], pictures: Sequence[str]
) -> Iterator[tuple[int, TrackedInstances]]:
    """Frames of the source that can be read; masks of others are counted as left out."""
    for index, tracked in imported.frames:
        if index in times:
            yield index, tracked
            continue
        name = f"frame {index}" + (f", {pictures[index]}" if index < len(pictures) else "")
        for _ in tracked.track_ids:
            imported.remarks.leave_out("its picture cannot be read", name)


def _say(output: Path, imported: ImportedSequence, *, frames: int, tracks: int) -> None:
    sys.stdout.write(f"{output}: {counted(frames, 'frame')}, {counted(tracks, 'track')}\n")
    for note in imported.notes:
        sys.stdout.write(f"{note}\n")


def _check_output(output: Path, *, overwrite: bool) -> None:
    """Before the video is read, which takes its time."""
    from blendmask_live.annotation import refuse_open_elsewhere

    if output.suffix != ".bml":
        raise ProjectError(f"{output}: expected the name of a project, ending in .bml")
    if output.is_dir():
        raise ProjectError(f"{output}: is a folder; choose another name")
    if output.exists() and not overwrite:
        raise ProjectError(f"{output}: exists already; replace it with --overwrite")
    if not output.parent.is_dir():
        raise ProjectError(f"{output}: cannot be made, its folder does not exist")
    if not os.access(output.parent, os.W_OK):
        raise ProjectError(f"{output}: cannot be made, its folder cannot be written to")
    if output.exists():
        refuse_open_elsewhere(output)


def _picture_names(info: SourceInfo) -> list[str]:
    """File name of each frame where the source is a folder of pictures."""
    from blendmask_live.picture_names import pictures_in

    if info.path is None or not info.path.is_dir():
        return []
    return [path.name for path in pictures_in(info.path)]


def _read_frames(video: str, *, quiet: bool) -> tuple[SourceInfo, dict[int, Fraction | None]]:
    """The source, and the time of every frame by its index; found by decoding, as exports do."""
    from blendmask_live.capture import open_source
    from blendmask_live.commands.progress_line import progress_line

    times: dict[int, Fraction | None] = {}
    with (
        closing(open_source(video)) as source,
        progress_line(source.info.name, rate="fps", quiet=quiet) as line,
    ):
        while (frame := source.read()) is not None:
            times[frame.index] = frame.pts_s
            line.update(len(times), source.info.frame_count, "reading")
        return source.info, times
