"""A stand-in for the prompted network that sees one bright colour."""

from __future__ import annotations

import numpy as np

from blendmask_live.runtime.prompts import Answers, Questions


class SeesRed:
    """Answers every question with what is red, sure of it where there is much."""

    name, precision = "stand-in", "fp32"

    def ask(self, questions: Questions) -> Answers:
        crops = questions.crops.astype(np.int16)
        red = (crops[..., 0] > 180) & (crops[..., 1] < 80)
        count, side = red.shape[:2]
        cells = red.reshape(count, side // 4, 4, side // 4, 4).mean(axis=(2, 4))
        channels, small = questions.keys.shape[1], (side // 16) ** 2
        return Answers(
            logits=(cells * 16 - 8).astype(np.float32),
            confidences=np.where(cells.mean(axis=(1, 2)) > 0.01, 0.9, 0.05).astype(np.float32),
            keys=np.zeros((count, channels, small), np.float32),
            recall=np.zeros((count, 2, small), np.float32),
        )
