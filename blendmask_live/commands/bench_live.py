"""`bench` of live sessions: frame age over time, under overload or with the governor."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.options import positive

if TYPE_CHECKING:
    from rich.table import Table

    from blendmask_live.capture import FrameSource
    from blendmask_live.live import LiveSettings
    from blendmask_live.live.measuring import LiveBench
    from blendmask_live.segmenter import Segmenter

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
        "--seconds",
        type=positive,
        default=60.0,
        metavar="S",
        help="of --overload and --fps (default: 60)",
    )


def is_asked(options: argparse.Namespace) -> bool:
    """Whether a session over time is to be measured instead of the source's frames."""
    return options.overload is not None or options.fps is not None


def live_settings(segmenter: Segmenter, *, target_fps: float | None = None) -> LiveSettings:
    """The session's settings for a segmenter as the options made it."""
    from blendmask_live.live import LiveSettings

    return LiveSettings(segmenter=segmenter.settings, target_fps=target_fps)


def run_live(
    options: argparse.Namespace, segmenter: Segmenter, open_frames: Callable[[], FrameSource]
) -> LiveBench:
    """Measure --overload or --fps with a camera made of the source's pictures."""
    from blendmask_live.benchmark import read_frames
    from blendmask_live.commands.progress import progress_line
    from blendmask_live.live.measuring import bench_live, worker_fps
    from blendmask_live.live.synthetic import SyntheticCamera

    pictures = [frame.image for frame in read_frames(open_frames, _PICTURES)]
    settings = live_settings(segmenter, target_fps=options.fps)
    camera_fps = options.fps
    if options.overload is not None:
        # Without the governor, which would adapt to the flood.
        plain = replace(settings, target_fps=None)
        seconds = min(_WORKER_S, options.seconds)
        camera_fps = options.overload * worker_fps(segmenter, pictures, plain, seconds=seconds)
    with progress_line("live", rate="s/s", quiet=options.quiet) as line:
        return bench_live(
            segmenter,
            SyntheticCamera(pictures, fps=camera_fps),
            settings,
            seconds=options.seconds,
            report=lambda seconds: line.update(round(seconds), round(options.seconds)),
        )


def over_time(live: LiveBench) -> Table:
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


def summary(live: LiveBench) -> str:
    """What the table comes to."""
    lines = [
        f"camera {live.source_fps:.1f} fps, shown {live.shown_fps:.1f} fps, "
        f"{live.dropped} frames dropped",
        "stages, ms p50 / p99: "
        + ", ".join(
            f"{name} {live.stages_ms[name].p50_ms:.1f} / {live.stages_ms[name].p99_ms:.1f}"
            for name in ("segment", "track", "draw")
        ),
        f"frame age p99 {live.age_ms_p99:.0f} ms; one capture interval, one network time, "
        f"tracking and one draw, at their p99: {live.age_limit_ms:.0f} ms",
    ]
    if len(live.spans) > 1:
        first, last = live.spans[0], live.spans[-1]
        change = (last.age_ms_p50 / first.age_ms_p50 - 1) * 100 if first.age_ms_p50 else 0.0
        lines.append(f"median age of the last span against the first: {change:+.0f} %")
    return "\n".join(lines)


def as_json(live: LiveBench) -> dict[str, Any]:
    return asdict(live) | {"age_limit_ms": live.age_limit_ms}
