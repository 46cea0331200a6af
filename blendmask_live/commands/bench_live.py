"""`bench` of live sessions: frame age over time, under overload or with the governor."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.bench_request import BenchRequest
from blendmask_live.commands.flags import positive
from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from blendmask_live.live import LiveSettings
    from blendmask_live.measuring.live import LiveBench
    from blendmask_live.measuring.synthetic import SyntheticCamera
    from blendmask_live.segmenting.segmenter import Segmenter

_STAGES = ("segment", "track", "draw")
_PICTURES = 60
"""Held in memory and shown forth and back."""
_WORKER_S = 8.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("live")
    group.add_argument(
        "--overload",
        type=positive,
        metavar="F",
        help="frame age over time, with a camera F times as fast as the frames can be worked on",
    )
    group.add_argument(
        "--fps",
        type=positive,
        metavar="N",
        help="hold N frames a second by lowering the quality (the governor), with a camera of N",
    )
    group.add_argument(
        "--refine",
        action="store_true",
        help="a second, zoomed look at the surest objects, as many as a frame's time allows",
    )
    group.add_argument(
        "--seconds",
        type=positive,
        default=60.0,
        metavar="S",
        help="of --overload and --fps (default: 60)",
    )


def measure(request: BenchRequest) -> dict[str, Any]:
    """--overload or --fps: a camera made of the source's pictures, for so many seconds."""
    from rich.console import Console

    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.measuring.live import bench_live
    from blendmask_live.measuring.machine import this_machine

    if request.is_one_at_a_time or request.network.runtime == "all":
        raise ConfigError("--overload and --fps measure one runtime, live: not --no-pipeline, all")
    segmenter = request.load_with_objects()
    camera, settings = _camera(segmenter, request)
    with progress_line("live", rate="s/s", quiet=request.quiet) as line:
        live = bench_live(
            segmenter,
            camera,
            settings,
            seconds=request.seconds,
            report=lambda seconds: line.update(round(seconds), round(request.seconds)),
        )
    console = Console()
    console.print(_over_time(live))
    console.print(_summary(live), highlight=False, soft_wrap=True)
    return {
        "machine": asdict(this_machine()),
        "source": request.source,
        "forced_instances": request.instances,
        "overload": request.overload,
        "target_fps": request.target_fps,
        **_as_json(live),
    }


def run_at_own_pace(request: BenchRequest, console: Console) -> dict[str, Any] | None:
    """A live session on the frames that were measured, paced by their timestamps.

    None, and nothing done, where single frames or several runtimes were measured.
    """
    from blendmask_live.measuring.live import bench_live

    if request.is_one_at_a_time or request.network.runtime == "all":
        return None
    segmenter = request.load_with_objects()
    live = bench_live(segmenter, request.open_frames()(), _settings(segmenter, request))
    console.print(
        f"live, at the pace of the source ({live.source_fps:g} fps): shown {live.shown_fps:.1f} "
        f"fps, {counted(live.dropped, 'frame')} dropped, frame age {live.age_ms_p50:.0f} / "
        f"{live.age_ms_p99:.0f} ms (p50 / p99)",
        highlight=False,
        soft_wrap=True,
    )
    return _as_json(live)


def _settings(segmenter: Segmenter, request: BenchRequest) -> LiveSettings:
    """Those of a segmenter and a session as they were asked for."""
    from blendmask_live.live import LiveSettings

    return LiveSettings(
        segmenter=segmenter.settings, target_fps=request.target_fps, refine=request.refine
    )


def _camera(segmenter: Segmenter, request: BenchRequest) -> tuple[SyntheticCamera, LiveSettings]:
    """A camera of the pace asked for, and the settings for it."""
    from blendmask_live.measuring.benchmark import read_frames
    from blendmask_live.measuring.live import worker_fps
    from blendmask_live.measuring.synthetic import SyntheticCamera

    frames = read_frames(request.open_frames(), min(request.frames, _PICTURES))
    pictures = [frame.image for frame in frames]
    camera_fps, settings = request.target_fps or 0.0, _settings(segmenter, request)
    if request.overload is not None:
        # The governor is off: it would adapt to the overload.
        free = replace(settings, target_fps=None)
        seconds = min(_WORKER_S, request.seconds)
        worker = worker_fps(segmenter, pictures, free, seconds=seconds)
        camera_fps = request.overload * worker
    return SyntheticCamera(pictures, fps=camera_fps), settings


def _over_time(live: LiveBench) -> Table:
    """One row for each span."""
    from rich.table import Table

    table = Table(caption="frame age: capture to the end of drawing")
    for title in ("s", "fps shown", "dropped", "age p50, ms", "age p99, ms", "memory, MiB"):
        table.add_column(title, justify="right")
    table.add_column("quality")
    for span in live.spans:
        table.add_row(
            f"{span.begin_s:.0f}-{span.end_s:.0f}",
            f"{span.shown / max(span.end_s - span.begin_s, 1e-9):.1f}",
            str(span.dropped),
            f"{span.age_ms_p50:.0f}",
            f"{span.age_ms_p99:.0f}",
            f"{span.rss_mb:.0f}",
            span.quality or "full",
        )
    return table


def _summary(live: LiveBench) -> str:
    """What the table comes to."""
    counts = (
        f"camera {live.source_fps:.1f} fps, shown {live.shown_fps:.1f} fps, "
        f"{counted(live.dropped, 'frame')} dropped"
    )
    age_limit_ms = _age_limit_ms(live)
    if age_limit_ms is None:
        return f"{counts}; it was over before a frame was through all stages"
    lines = [
        counts,
        "stages, ms p50 / p99: "
        + ", ".join(
            f"{name} {live.stages_ms[name].p50_ms:.1f} / {live.stages_ms[name].p99_ms:.1f}"
            for name in _STAGES
        ),
        f"frame age p99 {live.age_ms_p99:.0f} ms; one capture interval, one network time, "
        f"tracking and one draw, at their p99: {age_limit_ms:.0f} ms",
    ]
    if len(live.spans) > 1:
        first, last = live.spans[0], live.spans[-1]
        change = (last.age_ms_p50 / first.age_ms_p50 - 1) * 100 if first.age_ms_p50 else 0.0
        lines.append(f"median age of the last span against the first: {change:+.0f} %")
    return "\n".join(lines)


def _as_json(live: LiveBench) -> dict[str, Any]:
    return asdict(live) | {"age_limit_ms": _age_limit_ms(live)}


def _age_limit_ms(live: LiveBench) -> float | None:
    """None if it was over before a frame was through all stages."""
    return live.age_limit_ms if live.stages_ms.keys() >= set(_STAGES) else None
