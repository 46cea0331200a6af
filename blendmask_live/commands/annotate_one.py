"""One source of `annotate` or `demo`, with a progress bar and a summary."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.progress_line import progress_line
from blendmask_live.counting import counted
from blendmask_live.jobs.request import AnnotateRequest

if TYPE_CHECKING:
    from blendmask_live.jobs.running import Report
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["annotate_with_bar", "shown_with_bar"]


def annotate_with_bar(
    request: AnnotateRequest, segmenter: Segmenter, *, quiet: bool
) -> dict[str, Any]:
    """Annotate one source with a progress bar and a summary; see `annotate_unless_done`."""
    from blendmask_live.jobs.worker import annotate_unless_done

    return shown_with_bar(
        request,
        lambda report: annotate_unless_done(request, segmenter, report=report),
        quiet=quiet,
    )


def shown_with_bar(
    request: AnnotateRequest, work: Callable[[Report], dict[str, Any]], *, quiet: bool
) -> dict[str, Any]:
    """Do the work of a request with a progress bar and a summary; returns its record."""
    with progress_line(request.folder_name, rate="fps", quiet=quiet) as line:
        record = work(
            lambda progress, total: line.update(
                progress.frames_done,
                total,
                counted(progress.instances, "mask")
                + ", pass 1 of 2" * progress.is_first_of_two
                + f"; {progress.notice}" * bool(progress.notice),
            )
        )
    if record.get("was_done"):
        sys.stderr.write(f"{request.shown_source}: complete already, skipped\n")
    elif not quiet and "outputs" in record:
        sys.stdout.write(_summary(record, request.folder))
    return record


def _summary(record: dict[str, Any], folder: Path) -> str:
    lines = [
        f"{counted(record['frames'], 'frame')}, {counted(record['masks'], 'mask')}, "
        f"{counted(record['tracks'], 'track')} "
        f"in {record['seconds']:.1f} s ({record['fps']:.1f} fps)"
    ]
    if record["frames_dropped"]:
        lines.append(
            f"{counted(record['frames_dropped'], 'frame')} came while others were worked on"
        )
    for name in record["outputs"]:
        files = [path for path in (folder / name).rglob("*") if path.is_file()]
        main_files = [path for path in files if path.name != "frames.csv"]
        shown = main_files[0] if len(main_files) == 1 else folder / name
        lines.append(f"  {name:12} {shown}")
    if record.get("project") is not None:
        lines.append(f"  {'project':12} {record['project']}")
    return "\n".join(lines) + "\n"
