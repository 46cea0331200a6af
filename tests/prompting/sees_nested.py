"""A stand-in for the prompted network that sees a red thing on a blue one, and what both are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.runtime.prompts import Answers, Questions

RED, BLUE = (30, 30, 70, 60), (20, 20, 140, 100)
"""x0, y0, x1, y1 of `nested_picture`."""


def nested_picture() -> NDArray[np.uint8]:
    """120 x 200 px."""
    image = np.full((120, 200, 3), 90, dtype=np.uint8)
    for (x0, y0, x1, y1), color in ((BLUE, (20, 30, 230)), (RED, (230, 30, 20))):
        image[y0:y1, x0:x1] = color
    return image


class SeesNested:
    """Answers with both where the crop or the earlier mask holds all of them, else with red."""

    name, precision = "stand-in", "fp32"

    def __init__(self, *, red: float = 0.9, both: float = 0.6) -> None:
        self.red, self.both = red, both

    def ask(self, questions: Questions) -> Answers:
        count, side = questions.crops.shape[:2]
        logits = np.full((count, side // 4, side // 4), -8, dtype=np.float32)
        confidences = np.full(count, 0.05, dtype=np.float32)
        for row in range(count):
            crop = questions.crops[row].astype(np.int16)
            is_red = (crop[..., 0] > 180) & (crop[..., 2] < 80)
            is_both = is_red | ((crop[..., 2] > 180) & (crop[..., 0] < 80))
            earlier = cv2.resize(questions.maps[row, 3], (side, side)) > 0.5
            edge = np.concatenate([is_both[[0, -1]].ravel(), is_both[:, [0, -1]].ravel()])
            is_whole = (earlier & is_both & ~is_red).any() if earlier.any() else not edge.any()
            found = is_both if is_whole else is_red
            logits[row] = (
                cv2.resize(found.astype(np.float32), (side // 4,) * 2, None, 0, 0, 3) * 16 - 8
            )
            confidences[row] = self.both if is_whole else self.red
        channels, cells = questions.keys.shape[1], (side // 16) ** 2
        keys = np.zeros((count, channels, cells), dtype=np.float32)
        return Answers(logits, confidences, keys, np.zeros((count, 2, cells), dtype=np.float32))
