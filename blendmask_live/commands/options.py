"""Options that several commands share, and what they make."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from blendmask_live.config import FAINT_SHARE, MASK_SIZES, RUNTIMES, SegmenterSettings

if TYPE_CHECKING:
    from blendmask_live.capture import FrameSource
    from blendmask_live.segmenting.segmenter import Segmenter

T = TypeVar("T")
__all__ = [
    "add_range_options",
    "add_runtime_options",
    "add_segmenter_options",
    "add_source_options",
    "checked",
    "device",
    "names",
    "open_segmenter",
    "positive",
    "seconds",
    "share",
    "source_opener",
    "whole",
]


def names(text: str) -> tuple[str, ...]:
    """'person, dog' -> ('person', 'dog'); each once."""
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not parts:
        raise argparse.ArgumentTypeError("expected names separated by commas")
    return parts


def checked(
    read: Callable[[str], T], accepts: Callable[[T], bool], wanted: str
) -> Callable[[str], T]:
    """An argparse type that refuses values, so that they end as wrong usage."""

    def convert(text: str) -> T:
        try:
            value = read(text)
        except ValueError:
            pass
        else:
            if accepts(value):
                return value
        raise argparse.ArgumentTypeError(f"{text!r}: expected {wanted}")

    return convert


def whole(smallest: int, largest: int | None = None) -> Callable[[str], int]:
    """Whole numbers from `smallest` to `largest`."""
    top = math.inf if largest is None else largest
    limits = f"{smallest} or more" if largest is None else f"{smallest} to {largest}"
    return checked(int, lambda value: smallest <= value <= top, f"a whole number, {limits}")


def _seconds(text: str) -> float:
    value = 0.0
    for part in text.split(":"):
        value = value * 60 + float(part)
    return value


seconds = checked(_seconds, lambda value: 0 <= value < math.inf, "seconds or [HH:]MM:SS[.f]")
share = checked(float, lambda value: 0 <= value <= 1, "a number between 0 and 1")
positive = checked(float, lambda value: 0 < value < math.inf, "a positive number")
# Whether there is such a GPU shows when it is used.
device = checked(
    str, lambda text: bool(re.fullmatch(r"auto|cpu|cuda(:\d+)?", text)), "auto, cpu or cuda[:N]"
)


def add_runtime_options(parser: argparse.ArgumentParser, *, runtimes: tuple[str, ...] = ()) -> None:
    """Weights and how they are run."""
    group = parser.add_argument_group("network")
    group.add_argument(
        "--weights", default="blendmask-lite", metavar="NAME|PATH", help="default: %(default)s"
    )
    group.add_argument(
        "--architecture", metavar="A", help="of an official PyTorch checkpoint ('weights list')"
    )
    group.add_argument("--device", type=device, default="auto", help="auto, cpu or cuda[:N]")
    group.add_argument("--runtime", default="auto", choices=("auto", *RUNTIMES, *runtimes))
    precisions = dict.fromkeys(name for offered in RUNTIMES.values() for name in offered)
    group.add_argument("--precision", default="auto", choices=("auto", *precisions))
    group.add_argument(
        "--threads", type=whole(0), default=0, metavar="N", help="CPU threads for the network"
    )


def add_segmenter_options(parser: argparse.ArgumentParser, *, has_limits: bool = True) -> None:
    """What is segmented and how finely; `has_limits`: with --score and --max-instances."""
    default = SegmenterSettings()
    group = parser.add_argument_group("segmentation")
    group.add_argument(
        "--short-side",
        type=whole(64, 4096),
        metavar="N",
        help=f"network input: the frame's shorter side in px (default: {default.short_side}, "
        f"with the longer side capped at {default.long_side})",
    )
    group.add_argument(
        "--mask-size", type=int, choices=MASK_SIZES, help=f"default: {default.mask_size}"
    )
    group.add_argument("--classes", type=names, metavar="A,B", help="report only these classes")
    group.add_argument(
        "--as-published",
        action="store_true",
        help="published family: paste masks exactly as for the authors' figures",
    )
    if not has_limits:
        parser.set_defaults(score=None, max_instances=None)
        return
    group.add_argument(
        "--score",
        type=share,
        metavar="S",
        help="smallest score at which a track begins; it may go on with fainter detections, "
        f"down to {FAINT_SHARE} of this (default: {default.score_threshold})",
    )
    group.add_argument("--max-instances", type=whole(1), metavar="N", help="most objects a frame")


def _camera_mode(text: str) -> tuple[int, int, float | None]:
    parts = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)(?:@(\d+(?:\.\d+)?))?", text)
    if parts is None or (parts[3] and not float(parts[3])):
        raise ValueError
    return int(parts[1]), int(parts[2]), float(parts[3]) if parts[3] else None


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """How a source is opened; see `source_opener`."""
    group = parser.add_argument_group("source")
    group.add_argument(
        "--camera",
        type=checked(_camera_mode, lambda mode: True, "WIDTHxHEIGHT or WIDTHxHEIGHT@FPS"),
        default=(None, None, None),
        metavar="WxH[@FPS]",
        help="asked of a camera, as in 1280x720@30; it gives what it can",
    )
    group.add_argument(
        "--hardware",
        action="store_true",
        help="decode files and streams on the graphics processor; if it cannot be done, "
        "a warning says so",
    )


def source_opener(options: argparse.Namespace) -> Callable[..., FrameSource]:
    """`open_source`, asked for what the options want of sources."""
    from blendmask_live.capture import open_source

    width, height, fps = options.camera
    return partial(open_source, width=width, height=height, fps=fps, hardware=options.hardware)


def add_range_options(parser: argparse.ArgumentParser, *, has_limit: bool = True) -> None:
    """Which frames of a source; `has_limit`: with --max-frames."""
    group = parser.add_argument_group("range")
    group.add_argument("--start", type=seconds, metavar="T", help="seconds or HH:MM:SS")
    group.add_argument("--end", type=seconds, metavar="T", help="seconds or HH:MM:SS")
    group.add_argument("--stride", type=whole(1), default=1, metavar="K", help="every K-th frame")
    if has_limit:
        group.add_argument("--max-frames", type=whole(1), metavar="N")


def open_segmenter(options: argparse.Namespace, *, drop_duplicates: bool = True) -> Segmenter:
    """The segmenter that the options ask for."""
    from blendmask_live.segmenting.segmenter import load_segmenter

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
        drop_duplicates=drop_duplicates,
    )
