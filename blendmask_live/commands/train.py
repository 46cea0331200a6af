"""`train`: train or fine-tune."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from blendmask_live.commands.options import device, positive, whole
from blendmask_live.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=Path, metavar="DIR", help="pictures to train on")
    parser.add_argument("--annotations", type=Path, metavar="FILE", help="COCO instances JSON")
    parser.add_argument(
        "--recipe", type=Path, metavar="FILE.toml", help="data, length and rates of the run"
    )
    parser.add_argument(
        "--data-root", type=Path, default=Path(), metavar="DIR", help="base of the recipe's paths"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="an unfinished run goes on"
    )
    parser.add_argument(
        "--init",
        default="blendmask-lite",
        metavar="NAME|PATH|none",
        help="weights to start from (default: %(default)s)",
    )
    parser.add_argument("--steps", type=whole(1), metavar="N")
    parser.add_argument("--batch-size", type=whole(1), metavar="N")
    parser.add_argument("--learning-rate", type=positive, metavar="R")
    parser.add_argument("--seed", type=whole(0))
    parser.add_argument(
        "--labels-from-data",
        action="store_true",
        help="the network's classes are the data's categories",
    )
    parser.add_argument("--device", type=device, default="auto", help="auto, cpu or cuda[:N]")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Train with a progress bar; prints where the weights are."""
    from blendmask_live.commands.progress import progress_line
    from blendmask_live.runtime import choose_device
    from blendmask_live.training.curves import draw_curves
    from blendmask_live.training.loop import train
    from blendmask_live.training.recipe import DataConfig, Recipe, load_recipe

    recipe = load_recipe(options.recipe) if options.recipe else Recipe.for_fine_tuning()
    given = {
        name: getattr(options, name) for name in ("steps", "batch_size", "learning_rate", "seed")
    }
    recipe = replace(recipe, **{name: value for name, value in given.items() if value is not None})
    root = options.data_root
    if options.images:
        if not options.annotations:
            raise ConfigError("--images needs --annotations (COCO instances JSON)")
        root = Path()
        data = DataConfig(str(options.images), str(options.annotations))
        recipe = replace(recipe, data=(data,))
    labels = _labels(options, recipe, root)
    recipe = replace(recipe, network=replace(recipe.network, classes=len(labels)))
    with progress_line("train", rate="steps/s", quiet=options.quiet) as line:
        weights = train(
            recipe,
            labels=labels,
            data_root=root,
            output=options.output,
            initial_weights=_initial_weights(options.init),
            device=choose_device(options.device),
            report=lambda p: line.update(p.step, p.steps, f"loss {sum(p.losses.values()):.3f}"),
        )
    curves = draw_curves(options.output / "progress.csv", options.output / "curves.png")
    if not options.quiet:
        print(f"weights {weights}\ncurves  {curves}")
    return {"weights": str(weights), "curves": str(curves), "steps": recipe.steps}


def _initial_weights(name: str) -> Path | None:
    from weights.registry import weights_path

    return None if name == "none" else weights_path(name)


def _labels(options: argparse.Namespace, recipe: Any, root: Path) -> tuple[str, ...]:
    """COCO's class names, or those of the data sets."""
    from blendmask_live.labels import COCO_NAMES
    from blendmask_live.training.dataset import category_names

    if not options.labels_from_data:
        return COCO_NAMES
    found: dict[str, None] = {}
    for data in recipe.data:
        if data.annotations:
            found |= dict.fromkeys(category_names(root / data.annotations))
    return tuple(found)
