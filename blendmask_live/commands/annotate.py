"""`annotate`: the main job on files and folders."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.format_options import add_format_options, chosen_options
from blendmask_live.commands.options import (
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
    add_source_options,
    checked,
    names,
    open_segmenter,
    seconds,
    source_opener,
    whole,
)
from blendmask_live.commands.progress import progress_line
from blendmask_live.commands.remote import is_address
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions
from blendmask_live.jobs.batch import Job

if TYPE_CHECKING:
    from blendmask_live.pipeline import Progress
    from blendmask_live.segmenting.segmenter import Segmenter


PUBLISHED_PANOPTIC_SCORE = 0.45
"""Objects below it are left out of the published panoptic figures."""


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
    add_output_options(parser)
    add_source_options(parser)
    add_range_options(parser)
    add_segmenter_options(parser)
    add_runtime_options(parser)


def add_output_options(parser: argparse.ArgumentParser, *, default: Path | None = None) -> None:
    """Where the outputs go and what they are."""
    group = parser.add_argument_group("output")
    known = ", ".join(EXPORTERS)
    group.add_argument(
        "-o",
        "--output",
        type=_folder_or_address,
        required=default is None,
        default=default,
        metavar="OUT",
        help="folder; files go to OUT/<source name>/<format>/",
    )
    group.add_argument(
        "--format",
        type=checked(names, lambda chosen: set(chosen) <= set(EXPORTERS), f"some of {known}"),
        default=DEFAULT_FORMATS,
        metavar="F,F",
        help=f"{known} (default: {','.join(DEFAULT_FORMATS)})",
    )
    group.add_argument(
        "--panoptic",
        action="store_true",
        help="panoptic networks: also write COCO panoptic pictures, stuff included; "
        f"the default of --score is then {PUBLISHED_PANOPTIC_SCORE}",
    )
    group.add_argument("--overwrite", action="store_true", help="replace outputs that exist")
    group.add_argument(
        "--resume",
        action="store_true",
        help="skip sources that are done with the same settings, redo the others",
    )
    group.add_argument(
        "--no-track", action="store_true", help="an id of its own for every detection"
    )
    group.add_argument(
        "--coast",
        type=seconds,
        default=0.0,
        metavar="S",
        help="go on with masks of an object that was missed for up to S seconds (default: 0)",
    )
    group.add_argument(
        "--two-pass",
        action="store_true",
        help="read the source twice: join tracks over gaps, drop flicker, fill short holes",
    )
    group.add_argument(
        "--no-project", action="store_true", help="do not write the project OUT/<source name>.bml"
    )
    group.add_argument(
        "--latents",
        action="store_true",
        help="keep bases and attention in the project, so that 're-blend' can change mask sizes",
    )
    add_format_options(parser)


def _folder_or_address(text: str) -> Path | str:
    return text if is_address(text) else Path(text)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate every source; one that fails does not stop the others."""
    from blendmask_live.commands.annotate_many import annotate_all

    return annotate_all(options)


def open_job_segmenter(options: argparse.Namespace) -> Segmenter:
    """The segmenter for the job; --panoptic is a setting of it and a format more."""
    if options.panoptic:
        options.format = tuple(dict.fromkeys((*options.format, "panoptic")))
        options.score = PUBLISHED_PANOPTIC_SCORE if options.score is None else options.score
    segmenter = open_segmenter(options)
    return segmenter.with_settings(replace(segmenter.settings, panoptic=options.panoptic))


def annotate_with_bar(
    job: Job, segmenter: Segmenter, options: argparse.Namespace
) -> dict[str, Any]:
    """Annotate one source with a progress bar and a summary; see `annotate_one`."""
    with progress_line(job.folder_name, rate="fps", quiet=options.quiet) as line:
        record = annotate_one(
            job,
            segmenter,
            options,
            report=lambda progress, total: line.update(
                progress.frames_done,
                total,
                f"{progress.instances} masks"
                + ", pass 1 of 2" * progress.is_first_of_two
                + f"; {progress.notice}" * bool(progress.notice),
            ),
        )
    if record.get("was_done"):
        sys.stderr.write(f"{job.source}: complete already, skipped\n")
    elif not options.quiet and "outputs" in record:
        sys.stdout.write(_summary(record, options.output / job.folder_name))
    return record


