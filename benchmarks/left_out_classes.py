"""Whether a prompted head knows classes that it never saw: trained with and without 20 of 80.

python benchmarks/left_out_classes.py --data-root DATA --images DIR --annotations FILE -o OUT

Two short runs from the same start (the bottom of blendmask-lite), with the recipe of
blendmask-prompt and crops of 128 px: one with all objects, one without those of every fourth
class. Prints the mean IoU of masks from true boxes, for the objects of the classes left out and
for the others, after either run. A run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from blendmask_live.evaluation.prompts import evaluate_prompts
from blendmask_live.labels import COCO_NAMES
from blendmask_live.prompting.prompter import load_prompter
from blendmask_live.training.loop import train
from blendmask_live.training.recipe import DataConfig, Recipe, load_recipe
from weights.registry import weights_path

LEFT_OUT = frozenset(COCO_NAMES[3::4])
OTHERS = frozenset(COCO_NAMES) - LEFT_OUT
SIDE_PX = 128
RECIPE = Path(__file__).parents[1] / "blendmask_live" / "training" / "blendmask-prompt.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-root", type=Path, required=True, metavar="DATA")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="to measure on")
    parser.add_argument("--annotations", type=Path, required=True, metavar="FILE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--max-images", type=int, metavar="N", help="measure on the first N alone")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    measured = {
        name: _restricted(options.annotations, classes, options.output / f"{name}.json")
        for name, classes in {"left out": LEFT_OUT, "others": OTHERS}.items()
    }
    print(f"left out: {', '.join(sorted(LEFT_OUT))}")
    for run, classes in {"all": frozenset(COCO_NAMES), "without": OTHERS}.items():
        weights = train(
            _recipe(options.data_root, classes, options.output / f"{run}-data", options.steps),
            labels=COCO_NAMES,
            data_root=options.data_root,
            output=options.output / run,
            initial_weights=weights_path("blendmask-lite"),
            device="cpu",
        )
        prompter = load_prompter(weights)
        prompter.crop_side = SIDE_PX
        for name, truth in measured.items():
            found = evaluate_prompts(
                prompter, options.images, truth, max_images=options.max_images, most_clicks=0
            )
            print(
                f"trained with {run:8s} box IoU of {name:8s} {found.box:.3f} ({found.objects})",
                flush=True,
            )


def _recipe(root: Path, classes: Collection[str], folder: Path, steps: int) -> Recipe:
    """The recipe of blendmask-prompt, shorter and on small crops, with objects of some classes."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe = load_recipe(RECIPE)
    data = []
    for number, one in enumerate(recipe.data):
        assert one.annotations is not None
        kept = _restricted(root / one.annotations, classes, folder / f"{number}.json")
        if json.loads(kept.read_text())["annotations"]:
            data.append(DataConfig(one.images, str(kept.resolve()), one.share))
    prompt = replace(recipe.prompt, first_side=SIDE_PX, first_share=1.0)
    warmup_steps = min(recipe.warmup_steps, steps // 5)
    return replace(recipe, steps=steps, warmup_steps=warmup_steps, data=tuple(data), prompt=prompt)


def _restricted(annotations: Path, classes: Collection[str], path: Path) -> Path:
    """A copy of COCO annotations with the objects of some classes."""
    values = json.loads(annotations.read_text())
    ids = {one["id"] for one in values["categories"] if one["name"] in classes}
    kept = [one for one in values["annotations"] if one["category_id"] in ids]
    path.write_text(json.dumps(values | {"annotations": kept}))
    return path


if __name__ == "__main__":
    main()
