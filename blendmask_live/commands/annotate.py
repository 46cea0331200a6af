"""`annotate`: the main job on files and folders."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.failures import one_line, print_error
from blendmask_live.commands.options import (
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
    checked,
    names,
    open_segmenter,
    seconds,
)
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.export import EXPORTERS, ExportOptions

if TYPE_CHECKING:
    from blendmask_live.annotate import AnnotateResult
    from blendmask_live.segmenter import Segmenter


PUBLISHED_PANOPTIC_SCORE = 0.45
"""Objects below it are left out of the published panoptic figures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="video file, image folder or 'demo'"
    )
    add_output_options(parser)
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
        type=Path,
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
        "--all-classes", action="store_true", help="mots: also classes besides person and car"
    )
    group.add_argument(
        "--frames", choices=("none", "jpg", "png"), default="none", help="coco: save the pictures"
    )
    group.add_argument(
        "--rle",
        choices=("compressed", "uncompressed"),
        help="youtube-vis: masks of both files (default: what readers of each expect)",
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate every source; one that fails does not stop the others."""
    segmenter = open_job_segmenter(options)
    results: list[dict[str, Any]] = []
    folder_names: set[str] = set()
    for source in options.sources:
        try:
            result = annotate_one(source, segmenter, options, folder_names)
        except Exception as error:
            if len(options.sources) == 1 or options.debug:
                raise
            print_error(error)
            result = {"source": source, "status": "failed", "error": one_line(error)}
        results.append(result)
        if result["status"] == "interrupted":
            return {"results": results, "status": "interrupted"}
    return {
        "results": results,
        "exit_code": int(any(result["status"] == "failed" for result in results)),
    }


def open_job_segmenter(options: argparse.Namespace) -> Segmenter:
    """The segmenter for the job; --panoptic is a setting of it and a format more."""
    if options.panoptic:
        options.format = tuple(dict.fromkeys((*options.format, "panoptic")))
        options.score = PUBLISHED_PANOPTIC_SCORE if options.score is None else options.score
    segmenter = open_segmenter(options)
    return segmenter.with_settings(replace(segmenter.settings, panoptic=options.panoptic))


def annotate_one(
    source: str, segmenter: Segmenter, options: argparse.Namespace, folder_names: set[str]
) -> dict[str, Any]:
    """Annotate one source with a progress bar; returns what run.json holds."""
    from blendmask_live.annotate import annotate_video
    from blendmask_live.commands.progress import progress_line

    name = _folder_name(source, folder_names)
    folder = options.output / name
    if options.resume and _is_done(source, folder, segmenter, options):
        sys.stderr.write(f"{source}: complete already, skipped\n")
        return run_record(folder)
    try:
        with progress_line(name, rate="fps", quiet=options.quiet) as line:
            result = annotate_video(
                source,
                options.output,
                formats=options.format,
                segmenter=segmenter,
                track=not options.no_track,
                coast_s=options.coast,
                start_s=options.start,
                end_s=options.end,
                stride=options.stride,
                max_frames=options.max_frames,
                options=export_options(options, folder, source),
                folder_name=name,
                report=lambda progress, total: line.update(
                    progress.frames_done, total, f"{progress.instances} masks"
                ),
            )
    except KeyboardInterrupt:
        return run_record(folder) | {"source": source, "status": "interrupted"}
    if not options.quiet:
        sys.stdout.write(_summary(result))
    return run_record(folder)


def export_options(options: argparse.Namespace, folder: Path, source: str) -> ExportOptions:
    """What the exporters are asked for; --resume replaces only outputs of the same source."""
    is_ours = options.resume and run_record(folder).get("source") == source
    return ExportOptions(
        overwrite=options.overwrite or is_ours,
        mots_all_classes=options.all_classes,
        coco_frames=options.frames,
        rle=options.rle,
    )


def run_record(folder: Path) -> dict[str, Any]:
    """What run.json of an earlier run holds; empty where there is none."""
    try:
        return dict(json.loads((folder / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _folder_name(source: str, taken: set[str]) -> str:
    """The source's name, with a number behind it if another source has it already."""
    from blendmask_live.capture.naming import output_name

    path = Path(source)
    # The absolute path, so that "." has a name.
    name = wanted = output_name(path.resolve().name if path.is_dir() else path.stem)
    number = 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name


def _is_done(source: str, folder: Path, segmenter: Segmenter, options: argparse.Namespace) -> bool:
    """Whether an earlier run did all of this, with the same settings, and its outputs are there."""
    from blendmask_live.annotate import job_record, with_faint_objects

    tracker = None
    if not options.no_track:
        segmenter, tracker = with_faint_objects(segmenter, coast_s=options.coast)
    wanted = job_record(
        source,
        segmenter,
        tracker,
        frames={
            "start_s": options.start,
            "end_s": options.end,
            "stride": options.stride,
            "max_frames": options.max_frames,
        },
        options=export_options(options, folder, source),
    )
    wanted["status"] = "complete"
    earlier = run_record(folder)
    # Through JSON, which has no tuples.
    same = all(earlier.get(name) == value for name, value in json.loads(json.dumps(wanted)).items())
    return same and all(
        name in earlier["outputs"] and (folder / name).is_dir() for name in options.format
    )


def _summary(result: AnnotateResult) -> str:
    lines = [
        f"{result.frames} frames, {result.masks} masks, {result.tracks} tracks "
        f"in {result.seconds:.1f} s ({result.fps:.1f} fps)"
    ]
    for name, paths in result.outputs.items():
        main_files = [path for path in paths if path.name != "frames.csv"]
        shown = main_files[0] if len(main_files) == 1 else result.folder / name
        lines.append(f"  {name:12} {shown}")
    return "\n".join(lines) + "\n"