def annotate_one(
    job: Job,
    segmenter: Segmenter,
    options: argparse.Namespace,
    *,
    report: Callable[[Progress, int | None], None],
) -> dict[str, Any]:
    """Annotate one source; returns what run.json holds."""
    from blendmask_live.jobs.annotate import annotate_video

    folder = options.output / job.folder_name
    refuse_others(job.source, folder, run_record(folder), options)
    if options.resume and _is_done(job, folder, segmenter, options):
        return run_record(folder) | {"was_done": True}
    try:
        annotate_video(
            job.source,
            options.output,
            formats=options.format,
            segmenter=segmenter,
            track=not options.no_track,
            coast_s=options.coast,
            project=not options.no_project,
            keep_latents=options.latents,
            two_pass=options.two_pass,
            start_s=options.start,
            end_s=options.end,
            stride=options.stride,
            max_frames=options.max_frames,
            options=export_options(options, run_record(folder), job.source),
            folder_name=job.folder_name,
            opener=source_opener(options),
            report=report,
        )
    except KeyboardInterrupt:
        return run_record(folder) | {"source": job.source, "status": "interrupted"}
    return run_record(folder)


def export_options(
    options: argparse.Namespace, earlier: dict[str, Any], source: str
) -> ExportOptions:
    """What the exporters are asked for; --resume replaces only outputs of the same source."""
    is_ours = options.resume and _is_of(source, earlier)
    return chosen_options(options, overwrite=options.overwrite or is_ours)


def refuse_others(
    source: str, folder: Path | str, earlier: dict[str, Any], options: argparse.Namespace
) -> None:
    """Keep a run from the folder of another source, unless it shall be replaced.

    Raises:
        ExportError: If `earlier`, the folder's run.json, is of one.
    """
    if earlier and not options.overwrite and not _is_of(source, earlier):
        raise ExportError(
            f"{folder}: holds the outputs of {_source_of(earlier)}, not of {source}; choose "
            "another output folder with -o (--overwrite would replace them)"
        )


def _is_of(source: str, earlier: dict[str, Any]) -> bool:
    from blendmask_live.capture.naming import full_name

    return _source_of(earlier) == full_name(source)


def _source_of(earlier: dict[str, Any]) -> str:
    return str(earlier.get("input", {}).get("path", earlier.get("source")))


def run_record(folder: Path) -> dict[str, Any]:
    """What run.json of an earlier run holds; empty where there is none."""
    try:
        return dict(json.loads((folder / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _is_done(job: Job, folder: Path, segmenter: Segmenter, options: argparse.Namespace) -> bool:
    """Whether an earlier run did all of this, with the same settings, and its outputs are there."""
    earlier = run_record(folder)
    has_project = options.no_project or folder.with_name(f"{folder.name}.bml").is_file()
    return (
        has_project
        and is_same(job, earlier, segmenter, options)
        and all((folder / name).is_dir() for name in options.format)
    )


def is_same(
    job: Job, earlier: dict[str, Any], segmenter: Segmenter, options: argparse.Namespace
) -> bool:
    """Whether an earlier run was complete and made the same outputs with the same settings."""
    from blendmask_live.jobs.annotate import job_record, with_faint_objects, with_latents

    tracker = None
    if not options.no_track:
        segmenter, tracker = with_faint_objects(segmenter, coast_s=options.coast)
    if options.latents:
        segmenter = with_latents(segmenter)
    wanted = job_record(
        job.source,
        segmenter,
        tracker,
        frames={
            "start_s": options.start,
            "end_s": options.end,
            "stride": options.stride,
            "max_frames": options.max_frames,
        },
        options=export_options(options, earlier, job.source),
        two_pass=options.two_pass,
    )
    wanted["status"] = "complete"
    # Through JSON, which has no tuples.
    same = all(earlier.get(name) == value for name, value in json.loads(json.dumps(wanted)).items())
    return same and set(options.format) <= set(earlier["outputs"])


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
