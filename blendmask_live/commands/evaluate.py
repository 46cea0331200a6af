"""`evaluate`: COCO box and mask AP, or panoptic quality."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.options import (
    add_runtime_options,
    add_segmenter_options,
    open_segmenter,
    whole,
)

if TYPE_CHECKING:
    from blendmask_live.evaluation.average_precision import Accuracy
    from blendmask_live.evaluation.panoptic_quality import PanopticAccuracy


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
    add_segmenter_options(parser, has_limits=False)
    add_runtime_options(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure and print a table."""
    from blendmask_live.commands.progress import progress_line
    from blendmask_live.evaluation.average_precision import evaluate
    from blendmask_live.evaluation.panoptic_quality import evaluate_panoptic, is_panoptic

    segmenter = open_segmenter(options, drop_duplicates=options.drop_duplicates)
    measure = evaluate_panoptic if is_panoptic(options.annotations) else evaluate
    with progress_line("evaluate", rate="pictures/s", quiet=options.quiet) as line:
        accuracy = measure(
            segmenter,
            options.images,
            options.annotations,
            max_images=options.max_images,
            report=line.update,
        )
    print_accuracy(accuracy, options.weights)
    return asdict(accuracy)


def print_accuracy(accuracy: Accuracy | PanopticAccuracy, weights: object) -> None:
    """Print a table of box and mask AP, or of panoptic quality."""
    from rich.console import Console
    from rich.table import Table

    from blendmask_live.evaluation.panoptic_quality import PanopticAccuracy

    if isinstance(accuracy, PanopticAccuracy):
        rows = {"all": accuracy.everything, "things": accuracy.things, "stuff": accuracy.stuff}
    else:
        rows = {"box": accuracy.box, "mask": accuracy.mask, "mask, person": accuracy.person_mask}
    table = Table(title=f"{weights} on {accuracy.pictures} pictures")
    for name in ("", *next(iter(rows.values()))):
        table.add_column(name, justify="right" if name else "left")
    for title, values in rows.items():
        # -1 is what pycocotools says where there is no such object.
        cells = ("-" if value < 0 else f"{value:.3f}" for value in values.values())
        table.add_row(title, *cells)
    Console().print(table)
