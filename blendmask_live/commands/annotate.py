"""`annotate`: the main job on files and folders."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.capture.naming import without_password
from blendmask_live.commands.format_options import add_format_options, chosen_options
from blendmask_live.commands.options import (
    add_flags,
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
    add_source_options,
    asked_for,
    whole,
)
from blendmask_live.commands.progress import progress_line
from blendmask_live.jobs.request import PUBLISHED_PANOPTIC_SCORE, AnnotateRequest
from tracking.config import TrackerConfig

if TYPE_CHECKING:
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["add_arguments", "add_request_options", "annotate_with_bar", "requested", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="video file, image folder, camera number or name, URL (rtsp, http, udp, srt), "
        "'screen', 'demo', or @FILE: a text file with sources, one a line",
    )
    parser.add_argument(
        "--jobs", type=whole(1), default=1, metavar="N", help="sources annotated at once"
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS|local",
        help="annotate on a Ray cluster, --jobs sources at once; its nodes must see the sources "
        "and OUT, which may be any fsspec address (s3://...)",
    )
    add_source_options(parser)
    add_request_options(parser)


def add_request_options(parser: argparse.ArgumentParser, *, output: str | None = None) -> None:
    """All that an `AnnotateRequest` holds but for the source; `output`: where by default."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o",
        "--output",
        required=output is None,
        default=output,
        metavar="OUT",
        help="folder; files go to OUT/<source name>/<format>/",
    )
    add_flags(group, AnnotateRequest)
    add_flags(group, TrackerConfig)
    add_format_options(parser)
    add_range_options(parser)
    add_segmenter_options(parser, leave_out=())
    add_runtime_options(parser)
    parser.epilog = (
        "--panoptic also writes COCO panoptic pictures, stuff included; the default of --score "
        f"is then {PUBLISHED_PANOPTIC_SCORE}."
    )


def requested(options: argparse.Namespace, source: str) -> AnnotateRequest:
    """What the flags ask for, of this source."""
    request = asked_for(
        AnnotateRequest,
        options,
        source=source,
        output=options.output,
        options=chosen_options(options, overwrite=False),
    )
    segmenter = replace(request.segmenter, drop_duplicates=True)
    return replace(request, segmenter=segmenter).panoptic()


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate every source; one that fails does not stop the others."""
    from blendmask_live.commands.annotate_many import Together, annotate_all, requests_of

    together = Together(
        jobs=options.jobs, cluster=options.ray, quiet=options.quiet, debug=options.debug
    )
    return annotate_all(requests_of(options.sources, requested(options, "")), together)


def annotate_with_bar(
    request: AnnotateRequest, segmenter: Segmenter, *, quiet: bool
) -> dict[str, Any]:
    """Annotate one source with a progress bar and a summary; see `annotate_unless_done`."""
    from blendmask_live.jobs.worker import annotate_unless_done

    with progress_line(request.folder_name, rate="fps", quiet=quiet) as line:
        record = annotate_unless_done(
            request,
            segmenter,
            report=lambda progress, total: line.update(
                progress.frames_done,
                total,
                f"{progress.instances} masks"
                + ", pass 1 of 2" * progress.is_first_of_two
                + f"; {progress.notice}" * bool(progress.notice),
            ),
        )
    if record.get("was_done"):
        sys.stderr.write(f"{without_password(request.source)}: complete already, skipped\n")
    elif not quiet and "outputs" in record:
        sys.stdout.write(_summary(record, request.folder))
    return record


def _summary(record: dict[str, Any], folder: Path) -> str:
    lines = [
        f"{record['frames']} frames, {record['masks']} masks, {record['tracks']} tracks "
        f"in {record['seconds']:.1f} s ({record['fps']:.1f} fps)"
    ]
    if record["frames_dropped"]:
        lines.append(f"{record['frames_dropped']} frames came while others were worked on")
    for name in record["outputs"]:
        files = [path for path in (folder / name).rglob("*") if path.is_file()]
        main_files = [path for path in files if path.name != "frames.csv"]
        shown = main_files[0] if len(main_files) == 1 else folder / name
        lines.append(f"  {name:12} {shown}")
    if record.get("project") is not None:
        lines.append(f"  {'project':12} {record['project']}")
    return "\n".join(lines) + "\n"
