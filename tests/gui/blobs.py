"""A small video of coloured blocks, a project about it, and a network that sees such blocks."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation import Project
from blendmask_live.capture import open_source
from blendmask_live.datatypes import Instances
from blendmask_live.prompting.prompter import Prompter
from blendmask_live.runtime.prompts import Answers, Questions
from tests.prompting.conftest import prompter_on, untrained_network

SIZE = 120, 200
FRAMES = 10
GONE_FROM = 8
"""The red block is in the frames before; in frames 5 and 6 it is hard to see."""
HARD_TO_SEE = (5, 6)


def red_x(frame: int) -> int:
    """Left side of the red block, 30 x 24 px, in the rows 40 to 63."""
    return 20 + 4 * frame


def blob_frame(frame: int) -> NDArray[np.uint8]:
    """A red block that wanders to the right, and a blue one of 20 x 20 px at (150, 80)."""
    rng = np.random.default_rng(frame // 100)
    image = rng.integers(60, 110, (*SIZE, 3)).astype(np.uint8)
    if frame < GONE_FROM:
        green = 110 if frame in HARD_TO_SEE else 20
        image[40:64, red_x(frame) : red_x(frame) + 30] = 230, green, 30
    image[80:100, 150:170] = 20, 30, 230
    return image


def write_blobs(folder: Path) -> Path:
    """The video as pictures, and a project about it without masks; its path."""
    pictures = folder / "blobs"
    pictures.mkdir()
    for frame in range(FRAMES):
        cv2.imwrite(str(pictures / f"{frame:03d}.png"), blob_frame(frame)[..., ::-1])
    source = open_source(pictures)
    path = folder / "blobs.bml"
    Project.create(path, source.info, ("cat", "fox")).close()
    source.close()
    return path


class SeesBlobs:
    """Answers with the blocks that a click, a box or an earlier mask touches."""

    name, precision = "stand-in", "fp32"

    def ask(self, questions: Questions) -> Answers:
        count, side = questions.crops.shape[:2]
        logits = np.full((count, side // 4, side // 4), -8, dtype=np.float32)
        confidences = np.full(count, 0.05, dtype=np.float32)
        for row in range(count):
            found, is_clear = _touched(questions.crops[row], questions.maps[row])
            small = cv2.resize(found.astype(np.float32), (side // 4,) * 2, None, 0, 0, 3)
            logits[row] = small * 16 - 8
            if found.any():
                confidences[row] = 0.9 if is_clear else 0.4
        channels, cells = questions.keys.shape[1], (side // 16) ** 2
        keys = np.zeros((count, channels, cells), dtype=np.float32)
        return Answers(logits, confidences, keys, np.zeros((count, 2, cells), dtype=np.float32))


def _touched(crop: NDArray[np.uint8], maps: NDArray[np.float32]) -> tuple[NDArray[np.bool_], bool]:
    is_block = (crop.max(axis=2) > 180) & (crop.min(axis=2) < 60)
    _, labels = cv2.connectedComponents(is_block.astype(np.uint8), connectivity=4)
    box, inside, outside, earlier = (
        cv2.resize(part, is_block.shape[::-1], None, 0, 0, cv2.INTER_NEAREST) > 0.5
        for part in maps[:4]
    )
    wanted = set(labels[box | inside | earlier].tolist()) - set(labels[outside].tolist()) - {0}
    found = np.isin(labels, list(wanted))
    is_clear = not found.any() or bool(crop[..., 1][found].mean() < 70)
    return found, is_clear


def finds_red(image: NDArray[np.uint8]) -> Instances:
    """The red block is a fox."""
    mask = (image[..., 0] > 180) & (image[..., 2] < 80)
    if not mask.any():
        return Instances.empty(mask.shape, ("cat", "fox"))
    return Instances.from_masks(mask[None], class_ids=[1], scores=[0.9], labels=("cat", "fox"))


def seeing_prompter() -> Prompter:
    """A prompter on `SeesBlobs`."""
    return prompter_on(SeesBlobs(), untrained_network(), detect=finds_red)
