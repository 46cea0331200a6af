"""`train`: train or fine-tune."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.flags import device, positive, whole
from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from blendmask_live.network.lite.model import LiteConfig
    from blendmask_live.training.recipe import Recipe

LITE = "blendmask-lite"
PROMPT = "blendmask-prompt"
STEPS_FOR_CORRECTIONS = 200
"""A few minutes on two cores; more would forget what was not corrected."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=Path, metavar="DIR", help="pictures to train on")
    parser.add_argument("--annotations", type=Path, metavar="FILE", help="COCO instances JSON")
    parser.add_argument(
        "--from-project",
        type=Path,
        nargs="+",
        metavar="PROJECT.bml",
        help="learn from the corrected frames of annotation projects, and show accuracy before "
        "and after on a fifth of them that is held out",
    )
    parser.add_argument(
        "--install", metavar="NAME", help="make the new weights known by this name everywhere"
    )
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
        "--weights",
        "--init",
        metavar="NAME|PATH|none",
        help="weights to start from (default: those that have the architecture's name)",
    )
    parser.add_argument(
        "--labels-from-data",
        action="store_true",
        help="the network's classes are the data's categories",
    )
    _add_run_options(parser.add_argument_group("run"))
    _add_network_options(parser.add_argument_group("network"))
    group = parser.add_argument_group("evaluation at the end (COCO box and mask AP)")
    group.add_argument("--val-images", type=Path, metavar="DIR")
    group.add_argument("--val-annotations", type=Path, metavar="FILE")


def _add_run_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--steps", type=whole(1), metavar="N")
    group.add_argument(
        "--batch-size", type=whole(1), metavar="N", help="pictures per step, of all processes"
    )
    group.add_argument(
        "--accumulate",
        type=whole(1),
        metavar="N",
        help="learn each process' pictures in N parts before the weights move: saves memory",
    )
    group.add_argument("--learning-rate", type=positive, metavar="R")
    group.add_argument("--seed", type=whole(0))
    group.add_argument("--device", type=device, default="auto", help="auto, cpu or cuda[:N]")
    group.add_argument("--precision", choices=("fp32", "bf16", "fp16"), help="fp16 needs a GPU")


