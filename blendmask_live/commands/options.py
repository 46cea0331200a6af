"""Options that several commands share, and what they make."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from blendmask_live.config import MASK_SIZES, SegmenterSettings

if TYPE_CHECKING:
    from blendmask_live.segmenter import Segmenter

__all__ = [
    "add_range_options",
    "add_runtime_options",
    "add_segmenter_options",
    "names",
    "open_segmenter",
    "seconds",
]


def names(text: str) -> tuple[str, ...]:
    """'person, dog' -> ('person', 'dog'); each once."""
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not parts:
        raise argparse.ArgumentTypeError("expected names separated by commas")
    return parts


def seconds(text: str) -> float:
    """Seconds, or [HH:]MM:SS[.fraction], as seconds."""
    value = 0.0
    try:
        for part in text.split(":"):
            value = value * 60 + float(part)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: expected seconds or HH:MM:SS") from None
    return value


def add_runtime_options(parser: argparse.ArgumentParser, *, runtimes: tuple[str, ...] = ()) -> None:
    """Weights and how they are run."""
    group = parser.add_argument_group("network")
    group.add_argument(
        "--weights", default="blendmask-lite", metavar="NAME|PATH", help="default: %(default)s"
    )
    group.add_argument(
        "--architecture", metavar="A", help="of an official PyTorch checkpoint ('weights list')"
    )
    group.add_argument("--device", default="auto", help="auto, cpu or cuda[:N]")
    group.add_argument(
        "--runtime", default="auto", choices=("auto", "torch", "openvino", *runtimes)
    )
    group.add_argument("--precision", default="auto", choices=("auto", "fp32", "fp16", "bf16"))
    group.add_argument(
        "--threads", type=int, default=0, metavar="N", help="CPU threads for the network"
    )


def add_segmenter_options(parser: argparse.ArgumentParser) -> None:
    """What is segmented and how finely."""
    default = SegmenterSettings()
    group = parser.add_argument_group("segmentation")
    group.add_argument(
        "--short-side",
        type=int,
        metavar="N",
        help=f"network input: the frame's shorter side in px (default: {default.short_side}, "
        f"with the longer side capped at {default.long_side})",
    )
    group.add_argument(
        "--mask-size", type=int, choices=MASK_SIZES, help=f"default: {default.mask_size}"
    )
    group.add_argument(
        "--score",
        type=float,
        metavar="S",
        help=f"smallest score (default: {default.score_threshold})",
    )
    group.add_argument("--classes", type=names, metavar="A,B", help="report only these classes")
    group.add_argument("--max-instances", type=int, metavar="N", help="most objects a frame")
    group.add_argument(
        "--as-published",
        action="store_true",
        help="published family: paste masks exactly as for the authors' figures",
    )


def add_range_options(parser: argparse.ArgumentParser, *, has_limit: bool = True) -> None:
    """Which frames of a source; `has_limit`: with --max-frames."""
    group = parser.add_argument_group("range")
    group.add_argument("--start", type=seconds, metavar="T", help="seconds or HH:MM:SS")
    group.add_argument("--end", type=seconds, metavar="T", help="seconds or HH:MM:SS")
    group.add_argument("--stride", type=int, default=1, metavar="K", help="every K-th frame")
    if has_limit:
        group.add_argument("--max-frames", type=int, metavar="N")


def open_segmenter(options: argparse.Namespace) -> Segmenter:
    """The segmenter that the options ask for."""
    from blendmask_live.segmenter import load_segmenter

    return load_segmenter(
        options.weights,
        architecture=options.architecture,
        device=options.device,
        runtime=options.runtime,
        precision=options.precision,
        threads=options.threads,
        short_side=options.short_side,
        mask_size=options.mask_size,
        score_threshold=options.score,
        classes=options.classes,
        max_instances=options.max_instances,
        as_published=options.as_published or None,
    )
