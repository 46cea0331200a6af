"""`live`: the window."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.options import (
    add_runtime_options,
    add_segmenter_options,
    add_source_options,
    positive,
    source_opener,
)
from blendmask_live.errors import ConfigError

if TYPE_CHECKING:
    from blendmask_live.live import LiveSettings
    from gui.live.loading import NetworkChoice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="S",
        help="camera number or name, video file, folder of images, URL (rtsp, http, udp, srt), "
        "'screen', 'demo' (default), or a project to correct (PROJECT.bml)",
    )
    parser.add_argument(
        "--fps",
        "--target-fps",
        dest="target_fps",
        type=positive,
        metavar="F",
        help="lower the quality as far as needed to hold this rate",
    )
    parser.add_argument("--no-track", action="store_true", help="do not follow objects")
    add_source_options(parser)
    add_segmenter_options(parser)
    add_runtime_options(parser)


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
    from gui.app import run as run_window

    code = run_window(
        options.source,
        network=_network(options),
        settings=_settings(options),
        opener=source_opener(options),
    )
    return {"exit_code": code}


def _has_no_screen() -> bool:
    # Qt would end the program with an abort instead of an error.
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    needs_display = not platform or platform.startswith(("xcb", "wayland"))
    return sys.platform == "linux" and needs_display and not has_display


def _network(options: argparse.Namespace) -> NetworkChoice | None:
    """The network that the options ask for; None where they say nothing."""
    from gui.live.loading import NetworkChoice

    choice = NetworkChoice(
        weights=options.weights,
        architecture=options.architecture,
        device=options.device,
        runtime=options.runtime,
        precision=options.precision,
        threads=options.threads,
    )
    return None if choice == NetworkChoice() else choice


def _settings(options: argparse.Namespace) -> LiveSettings | None:
    """The settings that the options ask for; None where they say nothing."""
    from blendmask_live.live import LiveSettings

    wanted = {
        "short_side": options.short_side,
        "mask_size": options.mask_size,
        "score_threshold": options.score,
        "classes": options.classes,
        "max_instances": options.max_instances,
        "as_published": options.as_published or None,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    default = LiveSettings()
    if options.short_side is not None:
        ratio = default.segmenter.long_side / default.segmenter.short_side
        given["long_side"] = round(options.short_side * ratio)
    segmenter = replace(default.segmenter, **given)
    settings = replace(
        default,
        segmenter=segmenter,
        is_tracking=not options.no_track,
        target_fps=options.target_fps,
    )
    return None if settings == default else settings