def _add_network_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--task",
        choices=("instances", "prompt"),
        default="instances",
        help=f"what is learned: to find objects, or {PROMPT}: masks of what is pointed at, on "
        f"the trunk of {LITE}",
    )
    group.add_argument(
        "--architecture",
        metavar="A",
        help=f"{LITE} (default) or one of the published family ('weights list')",
    )
    group.add_argument(
        "--blender",
        choices=("blend", "yolact", "fcis"),
        help=f"how {LITE}'s bases become masks: attention maps (default), one number per base, "
        "or a fixed tile of the box per base",
    )
    group.add_argument("--bases", type=whole(1, 4096), metavar="K")
    group.add_argument(
        "--attention-size", type=whole(1, 4096), metavar="M", help="attention is M x M per base"
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Train with a progress bar, then evaluate; prints where the weights are."""
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.training.loop import train
    from blendmask_live.training.processes import join_processes

    if bool(options.val_images) != bool(options.val_annotations):
        raise ConfigError("--val-images and --val-annotations belong together; give both")
    if options.install:
        from weights.install import own_name

        own_name(options.install)
    if options.from_project:
        _use_projects(options)
    if options.task == "prompt":
        options.architecture = PROMPT
    recipe, root = _recipe(options)
    initial = _initial_weights(options.weights, recipe.architecture)
    labels = _labels(options, recipe, root, initial)
    size = _size(recipe.network, initial)
    recipe = replace(recipe, network=_network(options, size, len(labels)))
    with join_processes(options.device) as (processes, own_device):
        if not processes.is_first:
            # One voice is enough.
            options.quiet, options.json = True, None
        with progress_line("train", rate="steps/s", quiet=options.quiet) as line:
            weights = train(
                recipe,
                labels=labels,
                data_root=root,
                output=options.output,
                initial_weights=initial,
                device=own_device,
                processes=processes,
                report=lambda p: line.update(p.step, p.steps, f"loss {sum(p.losses.values()):.3f}"),
            )
    return _finish(options, weights, recipe.steps, own_device) if processes.is_first else {}


def _finish(
    options: argparse.Namespace, weights: Path, steps: int, own_device: str
) -> dict[str, Any]:
    """Curves, and accuracy where it is asked for."""
    from blendmask_live.commands.evaluate import print_accuracy
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.evaluation.average_precision import evaluate
    from blendmask_live.segmenting.segmenter import load_segmenter
    from blendmask_live.training.curves import draw_curves

    curves = draw_curves(options.output / "progress.csv", options.output / "curves.png")
    if not options.quiet:
        print(f"weights {weights}\ncurves  {curves}")
    result: dict[str, Any] = {"weights": str(weights), "curves": str(curves), "steps": steps}
    if options.install:
        from weights.install import install_weights

        result["installed"] = install_weights(weights, options.install)
        if not options.quiet:
            print(f"known as {result['installed']}: blendmask-live --weights {result['installed']}")
    if not options.val_images:
        return result
    measured = {"accuracy": (weights, options.val_annotations)}
    if options.from_project:
        measured = _before_and_after(options, weights)
    for key, (path, truth) in measured.items():
        segmenter = load_segmenter(path, device=own_device, drop_duplicates=False)
        with progress_line("evaluate", rate="pictures/s", quiet=options.quiet) as line:
            try:
                accuracy = evaluate(segmenter, options.val_images, truth, report=line.update)
            except DatasetError as error:
                # The weights are made; they stay although their accuracy could not be measured.
                sys.stderr.write(f"{key}: {error}\n")
                continue
        if not options.quiet:
            print_accuracy(accuracy, f"{key}: {path.name}" if options.from_project else path)
        result[key] = asdict(accuracy)
    return result


def _before_and_after(options: argparse.Namespace, weights: Path) -> dict[str, tuple[Path, Path]]:
    """What is measured -> weights and annotations, of classes that both networks know."""
    from blendmask_live.network.checkpoint import build_network
    from blendmask_live.training.corrections import restricted

    before = _initial_weights(options.weights, options.architecture or LITE)
    annotations: Path | None = options.val_annotations
    if before is not None:
        annotations = restricted(options.val_annotations, build_network(before)[1])
    if before is None or annotations is None:
        return {"accuracy": (weights, options.val_annotations)}
    return {"before": (before, annotations), "accuracy": (weights, annotations)}


def _use_projects(options: argparse.Namespace) -> None:
    """Turn --from-project into pictures and annotations to train and to measure on."""
    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.training.corrections import gather_corrections

    if options.images or options.recipe or options.val_images:
        raise ConfigError("--from-project brings its own data; leave --images and --recipe out")
    with progress_line("gather", rate="frames/s", quiet=options.quiet) as line:
        found = gather_corrections(
            options.from_project, options.output / "corrections", report=line.update
        )
    if not options.quiet:
        learned = counted(found.train_frames, "corrected frame")
        print(f"{learned} to learn, {found.held_out_frames} held out")
    options.images = options.val_images = found.images
    options.annotations, options.val_annotations = found.train, found.held_out
    options.new_labels = found.labels
    options.steps = options.steps or STEPS_FOR_CORRECTIONS


def _recipe(options: argparse.Namespace) -> tuple[Recipe, Path]:
    """The recipe with what was given on the command line, and the folder of its data."""
    from blendmask_live.training.recipe import DataConfig, Recipe, load_recipe

    recipe = (
        load_recipe(options.recipe)
        if options.recipe
        else Recipe.for_fine_tuning(options.architecture or LITE)
    )
    names = ("steps", "batch_size", "accumulate", "learning_rate", "seed", "precision")
    given = {name: getattr(options, name) for name in (*names, "architecture")}
    recipe = replace(recipe, **{name: value for name, value in given.items() if value is not None})
    if not options.images:
        return recipe, options.data_root
    if not options.annotations:
        raise ConfigError("--images needs --annotations (COCO instances JSON)")
    data = DataConfig(str(options.images), str(options.annotations))
    return replace(recipe, data=(data,)), Path()


def _size(asked: LiteConfig, initial: Path | None) -> LiteConfig:
    """The size of blendmask-lite that a recipe asks for, else that of the weights that go on."""
    from blendmask_live.network.lite.config import LiteConfig
    from blendmask_live.network.weights_file import described_lite, read_metadata

    if initial is None or asked != LiteConfig():
        return asked
    metadata = read_metadata(initial)
    return described_lite(initial, metadata)[0] if metadata.get("architecture") == LITE else asked


def _network(options: argparse.Namespace, network: LiteConfig, classes: int) -> LiteConfig:
    from blendmask_live.network.lite.config import LiteConfig

    changes: dict[str, Any] = {"classes": classes}
    if options.blender not in (None, network.blender):
        # Bases and attention of another blender mean something else.
        usual = LiteConfig()
        changes |= {"blender": options.blender, "bases": usual.bases}
        changes["attention_size"] = usual.attention_size if options.blender == "blend" else 1
    for name in ("bases", "attention_size"):
        if getattr(options, name) is not None:
            changes[name] = getattr(options, name)
    try:
        return replace(network, **changes)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _initial_weights(name: str | None, architecture: str) -> Path | None:
    from blendmask_live.errors import WeightsError
    from weights.registry import weights_path

    if name == "none":
        return None
    if architecture == PROMPT:
        # Its head starts where the bottom of blendmask-lite is.
        name = name or LITE
    try:
        return weights_path(name or architecture)
    except WeightsError as error:
        if name:
            raise
        raise WeightsError(
            f"{error}, or choose what to start from with --weights FILE or --weights none"
        ) from error


def _labels(
    options: argparse.Namespace, recipe: Recipe, root: Path, initial: Path | None
) -> tuple[str, ...]:
    """COCO's class names, those of the data sets, or those known before and new ones."""
    from blendmask_live.labels import COCO_NAMES
    from blendmask_live.network.checkpoint import build_network
    from blendmask_live.training.dataset import category_names

    if options.from_project:
        known = COCO_NAMES if initial is None else build_network(initial)[1]
        return tuple(dict.fromkeys((*known, *options.new_labels)))
    if not options.labels_from_data:
        return COCO_NAMES
    found: dict[str, None] = {}
    for data in recipe.data:
        if data.annotations:
            found |= dict.fromkeys(category_names(root / data.annotations))
    return tuple(found)
