"""`demo`: the main job on the built-in example."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from blendmask_live.commands.annotate import add_output_options, annotate_one
from blendmask_live.commands.options import (
    add_range_options,
    add_runtime_options,
    add_segmenter_options,
    open_segmenter,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_output_options(parser, default=Path("out"))
    add_range_options(parser)
    add_segmenter_options(parser)
    add_runtime_options(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Annotate the demo clip; an earlier demo in the same place is replaced."""
    options.overwrite = True
    return annotate_one("demo", open_segmenter(options), options, set())
