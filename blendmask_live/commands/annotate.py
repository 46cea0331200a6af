"""`annotate`: the main job on files and folders."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.options import (
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
    names,
    open_segmenter,
)
from blendmask_live.errors import BlendMaskLiveError

if TYPE_CHECKING:
    from blendmask_live.annotate import AnnotateResult
    from blendmask_live.segmenter import Segmenter

DEFAULT_FORMATS = "overlay,youtube-vis,csv"


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
        type=names,
        default=names(DEFAULT_FORMATS),
        metavar="F,F",
        help=f"overlay, youtube-vis, mots, davis, coco, csv (default: {DEFAULT_FORMATS})",
    )
    group.add_argument("--overwrite", action="store_true", help="replace outputs that exist")
    group.add_argument(
        "--resume", action="store_true", help="skip sources whose outputs are complete"
    )
    group.add_argument(
        "--no-track", action="store_true", help="an id of its own for every detection"
    )
    group.add_argument(
        "--coast",
        type=float,
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


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate every source; one that fails does not stop the others."""
    segmenter = open_segmenter(options)
    results: list[dict[str, Any]] = []
    folder_names: set[str] = set()
    failures = 0
    for source in options.sources:
        try:
            results.append(annotate_one(source, segmenter, options, folder_names))
        except BlendMaskLiveError as error:
            if len(options.sources) == 1 or options.debug:
                raise
            failures += 1
            sys.stderr.write(f"error: {error}\n")
            results.append({"source": source, "status": "failed", "error": str(error)})
    return {"results": results, "exit_code": 1 if failures else 0}


def annotate_one(
    source: str, segmenter: Segmenter, options: argparse.Namespace, folder_names: set[str]
) -> dict[str, Any]:
    """Annotate one source with a progress bar; returns what run.json holds."""
    from blendmask_live.annotate import annotate_video
    from blendmask_live.commands.progress import progress_line
    from blendmask_live.export import ExportOptions

    name = _folder_name(source, folder_names)
    run_json = options.output / name / "run.json"
    if options.resume and _is_complete(run_json, options.format):
        sys.stderr.write(f"{source}: complete already, skipped\n")
        return dict(json.loads(run_json.read_text(encoding="utf-8")))
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
            options=ExportOptions(
                overwrite=options.overwrite or options.resume,
                mots_all_classes=options.all_classes,
                coco_frames=options.frames,
            ),
            folder_name=name,
            report=lambda progress, total: line.update(
                progress.frames_done, total, f"{progress.instances} masks"
            ),
        )
    if not options.quiet:
        sys.stdout.write(_summary(result))
    return dict(json.loads(run_json.read_text(encoding="utf-8")))


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


def _is_complete(run_json: Path, formats: Sequence[str]) -> bool:
    """Whether an earlier run came to its end and made all of these formats."""
    try:
        earlier = json.loads(run_json.read_text(encoding="utf-8"))
        return earlier["status"] == "complete" and set(formats) <= set(earlier["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


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
