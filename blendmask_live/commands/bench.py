"""`bench`: how fast the main job runs here, stage by stage."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from blendmask_live.addresses import without_secrets
from blendmask_live.commands import bench_live
from blendmask_live.commands.bench_request import RANDOM, BenchRequest, requested
from blendmask_live.commands.flags import (
    add_range_flags,
    add_runtime_flags,
    add_segmenter_flags,
    add_source_flags,
    whole,
)
from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from blendmask_live.measuring.benchmark import BenchRun

_SMALL = frozenset({"segment", "resize", "paste"})
"""Left out where there is little room: a sum, and what costs next to nothing."""
_COLUMNS = 3
"""How many runs are printed side by side."""
_STEPS = frozenset({"resize", "network", "detect", "blend", "paste"})
"""Parts of the stage "segment"."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("measurement")
    group.add_argument(
        "--source", default="demo", metavar="S", help="video, folder of images or 'demo'"
    )
    group.add_argument(
        "--frames",
        "--max-frames",
        type=whole(1),
        default=150,
        metavar="N",
        help="frames measured (default: 150)",
    )
    group.add_argument(
        "--instances",
        type=whole(1),
        metavar="N",
        help="synthetic load: N objects of many sizes all over every frame, whatever it shows",
    )
    group.add_argument(
        "--stacked",
        action="store_true",
        help="the N objects of --instances are the network's N likeliest, most of them on top of "
        "each other",
    )
    group.add_argument(
        "--no-pipeline",
        action="store_true",
        help="latency: one frame at a time, picture in memory to ids and frame-sized masks",
    )
    bench_live.add_arguments(parser)
    add_source_flags(parser)
    add_range_flags(parser, has_limit=False)
    add_segmenter_flags(parser)
    add_runtime_flags(parser, runtimes=("all",))
    parser.epilog = (
        f"--weights {RANDOM} --architecture A times any architecture without its weights file."
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure each runtime asked for and print one table."""
    request = requested(options)
    if request.is_over_time:
        return bench_live.measure(request)
    return _measure_frames(request)


def _measure_frames(request: BenchRequest) -> dict[str, Any]:
    from rich.console import Console

    from blendmask_live.measuring.machine import this_machine

    machine, date = this_machine(), datetime.now(UTC).isoformat(timespec="seconds")
    console = Console()
    runs = list(_measure_all(request, console))
    features = f" ({', '.join(machine.cpu_features)})" if machine.cpu_features else ""
    console.print(
        f"{machine.cpu}, {counted(machine.cores, 'core')}{features}; {machine.system}; {date}",
        highlight=False,
        soft_wrap=True,
    )
    console.print(_described(runs[0], request), highlight=False, soft_wrap=True)
    console.print(_table(runs) if len(runs) <= _COLUMNS else _comparison(runs))
    if any(run.device != "cpu" for run in runs):
        console.print("On a GPU the network's time shows under the first step that waits for it.")
    return {
        "machine": asdict(machine),
        "date": date,
        "versions": _versions(),
        "source": request.source,
        "mode": "sequential" if request.is_one_at_a_time else "pipeline",
        "forced_instances": request.instances,
        "stacked": request.is_stacked,
        "threads": request.network.threads,
        "runs": [asdict(run) for run in runs],
        "live": bench_live.run_at_own_pace(request, console),
    }


def _choices(request: BenchRequest) -> tuple[tuple[str, str], ...]:
    """(runtime, precision) of each column."""
    from blendmask_live.measuring.benchmark import runtimes_to_compare
    from blendmask_live.runtime import choose_device

    if request.network.runtime != "all":
        return ((request.network.runtime, request.network.precision),)
    return runtimes_to_compare(choose_device(request.network.device), request.network.precision)


def _measure_all(request: BenchRequest, console: Console) -> Iterator[BenchRun]:
    """Each runtime asked for; of 'all', those that cannot run this network are named."""
    choices = _choices(request)
    failure: ConfigError | None = None
    measured = 0
    for runtime, precision in choices:
        try:
            run = _measure(request.with_runtime(runtime, precision))
        except ConfigError as error:
            if len(choices) == 1:
                raise
            failure = error
            console.print(f"{runtime} {precision}: {error}", highlight=False, soft_wrap=True)
            continue
        measured += 1
        yield run
    if failure is not None and not measured:
        raise failure


def _measure(request: BenchRequest) -> BenchRun:
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.measuring.benchmark import bench_pipeline, bench_sequential

    segmenter, source = request.load_with_objects(), request.open_frames()
    title = f"{segmenter.runtime.name} {segmenter.runtime.precision}"
    with progress_line(title, rate="fps", quiet=request.quiet) as line:
        if request.is_one_at_a_time:
            return bench_sequential(segmenter, source, frames=request.frames, report=line.update)
        return bench_pipeline(segmenter, source, report=line.update)


def _described(run: BenchRun, request: BenchRequest) -> str:
    """What was measured, in one line."""
    height, width = run.frame_size
    network_height, network_width = run.network_size
    return (
        f"{without_secrets(request.source)} {width} x {height}, "
        f"network {network_width} x {network_height}, "
        f"{counted(run.frames, 'frame')} with {run.instances:.1f} objects each, "
        f"{'one at a time' if request.is_one_at_a_time else 'pipeline'}"
    )


def _table(runs: list[BenchRun]) -> Table:
    from rich.table import Table

    table = Table(caption="ms per frame: p50 / p99")
    table.add_column("")
    for run in runs:
        table.add_column(f"{run.runtime} {run.precision}\n{run.device}", justify="right")
    for stage in runs[0].stages_ms:
        cells = (f"{r.stages_ms[stage].p50_ms:.1f} / {r.stages_ms[stage].p99_ms:.1f}" for r in runs)
        table.add_row(f"  {stage}" if stage in _STEPS else stage, *cells)
    table.add_section()
    table.add_row("fps", *(f"{run.fps:.1f}" for run in runs))
    table.add_row("peak, MiB", *(_mebibytes(run.memory_peak_mb) for run in runs))
    if any(run.gpu_memory_peak_mb is not None for run in runs):
        table.add_row("GPU, MiB", *(_mebibytes(run.gpu_memory_peak_mb) for run in runs))
    return table


def _comparison(runs: list[BenchRun]) -> Table:
    """One row for each run: columns for all would be too narrow to read."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    caption = "ms per frame: p50, then the p99 of the longest; peak memory in MiB"
    table = Table(caption=caption, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    names = [name for name in runs[0].stages_ms if name not in _SMALL]
    on_gpu = any(run.gpu_memory_peak_mb is not None for run in runs)
    table.add_column("", no_wrap=True)
    for name in (*names, "p99", "fps", "MiB", *(["GPU"] if on_gpu else [])):
        table.add_column(name, justify="right")
    for run in runs:
        longest = max(stage.p99_ms for stage in run.stages_ms.values())
        table.add_row(
            f"{run.runtime} {run.precision}",
            *(f"{run.stages_ms[name].p50_ms:.1f}" for name in names),
            f"{longest:.1f}",
            f"{run.fps:.1f}",
            _mebibytes(run.memory_peak_mb),
            *([_mebibytes(run.gpu_memory_peak_mb)] if on_gpu else []),
        )
    return table


def _mebibytes(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _versions() -> dict[str, str]:
    from blendmask_live.jobs.run_files import installed_versions

    return installed_versions()
