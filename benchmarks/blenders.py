"""Attention or prototypes? BlendMask's blender against YOLACT's and FCIS's on one trunk.

Every variant starts from the same detector, sees the same samples in the same order, and learns
a bottom and a top module only: trunk, pyramid and detection head stay as they are, so all
variants find the same boxes and differ in their masks alone.

    python benchmarks/blenders.py --data ../shared/data --detector DETECTOR.safetensors
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from blendmask_live.evaluation.average_precision import Accuracy, evaluate
from blendmask_live.labels import COCO_NAMES
from blendmask_live.network.blender import blend_logits
from blendmask_live.network.lite.model import BlendMaskLite, LiteConfig
from blendmask_live.segmenting.segmenter import load_segmenter
from blendmask_live.training.loop import TrainingProgress, train
from blendmask_live.training.losses import LossWeights
from blendmask_live.training.recipe import DataConfig, Recipe

VARIANTS = {
    "blend, 4 bases, 14 x 14": LiteConfig(),
    "yolact, 32 prototypes": LiteConfig(blender="yolact", bases=32, attention_size=1),
    "yolact, 4 prototypes": LiteConfig(blender="yolact", bases=4, attention_size=1),
    "fcis, 2 x 2 tiles": LiteConfig(blender="fcis", bases=4, attention_size=1),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a variant reached."""

    accuracy: Accuracy
    minutes: float
    us_per_instance: float


def recipe(network: LiteConfig, *, steps: int, batch_size: int, seed: int) -> Recipe:
    """The same short run for every variant."""
    return Recipe(
        seed=seed,
        steps=steps,
        batch_size=batch_size,
        sizes=((256, 320), (320, 256)),
        learning_rate=2e-3,
        warmup_steps=50,
        trunk_start=1.0,
        ema_decay=0.98,
        masks_per_picture=12,
        precision="fp32",
        data=(DataConfig("coco_train/images", "coco_train/instances.json"),),
        network=network,
        losses=LossWeights(distill_classes=0.0, distill_distances=0.0),
    )


@torch.inference_mode()
def instance_cost_us(network: LiteConfig, *, mask_size: int = 56, rounds: int = 100) -> float:
    """Attention and blending of one more instance, fp32, one thread: the fastest of many runs."""
    torch.manual_seed(0)
    model = BlendMaskLite(network).eval()
    dense = model(torch.rand(1, 3, 384, 640) * 255)
    boxes = torch.rand(110, 2).repeat(1, 2) * 250 + torch.tensor([0.0, 0, 120, 120])
    locations = torch.randint(dense.class_logits.shape[1], (1, 110))
    distances = torch.rand(1, 110, 4) * 7 + 0.5

    def run(count: int) -> float:
        began = time.perf_counter()
        attention = model.attention(dense.top_features, locations[:, :count], distances[:, :count])
        blend_logits(
            dense.bases,
            boxes[:count],
            attention[0],
            mask_size=mask_size,
            blender=model.config.blender,
        )
        return time.perf_counter() - began

    # In turns, so that other work on the machine slows both down.
    times = [(run(10), run(110)) for _ in range(rounds)]
    few, many = (min(column) for column in zip(*times, strict=True))
    return (many - few) / 100 * 1e6


def measure(name: str, options: argparse.Namespace) -> Result:
    """Train and evaluate one variant."""
    run = recipe(
        VARIANTS[name], steps=options.steps, batch_size=options.batch_size, seed=options.seed
    )
    began = time.monotonic()

    def say(progress: TrainingProgress) -> None:
        if progress.step % 50 == 0:
            losses = ", ".join(f"{loss} {value:.3f}" for loss, value in progress.losses.items())
            print(f"{name}: {progress.step} of {progress.steps}, {losses}", file=sys.stderr)

    weights = train(
        run,
        labels=COCO_NAMES,
        data_root=options.data,
        output=options.output / name.replace(", ", "-").replace(" ", ""),
        initial_weights=options.detector,
        report=say,
    )
    minutes = (time.monotonic() - began) / 60
    segmenter = load_segmenter(
        weights, device="cpu", runtime="torch", short_side=options.short_side
    )
    coco = options.data / "coco_dev"
    accuracy = evaluate(segmenter, coco / "images", coco / "instances.json")
    return Result(accuracy, minutes, instance_cost_us(VARIANTS[name]))


def table(results: dict[str, Result]) -> str:
    """Markdown."""
    lines = ["| blender | mask AP | AP50 | AP75 | box AP | us per instance | minutes |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, result in results.items():
        mask, box = result.accuracy.mask, result.accuracy.box
        values = [mask["AP"], mask["AP50"], mask["AP75"], box["AP"]]
        shown = [f"{100 * value:.1f}" for value in values]
        shown += [f"{result.us_per_instance:.0f}", f"{result.minutes:.0f}"]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of coco_train, coco_dev")
    parser.add_argument(
        "--detector", type=Path, required=True, help="weights of a detector without masks"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/blenders"))
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--short-side", type=int, default=384)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    results: dict[str, Result] = {}
    for name in VARIANTS:
        results[name] = measure(name, options)
        print(f"{table(results)}\n", flush=True)


if __name__ == "__main__":
    main()
