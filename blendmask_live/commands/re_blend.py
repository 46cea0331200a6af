"""`re-blend`: other mask sizes, thresholds and classes without running the network again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.export import (
    ExportRequest,
    add_format_flags,
    export,
    requested,
)
from blendmask_live.commands.flags import names, share
from blendmask_live.config import MASK_SIZES
from blendmask_live.errors import ConfigError

if TYPE_CHECKING:
    from blendmask_live.annotation import Project, Reblender
    from blendmask_live.datatypes import TrackedInstances

_NOTHING_LEFT = "no mask is left with these settings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT.bml")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="export to OUT/<project name>/<format>/ and leave the project as it is; "
        "without it the project is changed, as an act that can be undone",
    )
    group = parser.add_argument_group("blending")
    group.add_argument(
        "--mask-size", type=int, choices=MASK_SIZES, help="needs 'annotate --latents'"
    )
    group.add_argument("--mask-threshold", type=share, metavar="P")
    group.add_argument(
        "--score", type=share, metavar="S", help="drop tracks that never reach this score"
    )
    group.add_argument("--classes", type=names, metavar="A,B", help="keep only these classes")
    add_format_flags(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Re-blend in place, or into exports."""
    from blendmask_live.annotation import BlendSettings, Project, Reblend, Reblender
    from blendmask_live.commands.progress_line import progress_line

    settings = BlendSettings(
        mask_size=options.mask_size,
        mask_threshold=options.mask_threshold,
        score=options.score,
        classes=options.classes,
    )
    if settings == BlendSettings():
        raise ConfigError("nothing to change: give --mask-size, --mask-threshold, --score, ...")
    path, quiet = options.project, options.quiet
    request = None if options.output is None else requested(options)
    with Project.open(path, read_only=request is not None) as project:
        if request is not None:
            return _export(project, Reblender(project, settings), request)
        with progress_line("re-blend", rate="fps", quiet=quiet) as line:
            project.apply(Reblend(project, settings, report=line.update))
        if not quiet:
            sys.stdout.write(f"{project.path}: {project.undo_text}\n")
        if not project.tracks:
            sys.stderr.write(f"{project.path}: {_NOTHING_LEFT}\n")
        return {
            "project": str(project.path),
            "done": project.undo_text,
            "tracks": len(project.tracks),
        }


def _export(project: Project, reblender: Reblender, request: ExportRequest) -> dict[str, Any]:
    mask_count = 0

    def masks_of(frame: int) -> TrackedInstances:
        nonlocal mask_count
        tracked = reblender.tracked(frame)
        mask_count += len(tracked.track_ids)
        return tracked

    result = export(project, request, masks_of=masks_of)
    if not mask_count:
        sys.stderr.write(f"{request.output}: {_NOTHING_LEFT}\n")
    return result
