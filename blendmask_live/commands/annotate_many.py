"""`annotate` for several sources: in turn, at once on this machine, or on a cluster."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.annotate import (
    annotate_one,
    annotate_with_bar,
    is_same,
    open_job_segmenter,
    refuse_others,
)
from blendmask_live.commands.failures import one_line, print_error
from blendmask_live.commands.progress import progress_line
from blendmask_live.commands.remote import RemoteFolder, is_address
from blendmask_live.errors import ConfigError, ExportError
from blendmask_live.jobs.batch import Job, JobProgress, failed, run_in_processes

if TYPE_CHECKING:
    from blendmask_live.pipeline import Progress

__all__ = ["AnnotateWorker", "annotate_all", "print_table"]


def annotate_all(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate every source of the command; one that fails does not stop the others."""
    jobs = _job_list([name for source in options.sources for name in _listed(source)])
    if is_address(options.output) and not options.ray:
        raise ConfigError(f"-o {options.output}: an address as output goes with --ray only")
    records: list[dict[str, Any]] = []
    try:
        if options.jobs > 1 or options.ray:
            try:
                _run_at_once(jobs, options, records)
            finally:
                _tell_failures(records)
        else:
            _run_in_turn(jobs, options, records)
    except KeyboardInterrupt:
        return {"results": records, "status": "interrupted"}
    finally:
        if len(jobs) > 1 and not options.quiet:
            print_table(records)
    return {
        "results": records,
        "exit_code": int(any(record["status"] == "failed" for record in records)),
    }


def _job_list(sources: Sequence[str]) -> list[Job]:
    """One job per different source, each with a folder of its own."""
    from blendmask_live.capture.naming import full_name

    different: dict[str, str] = {}
    for source in sources:
        if full_name(source) in different:
            sys.stderr.write(f"{source}: given more than once, annotated once\n")
        different.setdefault(full_name(source), source)
    taken: set[str] = set()
    return [Job(source, _folder_name(source, taken)) for source in different.values()]


def _folder_name(source: str, taken: set[str]) -> str:
    """The source's name, with a number behind it if another source has it already."""
    from blendmask_live.capture.naming import output_name, without_password

    path = Path(source)
    if "://" in source:
        wanted = without_password(source).partition("://")[2]
    else:
        # The absolute path, so that "." has a name.
        is_folder = os.path.isdir(source)  # noqa: PTH112 - it refuses no name as too long
        wanted = path.resolve().name if is_folder else path.stem
    name = wanted = output_name(wanted)
    number = 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name


def _listed(source: str) -> list[str]:
    """The sources that "@FILE" names, one per line, relative ones beside FILE; else the source."""
    if not source.startswith("@"):
        return [source]
    path = Path(source[1:])
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "expected text in UTF-8"
        raise ConfigError(f"{source}: the list cannot be read ({reason})") from error
    names = [line for line in lines if line and not line.startswith("#")]
    if not names:
        raise ConfigError(f"{source}: the list names no source")
    return [name if name == "demo" or "://" in name else str(path.parent / name) for name in names]


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


def _run_at_once(
    jobs: Sequence[Job], options: argparse.Namespace, records: list[dict[str, Any]]
) -> None:
    count = min(options.jobs, len(jobs))
    options.threads = options.threads or max(1, (os.cpu_count() or 1) // count)
    # Bad settings end here, once; compiled networks are cached before all processes want them.
    segmenter = open_job_segmenter(options)
    worker = partial(AnnotateWorker, options)
    with progress_line("files", rate="files/s", quiet=options.quiet) as line:

        def report(progress: JobProgress) -> None:
            records[:] = progress.records
            frames = sum(record.get("frames", 0) for record in records)
            frames += sum(done for done, _ in progress.running)
            running = " ".join(f"{done}/{total or '?'}" for done, total in progress.running)
            line.update(len(records), len(jobs), f"{frames} frames; now {running}")

        if options.ray is None:
            run_in_processes(jobs, worker, processes=count, report=report)
            return
        from blendmask_live.jobs.cluster import run_on_ray

        if isinstance(options.output, Path):
            options.output = options.output.absolute()
        gpus = float(segmenter.runtime.device.startswith("cuda"))
        run_on_ray(
            [replace(job, source=_seen_from_anywhere(job.source)) for job in jobs],
            worker,
            address=options.ray,
            workers=count,
            cpus=options.threads,
            gpus=gpus,
            report=report,
        )


def _tell_failures(records: Sequence[dict[str, Any]]) -> None:
    """What went wrong in other processes, as it is told of this one."""
    for record in records:
        if record["status"] == "failed":
            sys.stderr.write(f"error: {record['error']}\n")


def _seen_from_anywhere(source: str) -> str:
    """Workers elsewhere have another current folder."""
    is_path = source != "demo" and "://" not in source
    return str(Path(source).absolute()) if is_path else source


class AnnotateWorker:
    """A `batch.Worker` that annotates."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._segmenter = open_job_segmenter(options)

    def __call__(self, job: Job, report: Callable[[int, int | None], None]) -> dict[str, Any]:
        def forward(progress: Progress, total: int | None) -> None:
            report(progress.frames_done, total)

        try:
            if is_address(self._options.output):
                return self._annotate_elsewhere(job, forward)
            return annotate_one(job, self._segmenter, self._options, report=forward)
        except Exception as error:
            return failed(job, one_line(error))

    def _annotate_elsewhere(
        self, job: Job, report: Callable[[Progress, int | None], None]
    ) -> dict[str, Any]:
        """Annotate here, then copy to the address that is the output."""
        target = RemoteFolder(f"{self._options.output.rstrip('/')}/{job.folder_name}")
        earlier = target.run_record()
        refuse_others(job.source, target.address, earlier, self._options)
        if (
            earlier
            and self._options.resume
            and is_same(job, earlier, self._segmenter, self._options)
        ):
            return earlier | {"was_done": True}
        if earlier and not (self._options.overwrite or self._options.resume):
            raise ExportError(f"{target.address}: exists already; use --overwrite or --resume")
        with TemporaryDirectory(prefix="blendmask-live-") as here:
            options = argparse.Namespace(**vars(self._options) | {"output": Path(here)})
            record = annotate_one(job, self._segmenter, options, report=report)
            if "outputs" in record:
                project = Path(here) / f"{job.folder_name}.bml"
                target.replace(Path(here) / job.folder_name, beside=[project])
        return record


def print_table(records: Sequence[dict[str, Any]]) -> None:
    """A row per source, by its file name: whole paths leave no room in 80 columns."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    numbers = ("frames", "tracks", "fps")
    for name in ("source", "status", *numbers, "what is wrong"):
        is_number = name in numbers
        table.add_column(
            name, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold"
        )
    file_names = [Path(record["source"]).name for record in records]
    for record, file_name in zip(records, file_names, strict=True):
        source = Path(record["source"])
        if file_names.count(file_name) > 1:
            file_name = f"{source.parent.name}/{file_name}"
        status = "done before" if record.get("was_done") else record["status"]
        error = record.get("error", "").removeprefix(f"{record['source']}: ")
        cells = [file_name or str(source), status]
        cells += [*(str(record.get(name, "")) for name in numbers), error]
        table.add_row(*map(Text, cells))
    Console().print(table)
