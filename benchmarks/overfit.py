"""Can training fit what it is shown? Learns eight pictures by heart and measures mask AP on them.

    python benchmarks/overfit.py --data ../shared/data/coco_train

The pictures are the first eight of the data set whose one to three objects are all large (each
3 % of the picture or more) and completely labelled; without a data set, eight photographs of
scikit-image with ellipses of other photographs pasted in. The network starts from the built-in
weights, and from new class and mask layers where the classes are others.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from pycocotools import mask as coco_mask
from skimage import data as photographs

sys.path.insert(0, str(Path(__file__).parents[1]))
from blendmask_live.evaluation.average_precision import Accuracy, evaluate
from blendmask_live.labels import COCO_NAMES
from blendmask_live.network.lite.model import LiteConfig
from blendmask_live.segmenting.segmenter import load_segmenter
from blendmask_live.training.augment import AugmentConfig
from blendmask_live.training.dataset import category_names
from blendmask_live.training.loop import TrainingProgress, train
from blendmask_live.training.losses import LossWeights
from blendmask_live.training.recipe import DataConfig, Recipe
from weights.registry import weights_path

PICTURES = 8
SHORT_SIDE, LONG_SIDE = 256, 352
MEASURE_EVERY = 30
GOAL = 0.9


def choose_pictures(source: Path, output: Path) -> None:
    """Copy the first suitable pictures of a COCO-format data set and their annotations."""
    content = json.loads((source / "instances.json").read_text())
    objects: dict[int, list[dict[str, Any]]] = {}
    for annotation in content["annotations"]:
        objects.setdefault(annotation["image_id"], []).append(annotation)

    def is_suitable(image: dict[str, Any]) -> bool:
        found, size = objects.get(image["id"], []), image["height"] * image["width"]
        return (
            1 <= len(found) <= 3
            and "*" in image.get("exhaustive", ["*"])
            and all(not a.get("iscrowd") and a["area"] >= 0.03 * size for a in found)
        )

    images = [image for image in content["images"] if is_suitable(image)][:PICTURES]
    for image in images:
        shutil.copy(source / "images" / image["file_name"], output / "images")
    annotations = [a for image in images for a in objects[image["id"]]]
    chosen = {**content, "images": images, "annotations": annotations}
    (output / "instances.json").write_text(json.dumps(chosen))


def make_pictures(output: Path) -> None:
    """Photographs with ellipses of other photographs; the class says which one."""
    names = ("astronaut", "chelsea", "coffee", "rocket")
    sources = [np.asarray(getattr(photographs, name)())[:300, :400] for name in names]
    rng = np.random.default_rng(0)
    images, annotations = [], []
    for number in range(PICTURES):
        pixels = np.array(Image.fromarray(sources[number % 4]).resize((400, 300)))
        for column in range(2):
            pasted = (number + 1 + column) % 4
            y, x = np.mgrid[:300, :400]
            half_w, half_h = rng.uniform(50, 90), rng.uniform(60, 120)
            mask = np.hypot((x - 100 - 200 * column) / half_w, (y - 150) / half_h) < 1
            pixels[mask] = np.array(Image.fromarray(sources[pasted]).resize((400, 300)))[mask]
            rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": pasted + 1,
                    "segmentation": {"size": rle["size"], "counts": rle["counts"].decode()},
                    "bbox": coco_mask.toBbox(rle).tolist(),
                    "area": int(mask.sum()),
                    "iscrowd": 0,
                }
            )
        name = f"{number}.png"
        Image.fromarray(pixels).save(output / "images" / name)
        images.append({"id": number, "file_name": name, "height": 300, "width": 400})
    categories = [{"id": i + 1, "name": name} for i, name in enumerate(names)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (output / "instances.json").write_text(json.dumps(content))


def measure(weights: Path, pictures: Path) -> Accuracy:
    """AP on the pictures that were learned."""
    segmenter = load_segmenter(
        weights, device="cpu", runtime="torch", precision="fp32", short_side=SHORT_SIDE
    )
    return evaluate(segmenter, pictures / "images", pictures / "instances.json")


def overfit(pictures: Path, output: Path, steps: int) -> Accuracy:
    """Learn the pictures, printing AP over time; what was reached at the end."""
    labels = category_names(pictures / "instances.json")
    recipe = Recipe(
        steps=steps,
        batch_size=PICTURES,
        sizes=((SHORT_SIDE, LONG_SIDE), (LONG_SIDE, SHORT_SIDE)),
        learning_rate=1e-3,
        trunk_learning_rate=3e-4,
        warmup_steps=20,
        masks_per_picture=16,
        weight_decay=0.0,
        ema_decay=0.95,
        precision="fp32",
        data=(DataConfig("images", "instances.json"),),
        network=LiteConfig(classes=len(labels)),
        # Only flipped and moved: by heart means these pictures.
        augment=AugmentConfig(
            min_scale=0.95,
            max_scale=1.05,
            max_stretch=1.0,
            paste_probability=0.0,
            photometric_probability=0.0,
        ),
        losses=LossWeights(distill_classes=0.0, distill_distances=0.0),
    )
    began = time.monotonic()

    def show(step: int, accuracy: Accuracy) -> None:
        values = f"{accuracy.mask['AP']:.3f} | {accuracy.mask['AP75']:.3f}"
        minutes = (time.monotonic() - began) / 60
        print(f"| {step} | {values} | {accuracy.box['AP']:.3f} | {minutes:.1f} |", flush=True)

    def report(progress: TrainingProgress) -> None:
        # A report comes before its step is saved, so the last saved step is measured.
        if progress.step % MEASURE_EVERY == 10 and progress.step > 10:
            show(progress.step - 10, measure(output / "weights.safetensors", pictures))

    print("| step | mask AP | mask AP75 | box AP | minutes |\n|---|---|---|---|---|")
    initial = weights_path("blendmask-lite")
    if set(labels) <= set(COCO_NAMES):
        show(0, measure(initial, pictures))
    weights = train(
        recipe,
        labels=labels,
        data_root=pictures,
        output=output,
        initial_weights=initial,
        report=report,
        save_every=MEASURE_EVERY,
    )
    accuracy = measure(weights, pictures)
    show(steps, accuracy)
    return accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of images/ and instances.json")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/overfit"))
    parser.add_argument("--steps", type=int, default=180)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    pictures = options.output / "pictures"
    if not (pictures / "instances.json").is_file():
        (pictures / "images").mkdir(parents=True)
        if options.data:
            choose_pictures(options.data, pictures)
        else:
            make_pictures(pictures)
    reached = overfit(pictures, options.output, options.steps).mask["AP"]
    print(f"mask AP {reached:.3f}, goal {GOAL}: {'reached' if reached > GOAL else 'missed'}")
    raise SystemExit(reached <= GOAL)


if __name__ == "__main__":
    main()
