"""`annotate`: the main job on files and folders."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from blendmask_live.commands.flags import (
    add_flags,
    add_range_flags,
    add_runtime_flags,
    add_segmenter_flags,
    add_source_flags,
    asked_for,
    whole,
)
from blendmask_live.commands.format_flags import add_format_flags, chosen_options
from blendmask_live.jobs.request import PUBLISHED_PANOPTIC_SCORE, AnnotateRequest
from tracking.config import TrackerConfig

__all__ = ["add_arguments", "add_request_options", "requested", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="video file, image folder, camera number or name, URL (rtsp, http, udp, srt), "
        "'screen', 'demo', or @FILE: a text file with sources, one a line",
    )
    parser.add_argument(
        "--jobs",
        type=whole(1),
        default=1,
        metavar="N",
        help="sources annotated at once, each in a process of some 600 MB; on two cores one "
        "(the default) is the fastest, as it keeps both busy",
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS|local",
        help="annotate on a Ray cluster, --jobs sources at once; its nodes must see the sources "
        "and OUT, which may be any fsspec address (s3://...)",
    )
    add_source_flags(parser)
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
    add_format_flags(parser)
    add_range_flags(parser)
    add_segmenter_flags(parser, leave_out=())
    add_runtime_flags(parser)
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
