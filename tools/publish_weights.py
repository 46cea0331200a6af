"""Turn a training run into the built-in weights: fp16, checksum, measured accuracy.

    python tools/publish_weights.py runs/lite/weights.safetensors \\
        --init INITIAL.safetensors --images DIR --annotations FILE
    python tools/publish_weights.py runs/prompt/weights.safetensors --images DIR --annotations FILE

What the manifest says of origin and data stays, unless it is given anew.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import statistics
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch

from blendmask_live.evaluation.average_precision import evaluate
from blendmask_live.evaluation.prompts import evaluate_prompts
from blendmask_live.network.checkpoint import (
    ARCHITECTURE as LITE,
)
from blendmask_live.network.checkpoint import build_network, read_weights, save_network
from blendmask_live.network.prompt.checkpoint import (
    build_prompt_network,
    save_prompt_network,
)
from blendmask_live.network.prompt.config import PROMPT
from blendmask_live.prompting.prompter import load_prompter
from blendmask_live.prompting.refining import refine
from blendmask_live.segmenting.segmenter import load_segmenter

WEIGHTS = Path(__file__).parent.parent / "weights"
MANIFEST = WEIGHTS / "manifest.toml"


def main() -> None:
    """Write weights/NAME.safetensors and its entry in weights/manifest.toml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--init", type=Path, help="the initial weights of blendmask-lite")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--annotations", type=Path, required=True)
    parser.add_argument("--name", help="in the manifest (default: the architecture's)")
    parser.add_argument("--origin", help="who trained them, with which recipes, from what")
    parser.add_argument("--training-data", help="on what, and its terms")
    parser.add_argument(
        "--clicked-pictures", type=int, help="of blendmask-prompt: measure clicks on the first N"
    )
    parser.add_argument("--measured-on", default="158 photographs of COCO val2017")
    options = parser.parse_args()
    architecture = read_weights(options.checkpoint)[1].get("architecture", LITE)
    options.name = options.name or architecture
    for name in ("origin", "training_data"):
        if getattr(options, name) is None:
            setattr(options, name, _read_manifest()["weights"].get(options.name, {}).get(name))
        if getattr(options, name) is None:
            parser.error(f"--{name.replace('_', '-')} is needed for new weights")
    if architecture == PROMPT:
        _publish_prompt(options)
        return
    if options.init is None:
        parser.error(f"--init is needed for {LITE}")
    _refuse_untrained(options.checkpoint, options.init)
    network, labels = build_network(options.checkpoint)
    path = WEIGHTS / f"{options.name}.safetensors"
    save_network(network, path, labels=labels, dtype=torch.float16)
    segmenter = load_segmenter(path, device="cpu", runtime="torch", precision="fp32")
    data = options.images, options.annotations
    accuracy = evaluate(segmenter, *data)
    # As the live window looks: once.
    look = partial(refine, prompter=load_prompter(device="cpu", segmenter=segmenter))
    looked = evaluate(segmenter, *data, refine=look)
    size = segmenter.settings.short_side, segmenter.settings.long_side
    lines = [
        *_head(LITE, path, options),
        f"network_time = {_network_time(path):.2f}",
        "",
        f"[weights.{options.name}.accuracy]",
        f'measured_on = "{options.measured_on}, short side {size[0]}, long side {size[1]}, '
        'torch fp32"',
        _table("box", accuracy.box),
        _table("mask", accuracy.mask),
        _table("mask_second_look", looked.mask),
        _table("mask_person", accuracy.person_mask),
        _table("boundary", accuracy.boundary),
    ]
    _put_entry(options.name, lines)
    print(accuracy)


def _network_time(path: Path, rounds: int = 60) -> float:
    """Time of the network alone beside that of blendmask-lite, in turn, as `auto` runs them."""
    picture = np.full((360, 640, 3), 127, np.uint8)
    segmenters = [load_segmenter(weights, device="cpu") for weights in (path, LITE)]
    ratios = []
    for _ in range(rounds):
        for segmenter in segmenters:
            segmenter.segment(picture)
        ours, usual = (segmenter.timings_ms["network"] for segmenter in segmenters)
        ratios.append(ours / usual)
    return statistics.median(ratios[rounds // 4 :])


def _publish_prompt(options: argparse.Namespace) -> None:
    network, _, _ = build_prompt_network(options.checkpoint, WEIGHTS / "blendmask-lite.safetensors")
    path = WEIGHTS / f"{options.name}.safetensors"
    save_prompt_network(network, path, dtype=torch.float16)
    prompter = load_prompter(path, device="cpu")
    data = options.images, options.annotations
    found = evaluate_prompts(prompter, *data, most_clicks=0)
    clicked = evaluate_prompts(prompter, *data, max_images=options.clicked_pictures)
    how = f"{prompter.runtime.name} {prompter.runtime.precision}"
    lines = [
        *_head(PROMPT, path, options),
        "",
        f"[weights.{options.name}.accuracy]",
        f'measured_on = "{found.objects} objects of {options.measured_on}, clicks on '
        f'{clicked.objects} objects of the first {clicked.pictures} of them, {how}"',
        _table("box_iou", {"mean": found.box, **found.box_by_size}),
        _table("clicks", {"first_iou": clicked.first_click, **clicked.clicks}),
    ]
    _put_entry(options.name, lines)
    print(found, clicked, sep="\n")


def _head(architecture: str, path: Path, options: argparse.Namespace) -> list[str]:
    return [
        f"[weights.{options.name}]",
        f'architecture = "{architecture}"',
        f'file = "{path.name}"',
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"',
        'licence = "Apache-2.0"',
        f'origin = "{options.origin}"',
        f'training_data = "{options.training_data}"',
    ]


def _read_manifest() -> dict[str, Any]:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


def _put_entry(name: str, lines: list[str]) -> None:
    """Write an entry in the place of the one of that name."""
    parts = re.split(r"(?m)^(?=\[weights\.[^.\]]+\]$)", MANIFEST.read_text(encoding="utf-8"))
    entries = [part.strip() for part in parts if part.strip()]
    rows = [n for n, e in enumerate(entries) if e.startswith(f"[weights.{name}]")]
    place = rows[0] if rows else len(entries)
    entries[place : place + 1] = ["\n".join(lines)]
    MANIFEST.write_text("\n\n".join(entries) + "\n", encoding="utf-8")


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


if __name__ == "__main__":
    main()
