"""`live`: the window."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from blendmask_live.commands.flags import (
    add_runtime_flags,
    add_segmenter_flags,
    add_source_flags,
    asked_for,
    positive,
)
from blendmask_live.config import NetworkChoice, SegmenterChoice
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.request import SourceChoice

if TYPE_CHECKING:
    from blendmask_live.live import LiveSettings

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="S",
        help="camera number or name, video file, folder of images, URL (rtsp, http, udp, srt), "
        "'screen', 'demo' (default), or a project to correct (PROJECT.bml)",
    )
    for flag, text in (
        ("--to", "send what is shown there at once; as 'stream --to'"),
        ("--events", "send what happens there at once; as 'stream --events'"),
    ):
        parser.add_argument(flag, action="append", default=[], metavar="URL", help=text)
    add_live_flags(parser)
    add_source_flags(parser)
    add_segmenter_flags(parser)
    add_runtime_flags(parser)


def add_live_flags(parser: argparse._ActionsContainer) -> None:
    """Those of `LiveSettings` itself."""
    parser.add_argument(
        "--fps",
        "--target-fps",
        dest="target_fps",
        type=positive,
        metavar="F",
        help="lower the quality as far as needed to hold this rate",
    )
    parser.add_argument("--no-track", action="store_true", help="do not follow objects")
    parser.add_argument(
        "--refine",
        action="store_true",
        help="a second, zoomed look at the surest objects, as many as a frame's time allows",
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Show the window until it is closed.

    Raises:
        ConfigError: If PyQt5 is not installed or there is no screen.
    """
    if find_spec("PyQt5") is None:
        raise ConfigError(
            "the window needs PyQt5; install it with: pip install 'blendmask-live[gui]'"
        )
    if _has_no_screen():
        raise ConfigError(
            "the window needs a screen, and there is none (DISPLAY is not set); "
            "'annotate' works without one"
        )
    from blendmask_live.live import LiveSettings
    from gui.app import run as run_window

    code = run_window(
        options.source,
        network=_given(asked_for(NetworkChoice, options), NetworkChoice()),
        settings=_given(live_settings(options), _at_own_size(LiveSettings(), options)),
        opening=asked_for(SourceChoice, options),
        to=options.to,
        events=options.events,
    )
    return {"exit_code": code}


def _has_no_screen() -> bool:
    # Qt would end the program with an abort instead of an error.
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    needs_display = not platform or platform.startswith(("xcb", "wayland"))
    return sys.platform == "linux" and needs_display and not has_display


def _given(choice: T, default: T) -> T | None:
    """A choice, if it says anything; what is remembered holds else."""
    return None if choice == default else choice


def _at_own_size(settings: LiveSettings, options: argparse.Namespace) -> LiveSettings:
    """Settings for the size of input of the weights that are asked for."""
    from weights.registry import own_size

    short, long = own_size(asked_for(NetworkChoice, options).weights)
    segmenter = replace(settings.segmenter, short_side=short, long_side=long)
    return replace(settings, segmenter=segmenter)


def live_settings(options: argparse.Namespace) -> LiveSettings:
    """The settings that the options ask for."""
    from blendmask_live.live import LiveSettings

    default = _at_own_size(LiveSettings(), options)
    return replace(
        default,
        segmenter=asked_for(SegmenterChoice, options).applied_to(default.segmenter),
        is_tracking=not options.no_track,
        refine=options.refine,
        target_fps=options.target_fps,
    )
