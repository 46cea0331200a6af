"""`import`: other tools' annotations into a project."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.atomic import written_beside
from blendmask_live.commands.options import checked
from blendmask_live.errors import ProjectError

if TYPE_CHECKING:
    from blendmask_live.datatypes import SourceInfo

_FORMATS = ("youtube-vis", "coco", "mots", "mots-png", "davis", "cvat", "labelme")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "annotations", type=Path, metavar="FILE", help="a file, or the folder of a format"
    )
    parser.add_argument(
        "--video", required=True, metavar="V", help="what was annotated: video or image folder"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PROJECT.bml")
    parser.add_argument(
        "--format",
        type=checked(str, lambda name: name in _FORMATS, f"one of {', '.join(_FORMATS)}"),
        metavar="F",
        help=f"{', '.join(_FORMATS)} (default: found out)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a project that exists")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Read the annotations and make the project; nothing is left if they cannot be used."""
    from blendmask_live.annotation import Project
    from blendmask_live.importing import ImportTarget, read_annotations

    output: Path = options.output
    _check_output(output, overwrite=options.overwrite)
    info, times = _read_frames(options.video, quiet=options.quiet)
    target = ImportTarget((info.height, info.width), len(times), times)
    imported = read_annotations(options.annotations, format=options.format, target=target)
    # Under another name until it holds the masks: it must replace nothing before.
    with (
        written_beside(output) as partial,
        Project.create(partial, info, imported.labels, frame_times=times) as project,
    ):
        project.import_frames(imported.labels, imported.frames)
        tracks = len(project.tracks)
    if not options.quiet:
        sys.stdout.write(f"{output}: {len(times)} frames, {tracks} tracks\n")
    return {"project": str(output), "frames": len(times), "tracks": tracks}


def _check_output(output: Path, *, overwrite: bool) -> None:
    """Before the video is read, which takes its time."""
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


def _read_frames(video: str, *, quiet: bool) -> tuple[SourceInfo, list[Fraction | None]]:
    """The source, and the time of every frame; counted by decoding, as exports count."""
    from blendmask_live.capture import open_source
    from blendmask_live.commands.progress import progress_line

    times: list[Fraction | None] = []
    with (
        closing(open_source(video)) as source,
        progress_line(source.info.name, rate="fps", quiet=quiet) as line,
    ):
        while (frame := source.read()) is not None:
            times.append(frame.pts_s)
            line.update(len(times), source.info.frame_count, "reading")
        return source.info, times
