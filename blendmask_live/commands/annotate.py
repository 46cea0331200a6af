"""`annotate`: the main job on files and folders."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.batch import Job, JobProgress, failed, run_in_processes
from blendmask_live.commands.failures import one_line, print_error
from blendmask_live.commands.options import (
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
    checked,
    names,
    open_segmenter,
    seconds,
    whole,
)
from blendmask_live.commands.progress import progress_line
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.errors import ConfigError
from blendmask_live.export import EXPORTERS, ExportOptions

if TYPE_CHECKING:
    from blendmask_live.pipeline import Progress
    from blendmask_live.segmenter import Segmenter


PUBLISHED_PANOPTIC_SCORE = 0.45
"""Objects below it are left out of the published panoptic figures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="video file, image folder or 'demo'"
    )
    parser.add_argument(
        "--sources-from",
        type=Path,
        metavar="FILE",
        help="a text file with more sources, one a line",
    )
    parser.add_argument(
        "--jobs", type=whole(1), default=1, metavar="N", help="sources annotated at once"
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
    jobs = job_list([*options.sources, *_listed(options.sources_from)])
    if not jobs:
        raise ConfigError("no source: give a video file, a folder of images or 'demo'")
    records: list[dict[str, Any]] = []
    try:
        if options.jobs > 1:
            _run_in_processes(jobs, options, records)
        else:
            _run_in_turn(jobs, options, records)
    except KeyboardInterrupt:
        return {"results": records, "status": "interrupted"}
    finally:
        if len(jobs) > 1 and not options.quiet:
            _print_table(records)
    return {
        "results": records,
        "exit_code": int(any(record["status"] == "failed" for record in records)),
    }


def job_list(sources: Sequence[str]) -> list[Job]:
    """One job per source, each with a folder of its own."""
    taken: set[str] = set()
    return [Job(source, _folder_name(source, taken)) for source in sources]


def _listed(path: Path | None) -> list[str]:
    """The sources that a text file names, one per line; relative ones are beside the file."""
    if path is None:
        return []
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--sources-from {path}: cannot be read ({error})") from error
    names = [line for line in lines if line and not line.startswith("#")]
    return [name if "://" in name or name == "demo" else str(path.parent / name) for name in names]


def _run_in_turn(
    jobs: Sequence[Job], options: argparse.Namespace, records: list[dict[str, Any]]
) -> None:
    segmenter = open_job_segmenter(options)
    for job in jobs:
        try:
            records.append(annotate_with_bar(job, segmenter, options))
        except Exception as error:
            if len(jobs) == 1 or options.debug:
                raise
            print_error(error)
            records.append(failed(job, one_line(error)))
        if records[-1]["status"] == "interrupted":
            raise KeyboardInterrupt


def _run_in_processes(
    jobs: Sequence[Job], options: argparse.Namespace, records: list[dict[str, Any]]
) -> None:
    processes = min(options.jobs, len(jobs))
    options.threads = options.threads or max(1, (os.cpu_count() or 1) // processes)
    # Bad settings end here, once; compiled networks are cached before all processes want them.
    open_job_segmenter(options)
    with progress_line("files", rate="files/s", quiet=options.quiet) as line:

        def report(progress: JobProgress) -> None:
            records[:] = [record for record in progress.results if record is not None]
            frames = sum(done for done, _ in progress.frames)
            line.update(len(records), len(jobs), f"{frames} frames")

        run_in_processes(jobs, partial(AnnotateWorker, options), processes=processes, report=report)


class AnnotateWorker:
    """A `batch.Worker` that annotates."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._segmenter = open_job_segmenter(options)

    def __call__(self, job: Job, report: Callable[[int, int | None], None]) -> dict[str, Any]:
        try:
            return annotate_one(
                job,
                self._segmenter,
                self._options,
                report=lambda progress, total: report(progress.frames_done, total),
            )
        except Exception as error:
            return failed(job, one_line(error))


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
                progress.frames_done, total, f"{progress.instances} masks"
            ),
        )
    if not options.quiet and record["status"] == "complete":
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
    from blendmask_live.annotate import annotate_video

    folder = options.output / job.folder_name
    if options.resume and _is_done(job.source, folder, segmenter, options):
        return run_record(folder) | {"was_done": True}
    try:
        annotate_video(
            job.source,
            options.output,
            formats=options.format,
            segmenter=segmenter,
            track=not options.no_track,
            coast_s=options.coast,
            start_s=options.start,
            end_s=options.end,
            stride=options.stride,
            max_frames=options.max_frames,
            options=export_options(options, folder, job.source),
            folder_name=job.folder_name,
            report=report,
        )
    except KeyboardInterrupt:
        return run_record(folder) | {"source": job.source, "status": "interrupted"}
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


def _summary(record: dict[str, Any], folder: Path) -> str:
    if record.get("was_done"):
        return f"{record['source']}: complete already, skipped\n"
    lines = [
        f"{record['frames']} frames, {record['masks']} masks, {record['tracks']} tracks "
        f"in {record['seconds']:.1f} s ({record['fps']:.1f} fps)"
    ]
    for name in record["outputs"]:
        files = [path for path in (folder / name).rglob("*") if path.is_file()]
        main_files = [path for path in files if path.name != "frames.csv"]
        shown = main_files[0] if len(main_files) == 1 else folder / name
        lines.append(f"  {name:12} {shown}")
    return "\n".join(lines) + "\n"


def _print_table(records: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in ("source", "status", "frames", "tracks", "fps", "what is wrong"):
        table.add_column(name, justify="right" if name in ("frames", "tracks", "fps") else "left")
    for record in records:
        status = "done before" if record.get("was_done") else record["status"]
        cells = [record["source"], status]
        cells += [str(record.get(name, "")) for name in ("frames", "tracks", "fps", "error")]
        table.add_row(*map(Text, cells))
    Console().print(table)
