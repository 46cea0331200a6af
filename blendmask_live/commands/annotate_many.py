"""`annotate` for several sources: in turn, at once on this machine, or on a cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from blendmask_live.addresses import is_address, without_secrets
from blendmask_live.commands.annotate_one import annotate_with_bar
from blendmask_live.commands.failures import print_error
from blendmask_live.commands.progress_line import progress_line
from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError, one_line
from blendmask_live.jobs.batch import JobProgress, failed, run_in_processes
from blendmask_live.jobs.request import AnnotateRequest

__all__ = ["Together", "annotate_all", "print_table", "requests_of"]


@dataclass(frozen=True, slots=True)
class Together:
    """How a list of sources is worked on."""

    jobs: int = 1
    """How many at once."""
    cluster: str | None = None
    """Address of a Ray cluster, or "local"; None for processes of this machine."""
    quiet: bool = False
    debug: bool = False
    """Raise what fails in one source instead of going on with the next."""


def annotate_all(requests: Sequence[AnnotateRequest], together: Together) -> dict[str, Any]:
    """Annotate every source; one that fails does not stop the others.

    Args:
        requests: Of different sources; all want the same network.
        together: How.
    """
    output = requests[0].output
    if is_address(output) and not together.cluster:
        raise ConfigError(f"-o {output}: an address as output goes with --ray only")
    records: list[dict[str, Any]] = []
    # One source alone tells its own end.
    has_table = len(requests) > 1 or together.cluster is not None
    is_at_once = together.jobs > 1 or together.cluster is not None
    work = _run_at_once if has_table and is_at_once else _run_in_turn
    try:
        work(requests, together, records)
    except KeyboardInterrupt:
        return {"results": records, "status": "interrupted"}
    finally:
        if records and has_table and not together.quiet:
            print_table(records)
    return {
        "results": records,
        "exit_code": int(any(record["status"] == "failed" for record in records)),
    }


def requests_of(sources: Sequence[str], wanted: AnnotateRequest) -> list[AnnotateRequest]:
    """What is wanted of each different source, "@FILE" read, with a folder of its own."""
    from blendmask_live.capture.naming import full_name

    different: dict[str, str] = {}
    for source in (name for listed in sources for name in _listed(listed)):
        if full_name(source) in different:
            sys.stderr.write(f"{without_secrets(source)}: given more than once, annotated once\n")
        different.setdefault(full_name(source), source)
    taken: set[str] = set()
    return [
        replace(wanted, source=source, folder_name=_folder_name(source, taken))
        for source in different.values()
    ]


def _folder_name(source: str, taken: set[str]) -> str:
    """The source's name, with a number behind it if another source has it already."""
    from blendmask_live.capture.naming import output_name

    path = Path(source)
    if is_address(source):
        wanted = without_secrets(source).partition("://")[2]
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
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{source}: the list cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source}: the list cannot be read (expected text in UTF-8)") from error
    folder, names = path.parent, _names_in(text)
    if not names:
        raise ConfigError(f"{source}: the list names no source")
    return [name if name == "demo" or is_address(name) else str(folder / name) for name in names]


def _names_in(text: str) -> list[str]:
    """The lines that are neither empty nor comments."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _run_in_turn(
    requests: Sequence[AnnotateRequest], together: Together, records: list[dict[str, Any]]
) -> None:
    from blendmask_live.segmenting.segmenter import open_segmenter

    segmenter = open_segmenter(requests[0].network, requests[0].segmenter)
    for request in requests:
        try:
            records.append(annotate_with_bar(request, segmenter, quiet=together.quiet))
        except Exception as error:
            if len(requests) == 1 or together.debug:
                raise
            print_error(error)
            records.append(failed(request, one_line(error)))
        if records[-1]["status"] == "interrupted":
            raise KeyboardInterrupt


def _run_at_once(
    requests: Sequence[AnnotateRequest], together: Together, records: list[dict[str, Any]]
) -> None:
    from blendmask_live.jobs.worker import AnnotateWorker
    from blendmask_live.segmenting.segmenter import open_segmenter

    count = min(together.jobs, len(requests))
    threads = requests[0].network.threads or max(1, (os.cpu_count() or 1) // count)
    network = replace(requests[0].network, threads=threads)
    # Bad settings fail here, once; compiled networks are cached before the processes need them.
    segmenter = open_segmenter(network, requests[0].segmenter)
    start = partial(AnnotateWorker, replace(requests[0], network=network))
    with (
        _failures_reported(records),
        progress_line("files", rate="files/s", quiet=together.quiet) as line,
    ):

        def report(progress: JobProgress) -> None:
            records[:] = progress.records
            frames = sum(record.get("frames", 0) for record in records)
            frames += sum(done for done, _ in progress.running)
            running = " ".join(f"{done}/{total or '?'}" for done, total in progress.running)
            line.update(len(records), len(requests), f"{counted(frames, 'frame')}; now {running}")

        if together.cluster is None:
            run_in_processes(requests, start, processes=count, report=report)
            return
        from blendmask_live.jobs.cluster import run_on_ray

        run_on_ray(
            [_seen_from_anywhere(request) for request in requests],
            start,
            address=together.cluster,
            workers=count,
            cpus=threads,
            gpus=float(segmenter.runtime.device.startswith("cuda")),
            report=report,
        )


@contextmanager
def _failures_reported(records: Sequence[dict[str, Any]]) -> Iterator[None]:
    """Report at the end what failed in other processes, as failures of this one are reported."""
    try:
        yield
    finally:
        for record in records:
            if record["status"] == "failed":
                sys.stderr.write(f"error: {record['error']}\n")


def _seen_from_anywhere(request: AnnotateRequest) -> AnnotateRequest:
    """Workers elsewhere have another current folder."""
    source, output = request.source, request.output
    if source != "demo" and not is_address(source):
        source = str(Path(source).absolute())
    if not is_address(output):
        output = str(Path(output).absolute())
    return replace(request, source=source, output=output)


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
