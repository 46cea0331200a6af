"""Turn a training run into the built-in weights: fp16, checksum, measured accuracy.

    python tools/publish_weights.py runs/lite/weights.safetensors \\
        --init INITIAL.safetensors --images DIR --annotations FILE
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from blendmask_live.evaluation.average_precision import Accuracy, evaluate
from blendmask_live.network.checkpoint import build_network, read_weights, save_network
from blendmask_live.segmenting.segmenter import load_segmenter

WEIGHTS = Path(__file__).parent.parent / "weights"
ORIGIN = (
    "Trained by this project with blendmask_live/training/blendmask-lite.toml, every tensor; "
    "initialised from NanoDet-Plus-m-1.5x (c) RangiLyu, Apache-2.0"
)
TRAINING_DATA = (
    "337 photographs of COCO train2017 and 136 of Penn-Fudan with masks, 903 of Clothing "
    "Co-Parsing with masks of people and bags, 1,449 unlabelled Flickr photographs; none of them "
    "is part of this package, and many may not be used commercially themselves"
)


def main() -> None:
    """Write weights/blendmask-lite.safetensors and weights/manifest.toml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--init", type=Path, required=True, help="the initial weights")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--annotations", type=Path, required=True)
    parser.add_argument("--note", default="", help="what else was done to the weights")
    parser.add_argument("--measured-on", default="158 photographs of COCO val2017")
    options = parser.parse_args()
    _refuse_untrained(options.checkpoint, options.init)
    network, labels = build_network(options.checkpoint)
    path = WEIGHTS / "blendmask-lite.safetensors"
    save_network(network, path, labels=labels, dtype=torch.float16)
    segmenter = load_segmenter(path, device="cpu", runtime="torch", precision="fp32")
    accuracy = evaluate(segmenter, options.images, options.annotations)
    size = segmenter.settings.short_side, segmenter.settings.long_side
    (WEIGHTS / "manifest.toml").write_text(_manifest(path, accuracy, options, size))
    print(accuracy)


def _refuse_untrained(checkpoint: Path, initial: Path) -> None:
    """The project ships only what it trained: no tensor may be the initial one, even in fp16."""
    ours, theirs = read_weights(checkpoint)[0], read_weights(initial)[0]
    theirs["backbone.stem.conv.weight"] = theirs["backbone.stem.conv.weight"].flip(1)
    same = [
        name
        for name in ours.keys() & theirs.keys()
        if torch.equal(ours[name].half(), theirs[name].half())
    ]
    if same:
        sys.exit(f"{len(same)} tensors are still the initial ones, {min(same)} among them")


def _manifest(
    path: Path, accuracy: Accuracy, options: argparse.Namespace, size: tuple[int, int]
) -> str:
    def table(name: str, values: dict[str, float]) -> str:
        inside = ", ".join(f"{key} = {value:.4f}" for key, value in values.items())
        return f"{name} = {{ {inside} }}"

    return "\n".join(
        [
            "[weights.blendmask-lite]",
            'architecture = "blendmask-lite"',
            f'file = "{path.name}"',
            f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"',
            'licence = "Apache-2.0"',
            f'origin = "{"; ".join(filter(None, [ORIGIN, options.note]))}"',
            f'training_data = "{TRAINING_DATA}"',
            "",
            "[weights.blendmask-lite.accuracy]",
            f'measured_on = "{options.measured_on}, short side {size[0]}, long side {size[1]}, '
            'torch fp32"',
            table("box", accuracy.box),
            table("mask", accuracy.mask),
            table("mask_person", accuracy.person_mask),
            "",
        ]
    )


if __name__ == "__main__":
    main()
