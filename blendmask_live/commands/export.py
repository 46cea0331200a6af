"""`export`: a (corrected) annotation project in the formats of other tools."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands import format_flags
from blendmask_live.commands.format_flags import add_output_formats
from blendmask_live.export import ExportOptions

if TYPE_CHECKING:
    from blendmask_live.annotation import Project
    from blendmask_live.datatypes import TrackedInstances


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT.bml")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="folder; files go to OUT/<project name>/<format>/",
    )
    add_format_flags(parser)


def add_format_flags(parser: argparse.ArgumentParser) -> None:
    """What is exported, and from which place of the source."""
    add_output_formats(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace outputs that exist")
    parser.add_argument(
        "--source", type=Path, metavar="S", help="where the video is now, if it was moved"
    )
    format_flags.add_format_flags(parser)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What an open project is exported to."""

    output: Path
    formats: tuple[str, ...]
    options: ExportOptions
    moved_source: Path | None = None
    """Where the video is now."""
    quiet: bool = False


def requested(options: argparse.Namespace) -> ExportRequest:
    """What the flags ask for."""
    return ExportRequest(
        output=options.output,
        formats=options.format,
        options=format_flags.chosen_options(options, overwrite=options.overwrite),
        moved_source=options.source,
        quiet=options.quiet,
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Export every frame of the project."""
    from blendmask_live.annotation import Project

    path, request = options.project, requested(options)
    # Opened for writing only if the new place of the source must be stored.
    with Project.open(path, read_only=request.moved_source is None) as project:
        return export(project, request)


def export(
    project: Project,
    request: ExportRequest,
    *,
    masks_of: Callable[[int], TrackedInstances] | None = None,
) -> dict[str, Any]:
    """Export an open project, with a progress bar."""
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.jobs.export_project import export_project

    if request.moved_source is not None:
        project.relink(request.moved_source)
    if project.status == "incomplete" and not request.quiet:
        sys.stderr.write(f"{project.path}: incomplete, its run was killed\n")
    with progress_line(project.path.stem, rate="fps", quiet=request.quiet) as line:
        outputs = export_project(
            project,
            request.output,
            formats=request.formats,
            options=request.options,
            masks_of=masks_of,
            report=line.update,
        )
    folder = request.output / project.path.stem
    if not request.quiet:
        for name in outputs:
            sys.stdout.write(f"  {name:12} {folder / name}\n")
    return {
        "project": str(project.path),
        "folder": folder.as_posix(),
        "frames": project.frame_count,
        "tracks": len(project.tracks),
        "outputs": {name: [path.as_posix() for path in paths] for name, paths in outputs.items()},
    }
