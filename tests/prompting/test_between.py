"""Two known masks with frames between them: which side is believed where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crop_mask
from blendmask_live.prompting.between import BetweenStep, follow_between
from blendmask_live.prompting.prompter import Prompter
from blendmask_live.runtime.prompts import Answers, Questions
from tests.prompting.conftest import prompter_on, untrained_network

SIZE = (64, 64)


class _BelievesTheEarlierMask:
    """Answers with the earlier mask, and takes its confidence from how bright the picture is."""

    name, precision = "stand-in", "fp32"

    def ask(self, questions: Questions) -> Answers:
        count, side = questions.crops.shape[:2]
        channels, cells = questions.keys.shape[1], (side // 16) ** 2
        return Answers(
            logits=questions.maps[:, 3] * 16 - 8,
            confidences=(questions.crops.max(axis=(1, 2, 3)) / 255).astype(np.float32),
            keys=np.zeros((count, channels, cells), np.float32),
            recall=np.zeros((count, 2, cells), np.float32),
        )


@pytest.fixture(scope="module")
def believing() -> Prompter:
    return prompter_on(_BelievesTheEarlierMask(), untrained_network())


def _square(x: int) -> CroppedMask:
    mask = np.zeros(SIZE, dtype=bool)
    mask[20:40, x : x + 20] = True
    return crop_mask(mask)


def _pictures(brightness: Callable[[int], int]) -> Callable[[int], NDArray[np.uint8]]:
    return lambda frame: np.full((*SIZE, 3), brightness(frame), dtype=np.uint8)


def _steps(
    prompter: Prompter, brightness: Callable[[int], int] = lambda frame: 200
) -> list[BetweenStep]:
    frames = range(10, 21, 2)
    pictures = _pictures(brightness)
    return list(follow_between(pictures, frames, _square(5), _square(35), prompter))


def test_frames_come_there_and_back(believing: Prompter) -> None:
    steps = _steps(believing)
    assert [step.frame for step in steps] == [12, 14, 16, 18, 18, 16, 14, 12]
    assert [step.is_final for step in steps] == [False] * 4 + [True] * 4


def test_the_nearer_side_is_believed_where_both_are_as_sure(believing: Prompter) -> None:
    final = {step.frame: step.crop.box[0] for step in _steps(believing) if step.is_final}
    assert [final[frame] < 20 for frame in (12, 14, 16, 18)] == [True, True, False, False]


def test_each_way_ends_at_a_cut(believing: Prompter) -> None:
    final = [step for step in _steps(believing, lambda f: 30 if f < 16 else 200) if step.is_final]
    # Seen from the last frame there are two scenes as well.
    assert [(step.frame, step.crop.box[0] < 20) for step in final] == [
        (18, False),
        (16, False),
        (14, True),
        (12, True),
    ]
    assert all(step.confidence > 0 for step in final)


def test_ends_without_frames_between_them_and_too_few_ends(believing: Prompter) -> None:
    pictures = _pictures(lambda frame: 200)
    assert list(follow_between(pictures, [3, 4], _square(5), _square(9), believing)) == []
    with pytest.raises(ValueError, match="two ends"):
        list(follow_between(pictures, [3], _square(5), _square(9), believing))


@pytest.mark.parametrize(
    "convert", [lambda image: image[..., 0], lambda image: image.astype(np.uint16) * 257]
)
def test_grey_and_16_bit_pictures_give_the_same(
    believing: Prompter, convert: Callable[[NDArray[np.uint8]], NDArray[Any]]
) -> None:
    def brightness(frame: int) -> int:
        return 30 if frame < 16 else 200

    pictures = _pictures(brightness)
    steps = follow_between(
        lambda frame: convert(pictures(frame)), range(10, 21, 2), _square(5), _square(35), believing
    )
    expected = _steps(believing, brightness)
    assert [step.crop.box for step in steps] == [step.crop.box for step in expected]


def test_a_frame_without_a_picture_is_named(believing: Prompter) -> None:
    pictures = _pictures(lambda frame: 200)

    def missing(frame: int) -> Any:
        return None if frame == 14 else pictures(frame)

    with pytest.raises(ValueError, match=r"frame 14: image must be .* got \(\) NoneType"):
        list(follow_between(missing, range(10, 21, 2), _square(5), _square(35), believing))
