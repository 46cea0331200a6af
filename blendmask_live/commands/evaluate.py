"""`evaluate`: COCO box and mask AP, panoptic quality, or how good prompted masks are."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.flags import (
    add_runtime_flags,
    add_segmenter_flags,
    asked_for,
    asked_segmenter,
    whole,
)
from blendmask_live.config import SegmenterChoice
from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from blendmask_live.datatypes import Instances
    from blendmask_live.evaluation.average_precision import Accuracy
    from blendmask_live.evaluation.panoptic_quality import PanopticAccuracy
    from blendmask_live.evaluation.prompts import PromptAccuracy
    from blendmask_live.segmenting.segmenter import Segmenter

LITE, PROMPT = "blendmask-lite", "blendmask-prompt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--annotations",
        type=Path,
        required=True,
        metavar="FILE",
        help="COCO instances JSON; with COCO panoptic JSON, beside the folder of its PNG files, "
        "panoptic quality is measured",
    )
    parser.add_argument(
        "--max-images", type=whole(1), metavar="N", help="only the first N pictures"
    )
    parser.add_argument(
        "--drop-duplicates",
        action="store_true",
        help="without second masks of an object, as annotate reports (default: rank them all)",
    )
    parser.add_argument(
        "--refine",
        action="store_true",
        help=f"give every object a second, zoomed look with {PROMPT}",
    )
    parser.add_argument(
        "--task",
        choices=("instances", "prompt"),
        default="instances",
        help=f"prompt: mean IoU of masks from boxes and clicks, of {PROMPT} or --weights",
    )
    parser.add_argument(
        "--max-clicks",
        type=whole(0),
        default=20,
        metavar="N",
        help="--task prompt: most simulated clicks for an object; 0 leaves clicks out "
        "(default: %(default)s)",
    )
    add_segmenter_flags(parser, leave_out=("score_threshold", "max_instances", "panoptic"))
    add_runtime_flags(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure and print a table."""
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.evaluation.average_precision import evaluate
    from blendmask_live.evaluation.panoptic_quality import evaluate_panoptic, is_panoptic

    if options.task == "prompt":
        return _evaluate_prompts(options)
    segmenter = asked_segmenter(options, drop_duplicates=options.drop_duplicates)
    is_for_panoptic = is_panoptic(options.annotations)
    if options.refine and is_for_panoptic:
        raise ConfigError("--refine: panoptic quality is measured without; leave it out")
    with progress_line("evaluate", rate="pictures/s", quiet=options.quiet) as line:
        accuracy: Accuracy | PanopticAccuracy
        if is_for_panoptic:
            accuracy = evaluate_panoptic(
                segmenter,
                options.images,
                options.annotations,
                max_images=options.max_images,
                report=line.update,
            )
        else:
            accuracy = evaluate(
                segmenter,
                options.images,
                options.annotations,
                max_images=options.max_images,
                refine=_refiner(options, segmenter) if options.refine else None,
                report=line.update,
            )
    print_accuracy(accuracy, options.weights)
    return asdict(accuracy)


def _refiner(
    options: argparse.Namespace, segmenter: Segmenter
) -> Callable[[Instances, NDArray[np.uint8]], Instances]:
    from blendmask_live.prompting.prompter import load_prompter
    from blendmask_live.prompting.refining import refine

    prompter = load_prompter(device=options.device, threads=options.threads, segmenter=segmenter)
    # As `annotate` does it.
    return partial(refine, prompter=prompter, is_thorough=True)


def _evaluate_prompts(options: argparse.Namespace) -> dict[str, Any]:
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.evaluation.prompts import evaluate_prompts
    from blendmask_live.prompting.prompter import load_prompter

    if asked_for(SegmenterChoice, options) != SegmenterChoice():
        raise ConfigError(
            "--task prompt measures what is pointed at; leave out what is said of detections "
            "(input and mask sizes, scores, classes, --multi-scale)"
        )
    weights = PROMPT if options.weights == LITE else options.weights
    prompter = load_prompter(
        weights,
        device=options.device,
        runtime=options.runtime,
        precision=options.precision,
        threads=options.threads,
    )
    with progress_line("evaluate", rate="pictures/s", quiet=options.quiet) as line:
        accuracy = evaluate_prompts(
            prompter,
            options.images,
            options.annotations,
            max_images=options.max_images,
            most_clicks=options.max_clicks,
            report=line.update,
        )
    print_prompt_accuracy(accuracy, weights)
    return asdict(accuracy)


def print_prompt_accuracy(accuracy: PromptAccuracy, weights: object) -> None:
    """Print what prompted masks reach, a row each."""
    from rich.console import Console
    from rich.table import Table

    objects, pictures = counted(accuracy.objects, "object"), counted(accuracy.pictures, "picture")
    table = Table("", title=f"{weights}: {objects}, {pictures}")
    table.add_column("", justify="right")
    rows = {
        "box, mean IoU": accuracy.box,
        **{f"  {size}": value for size, value in accuracy.box_by_size.items()},
        "box, share at IoU 0.8": accuracy.box_good,
        "first click, mean IoU": accuracy.first_click,
        **accuracy.clicks,
        "confidence, mean error": accuracy.confidence_error,
    }
    for name, value in rows.items():
        table.add_row(name, "-" if math.isnan(value) else f"{value:.3f}")
    Console().print(table)


def print_accuracy(accuracy: Accuracy | PanopticAccuracy, weights: object) -> None:
    """Print a table of box and mask AP, or of panoptic quality."""
    from rich.console import Console
    from rich.table import Table

    from blendmask_live.evaluation.panoptic_quality import PanopticAccuracy

    if isinstance(accuracy, PanopticAccuracy):
        rows = {"all": accuracy.everything, "things": accuracy.things, "stuff": accuracy.stuff}
    else:
        rows = {
            "box": accuracy.box,
            "mask": accuracy.mask,
            "mask, person": accuracy.person_mask,
            "boundary": accuracy.boundary,
        }
    table = Table(title=f"{weights} on {counted(accuracy.pictures, 'picture')}")
    for name in ("", *next(iter(rows.values()))):
        table.add_column(name, justify="right" if name else "left")
    for title, values in rows.items():
        # pycocotools gives -1 where there is no such object.
        cells = ("-" if value < 0 else f"{value:.3f}" for value in values.values())
        table.add_row(title, *cells)
    Console().print(table)
