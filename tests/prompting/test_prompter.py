"""Structure of answers, with an untrained network: shapes, batches, runtimes, odd pictures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Picture, Prompter
from blendmask_live.prompting.refining import refine
from blendmask_live.runtime.prompts import Answers, Questions, open_prompt_runtime
from tests.prompting.conftest import prompter_on
from tests.prompting.sees_red import SeesRed

BOX = (40.0, 30.0, 90.0, 100.0)
PROMPTS = (
    Prompt(box=BOX),
    Prompt(points=[(60, 60, True), (150, 20, False)]),
    Prompt(points=[(20, 100, True)]),
    Prompt(box=BOX, points=[(60, 60, True)]),
    Prompt(box=(10, 10, 11, 11)),
    Prompt(box=(-50, -50, 900, 900)),
    Prompt(previous=np.ones((120, 200), dtype=bool)),
)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_an_answer_has_the_pictures_size(picture: Picture, prompt: Prompt) -> None:
    (found,) = picture.masks([prompt])
    assert found.mask.shape == (120, 200)
    assert found.mask.dtype == bool
    assert found.probabilities.shape == (120, 200)
    assert found.probabilities.dtype == np.float32
    assert 0 <= found.probabilities.min() <= found.probabilities.max() <= 1
    assert np.array_equal(found.mask, found.probabilities >= 0.5)
    assert 0 <= found.confidence <= 1


def test_an_answer_is_not_always_the_same(picture: Picture) -> None:
    answers = [found.probabilities for found in picture.masks(PROMPTS)]
    assert all(
        not np.array_equal(a, b) for row, a in enumerate(answers) for b in answers[row + 1 :]
    )


def test_many_prompts_at_once_give_what_each_gives_alone(picture: Picture) -> None:
    for together, prompt in zip(picture.masks(PROMPTS), PROMPTS, strict=True):
        (alone,) = picture.masks([prompt])
        assert np.allclose(together.probabilities, alone.probabilities, atol=1e-4)
        assert together.confidence == pytest.approx(alone.confidence, abs=1e-4)


def test_no_prompts_give_no_answers(picture: Picture) -> None:
    assert picture.masks([]) == []


def test_a_memory_changes_the_answer(picture: Picture) -> None:
    memory = picture.remember(np.pad(np.ones((40, 60), bool), ((40, 40), (70, 70))))
    without = picture.mask(box=BOX)
    with_memory = picture.mask(box=BOX, memories=[memory])
    assert not np.array_equal(without.probabilities, with_memory.probabilities)


class _Remembering(SeesRed):
    """Keeps the maps of all questions, one entry for each time that it is asked."""

    def __init__(self) -> None:
        self.maps: list[NDArray[np.float32]] = []

    def ask(self, questions: Questions) -> Answers:
        self.maps.append(questions.maps)
        return super().ask(questions)


def _red_block() -> NDArray[np.uint8]:
    image = np.zeros((120, 200, 3), dtype=np.uint8)
    image[40:80, 60:110] = (230, 20, 30)
    return image


def test_a_box_is_looked_at_again_with_what_was_found_in_it(network: PromptNetwork) -> None:
    runtime = _Remembering()
    found = prompter_on(runtime, network).open(_red_block()).mask(box=(58, 38, 112, 82))
    first, second = runtime.maps
    assert first[0, 3].max() == 0
    # 50 x 40 px of a square of 54 * 1.4 px.
    assert second[0, 3].mean() == pytest.approx(50 * 40 / (54 * 1.4) ** 2, rel=0.1)
    assert found.crop.box == pytest.approx((60, 40, 110, 80), abs=3)


def test_a_box_in_which_nothing_is_found_has_an_empty_mask(network: PromptNetwork) -> None:
    black = np.zeros((120, 200, 3), dtype=np.uint8)
    assert not prompter_on(SeesRed(), network).open(black).mask(box=BOX).mask.any()


@pytest.mark.parametrize("is_thorough", [False, True])
def test_a_thorough_second_look_asks_again_with_its_answer(
    network: PromptNetwork, is_thorough: bool
) -> None:
    runtime = _Remembering()
    rough = np.zeros((1, 120, 200), dtype=bool)
    rough[0, 50:70, 70:100] = True
    found = Instances.from_masks(rough, class_ids=[0], scores=[0.9])
    finer = refine(found, _red_block(), prompter_on(runtime, network), is_thorough=is_thorough)
    # Cells of nearly 3 px.
    assert finer.cropped_masks()[0].tight().box == pytest.approx((60, 40, 110, 80), abs=4)
    shares = [float(maps[0, 3].mean()) for maps in runtime.maps]
    assert len(shares) == 1 + is_thorough
    assert shares[-1] > 2 * shares[0] if is_thorough else shares[0] > 0


class _LosesRows(SeesRed):
    """The second question is answered without the upper cells of what is red."""

    def __init__(self, share: float) -> None:
        self.share, self.asked = share, 0

    def ask(self, questions: Questions) -> Answers:
        answers = super().ask(questions)
        self.asked += 1
        if self.asked == 2:
            red = np.flatnonzero((answers.logits[0] > 0).any(axis=1))
            answers.logits[0, : red[0] + round(self.share * len(red))] = -8
        return answers


@pytest.mark.parametrize(
    ("score", "share", "top"), [(0.9, 0.3, 40), (0.9, 0.04, 42), (0.1, 0.3, 52), (0.9, 1.0, 40)]
)
def test_looking_again_takes_no_large_part_of_a_sure_object_away(
    network: PromptNetwork, score: float, share: float, top: int
) -> None:
    rough = np.zeros((1, 120, 200), dtype=bool)
    rough[0, 42:78, 62:108] = True
    found = Instances.from_masks(rough, class_ids=[0], scores=[score])
    prompter = prompter_on(_LosesRows(share), network)
    finer = refine(found, _red_block(), prompter, is_thorough=True)
    assert finer.cropped_masks()[0].tight().box[1] == pytest.approx(top, abs=3)


def test_a_mask_without_a_pixel_cannot_be_remembered(picture: Picture) -> None:
    with pytest.raises(ValueError, match="an earlier mask with a pixel"):
        picture.remember(np.zeros((120, 200), bool))


@pytest.mark.parametrize(
    "convert",
    [
        lambda image: image[..., 0],
        lambda image: image[..., :1],
        lambda image: image[..., 0].astype(np.uint16) * 257,
    ],
)
def test_grey_and_16_bit_pictures_are_taken(
    prompter: Prompter, picture: Picture, convert: object
) -> None:
    assert callable(convert)
    grey = np.repeat(picture.image[..., :1], 3, axis=2)
    expected = prompter.open(grey).mask(box=BOX).probabilities
    found = prompter.open(convert(picture.image)).mask(box=BOX).probabilities
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
        np.zeros(10, np.uint8),
        "picture.jpg",
    ],
)
def test_other_pictures_are_refused(prompter: Prompter, image: object) -> None:
    with pytest.raises(ValueError, match="image must be"):
        prompter.open(image)  # type: ignore[arg-type]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_openvino_gives_what_torch_gives(
    network: PromptNetwork, picture: Picture, precision: str
) -> None:
    pytest.importorskip("openvino")
    runtime = open_prompt_runtime(
        network, runtime="openvino", device="cpu", precision=precision, threads=1
    )
    other = prompter_on(runtime, network).open(picture.image)
    memory = picture.remember(np.ones((120, 200), dtype=bool))
    tolerance = 1e-3 if precision == "fp32" else 0.1
    for memories in ([], [memory]):
        expected = picture.masks(PROMPTS, memories=[memories] * len(PROMPTS))
        found = other.masks(PROMPTS, memories=[memories] * len(PROMPTS))
        for ours, theirs in zip(found, expected, strict=True):
            assert np.abs(ours.confidence - theirs.confidence) < tolerance
            difference = np.abs(ours.probabilities - theirs.probabilities)
            if np.array_equal(ours.window.side, theirs.window.side):
                assert difference.mean() < tolerance
