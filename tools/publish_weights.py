"""Turn a training run into the built-in weights: fp16, checksum, measured accuracy.

    python tools/publish_weights.py runs/lite/weights.safetensors \\
        --init INITIAL.safetensors --images DIR --annotations FILE
    python tools/publish_weights.py runs/prompt/weights.safetensors --images DIR --annotations FILE
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch

from blendmask_live.evaluation.average_precision import Accuracy, evaluate
from blendmask_live.evaluation.prompts import evaluate_prompts
from blendmask_live.network.checkpoint import build_network, read_weights, save_network
from blendmask_live.network.prompt.checkpoint import (
    build_prompt_network,
    save_prompt_network,
)
from blendmask_live.network.prompt.config import PROMPT
from blendmask_live.prompting.prompter import load_prompter
from blendmask_live.segmenting.segmenter import load_segmenter

WEIGHTS = Path(__file__).parent.parent / "weights"
ORIGIN = (
    "Trained by this project, every tensor, with blendmask_live/training/blendmask-lite.toml and "
    "then, bottom and top, with blendmask-lite-masks.toml; initialised from NanoDet-Plus-m-1.5x "
    "(c) RangiLyu, Apache-2.0; of the first run (ema_decay 0.998) the averages at steps 2500 and "
    "4000 were mixed 3 : 7"
)
PROMPT_ORIGIN = (
    "Trained by this project with blendmask_live/training/blendmask-prompt.toml on the frozen "
    "trunk and pyramid of blendmask-lite, which are not in the file; initialised from its bottom"
)
PROMPT_DATA = (
    "masks of 6,417 objects in 2,299 photographs: of COCO train2017, of COCO val2017 (none of the "
    "158 that are measured on; so these weights must not be measured on the whole of val2017), "
    "LVIS v0.5, Penn-Fudan, Oxford-IIIT Pet and Weizmann horses; none is part of this package, "
    "and many may not be used commercially themselves"
)
TRAINING_DATA = (
    "photographs with masks: 503 of COCO train2017, 784 of COCO val2017 (none of the 158 that are "
    "measured on; so these weights must not be measured on the whole of val2017), 20 of these with "
    "masks of LVIS v0.5, 136 of Penn-Fudan, 565 of Oxford-IIIT Pet, 311 Weizmann horses, 903 of "
    "Clothing Co-Parsing with masks of people and bags; 589 of COCO val2017 with boxes of people, "
    "to which blendmask-prompt gave masks; 1,449 unlabelled Flickr photographs; none of them is "
    "part of this package, and many may not be used commercially themselves"
)


def main() -> None:
    """Write weights/NAME.safetensors and its entry in weights/manifest.toml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--init", type=Path, help="the initial weights of blendmask-lite")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--annotations", type=Path, required=True)
    parser.add_argument("--note", default="", help="what else was done to the weights")
    parser.add_argument(
        "--clicked-pictures", type=int, help="of blendmask-prompt: measure clicks on the first N"
    )
    parser.add_argument("--measured-on", default="158 photographs of COCO val2017")
    options = parser.parse_args()
    if read_weights(options.checkpoint)[1].get("architecture") == PROMPT:
        _publish_prompt(options)
        return
    if options.init is None:
        parser.error("--init is needed for blendmask-lite")
    _refuse_untrained(options.checkpoint, options.init)
    network, labels = build_network(options.checkpoint)
    path = WEIGHTS / "blendmask-lite.safetensors"
    save_network(network, path, labels=labels, dtype=torch.float16)
    segmenter = load_segmenter(path, device="cpu", runtime="torch", precision="fp32")
    accuracy = evaluate(segmenter, options.images, options.annotations)
    size = segmenter.settings.short_side, segmenter.settings.long_side
    _put_entry("blendmask-lite", _manifest(path, accuracy, options, size))
    print(accuracy)


def _publish_prompt(options: argparse.Namespace) -> None:
    network, _, _ = build_prompt_network(options.checkpoint, WEIGHTS / "blendmask-lite.safetensors")
    path = WEIGHTS / f"{PROMPT}.safetensors"
    save_prompt_network(network, path, dtype=torch.float16)
    prompter = load_prompter(path, device="cpu")
    data = options.images, options.annotations
    found = evaluate_prompts(prompter, *data, most_clicks=0)
    clicked = evaluate_prompts(prompter, *data, max_images=options.clicked_pictures)
    how = f"{prompter.runtime.name} {prompter.runtime.precision}"
    lines = [
        f"[weights.{PROMPT}]",
        f'architecture = "{PROMPT}"',
        f'file = "{path.name}"',
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"',
        'licence = "Apache-2.0"',
        f'origin = "{"; ".join(filter(None, [PROMPT_ORIGIN, options.note]))}"',
        f'training_data = "{PROMPT_DATA}"',
        "",
        f"[weights.{PROMPT}.accuracy]",
        f'measured_on = "{found.objects} objects of {options.measured_on}, clicks on '
        f'{clicked.objects} objects of the first {clicked.pictures} of them, {how}"',
        _table("box_iou", {"mean": found.box, **found.box_by_size}),
        _table("clicks", {"first_iou": clicked.first_click, **clicked.clicks}),
        "",
    ]
    _put_entry(PROMPT, "\n".join(lines))
    print(found, clicked, sep="\n")


def _put_entry(name: str, entry: str) -> None:
    """Write an entry in the place of the one of that name."""
    manifest = WEIGHTS / "manifest.toml"
    parts = re.split(r"(?m)^(?=\[weights\.[^.\]]+\]$)", manifest.read_text(encoding="utf-8"))
    entries = [part.strip() for part in parts if part.strip()]
    rows = [n for n, e in enumerate(entries) if e.startswith(f"[weights.{name}]")]
    place = rows[0] if rows else len(entries)
    entries[place : place + 1] = [entry.strip()]
    manifest.write_text("\n\n".join(entries) + "\n", encoding="utf-8")


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


def _table(name: str, values: dict[str, float]) -> str:
    # A name with an @ is no bare key of TOML.
    inside = ", ".join(f"{key.replace('@', '_')} = {value:.4f}" for key, value in values.items())
    return f"{name} = {{ {inside} }}"


def _manifest(
    path: Path, accuracy: Accuracy, options: argparse.Namespace, size: tuple[int, int]
) -> str:
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
            _table("box", accuracy.box),
            _table("mask", accuracy.mask),
            _table("mask_person", accuracy.person_mask),
            _table("boundary", accuracy.boundary),
            "",
        ]
    )


if __name__ == "__main__":
    main()
